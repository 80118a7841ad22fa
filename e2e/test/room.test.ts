import { readPng } from '@mixreel/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';

const WIDTH = 160;
const HEIGHT = 120;

let host: AppHost | undefined;
let app: OpenApp;

/** What the canvas shows after three more frames: RGB bytes. */
async function shown(): Promise<Uint8Array> {
    await app.guard.page.evaluate(
        () =>
            new Promise<void>((resolve) =>
                requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
            )
    );
    const png = readPng(await app.guard.page.screenshot({ clip: { x: 0, y: 0, width: WIDTH, height: HEIGHT } }));
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let i = 0; i < WIDTH * HEIGHT; i++)
        for (let c = 0; c < 3; c++) rgb[i * 3 + c] = png.data[i * png.channels + c]!;
    return rgb;
}

/** Share of the pixels that differ by more than 12 levels in a channel. */
function differing(a: Uint8Array, b: Uint8Array): number {
    let count = 0;
    for (let i = 0; i < a.length; i += 3) if ([0, 1, 2].some((c) => Math.abs(a[i + c]! - b[i + c]!) > 12)) count++;
    return count / (a.length / 3);
}

/** Waits until the picture stands still: textures are decoded some frames after the room is shown. */
async function settled(): Promise<Uint8Array> {
    let before = await shown();
    for (;;) {
        const now = await shown();
        if (differing(before, now) === 0) return now;
        before = now;
    }
}

beforeAll(async () => {
    host = await AppHost.start();
    app = await host.open('room');
});

afterAll(async () => {
    await host?.close();
});

describe('a generated room in a PlayCanvas app', () => {
    it('fills the picture, looks different when it is made anew, and the same again when that is undone', async () => {
        const black = new Uint8Array(WIDTH * HEIGHT * 3);
        expect(await app.call<string[]>('show')).toContain('sofa');
        const first = await settled();
        // A closed room: no pixel shows the black behind it but deep shadow and dark things.
        expect(differing(first, black)).toBeGreaterThan(0.9);
        await app.call('regenerate', 77);
        const second = await settled();
        expect(differing(first, second)).toBeGreaterThan(0.05);
        await app.call('undo');
        // Light adds up in the same order, so the same scene is the same picture; one pixel in a thousand may lie on an edge.
        expect(differing(first, await settled())).toBeLessThan(0.001);
        expect(await app.call('destroy')).toEqual({ entities: 0, meshes: 0, materials: 0, textures: 0 });
        expect(differing(await settled(), black)).toBe(0);
    });
});
