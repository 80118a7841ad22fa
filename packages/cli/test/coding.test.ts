import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame, readPng, writeFrameExr, writePng } from '@mixreel/image';
import { describe, expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

/** A picture with smooth parts, edges and a little noise. */
function picture(seed: number, widthPx = 96, heightPx = 64): Uint8Array {
    const noise = Rng.create(seed).stream('noise');
    const data = new Uint8Array(3 * widthPx * heightPx);
    for (let i = 0; i < data.length; i++) {
        const pixel = Math.floor(i / 3);
        const [x, y] = [pixel % widthPx, Math.floor(pixel / widthPx)];
        const block = (x >> 4) + (y >> 4) + seed;
        data[i] = ((block * 53 * (1 + (i % 3))) & 127) + ((2 * x) & 63) + noise.integer(8);
    }
    return writePng({ widthPx, heightPx, channels: 3, bitDepth: 8, data });
}

test('a picture survives encode and decode, with the figures as JSON', async () => {
    const folder = temporaryFolder();
    const [png, mxr, back] = ['in.png', 'out.mxr', 'back.png'].map((name) => join(folder, name)) as [
        string,
        string,
        string
    ];
    writeFileSync(png, picture(1));
    const encoded = await mixreel(['encode', png, '-o', mxr, '--quality', '80', '--json']);
    // A slow machine prints progress, and nothing else.
    expect(encoded.stderr).toMatch(/^(encoding: \d+ %\n)*$/);
    expect(encoded.code).toBe(0);
    const figures = JSON.parse(encoded.stdout);
    expect(figures).toMatchObject({ out: mxr, frames: 1, widthPx: 96, heightPx: 64, bytes: readFileSync(mxr).length });
    expect(await mixreel(['decode', mxr, '-o', back])).toMatchObject({ code: 0 });
    const [a, b] = [readPng(readFileSync(png)), readPng(readFileSync(back))];
    expect([b.widthPx, b.heightPx]).toEqual([96, 64]);
    const squares = [...a.data].reduce((sum, value, i) => sum + (value - (b.data[i] as number)) ** 2, 0);
    // The codec's own figure, from the files: what decode writes is what encode said it would.
    expect(10 * Math.log10((255 * 255 * a.data.length) / squares)).toBeCloseTo(figures.psnrDb, 2);
});

test('a picture is sent with a map of regions, or without: smaller, with nothing to edit', async () => {
    const folder = temporaryFolder();
    const png = join(folder, 'in.png');
    writeFileSync(png, picture(1));
    const inspected = async (structure: string): Promise<{ bytes: number; layerBytes: Record<string, number> }> => {
        const mxr = join(folder, `${structure}.mxr`);
        const words = ['encode', png, '-o', mxr, '--structure', structure, '--unit-bytes', '65000'];
        expect(await mixreel(words)).toMatchObject({ code: 0 });
        return JSON.parse((await mixreel(['inspect', mxr, '--json'])).stdout);
    };
    const [auto, none] = [await inspected('auto'), await inspected('none')];
    expect(auto.layerBytes['structure']).toBeGreaterThan(0);
    expect(none.layerBytes).toMatchObject({ structure: 0, style: 0 });
    expect(await mixreel(['encode', png, '-o', join(folder, 'x.mxr'), '--structure', 'edges'])).toMatchObject({
        code: 2
    });
});

test('a shared scene is sent as its light, and decoded with the layers that the receiver has', async () => {
    const folder = temporaryFolder();
    const [exr, other, mxr, png] = ['room.exr', 'other.exr', 'light.mxr', 'room.png'].map((name) =>
        join(folder, name)
    ) as [string, string, string, string];
    const room = (side: number): Buffer => {
        const planes = (channels: number, value: (i: number) => number): Float32Array =>
            Float32Array.from({ length: channels * side * side }, (_, i) => value(i));
        const albedo = planes(3, (i) => 0.2 + 0.6 * ((i >> 2) % 2));
        const color = albedo.map((value) => 0.7 * (value + 0.03));
        const normal = planes(3, (i) => (i < 2 * side * side ? 0 : 1));
        const layers = { color, albedo, normal, depth: planes(1, () => 2) };
        return Buffer.from(writeFrameExr(new Frame({ widthPx: side, heightPx: side, layers })));
    };
    writeFileSync(exr, room(32));
    writeFileSync(other, room(16));
    expect(await mixreel(['encode', exr, '-o', mxr, '--shared-scene', '--quality', '10'])).toMatchObject({ code: 0 });
    expect(await mixreel(['decode', mxr, '-o', png])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/light of a shared scene alone/)
    });
    const wrong = await mixreel(['decode', mxr, '--guide', other, '-o', png]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/16x16 \(expected 32x32/) });
    const decoded = await mixreel(['decode', mxr, '--guide', exr, '-o', png, '--json']);
    expect(JSON.parse(decoded.stdout)).toMatchObject({ frames: [{ exact: true, concealedShare: 0 }] });
    // The paint is the receiver's own: every stripe is there, though light alone was sent.
    const { data } = readPng(readFileSync(png));
    expect(Math.abs((data[3 * 5] as number) - (data[0] as number))).toBeGreaterThan(60);
    const plain = await mixreel(['encode', exr, '-o', mxr]);
    expect(plain.code).toBe(0);
    expect(await mixreel(['decode', mxr, '--guide', exr, '-o', png])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/is no shared scene/)
    });
});

