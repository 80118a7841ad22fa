import { MixreelError, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    editByText,
    type FloorPlan,
    generateFromPlan,
    generateFromText,
    graphOfPlan,
    INDOOR_GRAMMAR,
    Layout,
    type PlacementRequest,
    type PlanPoint,
    type Relation,
    readBvh,
    readCapture,
    readGraph,
    readRoomPlan,
    readSceneRequest,
    readStreetMap,
    realiseGraph,
    solveRelations,
    tuneGrammar,
    withTaste
} from '../src/index.ts';
import { fixtureCapture } from './support/captures.ts';

const square: PlanPoint[] = [
    [0, 0],
    [3, 0],
    [3, 3],
    [0, 3]
];
const PLAN: FloorPlan = { rooms: [{ type: 'bedroom', polygon: square }] };
const rng = Rng.create(1);
const shell = graphOfPlan(PLAN, { rng });
const layout = (): Layout => new Layout(shell.rooms[0]!, shell.walls, shell.openings);

function request(id: string, name: string, hard = false): PlacementRequest {
    const dims =
        name === 'cabinet' ? { width: 0.9, height: 1.2, depth: 0.42 } : { width: 0.12, height: 0.1, depth: 0.1 };
    return { id, class: name, dims, variant: 0, priority: 0.5, hard, provenance: { generator: 'test', source: '' } };
}
const on = (a: string, b: string): Relation => ({ type: 'support', a, b, weight: 1, hard: false });

describe('bad input', () => {
    it('of a thousand things in a cupboard is refused; of four hundred, what fits is there and the rest is named', () => {
        const things = (n: number): PlacementRequest[] =>
            Array.from({ length: n }, (_, i) => request(`mug-${i}`, 'mug'));
        const cupboard = request('cabinet-1', 'cabinet', true);
        expect(() => solveRelations(layout(), [cupboard, ...things(1000)], [], { rng })).toThrow(/1001 things/);
        const room = layout();
        const mugs = things(400);
        let asked = 0;
        const putOn = room.putOn.bind(room);
        room.putOn = (...args: Parameters<typeof putOn>) => {
            asked++;
            return putOn(...args);
        };
        const dropped = solveRelations(
            room,
            [cupboard, ...mugs],
            mugs.map((m) => on(m.id, 'cabinet-1')),
            { rng }
        );
        expect(room.nodes.length).toBeGreaterThan(5);
        expect(room.nodes.length + dropped.length).toBe(401);
        for (const d of dropped) expect(d.reason).toMatch(/no free place for mug/);
        // Four places each: the work grows with the things, not with their arrangements.
        expect(asked).toBeLessThanOrEqual(4 * 400);
        const request1000 = {
            room: 'bedroom',
            objects: things(1000).map(({ id, class: name }) => ({ id, class: name }))
        };
        expect(() => readSceneRequest(request1000)).toThrow(/1000/);
    });

    it('of things that stand on each other in a circle places none of them, or fails if it must', () => {
        const circle = [on('mug-1', 'mug-2'), on('mug-2', 'mug-3'), on('mug-3', 'mug-1')];
        const mugs = (hard: boolean): PlacementRequest[] => [1, 2, 3].map((i) => request(`mug-${i}`, 'mug', hard));
        const room = layout();
        expect(solveRelations(room, mugs(false), circle, { rng })).toHaveLength(3);
        expect(room.nodes).toEqual([]);
        expect(() => solveRelations(layout(), mugs(true), circle, { rng })).toThrow(MixreelError);
        const plan = { type: 'bedroom' as const, things: [{ id: 'mug-1', class: 'mug', on: 'mug-1' }], relations: [] };
        expect(realiseGraph(plan, PLAN, { rng }).graph.dropped).toHaveLength(1);
    });

    it.each([
        ['a room without height', { ...PLAN, height: 0 }],
        ['a room of NaN height', { ...PLAN, height: Number.NaN }],
        ['a room without corners', { rooms: [{ type: 'bedroom', polygon: [] }] }],
        ['a room of no area', { rooms: [{ type: 'bedroom', polygon: [square[0]!, square[1]!, square[0]!] }] }],
        [
            'a room that crosses itself',
            { rooms: [{ type: 'bedroom', polygon: [square[0]!, square[2]!, square[1]!, square[3]!] }] }
        ],
        [
            'a room of kilometres',
            { rooms: [{ type: 'bedroom', polygon: square.map(([x, z]): PlanPoint => [300 * x, 300 * z]) }] }
        ],
        ['no room', { rooms: [] }]
    ] as [string, FloorPlan][])('of %s is refused', (_, plan) => {
        expect(() => generateFromPlan(plan, { rng })).toThrow(MixreelError);
    });

    it('of ten megabytes of text is refused before it is read, by whatever reads text', () => {
        const text = 'a sofa and '.repeat(1e6);
        expect(() => generateFromText(text, { rng })).toThrow(/11000000 characters/);
        expect(() => generateFromText('一张沙发'.repeat(3e6), { rng })).toThrow(/12000000 characters/);
        expect(() => editByText(shell, text, { rng })).toThrow(/11000000 characters/);
        for (const read of [readCapture, readGraph, readRoomPlan, readBvh, readStreetMap, readSceneRequest])
            expect(() => read(text), read.name).toThrow(MixreelError);
    });

    it('of a recording that was cut anywhere is refused', () => {
        const whole = JSON.stringify(fixtureCapture());
        for (let i = 0; i < 60; i++) {
            const cut = whole.slice(0, Math.floor((i * whole.length) / 60));
            expect(() => readCapture(cut), `${cut.length} characters`).toThrow(MixreelError);
        }
    });

    it('of a graph whose things stand on each other in a circle is refused', () => {
        const { graph } = generateFromPlan(PLAN, { rng });
        const [a, b] = graph.nodes;
        const nodes = graph.nodes.map((n) =>
            n === a || n === b ? { ...n, support: { kind: 'node' as const, parent: n === a ? b!.id : a!.id } } : n
        );
        expect(() => readGraph({ ...graph, nodes })).toThrow(MixreelError);
    });
});

