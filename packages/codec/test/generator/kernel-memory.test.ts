import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { type KernelMap, KernelMemory } from '../../src/generator/kernel-memory.ts';
import {
    add,
    convolve,
    gather,
    modulate,
    type PlainMap,
    plainMap,
    rectify,
    scatter
} from '../helpers/plain-network.ts';

const random = Rng.create(3).stream('kernels');
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.range(-1, 1));
const randomMap = (channels: number, width: number, height: number): PlainMap =>
    plainMap(channels, width, height, () => Math.fround(random.range(-1, 1)));
/** Sums of at most 63 products below 1, rounded to float32 after each step: at most 126 roundings of 2^-24 of a sum below 64, and far less on average. */
const TOLERANCE = 1e-5;

/** Every sample of a map's channels with the border that kernels read: [channel][row from -1][column from -1]. */
function bordered(memory: KernelMemory, map: KernelMap, channels: number): number[] {
    const samples: number[] = [];
    for (let c = 0; c < channels; c++)
        for (let y = -1; y <= map.height; y++)
            for (let x = -1; x <= map.width; x++)
                samples.push(
                    memory.floats[(map.address + c * map.planeBytes + y * map.strideBytes + 4 * x) >> 2] as number
                );
    return samples;
}

function expectMap(memory: KernelMemory, map: KernelMap, expected: PlainMap): void {
    const wanted = plainMap(expected.channels, expected.width + 2, expected.height + 2, (c, x, y) =>
        x < 1 || y < 1 || x > expected.width || y > expected.height
            ? 0
            : expected.data[(c * expected.height + y - 1) * expected.width + x - 1]!
    );
    for (const [i, value] of bordered(memory, map, expected.channels).entries())
        expect(Math.abs(value - wanted.data[i]!), `sample ${i}: ${value}, not ${wanted.data[i]}`).toBeLessThan(
            TOLERANCE
        );
}

/** The map in the kernels' memory. */
function load(memory: KernelMemory, plain: PlainMap): KernelMap {
    const map = memory.map(plain.channels, plain.width, plain.height);
    for (const [i, value] of plain.data.entries()) {
        const [c, y] = [Math.floor(i / (plain.width * plain.height)), Math.floor(i / plain.width) % plain.height];
        memory.floats[(map.address + c * map.planeBytes + y * map.strideBytes + 4 * (i % plain.width)) >> 2] = value;
    }
    return map;
}

const sizes = [
    [1, 1],
    [2, 3],
    [8, 1],
    [9, 4],
    [20, 6]
] as const;

describe('the kernels of the generator', () => {
    it('convolve as the definition does, at every edge, and leave the border 0', () => {
        for (const [width, height] of sizes) {
            for (const [inputs, outputs, side] of [
                [1, 1, 3],
                [7, 6, 3],
                [5, 4, 1],
                [3, 9, 1]
            ] as const) {
                const memory = new KernelMemory();
                memory.map(1, 1, 1);
                const weights = numbers(inputs * outputs * side * side);
                const layer = { inputs, outputs, side, weights, biases: numbers(outputs) };
                const [plain, start] = [randomMap(inputs, width, height), randomMap(outputs, width, height)];
                const [input, output] = [load(memory, plain), load(memory, start)];
                const inMemory = memory.layer(layer);
                const reading = memory.reading(input, inMemory);
                memory.convolve(output, input, inMemory, reading, { start: output, slope: 0.1 });
                const wanted = convolve(plain, layer);
                expectMap(memory, output, rectify(add(wanted, start), 0.1));
                memory.convolve(output, input, inMemory, reading);
                expectMap(memory, output, wanted);
            }
        }
    });

    it('convolve by tiles as the definition does, maps of even sides', () => {
        for (const [width, height] of [
            [2, 2],
            [8, 4],
            [10, 2],
            [18, 6],
            [64, 2]
        ] as const) {
            for (const [inputs, outputs] of [
                [1, 1],
                [7, 6],
                [13, 16]
            ] as const) {
                const memory = new KernelMemory();
                memory.map(1, 1, 1);
                const layer = {
                    inputs,
                    outputs,
                    side: 3,
                    weights: numbers(inputs * outputs * 9),
                    biases: numbers(outputs)
                };
                const [plain, start] = [randomMap(inputs, width, height), randomMap(outputs, width, height)];
                const [input, output] = [load(memory, plain), load(memory, start)];
                const tiled = memory.tiledLayer(layer);
                const reading = memory.reading(input, tiled);
                memory.convolve(output, input, tiled, reading, { start: output, slope: 0.1 });
                const wanted = convolve(plain, layer);
                expectMap(memory, output, rectify(add(wanted, start), 0.1));
                memory.convolve(output, input, tiled, reading);
                expectMap(memory, output, wanted);
            }
        }
    });

    it('gather four samples into channels as PyTorch unshuffles pixels, and scatter them back onto what is there', () => {
        const counting = plainMap(1, 4, 2, (_c, x, y) => 4 * y + x);
        expect([...gather(counting).data]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
        for (const [width, height] of sizes) {
            const memory = new KernelMemory();
            const fine = randomMap(3, 2 * width, 2 * height);
            const deep = memory.map(12, width, height);
            const map = load(memory, fine);
            memory.gather(deep, map, 3);
            expectMap(memory, deep, gather(fine));
            const other = randomMap(12, width, height);
            memory.scatter(map, load(memory, other), 3, 0.1);
            expectMap(memory, map, rectify(add(fine, scatter(other)), 0.1));
        }
    });

    it('modulate by gain and offset of the cell', () => {
        for (const [width, height] of sizes) {
            const memory = new KernelMemory();
            const [plain, film] = [randomMap(3, 2 * width, 2 * height), randomMap(6, width, height)];
            const map = load(memory, plain);
            memory.modulate(map, load(memory, film), 3);
            expectMap(memory, map, modulate(plain, film));
        }
    });
});
