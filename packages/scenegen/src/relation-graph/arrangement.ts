/**
 * How things stand to one another, learnt from rooms, after Zhang et al., "Fast 3D Indoor Scene Synthesis by Learning Spatial
 * Relation Priors of Objects" (TVCG 2021). For each ordered pair of classes the poses of the first in the frame of the
 * nearest second are pooled and tested against complete spatial randomness: the mean distance to the nearest other point
 * (Clark and Evans 1954) against that of the same things thrown anywhere into their rooms, 99 times. What is clustered
 * beyond chance is a relation, its poses are its template, and a layout is pulled towards it by the distance of each thing
 * from the template, whose largest is the directed Hausdorff distance.
 */

import { badInput, type Rng, type RngStream } from '@mixreel/core';
import { nodeFootprint, toLocal, toWorld } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { pointInPolygon } from '../geometry/polygon.ts';
import type { PlanPoint, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { wrap } from '../solver/floor-candidates.ts';
import { streamOf } from '../solver/layout.ts';
import type { Move, SoftTerm } from '../solver/refinement.ts';
import { rootsOf } from './graph-prior.ts';

/** A pose in another thing's frame: metres along its width and depth, radians. */
export type RelativePose = readonly [u: number, v: number, turn: number];

/** One pair of classes. */
export interface PairPrior {
    readonly a: string;
    readonly b: string;
    /** Chance that random throws are as clustered, 0.01 to 1. */
    readonly p: number;
    readonly template: readonly RelativePose[];
}

/** Pairs that are no accident, the most clustered first. */
export type ArrangementPrior = readonly PairPrior[];

/** Throws under randomness; the smallest p is one over one more. */
const THROWS = 99;
const LARGEST_TEMPLATE = 80;
/** Farther partners say nothing, metres. */
const REACH = 4;
/** A right angle off counts as much as this many metres. */
const QUARTER_TURN = 0.5;
/** Farther from its template than this a thing is not pulled, metres. */
const PULL = 1.2;

interface Sample {
    readonly pose: RelativePose;
    readonly partners: readonly SceneNode[];
    readonly polygon: readonly PlanPoint[];
}

/**
 * Learns the pairs that relate.
 *
 * @param significance - Largest chance of being random, 0.01 to 1; 0.05 if absent.
 */
export function learnArrangement(graphs: readonly SceneGraph[], rng: Rng, significance = 0.05): ArrangementPrior {
    if (!(significance >= 0.01 && significance <= 1))
        throw badInput(`the significance is ${significance}`, '0.01 to 1', 'Use 0.05');
    const samples = new Map<string, Sample[]>();
    for (const graph of graphs) for (const room of graph.rooms) collect(graph, room.id, room.polygon, samples);
    const out: PairPrior[] = [];
    for (const [key, list] of [...samples].sort(([p], [q]) => (p < q ? -1 : 1))) {
        if (list.length < 8) continue;
        const [a, b] = key.split(' ') as [string, string];
        const some = list.slice(0, LARGEST_TEMPLATE);
        const p = randomness(some, streamOf(rng, 'throw', a, b));
        if (p <= significance) out.push({ a, b, p, template: some.map((s) => s.pose) });
    }
    return out.sort((x, y) => x.p - y.p || y.template.length - x.template.length);
}

function collect(graph: SceneGraph, room: string, polygon: readonly PlanPoint[], samples: Map<string, Sample[]>): void {
    const roots = rootsOf(graph, room).filter((n) => n.support.kind === 'floor' && n.dims.height > 0.03);
    for (const a of roots) {
        for (const name of new Set(roots.filter((n) => n !== a).map((n) => n.class))) {
            const partners = roots.filter((n) => n.class === name && n !== a);
            const near = nearest(a.pose.x, a.pose.z, partners);
            if (!near) continue;
            const key = `${a.class} ${name}`;
            if (!samples.has(key)) samples.set(key, []);
            samples.get(key)!.push({ pose: relativePose(a, near), partners, polygon });
        }
    }
}

function nearest(x: number, z: number, nodes: readonly SceneNode[]): SceneNode | null {
    let best: SceneNode | null = null;
    let least = REACH;
    for (const n of nodes) {
        const far = hypot(n.pose.x - x, n.pose.z - z);
        if (far < least) [least, best] = [far, n];
    }
    return best;
}

function relativePose(a: SceneNode, b: SceneNode): RelativePose {
    const [u, v] = toLocal(nodeFootprint(b), a.pose.x, a.pose.z);
    return [u, v, wrap(a.pose.yaw - b.pose.yaw)];
}

/** Rank of the observed mean nearest distance among those of throws at random into the same rooms. */
function randomness(samples: readonly Sample[], stream: RngStream): number {
    const seen = meanNearest(samples.map((s) => s.pose));
    let as = 0;
    for (let i = 0; i < THROWS; i++) {
        const thrown = samples.flatMap((s): RelativePose[] => {
            const [x, z] = pointIn(s.polygon, stream);
            const b = nearest(x, z, s.partners) ?? s.partners[0]!;
            const [u, v] = toLocal(nodeFootprint(b), x, z);
            return [[u, v, 0]];
        });
        if (meanNearest(thrown) <= seen) as++;
    }
    return (as + 1) / (THROWS + 1);
}

function pointIn(polygon: readonly PlanPoint[], stream: RngStream): PlanPoint {
    const xs = polygon.map((p) => p[0]);
    const zs = polygon.map((p) => p[1]);
    for (;;) {
        const x = stream.range(Math.min(...xs), Math.max(...xs));
        const z = stream.range(Math.min(...zs), Math.max(...zs));
        if (pointInPolygon(polygon, x, z)) return [x, z];
    }
}

/** Mean distance from each point to the nearest other, turns left out. */
function meanNearest(points: readonly RelativePose[]): number {
    let sum = 0;
    points.forEach((p, i) => {
        let least = Infinity;
        points.forEach((q, j) => {
            if (i !== j) least = Math.min(least, hypot(p[0] - q[0], p[1] - q[1]));
        });
        sum += least;
    });
    return sum / points.length;
}

const apart = (p: RelativePose, q: RelativePose): number =>
    hypot(p[0] - q[0], p[1] - q[1]) + (Math.abs(wrap(p[2] - q[2])) / (Math.PI / 2)) * QUARTER_TURN;

/** Directed Hausdorff distance of some poses from a template: the farthest of them from its nearest, metres; 0 for none. */
export const hausdorffDistance = (poses: readonly RelativePose[], template: readonly RelativePose[]): number =>
    poses.reduce(
        (most, p) =>
            Math.max(
                most,
                template.reduce((least, q) => Math.min(least, apart(p, q)), Infinity)
            ),
        0
    );

/** The largest Hausdorff distance of a room from the priors of the pairs in it, metres. */
export function arrangementDistance(graph: SceneGraph, room: string, prior: ArrangementPrior): number {
    const samples = new Map<string, Sample[]>();
    collect(graph, room, [], samples);
    return prior.reduce((most, { a, b, template }) => {
        const poses = (samples.get(`${a} ${b}`) ?? []).map((s) => s.pose);
        return Math.max(most, hausdorffDistance(poses, template));
    }, 0);
}

/** The pull of a prior, for {@link refineLayout}: each thing towards the nearest pose that its partner's template has. */
export function arrangementTerm(prior: ArrangementPrior, weight = 0.5): SoftTerm {
    const best = (node: SceneNode, nodes: readonly SceneNode[]): { far: number; to: Move } | null => {
        let found: { far: number; to: Move } | null = null;
        for (const { a, b, template } of prior) {
            if (a !== node.class) continue;
            const partners = nodes.filter((n) => n.class === b && n.id !== node.id && n.room === node.room);
            const partner = nearest(node.pose.x, node.pose.z, partners);
            if (!partner) continue;
            const pose = relativePose(node, partner);
            const q = template.reduce((p, t) => (apart(pose, t) < apart(pose, p) ? t : p));
            const far = apart(pose, q);
            if (found && far >= found.far) continue;
            const [x, z] = toWorld(nodeFootprint(partner), q[0], q[1]);
            found = { far, to: [x - node.pose.x, z - node.pose.z, wrap(q[2] - pose[2])] };
        }
        return found;
    };
    return {
        weight,
        value: (node, nodes) => Math.max(0, 1 - (best(node, nodes)?.far ?? 0) / PULL),
        propose: (node, nodes) => {
            const found = best(node, nodes);
            return found && found.far < PULL ? found.to : null;
        }
    };
}
