/**
 * Shows a stream in a PlayCanvas app: what arrives of each frame is decoded onto a texture for any material, and a camera may take the sender's pose, so
 * that the receiver renders its own copy of the scene from concepts alone.
 *
 *     const receiver = new StreamReceiverPlugin(app, { onTexture: (texture) => { material.emissiveMap = texture; material.update(); } });
 *     channel.onmessage = ({ data }) => receiver.receive(data);
 *
 * The decoder's planes are interleaved once, into memory that is kept, from which the queue writes the engine's own GPU texture: no copy of the
 * engine's in between.
 */
import { badInput, type PduSet, type PduSetArrival } from '@mixreel/core';
import { IDENTITY_VIEW } from '@mixreel/image';
import { ADDRESS_CLAMP_TO_EDGE, type AppBase, FILTER_LINEAR, PIXELFORMAT_SRGBA8, Texture } from 'playcanvas';
import { type DecodedFrame, type DecodeSettings, FrameDecoder } from '../frame-decoder.ts';
import type { Picture } from '../picture.ts';
import { takeView } from './camera-view.ts';
import { requireWebGpu, STREAM_RECEIVER_DEFAULTS, type StreamReceiverOptions } from './stream-options.ts';

/** See the file comment. */
export class StreamReceiverPlugin {
    readonly options: StreamReceiverOptions;
    readonly #app: AppBase;
    readonly #decoder: FrameDecoder;
    #texture: Texture | null = null;
    #texels: Uint8Array<ArrayBuffer> = new Uint8Array(0);
    #destroyed = false;

    /** @throws MixreelError `bad-input` if the app does not run on WebGPU. */
    constructor(app: AppBase, options: Partial<StreamReceiverOptions> = {}) {
        requireWebGpu(app);
        this.#app = app;
        this.options = { ...STREAM_RECEIVER_DEFAULTS, ...options };
        this.#decoder = new FrameDecoder(this.options.decoder);
    }

    /** What the newest frame is on, sRGB with alpha; null before the first. It is another one after frames changed their size. */
    get texture(): Texture | null {
        return this.#texture;
    }

    /**
     * Decodes what arrived of one frame and shows it.
     *
     * @param arrivals - Its PDU Sets; empty: it was lost.
     * @throws MixreelError `limit-exceeded` if it is larger than the decoder's `maxPixels`; never because of loss or damage.
     */
    receive(arrivals: readonly (PduSet | PduSetArrival)[], settings: DecodeSettings = {}): DecodedFrame {
        if (this.#destroyed) throw badInput('the stream receiver is destroyed', 'a living one', 'Make a new one');
        const decoded = this.#decoder.decode(arrivals, settings);
        this.#show(decoded.picture);
        const camera = this.options.camera?.camera;
        const { view } = decoded.frame;
        if (camera && view !== IDENTITY_VIEW) takeView(camera, view);
        this.options.onFrame(decoded);
        return decoded;
    }

    /** Frees the texture; take it off the materials first. */
    destroy(): void {
        if (this.#destroyed) return;
        this.#destroyed = true;
        this.#texture?.destroy();
        this.#texture = null;
    }

    #show(picture: Picture): void {
        const { widthPx, heightPx } = picture;
        const texture = this.#textureOf(widthPx, heightPx);
        interleave(picture, this.#texels);
        const { gpuTexture } = texture.impl as unknown as { gpuTexture: GPUTexture };
        const { wgpu } = this.#app.graphicsDevice as unknown as { wgpu: GPUDevice };
        wgpu.queue.writeTexture(
            { texture: gpuTexture },
            this.#texels,
            { bytesPerRow: 4 * widthPx },
            { width: widthPx, height: heightPx }
        );
    }

    #textureOf(width: number, height: number): Texture {
        const before = this.#texture;
        if (before?.width === width && before.height === height) return before;
        this.#texels = new Uint8Array(4 * width * height);
        this.#texture = new Texture(this.#app.graphicsDevice, {
            name: 'mixreel/stream',
            width,
            height,
            format: PIXELFORMAT_SRGBA8,
            mipmaps: false,
            minFilter: FILTER_LINEAR,
            magFilter: FILTER_LINEAR,
            addressU: ADDRESS_CLAMP_TO_EDGE,
            addressV: ADDRESS_CLAMP_TO_EDGE
        });
        this.options.onTexture(this.#texture);
        before?.destroy();
        return this.#texture;
    }
}

/** Planes to texels. */
function interleave({ rgb, alpha }: Picture, texels: Uint8Array): void {
    const size = rgb.length / 3;
    for (let i = 0; i < size; i++) {
        texels[4 * i] = rgb[i]!;
        texels[4 * i + 1] = rgb[size + i]!;
        texels[4 * i + 2] = rgb[2 * size + i]!;
        texels[4 * i + 3] = alpha ? alpha[i]! : 255;
    }
}
