/**
 * Square crops of photographs, as PNG for make-pairs.mjs: every place of a grid at full size and, where two fit a side, at half size (where detail is finer and
 * edges sharper). Pictures of any kind that ffmpeg reads; of a film one frame a second. What is there already is kept.
 *
 *     node packages/codec/training/crops.mjs OUT_FOLDER [--side 256] [--most 24] PICTURE...
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { side: { type: 'string', default: '256' }, most: { type: 'string', default: '24' } }
});
const [out, ...pictures] = positionals;
if (!out || pictures.length === 0)
    throw new Error('name the folder to write to and pictures: crops.mjs OUT_FOLDER PICTURE...');
const side = Number(values.side);
const most = Number(values.most);
mkdirSync(out, { recursive: true });

const run = (program, words) => {
    const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
    if (error || status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
    return stdout;
};

/** Width and height of the first picture of a file, pixels. */
function sizeOf(path) {
    const asked = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0'];
    return run('ffprobe', [...asked, path])
        .trim()
        .split(',')
        .map(Number);
}

for (const path of pictures) {
    const [width, height] = sizeOf(path);
    const name = `${basename(dirname(path))}-${basename(path)}`.replaceAll(/[^\w-]+/g, '-');
    for (const half of [1, 2]) {
        const columns = Math.floor(width / half / side);
        const rows = Math.floor(height / half / side);
        // Of a large picture every so many, so that no one picture outweighs the rest.
        const step = Math.max(1, Math.ceil((columns * rows * half) / most));
        for (let k = 0; k < columns * rows; k += step) {
            const [x, y] = [(k % columns) * side, Math.floor(k / columns) * side];
            const first = join(out, `${name}-${half}-${k}-1.png`);
            if (existsSync(first)) continue;
            const once = 'select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,1)';
            const filter = `${once},scale=iw/${half}:ih/${half}:flags=area,crop=${side}:${side}:${x}:${y}`;
            const words = ['-v', 'error', '-i', path, '-vf', filter, '-vsync', 'vfr', '-frames:v', '3'];
            run('ffmpeg', [...words, '-pix_fmt', 'rgb24', join(out, `${name}-${half}-${k}-%d.png`)]);
        }
    }
}
