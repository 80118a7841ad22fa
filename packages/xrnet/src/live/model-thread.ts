/**
 * What runs in a worker: the model on that thread's own clock. Whatever keeps the application's thread busy (drawing, decoding,
 * sockets) cannot make the model late; what this thread itself is late by is measured here and told when asked for.
 *
 * Packets come as sizes and the times at which they were sent; their fates go back when they are due, so that a message is
 * also the wake-up. Times on the wire are ms since the epoch (`performance.timeOrigin` + `performance.now()`), which all
 * threads of a process, and a page and its workers, have in common to a few us: each side keeps a clock of its own.
 *
 * A hop from thread to thread took 0.05 ms on a quiet machine, and ms on one whose cores are all taken: a program that does
 * nothing else is better off with the model beside its sockets. A shared ring with Atomics.wait would save part of the hop,
 * but blocks the thread's other work and is refused to pages without cross-origin isolation.
 */
import { type ErrorCode, MixreelError } from '@mixreel/core';
import { webHost } from './emulated-fetch.ts';
import { type LiveModel, openLiveModel } from './live-model.ts';
import { type LiveHost, LivePath } from './live-path.ts';
import {
    epochMs,
    type ModelAnswer,
    type ModelPort,
    type ModelRequest,
    schedulerLag,
    type WayIndex,
    type WebEnd,
    webEnd
} from './model-port.ts';

/** A packet's bytes stay in the other thread; here it is as long. */
const BLANK = new Uint8Array(65_536);

/** See the file comment. */
export class ModelThread {
    readonly #port: ModelPort;
    readonly #host: LiveHost;
    /** This clock's zero, ms since the epoch. */
    readonly #zeroMs: number;
    readonly #ways: (LivePath | null)[] = [null, null];
    /** Fates to tell, three numbers each. */
    #fates: number[] = [];

    /** @param nowMs - Now, ms since the epoch. */
    constructor(port: ModelPort, host: LiveHost, nowMs: () => number) {
        this.#port = port;
        this.#host = host;
        this.#zeroMs = nowMs() - host.clock.nowNs() / 1e6;
        port.listen((message) => this.#take(message as ModelRequest));
    }

    #take(request: ModelRequest): void {
        if (request.kind === 'open') this.#open(request.model);
        else if (request.kind === 'packets') {
            const { packets } = request;
            for (let i = 0; i < packets.length; i += 4) {
                this.#enter(...(packets.slice(i, i + 4) as [WayIndex, number, number, number]));
            }
        } else if (request.kind === 'lag') this.#tell({ kind: 'lag', ...schedulerLag(this.#ways) });
        else this.#close();
    }

    #open(model: LiveModel): void {
        try {
            const { toServer, toClient } = openLiveModel(model, (state) => this.#tell({ kind: 'state', state }));
            // Whoever sends bounds what is inside.
            this.#ways[0] = new LivePath(toServer, this.#host, Infinity);
            this.#ways[1] = new LivePath(toClient, this.#host, Infinity);
            this.#tell({ kind: 'opened' });
        } catch (error) {
            this.#tell({ kind: 'failed', ...parts(error) });
        }
    }

    #enter(way: WayIndex, packet: number, sizeBytes: number, sentMs: number): void {
        const sentNs = Math.max(0, Math.round((sentMs - this.#zeroMs) * 1e6));
        const bytes = sizeBytes <= BLANK.length ? BLANK.subarray(0, sizeBytes) : new Uint8Array(sizeBytes);
        this.#ways[way]?.send(
            bytes,
            (_bytes, leavesNs) => {
                if (this.#fates.length === 0) queueMicrotask(() => this.#flush());
                this.#fates.push(way, packet, leavesNs === null ? Number.NaN : this.#zeroMs + leavesNs / 1e6);
            },
            sentNs
        );
    }

    #flush(): void {
        const fates = this.#fates;
        this.#fates = [];
        if (fates.length > 0) this.#tell({ kind: 'fates', fates });
    }

    #close(): void {
        for (const way of this.#ways) way?.close();
        this.#fates = [];
        this.#port.close();
    }

    #tell(answer: ModelAnswer): void {
        this.#port.post(answer);
    }
}

/** What is left of an error on the wire. */
function parts(error: unknown): { code: ErrorCode; what: string; mend: string } {
    if (!(error instanceof MixreelError)) return { code: 'internal', what: String(error), mend: 'Report it' };
    const { code, message, mend } = error;
    return { code, what: message.slice(0, -`. ${mend}.`.length), mend };
}

/** Serves a model in a worker of a page: `serveLiveModel(self)` is all that its file has to do. */
export function serveLiveModel(scope: WebEnd): void {
    new ModelThread(webEnd(scope), threadHost(), epochMs);
}

/** Timers of a page are clamped to 4 ms once they are nested, messages are not: here nothing else waits for the thread. */
function threadHost(): LiveHost {
    const { port1, port2 } = new MessageChannel();
    const waiting: (() => void)[] = [];
    port2.addEventListener('message', () => waiting.shift()?.());
    port2.start();
    return {
        ...webHost(),
        soon(callback) {
            waiting.push(callback);
            port1.postMessage(null);
        }
    };
}
