import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corners, footprintOf } from '../src/geometry/footprint.ts';
import { OccupancyGrid } from '../src/solver/occupancy-grid.ts';

const shape = fc.record({
    x: fc.double({ min: -1, max: 5, noNaN: true }),
    z: fc.double({ min: -1, max: 4, noNaN: true }),
    w: fc.double({ min: 0.05, max: 3, noNaN: true }),
    d: fc.double({ min: 0.05, max: 3, noNaN: true }),
    yaw: fc.double({ min: -4, max: 4, noNaN: true })
});

describe('the occupancy bitmap', () => {
    it('marks every cell whose middle is in a footprint, and no cell farther from it than a cell', () => {
        fc.assert(
            fc.property(shape, (s) => {
                const grid = new OccupancyGrid(0, 0, 4, 3, 0.1);
                const f = footprintOf({ x: s.x, y: 0, z: s.z, yaw: s.yaw }, { width: s.w, height: 1, depth: s.d });
                grid.paint(corners(f));
                for (let r = 0; r < grid.rows; r++) {
                    for (let c = 0; c < grid.columns; c++) {
                        const [dx, dz] = [(c + 0.5) * 0.1 - s.x, (r + 0.5) * 0.1 - s.z];
                        const u = Math.abs(dx * f.ux + dz * f.uz) - f.halfWidth;
                        const v = Math.abs(dx * f.vx + dz * f.vz) - f.halfDepth;
                        if (u < -1e-5 && v < -1e-5) expect(grid.get(c, r)).toBe(true);
                        // A touched cell's middle is within half a diagonal, 0.0708 m, of the footprint.
                        if (Math.max(u, v) > 0.0708) expect(grid.get(c, r)).toBe(false);
                    }
                }
            })
        );
    });

    it('lets no two footprints through that overlap', () => {
        fc.assert(
            fc.property(shape, shape, (a, b) => {
                const grid = new OccupancyGrid(-4, -4, 8, 8, 0.05);
                const [p, q] = [a, b].map((s) =>
                    footprintOf({ x: s.x, y: 0, z: s.z, yaw: s.yaw }, { width: s.w, height: 1, depth: s.d })
                ) as [ReturnType<typeof footprintOf>, ReturnType<typeof footprintOf>];
                grid.paint(corners(p));
                const middleInside =
                    Math.abs((p.x - q.x) * q.ux + (p.z - q.z) * q.uz) < q.halfWidth - 1e-4 &&
                    Math.abs((p.x - q.x) * q.vx + (p.z - q.z) * q.vz) < q.halfDepth - 1e-4;
                if (middleInside) expect(grid.overlaps(corners(q))).toBe(true);
            })
        );
    });
});
