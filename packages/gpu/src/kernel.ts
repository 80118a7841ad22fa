/**
 * A compute kernel: one entry point of one linked WGSL text, its pipeline, and what the text says about its bindings.
 * Compile errors name the module and the line that a person wrote, not the linked text.
 */
import { badInput, MixreelError } from '@mixreel/core';
import type { BindGroups, GroupLayout } from './bindings.ts';
import type { Context } from './context.ts';
import { type LinkedWgsl, placeInModule } from './linked-wgsl.ts';
import { type BindingDefinition, type StructuredView, WgslReflection } from './reflection.ts';

/** Parameters of `Device.createKernel`. */
export interface KernelInit {
    /** Names the kernel in errors and timings. */
    readonly label: string;
    readonly wgsl: LinkedWgsl | string;
    /** May be left out if the WGSL has one compute entry point. */
    readonly entryPoint?: string;
    /** Values of WGSL `override` constants by name. */
    readonly constants?: Readonly<Record<string, number>>;
}

/** See the file comment. Made by `Device.createKernel`. */
export class Kernel {
    readonly label: string;
    readonly entryPoint: string;
    readonly pipeline: GPUComputePipeline;
    readonly groups: readonly GroupLayout[];
    readonly #reflection: WgslReflection;

    constructor(
        label: string,
        entryPoint: string,
        pipeline: GPUComputePipeline,
        groups: readonly GroupLayout[],
        reflection: WgslReflection
    ) {
        this.label = label;
        this.entryPoint = entryPoint;
        this.pipeline = pipeline;
        this.groups = groups;
        this.#reflection = reflection;
    }

    /** Names of the variables it needs bound. */
    get variables(): readonly string[] {
        return this.groups.flatMap(({ bindings }) => bindings.map(({ name }) => name));
    }

    /** Size of a struct or variable of its WGSL, bytes. */
    sizeBytes(name: string): number {
        return this.#reflection.sizeBytes(name);
    }

    /** Fresh memory laid out as a struct or variable of its WGSL. */
    view(name: string): StructuredView {
        return this.#reflection.view(name);
    }
}

/** Compiles a kernel. See `Device.createKernel`. */
export async function compileKernel(context: Context, bindGroups: BindGroups, init: KernelInit): Promise<Kernel> {
    const { label, wgsl } = init;
    const code = typeof wgsl === 'string' ? wgsl : wgsl.code;
    const { value: module, error } = context.scoped(`compiling "${label}"`, () =>
        context.gpu.createShaderModule({ label, code })
    );
    const info = await context.loss.guard(module.getCompilationInfo());
    throwCompileErrors(info, label, wgsl, code);
    const moduleError = await error;
    if (moduleError) throw moduleError;

    const reflection = new WgslReflection(code, label);
    const entryPoint = init.entryPoint ?? onlyEntryPoint(reflection, label);
    const definitions = reflection.bindings(entryPoint);
    checkLimits(context, label, definitions);
    const created = context.scoped(`creating the pipeline of "${label}"`, () => {
        const groups = bindGroups.layouts(definitions);
        const layout = context.gpu.createPipelineLayout({ label, bindGroupLayouts: groups.map(({ gpu }) => gpu) });
        const compute = { module, entryPoint, ...(init.constants ? { constants: init.constants } : {}) };
        // The promise's own rejection says less than the scope's error: take that first.
        const pipeline = context.gpu.createComputePipelineAsync({ label, layout, compute });
        pipeline.catch(() => {});
        return { groups, pipeline };
    });
    const scopeError = await created.error;
    if (scopeError) throw scopeError;
    const pipeline = await context.loss.guard(created.value.pipeline).catch((cause) => {
        if (cause instanceof MixreelError) throw cause;
        throw pipelineError(cause, label);
    });
    context.counters.add('pipelinesCompiled');
    return new Kernel(label, entryPoint, pipeline, created.value.groups, reflection);
}

function onlyEntryPoint(reflection: WgslReflection, label: string): string {
    const names = reflection.entryPoints;
    if (names.length === 1) return names[0]!;
    throw badInput(
        `"${label}" has ${names.length} compute entry points${names.length > 0 ? `: ${names.join(', ')}` : ''}`,
        'one, or a name of one',
        'Pass entryPoint'
    );
}

function throwCompileErrors(info: GPUCompilationInfo, label: string, wgsl: LinkedWgsl | string, code: string): void {
    const errors = info.messages.filter(({ type }) => type === 'error');
    if (errors.length === 0) return;
    const lines = code.split('\n');
    const texts = errors.map(({ lineNum, linePos, message }) => {
        const place = typeof wgsl === 'string' ? null : placeInModule(wgsl, lineNum, linePos);
        const where = place ? `${place.file}:${place.line}:${place.column}` : `${label}:${lineNum}:${linePos}`;
        const source = lines[lineNum - 1];
        return `${where} ${message.trim()}${source === undefined ? '' : `\n    ${source.trim()}`}`;
    });
    throw new MixreelError('bad-input', {
        what: `the WGSL of "${label}" does not compile:\n${texts.join('\n')}\n`,
        expected: 'valid WGSL',
        mend: 'Correct the named line'
    });
}

function checkLimits(context: Context, label: string, definitions: readonly BindingDefinition[]): void {
    const storage = definitions.filter(({ layout }) => layout.buffer && layout.buffer.type !== 'uniform');
    const limit = context.gpu.limits.maxStorageBuffersPerShaderStage;
    if (storage.length <= limit) return;
    throw new MixreelError('limit-exceeded', {
        what: `"${label}" binds ${storage.length} storage buffers: ${storage.map(({ name }) => name).join(', ')}`,
        expected: `at most maxStorageBuffersPerShaderStage = ${limit} on this device`,
        mend: 'Pack several of them into one, or split the kernel'
    });
}

function pipelineError(cause: unknown, label: string): MixreelError {
    return new MixreelError('bad-input', {
        what: `the pipeline of "${label}" cannot be made: ${cause instanceof Error ? cause.message.trim() : cause}`,
        mend: 'Correct the entry point, its constants or its bindings',
        cause
    });
}
