/**
 * What training/concept.py needs beside a picture: its label map as the encoder finds it, each region's colour code, and what the text layer would say of the region. Writes
 * NAME.labels (JSON) beside every NAME.pair of a folder that make-pairs.mjs made. Needs built packages. About 0.1 s for 256 x 256.
 *
 *     node packages/codec/training/make-labels.mjs PAIR_FOLDER
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conceptStructure } from '../dist/concept/structure.js';
import { wordsOf } from '../dist/concept/words.js';
import { measureRegions, Octaves } from '../dist/text/measure-regions.js';
import { planesFromPicture } from '../dist/texture/color-transform.js';
import { TextureState } from '../dist/texture/texture-state.js';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name the folder of pairs: node make-labels.mjs PAIR_FOLDER');
for (const name of readdirSync(folder).filter((file) => file.endsWith('.pair'))) {
    const path = join(folder, name.replace(/\.pair$/, '.labels'));
    if (existsSync(path)) continue;
    const data = readFileSync(join(folder, name));
    const length = data.readUInt32LE(0);
    const { widthPx, heightPx } = JSON.parse(data.subarray(4, 4 + length));
    const rgb = new Uint8Array(data.subarray(4 + length, 4 + length + 3 * widthPx * heightPx));
    const s = new TextureState(widthPx, heightPx, 3);
    const planes = planesFromPicture(s, { widthPx, heightPx, rgb, alpha: null });
    const { map, styles } = conceptStructure(planes, s);
    const regions = measureRegions(new Octaves(planes[0], s.stride, s.rows), planes, s, map, map.regions);
    const words = regions.map((region) => [...wordsOf(region)]);
    const { columns, rows, labels } = map;
    const colors = styles.map(({ y, co, cg }) => [y, co, cg]);
    writeFileSync(path, JSON.stringify({ columns, rows, labels: [...labels], colors, words }));
}
