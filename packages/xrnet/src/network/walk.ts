/**
 * Users that move: each walks straight on, in a direction of its own, at one speed. Where the ground ends (the building, or a
 * single site's surroundings) it turns; the tile of seven sites has no end. Ten times a second its path loss, line of sight,
 * shadowing and interference become those of where it is; fading has the Doppler shift of the speed.
 *
 * A user stays with its cell: handovers are a matter of `interruptions`.
 */
import type { Rng } from '@mixreel/core';
import type { Layout, Place } from './layout.ts';
import type { DroppedUser, Links } from './links.ts';

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
    readonly #walkers: readonly { readonly user: DroppedUser; readonly heading: number }[];
    readonly #onMove: (user: DroppedUser, snrDb: number, uplinkSnrDb: number) => void;
    #step = 0;

    /** @param onMove - Is told of everybody's SNRs in every step. */
    constructor(
        layout: Layout,
        links: Links,
        speedKmh: number,
        rng: Rng,
        onMove: (user: DroppedUser, snrDb: number, uplinkSnrDb: number) => void
    ) {
        this.#layout = layout;
        this.#links = links;
        this.#speedMps = speedKmh / 3.6;
        this.#walkers = links.users.flat().map((user) => ({
            user,
            heading: 2 * Math.PI * rng.stream('heading', user.cell, user.ue).float()
        }));
        this.#onMove = onMove;
    }

    /** Where a user is after a time. */
    placeOf(walker: number, timeNs: number): Place {
        const { user, heading } = this.#walkers[walker] as { user: DroppedUser; heading: number };
        const wayM = (this.#speedMps * timeNs) / 1e9;
        return this.#layout.confine({ xM: user.xM + wayM * Math.cos(heading), yM: user.yM + wayM * Math.sin(heading) });
    }

    /** Brings everybody to a time; cheap until the next step. */
    advanceTo(timeNs: number): void {
        const step = Math.floor(timeNs / STEP_NS);
        if (step === this.#step) return;
        this.#step = step;
        for (const [i, { user }] of this.#walkers.entries()) {
            const { snrDb, uplinkSnrDb } = this.#links.move(user, this.placeOf(i, step * STEP_NS));
            this.#onMove(user, snrDb, uplinkSnrDb);
        }
    }
}
