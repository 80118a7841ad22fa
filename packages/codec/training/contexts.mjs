/**
 * Learns what the contexts of the texture layer start from: codes clips, counts the bits of each context near the start of every unit,
 * writes src/texture/initial-probabilities.ts. Needs built packages.
 *
 *     node packages/codec/training/contexts.mjs CLIP_FOLDER...     (each a folder of PNG frames in the order of their names)
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFramePng } from '@mixreel/image';
import { BitDecoder } from '../dist/entropy/binary-rans.js';
import { FrameDecoder, FrameEncoder } from '../dist/index.js';
import { CODED, CONTEXT_COUNT } from '../dist/texture/contexts.js';

/** Uses of a context in a unit that count: later ones have been learnt in the unit itself. */
const EARLY_USES = 32;
const QUALITIES = [20, 30, 40, 50, 60, 75];
/** Uses that a guess of one half is worth. */
const DOUBT = 4;

const ones = new Map();
const uses = new Map();
const original = BitDecoder.prototype.bit;
const seen = new WeakMap();
BitDecoder.prototype.bit = function bit(context, value) {
    const result = original.call(this, context, value);
    let counts = seen.get(this);
    if (!counts) {
        counts = new Uint16Array(2048);
        seen.set(this, counts);
    }
    if (counts[context]++ < EARLY_USES) {
        const table = this.contextCount;
        if (!uses.has(table)) {
            uses.set(table, new Float64Array(table));
            ones.set(table, new Float64Array(table));
        }
        uses.get(table)[context]++;
        ones.get(table)[context] += result;
    }
    return result;
};

for (const folder of process.argv.slice(2)) {
    const frames = readdirSync(folder)
        .filter((name) => name.endsWith('.png'))
        .sort()
        .map((name) => readFramePng(readFileSync(join(folder, name))));
    for (const quality of QUALITIES) {
        const encoder = new FrameEncoder({ quality, gopLength: 100 });
        const decoder = new FrameDecoder();
        for (const frame of frames) {
            const encoded = encoder.encode(frame);
            if (!decoder.decode(encoded.pduSets).exact) throw new Error(`${folder}: not decoded exactly`);
        }
    }
    console.error(folder);
}

const count = uses.get(CONTEXT_COUNT);
const values = Array.from(count, (n, i) => {
    const p = (ones.get(CONTEXT_COUNT)[i] + DOUBT / 2) / (n + DOUBT);
    return Math.max(256, Math.min(32512, Math.round(p * 32768)));
});
// Nothing here had alpha: its flags start as those of luma.
values.copyWithin(CODED + 18, CODED, CODED + 6);
const rows = [];
for (let i = 0; i < values.length; i += 16) rows.push(`    ${values.slice(i, i + 16).join(', ')}`);
const text = `/**
 * P(bit = 1) of each context of the texture layer at the start of a unit, in 1/32768. Written by training/contexts.mjs; see training/README.md for
 * what it was trained on. A change here is a new version of the format.
 */
// biome-ignore format: a table
export const INITIAL_PROBABILITIES: Uint16Array = Uint16Array.of(
${rows.join(',\n')}
);
`;
writeFileSync(new URL('../src/texture/initial-probabilities.ts', import.meta.url), text);
