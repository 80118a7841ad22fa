import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { fadingStepNs } from '../../src/phy/fading.ts';
import { SubbandFading, type SubbandShape } from '../../src/phy/subband-fading.ts';
import { TDL_PROFILES } from '../../src/phy/tdl.ts';

const RAYLEIGH = { kFactorDb: -40, dopplerHz: 30, branches: 1 };
const SHAPE: SubbandShape = { count: 9, profile: 'tdl-a', delaySpreadNs: 100, bandwidthHz: 98_280_000 };
const of = (user: number, shape = SHAPE): SubbandFading =>
    new SubbandFading(RAYLEIGH, shape, Rng.create(6).stream(user));

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('frequency-selective fading', () => {
    it('has unit mean power, and subbands whose powers are correlated as the delay profile says', () => {
        const users = 4000;
        const gains = new Float64Array(9);
        const sums = new Float64Array(9);
        const products = new Float64Array(9);
        for (let user = 0; user < users; user++) {
            of(user).read(0, gains);
            for (let s = 0; s < 9; s++) {
                sums[s] = (sums[s] as number) + (gains[s] as number);
                products[s] = (products[s] as number) + (gains[0] as number) * (gains[s] as number);
            }
        }
        const { delays, powersDb } = TDL_PROFILES['tdl-a'];
        const powers = powersDb.map((value) => 10 ** (value / 10));
        const total = powers.reduce((sum, power) => sum + power, 0);
        for (let s = 0; s < 9; s++) {
            // Exponential powers: standard error 0.016.
            expect(Math.abs((sums[s] as number) / users - 1)).toBeLessThan(0.06);
            const hz = (s * SHAPE.bandwidthHz) / 9;
            let re = 0;
            let im = 0;
            for (const [tap, delay] of delays.entries()) {
                const angle = 2 * Math.PI * hz * delay * 100e-9;
                re += ((powers[tap] as number) / total) * Math.cos(angle);
                im += ((powers[tap] as number) / total) * Math.sin(angle);
            }
            const covariance =
                (products[s] as number) / users - ((sums[0] as number) * (sums[s] as number)) / users ** 2;
            // Of Rayleigh fading the powers' covariance is the squared correlation of the amplitudes. A variance of
            // exponentials over 4000 users: 0.05; few sinusoids a tap: a little less than 1 at lag 0.
            expect(Math.abs(covariance - (re * re + im * im))).toBeLessThan(0.12);
        }
    });

    it('keeps its power and its correlation over time between the points that are interpolated', () => {
        const stepNs = fadingStepNs(30);
        const sums = new Float64Array(8);
        const lagged = new Float64Array(8);
        const out = new Float64Array(9);
        const users = 1500;
        for (let user = 0; user < users; user++) {
            const fading = of(10_000 + user);
            let before = 0;
            for (let step = 0; step < 8; step++) {
                fading.read(step * stepNs, out);
                sums[step] = (sums[step] as number) + mean(out) / users;
                if (step > 0) lagged[step] = (lagged[step] as number) + ((out[4] as number) * before) / users;
                before = out[4] as number;
            }
        }
        // 1500 users of nine nearly independent exponential powers: 0.9 %.
        for (const sum of sums) expect(Math.abs(sum - 1)).toBeLessThan(0.04);
        // E[g(0) g(t)] = 1 + J0(2 pi f_d t)^2 = 1.961 at 0.281 radians; standard error 0.11: its own at each lag, as users are few.
        for (const value of lagged.slice(1)) expect(Math.abs(value - 1.961)).toBeLessThan(0.3);
    });

    it('is flat without delay spread, and a function of time alone', () => {
        const flat = new Float64Array(9);
        of(1, { ...SHAPE, delaySpreadNs: 0 }).read(5e6, flat);
        for (const gain of flat) expect(gain).toBeCloseTo(flat[0] as number, 9);
        const forward = of(2);
        const backward = of(2);
        const times = Array.from({ length: 200 }, (_, i) => i * 3e6);
        const first = times.map((timeNs) => {
            const out = new Float64Array(9);
            forward.read(timeNs, out);
            return [...out];
        });
        for (const [i, timeNs] of [...times.entries()].reverse()) {
            const out = new Float64Array(9);
            backward.read(timeNs, out);
            expect([...out]).toEqual(first[i]);
        }
    });
});
