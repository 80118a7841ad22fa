import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certified } from '../src/generators/repair.ts';
import {
    certify,
    type Dimensions,
    type FloorPlan,
    generateFromPlan,
    graphOfPlan,
    type KeepOut,
    Layout,
    measureRelation,
    type PlacementRequest,
    type PlanPoint,
    type Pose,
    type Relation,
    type RelationType,
    refineLayout,
    type SceneGraph,
    type SceneNode,
    solveRelations
} from '../src/index.ts';

const PLAN: FloorPlan = {
    rooms: [
        {
            type: 'bedroom',
            polygon: [
                [0, 0],
                [5, 0],
                [5, 4],
                [0, 4]
            ],
            openings: [
                { type: 'door', wall: 0, offset: 0.8, width: 0.9 },
                { type: 'window', wall: 2, offset: 2.5, width: 1.6 }
            ]
        }
    ]
};
const rng = Rng.create(5);
const shell = graphOfPlan(PLAN, { rng, style: 'modern' });

function layoutWith(nodes: readonly SceneNode[] = [], keepOuts: readonly KeepOut[] = []): Layout {
    const layout = new Layout(shell.rooms[0]!, shell.walls, shell.openings, new Map(), keepOuts);
    for (const n of nodes) layout.add(n);
    return layout;
}

const size = (width: number, depth: number, height = 0.5): Dimensions => ({ width, depth, height });

function ask(id: string, dims: Dimensions, more: Partial<PlacementRequest> = {}): PlacementRequest {
    const provenance = { generator: 'test', source: '' };
    return { id, class: id.replace(/-\d+$/, ''), dims, variant: 0, priority: 0.5, hard: false, provenance, ...more };
}

function nodeAt(id: string, pose: Partial<Pose>, dims: Dimensions, more: Partial<SceneNode> = {}): SceneNode {
    return {
        ...ask(id, dims),
        room: 'room-1',
        pose: { x: 2.5, y: 0, z: 2, yaw: 0, ...pose },
        support: { kind: 'floor', parent: 'floor-room-1' },
        locked: false,
        real: false,
        ...more
    };
}

const tie = (type: RelationType, a: string, b?: string, more: Partial<Relation> = {}): Relation => ({
    type,
    a,
    ...(b ? { b } : {}),
    weight: 1,
    hard: false,
    ...more
});

const graphOf = (layout: Layout, keepOuts: readonly KeepOut[] = []): SceneGraph => ({
    ...shell,
    keepOuts,
    nodes: layout.nodes.map(({ ...n }) => {
        delete (n as { hard?: boolean }).hard;
        return n;
    })
});

describe('relations', () => {
    const bed = nodeAt('double_bed-1', { x: 2.5, z: 1.1 }, size(1.6, 2));
    const stand = (x: number, yaw = 0, z = 0.4): SceneNode => nodeAt('nightstand-1', { x, z, yaw }, size(0.4, 0.4));
    const measured = (r: Relation, ...nodes: SceneNode[]): number | null => measureRelation(r, { ...shell, nodes });

    it('of symmetry hold for mirror images and for things on the middle line, and for nothing else', () => {
        const left = { ...stand(1.4), id: 'nightstand-2' };
        const r = tie('symmetric', 'nightstand-1', 'double_bed-1');
        expect(measured(r, bed, left, stand(3.6))).toBe(1);
        expect(measured(r, bed, left, stand(4.2))).toBe(0);
        expect(measured(r, bed, left, stand(3.6, Math.PI / 2))).toBeLessThan(0.5);
        expect(measured(r, bed, stand(2.5, 0, 3))).toBe(1);
        expect(measured(tie('symmetric', 'double_bed-1', 'window-2'), bed)).toBe(1);
        expect(measured(tie('symmetric', 'nightstand-1', 'window-2'), stand(3.6))).toBe(0);
    });

    it('of clearance see what stands in the way and the wall, as deep as they ask', () => {
        const free = (distance: number): Relation =>
            tie('clearance', 'double_bed-1', undefined, { params: { distance } });
        // The bed's foot is at z = 2.1, the wall at z = 4.
        expect(measured(free(1.89), bed)).toBe(1);
        expect(measured(free(4), bed)).toBe(0);
        const chest = nodeAt('chest-1', { x: 3.2, z: 2.9 }, size(0.4, 0.4));
        expect(measured(free(0.59), bed, chest)).toBe(1);
        expect(measured(free(1.2), bed, chest)).toBeCloseTo(0, 6);
        // Beside the strip it does not count.
        expect(measured(free(1.2), bed, { ...chest, pose: { ...chest.pose, x: 4 } })).toBe(1);
    });

    it('of alignment ask for parallel and flush or centred', () => {
        const r = tie('aligned', 'nightstand-1', 'double_bed-1');
        expect(measured(r, bed, stand(3.6, 0, 1.1))).toBe(1);
        // Its back is flush with the bed's: 0.1 + 0.2.
        expect(measured(r, bed, stand(3.6, 0, 0.3))).toBe(1);
        expect(measured(r, bed, stand(3.6, 0, 0.7))).toBeLessThan(0.1);
        expect(measured(r, bed, stand(3.6, 0.6, 1.1))).toBe(0);
    });

    it('of co-occurrence and pairing are measured by room and covered floor', () => {
        expect(measured(tie('co-occurrence', 'nightstand-1', 'double_bed-1'), bed, stand(3))).toBe(1);
        expect(measured(tie('co-occurrence', 'nightstand-1', 'double_bed-1'), stand(3))).toBeNull();
        const real = nodeAt('couch-1', { x: 2.5, z: 1.1 }, size(1.6, 2), { real: true });
        expect(measured(tie('pair', 'double_bed-1', 'couch-1'), bed, real)).toBeCloseTo(1, 6);
        const half = { ...real, pose: { ...real.pose, x: 3.3 } };
        expect(measured(tie('pair', 'double_bed-1', 'couch-1'), bed, half)).toBeCloseTo(0.5, 6);
    });
});

