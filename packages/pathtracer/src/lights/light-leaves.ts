/**
 * What the light tree is built over: the lights of the table that have a place and give light. A record of 64 bytes each, one line
 * of a cache, that the builder sorts as a whole: with an index over separate arrays a million lights took four times as long.
 *
 * Record: low corner, high corner of the box, axis, cosO, cosE, intensity (W/sr), 1 if it shines from both sides, unused.
 */
import { cross, length, scale, type Vec3 } from '../math/vector.ts';

/** Words of a record. */
export const LEAF_WORDS = 16;

/** See the file comment. Building sorts both arrays. */
export interface LightLeaves {
    readonly count: number;
    readonly records: Float32Array;
    /** Row of each in the light table. */
    readonly lights: Uint32Array;
}

/** cos(a + b) of angles in 0 to pi, -1 where their sum is more than pi. */
export function cosineOfSum(cosA: number, cosB: number): number {
    if (cosA <= -cosB) return -1;
    return cosA * cosB - Math.sqrt(Math.max(0, 1 - cosA * cosA) * Math.max(0, 1 - cosB * cosB));
}

/** Gathers lights of the table into leaves. */
export class LeafWriter implements LightLeaves {
    readonly records: Float32Array;
    readonly lights: Uint32Array;
    count = 0;

    /** @param capacity - At least the number of lights that are written. */
    constructor(capacity: number) {
        this.records = new Float32Array(capacity * LEAF_WORDS);
        this.lights = new Uint32Array(capacity);
    }

    /** A triangle v0, e1, e2 at `o` of its row's floats: shines to the side of its normal, or to both. */
    triangle(light: number, floats: Float32Array, o: number, intensity: number, twoSided: boolean): void {
        const r = this.records;
        const n = cross(vectorAt(floats, o + 4), vectorAt(floats, o + 8));
        const i = this.#begin(light, scale(n, 1 / (length(n) || 1)), intensity);
        for (let a = 0; a < 3; a++) {
            const v = floats[o + a]!;
            const b = v + floats[o + 4 + a]!;
            const c = v + floats[o + 8 + a]!;
            r[i + a] = Math.min(v, b, c);
            r[i + 3 + a] = Math.max(v, b, c);
        }
        r[i + 9] = 1;
        r[i + 12] = twoSided ? 1 : 0;
    }

    /** A point that shines within cosO of the axis fully, and up to cosE beyond. */
    point(light: number, position: Vec3, intensity: number, axis: Vec3, cosO: number, cosE: number): void {
        const i = this.#begin(light, axis, intensity);
        this.records.set(position, i);
        this.records.set(position, i + 3);
        this.records[i + 9] = cosO;
        this.records[i + 10] = cosE;
    }

    #begin(light: number, axis: Vec3, intensity: number): number {
        const i = this.count * LEAF_WORDS;
        this.lights[this.count++] = light;
        this.records.set(axis, i + 6);
        this.records[i + 11] = intensity;
        return i;
    }
}

function vectorAt(floats: Float32Array, o: number): Vec3 {
    return [floats[o]!, floats[o + 1]!, floats[o + 2]!];
}
