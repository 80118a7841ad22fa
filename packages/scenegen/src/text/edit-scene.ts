/**
 * Edits of a finished scene by data: remove, move, recolour, restyle, refurnish, lock. Everything else stays
 * where it is; what stood on a moved thing moves with it. The result is certified like any other scene, and the graph given
 * is not changed, so that undo is keeping the old one.
 */
import { badInput, type Rng } from '@mixreel/core';
import { finished } from '../generators/capture-generator.ts';
import { certified, without } from '../generators/repair.ts';
import type { Relation, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { Layout } from '../solver/layout.ts';
import { carriedBy, carriedTo } from '../solver/refinement.ts';
import { solveRelations } from '../solver/relation-solver.ts';
import type { PlacementRequest } from '../solver/request-candidates.ts';
import { refurnished } from '../style/refurnish.ts';
import { inOneStyle, roomsInStyle } from '../style/room-style.ts';
import { styleNamed } from '../style/style.ts';

/** One change. */
export type SceneEdit =
    | { readonly do: 'remove'; readonly node: string }
    | { readonly do: 'lock'; readonly node: string; readonly locked: boolean }
    | { readonly do: 'recolor'; readonly node: string; readonly colors: Readonly<Record<string, string>> }
    /** Of one node, of one room with all that is in it, or of the scene. */
    | { readonly do: 'restyle'; readonly style: string; readonly node?: string; readonly room?: string }
    | { readonly do: 'refurnish'; readonly style: string; readonly room?: string }
    /** Into the room that is named, or that has what the relations name. */
    | {
          readonly do: 'move';
          readonly node: string;
          readonly relations: readonly Omit<Relation, 'a'>[];
          readonly room?: string;
      };

/** Options of the editing functions. */
export interface EditOptions {
    readonly rng: Rng;
}

/** Applies one change. Throws `bad-input` if it names what is not there, or has no valid outcome. */
export function editScene(graph: SceneGraph, edit: SceneEdit, options: EditOptions): SceneGraph {
    if (edit.do === 'restyle') {
        styleNamed(edit.style);
        if (edit.node !== undefined) return withNode(graph, edit.node, (n) => ({ ...n, style: edit.style }));
        const room = roomOfEdit(graph, edit.room);
        return room ? roomsInStyle(graph, room, edit.style) : inOneStyle(graph, edit.style);
    }
    if (edit.do === 'refurnish') return refurnished(graph, edit.style, options.rng, roomOfEdit(graph, edit.room));
    if (edit.do === 'recolor')
        return withNode(graph, edit.node, (n) => ({ ...n, colors: { ...n.colors, ...edit.colors } }));
    if (edit.do === 'lock') return withNode(graph, edit.node, (n) => ({ ...n, locked: edit.locked || staysLocked(n) }));
    const node = movable(graph, edit.node);
    if (edit.do === 'remove')
        return finished(certified({ ...without(graph, node.id, 'removed'), dropped: graph.dropped })).graph;
    const [room] = roomOfEdit(graph, edit.room) ?? [];
    return moveNode(graph, node, edit.relations, options.rng, room);
}

/** Real nodes stay where they are: to unlock one is a mistake. */
function staysLocked(n: SceneNode): boolean {
    if (n.real) throw badInput(`${n.id} is real`, 'a virtual node to unlock', 'Move it in the real room');
    return false;
}

function roomOfEdit(graph: SceneGraph, id: string | undefined): ReadonlySet<string> | null {
    if (id === undefined) return null;
    if (graph.rooms.some((r) => r.id === id)) return new Set([id]);
    throw badInput(`there is no room "${id}"`, graph.rooms.map((r) => r.id).join(', '), 'Name one of these');
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
export function layoutOf(graph: SceneGraph, room: string, leftOut: ReadonlySet<string>): Layout {
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

function moveNode(
    graph: SceneGraph,
    node: SceneNode,
    relations: readonly Omit<Relation, 'a'>[],
    rng: Rng,
    named: string | undefined
): SceneGraph {
    const carried = carriedBy(node.id, graph.nodes);
    const room = named ?? graph.nodes.find((n) => relations.some((r) => r.b === n.id))?.room ?? node.room;
    const layout = layoutOf(graph, room, new Set([node.id, ...carried.map((n) => n.id)]));
    const request: PlacementRequest = { ...node, hard: true, provenance: { generator: 'edit', source: 'moved' } };
    const asked = relations.map((r): Relation => ({ ...r, a: node.id }));
    solveRelations(layout, [request], asked, { rng });
    const moved = layout.nodes.find((n) => n.id === node.id)!;
    const nodes = graph.nodes.map((n) => {
        if (n.id === node.id) return { ...moved, provenance: node.provenance };
        return carried.includes(n) ? { ...carriedTo(n, node, moved), room } : n;
    });
    const kept = graph.relations.filter((r) => r.a !== node.id && r.b !== node.id);
    return finished(certified({ ...graph, nodes, relations: [...kept, ...asked] })).graph;
}
