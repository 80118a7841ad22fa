/**
 * What the kernels counted: exact, and the same on every machine. Rays and queue lengths are per bounce, because that is where
 * a streaming tracer's occupancy shows.
 */

/** Queue lengths and outcomes of one bounce (0: camera rays). */
export interface BounceCounters {
    /** Rays traced for their nearest hit. */
    readonly rays: number;
    readonly hits: number;
    readonly misses: number;
    /** Shadow rays. */
    readonly shadowRays: number;
    /** Shadow rays that reached their light. */
    readonly lit: number;
    /** Paths dropped because the BSDF or its density was zero. */
    readonly dropped: number;
    /** Paths ended by Russian roulette. */
    readonly roulette: number;
    /** Light samples filtered out before the shadow queue. */
    readonly unlit: number;
}

/** Counters of one or more `render` calls. */
export interface RenderCounters {
    /** Paths started: pixels times samples. */
    readonly paths: number;
    /** Samples left out of the film because they were not finite. */
    readonly rejected: number;
    /** All rays: nearest-hit and shadow. */
    readonly rays: number;
    /** Dispatches handed to the device. */
    readonly dispatches: number;
    readonly bounces: readonly BounceCounters[];
}

/** Sums of the kernels' counters, kept in doubles between readbacks. */
export class Tally {
    readonly #sums: Float64Array;
    dispatches = 0;

    constructor(maxBounces: number) {
        this.#sums = new Float64Array(counterWords(maxBounces));
    }

    add(words: Uint32Array): void {
        for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! += words[i]!;
    }

    counters(): RenderCounters {
        const bounces: BounceCounters[] = [];
        let rays = 0;
        for (let o = 8; o + 8 <= this.#sums.length; o += 8) {
            const [r, hits, misses, shadowRays, lit, dropped, roulette, unlit] = this.#sums.subarray(
                o,
                o + 8
            ) as unknown as [number, number, number, number, number, number, number, number];
            if (r === 0) break;
            rays += r + shadowRays;
            bounces.push({ rays: r, hits, misses, shadowRays, lit, dropped, roulette, unlit });
        }
        return { paths: this.#sums[0]!, rejected: this.#sums[1]!, rays, dispatches: this.dispatches, bounces };
    }
}

/** Words of the counter buffer: 8 for the wave, 8 for each bounce, one bounce more than can happen. */
export function counterWords(maxBounces: number): number {
    return 8 * (maxBounces + 3);
}
