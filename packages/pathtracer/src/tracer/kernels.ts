/**
 * The compiled kernels of one mode on one device. Compiling takes seconds on SwiftShader, so a device's kernels are kept as
 * long as the device is: the cache is keyed weakly by it and holds pipelines only, no memory of a scene or a picture.
 */
import type { Device, Kernel, LinkedWgsl } from '@mixreel/gpu';
import {
    bsdfSampleAos,
    bsdfSampleAosSplit,
    bsdfSampleSoa,
    bsdfSampleSoaSplit,
    developAos,
    developSoa,
    dispatchArguments,
    firstHit,
    firstHitSplit,
    hitAos,
    hitAosSplit,
    hitSoa,
    hitSoaSplit,
    intersectAos,
    intersectAosSplit,
    intersectSoa,
    intersectSoaSplit,
    lightContributionAos,
    lightContributionSoa,
    megakernel,
    megakernelSplit,
    missAos,
    missSoa,
    pathInitAos,
    pathInitSoa,
    regenerateAos,
    regenerateSoa,
    selectPixels,
    shadowTestAos,
    shadowTestAosSplit,
    shadowTestSoa,
    shadowTestSoaSplit
} from '../generated/index.ts';
import type { TracerMode } from './options.ts';

/** Names of the seven kernels, of the two between them, and of the one that regenerates paths. */
type StreamingKernel =
    | 'pathInit'
    | 'intersect'
    | 'hit'
    | 'shadowTest'
    | 'lightContribution'
    | 'bsdfSample'
    | 'miss'
    | 'develop'
    | 'dispatchArguments'
    | 'regenerate';

const SOA: Readonly<Record<StreamingKernel, LinkedWgsl>> = {
    pathInit: pathInitSoa,
    intersect: intersectSoa,
    hit: hitSoa,
    shadowTest: shadowTestSoa,
    lightContribution: lightContributionSoa,
    bsdfSample: bsdfSampleSoa,
    miss: missSoa,
    develop: developSoa,
    dispatchArguments,
    regenerate: regenerateSoa
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
    dispatchArguments,
    regenerate: regenerateAos
};

/** Those that read geometry, for scenes whose buffers are split: see `shaders/pathtracer/split.wgsl`. */
const SOA_SPLIT: typeof SOA = {
    ...SOA,
    intersect: intersectSoaSplit,
    hit: hitSoaSplit,
    shadowTest: shadowTestSoaSplit,
    bsdfSample: bsdfSampleSoaSplit
};

const AOS_SPLIT: typeof AOS = {
    ...AOS,
    intersect: intersectAosSplit,
    hit: hitAosSplit,
    shadowTest: shadowTestAosSplit,
    bsdfSample: bsdfSampleAosSplit
};

/** The seven kernels and those between them; `regenerate` only if the traits ask for it. */
export type StreamingKernels = Readonly<
    Record<Exclude<StreamingKernel, 'regenerate'>, Kernel> & { regenerate?: Kernel }
>;

/** The kernels of a mode. */
export type ModeKernels =
    | { readonly kind: 'streaming'; readonly firstHit: Kernel; readonly streaming: StreamingKernels }
    | { readonly kind: 'megakernel'; readonly firstHit: Kernel; readonly megakernel: Kernel };

const cache = new WeakMap<Device, Map<string, Promise<ModeKernels>>>();

/** What of a scene its kernels are made for; see `shaders/pathtracer/variant.wgsl`. */
export interface KernelTraits {
    readonly mode: TracerMode;
    /** Ended paths give their slots to the next samples at once. */
    readonly regenerate: boolean;
    /** One tree in world space. */
    readonly flattened: boolean;
    /** No material has an alpha mode but opaque. */
    readonly opaque: boolean;
    /** No material looks a texture up. */
    readonly plain: boolean;
    /** Light from infinitely far away. */
    readonly environment: boolean;
    /** Many lights, chosen from by a tree. */
    readonly lightTree: boolean;
    /** A material has more than the core of glTF; see `isExtended`. */
    readonly extended: boolean;
    /** A material reflects: not all are of kind `diffuse`. */
    readonly reflective: boolean;
    /** A material is glass, wholly or in part. */
    readonly refractive: boolean;
    /** A material is of kind `conductor` or `plastic`. */
    readonly foreign: boolean;
    /** Rows along a side of the layers of split buffers, as a power of two; 0 if none is split. */
    readonly splitBits: number;
}

