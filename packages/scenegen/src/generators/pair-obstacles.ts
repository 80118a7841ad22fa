/**
 * Which virtual thing stands in for a captured one (Sra et al., "Oasis", VRST 2017: every real obstacle is paired with a
 * virtual one of at least its footprint). The class follows from the label and the box; the virtual box is the trimmed real
 * one, so that what looks touchable is where it is touched.
 */

import type { RngStream } from '@mixreel/core';
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import type { FittedObstacle } from '../capture/fit-obstacles.ts';
import type { CapturedObject, RoomCapture } from '../capture/read-capture.ts';
import { corners, footprintOf, nodeFootprint } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { distance, overlapArea, round } from '../geometry/polygon.ts';
import type { Dimensions, Pose, SceneNode, Support } from '../graph/scene-graph.ts';
import { wrap } from '../solver/floor-candidates.ts';

/** The virtual counterpart of one captured box, before it has an id. */
export interface Pairing {
    readonly class: string;
    readonly dims: Dimensions;
    readonly pose: Pose;
    readonly support: Support;
    readonly params?: Readonly<Record<string, number>>;
}

interface Place {
    readonly box: CapturedObject;
    readonly capture: RoomCapture;
    /** Virtual things already placed, on which this one may stand. */
    readonly placed: readonly SceneNode[];
    readonly room: string;
    readonly walls: readonly string[];
}

/** Chooses class, box and support of the counterpart. */
export function pairObstacle(fitted: FittedObstacle, place: Omit<Place, 'box'>, stream: RngStream): Pairing | null {
    if (!fitted.box) return null;
    const box = fitted.box;
    const at = { ...place, box };
    if (box.onWall) return onWall(at, wallClass(box, stream));
    const small = box.label === 'screen' || box.label === 'lamp' || box.label === 'plant' || box.height < 0.35;
    if (box.y > 0.12 && small) {
        const found = raised(at, stream);
        return found && lifted(found, place.placed);
    }
    const y0 = box.y;
    const standing = { ...box, y: 0, height: round(box.height + y0) };
    const name = standingClass(standing, place.capture, stream);
    const turned = backToWall(towardsTable(standing, name, place.capture), name, place.capture);
    return {
        class: name,
        dims: { width: turned.width, height: turned.height, depth: turned.depth },
        pose: { x: turned.x, y: place.capture.floorY, z: turned.z, yaw: wrap(turned.yaw) },
        support: { kind: 'floor', parent: `floor-${place.room}` },
        ...(box.surface !== undefined && box.surface < standing.height ? { params: { seatHeight: box.surface } } : {})
    };
}

/** What RoomPlan names and a thing of the same name stands in for. */
const APPLIANCES: Readonly<Record<string, string>> = {
    refrigerator: 'fridge',
    stove: 'stove',
    dishwasher: 'dishwasher',
    washing_machine: 'washing_machine',
    bathtub: 'bathtub',
    toilet: 'toilet'
};
/** Things of which a room that has a real one is given no second. */
export const ONE_OF_A_KIND: ReadonlySet<string> = new Set([...Object.values(APPLIANCES), 'kitchen_sink', 'basin']);

