/** Decoration and small things: plant, rug, picture, mirror, clock, curtain, whiteboard, books, vase, bowl, mug, tray, basket, bin. */

import { exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, type Shape, top } from './furniture-class.ts';

/** A leaf: a bent strip of two quads each side from `from` to `to`, `width` at its middle. */
function leaf(b: MeshBuilder, from: readonly number[], to: readonly number[], width: number, droop: number): void {
    const part = b.part('leaf');
    const dir = [to[0]! - from[0]!, to[1]! - from[1]!, to[2]! - from[2]!];
    const flat = hypot(dir[0]!, dir[2]!) || 1;
    const side = [dir[2]! / flat, 0, -dir[0]! / flat];
    const at = (t: number, w: number, lift: number): number => {
        const p = [0, 1, 2].map((k) => from[k]! + dir[k]! * t + side[k]! * w) as [number, number, number];
        p[1] = Math.max(0.01, p[1] + lift);
        const n: [number, number, number] = [-dir[0]! * 0.4 + side[0]! * w, 0.9, -dir[2]! * 0.4 + side[2]! * w];
        const l = hypot(n[0]!, n[1]!, n[2]!);
        return b.vertex(part, p, [n[0] / l, n[1] / l, n[2] / l], 0.5 + w, t);
    };
    const rows = [0, 0.3, 0.65, 1].map((t, i) => {
        const w = [0.12, 0.5, 0.42, 0.02][i]! * width;
        const lift = droop * 4 * t * (1 - t);
        return [at(t, -w, lift + w * 0.35), at(t, 0, lift), at(t, w, lift + w * 0.35)];
    });
    for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 2; j++) {
            const [p, q, r, s] = [rows[i]![j]!, rows[i]![j + 1]!, rows[i + 1]![j + 1]!, rows[i + 1]![j]!];
            part.indices.push(p, r, q, p, s, r);
        }
    }
}

function plant(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const pot = Math.min(s.h * 0.32, r * 1.3, 0.4);
    const pr = Math.min(r * 0.62, pot * 0.6);
    b.lathe(
        s.pick('ceramic', 'ceramic2', 'terracotta', 'accent'),
        0,
        0,
        [
            [0, 0],
            [pr * 0.72, 0],
            [pr * 0.75, 0.006],
            [pr, pot - 0.01],
            [pr, pot],
            [pr * 0.9, pot],
            [pr * 0.88, pot - 0.03]
        ],
        22
    );
    b.lathe(
        'soil',
        0,
        0,
        [
            [pr * 0.9, pot - 0.03],
            [0, pot - 0.025]
        ],
        22
    );
    const stems = Math.round(14 + 12 * s.random());
    const upright = s.random() < 0.5;
    for (let i = 0; i < stems; i++) {
        const a = 2.399963 * i + s.random() * 0.5;
        const t = (i + 0.5) / stems;
        const out = upright ? 0.25 + 0.6 * t : 0.45 + 0.5 * s.random();
        const reach = (r - 0.01) * Math.min(1, out);
        const high = pot + (s.h - pot) * (upright ? 1 - 0.55 * t * t : 0.35 + 0.6 * s.random()) - 0.015;
        const [c, n] = [exactCos(a), exactSin(a)];
        const root = [pr * 0.3 * c, pot - 0.02, pr * 0.3 * n];
        const knee = [reach * 0.4 * c, pot + (high - pot) * 0.55, reach * 0.4 * n];
        b.rod(
            'stem',
            root as unknown as [number, number, number],
            knee as unknown as [number, number, number],
            0.004,
            0.003,
            5
        );
        leaf(
            b,
            knee,
            [reach * c, high, reach * n],
            Math.min(0.16, (s.h - pot) * 0.28) * (0.7 + 0.5 * s.random()),
            0.02
        );
    }
}

function rug(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('rugEdge', -x, 0, -z, x, s.h * 0.9, z, 0.004);
    const y = s.h;
    b.quad(
        'rug',
        [-x + 0.03, y, z - 0.03],
        [x - 0.03, y, z - 0.03],
        [x - 0.03, y, -z + 0.03],
        [-x + 0.03, y, -z + 0.03],
        [
            [0, 1],
            [1, 1],
            [1, 0],
            [0, 0]
        ]
    );
}

