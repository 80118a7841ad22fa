import { decodeMxr, encodeMxr, TextureGenerator } from '@mixreel/codec';
import { Rng } from '@mixreel/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomNetwork } from '../../packages/codec/test/helpers/generator-file.ts';
import { movingPicture } from '../src/moving-picture.ts';
import { AppHost, type OpenApp } from '../src/open-app.ts';
import type { Plain } from '../src/page-api.ts';
import { decodedHash, randomStream } from '../src/random-streams.ts';

let host: AppHost | undefined;
let app: OpenApp;
let bytes: Uint8Array;

beforeAll(async () => {
    host = await AppHost.start();
    app = await host.open('codec');
    bytes = encodeMxr(movingPicture(3));
});

afterAll(async () => {
    await host?.close();
});

/** What the page says of a file, said by Node. */
function decodedInNode(file: Uint8Array): Plain {
    const { frames, damage } = decodeMxr(file);
    return {
        damage: JSON.parse(JSON.stringify(damage)) as Plain,
        frames: frames.map(({ frame, exact, concealedShare, corruptUnits }) => ({
            color: Buffer.from(frame.layer('color').buffer as ArrayBuffer).toString('base64'),
            exact,
            concealedShare,
            corruptUnits
        }))
    };
}

describe('the codec in Chromium', () => {
    it('decodes a file from Node to the bytes that Node decodes it to', async () => {
        const decoded = await app.call<{ frames: { exact: boolean }[] }>(
            'decode',
            Buffer.from(bytes).toString('base64')
        );
        expect(decoded).toEqual(decodedInNode(bytes));
        expect(decoded.frames.map(({ exact }) => exact)).toEqual([true, true, true]);
    });

    it('encodes the same frames to the same file', async () => {
        expect(await app.call('encode', 3)).toBe(Buffer.from(bytes).toString('base64'));
    });

    it('conceals the same damage in the same way', async () => {
        const damaged = bytes.slice();
        const where = Rng.create(11).stream('damage');
        // The first half holds the header and most of the first frame: hit the units behind it.
        for (let i = 0; i < 3; i++) {
            const at = (bytes.length >> 1) + where.integer(bytes.length >> 2);
            damaged[at] = damaged[at]! ^ 0x10;
        }
        const decoded = await app.call<{ frames: { exact: boolean }[] }>(
            'decode',
            Buffer.from(damaged).toString('base64')
        );
        expect(decoded.frames.every(({ exact }) => exact)).toBe(false);
        expect(decoded).toEqual(decodedInNode(damaged));
    });

    it('paints the texture of a network with the bytes that Node paints', async () => {
        const weights = randomNetwork({ half: 6, quarter: 10, condition: 3, blocks: 2 }, 0.002);
        const { frames } = decodeMxr(bytes, { generator: new TextureGenerator(weights) });
        const here = frames.map(({ picture }) => Buffer.from(picture.rgb).toString('base64'));
        const base64 = (part: Uint8Array): string => Buffer.from(part).toString('base64');
        expect(await app.call('paint', { weights: base64(weights), file: base64(bytes) })).toEqual(here);
        expect(frames[0]!.picture.rgb).not.toEqual(decodeMxr(bytes).frames[0]!.picture.rgb);
    });

    it.each([
        ['h264', 'mp4'],
        ['vp9', 'mp4'],
        ['vp9', 'webm']
    ] as const)(
        'writes %s in %s by WebCodecs that plays as the pictures that were decoded',
        async (codec, container) => {
            const {
                type,
                bytes: film,
                apart
            } = await app.call<{ type: string; bytes: string; apart: number[][] }>('film', {
                file: Buffer.from(bytes).toString('base64'),
                codec,
                container
            });
            expect(type).toBe(`video/${container}`);
            const head = Buffer.from(film, 'base64').subarray(0, 8);
            expect(container === 'mp4' ? head.toString('latin1', 4, 8) : head.toString('hex', 0, 4)).toBe(
                container === 'mp4' ? 'ftyp' : '1a45dfa3'
            );
            expect(apart.length).toBe(3);
            for (const [i, levels] of apart.entries()) {
                // Each is nearest to its own picture; 4:2:0, limited range and 4 Mbit/s cost a few levels.
                expect(levels.indexOf(Math.min(...levels))).toBe(i);
                expect(levels[i]).toBeLessThan(5);
            }
        }
    );

    it('decodes 1,000 random streams to the pictures that Node decodes them to', async () => {
        const streams = Array.from({ length: 1000 }, (_, i) => randomStream(i));
        const here = streams.map(decodedHash);
        const there = await app.call<string[]>(
            'hashes',
            streams.map((file) => Buffer.from(file).toString('base64'))
        );
        expect(there).toEqual(here);
        // They are not one picture over and over: only pictures of a few pixels may be alike.
        expect(new Set(here).size).toBeGreaterThan(990);
    });
});
