/**
 * Which style a thing has: its own, its room's, or the scene's; and styles for the rooms of a house that differ and still
 * belong together: each the house's style vector with a little of another's, drawn for the room.
 */
import type { Rng } from '@mixreel/core';
import type { Room, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { streamOf } from '../solver/layout.ts';
import { STYLE_NAMES } from './style.ts';

/** The style of a scene that names none. */
export const drawnStyle = (rng: Rng): string => streamOf(rng, 'style').pick(STYLE_NAMES);

/** Name of a node's style. */
export function nodeStyle(graph: SceneGraph, n: SceneNode): string {
    return n.style ?? graph.rooms.find((r) => r.id === n.room)?.style ?? graph.style;
}

/** Name of the style of a room's shell. */
export const roomStyle = (graph: SceneGraph, room: Room): string => room.style ?? graph.style;

/** A graph whose rooms and nodes have no style of their own. */
export const inOneStyle = (graph: SceneGraph, style: string): SceneGraph => ({
    ...graph,
    style,
    rooms: graph.rooms.map(({ style: _, ...r }) => r),
    nodes: graph.nodes.map(({ style: _, ...n }) => n)
});

/** A graph of which some rooms are in a style, with no thing in them of a style of its own. */
export const roomsInStyle = (graph: SceneGraph, rooms: ReadonlySet<string>, style: string): SceneGraph => ({
    ...graph,
    rooms: graph.rooms.map((r) => (rooms.has(r.id) ? { ...r, style } : r)),
    nodes: graph.nodes.map((n) => {
        if (!rooms.has(n.room)) return n;
        const { style: _, ...rest } = n;
        return rest;
    })
});

/**
 * The house's style with another's mixed in.
 *
 * @param house - A style name, or a mix.
 * @param spread - Share of the other, 0 to 0.5.
 */
export function styleOfRoom(house: string, spread: number, rng: Rng, index: number): string {
    if (spread === 0) return house;
    const parts = house.includes(':') ? house.split('+') : [`${house}:1`];
    const total = parts.reduce((sum, part) => sum + Number(part.slice(part.indexOf(':') + 1)), 0);
    const others = STYLE_NAMES.filter((name) => !parts.some((part) => part.startsWith(`${name}:`)));
    const other = streamOf(rng, 'room-style', index).pick(others.length > 0 ? others : STYLE_NAMES);
    return [...parts, `${other}:${((total * spread) / (1 - spread)).toFixed(3)}`].join('+');
}
