/** Tables: dining and coffee table, desk, side table, console, round table, nightstand. */
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, handle, legs, type Shape, top } from './furniture-class.ts';

function table(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const board = Math.min(0.035, s.h * 0.08);
    const wood = s.pick('wood', 'wood', 'wood2');
    b.box(wood, -x, s.h - board, -z, x, s.h, z, s.bevel);
    const inset = 0.04 + 0.02 * s.random();
    if (s.legs !== 'hairpin') {
        const rail = Math.min(0.08, s.h * 0.14);
        for (const side of [-1, 1]) {
            b.block(wood, 0, s.h - board - rail, side * (z - inset), s.w - 2 * inset, rail, 0.018, 0.003);
            b.block(wood, side * (x - inset), s.h - board - rail, 0, 0.018, rail, s.d - 2 * inset, 0.003);
        }
    }
    legs(b, s, wood, 0, s.h - board, inset, Math.min(0.032, 0.016 + s.h * 0.018));
}

function coffeeTable(b: MeshBuilder, s: Shape): void {
    table(b, s);
    if (s.random() < 0.6 && s.h > 0.3) b.block('wood', 0, s.h * 0.3, 0, s.w - 0.14, 0.018, s.d - 0.14, 0.005);
}

function desk(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const board = 0.028;
    b.box('wood', -x, s.h - board, -z, x, s.h, z, s.bevel);
    const pedestal = s.w > 1.0 && s.random() < 0.7 ? 0.38 : 0;
    if (pedestal > 0) {
        const side = s.pick(-1, 1);
        const [x0, x1] = side < 0 ? [-x + 0.02, -x + 0.02 + pedestal] : [x - 0.02 - pedestal, x - 0.02];
        drawers(b, 'white', x0, 0.04, -z + 0.03, x1, s.h - board - 0.004, z - 0.04, 3);
        b.box('black', x0 + 0.03, 0, -z + 0.06, x1 - 0.03, 0.045, z - 0.08, 0);
        const lx = -side * (x - 0.04);
        for (const lz of [-z + 0.05, z - 0.05]) b.block('metal', lx, 0, lz, 0.04, s.h - board, 0.04, 0.004);
        b.block('metal', lx, 0.06, 0, 0.03, 0.03, s.d - 0.14, 0.003);
    } else {
        for (const side of [-1, 1]) {
            b.block('metal', side * (x - 0.05), 0, 0, 0.05, 0.03, s.d - 0.06, 0.004);
            b.block('metal', side * (x - 0.05), 0.03, -z * 0.2, 0.06, s.h - board - 0.03, 0.06, 0.006);
            b.block('metal', side * (x - 0.05), s.h - board - 0.03, 0, 0.05, 0.03, s.d - 0.1, 0.004);
        }
        b.block('metal', 0, s.h - board - 0.05, -z * 0.2, s.w - 0.12, 0.05, 0.03, 0.004);
    }
}

/** A chest of drawers inside a box; the front is at z1. */
export function drawers(
    b: MeshBuilder,
    material: string,
    x0: number,
    y0: number,
    z0: number,
    x1: number,
    y1: number,
    z1: number,
    rows: number,
    columns = 1
): void {
    const front = 0.018;
    b.box(material, x0, y0, z0, x1, y1, z1 - front - 0.002, 0.005);
    const [cw, rh] = [(x1 - x0) / columns, (y1 - y0) / rows];
    for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
            const [u, v] = [x0 + c * cw, y0 + r * rh];
            b.box(material, u + 0.003, v + 0.003, z1 - front, u + cw - 0.003, v + rh - 0.003, z1, 0.004);
            handle(b, u + cw / 2, v + rh * 0.62, z1 - 0.022, Math.min(0.16, cw * 0.4));
        }
    }
}

