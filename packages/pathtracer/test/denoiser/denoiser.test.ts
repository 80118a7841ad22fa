import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { expect, test } from 'vitest';
import { Denoiser } from '../../src/denoiser/denoiser.ts';
import { perspectiveView } from '../../src/scene/view.ts';

const [WIDTH, HEIGHT] = [48, 32];
const COUNT = WIDTH * HEIGHT;
const VIEW = perspectiveView({ position: [0, 0, 0], target: [0, 0, -1], fovYRad: 0.8, aspect: WIDTH / HEIGHT });

/**
 * A wall 2 m before the camera, of two instances: the left half lit with radiance 1, the right with 4; a texture of stripes.
 * Noise is exponential with the true mean, as bad as a path tracer's one sample.
 */
function wall(seed: number, noisy: boolean): { frame: Frame; truth: Float32Array } {
    const noise = Rng.create(seed).stream('noise');
    const layer = (channels: number, value: (i: number, c: number) => number): Float32Array =>
        Float32Array.from({ length: channels * COUNT }, (_, k) => value(k % COUNT, Math.floor(k / COUNT)));
    const right = (i: number): boolean => i % WIDTH >= WIDTH / 2;
    const albedo = layer(3, (i, c) => (Math.floor(i / WIDTH) % 4 < 2 ? 0.8 : 0.2) - 0.05 * c);
    const truth = layer(3, (i, c) => (albedo[c * COUNT + i] as number) * (right(i) ? 4 : 1));
    const light = Float32Array.from({ length: COUNT }, () => (noisy ? noise.exponential() : 1));
    const layers = {
        color: layer(3, (i, c) => (truth[c * COUNT + i] as number) * (light[i] as number)),
        albedo,
        normal: layer(3, (_, c) => (c === 2 ? 1 : 0)),
        depth: layer(1, () => 2),
        instance: layer(1, (i) => (right(i) ? 2 : 1)),
        motion: layer(2, () => 0)
    };
    return { frame: new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers, view: VIEW }), truth };
}

function relativeError(frame: Frame, truth: Float32Array): number {
    const color = frame.layer('color');
    const sum = truth.reduce((total, value, i) => total + (((color[i] as number) - value) / value) ** 2, 0);
    return Math.sqrt(sum / truth.length);
}

test('a frame without noise stays as it is, texture and edges included', () => {
    const { frame, truth } = wall(1, false);
    // Dividing and multiplying by the albedo rounds twice in float32.
    expect(relativeError(new Denoiser().next(frame), truth)).toBeLessThan(1e-6);
});

test('the noise of one frame falls at least fivefold and stays on its side of the edge', () => {
    const { frame, truth } = wall(1, true);
    // Exponential noise has a relative deviation of 1.
    expect(relativeError(frame, truth)).toBeGreaterThan(0.9);
    expect(relativeError(new Denoiser().next(frame), truth)).toBeLessThan(0.2);
});

test('frames that show the same thing average over time', () => {
    const denoiser = new Denoiser();
    const errors = Array.from({ length: 8 }, (_, seed) => {
        const { frame, truth } = wall(seed, true);
        return relativeError(denoiser.next(frame), truth);
    });
    expect(errors[7]).toBeLessThan(0.6 * (errors[0] as number));
});

test('the same frames give the same bytes', () => {
    const run = (): Float32Array => new Denoiser().next(wall(3, true).frame).layer('color');
    expect(run()).toEqual(run());
});
