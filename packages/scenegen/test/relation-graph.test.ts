import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    arrangementDistance,
    arrangementTerm,
    completeGraph,
    generateFromPlan,
    hausdorffDistance,
    Layout,
    learnArrangement,
    learnGraphPrior,
    type PlanPoint,
    type Relation,
    realiseGraph,
    refineLayout,
    type SceneGraph,
    type SceneNode,
    sampleGraph,
    suggestClasses
} from '../src/index.ts';

const polygon: PlanPoint[] = [
    [0, 0],
    [5.2, 0],
    [5.2, 4.2],
    [0, 4.2]
];
const PLAN = {
    rooms: [
        { type: 'bedroom' as const, polygon, openings: [{ type: 'door' as const, wall: 0, offset: 0.8, width: 0.9 }] }
    ]
};
const rooms = Array.from(
    { length: 40 },
    (_, i): SceneGraph => generateFromPlan(PLAN, { rng: Rng.create(`room ${i}`), seed: i }).graph
);
const [train, held] = [rooms.slice(0, 30), rooms.slice(30)];
const prior = learnGraphPrior(train);

describe('the prior', () => {
    it('counts rooms, children and relations', () => {
        const bedroom = prior.rooms.bedroom!;
        expect(bedroom.rooms).toBe(30);
        for (const row of Object.values(bedroom.counts)) expect(row.reduce((a, b) => a + b, 0)).toBe(30);
        expect(bedroom.counts['double_bed']![0]! + bedroom.counts['double_bed']![1]!).toBeGreaterThan(25);
        const stands = prior.edges['nightstand next-to double_bed']!;
        expect(stands.held / stands.of).toBeGreaterThan(0.5);
        expect(prior.children['nightstand']!['table_lamp']).toBeGreaterThan(0.5);
    });
});

describe('relation graphs', () => {
    it('are sampled with the class frequencies of the prior', () => {
        const samples = Array.from({ length: 60 }, (_, i) => sampleGraph(prior, 'bedroom', Rng.create(i)));
        for (const name of ['double_bed', 'wardrobe', 'nightstand', 'rug', 'desk']) {
            const row = prior.rooms.bedroom!.counts[name] ?? [30];
            const wanted = row.reduce((sum, n, count) => sum + n * count, 0) / 30;
            const made = samples.reduce((sum, g) => sum + g.things.filter((t) => t.class === name).length, 0) / 60;
            // Two standard errors of 60 draws of at most two: 0.26, and the lift of co-occurrence.
            expect(Math.abs(made - wanted), `${name}: ${made} for ${wanted}`).toBeLessThan(0.5);
        }
        expect(() => sampleGraph(prior, 'kitchen', Rng.create(1))).toThrow(/knows no kitchen/);
    });

    it('are completed around what is given, which stays', () => {
        const relation: Relation = { type: 'corner', a: 'piano', weight: 1, hard: false };
        const partial = {
            type: 'bedroom' as const,
            things: [
                { id: 'piano', class: 'piano' },
                { id: 'my bed', class: 'double_bed' }
            ],
            relations: [relation]
        };
        const graph = completeGraph(partial, prior, Rng.create(2));
        expect(graph.things.slice(0, 2)).toEqual(partial.things);
        expect(graph.relations[0]).toEqual(relation);
        expect(graph.things.filter((t) => t.class === 'double_bed').length).toBeLessThanOrEqual(2);
        expect(graph.things.length).toBeGreaterThan(8);
        const ids = new Set(graph.things.map((t) => t.id));
        expect(ids.size).toBe(graph.things.length);
        for (const r of graph.relations) for (const id of [r.a, r.b ?? r.a]) expect(ids).toContain(id);
    });

    it('are realised as valid rooms in which most of their relations hold', () => {
        let held = 0;
        for (let seed = 0; seed < 8; seed++) {
            const graph = sampleGraph(prior, 'bedroom', Rng.create(seed));
            const scene = realiseGraph(graph, PLAN, { rng: Rng.create(seed), seed });
            expect(scene.certificate.violations).toEqual([]);
            expect(scene.graph.nodes.length + scene.graph.dropped.length).toBe(graph.things.length);
            held += scene.held / 8;
        }
        expect(held).toBeGreaterThan(0.8);
    });

    it('tell what belongs to a spot: the class of a thing that was taken away is among the first', () => {
        let [first, five, all] = [0, 0, 0];
        for (const graph of held) {
            for (const n of graph.nodes) {
                if (n.support.kind !== 'floor' || n.class === 'rug') continue;
                const without = {
                    ...graph,
                    nodes: graph.nodes.filter((m) => m.id !== n.id && m.support.parent !== n.id)
                };
                const ranked = suggestClasses(without, { room: 'room-1', at: [n.pose.x, n.pose.z] }, prior);
                expect(ranked.reduce((sum, s) => sum + s.probability, 0)).toBeCloseTo(1, 6);
                const rank = ranked.findIndex((s) => s.class === n.class);
                all++;
                if (rank === 0) first++;
                if (rank >= 0 && rank < 5) five++;
            }
        }
        // 17 classes stand on floors of these rooms: chance is 0.06 and 0.29.
        expect(first / all).toBeGreaterThan(0.25);
        expect(five / all).toBeGreaterThan(0.65);
        // On top of things too: of some twenty classes that stand on a dresser, the missing one is in the first half.
        const child = held[0]!.nodes.find((n) => n.support.kind === 'node')!;
        const without = { ...held[0]!, nodes: held[0]!.nodes.filter((n) => n !== child) };
        const ranked = suggestClasses(without, { on: child.support.parent }, prior);
        expect(ranked.findIndex((s) => s.class === child.class)).toBeLessThan(Math.max(6, ranked.length / 2));
        expect(() => suggestClasses(held[0]!, { on: 'nobody' }, prior)).toThrow(/no node "nobody"/);
    });
});

