/**
 * Keypoint video of people: key pictures and points alone, on the sign-language clips and the whole-body clip of ../shared/media, scaled to 256 x 256 at their own
 * rate: kbit/s of whole files, LPIPS-alex of every eighth frame; beside them, in a table (rate-table.mjs), our texture codec and conventional codecs. The points come from `@mixreel/codec/analysis`, its networks from the folder that
 * MIXREEL_HUMAN_MODELS names. Body alone, and in one row body, hands and face.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
    decodeKeypointVideo,
    encodeKeypointVideo,
    encodeMxr,
    FrameDecoder,
    frameFromPicture,
    PART_POINTS,
    PERSON_PARTS,
    readMxr
} from '@mixreel/codec';
import { openPersonAnalysis } from '@mixreel/codec/analysis';
import { learnedTexture } from '@mixreel/codec/learned';
import { installedModels } from '@mixreel/codec/node';
import { IDENTITY_VIEW } from '@mixreel/image';
import { openLpips, shared } from './lpips.mjs';
import { RateTable } from './rate-table.mjs';
import { videoPeers } from './video-peers.mjs';

const SIZE = 256;
/** Name, file, crop to a square, frames a second, first second, seconds; LPIPS and kbit/s that are aimed at. */
const CLIPS = [
    ['book', 'book.mkv', '480:480', 30, 0, 3.2, { lpips: 0.12, kbps: 2.5 }],
    ['walk', 'walk.mkv', '480:480', 30, 0, 2.9, { lpips: 0.12, kbps: 2.5 }],
    ['whole-body', 'one-by-one-person-detection.mp4', '432:432', 10, 8, 6, { lpips: 0.2, kbps: 4 }]
];
/** VVC on "book" (its exact filter was not recorded): kbit/s and LPIPS-alex at QP 57 and 52. */
const VVC = { kbps: 4.99, lpips: 0.3655 };
/** kbit/s of the table, and every how many pictures are compared. */
const RATES = [1.25, 2.5, 5, 10, 20, 40, 80];
const EVERY = 8;

/** The analysis, or null with the reason said. */
async function openAnalysis(log, parts) {
    try {
        return await openPersonAnalysis(await installedModels(process.env.MIXREEL_HUMAN_MODELS), { parts });
    } catch (error) {
        log(`no people: ${error.message} Or name their folder in MIXREEL_HUMAN_MODELS.`);
        return null;
    }
}

/** Pictures of a clip by ffmpeg. */
function readClip(file, crop, rate, from, seconds) {
    const path = fileURLToPath(new URL(`media/people/${file}`, shared));
    const filter = `crop=${crop},scale=${SIZE}:${SIZE}`;
    const words = ['-v', 'error', '-ss', `${from}`, '-t', `${seconds}`, '-i', path, '-vf', filter, '-r', `${rate}`];
    const run = spawnSync('ffmpeg', [...words, '-f', 'rawvideo', '-pix_fmt', 'gbrp', 'pipe:1'], { maxBuffer: 1 << 30 });
    const size = SIZE * SIZE;
    return Array.from({ length: Math.floor(run.stdout.length / (3 * size)) }, (_, i) => {
        const planes = run.stdout.subarray(3 * size * i, 3 * size * (i + 1));
        const rgb = new Uint8Array(3 * size);
        rgb.set(planes.subarray(0, size), size);
        rgb.set(planes.subarray(size, 2 * size), 2 * size);
        rgb.set(planes.subarray(2 * size));
        return { widthPx: SIZE, heightPx: SIZE, rgb, alpha: null };
    });
}

/** Mean over every eighth picture; takes pictures as they come. */
async function meanLpips(lpips, pictures, shown) {
    let [sum, count, i] = [0, 0, 0];
    for (const { picture } of shown) {
        if (i % EVERY === 0) {
            sum += await lpips(pictures[i], picture);
            count++;
        }
        i++;
    }
    return sum / count;
}

function* shownOf(file, options) {
    const decoder = new FrameDecoder(options);
    for (const { units } of readMxr(file).frames) yield decoder.decodeUnits(units);
}