test('tokens of fixed length are sent where they are asked for', async () => {
    const folder = temporaryFolder();
    const [png, mxr] = [join(folder, 'in.png'), join(folder, 'out.mxr')];
    writeFileSync(png, picture(1));
    expect(await mixreel(['encode', png, '-o', mxr, '--fixed-length'])).toMatchObject({ code: 0 });
    const { layerBytes } = JSON.parse((await mixreel(['inspect', mxr, '--json'])).stdout);
    expect(layerBytes).toMatchObject({ texture: 0, structure: 0 });
    expect(layerBytes.tokens).toBeGreaterThan(0);
    expect(await mixreel(['encode', png, '-o', mxr, '--fixed-length', '--grain'])).toMatchObject({ code: 2 });
});

test('several pictures become one stream and come back in order; the same input gives the same bytes', async () => {
    const folder = temporaryFolder();
    const names = [1, 2, 3].map((i) => {
        const path = join(folder, `f${i}.png`);
        writeFileSync(path, picture(i));
        return path;
    });
    const streams = await Promise.all(
        ['a.mxr', 'b.mxr'].map(async (name) => {
            const path = join(folder, name);
            expect(await mixreel(['encode', ...names, '-o', path])).toMatchObject({ code: 0 });
            return readFileSync(path);
        })
    );
    expect(streams[0]?.equals(streams[1] as Buffer)).toBe(true);
    const decoded = await mixreel(['decode', join(folder, 'a.mxr'), '-o', join(folder, 'out.png'), '--json']);
    expect(decoded.code).toBe(0);
    const files = ['out-0000.png', 'out-0001.png', 'out-0002.png'].map((name) => join(folder, name));
    expect(JSON.parse(decoded.stdout).files).toEqual(files);
    for (const file of files) expect(existsSync(file)).toBe(true);
});

