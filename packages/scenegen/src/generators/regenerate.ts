/**
 * A part of a scene made anew: what is real, covers something real, is locked, or carries what is, stays; the rest of the
 * room is furnished again by its rules.
 */
import { badInput, type Rng } from '@mixreel/core';
import type { Grammar } from '../grammar/grammar.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type { SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { Layout } from '../solver/layout.ts';
import { finished } from './capture-generator.ts';
import { furnish } from './furnish.ts';
import { type CertifiedScene, certified } from './repair.ts';

/** Options of {@link regenerate}. */
export interface RegenerateOptions {
    /** Where the new choices come from. */
    readonly rng: Rng;
    /** Only this room; all rooms if absent. */
    readonly room?: string;
    /** Share of the room's program that is tried, 0 to 1; 1 if absent. */
    readonly density?: number;
    /** What belongs in rooms; `INDOOR_GRAMMAR` if absent. */
    readonly grammar?: Grammar;
}

/** Makes a room, or all, anew. Throws `bad-input` for a room that is not there. */
export function regenerate(graph: SceneGraph, options: RegenerateOptions): CertifiedScene {
    const rooms = graph.rooms.filter((r) => options.room === undefined || r.id === options.room);
    if (rooms.length === 0)
        throw badInput(
            `there is no room "${options.room}"`,
            graph.rooms.map((r) => r.id).join(', '),
            'Name one of these'
        );
    const { rng, density = 1, grammar = INDOOR_GRAMMAR } = options;
    const again = new Set(rooms.map((r) => r.id));
    const stays = keptNodes(graph, again);
    const counts = new Map<string, number>();
    for (const n of stays) {
        const number = Number(/-(\d+)$/.exec(n.id)?.[1] ?? 0);
        counts.set(n.class, Math.max(counts.get(n.class) ?? 0, number));
    }
    const layouts = rooms.map((room) => {
        const walls = graph.walls.filter((w) => w.room === room.id);
        const openings = graph.openings.filter((o) => walls.some((w) => w.id === o.wall));
        const layout = new Layout(room, walls, openings, counts, graph.keepOuts);
        for (const n of stays) if (n.room === room.id) layout.add(n);
        furnish(layout, grammar.rooms[room.type], rng, { density, generator: 'rules', grammar });
        return layout;
    });
    const nodes = [...stays.filter((n) => !again.has(n.room)), ...layouts.flatMap((l) => l.nodes)];
    const known = new Set([...nodes, ...graph.walls, ...graph.openings, ...graph.rooms].map((x) => x.id));
    const old = graph.relations.filter((r) => known.has(r.a) && (r.b === undefined || known.has(r.b)));
    const groups = graph.groups
        .map((g) => ({ ...g, members: g.members.filter((m) => known.has(m)) }))
        .filter((g) => g.members.length > 0);
    const relations = [...old, ...layouts.flatMap((l) => l.relations)];
    return finished(certified({ ...graph, nodes, relations, groups }));
}

function keptNodes(graph: SceneGraph, again: ReadonlySet<string>): SceneNode[] {
    const kept = new Set(
        graph.nodes.filter((n) => !again.has(n.room) || n.real || n.locked || n.covers?.length).map((n) => n.id)
    );
    for (let grew = true; grew; ) {
        grew = false;
        for (const n of graph.nodes) {
            if (!kept.has(n.id) || n.support.kind !== 'node' || kept.has(n.support.parent)) continue;
            kept.add(n.support.parent);
            grew = true;
        }
    }
    return graph.nodes.filter((n) => kept.has(n.id));
}
