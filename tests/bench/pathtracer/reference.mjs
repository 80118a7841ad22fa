/**
 * Renders of real scenes beside the reference pictures of their converter (Tungsten): energy ratio, relative MSE over blocks of
 * 16 x 16 of the reference's pixels, FLIP; of the whole picture, of the surfaces whose material maps exactly, and of each material.
 *
 * We render at a quarter of the reference's size, beside its means over 4 x 4 pixels: as many samples fall into a block as at the
 * full size with a sixteenth of the samples each, and a machine without a GPU gets through. Silhouettes, where two materials share a
 * pixel, are in the row of the whole picture alone. See `reference/blocks.mjs` for what the columns are.
 */
import { readFileSync } from 'node:fs';
import { createNodeDevice } from '@mixreel/gpu/node';
import { Frame, flip, readFrameExr, toneMap } from '@mixreel/image';
import { PathTracer } from '@mixreel/pathtracer';
import { compare, shrink } from './reference/blocks.mjs';
import { batchesOf, materialsOfPixels } from './reference/films.mjs';
import { REFERENCE_SCENES, readReferenceScene, sharedFile } from './scenes.mjs';

/** Of the reference's pixels, in each direction. */
const BLOCK_PX = 16;
const SHRINK = 4;
/**
 * As many bounces as the reference has; where the scene says nothing, so many that no more light comes. All modes make the same film to the last bit: MIXREEL_REFERENCE_MODE names another.
 * On SwiftShader the megakernel takes 1.4 times (living-room) to 1.7 times (veach-ajar) the CPU time of the streaming modes.
 */
const OPTIONS = { maxBounces: 64, rouletteStart: 4, mode: process.env['MIXREEL_REFERENCE_MODE'] ?? 'streaming-soa' };
/** Materials on less of the picture have no row of their own. */
const LEAST_SHARE = 0.003;
/**
 * The noise of a mean of light that comes through a window or a door falls with the samples alone: of 16 x 16 pixels of the reference it
 * is 5 % of the light at 250 samples a pixel. A batch takes about a minute of CPU time, so that a run may be broken off.
 */
const PLAN = {
    'cornell-box': { spp: 4, batches: 8 },
    staircase2: { spp: 16, batches: 4 },
    'living-room': { spp: 16, batches: 16 },
    'veach-ajar': { spp: 16, batches: 16 }
};
const QUICK = { spp: 1, batches: 3 };

/** Rows of a scene: the whole, what maps exactly, each material. */
async function rowsOf(device, name, { quick, log }) {
    const path = sharedFile(name, 'TungstenRender.exr');
    if (!path) return [];
    const reference = readFrameExr(readFileSync(path));
    const size = { widthPx: reference.widthPx / SHRINK, heightPx: reference.heightPx / SHRINK };
    const { scene } = await readReferenceScene(name, size.heightPx, log);
    const { inexact = {}, maxBounces = OPTIONS.maxBounces } = REFERENCE_SCENES[name];
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, maxBounces });
    try {
        const films = await batchesOf(name, scene, { size, ...(quick ? QUICK : PLAN[name]) }, () => tracer, log);
        const theirs = shrink(reference.layer('color'), reference.widthPx, reference.heightPx, SHRINK);
        const shown = await materialsOfPixels(tracer, scene, reference, size);
        const seen = flipMap(films, theirs, size);
        const row = (surfaces, material, chosen) => {
            const made = compare(films, theirs, { ...size, sidePx: BLOCK_PX / SHRINK, chosen });
            if (!made) return [];
            let [sum, count] = [0, 0];
            seen.forEach((value, i) => {
                if (!chosen(i)) return;
                sum += value;
                count++;
            });
            return [{ scene: name, surfaces, material, share: count / seen.length, flip: sum / count, ...made }];
        };
        const names = [...new Set(shown.filter((shownName) => shownName !== null))].sort();
        return [
            ...row('whole picture', null, () => true),
            ...row('exact materials', null, (i) => shown[i] !== null && !(shown[i] in inexact)),
            ...names
                .flatMap((material) => row(material, material, (i) => shown[i] === material))
                .filter(({ share }) => share >= LEAST_SHARE)
        ];
    } finally {
        tracer.destroy();
    }
}

/** FLIP of each pixel, tone-mapped. */
function flipMap(films, theirs, { widthPx, heightPx }) {
    const ours = theirs.map((_, i) => films.reduce((sum, film) => sum + film[i], 0) / films.length);
    const frame = (color) => toneMap(new Frame({ widthPx, heightPx, layers: { color } }), { mapper: 'aces' });
    return flip(frame(theirs), frame(ours)).map;
}

function figuresOf(row) {
    const { scene, surfaces, material } = row;
    const place = `reference/${scene}/${material ? `material/${material}` : surfaces.replace(' ', '-')}`;
    const share = `${(100 * row.share).toFixed(1)} % of the picture`;
    const figure = (name, value, better, note) => ({ name: `${place}/${name}`, value, unit: 'x', better, note });
    return [
        figure('energy-ratio', row.energy, 'higher', `1 is right, +- ${row.energyError.toFixed(4)}; ${share}`),
        figure('relative-mse', row.mse, 'lower', `of which noise ${row.noise.toPrecision(3)}`),
        figure('relative-error', row.error, 'lower', `without noise; below ${row.bound.toFixed(4)} with 97 %`),
        figure('flip', row.flip, 'lower', 'tone-mapped, noise and all')
    ];
}

/** The table for a README. */
function markdown(rows) {
    const percent = (value) => `${(100 * value).toFixed(1)} %`;
    const lines = rows.map((r) => {
        const why = r.material ? (REFERENCE_SCENES[r.scene].inexact?.[r.material] ?? '') : '';
        const cells = [
            r.scene,
            r.surfaces,
            percent(r.share),
            `${r.energy.toFixed(3)} ± ${r.energyError.toFixed(3)}`,
            `${r.mse.toExponential(1)} (${r.noise.toExponential(1)})`,
            `${percent(r.error)} (< ${percent(r.bound)})`,
            r.flip.toFixed(3),
            why
        ];
        return `| ${cells.join(' | ')} |`;
    });
    const head = '| scene | surfaces | share | energy ratio | relative MSE (noise) | relative error | FLIP | differs |';
    return [head, `|${' --- |'.repeat(8)}`, ...lines].join('\n');
}

export default async function reference({ quick, log, only }) {
    const names = quick ? ['cornell-box'] : Object.keys(REFERENCE_SCENES);
    const rows = [];
    const device = await createNodeDevice();
    try {
        for (const name of names) {
            if (only && !`reference/${name}`.includes(only) && !only.startsWith(`reference/${name}`)) continue;
            rows.push(...(await rowsOf(device, name, { quick, log })));
        }
    } finally {
        device.destroy();
    }
    if (rows.length > 0) log(markdown(rows));
    return rows.flatMap(figuresOf);
}
