/**
 * Streams what a camera of a running PlayCanvas app sees, or what a path tracer makes of it, through the codec.
 *
 *     const sender = new StreamSenderPlugin(app, { onFrame: ({ pduSets }) => channel.postMessage(pduSets) });
 *     sender.enable();
 *
 * A frame is begun when the one before is encoded and the frame period is over; encoding lets the page breathe between rows of blocks. With
 * `send: 'concepts'` a frame is its pose and its text alone.
 */
import { badInput, type Clock, MixreelError, type NetworkState, RealClock } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import type { AppBase, CameraComponent } from 'playcanvas';
import { FrameEncoder } from '../frame-encoder.ts';
import { CameraCapture } from './camera-capture.ts';
import { requireWebGpu, type StreamSenderOptions, senderOptions } from './stream-options.ts';

/** See the file comment. */
export class StreamSenderPlugin {
    readonly options: StreamSenderOptions;
    readonly #app: AppBase;
    readonly #clock: Clock;
    readonly #encoder: FrameEncoder;
    #capture: CameraCapture | null = null;
    #enabled = false;
    #destroyed = false;
    #busy = false;
    /** Whether the capture holds a picture. */
    #rendered = false;
    #nextNs = 0;
    #frames = 0;
    #bytes = 0;
    readonly #onUpdate = (): void => this.#capture?.follow();
    readonly #onFrameEnd = (): void => this.#step();

    /** @throws MixreelError `bad-input` if the app does not run on WebGPU or an option is out of range. */
    constructor(app: AppBase, options: Partial<StreamSenderOptions> = {}) {
        requireWebGpu(app);
        this.#app = app;
        this.options = senderOptions(options);
        this.#clock = this.options.clock ?? new RealClock();
        const { framesPerSecond, send, encoder } = this.options;
        const text = send === 'concepts' ? { text: 'alone' as const } : {};
        this.#encoder = new FrameEncoder({ framesPerSecond, ...encoder, ...text });
    }

    /** Frames and bytes that were encoded so far. */
    get sent(): { readonly frames: number; readonly bytes: number } {
        return { frames: this.#frames, bytes: this.#bytes };
    }

    /** Starts with the next frame of the app. */
    enable(): void {
        if (this.#destroyed) throw badInput('the stream sender is destroyed', 'a living one', 'Make a new one');
        if (this.#enabled) return;
        if (!this.options.source) {
            const { widthPx, heightPx } = this.options;
            this.#capture = new CameraCapture(this.#app, this.#camera(), widthPx, heightPx);
            this.#rendered = false;
        }
        this.#enabled = true;
        this.#nextNs = this.#clock.nowNs();
        this.#app.on('update', this.#onUpdate);
        this.#app.on('frameend', this.#onFrameEnd);
    }

    /** Stops; a frame that is under way is dropped. The next one after `enable()` refers to none before. */
    disable(): void {
        if (!this.#enabled) return;
        this.#enabled = false;
        this.#app.off('update', this.#onUpdate);
        this.#app.off('frameend', this.#onFrameEnd);
        this.#capture?.destroy();
        this.#capture = null;
        this.#encoder.requestRefresh();
    }

    /** Frees everything. */
    destroy(): void {
        this.disable();
        this.#destroyed = true;
    }

    /** Makes the next frame refer to none before: for a receiver that has come or has lost something. */
    requestRefresh(): void {
        this.#encoder.requestRefresh();
    }

    /** Follows the network's advice on the rate. */
    onNetworkState(state: NetworkState): void {
        this.#encoder.onNetworkState(state);
    }

    #step(): void {
        const nowNs = this.#clock.nowNs();
        if (this.#busy || nowNs < this.#nextNs) return;
        if (this.#capture && !this.#rendered) {
            this.#rendered = true;
            return;
        }
        // A slow encoder does not pile up frames to make good.
        this.#nextNs = Math.max(this.#nextNs + 1e9 / this.options.framesPerSecond, nowNs);
        this.#busy = true;
        this.#send(Math.round(nowNs))
            .catch((error: unknown) => this.#fail(error))
            .finally(() => {
                this.#busy = false;
            });
    }

    async #send(timeNs: number): Promise<void> {
        const capture = this.#capture;
        const frame: Frame = await (this.options.source?.() ?? capture!.read(timeNs));
        if (!this.#enabled || capture !== this.#capture) return;
        const encoded = await this.#encoder.encodeAsync(frame);
        if (!this.#enabled || capture !== this.#capture) return;
        this.#frames++;
        this.#bytes += encoded.bytes;
        this.options.onFrame(encoded);
    }

    #fail(thrown: unknown): void {
        // Reading a texture that disable() destroyed fails; nobody waits for it.
        if (!this.#enabled) return;
        this.disable();
        const cause = thrown instanceof Error ? thrown.message : thrown;
        const mend = 'Report this with the scene';
        this.options.onError(
            thrown instanceof MixreelError
                ? thrown
                : new MixreelError('internal', { what: `the stream failed: ${cause}`, mend, cause: thrown })
        );
    }

    #camera(): CameraComponent {
        const { camera } = this.options;
        if (camera?.camera) return camera.camera;
        const cameras = this.#app.root.findComponents('camera') as CameraComponent[];
        const enabled = cameras.find((each) => each.enabled && each.entity.enabled);
        if (enabled && !camera) return enabled;
        throw badInput(
            camera ? `entity "${camera.name}" has no camera` : 'the app has no enabled camera',
            'an entity with a camera component',
            'Add a camera component, or pass the entity as option camera'
        );
    }
}
