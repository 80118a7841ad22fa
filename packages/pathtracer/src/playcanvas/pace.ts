/**
 * How many paths a frame has time for. The time of a part is that between handing its work to the GPU and its end, which counts
 * the engine's own work on the same queue as well: it is what the frame has to wait. It is taken for a + b * paths: the cheapest
 * part so far stands for the fixed cost a (submitting, reading back), and b is a running mean of what every path beyond that cost,
 * weighted by 1/2 for a part that was slower than expected and by 1/4 for a faster one, so that a budget that is broken holds again
 * soon and one hiccup does not slow the picture for long.
 *
 * A first part is small, since nothing is known, and none is more than eight times the one before, or twice where that used the
 * budget up. Where the fixed cost alone is over half the budget, what is traced beside it takes the other half: waiting for a
 * readback is not work.
 */

const SLOWER = 0.5;
const FASTER = 0.25;
const GROWTH = 8;
/** Paths of the first part: a few workgroups. */
const FIRST = 256;
/** Paths that a part has at least: a workgroup. */
const LEAST = 64;

interface Part {
    readonly paths: number;
    readonly ms: number;
}

/** See the file comment. */
export class Pace {
    readonly #budgetMs: number;
    #last: Part = { paths: FIRST, ms: 1 };
    #cheapest: Part | null = null;
    #pathMs: number | null = null;

    constructor(budgetMs: number) {
        this.#budgetMs = budgetMs;
    }

    /** Paths of the next part. */
    get paths(): number {
        if (!this.#cheapest) return FIRST;
        const most = this.#last.paths * Math.min(GROWTH, Math.max(2, this.#budgetMs / this.#last.ms));
        if (this.#pathMs === null) return wholeGroups(most);
        const leftMs = Math.max(this.#budgetMs - this.#fixedMs, this.#budgetMs / 2);
        return Math.max(LEAST, wholeGroups(Math.min(leftMs / this.#pathMs, most)));
    }

    get #fixedMs(): number {
        if (!this.#cheapest) return 0;
        return Math.max(0, this.#cheapest.ms - (this.#pathMs ?? 0) * this.#cheapest.paths);
    }

    /** Tells how long a part took. */
    took(paths: number, ms: number): void {
        this.#last = { paths, ms: Math.max(1e-6, ms) };
        const { paths: fewest, ms: leastMs } = this.#cheapest ?? { paths: 0, ms: Number.POSITIVE_INFINITY };
        if (ms < leastMs) this.#cheapest = { paths, ms };
        if (fewest === 0) return;
        // A part no larger than the cheapest one tells of a slower scene by what it took beyond the fixed cost.
        const beyond =
            paths > fewest
                ? { paths: paths - fewest, ms: ms - Math.min(ms, leastMs) }
                : { paths, ms: ms - this.#fixedMs };
        const pathMs = Math.max(1e-9, beyond.ms / beyond.paths);
        const share = this.#pathMs !== null && pathMs < this.#pathMs ? FASTER : SLOWER;
        this.#pathMs = this.#pathMs === null ? pathMs : this.#pathMs + share * (pathMs - this.#pathMs);
    }

    /** Forgets: another scene is traced. */
    reset(): void {
        this.#cheapest = null;
        this.#pathMs = null;
    }
}

function wholeGroups(paths: number): number {
    return Math.floor(paths / LEAST) * LEAST;
}
