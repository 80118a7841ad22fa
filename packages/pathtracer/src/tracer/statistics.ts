/**
 * What the kernels counted: exact, and the same on every machine. Rays and queue lengths are per bounce, because that is where
 * a streaming tracer's occupancy shows.
 */

import type { KernelTime } from '@mixreel/gpu';
import type { MaterialClass } from './material-queues.ts';

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

/** Samples that did not reach the film, by reason. */
export interface Rejections {
    readonly nan: number;
    /** Infinite, or 2^51 and more, of which a film's sum of squares would overflow. */
    readonly infinite: number;
    readonly negative: number;
}

/** Counters of one or more `render` calls. */
export interface RenderCounters {
    /** Paths started: pixels times samples. */
    readonly paths: number;
    /** Samples left out of the film because they were not light: all reasons together. */
    readonly rejected: number;
    readonly rejections: Rejections;
    /** All rays: nearest-hit and shadow. */
    readonly rays: number;
    /** Dispatches handed to the device. */
    readonly dispatches: number;
    readonly bounces: readonly BounceCounters[];
    /**
     * Lengths of the queues that hits part into by what their materials take to shade, by bounce; null for the megakernel, which has
     * none. Where a scene has all four classes, `matte` hits wait with the `plain` ones.
     */
    readonly hitsByClass: readonly Readonly<Partial<Record<MaterialClass, number>>>[] | null;
    /** GPU time of each kernel, if it was asked for and the device can tell. */
    readonly kernels: readonly KernelTime[] | null;
}

/** Sums of the kernels' counters, kept in doubles between readbacks. */
export class Tally {
    readonly #sums: Float64Array;
    readonly #queues: readonly MaterialClass[] | null;
    readonly #times = new Map<string, { dispatches: number; durationNs: number }>();
    dispatches = 0;

    /** queues: whose hits are counted in which place; null for the megakernel. */
    constructor(maxBounces: number, queues: readonly MaterialClass[] | null) {
        this.#queues = queues;
        this.#sums = new Float64Array(counterWords(maxBounces));
    }

    add(words: Uint32Array): void {
        for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! += words[i]!;
    }

    time(kernels: readonly KernelTime[] | null): void {
        for (const { label, dispatches, durationNs } of kernels ?? []) {
            const sum = this.#times.get(label) ?? { dispatches: 0, durationNs: 0 };
            sum.dispatches += dispatches;
            sum.durationNs += durationNs;
            this.#times.set(label, sum);
        }
    }

    counters(): RenderCounters {
        const bounces: BounceCounters[] = [];
        const hitsByClass: Partial<Record<MaterialClass, number>>[] = [];
        let rays = 0;
        for (let o = WAVE_WORDS; o < this.#sums.length; o += BOUNCE_WORDS) {
            const at = (k: number): number => this.#sums[o + k]!;
            const r = at(0);
            if (r === 0) break;
            rays += r + at(3);
            const hits = [at(1), at(8), at(9)];
            hitsByClass.push(Object.fromEntries((this.#queues ?? []).map((name, i) => [name, hits[i]!])));
            bounces.push({
                rays: r,
                hits: at(1) + at(8) + at(9),
                misses: at(2),
                shadowRays: at(3),
                lit: at(4),
                dropped: at(5),
                roulette: at(6),
                unlit: at(7)
            });
        }
        const [paths, nan, infinite, negative] = this.#sums as unknown as [number, number, number, number];
        const kernels = [...this.#times].map(([label, sum]) => ({ label, ...sum }));
        return {
            paths,
            rejected: nan + infinite + negative,
            rejections: { nan, infinite, negative },
            rays,
            dispatches: this.dispatches,
            bounces,
            hitsByClass: this.#queues ? hitsByClass : null,
            kernels: kernels.length > 0 ? kernels : null
        };
    }
}

const WAVE_WORDS = 8;
const BOUNCE_WORDS = 10;

/** Words of the counter buffer: 8 for the wave, 10 for each bounce, one bounce more than can happen. */
export function counterWords(maxBounces: number): number {
    return WAVE_WORDS + BOUNCE_WORDS * (maxBounces + 2);
}

/**
 * Words behind those where paths are regenerated: lengths of the queues in even and in odd iterations, 10 each, and the next
 * item of work.
 */
export const QUEUE_WORDS: number = 2 * BOUNCE_WORDS + 1;
