/** Storage: bookshelf, cabinet, sideboard, TV stand, wardrobe, dresser, shelf, crate. */
import type { Dimensions } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, handle, legs, type Shape, type Surface, top } from './furniture-class.ts';
import { drawers } from './tables.ts';

const BOARD = 0.022;

/** Heights of a bookshelf's boards: at least 0.28 m apart. */
function boards(height: number): number[] {
    const rows = Math.max(1, Math.min(8, Math.floor((height - 0.08) / 0.33)));
    const pitch = (height - 0.06 - BOARD) / rows;
    return Array.from({ length: rows + 1 }, (_, i) => 0.06 + i * pitch);
}

/** Every other compartment of a bookshelf holds its own books; the rest is for what a room's people put there. */
const isOpen = (bay: number, row: number): boolean => (bay + row) % 2 === 1;

/** Open compartments, and the top of low shelves. */
function bookshelfSurfaces(d: Dimensions): Surface[] {
    const bays = Math.max(1, Math.round(d.width / 0.9));
    const bay = (d.width - BOARD) / bays;
    const ys = boards(d.height);
    const out: Surface[] = [];
    for (let r = 0; r + 1 < ys.length; r++) {
        for (let i = 0; i < bays; i++) {
            if (!isOpen(i, r)) continue;
            const x0 = -d.width / 2 + i * bay + BOARD + 0.01;
            const [z0, z1] = [-d.depth / 2 + 0.012, d.depth / 2 - 0.012];
            const clear = ys[r + 1]! - ys[r]! - BOARD - 0.01;
            out.push({ name: `board-${r}-${i}`, y: ys[r]! + BOARD, x0, z0, x1: x0 + bay - BOARD - 0.02, z1, clear });
        }
    }
    return d.height < 1.6 ? [...out, ...top(0.5)(d)] : out;
}

/** Books side by side from x0 to x1 on a board at y. */
export function books(
    b: MeshBuilder,
    s: Shape,
    x0: number,
    x1: number,
    y: number,
    z0: number,
    z1: number,
    clear: number
): void {
    let x = x0;
    while (x < x1 - 0.015) {
        const thick = 0.016 + 0.03 * s.random();
        if (x + thick > x1) return;
        const tall = Math.min(clear - 0.02, 0.17 + 0.11 * s.random());
        const deep = Math.min(z1 - z0 - 0.01, 0.13 + 0.07 * s.random());
        b.box(
            s.pick('book', 'book2', 'book3', 'paper', 'book4'),
            x + 0.0005,
            y,
            z1 - 0.015 - deep,
            x + thick - 0.0005,
            y + tall,
            z1 - 0.015,
            0
        );
        x += thick;
    }
}

function bookshelf(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const wood = s.pick('wood', 'wood2', 'white');
    const bays = Math.max(1, Math.round(s.w / 0.9));
    const bay = (s.w - BOARD) / bays;
    for (let i = 0; i <= bays; i++) b.box(wood, -x + i * bay, 0, -z, -x + i * bay + BOARD, s.h, z, 0.003);
    b.box(wood, -x, 0.06, -z, x, s.h, -z + 0.006, 0);
    b.box(wood, -x + BOARD, 0, z - 0.03, x - BOARD, 0.06, z - 0.015, 0);
    const ys = boards(s.h);
    for (const y of ys) b.box(wood, -x + BOARD * 0.5, y, -z, x - BOARD * 0.5, y + BOARD, z - 0.003, 0.003);
    // Triangles are counted: long shelves are filled less densely.
    const density = Math.min(0.9, 18 / (bays * ys.length));
    for (let i = 0; i < bays; i++) {
        for (let r = 0; r + 1 < ys.length; r++) {
            const [left, clear] = [-x + i * bay + BOARD + 0.01, ys[r + 1]! - ys[r]! - BOARD];
            const roll = s.random();
            if (isOpen(i, r) || roll > density) continue;
            const length = (bay - BOARD - 0.02) * (0.35 + 0.4 * s.random());
            const start = s.random() < 0.5 ? left : left + bay - BOARD - 0.02 - length;
            books(b, s, start, start + length, ys[r]! + BOARD, -z + 0.01, z, clear);
        }
    }
}