describe('the relation solver', () => {
    it('gives every kind of hard relation, or says that it cannot', () => {
        const pairs: [RelationType, string | undefined, Partial<Relation>][] = [
            ['next-to', 'double_bed-1', {}],
            ['near', 'double_bed-1', {}],
            ['across', 'double_bed-1', {}],
            ['facing', 'double_bed-1', {}],
            ['aligned', 'double_bed-1', {}],
            ['symmetric', 'double_bed-1', {}],
            ['symmetric', 'window-2', {}],
            ['clearance', 'double_bed-1', { params: { distance: 0.8 } }],
            ['clearance', undefined, { params: { distance: 1.5 } }],
            ['co-occurrence', 'double_bed-1', {}],
            ['against-wall', undefined, {}],
            ['corner', undefined, {}],
            ['next-to', 'window-2', {}],
            ['across', 'window-2', {}]
        ];
        for (const [type, b, more] of pairs) {
            for (let seed = 0; seed < 4; seed++) {
                const layout = layoutWith();
                const relation = tie(type, 'armchair-1', b, { hard: true, ...more });
                const requests = [
                    ask('double_bed-1', size(1.6, 2), { priority: 0.9 }),
                    ask('armchair-1', size(0.8, 0.8))
                ];
                solveRelations(layout, requests, [relation], { rng: Rng.create(seed) });
                expect(measureRelation(relation, layout), `${type} ${b} ${seed}`).toBeGreaterThan(0.5);
                expect(certify(graphOf(layout)).violations).toEqual([]);
            }
        }
    });

    it('names a smallest set of relations in conflict, and those to what is nowhere', () => {
        const solve = (relations: Relation[]): (() => unknown) => {
            const requests = [ask('sofa-1', size(2, 0.9)), ask('pouf-1', size(0.5, 0.5), { hard: true })];
            return () => solveRelations(layoutWith(), requests, relations, { rng });
        };
        const hard = { hard: true };
        const far = tie('clearance', 'pouf-1', 'sofa-1', { ...hard, params: { distance: 2 } });
        const beside = tie('next-to', 'pouf-1', 'sofa-1', { ...hard, params: { distance: 0.2 } });
        expect(solve([tie('near', 'pouf-1', 'window-2', hard), far, beside])).toThrow(
            /: clearance\(pouf-1, sofa-1\), next-to\(pouf-1, sofa-1\) cannot all hold/
        );
        expect(solve([tie('near', 'pouf-1', 'piano-1', hard)])).toThrow(/near\(pouf-1, piano-1\) cannot hold/);
        expect(solve([tie('near', 'pouf-1', 'piano-1')])).not.toThrow();
    });

    it('leaves out soft things that do not fit, the least wanted first, and says so', () => {
        const requests = [0.2, 0.9, 0.5, 0.7, 0.3, 0.6].map((priority, i) =>
            ask(`sofa-${i + 1}`, size(2.4, 1.2), { priority })
        );
        const layout = layoutWith();
        const dropped = solveRelations(layout, requests, [], { rng });
        expect(dropped.length).toBeGreaterThan(0);
        const least = Math.min(...layout.nodes.map((n) => n.priority));
        for (const d of dropped) {
            expect(requests.find((q) => q.id === d.id)!.priority).toBeLessThan(least);
            expect(d.reason).toMatch(/no free place for sofa/);
        }
    });

    it('gives what has the fewest places its own first, however little it is wanted', () => {
        const requests = [
            ...Array.from({ length: 10 }, (_, i) => ask(`side_table-${i + 1}`, size(0.5, 0.5), { priority: 0.9 })),
            ask('wardrobe-1', size(3.2, 0.6, 2), { priority: 0.1 })
        ];
        const layout = layoutWith();
        solveRelations(layout, requests, [], { rng });
        expect(layout.nodes[0]?.id).toBe('wardrobe-1');
        expect(layout.nodes).toHaveLength(11);
    });

    it('tries a proposed pose first, and moves it only as far as it must', () => {
        const pose = { x: 3.2, y: 0, z: 2.9, yaw: 1.2 };
        const layout = layoutWith();
        solveRelations(layout, [ask('armchair-1', size(0.8, 0.8), { pose })], [], { rng });
        expect(layout.nodes[0]!.pose).toEqual(pose);
        const taken = layoutWith([nodeAt('chest-1', { x: 2.6, z: 2.9 }, size(0.4, 0.4))]);
        solveRelations(taken, [ask('armchair-1', size(0.8, 0.8), { pose })], [], { rng });
        const moved = taken.nodes[1]!.pose;
        expect(Math.hypot(moved.x - pose.x, moved.z - pose.z)).toBeLessThan(0.35);
        expect(certify(graphOf(taken)).collisions).toBe(0);
    });
});

