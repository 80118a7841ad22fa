/** Weights files of small conceptual networks, written as training/concept_network.py writes them. */
import { Rng } from '@mixreel/core';
import { ConceptModel } from '../../src/concept/concept-model.ts';
import { crc32c } from '../../src/container/crc32c.ts';

/** Widths and blocks of the networks that tests run: every kind of layer is there. */
const SHAPE = { half: 4, quarter: 4, eighth: 8, sixteenth: 8, condition: 4, blocks16: 1, blocks8: 1, blocks4: 1 };

/** [inputs, outputs, side] in the order of the file. */
function layersOf(): [number, number, number][] {
    const { half, quarter, eighth, sixteenth, condition } = SHAPE;
    return [
        [24, half, 3],
        [4 * half, quarter, 1],
        [4 * quarter, eighth, 1],
        [eighth, eighth, 3],
        [4 * eighth, sixteenth, 1],
        [sixteenth, sixteenth, 3],
        [sixteenth, 4, 1],
        [eighth, 3, 1],
        [eighth, 6, 1],
        [1536, 4, 1],
        [384, 3, 1],
        [9, 6, 1],
        [5, sixteenth, 3],
        [sixteenth, sixteenth, 3],
        [sixteenth, sixteenth, 3],
        [15, eighth, 3],
        [sixteenth, 4 * eighth, 1],
        [sixteenth, 2 * eighth, 1],
        [eighth, eighth, 3],
        [eighth, eighth, 3],
        [15, condition, 3],
        [4, quarter, 3],
        [eighth, 4 * quarter, 1],
        [condition, 2 * quarter, 1],
        [quarter, quarter, 3],
        [quarter, quarter, 3],
        [12, half, 1],
        [quarter, 4 * half, 1],
        [half, 12, 3],
        [5, 768, 3],
        [15, 192, 3],
        [eighth, 192, 1],
        [quarter, 48, 1]
    ];
}

/** The file of random networks and a random prior; every seed is another model. */
export function conceptFile(seed = 1): Uint8Array {
    const rng = Rng.create(seed).stream('concept');
    const header = Buffer.from(JSON.stringify({ format: 'mixreel-concept-1', name: 'tiny', ...SHAPE }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const parts: Buffer[] = [length, header];
    // Two's complement, from -127 to 127.
    const int8 = (count: number): Buffer =>
        Buffer.from(Array.from({ length: count }, () => (rng.integer(255) - 127) & 255));
    for (const [inputs, outputs, side] of layersOf()) {
        const taps = inputs * side * side;
        const floats = Buffer.alloc(8 * outputs);
        // Signals stay of order 1 from layer to layer.
        for (let o = 0; o < outputs; o++) floats.writeFloatLE(1.5 / (73 * Math.sqrt(taps)), 4 * o);
        parts.push(floats, int8(outputs * taps));
    }
    const table = Buffer.alloc(512);
    for (let i = 0; i < 256; i++) table.writeUInt16LE(Math.max(1, Math.round(4096 * Math.exp(-i / 16))), 2 * i);
    const hiddenBiases = Buffer.alloc(4 * 48, 1);
    parts.push(table, int8(48 * 63), hiddenBiases, int8(23 * 48), Buffer.alloc(4 * 23));
    const content = Buffer.concat(parts);
    const check = Buffer.alloc(4);
    check.writeUInt32LE(crc32c(content));
    return Buffer.concat([content, check]);
}

/** A model of random weights. */
export function conceptModel(seed = 1, tile?: number): ConceptModel {
    return new ConceptModel(conceptFile(seed), tile);
}
