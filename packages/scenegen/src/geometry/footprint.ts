/**
 * The footprint of a node: an oriented rectangle in plan, as corners for rasterising and as axes for measuring.
 */
import { exactCos, exactSin } from '@mixreel/core';
import type { Dimensions, PlanPoint, Pose, SceneNode } from '../graph/scene-graph.ts';

/** An oriented rectangle. `u` is the direction of its width, `v` of its depth (the front), both unit vectors. */
export interface Footprint {
    readonly x: number;
    readonly z: number;
    readonly ux: number;
    readonly uz: number;
    readonly vx: number;
    readonly vz: number;
    readonly halfWidth: number;
    readonly halfDepth: number;
}

/** The rectangle under a box of `dims` at `pose`, grown by `grow` metres on every side. */
export function footprintOf(pose: Pose, dims: Dimensions, grow = 0): Footprint {
    const s = exactSin(pose.yaw);
    const c = exactCos(pose.yaw);
    return {
        x: pose.x,
        z: pose.z,
        ux: c,
        uz: -s,
        vx: s,
        vz: c,
        halfWidth: dims.width / 2 + grow,
        halfDepth: dims.depth / 2 + grow
    };
}

/** Footprint of a node. */
export const nodeFootprint = (node: SceneNode, grow = 0): Footprint => footprintOf(node.pose, node.dims, grow);

/** Its four corners with positive shoelace area: back left, back right, front right, front left seen along the front. */
export function corners(f: Footprint): PlanPoint[] {
    const at = (a: number, b: number): PlanPoint => [f.x + a * f.ux + b * f.vx, f.z + a * f.uz + b * f.vz];
    return [
        at(-f.halfWidth, -f.halfDepth),
        at(f.halfWidth, -f.halfDepth),
        at(f.halfWidth, f.halfDepth),
        at(-f.halfWidth, f.halfDepth)
    ];
}

/** A plan point in the rectangle's own frame: [along the width, along the depth]. */
export function toLocal(f: Footprint, x: number, z: number): PlanPoint {
    const dx = x - f.x;
    const dz = z - f.z;
    return [dx * f.ux + dz * f.uz, dx * f.vx + dz * f.vz];
}

/** And back. */
export function toWorld(f: Footprint, a: number, b: number): PlanPoint {
    return [f.x + a * f.ux + b * f.vx, f.z + a * f.uz + b * f.vz];
}
