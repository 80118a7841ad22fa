/**
 * Bind groups from resources given by the name of their WGSL variable. Layouts are shared between all kernels that declare
 * the same entries, groups are cached by layout and resources: a wavefront tracer encodes hundreds of dispatches a frame, and
 * a cached dispatch costs a map lookup instead of a createBindGroup. Destroying a resource drops the groups that hold it.
 */
import { badInput } from '@mixreel/core';
import { type BufferRange, GpuBuffer } from './buffer.ts';
import type { Context } from './context.ts';
import type { BindingDefinition } from './reflection.ts';
import { GpuTexture } from './texture.ts';

/** What can be bound to a variable. */
export type Binding = GpuBuffer | BufferRange | GpuTexture | GPUTextureView | GPUSampler;

/** Resources by the names of the WGSL's variables. Names that the kernel does not have are ignored: sets may be shared. */
export type Bindings = Readonly<Record<string, Binding>>;

/** One `@group` of a kernel. */
export interface GroupLayout {
    readonly index: number;
    readonly id: number;
    readonly gpu: GPUBindGroupLayout;
    readonly bindings: readonly BindingDefinition[];
}

/** See the file comment. */
export class BindGroups {
    readonly #context: Context;
    readonly #layouts = new Map<string, { id: number; gpu: GPUBindGroupLayout }>();
    readonly #groups = new Map<string, GPUBindGroup>();
    /** Which cached groups hold a resource, by its id. */
    readonly #holders = new Map<number, Set<string>>();
    readonly #foreignIds = new WeakMap<object, number>();

    constructor(context: Context) {
        this.#context = context;
    }

    /** The layouts of groups 0 to the highest that the bindings name, with empty ones between. */
    layouts(bindings: readonly BindingDefinition[]): GroupLayout[] {
        const highest = bindings.reduce((max, { group }) => Math.max(max, group), -1);
        return Array.from({ length: highest + 1 }, (_, index) => {
            const own = bindings.filter(({ group }) => group === index);
            const entries = own.map(({ layout }) => layout);
            const key = JSON.stringify(entries);
            let layout = this.#layouts.get(key);
            if (!layout) {
                layout = { id: this.#context.nextId(), gpu: this.#context.gpu.createBindGroupLayout({ entries }) };
                this.#layouts.set(key, layout);
            }
            return { index, id: layout.id, gpu: layout.gpu, bindings: own };
        });
    }

    /**
     * The bind group for one layout.
     *
     * @param label - Names the kernel in errors.
     */
    group(layout: GroupLayout, resources: Bindings, label: string): GPUBindGroup {
        let key = `${layout.id}`;
        for (const definition of layout.bindings) {
            const resource = resources[definition.name];
            if (resource === undefined) throw missing(definition, resources, label);
            key += this.#keyOf(resource);
        }
        const cached = this.#groups.get(key);
        if (cached) return cached;
        const entries = layout.bindings.map((definition) => ({
            binding: definition.binding,
            resource: gpuResource(definition, resources[definition.name]!, label)
        }));
        const group = this.#context.deferred(`binding the resources of "${label}"`, () =>
            this.#context.gpu.createBindGroup({ label, layout: layout.gpu, entries })
        );
        this.#context.counters.add('bindGroupsCreated');
        // Nobody tells when somebody else's texture is gone: a group that holds a view of one is made anew each time.
        const foreign = layout.bindings.some(
            (each) => each.layout.sampler === undefined && isForeign(resources[each.name]!)
        );
        if (foreign) return group;
        this.#groups.set(key, group);
        for (const { name } of layout.bindings) this.#hold(resources[name]!, key);
        return group;
    }

    /** Drops the groups that hold a destroyed resource. */
    forget(id: number): void {
        for (const key of this.#holders.get(id) ?? []) this.#groups.delete(key);
        this.#holders.delete(id);
    }

    #keyOf(resource: Binding): string {
        if (resource instanceof GpuBuffer || resource instanceof GpuTexture) return `,${resource.id}`;
        if ('offsetBytes' in resource) {
            return `,${resource.buffer.id}@${resource.offsetBytes}+${resource.sizeBytes}`;
        }
        let id = this.#foreignIds.get(resource);
        if (id === undefined) this.#foreignIds.set(resource, (id = this.#context.nextId()));
        return `,${id}`;
    }

    #hold(resource: Binding, key: string): void {
        const owner = 'offsetBytes' in resource ? resource.buffer : resource;
        if (!(owner instanceof GpuBuffer || owner instanceof GpuTexture)) return;
        const keys = this.#holders.get(owner.id);
        if (keys) keys.add(key);
        else this.#holders.set(owner.id, new Set([key]));
    }
}

function isForeign(resource: Binding): boolean {
    return !(resource instanceof GpuBuffer || resource instanceof GpuTexture || 'offsetBytes' in resource);
}

function gpuResource(definition: BindingDefinition, resource: Binding, label: string): GPUBindingResource {
    const wants = definition.layout.buffer ? 'buffer' : definition.layout.sampler ? 'sampler' : 'texture';
    if (wants === 'buffer') {
        if (resource instanceof GpuBuffer) {
            checkAlive(resource, definition, label);
            return { buffer: resource.gpu };
        }
        if ('offsetBytes' in resource) {
            checkAlive(resource.buffer, definition, label);
            return { buffer: resource.buffer.gpu, offset: resource.offsetBytes, size: resource.sizeBytes };
        }
    } else if (wants === 'texture' && resource instanceof GpuTexture) {
        checkAlive(resource, definition, label);
        return resource.view;
    } else if (!(resource instanceof GpuBuffer || resource instanceof GpuTexture || 'offsetBytes' in resource)) {
        return resource;
    }
    throw badInput(
        `variable "${definition.name}" of "${label}" was given something else than a ${wants}`,
        `a ${wants}`,
        'Bind the resource that the WGSL declares'
    );
}

function checkAlive(resource: GpuBuffer | GpuTexture, definition: BindingDefinition, label: string): void {
    if (resource.alive) return;
    throw badInput(
        `"${resource.label}", bound to "${definition.name}" of "${label}", was destroyed`,
        'a live resource',
        'Create it again, or bind another'
    );
}

function missing(definition: BindingDefinition, resources: Bindings, label: string): Error {
    return badInput(
        `nothing is bound to variable "${definition.name}" of "${label}"`,
        `a resource for it among: ${Object.keys(resources).join(', ') || 'none'}`,
        'Add it to the bindings under the name the WGSL gives it'
    );
}
