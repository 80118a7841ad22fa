// Streams what a camera sees to another app of the same origin, or shows what another one streams, over a BroadcastChannel.

import { StreamReceiverPlugin, StreamSenderPlugin } from '@mixreel/codec/playcanvas';
import { Script } from 'playcanvas';

/** Put it on the entity whose camera is to be streamed. Fires `stream:frame` with every encoded frame. */
export class StreamSender extends Script {
    static scriptName = 'streamSender';

    /**
     * Name of the BroadcastChannel; empty: none, take the frames from the event.
     *
     * @attribute
     * @title Channel
     */
    channel = 'mixreel-stream';

    /**
     * Width of the frames.
     *
     * @attribute
     * @title Width (px)
     * @range [16, 4096]
     * @precision 0
     * @step 1
     */
    widthPx = 320;

    /**
     * Height of the frames.
     *
     * @attribute
     * @title Height (px)
     * @range [16, 4096]
     * @precision 0
     * @step 1
     */
    heightPx = 180;

    /**
     * Most frames a second.
     *
     * @attribute
     * @title Frames per Second
     * @range [1, 120]
     */
    framesPerSecond = 30;

    /**
     * From 0 (smallest) to 100 (no visible loss).
     *
     * @attribute
     * @title Quality
     * @range [0, 100]
     */
    quality = 40;

    /**
     * Pose and text alone, for receivers that hold the scene.
     *
     * @attribute
     * @title Concepts Only
     */
    concepts = false;

    /** @type {StreamSenderPlugin | null} */
    plugin = null;

    /** @type {BroadcastChannel | null} */
    link = null;

    initialize() {
        this.start();
        this.on('enable', () => this.start());
        this.on('disable', () => this.stop());
        this.on('destroy', () => this.stop());
    }

    start() {
        if (this.plugin || !this.enabled) return;
        this.link = this.channel === '' ? null : new BroadcastChannel(this.channel);
        // A receiver that comes later asks for a frame that stands alone.
        if (this.link) this.link.onmessage = ({ data }) => data === 'refresh' && this.plugin?.requestRefresh();
        this.plugin = new StreamSenderPlugin(this.app, {
            camera: this.entity,
            widthPx: this.widthPx,
            heightPx: this.heightPx,
            framesPerSecond: this.framesPerSecond,
            send: this.concepts ? 'concepts' : 'picture',
            encoder: { quality: this.quality },
            onFrame: (frame) => {
                this.link?.postMessage(frame.pduSets);
                this.fire('stream:frame', frame);
            },
            onError: (error) => {
                console.error(error.message);
                this.fire('stream:error', error);
            }
        });
        this.plugin.enable();
    }

    stop() {
        this.plugin?.destroy();
        this.plugin = null;
        this.link?.close();
        this.link = null;
    }
}

/** Put it on the thing whose materials are to show the stream. Fires `stream:frame` with every decoded frame. */
export class StreamReceiver extends Script {
    static scriptName = 'streamReceiver';

    /**
     * Name of the BroadcastChannel; empty: none, call `receive` with the PDU Sets of each frame.
     *
     * @attribute
     * @title Channel
     */
    channel = 'mixreel-stream';

    /**
     * Shows the stream as light of this entity's materials.
     *
     * @attribute
     * @title Show on Materials
     */
    show = true;

    /**
     * Takes the sender's pose, if it has a camera.
     *
     * @attribute
     * @title Camera
     * @type {import('playcanvas').Entity | null}
     */
    camera = null;

    /** @type {StreamReceiverPlugin | null} */
    plugin = null;

    /** @type {BroadcastChannel | null} */
    link = null;

    initialize() {
        this.start();
        this.on('enable', () => this.start());
        this.on('disable', () => this.stop());
        this.on('destroy', () => this.stop());
    }

    start() {
        if (this.plugin || !this.enabled) return;
        this.plugin = new StreamReceiverPlugin(this.app, {
            camera: this.camera,
            onTexture: (texture) => this.put(texture),
            onFrame: (frame) => this.fire('stream:frame', frame)
        });
        if (this.channel === '') return;
        this.link = new BroadcastChannel(this.channel);
        this.link.onmessage = ({ data }) => Array.isArray(data) && this.receive(data);
        this.link.postMessage('refresh');
    }

    /**
     * Shows what arrived of one frame.
     *
     * @param {readonly (import('@mixreel/core').PduSet | import('@mixreel/core').PduSetArrival)[]} arrivals - Its PDU Sets.
     */
    receive(arrivals) {
        this.plugin?.receive(arrivals);
    }

    /** @param {import('playcanvas').Texture | null} texture - What the entity's materials show. */
    put(texture) {
        if (!this.show) return;
        for (const { material } of this.entity.render?.meshInstances ?? []) {
            material.emissiveMap = texture;
            material.update();
        }
    }

    stop() {
        this.put(null);
        this.plugin?.destroy();
        this.plugin = null;
        this.link?.close();
        this.link = null;
    }
}