function standingClass(b: CapturedObject, capture: RoomCapture, stream: RngStream): string {
    const long = Math.max(b.width, b.depth);
    const short = Math.min(b.width, b.depth);
    const pick = (...names: string[]): string => names[stream.integer(names.length)]!;
    if (b.label === 'obstacle') return scannedClass(b, capture, pick);
    if (b.label === 'couch') return long > 1.2 ? 'sofa' : 'armchair';
    if (b.label === 'bed') return short > 1.25 ? 'double_bed' : 'single_bed';
    if (b.label === 'chair') return capture.type === 'office' ? 'office_chair' : 'chair';
    if (b.label === 'sink') return capture.type === 'kitchen' ? 'kitchen_sink' : 'basin';
    const appliance = APPLIANCES[b.label];
    if (appliance) return appliance;
    if (b.label === 'plant') return 'plant';
    if (b.label === 'lamp') return b.height > 0.9 ? 'floor_lamp' : 'pouf';
    if (b.label === 'screen') return 'television';
    if (b.label === 'table') {
        if (b.height > 1.5) return pick('bookshelf', 'cabinet');
        if (b.height > 0.95) return long > 1.2 && short > 0.42 ? pick('piano', 'cabinet') : 'cabinet';
        if (b.height < 0.62) return long < 0.78 ? 'side_table' : 'coffee_table';
        if (short < 0.46 && long > 0.7) return 'console_table';
        const work = capture.type === 'office';
        if (work && long < 2 && short < 0.95) return 'desk';
        if (capture.type === 'living_room' && nearWall(b, capture) && long < 1.9) return pick('desk', 'dining_table');
        return 'dining_table';
    }
    if (b.height < 0.55) return long > 0.9 ? 'bench' : long < 0.65 && b.label !== 'storage' ? 'pouf' : 'chest';
    if (b.height < 1.0) return long > 1.0 ? pick('sideboard', 'cabinet') : pick('cabinet', 'dresser');
    if (b.height < 1.7) return pick('cabinet', 'bookshelf');
    return short > 0.42 ? pick('wardrobe', 'cabinet') : 'bookshelf';
}

/** A class for an unnamed part of the scan, by its box: mostly chairs, then whatever blocks alike. */
function scannedClass(b: CapturedObject, capture: RoomCapture, pick: (...names: string[]) => string): string {
    const long = Math.max(b.width, b.depth);
    const short = Math.min(b.width, b.depth);
    const seat = b.height > 0.68 && b.height < 1.15 && long <= 0.95 && short >= 0.3;
    if (seat) return short >= 0.58 ? 'armchair' : capture.type === 'office' && short > 0.45 ? 'office_chair' : 'chair';
    if (long < 0.42 && b.height > 0.6) return capture.type === 'music_room' ? 'speaker' : 'plant';
    if (b.height < 0.6) return long < 0.8 ? pick('pouf', 'ottoman') : pick('bench', 'chest');
    if (short > 0.85 && b.height < 1.3) return 'dining_table';
    if (b.height < 1.2) return long > 0.9 ? pick('sideboard', 'cabinet') : pick('dresser', 'cabinet');
    return pick('cabinet', 'bookshelf');
}

const CHAIRS = new Set(['chair', 'office_chair', 'armchair']);

/** Turns a scanned chair to the nearest captured table, by quarter turns. */
function towardsTable(b: CapturedObject, name: string, capture: RoomCapture): CapturedObject {
    if (b.label !== 'obstacle' || !CHAIRS.has(name)) return b;
    const tables = capture.objects.filter((o) => o.label === 'table' && hypot(o.x - b.x, o.z - b.z) < 2);
    const far = (o: CapturedObject): number => hypot(o.x - b.x, o.z - b.z);
    const table = tables.sort((p, q) => far(p) - far(q))[0];
    if (!table) return b;
    const facing = (yaw: number): number => exactSin(yaw) * (table.x - b.x) + exactCos(yaw) * (table.z - b.z);
    const turns = [0, 1, 2, 3].map((k) => {
        const odd = k % 2 === 1;
        return { ...b, yaw: b.yaw + (k * Math.PI) / 2, width: odd ? b.depth : b.width, depth: odd ? b.width : b.depth };
    });
    return turns.reduce((p, q) => (facing(q.yaw) > facing(p.yaw) + 1e-6 ? q : p));
}

function wallClass(b: CapturedObject, stream: RngStream): string {
    if (b.label === 'screen') return 'television';
    if (b.label === 'wall_art') return stream.float() < 0.15 && b.height > b.width ? 'mirror' : 'picture';
    return 'picture';
}

