/**
 * A picture as a {@link SceneText}: cells are put into regions by colour and roughness (k-means and a Potts prior, as in `segmentation.ts`),
 * or by the renderer's layers where a frame has them; each region's colour, fade, roughness at four scales and direction are measured.
 * The map is made simpler until the bytes fit.
 */
import { badInput, exactLog, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { pictureFromFrame } from '../picture.ts';
import { cellMeans, structureFromColors, structureFromLayers } from '../structure/segmentation.ts';
import { cellsAlong } from '../structure/structure-map.ts';
import { planesFromPicture } from '../texture/color-transform.ts';
import { TextureState } from '../texture/texture-state.ts';
import { measureRegions, Octaves } from './measure-regions.ts';
import { encodeScene } from './scene-coder.ts';
import { MOST_SCENE_REGIONS, type SceneText } from './scene-text.ts';

/** Options of {@link describeScene}. */
export interface DescribeOptions {
    /** Most bytes of the coded text, 40 to 65000. */
    readonly textBytes: number;
    /** Regions to begin with, 1 to 62; fewer come out if bytes or colours are few. */
    readonly regionCount: number;
    /** Cells to begin with, 16 to 16384. */
    readonly cellCount: number;
    /** What the receiver's scene generator is asked for, or null. */
    readonly request: string | null;
}

/**
 * Bytes: what leaves a whole file of a picture of 768 x 512 below 295, a 4,000th of its RGB. Cells: mean LPIPS-alex of six photographs 0.624 with 384
 * cells, 0.615 with 704, 0.602 with 1,536. Regions: 10 and 14 are alike, 18 take 0.02 more.
 */
export const DESCRIBE_DEFAULTS: DescribeOptions = Object.freeze({
    textBytes: 235,
    regionCount: 14,
    cellCount: 1536,
    request: null
});

/** What a doubling of roughness counts in the segmentation, grey levels. Mean LPIPS-alex of the 24 tuning pictures of training/README.md: 0.4317 at 14, 0.4326 at 20, 0.4365 at 28, 0.4375 at 40. */
const ROUGHNESS_WEIGHT = 14;
/** Prices of an outline, as quantiser steps of `structureFromColors`. */
const PRICES: readonly number[] = [0, 4, 8, 14, 22, 32, 45, 64, 90, 128, 180, 256, 400, 700];

/**
 * @param frame - With `color`; `instance` and `semantic` give the regions if there.
 * @throws MixreelError `bad-input` if an option is out of range, `limit-exceeded` if not even the plainest map fits.
 */
export function describeScene(
    frame: Frame,
    options: Partial<DescribeOptions> = {},
    progress: Progress = {}
): SceneText {
    const settled = checkOptions({ ...DESCRIBE_DEFAULTS, ...options });
    const { picture } = pictureFromFrame(frame);
    const s = new TextureState(picture.widthPx, picture.heightPx, 3);
    const planes = planesFromPicture(s, picture);
    const octaves = new Octaves(planes[0]!, s.stride, s.rows);
    const layers = structureFromLayers(frame);
    const area = picture.widthPx * picture.heightPx;
    for (let cells = settled.cellCount; cells >= 4; cells /= 2) {
        const grid = new CellGrid(planes, s, Math.max(1, Math.round(Math.sqrt(area / cells) / 8)));
        const describeAt = (price: number): SceneText => {
            throwIfAborted(progress, 'describing');
            const { labels, regions } = layers ? grid.majority(layers) : grid.segment(settled.regionCount, price);
            const map = { columns: grid.columns, rows: grid.rows, labels };
            const measured = measureRegions(octaves, planes, s, map, regions);
            const { widthPx, heightPx } = picture;
            return { widthPx, heightPx, request: settled.request, ...map, regions: measured };
        };
        const scene = cheapestThatFits(layers ? [0] : PRICES, settled.textBytes, describeAt);
        progress.report?.(scene ? 1 : 0, 1, 'describing');
        if (scene) return scene;
    }
    throw new MixreelError('limit-exceeded', {
        what: `the picture's text does not fit ${settled.textBytes} bytes`,
        expected: 'room for a few regions and the request',
        mend: 'Allow more textBytes or shorten the request'
    });
}

/** The scene at the lowest price whose bytes fit, by bisection: bytes fall as outlines cost more. Null if none does. */
function cheapestThatFits(
    prices: readonly number[],
    textBytes: number,
    describeAt: (price: number) => SceneText
): SceneText | null {
    let best: SceneText | null = null;
    for (let low = 0, high = prices.length - 1; low <= high; ) {
        const middle = (low + high) >> 1;
        const scene = describeAt(prices[middle]!);
        if (encodeScene(scene).length <= textBytes) {
            best = scene;
            high = middle - 1;
        } else low = middle + 1;
    }
    return best;
}

function checkOptions(options: DescribeOptions): DescribeOptions {
    const { textBytes, regionCount, cellCount } = options;
    const require = (name: string, value: number, least: number, most: number): void => {
        if (value >= least && value <= most && Number.isInteger(value)) return;
        throw badInput(`${name} is ${value}`, `an integer from ${least} to ${most}`, 'Leave it out for the default');
    };
    require('textBytes', textBytes, 40, 65000);
    require('regionCount', regionCount, 1, MOST_SCENE_REGIONS);
    require('cellCount', cellCount, 16, 16384);
    return options;
}

/** Which regions there are, and what they stand for. */
interface Labelled {
    readonly labels: Uint8Array;
    readonly regions: readonly { readonly semanticId: number; readonly instanceId: number }[];
}

/** Cells of `scale` x `scale` of the structure layer's cells of 8 x 8 pixels. */
class CellGrid {
    readonly columns: number;
    readonly rows: number;
    readonly #columns8: number;
    readonly #rows8: number;
    readonly #features: Float32Array[];

    constructor(planes: readonly Int16Array[], s: TextureState, scale: number) {
        this.#columns8 = cellsAlong(s.widthPx);
        this.#rows8 = cellsAlong(s.heightPx);
        this.columns = Math.min(255, Math.ceil(this.#columns8 / scale));
        this.rows = Math.min(255, Math.ceil(this.#rows8 / scale));
        const means = cellMeans(planes, s.stride, s.widthPx, s.heightPx);
        const fine = [...means, roughnessOfCells(planes[0]!, s, means[0]!)];
        this.#features = fine.map((feature) => this.#pool(feature));
    }

    segment(regionCount: number, price: number): Labelled {
        return structureFromColors(this.#features, this.columns, this.rows, regionCount, price);
    }

    /** The label that most of the small cells have; the rarest regions beyond 62 become their neighbours'. */
    majority(map: Labelled): Labelled {
        const counts = new Float64Array(map.regions.length);
        for (const label of map.labels) counts[label]!++;
        const kept = new Set(
            Array.from(counts.keys())
                .sort((a, b) => counts[b]! - counts[a]! || a - b)
                .slice(0, MOST_SCENE_REGIONS)
        );
        const labels = new Uint8Array(this.columns * this.rows);
        const used = new Map<number, number>();
        for (let cell = 0; cell < labels.length; cell++) {
            const votes = new Map<number, number>();
            let best = cell > 0 ? -1 : [...kept][0]!;
            this.#eachSmall(cell, (i) => {
                const label = map.labels[i]!;
                if (!kept.has(label)) return;
                votes.set(label, (votes.get(label) ?? 0) + 1);
                if (best < 0 || votes.get(label)! > (votes.get(best) ?? 0)) best = label;
            });
            if (best < 0) {
                labels[cell] = labels[cell - 1]!;
                continue;
            }
            if (!used.has(best)) used.set(best, used.size);
            labels[cell] = used.get(best)!;
        }
        return { labels, regions: [...used.keys()].map((label) => map.regions[label]!) };
    }

    #pool(feature: Float32Array): Float32Array {
        return Float32Array.from({ length: this.columns * this.rows }, (_, cell) => {
            let sum = 0;
            let count = 0;
            this.#eachSmall(cell, (i) => {
                sum += feature[i]!;
                count++;
            });
            return sum / Math.max(1, count);
        });
    }

    /** Visits the small cells whose middle lies in a cell: the map covers the picture evenly. */
    #eachSmall(cell: number, visit: (index: number) => void): void {
        const column = cell % this.columns;
        const row = Math.floor(cell / this.columns);
        const [left, right] = span(column, this.columns, this.#columns8);
        const [top, bottom] = span(row, this.rows, this.#rows8);
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) visit(y * this.#columns8 + x);
    }
}

/** First and last (exclusive) of `of` small steps that make up part `index` of `parts`; at least one. */
function span(index: number, parts: number, of: number): [number, number] {
    const from = Math.min(of - 1, Math.round((index * of) / parts));
    return [from, Math.max(from + 1, Math.round(((index + 1) * of) / parts))];
}

/** How rough each cell of 8 x 8 is, in doublings of its standard deviation, weighted for the segmentation. */
function roughnessOfCells(luma: Int16Array, s: TextureState, means: Float32Array): Float32Array {
    const columns = cellsAlong(s.widthPx);
    return means.map((mean, cell) => {
        const at = Math.floor(cell / columns) * 8 * s.stride + (cell % columns) * 8;
        let sum = 0;
        for (let v = 0; v < 8; v++) for (let u = 0; u < 8; u++) sum += (luma[at + v * s.stride + u]! - mean) ** 2;
        return (ROUGHNESS_WEIGHT / Math.LN2) * exactLog(2 + Math.sqrt(sum / 64));
    });
}
