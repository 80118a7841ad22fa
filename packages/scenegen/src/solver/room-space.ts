/**
 * What is free on one room's floor while furniture is being placed. Three bitmaps: what stands there, what must stay clear
 * (doors, the space in front of drawers), and where the middle of a walker 0.4 m wide cannot be. Clearances are painted
 * before furniture, and every placement is tried against the walker, so a room cannot be closed off.
 */

import { badInput } from '@mixreel/core';
import { corners, type Footprint, footprintOf } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { distanceToSegmentSquared, overlapArea, pointInPolygon } from '../geometry/polygon.ts';
import type { Dimensions, PlanPoint, Pose, Room } from '../graph/scene-graph.ts';
import { OccupancyGrid } from './occupancy-grid.ts';
import { WalkMap } from './walk-map.ts';

/** A place on a wall's foot that must stay clear of anything as high as `above`. */
export interface ClearZone {
    readonly polygon: readonly PlanPoint[];
    /** Things lower than this may stand there, metres; 0 for doors. */
    readonly above: number;
}

/** Cells of the placement bitmaps, metres. */
export const PLACEMENT_CELL = 0.05;
/** Rooms larger than this are refused: a hall of 10,000 m2 is not a room. */
const LARGEST_SIDE = 100;

/** See the file comment. */
export class RoomSpace {
    readonly room: Room;
    readonly walk: WalkMap;
    readonly #solid: OccupancyGrid;
    /** What no furniture may cover: {@link #fixed} and all claims. */
    readonly #clear: OccupancyGrid;
    /** What is before doors, or was kept clear by name. */
    readonly #fixed: OccupancyGrid;
    /** Floor that things placed so far need in front, and where they stand. */
    readonly #claims: { readonly x: number; readonly z: number; readonly strip: readonly PlanPoint[] }[] = [];
    readonly #zones: readonly ClearZone[];
    /** Inward half-planes [nx, nz, offset] of a convex room; null if it has inner corners. */
    readonly #halfPlanes: readonly (readonly [number, number, number])[] | null;

    constructor(room: Room, doors: readonly PlanPoint[], zones: readonly ClearZone[]) {
        this.room = room;
        const xs = room.polygon.map((p) => p[0]);
        const zs = room.polygon.map((p) => p[1]);
        const box = [Math.min(...xs), Math.min(...zs), Math.max(...xs), Math.max(...zs)] as const;
        if (box[2] - box[0] > LARGEST_SIDE || box[3] - box[1] > LARGEST_SIDE) {
            throw badInput(
                `room ${room.id} is ${(box[2] - box[0]).toFixed(0)} x ${(box[3] - box[1]).toFixed(0)} m`,
                `at most ${LARGEST_SIDE} m a side`,
                'Check the units: metres'
            );
        }
        this.#solid = new OccupancyGrid(...box, PLACEMENT_CELL);
        this.#clear = new OccupancyGrid(...box, PLACEMENT_CELL);
        this.#fixed = new OccupancyGrid(...box, PLACEMENT_CELL);
        this.#zones = zones;
        for (const zone of zones) if (zone.above === 0) this.keepClear(zone.polygon);
        this.walk = new WalkMap(room.polygon, doors);
        this.#halfPlanes = halfPlanesOf(room.polygon);
    }

    /** Marks a thing that is there already, wherever it is, and the floor in front that it claims. */
    occupy(pose: Pose, dims: Dimensions, front = 0): void {
        const f = footprintOf(pose, dims);
        this.#solid.paint(corners(f));
        this.#claim(f, front);
        this.walk.block(f);
    }

