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
import type { MaterialClass } from './material-queues.ts';
import type { KernelTraits, MaterialTraits } from './traits.ts';

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

/** The two kernels that shade the hits of a class of materials. */
export interface ShadingKernels {
    readonly materials: MaterialClass;
    /** Number of the queue, from 0. */
    readonly queue: number;
    readonly hit: Kernel;
    readonly bsdfSample: Kernel;
}

/** The seven kernels and those between them; `regenerate` only if the traits ask for it. */
export type StreamingKernels = Readonly<
    Record<Exclude<StreamingKernel, 'regenerate' | 'hit' | 'bsdfSample'>, Kernel> & {
        regenerate?: Kernel;
        shading: readonly ShadingKernels[];
    }
>;

/** The kernels of a mode. */
export type ModeKernels =
    | { readonly kind: 'streaming'; readonly firstHit: Kernel; readonly streaming: StreamingKernels }
    | { readonly kind: 'megakernel'; readonly firstHit: Kernel; readonly megakernel: Kernel };

/** The classes of materials whose hits have queues, in the order of their numbers; null for the megakernel. */
export function shadedBy(kernels: ModeKernels): readonly MaterialClass[] | null {
    return kernels.kind === 'streaming' ? kernels.streaming.shading.map(({ materials }) => materials) : null;
}

/** By text and constants: scenes that differ in a trait share all kernels that do not ask for it. */
const cache = new WeakMap<Device, Map<string, Promise<Kernel>>>();

/** True for SwiftShader and its like, which run kernels on the CPU. */
export function isSoftware({ info }: Device): boolean {
    return /swiftshader|llvmpipe|lavapipe/i.test(`${info.description} ${info.architecture} ${info.driver}`);
}

/** A kernel, compiled at the first call. */
function kernelFor(
    device: Device,
    label: string,
    wgsl: LinkedWgsl,
    constants: Readonly<Record<string, number>> = {}
): Promise<Kernel> {
    let made = cache.get(device);
    if (!made) cache.set(device, (made = new Map()));
    const key = `${label} ${wgsl.label} ${JSON.stringify(constants)}`;
    let kernel = made.get(key);
    if (!kernel) {
        kernel = device.createKernel({ label, wgsl, constants });
        made.set(key, kernel);
        // A failure (a lost device, say) must not be remembered.
        kernel.catch(() => made.delete(key));
    }
    return kernel;
}

/** The kernel that lists noisy pixels; few pictures need it. */
export function selectKernel(device: Device): Promise<Kernel> {
    return kernelFor(device, 'selectPixels', selectPixels);
}

/**
 * Values of the `override` constants that a kernel's text has. shaded: traits of the materials that it shades; index: number of
 * their queue.
 */
function constantsFor(
    device: Device,
    traits: KernelTraits,
    shaded: MaterialTraits,
    index: number,
    code: string
): Record<string, number> {
    const all = {
        FLATTENED: traits.flattened,
        OPAQUE: traits.opaque,
        SOLID: traits.solid,
        PLAIN: !traits.materials.textured,
        COATED: traits.coatedLights,
        ENVIRONMENT: traits.environment,
        MANY_LIGHTS: traits.lightTree,
        TEXTURED: shaded.textured,
        EXTENDED: shaded.extended,
        REFLECTIVE: shaded.reflective,
        SPECIAL: shaded.special,
        HIT_QUEUE: index,
        MEDIA: traits.media,
        MIXED: traits.queues.length > 1,
        REGENERATE: traits.regenerate,
        SOFTWARE: isSoftware(device),
        SPLIT_BITS: traits.splitBits
    };
    const named = Object.entries(all).filter(([name]) => code.includes(`override ${name}:`));
    return Object.fromEntries(named.map(([name, value]) => [name, Number(value)]));
}

/** What the layers need of materials: base colour and normal, no BSDF. */
const LAYERS = { extended: false, reflective: false, special: false };

/** The kernels for a scene on a device; those that no scene there has needed yet are compiled. */
export async function kernelsFor(device: Device, traits: KernelTraits): Promise<ModeKernels> {
    const { mode, splitBits, materials, queues } = traits;
    const create = (label: string, wgsl: LinkedWgsl, shaded: MaterialTraits, queue = 0): Promise<Kernel> =>
        kernelFor(device, label, wgsl, constantsFor(device, traits, shaded, queue, wgsl.code));
    const split = splitBits > 0;
    const layers = create('first-hit', split ? firstHitSplit : firstHit, { textured: materials.textured, ...LAYERS });
    if (mode === 'megakernel') {
        const whole = create('megakernel', split ? megakernelSplit : megakernel, materials);
        const [first, mega] = await Promise.all([layers, whole]);
        return { kind: 'megakernel', firstHit: first, megakernel: mega };
    }
    const [soa, aos] = split ? [SOA_SPLIT, AOS_SPLIT] : [SOA, AOS];
    const { hit, bsdfSample, regenerate, ...others } = mode === 'streaming-aos' ? aos : soa;
    const rest = Object.entries({ ...others, ...(traits.regenerate ? { regenerate } : {}) });
    const shaders = queues.flatMap((queue, i) => [
        create('hit', hit, queue.traits, i),
        create('bsdfSample', bsdfSample, queue.traits, i)
    ]);
    const [first, ...made] = await Promise.all([
        layers,
        ...shaders,
        ...rest.map(([label, wgsl]) => create(label, wgsl, materials))
    ]);
    const shading = queues.map(({ name }, queue) => ({
        materials: name,
        queue,
        hit: made[2 * queue]!,
        bsdfSample: made[2 * queue + 1]!
    }));
    const named = Object.fromEntries(rest.map(([label], i) => [label, made[shaders.length + i]!]));
    return { kind: 'streaming', firstHit: first!, streaming: { ...named, shading } as unknown as StreamingKernels };
}
