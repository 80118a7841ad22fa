/**
 * A wave whose paths are regenerated: a pool of slots, fewer than the wave's samples. Each iteration runs the stages over all
 * paths in flight, whatever their bounce; a slot whose path has ended takes the next sample in the same iteration, until none is
 * left (Novák, Havran, Dachsbacher 2010, "Path regeneration for interactive path tracing"). Camera rays of one sample and
 * scatterings of another are then in the same queue, and the queues stay full until the last samples drain.
 *
 * What an ended path gathered waits in a row of 16 bytes until all of the wave have ended; then the film takes each pixel's samples
 * in their order. So any slot may take any sample, also several of one pixel at once, no float is added atomically, and the film
 * has the bits of every other mode. (Adding at once would be 16 bytes a sample cheaper, but a pixel's samples would have to be in
 * flight one at a time, or sums be reordered.)
 *
 * How many iterations it takes is known to the GPU alone: they are recorded some at a time, after each of which 84 bytes are read
 * back, a few more than the samples done so far predict.
 *
 * Not the default. SwiftShader, Cornell box, 64x64, 16 samples, depth 4, roulette from 3, two runs each on a machine at load 14 to
 * 22 with two cores; paths per second of wall time, and of CPU time: waves of 4,096 28,000, 33,900; of 16,384 20,000, 38,000; of
 * 65,536 17,800, 39,700; pools of 4,096 slots 20,400, 37,000; of 16,384 13,000, 31,500. So no gain there beyond the noise. Waves
 * on an earlier occasion, 4,096 against 65,536, wall time: depth 4 43,500 against 21,900, depth 16 with roulette from 3, where 1 %
 * of the paths are alive after bounce 8, 47,300 against 13,600. Once more in Node at load 5, two rounds, depth 4 without roulette,
 * thousands of paths a second: waves of 2,048 40 and 42; 4,096 46 and 41; 8,192 61 and 51; 16,384 50 and 48; 32,768 35 and 53;
 * 65,536 55 and 62. So small waves gain nothing for certain. Depth 16 with regeneration, and real GPUs, are not measured.
 */
import type { Device, GpuBuffer, Kernel, Recording } from '@mixreel/gpu';
import type { StreamingKernels } from './kernels.ts';
import { counterWords, QUEUE_WORDS } from './statistics.ts';
import { ARGUMENTS, HIT_QUEUES, type Wave, WORKGROUP } from './wave.ts';

/** What {@link renderRegenerating} works with. */
export interface RegeneratingWave {
    readonly device: Device;
    readonly kernels: StreamingKernels;
    readonly wave: Wave;
    /** Paths in flight. */
    readonly slots: number;
    readonly counters: GpuBuffer;
    readonly record: () => Recording;
    readonly submit: (recording: Recording) => Promise<void>;
}

/** Most iterations without a word from the CPU: even, since even and odd ones use different queues. */
const MOST_ITERATIONS = 128;
/** Iterations for the last paths, most of which end sooner than they may. */
const DRAIN = 8;

/** Renders a wave, its film included; `begun` is what is recorded of it. */
export async function renderRegenerating(start: RegeneratingWave, begun: Recording): Promise<void> {
    const { device, kernels, wave, slots, counters, record, submit } = start;
    const items = wave.pixelCount * wave.sampleCount;
    const lengthsAt = 4 * counterWords(wave.maxBounces);
    let current = begun.clear(counters, lengthsAt, 4 * QUEUE_WORDS);
    current.dispatch(kernels.pathInit, wave.bindings, [Math.ceil(slots / WORKGROUP)]);
    // A path of maxBounces scatterings is as many iterations and one more; where none waits for a slot, that is all.
    let iterations = even(wave.maxBounces + 1);
    for (let done = 0; ; ) {
        for (let i = 0; i < iterations; i++) recordIteration(current, kernels, wave, i, done + i === 0 ? slots : null);
        await submit(current);
        done += iterations;
        const words = new Uint32Array(await device.read(counters, lengthsAt, 4 * QUEUE_WORDS));
        current = record();
        const inFlight = words[0]!;
        if (inFlight === 0) break;
        const taken = Math.min(items, words[QUEUE_WORDS - 1]!);
        const left = ((items - taken) * done) / Math.max(1, taken - inFlight);
        iterations = even(Math.min(MOST_ITERATIONS, Math.ceil(left) + Math.min(wave.maxBounces + 1, DRAIN)));
    }
    const threads = Math.max(wave.pixelCount, counterWords(wave.maxBounces));
    current.dispatch(kernels.develop, wave.bindings, [Math.ceil(threads / WORKGROUP)]);
    await submit(current);
}

function even(n: number): number {
    return n + (n & 1);
}

/** first: paths in flight, if this is the wave's first iteration, whose rays no kernel has counted. */
function recordIteration(
    recording: Recording,
    k: StreamingKernels,
    wave: Wave,
    iteration: number,
    first: number | null
): void {
    const dispatches = wave.dispatches!;
    const parity = iteration & 1;
    const bindings = { ...wave.bindings, bounce: wave.bounces[parity]! };
    const opening = { ...wave.bindings, bounce: wave.bounces[parity + 2]!, dispatches };
    const queued = (kernel: Kernel, queue: keyof typeof ARGUMENTS): Recording =>
        recording.dispatchIndirect(kernel, bindings, dispatches, ARGUMENTS[queue]);
    const lengths = (): Recording => recording.dispatch(k.dispatchArguments, { ...bindings, dispatches }, [1]);

    if (first === null) queued(k.intersect, 'rays');
    else recording.dispatch(k.intersect, bindings, [Math.ceil(first / WORKGROUP)]);
    recording.dispatch(k.dispatchArguments, opening, [1]);
    queued(k.miss, 'misses');
    for (const { hit, queue } of k.shading) queued(hit, HIT_QUEUES[queue]!);
    lengths();
    queued(k.shadowTest, 'shadow');
    lengths();
    queued(k.lightContribution, 'lit');
    for (const { bsdfSample, queue } of k.shading) queued(bsdfSample, HIT_QUEUES[queue]!);
    lengths();
    queued(k.regenerate!, 'ended');
    lengths();
}
