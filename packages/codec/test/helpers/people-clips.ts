/** Frames of the clips in ../shared/media/people, by the machine's ffmpeg. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const PEOPLE: string = join(import.meta.dirname, '../../../../../shared/media/people');

/** One frame as a PNG file. */
export function clipFrame(clip: string, seconds: number): Uint8Array {
    const words = ['-v', 'error', '-ss', `${seconds}`, '-i', join(PEOPLE, clip), '-frames:v', '1'];
    const run = spawnSync('ffmpeg', [...words, '-f', 'image2pipe', '-c:v', 'png', 'pipe:1'], { maxBuffer: 1 << 26 });
    return new Uint8Array(run.stdout);
}