/** Classes whose back belongs to a wall, so that a recording's turn by 180 degrees does not matter. */
const BACKED = new Set([
    'bookshelf',
    'cabinet',
    'sideboard',
    'wardrobe',
    'dresser',
    'desk',
    'console_table',
    'piano',
    'chest',
    'bench',
    'television',
    ...ONE_OF_A_KIND
]);

/** Turns a backed class so that its back is to the nearest wall: by 180 degrees, or by 90 if it is not long. */
function backToWall(b: CapturedObject, name: string, capture: RoomCapture): CapturedObject {
    if (!BACKED.has(name)) return b;
    let best = b;
    let nearest = gapBehind(b, capture) - 0.02;
    for (const turn of [1, 2, 3]) {
        const odd = turn % 2 === 1;
        if (odd && Math.min(b.width, b.depth) < 0.6 * Math.max(b.width, b.depth) && b.width > b.depth) continue;
        const turned = {
            ...b,
            yaw: b.yaw + (turn * Math.PI) / 2,
            width: odd ? b.depth : b.width,
            depth: odd ? b.width : b.depth
        };
        const gap = gapBehind(turned, capture);
        if (gap < nearest - 1e-3) {
            nearest = gap;
            best = turned;
        }
    }
    return best;
}

function gapBehind(b: CapturedObject, capture: RoomCapture): number {
    const [vx, vz] = [exactSin(b.yaw), exactCos(b.yaw)];
    return toWalls(b.x - (vx * b.depth) / 2, b.z - (vz * b.depth) / 2, capture).gap;
}

const nearWall = (b: CapturedObject, capture: RoomCapture): boolean =>
    toWalls(b.x, b.z, capture).gap < Math.min(b.width, b.depth) / 2 + 0.2;

/** The wall nearest to a point: its index, how far it is, and how far along it the point lies. */
function toWalls(x: number, z: number, capture: RoomCapture): { wall: number; gap: number; along: number } {
    let best = { wall: 0, gap: Infinity, along: 0 };
    capture.polygon.forEach((a, wall) => {
        const b = capture.polygon[(wall + 1) % capture.polygon.length]!;
        const length = distance(a, b);
        const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        const along = (x - a[0]) * ux + (z - a[1]) * uz;
        const gap = -(x - a[0]) * uz + (z - a[1]) * ux;
        const beside = Math.max(0, -along, along - length);
        const total = hypot(Math.max(0, gap), beside);
        if (total < best.gap) best = { wall, gap: total, along };
    });
    return best;
}

/** A thing above the floor: on another thing, on a wall, from the ceiling, or on a stand of its own. */
function raised(p: Place, stream: RngStream): Pairing | null {
    const { box, capture, placed } = p;
    const floorY = capture.floorY;
    // Of the things under it the highest, so that it sinks into none.
    const under = placed
        .filter((n) => n.support.kind === 'floor' && restsOn(n, box))
        .map((n) => ({ n, gap: box.y - (n.pose.y - floorY + n.dims.height) }))
        .filter(({ gap }) => gap > -0.12 && gap < 0.28)
        .sort((x, y) => x.gap - y.gap)[0];
    if (under) {
        const y = round(under.n.pose.y - floorY + under.n.dims.height);
        const height = round(box.y + box.height - y);
        if (height < 0.05) return null;
        const names = {
            screen: box.width > 0.85 ? 'television' : 'monitor',
            lamp: 'table_lamp',
            plant: 'potted_plant'
        } as Record<string, string>;
        return {
            class: names[box.label] ?? 'books',
            dims: { width: box.width, height, depth: box.depth },
            pose: {
                x: box.x,
                y: round(floorY + y),
                z: box.z,
                yaw: wrap(box.label === 'screen' ? screenYaw(box, capture) : box.yaw)
            },
            support: { kind: 'node', parent: under.n.id, surface: 'top' }
        };
    }
    const wall = toWalls(box.x, box.z, capture);
    if (wall.gap < box.depth / 2 + 0.35)
        return onWall(
            p,
            box.label === 'screen' ? 'television' : box.label === 'lamp' ? 'wall_lamp' : wallClass(box, stream)
        );
    if (box.label === 'lamp' && capture.height - box.y - box.height < 0.6) {
        const height = round(capture.height - box.y);
        return {
            class: 'pendant_lamp',
            dims: { width: box.width, height, depth: box.depth },
            pose: { x: box.x, y: round(floorY + capture.height - height), z: box.z, yaw: wrap(box.yaw) },
            support: { kind: 'ceiling', parent: p.room }
        };
    }
    const name = { screen: 'television', lamp: 'floor_lamp', plant: 'plant' }[box.label] ?? 'cabinet';
    return {
        class: name,
        dims: { width: box.width, height: round(box.y + box.height), depth: box.depth },
        pose: { x: box.x, y: floorY, z: box.z, yaw: wrap(box.yaw) },
        support: { kind: 'floor', parent: `floor-${p.room}` }
    };
}