function cabinet(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const foot = Math.min(0.08, s.h * 0.1);
    const body = s.pick('wood', 'white', 'wood2');
    b.box('black', -x + 0.03, 0, -z + 0.02, x - 0.03, foot, z - 0.05, 0);
    b.box(body, -x, foot, -z, x, s.h, z - 0.02, 0.005);
    const doors = Math.max(1, Math.min(8, Math.round(s.w / 0.48)));
    const each = s.w / doors;
    const split = s.h > 1.3 ? [foot, foot + (s.h - foot) * 0.42, s.h] : [foot, s.h];
    for (let r = 0; r + 1 < split.length; r++) {
        for (let i = 0; i < doors; i++) {
            const [x0, x1] = [-x + i * each + 0.003, -x + (i + 1) * each - 0.003];
            const [y0, y1] = [split[r]! + 0.004, split[r + 1]! - 0.004];
            b.box(body, x0, y0, z - 0.018, x1, y1, z, 0.004);
            b.box(body, x0 + 0.05, y0 + 0.05, z - 0.006, x1 - 0.05, y1 - 0.05, z + 0.0, 0.003);
            const hx = i % 2 === 0 ? x1 - 0.04 : x0 + 0.04;
            handle(b, hx, r === 0 && split.length > 2 ? y1 - 0.1 : y0 + (y1 - y0) * 0.6, z - 0.022, 0.12, true);
        }
    }
}

function sideboard(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const foot = Math.min(0.15, s.h * 0.22);
    legs(b, s, 'wood', 0, foot + 0.002, 0.07, 0.02);
    b.box('wood', -x, foot, -z, x, s.h, z - 0.02, s.bevel);
    const parts = Math.max(2, Math.min(7, Math.round(s.w / 0.5)));
    const each = s.w / parts;
    const drawn = Math.floor(s.random() * parts);
    for (let i = 0; i < parts; i++) {
        const [x0, x1] = [-x + i * each + 0.006, -x + (i + 1) * each - 0.006];
        const rows = i === drawn ? 3 : 1;
        for (let r = 0; r < rows; r++) {
            const y0 = foot + 0.012 + ((s.h - foot - 0.024) * r) / rows;
            const y1 = foot + 0.012 + ((s.h - foot - 0.024) * (r + 1)) / rows - 0.004;
            b.box(i === drawn ? 'white' : 'wood', x0, y0, z - 0.02, x1, y1, z - 0.002, 0.004);
            if (rows === 1) handle(b, x1 - 0.05, (y0 + y1) / 2, z - 0.024, 0.1, true);
            else handle(b, (x0 + x1) / 2, (y0 + y1) / 2, z - 0.024, 0.12);
        }
    }
}

function tvStand(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const foot = Math.min(0.1, s.h * 0.22);
    legs(b, s, 'wood', 0, foot + 0.002, 0.06, 0.018);
    const third = s.w / 3;
    b.box('wood', -x, s.h - 0.025, -z, x, s.h, z, s.bevel);
    b.box('wood', -x, foot, -z, x, foot + 0.022, z, s.bevel);
    for (const px of [-x + 0.011, -x + third, x - third, x - 0.011])
        b.block('wood', px, foot, 0, 0.022, s.h - foot - 0.01, s.d - 0.01, 0.003);
    b.box('wood2', -x + 0.01, foot, -z, x - 0.01, s.h - 0.02, -z + 0.01, 0);
    for (const side of [-1, 1]) {
        const cx = side * (x - third / 2);
        b.box(
            'white',
            cx - third / 2 + 0.014,
            foot + 0.026,
            z - 0.02,
            cx + third / 2 - 0.014,
            s.h - 0.029,
            z - 0.003,
            0.003
        );
        handle(b, cx, s.h - 0.07, z - 0.025, 0.1);
    }
    b.block('black', 0, foot + 0.022, 0, Math.min(0.34, third * 0.8), 0.05, Math.min(0.25, s.d * 0.6), 0.006);
}

function wardrobe(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const body = s.pick('white', 'wood', 'wood2');
    b.box(body, -x, 0.06, -z, x, s.h, z - 0.022, 0.006);
    b.box('black', -x + 0.02, 0, -z + 0.02, x - 0.02, 0.06, z - 0.04, 0);
    const doors = Math.max(2, Math.round(s.w / 0.5));
    const each = s.w / doors;
    const low = s.random() < 0.5 ? 0.44 : 0.07;
    for (let i = 0; i < doors; i++) {
        const [x0, x1] = [-x + i * each + 0.002, -x + (i + 1) * each - 0.002];
        b.box(body, x0, low, z - 0.02, x1, s.h - 0.01, z - 0.001, 0.004);
        b.box(body, x0 + 0.06, low + 0.06, z - 0.008, x1 - 0.06, s.h - 0.07, z, 0.003);
        handle(b, i % 2 === 0 ? x1 - 0.035 : x0 + 0.035, s.h * 0.5, z - 0.024, 0.24, true);
    }
    if (low > 0.1)
        drawers(b, body, -x + 0.002, 0.07, -z + 0.05, x - 0.002, low - 0.004, z, 1, Math.max(1, Math.round(doors / 2)));
}

