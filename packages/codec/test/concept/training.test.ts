import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConceptWeights } from '../../src/concept/concept-file.ts';
import { conceptUnits } from '../../src/concept/concept-layer.ts';
import { LevelGrid, TOKEN_LEVELS } from '../../src/concept/concept-levels.ts';
import { EncoderNetwork, GeneratorNetwork, WordsNetwork } from '../../src/concept/concept-networks.ts';
import type { KernelMap } from '../../src/generator/kernel-memory.ts';
import { rowOf } from '../../src/generator/map-samples.ts';
import { ConceptModel, FrameDecoder, FrameEncoder } from '../../src/index.ts';
import { room } from '../helpers/synthetic.ts';

const PYTHON = '/usr/bin/python3';
const training = join(import.meta.dirname, '../../training');
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, onnx, numpy']).status === 0;

/** Planes of PyTorch into a map from a channel on; with `squares`, as pixel_unshuffle by 2 has them. */
function enter(floats: Float32Array, map: KernelMap, planes: readonly number[], first = 0, squares = false): void {
    const scale = squares ? 2 : 1;
    const [width, height] = [scale * map.width, scale * map.height];
    planes.forEach((value, i) => {
        const [x, y] = [i % width, Math.floor(i / width) % height];
        const channel = Math.floor(i / (width * height));
        const at = squares ? 4 * channel + 2 * (y & 1) + (x & 1) : channel;
        floats[rowOf(map, first + at, Math.floor(y / scale)) + Math.floor(x / scale)] = value;
    });
}

/** Largest difference between a map and PyTorch's planes. */
function apart(floats: Float32Array, map: KernelMap, planes: readonly number[], squares = false): number {
    const scale = squares ? 2 : 1;
    const [width, height] = [scale * map.width, scale * map.height];
    return planes.reduce((most, value, i) => {
        const [x, y] = [i % width, Math.floor(i / width) % height];
        const channel = Math.floor(i / (width * height));
        const at = squares ? 4 * channel + 2 * (y & 1) + (x & 1) : channel;
        const own = floats[rowOf(map, at, Math.floor(y / scale)) + Math.floor(x / scale)]!;
        return Math.max(most, Math.abs(own - value));
    }, 0);
}

describe.skipIf(!hasTorch)('training concepts (skipped without python3-torch and python3-onnx)', () => {
    it('takes two steps, goes on from its checkpoint, and writes networks that run here as they do in PyTorch', () => {
        const work = mkdtempSync(join(tmpdir(), 'mixreel-concept-'));
        const run = (command: string, ...args: string[]): void => {
            const { status, stderr } = spawnSync(command, args, { cwd: training, encoding: 'utf8' });
            expect(status, stderr).toBe(0);
        };
        try {
            const pairs = join(work, 'pairs');
            run(process.execPath, 'make-pairs.mjs', pairs, '--leaves', '2', '--side', '64');
            run(process.execPath, 'make-labels.mjs', pairs);
            const widths = ['--half', '4', '--quarter', '4', '--eighth', '8', '--sixteenth', '8', '--condition', '4'];
            const blocks = ['--blocks16', '1', '--blocks8', '1', '--blocks4', '1', '--crop', '64', '--batch', '2'];
            const steps = [
                '--steps',
                '2',
                '--metric',
                'none',
                '--contrast',
                '0.01',
                '--clip-contrast',
                '0.01',
                '--prior-steps',
                '20'
            ];
            for (let call = 0; call < 2; call++)
                run(PYTHON, '-B', 'concept.py', work, '--pairs', pairs, ...steps, ...widths, ...blocks);
            const bytes = readFileSync(join(work, 'concept.mxg'));
            const weights = readConceptWeights(bytes);
            expect(weights.record['steps']).toBe(4);
            const check = JSON.parse(readFileSync(join(work, 'concept-check.json'), 'utf8'));

            const encoder = new EncoderNetwork(weights);
            const e = encoder.mapsOf(4, 4);
            enter(encoder.floats, e.entered, check.picture, 0, true);
            enter(encoder.floats, e.entered, check.base, 12, true);
            encoder.run(e);
            const generator = new GeneratorNetwork(weights);
            const g = generator.mapsOf(4, 4);
            enter(generator.floats, g.base, check.base, 0, true);
            enter(generator.floats, g.cells, check.cells);
            enter(generator.floats, g.tokens, check.tokens);
            enter(generator.floats, g.noise, check.noise, 0, true);
            generator.run(g);
            const words = new WordsNetwork(weights);
            const w = words.mapsOf(check.words.length / 9, 1);
            enter(words.floats, w.said, check.words);
            words.run(w);
            // Sums of up to 1,536 float32 products of order 1, in another order.
            for (const [floats, map, planes, squares] of [
                [encoder.floats, e.token, check.token, false],
                [encoder.floats, e.fine, check.fine, false],
                [encoder.floats, e.style, check.style, false],
                [generator.floats, g.shown, check.painted, true],
                [words.floats, w.style, check.said, false]
            ] as const) {
                expect(apart(floats, map, planes, squares)).toBeLessThan(2e-4);
            }

            const model = new ConceptModel(bytes);
            const { columns, rows, levels, bits } = check.grid;
            const grid = new LevelGrid(columns, rows, TOKEN_LEVELS);
            grid.levels.set(levels);
            const settings = { payloadBytes: 1000, fixedLength: false };
            const [, ...units] = conceptUnits(model, new Uint8Array(6), grid, null, settings);
            // Of each of the two units two bytes are the model's number and up to four the coder's state.
            const coded = units.reduce((sum, { payload }) => sum + 8 * (payload.length - 5.5), 0);
            // The table's steps of 1/16 nat and frequencies of at least 1/1024 differ from PyTorch's softmax by less than a hundredth, bytes round by up to 12 bits.
            expect(Math.abs(coded - bits)).toBeLessThan(0.01 * bits + 16);
            const encoded = new FrameEncoder({ concept: model }).encode(room({ widthPx: 64, heightPx: 64 }));
            expect(new FrameDecoder({ concept: model }).decodeUnits(encoded.units).exact).toBe(true);
        } finally {
            rmSync(work, { recursive: true });
        }
    });
});
