/**
 * Where a node of the light tree is split: binned surface area orientation heuristic (Conty Estevez and Kulla 2018, 4.2). A side
 * costs its intensity, times the area of its box, times the measure of the directions it can shine to; thin boxes are
 * discouraged by the ratio of the longest extent to the split axis'. Up to {@link FEW} lights are halved along their longest
 * extent: most nodes are that small, and no cost tells such splits apart.
 */
import { cosineOfSum, LEAF_WORDS, type LightLeaves } from './light-leaves.ts';

/** A copy of its own: test runners and bundlers look imported constants up at every use, four times slower here. */
const WORDS = LEAF_WORDS;

const BINS = 12;
const FEW = 8;
/** Below this count: few bins. */
const MANY = 64;
const BINS_OF_FEW = 4;
/** From MANY up to this count all three axes are tried, else the longest alone: the ends cost most and tell least. */
const ALL_AXES = 65536;
/** Words of a bin: box 6, intensity, axis 3, cosO, cosE, count. */
const BIN = 13;
const EMPTY: Readonly<Float64Array> = Float64Array.from({ length: BIN }, (_, i) =>
    i < 3 ? Infinity : i < 6 ? -Infinity : i > 9 && i < 12 ? 1 : 0
);

/** How to split. */
interface SplitInit {
    /** Halve by count: what is left of the depth allows nothing else. */
    readonly balanced: boolean;
    /** Directions are the same for every split and need not be measured. */
    readonly omni: boolean;
}

/** Splits the nodes of one tree; holds the bins between calls. */
export class LightSplitter {
    readonly #leaves: LightLeaves;
    readonly #bins = new Float64Array(BINS * BIN);
    readonly #side = new Float64Array(BIN);
    readonly #range = new Float64Array(6);

    constructor(leaves: LightLeaves) {
        this.#leaves = leaves;
    }

    /** Sorts the leaves begin..end into two parts, neither empty, and returns where the second begins. */
    split(begin: number, end: number, { balanced, omni }: SplitInit): number {
        const range = this.#centroidRange(begin, end);
        let longest = 0;
        for (let a = 1; a < 3; a++) {
            if (range[3 + a]! - range[a]! > range[3 + longest]! - range[longest]!) longest = a;
        }
        const extent = range[3 + longest]! - range[longest]!;
        const count = end - begin;
        if (!(extent > 0)) return (begin + end) >> 1;
        if (balanced || count <= FEW) return this.#halve(begin, end, longest);
        const bins = count < MANY ? BINS_OF_FEW : BINS;
        let best = Infinity;
        let bestAxis = longest;
        let bestBin = 0;
        for (let axis = 0; axis < 3; axis++) {
            const width = range[3 + axis]! - range[axis]!;
            if (axis !== longest && !(count >= MANY && count <= ALL_AXES && width > extent * 1e-3)) continue;
            this.#fillBins(begin, end, { axis, low: range[axis]!, width, omni, bins });
            for (let k = 1; k < bins; k++) {
                const cost = (this.#cost(0, k, omni) + this.#cost(k, bins, omni)) * (extent / width);
                if (!(cost < best)) continue;
                best = cost;
                bestAxis = axis;
                bestBin = k;
            }
        }
        if (best === Infinity) return this.#halve(begin, end, longest);
        const low = range[bestAxis]!;
        return this.#partition(
            begin,
            end,
            { axis: bestAxis, low, width: range[3 + bestAxis]! - low, omni, bins },
            bestBin
        );
    }

    #partition(begin: number, end: number, init: BinInit, bin: number): number {
        let i = begin;
        let j = end - 1;
        while (i <= j) {
            if (binOf(this.#centroid(i, init.axis), init) < bin) i++;
            else this.#swap(i, j--);
        }
        return i;
    }

    #swap(i: number, j: number): void {
        const { records: r, lights } = this.#leaves;
        for (let w = 0; w < WORDS; w++) {
            const t = r[i * WORDS + w]!;
            r[i * WORDS + w] = r[j * WORDS + w]!;
            r[j * WORDS + w] = t;
        }
        const t = lights[i]!;
        lights[i] = lights[j]!;
        lights[j] = t;
    }