/** What sends samples instead of points: our texture codec, plain and with learned texture painted over, and conventional codecs. */
async function addSamples(table, name, { pictures, frames, rate, lpips, generator }) {
    for (const quality of [0, 5, 10, 20, 30]) {
        const file = encodeMxr(frames, { quality, gopLength: 300, framesPerSecond: rate });
        const kbps = (file.length * 8 * rate) / frames.length / 1000;
        for (const [mode, options] of [
            ['texture', {}],
            ['learned-texture', { generator }]
        ]) {
            table.ours(mode, name, kbps, await meanLpips(lpips, pictures, shownOf(file, options)));
        }
    }
    for (const peer of videoPeers(pictures, rate)) {
        const shown = peer.pictures.map((picture) => ({ picture }));
        table.peer(peer.name, name, peer.kbps, await meanLpips(lpips, pictures, shown));
    }
}

export default async function people({ quick, log, only }) {
    if (only && !'people'.includes(only)) return [];
    if (quick && !only) return [];
    const [analysis, lpips] = [await openAnalysis(log, PERSON_PARTS), await openLpips(log)];
    if (!analysis || !lpips) return [];
    const generator = learnedTexture();
    const figures = [];
    for (const [name, file, crop, rate, from, seconds, wanted] of quick ? CLIPS.slice(0, 1) : CLIPS) {
        const pictures = readClip(file, crop, rate, from, seconds);
        analysis.reset();
        const whole = [];
        for (const picture of pictures) whole.push(await analysis.keypointsOf(picture));
        const bodies = whole.map((track) => track.slice(0, PART_POINTS.body));
        const frames = pictures.map((picture, i) =>
            frameFromPicture(picture, IDENTITY_VIEW, Math.round((i * 1e9) / rate))
        );
        const table = new RateTable(name, 'kbit/s', RATES, { between: true });
        for (const [mode, options] of [
            ['least', { quality: 14, steps: 128, every: 3, refreshLevels: 1000 }],
            ['', { quality: 22, steps: 128, every: 3, refreshLevels: 45 }],
            ['hands-face', { quality: 22, steps: 256, every: 3, refreshLevels: 45, parts: PERSON_PARTS }],
            ['fine', { quality: 32, steps: 256, every: 2, refreshLevels: 20 }],
            ['finest', { quality: 45, steps: 512, every: 1, refreshLevels: 12 }]
        ]) {
            const tracks = options.parts ? whole : bodies;
            const bytes = encodeKeypointVideo(frames, tracks, { ...options, framesPerSecond: rate });
            const kbps = (bytes.length * 8 * rate) / frames.length / 1000;
            const distance = await meanLpips(lpips, pictures, decodeKeypointVideo(bytes));
            table.ours('keypoints', name, kbps, distance);
            const drawn = await meanLpips(lpips, pictures, decodeKeypointVideo(bytes, { generator }));
            table.ours('keypoints-learned-texture', name, kbps, drawn);
            const set = mode === '' ? name : `${name}-${mode}`;
            const keys = readMxr(bytes).frames.length;
            figures.push({
                name: `${set}/kbps`,
                value: kbps,
                unit: 'kbit/s',
                better: 'lower',
                wanted: wanted.kbps,
                note: `${bytes.length} bytes, ${frames.length} frames, ${keys} keys`
            });
            const vvc = name === 'book' ? { against: { name: `vvc at ${VVC.kbps} kbit/s`, value: VVC.lpips } } : {};
            const judged = { unit: '1', better: 'lower', wanted: wanted.lpips, ...vvc };
            figures.push({ name: `${set}/lpips`, value: distance, ...judged });
            figures.push({ name: `${set}/learned-texture/lpips`, value: drawn, ...judged });
            log(
                `${set}: ${kbps.toFixed(2)} kbit/s, ${keys} keys, LPIPS ${distance.toFixed(3)}, with learned texture ${drawn.toFixed(3)}`
            );
        }
        await addSamples(table, name, { pictures, frames, rate, lpips, generator });
        if (name === 'book') table.peer('vvc', name, VVC.kbps, VVC.lpips);
        figures.push(...table.figures(log));
    }
    analysis.dispose();
    return figures;
}