    #claim(f: Footprint, front: number): void {
        if (front <= 0) return;
        const strip = frontStrip(f, front);
        this.#clear.paint(strip);
        this.#claims.push({ x: f.x, z: f.z, strip });
    }

    /** Marks floor that must stay free of furniture. */
    keepClear(polygon: readonly PlanPoint[]): void {
        this.#clear.paint(polygon);
        this.#fixed.paint(polygon);
    }

    /** True if the rectangle lies in the room: corners inside and no corner of the room inside it. */
    contains(f: Footprint, slack = 1e-6): boolean {
        const { polygon } = this.room;
        if (this.#halfPlanes) {
            // The support of the rectangle along each wall's normal: no corner needs to be worked out.
            for (const [nx, nz, offset] of this.#halfPlanes) {
                const reach =
                    f.halfWidth * Math.abs(f.ux * nx + f.uz * nz) + f.halfDepth * Math.abs(f.vx * nx + f.vz * nz);
                if (f.x * nx + f.z * nz - reach < offset - slack) return false;
            }
            return true;
        }
        for (const [x, z] of corners(f)) if (!pointInPolygon(polygon, x, z, slack)) return false;
        for (const [x, z] of polygon) {
            const a = Math.abs((x - f.x) * f.ux + (z - f.z) * f.uz);
            const b = Math.abs((x - f.x) * f.vx + (z - f.z) * f.vz);
            if (a < f.halfWidth - 1e-4 && b < f.halfDepth - 1e-4) return false;
        }
        return true;
    }

    /**
     * False only if {@link free} is: asked first, of every candidate, because it needs no angle. The circle inside the footprint
     * must be in the room, and the upright square inside that circle on free floor. Flat things may lie under others: they do not
     * ask about `things`; seats may stand in what another claims.
     */
    mayBeFree({ x, z }: Pose, dims: Dimensions, ignoring: 'nothing' | 'claims' | 'things' = 'nothing'): boolean {
        const radius = Math.min(dims.width, dims.depth) / 2;
        for (const [nx, nz, offset] of this.#halfPlanes ?? [])
            if (x * nx + z * nz - radius < offset - 2e-6) return false;
        // A cell smaller, as snug things are asked for.
        const half = Math.max(0, (radius - PLACEMENT_CELL) * Math.SQRT1_2 - 1e-5);
        if (ignoring === 'things') return true;
        return !(this.#solid.marked(x, z, half) || (ignoring === 'nothing' && this.#clear.marked(x, z, half)));
    }

    /**
     * True if a thing may stand there: inside, on nothing, in no clearance, with its own front free.
     *
     * @param snug - Asked of what stands close to others by design, with an exact test of boxes after this one: two things less
     *   than a cell apart share cells, so half of all chairs at tables and units in a row would find no place.
     * @param at - A thing that one sits at, for its seat, which may stand in what that one claims.
     */
    free(pose: Pose, dims: Dimensions, front: number, snug = false, at?: Pose): boolean {
        if (!this.mayBeFree(pose, dims, at ? 'claims' : 'nothing')) return false;
        const f = footprintOf(pose, dims);
        if (!this.contains(f)) return false;
        const shape = corners(f);
        if (this.#solid.overlaps(snug ? corners(shrunk(f)) : shape) || !this.#unclaimed(shape, snug, at)) return false;
        if (!this.#zonesFree(shape, dims.height, false)) return false;
        if (front > 0) {
            if (!this.contains(frontFootprint(f, front), 0.01)) return false;
            if (this.#solid.overlaps(frontStrip(f, front))) return false;
        }
        return true;
    }

    #unclaimed(shape: readonly PlanPoint[], snug: boolean, at: Pose | undefined): boolean {
        if (!this.#clear.overlaps(shape)) return true;
        if (!(snug || at) || this.#fixed.overlaps(shape)) return false;
        return this.#claims.every((c) => (c.x === at?.x && c.z === at.z) || overlapArea(c.strip, shape) <= 1e-4);
    }

    /** True if a thing of that height stands before no door and no window whose sill it passes. */
    clearOfZones(f: Footprint, height: number): boolean {
        return this.#zonesFree(corners(f), height, true);
    }

    #zonesFree(shape: readonly PlanPoint[], height: number, doors: boolean): boolean {
        return this.#zones.every(
            (z) => (z.above === 0 && !doors) || height <= z.above || overlapArea(z.polygon, shape) <= 1e-4
        );
    }

    /**
     * Puts a thing there if the room stays walkable; the caller has asked {@link free} before.
     *
     * @returns false, and nothing is changed, if a door or a large part of the floor would be cut off.
     */
    place(pose: Pose, dims: Dimensions, front: number): boolean {
        const f = footprintOf(pose, dims);
        if (!this.walk.tryBlock(f)) return false;
        this.#solid.paint(corners(f));
        this.#claim(f, front);
        return true;
    }

    /** True if the floor under the rectangle is free of things and clearances. */
    vacant(f: Footprint): boolean {
        const shape = corners(f);
        return this.contains(f) && !this.#solid.overlaps(shape) && !this.#clear.overlaps(shape);
    }

    /** The state, for backtracking. */
    save(): () => void {
        const solid = this.#solid.save();
        const clear = this.#clear.save();
        const claims = this.#claims.length;
        const walk = this.walk.save();
        return () => {
            this.#solid.restore(solid);
            this.#clear.restore(clear);
            this.#claims.length = claims;
            walk();
        };
    }
}

function halfPlanesOf(polygon: readonly PlanPoint[]): (readonly [number, number, number])[] | null {
    const out: (readonly [number, number, number])[] = [];
    for (let i = 0; i < polygon.length; i++) {
        const [ax, az] = polygon[i]!;
        const [bx, bz] = polygon[(i + 1) % polygon.length]!;
        const [cx, cz] = polygon[(i + 2) % polygon.length]!;
        if ((bx - ax) * (cz - bz) - (bz - az) * (cx - bx) < 0) return null;
        const length = hypot(bx - ax, bz - az);
        const [nx, nz] = [-(bz - az) / length, (bx - ax) / length];
        out.push([nx, nz, ax * nx + az * nz]);
    }
    return out;
}

/** A cell smaller on every side. */
const shrunk = (f: Footprint): Footprint => ({
    ...f,
    halfWidth: Math.max(0.001, f.halfWidth - PLACEMENT_CELL),
    halfDepth: Math.max(0.001, f.halfDepth - PLACEMENT_CELL)
});

/** The floor in front of a thing, `depth` deep. */
export const frontStrip = (f: Footprint, depth: number): PlanPoint[] => corners(frontFootprint(f, depth));

/** The same as a rectangle. */
export const frontFootprint = (f: Footprint, depth: number): Footprint => ({
    ...f,
    x: f.x + f.vx * (f.halfDepth + depth / 2),
    z: f.z + f.vz * (f.halfDepth + depth / 2),
    halfDepth: depth / 2,
    halfWidth: Math.max(0.05, f.halfWidth - 0.05)
});

/** Distance from a point to the nearest wall of a polygon. */
export function wallDistance(polygon: readonly PlanPoint[], x: number, z: number): number {
    let nearest = Infinity;
    for (let i = 0; i < polygon.length; i++) {
        const [ax, az] = polygon[i]!;
        const [bx, bz] = polygon[(i + 1) % polygon.length]!;
        nearest = Math.min(nearest, distanceToSegmentSquared(x, z, ax, az, bx, bz));
    }
    return Math.sqrt(nearest);
}
