/**
 * Frames of our own rooms, path-traced, with all layers, to train on: NAME.exr for make-pairs.mjs, which takes their label maps as the renderer has them. Needs built
 * packages. Frames that are there already are kept: run again to go on. About half a minute each without a graphics card.
 *
 *     node packages/codec/training/rooms.mjs OUT_FOLDER [--first 1] [--count 100] [--size 256x256] [--spp 32]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Seeds above are for tests, and are never trained on. */
const LAST_SEED = 1_000_000;
const CLI = fileURLToPath(new URL('../../cli/bin/mixreel.mjs', import.meta.url));

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        first: { type: 'string', default: '1' },
        count: { type: 'string', default: '100' },
        size: { type: 'string', default: '256x256' },
        spp: { type: 'string', default: '32' }
    }
});
const [out] = positionals;
if (!out) throw new Error('name the folder to write to: node rooms.mjs OUT_FOLDER');
const [first, count] = [Number(values.first), Number(values.count)];
if (!(first >= 1 && first + count - 1 <= LAST_SEED))
    throw new Error(`seeds are 1 to ${LAST_SEED}: those above are for tests`);
mkdirSync(out, { recursive: true });

function mixreel(...words) {
    const { status, stderr, error } = spawnSync(process.execPath, [CLI, ...words], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mixreel ${words.join(' ')}: ${error?.message ?? stderr}`);
}

for (let seed = first; seed < first + count; seed++) {
    const path = join(out, `room-${seed}.exr`);
    if (existsSync(path)) continue;
    const work = mkdtempSync(join(out, '.part-'));
    try {
        const [glb, exr] = [join(work, 'room.glb'), join(work, 'room.exr')];
        mixreel('generate', '--seed', `${seed}`, '-o', glb);
        mixreel('render', glb, '--size', values.size, '--spp', values.spp, '--denoise', '-o', exr);
        renameSync(exr, path);
    } finally {
        rmSync(work, { recursive: true });
    }
    console.log(`room ${seed}: ${path}`);
}
