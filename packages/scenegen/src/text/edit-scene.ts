/**
 * Edits of a finished scene, by data or in words: add, remove, move, recolour, restyle, replace, lock. Everything else stays
 * where it is; what stood on a moved thing moves with it. The result is certified like any other scene, and the graph given
 * is not changed, so that undo is keeping the old one.
 */
import { badInput, type Rng } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished } from '../generators/capture-generator.ts';
import { certified, without } from '../generators/repair.ts';
import type { Relation, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { Layout } from '../solver/layout.ts';
import { carriedBy, carriedTo } from '../solver/refinement.ts';
import { solveRelations } from '../solver/relation-solver.ts';
import type { PlacementRequest } from '../solver/request-candidates.ts';
import { refurnished } from '../style/refurnish.ts';
import { inOneStyle } from '../style/room-style.ts';
import { styleNamed } from '../style/style.ts';
import { matchingNodes, meaningOf, namedIn, slotColors } from './knowledge.ts';
import { parseRequest, type RequestedRelation, type RequestedThing, type TextRequest } from './parse-request.ts';
import { demandOf, report, type TextScene } from './text-generator.ts';
import { type Token, tokenize } from './tokenize.ts';

/** One change. */
export type SceneEdit =
    | { readonly do: 'remove'; readonly node: string }
    | { readonly do: 'lock'; readonly node: string; readonly locked: boolean }
    | { readonly do: 'recolor'; readonly node: string; readonly colors: Readonly<Record<string, string>> }
    | { readonly do: 'restyle'; readonly style: string; readonly node?: string }
    | { readonly do: 'refurnish'; readonly style: string }
    | { readonly do: 'move'; readonly node: string; readonly relations: readonly Omit<Relation, 'a'>[] };

/** Options of the editing functions. */
export interface EditOptions {
    readonly rng: Rng;
}

/** Applies one change. Throws `bad-input` if it names what is not there, or has no valid outcome. */
export function editScene(graph: SceneGraph, edit: SceneEdit, options: EditOptions): SceneGraph {
    if (edit.do === 'restyle') {
        styleNamed(edit.style);
        if (edit.node === undefined) return inOneStyle(graph, edit.style);
        return withNode(graph, edit.node, (n) => ({ ...n, style: edit.style }));
    }
    if (edit.do === 'refurnish') return refurnished(graph, edit.style, options.rng);
    if (edit.do === 'recolor')
        return withNode(graph, edit.node, (n) => ({ ...n, colors: { ...n.colors, ...edit.colors } }));
    if (edit.do === 'lock') return withNode(graph, edit.node, (n) => ({ ...n, locked: edit.locked }));
    const node = movable(graph, edit.node);
    if (edit.do === 'remove')
        return finished(certified({ ...without(graph, node.id, 'removed'), dropped: graph.dropped })).graph;
    return moveNode(graph, node, edit.relations, options.rng);
}

function withNode(graph: SceneGraph, id: string, change: (n: SceneNode) => SceneNode): SceneGraph {
    if (!graph.nodes.some((n) => n.id === id))
        throw badInput(`there is no node "${id}"`, 'a node of the scene', 'Name one that is in it');
    return { ...graph, nodes: graph.nodes.map((n) => (n.id === id ? change(n) : n)) };
}

function movable(graph: SceneGraph, id: string): SceneNode {
    const node = graph.nodes.find((n) => n.id === id);
    if (!node) throw badInput(`there is no node "${id}"`, 'a node of the scene', 'Name one that is in it');
    if (node.real || node.locked)
        throw badInput(
            `${id} is ${node.real ? 'real' : 'locked'}`,
            'a node that may change',
            node.real ? 'Move it in the real room' : 'Unlock it first'
        );
    if (node.covers?.length)
        throw badInput(
            `${id} covers ${node.covers.join(', ')} of the real room`,
            'a node that covers nothing real',
            'Restyle or recolour it, or edit something else'
        );
    return node;
}

/** A layout of one room holding every node but those left out. */
function layoutOf(graph: SceneGraph, room: string, leftOut: ReadonlySet<string>): Layout {
    const walls = graph.walls.filter((w) => w.room === room);
    const counts = new Map<string, number>();
    for (const n of graph.nodes) {
        const number = Number(/-(\d+)$/.exec(n.id)?.[1] ?? 0);
        counts.set(n.class, Math.max(counts.get(n.class) ?? 0, number));
    }
    const layout = new Layout(
        graph.rooms.find((r) => r.id === room)!,
        walls,
        graph.openings.filter((o) => walls.some((w) => w.id === o.wall)),
        counts,
        graph.keepOuts
    );
    for (const n of graph.nodes) if (n.room === room && !leftOut.has(n.id)) layout.add(n);
    return layout;
}

function moveNode(graph: SceneGraph, node: SceneNode, relations: readonly Omit<Relation, 'a'>[], rng: Rng): SceneGraph {
    const carried = carriedBy(node.id, graph.nodes);
    const layout = layoutOf(graph, node.room, new Set([node.id, ...carried.map((n) => n.id)]));
    const request: PlacementRequest = { ...node, hard: true, provenance: { generator: 'edit', source: 'moved' } };
    const asked = relations.map((r): Relation => ({ ...r, a: node.id }));
    solveRelations(layout, [request], asked, { rng });
    const moved = layout.nodes.find((n) => n.id === node.id)!;
    const nodes = graph.nodes.map((n) => {
        if (n.id === node.id) return { ...moved, provenance: node.provenance };
        return carried.includes(n) ? carriedTo(n, node, moved) : n;
    });
    const kept = graph.relations.filter((r) => r.a !== node.id && r.b !== node.id);
    return finished(certified({ ...graph, nodes, relations: [...kept, ...asked] })).graph;
}

/**
 * Edits in words, English or Chinese: "move the lamp next to the sofa", "remove the rug", "add two chairs by the window",
 * "make the sofa blue", "make it Japanese", "refurnish it in a modern style", "replace the armchair with a pouf".
 *
 * @returns the new scene with what was and was not understood and satisfied; the same graph if nothing could be done.
 */
export function editByText(graph: SceneGraph, text: string, options: EditOptions): TextScene {
    const verb = tokenize(text).find((t): t is Extract<Token, { kind: 'verb' }> => t.kind === 'verb')?.verb ?? 'add';
    const request = parseRequest(text);
    const outcome: Outcome = { graph, satisfied: [], unsatisfied: [], implied: [] };
    const restyling = verb === 'refurnish' ? 'refurnish' : 'restyle';
    const style = request.style ?? (verb === 'refurnish' ? graph.style : undefined);
    if (style) step(outcome, `${restyling} ${style}`, (g) => editScene(g, { do: restyling, style }, options));
    if (verb === 'remove') for (const thing of request.things) removeAll(outcome, thing, options);
    else if (verb === 'replace' && request.things.length > 1) replace(outcome, request.things, options);
    else if (verb === 'move' && request.relations.some((r) => isNew(graph, request.things[r.a]!)))
        addThings(outcome, request, options);
    else if (verb === 'move' && request.relations.length > 0)
        for (const r of request.relations) move(outcome, request, r, options);
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

/** "Put a vase on the table", where there is none yet. */
const isNew = (graph: SceneGraph, thing: RequestedThing): boolean =>
    !thing.definite && matchingNodes(graph, thing.class).length === 0;

interface Outcome {
    graph: SceneGraph;
    readonly satisfied: string[];
    readonly unsatisfied: string[];
    readonly implied: string[];
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
    const found = matchingNodes(outcome.graph, thing.class);
    if (found.length === 0) outcome.unsatisfied.push(`remove ${thing.words}: there is none`);
    const some =
        thing.count > 1
            ? found.slice(0, thing.count)
            : thing.definite || found.length === 1
              ? found
              : found.slice(0, 1);
    for (const n of some) step(outcome, `remove ${n.id}`, (g) => editScene(g, { do: 'remove', node: n.id }, options));
}

function repaint(outcome: Outcome, thing: RequestedThing, options: EditOptions): void {
    const found = matchingNodes(outcome.graph, thing.class);
    if (found.length === 0) outcome.unsatisfied.push(`change ${thing.words}: there is none`);
    for (const n of found) {
        const colors = slotColors(n.class, thing.color, thing.material);
        if (colors)
            step(outcome, `recolor ${n.id}`, (g) => editScene(g, { do: 'recolor', node: n.id, colors }, options));
        else outcome.unsatisfied.push(`change ${n.id}: no colour or material was named`);
    }
}

function move(outcome: Outcome, request: TextRequest, r: RequestedRelation, options: EditOptions): void {
    const thing = request.things[r.a]!;
    const node = matchingNodes(outcome.graph, thing.class)[0];
    if (!node) {
        outcome.unsatisfied.push(`${r.words}: there is no ${thing.words}`);
        return;
    }
    const target =
        typeof r.b === 'number'
            ? matchingNodes(outcome.graph, request.things[r.b]!.class).find((n) => n.id !== node.id)
            : undefined;
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
    const node = matchingNodes(outcome.graph, old.class)[0];
    if (!node) {
        outcome.unsatisfied.push(`replace ${old.words}: there is none`);
        return;
    }
    step(outcome, `replace ${node.id} with ${next.words}`, (g) => {
        const gone = editScene(g, { do: 'remove', node: node.id }, options);
        const added: Outcome = { graph: gone, satisfied: [], unsatisfied: [], implied: [] };
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
    room = outcome.graph.rooms[0]!.id
): void {
    const layout = layoutOf(outcome.graph, room, new Set());
    const demand = demandOf(namedIn(outcome.graph, request), layout, options.rng, outcome.graph);
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
