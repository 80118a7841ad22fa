import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BuildingDerivation, MassIndex } from '../../src/city/derive-building.ts';
import { checkGrammar, splitLengths } from '../../src/city/shape-grammar.ts';
import { pointInPolygon } from '../../src/geometry/polygon.ts';
import type { PlanPoint } from '../../src/graph/scene-graph.ts';
import { BUILDING_GRAMMARS, CityWorld, type Grammar } from '../../src/index.ts';

const size = (s: number | readonly [number, number]): number => (typeof s === 'number' ? s : s[0]);
const plot = (w: number, d: number, x = 0, z = 0): PlanPoint[] => [
    [x, z],
    [x + w, z],
    [x + w, z + d],
    [x, z + d]
];

describe('a split', () => {
    it('fills its length exactly, whatever its parts', () => {
        const part = fc.oneof(
            fc.record({ size: fc.double({ min: 0.1, max: 5, noNaN: true }), rule: fc.constant('a') }),
            fc.record({ share: fc.double({ min: 0.1, max: 5, noNaN: true }), rule: fc.constant('b') })
        );
        const repeat = fc.record({ repeat: fc.double({ min: 0.2, max: 4, noNaN: true }), rule: fc.constant('r') });
        fc.assert(
            fc.property(
                fc.array(part, { maxLength: 5 }),
                repeat,
                fc.double({ min: 0.5, max: 90, noNaN: true }),
                (parts, r, length) => {
                    const made = splitLengths([...parts, r], length, size);
                    const sum = made.reduce((total, p) => total + p.length, 0);
                    expect(sum).toBeCloseTo(length, 6);
                    expect(made.every((p) => p.length >= 0)).toBe(true);
                    // Repeated parts have one length, within half to twice of the wish where two or more fit.
                    const copies = made.filter((p) => p.rule === 'r');
                    if (copies.length < 2) return;
                    expect(copies[0]!.length).toBeGreaterThan(r.repeat * 0.66);
                    expect(copies[0]!.length).toBeLessThan(r.repeat * 1.51);
                }
            )
        );
    });
});

