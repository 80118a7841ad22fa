/**
 * The mesh of a room: floor and ceiling by ear clipping, walls cut analytically around their openings, reveals as deep as
 * the wall, window frames with mullions before a glowing sky, doors with panels, skirting boards. World coordinates, seen
 * from inside; the outside of walls is not drawn, so a view from above looks in.
 */
import { exactAtan2 } from '@mixreel/core';
import earcut from 'earcut';
import { distance } from '../geometry/polygon.ts';
import type { Opening, Room, Wall } from '../graph/scene-graph.ts';
import { MeshBuilder } from './mesh-builder.ts';

/** One drawn part of the shell. */
export interface ShellPiece {
    readonly id: string;
    readonly class: 'floor' | 'ceiling' | 'wall' | 'door' | 'window';
    readonly mesh: MeshBuilder;
}

/** All pieces of one room. */
export function shellPieces(
    room: Room,
    walls: readonly Wall[],
    openings: readonly Opening[],
    accent: string | null
): ShellPiece[] {
    const pieces: ShellPiece[] = [flat(room, 'floor'), flat(room, 'ceiling')];
    for (const wall of walls) {
        const holes = openings.filter((o) => o.wall === wall.id).sort((a, b) => a.offset - b.offset);
        pieces.push({
            id: wall.id,
            class: 'wall',
            mesh: wallMesh(room, wall, holes, wall.id === accent ? 'accentWall' : 'wall')
        });
        for (const o of holes) {
            if (o.type === 'window') pieces.push({ id: o.id, class: 'window', mesh: windowMesh(room, wall, o) });
            if (o.type === 'door') pieces.push({ id: o.id, class: 'door', mesh: doorMesh(room, wall, o) });
        }
    }
    return pieces;
}

function flat(room: Room, which: 'floor' | 'ceiling'): ShellPiece {
    const mesh = new MeshBuilder();
    const part = mesh.part(which);
    const y = which === 'floor' ? room.floorY : room.floorY + room.height;
    const up = which === 'floor' ? 1 : -1;
    for (const [x, z] of room.polygon) mesh.vertex(part, [x, y, z], [0, up, 0], x, z);
    const triangles = earcut(room.polygon.flat());
    for (let i = 0; i < triangles.length; i += 3) {
        const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
        const [p, q, r] = [room.polygon[a]!, room.polygon[b]!, room.polygon[c]!];
        // Positive area in (x, z) is clockwise seen from above.
        const area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
        if (area > 0 === up > 0) part.indices.push(a, c, b);
        else part.indices.push(a, b, c);
    }
    return { id: which === 'floor' ? `floor-${room.id}` : `ceiling-${room.id}`, class: which, mesh };
}

/** Runs `build` in the wall's frame: x along it, y up from the floor, z into the room. */
function inWall(mesh: MeshBuilder, room: Room, wall: Wall, build: (length: number) => void): void {
    const length = distance(wall.a, wall.b);
    const yaw = exactAtan2(-(wall.b[1] - wall.a[1]), wall.b[0] - wall.a[0]);
    mesh.at({ x: wall.a[0], y: room.floorY, z: wall.a[1], yaw }, () => build(length));
}

function wallMesh(room: Room, wall: Wall, holes: readonly Opening[], material: string): MeshBuilder {
    const mesh = new MeshBuilder();
    inWall(mesh, room, wall, (length) => {
        const face = (x0: number, y0: number, x1: number, y1: number): void => {
            if (x1 - x0 < 1e-4 || y1 - y0 < 1e-4) return;
            mesh.quad(
                material,
                [x0, y0, 0],
                [x1, y0, 0],
                [x1, y1, 0],
                [x0, y1, 0],
                [
                    [x0, -y0],
                    [x1, -y0],
                    [x1, -y1],
                    [x0, -y1]
                ]
            );
        };
        const skirting = (x0: number, x1: number): void => {
            if (x1 - x0 > 0.02) mesh.box('skirting', x0, 0, 0, x1, 0.07, 0.012, 0.004);
        };
        let at = 0;
        let foot = 0;
        for (const o of holes) {
            const [x0, x1, y0, y1] = [o.offset - o.width / 2, o.offset + o.width / 2, o.sill, o.sill + o.height];
            face(at, 0, x0, wall.height);
            face(x0, 0, x1, y0);
            face(x0, y1, x1, wall.height);
            reveals(mesh, material, x0, x1, y0, y1, wall.thickness);
            if (y0 < 0.08) {
                skirting(foot, x0);
                foot = x1;
            }
            at = x1;
        }
        face(at, 0, length, wall.height);
        skirting(foot, length);
    });
    return mesh;
}

