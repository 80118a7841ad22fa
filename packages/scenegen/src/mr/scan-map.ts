/**
 * What a growing scan says about the floor, cell by cell (10 cm): never seen, seen free, or something stands there and how
 * high. Pieces of mesh are added as the headset delivers them, in any order; a piece that shows floor where something stood
 * before clears it only when told so, because a scan sees the floor under a table too.
 */
import { badInput } from '@mixreel/core';
import { sampleMesh } from '../capture/sample-mesh.ts';
import type { TriangleMesh } from '../capture/spatial-entity.ts';

/** Side of a cell, metres. */
export const SCAN_CELL = 0.1;
/** Half the side of the mapped square, metres. */
const REACH = 32;
/** Points this near to the floor are floor; above, up to the walker's height, they are in the way. */
const FLOOR_BAND = 0.09;
const WALKER_HEIGHT = 1.9;

/** A range of cells: [c0, c1) x [r0, r1). */
export interface CellRect {
    readonly c0: number;
    readonly r0: number;
    readonly c1: number;
    readonly r1: number;
}

/** See the file comment. */
export class ScanMap {
    readonly floorY: number;
    readonly columns: number = (2 * REACH) / SCAN_CELL;
    readonly rows: number = (2 * REACH) / SCAN_CELL;
    /** 0 never seen, 1 free, 2 in the way. */
    readonly state: Uint8Array = new Uint8Array(this.columns * this.rows);
    /** Height of what is in the way above the floor, metres. */
    readonly top: Float32Array = new Float32Array(this.columns * this.rows);
    #dirty: CellRect | null = null;
    #seen: CellRect | null = null;

    /** @param floorY - Height of the real floor, metres. The map reaches 32 m from the origin. */
    constructor(floorY: number) {
        if (!Number.isFinite(floorY))
            throw badInput(`floorY is ${floorY}`, 'metres', 'Pass the height of the floor plane');
        this.floorY = floorY;
    }

    /** Adds a piece of the scan. Points outside the map, under the floor or over the walker's head count for nothing. */
    add(mesh: TriangleMesh): void {
        sampleMesh(mesh, SCAN_CELL / 2, (x, y, z) => {
            const height = y - this.floorY;
            if (!(height > -FLOOR_BAND && height < WALKER_HEIGHT)) return;
            if (height < FLOOR_BAND) this.#see(x, z, 1, 0);
            else this.#see(x, z, 2, height);
        });
    }

    /** Marks cells free (`height` 0) or in the way, whatever was seen there before: [x0, x1] x [z0, z1], metres. */
    mark(x0: number, z0: number, x1: number, z1: number, height: number): void {
        for (let r = this.row(z0); r < this.row(z1); r++) {
            for (let c = this.column(x0); c < this.column(x1); c++) {
                if (c < 0 || r < 0 || c >= this.columns || r >= this.rows) continue;
                const cell = r * this.columns + c;
                this.state[cell] = height > 0 ? 2 : 1;
                this.top[cell] = height;
                this.#touch(c, r);
            }
        }
    }

    column(x: number): number {
        return Math.round((x + REACH) / SCAN_CELL);
    }

    row(z: number): number {
        return Math.round((z + REACH) / SCAN_CELL);
    }

    /** Plan coordinate of a cell's edge. */
    edge(index: number): number {
        return Math.round((index * SCAN_CELL - REACH) * 1e4) / 1e4;
    }

    /** The range outside which nothing was ever seen; null if nothing was. */
    get seen(): CellRect | null {
        return this.#seen;
    }

    /** What changed since the last call, as one range; null if nothing did. */
    takeDirty(): CellRect | null {
        const dirty = this.#dirty;
        this.#dirty = null;
        return dirty;
    }

    #see(x: number, z: number, state: 1 | 2, height: number): void {
        const c = Math.floor((x + REACH) / SCAN_CELL);
        const r = Math.floor((z + REACH) / SCAN_CELL);
        if (c < 0 || r < 0 || c >= this.columns || r >= this.rows) return;
        const cell = r * this.columns + c;
        if (this.state[cell]! >= state && this.top[cell]! >= height) return;
        this.state[cell] = Math.max(this.state[cell]!, state);
        this.top[cell] = Math.max(this.top[cell]!, height);
        this.#touch(c, r);
    }

    #touch(c: number, r: number): void {
        this.#dirty = widened(this.#dirty, c, r);
        this.#seen = widened(this.#seen, c, r);
    }
}

function widened(range: CellRect | null, c: number, r: number): CellRect {
    if (!range) return { c0: c, r0: r, c1: c + 1, r1: r + 1 };
    if (c >= range.c0 && c < range.c1 && r >= range.r0 && r < range.r1) return range;
    return {
        c0: Math.min(range.c0, c),
        r0: Math.min(range.r0, r),
        c1: Math.max(range.c1, c + 1),
        r1: Math.max(range.r1, r + 1)
    };
}
