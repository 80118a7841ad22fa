/**
 * What both ends hold of a rendered scene before a byte is sent: albedo, normals, depth and instances of the frame, from the scene
 * and the pose. The guide says which cells of a coarse grid of light a pixel takes its light from: the four around it, weighted by distance
 * and by whether they lie on the same surface (joint bilateral upsampling, Kopf et al. 2007); where none of the four does, the best four of the
 * sixteen around it. Only + - * / and comparisons of doubles: the same guide gives the same weights on every engine.
 */
import { badInput } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { opennessOf } from './openness.ts';

/** Added to the albedo: what black paint still reflects. */
export const ALBEDO_FLOOR = 0.03;
/** Weight of a cell on another instance. */
const OTHER_SURFACE = 0.02;
/** Of 1: below this the four cells around a pixel say nothing of its surface. */
const TOO_LITTLE = 0.05;
const WEIGHTS_PER_PIXEL = 4;

/** The layers of the guide; absent ones are uniform. */
interface GuideLayers {
    readonly normal: Float32Array | null;
    readonly depth: Float32Array | null;
    readonly instance: Float32Array | null;
}

/** See the file comment. */
export class Guide {
    readonly widthPx: number;
    readonly heightPx: number;
    /** log2 of a cell's side in pixels. */
    readonly log2Cell: number;
    readonly columns: number;
    readonly rows: number;
    /** Planar reflectance of each pixel, 0.03 to 1.03, times its openness, 0.1 to 1, where that is asked for. */
    readonly reflectance: Float32Array;
    /** Four cells of each pixel, and their weights, which sum to 1. */
    readonly cells: Int32Array;
    readonly weights: Float32Array;

    /**
     * @param frame - With `albedo`; `normal`, `depth`, `instance` are used if there. Null: a grey world, light is shown as it is.
     * @param opens - Whether corners are darker by themselves; see {@link opennessOf}.
     */
    constructor(frame: Frame | null, widthPx: number, heightPx: number, log2Cell: number, opens: boolean) {
        this.widthPx = widthPx;
        this.heightPx = heightPx;
        this.log2Cell = log2Cell;
        this.columns = (widthPx + (1 << log2Cell) - 1) >> log2Cell;
        this.rows = (heightPx + (1 << log2Cell) - 1) >> log2Cell;
        const size = widthPx * heightPx;
        this.reflectance = new Float32Array(3 * size).fill(0.5);
        if (frame) {
            const albedo = frame.layer('albedo');
            const open = opens ? opennessOf(frame) : null;
            for (let i = 0; i < 3 * size; i++) {
                this.reflectance[i] = (ALBEDO_FLOOR + clampUnit(albedo[i]!)) * (open ? open[i % size]! : 1);
            }
        }
        this.cells = new Int32Array(WEIGHTS_PER_PIXEL * size);
        this.weights = new Float32Array(WEIGHTS_PER_PIXEL * size);
        const layers = {
            normal: frame?.has('normal') ? frame.layer('normal') : null,
            depth: frame?.has('depth') ? frame.layer('depth') : null,
            instance: frame?.has('instance') ? frame.layer('instance') : null
        };
        for (let y = 0; y < heightPx; y++) for (let x = 0; x < widthPx; x++) this.#weigh(layers, x, y);
    }

    #weigh(layers: GuideLayers, x: number, y: number): void {
        const side = 1 << this.log2Cell;
        const u = (2 * x + 1 - side) / (2 * side);
        const v = (2 * y + 1 - side) / (2 * side);
        const left = Math.floor(u);
        const top = Math.floor(v);
        const pixel = y * this.widthPx + x;
        const at = pixel * WEIGHTS_PER_PIXEL;
        let sum = 0;
        for (let k = 0; k < 4; k++) {
            const column = left + (k & 1);
            const row = top + (k >> 1);
            const near = (1 - Math.abs(u - column)) * (1 - Math.abs(v - row));
            const cell = this.#cell(column, row);
            const weight = near * this.#similarity(layers, pixel, cell);
            this.cells[at + k] = cell;
            this.weights[at + k] = weight;
            sum += weight;
        }
        if (sum < TOO_LITTLE) sum = this.#lookFurther(layers, pixel, u, v);
        for (let k = 0; k < 4; k++) this.weights[at + k] = this.weights[at + k]! / sum;
    }

    /** The best four of the sixteen cells around; returns the sum of their weights. */
    #lookFurther(layers: GuideLayers, pixel: number, u: number, v: number): number {
        const at = pixel * WEIGHTS_PER_PIXEL;
        this.weights.fill(0, at, at + 4);
        for (let row = Math.floor(v) - 1; row <= Math.floor(v) + 2; row++) {
            for (let column = Math.floor(u) - 1; column <= Math.floor(u) + 2; column++) {
                const du = 1 - Math.abs(u - column) / 3;
                const dv = 1 - Math.abs(v - row) / 3;
                const cell = this.#cell(column, row);
                const weight = du * du * dv * dv * this.#similarity(layers, pixel, cell);
                let least = at;
                for (let k = at + 1; k < at + 4; k++) if (this.weights[k]! < this.weights[least]!) least = k;
                if (weight <= this.weights[least]!) continue;
                this.weights[least] = weight;
                this.cells[least] = cell;
            }
        }
        return this.weights[at]! + this.weights[at + 1]! + this.weights[at + 2]! + this.weights[at + 3]!;
    }

    #cell(column: number, row: number): number {
        const c = Math.max(0, Math.min(this.columns - 1, column));
        const r = Math.max(0, Math.min(this.rows - 1, row));
        return r * this.columns + c;
    }

    /** How surely a pixel and a cell's middle see the same surface, above 0 to 1. */
    #similarity(layers: GuideLayers, pixel: number, cell: number): number {
        const side = 1 << this.log2Cell;
        const cx = Math.min(this.widthPx - 1, (cell % this.columns) * side + (side >> 1));
        const cy = Math.min(this.heightPx - 1, Math.floor(cell / this.columns) * side + (side >> 1));
        const middle = cy * this.widthPx + cx;
        let weight = 1;
        const { instance, normal, depth } = layers;
        if (instance && instance[pixel] !== instance[middle]) weight *= OTHER_SURFACE;
        if (normal) {
            const size = this.widthPx * this.heightPx;
            const cosine =
                normal[pixel]! * normal[middle]! +
                normal[size + pixel]! * normal[size + middle]! +
                normal[2 * size + pixel]! * normal[2 * size + middle]!;
            const facing = cosine > 0 ? cosine * cosine : 0;
            weight *= OTHER_SURFACE + (1 - OTHER_SURFACE) * facing * facing;
        }
        if (depth) {
            const a = depth[pixel]!;
            const b = depth[middle]!;
            const near = Math.min(a, b);
            const apart = a === b ? 0 : near > 0 && near < 1e30 && Math.max(a, b) < 1e30 ? Math.abs(a - b) / near : 1e3;
            weight *= 1 / (1 + 16 * apart * apart);
        }
        // Neither NaN nor infinity in a layer must reach the sums.
        return weight > 1e-6 ? (weight < 1 ? weight : 1) : 1e-6;
    }
}

function clampUnit(value: number): number {
    return value > 0 ? (value < 1 ? value : 1) : 0;
}

/** Checks that a frame can serve as a guide. */
export function requireGuide(frame: Frame): void {
    for (const name of ['albedo', 'normal', 'depth'] as const) {
        if (frame.has(name)) continue;
        throw badInput(
            `the frame has no layer "${name}"`,
            'albedo, normal and depth',
            'Render the frame with these layers (mixreel render -o frame.exr), or encode it without its scene'
        );
    }
}
