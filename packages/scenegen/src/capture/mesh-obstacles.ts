/**
 * What the headset's scan shows and no labelled box explains: chairs, boxes on the floor, a lamp nobody named. The room's
 * mesh is sampled at 5 cm; samples at body height, off the walls and outside every box, mark cells of a plan grid turned
 * with the room; connected cells become boxes, split where they fill less than half of them. A 60,000-triangle scan takes
 * about 20 ms.
 */
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { corners, footprintOf, toLocal } from '../geometry/footprint.ts';
import { distance, overlapArea, pointInPolygon, round } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import type { CapturedObject, RoomCapture } from './read-capture.ts';
import { sampleMesh } from './sample-mesh.ts';
import type { TriangleMesh } from './spatial-entity.ts';

/** Sampling and cells, metres. */
const CELL = 0.05;
/** Samples between these heights above the floor stand in a walker's way. */
const BODY: readonly [number, number] = [0.18, 1.8];
/** Scans bulge: samples this near to a wall or a known box belong to it. */
const NEAR_WALL = 0.14;
const NEAR_BOX = 0.12;
/** Fewer cells than this are noise (0.03 m2). */
const FEWEST = 12;
/** A box must be filled by this share of marked cells, or it is split. */
const FILL = 0.5;

/** Boxes around unexplained parts of the scan, labelled `obstacle`. */
export function meshObstacles(
    room: Pick<RoomCapture, 'polygon' | 'floorY' | 'objects'>,
    meshes: readonly TriangleMesh[]
): CapturedObject[] {
    if (meshes.length === 0) return [];
    const grid = new PlanGrid(room.polygon);
    const known = room.objects
        .filter((o) => !o.onWall)
        .map((o) => footprintOf({ x: o.x, y: 0, z: o.z, yaw: o.yaw }, o, NEAR_BOX));
    const explained = (x: number, z: number): boolean =>
        known.some((f) => {
            const [u, v] = toLocal(f, x, z);
            return Math.abs(u) < f.halfWidth && Math.abs(v) < f.halfDepth;
        });
    for (const mesh of meshes) {
        sampleMesh(mesh, CELL, (x, y, z) => {
            const height = y - room.floorY;
            if (height > BODY[0] && height < BODY[1]) grid.add(x, z, height);
        });
    }
    grid.keep((x, z) => pointInPolygon(room.polygon, x, z, -NEAR_WALL) && !explained(x, z));
    const bare = room.objects
        .filter((o) => !o.onWall)
        .map((o) => corners(footprintOf({ x: o.x, y: 0, z: o.z, yaw: o.yaw }, o)));
    const meets = (box: Box): boolean => {
        const shape = corners(footprintOf({ x: box.x, y: 0, z: box.z, yaw: box.yaw }, box, -0.02));
        return (
            bare.some((other) => overlapArea(shape, other) > 1e-4) ||
            shape.some(([x, z]) => !pointInPolygon(room.polygon, x, z))
        );
    };
    return grid
        .parts()
        .flatMap((cells) => boxesOf(cells, grid, meets))
        .map((o, i) => ({ ...o, uuid: `scan-${i + 1}` }));
}

/** A plan grid turned with the room's longest wall: the greatest height seen in each cell. */
class PlanGrid {
    readonly yaw: number;
    readonly columns: number;
    readonly rows: number;
    readonly top: Float32Array;
    readonly #u0: number;
    readonly #v0: number;
    readonly #s: number;
    readonly #c: number;

