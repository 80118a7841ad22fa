/**
 * Rooms of ProcTHOR houses in the coordinates of the scene graph: metres, x and z of the plan with z negated (theirs are
 * left-handed), yaw turning the front away from +z. Sizes come from the asset database; objects that it does not have
 * (another data set's long tail) are left out. Boxes are { label, x, z, y0, y1, yaw, width, depth, parent }.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const shared = new URL('../../../../../shared/rooms/', import.meta.url);

/** True if the data are beside the checkout. */
export const haveRooms = () => existsSync(new URL('reference/train.jsonl.gz', shared));

const json = (path) => JSON.parse(readFileSync(new URL(path, shared), 'utf8'));

/** All rooms of a file: `reference/train`, `reference/val`, `generated/seed7`. */
export function readRooms(file) {
    const assets = new Map();
    for (const [type, list] of Object.entries(json('procthor-db/asset-database.json')))
        for (const asset of list) assets.set(asset.assetId, { type, box: asset.boundingBox });
    const text = gunzipSync(readFileSync(new URL(`${file}.jsonl.gz`, shared))).toString();
    return text
        .trim()
        .split('\n')
        .flatMap((line, house) => roomsOf(JSON.parse(line), assets).map((room) => ({ ...room, house })));
}

/** LayoutGPT's published bedrooms: boxes in pixels, about 80 a metre. */
export const readLayoutGpt = () => json('competitors/layoutgpt/gpt4.bedroom.k-similar.k_8.px_regular.json');

const roomOf = (id) => id.split('|').find((field) => /^\d+$/.test(field));

function roomsOf(house, assets) {
    const rooms = new Map();
    for (const room of house.rooms) {
        const polygon = room.floorPolygon.map(({ x, z }) => [x, -z]);
        const height = Math.max(...house.walls.flatMap((w) => w.polygon.map((p) => p.y)));
        rooms.set(roomOf(room.id), { type: room.roomType, polygon, height, boxes: [], openings: [] });
    }
    for (const top of house.objects) {
        const room = rooms.get(roomOf(top.id));
        if (!room) continue;
        const parent = boxOf(top, assets, null);
        if (parent) room.boxes.push(parent);
        for (const child of top.children ?? []) {
            const box = boxOf(child, assets, parent?.label ?? 'unknown');
            if (box) room.boxes.push(box);
        }
    }
    const walls = new Map(house.walls.map((w) => [w.id, w]));
    for (const [type, list] of [
        ['door', house.doors],
        ['window', house.windows]
    ]) {
        for (const hole of list) {
            for (const id of [hole.wall0, hole.wall1]) {
                const wall = walls.get(id);
                const room = wall && rooms.get(roomOf(wall.roomId));
                const found = room && openingOf(type, hole, wall, room.polygon);
                if (found) room.openings.push(found);
            }
        }
    }
    return [...rooms.values()];
}

function boxOf(object, assets, parent) {
    const asset = assets.get(object.assetId);
    if (!asset) return null;
    const { x, y, z } = object.position;
    const box = asset.box;
    return {
        label: asset.type,
        x,
        z: -z,
        y0: y - box.y / 2,
        y1: y + box.y / 2,
        yaw: Math.PI - (object.rotation.y * Math.PI) / 180,
        width: box.x,
        depth: box.z,
        parent
    };
}

/** A hole as the planner takes it: the corner before it and the distance from there. */
function openingOf(type, hole, wall, polygon) {
    const [p, q] = wall.polygon.filter((c) => c.y === 0).map(({ x, z }) => [x, -z]);
    const length = Math.hypot(q[0] - p[0], q[1] - p[1]);
    const [low, high] = hole.holePolygon;
    const middle = (low.x + high.x) / 2 / length;
    const at = [p[0] + (q[0] - p[0]) * middle, p[1] + (q[1] - p[1]) * middle];
    for (let i = 0; i < polygon.length; i++) {
        const [a, b] = [polygon[i], polygon[(i + 1) % polygon.length]];
        const edge = Math.hypot(b[0] - a[0], b[1] - a[1]);
        const along = ((at[0] - a[0]) * (b[0] - a[0]) + (at[1] - a[1]) * (b[1] - a[1])) / edge;
        const off = Math.abs((at[0] - a[0]) * (b[1] - a[1]) - (at[1] - a[1]) * (b[0] - a[0])) / edge;
        if (off > 0.02 || along < 0 || along > edge) continue;
        const width = high.x - low.x;
        return { type, wall: i, offset: along, width, sill: type === 'window' ? low.y : 0, height: high.y - low.y };
    }
    return null;
}

/** The shell of a room as a plan of one room; openings that overlap or do not fit are left out. */
export function planOf(room, type) {
    const openings = [];
    for (const o of room.openings) {
        const [a, b] = [room.polygon[o.wall], room.polygon[(o.wall + 1) % room.polygon.length]];
        const edge = Math.hypot(b[0] - a[0], b[1] - a[1]);
        const fits = o.offset - o.width / 2 > 0.01 && o.offset + o.width / 2 < edge - 0.01;
        const clear = openings.every(
            (p) => p.wall !== o.wall || Math.abs(p.offset - o.offset) > (p.width + o.width) / 2 + 0.02
        );
        if (fits && clear) openings.push(o);
    }
    return { height: Math.min(5, Math.max(2.4, room.height)), rooms: [{ type, polygon: room.polygon, openings }] };
}
