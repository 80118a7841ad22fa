/**
 * Ways to place one request, best first: poses that its relations suggest and the places of its class, scored by how well
 * the relations to what is placed already would hold. Relations to things not placed yet say nothing.
 */

import type { RngStream } from '@mixreel/core';
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { FurnitureClass } from '../catalogue/furniture-class.ts';
import { type Footprint, footprintOf, nodeFootprint, toLocal, toWorld } from '../geometry/footprint.ts';
import { round } from '../geometry/polygon.ts';
import type { Dimensions, Pose, Relation, SceneNode } from '../graph/scene-graph.ts';
import {
    besideCandidates,
    type Candidate,
    ranked,
    seatCandidates,
    WALL_GAP,
    wallCandidates,
    wrap
} from './floor-candidates.ts';
import type { Layout, Wanted } from './layout.ts';
import { measureWith, mirrored, type Party, partyOf, wallFrame } from './relation-measure.ts';

/** A thing to be placed by its relations. */
export interface PlacementRequest extends Wanted {
    readonly id: string;
    /** Fail rather than leave it out. */
    readonly hard: boolean;
    /** Where a generator would have it; tried first, kept if it is free and breaks no hard relation. */
    readonly pose?: Pose;
}

/** Changes the layout and returns the node, or changes nothing. */
export type Attempt = () => SceneNode | null;

/** Things that stand at the back of what carries them, facing front. */
const AT_THE_BACK = new Set(['monitor', 'television', 'microwave', 'faucet', 'coffee_machine', 'toaster']);
/** Poses under the ceiling that are tried. */
const CEILING_TRIES = 60;

/** See the file comment. `mine` are the relations of the request, `waiting` the ids that are not placed yet. */
export function* attempts(
    layout: Layout,
    q: PlacementRequest,
    mine: readonly Relation[],
    waiting: ReadonlySet<string>,
    stream: RngStream
): Generator<Attempt, void, undefined> {
    const kind = furnitureClass(q.class);
    const support = mine.find((r) => r.type === 'support' && r.a === q.id && r.b !== undefined);
    if (support) {
        const parent = layout.nodes.find((n) => n.id === support.b);
        const spot = AT_THE_BACK.has(q.class) ? 'back' : 'any';
        const turn = q.dims.width > 1.5 * q.dims.depth || spot === 'back' ? 0.1 : 0.6;
        if (parent) for (let i = 0; i < 4; i++) yield () => layout.putOn(q, parent, spot, turn, stream, i === 3);
        return;
    }
    if (q.pose && kind.support === 'floor') {
        const pose = { ...q.pose, y: layout.room.floorY };
        yield () => layout.placeAt(q, pose);
        for (const near of around(pose)) yield () => layout.placeAt(q, near);
    }
    if (kind.support === 'wall') {
        yield* hangings(layout, q, mine, waiting, stream);
        return;
    }
    if (kind.support === 'ceiling') {
        let tries = CEILING_TRIES;
        for (const { pose } of scored(layout, q, mine, waiting, layout.middle, stream, 0.1)) {
            if (tries-- === 0) return;
            yield () => layout.hangFromCeiling(q, [pose.x, pose.z], pose.yaw);
        }
        return;
    }
    if (kind.support === 'node') {
        // On whatever has a free surface, the floor last.
        for (const n of layout.nodes.filter((m) => layout.surfacesOf(m)))
            yield () => layout.putOn(q, n, 'any', 0.6, stream);
    }
    const desk = deskOf(layout, q, mine);
    const snug = mine.some((r) => r.type === 'surround' || r.type === 'next-to');
    const wanted = { ...q, snug, ...(desk ? { drawnUpTo: desk } : {}) };
    for (const { pose } of floorCandidates(layout, q, mine, waiting, stream)) yield () => layout.placeAt(wanted, pose);
}

/** What a request is to be drawn up to. */
function deskOf(layout: Layout, q: PlacementRequest, mine: readonly Relation[]): SceneNode | undefined {
    const around = mine.find((r) => r.type === 'surround' && r.a === q.id);
    return around && layout.nodes.find((n) => n.id === around.b);
}

/** A ring of eight poses 15 cm from a proposed one, then 30 cm. */
function around(pose: Pose): Pose[] {
    const out: Pose[] = [];
    for (const far of [0.15, 0.3]) {
        for (let k = 0; k < 8; k++) {
            const angle = (k * Math.PI) / 4;
            out.push({ ...pose, x: round(pose.x + far * exactCos(angle)), z: round(pose.z + far * exactSin(angle)) });
        }
    }
    return out;
}