    constructor(polygon: readonly PlanPoint[]) {
        let longest = 0;
        let yaw = 0;
        polygon.forEach((a, i) => {
            const b = polygon[(i + 1) % polygon.length]!;
            if (distance(a, b) <= longest) return;
            longest = distance(a, b);
            yaw = exactAtan2(-(b[1] - a[1]), b[0] - a[0]);
        });
        this.yaw = round(yaw);
        [this.#s, this.#c] = [exactSin(this.yaw), exactCos(this.yaw)];
        const local = polygon.map(([x, z]) => this.toPlan(x, z));
        this.#u0 = Math.min(...local.map((p) => p[0]));
        this.#v0 = Math.min(...local.map((p) => p[1]));
        this.columns = Math.ceil((Math.max(...local.map((p) => p[0])) - this.#u0) / CELL);
        this.rows = Math.ceil((Math.max(...local.map((p) => p[1])) - this.#v0) / CELL);
        this.top = new Float32Array(this.columns * this.rows);
    }

    toPlan(x: number, z: number): PlanPoint {
        return [x * this.#c - z * this.#s, x * this.#s + z * this.#c];
    }

    /** World point of cell coordinates. */
    toWorld(column: number, row: number): PlanPoint {
        const [u, v] = [this.#u0 + column * CELL, this.#v0 + row * CELL];
        return [u * this.#c + v * this.#s, -u * this.#s + v * this.#c];
    }

    add(x: number, z: number, height: number): void {
        const [u, v] = this.toPlan(x, z);
        const [c, r] = [Math.floor((u - this.#u0) / CELL), Math.floor((v - this.#v0) / CELL)];
        if (c < 0 || r < 0 || c >= this.columns || r >= this.rows) return;
        const cell = r * this.columns + c;
        if (height > this.top[cell]!) this.top[cell] = height;
    }

    /** Empties the cells whose middle does not pass. */
    keep(pass: (x: number, z: number) => boolean): void {
        for (let cell = 0; cell < this.top.length; cell++) {
            if (this.top[cell] === 0) continue;
            const [x, z] = this.toWorld((cell % this.columns) + 0.5, Math.floor(cell / this.columns) + 0.5);
            if (!pass(x, z)) this.top[cell] = 0;
        }
    }

    /** Connected marked cells (eight neighbours), noise left out. */
    parts(): number[][] {
        const seen = new Uint8Array(this.top.length);
        const out: number[][] = [];
        for (let start = 0; start < this.top.length; start++) {
            if (seen[start] === 1 || this.top[start] === 0) continue;
            const cells: number[] = [];
            const stack = [start];
            seen[start] = 1;
            while (stack.length > 0) {
                const cell = stack.pop()!;
                cells.push(cell);
                const [c, r] = [cell % this.columns, Math.floor(cell / this.columns)];
                for (let k = 0; k < 9; k++) {
                    const [nc, nr] = [c + (k % 3) - 1, r + Math.floor(k / 3) - 1];
                    if (nc < 0 || nr < 0 || nc >= this.columns || nr >= this.rows) continue;
                    const next = nr * this.columns + nc;
                    if (seen[next] === 1 || this.top[next] === 0) continue;
                    seen[next] = 1;
                    stack.push(next);
                }
            }
            if (cells.length >= FEWEST) out.push(cells);
        }
        return out;
    }
}

type Box = Omit<CapturedObject, 'uuid'>;

/** The bounding box of some cells, or those of its halves where it is mostly empty or runs into something known. */
function boxesOf(cells: readonly number[], grid: PlanGrid, meets: (box: Box) => boolean): Box[] {
    if (cells.length < FEWEST / 2) return [];
    const columns = cells.map((cell) => cell % grid.columns);
    const rows = cells.map((cell) => Math.floor(cell / grid.columns));
    // Spread over arguments would overflow the stack for large parts.
    const low = (list: readonly number[]): number => list.reduce((a, b) => Math.min(a, b));
    const high = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, b));
    const [c0, c1, r0, r1] = [low(columns), high(columns) + 1, low(rows), high(rows) + 1];
    const [w, d] = [c1 - c0, r1 - r0];
    const [x, z] = grid.toWorld((c0 + c1) / 2, (r0 + r1) / 2);
    const height = round(cells.reduce((top, cell) => Math.max(top, grid.top[cell]!), 0));
    const box: Box = {
        label: 'obstacle',
        x: round(x),
        y: 0,
        z: round(z),
        yaw: grid.yaw,
        width: round(w * CELL),
        height,
        depth: round(d * CELL),
        onWall: false
    };
    if (Math.max(w, d) > 4 && (cells.length < FILL * w * d || meets(box))) {
        const middle = w >= d ? (c0 + c1) / 2 : (r0 + r1) / 2;
        const first = cells.filter((_, i) => (w >= d ? columns[i]! : rows[i]!) < middle);
        const second = cells.filter((_, i) => (w >= d ? columns[i]! : rows[i]!) >= middle);
        return [...boxesOf(first, grid, meets), ...boxesOf(second, grid, meets)];
    }
    // Thinner than two cells: the bulge of something that is known.
    return Math.min(w, d) <= 2 ? [] : [box];
}
