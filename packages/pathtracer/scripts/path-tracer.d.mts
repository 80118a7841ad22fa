import type { Frame } from '@mixreel/image';
import type { PathTracerPlugin, StillInit } from '@mixreel/pathtracer/playcanvas';
import { Script } from 'playcanvas';

/** See `path-tracer.mjs`. Fires `pathtracer:scene`, `:restart`, `:samples` and `:failed` with the plugin's events. */
export class PathTracer extends Script {
    static scriptName: string;
    maxSpp: number;
    sppPerFrame: number;
    resolutionScale: number;
    maxBounces: number;
    readonly plugin: PathTracerPlugin | null;
    renderToFrame(init: StillInit): Promise<Frame>;
}
