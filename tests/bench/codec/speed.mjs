/**
 * Time of 256 x 256 frames in Node, median over a moving picture; of the learned texture alone, with onnxruntime-node beside it on the same weights, one thread each,
 * turn by turn, where MIXREEL_ONNXRUNTIME names an install and there is a Python with PyTorch and onnx (training/export_onnx.py); weights carried by the package.
 */
import { readdirSync, statSync } from 'node:fs';
import { FrameDecoder, FrameEncoder } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { Frame } from '@mixreel/image';
import { onnxRuntime } from './lpips.mjs';
import { textureOnnx } from './texture-onnx.mjs';

function movingFrame(time) {
    const size = 256;
    const color = Float32Array.from({ length: 3 * size * size }, (_, i) => {
        const x = (i % size) + 3 * time;
        const y = Math.floor(i / size) % size;
        return 0.3 + 0.2 * Math.sin(x / 11) * Math.cos(y / 13) + 0.06 * Math.sin(x * 1.3 + y * 2.9);
    });
    return new Frame({ widthPx: size, heightPx: size, layers: { color } });
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** The network by onnxruntime: `() => Promise<painted>` on an input that says little; null with the reason said. */
async function openOnnx(log) {
    const ort = onnxRuntime();
    if (!ort) log('onnxruntime-node is not installed (MIXREEL_ONNXRUNTIME): the texture network is timed alone');
    const model = ort && textureOnnx(log);
    if (!model) return null;
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
    const session = await ort.InferenceSession.create(model, options);
    const tensor = (channels, side) =>
        new ort.Tensor(
            'float32',
            Float32Array.from({ length: channels * side * side }, (_, i) => Math.sin(i / 7) / 2),
            [1, channels, side, side]
        );
    const inputs = { picture: tensor(3, 256), cells: tensor(6, 32), noise: tensor(1, 128) };
    return () => session.run(inputs);
}

/** The learned texture of one picture, ours and onnxruntime's by turns. */
async function textureFigures(quick, log) {
    const generator = learnedTexture();
    const size = 256;
    const picture = {
        widthPx: size,
        heightPx: size,
        rgb: Uint8Array.from({ length: 3 * size * size }, (_, i) => 128 + 100 * Math.sin(i / 7)),
        alpha: null
    };
    const cells = { columns: 32, rows: 32, data: new Uint8Array(6 * 32 * 32).fill(128) };
    const onnx = await openOnnx(log);
    const [ours, theirs] = [[], []];
    for (let i = 0; i < (quick ? 12 : 40); i++) {
        const start = performance.now();
        generator.paint({ picture, cells });
        const middle = performance.now();
        if (onnx) await onnx();
        if (i < 4) continue;
        ours.push(middle - start);
        theirs.push(performance.now() - middle);
    }
    const value = median(ours);
    const against = onnx ? { against: { name: 'onnxruntime-node, one thread', value: median(theirs) } } : {};
    return [{ name: 'texture/256/node-ms', value, unit: 'ms', better: 'lower', ...against }];
}

/** Of both networks' files. */
function weightsBytes() {
    const folder = new URL('../../../packages/codec/models/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.mxg'));
    return files.reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0);
}

export default async function speed({ quick, log, only }) {
    if (only && !'decode encode texture weights'.includes(only)) return [];
    const encoder = new FrameEncoder({ quality: 50, gopLength: 4 });
    const decoder = new FrameDecoder();
    const painter = new FrameDecoder({ generator: learnedTexture() });
    const concept = learnedConcept();
    const [inConcepts, ofConcepts] = [new FrameEncoder({ concept, quality: 20 }), new FrameDecoder({ concept })];
    const times = { encode: {}, decode: {}, 'decode-learned': {}, 'encode-concept': {}, 'decode-concept': {} };
    const took = (verb, kind, ms) => {
        times[verb][kind] ??= [];
        times[verb][kind].push(ms);
    };
    for (let time = 0; time < (quick ? 24 : 80); time++) {
        const frame = movingFrame(time);
        const start = performance.now();
        const encoded = encoder.encode(frame);
        const middle = performance.now();
        decoder.decode(encoded.pduSets);
        const end = performance.now();
        painter.decode(encoded.pduSets);
        const painted = performance.now();
        const drawn = inConcepts.encode(frame);
        const sent = performance.now();
        ofConcepts.decode(drawn.pduSets);
        // The first frames warm the compiler up.
        if (time < 8) continue;
        took('encode-concept', 'intra', sent - painted);
        took('decode-concept', 'intra', performance.now() - sent);
        took('encode', encoded.kind, middle - start);
        took('decode', encoded.kind, end - middle);
        took('decode-learned', encoded.kind, painted - end);
    }
    const figures = Object.entries(times).flatMap(([verb, kinds]) =>
        Object.entries(kinds).map(([kind, values]) => ({
            name: kind === 'intra' ? `${verb}/256/node-ms` : `${verb}/256/predicted/node-ms`,
            value: median(values),
            unit: 'ms',
            better: 'lower',
            // Encoding may take ten times as long.
            wanted: verb.startsWith('encode') ? 400 : 40
        }))
    );
    return [
        ...figures,
        ...(await textureFigures(quick, log)),
        { name: 'weights/total-mib', value: weightsBytes() / 2 ** 20, unit: 'MiB', better: 'lower', wanted: 10 }
    ];
}
