/**
 * The exact surface area heuristic for a handful of boxes: sorted by centroid along each axis, every plane between two of them
 * tried (Wald 2007, section 2.2). Most nodes of a tree hold eight boxes or fewer, and clearing and sweeping 3 x 8 bins costs
 * more than that. At a million triangles any limit from 4 to 12 takes the same time.
 */

/** Most boxes that {@link FewSplitter} takes. */
export const FEW = 8;

/** Splits ranges of up to {@link FEW} boxes, in place. Holds scratch memory, so one for each builder. */
export class FewSplitter {
    readonly #boxes: Float32Array;
    readonly #order: Uint32Array;
    /** Positions sorted by centroid, for each axis. */
    readonly #sorted = new Int32Array(3 * FEW);
    readonly #key = new Float64Array(FEW);
    readonly #rightCost = new Float64Array(FEW + 1);
    readonly #copy = new Float32Array(FEW * 6);
    readonly #copyOrder = new Uint32Array(FEW);
    /** Cost of the split that was found: area times count, summed over both sides. */
    cost = 0;
    #axis = 0;
    #left = 0;

    constructor(boxes: Float32Array, order: Uint32Array) {
        this.#boxes = boxes;
        this.#order = order;
    }

    /** Finds the cheapest plane; its cost is in `cost`. */
    find(start: number, n: number): void {
        this.cost = Infinity;
        for (let axis = 0; axis < 3; axis++) {
            this.#sort(start, n, axis);
            this.#sweep(start, n, axis);
        }
    }

    /** Orders the boxes by the plane that was found and returns the first position right of it. */
    apply(start: number, n: number): number {
        const b = this.#boxes;
        const order = this.#order;
        const base = this.#axis * FEW;
        const copy = this.#copy;
        for (let i = 0; i < n; i++) {
            const from = start + this.#sorted[base + i]!;
            this.#copyOrder[i] = order[from]!;
            for (let k = 0; k < 6; k++) copy[i * 6 + k] = b[from * 6 + k]!;
        }
        for (let i = 0; i < n; i++) order[start + i] = this.#copyOrder[i]!;
        for (let i = 0; i < n * 6; i++) b[start * 6 + i] = copy[i]!;
        return start + this.#left;
    }

    #sort(start: number, n: number, axis: number): void {
        const b = this.#boxes;
        const sorted = this.#sorted;
        const keys = this.#key;
        const base = axis * FEW;
        for (let i = 0; i < n; i++) {
            const o = (start + i) * 6 + axis;
            const key = b[o]! + b[o + 3]!;
            let j = i;
            while (j > 0 && keys[j - 1]! > key) {
                keys[j] = keys[j - 1]!;
                sorted[base + j] = sorted[base + j - 1]!;
                j--;
            }
            keys[j] = key;
            sorted[base + j] = i;
        }
    }

    #sweep(start: number, n: number, axis: number): void {
        const b = this.#boxes;
        const sorted = this.#sorted;
        const base = axis * FEW;
        const right = this.#rightCost;
        let x0 = Infinity;
        let y0 = Infinity;
        let z0 = Infinity;
        let x1 = -Infinity;
        let y1 = -Infinity;
        let z1 = -Infinity;
        for (let k = n - 1; k > 0; k--) {
            const o = (start + sorted[base + k]!) * 6;
            if (b[o]! < x0) x0 = b[o]!;
            if (b[o + 1]! < y0) y0 = b[o + 1]!;
            if (b[o + 2]! < z0) z0 = b[o + 2]!;
            if (b[o + 3]! > x1) x1 = b[o + 3]!;
            if (b[o + 4]! > y1) y1 = b[o + 4]!;
            if (b[o + 5]! > z1) z1 = b[o + 5]!;
            const dx = x1 - x0;
            const dy = y1 - y0;
            const dz = z1 - z0;
            right[k] = (n - k) * (dx * dy + dy * dz + dz * dx);
        }
        x0 = y0 = z0 = Infinity;
        x1 = y1 = z1 = -Infinity;
        for (let k = 1; k < n; k++) {
            const o = (start + sorted[base + k - 1]!) * 6;
            if (b[o]! < x0) x0 = b[o]!;
            if (b[o + 1]! < y0) y0 = b[o + 1]!;
            if (b[o + 2]! < z0) z0 = b[o + 2]!;
            if (b[o + 3]! > x1) x1 = b[o + 3]!;
            if (b[o + 4]! > y1) y1 = b[o + 4]!;
            if (b[o + 5]! > z1) z1 = b[o + 5]!;
            const dx = x1 - x0;
            const dy = y1 - y0;
            const dz = z1 - z0;
            const cost = k * (dx * dy + dy * dz + dz * dx) + right[k]!;
            if (cost < this.cost) {
                this.cost = cost;
                this.#axis = axis;
                this.#left = k;
            }
        }
    }
}
