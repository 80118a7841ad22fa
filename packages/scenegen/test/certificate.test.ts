import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certified } from '../src/generators/repair.ts';
import {
    certify,
    generateFromCapture,
    readCapture,
    type SceneGraph,
    type SceneNode,
    type Violation
} from '../src/index.ts';
import { fixtureCapture } from './support/captures.ts';

const { graph } = generateFromCapture(readCapture(fixtureCapture()), { rng: Rng.create(4), seed: 4 });
const change = (id: string, to: (n: SceneNode) => SceneNode): SceneGraph => ({
    ...graph,
    nodes: graph.nodes.map((n) => (n.id === id ? to(n) : n))
});
const moved = (id: string, by: { x?: number; y?: number; z?: number }): SceneGraph =>
    change(id, (n) => ({
        ...n,
        pose: { ...n.pose, x: n.pose.x + (by.x ?? 0), y: n.pose.y + (by.y ?? 0), z: n.pose.z + (by.z ?? 0) }
    }));
const rules = (g: SceneGraph): Violation['rule'][] => certify(g).violations.map((v) => v.rule);
const node = (
    id: string,
    x: number,
    z: number,
    size: readonly [number, number, number],
    more: Partial<SceneNode> = {}
): SceneNode => ({
    id,
    class: 'chest',
    room: 'room-1',
    dims: { width: size[0], height: size[1], depth: size[2] },
    pose: { x, y: graph.rooms[0]!.floorY, z, yaw: 0 },
    support: { kind: 'floor', parent: 'floor-room-1' },
    variant: 0,
    locked: false,
    real: false,
    priority: 0.1,
    provenance: { generator: 'test', source: '' },
    ...more
});
const plus = (...extra: SceneNode[]): SceneGraph => ({ ...graph, nodes: [...graph.nodes, ...extra] });

