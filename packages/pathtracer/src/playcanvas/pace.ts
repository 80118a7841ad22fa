/**
 * How many samples a frame has time for. The time of a sample is that between handing its work to the GPU and its end, which
 * counts the engine's own work on the same queue as well: it is what the frame has to wait. The mean over the last samples is
 * weighted by 1/4 for the newest, so that one slow frame does not halve the picture's progress for long.
 */

const NEWEST = 0.25;
const MOST = 1024;

/** See the file comment. */
export class Pace {
    readonly #budgetMs: number | null;
    readonly #fixed: number;
    #sampleMs: number | null = null;

    /** @param budgetMs - Null: always `sppPerFrame`. */
    constructor(budgetMs: number | null, sppPerFrame: number) {
        this.#budgetMs = budgetMs;
        this.#fixed = sppPerFrame;
    }

    /** Samples per pixel for the next frame, at least 1. */
    get spp(): number {
        if (this.#budgetMs === null) return this.#fixed;
        if (this.#sampleMs === null) return 1;
        return Math.min(MOST, Math.max(1, Math.floor(this.#budgetMs / this.#sampleMs)));
    }

    /** Tells how long a frame's samples took. */
    took(spp: number, ms: number): void {
        const sampleMs = Math.max(ms, 1e-3) / spp;
        this.#sampleMs = this.#sampleMs === null ? sampleMs : this.#sampleMs + NEWEST * (sampleMs - this.#sampleMs);
    }

    /** Forgets: the picture has another size or another scene. */
    reset(): void {
        this.#sampleMs = null;
    }
}
