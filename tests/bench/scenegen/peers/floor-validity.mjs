/**
 * Collisions and out-of-bounds of boxes in plan, by one code for every generator that has boxes. A box is { x, z, yaw, width,
 * depth, y0, y1, label }, a room's outline a polygon; lengths are in the unit of the tolerances.
 */

/** Smallest move that parts two rectangles, by separating axes; 0 or less if they are apart. */
function penetration(a, b) {
    let least = Infinity;
    for (const axis of [a.yaw, a.yaw + Math.PI / 2, b.yaw, b.yaw + Math.PI / 2]) {
        const [nx, nz] = [Math.sin(axis), Math.cos(axis)];
        const gap = Math.abs((b.x - a.x) * nx + (b.z - a.z) * nz);
        least = Math.min(least, reach(a, nx, nz) + reach(b, nx, nz) - gap);
    }
    return least;
}

function reach(box, nx, nz) {
    const [s, c] = [Math.sin(box.yaw), Math.cos(box.yaw)];
    return (box.width / 2) * Math.abs(c * nx - s * nz) + (box.depth / 2) * Math.abs(s * nx + c * nz);
}

const cornersOf = (b) => {
    const [s, c] = [Math.sin(b.yaw), Math.cos(b.yaw)];
    return [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1]
    ].map(([i, j]) => [
        b.x + (i * b.width * c) / 2 + (j * b.depth * s) / 2,
        b.z - (i * b.width * s) / 2 + (j * b.depth * c) / 2
    ]);
};

/** Distance of a point from a polygon's outline: above 0 outside, below 0 inside. */
export function outside(polygon, [x, z]) {
    let inside = false;
    let nearest = Infinity;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
        const [[ax, az], [bx, bz]] = [polygon[i], polygon[j]];
        if (az > z !== bz > z && x < ((bx - ax) * (z - az)) / (bz - az) + ax) inside = !inside;
        const [dx, dz] = [bx - ax, bz - az];
        const t = Math.min(1, Math.max(0, ((x - ax) * dx + (z - az) * dz) / (dx * dx + dz * dz)));
        nearest = Math.min(nearest, (ax + t * dx - x) ** 2 + (az + t * dz - z) ** 2);
    }
    return Math.sqrt(nearest) * (inside ? -1 : 1);
}

/** Chairs under tables are where they belong. */
const SEAT = /chair|stool|pouf|bench/i;
const TABLE = /table|desk|counter/i;
const excused = (a, b) => (SEAT.test(a.label) && TABLE.test(b.label)) || (SEAT.test(b.label) && TABLE.test(a.label));

/**
 * Shares of objects and of rooms with a collision, and out of bounds.
 *
 * @param rooms - { polygon, boxes } each.
 * @param tolerance - { penetration, height, outside }, in the unit of the boxes.
 */
export function floorValidity(rooms, tolerance) {
    const sums = { objects: 0, colliding: 0, collidingRooms: 0, out: 0, outRooms: 0 };
    for (const { polygon, boxes } of rooms) {
        const hit = new Set();
        boxes.forEach((a, i) => {
            for (let j = i + 1; j < boxes.length; j++) {
                const b = boxes[j];
                const high = Math.min(a.y1 - b.y0, b.y1 - a.y0) > tolerance.height;
                if (high && !excused(a, b) && penetration(a, b) > tolerance.penetration) hit.add(a).add(b);
            }
        });
        const out = boxes.filter((b) => cornersOf(b).some((p) => outside(polygon, p) > tolerance.outside));
        sums.objects += boxes.length;
        sums.colliding += hit.size;
        sums.out += out.length;
        if (hit.size > 0) sums.collidingRooms++;
        if (out.length > 0) sums.outRooms++;
    }
    return {
        objects: sums.objects,
        collidingObjects: sums.colliding / sums.objects,
        collidingRooms: sums.collidingRooms / rooms.length,
        outObjects: sums.out / sums.objects,
        outRooms: sums.outRooms / rooms.length
    };
}
