/**
 * Small things on the surfaces of large ones. Each surface keeps the rectangles that stand on it, in the frame of its node;
 * a small thing turned by any angle counts with the box of its turned footprint.
 */

import type { RngStream } from '@mixreel/core';
import { exactCos, exactSin } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { Surface } from '../catalogue/furniture-class.ts';
import { type Footprint, nodeFootprint, toLocal, toWorld } from '../geometry/footprint.ts';
import { round } from '../geometry/polygon.ts';
import type { Dimensions, PlanPoint, Pose, SceneNode } from '../graph/scene-graph.ts';
import { wrap } from './floor-candidates.ts';

type Rectangle = readonly [x0: number, z0: number, x1: number, z1: number];

/** Free space kept between small things, metres. */
const MARGIN = 0.015;
/** Steps of the thorough search, metres. */
const SCAN = 0.04;

/** Where on its surface a small thing is wanted. */
export type Spot = 'any' | 'middle' | 'back' | 'front';

/** The surfaces of one node and what stands on them. */
export class SurfaceSpace {
    readonly node: SceneNode;
    readonly surfaces: readonly Surface[];
    readonly #taken = new Map<string, Rectangle[]>();

    constructor(node: SceneNode) {
        this.node = node;
        this.surfaces = furnitureClass(node.class).surfaces?.(node.dims, node.params ?? {}) ?? [];
        for (const s of this.surfaces) this.#taken.set(s.name, []);
    }

    /** The state, for backtracking. */
    save(): () => void {
        const lengths = [...this.#taken].map(([name, list]) => [name, list.length] as const);
        return () => {
            for (const [name, length] of lengths) this.#taken.get(name)!.length = length;
        };
    }

    /** Notes a thing of that outline that stands on this node, or hangs low over it. */
    occupy(other: SceneNode, outline: readonly PlanPoint[]): void {
        let box: Rectangle | null = null;
        for (const s of this.surfaces) {
            const y = this.node.pose.y + s.y;
            if (other.pose.y > y + s.clear || other.pose.y + other.dims.height < y - 0.02) continue;
            box ??= this.#boxOf(outline);
            this.#taken.get(s.name)!.push(box);
        }
    }

    #boxOf(outline: readonly PlanPoint[]): Rectangle {
        const f = nodeFootprint(this.node);
        let [x0, z0, x1, z1] = [Infinity, Infinity, -Infinity, -Infinity];
        for (const [x, z] of outline) {
            const [u, v] = toLocal(f, x, z);
            [x0, z0, x1, z1] = [Math.min(x0, u), Math.min(z0, v), Math.max(x1, u), Math.max(z1, v)];
        }
        return [x0, z0, x1, z1];
    }

    /**
     * A free pose, or null after 24 tries on each surface; with `thorough`, only if there is none on a 4 cm grid.
     *
     * @param turn - Largest turn from the node's own direction, radians.
     */
    find(
        dims: Dimensions,
        spot: Spot,
        turn: number,
        stream: RngStream,
        thorough = false
    ): { pose: Pose; surface: string } | null {
        const f = nodeFootprint(this.node);
        for (const s of this.surfaces) {
            if (dims.height > s.clear) continue;
            for (let attempt = 0; attempt < 24; attempt++) {
                const angle = (2 * stream.float() - 1) * turn;
                const [c, n] = [Math.abs(exactCos(angle)), Math.abs(exactSin(angle))];
                const [hw, hd] = [(dims.width * c + dims.depth * n) / 2, (dims.width * n + dims.depth * c) / 2];
                const [rx, rz] = [s.x1 - s.x0 - 2 * hw, s.z1 - s.z0 - 2 * hd];
                if (rx < 0 || rz < 0) continue;
                const [tx, tz] = spread(spot, attempt, stream);
                const [x, z] = [s.x0 + hw + rx * tx, s.z0 + hd + rz * tz];
                if (this.#vacant(s.name, x, z, hw, hd)) return this.#at(f, s, x, z, angle);
            }
        }
        return thorough ? this.#scan(dims, f) : null;
    }

    /** The first free place from back left to front right, square to the node, then turned by a right angle. */
    #scan(dims: Dimensions, f: Footprint): { pose: Pose; surface: string } | null {
        for (const angle of [0, Math.PI / 2]) {
            const [hw, hd] = angle === 0 ? [dims.width / 2, dims.depth / 2] : [dims.depth / 2, dims.width / 2];
            for (const s of this.surfaces) {
                if (dims.height > s.clear) continue;
                for (let z = s.z0 + hd; z <= s.z1 - hd + 1e-6; z += SCAN) {
                    for (let x = s.x0 + hw; x <= s.x1 - hw + 1e-6; x += SCAN)
                        if (this.#vacant(s.name, x, z, hw, hd)) return this.#at(f, s, x, z, angle);
                }
            }
        }
        return null;
    }

    #vacant(surface: string, x: number, z: number, hw: number, hd: number): boolean {
        const [x0, z0, x1, z1] = [x - hw - MARGIN, z - hd - MARGIN, x + hw + MARGIN, z + hd + MARGIN];
        for (const t of this.#taken.get(surface)!) if (t[0] < x1 && t[2] > x0 && t[1] < z1 && t[3] > z0) return false;
        return true;
    }

    #at(f: Footprint, s: Surface, x: number, z: number, angle: number): { pose: Pose; surface: string } {
        const [wx, wz] = toWorld(f, x, z);
        const pose = {
            x: round(wx),
            y: round(this.node.pose.y + s.y),
            z: round(wz),
            yaw: wrap(this.node.pose.yaw + angle)
        };
        return { pose, surface: s.name };
    }
}

/** Where to try on a surface, 0 to 1 along its width and depth; spreads out as attempts fail. */
function spread(spot: Spot, attempt: number, stream: RngStream): readonly [number, number] {
    const wide = Math.min(1, 0.15 + attempt / 16);
    const [a, b] = [stream.float(), stream.float()];
    if (spot === 'middle') return [0.5 + (a - 0.5) * wide, 0.5 + (b - 0.5) * wide];
    if (spot === 'back') return [a, b * 0.3 * wide];
    if (spot === 'front') return [0.5 + (a - 0.5) * wide, 1 - b * 0.3 * wide];
    return [a, b];
}
