/**
 * What belongs here? (Zhou et al., "SceneGraphNet", ICCV 2019.) Classes ranked for a spot on the floor or on top of a thing,
 * by counts instead of messages: how common a class is in such rooms, times how much likelier each neighbour makes it, or
 * how often it stands on that carrier. Naive Bayes with add-one smoothing.
 */
import { badInput } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { nodeFootprint } from '../geometry/footprint.ts';
import type { PlanPoint, SceneGraph } from '../graph/scene-graph.ts';
import { footprintGap } from '../solver/relation-measure.ts';
import { wallDistance } from '../solver/room-space.ts';
import { type GraphPrior, NEAR, rootsOf } from './graph-prior.ts';

/** Where something is to be added. */
export type Spot = { readonly room: string; readonly at: PlanPoint } | { readonly on: string };

/** A class and its share of the belief, all summing to 1. */
export interface Suggestion {
    readonly class: string;
    readonly probability: number;
}

/** Nearer to a wall than this counts as against it, metres. */
const BY_THE_WALL = 0.6;

/** Suggestions, likeliest first. Throws `bad-input` for rooms and nodes that are not in the scene, or unknown to the prior. */
export function suggestClasses(graph: SceneGraph, spot: Spot, prior: GraphPrior): Suggestion[] {
    return 'on' in spot ? onTop(graph, spot.on, prior) : onFloor(graph, spot, prior);
}

function onTop(graph: SceneGraph, id: string, prior: GraphPrior): Suggestion[] {
    const carrier = graph.nodes.find((n) => n.id === id);
    if (!carrier) throw badInput(`there is no node "${id}"`, 'a node of the scene', 'Name one that is in it');
    const there = new Set(graph.nodes.filter((n) => n.support.parent === id).map((n) => n.class));
    // One of a class is there already: another is less likely than the mean says.
    const weights = Object.entries(prior.children[carrier.class] ?? {}).map(
        ([name, mean]) => [name, there.has(name) ? mean / 3 : mean] as const
    );
    return normalised(weights);
}

function onFloor(
    graph: SceneGraph,
    { room: id, at }: { room: string; at: PlanPoint },
    prior: GraphPrior
): Suggestion[] {
    const room = graph.rooms.find((r) => r.id === id);
    const counts = room && prior.rooms[room.type];
    if (!room || !counts)
        throw badInput(
            room ? `the prior knows no ${room.type}` : `there is no room "${id}"`,
            'a room of the scene that the prior has seen',
            'Name another, or learn from more rooms'
        );
    const roots = rootsOf(graph, id).filter((n) => n.support.kind === 'floor');
    const point = { x: at[0], z: at[1], ux: 1, uz: 0, vx: 0, vz: 1, halfWidth: 0.2, halfDepth: 0.2 };
    const neighbours = roots.filter((n) => footprintGap(nodeFootprint(n), point) <= NEAR * 0.75);
    const byWall = wallDistance(room.polygon, at[0], at[1]) < BY_THE_WALL;
    const weights = Object.entries(counts.counts).flatMap(([name, row]) => {
        const kind = furnitureClass(name);
        if (kind.support !== 'floor' || kind.flat) return [];
        const have = roots.filter((n) => n.class === name).length;
        // How many rooms with as many of it had one more.
        const more = row.slice(have + 1).reduce((sum, n) => sum + n, 0);
        const atLeast = row.slice(have).reduce((sum, n) => sum + n, 0);
        let weight = (more + 0.2) / (atLeast + 1);
        const seen = prior.near[name] ?? 0;
        for (const n of neighbours) {
            const base = Object.keys(counts.counts).length;
            weight *= (((prior.near[`${name} ${n.class}`] ?? 0) + 0.5) / (seen + 1)) * Math.sqrt(base);
        }
        const wall = prior.edges[`${name} against-wall`];
        const share = wall ? (wall.held + 1) / (wall.of + 2) : 0.5;
        return [[name, weight * (byWall ? share : 1 - share)] as const];
    });
    return normalised(weights);
}

function normalised(weights: readonly (readonly [string, number])[]): Suggestion[] {
    const total = weights.reduce((sum, [, w]) => sum + w, 0);
    return weights
        .map(([name, w]) => ({ class: name, probability: total > 0 ? w / total : 0 }))
        .sort((a, b) => b.probability - a.probability || (a.class < b.class ? -1 : 1));
}
