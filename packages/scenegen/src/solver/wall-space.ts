/**
 * What hangs on the walls, and what stands in front of them: for each wall a list of rectangles (along the wall, above the
 * floor) with how far they reach into the room. Openings reach in by half a metre for anything hung over them.
 */
import { exactAtan2 } from '@mixreel/core';
import { corners, nodeFootprint } from '../geometry/footprint.ts';
import { distance, round } from '../geometry/polygon.ts';
import type { Dimensions, Opening, PlanPoint, Pose, Room, SceneNode, Wall } from '../graph/scene-graph.ts';
import type { Candidate } from './floor-candidates.ts';

interface Taken {
    readonly u0: number;
    readonly u1: number;
    readonly y0: number;
    readonly y1: number;
    readonly from: number;
    readonly to: number;
}

interface WallFrame {
    readonly wall: Wall;
    readonly length: number;
    readonly ux: number;
    readonly uz: number;
    /** Of a thing with its back on it. */
    readonly yaw: number;
}

/** A place on a wall. Its pose is worked out when asked for: of hundreds, a few are. */
class WallSpot implements Candidate {
    readonly score: number;
    readonly #frame: WallFrame;
    readonly #u: number;
    readonly #y: number;
    readonly #depth: number;

    /** `u` along the wall, `y` in the scene; `depth` of the thing. */
    constructor(frame: WallFrame, u: number, y: number, depth: number, score: number) {
        this.score = score;
        this.#frame = frame;
        this.#u = u;
        this.#y = y;
        this.#depth = depth;
    }

    get wall(): string {
        return this.#frame.wall.id;
    }

    get pose(): Pose {
        return poseOn(this.#frame, this.#u, this.#y, this.#depth);
    }
}

/** The pose of a thing `depth` deep with its back on a wall, its underside at `y`. */
function poseOn({ wall: w, ux, uz, yaw }: WallFrame, u: number, y: number, depth: number): Pose {
    const off = depth / 2 + 0.001;
    return { x: round(w.a[0] + ux * u - uz * off), y: round(y), z: round(w.a[1] + uz * u + ux * off), yaw };
}

/** Free space kept around hung things, metres. */
const MARGIN = 0.06;

/** See the file comment. */
export class WallSpace {
    readonly #room: Room;
    readonly #frames: WallFrame[];
    readonly #taken = new Map<string, Taken[]>();

    constructor(room: Room, walls: readonly Wall[], openings: readonly Opening[]) {
        this.#room = room;
        this.#frames = walls.map((wall) => {
            const length = distance(wall.a, wall.b);
            const [ux, uz] = [(wall.b[0] - wall.a[0]) / length, (wall.b[1] - wall.a[1]) / length];
            return { wall, length, ux, uz, yaw: round(exactAtan2(-uz, ux)) };
        });
        for (const { wall } of this.#frames) this.#taken.set(wall.id, []);
        for (const o of openings) {
            this.#taken.get(o.wall)?.push({
                u0: o.offset - o.width / 2 - 0.03,
                u1: o.offset + o.width / 2 + 0.03,
                y0: o.sill - 0.03,
                y1: o.sill + o.height + 0.03,
                from: 0,
                to: 0.5
            });
        }
    }

    /** The state, for backtracking. */
    save(): () => void {
        const lengths = [...this.#taken].map(([id, list]) => [id, list.length] as const);
        return () => {
            for (const [id, length] of lengths) this.#taken.get(id)!.length = length;
        };
    }

    /** Notes a node that is there, on every wall it is near. */
    occupy(node: SceneNode): void {
        const shape = corners(nodeFootprint(node));
        for (const frame of this.#frames) {
            const along = shape.map((p) => this.#along(frame, p));
            const off = shape.map((p) => this.#off(frame, p));
            const from = Math.min(...off);
            if (from > 0.6) continue;
            this.#taken.get(frame.wall.id)!.push({
                u0: Math.min(...along),
                u1: Math.max(...along),
                y0: node.pose.y - this.#room.floorY,
                y1: node.pose.y - this.#room.floorY + node.dims.height,
                from,
                to: Math.max(...off)
            });
        }
    }

    /**
     * Poses at height `y` above the floor along every wall, backs on the wall, best in the middle of free stretches.
     *
     * @param behind - By how much their scores are lower than those of other heights.
     */
    candidates(dims: Dimensions, y: number, behind = 0): WallSpot[] {
        const out: WallSpot[] = [];
        for (const frame of this.#frames) {
            const span = frame.length - dims.width - 0.1;
            if (span < 0) continue;
            const steps = Math.max(1, Math.ceil(span / 0.1));
            for (let k = 0; k <= steps; k++) {
                const u = 0.05 + dims.width / 2 + (span * k) / steps;
                const score = Math.min(k, steps - k) / steps + Math.min(1, frame.length / 6) - behind;
                out.push(new WallSpot(frame, u, this.#room.floorY + y, dims.depth, score));
            }
        }
        return out;
    }

    /** The pose of a thing `depth` deep with its back on a wall, `u` along it, its underside `y` above the floor. */
    pose(wall: string, u: number, y: number, depth: number): Pose {
        return poseOn(this.#frames.find((f) => f.wall.id === wall)!, u, this.#room.floorY + y, depth);
    }

    /** True if nothing else is there. `overOpenings` for curtains. */
    free(wall: string, pose: Pose, dims: Dimensions, overOpenings = false): boolean {
        const frame = this.#frames.find((f) => f.wall.id === wall)!;
        const u = this.#along(frame, [pose.x, pose.z]);
        const y0 = pose.y - this.#room.floorY;
        const [u0, u1, y1] = [u - dims.width / 2, u + dims.width / 2, y0 + dims.height];
        if (u0 < 0.005 || u1 > frame.length - 0.005 || y0 < 0 || y1 > this.#room.height - 0.005) return false;
        return this.#taken.get(wall)!.every((t) => {
            if (overOpenings && t.from === 0 && t.to === 0.5) return true;
            const apart = t.from > dims.depth + 0.01 && t.to !== 0.5;
            return apart || t.u0 >= u1 + MARGIN || t.u1 <= u0 - MARGIN || t.y0 >= y1 + MARGIN || t.y1 <= y0 - MARGIN;
        });
    }

    #along(frame: WallFrame, [x, z]: PlanPoint): number {
        return (x - frame.wall.a[0]) * frame.ux + (z - frame.wall.a[1]) * frame.uz;
    }

    #off(frame: WallFrame, [x, z]: PlanPoint): number {
        return -(x - frame.wall.a[0]) * frame.uz + (z - frame.wall.a[1]) * frame.ux;
    }
}