/** True if a box is over a node by 2 cm. */
function restsOn(n: SceneNode, b: CapturedObject): boolean {
    const shape = corners(footprintOf({ x: b.x, y: 0, z: b.z, yaw: b.yaw }, b, -0.01));
    return overlapArea(corners(nodeFootprint(n, -0.01)), shape) > 1e-5;
}

/** Raises the underside of a hung thing out of what it sinks into by the recording's error. */
function lifted(p: Pairing, placed: readonly SceneNode[]): Pairing {
    const shape = corners(footprintOf(p.pose, p.dims, -0.002));
    let y = p.pose.y;
    for (const n of placed) {
        const top = n.pose.y + n.dims.height;
        const meets = top > y && top < y + 0.12 && overlapArea(corners(nodeFootprint(n)), shape) > 1e-5;
        if (meets && p.support.kind !== 'floor') y = round(top + 0.002);
    }
    const height = round(p.pose.y + p.dims.height - y);
    return y === p.pose.y || height < 0.05 ? p : { ...p, pose: { ...p.pose, y }, dims: { ...p.dims, height } };
}

/** Screens look into the room. */
function screenYaw(b: CapturedObject, capture: RoomCapture): number {
    const behind = gapBehind(b, capture);
    return gapBehind({ ...b, yaw: b.yaw + Math.PI }, capture) < behind - 0.02 ? b.yaw + Math.PI : b.yaw;
}

/** Moves the back of a box onto the nearest wall. */
function onWall(p: Place, name: string): Pairing | null {
    const { box, capture } = p;
    const near = toWalls(box.x, box.z, capture);
    const a = capture.polygon[near.wall]!;
    const b = capture.polygon[(near.wall + 1) % capture.polygon.length]!;
    const length = distance(a, b);
    const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
    const yaw = exactAtan2(-uz, ux);
    // The box of the captured box in the wall's frame, its back on the wall.
    const shape = corners(footprintOf({ x: box.x, y: 0, z: box.z, yaw: box.yaw }, box));
    const along = shape.map(([x, z]) => (x - a[0]) * ux + (z - a[1]) * uz);
    const off = shape.map(([x, z]) => -(x - a[0]) * uz + (z - a[1]) * ux);
    const depth = round(Math.max(0.02, Math.max(...off) - 0.001));
    const u0 = Math.max(0.006, Math.min(...along));
    const u1 = Math.min(length - 0.006, Math.max(...along));
    const w = round(u1 - u0 - 1e-4);
    const u = (u0 + u1) / 2;
    if (w < 0.05) return null;
    return {
        class: name,
        dims: { width: w, height: box.height, depth },
        pose: {
            x: round(a[0] + ux * u - uz * (depth / 2 + 0.001)),
            y: round(capture.floorY + box.y),
            z: round(a[1] + uz * u + ux * (depth / 2 + 0.001)),
            yaw: round(yaw)
        },
        support: { kind: 'wall', parent: p.walls[near.wall]! },
        ...(name === 'television' ? { params: { wall: 1 } } : {})
    };
}