describe('a building', () => {
    it('has no window behind a wall: nothing stands before any element of a tile', () => {
        const tile = new CityWorld({ seed: 11 }).tile(1, 1);
        const masses = tile.buildings.flatMap((b) => b.masses);
        const windows = tile.buildings.flatMap((b) => b.elements.filter((e) => e.element !== 'roofUnit'));
        expect(windows.length).toBeGreaterThan(1000);
        const hidden = windows.filter((e) => {
            const [x, z] = [e.x + 0.2 * Math.sin(e.yaw), e.z + 0.2 * Math.cos(e.yaw)];
            return masses.some((m) => e.y + 0.5 > m.y0 && e.y + 0.5 < m.y1 && pointInPolygon(m.polygon, x, z));
        });
        expect(hidden).toEqual([]);
    });

    it('has none where its own wing or a neighbour stands, and has them again where that is gone', () => {
        const grammar = checkGrammar({
            start: { do: 'extrude', height: 6, rule: 'faces' },
            faces: { do: 'comp', side: 'bays' },
            bays: { do: 'split', axis: 'x', parts: [{ repeat: 2, rule: 'bay' }] },
            bay: { do: 'when', is: 'occluded', rule: 'plain', else: 'window' },
            window: { do: 'place', element: 'window' },
            plain: { do: 'wall', material: 'wall' }
        });
        const windows = (neighbour: boolean): number => {
            const index = new MassIndex();
            const make = (name: string, polygon: PlanPoint[]): BuildingDerivation => {
                const d = new BuildingDerivation(name, grammar, Rng.create(1).stream(name), index, 0);
                d.raise(polygon, 0, 0);
                return d;
            };
            const house = make('house', plot(10, 10));
            if (neighbour) make('neighbour', plot(10, 10, 10.02, 0));
            house.finish();
            return house.elements.length;
        };
        // Four sides of five bays; the neighbour's wall is 2 cm from one of them.
        expect(windows(false)).toBe(20);
        expect(windows(true)).toBe(15);
    });

    it('lines the storeys of its masses up on the first one’s', () => {
        const index = new MassIndex();
        const grammar = checkGrammar({
            start: { do: 'all', rules: ['main', 'side'] },
            main: { do: 'part', x: [0, 0.5], z: [0, 1], rule: 'mainBody' },
            side: { do: 'part', x: [0.6, 1], z: [0, 1], rule: 'sideBody' },
            mainBody: { do: 'extrude', height: 12, rule: 'faces' },
            sideBody: { do: 'extrude', height: 10.2, rule: 'faces' },
            faces: { do: 'comp', side: 'storeys' },
            storeys: { do: 'split', axis: 'y', snap: true, parts: [{ repeat: 3, rule: 'window' }] },
            window: { do: 'place', element: 'window' }
        });
        const d = new BuildingDerivation('b', grammar, Rng.create(1).stream('b'), index, 0);
        d.raise(plot(20, 8), 0, 0);
        d.finish();
        const floors = [...new Set(d.elements.map((e) => Math.round(e.y * 1e6) / 1e6))].sort((a, b) => a - b);
        // 12 m are four storeys of 3 m; 10.2 m would be three of 3.4 m, and follow.
        expect(floors).toEqual([0, 3, 6, 9]);
    });

    it('is closed above and has walls as high as its masses, for every style and footprint', () => {
        fc.assert(
            fc.property(
                fc.constantFrom('house', 'block', 'tower' as const),
                fc.integer({ min: 9, max: 40 }),
                fc.integer({ min: 9, max: 40 }),
                fc.integer(),
                (kind, w, depth, seed) => {
                    const d = new BuildingDerivation(
                        'b',
                        BUILDING_GRAMMARS[kind as 'house'],
                        Rng.create(seed).stream('b'),
                        new MassIndex(),
                        2
                    );
                    d.raise(plot(w, depth), 0, 0);
                    d.finish();
                    expect(d.masses.length).toBeGreaterThan(0);
                    const top = Math.max(...d.masses.map((m) => m.y1));
                    let highest = 0;
                    for (const part of d.mesh.parts.values()) {
                        const { positions, normals } = part;
                        for (let i = 1; i < positions.length; i += 3) highest = Math.max(highest, positions[i]!);
                        // Unit normals, to single precision.
                        for (let i = 0; i < normals.length; i += 3)
                            expect(
                                Math.abs(Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!) - 1)
                            ).toBeLessThan(1e-5);
                    }
                    expect(highest).toBeGreaterThanOrEqual(top - 1e-4);
                }
            ),
            { numRuns: 25 }
        );
    });
});

describe('a grammar', () => {
    const wall: Grammar['start'] = { do: 'wall', material: 'wall' };
    it('is refused where it names nothing, splits badly or goes round in a circle', () => {
        expect(() => checkGrammar({ begin: wall } as unknown as Grammar)).toThrow(/start/);
        expect(() => checkGrammar({ start: { do: 'lift', by: 1, rule: 'nowhere' } })).toThrow(/nowhere/);
        expect(() => checkGrammar({ start: { do: 'jump' } as never })).toThrow(/jump/);
        expect(() =>
            checkGrammar({
                start: {
                    do: 'split',
                    axis: 'x',
                    parts: [
                        { repeat: 1, rule: 'a' },
                        { repeat: 2, rule: 'a' }
                    ]
                },
                a: wall
            })
        ).toThrow(/repeat/);
        const circle = checkGrammar({ start: { do: 'lift', by: 1, rule: 'start' } });
        const d = new BuildingDerivation('b', circle, Rng.create(1).stream('b'), new MassIndex(), 0);
        expect(() => d.raise(plot(9, 9), 0, 0)).toThrow(/circle/);
    });

    it('of a user’s own builds a town', () => {
        const own: Grammar = {
            start: { do: 'extrude', height: 9, rule: 'box' },
            box: { do: 'comp', side: 'plain', top: 'lid' },
            plain: wall,
            lid: { do: 'roof', kind: 'flat', material: 'gravel', wall: 'wall' }
        };
        const tile = new CityWorld({ seed: 1, grammars: { house: own, block: own, tower: own } }).tile(0, 0);
        expect(
            new Set(tile.buildings.flatMap((b) => b.masses.map((m) => Math.round((m.y1 - m.y0) * 1e6) / 1e6)))
        ).toEqual(new Set([9]));
    });
});
