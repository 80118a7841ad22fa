/** Lights, vertex colours and misfortunes on a page whose raster picture and traced picture can be the same. */
import type { View } from '@mixreel/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';
import type { Plain } from '../src/page-api.ts';
import { floats, shownRgb } from '../src/read-page.ts';

const WIDTH = 96;
const HEIGHT = 72;
const FALLOFF = { linear: 0, squared: 1 } as const;

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    host = await AppHost.start();
    // A test kills the engine's device, of which the engine complains.
    app = await host.open('lit-floor', { failOnPageError: false });
});

afterAll(async () => {
    await host?.close();
});

interface Settings {
    readonly type: string;
    readonly [name: string]: string | number | boolean | readonly number[];
}

const SUN: Settings = { type: 'directional', intensity: 0.625, angles: [40, 30, 0], position: [0, 0, 0] };
const OMNI: Settings = { type: 'omni', angles: [0, 0, 0], position: [0.5, 1.5, 0.25] };
const SPOT: Settings = { ...OMNI, type: 'spot', innerConeAngle: 15, outerConeAngle: 35, angles: [10, 0, 15] };

describe('a matte floor', () => {
    it.each<[string, Settings]>([
        ['a sun and ambient light', { ...SUN, ambient: 0.5 }],
        ['a lamp that falls off linearly', { ...OMNI, falloffMode: FALLOFF.linear, range: 3 }],
        ['a lamp that falls off by the square', { ...OMNI, falloffMode: FALLOFF.squared, range: 5, intensity: 0.25 }],
        ['a spot that falls off linearly', { ...SPOT, falloffMode: FALLOFF.linear, range: 4 }],
        ['a spot that falls off by the square', { ...SPOT, falloffMode: FALLOFF.squared, range: 6, intensity: 0.25 }],
        ['a sun, with vertices of several colours', { ...SUN, colored: true }]
    ])("has the radiance that the engine's own picture has under %s", async (_, settings) => {
        await app.call('shine', { ambient: 0, colored: false, ...settings } as never);
        const raster = await shownRgb(app, WIDTH, HEIGHT);
        const still = await app.call<{ left: string[]; color: string; variance: string }>('still');
        expect(still.left).toEqual([]);
        const light = floats(still.color);
        const variance = floats(still.variance);
        const pixels = WIDTH * HEIGHT;
        let worst = 0;
        let squares = 0;
        let brightest = 0;
        const sums = new Map<string, { difference: number; variance: number; count: number }>();
        for (let k = 0; k < 3 * pixels; k++) {
            const [c, i] = [k % 3, Math.floor(k / 3)];
            const shown = (raster[k]! / 255) ** 2.2;
            const difference = Math.min(1, light[c * pixels + i]!) - shown;
            worst = Math.max(worst, Math.abs(difference));
            squares += difference ** 2;
            brightest = Math.max(brightest, shown);
            const block = `${(i % WIDTH) >> 3} ${Math.floor(i / WIDTH) >> 3} ${c}`;
            for (const key of [block, `${c}`]) {
                const of = sums.get(key) ?? { difference: 0, variance: 0, count: 0 };
                of.difference += difference;
                of.variance += variance[c * pixels + i]!;
                of.count++;
                sums.set(key, of);
            }
        }
        // The test would see a dark picture.
        expect(brightest).toBeGreaterThan(0.05);
        if (settings['ambient']) {
            // Two lights are chosen between, and 16 samples are left with noise. Half a level of 255 is 0.0043 of white at most; beyond
            // it 4.5 standard errors of the samples, for blocks of 8 x 8 pixels and for the whole picture: 330 checks, a false
            // alarm in 400 seeds, and the seed is fixed.
            for (const [key, of] of sums) {
                const error = Math.sqrt(of.variance) / of.count;
                expect(Math.abs(of.difference / of.count), key).toBeLessThan(0.0043 + 4.5 * error);
            }
            return;
        }
        // Without noise: rounding alone, half a level.
        expect(Math.sqrt(squares / (3 * pixels))).toBeLessThan(0.0025);
        // A pixel of the engine's is light at its middle, of ours its mean: they part where light is steep.
        expect(worst).toBeLessThan(0.015);
    });

    it("is seen by both eyes of an XR session, from where the engine's matrices put them", async () => {
        interface Eye {
            readonly view: View;
            readonly layers: { readonly depth: string; readonly color: string };
        }
        const [left, right]: readonly [Eye, Eye] = await app.call<never>('stereo');
        expect([left.view.eye, right.view.eye]).toEqual(['left', 'right']);
        expect(right.view.position[0] - left.view.position[0]).toBeCloseTo(0.064, 6);
        for (const { view } of [left, right]) expect(view.position[1]).toBeCloseTo(3, 5);
        // Of a floor that is level along the line between the eyes, both see the same depths.
        expect(floats(left.layers.depth)).toEqual(floats(right.layers.depth));
        expect(left.layers.color).not.toBe(right.layers.color);
    });
});

describe('the plugin', () => {
    it('keeps its budget with parts of samples, which give the same film as whole ones', async () => {
        const { parts, told, same } = await app.call<{ parts: number[]; told: Plain[]; same: boolean }>('budget');
        // 12 ms are 120 paths by that clock: a workgroup of 64. The first two parts had to find that out.
        expect(parts[0]).toBe(256);
        expect(Math.max(...parts.slice(2))).toBe(64);
        expect(parts.reduce((sum, paths) => sum + paths)).toBe(2 * 24 * 18);
        // Shown when all pixels have one.
        expect(told).toEqual([['scene'], ['samples', 1], ['samples', 2]]);
        expect(same).toBe(true);
    });

    it('tells of a device that is lost, and goes on from its last film on the next, to the same picture', async () => {
        const { told, same, left } = await app.call<{ told: Plain[]; same: boolean; left: number }>('loseDevice');
        expect(told.slice(0, 5)).toEqual([['scene'], ['samples', 1], ['samples', 2], ['samples', 3], ['samples', 4]]);
        expect(told[5]).toEqual(['failed', 'device-lost']);
        expect(told.slice(6)).toEqual([
            ['resumed', 4],
            ['samples', 5],
            ['samples', 6]
        ]);
        expect(same).toBe(true);
        expect(left).toBe(0);
    });
});