function picture(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const rim = Math.min(0.03, s.w * 0.08);
    const frame = s.pick('wood', 'black', 'white', 'metal');
    b.box(frame, -x, 0, -z, -x + rim, s.h, z, 0.003);
    b.box(frame, x - rim, 0, -z, x, s.h, z, 0.003);
    b.box(frame, -x + rim, 0, -z, x - rim, rim, z, 0.003);
    b.box(frame, -x + rim, s.h - rim, -z, x - rim, s.h, z, 0.003);
    const mat = s.random() < 0.6 ? Math.min(0.08, s.w * 0.14) : 0;
    b.box('paper', -x + rim * 0.5, rim * 0.5, -z, x - rim * 0.5, s.h - rim * 0.5, z * 0.2, 0);
    const i = rim + mat;
    const f = z * 0.2 + 0.001;
    const [u, v] = s.h > s.w ? [1, 1] : [1, Math.min(1, (s.h - 2 * i) / (s.w - 2 * i))];
    b.quad(
        s.pick('art1', 'art2', 'art3'),
        [-x + i, i, f],
        [x - i, i, f],
        [x - i, s.h - i, f],
        [-x + i, s.h - i, f],
        [
            [0, v],
            [u, v],
            [u, 0],
            [0, 0]
        ]
    );
}

function mirror(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('metal', -x, 0, -z, x, s.h, z * 0.6, 0.006);
    b.quad(
        'mirror',
        [-x + 0.015, 0.015, z * 0.7],
        [x - 0.015, 0.015, z * 0.7],
        [x - 0.015, s.h - 0.015, z * 0.7],
        [-x + 0.015, s.h - 0.015, z * 0.7]
    );
}

function clock(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.h) / 2;
    const z = s.d / 2;
    b.at({ y: s.h / 2, z: -z, pitch: Math.PI / 2 }, () => {
        b.lathe(
            'black',
            0,
            0,
            [
                [0, 0],
                [r, 0],
                [r, 0],
                [r, s.d],
                [r - 0.012, s.d],
                [r - 0.014, s.d - 0.008]
            ],
            28
        );
        b.lathe(
            'paper',
            0,
            0,
            [
                [r - 0.012, s.d * 0.5],
                [0, s.d * 0.5]
            ],
            28
        );
    });
    const f = s.d * 0.5 - z + 0.001;
    for (let i = 0; i < 12; i++) {
        const a = (Math.PI * i) / 6;
        b.at({ y: s.h / 2, z: f, roll: a }, () =>
            b.quad('black', [-0.003, r * 0.74, 0], [0.003, r * 0.74, 0], [0.003, r * 0.86, 0], [-0.003, r * 0.86, 0])
        );
    }
    for (const [length, a] of [
        [0.5, 1.05],
        [0.72, -0.96]
    ] as const) {
        b.at({ y: s.h / 2, z: f + 0.001, roll: a }, () =>
            b.quad('black', [-0.004, -0.02, 0], [0.004, -0.02, 0], [0.003, r * length, 0], [-0.003, r * length, 0])
        );
    }
}

function curtain(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    b.at({ x: -s.w / 2 + 0.002, y: s.h - 0.03, z: 0, roll: -Math.PI / 2 }, () =>
        b.cylinder('metal', 0, 0, 0, s.w - 0.004, 0.011, 0.011, 10)
    );
    const part = b.part('curtain');
    const drape = Math.min(0.5, s.w * 0.2);
    for (const side of [-1, 1]) {
        const folds = 24;
        const rows: number[][] = [[], []];
        for (let i = 0; i <= folds; i++) {
            const x = side * (s.w / 2 - 0.03) - (side * (drape * i)) / folds;
            const phase = (i * Math.PI) / 3;
            const zz = exactSin(phase) * (z - 0.012);
            const nx = side * exactCos(phase) * 0.8;
            for (const [row, y] of [
                [0, 0.01],
                [1, s.h - 0.05]
            ] as const) {
                rows[row]!.push(b.vertex(part, [x, y, zz], [nx / hypot(nx, 1), 0, 1 / hypot(nx, 1)], i * 0.03, y));
            }
        }
        for (let i = 0; i < folds; i++) {
            const [p, q, r, t] = [rows[0]![i]!, rows[0]![i + 1]!, rows[1]![i + 1]!, rows[1]![i]!];
            if (side < 0) part.indices.push(p, q, r, p, r, t);
            else part.indices.push(p, r, q, p, t, r);
        }
    }
}

