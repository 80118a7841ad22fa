import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import type { KernelMap } from '../../src/generator/kernel-memory.ts';
import { readNetwork } from '../../src/generator/network-file.ts';
import { NetworkRunner } from '../../src/generator/network-runner.ts';
import { randomNetwork } from '../helpers/generator-file.ts';
import { gather, type PlainMap, plainMap, runPlain } from '../helpers/plain-network.ts';

/** Odd numbers of channels: the kernels take four at a time. */
const network = readNetwork(randomNetwork({ half: 5, quarter: 6, condition: 3, blocks: 2 }, 0.002));

function fill(runner: NetworkRunner, map: KernelMap, first: number, plain: PlainMap): void {
    for (const [i, value] of plain.data.entries()) {
        const c = first + Math.floor(i / (plain.width * plain.height));
        const y = Math.floor(i / plain.width) % plain.height;
        const at = map.address + c * map.planeBytes + y * map.strideBytes + 4 * (i % plain.width);
        runner.floats[at >> 2] = value;
    }
}

describe('the network on the kernels', () => {
    it('gives what its definition gives, for one size after another', () => {
        const runner = new NetworkRunner(network);
        const rng = Rng.create(5).stream('picture');
        for (const [columns, rows] of [
            [3, 2],
            [1, 1],
            [2, 5]
        ] as const) {
            const any = (channels: number, scale: number): PlainMap =>
                plainMap(channels, scale * columns, scale * rows, () => Math.fround(rng.range(-1, 1)));
            const [picture, cells, noise] = [any(3, 8), any(6, 1), any(1, 4)];
            const maps = runner.mapsOf(columns, rows);
            fill(runner, maps.entered, 0, gather(picture));
            fill(runner, maps.entered, 12, noise);
            fill(runner, maps.cells, 0, cells);
            runner.run();
            const wanted = gather(runPlain(network, picture, cells, noise));
            for (const [i, value] of wanted.data.entries()) {
                const { shown } = maps;
                const c = Math.floor(i / (wanted.width * wanted.height));
                const y = Math.floor(i / wanted.width) % wanted.height;
                const at = shown.address + c * shown.planeBytes + y * shown.strideBytes + 4 * (i % wanted.width);
                // Values about 1, ten layers of some fifty float32 roundings of 2^-24 each.
                expect(Math.abs(runner.floats[at >> 2]! - value)).toBeLessThan(1e-5);
            }
        }
    });

    it('gives a part of a picture the same bits as the whole, as far as the margin of tiles (40 + 16 a block) is wide', () => {
        const margin = (40 + 16 * network.shape.blocks) / 8;
        const whole = { columns: 30, rows: 14 };
        const part = { left: 10 - margin, columns: 20 };
        const value = (c: number, x: number, y: number): number => Math.fround(Math.sin(c * 7.1 + x * 1.7 + y * 2.9));
        const painted = (left: number, columns: number): ((c: number, x: number, y: number) => number) => {
            const runner = new NetworkRunner(network);
            const maps = runner.mapsOf(columns, whole.rows);
            const any = (channels: number, scale: number): PlainMap =>
                plainMap(channels, scale * columns, scale * whole.rows, (c, x, y) => value(c, x + scale * left, y));
            fill(runner, maps.entered, 0, any(13, 4));
            fill(runner, maps.cells, 0, any(6, 1));
            runner.run();
            const { address, planeBytes, strideBytes } = maps.shown;
            return (c, x, y) =>
                runner.floats[(address + c * planeBytes + y * strideBytes + 4 * (x - 4 * left)) >> 2] as number;
        };
        const [ofWhole, ofPart] = [painted(0, whole.columns), painted(part.left, part.columns)];
        const right = part.left + part.columns - margin;
        for (let c = 0; c < 12; c++)
            for (let y = 0; y < 4 * whole.rows; y++)
                for (let x = 4 * 10; x < 4 * right; x++) expect(ofPart(c, x, y)).toBe(ofWhole(c, x, y));
    });

    it('allocates nothing for a second picture of a size, and takes the memory of other sizes again', () => {
        const runner = new NetworkRunner(network);
        const maps = runner.mapsOf(40, 30);
        const { floats } = runner;
        runner.run();
        expect(runner.mapsOf(40, 30)).toBe(maps);
        for (const [columns, rows] of [
            [20, 30],
            [1, 1],
            [40, 30]
        ] as const)
            runner.mapsOf(columns, rows);
        expect(runner.floats).toBe(floats);
    });
});
