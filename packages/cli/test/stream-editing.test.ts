import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMxr } from '@mixreel/codec';
import { Frame, readPng } from '@mixreel/image';
import { expect, test } from 'vitest';
import { randomNetwork } from '../../codec/test/helpers/generator-file.ts';
import { mixreel, temporaryFolder } from './mixreel.ts';

const WIDTH = 64;
const HEIGHT = 48;

/** Grey above, a red thing (class 5, instance 7) below on the left, green (class 6, instance 9) on the right. */
function room(folder: string): string {
    const pixels = WIDTH * HEIGHT;
    const color = new Float32Array(3 * pixels);
    const semantic = new Float32Array(pixels);
    const instance = new Float32Array(pixels);
    for (let i = 0; i < pixels; i++) {
        const below = i >= pixels / 2;
        const left = i % WIDTH < WIDTH / 2;
        const light = !below ? [0.3, 0.3, 0.3] : left ? [0.5, 0.02, 0.02] : [0.02, 0.4, 0.05];
        light.forEach((value, channel) => {
            color[channel * pixels + i] = value;
        });
        semantic[i] = !below ? 1 : left ? 5 : 6;
        instance[i] = !below ? 1 : left ? 7 : 9;
    }
    const frame = (timeNs: number): Frame =>
        new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers: { color, semantic, instance }, timeNs });
    const path = join(folder, 'room.mxr');
    writeFileSync(path, encodeMxr([frame(0), frame(40_000_000)]));
    return path;
}

test('inspect lists layers, frames and the regions of the scene with their places', async () => {
    const path = room(temporaryFolder());
    const { code, stdout } = await mixreel(['inspect', path, '--frame', '1', '--json']);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary.frames.map((frame: { kind: string }) => frame.kind)).toEqual(['intra', 'predicted']);
    expect(summary.regionsOfFrame).toBe(0);
    const bytes = Object.values(summary.layerBytes as Record<string, number>).reduce((sum, value) => sum + value, 0);
    expect(bytes).toBeLessThanOrEqual(summary.bytes);
    const red = summary.regions.find(({ instanceId }: { instanceId: number }) => instanceId === 7);
    expect(red).toMatchObject({ classId: 5, share: 0.25, boxCells: [0, 3, 4, 3] });
    const text = await mixreel(['inspect', path]);
    expect(text.stdout).toMatch(/2 frames of 64x48, 1 intra/);
    expect(text.stdout).toMatch(/regions of frame 0/);
});

test('edit recolours what is named, in every frame, and leaves the rest as it was', async () => {
    const folder = temporaryFolder();
    const path = room(folder);
    const blue = join(folder, 'blue.mxr');
    expect(await mixreel(['edit', path, '--recolor', 'instance:7=#2040c0', '-o', blue])).toMatchObject({ code: 0 });
    const pictures = await Promise.all(
        [path, blue].map(async (stream, i) => {
            expect(await mixreel(['decode', stream, '-o', join(folder, `${i}.png`)])).toMatchObject({ code: 0 });
            return readPng(readFileSync(join(folder, `${i}-0001.png`)));
        })
    );
    const [before, after] = pictures as [(typeof pictures)[number], (typeof pictures)[number]];
    const at = (picture: typeof before, x: number, y: number): number[] => [
        ...picture.data.subarray(picture.channels * (y * WIDTH + x), picture.channels * (y * WIDTH + x) + 3)
    ];
    const [r, g, b] = at(after, 12, 36) as [number, number, number];
    // Styles are steps of 8 grey levels, and the texture's own step comes on top.
    expect(Math.max(Math.abs(r - 0x20), Math.abs(g - 0x40), Math.abs(b - 0xc0))).toBeLessThan(24);
    expect(at(after, 52, 36)).toEqual(at(before, 52, 36));
});

