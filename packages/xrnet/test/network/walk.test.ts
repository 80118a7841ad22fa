import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/network/layout.ts';
import type { NetworkConfig } from '../../src/network/network-config.ts';
import { type NetworkResult, simulateNetwork } from '../../src/network/simulate-network.ts';
import { dopplerHz } from '../../src/network/walk.ts';
import { trafficModel } from '../../src/traffic/models.ts';

const run = (changes: Partial<NetworkConfig>): NetworkResult =>
    simulateNetwork(
        {
            place: 'umi',
            sites: 1,
            usersPerCell: 2,
            // Weak, so that the radio shows in what users get.
            baseDbm: 15,
            cell: { durationNs: 6e8, coreDelayNs: 0 },
            flows: [{ traffic: trafficModel('cg-8') }],
            ...changes
        },
        { rng: Rng.create(6) }
    );

describe('speed', () => {
    it('shifts by f v / c: 11.1 Hz at 3 km/h and 4 GHz, 444.75 Hz at 120 km/h', () => {
        // 4e9 x 0.83333 / 299,792,458 and 40 times that.
        expect(dopplerHz(3, 4)).toBeCloseTo(11.119, 3);
        expect(dopplerHz(120, 4)).toBeCloseTo(444.752, 3);
    });

    it('changes what users hear as they walk, the same way with the same seed', () => {
        const standing = run({ speedKmh: 0 });
        const driving = run({ speedKmh: 60 });
        expect(run({ speedKmh: 60 })).toEqual(driving);
        for (const [c, users] of driving.dropped.entries()) {
            for (const [ue, user] of users.entries()) {
                const stood = standing.dropped[c]?.[ue];
                expect([user.xM, user.yM, user.snrDb]).toEqual([stood?.xM, stood?.yM, stood?.snrDb]);
                // 10 m further than where it was dropped, other cells are heard otherwise.
                expect([...user.hears]).not.toEqual([...(stood?.hears ?? [])]);
            }
        }
        expect(driving.cells).not.toEqual(standing.cells);
    });

    it('is refused out of its range, as indoor users of an indoor place are', () => {
        expect(() => run({ speedKmh: -1 })).toThrow(/speedKmh is -1/);
        expect(() => run({ speedKmh: 501 })).toThrow(/speedKmh is 501/);
        expect(() => run({ place: 'inh', indoorShare: 0.5 })).toThrow(/indoorShare is 0.5/);
        expect(() => run({ building: 'glass' as 'low' })).toThrow(/building is "glass"/);
        expect(() => run({ fadingInterferers: 21 })).toThrow(/fadingInterferers is 21/);
    });
});

describe('where users walk to', () => {
    const far = fc.double({ min: -5000, max: 5000, noNaN: true });

    it('is on the ground, however far', () => {
        fc.assert(
            fc.property(far, far, (xM, yM) => {
                const hall = layoutOf('inh', 1, 20).confine({ xM, yM });
                expect(hall.xM).toBeGreaterThanOrEqual(0);
                expect(hall.xM).toBeLessThanOrEqual(120);
                expect(hall.yM).toBeGreaterThanOrEqual(0);
                expect(hall.yM).toBeLessThanOrEqual(50);
                const site = layoutOf('umi', 1, 200).confine({ xM, yM });
                expect(Math.max(Math.abs(site.xM), Math.abs(site.yM))).toBeLessThanOrEqual(200 / Math.sqrt(3));
            })
        );
    });

    it('on seven sites is a copy of the place: a lattice step changes nothing that is heard', () => {
        const layout = layoutOf('uma', 7, 500);
        fc.assert(
            fc.property(far, far, (xM, yM) => {
                const here = layout.confine({ xM, yM });
                // The tile's corners are 500 sqrt(7 / 3) m from its middle.
                expect(Math.hypot(here.xM, here.yM)).toBeLessThanOrEqual(500 * Math.sqrt(7 / 3) + 1e-6);
                // Copies are sqrt(7) site distances apart: the way back is a sum of such steps.
                const again = layout.confine(here);
                expect(Math.hypot(again.xM - here.xM, again.yM - here.yM)).toBeLessThan(1e-6);
            })
        );
        expect(layout.confine({ xM: 10, yM: -20 })).toEqual({ xM: 10, yM: -20 });
    });
});
