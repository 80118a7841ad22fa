import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    type ExrChannel,
    type ExrImage,
    exrChannel,
    Frame,
    floatFromHalf,
    halfFromFloat,
    LAYER_CHANNELS,
    type LayerName,
    readExr,
    readFrameExr,
    readPng,
    srgbFromLinear,
    writeExr,
    writeFrameExr
} from '../src/index.ts';
import { failsPolitely, mutations } from './arbitraries.ts';

const SCENES = new URL('../../../../shared/scenes/', import.meta.url);

const image: fc.Arbitrary<ExrImage> = fc
    .record({ widthPx: fc.integer({ min: 1, max: 9 }), heightPx: fc.integer({ min: 1, max: 40 }) })
    .chain(({ widthPx, heightPx }) => {
        const size = { minLength: widthPx * heightPx, maxLength: widthPx * heightPx };
        const data: fc.Arbitrary<Omit<ExrChannel, 'name'>> = fc.oneof(
            fc.float32Array({ ...size, noNaN: true }).map((values) => ({ type: 'float' as const, data: values })),
            fc.uint16Array(size).map((bits) => ({
                type: 'half' as const,
                data: Float32Array.from(bits, (b) => floatFromHalf((b & 0x7c00) === 0x7c00 ? b & 0x8000 : b))
            })),
            fc.uint32Array(size).map((values) => ({ type: 'uint' as const, data: values }))
        );
        return fc
            .dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,40}$/), data, { minKeys: 1, maxKeys: 4 })
            .map((channels) => ({
                widthPx,
                heightPx,
                channels: Object.keys(channels)
                    .sort()
                    .map((name) => ({ name, ...channels[name]! })),
                text: { comments: 'grüße' }
            }));
    });

function allLayers(widthPx: number, heightPx: number): Frame {
    const layers: Partial<Record<LayerName, Float32Array>> = {};
    let seed = 1;
    for (const [name, channels] of Object.entries(LAYER_CHANNELS)) {
        layers[name as LayerName] = Float32Array.from({ length: channels * widthPx * heightPx }, () => {
            seed = (seed * 48271) % 2147483647;
            return name === 'depth' && seed % 5 === 0 ? Number.POSITIVE_INFINITY : (seed / 2147483647 - 0.5) * 1e3;
        });
    }
    const view = {
        eye: 'left' as const,
        position: [1, 2, 3] as const,
        rotation: [0, 0.6, 0, 0.8] as const,
        projection: Array.from({ length: 16 }, (_, i) => i / 3)
    };
    return new Frame({ widthPx, heightPx, layers, view, timeNs: 16666667 });
}

