import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    breakpointM,
    type PlaceName,
    pathLossDb,
    shadowCorrelationM,
    shadowStdDb,
    sightProbability
} from '../../src/phy/path-loss.ts';
import { ShadowField } from '../../src/phy/shadow-field.ts';

const BASE_M: Readonly<Record<PlaceName, number>> = { uma: 25, umi: 10, inh: 3 };
const at = (place: PlaceName, groundM: number, userM = 1.5): { groundM: number; baseM: number; userM: number } => ({
    groundM,
    baseM: BASE_M[place],
    userM
});

describe('path loss of TR 38.901 table 7.4.1-1', () => {
    it.each([
        // Worked by hand at 4 GHz: 20 log10 4 = 12.0412, 21.3 log10 4 = 12.8239, 24.9 log10 4 = 14.9913.
        // d3D = 102.724: 28 + 22 x 2.011673 + 12.0412.
        ['uma', true, 100, 84.298],
        // Beyond the breakpoint of 640.44 m: 28 + 40 x 3.000120 + 12.0412 - 9 x 5.613541.
        ['uma', true, 1000, 109.524],
        ['uma', false, 100, 104.197],
        // d3D = 50.7173: 32.4 + 21 x 1.705156 + 12.0412.
        ['umi', true, 50, 80.2495],
        ['umi', false, 50, 95.4159],
        // d3D = 10.1119: 32.4 + 17.3 x 1.004833 + 12.0412.
        ['inh', true, 10, 61.8248],
        ['inh', false, 10, 70.7764]
    ] as const)('%s, line of sight %s, %d m: %d dB', (place, los, groundM, expected) => {
        expect(pathLossDb(place, los, at(place, groundM), 4)).toBeCloseTo(expected, 2);
    });

    it('has its breakpoint at 4 h h f / c over the effective heights', () => {
        expect(breakpointM(at('uma', 1), 4)).toBeCloseTo((4 * 24 * 0.5 * 4e9) / 299_792_458, 6);
    });

    it('is continuous at the breakpoint, rises with distance and is never less without a line of sight', () => {
        const places = fc.constantFrom('uma' as const, 'umi' as const, 'inh' as const);
        fc.assert(
            fc.property(places, fc.double({ min: 0.5, max: 60, noNaN: true }), (place, ghz) => {
                const breakM = breakpointM(at(place, 1), ghz);
                if (place !== 'inh' && breakM > 10) {
                    const before = pathLossDb(place, true, at(place, breakM * (1 - 1e-9)), ghz);
                    expect(pathLossDb(place, true, at(place, breakM * (1 + 1e-9)), ghz)).toBeCloseTo(before, 6);
                }
                let last = 0;
                for (let groundM = 10; groundM < 3000; groundM *= 1.3) {
                    const los = pathLossDb(place, true, at(place, groundM), ghz);
                    expect(los).toBeGreaterThan(last);
                    expect(pathLossDb(place, false, at(place, groundM), ghz)).toBeGreaterThanOrEqual(los);
                    last = los;
                }
            })
        );
    });
});

describe('probability of a line of sight, table 7.4.2-1', () => {
    it.each([
        ['umi', 18, 1.5, 1],
        // 1/2 + e^-1 / 2.
        ['umi', 36, 1.5, 0.68394],
        // 18/63 + e^-1 (45/63).
        ['uma', 63, 1.5, 0.548485],
        // (0.18 + 0.82 e^(-100/63)) (1 + 1.25 e^(-2/3)) at 23 m.
        ['uma', 100, 23, 0.570796],
        ['inh', 1.2, 1.5, 1],
        ['inh', 5.9, 1.5, 0.367879],
        ['inh', 39.1, 1.5, 0.117721]
    ] as const)('%s at %d m, user %d m high: %d', (place, groundM, userM, expected) => {
        expect(sightProbability(place, at(place, groundM, userM))).toBeCloseTo(expected, 5);
    });
});

describe('shadowing', () => {
    it('has the deviations and correlation distances of the tables', () => {
        const rows = (['uma', 'umi', 'inh'] as const).flatMap((place) =>
            [true, false].map((los) => [shadowStdDb(place, los), shadowCorrelationM(place, los)])
        );
        expect(rows).toEqual([
            [4, 37],
            [6, 50],
            [4, 10],
            [7.82, 13],
            [3, 10],
            [8.03, 6]
        ]);
    });

    it('is Gaussian over fields, and correlated as e^(-d / D) over the ground in every direction', () => {
        const fields = Array.from({ length: 400 }, (_, i) => new ShadowField(50, Rng.create(4).stream(i)));
        const mean = (of: (field: ShadowField) => number): number =>
            fields.reduce((sum, field) => sum + of(field), 0) / fields.length;
        // 400 fields, several places of each: standard errors below 0.03; 128 waves miss the spectrum's ends by 0.02.
        const places = Array.from({ length: 8 }, (_, i) => i * 500);
        const covariance = (dx: number, dy: number): number =>
            mean((field) =>
                places.reduce((sum, x) => sum + (field.at(x, 0) * field.at(x + dx, dy)) / places.length, 0)
            );
        for (const [dx, dy] of [
            [0, 0],
            [25, 0],
            [0, 50],
            [70, 70],
            [0, 300]
        ] as const) {
            expect(Math.abs(covariance(dx, dy) - Math.exp(-Math.hypot(dx, dy) / 50))).toBeLessThan(0.08);
        }
        const beyond = mean((field) => (Math.abs(field.at(0, 0)) > 1.96 ? 1 : 0));
        expect(Math.abs(beyond - 0.05)).toBeLessThan(0.03);
    });
});
