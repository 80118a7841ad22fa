import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateFromCapture, readCapture } from '../src/index.ts';
import { box, CAPTURES, captureJson, fixtureCapture, upright, wallFace } from './support/captures.ts';

type Entities = { spatialEntities: Record<string, unknown>[] };

describe('a captured room', () => {
    it('has the outline, heights, openings and boxes that were recorded', () => {
        const room = readCapture(fixtureCapture(), { name: 'fixture' });
        expect(room.type).toBe('living_room');
        expect(room.height).toBeCloseTo(2.6, 4);
        const sorted = [...room.polygon].map(([x, z]) => `${Math.round(x)},${Math.round(z)}`).sort();
        expect(sorted).toEqual(['0,0', '0,4', '5,0', '5,4']);
        expect(room.openings.map((o) => [o.type, o.sill, o.width])).toEqual([
            ['door', 0, 0.9],
            ['window', 0.9, 2]
        ]);
        const couch = room.objects.find((o) => o.label === 'couch')!;
        expect(
            [couch.x, couch.z, couch.width, couch.height, couch.depth].map((v) => Math.round(v * 100) / 100)
        ).toEqual([2.6, 3.5, 1.9, 0.8, 0.9]);
        expect(Math.abs(couch.yaw)).toBeCloseTo(Math.PI, 3);
    });

    it.each(CAPTURES)('%s closes around its floor plane to 5 %% of its area', (name) => {
        const json = captureJson(name) as unknown as Entities;
        const room = readCapture(json);
        const floor = json.spatialEntities.find((e) => e['semanticLabel_META'] === 'FLOOR')!['bounded2D_META'] as {
            extent: { width: number; height: number };
        };
        let twice = 0;
        room.polygon.forEach(([x, z], i) => {
            const [u, v] = room.polygon[(i + 1) % room.polygon.length]!;
            twice += x * v - u * z;
        });
        // The floor plane is the bounding rectangle of the outline: L- and T-shaped rooms fill at least half of it.
        expect(twice / 2).toBeLessThan(1.05 * floor.extent.width * floor.extent.height);
        expect(twice / 2).toBeGreaterThan(0.5 * floor.extent.width * floor.extent.height);
    });

    it.each([
        ['no walls', { spatialEntities: [] }, /has 0 walls .*Capture the room with its walls/],
        ['no entities', { type: 'scene' }, /spatialEntities is missing/],
        ['text that is not JSON', '{"spatial', /not JSON/],
        ['null', null, /spatialEntities/],
        [
            'a gap in the walls',
            {
                spatialEntities: [
                    wallFace([0, 0], [5, 0]),
                    wallFace([5, 0], [5, 4]),
                    wallFace([5, 4], [2, 4]),
                    wallFace([0, 4], [0, 0])
                ]
            },
            /gap of 2\.\d+ m/
        ],
        [
            'no height',
            {
                spatialEntities: [
                    wallFace([0, 0], [5, 0], 0),
                    wallFace([5, 0], [5, 4], 0),
                    wallFace([5, 4], [0, 4], 0),
                    wallFace([0, 4], [0, 0], 0)
                ]
            },
            /0\.00 m high/
        ],
        [
            'walls that cross',
            {
                spatialEntities: [
                    wallFace([0, 0], [4, 4]),
                    wallFace([4, 4], [4, 0]),
                    wallFace([4, 0], [0, 4]),
                    wallFace([0, 4], [0, 0])
                ]
            },
            /cross/
        ]
    ] as const)('with %s is refused with what to do', (_, json, message) => {
        expect(() => readCapture(json)).toThrow(MixreelError);
        expect(() => readCapture(json)).toThrow(message);
    });

    it('with a NaN, a negative size, a broken mesh or too many entities is refused', () => {
        const broken = (change: (e: Record<string, any>) => void): unknown => {
            const json = fixtureCapture() as unknown as Entities;
            change(json.spatialEntities[6]!);
            return json;
        };
        for (const [change, message] of [
            [(e: any) => (e.locatable_META.position.x = Number.NaN), /position\.x is NaN/],
            [(e: any) => (e.locatable_META.orientation = { x: 0, y: 0, z: 0, w: 0 }), /unit quaternion/],
            [(e: any) => (e.bounded3D_META.extent.width = -1), /extent\.width is -1/],
            [(e: any) => (e.triangleMesh_META = { vertices: '!!', indices: '' }), /not base64/],
            [(e: any) => (e.triangleMesh_META = { vertices: 'AAAA', indices: '' }), /multiples of 12/]
        ] as const) {
            expect(() => readCapture(broken(change))).toThrow(message);
        }
        const many = { spatialEntities: Array.from({ length: 5000 }, () => wallFace([0, 0], [1, 0])) };
        expect(() => readCapture(many)).toThrow(/5000 entities/);
    });

    it('never throws anything but MixreelError, whatever one value of it becomes', () => {
        const junk = fc.oneof(
            fc.anything(),
            fc.double(),
            fc.constantFrom(Number.NaN, Infinity, -1e300, '', 'AAAA', [], {}, null)
        );
        fc.assert(
            fc.property(fc.nat(), junk, (where, value) => {
                const json = fixtureCapture();
                const places: [Record<string, unknown>, string][] = [];
                const walk = (at: unknown): void => {
                    if (typeof at !== 'object' || at === null) return;
                    for (const key of Object.keys(at)) {
                        places.push([at as Record<string, unknown>, key]);
                        walk((at as Record<string, unknown>)[key]);
                    }
                };
                walk(json);
                const [holder, key] = places[where % places.length]!;
                holder[key] = value;
                try {
                    const scene = generateFromCapture(readCapture(json), { rng: Rng.create(1) });
                    expect(scene.certificate.valid).toBe(true);
                } catch (error) {
                    if (!(error instanceof MixreelError)) throw error;
                }
            }),
            { numRuns: 300 }
        );
    });

    it('with boxes thrown anywhere still gives a valid scene that says what it could not cover', () => {
        const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
        const thing = fc.record({
            label: fc.constantFrom('COUCH', 'TABLE', 'STORAGE', 'LAMP', 'PLANT', 'SCREEN', 'BED', 'OTHER'),
            x: number(-1, 6),
            y: number(0, 2),
            z: number(-1, 5),
            yaw: number(-4, 4),
            w: number(0.05, 2.5),
            h: number(0.05, 2.4),
            d: number(0.05, 1.5)
        });
        fc.assert(
            fc.property(fc.array(thing, { maxLength: 8 }), fc.integer(), (things, seed) => {
                const corners = [
                    [0, 0],
                    [5, 0],
                    [5, 4],
                    [0, 4]
                ] as const;
                const walls = corners.map((a, i) => wallFace(a, corners[(i + 1) % 4]!));
                const boxes = things.map((t) => box(t.label, t.x, t.y, t.z, t.yaw, [t.w, t.h, t.d]));
                const json = {
                    spatialEntities: [...walls, upright('DOOR_FRAME', [0.4, 0], [1.3, 0], 0, 2.05), ...boxes]
                };
                const { graph, certificate } = generateFromCapture(readCapture(json), { rng: Rng.create(seed) });
                expect(certificate.violations).toEqual([]);
                // What is real and in the graph is covered, or a virtual thing that should have covered it is in `dropped`.
                if (certificate.realExposed > 0) expect(graph.dropped.length).toBeGreaterThan(0);
            }),
            { numRuns: 80 }
        );
    });
});
