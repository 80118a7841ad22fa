/**
 * Paths per second of the three modes on the device at hand, depth 4, with the whole material model compiled in. On a machine
 * without a GPU that is SwiftShader; figures of any other device carry its name instead.
 */
import { performance } from 'node:perf_hooks';
import { createNodeDevice } from '@mixreel/gpu/node';
import { cornellBox, PathTracer } from '@mixreel/pathtracer';
import { readReferenceScene } from './scenes.mjs';

const MODES = ['megakernel', 'streaming-aos', 'streaming-soa'];

/** Median of the paths per second of three runs of about a second each. */
async function measure(tracer, paths) {
    await tracer.render({ spp: 1 });
    const start = performance.now();
    await tracer.render({ spp: 1 });
    const spp = Math.max(1, Math.min(256, Math.round(1000 / (performance.now() - start))));
    const rates = [];
    for (let run = 0; run < 3; run++) {
        const before = performance.now();
        await tracer.render({ spp });
        rates.push((paths * spp * 1000) / (performance.now() - before));
    }
    return rates.sort((a, b) => a - b)[1];
}

export default async function swiftshader({ quick, log, only }) {
    const device = await createNodeDevice();
    const software = /swiftshader/i.test(`${device.info.description} ${device.info.driver}`);
    const where = software ? 'swiftshader' : 'gpu';
    log(`${where}: ${device.info.description}`);
    const scenes = { cornell: cornellBox() };
    if (!quick) {
        const read = await readReferenceScene('staircase2', 64, log);
        if (read) scenes['staircase2'] = read.scene;
    }
    const figures = [];
    for (const [scene, made] of Object.entries(scenes)) {
        for (const mode of MODES) {
            const tracer = await PathTracer.create(device, made, { mode, maxBounces: 4, rouletteStart: 64 });
            for (const size of quick ? [64] : [64, 256]) {
                const name = `${where}/${scene}/${size}/${mode}/paths-per-second`;
                if (only && !name.includes(only)) continue;
                tracer.setView(made.view, { widthPx: size, heightPx: size });
                const value = await measure(tracer, size * size);
                figures.push({ name, value, unit: '1/s', better: 'higher', note: device.info.description });
            }
            tracer.destroy();
        }
    }
    device.destroy();
    return figures;
}
