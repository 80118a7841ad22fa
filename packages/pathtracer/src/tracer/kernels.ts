/**
 * The compiled kernels of one mode on one device. Compiling takes seconds on SwiftShader, so a device's kernels are kept as
 * long as the device is: the cache is keyed weakly by it and holds pipelines only, no memory of a scene or a picture.
 */
import type { Device, Kernel, LinkedWgsl } from '@mixreel/gpu';
import {
    bsdfSampleAos,
    bsdfSampleSoa,
    developAos,
    developSoa,
    dispatchArguments,
    firstHit,
    hitAos,
    hitSoa,
    intersectAos,
    intersectSoa,
    lightContributionAos,
    lightContributionSoa,
    megakernel,
    missAos,
    missSoa,
    pathInitAos,
    pathInitSoa,
    shadowTestAos,
    shadowTestSoa
} from '../generated/index.ts';
import type { TracerMode } from './options.ts';

/** Names of the seven kernels and of the two between them. */
type StreamingKernel =
    | 'pathInit'
    | 'intersect'
    | 'hit'
    | 'shadowTest'
    | 'lightContribution'
    | 'bsdfSample'
    | 'miss'
    | 'develop'
    | 'dispatchArguments';

const SOA: Readonly<Record<StreamingKernel, LinkedWgsl>> = {
    pathInit: pathInitSoa,
    intersect: intersectSoa,
    hit: hitSoa,
    shadowTest: shadowTestSoa,
    lightContribution: lightContributionSoa,
    bsdfSample: bsdfSampleSoa,
    miss: missSoa,
    develop: developSoa,
    dispatchArguments
};

const AOS: Readonly<Record<StreamingKernel, LinkedWgsl>> = {
    pathInit: pathInitAos,
    intersect: intersectAos,
    hit: hitAos,
    shadowTest: shadowTestAos,
    lightContribution: lightContributionAos,
    bsdfSample: bsdfSampleAos,
    miss: missAos,
    develop: developAos,
    dispatchArguments
};

/** The seven kernels and the two between them. */
export type StreamingKernels = Readonly<Record<StreamingKernel, Kernel>>;

/** The kernels of a mode. */
export type ModeKernels =
    | { readonly kind: 'streaming'; readonly firstHit: Kernel; readonly streaming: StreamingKernels }
    | { readonly kind: 'megakernel'; readonly firstHit: Kernel; readonly megakernel: Kernel };

const cache = new WeakMap<Device, Map<TracerMode, Promise<ModeKernels>>>();

/** The kernels of a mode on a device, compiled at the first call. */
export function kernelsFor(device: Device, mode: TracerMode): Promise<ModeKernels> {
    let modes = cache.get(device);
    if (!modes) cache.set(device, (modes = new Map()));
    let kernels = modes.get(mode);
    if (!kernels) {
        kernels = compile(device, mode);
        modes.set(mode, kernels);
        // A failure (a lost device, say) must not be remembered.
        kernels.catch(() => modes.delete(mode));
    }
    return kernels;
}

async function compile(device: Device, mode: TracerMode): Promise<ModeKernels> {
    const layersKernel = device.createKernel({ label: 'first-hit', wgsl: firstHit });
    if (mode === 'megakernel') {
        const [first, mega] = await Promise.all([
            layersKernel,
            device.createKernel({ label: 'megakernel', wgsl: megakernel })
        ]);
        return { kind: 'megakernel', firstHit: first, megakernel: mega };
    }
    const sources = Object.entries(mode === 'streaming-aos' ? AOS : SOA);
    const [first, ...rest] = await Promise.all([
        layersKernel,
        ...sources.map(([label, wgsl]) => device.createKernel({ label, wgsl }))
    ]);
    const streaming = Object.fromEntries(sources.map(([name], i) => [name, rest[i]!])) as unknown as StreamingKernels;
    return { kind: 'streaming', firstHit: first!, streaming };
}
