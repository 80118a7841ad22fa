/**
 * Where the structure comes from: the renderer's instance and semantic layers if the frame has them, else the picture itself, by
 * k-means over the cells' mean colours, smoothed by iterated conditional modes on a Potts prior (Besag 1986) so that the label map stays cheap
 * to code. No randomness: the centres start farthest first.
 */
import type { Frame } from '@mixreel/image';
import { cellsAlong, LARGEST_REGION_COUNT, type LabelMap, type RegionMeaning } from './structure-map.ts';

const K_MEANS_ROUNDS = 8;
const SMOOTHING_ROUNDS = 4;
/** Squared colour distance that one neighbour of another region is worth: 100, and more where the quantiser is coarse and bits are few. */
const NEIGHBOUR_PRICE = 100;
const NEIGHBOUR_PRICE_PER_STEP = 8;
/** Depth breaks where the farthest sample of a cell is this many times the nearest. */
const DEPTH_BREAK = 1.15;

/** Mean of each plane over each cell: [plane][cell], in the planes' own scale. */
export function cellMeans(
    planes: readonly Int16Array[],
    stride: number,
    widthPx: number,
    heightPx: number
): Float32Array[] {
    const columns = cellsAlong(widthPx);
    const rows = cellsAlong(heightPx);
    return [0, 1, 2].map((p) => {
        const plane = planes[p]!;
        const means = new Float32Array(columns * rows);
        for (let cy = 0; cy < rows; cy++) {
            for (let cx = 0; cx < columns; cx++) {
                // Planes are padded to whole cells by repeating the edge.
                let sum = 0;
                for (let v = 0; v < 8; v++) {
                    const at = (cy * 8 + v) * stride + cx * 8;
                    for (let u = 0; u < 8; u++) sum += plane[at + u]!;
                }
                means[cy * columns + cx] = sum / 64;
            }
        }
        return means;
    });
}

/** Structure of a frame; null if it was rendered without instance and semantic layers. */
export function structureFromLayers(frame: Frame): LabelMap | null {
    if (!frame.has('instance') && !frame.has('semantic')) return null;
    const { widthPx, heightPx } = frame;
    const none = new Float32Array(widthPx * heightPx);
    const instance = frame.has('instance') ? frame.layer('instance') : none;
    const semantic = frame.has('semantic') ? frame.layer('semantic') : none;
    const columns = cellsAlong(widthPx);
    const rows = cellsAlong(heightPx);
    const keys = new Float64Array(columns * rows);
    for (let cy = 0; cy < rows; cy++) {
        for (let cx = 0; cx < columns; cx++)
            keys[cy * columns + cx] = majority(semantic, instance, widthPx, heightPx, cx, cy);
    }
    const { labels, regions } = numberRegions(keys);
    return { columns, rows, labels, regions };
}

const KEY_BASE = 65536;

function majority(
    semantic: Float32Array,
    instance: Float32Array,
    widthPx: number,
    heightPx: number,
    cx: number,
    cy: number
): number {
    const counts = new Map<number, number>();
    let best = 0;
    let most = 0;
    for (let y = cy * 8; y < Math.min(heightPx, cy * 8 + 8); y++) {
        for (let x = cx * 8; x < Math.min(widthPx, cx * 8 + 8); x++) {
            const at = y * widthPx + x;
            const key = id(semantic[at]!) * KEY_BASE + id(instance[at]!);
            const count = (counts.get(key) ?? 0) + 1;
            counts.set(key, count);
            if (count > most) {
                most = count;
                best = key;
            }
        }
    }
    return best;
}

function id(value: number): number {
    return value > 0 ? Math.min(KEY_BASE - 2, Math.round(value)) : 0;
}

/** Regions in order of first appearance; beyond the largest count the rarest share the last one. */
function numberRegions(keys: Float64Array): { labels: Uint8Array; regions: RegionMeaning[] } {
    const counts = new Map<number, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    let kept = [...counts.keys()];
    const overflow = kept.length > LARGEST_REGION_COUNT;
    if (overflow) {
        const frequent = new Set(
            kept.sort((a, b) => counts.get(b)! - counts.get(a)! || a - b).slice(0, LARGEST_REGION_COUNT - 1)
        );
        kept = [...counts.keys()].filter((key) => frequent.has(key));
    }
    const numbers = new Map(kept.map((key, i) => [key, i]));
    const regions = kept.map((key) => ({ semanticId: Math.floor(key / KEY_BASE), instanceId: key % KEY_BASE }));
    if (overflow) regions.push({ semanticId: 0, instanceId: 0 });
    return { labels: Uint8Array.from(keys, (key) => numbers.get(key) ?? kept.length), regions };
}

