/**
 * Large-scale propagation of TR 38.901: path loss (table 7.4.1-1), probability of a line of sight (table 7.4.2-1), shadowing
 * (7.4.1-1 and the correlation distances of 7.5-6). Urban macro, urban micro (street canyon), indoor office (mixed).
 *
 * Figures follow the clauses as published, written from memory of the text and checked against hand-worked values; the
 * effective environment height is the constant 1 m (its random part for macro users above 13 m is left out), and frequencies are
 * 0.5 to 100 GHz. The way into buildings is src/phy/building-loss.ts.
 */

/** The place. */
export type PlaceName = 'uma' | 'umi' | 'inh';

/** Where the two ends are. */
export interface Geometry {
    /** Distance on the ground, m. */
    readonly groundM: number;
    /** Height of the base station and of the user, m. */
    readonly baseM: number;
    readonly userM: number;
}

const LIGHT_M_PER_S = 299_792_458;
const ENVIRONMENT_M = 1;
/** Distances below the models' range are taken for its end. */
const LEAST_GROUND_M: Readonly<Record<PlaceName, number>> = { uma: 10, umi: 10, inh: 0 };
const LEAST_DISTANCE_M = 1;

/** Standard deviation of shadowing, dB, by line of sight. */
const SHADOW_DB: Readonly<Record<PlaceName, readonly [los: number, nlos: number]>> = {
    uma: [4, 6],
    umi: [4, 7.82],
    inh: [3, 8.03]
};
/** Distance at which shadowing is correlated by 1 / e, m. */
const CORRELATION_M: Readonly<Record<PlaceName, readonly [los: number, nlos: number]>> = {
    uma: [37, 50],
    umi: [10, 13],
    inh: [10, 6]
};

/** Standard deviation of shadowing, dB. */
export function shadowStdDb(place: PlaceName, los: boolean): number {
    return SHADOW_DB[place][los ? 0 : 1];
}

/** Correlation distance of shadowing, m. */
export function shadowCorrelationM(place: PlaceName, los: boolean): number {
    return CORRELATION_M[place][los ? 0 : 1];
}

/** Distance through the air, m. */
export function airDistanceM({ groundM, baseM, userM }: Geometry): number {
    return Math.hypot(groundM, baseM - userM);
}

/** Distance on the ground at which two-ray propagation sets in, m. */
export function breakpointM({ baseM, userM }: Geometry, carrierGhz: number): number {
    const base = Math.max(0, baseM - ENVIRONMENT_M);
    const user = Math.max(0, userM - ENVIRONMENT_M);
    return (4 * base * user * carrierGhz * 1e9) / LIGHT_M_PER_S;
}

/** Median path loss, dB. `carrierGhz`: 0.5 to 100. */
export function pathLossDb(place: PlaceName, los: boolean, given: Geometry, carrierGhz: number): number {
    const geometry = { ...given, groundM: Math.max(given.groundM, LEAST_GROUND_M[place]) };
    const sight = sightLossDb(place, geometry, carrierGhz);
    if (los) return sight;
    const d = Math.log10(Math.max(LEAST_DISTANCE_M, airDistanceM(geometry)));
    const f = Math.log10(carrierGhz);
    const blocked = {
        uma: 13.54 + 39.08 * d + 20 * f - 0.6 * (geometry.userM - 1.5),
        umi: 22.4 + 35.3 * d + 21.3 * f - 0.3 * (geometry.userM - 1.5),
        inh: 17.3 + 38.3 * d + 24.9 * f
    }[place];
    return Math.max(sight, blocked);
}

function sightLossDb(place: PlaceName, geometry: Geometry, carrierGhz: number): number {
    const d = Math.log10(Math.max(LEAST_DISTANCE_M, airDistanceM(geometry)));
    const f = Math.log10(carrierGhz);
    if (place === 'inh') return 32.4 + 17.3 * d + 20 * f;
    const breakM = breakpointM(geometry, carrierGhz);
    const near = geometry.groundM <= breakM;
    const heights = Math.log10(breakM ** 2 + (geometry.baseM - geometry.userM) ** 2);
    if (place === 'uma') return 28 + (near ? 22 * d : 40 * d - 9 * heights) + 20 * f;
    return 32.4 + (near ? 21 * d : 40 * d - 9.5 * heights) + 20 * f;
}

/** Probability of a line of sight, 0 to 1. */
export function sightProbability(place: PlaceName, { groundM: d, userM }: Geometry): number {
    if (place === 'inh') {
        if (d <= 1.2) return 1;
        return d < 6.5 ? Math.exp(-(d - 1.2) / 4.7) : 0.32 * Math.exp(-(d - 6.5) / 32.6);
    }
    if (d <= 18) return 1;
    const share = 18 / d;
    if (place === 'umi') return share + Math.exp(-d / 36) * (1 - share);
    const high = userM <= 13 ? 0 : ((Math.min(userM, 23) - 13) / 10) ** 1.5;
    return (share + Math.exp(-d / 63) * (1 - share)) * (1 + high * 1.25 * (d / 100) ** 3 * Math.exp(-d / 150));
}
