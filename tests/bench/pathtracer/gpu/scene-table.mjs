/** Frames per second of the three modes over scenes and depths; see main.mjs. */
import { PathTracer } from '@mixreel/pathtracer';
import { MODE_NOTES, MODES } from '../modes.mjs';
import { queueFigures } from '../queue-figures.mjs';
import { treeFigures, watchBuild } from '../tree-figures.mjs';

/** The paper's table has 3 bounces at most and one sample a pixel. No roulette: it would cut what is compared. */
const TABLE_DEPTH = 3;
const CURVE_DEPTHS = [1, 2, 4, 8, 16, 32, 64];

/**
 * Milliseconds of a frame of some samples: the best of the rounds' means, a round being as many frames as fill the time. One frame
 * warms up.
 */
async function frameMs(tracer, spp, { rounds, roundMs }) {
    await tracer.render({ spp });
    let best = Infinity;
    for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        let frames = 0;
        do {
            await tracer.render({ spp });
            frames++;
        } while (performance.now() - start < roundMs);
        best = Math.min(best, (performance.now() - start) / frames);
    }
    return best;
}

/** A sum that any difference of the film's bits changes. */
async function filmHash(tracer) {
    const { sum } = await tracer.readMoments();
    let hash = 0;
    for (const word of new Uint32Array(sum.buffer)) hash = (Math.imul(hash, 31) + word) >>> 0;
    return hash;
}

async function makeTracers(device, scene, size, maxBounces) {
    const tracers = [];
    const build = watchBuild();
    for (const mode of MODES) {
        const start = performance.now();
        const watched = tracers.length === 0 ? build : {};
        const options = { mode, maxBounces, rouletteStart: 64, ...watched.options };
        const tracer = await PathTracer.create(device, scene, options, watched.progress);
        tracer.setView(scene.view, size);
        tracers.push({ mode, tracer, createMs: performance.now() - start, buildSeconds: build.seconds() });
    }
    return tracers;
}

/**
 * The table's rows of one scene, kernel times, and whether the modes agree to the last bit. `traffic`: whether the table of bytes is
 * that of the kernels.
 */
export async function sceneTable(device, name, scene, size, { quick, log, traffic }) {
    const pace = quick ? { rounds: 1, roundMs: 1 } : { rounds: 3, roundMs: 700 };
    const tracers = await makeTracers(device, scene, size, TABLE_DEPTH);
    const place = `gpu/${name}/depth-${TABLE_DEPTH}`;
    const figures = treeFigures(`gpu/${name}`, tracers[0].buildSeconds, tracers[0].tracer.stats);
    const kernels = {};
    const perSecond = {};
    const hashes = new Set();
    for (const { mode, tracer, createMs } of tracers) {
        const counted = await tracer.render({ spp: 1 });
        hashes.add(await filmHash(tracer));
        const ms = await frameMs(tracer, 1, pace);
        perSecond[mode] = 1000 / ms;
        const made = `${size.widthPx} x ${size.heightPx}, made in ${Math.round(createMs)} ms, ${counted.rejected} rejected`;
        const note = `${made}; ${MODE_NOTES[mode]}`;
        figures.push({
            name: `${place}/${mode}/frames-per-second`,
            value: 1000 / ms,
            unit: '1/s',
            better: 'higher',
            note
        });
        const rays = (counted.rays * 1000) / ms;
        figures.push({ name: `${place}/${mode}/rays-per-second`, value: rays, unit: '1/s', better: 'higher' });
        figures.push(...queueFigures(`${place}/${mode}`, counted, { mode, known: traffic }));
        const timed = await tracer.render({ spp: 1, timestamps: true });
        if (timed.kernels) kernels[`${place}/${mode}`] = { kernels: timed.kernels, bounces: counted.bounces };
        tracer.destroy();
    }
    log(`${name}: the modes' films are ${hashes.size === 1 ? 'equal to the last bit' : 'different'}`);
    const against = (mode) => perSecond['streaming-soa'] / perSecond[mode];
    figures.push(
        {
            name: `${place}/soa-over-megakernel`,
            value: against('megakernel'),
            unit: 'x',
            better: 'higher',
            note: `streaming has ${MODE_NOTES['streaming-soa']}`
        },
        { name: `${place}/soa-over-aos`, value: against('streaming-aos'), unit: 'x', better: 'higher' },
        { name: `${place}/modes-equal`, value: hashes.size === 1 ? 1 : 0, unit: 'x', better: 'higher' }
    );
    return { figures, kernels };
}

/** Time over depth: what the paper shows at 1,024 samples, here of as few as a round takes, per sample. */
export async function depthCurve(device, name, scene, size, { quick, log, deadline }) {
    const pace = quick ? { rounds: 1, roundMs: 1 } : { rounds: 2, roundMs: 500 };
    const spp = quick ? 1 : 4;
    const figures = [];
    const curve = [];
    for (const depth of quick ? [1, 4] : CURVE_DEPTHS) {
        if (performance.now() > deadline) break;
        const row = { scene: name, depth, msPerSample: {} };
        for (const { mode, tracer } of await makeTracers(device, scene, size, depth)) {
            row.msPerSample[mode] = (await frameMs(tracer, spp, pace)) / spp;
            tracer.destroy();
        }
        const value = row.msPerSample.megakernel / row.msPerSample['streaming-soa'];
        curve.push(row);
        figures.push({
            name: `gpu/${name}/curve/depth-${depth}/soa-over-megakernel`,
            value,
            unit: 'x',
            better: 'higher'
        });
        const times = MODES.map((mode) => `${mode} ${row.msPerSample[mode].toFixed(2)} ms`).join(', ');
        log(`${name} depth ${depth}, a sample of each pixel: ${times}`);
    }
    return { figures, curve };
}
