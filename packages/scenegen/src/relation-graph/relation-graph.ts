/**
 * Relation graphs: sampled from a prior, completed from a partial one, realised in a room by the solver (PlanIT's two steps,
 * plan then instantiate). A plan lists things and soft relations; where they stand is the solver's affair.
 */
import { badInput, exactPow, type Rng, type RngStream } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished } from '../generators/capture-generator.ts';
import { drawSize } from '../generators/furnish.ts';
import { type FloorPlan, graphOfPlan, type PlanOptions } from '../generators/plan-generator.ts';
import { type CertifiedScene, certified } from '../generators/repair.ts';
import type { Dropped, Relation, RelationType, RoomType } from '../graph/scene-graph.ts';
import { Layout, streamOf } from '../solver/layout.ts';
import { measureRelation } from '../solver/relation-measure.ts';
import { solveRelations } from '../solver/relation-solver.ts';
import type { PlacementRequest } from '../solver/request-candidates.ts';
import type { GraphPrior, RoomPrior } from './graph-prior.ts';

/** A thing of a plan. */
export interface PlannedThing {
    readonly id: string;
    readonly class: string;
    /** Id of the thing that it stands on. */
    readonly on?: string;
}

/** See the file comment. */
export interface RelationGraph {
    readonly type: RoomType;
    readonly things: readonly PlannedThing[];
    readonly relations: readonly Relation[];
}

/** A realised plan. */
export interface RealisedGraph extends CertifiedScene {
    /** Share of the plan's relations that hold in the scene, 0 to 1. */
    readonly held: number;
}

/** Relations of one thing beside that to its carrier. */
const MOST_RELATIONS = 2;
/** Likelier relations than this are planned. */
const LEAST_LIKELY = 0.25;

/** A plan for a room type. Throws `bad-input` if the prior has seen no such room. */
export const sampleGraph = (prior: GraphPrior, type: RoomType, rng: Rng): RelationGraph =>
    completeGraph({ type, things: [], relations: [] }, prior, rng);

/** Adds what a partial plan lacks: things that such rooms have, what stands on them, relations. Keeps all that it has. */
export function completeGraph(partial: RelationGraph, prior: GraphPrior, rng: Rng): RelationGraph {
    const room = prior.rooms[partial.type];
    if (!room)
        throw badInput(
            `the prior knows no ${partial.type}`,
            Object.keys(prior.rooms).join(', '),
            'Learn it from rooms of that type'
        );
    const stream = streamOf(rng, 'complete', partial.type);
    const things = [...partial.things];
    const taken = new Set(things.map((t) => t.id));
    const counts = new Map<string, number>();
    const add = (name: string, on?: string): PlannedThing => {
        let id = '';
        do {
            const next = (counts.get(name) ?? 0) + 1;
            counts.set(name, next);
            id = `${name}-${next}`;
        } while (taken.has(id));
        taken.add(id);
        const thing = { id, class: name, ...(on === undefined ? {} : { on }) };
        things.push(thing);
        return thing;
    };
    for (const [name, wanted] of drawCounts(room, things, stream)) {
        const have = things.filter((t) => t.class === name && t.on === undefined).length;
        for (let i = have; i < wanted; i++) add(name);
    }
    for (const carrier of [...things]) {
        const has = new Set(things.filter((t) => t.on === carrier.id).map((t) => t.class));
        for (const [child, mean] of Object.entries(prior.children[carrier.class] ?? {})) {
            const times = has.has(child) ? 0 : Math.min(12, Math.floor(mean + stream.float()));
            for (let i = 0; i < times; i++) add(child, carrier.id);
        }
    }
    return {
        type: partial.type,
        things,
        relations: [...partial.relations, ...drawRelations(things, partial, prior, stream)]
    };
}

/** How many of each class, commonest first; a class is the likelier the more often it was seen with what is there already. */
function drawCounts(room: RoomPrior, things: readonly PlannedThing[], stream: RngStream): [string, number][] {
    const present = new Set(things.filter((t) => t.on === undefined).map((t) => t.class));
    const share = (name: string): number => 1 - (room.counts[name]?.[0] ?? room.rooms) / room.rooms;
    const names = Object.keys(room.counts).sort((a, b) => share(b) - share(a) || (a < b ? -1 : 1));
    const out: [string, number][] = [];
    for (const name of names) {
        let lift = 1;
        for (const other of present) {
            const pair = name < other ? `${name} ${other}` : `${other} ${name}`;
            const expected = share(name) * share(other) * room.rooms;
            lift *= exactPow(((room.together[pair] ?? 0) + 1) / (expected + 1), 1 / Math.max(1, present.size));
        }
        const roll = stream.float();
        const row = room.counts[name]!;
        if (!present.has(name) && roll >= Math.min(1, share(name) * lift)) continue;
        const weights = row.map((n, count) => (count === 0 ? 0 : n));
        out.push([name, weights.some((w) => w > 0) ? stream.pickWeighted(weights) : 1]);
        present.add(name);
    }
    return out;
}

