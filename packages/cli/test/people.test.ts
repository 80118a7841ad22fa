import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeypoints } from '@mixreel/codec';
import { writePng } from '@mixreel/image';
import { expect, test } from 'vitest';
import { writeFakeInstall } from '../../codec/test/helpers/fake-install.ts';
import { mixreel, temporaryFolder } from './mixreel.ts';

const [WIDTH, HEIGHT] = [96, 64];

/** A red square that goes right on a grey wall, as frame-2.png … frame-11.png. */
function walk(folder: string, count: number): string {
    const frames = join(folder, 'frames');
    mkdirSync(frames);
    for (let i = 0; i < count; i++) {
        const data = new Uint8Array(3 * WIDTH * HEIGHT).fill(110);
        for (let y = 16; y < 40; y++) {
            for (let x = 20 + 3 * i; x < 36 + 3 * i; x++) data.set([230, 20, 30], 3 * (y * WIDTH + x));
        }
        const png = writePng({ widthPx: WIDTH, heightPx: HEIGHT, channels: 3, bitDepth: 8, data });
        writeFileSync(join(frames, `frame-${i + 2}.png`), png);
    }
    return frames;
}

test('a folder of a moving person becomes key pictures and points, and decodes to as many pictures', async () => {
    const folder = temporaryFolder();
    const [frames, out, models] = [walk(folder, 10), join(folder, 'clip.mxr'), join(folder, 'install')];
    writeFakeInstall(models);
    const { code, stdout, stderr } = await mixreel(
        ['encode', frames, '--people', '--parts', 'body,hands', '-o', out, '--json'],
        { env: { MIXREEL_HUMAN_MODELS: models } }
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: 10, widthPx: WIDTH, heightPx: HEIGHT, keys: 1, seen: 10 });
    const points = readKeypoints(new Uint8Array(await readFile(out)));
    expect(points.length).toBe(10);
    // By number, not by letter: frame-2 before frame-11, so the person goes right all the time.
    const xs = points.map((track) => track[0]![0]);
    for (let i = 1; i < xs.length; i++) expect(xs[i]).toBeGreaterThan(xs[i - 1]!);
    const decoded = await mixreel(['decode', out, '-o', join(folder, 'out.png'), '--json']);
    expect(decoded.code, decoded.stderr).toBe(0);
    const { files, frames: about } = JSON.parse(decoded.stdout);
    expect(files.length).toBe(10);
    expect(about.map(({ exact }: { exact: boolean }) => exact)).toEqual([true, ...new Array(9).fill(false)]);
});

test('people without the networks end with code 3 and what to install; a part that is none with 2', async () => {
    const folder = temporaryFolder();
    const frames = walk(folder, 1);
    const absent = await mixreel(['encode', frames, '--people', '--models', folder, '-o', join(folder, 'x.mxr')]);
    expect(absent.code).toBe(3);
    expect(absent.stderr).toMatch(/not installed in .*Install @vladmandic\/human-models/);
    const feet = await mixreel(['encode', frames, '--people', '--parts', 'feet', '-o', join(folder, 'x.mxr')]);
    expect(feet.code).toBe(2);
    expect(feet.stderr).toMatch(/"feet" is no part of a person/);
    mkdirSync(join(folder, 'none'));
    const none = await mixreel(['encode', join(folder, 'none'), '-o', join(folder, 'x.mxr')]);
    expect(none.stderr).toMatch(/holds no picture/);
});

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

test.skipIf(!hasFfmpeg)(
    'a clip is cut into its frames (skipped without ffmpeg); one that is none is refused',
    async () => {
        const folder = temporaryFolder();
        const [frames, clip, out] = [walk(folder, 6), join(folder, 'clip.mkv'), join(folder, 'clip.mxr')];
        const made = spawnSync('ffmpeg', [
            '-v',
            'error',
            '-r',
            '10',
            '-start_number',
            '2',
            '-i',
            join(frames, 'frame-%d.png'),
            '-c:v',
            'ffv1',
            clip
        ]);
        expect(made.status).toBe(0);
        const { code, stdout, stderr } = await mixreel(['encode', clip, '--fps', '10', '-o', out, '--json']);
        expect(code, stderr).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ frames: 6, widthPx: WIDTH, heightPx: HEIGHT });
        writeFileSync(join(folder, 'not.mp4'), 'no video');
        const not = await mixreel(['encode', join(folder, 'not.mp4'), '-o', out]);
        expect(not.code).toBe(2);
        expect(not.stderr).toMatch(/the clip .* cannot be read/);
    }
);
