import { Frame, halfFromFloat, quantize8, srgbFromLinear } from '@mixreel/image';
import { afterEach, describe, expect, it } from 'vitest';
import type { PageGuard } from '../../src/browser/page-guard.ts';
import { readPagePicture } from '../../src/page/read-capture.ts';

/** Runs what would be serialised into a page in this process, whose globals are then the page's. */
const guard = {
    watch: <T>(work: Promise<T>): Promise<T> => work,
    page: { evaluate: async (f: (...args: unknown[]) => unknown, ...args: unknown[]) => f(...args) }
} as unknown as PageGuard;
const page = globalThis as { app?: { read: () => unknown } };

async function read(data: unknown, widthPx = 2, heightPx = 2): Promise<Frame> {
    page.app = { read: () => ({ widthPx, heightPx, data }) };
    const picture = await readPagePicture(guard, { read: 'app.read' });
    if (!(picture instanceof Frame)) throw new Error('no frame');
    return picture;
}

afterEach(() => {
    delete page.app;
});

describe('a buffer that a page reads back', () => {
    // Values that halves hold exactly, light above white among them; 4 pixels of RGB.
    const linear = [0, 0.25, 0.5, 1, 2, 40, 0.125, 3, 0.75, 0.0625, 1000, 0.375];
    const planar = (values: readonly number[], channels: number): Float32Array =>
        Float32Array.from({ length: 12 }, (_, i) => values[(i % 4) * channels + Math.floor(i / 4)]!);
    const rgba = [0, 1, 2, 3].flatMap((pixel) => [...linear.slice(3 * pixel, 3 * pixel + 3), 0.5]);

    it.each<[string, (values: readonly number[]) => ArrayBufferView]>([
        ['Float32Array', (values) => Float32Array.from(values)],
        ['Float64Array', (values) => Float64Array.from(values)],
        ['Uint16Array of halves', (values) => Uint16Array.from(values, halfFromFloat)],
        [
            'Float16Array',
            (values) => {
                const halves = Uint16Array.from(values, halfFromFloat);
                // Node.js 20 has none; a page's says so by this tag.
                return Object.defineProperty(halves, Symbol.toStringTag, { value: 'Float16Array' });
            }
        ],
        ['part of a larger buffer', (values) => Float32Array.of(9, ...values).subarray(1)]
    ])('is linear, of three channels or four: %s', async (_, make) => {
        expect((await read(make(linear))).layer('color')).toEqual(planar(linear, 3));
        expect((await read(make(rgba))).layer('color')).toEqual(planar(rgba, 4));
    });

    it.each([Uint8Array, Uint8ClampedArray])('is sRGB in bytes: %o', async (type) => {
        const codes = [0, 1, 64, 128, 200, 255, 3, 9, 27, 81, 243, 12];
        const { layers } = await read(type.from(codes));
        const back = Array.from(layers.get('color')!, (value) => quantize8(srgbFromLinear(value)));
        expect(back).toEqual([...planar(codes, 3)]);
    });

    it('is refused with what it should be where it is neither', async () => {
        await expect(read([0.5])).rejects.toThrowError(/data of app\.read\(\) of the page is of Array.*Float32Array/);
        await expect(read(new Uint32Array(12))).rejects.toThrowError(/is of Uint32Array/);
        await expect(read(new DataView(new ArrayBuffer(12)))).rejects.toThrowError(/is of DataView/);
        await expect(read(undefined)).rejects.toThrowError(/is of Undefined/);
        await expect(read(new Float32Array(8))).rejects.toThrowError(/2 x 2 pixels of 2 channels/);
        page.app = { read: () => undefined };
        await expect(readPagePicture(guard, { read: 'app.read' })).rejects.toThrowError(/is of Undefined/);
    });
});
