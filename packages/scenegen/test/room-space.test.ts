import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { footprintOf } from '../src/geometry/footprint.ts';
import type { PlanPoint, Room } from '../src/graph/scene-graph.ts';
import { RoomSpace } from '../src/solver/room-space.ts';

const SQUARE: readonly PlanPoint[] = [
    [0, 0],
    [5, 0],
    [5, 4],
    [0, 4]
];
const CORNERED: readonly PlanPoint[] = [
    [0, 0],
    [5, 0],
    [5, 2],
    [2, 2],
    [2, 4],
    [0, 4]
];
const roomOf = (polygon: readonly PlanPoint[]): Room => ({
    id: 'room-1',
    type: 'room',
    polygon,
    floorY: 0,
    height: 2.7,
    real: false
});
const placed = fc.record({
    x: metres(-0.5, 5.5),
    z: metres(-0.5, 4.5),
    yaw: fc.oneof(
        fc.constantFrom(0, 1, 2, 3).map((turns) => (turns * Math.PI) / 2),
        metres(-3.2, 3.2)
    ),
    width: metres(0.01, 2.5),
    depth: metres(0.01, 1.5)
});

/** Doubles would be drawn by their bits: nearly all of them tiny. */
function metres(low: number, high: number): fc.Arbitrary<number> {
    return fc.integer({ min: low * 1000, max: high * 1000 }).map((v) => v / 1000);
}

describe('the free floor of a room', () => {
    it('has a place a centimetre beside a thing for what is snug, wherever the cells lie, and for a seat in the front of its desk', () => {
        fc.assert(
            fc.property(metres(0, 0.05), metres(0, 0.05), (dx, dz) => {
                const space = new RoomSpace(roomOf(SQUARE), [], []);
                const pose = { x: 2 + dx, y: 0, z: 2 + dz, yaw: 0 };
                const dims = { width: 1, height: 0.75, depth: 0.6 };
                space.occupy(pose, dims, 0.7);
                const beside = { ...pose, x: pose.x + 1.01 };
                expect(space.free(beside, dims, 0, true)).toBe(true);
                expect(space.free({ ...pose, x: pose.x + 0.8 }, dims, 0, true)).toBe(false);
                const seat = { ...pose, z: pose.z + 0.3 + 0.03 + 0.25, yaw: Math.PI };
                const chair = { width: 0.45, height: 0.85, depth: 0.5 };
                expect(space.free(seat, chair, 0, true, pose)).toBe(true);
                expect(space.free(seat, chair, 0, true)).toBe(false);
                expect(space.free(seat, chair, 0, true, beside)).toBe(false);
            })
        );
    });

    it('never refuses at a glance what is vacant when looked at closely', () => {
        const seen = { refused: 0, vacant: 0 };
        fc.assert(
            fc.property(
                fc.constantFrom(SQUARE, CORNERED),
                fc.array(placed, { maxLength: 6 }),
                fc.array(placed, { minLength: 20, maxLength: 20 }),
                (polygon, things, tries) => {
                    const space = new RoomSpace(roomOf(polygon), [], []);
                    for (const t of things) space.occupy({ ...t, y: 0 }, { ...t, height: 1 }, 0.3);
                    for (const t of tries) {
                        const pose = { ...t, y: 0 };
                        const dims = { ...t, height: 1 };
                        const vacant = space.vacant(footprintOf(pose, dims));
                        if (vacant) {
                            seen.vacant++;
                            expect(space.mayBeFree(pose, dims)).toBe(true);
                        } else if (!space.mayBeFree(pose, dims)) seen.refused++;
                    }
                }
            )
        );
        // Both happen, so that neither half of the property is empty.
        expect(seen.vacant).toBeGreaterThan(50);
        expect(seen.refused).toBeGreaterThan(50);
    });
});