test('edit moves a thing to other cells, and gives a picture in words another text', async () => {
    const folder = temporaryFolder();
    const words = join(folder, 'words.mxr');
    const picture = join(folder, 'in.png');
    expect(await mixreel(['decode', room(folder), '-o', picture])).toMatchObject({ code: 0 });
    const first = join(folder, 'in-0000.png');
    expect(await mixreel(['encode', first, '--text', 'alone', '-o', words])).toMatchObject({ code: 0 });
    const { stdout } = await mixreel(['inspect', words, '--json']);
    const { scene, regions } = JSON.parse(stdout) as { scene: string; regions: { word: string }[] };
    expect(scene).toMatch(/^picture 64x48\n/);
    expect(scene.split('\n').filter((line) => /^\w \w+ /.test(line)).length).toBe(regions.length);
    const text = join(folder, 'scene.txt');
    const grey = `${'a'.repeat(8)}\n`.repeat(3);
    writeFileSync(text, `picture 64x48\na wall #ffffff\nb thing #d61010\nmap 8x6\n${grey}${'bbbbaaaa\n'.repeat(3)}`);
    const moved = join(folder, 'moved.mxr');
    const edit = ['edit', words, '--scene', text, '--move', '1=+4:-3', '-o', moved];
    expect((await mixreel(edit)).stdout).toMatch(/1 region moved, text replaced/);
    const at = async (path: string, x: number, y: number): Promise<number[]> => {
        expect(await mixreel(['decode', path, '-o', join(folder, 'x.png')])).toMatchObject({ code: 0 });
        const { data, channels } = readPng(readFileSync(join(folder, 'x.png')));
        return [...data.subarray(channels * (y * WIDTH + x), channels * (y * WIDTH + x) + 3)];
    };
    // From below on the left to above on the right.
    const [r, g] = (await at(moved, 50, 10)) as [number, number];
    expect(r).toBeGreaterThan(g + 80);
    const [whiteR, whiteG] = (await at(moved, 5, 5)) as [number, number];
    expect(Math.min(whiteR, whiteG)).toBeGreaterThan(240);
});

test('decode paints with a generator, says whose texture it is, and refuses what is none', async () => {
    const folder = temporaryFolder();
    const [stream, weights, picture] = [room(folder), join(folder, 'tiny.mxg'), join(folder, 'out.png')];
    writeFileSync(weights, randomNetwork({ half: 2, quarter: 2, condition: 1, blocks: 1 }, 0.01));
    const first = (): Buffer => readFileSync(join(folder, 'out-0000.png'));
    expect(await mixreel(['decode', stream, '-o', picture])).toMatchObject({ code: 0 });
    const plain = first();
    const painting = ['decode', stream, '--generator', weights, '-o', picture, '--json'];
    const { generator, frames } = JSON.parse((await mixreel(painting)).stdout);
    expect(first().equals(plain)).toBe(false);
    expect(generator).toBe('tiny');
    expect(frames[0]).toMatchObject({ generated: true, exact: false, concealedShare: 0 });
    const { stdout } = await mixreel(['inspect', weights]);
    expect(stdout).toMatch(/generator "tiny", 645 parameters/);
    const wrong = await mixreel(['decode', stream, '--generator', stream, '-o', picture]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/generator's weights cannot be read.*training\/train\.py/);
    const own = JSON.parse((await mixreel(['decode', stream, '--learned', '-o', picture, '--json'])).stdout);
    expect(own).toMatchObject({ generator: 'texture-generator', frames: [{ generated: true }, { generated: true }] });
    expect(first().equals(plain)).toBe(false);
    expect(await mixreel([...painting, '--learned'])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/Leave one of them out/)
    });
});

const ffmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