describe('EXR', () => {
    it('reads back what it wrote, for every type and compression', () => {
        fc.assert(
            fc.property(
                image,
                fc.constantFrom('none' as const, 'zips' as const, 'zip' as const),
                (exr, compression) => {
                    expect(readExr(writeExr(exr, { compression }))).toEqual(exr);
                }
            )
        );
    });

    it('carries a frame with all layers, its view and its time without loss', () => {
        const frame = allLayers(19, 23);
        expect(readFrameExr(writeFrameExr(frame))).toEqual(frame);
    });

    it('rounds colours to the nearest half when asked to, and leaves ids and depth alone', () => {
        const frame = allLayers(5, 4);
        const back = readFrameExr(writeFrameExr(frame, { precision: 'half' }));
        expect([...back.layer('color')]).toEqual([...frame.layer('color')].map((v) => floatFromHalf(halfFromFloat(v))));
        expect(back.layer('depth')).toEqual(frame.layer('depth'));
        expect(back.layer('instance')).toEqual(frame.layer('instance'));
    });

    it('keeps where the data window lies', () => {
        const exr: ExrImage = {
            widthPx: 2,
            heightPx: 18,
            channels: [{ name: 'Y', type: 'float', data: Float32Array.from({ length: 36 }, (_, i) => i) }],
            text: {},
            originPx: [-3, 7]
        };
        expect(readExr(writeExr(exr))).toEqual(exr);
    });

    it('reads rows in any order, which others write', () => {
        const raw = writeExr(
            {
                widthPx: 1,
                heightPx: 2,
                channels: [{ name: 'Y', type: 'float', data: Float32Array.of(1, 2) }]
            },
            { compression: 'none' }
        );
        const swapped = raw.slice();
        const chunk = 12;
        const at = raw.length - 2 * chunk;
        swapped.set(raw.subarray(at, at + chunk), at + chunk);
        swapped.set(raw.subarray(at + chunk), at);
        expect([...readExr(swapped).channels[0]!.data]).toEqual([1, 2]);
    });

    it('reads run-length compression, which others write', () => {
        const flat = Float32Array.of(2, 2, 2, 2, 2, 2, 2, 2);
        const raw = writeExr(
            { widthPx: 8, heightPx: 1, channels: [{ name: 'Y', type: 'float', data: flat }] },
            { compression: 'none' }
        );
        // 2.0 is 00 00 00 40: even bytes all 0, odd bytes 0 and 0x40 in turn; as differences + 128.
        const split = [...new Array(16).fill(0), ...Array.from({ length: 16 }, (_, i) => (i % 2 ? 0x40 : 0))];
        const deltas = split.map((v, i) => (i === 0 ? v : (v - split[i - 1] + 128) & 255));
        const runs = [0xff, deltas[0], 15, deltas[1], 0x100 - 15, ...deltas.slice(17)];
        const name = new TextEncoder().encode('compression\0compression\0');
        const at = raw.findIndex((_, i) => name.every((b, k) => raw[i + k] === b)) + name.length + 4;
        const start = raw.length - 32;
        const packed = new Uint8Array(start + runs.length);
        packed.set(raw.subarray(0, start));
        packed.set(runs, start);
        packed[at] = 1;
        new DataView(packed.buffer).setUint32(start - 4, runs.length, true);
        expect([...readExr(packed).channels[0]!.data]).toEqual([...flat]);
    });

    it('refuses sizes that the bytes cannot hold, and limits, before allocating', () => {
        const bytes = writeExr({
            widthPx: 4,
            heightPx: 4,
            channels: [{ name: 'Y', type: 'float', data: new Float32Array(16) }]
        });
        expect(() => readExr(bytes, { maxPixels: 2 })).toThrow(/4 x 4 pixels/);
        const name = new TextEncoder().encode('dataWindow\0box2i\0');
        const at = bytes.findIndex((_, i) => name.every((b, k) => bytes[i + k] === b)) + name.length + 4;
        const huge = bytes.slice();
        new DataView(huge.buffer).setInt32(at + 8, 8000, true);
        new DataView(huge.buffer).setInt32(at + 12, 8000, true);
        expect(() => readExr(huge)).toThrow(/EXR/);
    });

    it('never fails with anything but a MixreelError on damaged bytes', () => {
        for (const compression of ['none', 'zips', 'zip'] as const) {
            const bytes = writeFrameExr(allLayers(3, 18), { compression });
            fc.assert(
                fc.property(mutations(bytes), (damaged) => failsPolitely(() => readFrameExr(damaged))),
                { numRuns: 1000 }
            );
        }
    });

    it('says how to convert files of kinds it does not read', () => {
        const bytes = writeExr({
            widthPx: 1,
            heightPx: 1,
            channels: [{ name: 'Y', type: 'float', data: new Float32Array(1) }]
        });
        const tiled = bytes.slice();
        tiled[5] = 2;
        expect(() => readExr(tiled)).toThrow(/tiled.*oiiotool/);
        expect(() => exrChannel(readExr(bytes), 'R')).toThrow(/no channel "R" \(expected one of Y\)/);
    });

    const scenes = ['cornell-box', 'staircase2', 'veach-ajar', 'living-room'];
    it.skipIf(!existsSync(SCENES))(
        'reads the reference renders, which agree with their PNGs (skipped without ../shared)',
        () => {
            for (const scene of scenes) {
                const exr = readFrameExr(readFileSync(new URL(`${scene}/TungstenRender.exr`, SCENES)));
                const png = readPng(readFileSync(new URL(`${scene}/TungstenRender.png`, SCENES)));
                expect([exr.widthPx, exr.heightPx]).toEqual([png.widthPx, png.heightPx]);
                // The PNGs are the same render behind Tungsten's filmic or plain curve: brightness order must agree.
                const pixels = png.widthPx * png.heightPx;
                const color = exr.layer('color');
                let agree = 0;
                let pairs = 0;
                for (let i = 0; i + 7919 < pixels; i += 101) {
                    const j = i + 7919;
                    const [a, b] = [srgbFromLinear(color[i]!), srgbFromLinear(color[j]!)];
                    if (Math.abs(a - b) < 0.02) continue;
                    pairs++;
                    if (a > b === png.data[i * png.channels]! >= png.data[j * png.channels]!) agree++;
                }
                expect(agree / pairs, scene).toBeGreaterThan(0.99);
            }
        }
    );

    it.skipIf(!existsSync(SCENES))('reads the sky of the living room (skipped without ../shared)', () => {
        const sky = readFrameExr(readFileSync(new URL('living-room/textures/Sky%2019.exr', SCENES)));
        expect([sky.widthPx, sky.heightPx]).toEqual([2048, 1024]);
        expect(Math.max(...sky.layer('color').subarray(0, 100000))).toBeGreaterThan(0);
    });
});
