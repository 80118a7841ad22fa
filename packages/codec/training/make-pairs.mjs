/**
 * Pictures to train the generator on, each with what the decoder makes of it at several qualities, with and without a map of regions: one `.pair` file a picture, and for frames with the renderer's
 * layers its label map (`.labels`). Needs built packages.
 * Sources: dead leaves (dead-leaves.mjs), and folders of .exr frames as `mixreel render` writes them, with all layers, or of .png. Never Kodak.
 *
 *     node packages/codec/training/make-pairs.mjs OUT_FOLDER [--leaves 400] [--side 256] [--seed 1] [FRAME_FOLDER...]
 *
 * A pair file: 32-bit length (little-endian), that much JSON ({ widthPx, heightPx, columns, rows, qps }), the source's planar RGB, then for each QP the decoded
 * planar RGB and the cells' features. Files that are there already are kept: run again to go on. About 1 s for 256 x 256.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Rng } from '@mixreel/core';
import { cropFrame, Frame, linearFromSrgb, readFrameExr, readFramePng } from '@mixreel/image';
import { FrameDecoder, FrameEncoder, pictureFromFrame } from '../dist/index.js';
import { deadLeaves } from './dead-leaves.mjs';
import { labelsOf } from './labels-of.mjs';

/** Where the generator is wanted: files of about 0.01 to 0.3 bit per pixel. Most without a map of regions, as they are smallest. */
const WAYS = [
    ...[5, 11, 17, 26].map((quality) => ({ quality, structure: 'none' })),
    ...[8, 22].map((quality) => ({ quality, structure: 'auto' }))
];

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        leaves: { type: 'string', default: '400' },
        side: { type: 'string', default: '256' },
        seed: { type: 'string', default: '1' }
    }
});
const [out, ...folders] = positionals;
if (!out) throw new Error('name the folder to write to: node make-pairs.mjs OUT_FOLDER');
mkdirSync(out, { recursive: true });
const side = Number(values.side);
const rng = Rng.create(Number(values.seed));

/** The frame as the decoder shows it, each way, and what it knows of the cells. */
function pairOf(frame) {
    const source = pictureFromFrame(frame).picture;
    const parts = [];
    const header = { widthPx: source.widthPx, heightPx: source.heightPx, qps: [] };
    for (const way of WAYS) {
        const encoded = new FrameEncoder({ ...way, gopLength: 1, pose: false }).encode(frame);
        let cells = null;
        const generator = {
            paint(input) {
                cells = input.cells;
                return input.picture;
            }
        };
        const { picture } = new FrameDecoder({ generator }).decode(encoded.pduSets);
        header.qps.push(encoded.stats.qp);
        header.columns = cells.columns;
        header.rows = cells.rows;
        parts.push(picture.rgb, cells.data);
    }
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    return Buffer.concat([length, json, source.rgb, ...parts]);
}

function write(name, make) {
    const path = join(out, `${name}.pair`);
    if (existsSync(path)) return;
    const frame = make();
    if (frame.has('instance') || frame.has('semantic'))
        writeFileSync(join(out, `${name}.labels`), labelsOf(pictureFromFrame(frame).picture, frame));
    writeFileSync(`${path}.part`, pairOf(frame));
    renameSync(`${path}.part`, path);
}

for (let i = 0; i < Number(values.leaves); i++) {
    write(`leaves-${values.seed}-${i}`, () => {
        const color = deadLeaves(side, side, rng.stream('leaves', i)).map((value) => linearFromSrgb(value));
        return new Frame({ widthPx: side, heightPx: side, layers: { color } });
    });
}
for (const folder of folders) {
    for (const name of readdirSync(folder).filter((file) => /\.(exr|png)$/i.test(file))) {
        write(`${basename(folder)}-${name.replace(/\.\w+$/, '')}`, () => {
            const bytes = readFileSync(join(folder, name));
            const frame = /\.exr$/i.test(name) ? readFrameExr(bytes) : readFramePng(bytes);
            // A part of each picture, at cells of 8: large pictures would fill the memory and look alike.
            const stream = rng.stream('crop', basename(folder), name);
            const [widthPx, heightPx] = [Math.min(side, frame.widthPx), Math.min(side, frame.heightPx)];
            const x = stream.integer(frame.widthPx - widthPx + 1);
            const y = stream.integer(frame.heightPx - heightPx + 1);
            return cropFrame(frame, x, y, widthPx, heightPx);
        });
    }
}
