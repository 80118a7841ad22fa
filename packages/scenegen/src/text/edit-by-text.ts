/**
 * Edits of a finished scene in words, English or Chinese: the words are read as for a new room, what they name is found in
 * the scene, and each change is one of edit-scene.ts. What was not understood or does not hold is said.
 */
import { badInput } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished } from '../generators/capture-generator.ts';
import { certified } from '../generators/repair.ts';
import type { Relation, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { solveRelations } from '../solver/relation-solver.ts';
import { type EditOptions, editScene, layoutOf } from './edit-scene.ts';
import { matchingNodes, meaningOf, namedIn, slotColors } from './knowledge.ts';
import { parseRequest, type RequestedRelation, type RequestedThing, type TextRequest } from './parse-request.ts';
import { demandOf, report, type TextScene } from './text-generator.ts';
import { type Token, tokenize } from './tokenize.ts';

/**
 * Edits in words, English or Chinese: "move the lamp next to the sofa", "remove the rug", "add two chairs by the window",
 * "make the sofa blue", "make it Japanese", "refurnish it in a modern style", "replace the armchair with a pouf". In a house
 * the room that the words name is meant, and otherwise the room of what they name: "remove the rug from the bedroom".
 *
 * @returns the new scene with what was and was not understood and satisfied; the same graph if nothing could be done.
 */
export function editByText(graph: SceneGraph, text: string, options: EditOptions): TextScene {
    const { verb, text: words } = tokenize(text).find(isVerb) ?? { verb: 'add', text: '' };
    const request = parseRequest(text);
    const rooms = roomsNamed(graph, request);
    const outcome: Outcome = { graph, rooms, satisfied: [], unsatisfied: [], implied: [] };
    const restyling = verb === 'refurnish' ? 'refurnish' : 'restyle';
    const style = request.style ?? (verb === 'refurnish' ? graph.style : undefined);
    const absent = rooms?.size === 0;
    for (const room of style ? (rooms ?? [undefined]) : []) {
        const edit = { do: restyling, style: style!, ...(room ? { room } : {}) } as const;
        step(outcome, [restyling, style, room].filter(Boolean).join(' '), (g) => editScene(g, edit, options));
    }
    if (absent) outcome.unsatisfied.push(`${request.room!.replace('_', ' ')}: the scene has no such room`);
    else if (verb === 'remove') for (const thing of request.things) removeAll(outcome, thing, options);
    else if (verb === 'replace' && request.things.length > 1) replace(outcome, request.things, options);
    else if (verb === 'move' && request.relations.some((r) => isNew(outcome, request, request.things[r.a]!, words)))
        addThings(outcome, request, options);
    else if (verb === 'move' && request.relations.length > 0)
        for (const r of request.relations) move(outcome, request, r, options);
    else if (verb === 'move' && rooms) for (const thing of request.things) moveInto(outcome, thing, options);
    else if (verb === 'make') for (const thing of request.things) repaint(outcome, thing, options);
    else if (verb === 'add' && request.things.length > 0) addThings(outcome, request, options);
    if (outcome.satisfied.length + outcome.unsatisfied.length === 0)
        outcome.unsatisfied.push(`"${text.slice(0, 80)}": nothing to do was understood`);
    const scene = finished(certified(outcome.graph));
    return {
        ...scene,
        satisfied: outcome.satisfied,
        unsatisfied: outcome.unsatisfied,
        implied: outcome.implied,
        notUnderstood: request.notUnderstood
    };
}

/**
 * "Put a vase on the table" where its room has none brings one, whatever of its family is there; "move a lamp" and 把灯 speak
 * of one that is there, wherever that is.
 */
function isNew(outcome: Outcome, request: TextRequest, thing: RequestedThing, verb: string): boolean {
    if (thing.definite) return false;
    if (!/^(put|place)$/.test(verb)) return matchingNodes(outcome.graph, thing.class).length === 0;
    const room = roomOfWords(outcome, request);
    return !outcome.graph.nodes.some((n) => n.room === room && n.class === thing.class && !n.real);
}

const isVerb = (t: Token): t is Extract<Token, { kind: 'verb' }> => t.kind === 'verb';

interface Outcome {
    graph: SceneGraph;
    /** Ids of the rooms that the words name, if there is a choice. */
    readonly rooms: ReadonlySet<string> | null;
    readonly satisfied: string[];
    readonly unsatisfied: string[];
    readonly implied: string[];
}

/** The rooms of a house that words mean; null where they name none, or there is one only. */
function roomsNamed({ rooms }: SceneGraph, { room }: TextRequest): ReadonlySet<string> | null {
    if (room === undefined || room === 'room' || rooms.length === 1) return null;
    return new Set(rooms.filter((r) => r.type === room).map((r) => r.id));
}

/** The things that a class means, in the rooms that are meant. */
const found = ({ graph, rooms }: Outcome, name: string): SceneNode[] =>
    matchingNodes(rooms ? { nodes: graph.nodes.filter((n) => rooms.has(n.room)) } : graph, name);

/** Where words add things: in the room that they name, or that has what they put them beside. */
function roomOfWords(outcome: Outcome, request: TextRequest): string {
    const [named] = outcome.rooms ?? [];
    if (named !== undefined) return named;
    const beside = request.relations.flatMap(({ b }) => (typeof b === 'number' ? [request.things[b]!] : []));
    for (const { class: name } of beside.filter((t) => t.definite)) {
        const [there] = found(outcome, name);
        if (there) return there.room;
    }
    return outcome.graph.rooms[0]!.id;
}

function step(outcome: Outcome, words: string, change: (g: SceneGraph) => SceneGraph): void {
    try {
        outcome.graph = change(outcome.graph);
        outcome.satisfied.push(words);
    } catch (error) {
        outcome.unsatisfied.push(`${words}: ${error instanceof Error ? error.message : String(error)}`);
    }
}

function removeAll(outcome: Outcome, thing: RequestedThing, options: EditOptions): void {
    const all = found(outcome, thing.class);
    if (all.length === 0) outcome.unsatisfied.push(`remove ${thing.words}: there is none`);
    const some =
        thing.count > 1 ? all.slice(0, thing.count) : thing.definite || all.length === 1 ? all : all.slice(0, 1);
    for (const n of some) step(outcome, `remove ${n.id}`, (g) => editScene(g, { do: 'remove', node: n.id }, options));
}

function repaint(outcome: Outcome, thing: RequestedThing, options: EditOptions): void {
    const all = found(outcome, thing.class);
    if (all.length === 0) outcome.unsatisfied.push(`change ${thing.words}: there is none`);
    for (const n of all) {
        const colors = slotColors(n.class, thing.color, thing.material);
        if (colors)
            step(outcome, `recolor ${n.id}`, (g) => editScene(g, { do: 'recolor', node: n.id, colors }, options));
        else outcome.unsatisfied.push(`change ${n.id}: no colour or material was named`);
    }
}

/** "Move the plant to the bedroom": anywhere in it. */
function moveInto(outcome: Outcome, thing: RequestedThing, options: EditOptions): void {
    const [room] = outcome.rooms!;
    const node = matchingNodes(outcome.graph, thing.class).find((n) => n.room !== room);
    if (!node) outcome.unsatisfied.push(`move ${thing.words}: there is none elsewhere`);
    else
        step(outcome, `move ${node.id} to ${room}`, (g) =>
            editScene(g, { do: 'move', node: node.id, relations: [], room: room! }, options)
        );
}

function move(outcome: Outcome, request: TextRequest, r: RequestedRelation, options: EditOptions): void {
    const thing = request.things[r.a]!;
    const some = found(outcome, thing.class);
    const parties = typeof r.b === 'number' ? found(outcome, request.things[r.b]!.class) : [];
    // Of several in a house two in one room are meant.
    const beside = some.find((n) => parties.some((p) => p.room === n.room && p.id !== n.id));
    const node = beside ?? some[0] ?? matchingNodes(outcome.graph, thing.class)[0];
    if (!node) {
        outcome.unsatisfied.push(`${r.words}: there is no ${thing.words}`);
        return;
    }
    const others = parties.filter((n) => n.id !== node.id);
    const target = others.find((n) => n.room === node.room) ?? others[0];
    if (typeof r.b === 'number' && !target) {
        outcome.unsatisfied.push(`${r.words}: there is no ${request.things[r.b]!.words}`);
        return;
    }
    const relation = placeRelation(outcome.graph, node, r, target);
    if (!relation) outcome.unsatisfied.push(`${r.words}: the room has no such place`);
    else step(outcome, r.words, (g) => editScene(g, { do: 'move', node: node.id, relations: [relation] }, options));
}

/** The hard relation that a moved thing must have in the end. */
function placeRelation(
    graph: SceneGraph,
    node: SceneNode,
    r: RequestedRelation,
    target: SceneNode | undefined
): Omit<Relation, 'a'> | null {
    const base = {
        weight: 1,
        hard: true,
        ...(r.side === 1 || r.side === -1 || r.side === 2 || r.side === -2 ? { params: { side: r.side } } : {})
    };
    if (target) return { ...base, type: meaningOf(r.type, node.class, target.class), b: target.id };
    if (r.b === 'corner') return { ...base, type: 'corner' };
    if (r.b === 'wall')
        return { ...base, type: furnitureClass(node.class).support === 'wall' ? 'on-wall' : 'against-wall' };
    const opening = graph.openings.find(
        (o) => o.type === r.b && graph.walls.some((w) => w.id === o.wall && w.room === node.room)
    );
    return opening
        ? { ...base, type: r.type === 'across' || r.type === 'facing' ? r.type : 'next-to', b: opening.id }
        : null;
}

function replace(outcome: Outcome, things: readonly RequestedThing[], options: EditOptions): void {
    const [old, next] = things as [RequestedThing, RequestedThing];
    const node = found(outcome, old.class)[0];
    if (!node) {
        outcome.unsatisfied.push(`replace ${old.words}: there is none`);
        return;
    }
    step(outcome, `replace ${node.id} with ${next.words}`, (g) => {
        const gone = editScene(g, { do: 'remove', node: node.id }, options);
        const added: Outcome = { graph: gone, rooms: null, satisfied: [], unsatisfied: [], implied: [] };
        addThings(
            added,
            { scale: 1, things: [{ ...next, definite: false, count: 1 }], relations: [], notUnderstood: [] },
            options,
            node.room
        );
        if (added.unsatisfied.length > 0)
            throw badInput(added.unsatisfied.join('; '), 'a place for it', 'Choose a smaller thing');
        return added.graph;
    });
}

function addThings(
    outcome: Outcome,
    request: TextRequest,
    options: EditOptions,
    room = roomOfWords(outcome, request)
): void {
    const layout = layoutOf(outcome.graph, room, new Set());
    const here = { nodes: outcome.graph.nodes.filter((n) => n.room === room) };
    const demand = demandOf(namedIn(here, request), layout, options.rng, outcome.graph);
    const before = new Set(outcome.graph.nodes.map((n) => n.id));
    const dropped = solveRelations(layout, demand.requests, demand.relations, { rng: options.rng });
    const fresh = layout.nodes.filter((n) => !before.has(n.id));
    const graph = certified({
        ...outcome.graph,
        nodes: [...outcome.graph.nodes, ...fresh],
        relations: [...outcome.graph.relations, ...layout.relations],
        dropped: [...outcome.graph.dropped, ...dropped]
    }).graph;
    const { satisfied, unsatisfied } = report(graph, demand, request);
    outcome.graph = graph;
    outcome.satisfied.push(...satisfied);
    outcome.unsatisfied.push(...unsatisfied);
    outcome.implied.push(...demand.implied);
}
