import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polygonArea, selfIntersection } from '../src/geometry/polygon.ts';
import {
    certify,
    drawPlan,
    generateFromPlan,
    generateHouse,
    type PlanPoint,
    type RoomTree,
    type RoomType
} from '../src/index.ts';

const TYPES: readonly RoomType[] = [
    'living_room',
    'bedroom',
    'dining_room',
    'office',
    'meeting_room',
    'music_room',
    'hall',
    'room'
];

/** Star-shaped polygons around the origin: simple, of any number of corners, often far from rectangular. */
const polygons = fc.array(fc.double({ min: 1.2, max: 5, noNaN: true }), { minLength: 3, maxLength: 12 }).map((radii) =>
    radii.map((r, i): PlanPoint => {
        const a = (2 * Math.PI * i) / radii.length;
        return [r * Math.cos(a), r * Math.sin(a)];
    })
);

describe('rooms of any simple polygon', () => {
    it('are furnished validly, and their certificate is found again from the graph alone', () => {
        fc.assert(
            fc.property(polygons, fc.constantFrom(...TYPES), fc.integer(), (polygon, type, seed) => {
                fc.pre(selfIntersection(polygon) === null);
                const { graph, certificate } = generateFromPlan(
                    { rooms: [{ type, polygon }] },
                    { rng: Rng.create(seed), seed }
                );
                expect(certificate.violations).toEqual([]);
                expect(certify(JSON.parse(JSON.stringify(graph))).valid).toBe(true);
            }),
            { numRuns: 60 }
        );
    });

    it('are refused if the polygon crosses itself, with what to do', () => {
        const bow: PlanPoint[] = [
            [0, 0],
            [4, 4],
            [4, 0],
            [0, 4]
        ];
        expect(() => generateFromPlan({ rooms: [{ type: 'room', polygon: bow }] }, { rng: Rng.create(1) })).toThrow(
            /cross .* Capture the room again, or list/
        );
    });
});

describe('houses', () => {
    it('have their rooms furnished, joined by doors and free of violations', () => {
        for (let seed = 0; seed < 30; seed++) {
            const { graph, certificate } = generateHouse({ rng: Rng.create(seed), seed, rooms: 1 + (seed % 6) });
            expect(certificate.violations).toEqual([]);
            expect(graph.rooms).toHaveLength(1 + (seed % 6));
            for (const report of certificate.walk) expect(report.doors).toBe(report.doorsBefore);
            // Doors between rooms come in pairs that lie opposite each other.
            const between = graph.openings.filter((o) => o.toRoom);
            expect(between).toHaveLength(2 * (graph.rooms.length - 1));
        }
    });

    it('grow from a tree of rooms: groups stand together and have one door to the rest, not through the bath', () => {
        const suite = { rooms: [{ type: 'bathroom' }, { type: 'bedroom' }] } as const;
        for (let seed = 0; seed < 200; seed++) {
            const rooms = [
                { type: 'kitchen' },
                suite,
                { type: 'living_room', area: 34 },
                { rooms: [suite, { type: 'hall' }] }
            ] as const;
            const plan = drawPlan(rooms, Rng.create(seed));
            expect(plan.rooms.map((r) => r.type).sort()).toEqual([
                'bathroom',
                'bathroom',
                'bedroom',
                'bedroom',
                'hall',
                'kitchen',
                'living_room'
            ]);
            const doors = plan.rooms.map((r) => r.openings!.flatMap((o) => o.toRoom ?? []));
            // A tree: one door less than rooms, each seen from both sides, and all of them reached.
            expect(doors.flat()).toHaveLength(2 * (plan.rooms.length - 1));
            const seen = new Set([0]);
            for (const room of seen) for (const to of doors[room]!) seen.add(to);
            expect(seen.size).toBe(plan.rooms.length);
            plan.rooms.forEach((room, i) => {
                if (room.type !== 'bathroom') return;
                // Rooms come in the order of their groups, the larger one first.
                expect(plan.rooms[i - 1]!.type).toBe('bedroom');
                expect(doors[i]).toEqual([i - 1]);
                const both = [...room.polygon, ...plan.rooms[i - 1]!.polygon];
                const side = (k: 0 | 1): number => {
                    const at = both.map((p) => p[k]);
                    return Math.max(...at) - Math.min(...at);
                };
                // Their rectangle is theirs alone, but for the wall of 12 cm between them.
                const own = [room, plan.rooms[i - 1]!].reduce((sum, r) => sum + polygonArea(r.polygon), 0);
                expect(side(0) * side(1) - own).toBeLessThan(0.13 * Math.max(side(0), side(1)));
            });
        }
    });

    it('grown from a tree are furnished without violations', () => {
        const rooms = [
            { type: 'living_room' },
            { rooms: [{ type: 'bedroom' }, { type: 'bathroom' }] },
            { type: 'hall' }
        ] as const;
        for (let seed = 0; seed < 4; seed++)
            expect(generateHouse({ rng: Rng.create(seed), rooms }).certificate.violations).toEqual([]);
    });

    it('are the same for the same seed and differ between seeds', () => {
        const make = (seed: number): string => JSON.stringify(generateHouse({ rng: Rng.create(seed), seed }).graph);
        expect(make(5)).toBe(make(5));
        expect(make(6)).not.toBe(make(5));
    });

    it('refuse absurd counts and sizes', () => {
        const rng = Rng.create(1);
        expect(() => generateHouse({ rng, rooms: 9 })).toThrow(MixreelError);
        expect(() => generateHouse({ rng, rooms: [] })).toThrow(MixreelError);
        expect(() => generateHouse({ rng, rooms: [{ rooms: [] }] })).toThrow(/group of rooms is empty/);
        let deep: RoomTree = { type: 'room' };
        for (let i = 0; i < 100; i++) deep = { rooms: [deep] };
        expect(() => drawPlan([deep], rng)).toThrow(/more than 6 deep/);
        expect(() => generateHouse({ rng, rooms: [{ type: 'room', area: Number.NaN }] })).toThrow(/NaN m2/);
    });
});