describe('refinement', () => {
    const bed = nodeAt('double_bed-1', { x: 2.5, z: 1.03 }, size(1.6, 2), { locked: true });
    const soft = [
        tie('symmetric', 'nightstand-2', 'double_bed-1'),
        tie('aligned', 'dresser-1', 'double_bed-1', { weight: 0.7 }),
        tie('facing', 'armchair-1', 'double_bed-1')
    ];
    const start = [
        bed,
        nodeAt('nightstand-1', { x: 1.5, z: 0.3 }, size(0.4, 0.4), { locked: true }),
        nodeAt('nightstand-2', { x: 3.62, z: 0.42 }, size(0.4, 0.4)),
        nodeAt('dresser-1', { x: 2.62, z: 3.2, yaw: Math.PI }, size(1, 0.5)),
        nodeAt('armchair-1', { x: 4.1, z: 2.9, yaw: 0.3 }, size(0.8, 0.8)),
        nodeAt('mug-1', { x: 2.7, y: 0.5, z: 3.1 }, size(0.1, 0.1, 0.1), {
            support: { kind: 'node', parent: 'dresser-1', surface: 'top' }
        })
    ];

    it('makes soft relations hold, takes along what stands on things, and moves nothing that is locked or was not named', () => {
        const layout = layoutWith(start);
        const moved = refineLayout(layout, soft, { movable: new Set(start.map((n) => n.id)) });
        expect(moved.sort()).toEqual(['armchair-1', 'dresser-1', 'nightstand-2']);
        for (const r of soft) expect(measureRelation(r, layout)).toBeGreaterThan(0.98);
        for (const n of start.filter((s) => s.locked)) expect(layout.nodes.find((m) => m.id === n.id)).toEqual(n);
        const [was, is] = [start[3]!, layout.nodes.find((n) => n.id === 'dresser-1')!];
        const mug = layout.nodes.find((n) => n.id === 'mug-1')!;
        expect(mug.pose.x - is.pose.x).toBeCloseTo(start[5]!.pose.x - was.pose.x, 3);
        expect(certify(graphOf(layout)).violations).toEqual([]);
        const still = layoutWith(start);
        expect(refineLayout(still, soft, { movable: new Set() })).toEqual([]);
        expect(still.nodes).toEqual(start);
    });

    it('keeps scenes valid and hard relations true, whatever the start', () => {
        const hard = tie('near', 'dresser-1', 'double_bed-1', { hard: true });
        const place = fc.record({
            x: fc.double({ min: 0.7, max: 4.3, noNaN: true }),
            z: fc.double({ min: 2.4, max: 3.6, noNaN: true }),
            yaw: fc.double({ min: -3, max: 3, noNaN: true })
        });
        fc.assert(
            fc.property(place, place, (a, b) => {
                const nodes = start.slice(0, 5).map((n) => {
                    const pose = n.id === 'dresser-1' ? a : n.id === 'armchair-1' ? b : {};
                    return { ...n, pose: { ...n.pose, ...pose } };
                });
                const layout = layoutWith(nodes);
                fc.pre(certify(graphOf(layout)).valid);
                const held = measureRelation(hard, layout)! > 0.5;
                const worth = (): number => soft.reduce((sum, r) => sum + r.weight * measureRelation(r, layout)!, 0);
                const worthBefore = worth();
                refineLayout(layout, [...soft, hard], { movable: new Set(nodes.map((n) => n.id)) });
                expect(certify(graphOf(layout)).violations).toEqual([]);
                if (held) expect(measureRelation(hard, layout)).toBeGreaterThan(0.5);
                // A later move may cost an earlier one a little; the sum does not fall.
                expect(worth()).toBeGreaterThanOrEqual(worthBefore - 1e-3);
            }),
            { numRuns: 40 }
        );
    });
});

