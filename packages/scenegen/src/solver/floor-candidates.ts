/**
 * Proposed poses on the floor, each with a score: along walls at 10 cm, in corners, on a 25 cm grid in the middle, or around
 * another thing. The caller sorts them and takes the first that is free, so a candidate costs nothing but its numbers.
 */

import type { RngStream } from '@mixreel/core';
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { footprintOf, toWorld } from '../geometry/footprint.ts';
import { distance, round } from '../geometry/polygon.ts';
import type { Dimensions, PlanPoint, Pose, SceneNode } from '../graph/scene-graph.ts';
import { wallDistance } from './room-space.ts';

/** A pose and how much it is liked. */
export interface Candidate {
    readonly pose: Pose;
    readonly score: number;
}

/** Gap between the back of a thing and the wall: the median of the ProcTHOR reference. */
export const WALL_GAP = 0.025;
const ALONG = 0.1;
const GRID = 0.25;

/** Backs to the walls, facing in. A thing in a corner scores higher if `corner`. */
export function wallCandidates(
    polygon: readonly PlanPoint[],
    dims: Dimensions,
    y: number,
    corner: boolean,
    along: number = ALONG
): Candidate[] {
    const out: Candidate[] = [];
    for (let i = 0; i < polygon.length; i++) {
        const a = polygon[i]!;
        const b = polygon[(i + 1) % polygon.length]!;
        const length = distance(a, b);
        const span = length - dims.width - 2 * WALL_GAP;
        if (span < 0) continue;
        const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        const yaw = exactAtan2(-uz, ux);
        const steps = Math.max(1, Math.ceil(span / along));
        for (let k = 0; k <= steps; k++) {
            const at = WALL_GAP + dims.width / 2 + (span * k) / steps;
            const off = WALL_GAP + dims.depth / 2;
            const edge = Math.min(k, steps - k) / steps;
            out.push({
                pose: {
                    x: round(a[0] + ux * at - uz * off),
                    y,
                    z: round(a[1] + uz * at + ux * off),
                    yaw: round(yaw)
                },
                score: corner ? 1 - 2 * edge : 0.3 + 0.4 * edge
            });
        }
    }
    return out;
}

/** On a grid over the room, turned to its first wall, liked for their distance from the walls. */
export function middleCandidates(polygon: readonly PlanPoint[], y: number, grid: number = GRID): Candidate[] {
    const out: Candidate[] = [];
    const xs = polygon.map((p) => p[0]);
    const zs = polygon.map((p) => p[1]);
    const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
    const [z0, z1] = [Math.min(...zs), Math.max(...zs)];
    const base = mainYaw(polygon);
    const pitch = Math.max(grid, Math.sqrt(((x1 - x0) * (z1 - z0)) / 900));
    for (let z = z0 + pitch / 2; z < z1; z += pitch) {
        for (let x = x0 + pitch / 2; x < x1; x += pitch) {
            const score = Math.min(1, wallDistance(polygon, x, z) / 2);
            for (let turn = 0; turn < 4; turn++) {
                out.push({ pose: { x: round(x), y, z: round(z), yaw: wrap(base + (turn * Math.PI) / 2) }, score });
            }
        }
    }
    return out;
}

/** Where a thing goes relative to another. */
export type Side = 'left' | 'right' | 'front' | 'back';

/** Beside `anchor`, `gap` metres away; `facing` it, or turned as it is. */
export function besideCandidates(
    anchor: SceneNode,
    dims: Dimensions,
    sides: readonly Side[],
    gap: readonly number[],
    facing: boolean
): Candidate[] {
    const out: Candidate[] = [];
    const f = footprintOf(anchor.pose, anchor.dims);
    const y = anchor.pose.y;
    for (const side of sides) {
        const [sx, sz] = side === 'left' ? [-1, 0] : side === 'right' ? [1, 0] : side === 'front' ? [0, 1] : [0, -1];
        const outward = anchor.pose.yaw + exactAtan2(sx, sz);
        const yaw = wrap(facing ? outward + Math.PI : anchor.pose.yaw);
        const half = facing || sz !== 0 ? dims.depth / 2 : dims.width / 2;
        const free = sx !== 0 ? f.halfDepth : f.halfWidth;
        const mine = facing || sz !== 0 ? dims.width / 2 : dims.depth / 2;
        const slide = Math.max(0, free - mine);
        const slides = sx !== 0 && !facing ? [-slide, 0, slide] : [0, -slide / 2, slide / 2, -slide, slide];
        for (const [gi, g] of gap.entries()) {
            const off = (sx !== 0 ? f.halfWidth : f.halfDepth) + g + half;
            for (const [si, t] of slides.entries()) {
                const [x, z] = toWorld(f, sx * off + (sz !== 0 ? t : 0), sz * off + (sx !== 0 ? t : 0));
                const back = sx !== 0 && !facing && t < 0 ? 0.3 : 0;
                out.push({
                    pose: { x: round(x), y, z: round(z), yaw },
                    score: 1 - 0.12 * gi - (facing ? 0.08 * si : 0) + back
                });
            }
        }
    }
    return out;
}

/**
 * Seats along the sides of a table, evenly spaced, facing it; of what one sits at from the front, there first.
 *
 * @param width - Of a seat that stands square: how many there are. Turned ones that do not fit beside each other are left out.
 */
