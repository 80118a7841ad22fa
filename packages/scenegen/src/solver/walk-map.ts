/**
 * Where the middle of a walker 0.4 m wide can be, on a 10 cm grid. Furniture is grown by half the walker before it is
 * painted. What is connected to the doors (or, without doors, the largest connected part) is the main area; a placement
 * is refused if it cuts off a door or more than a pocket of floor. One flood fill of a 6 x 6 m room is about 40 us.
 */
import { corners, type Footprint } from '../geometry/footprint.ts';
import { distanceToSegmentSquared } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { OccupancyGrid } from './occupancy-grid.ts';

/** Half the walker's width, metres. */
export const WALKER_RADIUS = 0.2;
const CELL = 0.1;
/** A placement may turn at most this much floor into pockets that nobody can walk to, m2. */
export const POCKET = 0.3;

/** See the file comment. */
export class WalkMap {
    readonly grid: OccupancyGrid;
    readonly #doors: readonly PlanPoint[];
    readonly #stack: Int32Array;
    readonly #seen: Uint8Array;
    /** Cells that a door opens to, among those reachable now. */
    #anchors: number[] = [];
    #cutOff = 0;
    #settled = false;

    constructor(polygon: readonly PlanPoint[], doors: readonly PlanPoint[]) {
        const xs = polygon.map((p) => p[0]);
        const zs = polygon.map((p) => p[1]);
        this.grid = new OccupancyGrid(Math.min(...xs), Math.min(...zs), Math.max(...xs), Math.max(...zs), CELL);
        const { grid } = this;
        grid.fillOutside(polygon);
        for (let i = 0; i < polygon.length; i++) markNear(grid, polygon[i]!, polygon[(i + 1) % polygon.length]!);
        this.#doors = doors;
        this.#stack = new Int32Array(grid.rows * grid.columns);
        this.#seen = new Uint8Array(grid.rows * grid.columns);
    }

