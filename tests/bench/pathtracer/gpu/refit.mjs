/**
 * Moving every vertex of a mesh: the whole of `PathTracer.update` as a user waits for it, and the GPU time of its kernels.
 */
import { createScene, PathTracer } from '@mixreel/pathtracer';

/** Makes the device measure every recording while `work` runs; the kernel times, null where the device cannot tell. */
async function timed(device, work) {
    const recordings = [];
    const { record } = device;
    device.record = (label) => {
        const recording = record.call(device, label, { timestamps: true });
        recordings.push(recording);
        return recording;
    };
    try {
        await work();
        const times = await Promise.all(recordings.map((recording) => recording.timings()));
        return times.some((time) => time === null) ? null : times.flat();
    } finally {
        device.record = record;
    }
}

export async function refitFigures(device, mesh, { quick }) {
    const triangles = mesh.indices.length / 3;
    const scene = createScene({
        meshes: [mesh],
        materials: [{}],
        instances: [{ mesh: 0, material: 0, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }]
    });
    const tracer = await PathTracer.create(device, scene, { dynamic: true });
    const moved = (scale) => ({ meshes: [{ mesh: 0, positions: mesh.positions.map((x) => x * scale) }] });
    const times = [];
    let kernels = null;
    for (let run = 0; run < (quick ? 2 : 8); run++) {
        const change = moved(1 + run / 100);
        const start = performance.now();
        await tracer.update(change);
        times.push(performance.now() - start);
        kernels = await timed(device, () => tracer.update(change));
    }
    tracer.destroy();
    const size = triangles > 900_000 ? '1m' : String(triangles);
    const figures = [
        {
            name: `gpu/refit/${size}/update-ms`,
            value: Math.min(...times.slice(1)),
            unit: 'ms',
            better: 'lower',
            note: `${triangles} triangles, upload of the vertices included`
        }
    ];
    if (kernels) {
        const value = kernels.reduce((sum, kernel) => sum + kernel.durationNs, 0) / 1e6;
        const note = kernels.map(({ label, durationNs }) => `${label} ${(durationNs / 1e6).toFixed(2)} ms`).join(', ');
        figures.push({ name: `gpu/refit/${size}/kernels-ms`, value, unit: 'ms', better: 'lower', note });
    }
    return { figures };
}
