/**
 * Fidelity L0: a bottleneck of fixed rate with a queue of limited length, then a delay with jitter, and random loss: the
 * baseline against which relays are checked, and the model of the tools that shape a link by four numbers. Jitter does not
 * reorder: a packet never leaves before the one ahead of it.
 */
import { badInput, type Rng, type RngStream } from '@mixreel/core';
import type { PacketFate, PacketPath } from './packet-path.ts';

/** Four numbers and a queue. */
export interface DelayLineOptions {
    /** One-way delay after the bottleneck, ns, 0 to 10 s. */
    readonly delayNs: number;
    /** Uniform jitter added to it, ns, 0 to 10 s. */
    readonly jitterNs: number;
    /** Bottleneck rate, bit/s, 1000 to 1e12. */
    readonly rateBps: number;
    /** Share of packets lost, 0 to 1. */
    readonly lossRate: number;
    /** Bytes that may wait at the bottleneck, 1500 to 1e9; what comes above is lost. */
    readonly queueBytes: number;
}

export const DELAY_LINE_DEFAULTS: DelayLineOptions = Object.freeze({
    delayNs: 0,
    jitterNs: 0,
    rateBps: 1e9,
    lossRate: 0,
    queueBytes: 1_000_000
});

/** See the file comment. */
export class DelayLine implements PacketPath {
    readonly #options: DelayLineOptions;
    readonly #losses: RngStream;
    readonly #jitters: RngStream;
    readonly #fates: { packet: number; leavesNs: number | null }[] = [];
    /** When the bottleneck has sent all that waits. */
    #freeNs = 0;
    #lastNs = 0;

    constructor(options: Partial<DelayLineOptions>, rng: Rng) {
        this.#options = { ...DELAY_LINE_DEFAULTS, ...options };
        requireOptions(this.#options);
        this.#losses = rng.stream('loss');
        this.#jitters = rng.stream('jitter');
    }

    enter(packet: number, sizeBytes: number, nowNs: number): void {
        const { delayNs, jitterNs, rateBps, lossRate, queueBytes } = this.#options;
        // Both are drawn for every packet, so that one setting does not shift the draws of the other.
        const lost = this.#losses.float() < lossRate;
        const jitter = Math.floor(this.#jitters.float() * jitterNs);
        const waitingBytes = (Math.max(0, this.#freeNs - nowNs) * rateBps) / 8e9;
        if (waitingBytes + sizeBytes > queueBytes) {
            this.#fates.push({ packet, leavesNs: null });
            return;
        }
        this.#freeNs = Math.max(nowNs, this.#freeNs) + Math.round((sizeBytes * 8e9) / rateBps);
        if (!lost) this.#lastNs = Math.max(this.#lastNs, this.#freeNs + delayNs + jitter);
        this.#fates.push({ packet, leavesNs: lost ? null : this.#lastNs });
    }

    advanceTo(_nowNs: number, fate: PacketFate): void {
        for (const { packet, leavesNs } of this.#fates) fate(packet, leavesNs);
        this.#fates.length = 0;
    }

    nextNs(): number {
        return this.#fates.length > 0 ? 0 : Infinity;
    }
}

function requireOptions(options: DelayLineOptions): void {
    const ranges: Readonly<Record<keyof DelayLineOptions, readonly [number, number, string]>> = {
        delayNs: [0, 1e10, 'ns'],
        jitterNs: [0, 1e10, 'ns'],
        rateBps: [1000, 1e12, 'bit/s'],
        lossRate: [0, 1, ''],
        queueBytes: [1500, 1e9, 'bytes']
    };
    for (const [name, [low, high, unit]] of Object.entries(ranges)) {
        const value: unknown = options[name as keyof DelayLineOptions];
        if (typeof value === 'number' && value >= low && value <= high) continue;
        throw badInput(
            `${name} of the delay line is ${String(value)}`,
            `${low} to ${high} ${unit}`.trim(),
            `Correct ${name}`
        );
    }
}
