/**
 * What a kernel's WGSL says about itself: entry points, bindings by variable name, struct layouts. Read by webgpu-utils
 * (wgsl_reflect underneath), so that no layout is written twice.
 */
import './float16-before.ts';
import {
    makeShaderDataDefinitions,
    makeStructuredView,
    type ShaderDataDefinitions,
    type StructuredView
} from 'webgpu-utils';
import './float16-after.ts';
import { badInput, MixreelError } from '@mixreel/core';
import { STAGE_COMPUTE, STAGE_FRAGMENT, STAGE_VERTEX } from './usage.ts';

export type { StructuredView };

/** One bound variable of an entry point. */
export interface BindingDefinition {
    readonly name: string;
    readonly group: number;
    readonly binding: number;
    readonly layout: GPUBindGroupLayoutEntry;
}

/** See the file comment. */
export class WgslReflection {
    readonly #definitions: ShaderDataDefinitions;
    readonly #label: string;

    /**
     * @param code - Linked WGSL.
     * @param label - Names it in errors.
     */
    constructor(code: string, label: string) {
        this.#label = label;
        this.#definitions = withStageConstants(() => {
            try {
                return makeShaderDataDefinitions(code);
            } catch (error) {
                throw new MixreelError('bad-input', {
                    what: `the WGSL of "${label}" cannot be read: ${error instanceof Error ? error.message : error}`,
                    expected: 'WGSL that compiles',
                    mend: 'Compile it first: the device names the file and line',
                    cause: error
                });
            }
        });
    }

    /** Names of the compute entry points. */
    get entryPoints(): readonly string[] {
        const points = Object.entries(this.#definitions.entryPoints);
        return points.filter(([, point]) => point.stage === STAGE_COMPUTE).map(([name]) => name);
    }

    /**
     * The variables that an entry point reaches, itself or through functions it calls, ordered by group and binding.
     *
     * @param entryPoint - One of {@link entryPoints}.
     */
    bindings(entryPoint: string): readonly BindingDefinition[] {
        const point = this.#definitions.entryPoints[entryPoint];
        if (!point) {
            const names = this.entryPoints.join(', ') || 'none';
            throw badInput(
                `"${this.#label}" has no entry point "${entryPoint}"`,
                `one of: ${names}`,
                'Name an entry point that the module has'
            );
        }
        const filtered = point.resources.some((resource) => resource.entry.sampler !== undefined);
        return point.resources
            .map(({ name, group, entry }) => ({
                name,
                group,
                binding: entry.binding,
                layout: layoutEntry(entry, filtered)
            }))
            .sort((a, b) => a.group - b.group || a.binding - b.binding);
    }

    /** The size of a struct or of a bound variable (of one element, if it is a runtime-sized array), bytes. */
    sizeBytes(name: string): number {
        return this.#definition(name).size;
    }

    /**
     * A typed view on fresh memory laid out as the WGSL struct or variable says: `view.set({ spp: 4 })`, then upload
     * `view.arrayBuffer`.
     */
    view(name: string): StructuredView {
        return makeStructuredView(this.#definition(name) as Parameters<typeof makeStructuredView>[0]);
    }

    #definition(name: string): { size: number } {
        const { structs, uniforms, storages } = this.#definitions;
        const found = structs[name] ?? uniforms[name] ?? storages[name];
        if (found) return found;
        const names = [...Object.keys(structs), ...Object.keys(uniforms), ...Object.keys(storages)].join(', ');
        throw badInput(
            `"${this.#label}" has no struct or variable "${name}"`,
            `one of: ${names}`,
            'Use a name of the WGSL'
        );
    }
}

/**
 * The reflected entry, corrected in two points. `minBindingSize` is left to the device: reflection counts 0 elements of a
 * trailing runtime-sized array where WebGPU wants 1, and a pipeline with too small a value is invalid. A texture that no
 * sampler of the entry point can filter is declared unfilterable, so that 32-bit float formats fit.
 */
function layoutEntry(entry: GPUBindGroupLayoutEntry, filtered: boolean): GPUBindGroupLayoutEntry {
    const layout: GPUBindGroupLayoutEntry = { ...entry, visibility: STAGE_COMPUTE };
    if (entry.buffer) layout.buffer = { type: entry.buffer.type ?? 'uniform' };
    if (entry.texture?.sampleType === 'float' && !filtered) {
        layout.texture = { ...entry.texture, sampleType: 'unfilterable-float' };
    }
    return layout;
}

/** webgpu-utils reads the global GPUShaderStage, which Node does not have: lend it one for the call. */
function withStageConstants<T>(work: () => T): T {
    const host = globalThis as { GPUShaderStage?: unknown };
    if (host.GPUShaderStage !== undefined) return work();
    host.GPUShaderStage = { VERTEX: STAGE_VERTEX, FRAGMENT: STAGE_FRAGMENT, COMPUTE: STAGE_COMPUTE };
    try {
        return work();
    } finally {
        delete host.GPUShaderStage;
    }
}
