// Path-traces what the camera on this entity sees, in place of its own picture.

import { PathTracerPlugin } from '@mixreel/pathtracer/playcanvas';
import { Script } from 'playcanvas';

/**
 * Put it on an entity with a camera, in an app that runs on WebGPU. The picture gathers samples while nothing moves, and
 * follows the scene when something does.
 */
export class PathTracer extends Script {
    static scriptName = 'pathTracer';

    /**
     * Shows the camera's own picture instead, and keeps the samples for later.
     *
     * @attribute
     * @title Raster
     */
    raster = false;

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
     * Milliseconds of tracing per frame, which decide on the samples per frame; 0: those are as set above.
     *
     * @attribute
     * @title Frame Budget (ms)
     * @range [0, 100]
     * @precision 0
     * @step 1
     */
    frameBudgetMs = 0;

    /**
     * When the camera moves, the picture so far is carried along until samples take its place.
     *
     * @attribute
     * @title Reproject
     */
    reproject = true;

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

    /**
     * Scatterings before Russian roulette may end a path.
     *
     * @attribute
     * @title Roulette Start
     * @range [0, 64]
     * @precision 0
     * @step 1
     */
    rouletteStart = 3;

    /**
     * Same seed, same picture.
     *
     * @attribute
     * @title Seed
     * @range [0, 65535]
     * @precision 0
     * @step 1
     */
    seed = 0;

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
        if (!this.plugin) return;
        if (this.settings() !== this.started) this.restart();
        this.plugin.mode = this.raster ? 'raster' : 'pathtraced';
    }

    settings() {
        const { maxSpp, sppPerFrame, frameBudgetMs, reproject, resolutionScale } = this;
        const tracing = [this.maxBounces, this.rouletteStart, this.seed];
        return [maxSpp, sppPerFrame, frameBudgetMs, reproject, resolutionScale, ...tracing].join();
    }

    start() {
        if (this.plugin || !this.enabled) return;
        this.started = this.settings();
        this.plugin = new PathTracerPlugin(this.app, {
            camera: this.entity,
            maxSpp: this.maxSpp,
            sppPerFrame: this.sppPerFrame,
            frameBudgetMs: this.frameBudgetMs || null,
            onCameraMove: this.reproject ? 'reproject' : 'restart',
            resolutionScale: this.resolutionScale,
            mode: this.raster ? 'raster' : 'pathtraced',
            tracer: { maxBounces: this.maxBounces, rouletteStart: this.rouletteStart, seed: this.seed },
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
