/**
 * LPIPS v0.1 (Zhang et al., CVPR 2018) by onnxruntime-node, where both are at hand: the weights in ../shared/metrics, the runtime installed
 * in this repository or in the folder that MIXREEL_ONNXRUNTIME names (ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node). It is no
 * dependency: 288 MB that only this measurement needs. The self-test of the weights must pass before any figure.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readPng } from '@mixreel/image';

export const shared = new URL('../../../../shared/', import.meta.url);
/** Published for alex: 0.722 and 0.138; tolerance of the ONNX file against them 1e-4 of what its README gives. */
const SELF_TEST = { alex: [0.7219, 0.1376], squeeze: [0.711, 0.1479] };

/** onnxruntime-node, or null. */
export function onnxRuntime() {
    for (const base of [process.env.MIXREEL_ONNXRUNTIME, process.cwd()]) {
        if (!base) continue;
        try {
            return createRequire(join(base, 'package.json'))('onnxruntime-node');
        } catch {
            // Not there: the next place.
        }
    }
    return null;
}

/** Planar 8-bit RGB of a PNG file without alpha. */
export function planarOf(path) {
    const { data, widthPx, heightPx, channels } = readPng(readFileSync(path));
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    for (let i = 0; i < size; i++) for (let c = 0; c < 3; c++) rgb[c * size + i] = data[i * channels + c];
    return { widthPx, heightPx, rgb };
}

/** `(a, b) => Promise<distance>` on planar pictures, or null with the reason logged. */
export async function openLpips(log, variant = 'alex') {
    const weights = new URL(`metrics/lpips_${variant}_v0.1.onnx`, shared);
    const ort = onnxRuntime();
    if (!ort || !existsSync(weights)) {
        log(
            `LPIPS is not measured: ${ort ? '../shared/metrics is absent' : 'onnxruntime-node is not installed (see tests/bench/codec/lpips.mjs)'}`
        );
        return null;
    }
    const session = await ort.InferenceSession.create(readFileSync(weights), {
        intraOpNumThreads: 1,
        logSeverityLevel: 3
    });
    const tensor = ({ widthPx, heightPx, rgb }) =>
        new ort.Tensor(
            'float32',
            Float32Array.from(rgb, (v) => v / 127.5 - 1),
            [1, 3, heightPx, widthPx]
        );
    const distance = async (a, b) => (await session.run({ a: tensor(a), b: tensor(b) })).d.data[0];
    const example = (name) => planarOf(new URL(`metrics/example/ex_${name}.png`, shared));
    for (const [i, expected] of SELF_TEST[variant].entries()) {
        const got = await distance(example('ref'), example(`p${i}`));
        if (Math.abs(got - expected) > 1.5e-4)
            throw new Error(`LPIPS-${variant} self-test: ${got} (expected ${expected})`);
    }
    return distance;
}
