/** Pictures as an .mp4 (H.264) or .webm (VP9) for everybody's player, by the machine's ffmpeg: no package of ours carries such an encoder. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { extensionOf, writeAtomically } from '../files.ts';

/** What a video can be written as. */
export const VIDEO_ENDINGS = ['mp4', 'webm'] as const;

const CODECS: Readonly<Record<(typeof VIDEO_ENDINGS)[number], readonly string[]>> = {
    mp4: ['-c:v', 'libx264', '-crf', '14', '-movflags', '+faststart'],
    webm: ['-c:v', 'libvpx-vp9', '-crf', '20', '-b:v', '0', '-deadline', 'good', '-cpu-used', '4']
};

/** 8-bit sRGB, planar, all of one size. */
interface VideoPicture {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly rgb: Uint8Array;
}

/**
 * Writes pictures as a video; sides are padded to even numbers, as 4:2:0 asks.
 *
 * @throws MixreelError `environment` if there is no ffmpeg or it cannot encode.
 */
export async function writeVideo(
    path: string,
    pictures: readonly VideoPicture[],
    framesPerSecond: number
): Promise<void> {
    const ending = extensionOf(path, VIDEO_ENDINGS, 'the video');
    const folder = await mkdtemp(join(tmpdir(), 'mixreel-video-'));
    const { widthPx, heightPx } = pictures[0] as VideoPicture;
    const out = join(folder, `out.${ending}`);
    const input = ['-f', 'rawvideo', '-pix_fmt', 'gbrp', '-s', `${widthPx}x${heightPx}`, '-r', `${framesPerSecond}`];
    const even = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2,format=yuv420p'];
    try {
        await ffmpeg(['-v', 'error', '-y', ...input, '-i', 'pipe:0', ...even, ...CODECS[ending], out], pictures);
        await writeAtomically(path, new Uint8Array(await readFile(out)));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function ffmpeg(words: readonly string[], pictures: readonly VideoPicture[]): Promise<void> {
    return new Promise((resolve, reject) => {
        const child = spawn('ffmpeg', [...words], { stdio: ['pipe', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.on('data', (chunk: Uint8Array) => {
            said = `${said}${new TextDecoder().decode(chunk)}`.slice(-400);
        });
        child.on('error', (cause) => {
            reject(
                new MixreelError('environment', {
                    what: 'ffmpeg cannot be run',
                    expected: 'ffmpeg on the path, for .mp4 and .webm',
                    mend: 'Install ffmpeg, or write pictures: -o out.png',
                    cause
                })
            );
        });
        // If it dies early, the pipe breaks; its exit code tells why.
        child.stdin.on('error', () => {});
        child.on('close', (code) => {
            if (code === 0) resolve();
            else {
                const mend = 'Try the other ending, .mp4 or .webm, or write pictures: -o out.png';
                reject(new MixreelError('environment', { what: `ffmpeg ended with ${code}: ${said.trim()}`, mend }));
            }
        });
        void feed(child.stdin, pictures);
    });
}

async function feed(pipe: NodeJS.WritableStream, pictures: readonly VideoPicture[]): Promise<void> {
    for (const { rgb } of pictures) {
        const size = rgb.length / 3;
        // ffmpeg's planar RGB is G, B, R.
        const whole = new Uint8Array(rgb.length);
        whole.set(rgb.subarray(size));
        whole.set(rgb.subarray(0, size), 2 * size);
        if (!pipe.write(whole))
            await new Promise<void>((resolve) => pipe.once('drain', resolve).once('close', resolve));
    }
    pipe.end();
}