describe('a tuned grammar', () => {
    const target = {
        type: 'bathroom' as const,
        plans: [PLAN, PLAN, PLAN, PLAN],
        means: { Toilet: 1, Towel: 0.3, Plant: 0 }
    };
    const labels: Record<string, string> = { toilet: 'Toilet', towel_rail: 'Towel', plant: 'Plant' };
    const options = {
        labelsOf: (name: string) => (labels[name] ? [labels[name]] : []),
        rooms: 16,
        rounds: 8,
        generations: 1
    };

    it('comes nearer to its target, says how near, and is the same for the same seed', () => {
        const tuned = tuneGrammar(INDOOR_GRAMMAR, [target], { ...options, rng });
        const trace = tuned.trace['bathroom']!;
        expect(trace.at(-1)).toBeLessThan(trace[0]! / 3);
        expect(tuned.taste.bathroom).toMatchObject({ plant: 0 });
        expect(tuned.taste.bathroom!['towel_rail']).toBeLessThan(0.6);
        expect(tuneGrammar(INDOOR_GRAMMAR, [target], { ...options, rng }).taste).toEqual(tuned.taste);
        // The grammar given is not changed, and the tuned one furnishes.
        expect(INDOOR_GRAMMAR.taste.bathroom).toBeUndefined();
        expect(generateFromPlan(PLAN, { rng, grammar: tuned.grammar }).certificate.valid).toBe(true);
    });

    it('reports its progress, can be cancelled, and refuses nonsense', () => {
        const stop = new AbortController();
        const seen: number[] = [];
        const report = (done: number): void => {
            seen.push(done);
            if (done === 3) stop.abort();
        };
        const progress = { report, signal: stop.signal };
        expect(() => tuneGrammar(INDOOR_GRAMMAR, [target], { ...options, rng, progress })).toThrow(
            /tuning was cancelled/
        );
        expect(seen).toEqual([1, 2, 3]);
        expect(() => tuneGrammar(INDOOR_GRAMMAR, [{ ...target, plans: [] }], { ...options, rng })).toThrow(/0 plans/);
        expect(() => withTaste(INDOOR_GRAMMAR, { bedroom: { dragon: 1 } })).toThrow(/dragon/);
        expect(() => withTaste(INDOOR_GRAMMAR, { bedroom: { sofa: -1 } })).toThrow(/-1/);
    });
});