function* hangings(
    layout: Layout,
    q: PlacementRequest,
    mine: readonly Relation[],
    waiting: ReadonlySet<string>,
    stream: RngStream
): Generator<Attempt, void, undefined> {
    const top = layout.room.height - q.dims.height - 0.05;
    const anchors = mine.flatMap((r) => (r.a === q.id && r.b ? layout.nodes.filter((n) => n.id === r.b) : []));
    const over = anchors.map((n) => n.pose.y - layout.room.floorY + n.dims.height + 0.2);
    const heights = [...over, 1.4, 1.1, 1.7].filter((y) => y > 0 && y <= top);
    const all = heights.flatMap((y, i) => layout.wall.candidates(q.dims, y, 0.3 * i));
    for (const { pose, wall } of scored(layout, q, mine, waiting, all, stream, 0.2))
        yield () => layout.hangAt(q, wall, pose, false);
}

/** Poses that the relations suggest, the class's own places after them, by how well the relations would hold. */
function floorCandidates(
    layout: Layout,
    q: PlacementRequest,
    mine: readonly Relation[],
    waiting: ReadonlySet<string>,
    stream: RngStream
): Iterable<Candidate> {
    const { polygon, floorY } = layout.room;
    const kind = furnitureClass(q.class);
    const corner = kind.place === 'corner' || mine.some((r) => r.type === 'corner');
    const near = mine.flatMap((r) => suggested(layout, q, r));
    // Beside a thing on a table means beside it on the floor.
    const beside = near.every((c) => c.pose.y === floorY)
        ? near
        : near.map(({ pose, score }) => ({ pose: { ...pose, y: floorY }, score }));
    const backed = kind.place !== 'middle' || mine.some((r) => r.type === 'against-wall' || r.type === 'corner');
    const walls = backed ? wallCandidates(polygon, q.dims, floorY, corner, mine.length > 0 ? 0.2 : 0.1) : [];
    const out = beside.concat(walls, inTheMiddle(layout, kind.place, mine.length > 0));
    return scored(layout, q, mine, waiting, out, stream, 0.15);
}

/** Places away from the walls: fewer where relations suggest better ones, last for what belongs at a wall. */
function inTheMiddle(layout: Layout, place: FurnitureClass['place'], related: boolean): readonly Candidate[] {
    if (place === 'middle') return related ? layout.coarseMiddle : layout.middle;
    return place === 'any' || related ? layout.lastMiddle : [];
}

/** Poses in which one relation holds. */
function suggested(layout: Layout, q: PlacementRequest, r: Relation): Candidate[] {
    const { dims } = q;
    const all = ['left', 'right', 'front', 'back'] as const;
    const other = layout.nodes.find((n) => n.id === (r.a === q.id ? r.b : r.a));
    if (!other) {
        const party = r.b === undefined || r.a !== q.id ? null : partyOf(r.b, layout);
        return r.type === 'symmetric' && party && !('node' in party) ? centred(layout, party, dims) : [];
    }
    switch (r.type) {
        case 'next-to': {
            const beside = besideCandidates(other, dims, all, [0.05, 0.15, 0.35], false);
            const turned = besideCandidates(other, dims, all, [0.05, 0.2, 0.4], true);
            return [...beside, ...turned.map((c) => ({ ...c, score: c.score - 0.4 }))];
        }
        case 'near':
        case 'facing':
            return besideCandidates(other, dims, ['front', 'left', 'right', 'back'], [0.45, 0.8, 1.2], true);
        case 'across':
            return besideCandidates(other, dims, ['front'], [1, 1.5, 2, 2.6, 3.2], true);
        case 'surround':
            return seatCandidates(other, dims, 0.03);
        case 'aligned':
            return flush(other, dims);
        case 'symmetric':
            return mirrorImages(layout, q, other);
        default:
            return [];
    }
}

/** Turned as `b`, on its centre lines or flush with its sides, 5 cm to 2.5 m away. */
function flush(b: SceneNode, dims: Dimensions): Candidate[] {
    const f = nodeFootprint(b);
    const out: Candidate[] = [];
    const [du, dv] = [f.halfWidth - dims.width / 2, f.halfDepth - dims.depth / 2];
    for (const gap of [0.05, 0.4, 0.8, 1.5, 2.5]) {
        for (const sign of [-1, 1]) {
            const [u, v] = [sign * (f.halfWidth + gap + dims.width / 2), sign * (f.halfDepth + gap + dims.depth / 2)];
            for (const [a, c] of [
                [u, -dv],
                [u, 0],
                [du, v],
                [0, v]
            ] as const) {
                const [x, z] = toWorld(f, a, c);
                out.push({ pose: { x: round(x), y: b.pose.y, z: round(z), yaw: b.pose.yaw }, score: 0.9 - 0.1 * gap });
            }
        }
    }
    return out;
}

