import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage, type Frame, frameFromRgba8, type Rgba8Image } from '@mixreel/image';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeCapture } from '../../src/run/judge-capture.ts';
import { measureDistances } from '../../src/run/measure-distances.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import { checkConfig } from '../../src/scenario/config.ts';
import type { CaptureData, PerceptualJudge } from '../../src/verdict/capture.ts';
import { judge } from '../../src/verdict/judge.ts';

const folder = mkdtempSync(join(tmpdir(), 'mixreel-metrics-'));
const metric = (name: string, code: string): string => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    return path;
};
/** Mean difference of codes, by the bytes of both pictures. */
const MEAN = `export default async (a, b) => {
    let sum = 0;
    for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
    return sum / (a.widthPx * a.heightPx);
};`;
const gray = (code: number, size = 4): Frame => {
    const data = new Uint8Array(4 * size * size).fill(255);
    // Two colours, so that it is a picture.
    for (let i = 0; i < size * size; i++) data.fill(i === 0 ? 0 : code, 4 * i, 4 * i + 3);
    return frameFromRgba8({ widthPx: size, heightPx: size, data });
};
const frame = (code: number, size?: number): CaptureData => ({ kind: 'frame', frame: gray(code, size) });
const by = (maxDistances: Record<string, number>): PerceptualJudge => ({ kind: 'perceptual', maxDistances });

describe('a metric that the user brings', () => {
    const metrics: Record<string, string> = {};
    beforeAll(() => {
        metrics['mean'] = metric('mean', MEAN);
        metrics['none'] = metric('none', 'export const metric = 1;');
        metrics['nan'] = metric('nan', 'export default () => NaN;');
        metrics['throws'] = metric('throws', "export default () => { throw new Error('no weights'); };");
        metrics['gone'] = join(folder, 'gone.mjs');
    });
    const verdictOf = async (how: PerceptualJudge, was: CaptureData, is: CaptureData) =>
        (await judgeCapture('s', { name: 'c', judge: how, data: is, expected: was }, undefined, 'never', metrics))
            .verdict;

    it('passes within its bound and fails beyond, saying by how much', async () => {
        const within = await verdictOf(by({ mean: 30 }), frame(100), frame(110));
        expect(within.status).toBe('passed');
        // 15 of 16 pixels, 10 codes in 3 channels.
        expect(within.figures).toEqual([{ label: 'mean', value: 28.125, note: 'at most 30', tone: 'good' }]);
        const beyond = await verdictOf({ ...by({ mean: 20 }), minPsnrDb: 10 }, frame(100), frame(110));
        expect(beyond.status).toBe('failed');
        expect(beyond.message).toContain('mean is 28.1');
    });

    it('is not asked for equal pictures, nor for pictures of other sizes', async () => {
        expect((await verdictOf(by({ throws: 0 }), frame(9), frame(9))).status).toBe('passed');
        const other = await verdictOf(by({ throws: 0 }), frame(9), frame(9, 5));
        expect(other.message).toContain('5 x 5 pixels (expected 4 x 4)');
    });

    it('that is not there, or gives no distance, is an error of its capture alone', async () => {
        for (const [name, words] of [
            ['toString', /there is no metric "toString" \(expected mean, none/],
            ['none', /no function as its default export/],
            ['nan', /gave NaN/],
            ['throws', /failed: no weights/],
            ['gone', /failed: .*gone\.mjs/]
        ] as const) {
            const verdict = await verdictOf(by({ [name]: 1 }), frame(1), frame(2));
            expect(verdict.status, name).toBe('error');
            expect(verdict.message).toMatch(words);
        }
        const how = by({ mean: 1 });
        expect(judge(how, frame(1), frame(2)).message).toContain('distance "mean" was not measured');
        expect(() => judge(by({ mean: -1 }), frame(1), frame(2))).toThrow(/maxDistances\.mean is -1/);
        expect(() => checkConfig({ scenarios: [], metrics: { lpips: 3 } })).toThrow(/metric "lpips" is 3/);
        expect(() => checkConfig({ scenarios: [], metrics: [] })).toThrow(/metrics is/);
    });

    it('judges the captures of a suite against their baselines, in worker threads too', async () => {
        const paths = { outDir: join(folder, 'out'), baselineDir: join(folder, 'baselines') };
        const config = (code: number, bound: number) => ({
            ...paths,
            metrics,
            scenarios: [
                {
                    name: 'wall',
                    run: (c: { capture: { perceptual(n: string, f: Frame, o: object): void } }) =>
                        c.capture.perceptual('view', gray(code), { maxDistances: { mean: bound } })
                }
            ]
        });
        await runSuite(config(100, 1), { update: 'missing' });
        for (const [bound, status] of [
            [31, 'passed'],
            [20, 'failed']
        ] as const) {
            const { run } = await runSuite(config(110, bound), { judgeThreads: 1 });
            expect(run.status).toBe(status);
        }
    });
});

/** Where the project keeps LPIPS weights; they are not part of it. */
const shared = fileURLToPath(new URL('../../../../../shared/metrics/', import.meta.url));
const onnx = ((): string => {
    try {
        createRequire(join(process.cwd(), 'package.json')).resolve('onnxruntime-node');
        return existsSync(shared) ? '' : '../shared/metrics is absent';
    } catch {
        return 'onnxruntime-node is not installed';
    }
})();

describe('an LPIPS model', () => {
    it.skipIf(onnx !== '')(`gives the published distances${onnx && ` (skipped: ${onnx})`}`, async () => {
        const example = (name: string): CaptureData => {
            const rgba8 = decodeImage(readFileSync(`${shared}example/ex_${name}.png`)) as Rgba8Image;
            return { kind: 'frame', rgba8, frame: frameFromRgba8(rgba8) };
        };
        const metrics = { alex: `${shared}lpips_alex_v0.1.onnx`, squeeze: `${shared}lpips_squeeze_v0.1.onnx` };
        const how = by({ alex: 1, squeeze: 1 });
        const far = await measureDistances(how, example('p0'), example('ref'), metrics);
        const near = await measureDistances(how, example('p1'), example('ref'), metrics);
        // The weights' own table, four decimals.
        expect(far['alex']).toBeCloseTo(0.7219, 3);
        expect(near['alex']).toBeCloseTo(0.1376, 3);
        expect(far['squeeze']).toBeCloseTo(0.711, 3);
        expect(near['squeeze']).toBeCloseTo(0.1479, 3);
    });

    it.skipIf(onnx !== 'onnxruntime-node is not installed')('says what to install without its runtime', async () => {
        const metrics = { lpips: 'weights.onnx' };
        await expect(measureDistances(by({ lpips: 1 }), frame(1), frame(2), metrics)).rejects.toMatchObject({
            code: 'environment',
            message: expect.stringContaining('npm install --save-dev onnxruntime-node')
        });
    });
});