/** Cells whose depth breaks, or null without a depth layer. */
export function depthEdges(frame: Frame): Uint8Array | null {
    if (!frame.has('depth')) return null;
    const depth = frame.layer('depth');
    const { widthPx, heightPx } = frame;
    const columns = cellsAlong(widthPx);
    const rows = cellsAlong(heightPx);
    const edges = new Uint8Array(columns * rows);
    for (let cy = 0; cy < rows; cy++) {
        for (let cx = 0; cx < columns; cx++) {
            let near = Number.POSITIVE_INFINITY;
            let far = 0;
            for (let y = cy * 8; y < Math.min(heightPx, cy * 8 + 9); y++) {
                for (let x = cx * 8; x < Math.min(widthPx, cx * 8 + 9); x++) {
                    const d = depth[y * widthPx + x]!;
                    if (d < near) near = d;
                    if (d > far) far = d;
                }
            }
            edges[cy * columns + cx] = far > near * DEPTH_BREAK ? 1 : 0;
        }
    }
    return edges;
}

/**
 * Structure of a picture from its own colours.
 *
 * @param means - Result of {@link cellMeans}; planes beyond the third count as grey levels of luma do.
 * @param regionCount - 1 to 255; fewer come out if the picture has fewer colours.
 * @param step - The texture's quantiser step, grey levels.
 */
export function structureFromColors(
    means: readonly Float32Array[],
    columns: number,
    rows: number,
    regionCount: number,
    step: number
): LabelMap {
    const cells = columns * rows;
    const centres = farthestFirst(means, cells, regionCount);
    const labels = new Uint8Array(cells);
    for (let round = 0; round < K_MEANS_ROUNDS; round++) {
        for (let i = 0; i < cells; i++) labels[i] = nearest(means, i, centres);
        moveCentres(means, labels, centres);
    }
    for (let round = 0; round < SMOOTHING_ROUNDS; round++) {
        smooth(means, labels, columns, rows, centres, NEIGHBOUR_PRICE + NEIGHBOUR_PRICE_PER_STEP * step);
        moveCentres(means, labels, centres);
    }
    return { columns, rows, ...compact(labels) };
}

function distance(means: readonly Float32Array[], i: number, centre: Float64Array): number {
    const y = means[0]![i]! - centre[0]!;
    const co = means[1]![i]! - centre[1]!;
    const cg = means[2]![i]! - centre[2]!;
    let sum = y * y + 0.25 * co * co + 0.25 * cg * cg;
    for (let p = 3; p < means.length; p++) sum += (means[p]![i]! - centre[p]!) ** 2;
    return sum;
}

function centreAt(means: readonly Float32Array[], i: number): Float64Array {
    return Float64Array.from(means, (mean) => mean[i]!);
}

function farthestFirst(means: readonly Float32Array[], cells: number, count: number): Float64Array[] {
    const centres = [centreAt(means, 0)];
    const closest = new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
    while (centres.length < count) {
        let far = -1;
        let most = 0;
        for (let i = 0; i < cells; i++) {
            const d = Math.min(closest[i]!, distance(means, i, centres.at(-1)!));
            closest[i] = d;
            if (d > most) {
                most = d;
                far = i;
            }
        }
        // Less than one style step away from every centre: no colour left to tell apart.
        if (far < 0 || most < 16) break;
        centres.push(centreAt(means, far));
    }
    return centres;
}

function nearest(means: readonly Float32Array[], i: number, centres: readonly Float64Array[]): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centres.length; c++) {
        const d = distance(means, i, centres[c]!);
        if (d < least) {
            least = d;
            best = c;
        }
    }
    return best;
}

function moveCentres(means: readonly Float32Array[], labels: Uint8Array, centres: readonly Float64Array[]): void {
    const counts = new Float64Array(centres.length);
    const sums = centres.map((centre) => new Float64Array(centre.length));
    for (let i = 0; i < labels.length; i++) {
        const c = labels[i]!;
        counts[c]!++;
        for (let p = 0; p < means.length; p++) sums[c]![p]! += means[p]![i]!;
    }
    for (let c = 0; c < centres.length; c++) {
        if (counts[c]! > 0) for (let p = 0; p < means.length; p++) centres[c]![p] = sums[c]![p]! / counts[c]!;
    }
}

function smooth(
    means: readonly Float32Array[],
    labels: Uint8Array,
    columns: number,
    rows: number,
    centres: readonly Float64Array[],
    price: number
): void {
    for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
            const i = y * columns + x;
            const around = [
                x > 0 ? labels[i - 1]! : -1,
                x + 1 < columns ? labels[i + 1]! : -1,
                y > 0 ? labels[i - columns]! : -1,
                y + 1 < rows ? labels[i + columns]! : -1
            ];
            let best = labels[i]!;
            let least = Number.POSITIVE_INFINITY;
            for (const c of [labels[i]!, ...around]) {
                if (c < 0) continue;
                let cost = distance(means, i, centres[c]!);
                for (const other of around) if (other >= 0 && other !== c) cost += price;
                if (cost < least) {
                    least = cost;
                    best = c;
                }
            }
            labels[i] = best;
        }
    }
}

/** Drops regions that lost their last cell; numbers the others by first appearance. */
function compact(labels: Uint8Array): { labels: Uint8Array; regions: RegionMeaning[] } {
    const numbers = new Map<number, number>();
    for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
    return {
        labels: labels.map((label) => numbers.get(label)!),
        regions: Array.from(numbers, () => ({ semanticId: 0, instanceId: 0 }))
    };
}
