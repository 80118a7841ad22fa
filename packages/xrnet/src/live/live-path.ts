/**
 * A packet path on a real clock: packets with their bytes go in, and come out of `deliver` when the path says. Timers wake
 * 1.5 ms early and the rest is polled from the host's immediate queue, which keeps sockets served; how late each delivery
 * really was is recorded. The path may be in this thread or in another (src/live/remote-model.ts): the bytes stay here either
 * way, and only sizes and times cross.
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

/** Gets the bytes and the time at which the path let them go, ns; nulls if they were lost. */
export type Deliver = (bytes: Uint8Array | null, leavesNs: number | null) => void;

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
    readonly #packets = new Map<number, { bytes: Uint8Array; deliver: Deliver }>();
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
        path.onFates?.(() => this.#run());
    }

    /**
     * Sends bytes; `deliver` gets them when they arrive, or null when they are lost. False if they were refused.
     *
     * @param sentNs - When they were sent, by the host's clock and never decreasing; default: now.
     */
    send(bytes: Uint8Array, deliver: Deliver, sentNs: number = this.#host.clock.nowNs()): boolean {
        if (this.#closed || this.counters.insideBytes + bytes.length > this.#maxBytes) {
            this.counters.refused++;
            return false;
        }
        const packet = this.#next++;
        this.#packets.set(packet, { bytes, deliver });
        this.counters.entered++;
        this.counters.insideBytes += bytes.length;
        this.#path.enter(packet, bytes.length, sentNs);
        this.#wake();
        return true;
    }

    /** True once it takes nothing more. */
    get closed(): boolean {
        return this.#closed;
    }

    /** Bytes that it still takes. */
    get roomBytes(): number {
        return this.#maxBytes - this.counters.insideBytes;
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
            this.#release(packet, leavesNs);
        }
        this.#wake();
    }

    #decide(packet: number, leavesNs: number | null): void {
        if (leavesNs === null) {
            this.counters.lost++;
            this.#release(packet, null);
            return;
        }
        let place = this.#leaving.length;
        while (place > 0 && (this.#leaving[place - 1] as { leavesNs: number }).leavesNs > leavesNs) place--;
        this.#leaving.splice(place, 0, { packet, leavesNs });
    }

    #release(packet: number, leavesNs: number | null): void {
        const entry = this.#packets.get(packet);
        if (!entry) return;
        this.#packets.delete(packet);
        this.counters.insideBytes -= entry.bytes.length;
        entry.deliver(leavesNs === null ? null : entry.bytes, leavesNs);
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
