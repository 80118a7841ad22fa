import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/network/layout.ts';
import { Links, type NetworkRadio } from '../../src/network/links.ts';
import { elementGainDb, Propagation, type UserFate } from '../../src/network/propagation.ts';
import { insideLossDb, wallLossDb } from '../../src/phy/building-loss.ts';
import { pathLossDb } from '../../src/phy/path-loss.ts';

const RADIO: NetworkRadio = {
    place: 'umi',
    carrierGhz: 4,
    baseM: 10,
    userM: 1.5,
    baseDbm: 44,
    userDbm: 23,
    baseNoiseDb: 5,
    userNoiseDb: 9,
    beamGainDb: 9,
    tiltDeg: 6,
    uplinkTargetDb: 15,
    indoorShare: 0.8,
    building: 'high'
};
const layout = layoutOf('umi', 7, 200);
const linksOf = (radio: Partial<NetworkRadio>, perCell = 40): Links =>
    new Links({ ...RADIO, ...radio }, layout, perCell, 273, 30_000, Rng.create(4));

describe('users in buildings', () => {
    it('are as many as asked for, behind a wall, a way inside and the scatter of the clause', () => {
        const propagation = new Propagation(RADIO, layout, Rng.create(3));
        const fates = Array.from({ length: 4000 }, () => propagation.fate());
        const inside = fates.filter(({ depthM }) => depthM !== null);
        // 0.8 of 4000, four standard deviations.
        expect(Math.abs(inside.length - 3200)).toBeLessThan(102);
        const mean = (of: (fate: UserFate) => number): number =>
            inside.reduce((sum, fate) => sum + of(fate), 0) / inside.length;
        // The lesser of two uniform draws to 25 m: mean 25 / 3, deviation 5.9; 0.1 is the standard error of the mean.
        expect(Math.abs(mean(({ depthM }) => depthM as number) - 25 / 3)).toBeLessThan(0.4);
        // Deviation 6.5 dB: standard errors 0.115 and 0.08.
        expect(Math.abs(mean(({ wallDb }) => wallDb))).toBeLessThan(0.46);
        expect(Math.abs(Math.sqrt(mean(({ wallDb }) => wallDb ** 2)) - 6.5)).toBeLessThan(0.33);
        // Four to eight floors of 3 m, each as likely: floor (n - 1) / 2 on average, n = 6.
        expect(Math.abs(mean(({ heightM }) => heightM) - (1.5 + 3 * 2.5))).toBeLessThan(0.4);
        expect(Math.max(...inside.map(({ heightM }) => heightM))).toBe(1.5 + 3 * 7);
    });

    it('are reached by the loss of the whole distance, the wall and the way inside, less the field of their shadow', () => {
        const sites = layoutOf('umi', 1, 200);
        const propagation = new Propagation({ ...RADIO, tiltDeg: 0 }, sites, Rng.create(3));
        const place = { xM: 80 * Math.cos(Math.PI / 6), yM: 80 * Math.sin(Math.PI / 6) };
        const fate: UserFate = { sights: [0.999], depthM: 10, wallDb: 2, heightM: 10 };
        const gains = (depthM: number): number => propagation.at(place, { ...fate, depthM }).gainsDb[0] as number;
        // Two depths differ by the way inside alone: same shadow, and no line of sight at either.
        expect(gains(10) - gains(20)).toBeCloseTo(insideLossDb(10), 9);
        // Straight ahead of sector 0, level with it: the element's 8 dB. What is left is the shadow, below 4 x 7 dB.
        const lossDb = pathLossDb('umi', false, { groundM: 80, baseM: 10, userM: 10 }, 4);
        const shadowDb = 8 - lossDb - wallLossDb('high', 4) - insideLossDb(10) - 2 - gains(10);
        expect(Math.abs(shadowDb)).toBeLessThan(28);
        expect(elementGainDb(0, 0)).toBe(8);
        // Outdoors nothing of it.
        const outside = propagation.at(place, { ...fate, depthM: null, wallDb: 0 }).gainsDb[0] as number;
        expect(outside).toBeGreaterThan(gains(10) + 10);
    });

    it('hear less than those outside, and high-loss walls less than low ones', () => {
        const median = (radio: Partial<NetworkRadio>): number => {
            const snrs = linksOf(radio)
                .users.flat()
                .map(({ snrDb }) => snrDb)
                .sort((a, b) => a - b);
            return snrs[snrs.length >> 1] as number;
        };
        const out = median({ indoorShare: 0 });
        const low = median({ indoorShare: 1, building: 'low' });
        const high = median({ indoorShare: 1 });
        // The walls' medians are 12.9 and 28.0 dB, the way inside about 4; higher floors, and the choice of the best cell, give
        // some of it back.
        expect(out - low).toBeGreaterThan(5);
        expect(low - high).toBeGreaterThan(7);
    });
});

describe('a user that moves', () => {
    it('has what it would have had, had it been dropped there', () => {
        const links = linksOf({ indoorShare: 0.5 }, 3);
        for (const user of links.users.flat()) {
            const before = { hears: [...user.hears], heardBy: [...user.heardBy] };
            links.move(user, { xM: user.xM + 30, yM: user.yM - 12 }, user.cell);
            expect([...user.hears]).not.toEqual(before.hears);
            const back = links.move(user, user, user.cell);
            expect(back).toMatchObject({ snrDb: user.snrDb, uplinkSnrDb: user.uplinkSnrDb });
            expect({ hears: [...user.hears], heardBy: [...user.heardBy] }).toEqual(before);
        }
    });

    it('hears the sum of path loss and shadow change as it walks away from the mast', () => {
        const links = linksOf({ indoorShare: 0 }, 1);
        const [user] = links.users[0] ?? [];
        if (!user) throw new Error('no user was dropped');
        const at = (metres: number): number =>
            links.move(user, { xM: metres * Math.cos(Math.PI / 6), yM: metres * Math.sin(Math.PI / 6) }, user.cell)
                .snrDb;
        // From 20 to 100 m, averaged over steps: 35.3 log10 5 = 24.7 dB without a line of sight; shadows vary by 7.8.
        expect(at(20)).toBeGreaterThan(at(100));
        // A centimetre changes nothing that a tenth of a decibel would show.
        expect(Math.abs(at(60) - at(60.01))).toBeLessThan(0.1);
    });
});