test.skipIf(!ffmpeg)('decode writes a video that a player reads (skipped without ffmpeg)', async () => {
    const folder = temporaryFolder();
    const video = join(folder, 'room.mp4');
    expect(await mixreel(['decode', room(folder), '-o', video])).toMatchObject({ code: 0 });
    const words = ['-v', 'error', '-i', video, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
    const { stdout } = spawnSync('ffmpeg', words);
    // Two frames, 25 a second.
    expect(stdout.length).toBe(2 * 3 * WIDTH * HEIGHT);
    const [r, g, b] = stdout.subarray(3 * (36 * WIDTH + 12)) as unknown as [number, number, number];
    expect(r).toBeGreaterThan(g + 80);
    expect(r).toBeGreaterThan(b + 80);
});

test('what cannot be edited is said, and nothing is written', async () => {
    const folder = temporaryFolder();
    const path = room(folder);
    const out = join(folder, 'x.mxr');
    const cases: readonly (readonly [string[], RegExp])[] = [
        [['edit', path, '-o', out], /there is nothing to change/],
        [['edit', path, '--move', '3=right', '-o', out], /--move holds "3=right" \(expected REGION=RIGHT:DOWN/],
        [['edit', path, '--scene', join(folder, 'none.txt'), '-o', out], /there is no such file/],
        [['edit', path, '--recolor', 'sofa=blue', '-o', out], /--recolor holds "sofa=blue" \(expected REGION=#RRGGBB/],
        [['edit', path, '--recolor', 'class:77=#000000', '-o', out], /nothing in .* fits class:77=#000000.*inspect/],
        [['inspect', path, '--frame', '2'], /--frame is 2, .* has 2 frames/],
        [['inspect', join(folder, 'none.mxr')], /there is no such file/]
    ];
    for (const [words, message] of cases) {
        const { code, stderr } = await mixreel(words);
        expect(code, words.join(' ')).toBe(2);
        expect(stderr.trimEnd()).toMatch(message);
    }
    expect(existsSync(out)).toBe(false);
});

test('a picture of concepts is encoded, listed with its style codes, given another style, and drawn', async () => {
    const folder = temporaryFolder();
    const picture = join(folder, 'in.png');
    expect(await mixreel(['decode', room(folder), '-o', picture])).toMatchObject({ code: 0 });
    const stream = join(folder, 'concept.mxr');
    const first = join(folder, 'in-0000.png');
    const coded = await mixreel(['encode', first, '--concept', '--quality', '20', '-o', stream]);
    expect(coded).toMatchObject({ code: 0 });
    const { layerBytes, regions } = JSON.parse((await mixreel(['inspect', stream, '--json'])).stdout);
    expect(layerBytes.concept).toBeGreaterThan(0);
    expect(layerBytes.texture).toBe(0);
    expect(regions.length).toBeGreaterThan(1);
    for (const { style } of regions) expect(style).toHaveLength(6);
    const out = join(folder, 'out.png');
    const { frames } = JSON.parse((await mixreel(['decode', stream, '-o', out, '--json'])).stdout);
    expect(frames[0]).toMatchObject({ generated: true, exact: true, concealedShare: 0 });
    const edited = join(folder, 'edited.mxr');
    expect((await mixreel(['edit', stream, '--style', '1=0', '-o', edited])).stdout).toMatch(
        /1 region in another style/
    );
    const after = JSON.parse((await mixreel(['inspect', edited, '--json'])).stdout);
    expect(after.regions[1].style).toEqual(regions[0].style);
    expect(await mixreel(['decode', edited, '-o', out])).toMatchObject({ code: 0 });
    // Two cells are a square: what moves takes its tokens along, and the stream is whole.
    expect((await mixreel(['edit', stream, '--move', '1=+2:0', '-o', edited])).stdout).toMatch(/1 region moved/);
    const moved = JSON.parse((await mixreel(['decode', edited, '-o', out, '--json'])).stdout);
    expect(moved.frames[0]).toMatchObject({ generated: true, exact: true, concealedShare: 0 });
    const wrong = await mixreel(['edit', room(folder), '--style', '1=0', '-o', edited]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/no learned styles.*--concept/);
    const words = join(folder, 'words.mxr');
    expect(await mixreel(['encode', first, '--text', 'alone', '-o', words])).toMatchObject({ code: 0 });
    expect(await mixreel(['decode', words, '-o', out])).toMatchObject({ code: 0 });
    const painted = readFileSync(out);
    expect(await mixreel(['decode', words, '--concept', '-o', out])).toMatchObject({ code: 0 });
    expect(readFileSync(out).equals(painted)).toBe(false);
    const model = await mixreel(['inspect', join(import.meta.dirname, '../../codec/models/concept.mxg')]);
    expect(model.stdout).toMatch(/generator "concept", \d+ parameters/);
});
