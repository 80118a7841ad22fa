import type { Frame } from '@mixreel/image';
import type { PathTracerPlugin, StillInit } from '@mixreel/pathtracer/playcanvas';
import { Script } from 'playcanvas';

/** See `path-tracer.mjs`. Fires `pathtracer:` and the kind of each of the plugin's events. */
export class PathTracer extends Script {
    static scriptName: string;
    raster: boolean;
    maxSpp: number;
    sppPerFrame: number;
    frameBudgetMs: number;
    reproject: boolean;
    denoise: boolean;
    showState: boolean;
    resolutionScale: number;
    maxBounces: number;
    rouletteStart: number;
    seed: number;
    readonly state: 'off' | 'starting' | 'tracing' | 'resting' | 'raster' | 'failed';
    readonly spp: number;
    readonly message: string;
    readonly plugin: PathTracerPlugin | null;
    renderToFrame(init: StillInit): Promise<Frame>;
}
