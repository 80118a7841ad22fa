/** Small things and the odd pieces of a home: candle, teapot, globe, toy, shoe rack, coat rack, folding screen, stairs of books. */
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, legs, type Shape, top } from './furniture-class.ts';

function candle(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'metal',
        0,
        0,
        [
            [0, 0],
            [r, 0],
            [r, 0.006],
            [r * 0.9, 0.01],
            [r * 0.4, 0.012]
        ],
        20
    );
    b.cylinder('linen', 0, 0.01, 0, s.h - 0.025, r * 0.55, r * 0.55, 16);
    b.lathe(
        'glow',
        0,
        0,
        [
            [0, s.h - 0.025],
            [0.006, s.h - 0.018],
            [0.004, s.h - 0.008],
            [0, s.h]
        ],
        8
    );
}

function teapot(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.d / 2, s.w / 3);
    const clay = s.pick('ceramic', 'ceramic2', 'terracotta');
    b.lathe(
        clay,
        0,
        0,
        [
            [0, 0],
            [r * 0.6, 0],
            [r * 0.65, 0.006],
            [r, s.h * 0.4],
            [r * 0.75, s.h * 0.75],
            [r * 0.35, s.h * 0.86],
            [0.012, s.h * 0.88],
            [0.014, s.h * 0.97],
            [0, s.h]
        ],
        22
    );
    b.rod(clay, [r * 0.7, s.h * 0.35, 0], [s.w / 2 - 0.006, s.h * 0.72, 0], 0.016, 0.007, 10);
    b.rod(clay, [-r * 0.7, s.h * 0.68, 0], [-s.w / 2 + 0.008, s.h * 0.6, 0], 0.006, 0.006, 8);
    b.rod(clay, [-s.w / 2 + 0.008, s.h * 0.62, 0], [-r * 0.85, s.h * 0.25, 0], 0.006, 0.006, 8);
}

function globe(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w / 2 - 0.012, (s.h - 0.06) / 2, s.d / 2 - 0.012);
    const y = s.h - r - 0.008;
    b.cylinder('wood2', 0, 0, 0, 0.02, r * 0.6, r * 0.55, 20);
    b.cylinder('metal', 0, 0.02, 0, y - r, 0.01, 0.01, 8);
    const ring: [number, number][] = [];
    for (let i = 0; i <= 12; i++) {
        const a = -Math.PI / 2 + (Math.PI * i) / 12;
        ring.push([Math.max(0, r * exactCos(a)), y + r * exactSin(a)]);
    }
    ring[0] = [0, y - r];
    ring[12] = [0, y + r];
    b.lathe('book3', 0, 0, ring, 24);
    b.lathe(
        'metal',
        0,
        0,
        [
            [r + 0.001, y - 0.004],
            [r + 0.009, y],
            [r + 0.001, y + 0.004]
        ],
        28
    );
}

function toy(b: MeshBuilder, s: Shape): void {
    const fur = s.pick('cushion', 'fabric2', 'linen', 'wicker');
    const r = Math.min(s.w, s.d) / 2;
    const head = Math.min(r * 0.62, s.h * 0.24);
    const body = s.h - 2 * head;
    b.cushion(fur, -r * 0.68, 0, -r * 0.62, r * 0.68, body + head * 0.3, r * 0.5, 0.9);
    b.cushion(fur, -head, s.h - 2 * head, -head, head, s.h - head * 0.12, head, 0.95);
    for (const side of [-1, 1]) {
        b.cushion(
            fur,
            side * head * 0.75 - head * 0.3,
            s.h - head * 0.6,
            -head * 0.2,
            side * head * 0.75 + head * 0.3,
            s.h,
            head * 0.15,
            0.95
        );
        b.cushion(fur, side * r * 0.42 - r * 0.24, 0, r * 0.2, side * r * 0.42 + r * 0.24, body * 0.36, r * 0.98, 0.9);
        b.cushion(
            fur,
            side * r * 0.74 - r * 0.22,
            body * 0.45,
            -r * 0.1,
            side * r * 0.74 + r * 0.22,
            body * 0.85,
            r * 0.6,
            0.9
        );
        b.cushion(
            'black',
            side * head * 0.35 - 0.009,
            s.h - head * 0.85,
            head * 0.86,
            side * head * 0.35 + 0.009,
            s.h - head * 0.85 + 0.018,
            head * 0.99,
            1
        );
    }
}

function shoeRack(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    for (const side of [-1, 1]) b.block('wood', side * (x - 0.012), 0, 0, 0.024, s.h, s.d, 0.004);
    const rows = Math.max(2, Math.round(s.h / 0.22));
    for (let i = 0; i < rows; i++) {
        const y = 0.06 + (i * (s.h - 0.1)) / (rows - 1);
        for (let k = 0; k < 4; k++)
            b.block(
                'wood',
                0,
                Math.min(y, s.h - 0.02),
                -z + 0.03 + (k * (s.d - 0.06)) / 3,
                s.w - 0.04,
                0.016,
                0.03,
                0.003
            );
    }
}

function coatRack(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.cylinder('wood', 0, 0, 0, s.h - 0.02, 0.022, 0.018, 12);
    b.lathe(
        'wood',
        0,
        0,
        [
            [0.018, s.h - 0.02],
            [0.028, s.h - 0.012],
            [0.02, s.h - 0.002],
            [0, s.h]
        ],
        12
    );
    for (let i = 0; i < 4; i++) {
        const a = (Math.PI / 2) * i + 0.4;
        const [c, n] = [exactCos(a), exactSin(a)];
        b.rod('wood', [(r - 0.02) * c, 0.012, (r - 0.02) * n], [0, 0.28, 0], 0.011, 0.014, 8);
        b.rod('wood', [0, s.h - 0.22, 0], [r * 0.8 * c, s.h - 0.06, r * 0.8 * n], 0.011, 0.009, 8);
    }
    if (s.random() < 0.7)
        b.cushion(
            s.pick('fabric', 'fabric2', 'cushion'),
            -r * 0.2,
            s.h * 0.45,
            -r * 0.15,
            r * 0.75,
            s.h - 0.16,
            r * 0.4,
            0.5
        );
}

