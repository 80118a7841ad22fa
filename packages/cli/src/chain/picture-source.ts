/** Where `mixreel encode` takes its pictures from: files, folders of them, and clips, which the machine's ffmpeg cuts into PNG files. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';

const PICTURES = ['.png', '.jpg', '.jpeg', '.exr', '.hdr'];
const CLIPS = ['.mp4', '.mkv', '.webm', '.mov', '.avi', '.m4v', '.ogv'];
/** Most pictures of one command line. */
const MOST_PICTURES = 100_000;

/** Names of picture files, in their order. */
export interface PictureSource {
    readonly paths: readonly string[];
    /** Removes what was made on the way. */
    dispose(): Promise<void>;
}

/**
 * A folder stands for the pictures in it, by name (numbers by their value), a clip for its frames.
 *
 * @param fps - Frames a second that are taken of clips.
 */
export async function openPictureSource(operands: readonly string[], fps: number): Promise<PictureSource> {
    const folders: string[] = [];
    const dispose = async (): Promise<void> => {
        for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    };
    try {
        const paths: string[] = [];
        for (const operand of operands) {
            if (CLIPS.includes(extname(operand).toLowerCase())) {
                const folder = await mkdtemp(join(tmpdir(), 'mixreel-clip-'));
                folders.push(folder);
                await cutClip(operand, fps, folder);
                paths.push(...(await picturesIn(folder, operand)));
            } else if ((await stat(operand).catch(() => null))?.isDirectory()) {
                paths.push(...(await picturesIn(operand, operand)));
            } else paths.push(operand);
        }
        if (paths.length <= MOST_PICTURES) return { paths, dispose };
        throw badInput(`there are ${paths.length} pictures`, `at most ${MOST_PICTURES}`, 'Encode them in parts');
    } catch (error) {
        await dispose();
        throw error;
    }
}

async function picturesIn(folder: string, named: string): Promise<string[]> {
    const names = (await readdir(folder)).filter((name) => PICTURES.includes(extname(name).toLowerCase()));
    names.sort(new Intl.Collator('en', { numeric: true }).compare);
    if (names.length > 0) return names.map((name) => join(folder, name));
    throw badInput(`"${named}" holds no picture`, `files ending in ${PICTURES.join(', ')}`, 'Name another folder');
}

function cutClip(path: string, fps: number, folder: string): Promise<void> {
    const words = ['-v', 'error', '-i', path, '-r', `${fps}`, '-frames:v', `${MOST_PICTURES}`];
    return new Promise((resolve, reject) => {
        const child = spawn('ffmpeg', [...words, '-compression_level', '1', join(folder, '%06d.png')], {
            stdio: ['ignore', 'ignore', 'pipe']
        });
        let said = '';
        child.stderr.on('data', (chunk: Uint8Array) => {
            said = `${said}${new TextDecoder().decode(chunk)}`.slice(-400);
        });
        child.on('error', (cause) => {
            const what = 'ffmpeg cannot be run';
            const mend = 'Install ffmpeg, or give a folder of PNG pictures';
            reject(new MixreelError('environment', { what, expected: 'ffmpeg on the path, for clips', mend, cause }));
        });
        child.on('close', (code) => {
            if (code === 0) return resolve();
            reject(badInput(`the clip "${path}" cannot be read: ${said.trim()}`, 'a video', 'Check the file'));
        });
    });
}
