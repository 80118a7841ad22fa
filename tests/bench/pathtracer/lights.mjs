/**
 * What the light tree is worth: direct light in a room of ever more small lamps, chosen by the tree and by power. Efficiency is the
 * inverse of variance times time; the ratio says how many times longer sampling by power has to run for the same noise. The
 * smallest count from which it stays above 1 is `TREE_THRESHOLD` in packages/pathtracer/src/lights/light-table.ts. And a
 * million lamps: seconds until the scene is on the device, and what of its bytes are lights.
 */
import { performance } from 'node:perf_hooks';
import { Rng } from '@mixreel/core';
import { createNodeDevice } from '@mixreel/gpu/node';
import { boxMesh, createScene, PathTracer, perspectiveView } from '@mixreel/pathtracer';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const SIZE = { widthPx: 64, heightPx: 64 };

/** A room of 8 x 3 x 8 m, seen from a corner, with a table, and triangles of 3 cm that shine downwards or to a side. */
function room(count) {
    const random = Rng.create('lights').stream(count);
    const positions = new Float32Array(count * 9);
    for (let t = 0; t < count; t++) {
        const at = [8 * random.float() - 4, 1 + 1.9 * random.float(), 8 * random.float() - 4];
        for (let k = 0; k < 9; k++) positions[t * 9 + k] = at[k % 3] + 0.03 * (random.float() - 0.5);
    }
    const walls = boxMesh([0, 1.5, 0], [4, 1.5, 4]);
    const inside = { ...walls, indices: walls.indices.slice().reverse() };
    const lamps = { positions, indices: Uint32Array.from({ length: count * 3 }, (_, i) => i) };
    const power = 20_000 / count;
    return createScene({
        meshes: [inside, boxMesh([0.5, 0.4, 0], [0.8, 0.4, 0.5], 0.3), lamps],
        instances: [0, 1, 2].map((mesh) => ({ mesh, material: mesh === 2 ? 1 : 0, transform: IDENTITY })),
        materials: [
            { kind: 'diffuse', baseColor: [0.6, 0.6, 0.6] },
            { kind: 'diffuse', baseColor: [0, 0, 0], emission: [power, power, power] }
        ]
    });
}

/** Variance of a sample, averaged over the picture, and seconds a sample. */
async function measure(device, scene, lightSampler, spp) {
    const options = { maxBounces: 1, sampler: 'independent', lightSampler };
    const tracer = await PathTracer.create(device, scene, options);
    // From below the lamps, at the floor: no noise of lamps within pixels.
    const view = { position: [-2, 0.9, 3], target: [0, 0, 0.5], fovYRad: 0.5, aspect: 1 };
    tracer.setView(perspectiveView(view), SIZE);
    await tracer.render({ spp: 1 });
    tracer.reset();
    const start = performance.now();
    await tracer.render({ spp });
    const seconds = (performance.now() - start) / 1000 / spp;
    const { sum, sumSquares } = await tracer.readMoments();
    tracer.destroy();
    let variance = 0;
    for (let i = 0; i < sum.length; i++) variance += (sumSquares[i] - (sum[i] * sum[i]) / spp) / (spp - 1);
    return { seconds, variance: variance / sum.length };
}

export default async function lights({ quick, log, only }) {
    const device = await createNodeDevice();
    const note = device.info.description;
    const figures = [];
    for (const count of quick ? [32, 1024] : [4, 8, 16, 32, 64, 256, 1024, 16384]) {
        const name = `lights/${count}/tree-over-power`;
        if (only && !name.includes(only)) continue;
        const scene = room(count);
        const spp = quick ? 16 : 64;
        const power = await measure(device, scene, 'power', spp);
        const tree = await measure(device, scene, 'tree', spp);
        const [time, noise] = [tree.seconds / power.seconds, power.variance / tree.variance];
        log(`${count} lights: ${time.toFixed(2)} times the time, ${noise.toFixed(2)} times less variance`);
        figures.push({ name: `${name}/efficiency`, value: noise / time, unit: 'x', better: 'higher', note });
        figures.push({ name: `${name}/time`, value: time, unit: 'x', better: 'lower', note });
    }
    const name = 'lights/1m';
    if (!quick && (!only || name.includes(only))) {
        const scene = room(1_000_000);
        const cpu = process.cpuUsage();
        const start = performance.now();
        const tracer = await PathTracer.create(device, scene, {});
        const seconds = (performance.now() - start) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        const { lights: rows, lightNodes } = tracer.stats;
        tracer.destroy();
        const what = `hierarchy, light table and tree; ${((user + system) / 1e6).toFixed(1)} s of processor time; ${note}`;
        figures.push({ name: `${name}/create-seconds`, value: seconds, unit: 's', better: 'lower', note: what });
        const bytes = rows * 96 + lightNodes * 32;
        figures.push({
            name: `${name}/light-bytes`,
            value: bytes,
            unit: 'B',
            better: 'lower',
            note: '96 a row, 32 a node'
        });
    }
    device.destroy();
    return figures;
}