describe('broken input ends with code 2 and one message, and writes nothing', () => {
    const spoil: readonly (readonly [string, (bytes: Buffer) => Uint8Array, RegExp])[] = [
        ['a bitstream with flipped bits', (b) => flip(b, b.length >> 1), /is damaged: 1 unit did not pass .*--conceal/],
        [
            'a truncated bitstream',
            (b) => b.subarray(0, b.length >> 1),
            /is damaged: .*index is unreadable.*Fetch the file again/
        ],
        ['a bitstream that is none', () => Buffer.from('hello, world'), /does not start with the signature/],
        ['an empty bitstream', () => new Uint8Array(0), /does not start with the signature/]
    ];
    for (const [what, change, message] of spoil) {
        test(what, async () => {
            const folder = temporaryFolder();
            const [png, mxr, out] = ['in.png', 'x.mxr', 'out.png'].map((name) => join(folder, name)) as [
                string,
                string,
                string
            ];
            writeFileSync(png, picture(1));
            await mixreel(['encode', png, '-o', mxr]);
            writeFileSync(mxr, change(readFileSync(mxr)));
            writeFileSync(out, 'kept');
            const { code, stdout, stderr } = await mixreel(['decode', mxr, '-o', out]);
            expect([code, stdout]).toEqual([2, '']);
            expect(stderr.trimEnd().split('\n')).toHaveLength(1);
            expect(stderr).toMatch(message);
            expect(readFileSync(out, 'utf8')).toBe('kept');
        });
    }

    test('pictures of two sizes, a picture that is none, an ending that is none', async () => {
        const folder = temporaryFolder();
        const path = (name: string): string => join(folder, name);
        writeFileSync(path('a.png'), picture(1));
        writeFileSync(path('b.png'), picture(1, 64, 64));
        writeFileSync(path('c.png'), picture(1).subarray(0, 300));
        const cases: readonly (readonly [string[], RegExp])[] = [
            [
                ['encode', path('a.png'), path('b.png'), '-o', path('x.mxr')],
                /b.png is 64x64 \(expected 96x64, as the first/
            ],
            [['encode', path('c.png'), '-o', path('x.mxr')], /^mixreel: .*\. .*\.$/],
            [['encode', path('none.png'), '-o', path('x.mxr')], /there is no such file/],
            [['encode', path('a.png'), '-o', path('x.mp4')], /ends in ".mp4" \(expected .mxr\)/],
            [['encode', path('a.png'), '--quality', '101'], /--quality is "101" \(expected a number from 0 to 100\)/],
            [['encode'], /got no file \(expected PICTURE\|FOLDER\|CLIP...\)/]
        ];
        for (const [words, message] of cases) {
            const { code, stderr } = await mixreel(words, { cwd: folder });
            expect(code, words.join(' ')).toBe(2);
            expect(stderr.trimEnd()).toMatch(message);
        }
        expect(existsSync(path('x.mxr'))).toBe(false);
    });
});

test('a damaged bitstream is decoded with --conceal, and the exit code tells', async () => {
    const folder = temporaryFolder();
    const [png, mxr, out] = ['in.png', 'x.mxr', 'out.png'].map((name) => join(folder, name)) as [
        string,
        string,
        string
    ];
    writeFileSync(png, picture(1));
    await mixreel(['encode', png, '-o', mxr]);
    const bytes = readFileSync(mxr);
    writeFileSync(mxr, flip(bytes, bytes.length >> 1));
    const { code, stdout } = await mixreel(['decode', mxr, '-o', out, '--conceal', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).damage.units).toBe(1);
    expect(readPng(readFileSync(out)).widthPx).toBe(96);
});

test('encode says how much light is above white, and nothing when a curve keeps it', async () => {
    const folder = temporaryFolder();
    const [exr, mxr] = [join(folder, 'bright.exr'), join(folder, 'x.mxr')];
    const color = Float32Array.from({ length: 3 * 64 }, (_, i) => (i % 64 < 16 ? 2 : 0.5));
    writeFileSync(exr, writeFrameExr(new Frame({ widthPx: 8, heightPx: 8, layers: { color } })));
    const said = async (...words: string[]): Promise<string> =>
        (await mixreel(['encode', exr, '-o', mxr, ...words])).stdout;
    expect(await said()).toMatch(/25\.0 % of its light is above white and lost: --tonemap/);
    expect(await said('--tonemap', 'neutral')).toMatch(/dB\n$/);
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
    const out = Uint8Array.from(bytes);
    out[at] = (out[at] as number) ^ 0x10;
    return out;
}