    /** Twice the centre of the box. */
    #centroid(i: number, axis: number): number {
        const r = this.#leaves.records;
        return r[i * WORDS + axis]! + r[i * WORDS + 3 + axis]!;
    }

    #centroidRange(begin: number, end: number): Float64Array {
        const range = this.#range.fill(Infinity, 0, 3).fill(-Infinity, 3);
        for (let k = begin; k < end; k++) {
            for (let a = 0; a < 3; a++) {
                const c = this.#centroid(k, a);
                if (c < range[a]!) range[a] = c;
                if (c > range[3 + a]!) range[3 + a] = c;
            }
        }
        return range;
    }

    /** By count; equal centroids go by their light's number, so that the order is one. */
    #halve(begin: number, end: number, axis: number): number {
        const { lights } = this.#leaves;
        const before = (a: number, b: number): boolean => {
            const difference = this.#centroid(a, axis) - this.#centroid(b, axis);
            return difference < 0 || (difference === 0 && lights[a]! < lights[b]!);
        };
        const middle = (begin + end) >> 1;
        // Quickselect (Hoare 1961): only which half a light belongs to matters.
        for (let [low, high] = [begin, end - 1]; low < high; ) {
            this.#swap((low + high) >> 1, high);
            let at = low;
            for (let k = low; k < high; k++) if (before(k, high)) this.#swap(k, at++);
            this.#swap(at, high);
            if (at === middle) break;
            if (at < middle) low = at + 1;
            else high = at - 1;
        }
        return middle;
    }

    #fillBins(begin: number, end: number, init: BinInit): void {
        const r = this.#leaves.records;
        const bins = this.#bins;
        for (let k = 0; k < init.bins; k++) bins.set(EMPTY, k * BIN);
        for (let k = begin; k < end; k++) {
            const i = k * WORDS;
            const o = binOf(r[i + init.axis]! + r[i + 3 + init.axis]!, init) * BIN;
            for (let a = 0; a < 3; a++) {
                if (r[i + a]! < bins[o + a]!) bins[o + a] = r[i + a]!;
                if (r[i + 3 + a]! > bins[o + 3 + a]!) bins[o + 3 + a] = r[i + 3 + a]!;
                bins[o + 7 + a]! += r[i + 6 + a]!;
            }
            bins[o + 6]! += r[i + 11]!;
            if (r[i + 10]! < bins[o + 11]!) bins[o + 11] = r[i + 10]!;
            bins[o + 12]!++;
        }
        for (let k = 0; k < init.bins; k++) toUnit(bins, k * BIN + 7);
        if (init.omni) return;
        for (let k = begin; k < end; k++) {
            const i = k * WORDS;
            const o = binOf(r[i + init.axis]! + r[i + 3 + init.axis]!, init) * BIN;
            const d = bins[o + 7]! * r[i + 6]! + bins[o + 8]! * r[i + 7]! + bins[o + 9]! * r[i + 8]!;
            const cosO = cosineOfSum(r[i + 12] === 1 ? Math.abs(d) : d, r[i + 9]!);
            if (cosO < bins[o + 10]!) bins[o + 10] = cosO;
        }
    }

    /** Cost of the bins from..to; Infinity if they are empty. */
    #cost(from: number, to: number, omni: boolean): number {
        const bins = this.#bins;
        const side = this.#side;
        side.set(EMPTY);
        for (let o = from * BIN; o < to * BIN; o += BIN) {
            if (bins[o + 12] === 0) continue;
            for (let a = 0; a < 3; a++) {
                if (bins[o + a]! < side[a]!) side[a] = bins[o + a]!;
                if (bins[o + 3 + a]! > side[3 + a]!) side[3 + a] = bins[o + 3 + a]!;
                side[7 + a]! += bins[o + 7 + a]! * bins[o + 12]!;
            }
            side[6]! += bins[o + 6]!;
            side[11] = Math.min(side[11]!, bins[o + 11]!);
            side[12]! += bins[o + 12]!;
        }
        if (side[12] === 0) return Infinity;
        const [x, y, z] = [side[3]! - side[0]!, side[4]! - side[1]!, side[5]! - side[2]!];
        const area = x * y + y * z + z * x;
        if (omni) return side[6]! * area;
        toUnit(side, 7);
        for (let o = from * BIN; o < to * BIN; o += BIN) {
            if (bins[o + 12] === 0) continue;
            const d = side[7]! * bins[o + 7]! + side[8]! * bins[o + 8]! + side[9]! * bins[o + 9]!;
            side[10] = Math.min(side[10]!, cosineOfSum(d, bins[o + 10]!));
        }
        return side[6]! * area * directionMeasure(side[10]!, side[11]!);
    }
}

function binOf(c: number, { low, width, bins }: BinInit): number {
    return Math.min(bins - 1, Math.floor(((c - low) / width) * bins));
}

function toUnit(v: Float64Array, o: number): void {
    const size = Math.sqrt(v[o]! ** 2 + v[o + 1]! ** 2 + v[o + 2]! ** 2);
    if (!(size > 0)) return;
    for (let a = 0; a < 3; a++) v[o + a]! /= size;
}

interface BinInit {
    readonly axis: number;
    readonly low: number;
    readonly width: number;
    readonly omni: boolean;
    readonly bins: number;
}

/** The paper's M_omega: solid angle of the cone, and what is reached beyond it, weighted by the cosine. */
function directionMeasure(cosO: number, cosE: number): number {
    const o = arcCosine(cosO);
    const e = arcCosine(cosE);
    const w = Math.min(o + e, Math.PI);
    const sinO = Math.sqrt(Math.max(0, 1 - cosO * cosO));
    // cos(o - 2w): at w = o + e by the sum's formula, at w = pi it is cos o.
    const cos2E = 2 * cosE * cosE - 1;
    const sin2E = 2 * cosE * Math.sqrt(Math.max(0, 1 - cosE * cosE));
    const last = o + e < Math.PI ? cosO * cos2E - sinO * sin2E : cosO;
    return 2 * Math.PI * (1 - cosO) + (Math.PI / 2) * (2 * w * sinO - last - 2 * o * sinO + cosO);
}

/** Abramowitz and Stegun 4.4.45, within 7e-5: Math.acos differs between engines, and a split must not. */
function arcCosine(x: number): number {
    const a = Math.abs(x);
    const r = Math.sqrt(1 - Math.min(1, a)) * (1.5707288 + a * (-0.2121144 + a * (0.074261 - a * 0.0187293)));
    return x < 0 ? Math.PI - r : r;
}
