/**
 * What a scene is where things meet, as boxes: for a physics engine, a navigation mesh, or code of one's own. Furniture with
 * something on its boards is no solid block: it is solid up to its lowest surface, has a board under each higher one, and a
 * rim around them (a sofa's arms and back, a shelf's sides), so that what stands in it is not pushed out. Walls are cut
 * around their openings. Real things that a virtual one stands in for are left to it; rugs and curtains stop nobody.
 */
import { exactAtan2 } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { Surface } from '../catalogue/furniture-class.ts';
import { distance } from '../geometry/polygon.ts';
import type { Room, SceneGraph, SceneNode, Wall } from '../graph/scene-graph.ts';

/** A box in its collider's frame, metres. */
export interface ColliderBox {
    readonly center: readonly [number, number, number];
    readonly half: readonly [number, number, number];
}

/** One thing as boxes. */
export interface Collider {
    /** Id of the node or the wall; `floor-…` and `ceiling-…` with the room's id. */
    readonly id: string;
    readonly kind: 'floor' | 'ceiling' | 'wall' | 'node';
    /** Origin of the boxes: of a node the middle of its underside, else the world's. */
    readonly position: readonly [number, number, number];
    /** Turn about +y, radians. */
    readonly yaw: number;
    readonly boxes: readonly ColliderBox[];
}

/** Thickness of floors, ceilings and boards, metres. */
const PLATE = 0.1;
const BOARD = 0.018;

/** Every collider of a scene, in the graph's order. 60 nodes take well under a millisecond. */
export function collidersOf(graph: SceneGraph): Collider[] {
    const covered = new Set(graph.nodes.flatMap((n) => n.covers ?? []));
    const solid = graph.nodes.filter((n) => !covered.has(n.id) && stops(n));
    return [
        ...graph.rooms.flatMap((room) => [plate(room, 'floor'), plate(room, 'ceiling')]),
        ...graph.walls.map((wall) => wallCollider(wall, graph)),
        ...solid.map(
            (n): Collider => ({
                id: n.id,
                kind: 'node',
                position: [n.pose.x, n.pose.y, n.pose.z],
                yaw: n.pose.yaw,
                boxes: boxesOfNode(n)
            })
        )
    ];
}

const stops = (n: SceneNode): boolean => n.real || (n.class !== 'curtain' && furnitureClass(n.class).flat !== true);

/** Floor or ceiling as the plate under the rectangle around the room. */
function plate(room: Room, kind: 'floor' | 'ceiling'): Collider {
    const [xs, zs] = [room.polygon.map((p) => p[0]), room.polygon.map((p) => p[1])];
    const [x0, x1, z0, z1] = [Math.min(...xs), Math.max(...xs), Math.min(...zs), Math.max(...zs)];
    const y = kind === 'floor' ? room.floorY - PLATE / 2 : room.floorY + room.height + PLATE / 2;
    const box: ColliderBox = {
        center: [(x0 + x1) / 2, y, (z0 + z1) / 2],
        half: [(x1 - x0) / 2, PLATE / 2, (z1 - z0) / 2]
    };
    return { id: `${kind}-${room.id}`, kind, position: [0, 0, 0], yaw: 0, boxes: [box] };
}

/** Pieces beside, below and above the openings, outward from the wall's line. */
function wallCollider(wall: Wall, graph: SceneGraph): Collider {
    const floorY = graph.rooms.find((r) => r.id === wall.room)?.floorY ?? 0;
    const length = distance(wall.a, wall.b);
    const boxes: ColliderBox[] = [];
    const piece = (x0: number, x1: number, y0: number, y1: number): void => {
        if (x1 - x0 < 0.005 || y1 - y0 < 0.005) return;
        const t = Math.max(wall.thickness, 0.02);
        boxes.push({
            center: [(x0 + x1) / 2, (y0 + y1) / 2, -t / 2],
            half: [(x1 - x0) / 2, (y1 - y0) / 2, t / 2]
        });
    };
    let at = 0;
    for (const o of graph.openings.filter((p) => p.wall === wall.id).sort((a, b) => a.offset - b.offset)) {
        const [x0, x1] = [o.offset - o.width / 2, o.offset + o.width / 2];
        piece(at, x0, 0, wall.height);
        // One looks through a window, one does not climb through it.
        if (o.type !== 'window') piece(x0, x1, 0, o.sill);
        piece(x0, x1, o.type === 'window' ? 0 : o.sill + o.height, wall.height);
        at = x1;
    }
    piece(at, length, 0, wall.height);
    const yaw = exactAtan2(-(wall.b[1] - wall.a[1]), wall.b[0] - wall.a[0]);
    return { id: wall.id, kind: 'wall', position: [wall.a[0], floorY, wall.a[1]], yaw, boxes };
}

/** See the file comment. */
export function boxesOfNode(n: SceneNode): ColliderBox[] {
    const { width: w, height: h, depth: d } = n.dims;
    const span = (x0: number, y0: number, z0: number, x1: number, y1: number, z1: number): ColliderBox[] =>
        x1 - x0 < 0.004 || y1 - y0 < 0.004 || z1 - z0 < 0.004
            ? []
            : [
                  {
                      center: [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2],
                      half: [(x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2]
                  }
              ];
    const inner = n.real ? [] : innerSurfaces(n);
    const whole: ColliderBox = { center: [0, h / 2, 0], half: [w / 2, h / 2, d / 2] };
    if (inner.length === 0) return [whole];
    const lowest = Math.min(...inner.map((s) => s.y));
    const [x0, x1] = [Math.min(...inner.map((s) => s.x0)), Math.max(...inner.map((s) => s.x1))];
    const [z0, z1] = [Math.min(...inner.map((s) => s.z0)), Math.max(...inner.map((s) => s.z1))];
    // A thing on a narrow rim may reach over it: boards are as deep as the thing, the rim ends at the surfaces.
    return [
        ...span(-w / 2, 0, -d / 2, w / 2, lowest, d / 2),
        ...inner.flatMap((s) => (s.y > lowest + 0.02 ? span(s.x0, s.y - BOARD, s.z0, s.x1, s.y, s.z1) : [])),
        ...span(-w / 2, lowest, -d / 2, w / 2, h, z0),
        ...span(-w / 2, lowest, z0, x0, h, z1),
        ...span(x1, lowest, z0, w / 2, h, z1),
        ...lid(n, inner, span(x0, h - BOARD, z0, x1, h, z1))
    ];
}

/** Surfaces below the top, on which things stand within the box. */
function innerSurfaces(n: SceneNode): Surface[] {
    const all = furnitureClass(n.class).surfaces?.(n.dims, n.params ?? {}) ?? [];
    return all.filter((s) => s.y < n.dims.height - 0.03);
}

/** A closed top, if the class has a surface there too. */
function lid(n: SceneNode, inner: readonly Surface[], board: ColliderBox[]): ColliderBox[] {
    const all = furnitureClass(n.class).surfaces?.(n.dims, n.params ?? {}) ?? [];
    return all.length > inner.length ? board : [];
}
