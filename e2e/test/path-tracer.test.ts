import { holm, normalCdf } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { floatFromHalf, type LayerName, type View } from '@mixreel/image';
import { decodeTextures, readGltf } from '@mixreel/importers';
import { PathTracer, type Scene, sceneFromDocument } from '@mixreel/pathtracer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomGlb } from '../src/fixture-scene.ts';
import { AppHost, type OpenApp } from '../src/open-app.ts';
import type { Plain } from '../src/page-api.ts';
import { floats, shownRgb } from '../src/read-page.ts';

interface Still {
    readonly frame: {
        readonly widthPx: number;
        readonly heightPx: number;
        readonly view: View;
        readonly layers: Readonly<Record<string, string>>;
    };
    readonly sum: string;
    readonly sumSquares: string;
}

/** Sums over the samples of each pixel, planar. */
interface Moments {
    readonly sum: Float32Array;
    readonly sumSquares: Float32Array;
    readonly spp: number;
}

const WIDTH = 64;
const HEIGHT = 48;
const SPP = 8;
const OPTIONS = { maxBounces: 3, seed: 7 } as const;

let host: AppHost | undefined;
let app: OpenApp;
let device: Device;
let scene: Scene;
let still: Still;
/** What of the engine is alive before a plugin is. */
let before: Plain;

/** The scene as Node reads it. */
async function nodeScene(glb: Uint8Array): Promise<Scene> {
    const document = await readGltf(glb);
    const read = sceneFromDocument(document, { decodedTextures: decodeTextures(document), aspect: WIDTH / HEIGHT });
    // The engine keeps world matrices in single precision, the document's are doubles.
    const instances = read.instances.map((each) => ({ ...each, transform: each.transform.map(Math.fround) }));
    return { ...read, instances };
}

async function renderInNode(of: Scene, seed: number, spp: number): Promise<{ tracer: PathTracer }> {
    const tracer = await PathTracer.create(device, of, { ...OPTIONS, seed });
    tracer.setView(of.view!, { widthPx: WIDTH, heightPx: HEIGHT });
    await tracer.render({ spp });
    return { tracer };
}

function halfFloats(base64: string): number[] {
    const bytes = Buffer.from(base64, 'base64');
    return Array.from({ length: bytes.length / 2 }, (_, i) => floatFromHalf(bytes.readUInt16LE(2 * i)));
}