function roundTable(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'wood',
        0,
        0,
        [
            [0, s.h - 0.03],
            [r - 0.03, s.h - 0.03],
            [r - 0.002, s.h - 0.012],
            [r, s.h - 0.006],
            [r - 0.006, s.h],
            [r - 0.006, s.h],
            [0, s.h]
        ],
        32
    );
    b.lathe(
        'wood',
        0,
        0,
        [
            [0, 0],
            [r * 0.55, 0],
            [r * 0.55, 0.02],
            [0.06, 0.06],
            [0.04, s.h * 0.5],
            [0.06, s.h - 0.06],
            [r * 0.4, s.h - 0.03]
        ],
        20
    );
}

function sideTable(b: MeshBuilder, s: Shape): void {
    if (Math.abs(s.w - s.d) < 0.04 && s.random() < 0.6) roundTable(b, s);
    else coffeeTable(b, s);
}

function nightstand(b: MeshBuilder, s: Shape): void {
    const foot = Math.min(0.14, s.h * 0.25);
    legs(b, s, 'wood', 0, foot + 0.002, 0.04, 0.016);
    const [x, z] = [s.w / 2, s.d / 2];
    drawers(b, s.pick('wood', 'white'), -x, foot, -z, x, s.h, z - 0.0, 2);
}

function consoleTable(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('wood', -x, s.h - 0.03, -z, x, s.h, z, s.bevel);
    drawers(b, 'wood', -x + 0.05, s.h - 0.15, -z + 0.02, x - 0.05, s.h - 0.03, z - 0.012, 1, s.w > 0.9 ? 3 : 2);
    legs(b, s, 'wood', 0, s.h - 0.03, 0.035, 0.018);
    b.block('wood', 0, 0.14, 0, s.w - 0.06, 0.02, s.d - 0.05, 0.005);
}

/** See the file comment. */
export const TABLES: readonly FurnitureClass[] = [
    {
        name: 'dining_table',
        width: [1.0, 1.6, 3.0],
        height: [0.68, 0.75, 0.82],
        depth: [0.7, 0.9, 1.4],
        support: 'floor',
        place: 'middle',
        front: 0,
        surfaces: top(),
        build: table
    },
    {
        name: 'coffee_table',
        width: [0.5, 1.05, 1.5],
        height: [0.28, 0.42, 0.55],
        depth: [0.4, 0.6, 0.9],
        support: 'floor',
        place: 'middle',
        front: 0,
        surfaces: top(),
        build: coffeeTable
    },
    {
        name: 'desk',
        width: [0.8, 1.35, 2.0],
        height: [0.68, 0.74, 0.85],
        depth: [0.5, 0.7, 0.95],
        support: 'floor',
        place: 'wall',
        front: 0.7,
        satAt: true,
        surfaces: top(0.8),
        build: desk
    },
    {
        name: 'side_table',
        width: [0.3, 0.48, 0.75],
        height: [0.35, 0.52, 0.66],
        depth: [0.3, 0.48, 0.75],
        support: 'floor',
        place: 'any',
        front: 0,
        surfaces: top(),
        build: sideTable
    },
    {
        name: 'round_table',
        width: [0.7, 1.0, 1.5],
        height: [0.68, 0.74, 0.8],
        depth: [0.7, 1.0, 1.5],
        support: 'floor',
        place: 'middle',
        front: 0,
        surfaces: (d) => [
            {
                name: 'top',
                y: d.height,
                x0: -d.width * 0.3,
                x1: d.width * 0.3,
                z0: -d.depth * 0.3,
                z1: d.depth * 0.3,
                clear: 0.6
            }
        ],
        build: roundTable
    },
    {
        name: 'nightstand',
        width: [0.35, 0.46, 0.6],
        height: [0.42, 0.55, 0.65],
        depth: [0.32, 0.4, 0.5],
        support: 'floor',
        place: 'wall',
        front: 0.25,
        surfaces: top(0.6, 0.02),
        build: nightstand
    },
    {
        name: 'console_table',
        width: [0.7, 1.1, 1.8],
        height: [0.7, 0.8, 0.95],
        depth: [0.25, 0.36, 0.45],
        support: 'floor',
        place: 'wall',
        front: 0.3,
        surfaces: top(0.8),
        build: consoleTable
    }
];
