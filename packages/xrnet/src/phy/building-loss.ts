/**
 * From the street into a building: TR 38.901 7.4.3.1. The outdoor loss over the whole distance, plus that of the wall, plus 0.5 dB
 * for each metre inside, plus a Gaussian draw. Walls are a share of glass and one of concrete (tables 7.4.3-1 and -2):
 *
 * | | materials | deviation |
 * | --- | --- | --- |
 * | low | 0.3 standard glass, 0.7 concrete | 4.4 dB |
 * | high | 0.7 infrared-reflecting glass, 0.3 concrete | 6.5 dB |
 *
 * Written from memory of the clause and checked against hand-worked values; the shadowing of indoor users (7 dB, correlated
 * over 7 m, table 7.5-6) is that of NVIDIA Sionna's parameter files (Apache-2.0, commit 20d2bcae).
 */

/** The two models of walls. */
export type BuildingName = 'low' | 'high';

/** Shadowing of indoor users: deviation, dB, and correlation distance, m. */
export const INDOOR_SHADOW: { readonly stdDb: number; readonly correlationM: number } = Object.freeze({
    stdDb: 7,
    correlationM: 7
});

/** Deviation of the wall's loss, dB. */
export const WALL_STD_DB: Readonly<Record<BuildingName, number>> = Object.freeze({ low: 4.4, high: 6.5 });

/** Loss of the outer wall, dB. `carrierGhz`: 0.5 to 100. */
export function wallLossDb(building: BuildingName, carrierGhz: number): number {
    const concrete = through(5 + 4 * carrierGhz);
    const share =
        building === 'low'
            ? 0.3 * through(2 + 0.2 * carrierGhz) + 0.7 * concrete
            : 0.7 * through(23 + 0.3 * carrierGhz) + 0.3 * concrete;
    return 5 - 10 * Math.log10(share);
}

/** Loss of the way inside, dB. `depthM`: from the wall to the user on the ground. */
export function insideLossDb(depthM: number): number {
    return 0.5 * depthM;
}

function through(lossDb: number): number {
    return 10 ** (-lossDb / 10);
}
