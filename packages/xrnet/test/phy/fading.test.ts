import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { Fading } from '../../src/phy/fading.ts';

describe('fading', () => {
    it('has a mean power of 1 over users and time', () => {
        let sum = 0;
        let count = 0;
        for (let user = 0; user < 60; user++) {
            const fading = new Fading({ kFactorDb: 0, dopplerHz: 50, branches: 2 }, Rng.create(5).stream(user));
            for (let i = 0; i < 2000; i++) {
                sum += 10 ** (fading.gainDb(i * 2e6) / 10);
                count++;
            }
        }
        // 60 users x 4 s x 50 Hz x 2 branches: thousands of coherence times, so the mean is within 3 %.
        expect(sum / count).toBeGreaterThan(0.97);
        expect(sum / count).toBeLessThan(1.03);
    });

    it('is nearly exponential in power without a line of sight on one branch', () => {
        let below = 0;
        const n = 12_000;
        for (let i = 0; i < n; i++) {
            const fading = new Fading({ kFactorDb: -40, dopplerHz: 30, branches: 1 }, Rng.create(9).stream(i));
            if (fading.gainDb(0) < -10) below++;
        }
        // Rayleigh: P(power < 0.1) = 1 - e^-0.1 = 0.0952; eight sinusoids and the sampling error allow 0.012.
        expect(Math.abs(below / n - 0.0952)).toBeLessThan(0.012);
    });

    it('is a function of time: asking out of order or twice changes nothing', () => {
        const config = { kFactorDb: 3, dopplerHz: 11, branches: 4 };
        const forward = new Fading(config, Rng.create(1).stream('f'));
        const backward = new Fading(config, Rng.create(1).stream('f'));
        const times = Array.from({ length: 500 }, (_, i) => i * 3e6);
        const gains = times.map((t) => forward.gainDb(t));
        expect(
            [...times]
                .reverse()
                .map((t) => backward.gainDb(t))
                .reverse()
        ).toEqual(gains);
    });
});
