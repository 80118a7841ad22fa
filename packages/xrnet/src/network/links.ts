/**
 * How strongly every user hears every cell: path loss, line of sight, shadowing and the sectors' antennas (TR 38.901), as SNR a
 * resource element, and who is served by whom.
 *
 * Antennas: the element of table 7.3-1 (65 degrees, 30 dB front to back, 8 dBi) turned to the sector, horizontally and
 * vertically with a tilt; a beam towards the served user gains `beamGainDb` more, which interferers do not have. Users are
 * dropped until every cell has its number, in order of a random stream of their own, so that the places of n users are the
 * first n of more. A user and the mast of a site share one line of sight and one shadow, whichever sector.
 */
import type { Rng } from '@mixreel/core';
import {
    airDistanceM,
    type Geometry,
    type PlaceName,
    pathLossDb,
    shadowCorrelationM,
    shadowStdDb,
    sightProbability
} from '../phy/path-loss.ts';
import { ShadowField } from '../phy/shadow-field.ts';
import type { CellSite, Layout, Place } from './layout.ts';

/** What the radio of a place is made of. */
export interface NetworkRadio {
    readonly place: PlaceName;
    /** Carrier, GHz, 0.5 to 100. */
    readonly carrierGhz: number;
    /** Heights of antennas and of users, m. */
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
}

/** One user that was dropped. */
export interface DroppedUser extends Place {
    /** Its cell, and its number there. */
    readonly cell: number;
    readonly ue: number;
    readonly los: boolean;
    /** SNR of its cell, beam included, dB a resource element: down, and up after power control. */
    readonly snrDb: number;
    readonly uplinkSnrDb: number;
    /** By cell, linear over noise: what it hears of others, and what others hear of it; 0 for its own. */
    readonly hears: Float64Array;
    readonly heardBy: Float64Array;
}

const THERMAL_DBM_PER_HZ = -174;
const ELEMENT_DBI = 8;
const MOST_SNR_DB = 60;
const MOST_DROPS = 100_000;
/** Resource blocks that an uplink's power is spread over when it is not turned down. */
const UPLINK_PRB = 60;

/** Horizontal and vertical pattern of a sector's element, dBi: `off` and `down` in radians from its axis. */
export function elementGainDb(off: number, down: number): number {
    const width = (65 * Math.PI) / 180;
    const horizontal = Math.min(12 * (off / width) ** 2, 30);
    const vertical = Math.min(12 * (down / width) ** 2, 30);
    return ELEMENT_DBI - Math.min(horizontal + vertical, 30);
}

/** Drops `perCell` users into every cell. `prb` and `spacingHz`: of the carrier. */
export function dropUsers(
    radio: NetworkRadio,
    layout: Layout,
    perCell: number,
    prb: number,
    spacingHz: number,
    rng: Rng
): DroppedUser[][] {
    const places = rng.stream('place');
    const sight = rng.stream('sight');
    const fields = shadowFields(radio.place, layout, rng);
    const cells: DroppedUser[][] = layout.cells.map(() => []);
    let missing = perCell * cells.length;
    for (let i = 0; i < MOST_DROPS && missing > 0; i++) {
        const place = layout.drop(places);
        const user = heard(radio, layout, place, sight, fields, prb, spacingHz);
        const list = cells[user.cell] as DroppedUser[];
        if (list.length >= perCell) continue;
        list.push({ ...user, ue: list.length });
        missing--;
    }
    return cells;
}

/** Two fields a site: with a line of sight and without. */
type Fields = readonly (readonly [ShadowField, ShadowField])[];

function shadowFields(place: PlaceName, layout: Layout, rng: Rng): Fields {
    const sites = Math.max(...layout.cells.map(({ site }) => site)) + 1;
    const field = (site: number, los: boolean): ShadowField =>
        new ShadowField(shadowCorrelationM(place, los), rng.stream('shadow', site, los ? 'los' : 'nlos'));
    return Array.from({ length: sites }, (_, site) => [field(site, true), field(site, false)] as const);
}

function heard(
    radio: NetworkRadio,
    layout: Layout,
    place: Place,
    sight: ReturnType<Rng['stream']>,
    fields: Fields,
    prb: number,
    spacingHz: number
): DroppedUser {
    const elements = 12 * prb;
    const noiseDbm = THERMAL_DBM_PER_HZ + 10 * Math.log10(spacingHz);
    const gains = new Float64Array(layout.cells.length);
    const sights: boolean[] = [];
    // One draw a site, for all sites, so that the next user's draws do not depend on this one's place.
    const draws = fields.map(() => sight.float());
    for (const [c, cell] of layout.cells.entries()) {
        const way = layout.toward(place, cell);
        const geometry = { groundM: Math.hypot(way.xM, way.yM), baseM: radio.baseM, userM: radio.userM };
        const los = (draws[cell.site] as number) < sightProbability(radio.place, geometry);
        sights.push(los);
        const shadow = (fields[cell.site] as Fields[number])[los ? 0 : 1].at(place.xM, place.yM);
        gains[c] =
            antennaDb(radio, cell, way, geometry) -
            pathLossDb(radio.place, los, geometry, radio.carrierGhz) -
            shadow * shadowStdDb(radio.place, los);
    }
    let own = 0;
    for (let c = 1; c < gains.length; c++) if ((gains[c] as number) > (gains[own] as number)) own = c;
    const downDbm = radio.baseDbm - 10 * Math.log10(elements);
    const upDbm = radio.userDbm - 10 * Math.log10(12 * Math.min(prb, UPLINK_PRB));
    const gain = gains[own] as number;
    const fullUpDb = upDbm + gain + radio.beamGainDb - noiseDbm - radio.baseNoiseDb;
    const uplinkSnrDb = Math.min(fullUpDb, radio.uplinkTargetDb);
    const turnedDownDb = fullUpDb - uplinkSnrDb;
    const snrDb = downDbm + gain + radio.beamGainDb - noiseDbm - radio.userNoiseDb;
    // Above the range of a mean SNR everything is turned down alike: thermal noise is not what limits there.
    const excessDb = Math.max(0, snrDb - MOST_SNR_DB);
    const linear = (db: number): number => 10 ** (db / 10);
    return {
        ...place,
        cell: own,
        ue: 0,
        los: sights[own] as boolean,
        snrDb: snrDb - excessDb,
        uplinkSnrDb,
        hears: gains.map((g, c) => (c === own ? 0 : linear(downDbm + g - noiseDbm - radio.userNoiseDb - excessDb))),
        heardBy: gains.map((g, c) => (c === own ? 0 : linear(upDbm - turnedDownDb + g - noiseDbm - radio.baseNoiseDb)))
    };
}

function antennaDb(
    { tiltDeg, baseM, userM }: NetworkRadio,
    { azimuth }: CellSite,
    way: Place,
    geometry: Geometry
): number {
    if (azimuth === null) return 0;
    const angle = Math.atan2(way.yM, way.xM) - azimuth;
    const off = Math.atan2(Math.sin(angle), Math.cos(angle));
    const down = Math.asin((baseM - userM) / Math.max(1, airDistanceM(geometry)));
    return elementGainDb(off, down - (tiltDeg * Math.PI) / 180);
}
