/**
 * What rooms are made of, counted from examples: how many of each class a room type has, what stands on what, which classes
 * are near each other, and which relations hold between them. The hierarchy is that of GRAINS (Li et al. 2019: support,
 * surround, co-occurrence), the edges those of PlanIT (Wang et al. 2019); the learning is counting, so that fifty rooms are
 * enough and the result can be read. Any scene graphs will do: generated, captured, edited by hand.
 */
import { badInput } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { nodeFootprint } from '../geometry/footprint.ts';
import type { Relation, RelationType, RoomType, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { footprintGap, measureRelation } from '../solver/relation-measure.ts';

/** Counts of one room type. */
export interface RoomPrior {
    readonly rooms: number;
    /** By class: in how many rooms there are 0, 1, 2 … of it, not counting what stands on other things. */
    readonly counts: Readonly<Record<string, readonly number[]>>;
    /** By two classes, `a b` in order: in how many rooms both are. */
    readonly together: Readonly<Record<string, number>>;
}

/** See the file comment. */
export interface GraphPrior {
    readonly rooms: Readonly<Partial<Record<RoomType, RoomPrior>>>;
    /** By carrier and child: mean number of children. */
    readonly children: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** By `a type b` (or `a type`): how often a relation held, of the pairs in one room. */
    readonly edges: Readonly<Record<string, { readonly held: number; readonly of: number }>>;
    /** By `a b`: how often a has a b within {@link NEAR}; `a` alone: how often there was an a. */
    readonly near: Readonly<Record<string, number>>;
}

/** Neighbours count up to this gap, metres. */
export const NEAR = 1.2;
/** Relations looked for between two things, the first that holds counts. */
const BETWEEN: readonly RelationType[] = ['surround', 'next-to', 'across', 'near'];
const ALONE: readonly RelationType[] = ['corner', 'against-wall'];
/** A relation that is learnt has to hold this well. */
const SURELY = 0.9;
const SEATS = new Set(['chair', 'office_chair', 'stool', 'armchair', 'bench', 'pouf']);

type Counts = Record<string, number>;
const bump = (counts: Counts, key: string, by = 1): void => void (counts[key] = (counts[key] ?? 0) + by);

/** Things that a plan of a room is about: on the floor, on walls, under the ceiling; virtual. */
export const rootsOf = (graph: SceneGraph, room: string): SceneNode[] =>
    graph.nodes.filter((n) => n.room === room && !n.real && n.support.kind !== 'node' && n.support.kind !== 'none');

/** Learns a prior. Throws `bad-input` for an empty list. About 2 ms a room. */
export function learnGraphPrior(graphs: readonly SceneGraph[]): GraphPrior {
    if (graphs.length === 0) throw badInput('there is no scene to learn from', 'at least one', 'Give scene graphs');
    const rooms: Partial<Record<RoomType, { rooms: number; counts: Record<string, number[]>; together: Counts }>> = {};
    const carried: Record<string, Counts> = {};
    const carriers: Counts = {};
    const edges: Record<string, { held: number; of: number }> = {};
    const near: Counts = {};
    for (const graph of graphs) {
        for (const room of graph.rooms) {
            rooms[room.type] ??= { rooms: 0, counts: {}, together: {} };
            const mine = rooms[room.type]!;
            mine.rooms++;
            const roots = rootsOf(graph, room.id);
            countClasses(roots, mine);
            countEdges(roots, graph, edges, near);
        }
        for (const n of graph.nodes) {
            if (n.real) continue;
            bump(carriers, n.class);
            const parent = n.support.kind === 'node' && graph.nodes.find((p) => p.id === n.support.parent);
            if (parent && !parent.real) {
                carried[parent.class] ??= {};
                bump(carried[parent.class]!, n.class);
            }
        }
    }
    const children = Object.fromEntries(
        Object.entries(carried).map(([parent, counts]) => [
            parent,
            Object.fromEntries(Object.entries(counts).map(([child, n]) => [child, n / carriers[parent]!]))
        ])
    );
    return { rooms: rooms as GraphPrior['rooms'], children, edges, near };
}

function countClasses(
    roots: readonly SceneNode[],
    mine: { rooms: number; counts: Record<string, number[]>; together: Counts }
): void {
    const here: Counts = {};
    for (const n of roots) bump(here, n.class);
    for (const name of new Set([...Object.keys(here), ...Object.keys(mine.counts)])) {
        // A class that is new now was missing in all rooms before.
        mine.counts[name] ??= [mine.rooms - 1];
        const row = mine.counts[name]!;
        const count = here[name] ?? 0;
        while (row.length <= count) row.push(0);
        row[count]!++;
    }
    const names = Object.keys(here).sort();
    names.forEach((a, i) => {
        for (const b of names.slice(i + 1)) bump(mine.together, `${a} ${b}`);
    });
}

function countEdges(
    roots: readonly SceneNode[],
    graph: SceneGraph,
    edges: Record<string, { held: number; of: number }>,
    near: Counts
): void {
    const standing = roots.filter((n) => n.support.kind === 'floor' && !furnitureClass(n.class).flat);
    const note = (key: string, held: boolean): void => {
        edges[key] ??= { held: 0, of: 0 };
        edges[key]!.of++;
        if (held) edges[key]!.held++;
    };
    for (const a of standing) {
        bump(near, a.class);
        for (const type of ALONE) note(`${a.class} ${type}`, holds({ type, a: a.id }, graph));
        for (const b of standing) {
            if (a === b) continue;
            const gap = footprintGap(nodeFootprint(a), nodeFootprint(b));
            if (gap <= NEAR) bump(near, `${a.class} ${b.class}`);
            const found = BETWEEN.find(
                (type) => (type !== 'surround' || SEATS.has(a.class)) && holds({ type, a: a.id, b: b.id }, graph)
            );
            for (const type of BETWEEN) note(`${a.class} ${type} ${b.class}`, type === found);
        }
    }
}

const holds = (r: Pick<Relation, 'type' | 'a' | 'b'>, graph: SceneGraph): boolean =>
    (measureRelation({ ...r, weight: 1, hard: false }, graph) ?? 0) >= SURELY;
