import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inset, lotsOf } from '../../src/city/lots.ts';
import { RoadGraph } from '../../src/city/road-graph.ts';
import { polygonArea } from '../../src/geometry/polygon.ts';
import type { PlanPoint } from '../../src/graph/scene-graph.ts';

const square: readonly PlanPoint[] = [
    [0, 0],
    [200, 0],
    [200, 200],
    [0, 200]
];

function ringed(): RoadGraph {
    const graph = new RoadGraph();
    const ids = square.map((p) => graph.node(p));
    for (const [k, a] of ids.entries()) graph.join(a, ids[(k + 1) % 4]!, 10, 'boulevard');
    return graph;
}

const offers = fc.array(
    fc.record({
        from: fc.nat(1000),
        angle: fc.double({ min: 0, max: 6.28, noNaN: true }),
        far: fc.integer({ min: 15, max: 150 })
    }),
    { minLength: 1, maxLength: 40 }
);

function grown(list: readonly { from: number; angle: number; far: number }[]): RoadGraph {
    const graph = ringed();
    for (const { from, angle, far } of list) {
        const node = from % graph.nodes.length;
        const [x, z] = graph.nodes[node]!;
        const to: PlanPoint = [x + far * Math.cos(angle), z + far * Math.sin(angle)];
        const inside = to[0] > 1 && to[0] < 199 && to[1] > 1 && to[1] < 199;
        if (inside) graph.extend(node, to, 12, 8, 'street');
    }
    return graph;
}

const side = (a: PlanPoint, b: PlanPoint, p: PlanPoint): number =>
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

describe('a street graph', () => {
    it('is planar whatever is offered: no two streets cross but in a crossing', () => {
        fc.assert(
            fc.property(offers, (list) => {
                const { nodes, edges } = grown(list);
                for (const [i, e] of edges.entries()) {
                    for (const f of edges.slice(i + 1)) {
                        if ([f.a, f.b].some((n) => n === e.a || n === e.b)) continue;
                        const [p, q, r, s] = [e.a, e.b, f.a, f.b].map((n) => nodes[n]!) as [
                            PlanPoint,
                            PlanPoint,
                            PlanPoint,
                            PlanPoint
                        ];
                        const cross = side(p, q, r) * side(p, q, s) < -1e-3 && side(r, s, p) * side(r, s, q) < -1e-3;
                        expect(cross).toBe(false);
                    }
                }
            })
        );
    });

    it('has as many blocks as Euler says, and they fill the ring', () => {
        fc.assert(
            fc.property(offers, (list) => {
                const graph = grown(list);
                graph.prune();
                const used = new Set(graph.edges.flatMap((e) => [e.a, e.b]));
                const faces = graph.faces();
                // V - E + F = 2 for a connected plane graph, the outer face among F.
                expect(used.size - graph.edges.length + faces.length + 1).toBe(2);
                expect(faces.reduce((sum, f) => sum + polygonArea(f.polygon), 0)).toBeCloseTo(40_000, 4);
            })
        );
    });
});

describe('a block', () => {
    it('shrinks by exactly the width of its streets', () => {
        expect(inset(square, [10, 20, 30, 40])).toEqual([
            [40, 10],
            [180, 10],
            [180, 170],
            [40, 170]
        ]);
        expect(inset(square, [101, 1, 101, 1])).toBeNull();
    });

    it('falls apart into lots that fill it but for scraps, each on the street or marked as a courtyard', () => {
        const lots = lotsOf(square, 900, Rng.create(1).stream('lots'));
        const sum = lots.reduce((total, l) => total + polygonArea(l.polygon), 0);
        // What is smaller than a third of a lot is left out; of a square that is nothing.
        expect(sum).toBeCloseTo(40_000, 6);
        for (const { polygon, front } of lots) {
            const border = polygon.map((p, k) => {
                const q = polygon[(k + 1) % polygon.length]!;
                return [0, 1].some((a) =>
                    [0, 200].some((v) => Math.abs(p[a]! - v) < 1e-6 && Math.abs(q[a]! - v) < 1e-6)
                );
            });
            expect(front >= 0).toBe(border.some(Boolean));
            if (front >= 0) expect(border[front]).toBe(true);
        }
    });
});
