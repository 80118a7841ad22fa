/**
 * Distances between pictures by metrics that the user brings: LPIPS as an ONNX file, or a module of one's own for anything
 * else. They are given as paths, because judging happens in worker threads, which functions do not cross to, and because
 * nothing of them is loaded before a capture asks for it. The harness brings neither weights nor a runtime: 10 MB and 290 MB
 * that most suites never use.
 *
 * Cost: an ONNX model is opened for each pair of pictures (30 ms, beside 40 ms at 256 x 256 and 230 ms at 768 x 512), so that
 * no thread holds on to it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badInput, MixreelError } from '@mixreel/core';
import type { Rgba8Image } from '@mixreel/image';
import type { CaptureData, Judge } from '../verdict/capture.ts';
import { rgba8Of } from '../verdict/picture-data.ts';
import { sameData } from '../verdict/same-data.ts';

/** Default export of a module: how far the second picture is from the first, 0 for the same, of 8-bit sRGB and one size. */
export type DistanceMetric = (expected: Rgba8Image, actual: Rgba8Image) => Promise<number> | number;

/** What is used of onnxruntime-node. */
interface OnnxRuntime {
    readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
    readonly InferenceSession: {
        create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
    };
}

interface OnnxSession {
    run(inputs: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { data: ArrayLike<number> }>>>;
    release(): Promise<void>;
}

/**
 * The distances that a perceptual judgement has bounds for; none where they would not be looked at.
 *
 * @param metrics - Paths of modules (`.js`, `.mjs`) and models (`.onnx`) by name, from the current folder.
 * @throws MixreelError `bad-input` for a metric that is not there or gives no number, `environment` without onnxruntime-node.
 */
export async function measureDistances(
    how: Judge,
    actual: CaptureData,
    expected: CaptureData,
    metrics: Readonly<Record<string, string>> = {}
): Promise<Readonly<Record<string, number>>> {
    if (how.kind !== 'perceptual' || how.maxDistances === undefined) return {};
    if (actual.kind !== 'frame' || expected.kind !== 'frame' || sameData(actual, expected)) return {};
    const [a, b] = [rgba8Of(expected), rgba8Of(actual)];
    if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) return {};
    const distances: Record<string, number> = {};
    for (const name of Object.keys(how.maxDistances)) {
        const path = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
        if (path === undefined) {
            const known = Object.keys(metrics).join(', ') || 'a configuration with metrics';
            const mend = `Add it to the configuration: metrics: { ${name}: '${name}.onnx' }`;
            throw badInput(`there is no metric "${name}"`, known, mend);
        }
        distances[name] = await distanceBy(name, path, a, b);
    }
    return distances;
}

async function distanceBy(name: string, path: string, a: Rgba8Image, b: Rgba8Image): Promise<number> {
    let distance: unknown;
    try {
        const metric = extname(path) === '.onnx' ? onnxMetric(path) : await moduleMetric(path);
        distance = await metric(a, b);
    } catch (cause) {
        if (cause instanceof MixreelError) throw cause;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw badInput(`metric "${name}" of ${path} failed: ${why}`, 'a distance', 'Correct the metric', cause);
    }
    if (typeof distance === 'number' && distance >= 0 && distance < Infinity) return distance;
    throw badInput(
        `metric "${name}" of ${path} gave ${String(distance)}`,
        'a number of 0 or more, 0 for the same',
        'Correct the metric'
    );
}

async function moduleMetric(path: string): Promise<DistanceMetric> {
    const { default: metric } = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    if (typeof metric === 'function') return metric as DistanceMetric;
    throw badInput(
        `${path} has no function as its default export`,
        'export default async (expected, actual) => distance',
        'Add it'
    );
}

/**
 * LPIPS v0.1 (Zhang et al., CVPR 2018) as ONNX: inputs `a` and `b`, float32 [1, 3, height, width], RGB from -1 to 1; output
 * `d`, the distance. Which network it is (alex, squeeze, vgg) the file's name should say: their values are not comparable.
 */
function onnxMetric(path: string): DistanceMetric {
    return async (a, b) => {
        const { Tensor, InferenceSession } = onnxRuntime(path);
        const model = await readFile(path);
        const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
        const tensor = (image: Rgba8Image): unknown =>
            new Tensor('float32', planesOf(image), [1, 3, image.heightPx, image.widthPx]);
        try {
            const { d } = await session.run({ a: tensor(a), b: tensor(b) });
            return d?.data[0] ?? Number.NaN;
        } finally {
            await session.release();
        }
    };
}

/** The runtime of the project that is tested, then the harness's own. */
function onnxRuntime(model: string): OnnxRuntime {
    for (const base of [join(process.cwd(), 'package.json'), import.meta.url]) {
        try {
            return createRequire(base)('onnxruntime-node') as OnnxRuntime;
        } catch {
            // Not there: the next place; then told of.
        }
    }
    throw new MixreelError('environment', {
        what: `${model} needs onnxruntime-node, which is not installed`,
        mend: 'ONNXRUNTIME_NODE_INSTALL=skip npm install --save-dev onnxruntime-node'
    });
}

function planesOf({ widthPx, heightPx, data }: Rgba8Image): Float32Array {
    const n = widthPx * heightPx;
    const planes = new Float32Array(3 * n);
    for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) planes[c * n + i] = data[4 * i + c]! / 127.5 - 1;
    return planes;
}