describe('the certificate', () => {
    it('finds nothing wrong with a generated scene', () => {
        expect(certify(graph)).toMatchObject({
            valid: true,
            collisions: 0,
            outOfBounds: 0,
            blockedOpenings: 0,
            unsupported: 0,
            unreachable: 0,
            uncovered: 0
        });
    });

    it('finds a thing moved into another, through a wall, off the floor, and off what it stood on', () => {
        const sofa = graph.nodes.find((n) => n.class === 'sofa' && !n.real)!;
        expect(rules(plus(node('box', sofa.pose.x, sofa.pose.z, [0.3, 0.3, 0.3])))).toContain('collision');
        expect(rules(moved(sofa.id, { z: 0.5 }))).toContain('out-of-bounds');
        expect(rules(moved(sofa.id, { y: 0.02 }))).toContain('unsupported');
        const lamp = graph.nodes.find((n) => n.class === 'table_lamp')!;
        expect(rules(moved(lamp.id, { y: 0.02 }))).toContain('unsupported');
        expect(rules(moved(lamp.id, { x: 1.5 }))).toContain('unsupported');
    });

    it('finds a real obstacle that shows, a door that is blocked, a window that is covered', () => {
        const sofa = graph.nodes.find((n) => n.class === 'sofa' && !n.real)!;
        expect(rules(change(sofa.id, (n) => ({ ...n, dims: { ...n.dims, width: n.dims.width - 0.1 } })))).toContain(
            'uncovered'
        );
        expect(rules(plus(node('box', 0.85, 0.5, [0.4, 0.4, 0.4])))).toContain('blocked-opening');
        expect(rules(plus(node('tall', 4.75, 2, [0.4, 1.8, 0.4])))).toContain('blocked-opening');
    });

    it('finds a room that is cut in two', () => {
        const empty: SceneGraph = { ...graph, nodes: [], relations: [] };
        // A wall of boxes across the room, with a gap of 0.3 m that a walker of 0.4 m cannot pass.
        const fence = node('fence', 2.5, 1.85, [0.3, 1, 3.7], { priority: 0.2 });
        expect(rules({ ...empty, nodes: [fence] })).toContain('unreachable');
        const gate = node('fence', 2.5, 1.7, [0.3, 1, 3.4], { priority: 0.2 });
        expect(rules({ ...empty, nodes: [gate] })).not.toContain('unreachable');
    });

    it('agrees with sampling about which boxes meet', () => {
        const shape = fc.record({
            x: fc.double({ min: 1.5, max: 3.5, noNaN: true }),
            z: fc.double({ min: 1.2, max: 2.8, noNaN: true }),
            w: fc.double({ min: 0.1, max: 1.4, noNaN: true }),
            d: fc.double({ min: 0.1, max: 1.4, noNaN: true }),
            yaw: fc.double({ min: -4, max: 4, noNaN: true })
        });
        const empty: SceneGraph = { ...graph, nodes: [], relations: [] };
        fc.assert(
            fc.property(shape, shape, (a, b) => {
                const [p, q] = [a, b].map((s, i) => {
                    const n = node(`n${i}`, s.x, s.z, [s.w, 0.5, s.d]);
                    return { ...n, pose: { ...n.pose, yaw: s.yaw } };
                }) as [SceneNode, SceneNode];
                const collides = certify({ ...empty, nodes: [p, q] }).collisions > 0;
                const inside = (n: SceneNode, x: number, z: number, grow: number): boolean => {
                    const [s, c] = [Math.sin(n.pose.yaw), Math.cos(n.pose.yaw)];
                    const [dx, dz] = [x - n.pose.x, z - n.pose.z];
                    return (
                        Math.abs(dx * c - dz * s) < n.dims.width / 2 + grow &&
                        Math.abs(dx * s + dz * c) < n.dims.depth / 2 + grow
                    );
                };
                let met = false;
                for (let i = 0; i <= 60; i++) {
                    for (let j = 0; j <= 60; j++) {
                        const [u, v] = [(i / 60 - 0.5) * p.dims.width, (j / 60 - 0.5) * p.dims.depth];
                        const [s, c] = [Math.sin(p.pose.yaw), Math.cos(p.pose.yaw)];
                        // Deeper than the tolerance of 2 mm, and than the spacing of the samples can hide.
                        met ||=
                            inside(q, p.pose.x + c * u + s * v, p.pose.z - s * u + c * v, -0.003) &&
                            Math.abs(u) < p.dims.width / 2 - 0.003 &&
                            Math.abs(v) < p.dims.depth / 2 - 0.003;
                    }
                }
                if (met) expect(collides).toBe(true);
            }),
            { numRuns: 150 }
        );
    });

    it('makes a generator drop the weakest thing of a conflict, with what stood on it, and say so', () => {
        const low = node('low', 2.5, 0.8, [0.4, 0.4, 0.4], { priority: 0.1 });
        const high = node('high', 2.6, 0.8, [0.4, 0.4, 0.4], { priority: 0.5 });
        const mug = node('mug', 2.45, 0.8, [0.1, 0.1, 0.1], {
            class: 'mug',
            support: { kind: 'node', parent: 'low', surface: 'top' },
            pose: { x: 2.45, y: graph.rooms[0]!.floorY + 0.4, z: 0.8, yaw: 0 }
        });
        const { graph: mended, certificate } = certified({
            ...graph,
            nodes: [low, high, mug],
            relations: [],
            groups: [],
            dropped: []
        });
        expect(certificate.valid).toBe(true);
        expect(mended.nodes.map((n) => n.id)).toEqual(['high']);
        expect(mended.dropped).toEqual([
            { id: 'low', class: 'chest', reason: 'collision with high' },
            { id: 'mug', class: 'mug', reason: 'stood on low' }
        ]);
        expect(() =>
            certified({
                ...graph,
                nodes: [
                    { ...low, locked: true },
                    { ...high, locked: true }
                ],
                relations: [],
                groups: []
            })
        ).toThrow(/collision between .*Unlock/);
    });
});
