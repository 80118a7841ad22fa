/** What the plugin takes and what it tells. */
import { badInput, type Clock, type MixreelError, type Progress } from '@mixreel/core';
import type { Entity } from 'playcanvas';
import type { Environment, SceneEvent } from '../scene/scene.ts';
import type { HeadInit, XrViewLike } from '../scene/stereo.ts';
import type { UpdateReport } from '../tracer/device-scene.ts';
import { oneOf, type PathTracerOptions } from '../tracer/options.ts';

/** Which picture the camera shows. */
export type PictureMode = 'pathtraced' | 'raster';

/** What the plugin tells. */
export type PluginEvent =
    /** The whole scene was taken. */
    | { readonly kind: 'scene'; readonly triangles: number; readonly events: readonly SceneEvent[] }
    /** The scene changed and the tracer followed. */
    | ({ readonly kind: 'update'; readonly events: readonly SceneEvent[] } & UpdateReport)
    | { readonly kind: 'restart'; readonly reason: 'camera' | 'size' | 'scene' }
    | { readonly kind: 'samples'; readonly spp: number }
    /** The picture goes on from a film that was put aside: for a still, or before the device was lost. */
    | { readonly kind: 'resumed'; readonly spp: number }
    | { readonly kind: 'mode'; readonly mode: PictureMode }
    /** Tracing stopped and the camera has its own picture back. */
    | { readonly kind: 'failed'; readonly error: MixreelError };

/** Options of `PathTracerPlugin`. */
export interface PathTracerPluginOptions {
    /** Entity with the camera to trace; by default the first enabled camera of the app. */
    readonly camera?: Entity;
    /** Samples per pixel at which it rests, 1 to 1,048,576. Default 256. */
    readonly maxSpp?: number;
    /** Samples per pixel and frame, 1 to 1024. Default 1. */
    readonly sppPerFrame?: number;
    /**
     * Milliseconds of tracing per frame, 1 to 1000, in place of sppPerFrame: as many paths as fit by the time that those before
     * took. A sample of a large picture may take several frames then; the first of a view is shown when all of it is there.
     * Default null: not limited.
     */
    readonly frameBudgetMs?: number | null;
    /** Traced pixels per pixel of the canvas, each way, 0.05 to 2. Default 1. */
    readonly resolutionScale?: number;
    /**
     * What is shown when the camera moves. `restart`: the film from its first sample on. `reproject`: what was shown before, from
     * where each surface was seen then, fading over 32 samples. Default `restart`.
     *
     * Reprojection shows a little of the past: mirrors, glass and highlights stay where they were on their surface until samples
     * replace them, and what comes into view begins with its first sample. A picture of 32 samples and more has none of it.
     */
    readonly onCameraMove?: 'restart' | 'reproject';
    /**
     * Shows the picture without most of its noise, smoothed along its surfaces as far as the noise explains; less and less as samples
     * gather. Blurs reflections and shadows while they are noisy. Stills are not touched. Default false.
     */
    readonly denoise?: boolean;
    /** Default `pathtraced`. */
    readonly mode?: PictureMode;
    /** Light from infinitely far away. By default the app's sky, or its ambient colour. */
    readonly environment?: Environment;
    readonly tracer?: Partial<PathTracerOptions>;
    /**
     * Least time between two copies of the film, seconds, 0 to 3600. From the last of them the picture goes on when the device is
     * lost. A copy costs 32 bytes a pixel in main memory and over the bus. Default 30; null: none, and the
     * picture starts over, after a still too.
     */
    readonly checkpointSeconds?: number | null;
    /**
     * Least time between two readings of a texture that is drawn anew (a canvas, a video, what another camera sees), milliseconds, 0
     * to 60,000. Each that shows something else starts the picture over. Default 200; null: such textures are not followed.
     */
    readonly textureIntervalMs?: number | null;
    /** What frameBudgetMs, checkpointSeconds and textureIntervalMs are measured with. Default: real time. */
    readonly clock?: Clock;
    readonly onEvent?: (event: PluginEvent) => void;
}

/** The defaults of {@link PathTracerPluginOptions}. */
export const PATH_TRACER_PLUGIN_DEFAULTS: Readonly<
    Required<Omit<PathTracerPluginOptions, 'camera' | 'environment' | 'clock'>>
> = Object.freeze({
    maxSpp: 256,
    sppPerFrame: 1,
    frameBudgetMs: null,
    resolutionScale: 1,
    onCameraMove: 'restart',
    denoise: false,
    mode: 'pathtraced',
    tracer: Object.freeze({}),
    checkpointSeconds: 30,
    textureIntervalMs: 200,
    onEvent: () => {}
});

/** Parameters of `PathTracerPlugin.renderToFrame`. */
export interface StillInit {
    /** Samples per pixel, 1 to 1,048,576. */
    readonly spp: number;
    /** Default: the size of the canvas times resolutionScale. */
    readonly widthPx?: number;
    readonly heightPx?: number;
    readonly progress?: Progress;
}

/** Parameters of `PathTracerPlugin.renderStereo`. */
export interface StereoStillInit extends StillInit {
    /** The eyes. Default: those of the app's XR session. */
    readonly views?: HeadInit | readonly XrViewLike[];
}

/** Options with nothing left open that has a default. */
export type SettledPluginOptions = PathTracerPluginOptions & typeof PATH_TRACER_PLUGIN_DEFAULTS;

const BOUNDS = { maxSpp: [1, 2 ** 20], sppPerFrame: [1, 1024], resolutionScale: [0.05, 2] } as const;

/** Fills in the defaults and checks every field. */
export function settlePluginOptions(options: PathTracerPluginOptions): SettledPluginOptions {
    const settled = { ...PATH_TRACER_PLUGIN_DEFAULTS, ...options };
    for (const [name, [low, high]] of Object.entries(BOUNDS)) {
        const value = settled[name as keyof typeof BOUNDS];
        if (value >= low && value <= high && (name === 'resolutionScale' || Number.isInteger(value))) continue;
        throw badInput(`${name} is ${value}`, `${low} to ${high}`, `Give ${name} a value in that range`);
    }
    between('frameBudgetMs', settled.frameBudgetMs, 1, 1000);
    between('checkpointSeconds', settled.checkpointSeconds, 0, 3600);
    between('textureIntervalMs', settled.textureIntervalMs, 0, 60_000);
    oneOf('onCameraMove', settled.onCameraMove, ['restart', 'reproject']);
    oneOf('mode', settled.mode, ['pathtraced', 'raster']);
    return settled;
}

function between(name: string, value: number | null, low: number, high: number): void {
    if (value === null || (value >= low && value <= high)) return;
    throw badInput(`${name} is ${value}`, `${low} to ${high}, or null`, `Give ${name} a value in that range`);
}
