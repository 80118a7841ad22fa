/**
 * The outline of a room from its captured wall faces. Each face is a directed segment with the room on its left; the end of
 * one meets the start of the next within the recording's error (up to 0.2 m in the five Quest captures). Faces are
 * chained by nearest end and start, and neighbours are extended to the point where their lines cross.
 */

import { badInput } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import { distance, polygonArea, round, selfIntersection } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';

/** A wall face in plan, with the room on its left. */
export interface WallFace {
    readonly a: PlanPoint;
    readonly b: PlanPoint;
    readonly bottom: number;
    readonly top: number;
}

/** Largest gap between two wall faces that is taken for a recording error, metres. */
const LARGEST_GAP = 0.6;
/** Walls shorter than this are noise, metres. */
const SHORTEST_WALL = 0.02;

/** Corners of the room, positive area. Throws `bad-input` if the walls do not close into a simple polygon. */
export function outlineFromWalls(faces: readonly WallFace[]): PlanPoint[] {
    const used = faces.filter((f) => distance(f.a, f.b) > SHORTEST_WALL);
    if (used.length < 3) {
        throw badInput(
            `the capture has ${used.length} walls`,
            'at least 3 WALL_FACE planes that close around the room',
            'Capture the room with its walls'
        );
    }
    const order = chain(used);
    const polygon: PlanPoint[] = [];
    for (let i = 0; i < order.length; i++) polygon.push(...joint(order[i]!, order[(i + 1) % order.length]!));
    return checkedOutline(withoutRepeats(polygon));
}

/** The polygon itself, rounded, if it is fit to be a room; throws `bad-input` otherwise. */
export function checkedOutline(corners: readonly PlanPoint[]): PlanPoint[] {
    const polygon = corners.map(([x, z]): PlanPoint => [round(x), round(z)]);
    if (polygon.length < 3) {
        throw badInput(`the room has ${polygon.length} corners`, '3 or more', 'Give the room at least three walls');
    }
    const crossing = selfIntersection(polygon);
    if (crossing) {
        throw badInput(
            `walls ${crossing[0]} and ${crossing[1]} of the room cross`,
            'a simple polygon',
            'Capture the room again, or list its corners in order around it'
        );
    }
    const area = polygonArea(polygon);
    if (Math.abs(area) < 0.5) {
        throw badInput(`the room has ${Math.abs(area).toFixed(3)} m2`, 'at least 0.5 m2', 'Check the units: metres');
    }
    return area > 0 ? polygon : polygon.reverse();
}

/** Orders the faces around the room: from each end to the nearest start. */
function chain(faces: readonly WallFace[]): WallFace[] {
    const left = faces.slice(1);
    const order = [faces[0]!];
    while (left.length > 0) {
        const end = order[order.length - 1]!.b;
        let best = 0;
        for (let i = 1; i < left.length; i++) if (distance(end, left[i]!.a) < distance(end, left[best]!.a)) best = i;
        const gap = distance(end, left[best]!.a);
        if (gap > LARGEST_GAP) throw openWalls(gap, end);
        order.push(left.splice(best, 1)[0]!);
    }
    const gap = distance(order[order.length - 1]!.b, order[0]!.a);
    if (gap > LARGEST_GAP) throw openWalls(gap, order[0]!.a);
    return order;
}

function openWalls(gap: number, at: PlanPoint): Error {
    return badInput(
        `the walls leave a gap of ${gap.toFixed(2)} m at (${at[0].toFixed(2)}, ${at[1].toFixed(2)})`,
        `walls that close within ${LARGEST_GAP} m`,
        'Capture the missing wall'
    );
}

/** Where two neighbouring faces meet: the crossing of their lines, or both ends where they are nearly parallel. */
function joint(first: WallFace, second: WallFace): PlanPoint[] {
    const ux = first.b[0] - first.a[0];
    const uz = first.b[1] - first.a[1];
    const vx = second.b[0] - second.a[0];
    const vz = second.b[1] - second.a[1];
    const sine = (ux * vz - uz * vx) / (hypot(ux, uz) * hypot(vx, vz));
    const middle: PlanPoint = [(first.b[0] + second.a[0]) / 2, (first.b[1] + second.a[1]) / 2];
    if (Math.abs(sine) < 0.17) return distance(first.b, second.a) < 0.05 ? [middle] : [first.b, second.a];
    const t = ((second.a[0] - first.a[0]) * vz - (second.a[1] - first.a[1]) * vx) / (ux * vz - uz * vx);
    const crossing: PlanPoint = [first.a[0] + t * ux, first.a[1] + t * uz];
    return distance(crossing, middle) < LARGEST_GAP ? [crossing] : [first.b, second.a];
}

function withoutRepeats(polygon: readonly PlanPoint[]): PlanPoint[] {
    return polygon.filter((p, i) => distance(p, polygon[(i + 1) % polygon.length]!) > SHORTEST_WALL);
}