    /** Marks a thing without asking: before {@link settle}. */
    block(f: Footprint): void {
        this.grid.paint(this.#grown(f));
        this.#settled = false;
    }

    /** Marks a thing unless it cuts the room up. */
    tryBlock(f: Footprint): boolean {
        if (!this.#settled) this.settle();
        if (this.#harmless(f)) {
            this.grid.paint(this.#grown(f));
            return true;
        }
        const before = this.grid.save();
        this.grid.paint(this.#grown(f));
        const { anchors, cutOff } = this.#measure();
        const kept = this.#anchors.every((cell) => anchors.has(cell));
        if (kept && cutOff <= this.#cutOff + POCKET / (CELL * CELL)) return true;
        this.grid.restore(before);
        return false;
    }

    /**
     * True if an upright rectangle surely cuts nothing off: the free cells of the ring around it are one run, so whoever
     * crossed it can walk around it. True for nearly everything against a wall; asks a hundred cells instead of a flood.
     */
    #harmless(f: Footprint): boolean {
        if (Math.abs(f.ux * f.uz) > 1e-6) return false;
        const { grid } = this;
        const turned = Math.abs(f.ux) < 0.5;
        const hx = (turned ? f.halfDepth : f.halfWidth) + WALKER_RADIUS;
        const hz = (turned ? f.halfWidth : f.halfDepth) + WALKER_RADIUS;
        const [c0, c1] = [Math.floor((f.x - hx - grid.x0) / CELL) - 1, Math.floor((f.x + hx - grid.x0) / CELL) + 1];
        const [r0, r1] = [Math.floor((f.z - hz - grid.z0) / CELL) - 1, Math.floor((f.z + hz - grid.z0) / CELL) + 1];
        for (const anchor of this.#anchors) {
            const c = anchor % grid.columns;
            const r = (anchor - c) / grid.columns;
            if (c > c0 && c < c1 && r > r0 && r < r1) return false;
        }
        let runs = 0;
        let before = this.#open(c0, r0 + 1);
        const step = (c: number, r: number): void => {
            const now = this.#open(c, r);
            if (now && !before) runs++;
            before = now;
        };
        for (let c = c0; c < c1; c++) step(c, r0);
        for (let r = r0; r < r1; r++) step(c1, r);
        for (let c = c1; c > c0; c--) step(c, r1);
        for (let r = r1; r > r0; r--) step(c0, r);
        return runs <= 1;
    }

    #open(c: number, r: number): boolean {
        const { grid } = this;
        return c >= 0 && r >= 0 && c < grid.columns && r < grid.rows && !grid.get(c, r);
    }

    /** Takes the state now as the one to preserve. */
    settle(): void {
        this.#settled = true;
        this.#anchors = [];
        const cells = this.#doors.flatMap((door) => this.#nearestFree(door));
        const reach = cells.map((cell) => this.#flood(cell));
        // Doors that real things already keep apart from the rest are not our doing.
        const main = reach.indexOf(Math.max(...reach));
        if (main >= 0) {
            this.#flood(cells[main]!);
            this.#anchors = cells.filter((cell) => this.#seen[cell] === 1);
        }
        this.#cutOff = this.#measure().cutOff;
    }

    /** Doors that the main area reaches, and free floor outside it, m2. */
    measure(): { readonly doors: number; readonly cutOff: number } {
        if (!this.#settled) this.settle();
        return { doors: this.#anchors.length, cutOff: this.#measure().cutOff * CELL * CELL };
    }

    /** 1 for each cell of the main area, row by row. */
    mainArea(): Uint8Array {
        if (!this.#settled) this.settle();
        this.#measure();
        return this.#seen.slice();
    }

    save(): () => void {
        const bits = this.grid.save();
        return () => this.grid.restore(bits);
    }

    #grown(f: Footprint): PlanPoint[] {
        return corners({ ...f, halfWidth: f.halfWidth + WALKER_RADIUS, halfDepth: f.halfDepth + WALKER_RADIUS });
    }

    #bit(cell: number): boolean {
        const { columns } = this.grid;
        return this.grid.get(cell % columns, Math.floor(cell / columns));
    }

    /** The free cell nearest to a door, if one is within a metre. */
    #nearestFree([x, z]: PlanPoint): number[] {
        const { grid } = this;
        let best = -1;
        let nearest = 1;
        for (let r = 0; r < grid.rows; r++) {
            for (let c = 0; c < grid.columns; c++) {
                if (grid.get(c, r)) continue;
                const [dx, dz] = [grid.x0 + (c + 0.5) * CELL - x, grid.z0 + (r + 0.5) * CELL - z];
                const d = dx * dx + dz * dz;
                if (d < nearest) {
                    nearest = d;
                    best = r * grid.columns + c;
                }
            }
        }
        return best < 0 ? [] : [best];
    }

    /** Floods from the first anchor, or over the largest part; counts free cells outside. */
    #measure(): { anchors: Set<number>; cutOff: number } {
        const { grid } = this;
        let free = 0;
        for (const word of grid.bits) free += 32 - popcount(word);
        free -= (grid.words * 32 - grid.columns) * grid.rows;
        const start = this.#anchors.find((cell) => !this.#bit(cell)) ?? this.#largest();
        const reached = start < 0 ? 0 : this.#flood(start);
        if (start < 0) this.#seen.fill(0);
        return { anchors: new Set(this.#anchors.filter((cell) => this.#seen[cell] === 1)), cutOff: free - reached };
    }

    /** A cell of the largest connected part, -1 if nothing is free. */
    #largest(): number {
        const total = this.#seen.length;
        const done = new Uint8Array(total);
        let best = -1;
        let most = 0;
        for (let cell = 0; cell < total; cell++) {
            if (done[cell] === 1 || this.#bit(cell)) continue;
            const size = this.#flood(cell);
            for (let i = 0; i < total; i++) if (this.#seen[i] === 1) done[i] = 1;
            if (size > most) {
                most = size;
                best = cell;
            }
        }
        return best;
    }

    /** Marks what is connected to a free cell by its four sides; returns how many cells that is. */
    #flood(start: number): number {
        const { grid } = this;
        const { columns, rows, words, bits } = grid;
        const seen = this.#seen;
        seen.fill(0);
        let size = 0;
        let top = 0;
        this.#stack[top++] = start;
        seen[start] = 1;
        while (top > 0) {
            const cell = this.#stack[--top]!;
            size++;
            const c = cell % columns;
            const r = (cell - c) / columns;
            for (let side = 0; side < 4; side++) {
                const nc = side === 0 ? c - 1 : side === 1 ? c + 1 : c;
                const nr = side === 2 ? r - 1 : side === 3 ? r + 1 : r;
                if (nc < 0 || nr < 0 || nc >= columns || nr >= rows) continue;
                const next = nr * columns + nc;
                if (seen[next] === 1 || ((bits[nr * words + (nc >>> 5)]! >>> (nc & 31)) & 1) === 1) continue;
                seen[next] = 1;
                this.#stack[top++] = next;
            }
        }
        return size;
    }
}

/** Marks the cells whose middle is nearer to a wall than half the walker. */
function markNear(grid: OccupancyGrid, [ax, az]: PlanPoint, [bx, bz]: PlanPoint): void {
    const cellOf = (v: number, origin: number, count: number): number =>
        Math.min(count - 1, Math.max(0, Math.floor((v - origin) / CELL)));
    const [c0, c1] = [Math.min(ax, bx) - WALKER_RADIUS, Math.max(ax, bx) + WALKER_RADIUS].map((v) =>
        cellOf(v, grid.x0, grid.columns)
    ) as [number, number];
    const [r0, r1] = [Math.min(az, bz) - WALKER_RADIUS, Math.max(az, bz) + WALKER_RADIUS].map((v) =>
        cellOf(v, grid.z0, grid.rows)
    ) as [number, number];
    for (let r = r0; r <= r1; r++) {
        const z = grid.z0 + (r + 0.5) * CELL;
        for (let c = c0; c <= c1; c++) {
            if (grid.get(c, r)) continue;
            const x = grid.x0 + (c + 0.5) * CELL;
            if (distanceToSegmentSquared(x, z, ax, az, bx, bz) < WALKER_RADIUS * WALKER_RADIUS) grid.set(c, r);
        }
    }
}

function popcount(word: number): number {
    let v = word - ((word >>> 1) & 0x55555555);
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
