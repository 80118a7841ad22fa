import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    convolve3,
    convolveDown,
    type FeatureMap,
    gather,
    modulate,
    rectify,
    scatter
} from '../../src/generator/convolution.ts';
import type { ConvolutionWeights } from '../../src/generator/network-file.ts';

const map = (channels: number, width: number, height: number, values: ArrayLike<number>): FeatureMap => ({
    channels,
    width,
    height,
    data: Float32Array.from(values)
});

/** The definition, sample by sample. */
function slow(input: FeatureMap, layer: ConvolutionWeights, step: number, from: number): number[] {
    const out: number[] = [];
    for (let o = 0; o < layer.outputs; o++)
        for (let y = 0; y < input.height; y += step)
            for (let x = 0; x < input.width; x += step) {
                let sum = layer.biases[o]!;
                for (let c = 0; c < input.channels; c++)
                    for (let v = 0; v < layer.side; v++)
                        for (let u = 0; u < layer.side; u++) {
                            const [at, down] = [x + u + from, y + v + from];
                            if (at < 0 || at >= input.width || down < 0 || down >= input.height) continue;
                            const weight = layer.weights[((o * input.channels + c) * layer.side + v) * layer.side + u]!;
                            sum += weight * input.data[(c * input.height + down) * input.width + at]!;
                        }
                out.push(sum);
            }
    return out;
}

describe('the operations of the generator', () => {
    it('convolve as the definition does, at every edge', () => {
        const rng = Rng.create(3).stream('convolution');
        const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.range(-1, 1));
        const input = map(3, 6, 4, numbers(72));
        for (const [side, convolve, step, from] of [
            [3, convolve3, 1, -1],
            [2, convolveDown, 2, 0]
        ] as const) {
            const layer = { inputs: 3, outputs: 2, side, weights: numbers(6 * side * side), biases: numbers(2) };
            const got = convolve(input, layer).data;
            // Sums of 27 products below 1, rounded to float32 once: 2^-24 of 27.
            for (const [i, value] of slow(input, layer, step, from).entries()) expect(got[i]).toBeCloseTo(value, 5);
        }
    });

    it('gather four samples into channels as PyTorch unshuffles pixels, and scatter them back', () => {
        const input = map(1, 4, 2, [0, 1, 2, 3, 4, 5, 6, 7]);
        expect([...gather(input).data]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
        expect(scatter(gather(input))).toEqual(input);
    });

    it('modulate by gain and offset of the cell, and rectify to a tenth', () => {
        const film = map(2, 1, 1, [0.5, -1]);
        expect([...modulate(map(1, 2, 2, [2, 4, 6, 8]), film).data]).toEqual([2, 5, 8, 11]);
        expect([...rectify(map(1, 2, 1, [-10, 3])).data]).toEqual([-1, 3]);
    });
});
