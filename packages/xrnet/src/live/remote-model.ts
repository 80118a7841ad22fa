/**
 * The near side of a model in a worker: two packet paths whose fates come as messages. To a relay or a page they are paths like
 * any other; see src/live/model-thread.ts for the far side.
 *
 * A thread that dies loses what is inside: those packets are lost, later ones too, and `failure` says why.
 */
import { MixreelError } from '@mixreel/core';
import type { UserState } from '../cell/network-state.ts';
import type { LiveModel, LiveWays } from './live-model.ts';
import {
    epochMs,
    type ModelAnswer,
    type ModelPort,
    type ModelRequest,
    type SchedulerLag,
    type WayIndex
} from './model-port.ts';
import type { PacketFate, PacketPath } from './packet-path.ts';

/** See the file comment. In Node, `startLiveModel` makes the thread as well. */
export class RemoteModel implements LiveWays {
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** Why the thread ended, or null while it works. */
    failure: Error | null = null;
    /** Resolves when the model is there; rejects with `bad-input` for one out of range. Packets may be sent before. */
    readonly opened: Promise<void>;
    readonly #port: ModelPort;
    readonly #ways: readonly [RemoteWay, RemoteWay];
    readonly #onState: (state: UserState) => void;
    #settle: ((failure: Error | null) => void) | null = null;
    /** Packets that go with the next message, four numbers each. */
    #sending: number[] = [];
    /** Those who asked for the lag. */
    readonly #asked: ((lag: SchedulerLag) => void)[] = [];

    /**
     * Sends a model to the thread at the other end.
     *
     * @param nowMs - Now, ms since the epoch.
     */
    constructor(
        port: ModelPort,
        model: LiveModel,
        onState: (state: UserState) => void = () => {},
        nowMs: () => number = epochMs
    ) {
        this.#port = port;
        this.#onState = onState;
        const way = (index: WayIndex): RemoteWay =>
            new RemoteWay(nowMs, (packet, sizeBytes, sentMs) => {
                if (this.failure) return false;
                if (this.#sending.length === 0) queueMicrotask(() => this.#flush());
                this.#sending.push(index, packet, sizeBytes, sentMs);
                return true;
            });
        this.#ways = [way(0), way(1)];
        [this.toServer, this.toClient] = this.#ways;
        this.opened = new Promise((resolve, reject) => {
            this.#settle = (failure) => (failure ? reject(failure) : resolve());
        });
        // Whoever does not wait learns of it by `failure`.
        this.opened.catch(() => {});
        port.listen((message) => this.#take(message as ModelAnswer));
        this.#post({ kind: 'open', model });
    }

    /** How late the model's own thread was with the newest packets, up to 8192 each way. */
    schedulerLag(): Promise<SchedulerLag> {
        if (this.failure) return Promise.reject(this.failure);
        return new Promise((resolve) => {
            this.#asked.push(resolve);
            this.#post({ kind: 'lag' });
        });
    }

    /** Ends the thread. What is inside is lost. */
    close(): void {
        if (this.failure) return;
        this.#post({ kind: 'close' });
        this.fail(new MixreelError('aborted', { what: 'the live model was closed', mend: 'Open another one' }));
        this.#port.close();
    }

    /** Takes note that the thread is gone. */
    fail(failure: Error): void {
        if (this.failure) return;
        this.failure = failure;
        this.#settle?.(failure);
        for (const way of this.#ways) way.loseAll();
    }

    #take(answer: ModelAnswer): void {
        if (answer.kind === 'fates') {
            for (let i = 0; i < answer.fates.length; i += 3) {
                const [way, packet, leavesMs] = answer.fates.slice(i, i + 3) as [WayIndex, number, number];
                this.#ways[way].decided(packet, leavesMs);
            }
            for (const way of this.#ways) way.tell();
        } else if (answer.kind === 'state') this.#onState(answer.state);
        else if (answer.kind === 'lag') this.#asked.shift()?.(answer);
        else if (answer.kind === 'opened') this.#settle?.(null);
        else this.fail(new MixreelError(answer.code, { what: answer.what, mend: answer.mend }));
    }

    #flush(): void {
        const packets = this.#sending;
        this.#sending = [];
        if (!this.failure) this.#post({ kind: 'packets', packets });
    }

    #post(request: ModelRequest): void {
        this.#port.post(request);
    }
}

/** One way. Its times are the caller's, whose clock started at a moment that the first packet tells. */
class RemoteWay implements PacketPath {
    readonly #nowMs: () => number;
    readonly #send: (packet: number, sizeBytes: number, sentMs: number) => boolean;
    /** The caller's zero, ms since the epoch. */
    #zeroMs = Number.NaN;
    readonly #inside = new Set<number>();
    readonly #fates: { packet: number; leavesNs: number | null }[] = [];
    #wake: () => void = () => {};

    constructor(nowMs: () => number, send: (packet: number, sizeBytes: number, sentMs: number) => boolean) {
        this.#nowMs = nowMs;
        this.#send = send;
    }

    enter(packet: number, sizeBytes: number, nowNs: number): void {
        if (Number.isNaN(this.#zeroMs)) this.#zeroMs = this.#nowMs() - nowNs / 1e6;
        this.#inside.add(packet);
        if (!this.#send(packet, sizeBytes, this.#zeroMs + nowNs / 1e6)) this.decided(packet, Number.NaN);
    }

    /** A fate has come; NaN: lost. */
    decided(packet: number, leavesMs: number): void {
        if (!this.#inside.delete(packet)) return;
        const leavesNs = Number.isNaN(leavesMs) ? null : Math.round((leavesMs - this.#zeroMs) * 1e6);
        this.#fates.push({ packet, leavesNs });
    }

    /** Tells whoever waits, if anything has come. */
    tell(): void {
        if (this.#fates.length > 0) this.#wake();
    }

    loseAll(): void {
        for (const packet of this.#inside) this.decided(packet, Number.NaN);
        this.tell();
    }

    advanceTo(_nowNs: number, fate: PacketFate): void {
        for (const { packet, leavesNs } of this.#fates.splice(0)) fate(packet, leavesNs);
    }

    nextNs(): number {
        return this.#fates.length > 0 ? 0 : Infinity;
    }

    onFates(wake: () => void): void {
        this.#wake = wake;
    }
}
