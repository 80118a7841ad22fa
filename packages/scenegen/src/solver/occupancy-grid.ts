/**
 * A bitmap of the floor, one bit a cell, rows of 32-bit words. Painting and testing are conservative: a cell counts as soon
 * as a footprint touches it, so two footprints whose cells are disjoint are disjoint. A test of a 2 x 1 m footprint on a
 * 5 cm grid is about 40 words of AND.
 */
import type { PlanPoint } from '../graph/scene-graph.ts';

/** Footprints that only touch a cell's edge by less than this do not count, metres. */
const TOUCH = 1e-6;

/** See the file comment. */
export class OccupancyGrid {
    readonly x0: number;
    readonly z0: number;
    readonly cell: number;
    readonly columns: number;
    readonly rows: number;
    readonly words: number;
    readonly bits: Uint32Array;
    readonly #low: Float64Array;
    readonly #high: Float64Array;

    /** A grid over [x0, x1] x [z0, z1] of square cells of `cell` metres. */
    constructor(x0: number, z0: number, x1: number, z1: number, cell: number) {
        this.x0 = x0;
        this.z0 = z0;
        this.cell = cell;
        this.columns = Math.max(1, Math.ceil((x1 - x0) / cell));
        this.rows = Math.max(1, Math.ceil((z1 - z0) / cell));
        this.words = Math.ceil(this.columns / 32);
        this.bits = new Uint32Array(this.words * this.rows);
        this.#low = new Float64Array(this.rows);
        this.#high = new Float64Array(this.rows);
    }

    get(column: number, row: number): boolean {
        return ((this.bits[row * this.words + (column >>> 5)]! >>> (column & 31)) & 1) === 1;
    }

    set(column: number, row: number): void {
        this.bits[row * this.words + (column >>> 5)]! |= 1 << (column & 31);
    }

    /** Marks every cell whose middle is outside a simple polygon, by crossings of each row's line. */
    fillOutside(polygon: readonly PlanPoint[]): void {
        for (let r = 0; r < this.rows; r++) {
            const z = this.z0 + (r + 0.5) * this.cell;
            const cuts: number[] = [];
            for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
                const [ax, az] = polygon[i]!;
                const [bx, bz] = polygon[j]!;
                if (az > z !== bz > z) cuts.push(((bx - ax) * (z - az)) / (bz - az) + ax);
            }
            cuts.sort((p, q) => p - q);
            let inside = 0;
            for (let c = 0; c < this.columns; c++) {
                const x = this.x0 + (c + 0.5) * this.cell;
                while (inside < cuts.length && cuts[inside]! <= x) inside++;
                if (inside % 2 === 0) this.set(c, r);
            }
        }
    }

    /** Marks every cell that a convex polygon touches. */
    paint(polygon: readonly PlanPoint[]): void {
        this.#spans(polygon, (word, mask) => {
            this.bits[word]! |= mask;
            return false;
        });
    }

    /** True if a convex polygon touches a marked cell, or leaves the grid. */
    overlaps(polygon: readonly PlanPoint[]): boolean {
        return this.#spans(polygon, (word, mask) => (this.bits[word]! & mask) !== 0);
    }

    /** True if an upright square around (x, z), `half` metres to each side, touches a marked cell. */
    marked(x: number, z: number, half: number): boolean {
        const { cell, words, bits } = this;
        const c0 = Math.max(0, Math.floor((x - half - this.x0) / cell));
        const c1 = Math.min(this.columns - 1, Math.floor((x + half - this.x0) / cell));
        const r0 = Math.max(0, Math.floor((z - half - this.z0) / cell));
        const r1 = Math.min(this.rows - 1, Math.floor((z + half - this.z0) / cell));
        const [w0, w1] = [c0 >>> 5, c1 >>> 5];
        if (c1 < c0) return false;
        for (let w = w0; w <= w1; w++) {
            let mask = -1;
            if (w === w0) mask &= -1 << (c0 & 31);
            if (w === w1) mask &= -1 >>> (31 - (c1 & 31));
            for (let r = r0; r <= r1; r++) if ((bits[r * words + w]! & mask) !== 0) return true;
        }
        return false;
    }

    /** A copy of the marks, for {@link restore}. */
    save(): Uint32Array {
        return this.bits.slice();
    }

    restore(bits: Uint32Array): void {
        this.bits.set(bits);
    }

    /** Visits the words under a convex polygon until `visit` says true. */
    #spans(polygon: readonly PlanPoint[], visit: (word: number, mask: number) => boolean): boolean {
        let bottom = Infinity;
        let top = -Infinity;
        for (const p of polygon) {
            bottom = Math.min(bottom, p[1]);
            top = Math.max(top, p[1]);
        }
        const r0 = Math.max(0, Math.floor((bottom - this.z0 + TOUCH) / this.cell));
        const r1 = Math.min(this.rows - 1, Math.floor((top - this.z0 - TOUCH) / this.cell));
        for (let r = r0; r <= r1; r++) {
            this.#low[r] = Infinity;
            this.#high[r] = -Infinity;
        }
        for (let i = 0; i < polygon.length; i++) this.#edge(polygon[i]!, polygon[(i + 1) % polygon.length]!, r0, r1);
        for (let r = r0; r <= r1; r++) {
            const c0 = Math.max(0, Math.floor((this.#low[r]! - this.x0 + TOUCH) / this.cell));
            const c1 = Math.min(this.columns - 1, Math.floor((this.#high[r]! - this.x0 - TOUCH) / this.cell));
            if (c1 < c0) continue;
            const [w0, w1] = [c0 >>> 5, c1 >>> 5];
            for (let w = w0; w <= w1; w++) {
                let mask = 0xffffffff;
                if (w === w0) mask &= 0xffffffff << (c0 & 31);
                if (w === w1) mask &= 0xffffffff >>> (31 - (c1 & 31));
                if (visit(r * this.words + w, mask)) return true;
            }
        }
        return false;
    }

    /** Widens the spans of the rows that an edge crosses. */
    #edge(p: PlanPoint, q: PlanPoint, r0: number, r1: number): void {
        const [a, b] = p[1] <= q[1] ? [p, q] : [q, p];
        const from = Math.max(r0, Math.floor((a[1] - this.z0) / this.cell));
        const to = Math.min(r1, Math.floor((b[1] - this.z0) / this.cell));
        const dz = b[1] - a[1];
        for (let r = from; r <= to; r++) {
            const za = Math.max(a[1], this.z0 + r * this.cell);
            const zb = Math.min(b[1], this.z0 + (r + 1) * this.cell);
            const xa = dz > 0 ? a[0] + ((b[0] - a[0]) * (za - a[1])) / dz : a[0];
            const xb = dz > 0 ? a[0] + ((b[0] - a[0]) * (zb - a[1])) / dz : b[0];
            this.#low[r] = Math.min(this.#low[r]!, xa, xb);
            this.#high[r] = Math.max(this.#high[r]!, xa, xb);
        }
    }
}
