/** Weights files of small networks, written as training/network.py writes them. */
import { Rng } from '@mixreel/core';
import { crc32c } from '../../src/container/crc32c.ts';
import type { NetworkShape } from '../../src/generator/network-file.ts';

/** A layer's values: weights in multiples of `scale`, -127 to 127; what is left out is 0, scales are 1. */
interface LayerValues {
    readonly scale?: number;
    readonly weights?: (output: number, input: number, tap: number) => number;
    readonly biases?: readonly number[];
}

/** [name, inputs, outputs, side] in the order of the file. */
function layersOf(shape: NetworkShape): [string, number, number, number][] {
    const { half, quarter, condition } = shape;
    const inside = Array.from({ length: shape.blocks }, (_, b): [string, number, number, number][] => [
        [`film${b}`, condition, 2 * quarter, 1],
        [`first${b}`, quarter, quarter, 3],
        [`second${b}`, quarter, quarter, 3]
    ]);
    return [
        ['enter', 13, half, 3],
        ['down', half, quarter, 2],
        ['condition', 6, condition, 3],
        ...inside.flat(),
        ['up', quarter, 4 * half, 1],
        ['leave', half, 12, 3]
    ];
}

/** The file; `values` names the layers that are not 0. */
export function generatorFile(shape: NetworkShape, values: Readonly<Record<string, LayerValues>>): Uint8Array {
    const header = Buffer.from(JSON.stringify({ format: 'mixreel-generator-1', name: 'tiny', ...shape }));
    const parts = [Buffer.alloc(4), header];
    parts[0]!.writeUInt32LE(header.length);
    for (const [name, inputs, outputs, side] of layersOf(shape)) {
        const { scale = 1, weights = () => 0, biases = [] } = values[name] ?? {};
        const floats = Buffer.alloc(8 * outputs);
        for (let o = 0; o < outputs; o++) {
            floats.writeFloatLE(scale, 4 * o);
            floats.writeFloatLE(biases[o] ?? 0, 4 * (outputs + o));
        }
        const taps = side * side;
        const whole = Int8Array.from({ length: outputs * inputs * taps }, (_, i) =>
            weights(Math.floor(i / (inputs * taps)), Math.floor(i / taps) % inputs, i % taps)
        );
        parts.push(floats, Buffer.from(whole.buffer));
    }
    const content = Buffer.concat(parts);
    const check = Buffer.alloc(4);
    check.writeUInt32LE(crc32c(content));
    return Buffer.concat([content, check]);
}

/** The file of a network of random weights, up to 127 times `scale`. */
export function randomNetwork(shape: NetworkShape, scale: number): Uint8Array {
    const rng = Rng.create(11).stream('network');
    const values: Record<string, LayerValues> = {};
    for (const [name] of layersOf(shape)) values[name] = { scale, weights: () => rng.integer(255) - 127 };
    return generatorFile(shape, values);
}
