/**
 * What training/concept.py needs beside a picture (labels-of.mjs), by its colours: writes NAME.labels (JSON) beside every NAME.pair of a folder that make-pairs.mjs made, but where
 * that has written the renderer's. Needs built packages. About 0.1 s for 256 x 256.
 *
 *     node packages/codec/training/make-labels.mjs PAIR_FOLDER
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelsOf } from './labels-of.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name the folder of pairs: node make-labels.mjs PAIR_FOLDER');
for (const name of readdirSync(folder).filter((file) => file.endsWith('.pair'))) {
    const path = join(folder, name.replace(/\.pair$/, '.labels'));
    if (existsSync(path)) continue;
    const data = readFileSync(join(folder, name));
    const length = data.readUInt32LE(0);
    const { widthPx, heightPx } = JSON.parse(data.subarray(4, 4 + length));
    const rgb = new Uint8Array(data.subarray(4 + length, 4 + length + 3 * widthPx * heightPx));
    writeFileSync(path, labelsOf({ widthPx, heightPx, rgb }));
}
