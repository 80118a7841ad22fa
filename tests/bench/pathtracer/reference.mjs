/**
 * Renders of real scenes beside the reference pictures of their converter (Tungsten, all bounces). One traced pixel is compared
 * with the mean of the block of reference pixels that it covers: 16 x 16 of 1024 at a height of 64.
 *
 * `block-relative-error` is sum |ours - theirs| / sum theirs over the blocks; what of it is our own noise, by the film's second
 * moments, stands in the note. `energy-ratio` is the ratio of the sums.
 */
import { readFileSync } from 'node:fs';
import { createNodeDevice } from '@mixreel/gpu/node';
import { Frame, flip, readFrameExr, toneMap } from '@mixreel/image';
import { PathTracer } from '@mixreel/pathtracer';
import { REFERENCE_SCENES, readReferenceScene, sharedFile } from './scenes.mjs';

const HEIGHT = 64;
/** The references have 64; what is left after 16 in closed rooms of albedo 0.7 is below 0.2 %. */
const MAX_BOUNCES = 16;

/** Means over blocks of a planar picture, as many each way as asked for. */
function blockMeans(color, widthPx, heightPx, columns, rows) {
    const out = new Float64Array(3 * columns * rows);
    const hits = new Uint32Array(columns * rows);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const block = Math.floor((y * rows) / heightPx) * columns + Math.floor((x * columns) / widthPx);
            hits[block]++;
            for (let c = 0; c < 3; c++) {
                out[c * columns * rows + block] += color[c * widthPx * heightPx + y * widthPx + x];
            }
        }
    }
    return out.map((sum, i) => sum / hits[i % (columns * rows)]);
}

/** Sums over the blocks. Ours are clamped at nothing: a firefly of ours shows. */
function compare(ours, theirs, n) {
    const total = { ours: 0, theirs: 0, difference: 0, noise: 0 };
    for (let i = 0; i < theirs.length; i++) {
        const count = ours.count[i % n];
        const mean = ours.sum[i] / count;
        const variance = Math.max(0, ours.sumSquares[i] / count - mean * mean) / count;
        total.ours += mean;
        total.theirs += theirs[i];
        total.difference += Math.abs(mean - theirs[i]);
        // Mean absolute value of a normal error.
        total.noise += Math.sqrt((2 * variance) / Math.PI);
    }
    return total;
}

async function figuresOf(device, name, spp, log) {
    const read = await readReferenceScene(name, HEIGHT, log);
    const path = sharedFile(name, 'TungstenRender.exr');
    if (!read || !path) return [];
    const { scene, widthPx, heightPx } = read;
    const reference = readFrameExr(readFileSync(path));
    const tracer = await PathTracer.create(device, scene, { maxBounces: MAX_BOUNCES, rouletteStart: 4 });
    try {
        tracer.setView(scene.view, { widthPx, heightPx });
        const { rejected } = await tracer.render({ spp });
        const moments = await tracer.readMoments();
        const n = widthPx * heightPx;
        const theirs = blockMeans(reference.layer('color'), reference.widthPx, reference.heightPx, widthPx, heightPx);
        const total = compare(moments, theirs, n);
        const frame = (color) =>
            toneMap(new Frame({ widthPx, heightPx, layers: { color: Float32Array.from(color) } }), { mapper: 'aces' });
        const seen = flip(frame(theirs), frame(moments.sum.map((sum, i) => sum / moments.count[i % n])));
        const size = `${widthPx} x ${heightPx}, ${spp} samples`;
        const noise = (total.noise / total.theirs).toFixed(3);
        const note = REFERENCE_SCENES[name].note;
        return [
            {
                name: `reference/${name}/energy-ratio`,
                value: total.ours / total.theirs,
                unit: 'x',
                better: 'higher',
                note: `1 is right; ${size}${note ? `; ${note}` : ''}${rejected ? `; ${rejected} samples rejected` : ''}`
            },
            {
                name: `reference/${name}/block-relative-error`,
                value: total.difference / total.theirs,
                unit: 'x',
                better: 'lower',
                note: `noise alone gives ${noise}`
            },
            {
                name: `reference/${name}/flip`,
                value: seen.mean,
                unit: 'x',
                better: 'lower',
                note: 'tone-mapped, same blocks'
            }
        ];
    } finally {
        tracer.destroy();
    }
}

export default async function reference({ quick, log, only }) {
    const names = quick ? ['cornell-box'] : Object.keys(REFERENCE_SCENES);
    const figures = [];
    const device = await createNodeDevice();
    try {
        for (const name of names) {
            if (only && !`reference/${name}`.includes(only)) continue;
            figures.push(...(await figuresOf(device, name, quick ? 24 : 192, log)));
        }
    } finally {
        device.destroy();
    }
    return figures;
}
