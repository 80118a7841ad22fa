/**
 * Upright boxes and the separating axis test (Gottschalk, Lin, Manocha, "OBBTree", SIGGRAPH 1996; upright boxes need five
 * of its fifteen axes). Own geometry of the certificate: nothing here is used by the solver.
 */

import { exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { SceneNode } from '../graph/scene-graph.ts';

/** A box that is turned about the vertical only. */
export interface Box {
    readonly x: number;
    readonly z: number;
    readonly y0: number;
    readonly y1: number;
    readonly yaw: number;
    readonly halfWidth: number;
    readonly halfDepth: number;
}

/** The box of a node. */
export function boxOf(n: SceneNode): Box {
    return {
        x: n.pose.x,
        z: n.pose.z,
        y0: n.pose.y,
        y1: n.pose.y + n.dims.height,
        yaw: n.pose.yaw,
        halfWidth: n.dims.width / 2,
        halfDepth: n.dims.depth / 2
    };
}

/** Quick rejection: heights, then circles around the footprints. */
export function boxesMeet(a: Box, b: Box): boolean {
    if (a.y0 >= b.y1 || b.y0 >= a.y1) return false;
    const reach = hypot(a.halfWidth, a.halfDepth) + hypot(b.halfWidth, b.halfDepth);
    const [dx, dz] = [a.x - b.x, a.z - b.z];
    return dx * dx + dz * dz < reach * reach;
}

/** Smallest move that parts two boxes, metres; 0 or less if they are apart. */
export function penetration(a: Box, b: Box): number {
    let least = Math.min(a.y1 - b.y0, b.y1 - a.y0);
    for (const axis of [a.yaw, a.yaw + Math.PI / 2, b.yaw, b.yaw + Math.PI / 2]) {
        // The axis in plan: a direction that yaw `axis` calls its front.
        const [nx, nz] = [exactSin(axis), exactCos(axis)];
        const gap = Math.abs((b.x - a.x) * nx + (b.z - a.z) * nz);
        least = Math.min(least, reach(a, nx, nz) + reach(b, nx, nz) - gap);
        if (least <= 0) return least;
    }
    return least;
}

/** Half the box's extent along a direction. */
function reach(box: Box, nx: number, nz: number): number {
    const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
    return box.halfWidth * Math.abs(c * nx - s * nz) + box.halfDepth * Math.abs(s * nx + c * nz);
}
