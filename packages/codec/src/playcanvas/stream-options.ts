/** What the two ends of a stream are given. */
import { badInput, type Clock, type MixreelError } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import type { AppBase, Entity, Texture } from 'playcanvas';
import type { DecodedFrame } from '../frame-decoder.ts';
import type { EncodedFrame } from '../frame-encoder.ts';
import type { FrameDecoderOptions, FrameEncoderOptions } from '../options.ts';

/** Settings of a `StreamSenderPlugin`; what is left out has the default of {@link STREAM_SENDER_DEFAULTS}. */
export interface StreamSenderOptions {
    /** Whose view is sent; null: the app's first enabled camera. */
    readonly camera: Entity | null;
    /** Size of the frames, pixels, 1 to 4096. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** Most frames a second, above 0 to 240; fewer are sent where encoding takes longer. */
    readonly framesPerSecond: number;
    /** `picture`: all layers; `concepts`: pose and text alone, a few hundred bytes a frame, from which the receiver renders or paints. */
    readonly send: 'picture' | 'concepts';
    /** Where frames come from instead of the camera's raster picture: a path tracer's `renderToFrame`, for example. */
    readonly source: (() => Promise<Frame>) | null;
    readonly encoder: Partial<FrameEncoderOptions>;
    /** Default: the page's. */
    readonly clock: Clock | null;
    /** Is given every frame; its `pduSets` are what is to be carried. */
    readonly onFrame: (frame: EncodedFrame) => void;
    /** Is told why sending stopped. */
    readonly onError: (error: MixreelError) => void;
}

export const STREAM_SENDER_DEFAULTS: StreamSenderOptions = Object.freeze({
    camera: null,
    widthPx: 320,
    heightPx: 180,
    framesPerSecond: 30,
    send: 'picture',
    source: null,
    encoder: {},
    clock: null,
    onFrame: () => {},
    onError: () => {}
});

/** Settings of a `StreamReceiverPlugin`; what is left out has the default of {@link STREAM_RECEIVER_DEFAULTS}. */
export interface StreamReceiverOptions {
    /** Takes the sender's pose and field of view with every frame that carries one: the receiver renders its own copy of the scene. */
    readonly camera: Entity | null;
    readonly decoder: Partial<FrameDecoderOptions>;
    /** Is given the texture when it is first made and whenever the frames' size changes: put it on materials. */
    readonly onTexture: (texture: Texture) => void;
    readonly onFrame: (frame: DecodedFrame) => void;
}

export const STREAM_RECEIVER_DEFAULTS: StreamReceiverOptions = Object.freeze({
    camera: null,
    decoder: {},
    onTexture: () => {},
    onFrame: () => {}
});

/** Fills in and checks a sender's options. */
export function senderOptions(given: Partial<StreamSenderOptions>): StreamSenderOptions {
    const options = { ...STREAM_SENDER_DEFAULTS, ...given };
    for (const name of ['widthPx', 'heightPx'] as const) {
        const value = options[name];
        if (Number.isInteger(value) && value >= 1 && value <= 4096) continue;
        throw badInput(`${name} is ${value}`, 'an integer from 1 to 4096', 'Take 320 x 180');
    }
    if (!(options.framesPerSecond > 0 && options.framesPerSecond <= 240)) {
        throw badInput(`framesPerSecond is ${options.framesPerSecond}`, 'above 0 to 240', 'Take 30');
    }
    if (options.send !== 'picture' && options.send !== 'concepts') {
        throw badInput(`send is "${options.send}"`, 'picture or concepts', 'Take picture');
    }
    return options;
}

/** @throws MixreelError `bad-input` if the app does not run on WebGPU. */
export function requireWebGpu(app: AppBase): void {
    if (app.graphicsDevice.isWebGPU) return;
    throw badInput(
        'the PlayCanvas app runs on WebGL',
        'a WebGPU device',
        `Create the app's device with deviceTypes: ['webgpu']`
    );
}
