import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { footprintOf } from '../src/geometry/footprint.ts';
import type { PlanPoint } from '../src/graph/scene-graph.ts';
import type { OccupancyGrid } from '../src/solver/occupancy-grid.ts';
import { WalkMap } from '../src/solver/walk-map.ts';

/** 7.4 m are 74 cells: three words a row, the last of ten columns. */
const ROOM: readonly PlanPoint[] = [
    [0, 0],
    [7.4, 0],
    [7.4, 3.1],
    [0, 3.1]
];
const thing = fc.record({
    x: metres(0, 7.4),
    z: metres(0, 3.1),
    yaw: metres(-3.2, 3.2),
    width: metres(0.05, 3),
    depth: metres(0.05, 1)
});

/** Free cells by connected part, from cell to cell. */
function parts(grid: OccupancyGrid): Set<number>[] {
    const out: Set<number>[] = [];
    const done = new Set<number>();
    for (let start = 0; start < grid.rows * grid.columns; start++) {
        const part = new Set<number>();
        const stack = [start];
        while (stack.length > 0) {
            const cell = stack.pop()!;
            const [c, r] = [cell % grid.columns, Math.floor(cell / grid.columns)];
            if (grid.get(c, r) || done.has(cell)) continue;
            done.add(cell);
            part.add(cell);
            if (c > 0) stack.push(cell - 1);
            if (c + 1 < grid.columns) stack.push(cell + 1);
            if (r > 0) stack.push(cell - grid.columns);
            if (r + 1 < grid.rows) stack.push(cell + grid.columns);
        }
        if (part.size > 0) out.push(part);
    }
    return out;
}

const cellsOf = (area: Uint8Array): Set<number> => new Set([...area.keys()].filter((cell) => area[cell] === 1));

/** Doubles would be drawn by their bits: nearly all of them tiny. */
function metres(low: number, high: number): fc.Arbitrary<number> {
    return fc.integer({ min: low * 1000, max: high * 1000 }).map((v) => v / 1000);
}

describe('the map of a walker', () => {
    it('reaches without doors exactly one of the largest parts that a fill from cell to cell finds', () => {
        fc.assert(
            fc.property(fc.array(thing, { maxLength: 12 }), (things) => {
                const map = new WalkMap(ROOM, []);
                for (const t of things) map.block(footprintOf({ ...t, y: 0 }, { ...t, height: 1 }));
                const found = parts(map.grid);
                const most = Math.max(0, ...found.map((part) => part.size));
                const main = cellsOf(map.mainArea());
                expect(main.size).toBe(most);
                if (most > 0) expect(found).toContainEqual(main);
            })
        );
    });

    it('reaches from a door the part that the door opens to, and counts the rest as cut off', () => {
        fc.assert(
            fc.property(fc.array(thing, { maxLength: 12 }), (things) => {
                const map = new WalkMap(ROOM, [[1, 0.3]]);
                for (const t of things) map.block(footprintOf({ ...t, y: 0 }, { ...t, height: 1 }));
                const found = parts(map.grid);
                const { doors, cutOff } = map.measure();
                const main = cellsOf(map.mainArea());
                const free = found.reduce((sum, part) => sum + part.size, 0);
                if (free > 0) expect(found).toContainEqual(main);
                expect(cutOff).toBeCloseTo((free - main.size) * 0.01, 9);
                // A door counts if free floor is within a metre of it.
                const near = [...found.flatMap((part) => [...part])].some((cell) => {
                    const [c, r] = [cell % map.grid.columns, Math.floor(cell / map.grid.columns)];
                    return (0.1 * (c + 0.5) - 1) ** 2 + (0.1 * (r + 0.5) - 0.3) ** 2 < 1;
                });
                expect(doors).toBe(near ? 1 : 0);
            })
        );
    });
});
