/**
 * Paths and rays per second of the three modes on the device at hand, depth 4, with what they are made of: time of each kernel by
 * timestamps, queue lengths by bounce, bytes of state moved, and what the scene's tree costs. On a machine without a GPU that is SwiftShader; figures
 * of any other device carry `gpu` in their names instead.
 *
 * The kernels leave out what the scene has none of (textures, transparent triangles, an environment, instances, kinds of lobes), as
 * they do for every user. Rows under `every-material` have the whole material model compiled in, for the same picture.
 */
import { performance } from 'node:perf_hooks';
import { createNodeDevice } from '@mixreel/gpu/node';
import { cornellBox, PathTracer } from '@mixreel/pathtracer';
import { withEveryMaterial } from './every-material.mjs';
import { MODE_NOTES, MODES } from './modes.mjs';
import { queueFigures } from './queue-figures.mjs';
import { readReferenceScene } from './scenes.mjs';
import { trafficIsKnown } from './traffic.mjs';
import { treeFigures, watchBuild } from './tree-figures.mjs';

const DEPTH = 4;

/** Runs of about a second for every tracer in turn, so that other work on the machine hits all alike: paths per second of each. */
async function measure(tracers, paths) {
    const runs = [];
    for (const tracer of tracers) {
        await tracer.render({ spp: 1 });
        const start = performance.now();
        await tracer.render({ spp: 1 });
        const spp = Math.max(1, Math.min(256, Math.round(1000 / (performance.now() - start))));
        runs.push({ tracer, spp, rates: [] });
    }
    for (let round = 0; round < 3; round++) {
        for (const { tracer, spp, rates } of runs) {
            const before = performance.now();
            await tracer.render({ spp });
            rates.push((paths * spp * 1000) / (performance.now() - before));
        }
    }
    return runs.map(({ rates }) => rates.sort((a, b) => a - b)[1]);
}

/** What the rates are made of. */
async function anatomy(tracer, place, pathsPerSecond, { mode, traffic: known }) {
    const counted = await tracer.render({ spp: 2, timestamps: true });
    const { paths, rays, kernels } = counted;
    const lower = (name, value, unit, note) => ({ name: `${place}/${name}`, value, unit, better: 'lower', note });
    const figures = [
        {
            name: `${place}/rays-per-second`,
            value: (pathsPerSecond * rays) / paths,
            unit: '1/s',
            better: 'higher',
            note: `${(rays / paths).toFixed(2)} rays a path`
        }
    ];
    const total = kernels?.reduce((sum, { durationNs }) => sum + durationNs, 0) ?? 0;
    for (const { label, durationNs, dispatches } of kernels ?? []) {
        const note = `${((100 * durationNs) / total).toFixed(1)} % of ${dispatches} dispatches' time`;
        figures.push(lower(`kernel/${label}/ns-per-path`, durationNs / paths, 'ns', note));
    }
    return [...figures, ...queueFigures(place, counted, { mode, known })];
}

async function sceneFigures(device, place, scene, { size, traffic }) {
    const tracers = [];
    const figures = [];
    const build = watchBuild();
    try {
        for (const mode of MODES) {
            const options = { mode, maxBounces: DEPTH, rouletteStart: 64 };
            const watched = tracers.length === 0 ? build : {};
            const tracer = await PathTracer.create(device, scene, { ...options, ...watched.options }, watched.progress);
            tracers.push(tracer);
            tracer.setView(scene.view, { widthPx: size, heightPx: size });
        }
        const rates = await measure(tracers, size * size);
        for (const [i, mode] of MODES.entries()) {
            const note = `${device.info.description}; ${MODE_NOTES[mode]}`;
            const name = `${place}/${mode}/paths-per-second`;
            figures.push({ name, value: rates[i], unit: '1/s', better: 'higher', note });
            figures.push(...(await anatomy(tracers[i], `${place}/${mode}`, rates[i], { mode, traffic })));
        }
        figures.push(...treeFigures(place, build.seconds(), tracers[0].stats));
    } finally {
        for (const tracer of tracers) tracer.destroy();
    }
    return figures;
}

export default async function swiftshader({ quick, log, only }) {
    const traffic = trafficIsKnown(log);
    const device = await createNodeDevice();
    const software = /swiftshader/i.test(`${device.info.description} ${device.info.driver}`);
    const where = software ? 'swiftshader' : 'gpu';
    log(`${where}: ${device.info.description}`);
    const scenes = { cornell: cornellBox() };
    if (!quick) {
        for (const name of ['staircase2', 'living-room', 'veach-ajar']) {
            if (only && !`${where}/${name}`.includes(only) && !only.includes(name)) continue;
            const read = await readReferenceScene(name, 64, log);
            if (read) scenes[name] = read.scene;
        }
    }
    const figures = [];
    for (const [scene, made] of Object.entries(scenes)) {
        // Real scenes at the small size alone: their shares of the time hardly change with it.
        for (const size of quick || scene !== 'cornell' ? [64] : [64, 256]) {
            const place = `${where}/${scene}/${size}`;
            if (only && !place.includes(only) && !only.startsWith(place)) continue;
            figures.push(...(await sceneFigures(device, place, made, { size, traffic })));
        }
    }
    const place = `${where}/cornell/64/every-material`;
    if (!quick && (!only || place.includes(only) || only.startsWith(place))) {
        figures.push(...(await sceneFigures(device, place, withEveryMaterial(cornellBox()), { size: 64, traffic })));
    }
    device.destroy();
    return figures;
}
