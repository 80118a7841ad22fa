import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { certify, RoamingWorld, readCapture, readGraph, SCAN_CELL, type TriangleMesh } from '../../src/index.ts';
import { CAPTURES, captureJson } from '../support/captures.ts';

/** The triangles of a scan in the order in which somebody walking away from its first vertex would see them. */
function* piecesOf(mesh: TriangleMesh, count: number): Generator<TriangleMesh> {
    const { positions: p, indices } = mesh;
    const far = (t: number): number => Math.hypot(p[indices[t]! * 3]! - p[0]!, p[indices[t]! * 3 + 2]! - p[2]!);
    const triangles = Array.from({ length: indices.length / 3 }, (_, i) => 3 * i).sort((a, b) => far(a) - far(b));
    for (let i = 0; i < count; i++) {
        const part = triangles.slice((i * triangles.length) / count, ((i + 1) * triangles.length) / count);
        yield { positions: p, indices: Uint32Array.from(part.flatMap((t) => [0, 1, 2].map((k) => indices[t + k]!))) };
    }
}

describe('a roaming world', () => {
    it.each(CAPTURES)(
        'grows with the scan of %s: always valid, rooms never move, every obstacle in them blocked',
        (name) => {
            const capture = readCapture(captureJson(name));
            const world = new RoamingWorld({ rng: Rng.create(2), floorY: capture.floorY });
            let rooms: readonly unknown[] = [];
            for (const piece of piecesOf(capture.meshes[0]!, 6)) {
                const scene = world.grow(piece);
                if (!scene) continue;
                expect(scene.certificate.violations).toEqual([]);
                expect(scene.graph.dropped).toEqual([]);
                expect(scene.graph.rooms.slice(0, rooms.length)).toEqual(rooms);
                rooms = scene.graph.rooms;
            }
            const { graph } = world.scene!;
            expect(graph.rooms.length).toBeGreaterThanOrEqual(1);
            expect(() => readGraph(graph)).not.toThrow();
            // By hand over the map: whoever walks in a virtual room meets nothing real that does not block there too.
            const { map } = world;
            let walked = 0;
            for (const { rectangles } of graph.walkable) {
                for (const [x0, z0, x1, z1] of rectangles) {
                    for (let x = x0 + 0.05; x < x1; x += SCAN_CELL) {
                        for (let z = z0 + 0.05; z < z1; z += SCAN_CELL) {
                            const cell =
                                Math.floor((z + 32) / SCAN_CELL) * map.columns + Math.floor((x + 32) / SCAN_CELL);
                            expect(map.state[cell]).toBe(1);
                            walked++;
                        }
                    }
                }
            }
            expect(walked).toBeGreaterThan(0);
        }
    );

    it('joins two halls by a passage that can be walked and blocks what appears later', () => {
        const world = new RoamingWorld({ rng: Rng.create(1) });
        world.map.mark(0, 0, 9, 4, 0);
        const first = world.follow()!;
        expect(first.graph.rooms).toHaveLength(2);
        const passages = first.graph.openings.filter((o) => o.type === 'passage');
        expect(passages.map((o) => o.toRoom).sort()).toEqual(['room-1', 'room-2']);
        expect(first.certificate.walk.every((w) => w.doors === 1)).toBe(true);
        world.map.mark(2, 1, 2.6, 1.8, 0.8);
        const second = world.follow()!;
        expect(second.graph.rooms).toEqual(first.graph.rooms);
        const blockers = second.graph.nodes.filter((n) => n.covers);
        expect(blockers).toHaveLength(1);
        expect(blockers[0]!.dims.height).toBeCloseTo(0.8, 4);
        expect(certify(second.graph)).toMatchObject({ valid: true, realCovered: 1 });
        world.map.mark(2, 1, 2.6, 1.8, 0);
        expect(world.follow()!.graph.nodes.filter((n) => n.covers)).toEqual([]);
    });

    it('does nothing without news and makes the same world of the same news', () => {
        const run = (): RoamingWorld => {
            const world = new RoamingWorld({ rng: Rng.create(4) });
            world.map.mark(-2, -2, 3, 2, 0);
            world.follow();
            return world;
        };
        const world = run();
        expect(world.follow()).toBe(world.scene);
        expect(run().scene).toEqual(world.scene);
        expect(new RoamingWorld({ rng: Rng.create(4) }).follow()).toBeNull();
    });
});