function dresser(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const foot = 0.09;
    legs(b, s, 'wood', 0, foot + 0.002, 0.05, 0.02);
    b.box('wood', -x, s.h - 0.025, -z, x, s.h, z, s.bevel);
    drawers(
        b,
        s.pick('wood', 'white', 'wood2'),
        -x + 0.012,
        foot,
        -z,
        x - 0.012,
        s.h - 0.026,
        z - 0.01,
        Math.max(2, Math.round((s.h - foot) / 0.22)),
        s.w > 0.9 ? 2 : 1
    );
}

function wallShelf(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('wood', -x, 0, -z, x, 0.03, z, s.bevel);
    for (const side of [-1, 1]) b.block('black', side * (x - 0.12), 0, -z + 0.012, 0.02, Math.min(0.14, s.h), 0.02, 0);
}

function crate(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const kind = s.pick('wood', 'wood2', 'white');
    b.box(kind, -x, 0, -z, x, s.h - 0.03, z, 0.01);
    b.box(kind, -x, s.h - 0.028, -z, x, s.h, z, 0.008);
    handle(b, 0, s.h * 0.65, z - 0.022, Math.min(0.2, s.w * 0.4));
    for (const side of [-1, 1])
        b.block('black', side * (x - Math.min(0.08, s.w * 0.15)), 0.005, z - 0.004, 0.03, s.h - 0.04, 0.006, 0);
}

/** The board of a wall shelf: its box reaches up to what may stand on it. */
const wallBoard = (d: Dimensions): Surface[] => [
    {
        name: 'board',
        y: 0.03,
        x0: -d.width / 2 + 0.01,
        z0: -d.depth / 2 + 0.01,
        x1: d.width / 2 - 0.01,
        z1: d.depth / 2 - 0.005,
        clear: d.height - 0.035
    }
];

/** The top, where it is low enough to be reached. */
function shelfTop(d: Dimensions): Surface[] {
    return d.height < 1.6 ? top(0.5)(d) : [];
}

/** See the file comment. */
export const STORAGE: readonly FurnitureClass[] = [
    {
        name: 'bookshelf',
        width: [0.4, 0.9, 4.5],
        height: [0.9, 1.9, 3.2],
        depth: [0.2, 0.3, 0.45],
        support: 'floor',
        place: 'wall',
        front: 0.45,
        surfaces: bookshelfSurfaces,
        build: bookshelf
    },
    {
        name: 'cabinet',
        width: [0.4, 0.9, 3.0],
        height: [0.7, 1.2, 2.4],
        depth: [0.3, 0.42, 0.65],
        support: 'floor',
        place: 'wall',
        front: 0.5,
        surfaces: shelfTop,
        build: cabinet
    },
    {
        name: 'sideboard',
        width: [0.8, 1.6, 3.2],
        height: [0.55, 0.75, 0.95],
        depth: [0.32, 0.42, 0.55],
        support: 'floor',
        place: 'wall',
        front: 0.45,
        surfaces: top(0.8),
        build: sideboard
    },
    {
        name: 'tv_stand',
        width: [0.9, 1.5, 2.2],
        height: [0.38, 0.5, 0.65],
        depth: [0.3, 0.4, 0.5],
        support: 'floor',
        place: 'wall',
        front: 0.4,
        surfaces: top(1.1),
        build: tvStand
    },
    {
        name: 'wardrobe',
        width: [0.8, 1.4, 2.6],
        height: [1.7, 2.05, 2.4],
        depth: [0.45, 0.58, 0.68],
        support: 'floor',
        place: 'wall',
        front: 0.6,
        build: wardrobe
    },
    {
        name: 'dresser',
        width: [0.6, 1.0, 1.6],
        height: [0.65, 0.85, 1.2],
        depth: [0.38, 0.46, 0.55],
        support: 'floor',
        place: 'wall',
        front: 0.5,
        surfaces: top(0.8),
        build: dresser
    },
    {
        name: 'wall_shelf',
        width: [0.4, 0.8, 1.4],
        height: [0.2, 0.3, 0.4],
        depth: [0.15, 0.22, 0.3],
        support: 'wall',
        place: 'wall',
        front: 0,
        surfaces: wallBoard,
        build: wallShelf
    },
    {
        name: 'chest',
        width: [0.1, 0.7, 1.6],
        height: [0.1, 0.45, 2.5],
        depth: [0.1, 0.45, 1.6],
        support: 'floor',
        place: 'any',
        front: 0,
        surfaces: shelfTop,
        build: crate
    }
];
