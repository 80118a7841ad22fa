/**
 * Which street is near a point: segments by the squares of a grid that they come near to. Looking through all streets for each
 * building of a mapped town was quadratic; a square of 64 m holds a few dozen segments in a dense one.
 */
import { distance, distanceToSegmentSquared } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';

/** Side of a square, metres. */
const SQUARE = 64;
/** A street farther than this from a point is not near it, metres. */
const NEAR = 30;
/** Longer segments, which no town has, are looked at by every search instead of being put into thousands of squares, metres. */
const LONGEST = 4096;

type Segment = readonly [PlanPoint, PlanPoint];

/** Built once from polylines of plan points in metres; O(length / 64) memory. */
export class StreetIndex {
    readonly #squares = new Map<string, Segment[]>();
    readonly #long: Segment[] = [];
    /** Segments whose distance was worked out: what a search cost. */
    looked = 0;

    constructor(streets: Iterable<readonly PlanPoint[]>) {
        for (const points of streets) {
            for (let k = 1; k < points.length; k++) this.#add([points[k - 1]!, points[k]!]);
        }
    }

    /** Squared distance to the nearest street, Infinity if none is within 30 m. */
    nearestSquared(x: number, z: number): number {
        let least = NEAR * NEAR;
        for (const segments of [this.#squares.get(keyOf(squareOf(x), squareOf(z))) ?? [], this.#long]) {
            for (const [a, b] of segments) {
                this.looked++;
                least = Math.min(least, distanceToSegmentSquared(x, z, a[0], a[1], b[0], b[1]));
            }
        }
        return least < NEAR * NEAR ? least : Infinity;
    }

    /** Into every square that comes within reach: the box around it, row by row, where the segment passes the row. */
    #add(segment: Segment): void {
        if (distance(...segment) > LONGEST) {
            this.#long.push(segment);
            return;
        }
        const [a, b] = segment[0][1] <= segment[1][1] ? segment : [segment[1], segment[0]];
        const slope = b[1] > a[1] ? (b[0] - a[0]) / (b[1] - a[1]) : 0;
        for (let j = squareOf(a[1] - NEAR); j <= squareOf(b[1] + NEAR); j++) {
            // The part of the segment that a point of this row can be near to.
            const z0 = Math.min(b[1], Math.max(a[1], j * SQUARE - NEAR));
            const z1 = Math.max(a[1], Math.min(b[1], (j + 1) * SQUARE + NEAR));
            const [x0, x1] = b[1] > a[1] ? [a[0] + slope * (z0 - a[1]), a[0] + slope * (z1 - a[1])] : [a[0], b[0]];
            const [from, to] = [squareOf(Math.min(x0, x1) - NEAR), squareOf(Math.max(x0, x1) + NEAR)];
            for (let i = from; i <= to; i++) {
                const key = keyOf(i, j);
                const square = this.#squares.get(key);
                if (square) square.push(segment);
                else this.#squares.set(key, [segment]);
            }
        }
    }
}

const squareOf = (v: number): number => Math.floor(v / SQUARE);
const keyOf = (i: number, j: number): string => `${i},${j}`;
