/**
 * Prisms in which nothing virtual may stand, ready to be asked. Polygons may have inner corners, so they are cut into
 * triangles once (earcut); a footprint is free if it shares no area with a triangle whose heights it meets.
 */
import earcut from 'earcut';
import { overlapArea, polygonArea } from '../geometry/polygon.ts';
import type { KeepOut, PlanPoint, Room } from '../graph/scene-graph.ts';

interface Prism {
    readonly triangle: readonly PlanPoint[];
    readonly from: number;
    readonly to: number;
}

/** Shared areas below this are touching edges, m2. */
const TOUCHING = 1e-5;

/** See the file comment. */
export class KeepOutSpace {
    readonly #prisms: readonly Prism[];

    /** Those of `keepOuts` that are in the room. */
    constructor(room: Room, keepOuts: readonly KeepOut[]) {
        this.#prisms = keepOuts
            .filter((k) => k.room === room.id)
            .flatMap(({ polygon, from, to }) =>
                triangles(polygon).map((triangle) => ({ triangle, from: room.floorY + from, to: room.floorY + to }))
            );
    }

    /** True if a convex footprint between two heights is in no prism. */
    free(shape: readonly PlanPoint[], y0: number, y1: number): boolean {
        return this.#prisms.every((p) => y0 >= p.to || y1 <= p.from || overlapArea(p.triangle, shape) < TOUCHING);
    }
}

function triangles(polygon: readonly PlanPoint[]): PlanPoint[][] {
    const indices = earcut(polygon.flat());
    const out: PlanPoint[][] = [];
    for (let i = 0; i < indices.length; i += 3) {
        const corners = [0, 1, 2].map((k) => polygon[indices[i + k]!]!);
        const area = polygonArea(corners);
        if (Math.abs(area) > 1e-9) out.push(area > 0 ? corners : corners.reverse());
    }
    return out;
}
