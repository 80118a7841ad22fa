/**
 * The path tracer: a scene on a device, a view, a film that gathers samples.
 *
 *     const tracer = await PathTracer.create(device, scene);
 *     tracer.setView(view, { widthPx: 320, heightPx: 180 });
 *     await tracer.render({ spp: 16 });
 *     const frame = await tracer.readFrame();
 *
 * Memory: the scene (about 110 bytes a triangle), 152 bytes for each path in flight, 80 bytes a pixel for film and layers.
 */
import { badInput, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import type { Device, GpuBuffer, Recording } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import type { CameraView } from '../scene/camera.ts';
import type { SceneChanges } from '../scene/change-scene.ts';
import type { Scene } from '../scene/scene.ts';
import { type AdaptiveSampling, nextPass, settleAdaptive } from './adaptive.ts';
import { DeviceScene, type UpdateReport } from './device-scene.ts';
import { checkFilmState, type FilmMoments, type FilmState, frameFromFilm, momentsFromFilm } from './film.ts';
import { kernelsFor, type ModeKernels, selectKernel, shadedBy } from './kernels.ts';
import { integer, type PathTracerOptions, regenerates, settleOptions } from './options.ts';
import type { SceneStats } from './pack-scene.ts';
import { PathBuffers } from './path-buffers.ts';
import { checkView, PictureTarget, type ViewSize } from './picture-target.ts';
import { renderRegenerating } from './regenerate.ts';
import type { PartInit, RenderInit } from './render-init.ts';
import { type RenderCounters, Tally } from './statistics.ts';
import { traitsOf } from './traits.ts';
import { recordWave, type WaveBindings, WORKGROUP } from './wave.ts';
import { type WaveRange, waveParams } from './wave-params.ts';

/** Samples of some pixels in a row. */
interface Pass {
    /** 0 if left out. */
    readonly start?: number;
    /** The pixel behind the last. */
    readonly pixels: number;
    readonly pixelsPerWave: number;
    readonly spp: number;
    /** Set if the pixels are those of the list. */
    readonly adaptive: Required<AdaptiveSampling> | null;
}

/** See the file comment. Made by {@link PathTracer.create}. */
export class PathTracer {
    readonly device: Device;
    readonly options: PathTracerOptions;
    readonly #content: DeviceScene;
    #kernels: ModeKernels;
    readonly #paths: PathBuffers;
    #target: PictureTarget | null = null;
    #samples = 0;
    #pixelsAhead = 0;
    #seed: number;
    /** Pixels whose layers are there. */
    #layersTo = 0;
    /** Paths since the counters were read. */
    #uncollected = 0;
    #busy = false;
    #destroyed = false;

    /**
     * Puts a scene on a device.
     *
     * @param options - Any of {@link PathTracerOptions}; the rest are defaults.
     * @throws MixreelError `bad-input` for a scene without triangles or bad options, `limit-exceeded` with the figures if the
     *   device cannot hold the scene, `device-lost`, `aborted`.
     */
    static async create(
        device: Device,
        scene: Scene,
        options: Partial<PathTracerOptions> = {},
        progress?: Progress
    ): Promise<PathTracer> {
        const settled = settleOptions(options);
        const { geometry, dynamic, buildIn, lightSampler, splitBudget } = settled;
        const wanted = { geometry, dynamic, buildIn, lightSampler, bvh: { splitBudget } };
        const content = await DeviceScene.create(device, scene, wanted, progress);
        try {
            throwIfAborted(progress, 'preparing the scene');
            const kernels = await kernelsFor(device, traitsOf(settled, content));
            return new PathTracer(device, settled, content, kernels);
        } catch (error) {
            content.destroy();
            throw error;
        }
    }

    private constructor(device: Device, options: PathTracerOptions, content: DeviceScene, kernels: ModeKernels) {
        this.device = device;
        this.options = options;
        this.#content = content;
        this.#kernels = kernels;
        this.#seed = options.seed;
        this.#paths = new PathBuffers(device, options, kernels.firstHit.view('params'));
    }

    /** The scene as it is shown now. */
    get scene(): Scene {
        return this.#content.scene;
    }

    /** Triangles, nodes and bytes of the scene on the device. */
    get stats(): SceneStats {
        return this.#content.stats;
    }

    /** Samples per pixel on the film; under adaptive sampling those of the pixels that have most. */
    get samples(): number {
        return this.#samples;
    }

    /** Pixels that have one sample more: those of the sample that {@link renderPart} has under way. 0 between samples. */
    get pixelsAhead(): number {
        return this.#pixelsAhead;
    }

    /**
     * The film where it lies, for kernels that show it: two rows of four floats a pixel, as `shaders/pathtracer/film.wgsl` says.
     * Valid until setView is given another size.
     */
    get film(): GpuBuffer {
        return this.#require().film;
    }

    /**
     * The layers beside the colour where they lie: three rows of four floats a pixel, as `shaders/pathtracer/first_hit.wgsl` says.
     * Filled by the first render after setView, or by parts of the first sample as they come.
     */
    get layers(): GpuBuffer {
        return this.#require().layers;
    }

    /**
     * Points the camera and clears the film. The film is kept in size if the picture is.
     *
     * @throws MixreelError `bad-input` for a view that is none, and while a call is running.
     */
    setView(view: CameraView, size: ViewSize): void {
        this.#checkIdle('setView');
        checkView(view, size);
        const old = this.#target;
        this.#target = null;
        this.#target = new PictureTarget(this.device, view, size, old);
        this.#clear();
    }

    /** Clears the film; the next render starts over with sample 0. @throws MixreelError `bad-input` while a call is running. */
    reset(): void {
        this.#checkIdle('reset');
        this.#clear();
    }

    #clear(): void {
        this.#samples = 0;
        this.#pixelsAhead = 0;
        this.#layersTo = 0;
        if (!this.#target) return;
        // Not awaited: ordered before the next render, whose promise reports errors.
        void this.device.record('clear film').clear(this.#target.film).submit();
    }

    /**
     * Changes the scene with the least work, and clears the film. With option `dynamic`, or once something has moved, geometry is
     * kept so that moving an instance costs the tree over the instances and its rows; vertices that move are refitted on the GPU.
     *
     * @returns What it took.
     * @throws MixreelError `bad-input`, `limit-exceeded`, `aborted`: scene and film are then as they were; `device-lost`.
     */
    async update(changes: SceneChanges, progress?: Progress): Promise<UpdateReport> {
        this.#check();
        return this.#exclusive('update', async () => {
            let kernels = this.#kernels;
            const report = await this.#content.update(changes, progress, async (next) => {
                kernels = await kernelsFor(this.device, traitsOf(this.options, next));
            });
            this.#kernels = kernels;
            this.#clear();
            return report;
        });
    }

    /**
     * Adds samples to every pixel of the film. A sample that is under way is finished first, beside those.
     *
     * @returns What the kernels counted during this call.
     * @throws MixreelError `bad-input` before setView, `aborted` (the film keeps whole samples), `device-lost`.
     */
    async render(init: RenderInit): Promise<RenderCounters> {
        this.#check();
        integer('spp', init.spp, 1, 2 ** 20);
        const seed = init.seed ?? this.options.seed;
        integer('seed', seed, 0, 2 ** 32 - 1);
        const target = this.#require();
        return this.#exclusive('render', () => {
            this.#seed = seed;
            return this.#render(target, init);
        });
    }

    /**
     * Adds so many paths to the film, less than a sample of every pixel if need be: what fits into a frame. Each pixel has its
     * samples in order, so once a sample is whole the film holds the same bits as after {@link render}.
     *
     * @throws MixreelError `bad-input` before setView, `device-lost`.
     */
    async renderPart({ paths, seed = this.options.seed }: PartInit): Promise<RenderCounters> {
        this.#check();
        integer('paths', paths, 1, 2 ** 32 - 1);
        integer('seed', seed, 0, 2 ** 32 - 1);
        const target = this.#require();
        return this.#exclusive('renderPart', () => {
            this.#seed = seed;
            return this.#counted(async (tally) => {
                const { limit } = this.#paths;
                const { pixels } = target;
                for (let left = paths; left > 0; ) {
                    const start = this.#pixelsAhead;
                    const whole = start === 0 ? Math.floor(Math.min(left, Math.max(limit, pixels)) / pixels) : 0;
                    const spp = Math.max(1, whole);
                    const end = whole > 0 ? pixels : Math.min(pixels, start + left);
                    await this.#traceLayers(target, end);
                    // As for a whole sample: the buffers need not grow with the parts.
                    this.#paths.reserve(Math.min(limit, pixels * spp), 0);
                    const pass = { start, pixels: end, pixelsPerWave: Math.floor(limit / spp), spp, adaptive: null };
                    await this.#renderPass(target, pass, tally, false);
                    left -= (end - start) * spp;
                    this.#pixelsAhead = end % pixels;
                    if (end === pixels) this.#samples += spp;
                }
            });
        });
    }

    async #exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
        this.#checkIdle(name);
        this.#busy = true;
        try {
            return await work();
        } catch (error) {
            if (!this.#destroyed) throw error;
            const mend = 'Await the call before destroying the tracer';
            throw new MixreelError('aborted', { what: `${name} was ended by destroy()`, mend, cause: error });
        } finally {
            this.#busy = false;
        }
    }

    /** Runs work and tells what the kernels counted meanwhile. */
    async #counted(work: (tally: Tally) => Promise<void>): Promise<RenderCounters> {
        const tally = new Tally(this.options.maxBounces, shadedBy(this.#kernels));
        const before = this.device.counters.snapshot();
        await work(tally);
        await this.#collect(tally);
        tally.dispatches = this.device.counters.since(before).dispatches;
        return tally.counters();
    }

    async #render(target: PictureTarget, init: RenderInit): Promise<RenderCounters> {
        const { spp, progress, timestamps = false } = init;
        const adaptive = init.adaptive ? settleAdaptive(init.adaptive) : null;
        return this.#counted(async (tally) => {
            await this.#traceLayers(target, target.pixels);
            await this.#finishSample(target, tally);
            for (let done = 0; done < spp; ) {
                throwIfAborted(progress, 'path tracing');
                const pass = await this.#nextPass(target, spp - done, adaptive);
                if (pass.pixels === 0) break;
                await this.#renderPass(target, pass, tally, timestamps);
                done += pass.spp;
                this.#samples += pass.spp;
                progress?.report?.(done, spp, 'path tracing');
            }
        });
    }

    async #finishSample(target: PictureTarget, tally: Tally): Promise<void> {
        if (this.#pixelsAhead === 0) return;
        const { pixels } = target;
        const pass = { start: this.#pixelsAhead, pixels, pixelsPerWave: this.#paths.limit, spp: 1, adaptive: null };
        await this.#renderPass(target, pass, tally, false);
        this.#pixelsAhead = 0;
        this.#samples++;
    }

    /** Traces the samples of a pass, in as many waves as they need. */
    async #renderPass(target: PictureTarget, pass: Pass, tally: Tally, timestamps: boolean): Promise<void> {
        const { start = 0, pixels, spp, adaptive } = pass;
        const pixelsPerWave = Math.min(pixels - start, pass.pixelsPerWave);
        this.#paths.reserve(pixelsPerWave * spp, adaptive ? pixelsPerWave : 0);
        for (let pixelStart = start; pixelStart < pixels; pixelStart += pixelsPerWave) {
            const pixelCount = Math.min(pixelsPerWave, pixels - pixelStart);
            const wave = { pixelStart, pixelCount, sampleStart: this.#samples, sampleCount: spp, adaptive };
            await this.#renderWave(target, wave, timestamps ? tally : null);
            this.#uncollected += pixelCount * spp;
            // The counters are 32 bits wide.
            if (this.#uncollected > 2 ** 30) await this.#collect(tally);
        }
    }

    /** How many samples all pixels, or those still noisy, get next. */
    async #nextPass(target: PictureTarget, left: number, adaptive: Required<AdaptiveSampling> | null): Promise<Pass> {
        const limit = this.#paths.limit;
        const { pixels } = target;
        const due = adaptive ? nextPass(adaptive, this.#samples) : { chosen: false, spp: left };
        if (due.spp <= 0) return { pixels: 0, pixelsPerWave: 1, spp: 0, adaptive };
        if (!due.chosen) {
            const spp = Math.min(due.spp, left, Math.max(1, Math.floor(limit / pixels)));
            return { pixels, pixelsPerWave: limit, spp, adaptive: null };
        }
        // All samples up to the next choice in one wave, so that the choice does not depend on the size of waves.
        const spp = Math.min(due.spp, left);
        const pixelsPerWave = Math.max(1, Math.floor(limit / spp));
        const noisy = await this.#selectNoisy(target, adaptive!);
        // The megakernel passes over pixels itself.
        const listed = this.#kernels.kind === 'megakernel' && noisy > 0 ? pixels : noisy;
        return { pixels: listed, pixelsPerWave, spp, adaptive };
    }

    /** Lists the pixels that need more samples; returns how many. */
    async #selectNoisy(target: PictureTarget, adaptive: Required<AdaptiveSampling>): Promise<number> {
        const kernel = await selectKernel(this.device);
        const { film, noisy, pixels } = target;
        void this.device.record('clear noisy pixels').clear(noisy, 0, 4).submit();
        const step = 65535 * WORKGROUP;
        for (let pixelStart = 0; pixelStart < pixels; pixelStart += step) {
            const pixelCount = Math.min(step, pixels - pixelStart);
            this.#writeParams(target, { pixelStart, pixelCount, sampleStart: 0, sampleCount: 1, adaptive });
            const bindings = { params: this.#paths.params, film, noisy };
            await this.device
                .record('select pixels')
                .dispatch(kernel, bindings, [Math.ceil(pixelCount / WORKGROUP)])
                .submit();
        }
        const [count] = new Uint32Array(await this.device.read(noisy, 0, 4));
        return count!;
    }

    /** timed: whom to tell the kernels' times. */
    async #renderWave(target: PictureTarget, range: WaveRange, timed: Tally | null): Promise<void> {
        this.#writeParams(target, range);
        const record = (): Recording => this.device.record('wave', { timestamps: timed !== null });
        const submit = async (recording: Recording): Promise<void> => {
            await recording.submit();
            if (timed) timed.time(await recording.timings());
        };
        const recording = record();
        const { queues } = this.#paths;
        if (range.adaptive && queues) {
            const from = 4 * (1 + range.pixelStart);
            recording.copy(target.noisy, from, queues, this.#paths.pixelListBytes, 4 * range.pixelCount);
        }
        const wave = {
            bindings: this.#bindings(target),
            bounces: this.#paths.bounces,
            dispatches: this.#paths.dispatches,
            pixelCount: range.pixelCount,
            sampleCount: range.sampleCount,
            maxBounces: this.options.maxBounces
        };
        if (regenerates(this.options) && this.#kernels.kind === 'streaming') {
            const slots = Math.min(range.pixelCount * range.sampleCount, this.#paths.capacity);
            const { counters } = this.#paths;
            const kernels = this.#kernels.streaming;
            await renderRegenerating(
                { device: this.device, kernels, wave, slots, counters, record, submit },
                recording
            );
            return;
        }
        recordWave(recording, this.#kernels, wave);
        await submit(recording);
    }

    /** Makes the layers of the pixels before `end`, if they are not there yet. */
    async #traceLayers(target: PictureTarget, end: number): Promise<void> {
        const step = 65535 * WORKGROUP;
        for (let start = this.#layersTo; start < end; start += step) {
            const count = Math.min(step, end - start);
            this.#writeParams(target, {
                pixelStart: start,
                pixelCount: count,
                sampleStart: 0,
                sampleCount: 1,
                adaptive: null
            });
            const recording = this.device.record('layers');
            recording.dispatch(this.#kernels.firstHit, this.#bindings(target), [Math.ceil(count / WORKGROUP)]);
            await recording.submit();
        }
        this.#layersTo = Math.max(this.#layersTo, end);
    }

    async #collect(tally: Tally): Promise<void> {
        const { totals } = this.#paths;
        tally.add(new Uint32Array(await this.device.read(totals)));
        await this.device.record('clear totals').clear(totals).submit();
        this.#uncollected = 0;
    }

    #bindings(target: PictureTarget): WaveBindings {
        return {
            ...this.#content.bindings,
            ...this.#paths.bindings,
            film: target.film,
            layers: target.layers
        };
    }

    #writeParams(target: PictureTarget, range: WaveRange): void {
        const { capacity } = this.#paths;
        const setting = { content: this.#content, options: this.options, target, seed: this.#seed, capacity };
        this.#paths.setParams(waveParams(setting, range));
    }

    /** The film as a frame with every layer. Traces the layers if no render has. */
    async readFrame(init: { readonly timeNs?: number } = {}): Promise<Frame> {
        this.#check();
        const target = this.#require();
        await this.#traceLayers(target, target.pixels);
        const film = new Float32Array(await this.device.read(target.film));
        const layers = new Float32Array(await this.device.read(target.layers));
        return frameFromFilm(film, layers, target, init.timeNs ?? 0);
    }

    /** First and second moments of every pixel's samples, for statistics. */
    async readMoments(): Promise<FilmMoments> {
        this.#check();
        const target = this.#require();
        const film = new Float32Array(await this.device.read(target.film));
        return momentsFromFilm(film, target.widthPx, target.heightPx);
    }

    /** The film as it is, to be restored on this tracer or on another of the same scene: see {@link renderResilient}. */
    async saveFilm(): Promise<FilmState> {
        this.#check();
        const { film, widthPx, heightPx } = this.#require();
        return this.#exclusive('saveFilm', async () => {
            const [samples, pixelsAhead] = [this.#samples, this.#pixelsAhead];
            return { widthPx, heightPx, samples, pixelsAhead, data: new Float32Array(await this.device.read(film)) };
        });
    }

    /**
     * Puts a saved film in place of this one; the next render goes on after its samples.
     *
     * @throws MixreelError `bad-input` if the film has another size than the view, and while a call is running.
     */
    restoreFilm(state: FilmState): void {
        this.#checkIdle('restoreFilm');
        const target = this.#require();
        checkFilmState(state, target);
        const { samples, pixelsAhead = 0 } = state;
        integer('samples', samples, 0, 2 ** 32 - 1);
        integer('pixelsAhead', pixelsAhead, 0, target.pixels - 1);
        this.device.upload(target.film, state.data);
        this.#samples = samples;
        this.#pixelsAhead = pixelsAhead;
    }

    /** Frees everything this tracer holds on the device. A call that is running ends with `aborted`. */
    destroy(): void {
        this.#destroyed = true;
        this.#content.destroy();
        this.#paths.destroy();
        this.#target?.destroy();
        this.#target = null;
    }

    #require(): PictureTarget {
        if (this.#target) return this.#target;
        throw badInput('the path tracer has no view', 'a view and a size', 'Call setView before render');
    }

    #checkIdle(name: string): void {
        this.#check();
        if (!this.#busy) return;
        throw badInput(`${name} is called while another call is running`, 'one at a time', 'Await the first call');
    }

    #check(): void {
        if (!this.#destroyed) return;
        throw badInput('the path tracer is destroyed', 'a living one', 'Create a new one with PathTracer.create');
    }
}