/** True for SwiftShader and its like, which run kernels on the CPU. */
export function isSoftware({ info }: Device): boolean {
    return /swiftshader|llvmpipe|lavapipe/i.test(`${info.description} ${info.architecture} ${info.driver}`);
}

/** The kernels for a scene on a device, compiled at the first call. */
export function kernelsFor(device: Device, traits: KernelTraits): Promise<ModeKernels> {
    let made = cache.get(device);
    if (!made) cache.set(device, (made = new Map()));
    const key = JSON.stringify(traits);
    let kernels = made.get(key);
    if (!kernels) {
        kernels = compile(device, traits);
        made.set(key, kernels);
        // A failure (a lost device, say) must not be remembered.
        kernels.catch(() => made.delete(key));
    }
    return kernels;
}

const selecting = new WeakMap<Device, Promise<Kernel>>();

/** The kernel that lists noisy pixels; compiled at the first call, since few pictures need it. */
export function selectKernel(device: Device): Promise<Kernel> {
    let kernel = selecting.get(device);
    if (!kernel) {
        kernel = device.createKernel({ label: 'selectPixels', wgsl: selectPixels });
        selecting.set(device, kernel);
        kernel.catch(() => selecting.delete(device));
    }
    return kernel;
}

/** Values of the `override` constants that a kernel's text has. */
function constantsFor(device: Device, traits: KernelTraits, code: string): Record<string, number> {
    const all = {
        FLATTENED: traits.flattened,
        OPAQUE: traits.opaque,
        PLAIN: traits.plain,
        ENVIRONMENT: traits.environment,
        MANY_LIGHTS: traits.lightTree,
        EXTENDED: traits.extended,
        REFLECTIVE: traits.reflective,
        REFRACTIVE: traits.refractive,
        FOREIGN: traits.foreign,
        REGENERATE: traits.regenerate,
        SOFTWARE: isSoftware(device),
        SPLIT_BITS: traits.splitBits
    };
    const named = Object.entries(all).filter(([name]) => code.includes(`override ${name}:`));
    return Object.fromEntries(named.map(([name, value]) => [name, Number(value)]));
}

async function compile(device: Device, traits: KernelTraits): Promise<ModeKernels> {
    const create = (label: string, wgsl: LinkedWgsl): Promise<Kernel> =>
        device.createKernel({ label, wgsl, constants: constantsFor(device, traits, wgsl.code) });
    const { mode, splitBits } = traits;
    const split = splitBits > 0;
    const layersKernel = create('first-hit', split ? firstHitSplit : firstHit);
    if (mode === 'megakernel') {
        const [first, mega] = await Promise.all([
            layersKernel,
            create('megakernel', split ? megakernelSplit : megakernel)
        ]);
        return { kind: 'megakernel', firstHit: first, megakernel: mega };
    }
    const [soa, aos] = split ? [SOA_SPLIT, AOS_SPLIT] : [SOA, AOS];
    const all = Object.entries(mode === 'streaming-aos' ? aos : soa);
    const sources = all.filter(([name]) => name !== 'regenerate' || traits.regenerate);
    const [first, ...rest] = await Promise.all([layersKernel, ...sources.map(([label, wgsl]) => create(label, wgsl))]);
    const streaming = Object.fromEntries(sources.map(([name], i) => [name, rest[i]!])) as unknown as StreamingKernels;
    return { kind: 'streaming', firstHit: first!, streaming };
}
