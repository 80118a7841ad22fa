import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointInPolygon, polygonArea } from '../../src/geometry/polygon.ts';
import { birdsEye, type CityTile, CityWorld, GROUND_CLASSES, type PlanPoint, TILE } from '../../src/index.ts';

const at = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }));

/** Everything of a tile that has a form, as plain data. */
const plain = (t: CityTile): unknown => ({
    outline: t.outline,
    roads: t.roads?.edges,
    nodes: t.roads?.nodes,
    lots: t.lots,
    buildings: t.buildings.map((b) => ({ ...b, mesh: b.mesh.triangles })),
    ground: t.ground.triangles,
    elements: t.elements
});

describe('tiles of an endless city', () => {
    it('are the same whatever was made before them', () => {
        const forwards = new CityWorld({ seed: 3, urban: 0.5 });
        const backwards = new CityWorld({ seed: 3, urban: 0.5 });
        const cells = [
            [0, 0],
            [1, 0],
            [-1, 2]
        ] as const;
        const first = cells.map(([i, j]) => plain(forwards.tile(i, j, 1)));
        const second = [...cells].reverse().map(([i, j]) => plain(backwards.tile(i, j, 1)));
        expect(second.reverse()).toEqual(first);
        expect(plain(new CityWorld({ seed: 4, urban: 0.5 }).tile(0, 0, 1))).not.toEqual(first[0]);
    });

    it('meet without a seam: neighbours have the same boulevard, point by point', () => {
        fc.assert(
            fc.property(at, ([i, j]) => {
                const world = new CityWorld({ seed: 9 });
                const keys = (t: CityTile): Set<string> => new Set(t.outline.map((p) => p.join()));
                const [here, right] = [keys(world.tile(i, j, 2)), keys(world.tile(i + 1, j, 2))];
                // A boulevard has five points, ends included.
                expect([...here].filter((p) => right.has(p))).toHaveLength(5);
            }),
            { numRuns: 3 }
        );
    });

    it('stand level in town and join the hills beyond it without a step', () => {
        const { terrain } = new CityWorld({ seed: 5, urban: 0.3 });
        fc.assert(
            fc.property(at, fc.double({ min: 0, max: 1, noNaN: true }), ([i, j], t) => {
                if (terrain.density(i, j) > 0) expect(terrain.height((i + t) * TILE, (j + t) * TILE)).toBe(0);
                // 10 cm apart the land differs by less than 30 cm: no cliff, at tile borders or anywhere else.
                const x = i * TILE;
                const z = (j + t) * TILE;
                expect(Math.abs(terrain.height(x - 0.05, z) - terrain.height(x + 0.05, z))).toBeLessThan(0.3);
            })
        );
    });

    it('have blocks, lots and buildings that keep to themselves', () => {
        for (const pattern of ['grid', 'radial', 'organic'] as const) {
            const tile = new CityWorld({ seed: 7, pattern }).tile(2, -3, 2);
            expect(tile.buildings.length).toBeGreaterThan(10);
            const whole = polygonArea(tile.outline);
            const faces = tile.roads!.faces();
            // The faces of a planar graph within its outer ring fill it.
            expect(faces.reduce((sum, f) => sum + polygonArea(f.polygon), 0)).toBeCloseTo(whole, 3);
            const onLots = (p: PlanPoint): number => tile.lots.filter((l) => pointInPolygon(l.polygon, ...p)).length;
            for (const b of tile.buildings) {
                const n = b.footprint.length;
                const middle = b.footprint.reduce<PlanPoint>((s, p) => [s[0] + p[0] / n, s[1] + p[1] / n], [0, 0]);
                expect(onLots(middle)).toBe(1);
                // Corners moved a centimetre inwards lie on one lot only.
                const inner = b.footprint.map(
                    (p): PlanPoint => [
                        p[0] + 0.01 * Math.sign(middle[0] - p[0]),
                        p[1] + 0.01 * Math.sign(middle[1] - p[1])
                    ]
                );
                expect(inner.filter((p) => onLots(p) > 1)).toEqual([]);
            }
        }
    });

    it('show fewer triangles from afar and keep every mass', () => {
        const world = new CityWorld({ seed: 2 });
        const tiles = ([0, 1, 2] as const).map((detail) => world.tile(0, 0, detail));
        const triangles = tiles.map((t) => t.buildings.reduce((sum, b) => sum + b.mesh.triangles, 0));
        const masses = tiles.map((t) => t.buildings.map((b) => b.masses));
        expect(triangles[2]! * 8).toBeLessThan(triangles[0]!);
        expect(masses[1]).toEqual(masses[0]);
        expect(masses[2]).toEqual(masses[0]);
        // Detail 1 draws windows flat instead of placing them.
        expect(tiles[1]!.buildings.flatMap((b) => b.elements).every((e) => e.element === 'roofUnit')).toBe(true);
    });

    it('are drawn from above with the height and the class of what stands there', () => {
        const world = new CityWorld({ seed: 1 });
        const tile = world.tile(0, 0, 2);
        const map = birdsEye(tile, world.terrain, 128);
        const name = (x: number, z: number): string =>
            GROUND_CLASSES[map.classes[Math.floor(z / map.cell) * map.size + Math.floor(x / map.cell)]!]!;
        let checked = 0;
        for (let r = 0; r < map.size; r += 7) {
            for (let c = 0; c < map.size; c += 5) {
                const [x, z] = [(c + 0.5) * map.cell, (r + 0.5) * map.cell];
                const over = tile.buildings.flatMap((b) => b.masses.filter((m) => pointInPolygon(m.polygon, x, z)));
                const cell = r * map.size + c;
                expect(map.height[cell]).toBeCloseTo(Math.max(0, ...over.map((m) => m.y1)), 4);
                expect(name(x, z) === 'building').toBe(over.length > 0);
                if (over.length > 0) expect(tile.buildings[map.instances[cell]! - 1]!.masses).toContain(over.at(-1));
                checked += over.length;
            }
        }
        expect(checked).toBeGreaterThan(20);
    });

    it('refuse what is no tile and no world', () => {
        expect(() => new CityWorld({ seed: 0.5 })).toThrow(/integer/);
        expect(() => new CityWorld({ seed: 1, urban: 2 })).toThrow(/0 to 1/);
        expect(() => new CityWorld({ seed: 1 }).tile(0.5, 0)).toThrow(/integers/);
        expect(() =>
            birdsEye(new CityWorld({ seed: 1, urban: 0 }).tile(0, 0, 2), new CityWorld({ seed: 1 }).terrain, 2)
        ).toThrow(/8 to 4096/);
    });
});