function whiteboard(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('metal', -x, 0.03, -z, x, s.h, -z + 0.02, 0.006);
    b.box('white', -x + 0.02, 0.05, -z, x - 0.02, s.h - 0.02, -z + 0.022, 0.001);
    b.box('metal', -x * 0.5, 0.0, -z, x * 0.5, 0.012, z, 0.003);
    for (const [i, colour] of ['accent', 'black', 'book2'].entries()) {
        b.at({ x: -0.12 + i * 0.14, y: 0.02, z: 0, roll: Math.PI / 2 }, () =>
            b.cylinder(colour, 0, -0.05, 0, 0.05, 0.008, 0.008, 8)
        );
    }
}

function bookStack(b: MeshBuilder, s: Shape): void {
    const count = Math.max(1, Math.round(s.h / 0.028));
    for (let i = 0; i < count; i++) {
        const [w, d] = [s.w * (0.78 + 0.14 * s.random()), s.d * (0.78 + 0.14 * s.random())];
        const y = (s.h * i) / count;
        const high = s.h / count;
        b.at({ y, yaw: (s.random() - 0.5) * 0.14 }, () => {
            b.box(s.pick('book', 'book2', 'book3', 'book4'), -w / 2, 0, -d / 2, w / 2, high * 0.14, d / 2, 0.001);
            b.box('paper', -w / 2 + 0.004, high * 0.13, -d / 2 + 0.004, w / 2 - 0.004, high * 0.87, d / 2 - 0.004, 0);
            b.box(s.pick('book', 'book2', 'book3', 'book4'), -w / 2, high * 0.86, -d / 2, w / 2, high, d / 2, 0.001);
            b.box('book2', -w / 2, 0, -d / 2, -w / 2 + 0.004, high, d / 2, 0.001);
        });
    }
}

function vase(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const high = s.random() < 0.6 ? s.h * 0.6 : s.h;
    const belly = 0.6 + 0.4 * s.random();
    b.lathe(
        s.pick('ceramic', 'ceramic2', 'accent'),
        0,
        0,
        [
            [0, 0],
            [r * 0.45, 0],
            [r * 0.5, 0.006],
            [r * belly, high * 0.35],
            [r * 0.55, high * 0.68],
            [r * 0.28, high * 0.9],
            [r * 0.36, high],
            [r * 0.32, high],
            [r * 0.24, high * 0.9]
        ],
        22
    );
    if (high === s.h) return;
    for (let i = 0; i < 7; i++) {
        const a = 2.399963 * i;
        const reach = r * (0.3 + 0.45 * s.random());
        const y = high + (s.h - high) * (0.5 + 0.3 * s.random());
        b.rod('stem', [0, high * 0.8, 0], [reach * exactCos(a), y, reach * exactSin(a)], 0.002, 0.002, 4);
        const f = Math.min(0.02, r * 0.3);
        b.at({ x: reach * 0.94 * exactCos(a), y: y - f * 0.5, z: reach * 0.94 * exactSin(a) }, () =>
            b.lathe(
                i % 3 ? 'flower' : 'paper',
                0,
                0,
                [
                    [0, -f],
                    [f * 0.8, -f * 0.4],
                    [f, f * 0.2],
                    [f * 0.5, f],
                    [0, f * 0.7]
                ],
                8
            )
        );
    }
}

function bowl(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        s.pick('ceramic', 'wood', 'ceramic2'),
        0,
        0,
        [
            [0, 0],
            [r * 0.4, 0],
            [r * 0.45, 0.006],
            [r * 0.85, s.h * 0.55],
            [r, s.h],
            [r - 0.006, s.h],
            [r * 0.8, s.h * 0.55],
            [r * 0.4, 0.014],
            [0, 0.012]
        ],
        26
    );
    const fruits = Math.floor(s.random() * 5);
    const f = Math.min(0.035, r * 0.3, s.h * 0.3);
    for (let i = 0; i < fruits; i++) {
        const a = (2 * Math.PI * i) / fruits;
        const q = r * 0.36;
        const y = Math.max(0.014 + f, Math.min(s.h - f * 0.2, s.h * 0.5)) - f;
        b.at({ x: q * exactCos(a), y, z: q * exactSin(a) }, () =>
            b.lathe(
                s.pick('fruit', 'fruit2'),
                0,
                0,
                [
                    [0, 0],
                    [f * 0.7, f * 0.3],
                    [f, f * 0.95],
                    [f * 0.7, f * 1.65],
                    [0, f * 1.85]
                ],
                12
            )
        );
    }
}

