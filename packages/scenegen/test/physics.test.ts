import rapier from '@dimforge/rapier3d-compat';
import { Rng } from '@mixreel/core';
import * as recast from 'recast-navigation';
import * as generators from 'recast-navigation/generators';
import { beforeAll, describe, expect, it } from 'vitest';
import {
    boxesOfNode,
    collidersOf,
    generateFromPlan,
    generateHouse,
    type RoomType,
    type SceneGraph,
    SceneNavigation,
    type SceneNode,
    settle
} from '../src/index.ts';

const TYPES: readonly RoomType[] = ['living_room', 'bedroom', 'kitchen', 'bathroom', 'office', 'dining_room'];

const furnished = (type: RoomType, seed: number): SceneGraph =>
    generateFromPlan(
        {
            rooms: [
                {
                    type,
                    polygon: [
                        [0, 0],
                        [5, 0],
                        [5, 4],
                        [0, 4]
                    ],
                    openings: [
                        { type: 'door', wall: 0, offset: 0.8, width: 0.9 },
                        { type: 'window', wall: 2, offset: 2.5, width: 1.4 }
                    ]
                }
            ]
        },
        { rng: Rng.create(seed), seed }
    ).graph;

const nodeOf = (graph: SceneGraph, wanted: (n: SceneNode) => boolean): SceneNode => graph.nodes.find(wanted)!;

describe('the boxes that a scene stops things with', () => {
    it('lie within the boxes of their nodes, and leave room for what stands in them', () => {
        for (const type of TYPES) {
            const graph = furnished(type, 1);
            for (const n of graph.nodes) {
                for (const { center, half } of boxesOfNode(n)) {
                    // Stored sizes are rounded to 0.1 mm.
                    expect(Math.abs(center[0]) + half[0]).toBeLessThanOrEqual(n.dims.width / 2 + 1e-4);
                    expect(center[1] + half[1]).toBeLessThanOrEqual(n.dims.height + 1e-4);
                    expect(center[1] - half[1]).toBeGreaterThanOrEqual(-1e-4);
                    expect(Math.abs(center[2]) + half[2]).toBeLessThanOrEqual(n.dims.depth / 2 + 1e-4);
                }
            }
            const inner = graph.nodes.filter((n) => n.support.surface && n.support.surface !== 'top');
            for (const n of inner) {
                const parent = nodeOf(graph, (p) => p.id === n.support.parent);
                const [s, c] = [Math.sin(parent.pose.yaw), Math.cos(parent.pose.yaw)];
                const [dx, dz] = [n.pose.x - parent.pose.x, n.pose.z - parent.pose.z];
                const middle = [
                    dx * c - dz * s,
                    n.pose.y - parent.pose.y + Math.min(0.01, n.dims.height / 2),
                    dx * s + dz * c
                ];
                const within = boxesOfNode(parent).some(({ center, half }) =>
                    center.every((v, k) => Math.abs(middle[k]! - v) < half[k]! - 1e-3)
                );
                expect(`${n.class} in the wood of ${parent.class}: ${within}`).toBe(
                    `${n.class} in the wood of ${parent.class}: false`
                );
            }
        }
    });

    it('leave doors open and close windows', () => {
        const graph = furnished('office', 2);
        const boxesOf = (id: string): number => collidersOf(graph).find((c) => c.id === id)!.boxes.length;
        const [door, window] = ['door', 'window'].map((type) => graph.openings.find((o) => o.type === type)!.wall);
        // Beside, above and beside; a window is closed where it is.
        expect(boxesOf(door!)).toBe(3);
        expect(boxesOf(window!)).toBe(3);
        const wall = graph.walls.find((w) => w.id === door)!;
        const opening = graph.openings.find((o) => o.wall === door)!;
        const inDoor = collidersOf(graph)
            .find((c) => c.id === wall.id)!
            .boxes.some(
                ({ center, half }) => Math.abs(center[0] - opening.offset) < half[0] && center[1] - half[1] < 1
            );
        expect(inDoor).toBe(false);
    });
});

describe('a furnished room under gravity', () => {
    beforeAll(async () => {
        await rapier.init();
    });

    it.each(TYPES)('stays put: %s', (type) => {
        for (let seed = 0; seed < 4; seed++) {
            const report = settle(furnished(type, seed), rapier);
            expect(report.free).toBeGreaterThan(8);
            expect(report.moved).toEqual([]);
        }
    });

    it('shows what floats, by how far it falls', () => {
        const graph = furnished('living_room', 1);
        const sofa = nodeOf(graph, (n) => n.class === 'sofa');
        const raised = { ...sofa, pose: { ...sofa.pose, y: sofa.pose.y + 0.1 } };
        const alone = graph.nodes.filter((n) => n.support.parent !== sofa.id);
        const report = settle({ ...graph, nodes: alone.map((n) => (n.id === sofa.id ? raised : n)) }, rapier);
        expect(report.stays).toBe(false);
        expect(report.moved[0]!.id).toBe(sofa.id);
        // It lands on the floor, to the engine's contact margin.
        expect(report.moved[0]!.metres).toBeCloseTo(0.1, 1);
    });
});

describe('a navigation mesh', () => {
    it('leads through every room of a house, never over furniture', async () => {
        const { graph } = generateHouse({ rng: Rng.create(4), seed: 4, rooms: 3 });
        const navigation = await SceneNavigation.build(graph, {
            core: recast as never,
            generators: generators as never
        });
        const spot = (room: number): readonly [number, number, number] => {
            const { rectangles } = graph.walkable[room]!;
            const [x0, z0, x1, z1] = [...rectangles].sort(
                (a, b) => (b[2] - b[0]) * (b[3] - b[1]) - (a[2] - a[0]) * (a[3] - a[1])
            )[0]!;
            return [(x0 + x1) / 2, graph.rooms[room]!.floorY, (z0 + z1) / 2];
        };
        for (let room = 1; room < graph.rooms.length; room++) {
            const path = navigation.path(spot(0), spot(room));
            expect(path).not.toBeNull();
            // Recast's ground lies on its cells: two of them above the floor at most.
            for (const [, y] of path!) expect(y).toBeLessThan(0.05);
        }
        const { positions } = navigation.triangles();
        for (let i = 1; i < positions.length; i += 3) expect(positions[i]).toBeLessThan(0.05);
        navigation.destroy();
        navigation.destroy();
    });

    it('is refused for walkers that do not exist and rooms that nobody can walk in', async () => {
        const graph = furnished('office', 1);
        const modules = { core: recast as never, generators: generators as never };
        await expect(SceneNavigation.build(graph, modules, { radius: 0 })).rejects.toThrow(/radius/);
        const block = { ...graph.nodes[0]!, id: 'block', class: 'obstacle', real: true };
        const full = { ...block, dims: { width: 6, height: 2, depth: 5 }, pose: { x: 2.5, y: 0, z: 2, yaw: 0 } };
        await expect(SceneNavigation.build({ ...graph, nodes: [full] }, modules)).rejects.toThrow(/ground|recast/);
    });
});
