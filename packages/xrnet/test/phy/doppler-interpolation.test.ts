import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import { dopplerInterpolation, TAPS } from '../../src/phy/doppler-interpolation.ts';

/** What a step of src/phy/fading.ts turns the fastest path by: a quarter of 9 / (16 pi f_d). */
const TURN = (2 * Math.PI * 9) / (16 * Math.PI) / 4;

test('between points fading is what it is, within the error that the equations promise', () => {
    const { ratio, weights, errors } = dopplerInterpolation(TURN);
    expect(ratio).toBe(4);
    // -44 dB or better: far below the noise of any SINR that carries data.
    for (const error of errors) expect(error).toBeLessThan(4e-5);
    const stream = Rng.create(8).stream('angles');
    const squared = [0, 0, 0, 0];
    let power = 0;
    const paths = 20_000;
    for (let i = 0; i < paths; i++) {
        const turn = TURN * Math.cos(2 * Math.PI * stream.float());
        const phase = 2 * Math.PI * stream.float();
        for (let part = 0; part < ratio; part++) {
            let [x, y] = [-Math.cos(phase + turn * part), -Math.sin(phase + turn * part)];
            for (let tap = 0; tap < TAPS; tap++) {
                const angle = phase + turn * ratio * (tap - 1);
                x += (weights[part * TAPS + tap] as number) * Math.cos(angle);
                y += (weights[part * TAPS + tap] as number) * Math.sin(angle);
            }
            squared[part] = (squared[part] as number) + (x * x + y * y) / paths;
        }
        power += 1 / paths;
    }
    expect(power).toBeCloseTo(1, 9);
    expect(squared[0]).toBe(0);
    // The mean over 20,000 angles of the arcsine law has a standard error of about 2 %.
    for (const part of [1, 2, 3])
        expect(Math.abs((squared[part] as number) / (errors[part] as number) - 1)).toBeLessThan(0.1);
});

test('fading that is too fast is made at every step, and what stands still stays', () => {
    expect(dopplerInterpolation(0.31)).toMatchObject({ ratio: 1 });
    const still = dopplerInterpolation(0);
    for (let part = 0; part < 4; part++) {
        const sum = still.weights.subarray(part * TAPS, part * TAPS + TAPS).reduce((total, w) => total + w, 0);
        expect(sum).toBeCloseTo(1, 6);
    }
});
