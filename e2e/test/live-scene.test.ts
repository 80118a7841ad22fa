import {
    TONEMAP_ACES,
    TONEMAP_ACES2,
    TONEMAP_FILMIC,
    TONEMAP_HEJL,
    TONEMAP_LINEAR,
    TONEMAP_NEUTRAL,
    TONEMAP_NONE
} from 'playcanvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';
import { floats, shownRgb } from '../src/read-page.ts';

const WIDTH = 64;
const HEIGHT = 48;

let host: AppHost | undefined;
let app: OpenApp;

const shown = (): Promise<Uint8Array> => shownRgb(app, WIDTH, HEIGHT);

async function both(): Promise<{ traced: Uint8Array; raster: Uint8Array }> {
    const traced = await shown();
    await app.call('mode', 'raster');
    const raster = await shown();
    await app.call('mode', 'pathtraced');
    return { traced, raster };
}

/** Share of the pixels that differ by more than `levels` in a channel. */
function differing(a: Uint8Array, b: Uint8Array, levels: number): number {
    let count = 0;
    for (let i = 0; i < a.length; i += 3) {
        if ([0, 1, 2].some((c) => Math.abs(a[i + c]! - b[i + c]!) > levels)) count++;
    }
    return count / (a.length / 3);
}

/** Pixels on an edge of three shapes, 30 to 50 long each, of 3,072; the traced picture has them smooth. */
const EDGES = 0.08;

beforeAll(async () => {
    host = await AppHost.start();
    app = await host.open('live-scene');
});

afterAll(async () => {
    await host?.close();
});

describe('the path tracer in an app whose scene changes', () => {
    it('shows what the engine shows, posed as the engine poses it', async () => {
        const told = await app.call<{ kind: string; events?: [] }[]>('start');
        expect(told[0]).toMatchObject({ kind: 'scene', events: [] });
        const { traced, raster } = await both();
        expect(differing(traced, raster, 8)).toBeLessThan(EDGES);
        // The test would see an empty picture: the three shapes cover a quarter of it.
        expect(differing(traced, new Uint8Array(traced.length), 8)).toBeGreaterThan(0.15);
    });

    it.each<[string, string[]]>([
        ['move', ['lights', 'top-tree']],
        ['bend', ['lights', 'refit', 'top-tree']],
        ['morph', ['lights', 'refit', 'top-tree']],
        ['carryFigure', ['lights', 'top-tree']],
        ['paint', ['lights', 'materials']],
        ['texture', ['lights', 'materials', 'textures']],
        ['writeTexture', ['lights', 'textures']],
        ['canvas', ['lights', 'materials', 'textures']],
        ['drawOnCanvas', ['lights', 'textures']],
        ['enlargeCanvas', ['lights', 'textures']],
        ['add', ['lights', 'top-tree']],
        ['repaintSpare', ['lights', 'materials', 'top-tree']],
        ['hide', ['lights', 'top-tree']],
        ['reshape', ['lights', 'refit', 'top-tree']],
        ['shine', ['lights']],
        ['turnSun', ['lights']],
        ['unshine', ['lights']]
    ])('follows with no more work than it takes, and shows what the engine shows: %s', async (name, rebuilt) => {
        const told = await app.call<string[][]>('change', name);
        expect(told.map((what) => [...what].sort())).toEqual([rebuilt]);
        const { traced, raster } = await both();
        expect(differing(traced, raster, 8)).toBeLessThan(EDGES);
    });

    it.each([
        ['linear', TONEMAP_LINEAR],
        ['filmic', TONEMAP_FILMIC],
        ['hejl', TONEMAP_HEJL],
        ['aces', TONEMAP_ACES],
        ['aces2', TONEMAP_ACES2],
        ['neutral', TONEMAP_NEUTRAL],
        ['none', TONEMAP_NONE]
    ])("turns light into the engine's own bytes: tone mapping %s, exposure 1.5", async (_, toneMapping) => {
        await app.call('exposure', 1.5);
        await app.call('toneMapping', toneMapping);
        const { traced, raster } = await both();
        // Half floats keep 11 bits, which the steepest of the curves makes two levels of.
        expect(differing(traced, raster, 2)).toBeLessThan(EDGES);
    });

    it.each(['sky', 'turnSky', 'tumbleSky', 'brightSky', 'atlas'])("has the engine's own sky: %s", async (name) => {
        const told = await app.call<string[][]>('change', name);
        expect(told.map((what) => [...what].sort())).toEqual([['environment', 'lights']]);
        const { traced, raster } = await both();
        // An edge between two sides of the cube, which the engine's sampler filters across: three columns of 64 more.
        expect(differing(traced, raster, 8)).toBeLessThan(EDGES + 0.05);
    });

    it('has followed to the scene that is there when it is taken anew', async () => {
        const [followed, anew] = await app.call<string[][]>('stills');
        for (const [i, name] of ['albedo', 'normal', 'depth'].entries()) {
            const [a, b] = [floats(followed![i]!), floats(anew![i]!)];
            const worst = a.reduce((max, value, k) => Math.max(max, value === b[k] ? 0 : Math.abs(value - b[k]!)), 0);
            // Transforms are singles on both ways; a ray that passes between two triangles may take the other one's normal.
            expect(worst, name).toBeLessThan(1e-4);
        }
    });

    it('says in a still how far things have moved since the still before, and the camera', async () => {
        const stills = await app.call<string[][]>('motion');
        const [first, moved, panned, rest] = stills.map((layers) => layers.map(floats)) as [Float32Array[], ...[]] &
            Float32Array[][];
        const pixels = WIDTH * HEIGHT;
        // 45 degrees from top to bottom.
        const focal = HEIGHT / 2 / Math.tan(Math.PI / 8);
        /** Worst error of the motion where an instance is, or is not. `metres`: to the right. */
        const worst = (
            [motion, instance, depth]: Float32Array[],
            of: (id: number) => boolean,
            metres: number
        ): number =>
            Math.max(
                ...Array.from({ length: pixels }, (_, i) => {
                    if (!of(instance![i]!) || !Number.isFinite(depth![i]!)) return 0;
                    const expected = (metres * focal) / depth![i]!;
                    return Math.hypot(motion![i]! - expected, motion![pixels + i]!);
                })
            );
        const box = first![1]!.find((id) => id > 0)!;
        const isBox = (id: number): boolean => id === box;
        expect(first![1]!.filter(isBox).length).toBeGreaterThan(50);
        // Singles on the engine's side and ours.
        expect(worst(first!, () => true, 0)).toBeLessThan(1e-3);
        expect(worst(moved!, isBox, 0.25)).toBeLessThan(1e-3);
        expect(worst(moved!, (id) => !isBox(id), 0)).toBeLessThan(1e-3);
        expect(worst(panned!, () => true, 0.125)).toBeLessThan(1e-3);
        expect(worst(rest!, () => true, 0)).toBeLessThan(1e-3);
    });

    it('leaves nothing alive', async () => {
        expect(await app.call('live')).toBe(0);
    });
});
