import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMxr } from '@mixreel/codec';
import { Frame, readPng } from '@mixreel/image';
import { expect, test } from 'vitest';
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

test('what cannot be edited is said, and nothing is written', async () => {
    const folder = temporaryFolder();
    const path = room(folder);
    const out = join(folder, 'x.mxr');
    const cases: readonly (readonly [string[], RegExp])[] = [
        [['edit', path, '-o', out], /there is no --recolor/],
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