function squaredError(a: readonly number[], b: readonly number[]): number {
    return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

/**
 * The smallest Holm-corrected p over blocks of 8 x 8 pixels and channels, that two renders have the same mean there. Each
 * pixel's samples give its variance, the pixels of a block are independent, and a block holds 512 samples or more: its mean
 * is as good as normal.
 */
function smallestBlockP(a: Moments, b: Moments): number {
    const pValues: number[] = [];
    for (let c = 0; c < 3; c++) {
        for (let y = 0; y < HEIGHT; y += 8) {
            for (let x = 0; x < WIDTH; x += 8) {
                const [meanA, varianceA] = blockMean(a, c, x, y);
                const [meanB, varianceB] = blockMean(b, c, x, y);
                const variance = varianceA + varianceB;
                const z = variance > 0 ? Math.abs(meanA - meanB) / Math.sqrt(variance) : meanA === meanB ? 0 : Infinity;
                pValues.push(2 * normalCdf(-z));
            }
        }
    }
    return Math.min(...holm(pValues));
}

/** Mean of a block and the variance of that mean. */
function blockMean({ sum, sumSquares, spp }: Moments, c: number, x0: number, y0: number): [number, number] {
    let mean = 0;
    let variance = 0;
    for (let y = y0; y < y0 + 8; y++) {
        for (let x = x0; x < x0 + 8; x++) {
            const i = (c * HEIGHT + y) * WIDTH + x;
            const pixelMean = sum[i]! / spp;
            mean += pixelMean / 64;
            variance += Math.max(0, sumSquares[i]! / spp - pixelMean ** 2) / (spp - 1) / 64 ** 2;
        }
    }
    return [mean, variance];
}

beforeAll(async () => {
    const glb = await roomGlb();
    host = await AppHost.start({ '/models/room.glb': glb });
    app = await host.open('path-tracer');
    device = await createNodeDevice();
    scene = await nodeScene(glb);
    before = await app.call('traces');
    still = await app.call<never>('still', { spp: SPP });
});

afterAll(async () => {
    await host?.close();
    device?.destroy();
});

describe('the path tracer on the device of a PlayCanvas app', () => {
    it('takes the scene that the engine loaded: every triangle, nothing left out', async () => {
        const [told] = await app.call<{ kind: string; triangles: number; events: [] }[]>('events');
        expect(told).toEqual({ kind: 'scene', triangles: scene.triangleCount, events: [] });
    });

    it("sees it with the engine's camera", () => {
        expect(still.frame.view).toEqual(scene.view);
    });

    it('renders every layer of a still bit for bit as Dawn in Node does, on the same driver', async (context) => {
        const info = await app.call<{ architecture: string }>('info');
        const same = info.architecture === 'swiftshader' && device.info.architecture === 'swiftshader';
        context.skip(!same, `Chromium runs on ${info.architecture}, Node on ${device.info.architecture}`);
        const { tracer } = await renderInNode(scene, OPTIONS.seed, SPP);
        const frame = await tracer.readFrame();
        tracer.destroy();
        for (const [name, base64] of Object.entries(still.frame.layers)) {
            const inNode = Buffer.from(frame.layer(name as LayerName).buffer as ArrayBuffer);
            expect(inNode.equals(Buffer.from(base64, 'base64')), name).toBe(true);
        }
    });

    it('renders the same light as Node with other random numbers, and the test would see a lamp 10 % brighter', async () => {
        const inChromium: Moments = { sum: floats(still.sum), sumSquares: floats(still.sumSquares), spp: SPP };
        const { tracer } = await renderInNode(scene, 1234, 24);
        const { sum, sumSquares } = await tracer.readMoments();
        tracer.destroy();
        // 1 % over all blocks together.
        expect(smallestBlockP(inChromium, { sum, sumSquares, spp: 24 })).toBeGreaterThan(0.01);
        // All light comes from the lamp: with 1.1 times its power every sample is 1.1 times as bright.
        const brighter = { sum: sum.map((x) => x * 1.1), sumSquares: sumSquares.map((x) => x * 1.1 ** 2), spp: 24 };
        expect(smallestBlockP(inChromium, brighter)).toBeLessThan(0.01);
    });

    it('can be cancelled, and goes on afterwards', async () => {
        expect(await app.call('cancelled')).toBe('aborted');
    });

    it("shows the film in place of the camera's picture, tone-mapped by the engine", async () => {
        await app.call('enable', { spp: 8 });
        const shown = await app.call<{
            widthPx: number;
            heightPx: number;
            color: string;
            alpha: string;
            clear: number;
        }>('shown');
        const { widthPx, heightPx, clear } = shown;
        const alpha = floats(shown.alpha);
        expect([widthPx, heightPx]).toEqual([96, 72]);
        const film = floats(shown.color);
        const rgb = await shownRgb(app, widthPx, heightPx);
        let worst = 0;
        for (let i = 0; i < widthPx * heightPx; i++) {
            for (let c = 0; c < 3; c++) {
                // PlayCanvas: linear tone mapping at exposure 1, then a power of 1 / 2.2; the clear colour, a grey, behind it.
                const light = film[c * widthPx * heightPx + i]! / Math.max(1e-4, alpha[i]!);
                const expected = 255 * (clear + alpha[i]! * (Math.min(1, light) ** (1 / 2.2) - clear));
                worst = Math.max(worst, Math.abs(rgb[i * 3 + c]! - expected));
            }
        }
        // Half a step of rounding to 8 bits, half floats keep 11 bits, and the engine lifts black by 1e-7 before the power.
        expect(worst).toBeLessThanOrEqual(1);
    });

    it('starts over when the camera or a node moves', async () => {
        expect(await app.call('moveCamera')).toMatchObject([{ kind: 'restart', reason: 'camera' }, { spp: 1 }]);
        const told = await app.call<{ kind: string }[]>('moveNode');
        expect(told).toContainEqual({ kind: 'restart', reason: 'scene' });
        expect(told.at(-1)).toEqual({ kind: 'samples', spp: 1 });
    });

    it('carries the picture along when the camera moves, and leaves nothing of it in the finished one', async () => {
        await app.call('disable');
        const [noise, restarted] = await app.call<string[]>('moveAfterRest', { onCameraMove: 'restart' });
        const [carried, reprojected] = await app.call<string[]>('moveAfterRest', { onCameraMove: 'reproject' });
        expect(reprojected).toBe(restarted);
        const finished = halfFloats(restarted!);
        // 33 samples against one: where the surface was seen before, which is nearly everywhere, far less noise.
        expect(squaredError(halfFloats(carried!), finished)).toBeLessThan(
            0.25 * squaredError(halfFloats(noise!), finished)
        );
    });

    it('gives the camera its picture back when disabled, and leaves nothing alive when destroyed', async () => {
        await app.call('disable');
        expect(await app.call<object[] & []>('live')).not.toEqual([]);
        expect(await app.call('destroy')).toEqual([]);
        expect(await app.call('traces')).toEqual(before);
    });

    it("stands in for a CameraFrame's picture and gives it back, also where that is switched off meanwhile", async () => {
        expect(await app.call('besideCameraFrame')).toEqual([true, true, true, 0, 1, true, true, 0]);
    });

    it('works as an ESM Script on an entity, and is gone with it', async () => {
        expect(await app.call('script')).toEqual([2, 'resting', 'off', true]);
        expect(await app.call('traces')).toMatchObject({ ...(before as object), listeners: expect.any(Number) });
    });
});