describe('keep-outs', () => {
    // An L of two metres around a corner of the room: an inner corner, so that triangles matter.
    const outline: PlanPoint[] = [
        [2.5, 0],
        [5, 0],
        [5, 4],
        [3.5, 4],
        [3.5, 1.5],
        [2.5, 1.5]
    ];

    it('stay empty in every furnished room, and the certificate finds what stands in them', () => {
        for (let seed = 0; seed < 6; seed++) {
            const plan = { ...PLAN, keepOuts: [{ room: 0, polygon: outline, reason: 'the dog sleeps here' }] };
            const { graph, certificate } = generateFromPlan(plan, { rng: Rng.create(seed), seed });
            expect(certificate).toMatchObject({ valid: true, inKeepOuts: 0 });
            expect(graph.nodes.length).toBeGreaterThan(4);
            const inside = (n: SceneNode): boolean => n.pose.x > 3.5 || (n.pose.x > 2.5 && n.pose.z < 1.5);
            expect(graph.nodes.filter(inside)).toEqual([]);
            const chest = nodeAt('chest-1', { x: 4.2, z: 3 }, size(0.3, 0.3));
            const { hard: _, ...node } = chest as SceneNode & { hard?: boolean };
            const broken = { ...graph, nodes: [...graph.nodes, node] };
            expect(certify(broken)).toMatchObject({ valid: false, inKeepOuts: 1 });
            expect(certified(broken).graph.dropped.at(-1)).toMatchObject({
                id: 'chest-1',
                reason: 'keep-out with keep-out-1'
            });
        }
    });

    it('have heights: a lamp may hang over a low one, and nothing may hang in a high one', () => {
        const k = (from: number, to: number): KeepOut => ({
            id: 'k',
            room: 'room-1',
            polygon: [
                [0, 0],
                [5, 0],
                [5, 4],
                [0, 4]
            ],
            from,
            to,
            reason: ''
        });
        const lamp = [ask('pendant_lamp-1', size(0.4, 0.4, 0.5))];
        const chest = [ask('chest-1', size(0.5, 0.5, 0.5))];
        const count = (requests: PlacementRequest[], keepOut: KeepOut): number =>
            solveRelations(layoutWith([], [keepOut]), requests, [], { rng }).length;
        expect([count(lamp, k(0, 1)), count(chest, k(0, 1)), count(lamp, k(1, 3)), count(chest, k(1, 3))]).toEqual([
            0, 1, 1, 0
        ]);
    });

    it('that are no simple polygon are refused', () => {
        const bow: PlanPoint[] = [
            [0, 0],
            [1, 1],
            [1, 0],
            [0, 1]
        ];
        for (const bad of [{ polygon: bow }, { polygon: outline, room: 3 }, { polygon: outline, from: 2, to: 1 }]) {
            const plan = { ...PLAN, keepOuts: [{ room: 0, ...bad }] };
            expect(() => generateFromPlan(plan, { rng })).toThrow(MixreelError);
        }
    });
});
