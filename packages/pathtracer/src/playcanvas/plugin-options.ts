/** What the plugin takes and what it tells. */
import { badInput, type MixreelError, type Progress } from '@mixreel/core';
import type { Entity } from 'playcanvas';
import type { Environment, SceneEvent } from '../scene/scene.ts';
import type { UpdateReport } from '../tracer/device-scene.ts';
import type { PathTracerOptions } from '../tracer/options.ts';

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
     * Milliseconds of tracing per frame, 1 to 1000: as many samples as fit by the time that those before took, in place of
     * sppPerFrame. Default: not limited.
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
    /** Default `pathtraced`. */
    readonly mode?: PictureMode;
    /** Light from infinitely far away. By default the app's sky, or its ambient colour. */
    readonly environment?: Environment;
    readonly tracer?: Partial<PathTracerOptions>;
    readonly onEvent?: (event: PluginEvent) => void;
}

/** The defaults of {@link PathTracerPluginOptions}. */
export const PATH_TRACER_PLUGIN_DEFAULTS: Readonly<Required<Omit<PathTracerPluginOptions, 'camera' | 'environment'>>> =
    Object.freeze({
        maxSpp: 256,
        sppPerFrame: 1,
        frameBudgetMs: null,
        resolutionScale: 1,
        onCameraMove: 'restart',
        mode: 'pathtraced',
        tracer: Object.freeze({}),
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
    const { frameBudgetMs, mode } = settled;
    if (frameBudgetMs !== null && !(frameBudgetMs >= 1 && frameBudgetMs <= 1000)) {
        throw badInput(`frameBudgetMs is ${frameBudgetMs}`, '1 to 1000, or null', 'Give it a time in milliseconds');
    }
    if (settled.onCameraMove !== 'restart' && settled.onCameraMove !== 'reproject') {
        const what = `onCameraMove is "${settled.onCameraMove}"`;
        throw badInput(what, 'restart or reproject', 'Give onCameraMove one of these values');
    }
    if (mode !== 'pathtraced' && mode !== 'raster') {
        throw badInput(`mode is "${mode}"`, 'pathtraced or raster', 'Give mode one of these values');
    }
    return settled;
}