describe('priors on arrangements', () => {
    const learnt = learnArrangement(train, Rng.create(1));

    it('find the pairs that stand to one another on purpose, and not those that do not', () => {
        const pairs = new Set(learnt.map((p) => `${p.a} ${p.b}`));
        expect(pairs).toContain('nightstand double_bed');
        for (const p of learnt) expect(p.p).toBeLessThanOrEqual(0.05);
        // Chests thrown at random into rooms of one bed each: related one time in twenty, by definition.
        let found = 0;
        for (let trial = 0; trial < 20; trial++) {
            const stream = Rng.create(`random ${trial}`).stream('chests');
            const random = train.slice(0, 12).map((g): SceneGraph => {
                const bed = g.nodes.find((n) => n.class === 'double_bed')!;
                const chest = { ...bed, id: 'chest-1', class: 'chest', dims: { width: 0.4, height: 0.4, depth: 0.4 } };
                const pose = { ...bed.pose, x: stream.range(0, 5.2), z: stream.range(0, 4.2) };
                return { ...g, nodes: [bed, { ...chest, pose }] };
            });
            found += learnArrangement(random, Rng.create(trial)).filter((p) => p.a === 'chest').length;
        }
        // 20 trials at 5 %: more than 5 happen once in 3,000 times.
        expect(found).toBeLessThanOrEqual(5);
    });

    it('improve a layout: its Hausdorff distance from the template falls, and it stays valid', () => {
        expect(hausdorffDistance([[0, 0, 0]], [[3, 4, 0]])).toBe(5);
        expect(hausdorffDistance([], [[0, 0, 0]])).toBe(0);
        const pair = learnt.find((p) => p.a === 'nightstand' && p.b === 'double_bed')!;
        const shell = train[0]!;
        const bed = shell.nodes.find((n) => n.class === 'double_bed')!;
        const [s, c] = [Math.sin(bed.pose.yaw), Math.cos(bed.pose.yaw)];
        const off = [bed.dims.width / 2 + 0.55, -0.25] as const;
        const lost: SceneNode = {
            ...bed,
            id: 'nightstand-1',
            class: 'nightstand',
            dims: { width: 0.45, height: 0.5, depth: 0.4 },
            pose: { ...bed.pose, x: bed.pose.x + c * off[0] + s * off[1], z: bed.pose.z - s * off[0] + c * off[1] }
        };
        const layout = new Layout(shell.rooms[0]!, shell.walls, []);
        for (const n of [bed, lost]) layout.add(n);
        const graphOf = (): SceneGraph => ({ ...shell, nodes: [...layout.nodes] });
        const before = arrangementDistance(graphOf(), 'room-1', [pair]);
        refineLayout(layout, [], { movable: new Set(['nightstand-1']), terms: [arrangementTerm([pair])] });
        expect(layout.nodes.find((n) => n.id === bed.id)).toEqual(bed);
        expect(arrangementDistance(graphOf(), 'room-1', [pair])).toBeLessThan(before / 2);
    });
});
