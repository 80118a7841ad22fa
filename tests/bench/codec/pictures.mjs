/**
 * Photographs (the Kodak pictures of ../shared/media) at about 0.05 and 0.3 bit per pixel: bytes of real files, PSNR and LPIPS-alex, conventional
 * codecs at no more bytes beside them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeMxr, encodeMxr } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { readFramePng } from '@mixreel/image';
import { openLpips, planarOf, shared } from './lpips.mjs';
import { peersAt, psnrOf } from './peers.mjs';

const TARGETS = [0.05, 0.3];
/** LPIPS-alex that is aimed at, by bit a pixel. */
const WANTED = { 0.05: 0.28 };
/** A file that is not streamed, with nothing to edit. */
const SMALLEST = { structure: 'none', unitBytes: 65_000 };
/** Which of our ways that is asked of. */
const BEST = 'ours-smallest-with-learned-texture';
const kodak = new URL('media/kodak/', shared);

/** The finest file of at most `bpp`. */
function encodeAt(frame, bpp, options = {}) {
    const most = (bpp * frame.widthPx * frame.heightPx) / 8;
    let best = null;
    for (let low = 0, high = 63; low <= high; ) {
        const qp = (low + high) >> 1;
        const file = encodeMxr([frame], { quality: 100 * (1 - qp / 63), gopLength: 1, ...options });
        if (file.length <= most) {
            best = file;
            high = qp - 1;
        } else low = qp + 1;
    }
    return best;
}

/** As many finer tokens as fit; null if not even the coarse ones do. */
function conceptAt(frame, bpp, concept) {
    const most = (bpp * frame.widthPx * frame.heightPx) / 8;
    let best = null;
    for (let low = 0, high = 100; low <= high; ) {
        const quality = best === null ? low : (low + high) >> 1;
        const file = encodeMxr([frame], { concept, quality });
        if (file.length <= most) {
            best = file;
            low = quality + 1;
        } else if (best === null) return null;
        else high = quality - 1;
    }
    return best;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export default async function pictures({ quick, log, only }) {
    if (only && !'kodak'.includes(only)) return [];
    if (!existsSync(kodak)) {
        log('no photographs: ../shared/media is absent');
        return [];
    }
    const lpips = await openLpips(log);
    const generator = learnedTexture();
    const concept = learnedConcept();
    const names = readdirSync(kodak).filter((name) => name.endsWith('.png'));
    const used = quick ? ['kodim15.png'] : names;
    const figures = [];
    for (const target of quick ? [0.05] : TARGETS) {
        const rows = new Map();
        const add = (codec, row) => rows.set(codec, [...(rows.get(codec) ?? []), row]);
        for (const name of used) {
            const path = fileURLToPath(new URL(name, kodak));
            const frame = readFramePng(readFileSync(path));
            const source = planarOf(path);
            const file = encodeAt(frame, target);
            const pixels = frame.widthPx * frame.heightPx;
            const grain = encodeAt(frame, target, { grain: true });
            const smallest = encodeAt(frame, target, SMALLEST);
            const all = [
                { name: 'ours', bytes: file.length, picture: decodeMxr(file).frames[0].picture },
                {
                    name: 'ours-with-learned-texture',
                    bytes: file.length,
                    picture: decodeMxr(file, { generator }).frames[0].picture
                },
                { name: 'ours-smallest', bytes: smallest.length, picture: decodeMxr(smallest).frames[0].picture },
                {
                    name: BEST,
                    bytes: smallest.length,
                    picture: decodeMxr(smallest, { generator }).frames[0].picture
                },
                { name: 'ours-with-grain', bytes: grain.length, picture: decodeMxr(grain).frames[0].picture }
            ];
            const drawn = conceptAt(frame, target, concept);
            if (drawn) {
                const { picture } = decodeMxr(drawn, { concept }).frames[0];
                all.push({ name: 'ours-of-concepts', bytes: drawn.length, picture });
            } else log(`${name} does not fit ${target} bpp as concepts`);
            for (const coded of [...all, ...peersAt(path, file.length)]) {
                const distance = lpips ? await lpips(source, coded.picture) : Number.NaN;
                add(coded.name, {
                    bpp: (8 * coded.bytes) / pixels,
                    psnr: psnrOf(source, coded.picture),
                    lpips: distance
                });
            }
            log(`${name} at ${target} bpp`);
        }
        const ours = rows.get('ours');
        const of = (codec, key) => mean(rows.get(codec).map((row) => row[key]));
        const set = `kodak-${target}`;
        figures.push({
            name: `${set}/bpp`,
            value: of('ours', 'bpp'),
            unit: 'bit/px',
            better: 'lower',
            note: `${ours.length} pictures, whole files`
        });
        for (const [key, unit, better] of [
            ['psnr', 'dB', 'higher'],
            ['lpips', '1', 'lower']
        ]) {
            if (Number.isNaN(of('ours', key))) continue;
            figures.push({ name: `${set}/${key}`, value: of('ours', key), unit, better });
            for (const way of [...rows.keys()].filter((one) => one.startsWith('ours-'))) {
                const wanted = key === 'lpips' && way === BEST ? WANTED[target] : undefined;
                figures.push({ name: `${set}/${way}/${key}`, value: of(way, key), unit, better, wanted });
            }
            for (const codec of [...rows.keys()].filter((one) => !one.startsWith('ours'))) {
                figures.push({
                    name: `${set}/${codec}/${key}-at-equal-bytes`,
                    value: of(BEST, key),
                    unit,
                    better,
                    against: { name: codec, value: of(codec, key) },
                    note: `${BEST}; ${codec} at ${of(codec, 'bpp').toFixed(4)} bpp`
                });
            }
        }
    }
    return figures;
}
