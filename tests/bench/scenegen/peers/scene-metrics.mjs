/**
 * How a room can be used, by the definitions of SceneEval (Tam et al. 2025) on boxes, by one code for every generator that has
 * them. A room is { polygon, boxes, openings? }, a box as in floor-validity.mjs, metres; openings are { type, wall, offset,
 * width, sill } along the polygon's edges. Pictures of the floor have 256 x 256 cells, door and window zones 100 cells a metre.
 */
import { outside } from './floor-validity.mjs';

const CELLS = 256;
/** Half the robot's width, metres: walls and things are drawn with an outline as wide as the robot. */
const HALF_ROBOT = 0.1;
/** What begins above this is over one's head, metres. */
const HEAD = 2;
/** Lower than this lies on the floor and is walked over, metres. */
const FLAT = 0.03;
const WINDOW_DEPTH = 0.5;
const CLEARANCE_CELL = 0.01;
/** Classes with a side to stand before, by the names of AI2-THOR and of our catalogue. */
const FRONTED =
    /^(dresser|fridge|sofa|armchair|toilet|sink|basin|tvstand|tv_stand|desk|wardrobe|cabinet|sideboard|shelvingunit|bookshelf|washingmachine|washing_machine|clothesdryer|clothes_dryer|safe|countertop|kitchen_sink|kitchen_counter|stove|piano)$/i;

const frameOf = (b) => ({ s: Math.sin(b.yaw), c: Math.cos(b.yaw) });

/** True if a point is in a box's rectangle grown by `grow`. */
function covers(b, x, z, grow = 0) {
    const { s, c } = frameOf(b);
    const [dx, dz] = [x - b.x, z - b.z];
    return Math.abs(dx * c - dz * s) <= b.width / 2 + grow && Math.abs(dx * s + dz * c) <= b.depth / 2 + grow;
}

const inWay = (b) => (b.y0 + b.y1) / 2 < HEAD && b.y1 - b.y0 > FLAT;

/** Share of the free floor that is in one piece; 1 for a room without free floor that has no part to miss. */
export function navigability({ polygon, boxes }) {
    const [xs, zs] = [polygon.map((p) => p[0]), polygon.map((p) => p[1])];
    const [x0, z0] = [Math.min(...xs), Math.min(...zs)];
    const cell = Math.max(Math.max(...xs) - x0, Math.max(...zs) - z0) / CELLS;
    const free = new Uint8Array(CELLS * CELLS);
    const things = boxes.filter(inWay).map((b) => ({ b, reach: Math.hypot(b.width, b.depth) / 2 + HALF_ROBOT }));
    const at = (i) => [x0 + ((i % CELLS) + 0.5) * cell, z0 + (Math.floor(i / CELLS) + 0.5) * cell];
    for (let i = 0; i < free.length; i++) {
        const [x, z] = at(i);
        if (outside(polygon, [x, z]) > -HALF_ROBOT) continue;
        const taken = things.some(
            ({ b, reach }) => Math.abs(b.x - x) < reach && Math.abs(b.z - z) < reach && covers(b, x, z, HALF_ROBOT)
        );
        if (!taken) free[i] = 1;
    }
    const all = free.reduce((sum, f) => sum + f, 0);
    let largest = 0;
    const stack = [];
    for (let start = 0; start < free.length; start++) {
        if (free[start] === 0) continue;
        let size = 0;
        free[start] = 0;
        stack.push(start);
        while (stack.length > 0) {
            const i = stack.pop();
            size++;
            const c = i % CELLS;
            for (const next of [c > 0 ? i - 1 : -1, c < CELLS - 1 ? i + 1 : -1, i - CELLS, i + CELLS]) {
                if (next < 0 || next >= free.length || free[next] === 0) continue;
                free[next] = 0;
                stack.push(next);
            }
        }
        largest = Math.max(largest, size);
    }
    return all === 0 ? 1 : largest / all;
}

/** Share of a strip 0.2 m deep, 0.05 m before the front, that is in the room and under no other thing; one for each front. */
export function accessibility({ polygon, boxes }) {
    const things = boxes.filter(inWay);
    return things
        .filter((b) => FRONTED.test(b.label))
        .map((b) => {
            const { s, c } = frameOf(b);
            const [wide, deep] = [40, 8];
            let clear = 0;
            for (let i = 0; i < wide * deep; i++) {
                const u = (((i % wide) + 0.5) / wide - 0.5) * b.width;
                const v = b.depth / 2 + 0.05 + ((Math.floor(i / wide) + 0.5) / deep) * 0.2;
                const [x, z] = [b.x + u * c + v * s, b.z - u * s + v * c];
                if (outside(polygon, [x, z]) <= 0 && !things.some((o) => o !== b && covers(o, x, z))) clear++;
            }
            return clear / (wide * deep);
        });
}

/** Share of the box before each door (as deep as it is wide) and window (0.5 m, for what passes its sill) that is clear. */
export function openingClearance({ polygon, boxes, openings }) {
    return openings.map((o) => {
        const [a, b] = [polygon[o.wall], polygon[(o.wall + 1) % polygon.length]];
        const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
        const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        const middle = [a[0] + ux * o.offset, a[1] + uz * o.offset];
        const side = outside(polygon, [middle[0] - uz * 0.01, middle[1] + ux * 0.01]) < 0 ? 1 : -1;
        const deep = o.type === 'window' ? WINDOW_DEPTH : o.width;
        const things = boxes.filter((t) => inWay(t) && (o.type !== 'window' || t.y1 > o.sill + 1e-6));
        let [clear, all] = [0, 0];
        for (let u = CLEARANCE_CELL / 2 - o.width / 2; u < o.width / 2; u += CLEARANCE_CELL) {
            for (let v = CLEARANCE_CELL / 2; v < deep; v += CLEARANCE_CELL) {
                const [x, z] = [middle[0] + ux * u - side * uz * v, middle[1] + uz * u + side * ux * v];
                all++;
                if (!things.some((t) => covers(t, x, z))) clear++;
            }
        }
        return clear / all;
    });
}

/** True if less than 99 % of what is under a box is floor of the room; 1,600 points. */
export function isOut(polygon, b) {
    const { s, c } = frameOf(b);
    const side = 40;
    let inside = 0;
    for (let i = 0; i < side * side; i++) {
        const u = (((i % side) + 0.5) / side - 0.5) * b.width;
        const v = ((Math.floor(i / side) + 0.5) / side - 0.5) * b.depth;
        if (outside(polygon, [b.x + u * c + v * s, b.z - u * s + v * c]) <= 0) inside++;
    }
    return inside < 0.99 * side * side;
}