export function seatCandidates(
    table: SceneNode,
    dims: Dimensions,
    gap: number,
    width: number = dims.width
): Candidate[] {
    const out: Candidate[] = [];
    const f = footprintOf(table.pose, table.dims);
    const { satAt = false } = furnitureClass(table.class);
    for (let side = 0; side < 4; side++) {
        const along = side % 2 === 0 ? f.halfWidth : f.halfDepth;
        const across = side % 2 === 0 ? f.halfDepth : f.halfWidth;
        const seats = Math.max(1, Math.floor((2 * along) / (width + 0.16)));
        if (2 * along < width - 0.05 || (seats > 1 && (2 * along) / seats < dims.width)) continue;
        const angle = (side * Math.PI) / 2;
        for (let k = 0; k < seats; k++) {
            const t = -along + ((k + 0.5) * 2 * along) / seats;
            const off = across + gap + dims.depth / 2;
            const [a, b] = [exactCos(angle) * t + exactSin(angle) * off, -exactSin(angle) * t + exactCos(angle) * off];
            const [x, z] = toWorld(f, a, b);
            const yaw = wrap(table.pose.yaw + angle + Math.PI);
            const score = satAt ? (side === 0 ? 1 : 0.2) : side % 2 === 0 ? 1 : 0.6;
            out.push({ pose: { x: round(x), y: table.pose.y, z: round(z), yaw }, score });
        }
    }
    return out;
}

/** Direction of the longest wall, as a yaw. */
export function mainYaw(polygon: readonly PlanPoint[]): number {
    let best = 0;
    let longest = 0;
    for (let i = 0; i < polygon.length; i++) {
        const a = polygon[i]!;
        const b = polygon[(i + 1) % polygon.length]!;
        if (distance(a, b) <= longest) continue;
        longest = distance(a, b);
        best = exactAtan2(-(b[1] - a[1]), b[0] - a[0]);
    }
    return best;
}

/** An angle in (-pi, pi], rounded as the graph stores it. */
export function wrap(angle: number): number {
    const turns = Math.round(angle / (2 * Math.PI));
    return round(angle - turns * 2 * Math.PI);
}

/**
 * Candidates in order of falling score, with seeded noise of +-`noise`, one at a time: a binary heap, because the first few
 * are nearly always enough (sorting 1,600 candidates for each thing was a fifth of the time of a room).
 *
 * @param judge - Scores in the place of the candidates' own, and by how much they are above those at most; null for one that
 *   need not be tried. A candidate is judged when that bound brings it to the top, and put back by what it has: the order is
 *   that of judging all, and of twelve related things' candidates one in seven is.
 *
 * Measured under load, CPU time of a room of twelve: all judged 8.5 ms; all judged, with footprints worked out once a pose, no
 * less; judged so 6.9 ms; with places refused at a glance, floods by words (walk-map.ts), lists joined instead of copied, and
 * poses on walls worked out when they are asked for, 5.3 ms. On a calmer machine 2.0 ms, the mean 2.6 ms (2.9 ms while `sink`
 * was a closure). What is left is spread out: no function takes a tenth.
 */
export function* ranked<T extends Candidate>(
    candidates: readonly T[],
    stream: RngStream,
    noise: number,
    judge?: { readonly most: number; readonly of: (candidate: T) => number | null }
): Generator<T, void, undefined> {
    const heap = new Uint32Array(candidates.length);
    const shifts = new Float64Array(heap.length);
    const scores = new Float64Array(heap.length);
    const judged = new Uint8Array(heap.length);
    // Sums of other order differ in their last bits: a bound has to stay above them.
    const most = judge ? judge.most + 1e-9 : 0;
    for (let i = 0; i < heap.length; i++) {
        const shift = (noise * stream.uint32()) / 2 ** 31;
        shifts[i] = shift;
        scores[i] = candidates[i]!.score + shift + most;
        heap[i] = i;
    }
    let size = heap.length;
    for (let i = (size >> 1) - 1; i >= 0; i--) sink(heap, scores, size, i);
    while (size > 0) {
        const top = heap[0]!;
        if (judge && judged[top] === 0) {
            judged[top] = 1;
            const value = judge.of(candidates[top]!);
            if (value === null) heap[0] = heap[--size]!;
            else scores[top] = value + shifts[top]!;
            if (size > 0) sink(heap, scores, size, 0);
            continue;
        }
        heap[0] = heap[--size]!;
        if (size > 0) sink(heap, scores, size, 0);
        yield candidates[top]!;
    }
}

/** Lets an entry of a heap fall to where it belongs: the highest score on top, of equals the first. */
function sink(heap: Uint32Array, scores: Float64Array, size: number, from: number): void {
    const item = heap[from]!;
    const score = scores[item]!;
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
        let lower = heap[child]!;
        let theirs = scores[lower]!;
        if (child + 1 < size) {
            const right = heap[child + 1]!;
            const other = scores[right]!;
            if (other > theirs || (other === theirs && right < lower)) {
                child++;
                lower = right;
                theirs = other;
            }
        }
        if (theirs < score || (theirs === score && lower > item)) break;
        heap[at] = lower;
        at = child;
    }
    heap[at] = item;
}