/** The four sides of a hole, as deep as the wall. */
function reveals(mesh: MeshBuilder, material: string, x0: number, x1: number, y0: number, y1: number, t: number): void {
    mesh.quad(material, [x0, y0, 0], [x0, y0, -t], [x0, y1, -t], [x0, y1, 0]);
    mesh.quad(material, [x1, y0, -t], [x1, y0, 0], [x1, y1, 0], [x1, y1, -t]);
    mesh.quad(material, [x0, y0, -t], [x0, y0, 0], [x1, y0, 0], [x1, y0, -t]);
    mesh.quad(material, [x0, y1, 0], [x0, y1, -t], [x1, y1, -t], [x1, y1, 0]);
}

function windowMesh(room: Room, wall: Wall, o: Opening): MeshBuilder {
    const mesh = new MeshBuilder();
    inWall(mesh, room, wall, () => {
        const [x0, x1, y0, y1] = [o.offset - o.width / 2, o.offset + o.width / 2, o.sill, o.sill + o.height];
        const t = wall.thickness;
        const [rim, deep] = [Math.min(0.055, o.width / 6), 0.05];
        const [z0, z1] = [-t + 0.02, -t + 0.02 + deep];
        mesh.quad('sky', [x0, y0, -t + 0.001], [x1, y0, -t + 0.001], [x1, y1, -t + 0.001], [x0, y1, -t + 0.001]);
        mesh.box('frame', x0, y0, z0, x1, y0 + rim, z1, 0.006);
        mesh.box('frame', x0, y1 - rim, z0, x1, y1, z1, 0.006);
        mesh.box('frame', x0, y0 + rim, z0, x0 + rim, y1 - rim, z1, 0.006);
        mesh.box('frame', x1 - rim, y0 + rim, z0, x1, y1 - rim, z1, 0.006);
        const panes = Math.max(1, Math.round(o.width / 0.9));
        for (let i = 1; i < panes; i++) {
            const x = x0 + (o.width * i) / panes;
            mesh.box('frame', x - 0.025, y0 + rim, z0, x + 0.025, y1 - rim, z1, 0.006);
        }
        if (o.height > 1.3)
            mesh.box(
                'frame',
                x0 + rim,
                y0 + o.height * 0.62,
                z0 + 0.005,
                x1 - rim,
                y0 + o.height * 0.62 + 0.03,
                z1 - 0.005,
                0.004
            );
        if (o.sill > 0.2) mesh.box('frame', x0 - 0.02, y0 - 0.025, -t * 0.5, x1 + 0.02, y0 + 0.001, 0.03, 0.008);
    });
    return mesh;
}

function doorMesh(room: Room, wall: Wall, o: Opening): MeshBuilder {
    const mesh = new MeshBuilder();
    inWall(mesh, room, wall, () => {
        const [x0, x1, y1] = [o.offset - o.width / 2, o.offset + o.width / 2, o.sill + o.height];
        const [z0, z1] = [-0.08, -0.035];
        const rim = 0.06;
        mesh.box('frame', x0 - 0.02, 0, -0.09, x0 + rim * 0.5, y1, 0.012, 0.006);
        mesh.box('frame', x1 - rim * 0.5, 0, -0.09, x1 + 0.02, y1, 0.012, 0.006);
        mesh.box('frame', x0 - 0.02, y1 - rim * 0.5, -0.09, x1 + 0.02, y1 + 0.02, 0.012, 0.006);
        const [a, b, top] = [x0 + rim * 0.5 + 0.003, x1 - rim * 0.5 - 0.003, y1 - rim * 0.5 - 0.003];
        mesh.box('door', a, 0.006, z0, b, top, z1, 0.004);
        const w = b - a;
        for (const [p0, p1] of [
            [0.1, 0.44],
            [0.52, 0.94]
        ] as const) {
            mesh.box('door', a + w * 0.14, top * p0, z1 - 0.01, b - w * 0.14, top * p1, z1 + 0.008, 0.008);
        }
        const hx = b - 0.07;
        mesh.at({ x: hx, y: 1.02, z: z1, pitch: Math.PI / 2 }, () =>
            mesh.cylinder('metal', 0, 0, 0, 0.012, 0.025, 0.025, 14)
        );
        mesh.box('metal', hx - 0.11, 1.012, z1 + 0.035, hx + 0.008, 1.03, z1 + 0.05, 0.006);
        mesh.box('metal', hx - 0.008, 1.012, z1 + 0.005, hx + 0.008, 1.03, z1 + 0.045, 0.004);
    });
    return mesh;
}
