/**
 * What a scene of four million triangles takes: bytes on the device, exact, and the most that the process held at any time (its
 * peak resident set, which includes everything that runs in it: SwiftShader's buffers are main memory too).
 */
import { createNodeDevice } from '@mixreel/gpu/node';
import { createScene, PathTracer } from '@mixreel/pathtracer';
import { noisyKnot } from './noisy-knot.mjs';

/** Quads each way: 3,998,792 triangles. */
const SIDE = 1414;
const MEBIBYTE = 2 ** 20;

export default async function memory({ quick, log, only }) {
    if (quick || (only && !only.startsWith('memory'))) return [];
    const device = await createNodeDevice();
    try {
        const scene = createScene({
            meshes: [noisyKnot(SIDE)],
            instances: [{ mesh: 0, material: 0, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }],
            materials: [{ kind: 'diffuse' }]
        });
        const tracer = await PathTracer.create(device, scene);
        const { triangles, builtIn } = tracer.stats;
        const gpuBytes = device.live.sizeBytes;
        const buffers = new Map();
        for (const { label, sizeBytes } of device.live.list())
            buffers.set(label, (buffers.get(label) ?? 0) + sizeBytes);
        const peakBytes = process.resourceUsage().maxRSS * 1024;
        log(
            `memory: ${triangles} triangles, ${Math.round(gpuBytes / MEBIBYTE)} MiB on the device, built in ${builtIn}`
        );
        tracer.destroy();
        const note = `${triangles} triangles, built in a ${builtIn}`;
        return [
            ...[...buffers]
                .filter(([, sizeBytes]) => sizeBytes >= MEBIBYTE)
                .map(([label, sizeBytes]) => ({
                    name: `memory/4m/buffer/${label}/mib`,
                    value: sizeBytes / MEBIBYTE,
                    unit: 'MiB',
                    better: 'lower',
                    note: `${(sizeBytes / triangles).toFixed(1)} B a triangle`
                })),
            { name: 'memory/4m/gpu-mib', value: gpuBytes / MEBIBYTE, unit: 'MiB', better: 'lower', note },
            { name: 'memory/4m/node-peak-mib', value: peakBytes / MEBIBYTE, unit: 'MiB', better: 'lower', note },
            { name: 'memory/4m/gpu-bytes-per-triangle', value: gpuBytes / triangles, unit: 'B', better: 'lower', note }
        ];
    } finally {
        device.destroy();
    }
}
