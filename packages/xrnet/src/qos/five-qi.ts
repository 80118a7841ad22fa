/**
 * Standardised QoS identifiers that XR uses, TS 23.501 table 5.7.4-1: low-latency eMBB and AR (80), motion tracking (87, 88), split
 * rendering (89, 90). The packet delay budget contains the core's part. Figures as in ns-3.46 and 5G-LENA v4.1.1, and public
 * copies of the table.
 *
 * At 30 Mbit/s and 60 frames a second 47 % of frames are larger than the largest burst of 5QI 90: a profile is a promise of the
 * network up to that size, not a fit for every stream.
 */
import { badInput } from '@mixreel/core';

/** The identifiers. */
export type FiveQi = 80 | 87 | 88 | 89 | 90;

/** One row. */
export interface FiveQiProfile {
    readonly resourceType: 'non-gbr' | 'delay-critical-gbr';
    /** Default priority level, 1 to 127, lower first. */
    readonly priorityLevel: number;
    readonly delayBudgetNs: number;
    readonly errorRate: number;
    /** Default maximum data burst volume, bytes; null where there is none. */
    readonly maxBurstBytes: number | null;
    /** Default averaging window, ns; null where there is none. */
    readonly windowNs: number | null;
}

function critical(delayBudgetMs: number, errorRate: number, maxBurstBytes: number): FiveQiProfile {
    return Object.freeze({
        resourceType: 'delay-critical-gbr',
        priorityLevel: 25,
        delayBudgetNs: delayBudgetMs * 1e6,
        errorRate,
        maxBurstBytes,
        windowNs: 2e9
    });
}

/** By identifier. */
export const FIVE_QI_PROFILES: Readonly<Record<FiveQi, FiveQiProfile>> = Object.freeze({
    80: Object.freeze({
        resourceType: 'non-gbr',
        priorityLevel: 68,
        delayBudgetNs: 10e6,
        errorRate: 1e-6,
        maxBurstBytes: null,
        windowNs: null
    }),
    87: critical(5, 1e-3, 500),
    88: critical(10, 1e-3, 1125),
    89: critical(15, 1e-4, 17_000),
    90: critical(20, 1e-4, 63_000)
});

/** A row. Throws `bad-input` naming `path`. */
export function fiveQiProfile(path: string, fiveQi: FiveQi): FiveQiProfile {
    const profile = FIVE_QI_PROFILES[fiveQi];
    if (profile) return profile;
    throw badInput(`${path} is ${String(fiveQi)}`, Object.keys(FIVE_QI_PROFILES).join(', '), `Correct ${path}`);
}
