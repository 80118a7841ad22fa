/**
 * Users that move: each walks straight on, in a direction of its own, at one speed. Where the ground ends (the building, or a
 * single site's surroundings) it turns; the tile of seven sites has no end. Ten times a second its path loss, line of sight,
 * shadowing and interference become those of where it is; fading has the Doppler shift of the speed.
 *
 * Whether it changes its cell: src/network/handovers.ts.
 */
import type { Rng } from '@mixreel/core';
import type { Layout, Place } from './layout.ts';
import type { DroppedUser, Links } from './links.ts';

/** A user that moves. */
export interface Walker {
    readonly user: DroppedUser;
    readonly heading: number;
    /** Who serves it now, and its number there. */
    cell: number;
    ue: number;
}

/** What a walker is told of itself in every step: SNRs of its cell, and gains of all cells, dB. */
export interface Step {
    readonly snrDb: number;
    readonly uplinkSnrDb: number;
    readonly gainsDb: Float64Array;
}

/** Time between two looks at where everybody is, ns. */
const STEP_NS = 100_000_000;

const LIGHT_M_PER_S = 299_792_458;

/** The largest Doppler shift of a speed, Hz: f v / c. */
export function dopplerHz(speedKmh: number, carrierGhz: number): number {
    return (carrierGhz * 1e9 * (speedKmh / 3.6)) / LIGHT_M_PER_S;
}

/** See the file comment. */
export class Walk {
    readonly #layout: Layout;
    readonly #links: Links;
    readonly #speedMps: number;
    readonly #walkers: readonly Walker[];
    readonly #onMove: (walker: Walker, step: Step, timeNs: number) => void;
    #step = 0;

    /** @param onMove - Is told of everybody's SNRs in every step. */
    constructor(
        layout: Layout,
        links: Links,
        speedKmh: number,
        rng: Rng,
        onMove: (walker: Walker, step: Step, timeNs: number) => void
    ) {
        this.#layout = layout;
        this.#links = links;
        this.#speedMps = speedKmh / 3.6;
        this.#walkers = links.users.flat().map((user) => ({
            user,
            heading: 2 * Math.PI * rng.stream('heading', user.cell, user.ue).float(),
            cell: user.cell,
            ue: user.ue
        }));
        this.#onMove = onMove;
    }

    /** Where a user is after a time. */
    placeOf({ user, heading }: Walker, timeNs: number): Place {
        const wayM = (this.#speedMps * timeNs) / 1e9;
        return this.#layout.confine({ xM: user.xM + wayM * Math.cos(heading), yM: user.yM + wayM * Math.sin(heading) });
    }

    /** Brings everybody to a time; cheap until the next step. */
    advanceTo(timeNs: number): void {
        const step = Math.floor(timeNs / STEP_NS);
        if (step === this.#step) return;
        this.#step = step;
        for (const walker of this.#walkers) this.#onMove(walker, this.look(walker, walker.cell), timeNs);
    }

    /** What a walker hears where it was last seen, served by `cell`. */
    look(walker: Walker, cell: number): Step {
        return this.#links.move(walker.user, this.placeOf(walker, this.#step * STEP_NS), cell);
    }
}
