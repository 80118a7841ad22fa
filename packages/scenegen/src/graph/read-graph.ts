/**
 * Reads and checks scene-graph JSON: every field's type and range, every id unique, every reference resolved, every class and
 * style known, supports free of cycles, room polygons simple, real things locked. What comes out is safe for the solver and the exporters; what is wrong is named by its
 * path (`nodes[3].pose.yaw`). Unknown fields are refused, so that a misspelt one is not lost in silence.
 */

import { badInput } from '@mixreel/core';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { hypot } from '../geometry/hypot.ts';
import { polygonArea, selfIntersection } from '../geometry/polygon.ts';
import { styleNamed } from '../style/style.ts';
import {
    array,
    boolean,
    number,
    numberMap,
    object,
    oneOf,
    optional,
    type Reader,
    record,
    text,
    textMap,
    textOrNumber,
    tuple
} from './json-reader.ts';
import { RELATION_TYPES, ROOM_TYPES, type SceneGraph, type SceneNode } from './scene-graph.ts';

/** Largest numbers of things in one graph. */
export const GRAPH_LIMITS: Readonly<Record<'rooms' | 'walls' | 'nodes' | 'relations' | 'corners', number>> =
    Object.freeze({
        rooms: 256,
        walls: 8192,
        nodes: 20_000,
        relations: 100_000,
        corners: 256
    });

const metre = number(-10_000, 10_000);
const size = number(0, 1000);
const point = tuple(metre, metre);
const polygon = array(point, 3, GRAPH_LIMITS.corners);
const id = text(1, 200);
const position = tuple(metre, metre, metre);

const room = record({
    id,
    type: oneOf(...ROOM_TYPES),
    polygon,
    floorY: metre,
    height: number(1.8, 20),
    real: boolean,
    style: optional(text(1, 200))
});
const wall = record({ id, room: id, a: point, b: point, height: size, thickness: size, real: boolean });
const opening = record({
    id,
    wall: id,
    type: oneOf('door', 'window', 'passage'),
    offset: size,
    width: size,
    sill: size,
    height: size,
    real: boolean,
    toRoom: optional(id)
});
const node = record({
    id,
    class: text(1, 100),
    room: id,
    dims: record({ width: size, height: size, depth: size }),
    pose: record({ x: metre, y: metre, z: metre, yaw: number(-100, 100) }),
    support: record({
        kind: oneOf('floor', 'wall', 'ceiling', 'node', 'none'),
        parent: id,
        surface: optional(text(0, 100))
    }),
    variant: number(0, 2 ** 32 - 1),
    locked: boolean,
    real: boolean,
    priority: number(0, 1),
    provenance: record({ generator: text(0, 200), source: text(0, 2000) }),
    covers: optional(array(id, 0, 1000)),
    style: optional(text(1, 200)),
    params: optional(numberMap),
    colors: optional(textMap),
    behaviours: optional(array(oneOf('sit', 'lie', 'open', 'switch'), 0, 4))
});
const relation = record({
    type: oneOf(...RELATION_TYPES),
    a: id,
    b: optional(id),
    params: optional(numberMap),
    weight: number(0, 1),
    hard: boolean
});

const graphReader: Reader<SceneGraph> = record({
    format: oneOf('mixreel-scene'),
    version: number(1, 1) as Reader<1>,
    seed: textOrNumber,
    style: text(1, 200),
    rooms: array(room, 1, GRAPH_LIMITS.rooms),
    walls: array(wall, 0, GRAPH_LIMITS.walls),
    openings: array(opening, 0, GRAPH_LIMITS.walls),
    floors: array(record({ id, room: id, y: metre, material: text(1, 100) }), 0, GRAPH_LIMITS.rooms),
    nodes: array(node, 0, GRAPH_LIMITS.nodes),
    relations: array(relation, 0, GRAPH_LIMITS.relations),
    groups: array(
        record({ id, class: text(1, 100), members: array(id, 0, GRAPH_LIMITS.nodes) }),
        0,
        GRAPH_LIMITS.nodes
    ),
    keepOuts: array(
        record({ id, room: id, polygon, from: metre, to: metre, reason: text(0, 1000) }),
        0,
        GRAPH_LIMITS.nodes
    ),
    walkable: array(
        record({ room: id, rectangles: array(tuple(metre, metre, metre, metre), 0, 100_000), area: number(0, 1e8) }),
        0,
        GRAPH_LIMITS.rooms
    ),
    viewpoints: array(record({ name: text(0, 200), position, target: position, yfov: number(0.01, 3.1) }), 0, 1000),
    dropped: array(record({ id: text(0, 200), class: text(0, 200), reason: text(0, 2000) }), 0, 100_000)
}) as unknown as Reader<SceneGraph>;

/**
 * A checked scene graph.
 *
 * @param value - Parsed JSON, or its text.
 * @throws MixreelError `bad-input` naming the first wrong field.
 */
