/**
 * Takes the steps off block edges: the weak and strong filters of HEVC (Norkin et al., IEEE TCSVT 22(12), 2012) on the 8 x 8
 * grid, with thresholds that grow with the quantiser's step. Runs over the whole picture once every unit is in, so it crosses the borders of
 * units: the encoder holds the same picture when nothing was lost.
 */
import { COEFFICIENT_SCALE_BITS } from './dct.ts';
import { MODE_BASE } from './intra.ts';
import { planeQp, stepOfQp } from './quantiser.ts';
import { CTU_SIZE, MODE_INTER, PLANE_LEAST, type TextureState } from './texture-state.ts';

/** Filters every plane of the state in place. */
export function deblock(s: TextureState): void {
    for (const vertical of [true, false]) {
        for (let cy = 0; cy < s.rows >> 3; cy++) {
            for (let cx = 0; cx < s.cellStride; cx++) {
                const strength = edgeStrength(s, cx, cy, vertical);
                if (strength > 0) filterEdge(s, cx, cy, vertical, strength);
            }
        }
    }
}

/** 0 between blocks that show the base alone; 2 beside a block predicted from inside; 1 if residual or motion differ; else 0. */
function edgeStrength(s: TextureState, cx: number, cy: number, vertical: boolean): number {
    const along = vertical ? cx : cy;
    if (along === 0) return 0;
    const q = cy * s.cellStride + cx;
    const size = 1 << (s.log2Size[q]! - 3);
    if (along % size !== 0) return 0;
    const p = vertical ? q - 1 : q - s.cellStride;
    // The base picture has no steps of its own.
    if (s.mode[p] === MODE_BASE && s.mode[q] === MODE_BASE && !s.coded[p] && !s.coded[q]) return 0;
    if (s.mode[p]! < MODE_INTER || s.mode[q]! < MODE_INTER) return 2;
    if (s.coded[p] || s.coded[q]) return 1;
    const dx = Math.abs(s.motionX[p]! - s.motionX[q]!);
    const dy = Math.abs(s.motionY[p]! - s.motionY[q]!);
    return dx >= 4 || dy >= 4 ? 1 : 0;
}

function filterEdge(s: TextureState, cx: number, cy: number, vertical: boolean, strength: number): void {
    const perCtu = CTU_SIZE >> 3;
    const ctuQ = Math.floor(cy / perCtu) * s.ctuColumns + Math.floor(cx / perCtu);
    const ctuP =
        Math.floor((vertical ? cy : cy - 1) / perCtu) * s.ctuColumns + Math.floor((vertical ? cx - 1 : cx) / perCtu);
    const qp = (s.qp[ctuP]! + s.qp[ctuQ]! + 1) >> 1;
    const across = vertical ? 1 : s.stride;
    const along = vertical ? s.stride : 1;
    const from = cy * 8 * s.stride + cx * 8;
    for (let p = 0; p < s.planeCount; p++) {
        const step = stepOfQp(planeQp(qp, p));
        // Thresholds in grey levels: the largest change, and the largest curvature that still counts as flat.
        const most = (step * (strength + 1)) >> (COEFFICIENT_SCALE_BITS + 4);
        const flat = (step * 7) >> (COEFFICIENT_SCALE_BITS + 3);
        if (most === 0) continue;
        filterLines(s.planes[p]!, from, across, along, most, flat, PLANE_LEAST[p]!);
        filterLines(s.planes[p]!, from + 4 * along, across, along, most, flat, PLANE_LEAST[p]!);
    }
}

/** Four lines across an edge; lines 0 and 3 decide for all. */
function filterLines(
    plane: Int16Array,
    from: number,
    across: number,
    along: number,
    most: number,
    flat: number,
    least: number
): void {
    const end = from + 3 * along;
    const bend = curvature(plane, from, across) + curvature(plane, end, across);
    if (bend >= flat) return;
    const strong =
        bend * 2 < flat >> 2 &&
        isSmoothStep(plane, from, across, most, flat) &&
        isSmoothStep(plane, end, across, most, flat);
    for (let i = 0, at = from; i < 4; i++, at += along) {
        if (strong) filterStrong(plane, at, across, 2 * most);
        else filterWeak(plane, at, across, most, least);
    }
}

/** |p2 - 2 p1 + p0| + |q2 - 2 q1 + q0|. */
function curvature(plane: Int16Array, at: number, across: number): number {
    const p = plane[at - 3 * across]! - 2 * plane[at - 2 * across]! + plane[at - across]!;
    const q = plane[at + 2 * across]! - 2 * plane[at + across]! + plane[at]!;
    return Math.abs(p) + Math.abs(q);
}

function isSmoothStep(plane: Int16Array, at: number, across: number, most: number, flat: number): boolean {
    const sides =
        Math.abs(plane[at - 4 * across]! - plane[at - across]!) + Math.abs(plane[at + 3 * across]! - plane[at]!);
    return sides < flat >> 3 && Math.abs(plane[at - across]! - plane[at]!) < (5 * most + 1) >> 1;
}

function filterStrong(plane: Int16Array, at: number, across: number, most: number): void {
    const p3 = plane[at - 4 * across]!;
    const p2 = plane[at - 3 * across]!;
    const p1 = plane[at - 2 * across]!;
    const p0 = plane[at - across]!;
    const q0 = plane[at]!;
    const q1 = plane[at + across]!;
    const q2 = plane[at + 2 * across]!;
    const q3 = plane[at + 3 * across]!;
    plane[at - across] = near(p0, (p2 + 2 * p1 + 2 * p0 + 2 * q0 + q1 + 4) >> 3, most);
    plane[at - 2 * across] = near(p1, (p2 + p1 + p0 + q0 + 2) >> 2, most);
    plane[at - 3 * across] = near(p2, (2 * p3 + 3 * p2 + p1 + p0 + q0 + 4) >> 3, most);
    plane[at] = near(q0, (p1 + 2 * p0 + 2 * q0 + 2 * q1 + q2 + 4) >> 3, most);
    plane[at + across] = near(q1, (p0 + q0 + q1 + q2 + 2) >> 2, most);
    plane[at + 2 * across] = near(q2, (p0 + q0 + q1 + 3 * q2 + 2 * q3 + 4) >> 3, most);
}

function filterWeak(plane: Int16Array, at: number, across: number, most: number, least: number): void {
    const p1 = plane[at - 2 * across]!;
    const p0 = plane[at - across]!;
    const q0 = plane[at]!;
    const q1 = plane[at + across]!;
    const change = (9 * (q0 - p0) - 3 * (q1 - p1) + 8) >> 4;
    // A larger step than ten times the threshold is an edge of the picture.
    if (Math.abs(change) >= 10 * most) return;
    const delta = Math.max(-most, Math.min(most, change));
    plane[at - across] = Math.max(least, Math.min(255, p0 + delta));
    plane[at] = Math.max(least, Math.min(255, q0 - delta));
}

function near(value: number, wanted: number, most: number): number {
    return Math.max(value - most, Math.min(value + most, wanted));
}
