/**
 * Fast fading of interferers, fidelity L2: each user's strongest other cells fade on their way to it as tapped delay lines, one
 * process a link, down and up alike (TDD). Rayleigh with one branch: the receiver combines its antennas for the served signal,
 * and what comes from elsewhere passes that combination as one complex Gaussian. The weaker cells count by their mean power.
 *
 * Costs one subband fading (src/phy/subband-fading.ts, about 9 kB and a quarter of a served user's work) for every link that is
 * heard while its cell sends.
 */
import type { SubbandFading } from '../phy/subband-fading.ts';
import type { DroppedUser } from './links.ts';

/** See the file comment. */
export class InterfererFading {
    readonly #users: readonly (readonly DroppedUser[])[];
    readonly #count: number;
    readonly #make: (cell: number, ue: number, other: number) => SubbandFading;
    /** By cell, user and other cell: the link's fading; null: its mean counts. */
    readonly #links: (SubbandFading | null)[][][];

    /**
     * @param count - Interferers of each user that fade, as they are where it was dropped.
     * @param make - A link's fading, made when it is first needed.
     */
    constructor(
        users: readonly (readonly DroppedUser[])[],
        count: number,
        make: (cell: number, ue: number, other: number) => SubbandFading
    ) {
        this.#users = users;
        this.#count = count;
        this.#make = make;
        this.#links = users.map(() => []);
    }

    /** Linear gains of a link's subbands, of mean 1, into `out`; false if it does not fade. */
    read(cell: number, ue: number, other: number, timeNs: number, out: Float64Array): boolean {
        const links = ((this.#links[cell] as (SubbandFading | null)[][])[ue] ??= this.#open(cell, ue));
        const link = links[other] ?? null;
        link?.read(timeNs, out);
        return link !== null;
    }

    #open(cell: number, ue: number): (SubbandFading | null)[] {
        const { hears } = (this.#users[cell] as readonly DroppedUser[])[ue] as DroppedUser;
        const strongest = [...hears.keys()]
            .filter((other) => other !== cell)
            .sort((a, b) => (hears[b] as number) - (hears[a] as number))
            .slice(0, this.#count);
        return Array.from(hears, (_, other) => (strongest.includes(other) ? this.#make(cell, ue, other) : null));
    }
}
