/**
 * The same scene with other furniture: every virtual thing that may change gets another form of its class, or of a class
 * that serves the same purpose, in the box it had. Poses stay, so what held still holds: each change is kept only if the
 * relations of the thing and the certificate do. Locked things, and what covers a real obstacle, keep their class.
 */
import type { Rng } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { SizeRange } from '../catalogue/furniture-class.ts';
import { certify } from '../certificate/certificate.ts';
import { round } from '../geometry/polygon.ts';
import type { Dimensions, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { streamOf } from '../solver/layout.ts';
import { measureRelation } from '../solver/relation-measure.ts';
import { inOneStyle, roomsInStyle } from './room-style.ts';
import { styleNamed } from './style.ts';

/** Classes that can stand for one another. */
const FAMILIES: readonly (readonly string[])[] = [
    ['armchair', 'pouf', 'ottoman'],
    ['sideboard', 'cabinet', 'dresser', 'chest'],
    ['nightstand', 'side_table'],
    ['console_table', 'sideboard'],
    ['chair', 'stool'],
    ['vase', 'potted_plant', 'statue'],
    ['candle', 'hourglass', 'jar'],
    ['table_lamp', 'desk_lamp'],
    ['picture', 'mirror', 'wall_clock'],
    ['pendant_lamp', 'ceiling_lamp']
];

/** Refurnishes a scene, or some of its rooms, in a style; see {@link styleNamed} for its name. The graph given is not changed. */
export function refurnished(
    graph: SceneGraph,
    style: string,
    rng: Rng,
    rooms: ReadonlySet<string> | null = null
): SceneGraph {
    styleNamed(style);
    let current = rooms ? roomsInStyle(graph, rooms, style) : inOneStyle(graph, style);
    const carriers = new Set(graph.nodes.flatMap((n) => (n.support.kind === 'node' ? [n.support.parent] : [])));
    const fine = certify(graph).violations.length;
    for (const node of graph.nodes) {
        if (node.real || node.locked || node.covers?.length || (rooms && !rooms.has(node.room))) continue;
        const stream = streamOf(rng, 'refurnish', style, node.id);
        const family = FAMILIES.find((f) => f.includes(node.class))?.filter((name) => fits(name, node, carriers)) ?? [];
        const name = family.length > 0 ? stream.pick(family) : node.class;
        const changed: SceneNode = {
            ...current.nodes.find((n) => n.id === node.id)!,
            class: name,
            variant: stream.integer(64),
            dims: name === node.class ? node.dims : within(name, node)
        };
        const next = { ...current, nodes: current.nodes.map((n) => (n.id === node.id ? changed : n)) };
        if (name === node.class || (held(next, node.id, graph) && certify(next).violations.length <= fine))
            current = next;
    }
    return current;
}

/** The class goes into the node's box, and still carries what stands on it. */
function fits(name: string, node: SceneNode, carriers: ReadonlySet<string>): boolean {
    if (name === node.class) return true;
    const kind = furnitureClass(name);
    const { width, height, depth } = node.dims;
    if (kind.support !== node.support.kind || carriers.has(node.id)) return false;
    return kind.width[0] <= width && kind.height[0] <= height && kind.depth[0] <= depth;
}

/** The largest box of the class in the node's box; hung things keep their depth, so that their backs stay on the wall. */
function within(name: string, { dims, support }: SceneNode): Dimensions {
    const kind = furnitureClass(name);
    const least = (range: SizeRange, most: number): number => round(Math.min(range[2], most));
    const rigid = support.kind === 'wall' || support.kind === 'ceiling';
    return {
        width: least(kind.width, dims.width),
        height: rigid ? dims.height : least(kind.height, dims.height),
        depth: rigid ? dims.depth : least(kind.depth, dims.depth)
    };
}

/** Every relation of a node that held in the scene before still does. */
const held = (graph: SceneGraph, id: string, before: SceneGraph): boolean =>
    graph.relations.every(
        (r) =>
            (r.a !== id && r.b !== id) ||
            (measureRelation(r, before) ?? 0) <= 0.5 ||
            (measureRelation(r, graph) ?? 0) > 0.5
    );
