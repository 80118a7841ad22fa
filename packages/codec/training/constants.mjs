/**
 * Which value of a constant of the encoder gives the least mean LPIPS-alex over pictures that may be tuned on (never Kodak):
 *
 *     node packages/codec/training/constants.mjs texture/grain.js GRAIN_SHARE 0.4,0.6,0.8 FOLDER --every 15 --quality 20
 *     node packages/codec/training/constants.mjs text/describe-scene.js ROUGHNESS_WEIGHT 20,28,40 FOLDER --every 15 --text
 *
 * One process for each value, with the constant replaced as the built module is loaded. About 0.3 s a picture of 256 x 256.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
        every: { type: 'string', default: '1' },
        quality: { type: 'string', default: '20' },
        text: { type: 'boolean', default: false },
        child: { type: 'boolean', default: false }
    }
});
const [module, name, list, folder] = positionals;
if (!values.child) {
    for (const value of list.split(',')) {
        const words = [module, name, value, folder, ...process.argv.slice(6), '--child'];
        spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words], { stdio: 'inherit' });
    }
    process.exit();
}

const hook = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (!url.endsWith(${JSON.stringify(`/${module}`)})) return loaded;
    const source = String(loaded.source).replace(/const ${name} = [\\d.]+;/, 'const ${name} = ${Number(list)};');
    if (!source.includes('const ${name} = ${Number(list)};')) throw new Error('no constant ${name} in ' + url);
    return { ...loaded, source };
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const { decodeMxr, encodeMxr } = await import('@mixreel/codec');
const { readFramePng } = await import('@mixreel/image');
const { openLpips, planarOf } = await import('../../../tests/bench/codec/lpips.mjs');
const lpips = await openLpips(console.error);
if (!lpips) process.exit(3);
// In words: bytes that leave a picture of 256 x 256 some regions; 4,000 times smaller than its RGB would be 49.
const options = values.text
    ? { text: 'alone', textBytes: 110 }
    : { quality: Number(values.quality), grain: true, gopLength: 1 };
const names = readdirSync(folder).filter((file, i) => file.endsWith('.png') && i % Number(values.every) === 0);
let [sum, bytes, pixels] = [0, 0, 0];
for (const path of names.map((file) => join(folder, file))) {
    const source = planarOf(path);
    const file = encodeMxr([readFramePng(readFileSync(path))], options);
    sum += await lpips(source, decodeMxr(file).frames[0].picture);
    bytes += file.length;
    pixels += source.widthPx * source.heightPx;
}
const figures = { lpips: sum / names.length, bitsPerPixel: (8 * bytes) / pixels, pictures: names.length };
console.log(JSON.stringify({ [name]: Number(list), ...figures }));