function mug(b: MeshBuilder, s: Shape): void {
    const r = s.d / 2;
    const x = -s.w / 2 + r;
    const clay = s.pick('ceramic', 'ceramic2', 'accent', 'black');
    b.lathe(
        clay,
        x,
        0,
        [
            [0, 0],
            [r * 0.9, 0],
            [r, 0.006],
            [r, s.h],
            [r - 0.004, s.h],
            [r - 0.004, s.h],
            [r - 0.005, 0.008],
            [0, 0.008]
        ],
        18
    );
    b.lathe(
        'soil',
        x,
        0,
        [
            [r - 0.005, s.h * 0.8],
            [0, s.h * 0.8]
        ],
        18
    );
    const reach = s.w - 2 * r;
    const pts = [
        [r - 0.002, s.h * 0.8],
        [r + reach * 0.7, s.h * 0.76],
        [r + reach - 0.004, s.h * 0.5],
        [r + reach * 0.6, s.h * 0.26],
        [r - 0.002, s.h * 0.2]
    ] as const;
    for (let i = 0; i + 1 < pts.length; i++)
        b.rod(clay, [x + pts[i]![0], pts[i]![1], 0], [x + pts[i + 1]![0], pts[i + 1]![1], 0], 0.0035, 0.0035, 6);
}

function basket(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'wicker',
        0,
        0,
        [
            [0, 0],
            [r * 0.82, 0],
            [r * 0.84, 0.008],
            [r, s.h * 0.6],
            [r * 0.97, s.h],
            [r * 0.93, s.h],
            [r * 0.95, s.h * 0.6],
            [r * 0.8, 0.02],
            [0, 0.02]
        ],
        24
    );
    b.at({ y: s.h * 0.62 }, () => b.cushion('linen', -r * 0.8, 0, -r * 0.8, r * 0.8, s.h * 0.36, r * 0.8, 0.9));
}

function bin(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        s.pick('black', 'metal', 'white'),
        0,
        0,
        [
            [0, 0],
            [r * 0.78, 0],
            [r * 0.8, 0.006],
            [r, s.h - 0.01],
            [r, s.h],
            [r - 0.008, s.h],
            [r - 0.008, s.h - 0.01],
            [r * 0.77, 0.01],
            [0, 0.01]
        ],
        22
    );
}

function tray(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const m = s.pick('wood', 'wood2', 'metal');
    b.box(m, -x, 0, -z, x, 0.01, z, 0.003);
    for (const side of [-1, 1]) {
        b.block(m, 0, 0.006, side * (z - 0.006), s.w, s.h - 0.006, 0.012, 0.003);
        b.block(m, side * (x - 0.006), 0.006, 0, 0.012, s.h - 0.006, s.d - 0.02, 0.003);
    }
}

function guitar(b: MeshBuilder, s: Shape): void {
    // On a stand, leaning back.
    const z = s.d / 2;
    for (const side of [-1, 1])
        b.rod('black', [side * (s.w / 2 - 0.03), 0.008, z - 0.03], [0, 0.42, -z + 0.06], 0.008, 0.008, 6);
    b.rod('black', [0, 0.008, -z + 0.03], [0, 0.44, -z + 0.07], 0.008, 0.008, 6);
    b.at({ y: 0.1, z: z - 0.14, pitch: -0.14 }, () => {
        const body = (y: number, r: number): void =>
            b.at({ y, pitch: Math.PI / 2 }, () =>
                b.lathe(
                    'guitar',
                    0,
                    0,
                    [
                        [0, -0.045],
                        [r, -0.045],
                        [r, -0.045],
                        [r, 0.045],
                        [r, 0.045],
                        [0, 0.045]
                    ],
                    24
                )
            );
        const r = Math.min(0.18, s.w / 2 - 0.01);
        body(r, r);
        body(r * 2.15, r * 0.76);
        b.at({ y: r * 1.6, z: 0.046, pitch: Math.PI / 2 }, () =>
            b.lathe(
                'black',
                0,
                0,
                [
                    [r * 0.26, 0],
                    [0, 0.0005]
                ],
                20
            )
        );
        const neck = Math.min(s.h - 0.16, 0.94);
        b.box('wood2', -0.026, r * 2.2, 0.03, 0.026, neck - 0.12, 0.055, 0.006);
        b.box('wood2', -0.036, neck - 0.13, 0.025, 0.036, neck, 0.045, 0.006);
        b.box('black', -0.05, r * 0.62, 0.044, 0.05, r * 0.72, 0.056, 0.002);
    });
}

const round = (w: number, u: number, x: number): readonly [number, number, number] => [w, u, x];

