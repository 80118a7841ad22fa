import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    host = await AppHost.start();
    app = await host.open('stream');
});

afterAll(async () => {
    await host?.close();
});

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** The engine samples textures by sRGB's curve and writes pictures by a power of 1/2.2: dark shades come out a few levels lighter. */
const shownByEngine = (level: number): number => {
    const encoded = level / 255;
    const linear = encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
    return 255 * linear ** (1 / 2.2);
};

describe('a camera streamed from one PlayCanvas app to another in Chromium', () => {
    it('is on the texture byte for byte as the encoder left it, and on the screen as the first app shows it', async () => {
        const { kinds, exact, sentRgb, cameRgb, texels, box, beside } = await app.call<{
            kinds: string[];
            exact: boolean;
            sentRgb: string;
            cameRgb: string;
            texels: string;
            box: number[][];
            beside: number[][];
        }>('pictures', 4);
        expect(kinds).toContain('predicted');
        expect(exact).toBe(true);
        expect(cameRgb).toBe(sentRgb);
        const rgb = bytesOf(sentRgb);
        const rgba = bytesOf(texels);
        const size = rgb.length / 3;
        expect(rgba.length).toBe(4 * size);
        for (let i = 0; i < size; i++) {
            for (let c = 0; c < 3; c++) expect(rgba[4 * i + c]).toBe(rgb[c * size + i]);
            expect(rgba[4 * i + 3]).toBe(255);
        }
        const [red, blue] = [box[0]!, beside[0]!];
        expect(red[0]!).toBeGreaterThan(240);
        expect(red[2]!).toBeLessThan(80);
        // The engine shows a clear colour of 0.5 as half of 255.
        expect(Math.abs(blue[2]! - 127.5)).toBeLessThan(1);
        expect(blue[0]!).toBe(0);
        // What is sent is within the chroma step of quality 60 (QP 25 + 8: 22 levels, half of it off) of what is seen; what is shown is what was sent as the engine
        // shows any texture, rounded once.
        for (let c = 0; c < 3; c++) {
            for (const [seen, sent, shown] of [box, beside] as unknown as [number[], number[], number[]][]) {
                expect(Math.abs(sent[c]! - seen[c]!)).toBeLessThan(16);
                expect(Math.abs(shown[c]! - shownByEngine(sent[c]!))).toBeLessThan(1);
            }
        }
    });

    it('sends pose and text alone where the receiver renders: its camera stands where the first one does', async () => {
        const { bytes, layers, exact, words, distance, turn, fov } = await app.call<{
            bytes: number[];
            layers: { pose: number; text: number; texture: number }[];
            exact: boolean;
            words: number;
            distance: number;
            turn: number;
            fov: number;
        }>('concepts');
        for (const [i, { pose, text, texture }] of layers.entries()) {
            expect(pose).toBeGreaterThan(0);
            expect(texture).toBe(0);
            expect(pose + text).toBe(bytes[i]);
            expect(bytes[i]).toBeLessThan(400);
        }
        expect(exact).toBe(true);
        expect(words).toBeGreaterThan(1);
        // The pose travels in 32-bit floats.
        expect(distance).toBeLessThan(1e-5);
        expect(turn).toBeGreaterThan(1 - 1e-6);
        expect(Math.abs(fov - 60)).toBeLessThan(1e-3);
    });

    it('takes a path tracer as its source, and a learned model on both sides: the texture holds what the encoder drew', async () => {
        const { layers, complete, sentRgb, texels } = await app.call<{
            layers: { concept: number; texture: number };
            complete: boolean;
            sentRgb: string;
            texels: string;
        }>('traced');
        expect(layers.concept).toBeGreaterThan(0);
        expect(layers.texture).toBe(0);
        expect(complete).toBe(true);
        const [rgb, rgba] = [bytesOf(sentRgb), bytesOf(texels)];
        const size = rgb.length / 3;
        expect(size).toBe(32 * 32);
        for (let i = 0; i < rgb.length; i++) expect(rgba[4 * (i % size) + Math.floor(i / size)]).toBe(rgb[i]);
        // A box with a red and a green wall: left redder than right.
        const redness = (x: number): number => rgb[16 * 32 + x]! - rgb[size + 16 * 32 + x]!;
        expect(redness(2)).toBeGreaterThan(redness(29));
    });

    it('leaves nothing behind', async () => {
        expect(await app.call('left')).toEqual({ children: 0, update: false, texture: false });
    });
});
