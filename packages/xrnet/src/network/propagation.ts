/**
 * Large-scale gain from every cell to a user at a place: path loss, line of sight, shadowing, walls, and the sectors' antennas
 * (TR 38.901). A function of the place and of what the user was given once ({@link UserFate}): a user that walks keeps its luck,
 * so its line of sight comes and goes with the probability of the place, and shadowing is the field that it walks through.
 *
 * A user and the mast of a site share one line of sight and one shadow, whichever sector. Indoor users of `uma` and `umi`: the
 * probability of sight is that of the wall, the loss that of the whole distance, shadowing a field of its own (table 7.5-6).
 */
import type { Rng } from '@mixreel/core';
import { INDOOR_SHADOW, insideLossDb, WALL_STD_DB, wallLossDb } from '../phy/building-loss.ts';
import {
    airDistanceM,
    type Geometry,
    pathLossDb,
    shadowCorrelationM,
    shadowStdDb,
    sightProbability
} from '../phy/path-loss.ts';
import { ShadowField } from '../phy/shadow-field.ts';
import type { CellSite, Layout, Place } from './layout.ts';
import type { NetworkRadio } from './links.ts';

/** What a user is given once. */
export interface UserFate {
    /** Uniform draws of the line of sight, one a site. */
    readonly sights: readonly number[];
    /** Metres inside a building; null outdoors. */
    readonly depthM: number | null;
    /** What its wall lets through less than the median, dB. */
    readonly wallDb: number;
    /** Height, m. */
    readonly heightM: number;
}

/** Gains of all cells at a place, dB, and where there is a line of sight. */
export interface PlaceGains {
    readonly gainsDb: Float64Array;
    readonly sights: readonly boolean[];
}

const ELEMENT_DBI = 8;
/** Metres that users are inside at most (TR 38.901 7.4.3.1), height of a floor, and least and most floors of a house. */
const MOST_DEPTH_M = 25;
const FLOOR_M = 3;
const FLOORS: readonly [number, number] = [4, 8];

/** Horizontal and vertical pattern of a sector's element (table 7.3-1), dBi: `off` and `down` in radians from its axis. */
export function elementGainDb(off: number, down: number): number {
    const width = (65 * Math.PI) / 180;
    const horizontal = Math.min(12 * (off / width) ** 2, 30);
    const vertical = Math.min(12 * (down / width) ** 2, 30);
    return ELEMENT_DBI - Math.min(horizontal + vertical, 30);
}

/** With a line of sight, without, and indoors. */
type SiteFields = readonly [ShadowField, ShadowField, ShadowField];

/** See the file comment. */
export class Propagation {
    readonly #radio: NetworkRadio;
    readonly #layout: Layout;
    readonly #fields: readonly SiteFields[];
    readonly #sight: ReturnType<Rng['stream']>;
    readonly #indoor: ReturnType<Rng['stream']>;

    constructor(radio: NetworkRadio, layout: Layout, rng: Rng) {
        this.#radio = radio;
        this.#layout = layout;
        const { place } = radio;
        const sites = Math.max(...layout.cells.map(({ site }) => site)) + 1;
        this.#fields = Array.from({ length: sites }, (_, site) => [
            new ShadowField(shadowCorrelationM(place, true), rng.stream('shadow', site, 'los')),
            new ShadowField(shadowCorrelationM(place, false), rng.stream('shadow', site, 'nlos')),
            new ShadowField(INDOOR_SHADOW.correlationM, rng.stream('shadow', site, 'indoor'))
        ]);
        this.#sight = rng.stream('sight');
        this.#indoor = rng.stream('indoor');
    }

    /** The next user's fate: as many draws for everybody, so that none depends on the one before. */
    fate(): UserFate {
        const sights = this.#fields.map(() => this.#sight.float());
        const stream = this.#indoor;
        const inside = stream.float() < this.#radio.indoorShare;
        const depthM = MOST_DEPTH_M * Math.min(stream.float(), stream.float());
        const wallDb = WALL_STD_DB[this.#radio.building] * stream.normal();
        const [least, most] = FLOORS;
        const floors = least + Math.floor(stream.float() * (most - least + 1));
        const floor = Math.floor(stream.float() * floors);
        if (!inside) return { sights, depthM: null, wallDb: 0, heightM: this.#radio.userM };
        return { sights, depthM, wallDb, heightM: this.#radio.userM + FLOOR_M * floor };
    }

    /** The gains at a place. */
    at(place: Place, fate: UserFate): PlaceGains {
        const { cells } = this.#layout;
        const gainsDb = new Float64Array(cells.length);
        const sights: boolean[] = [];
        for (const [c, cell] of cells.entries()) {
            const way = this.#layout.toward(place, cell);
            const groundM = Math.hypot(way.xM, way.yM);
            const geometry = { groundM, baseM: this.#radio.baseM, userM: fate.heightM };
            const outside = { ...geometry, groundM: Math.max(0, groundM - (fate.depthM ?? 0)) };
            const los = (fate.sights[cell.site] as number) < sightProbability(this.#radio.place, outside);
            sights.push(los);
            const lossDb = pathLossDb(this.#radio.place, los, geometry, this.#radio.carrierGhz);
            gainsDb[c] =
                antennaDb(this.#radio, cell, way, geometry) -
                lossDb -
                this.#shadowDb(place, cell.site, los, fate) -
                this.#wallDb(fate);
        }
        return { gainsDb, sights };
    }

    #shadowDb({ xM, yM }: Place, site: number, los: boolean, { depthM }: UserFate): number {
        const fields = this.#fields[site] as SiteFields;
        if (depthM !== null) return fields[2].at(xM, yM) * INDOOR_SHADOW.stdDb;
        return fields[los ? 0 : 1].at(xM, yM) * shadowStdDb(this.#radio.place, los);
    }

    #wallDb({ depthM, wallDb }: UserFate): number {
        if (depthM === null) return 0;
        return wallLossDb(this.#radio.building, this.#radio.carrierGhz) + insideLossDb(depthM) + wallDb;
    }
}

function antennaDb({ tiltDeg }: NetworkRadio, { azimuth }: CellSite, way: Place, geometry: Geometry): number {
    if (azimuth === null) return 0;
    const angle = Math.atan2(way.yM, way.xM) - azimuth;
    const off = Math.atan2(Math.sin(angle), Math.cos(angle));
    const down = Math.asin((geometry.baseM - geometry.userM) / Math.max(1, airDistanceM(geometry)));
    return elementGainDb(off, down - (tiltDeg * Math.PI) / 180);
}
