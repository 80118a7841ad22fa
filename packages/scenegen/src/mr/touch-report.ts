/**
 * How well what is seen matches what is touched (Sra et al., "Oasis", VRST 2017, and its haptic follow-up): for every real
 * obstacle and its counterpart the share of the real footprint that is covered, the difference in height, and the distance
 * between the real surface a hand meets and the drawn one. The drawn surface is found on the counterpart's own triangles by
 * vertical rays, so a mesh that does not keep the promise of its box shows.
 */

import type { RoomCapture } from '../capture/read-capture.ts';
import { buildMesh } from '../catalogue/catalogue.ts';
import { corners, nodeFootprint } from '../geometry/footprint.ts';
import { overlapArea, polygonArea } from '../geometry/polygon.ts';
import type { SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { nodeStyle } from '../style/room-style.ts';
import { styleNamed } from '../style/style.ts';

/** One real thing and what stands in for it. */
export interface TouchPair {
    readonly real: string;
    readonly virtual: string;
    readonly class: string;
    /** Share of the real footprint under the counterpart, 0 to 1. */
    readonly footprintCovered: number;
    /** Counterpart's height less the real one's, metres. */
    readonly heightDifference: number;
    /** What a hand meets: the real seat or top against the drawn one, metres; null where nothing level is offered. */
    readonly surfaceError: number | null;
}

/** See the file comment. */
export interface TouchReport {
    readonly pairs: readonly TouchPair[];
    /** Real obstacles without a counterpart. */
    readonly uncovered: readonly string[];
    /** Share of the really walkable floor that stays walkable, 0 to 1. */
    readonly walkablePreserved: number;
}

/** Classes whose level top or seat is meant to be touched. */
const SEATS = new Set(['sofa', 'armchair', 'bench', 'double_bed', 'single_bed']);
const TOPS = new Set([
    'dining_table',
    'coffee_table',
    'side_table',
    'console_table',
    'desk',
    'cabinet',
    'sideboard',
    'dresser',
    'chest',
    'bookshelf',
    'wardrobe'
]);
/** Rays along each side of the footprint. */
const RAYS = 12;

/** Measures every pair of a scene made from a capture. */
export function touchReport(
    graph: SceneGraph,
    capture: RoomCapture,
    walk: readonly { readonly area: number; readonly areaBefore: number }[]
): TouchReport {
    const virtual = graph.nodes.filter((n) => n.covers?.length);
    const pairs = virtual.flatMap((v) =>
        v.covers!.flatMap((id) => {
            const real = graph.nodes.find((n) => n.id === id);
            return real ? [pairOf(v, real, capture, graph)] : [];
        })
    );
    const covered = new Set(virtual.flatMap((n) => n.covers!));
    const before = walk.reduce((sum, w) => sum + w.areaBefore, 0);
    return {
        pairs,
        uncovered: graph.nodes.filter((n) => n.real && !covered.has(n.id)).map((n) => n.id),
        walkablePreserved: before > 0 ? walk.reduce((sum, w) => sum + w.area, 0) / before : 1
    };
}

function pairOf(v: SceneNode, real: SceneNode, capture: RoomCapture, graph: SceneGraph): TouchPair {
    const [a, b] = [corners(nodeFootprint(v, 1e-4)), corners(nodeFootprint(real))];
    return {
        real: real.id,
        virtual: v.id,
        class: v.class,
        footprintCovered: Math.min(1, overlapArea(b, a) / Math.abs(polygonArea(b))),
        heightDifference: v.pose.y + v.dims.height - real.pose.y - real.dims.height,
        surfaceError: surfaceError(v, real, capture, graph)
    };
}

function surfaceError(v: SceneNode, real: SceneNode, capture: RoomCapture, graph: SceneGraph): number | null {
    const seat = SEATS.has(v.class);
    if (!seat && !TOPS.has(v.class)) return null;
    const uuid = real.provenance.source.slice(capture.name.length + 1);
    const object = capture.objects.find((o) => o.uuid === uuid);
    // A seat whose height the headset did not find cannot be compared.
    if (seat && object?.surface === undefined) return null;
    const target = seat ? graph.rooms[0]!.floorY + object!.surface! : real.pose.y + real.dims.height;
    const style = styleNamed(nodeStyle(graph, v));
    const { dims, variant, params = {} } = v;
    const mesh = buildMesh(v.class, { dims, variant, params, legs: style.legs, bevel: style.bevel });
    const heights: number[] = [];
    for (let i = 0; i < RAYS; i++) {
        for (let j = 0; j < RAYS; j++) {
            // Seats are met in front of the back rest, between the arms.
            const x = ((i + 0.5) / RAYS - 0.5) * dims.width * (seat ? 0.6 : 0.9);
            const z = seat ? ((j + 0.5) / RAYS) * dims.depth * 0.35 : ((j + 0.5) / RAYS - 0.5) * dims.depth * 0.9;
            const y = highestAt(mesh, x, z);
            if (y !== null) heights.push(v.pose.y + y - target);
        }
    }
    heights.sort((p, q) => Math.abs(p) - Math.abs(q));
    return heights.length === 0 ? null : Math.abs(heights[heights.length >> 1]!);
}

/** The highest point of a mesh over (x, z) in its own frame, or null beside it. */
function highestAt(mesh: MeshBuilder, x: number, z: number): number | null {
    let best: number | null = null;
    for (const { positions: p, indices } of mesh.parts.values()) {
        for (let i = 0; i < indices.length; i += 3) {
            const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
            const [ax, az, bx, bz, cx, cz] = [p[a]!, p[a + 2]!, p[b]!, p[b + 2]!, p[c]!, p[c + 2]!];
            const area = (bx - ax) * (cz - az) - (bz - az) * (cx - ax);
            if (Math.abs(area) < 1e-12) continue;
            const u = ((bx - x) * (cz - z) - (bz - z) * (cx - x)) / area;
            const v = ((cx - x) * (az - z) - (cz - z) * (ax - x)) / area;
            const w = 1 - u - v;
            if (u < 0 || v < 0 || w < 0) continue;
            const y = u * p[a + 1]! + v * p[b + 1]! + w * p[c + 1]!;
            if (best === null || y > best) best = y;
        }
    }
    return best;
}
