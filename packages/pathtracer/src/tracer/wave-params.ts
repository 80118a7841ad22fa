/** What every kernel of a wave is told: the values of `Params` in `shaders/pathtracer/params.wgsl`, by name. */
import { cameraFrame, motionMatrix } from '../scene/camera.ts';
import type { AdaptiveSampling } from './adaptive.ts';
import type { DeviceScene } from './device-scene.ts';
import type { PathTracerOptions } from './options.ts';
import type { PictureTarget } from './picture-target.ts';
import { cameraCone } from './ray-cone.ts';

/** Which samples of which pixels a wave holds. */
export interface WaveRange {
    /** First pixel, or first entry in the list of pixels. */
    readonly pixelStart: number;
    readonly pixelCount: number;
    readonly sampleStart: number;
    readonly sampleCount: number;
    /** Adaptive sampling is at work: pixels come from the list, or are left out if they have enough. */
    readonly adaptive: Required<AdaptiveSampling> | null;
}

/** What stays the same for all waves of a call. */
export interface WaveSetting {
    readonly content: DeviceScene;
    readonly options: PathTracerOptions;
    readonly target: PictureTarget;
    readonly seed: number;
    /** Path slots in the state and in each queue. */
    readonly capacity: number;
}

const STRATEGIES = { mis: 0, light: 1, bsdf: 2 } as const;
const SAMPLERS = { independent: 0, sobol: 1 } as const;

/** See the file comment. */
export function waveParams(setting: WaveSetting, range: WaveRange): Record<string, number | readonly number[]> {
    const { content, options, target, seed, capacity } = setting;
    const camera = cameraFrame(target.view);
    const { environment } = content.scene;
    const rotation = environment?.rotationRad ?? 0;
    const { flattened, ...layout } = content.layout;
    const { adaptive, ...place } = range;
    const cone = cameraCone(camera, target.heightPx);
    return {
        ...layout,
        ...place,
        flattened: flattened ? 1 : 0,
        cameraPosition: camera.position,
        cameraRight: camera.right,
        cameraUp: camera.up,
        cameraBack: camera.back,
        cameraScale: camera.scale,
        cameraOffset: camera.offset,
        cameraKind: camera.kind,
        lensRadius: camera.lens.radiusM,
        lensFocus: camera.lens.focusM,
        lensBlades: camera.lens.blades,
        coneWidth: cone.width,
        coneSpread: cone.spread,
        widthPx: target.widthPx,
        heightPx: target.heightPx,
        seed,
        sampler: SAMPLERS[options.sampler],
        capacity,
        strategy: STRATEGIES[options.strategy],
        maxBounces: options.maxBounces,
        rouletteStart: options.rouletteStart,
        hasPreviousView: target.previousView ? 1 : 0,
        environmentIntensity: environment?.intensity ?? 1,
        environmentCos: Math.cos(rotation),
        environmentSin: Math.sin(rotation),
        adaptive: adaptive ? 1 : 0,
        adaptiveThreshold: adaptive?.threshold ?? 0,
        adaptiveDarkest: adaptive?.darkest ?? 0,
        previousViewProjection: motionMatrix(target.previousView ?? target.view)
    };
}
