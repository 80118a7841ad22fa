/**
 * Records one wave: some samples of some pixels, from camera ray to film, as one submission without a word from the CPU in
 * between. Queue lengths become the arguments of indirect dispatches on the GPU; when a queue runs dry, what follows costs an
 * empty dispatch each.
 *
 * The order is the paper's data flow: path init, then for each bounce intersect -> (miss | hit) -> shadow test -> light
 * contribution -> BSDF sampling, whose paths are the next bounce's rays. Kernels without data in common are recorded next to
 * each other; a kernel where flows meet comes after both.
 *
 * A slot whose path has ended stays empty until the wave is over; `regenerate.ts` is the other way.
 */
import type { Binding, GpuBuffer, Kernel, Recording } from '@mixreel/gpu';
import type { ModeKernels, StreamingKernels } from './kernels.ts';
import { counterWords } from './statistics.ts';

/** The buffers that kernels bind, by the names of the WGSL's variables, but for `bounce`. */
export type WaveBindings = Readonly<Record<string, Binding>>;

/** What a wave is recorded from. */
export interface Wave {
    readonly bindings: WaveBindings;
    /** One uniform buffer per bounce, maxBounces + 2 of them. */
    readonly bounces: readonly GpuBuffer[];
    readonly dispatches: GpuBuffer | null;
    readonly pixelCount: number;
    readonly sampleCount: number;
    readonly maxBounces: number;
}

/** Invocations of a workgroup in every kernel. */
export const WORKGROUP = 64;
/** Byte offsets of the arguments of each queue's dispatch. */
export const ARGUMENTS = { rays: 0, hits0: 16, misses: 32, shadow: 48, lit: 64, ended: 80, hits1: 96, hits2: 112 };
/** The queues of hits by their numbers; see `material-queues.ts`. */
export const HIT_QUEUES = ['hits0', 'hits1', 'hits2'] as const;
/** Bytes of all of them. */
export const ARGUMENT_BYTES = 128;

/** See the file comment. */
export function recordWave(recording: Recording, kernels: ModeKernels, wave: Wave): void {
    if (kernels.kind === 'megakernel') {
        recording.dispatch(kernels.megakernel, wave.bindings, [Math.ceil(wave.pixelCount / WORKGROUP)]);
    } else {
        recordStreaming(recording, kernels.streaming, wave);
    }
}

function recordStreaming(recording: Recording, k: StreamingKernels, wave: Wave): void {
    const slots = Math.ceil((wave.pixelCount * wave.sampleCount) / WORKGROUP);
    const dispatches = wave.dispatches!;
    recording.dispatch(k.pathInit, wave.bindings, [slots]);
    for (let bounce = 0; bounce <= wave.maxBounces; bounce++) {
        const bindings = { ...wave.bindings, bounce: wave.bounces[bounce]! };
        const queued = (kernel: Kernel, queue: keyof typeof ARGUMENTS): Recording =>
            recording.dispatchIndirect(kernel, bindings, dispatches, ARGUMENTS[queue]);
        // An indirect buffer must not be storage in the same dispatch: the kernel that writes it is a dispatch of its own.
        const lengths = (): Recording => recording.dispatch(k.dispatchArguments, { ...bindings, dispatches }, [1]);

        if (bounce === 0) recording.dispatch(k.intersect, bindings, [slots]);
        else queued(k.intersect, 'rays');
        lengths();
        queued(k.miss, 'misses');
        for (const { hit, queue } of k.shading) queued(hit, HIT_QUEUES[queue]!);
        // Light that the last scattering finds is still gathered; nothing scatters after it.
        if (bounce === wave.maxBounces) break;
        lengths();
        queued(k.shadowTest, 'shadow');
        lengths();
        queued(k.lightContribution, 'lit');
        for (const { bsdfSample, queue } of k.shading) queued(bsdfSample, HIT_QUEUES[queue]!);
        lengths();
    }
    // The wave's counters have as many words as the develop kernel has to clear, on small pictures more than pixels.
    const threads = Math.max(wave.pixelCount, counterWords(wave.maxBounces));
    recording.dispatch(k.develop, wave.bindings, [Math.ceil(threads / WORKGROUP)]);
}
