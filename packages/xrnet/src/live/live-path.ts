/**
 * A packet path on a real clock: packets with their bytes go in, and come out of `deliver` when the path says. Timers wake
 * 1.5 ms early and the rest is polled from the host's immediate queue, which keeps sockets served; how late each delivery
 * really was is recorded. Not in a worker: datagrams would cross threads twice; the recorded lag says what that costs.
 *
 * Bounded: above `maxBytes` inside, packets are refused.
 */
import type { Clock } from '@mixreel/core';
import type { PacketPath } from './packet-path.ts';

/** Timers of the host, and its way to run something soon without blocking input. */
export interface LiveHost {
    readonly clock: Clock;
    setTimer(callback: () => void, delayMs: number): unknown;
    clearTimer(timer: unknown): void;
    soon(callback: () => void): void;
}

/** What a path did so far. */
export interface LiveCounters {
    /** Packets taken, delivered, lost on the path, refused because too much was inside. */
    entered: number;
    delivered: number;
    lost: number;
    refused: number;
    /** Bytes inside now. */
    insideBytes: number;
}

/** How early timers wake, ns: the granularity of host timers and a bit. */
const EARLY_NS = 1_500_000;
const LAGS = 8192;
const MAX_INSIDE_BYTES: number = 8 * 1024 * 1024;

/** See the file comment. */
export class LivePath {
    readonly counters: LiveCounters = { entered: 0, delivered: 0, lost: 0, refused: 0, insideBytes: 0 };
    readonly #path: PacketPath;
    readonly #host: LiveHost;
    readonly #maxBytes: number;
    readonly #packets = new Map<number, { bytes: Uint8Array; deliver: (bytes: Uint8Array | null) => void }>();
    /** Decided packets by the time they leave, rising. */
    readonly #leaving: { packet: number; leavesNs: number }[] = [];
    readonly #lags = new Float64Array(LAGS);
    #next = 0;
    #timer: unknown = null;
    #polling = false;
    #closed = false;

    constructor(path: PacketPath, host: LiveHost, maxBytes: number = MAX_INSIDE_BYTES) {
        this.#path = path;
        this.#host = host;
        this.#maxBytes = maxBytes;
    }

    /** Sends bytes; `deliver` gets them when they arrive, or null when they are lost. False if they were refused. */
    send(bytes: Uint8Array, deliver: (bytes: Uint8Array | null) => void): boolean {
        if (this.#closed || this.counters.insideBytes + bytes.length > this.#maxBytes) {
            this.counters.refused++;
            return false;
        }
        const packet = this.#next++;
        this.#packets.set(packet, { bytes, deliver });
        this.counters.entered++;
        this.counters.insideBytes += bytes.length;
        this.#path.enter(packet, bytes.length, this.#host.clock.nowNs());
        this.#wake();
        return true;
    }

    /** How late the newest deliveries were, ns, at most 8192 of them. */
    lagsNs(): Float64Array {
        return this.#lags.slice(0, Math.min(LAGS, this.counters.delivered));
    }

    /** Drops what is inside and stops. */
    close(): void {
        this.#closed = true;
        if (this.#timer !== null) this.#host.clearTimer(this.#timer);
        this.#timer = null;
        this.#packets.clear();
        this.#leaving.length = 0;
        this.counters.insideBytes = 0;
    }

    #run(): void {
        if (this.#closed) return;
        const nowNs = this.#host.clock.nowNs();
        this.#path.advanceTo(nowNs, (packet, leavesNs) => this.#decide(packet, leavesNs));
        while (
            this.#leaving.length > 0 &&
            (this.#leaving[0] as { leavesNs: number }).leavesNs <= this.#host.clock.nowNs()
        ) {
            const { packet, leavesNs } = this.#leaving.shift() as { packet: number; leavesNs: number };
            this.#lags[this.counters.delivered % LAGS] = this.#host.clock.nowNs() - leavesNs;
            this.counters.delivered++;
            this.#release(packet, true);
        }
        this.#wake();
    }

    #decide(packet: number, leavesNs: number | null): void {
        if (leavesNs === null) {
            this.counters.lost++;
            this.#release(packet, false);
            return;
        }
        let place = this.#leaving.length;
        while (place > 0 && (this.#leaving[place - 1] as { leavesNs: number }).leavesNs > leavesNs) place--;
        this.#leaving.splice(place, 0, { packet, leavesNs });
    }

    #release(packet: number, arrived: boolean): void {
        const entry = this.#packets.get(packet);
        if (!entry) return;
        this.#packets.delete(packet);
        this.counters.insideBytes -= entry.bytes.length;
        entry.deliver(arrived ? entry.bytes : null);
    }

    #wake(): void {
        if (this.#closed || this.#polling) return;
        const dueNs = Math.min(this.#path.nextNs(), this.#leaving[0]?.leavesNs ?? Infinity);
        if (dueNs === Infinity) return;
        if (this.#timer !== null) this.#host.clearTimer(this.#timer);
        this.#timer = null;
        const waitNs = dueNs - this.#host.clock.nowNs();
        if (waitNs <= EARLY_NS) {
            this.#polling = true;
            this.#host.soon(() => {
                this.#polling = false;
                this.#run();
            });
        } else this.#timer = this.#host.setTimer(() => this.#run(), Math.floor((waitNs - EARLY_NS) / 1e6));
    }
}
