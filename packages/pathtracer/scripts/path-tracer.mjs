// Path-traces what the camera on this entity sees, in place of its own picture.

import { PathTracerPlugin } from '@mixreel/pathtracer/playcanvas';
import { Script } from 'playcanvas';

/**
 * Put it on an entity with a camera, in an app that runs on WebGPU. The picture gathers samples while nothing moves, and
 * follows the scene when something does. Other scripts read `state`, `spp` and `message`, and hear `pathtracer:` events.
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
     * Smooths the noise away along surfaces, less and less as samples gather.
     *
     * @attribute
     * @title Denoise
     */
    denoise = false;

    /**
     * Shows samples, and what is wrong if something is, in a corner of the page.
     *
     * @attribute
     * @title Show State
     */
    showState = false;

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

    /**
     * What it is doing. `starting`: the scene is read, kernels are compiled; `tracing`: samples gather; `resting`: all are there;
     * `raster`: the camera's own picture is shown; `off`: the script is disabled; `failed`: see `message`.
     *
     * @type {'off' | 'starting' | 'tracing' | 'resting' | 'raster' | 'failed'}
     */
    state = 'off';

    /** Samples per pixel of the picture. */
    spp = 0;

    /** What went wrong, or what of the scene is left out; one line each. */
    message = '';

    /** @type {PathTracerPlugin | null} */
    plugin = null;

    /** @type {HTMLElement | null} */
    label = null;

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
        this.plugin.denoise = this.denoise;
        this.show();
    }

    /** Writes the state into the page, if that is asked for. */
    show() {
        if (this.state !== 'failed') this.state = this.stateNow();
        if (!this.showState) {
            this.label?.remove();
            this.label = null;
            return;
        }
        if (!this.label) {
            this.label = document.body.appendChild(document.createElement('pre'));
            this.label.style.cssText =
                'position:fixed;left:8px;top:8px;margin:0;padding:4px 8px;font:12px monospace;color:#fff;background:#000a;pointer-events:none';
        }
        const text = [`${this.state}, ${this.spp} of ${this.maxSpp} samples`, this.message].join('\n').trim();
        if (this.label.textContent !== text) this.label.textContent = text;
    }

    stateNow() {
        if (!this.plugin) return 'off';
        if (this.raster) return 'raster';
        if (this.spp === 0) return 'starting';
        return this.spp < this.maxSpp ? 'tracing' : 'resting';
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
            denoise: this.denoise,
            mode: this.raster ? 'raster' : 'pathtraced',
            tracer: { maxBounces: this.maxBounces, rouletteStart: this.rouletteStart, seed: this.seed },
            onEvent: (event) => {
                this.note(event);
                this.fire(`pathtracer:${event.kind}`, event);
            }
        });
        this.state = 'starting';
        this.plugin.enable();
    }

    stop() {
        this.plugin?.destroy();
        this.plugin = null;
        this.spp = 0;
        this.message = '';
        this.state = 'off';
        this.label?.remove();
        this.label = null;
    }

    /** @param {import('@mixreel/pathtracer/playcanvas').PluginEvent} event - What the plugin tells. */
    note(event) {
        if (event.kind === 'restart') this.spp = 0;
        if (event.kind === 'samples' || event.kind === 'resumed') {
            this.spp = event.spp;
            this.state = this.stateNow();
        }
        if (event.kind === 'scene') this.message = event.events.map(({ message }) => message).join('\n');
        if (event.kind !== 'failed') return;
        this.state = 'failed';
        this.message = event.error.message;
        console.error(event.error.message);
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