/** See the file comment. */
export const DECOR: readonly FurnitureClass[] = [
    {
        name: 'plant',
        width: round(0.15, 0.45, 1.0),
        height: round(0.2, 0.9, 2.0),
        depth: round(0.15, 0.45, 1.0),
        support: 'floor',
        place: 'corner',
        front: 0,
        build: plant
    },
    {
        name: 'rug',
        width: [0.9, 2.0, 3.5],
        height: [0.008, 0.012, 0.02],
        depth: [0.6, 1.4, 2.6],
        support: 'floor',
        place: 'middle',
        front: 0,
        flat: true,
        build: rug
    },
    {
        name: 'picture',
        width: [0.2, 0.6, 1.8],
        height: [0.2, 0.6, 1.8],
        depth: [0.02, 0.03, 0.05],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: picture
    },
    {
        name: 'mirror',
        width: [0.3, 0.6, 1.2],
        height: [0.4, 0.9, 1.9],
        depth: [0.02, 0.03, 0.05],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: mirror
    },
    {
        name: 'wall_clock',
        width: [0.2, 0.3, 0.45],
        height: [0.2, 0.3, 0.45],
        depth: [0.03, 0.04, 0.06],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: clock
    },
    {
        name: 'curtain',
        width: [0.8, 1.8, 4.5],
        height: [1.0, 2.3, 3.5],
        depth: [0.06, 0.09, 0.12],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: curtain
    },
    {
        name: 'whiteboard',
        width: [0.8, 1.5, 2.4],
        height: [0.6, 1.0, 1.3],
        depth: [0.05, 0.07, 0.09],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: whiteboard
    },
    {
        name: 'books',
        width: [0.16, 0.22, 0.28],
        height: [0.03, 0.09, 0.2],
        depth: [0.14, 0.17, 0.2],
        support: 'node',
        place: 'any',
        front: 0,
        build: bookStack
    },
    {
        name: 'vase',
        width: [0.1, 0.16, 0.28],
        height: [0.18, 0.32, 0.5],
        depth: [0.1, 0.16, 0.28],
        support: 'node',
        place: 'any',
        front: 0,
        build: vase
    },
    {
        name: 'bowl',
        width: [0.14, 0.26, 0.36],
        height: [0.05, 0.09, 0.13],
        depth: [0.14, 0.26, 0.36],
        support: 'node',
        place: 'any',
        front: 0,
        build: bowl
    },
    {
        name: 'mug',
        width: [0.1, 0.115, 0.13],
        height: [0.08, 0.095, 0.11],
        depth: [0.07, 0.08, 0.09],
        support: 'node',
        place: 'any',
        front: 0,
        build: mug
    },
    {
        name: 'tray',
        width: [0.25, 0.36, 0.5],
        height: [0.03, 0.04, 0.06],
        depth: [0.2, 0.26, 0.35],
        support: 'node',
        place: 'any',
        front: 0,
        build: tray
    },
    {
        name: 'potted_plant',
        width: [0.12, 0.2, 0.32],
        height: [0.16, 0.3, 0.5],
        depth: [0.12, 0.2, 0.32],
        support: 'node',
        place: 'any',
        front: 0,
        build: plant
    },
    {
        name: 'basket',
        width: [0.25, 0.38, 0.55],
        height: [0.2, 0.34, 0.5],
        depth: [0.25, 0.38, 0.55],
        support: 'floor',
        place: 'corner',
        front: 0,
        build: basket
    },
    {
        name: 'waste_bin',
        width: [0.2, 0.27, 0.4],
        height: [0.25, 0.33, 0.6],
        depth: [0.2, 0.27, 0.4],
        support: 'floor',
        place: 'wall',
        front: 0,
        build: bin
    },
    {
        name: 'guitar',
        width: [0.36, 0.4, 0.45],
        height: [1.0, 1.1, 1.2],
        depth: [0.34, 0.4, 0.5],
        support: 'floor',
        place: 'corner',
        front: 0,
        surfaces: () => [],
        build: guitar
    },
    {
        name: 'floor_cushion',
        width: [0.4, 0.55, 0.7],
        height: [0.1, 0.15, 0.22],
        depth: [0.4, 0.55, 0.7],
        support: 'floor',
        place: 'any',
        front: 0,
        surfaces: top(0, 0.2),
        build: (b, s) => b.cushion('cushion', -s.w / 2, 0, -s.d / 2, s.w / 2, s.h, s.d / 2, 0.35)
    }
];
