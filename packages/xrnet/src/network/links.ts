/**
 * How strongly every user hears every cell, as SNR a resource element, and who is served by whom. A beam towards the served user
 * gains `beamGainDb` more than the sector's element, which interferers do not have.
 *
 * Users are dropped until every cell has its number, in order of a random stream of their own, so that the places of n users
 * are the first n of more. What a user that moves hears, and is heard with, follows.
 */
import type { Rng } from '@mixreel/core';
import type { BuildingName } from '../phy/building-loss.ts';
import type { PlaceName } from '../phy/path-loss.ts';
import type { Layout, Place } from './layout.ts';
import { Propagation, type UserFate } from './propagation.ts';

/** What the radio of a place is made of. */
export interface NetworkRadio {
    readonly place: PlaceName;
    /** Carrier, GHz, 0.5 to 100. */
    readonly carrierGhz: number;
    /** Heights of antennas and of users (indoors: above their floor), m. */
    readonly baseM: number;
    readonly userM: number;
    /** Power over the whole carrier, dBm. */
    readonly baseDbm: number;
    readonly userDbm: number;
    /** Noise figures, dB. */
    readonly baseNoiseDb: number;
    readonly userNoiseDb: number;
    /** What a beam adds towards the served user, dB, 0 to 30. */
    readonly beamGainDb: number;
    /** Downward tilt of a sector, degrees, 0 to 45. */
    readonly tiltDeg: number;
    /** SNR that an uplink is turned down to, dB, -10 to 40. */
    readonly uplinkTargetDb: number;
    /** Share of users inside of buildings, 0 to 1; 0 at `inh`, which is one. */
    readonly indoorShare: number;
    /** Their walls. */
    readonly building: BuildingName;
}

/** One user that was dropped. */
export interface DroppedUser extends Place {
    /** Its cell, and its number there. */
    readonly cell: number;
    readonly ue: number;
    readonly los: boolean;
    readonly indoor: boolean;
    /** SNR of its cell, beam included, dB a resource element: down, and up after power control. Where it was dropped. */
    readonly snrDb: number;
    readonly uplinkSnrDb: number;
    /** By cell, linear over noise: what it hears of others, and what others hear of it; 0 for its own. Where it is now. */
    readonly hears: Float64Array;
    readonly heardBy: Float64Array;
}

const THERMAL_DBM_PER_HZ = -174;
const MOST_SNR_DB = 60;
const MOST_DROPS = 100_000;
/** Resource blocks that an uplink's power is spread over when it is not turned down. */
const UPLINK_PRB = 60;

/** See the file comment. */
export class Links {
    /** By cell. */
    readonly users: readonly (readonly DroppedUser[])[];
    readonly #radio: NetworkRadio;
    readonly #propagation: Propagation;
    readonly #fates = new Map<DroppedUser, UserFate>();
    readonly #prb: number;
    readonly #noiseDbm: number;

    /**
     * Drops `perCell` users into every cell.
     *
     * @param prb - Of the carrier; `spacingHz` likewise.
     */
    constructor(radio: NetworkRadio, layout: Layout, perCell: number, prb: number, spacingHz: number, rng: Rng) {
        this.#radio = radio;
        this.#prb = prb;
        this.#noiseDbm = THERMAL_DBM_PER_HZ + 10 * Math.log10(spacingHz);
        this.#propagation = new Propagation(radio, layout, rng);
        const places = rng.stream('place');
        const cells: DroppedUser[][] = layout.cells.map(() => []);
        let missing = perCell * cells.length;
        for (let i = 0; i < MOST_DROPS && missing > 0; i++) {
            const place = layout.drop(places);
            const fate = this.#propagation.fate();
            const user = this.#drop(place, fate);
            const list = cells[user.cell] as DroppedUser[];
            if (list.length >= perCell) continue;
            const dropped = { ...user, ue: list.length };
            list.push(dropped);
            this.#fates.set(dropped, fate);
            missing--;
        }
        this.users = cells;
    }

    /**
     * Moves a user that is served by `cell`: `hears` and `heardBy` become those of the new place; its new SNRs there, and the gains
     * of all cells, dB.
     */
    move(
        user: DroppedUser,
        place: Place,
        cell: number
    ): { readonly snrDb: number; readonly uplinkSnrDb: number; readonly gainsDb: Float64Array } {
        const { gainsDb } = this.#propagation.at(place, this.#fates.get(user) as UserFate);
        return { ...this.#snrs(gainsDb, cell, user.hears, user.heardBy), gainsDb };
    }

    #drop(place: Place, fate: UserFate): DroppedUser {
        const { gainsDb, sights } = this.#propagation.at(place, fate);
        let cell = 0;
        for (let c = 1; c < gainsDb.length; c++) if ((gainsDb[c] as number) > (gainsDb[cell] as number)) cell = c;
        const hears = new Float64Array(gainsDb.length);
        const heardBy = new Float64Array(gainsDb.length);
        const snrs = this.#snrs(gainsDb, cell, hears, heardBy);
        const los = sights[cell] as boolean;
        return { ...place, cell, ue: 0, los, indoor: fate.depthM !== null, ...snrs, hears, heardBy };
    }

    /** SNRs of a user of cell `own`, and into `hears` and `heardBy` what it and the others hear. */
    #snrs(
        gainsDb: Float64Array,
        own: number,
        hears: Float64Array,
        heardBy: Float64Array
    ): { readonly snrDb: number; readonly uplinkSnrDb: number } {
        const { baseDbm, userDbm, beamGainDb, baseNoiseDb, userNoiseDb, uplinkTargetDb } = this.#radio;
        const downDbm = baseDbm - 10 * Math.log10(12 * this.#prb) - this.#noiseDbm - userNoiseDb;
        const upDbm = userDbm - 10 * Math.log10(12 * Math.min(this.#prb, UPLINK_PRB)) - this.#noiseDbm - baseNoiseDb;
        const gainDb = (gainsDb[own] as number) + beamGainDb;
        const uplinkSnrDb = Math.min(upDbm + gainDb, uplinkTargetDb);
        const turnedDownDb = upDbm + gainDb - uplinkSnrDb;
        const snrDb = downDbm + gainDb;
        // Above the range of a mean SNR everything is turned down alike: thermal noise is not what limits there.
        const excessDb = Math.max(0, snrDb - MOST_SNR_DB);
        for (let c = 0; c < gainsDb.length; c++) {
            const other = gainsDb[c] as number;
            hears[c] = c === own ? 0 : linear(downDbm + other - excessDb);
            heardBy[c] = c === own ? 0 : linear(upDbm - turnedDownDb + other);
        }
        return { snrDb: snrDb - excessDb, uplinkSnrDb };
    }
}

function linear(db: number): number {
    return 10 ** (db / 10);
}