/** Where twins of the request have their mirror images in the middle plane of `b`; on the plane if there is no twin. */
function mirrorImages(layout: Layout, q: PlacementRequest, b: SceneNode): Candidate[] {
    const f = nodeFootprint(b);
    const twins = layout.nodes.filter((n) => n.class === q.class && n.id !== b.id);
    const out = twins.map((n): Candidate => {
        const [x, z, yaw] = mirrored(n, f);
        return { pose: { x: round(x), y: layout.room.floorY, z: round(z), yaw: wrap(yaw) }, score: 1 };
    });
    // The first of a pair goes beside, so that there is room for its image.
    out.push(...besideCandidates(b, q.dims, ['left', 'right'], [0.05, 0.2], false));
    return out.concat(besideCandidates(b, q.dims, ['front', 'back'], [0.1, 0.5, 1], true).filter((c) => central(c, b)));
}

const central = (c: Candidate, b: SceneNode): boolean =>
    Math.abs(toLocal(nodeFootprint(b), c.pose.x, c.pose.z)[0]) < 0.02;

/** On the middle line of a wall or an opening: against it, and against what is opposite. */
function centred(layout: Layout, party: Exclude<Party, { node: SceneNode }>, dims: Dimensions): Candidate[] {
    const frame = wallFrame(party.wall, party.opening);
    const across = layout.room.polygon.reduce((far, [x, z]) => Math.max(far, toLocal(frame, x, z)[1]), 0);
    const yaw = exactAtan2(frame.vx, frame.vz);
    return [WALL_GAP, across / 2 - dims.depth / 2, across - dims.depth - WALL_GAP].flatMap((off, i) =>
        [0, Math.PI].map((turn): Candidate => {
            const [x, z] = toWorld(frame, 0, off + dims.depth / 2);
            const pose = { x: round(x), y: layout.room.floorY, z: round(z), yaw: wrap(yaw + turn) };
            return { pose, score: (i === 2) === turn > 0 ? 1 : 0.3 };
        })
    );
}

/** A relation to score by: to `party`, or from the placed node `a` with its footprint. */
interface Judged {
    readonly r: Relation;
    readonly party: Party | null;
    readonly a: SceneNode | null;
    readonly frame: Footprint | undefined;
}

/** Candidates by their own score plus what the relations would give; those that break a hard one come last. */
function scored<T extends Candidate>(
    layout: Layout,
    q: PlacementRequest,
    mine: readonly Relation[],
    waiting: ReadonlySet<string>,
    all: readonly T[],
    stream: RngStream,
    noise: number
): Generator<T, void, undefined> {
    const judged = mine.flatMap((r): Judged[] => {
        const otherId = r.a === q.id ? r.b : r.a;
        if (r.type === 'support' || r.type === 'on-wall' || r.type === 'hanging' || r.type === 'co-occurrence')
            return [];
        if (otherId === undefined) return [{ r, party: null, a: null, frame: undefined }];
        if (otherId !== q.id && waiting.has(otherId)) return [];
        const party = partyOf(otherId, layout);
        if (!party) return [];
        if (!('node' in party)) return [{ r, party: r.a === q.id ? party : null, a: null, frame: undefined }];
        const footprint = nodeFootprint(party.node);
        return r.a === q.id
            ? [{ r, party: { node: party.node, footprint }, a: null, frame: undefined }]
            : [{ r, party: null, a: party.node, frame: footprint }];
    });
    if (judged.length === 0) return ranked(all, stream, noise);
    // One node that takes every pose in turn: a new one each time was a tenth of the solver's time.
    const node: { -readonly [K in keyof SceneNode]: SceneNode[K] } = ghostOf(layout, q);
    const gains = judged.map(({ r }) => (r.hard ? 4 : 2 * r.weight));
    const { support, flat = false } = furnitureClass(q.class);
    const stands = support === 'floor' || support === 'node';
    const ignoring = flat ? 'things' : deskOf(layout, q, mine) ? 'claims' : 'nothing';
    return ranked(all, stream, noise, {
        most: gains.reduce((sum, gain) => sum + Math.max(0, gain), 0),
        of: (c) => {
            if (stands && !layout.floor.mayBeFree(c.pose, q.dims, ignoring)) return null;
            node.pose = c.pose;
            const f = footprintOf(c.pose, q.dims);
            let score = c.score;
            for (let i = 0; i < judged.length; i++) {
                const { r, party, a, frame } = judged[i]!;
                const value = a
                    ? measureWith(r, a, { node, footprint: f }, layout, frame)
                    : measureWith(r, node, party, layout, f);
                if (value !== null) score += value * gains[i]! - (r.hard && value <= 0.5 ? 20 : 0);
            }
            return score;
        }
    });
}

function ghostOf(layout: Layout, q: PlacementRequest): SceneNode {
    return {
        id: q.id,
        class: q.class,
        room: layout.room.id,
        dims: q.dims,
        pose: { x: 0, y: 0, z: 0, yaw: 0 },
        support: { kind: furnitureClass(q.class).support, parent: '' },
        variant: 0,
        locked: false,
        real: false,
        priority: 0,
        provenance: q.provenance
    };
}
