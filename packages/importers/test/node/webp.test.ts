import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Document } from '@gltf-transform/core';
import { MixreelError } from '@mixreel/core';
import { decodeTexturesWith } from '@mixreel/importers';
import { decodeWebp, readGltfFile } from '@mixreel/importers/node';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const CAT = fileURLToPath(new URL('../../../../../shared/scenes/gltf/cat.glb', import.meta.url));

interface Encoder {
    encode(data: Uint8Array, widthPx: number, heightPx: number, options: object): Uint8Array;
}
let encoder: Encoder;
let defaults: object;

beforeAll(async () => {
    const wasm = createRequire(import.meta.url).resolve('@jsquash/webp/codec/enc/webp_enc.wasm');
    const factory = (await import('@jsquash/webp/codec/enc/webp_enc.js')).default as unknown as (
        options: object
    ) => Promise<Encoder>;
    encoder = await factory({ noInitialRun: true, wasmBinary: await readFile(wasm) });
    defaults = (await import('@jsquash/webp/meta.js')).defaultOptions;
});

function webp(data: Uint8Array, widthPx: number, heightPx: number, options: object = {}): Uint8Array {
    return Uint8Array.from(encoder.encode(data, widthPx, heightPx, { ...defaults, ...options }));
}

const LOSSLESS = { lossless: 1, exact: 1 };

function documentWith(image: Uint8Array): Document {
    const document = new Document();
    document.createTexture('fur').setImage(image).setMimeType('image/webp');
    return document;
}

describe('decodeWebp', () => {
    it('gives back what was stored without loss, hidden colours too', async () => {
        const side = fc.integer({ min: 1, max: 9 });
        await fc.assert(
            fc.asyncProperty(side, side, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), async (w, h, bytes) => {
                const data = Uint8Array.from(bytes.take(4 * w * h));
                const image = await decodeWebp(webp(data, w, h, LOSSLESS));
                expect(image).toEqual({ widthPx: w, heightPx: h, data });
            }),
            { numRuns: 20 }
        );
    });

    it.each([
        ['opaque', 255],
        ['with alpha', 128]
    ])('reads lossy pictures, %s', async (_name, alpha) => {
        const data = Uint8Array.from({ length: 4 * 16 * 8 }, (_, i) => (i % 4 === 3 ? alpha : 100));
        const image = await decodeWebp(webp(data, 16, 8, { quality: 90 }));
        expect([image.widthPx, image.heightPx]).toEqual([16, 8]);
        // A plain grey survives the loss to within a step or two of its YUV code.
        expect(Math.max(...image.data.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(3);
    });

    it('refuses what is damaged, and what claims to be huge before it is decoded', async () => {
        const good = webp(new Uint8Array(4 * 64).fill(7), 8, 8, LOSSLESS);
        const huge = good.slice();
        new DataView(huge.buffer).setUint32(21, 0x0fffffff, true);
        await expect(decodeWebp(huge)).rejects.toThrow(/16384 x 16384.*Scale/);
        await expect(decodeWebp(good.slice(0, 20))).rejects.toThrow(/20 bytes/);
        await fc.assert(
            fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), async (at, value, end) => {
                const bad = good.slice(0, end);
                if (at < end) bad[at] = value;
                const failed = await decodeWebp(bad).catch((error) => error);
                if (failed instanceof Error) expect(failed).toBeInstanceOf(MixreelError);
            }),
            { numRuns: 100 }
        );
    });
});

describe('decodeTexturesWith', () => {
    it('asks the decoder of a format that is not read here', async () => {
        const data = Uint8Array.of(1, 2, 3, 255);
        const webpOnly = await decodeTexturesWith(documentWith(webp(data, 1, 1, LOSSLESS)), { webp: decodeWebp });
        expect([...webpOnly.values()]).toEqual([{ widthPx: 1, heightPx: 1, data }]);
        const ktx = Uint8Array.from('\u00abKTX 20', (char) => char.charCodeAt(0));
        const image = { widthPx: 1, heightPx: 1, data };
        const given = await decodeTexturesWith(documentWith(ktx), { ktx2: () => Promise.resolve(image) });
        expect([...given.values()]).toEqual([image]);
    });

    it('leaves out or refuses, as the caller likes, what has no decoder', async () => {
        const document = documentWith(webp(new Uint8Array(4), 1, 1));
        const heard: string[] = [];
        const none = await decodeTexturesWith(document, {}, { unreadable: (message) => heard.push(message) });
        expect([none.size, heard.length]).toEqual([0, 1]);
        await expect(decodeTexturesWith(document, {})).rejects.toThrow(/texture "fur".*gltf-transform png/);
    });

    it('names the texture whose decoder fails', async () => {
        const document = documentWith(webp(new Uint8Array(4), 1, 1));
        const failing = () => Promise.reject(new Error('no memory'));
        await expect(decodeTexturesWith(document, { webp: failing })).rejects.toThrow(/^texture "fur": no memory/);
        const cut = documentWith(webp(new Uint8Array(4), 1, 1).slice(0, 25));
        await expect(decodeTexturesWith(cut, { webp: decodeWebp })).rejects.toThrow(/^texture "fur": the WebP picture/);
    });

    it.skipIf(!existsSync(CAT))('decodes every picture of a model in WebP (skipped without ../shared)', async () => {
        const document = await readGltfFile(CAT);
        const decoded = await decodeTexturesWith(document, { webp: decodeWebp });
        expect(decoded.size).toBe(document.getRoot().listTextures().length);
        expect(decoded.size).toBeGreaterThan(0);
        for (const { widthPx, heightPx, data } of decoded.values()) expect(data.length).toBe(4 * widthPx * heightPx);
    });
});