function foldingScreen(b: MeshBuilder, s: Shape): void {
    const panels = 3;
    const each = s.w / panels;
    const slope = exactAtan2(s.d * 0.8, each);
    for (let i = 0; i < panels; i++) {
        const turn = i % 2 ? slope : -slope;
        b.at({ x: -s.w / 2 + (i + 0.5) * each, yaw: turn }, () => {
            const half = (each * 0.94) / (2 * exactCos(slope)) - 0.004;
            for (const side of [-1, 1]) b.block('wood2', side * (half - 0.015), 0, 0, 0.03, s.h, 0.022, 0.004);
            for (const y of [0.08, s.h * 0.5, s.h - 0.035])
                b.block('wood2', 0, y, 0, 2 * half - 0.05, 0.03, 0.018, 0.003);
            b.block('paper', 0, 0.1, 0, 2 * half - 0.05, s.h - 0.13, 0.006, 0);
        });
    }
}

function drinksCart(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    for (const [i, j] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1]
    ] as const) {
        b.cylinder('metal', i * (x - 0.015), 0.06, j * (z - 0.015), s.h, 0.009, 0.009, 8);
        b.at({ x: i * (x - 0.03), y: 0.032, z: j * (z - 0.034), roll: Math.PI / 2 }, () =>
            b.cylinder('black', 0, -0.012, 0, 0.012, 0.032, 0.032, 14)
        );
    }
    for (const y of [0.2, s.h - 0.025]) b.block('wood', 0, y, 0, s.w - 0.02, 0.022, s.d - 0.02, 0.005);
    for (let i = 0; i < 4; i++) {
        const bx = -x + 0.1 + i * 0.09;
        if (bx > x - 0.08) break;
        const hue = s.pick('leaf', 'ceramic2', 'book3');
        b.lathe(
            hue,
            bx,
            s.random() * 0.06 - 0.03,
            [
                [0, 0.222],
                [0.035, 0.222],
                [0.036, 0.36],
                [0.013, 0.42],
                [0.013, 0.48],
                [0, 0.48]
            ],
            12
        );
    }
}

/** See the file comment. */
export const SMALL_THINGS: readonly FurnitureClass[] = [
    {
        name: 'candle',
        width: [0.07, 0.09, 0.12],
        height: [0.12, 0.2, 0.3],
        depth: [0.07, 0.09, 0.12],
        support: 'node',
        place: 'any',
        front: 0,
        build: candle
    },
    {
        name: 'teapot',
        width: [0.2, 0.24, 0.28],
        height: [0.13, 0.16, 0.2],
        depth: [0.12, 0.14, 0.17],
        support: 'node',
        place: 'any',
        front: 0,
        build: teapot
    },
    {
        name: 'globe',
        width: [0.2, 0.28, 0.36],
        height: [0.28, 0.38, 0.46],
        depth: [0.2, 0.28, 0.36],
        support: 'node',
        place: 'any',
        front: 0,
        build: globe
    },
    {
        name: 'soft_toy',
        width: [0.16, 0.24, 0.4],
        height: [0.2, 0.3, 0.5],
        depth: [0.16, 0.24, 0.4],
        support: 'node',
        place: 'any',
        front: 0,
        build: toy
    },
    {
        name: 'shoe_rack',
        width: [0.5, 0.75, 1.1],
        height: [0.4, 0.5, 0.9],
        depth: [0.26, 0.3, 0.36],
        support: 'floor',
        place: 'wall',
        front: 0.4,
        surfaces: top(0.5),
        build: shoeRack
    },
    {
        name: 'coat_rack',
        width: [0.4, 0.5, 0.6],
        height: [1.6, 1.75, 1.9],
        depth: [0.4, 0.5, 0.6],
        support: 'floor',
        place: 'corner',
        front: 0,
        build: coatRack
    },
    {
        name: 'folding_screen',
        width: [1.2, 1.5, 1.9],
        height: [1.5, 1.7, 1.9],
        depth: [0.3, 0.36, 0.45],
        support: 'floor',
        place: 'corner',
        front: 0,
        build: foldingScreen
    },
    {
        name: 'serving_cart',
        width: [0.55, 0.7, 0.9],
        height: [0.72, 0.8, 0.88],
        depth: [0.36, 0.42, 0.5],
        support: 'floor',
        place: 'wall',
        front: 0.2,
        surfaces: top(0.6, 0.05),
        build: drinksCart
    },
    {
        name: 'ottoman',
        width: [0.5, 0.7, 1.1],
        height: [0.36, 0.42, 0.48],
        depth: [0.45, 0.6, 0.8],
        support: 'floor',
        place: 'any',
        front: 0,
        build: (b, s) => {
            legs(b, s, 'wood', 0, 0.1, 0.06, 0.018);
            b.box('fabric2', -s.w / 2, 0.1, -s.d / 2, s.w / 2, s.h - 0.1, s.d / 2, 0.03);
            b.cushion(
                'fabric2',
                -s.w / 2 + 0.004,
                s.h - 0.15,
                -s.d / 2 + 0.004,
                s.w / 2 - 0.004,
                s.h,
                s.d / 2 - 0.004,
                0.16
            );
        }
    }
];