/** The likeliest relations of each new thing to earlier ones, and to the walls. */
function drawRelations(
    things: readonly PlannedThing[],
    partial: RelationGraph,
    prior: GraphPrior,
    stream: RngStream
): Relation[] {
    const out: Relation[] = [];
    const known = new Set(partial.things.map((t) => t.id));
    things.forEach((a, i) => {
        if (a.on !== undefined) {
            if (!known.has(a.id)) out.push({ type: 'support', a: a.id, b: a.on, weight: 1, hard: false });
            return;
        }
        if (known.has(a.id) && partial.relations.some((r) => r.a === a.id)) return;
        const options = things.slice(0, i).flatMap((b) =>
            (['surround', 'next-to', 'across', 'near'] as const).map((type) => ({
                type,
                b: b.id,
                key: `${a.class} ${type} ${b.class}`
            }))
        );
        const alone = (['corner', 'against-wall'] as const).map((type) => ({
            type,
            b: undefined,
            key: `${a.class} ${type}`
        }));
        const likely = [...options, ...alone]
            .map((o) => ({ ...o, p: chanceOf(prior, o.key) }))
            .filter((o) => o.p >= LEAST_LIKELY)
            .sort((x, y) => y.p - x.p);
        const used = new Set<string>();
        for (const o of likely) {
            const target = o.b ?? 'wall';
            if (used.size >= MOST_RELATIONS || used.has(target) || stream.float() >= o.p) continue;
            used.add(target);
            out.push(relation(o.type, a.id, o.b, o.p));
        }
    });
    return out;
}

const relation = (type: RelationType, a: string, b: string | undefined, weight: number): Relation => ({
    type,
    a,
    ...(b === undefined ? {} : { b }),
    weight: Math.round(weight * 100) / 100,
    hard: false
});

/** How often a relation held where both classes were; a pair that was seen once proves little. */
function chanceOf(prior: GraphPrior, key: string): number {
    const seen = prior.edges[key];
    return seen ? seen.held / (seen.of + 1) : 0;
}

/**
 * Furnishes a room after a plan. Throws `bad-input` for unknown classes, and where hard relations of the plan contradict
 * each other. A plan of 30 things takes about 15 ms.
 */
export function realiseGraph(graph: RelationGraph, room: FloorPlan, options: PlanOptions): RealisedGraph {
    const { rng } = options;
    const shell = graphOfPlan(
        { ...room, rooms: room.rooms.slice(0, 1).map((r) => ({ ...r, type: graph.type })) },
        options
    );
    const layout = new Layout(shell.rooms[0]!, shell.walls, shell.openings, new Map(), shell.keepOuts);
    const requests = graph.things.map((thing): PlacementRequest => {
        const kind = furnitureClass(thing.class);
        const stream = streamOf(rng, 'realise', thing.id);
        return {
            id: thing.id,
            class: thing.class,
            dims: drawSize(thing.class, stream, layout),
            variant: stream.integer(64),
            priority: thing.on === undefined ? (kind.place === 'wall' ? 0.7 : 0.6) : 0.3,
            hard: false,
            provenance: { generator: 'graph', source: graph.type }
        };
    });
    const standing = new Set(graph.relations.flatMap((r) => (r.type === 'support' ? [r.a] : [])));
    const missing = graph.things.flatMap((t): Relation[] =>
        t.on !== undefined && !standing.has(t.id) ? [relation('support', t.id, t.on, 1)] : []
    );
    const all = [...graph.relations, ...missing];
    const dropped: Dropped[] = solveRelations(layout, requests, all, { rng });
    const scene = finished(certified({ ...shell, nodes: layout.nodes, relations: layout.relations, dropped }));
    const fine = all.filter((r) => (measureRelation(r, scene.graph) ?? 0) > 0.5).length;
    return { ...scene, held: all.length === 0 ? 1 : fine / all.length };
}