export function readGraph(value: unknown): SceneGraph {
    let json = value;
    if (typeof value === 'string') {
        try {
            json = JSON.parse(value);
        } catch (cause) {
            throw badInput('the scene graph is not JSON', 'mixreel-scene version 1', 'Export the graph again', cause);
        }
    }
    const head = object(json, 'graph');
    if (head['format'] !== 'mixreel-scene' || head['version'] !== 1) {
        throw badInput(
            `the scene graph has format ${JSON.stringify(head['format'])?.slice(0, 40)} version ${JSON.stringify(head['version'])?.slice(0, 40)}`,
            '"mixreel-scene" version 1',
            'Convert the file with the version of mixreel that wrote it'
        );
    }
    const graph = graphReader(json, 'graph');
    checkReferences(graph);
    return graph;
}

function checkReferences(graph: SceneGraph): void {
    const rooms = ids(graph.rooms, 'rooms');
    const walls = ids(graph.walls, 'walls');
    ids(graph.openings, 'openings');
    const nodes = ids(graph.nodes, 'nodes');
    const need = (set: ReadonlySet<string>, value: string, where: string): void => {
        if (!set.has(value))
            throw badInput(`${where} is "${value}"`, 'an id of this graph', 'Name something that is in the graph');
    };
    const styles = new Set([graph, ...graph.rooms, ...graph.nodes].flatMap(({ style }) => style ?? []));
    for (const style of styles) styleNamed(style);
    graph.rooms.forEach((r, i) => {
        const crossing = selfIntersection(r.polygon);
        if (crossing || polygonArea(r.polygon) < 0.1) {
            throw badInput(
                `rooms[${i}].polygon ${crossing ? 'crosses itself' : 'has no positive area'}`,
                'a simple polygon with the room on its left',
                'List the corners in order around the room'
            );
        }
    });
    graph.keepOuts.forEach((k, i) => {
        need(rooms, k.room, `keepOuts[${i}].room`);
        if (selfIntersection(k.polygon) || !(k.from < k.to)) {
            throw badInput(
                `keepOuts[${i}] ${k.from < k.to ? 'crosses itself' : 'ends below its start'}`,
                'a simple polygon, from below to',
                'Correct the keep-out'
            );
        }
    });
    graph.walls.forEach((w, i) => {
        need(rooms, w.room, `walls[${i}].room`);
        if (hypot(w.b[0] - w.a[0], w.b[1] - w.a[1]) < 1e-3)
            throw badInput(`walls[${i}] has no length`, 'two different ends', 'Remove it');
    });
    graph.openings.forEach((o, i) => {
        need(walls, o.wall, `openings[${i}].wall`);
    });
    graph.nodes.forEach((n, i) => {
        need(rooms, n.room, `nodes[${i}].room`);
        if (!n.real && !CATALOGUE.has(n.class))
            throw badInput(
                `nodes[${i}].class "${n.class}" is unknown`,
                'a class of CATALOGUE',
                'Use one of its classes'
            );
        for (const covered of n.covers ?? []) need(nodes, covered, `nodes[${i}].covers`);
        if (n.real && !n.locked)
            throw badInput(`nodes[${i}] is real and not locked`, 'real nodes that are locked', 'Lock it');
        if (n.support.kind === 'node') need(nodes, n.support.parent, `nodes[${i}].support.parent`);
        if (n.support.kind === 'wall') need(walls, n.support.parent, `nodes[${i}].support.parent`);
    });
    const parties = new Set([...rooms, ...walls, ...nodes, ...graph.openings.map((o) => o.id)]);
    graph.relations.forEach((r, i) => {
        need(nodes, r.a, `relations[${i}].a`);
        if (r.b !== undefined) need(parties, r.b, `relations[${i}].b`);
    });
    checkCycles(graph.nodes);
}

function ids(list: readonly { readonly id: string }[], name: string): Set<string> {
    const seen = new Set<string>();
    list.forEach((item, i) => {
        if (seen.has(item.id))
            throw badInput(`${name}[${i}].id "${item.id}" is used twice`, 'unique ids', 'Rename one of them');
        seen.add(item.id);
    });
    return seen;
}

function checkCycles(nodes: readonly SceneNode[]): void {
    const parent = new Map(nodes.map((n) => [n.id, n.support.kind === 'node' ? n.support.parent : null]));
    const safe = new Set<string>();
    for (const n of nodes) {
        const path = new Set<string>();
        for (let at: string | null | undefined = n.id; at && !safe.has(at); at = parent.get(at)) {
            if (path.has(at))
                throw badInput(
                    `node "${at}" stands on itself through ${path.size} others`,
                    'supports without cycles',
                    'Put one of them on the floor'
                );
            path.add(at);
        }
        for (const at of path) safe.add(at);
    }
}
