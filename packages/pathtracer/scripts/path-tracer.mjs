// Path-traces what the camera on this entity sees, in place of its own picture.

import { PathTracerPlugin } from '@mixreel/pathtracer/playcanvas';
import { Script } from 'playcanvas';

/**
 * Put it on an entity with a camera, in an app that runs on WebGPU. The picture gathers samples while nothing moves.
 */
export class PathTracer extends Script {
    static scriptName = 'pathTracer';

    /**
     * Samples per pixel at which the picture rests.
     *
     * @attribute
     * @title Max Samples
     * @range [1, 4096]
     * @precision 0
     * @step 1
     */
    maxSpp = 256;

    /**
     * Samples per pixel added each frame. More makes a still converge sooner and moving slower.
     *
     * @attribute
     * @title Samples Per Frame
     * @range [1, 64]
     * @precision 0
     * @step 1
     */
    sppPerFrame = 1;

    /**
     * Traced pixels per pixel of the canvas, each way.
     *
     * @attribute
     * @title Resolution Scale
     * @range [0.05, 2]
     * @precision 2
     * @step 0.05
     */
    resolutionScale = 1;

    /**
     * How often a path may scatter: 1 is direct light only.
     *
     * @attribute
     * @title Max Bounces
     * @range [1, 64]
     * @precision 0
     * @step 1
     */
    maxBounces = 4;

    /** @type {PathTracerPlugin | null} */
    plugin = null;

    /** @type {string} Settings that the plugin was started with. */
    started = '';

    initialize() {
        this.start();
        this.on('enable', () => this.start());
        this.on('disable', () => this.stop());
        this.on('destroy', () => this.stop());
    }

    // Attributes are plain fields: a change shows only here.
    update() {
        if (this.plugin && this.settings() !== this.started) this.restart();
    }

    settings() {
        return [this.maxSpp, this.sppPerFrame, this.resolutionScale, this.maxBounces].join();
    }

    start() {
        if (this.plugin || !this.enabled) return;
        this.started = this.settings();
        this.plugin = new PathTracerPlugin(this.app, {
            camera: this.entity,
            maxSpp: this.maxSpp,
            sppPerFrame: this.sppPerFrame,
            resolutionScale: this.resolutionScale,
            tracer: { maxBounces: this.maxBounces },
            onEvent: (event) => {
                if (event.kind === 'failed') console.error(event.error.message);
                this.fire(`pathtracer:${event.kind}`, event);
            }
        });
        this.plugin.enable();
    }

    stop() {
        this.plugin?.destroy();
        this.plugin = null;
    }

    restart() {
        this.stop();
        this.start();
    }

    /**
     * Renders a still with every layer.
     *
     * @param {import('@mixreel/pathtracer/playcanvas').StillInit} init - Samples and size.
     * @returns {Promise<import('@mixreel/image').Frame>} The frame.
     */
    renderToFrame(init) {
        if (!this.plugin) this.start();
        return this.plugin.renderToFrame(init);
    }
}
