/** Options of the tracer, their defaults, and their check. */
import { badInput } from '@mixreel/core';
import type { LightSampler } from '../lights/light-table.ts';
import type { Sampler } from '../random/random4.ts';
import type { BuildPlace } from './build-geometry.ts';
import type { GeometryMode } from './pack-scene.ts';

/**
 * How the kernels are scheduled and where a path's state lies: the classic single kernel, or seven kernels with queues over
 * arrays of structures or structures of arrays. All three draw the same random numbers and make the same picture.
 */
export type TracerMode = 'megakernel' | 'streaming-aos' | 'streaming-soa';

/** Which samples light is found with. `light` and `bsdf` exist to check `mis` against. */
export type Strategy = 'mis' | 'light' | 'bsdf';

/** Options of `PathTracer.create`. */
export interface PathTracerOptions {
    readonly mode: TracerMode;
    /** Scatterings a path may have, 1 to 64: 1 is direct light only. */
    readonly maxBounces: number;
    /** Scatterings before Russian roulette may end a path, 0 to 64. */
    readonly rouletteStart: number;
    /** 0 to 2^32 - 1. Same seed, same picture. */
    readonly seed: number;
    /** Where random numbers come from. */
    readonly sampler: Sampler;
    readonly strategy: Strategy;
    readonly geometry: GeometryMode;
    /** The scene will be changed by `update`: `auto` geometry keeps instances apart, so that moving one costs little. */
    readonly dynamic: boolean;
    /** How light sampling chooses: by power, by the light tree, or `auto`: the tree for 8 lights and more. */
    readonly lightSampler: LightSampler;
    /**
     * Copies of triangles that spatial splits of the hierarchy may add, as a share of the triangles, 0 to 1. They pay for long
     * diagonal triangles; both trees are built then and the cheaper one is kept.
     */
    readonly splitBudget: number;
    /**
     * Where the hierarchy is built. `auto`: in a worker for scenes of 50,000 triangles and more, here where none can be had;
     * `stats.builtIn` says which it was.
     */
    readonly buildIn: BuildPlace;
    /**
     * Paths in flight at once, 64 to 4,194,240; 128 bytes of state and 24 of queues each. `auto`: 65,536 on a software GPU, so
     * that cancelling stays prompt, else 1,048,576, less if the device's buffers are smaller.
     */
    readonly pathsPerWave: number | 'auto';
    /**
     * Streaming modes only: a slot whose path has ended takes the next sample at once, so that the queues stay full; see
     * `regenerate.ts`. The same picture. `auto`: no, see there what was measured.
     */
    readonly regenerate: boolean | 'auto';
}

/** Defaults of {@link PathTracerOptions}. */
export const PATH_TRACER_DEFAULTS: PathTracerOptions = Object.freeze({
    mode: 'streaming-soa',
    maxBounces: 4,
    rouletteStart: 3,
    seed: 0,
    sampler: 'sobol',
    strategy: 'mis',
    geometry: 'auto',
    dynamic: false,
    splitBudget: 0,
    buildIn: 'auto',
    lightSampler: 'auto',
    pathsPerWave: 'auto',
    regenerate: 'auto'
});

/** Fills in the defaults and checks every field. */
export function settleOptions(options: Partial<PathTracerOptions>): PathTracerOptions {
    const o = { ...PATH_TRACER_DEFAULTS, ...options };
    oneOf('mode', o.mode, ['megakernel', 'streaming-aos', 'streaming-soa']);
    oneOf('strategy', o.strategy, ['mis', 'light', 'bsdf']);
    oneOf('sampler', o.sampler, ['sobol', 'independent']);
    oneOf('geometry', o.geometry, ['auto', 'flattened', 'instanced']);
    if (!(o.splitBudget >= 0 && o.splitBudget <= 1)) {
        throw badInput(`splitBudget is ${o.splitBudget}`, '0 to 1', 'Give a share of the triangles');
    }
    oneOf('buildIn', o.buildIn, ['auto', 'worker', 'inline']);
    oneOf('lightSampler', o.lightSampler, ['auto', 'power', 'tree']);
    integer('maxBounces', o.maxBounces, 1, 64);
    integer('rouletteStart', o.rouletteStart, 0, 64);
    integer('seed', o.seed, 0, 2 ** 32 - 1);
    if (o.pathsPerWave !== 'auto') integer('pathsPerWave', o.pathsPerWave, 64, 65535 * 64);
    if (![true, false, 'auto'].includes(o.regenerate)) {
        throw badInput(`regenerate is ${o.regenerate}`, "true, false or 'auto'", 'Give regenerate one of these values');
    }
    if (o.regenerate === true && o.mode === 'megakernel') {
        throw badInput(
            'regenerate is true in mode megakernel',
            'a streaming mode',
            'Leave regenerate out: no slots wait there'
        );
    }
    return o;
}

/** Whether a tracer regenerates paths. */
export function regenerates({ regenerate }: PathTracerOptions): boolean {
    return regenerate === true;
}

/** Throws unless value is an integer from low to high. */
export function integer(name: string, value: number, low: number, high: number): void {
    if (Number.isInteger(value) && value >= low && value <= high) return;
    throw badInput(`${name} is ${value}`, `an integer from ${low} to ${high}`, `Give ${name} a value in that range`);
}

/** Throws unless value is one of those. */
export function oneOf(name: string, value: string, values: readonly string[]): void {
    if (values.includes(value)) return;
    throw badInput(`${name} is "${value}"`, values.join(', '), `Give ${name} one of these values`);
}
