import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfIntersection } from '../src/geometry/polygon.ts';
import { certify, generateFromPlan, generateHouse, type PlanPoint, type RoomType } from '../src/index.ts';

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

    it('are the same for the same seed and differ between seeds', () => {
        const make = (seed: number): string => JSON.stringify(generateHouse({ rng: Rng.create(seed), seed }).graph);
        expect(make(5)).toBe(make(5));
        expect(make(6)).not.toBe(make(5));
    });

    it('refuse absurd counts and sizes', () => {
        const rng = Rng.create(1);
        expect(() => generateHouse({ rng, rooms: 9 })).toThrow(MixreelError);
        expect(() => generateHouse({ rng, rooms: [] })).toThrow(MixreelError);
        expect(() => generateHouse({ rng, rooms: [{ type: 'room', area: Number.NaN }] })).toThrow(/NaN m2/);
    });
});
