/**
 * Does a page keep what it should let go? After frames that fill its caches, the heap (with its array buffers, after garbage
 * collection) and the live GPU objects are read, and again after as many frames, and again. What a page fills once grows in one
 * of the two spans; a leak grows in both, so that the smaller growth is judged.
 *
 * A ceiling of the heap is another question: it is looked at after every step and every 60 frames, and garbage does not count.
 *
 * The heap of a page that draws the same each frame moves by some 10 kB between collections; a bound below that finds noise.
 */
import { MixreelError } from '@mixreel/core';
import type { PageGuard } from '../browser/page-guard.ts';
import { formatNumber } from '../report/escape.ts';
import type { Figure } from '../report/report.ts';
import { LIVE_OBJECTS_HANDLE } from './live-objects.ts';
import { callPage } from './read-capture.ts';

/** What may grow, and over how many frames. */
export interface LeakBounds {
    /** Of a span, of which there are three; 1 to 10,000. */
    readonly frames: number;
    /** MiB by which the heap may grow in a span. Default 0.25. */
    readonly maxHeapMiB?: number;
    /** GPU buffers, textures and the like by which their number may grow in a span. Default 0. */
    readonly maxGpuObjects?: number;
}

interface Held {
    readonly heapMiB: number;
    readonly gpuObjects: number;
}

/** Draws three spans of frames. The figures are for the report; the error is there if the page leaks. */
export async function findLeaks(
    guard: PageGuard,
    bounds: LeakBounds,
    draw: (frames: number) => Promise<void>
): Promise<{ readonly figures: readonly Figure[]; readonly leak: MixreelError | null }> {
    const { frames, maxHeapMiB = 0.25, maxGpuObjects = 0 } = bounds;
    const held: Held[] = [];
    for (let span = 0; span < 3; span++) {
        await draw(frames);
        held.push(await readHeld(guard));
    }
    const growth = (of: keyof Held): number => Math.min(held[1]![of] - held[0]![of], held[2]![of] - held[1]![of]);
    const [heapMiB, gpuObjects] = [growth('heapMiB'), growth('gpuObjects')];
    const over = `in ${frames} frames`;
    const figures: Figure[] = [
        { label: 'Heap growth', value: heapMiB, unit: 'MiB', note: over, tone: heapMiB > maxHeapMiB ? 'bad' : 'good' },
        { label: 'GPU objects more', value: gpuObjects, note: over, tone: gpuObjects > maxGpuObjects ? 'bad' : 'good' }
    ];
    const grown: string[] = [];
    if (heapMiB > maxHeapMiB) {
        grown.push(`its heap grew by ${formatNumber(heapMiB)} MiB to ${formatNumber(held[2]!.heapMiB)} MiB`);
    }
    if (gpuObjects > maxGpuObjects) {
        grown.push(
            `${formatNumber(gpuObjects)} GPU objects more are alive, ${formatNumber(held[2]!.gpuObjects)} in all`
        );
    }
    if (grown.length === 0) return { figures, leak: null };
    const leak = new MixreelError('limit-exceeded', {
        what: `the page leaks: ${over}, ${grown.join(', and ')}`,
        expected: `at most ${maxHeapMiB} MiB and ${maxGpuObjects} GPU objects more`,
        mend: 'Let go of what each frame makes (destroy, delete, remove from lists), or raise the bounds of leaks'
    });
    return { figures, leak };
}

/**
 * Throws `limit-exceeded` if a page holds more than it may.
 *
 * @param during - What it does, for the message: `after step 2`.
 */
export async function checkHeap(guard: PageGuard, maxHeapMiB: number, during: string): Promise<void> {
    // Collecting garbage takes some ms: only where it may decide.
    if ((await readHeapMiB(guard, false)) <= maxHeapMiB) return;
    const heapMiB = await readHeapMiB(guard, true);
    if (heapMiB <= maxHeapMiB) return;
    throw new MixreelError('limit-exceeded', {
        what: `the heap of the page holds ${formatNumber(heapMiB)} MiB ${during}`,
        expected: `at most ${formatNumber(maxHeapMiB)} MiB`,
        mend: 'Look at a heap snapshot for what it keeps, or raise maxHeapMiB'
    });
}

async function readHeld(guard: PageGuard): Promise<Held> {
    const heapMiB = await readHeapMiB(guard, true);
    return { heapMiB, gpuObjects: (await callPage(guard, `${LIVE_OBJECTS_HANDLE}.alive`, [])) as number };
}

async function readHeapMiB(guard: PageGuard, collected: boolean): Promise<number> {
    const session = await guard.page.createCDPSession();
    try {
        // Twice: what the first pass finalises, the second one frees.
        for (let pass = 0; collected && pass < 2; pass++)
            await guard.watch(session.send('HeapProfiler.collectGarbage'));
        const { usedSize, backingStorageSize } = await guard.watch(session.send('Runtime.getHeapUsage'));
        return (usedSize + backingStorageSize) / 2 ** 20;
    } finally {
        await session.detach().catch(() => {});
    }
}
