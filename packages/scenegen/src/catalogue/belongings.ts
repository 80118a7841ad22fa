/** What lies about in living rooms and bedrooms: phones, keys, pens, clocks, boxes, pillows, sports things. */
import { exactCos, exactSin } from '@mixreel/core';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, handle, type Shape, top } from './furniture-class.ts';
import { ball, profile, slab, thing } from './small-shapes.ts';

function phone(b: MeshBuilder, s: Shape): void {
    b.block('black', 0, 0, 0, s.w, s.h, s.d, 0.003);
    b.block('darkGlass', 0, s.h - 0.001, 0, s.w * 0.9, 0.001, s.d * 0.92, 0);
}

function remote(b: MeshBuilder, s: Shape): void {
    b.block('black', 0, 0, 0, s.w, s.h * 0.85, s.d, 0.005);
    for (let i = 0; i < 8; i++) {
        const [x, z] = [((i % 2) - 0.5) * s.w * 0.4, ((i >> 1) / 4 - 0.3) * s.d * 0.8];
        b.block(i === 0 ? 'fruit' : 'white', x, s.h * 0.8, z, s.w * 0.18, s.h * 0.2, s.w * 0.18, 0.001);
    }
}

function pen(body: readonly string[], tip: string): (b: MeshBuilder, s: Shape) => void {
    return (b, s) => {
        const r = Math.min(s.w, s.h) / 2;
        const ink = s.pick(...body);
        b.rod(ink, [0, r, -s.d / 2], [0, r, s.d * 0.38], r * 0.95, r * 0.95, 8);
        b.rod(tip, [0, r, s.d * 0.38], [0, r, s.d / 2], r * 0.9, r * 0.15, 8);
    };
}

function keys(b: MeshBuilder, s: Shape): void {
    const r = Math.min(0.018, s.d * 0.3);
    b.lathe(
        'metal',
        -s.w / 2 + r,
        0,
        [
            [r - 0.003, 0],
            [r, 0.002],
            [r - 0.003, 0.004],
            [r - 0.006, 0.002],
            [r - 0.003, 0]
        ],
        16
    );
    for (const [turn, long] of [
        [-0.35, 0.9],
        [0.05, 1],
        [0.4, 0.85]
    ] as const) {
        b.at({ x: -s.w / 2 + 2 * r - 0.004, yaw: turn }, () => {
            const l = (s.w - 2 * r) * long * 0.9;
            b.block('metal', l / 2, 0.001, 0, l, 0.003, 0.006, 0);
            b.block('metal', l * 0.15, 0.001, 0, l * 0.3, 0.004, Math.min(0.022, s.d * 0.35), 0.001);
        });
    }
}

function watch(b: MeshBuilder, s: Shape): void {
    b.block(s.pick('leather', 'black', 'metal'), 0, 0, 0, s.w, s.h * 0.3, s.d * 0.45, 0.002);
    b.cylinder('metal', 0, s.h * 0.2, 0, s.h, Math.min(s.w, s.d) * 0.42, Math.min(s.w, s.d) * 0.4, 18);
    b.cylinder('white', 0, s.h * 0.9, 0, s.h + 0.0005, Math.min(s.w, s.d) * 0.34, Math.min(s.w, s.d) * 0.34, 18);
}

function alarmClock(b: MeshBuilder, s: Shape): void {
    const body = s.pick('accent', 'white', 'black', 'metal');
    const r = Math.min(s.w / 2, s.h * 0.44);
    b.at({ y: s.h * 0.06 + r, pitch: Math.PI / 2 }, () => {
        b.cylinder(body, 0, -s.d / 2, 0, s.d / 2, r, r, 24);
        b.cylinder('paper', 0, s.d / 2 - 0.003, 0, s.d / 2 + 0.001, r * 0.86, r * 0.86, 24);
        b.block('black', 0, s.d / 2, -r * 0.25, 0.006, 0.003, r * 0.55, 0);
        b.block('black', r * 0.2, s.d / 2, 0, r * 0.45, 0.003, 0.006, 0);
    });
    for (const side of [-1, 1]) b.cylinder('metal', side * r * 0.6, 0, 0, s.h * 0.14, 0.008, 0.008, 8);
    b.cylinder('metal', 0, s.h * 0.06 + 2 * r - 0.002, 0, s.h, 0.012, 0.012, 10);
}

function disc(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'mirror',
        0,
        0,
        [
            [r * 0.15, 0],
            [r, 0],
            [r, s.h],
            [r * 0.15, s.h],
            [r * 0.15, 0]
        ],
        24
    );
}

function tissues(b: MeshBuilder, s: Shape): void {
    b.block(s.pick('fabric2', 'paper', 'accent'), 0, 0, 0, s.w, s.h * 0.72, s.d, 0.004);
    b.cushion('linen', -s.w * 0.2, s.h * 0.66, -s.d * 0.18, s.w * 0.2, s.h, s.d * 0.18, 0.9);
}

function newspaper(b: MeshBuilder, s: Shape): void {
    b.block('paper', 0, 0, 0, s.w, s.h * 0.6, s.d, 0.003);
    b.block('paper', s.w * 0.01, s.h * 0.5, 0, s.w * 0.96, s.h * 0.5, s.d * 0.97, 0.002);
    for (let i = 0; i < 4; i++)
        b.block('black', 0, s.h - 0.0004, (i / 4 - 0.35) * s.d, s.w * (i ? 0.8 : 0.6), 0.0006, s.d * 0.05, 0);
}

function pillow(b: MeshBuilder, s: Shape): void {
    b.cushion(s.pick('linen', 'cushion', 'cushion2', 'linen'), -s.w / 2, 0, -s.d / 2, s.w / 2, s.h, s.d / 2, 0.42);
}

function statue(b: MeshBuilder, s: Shape): void {
    const clay = s.pick('stone', 'metal', 'ceramicWhite', 'wood2');
    const r = Math.min(s.w, s.d) / 2;
    b.block(clay, 0, 0, 0, s.w, s.h * 0.08, s.d, 0.004);
    if (s.random() < 0.5) {
        // A bust.
        b.lathe(
            clay,
            0,
            0,
            profile(s, [
                [0.75, 0.08],
                [0.8, 0.12],
                [0.95, 0.34],
                [0.85, 0.46],
                [0.36, 0.54],
                [0.32, 0.62],
                [0, 0.62]
            ]),
            20
        );
        b.cushion(clay, -r * 0.5, s.h * 0.58, -r * 0.55, r * 0.5, s.h, r * 0.6, 0.95);
    } else {
        // Stacked turned forms.
        b.lathe(
            clay,
            0,
            0,
            profile(s, [
                [0.5, 0.08],
                [0.3, 0.2],
                [0.85, 0.42],
                [0.4, 0.55],
                [0.22, 0.62],
                [0.5, 0.78],
                [0.35, 0.95],
                [0, 1]
            ]),
            20
        );
    }
}

function carton(b: MeshBuilder, s: Shape): void {
    b.block('wicker', 0, 0, 0, s.w, s.h - 0.003, s.d, 0.004);
    b.block('paper', 0, s.h - 0.004, 0, 0.05, 0.004, s.d, 0);
    b.block('paper', 0, s.h * 0.7, s.d / 2 - 0.001, 0.05, s.h * 0.28, 0.001, 0);
}

function basketball(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.h, s.d) / 2;
    b.cushion('terracotta', -r, 0, -r, r, 2 * r, r, 1);
    b.lathe(
        'black',
        0,
        0,
        [
            [r * 0.999, r - 0.004],
            [r + 0.001, r],
            [r * 0.999, r + 0.004]
        ],
        32
    );
}

function bat(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.h) / 2;
    b.rod('wood', [0, r, -s.d / 2 + 0.015], [0, r, -s.d * 0.1], r * 0.38, r * 0.45, 12);
    b.rod('wood', [0, r, -s.d * 0.1], [0, r, s.d * 0.25], r * 0.45, r * 0.92, 12);
    b.rod('wood', [0, r, s.d * 0.25], [0, r, s.d / 2], r * 0.92, r * 0.98, 12);
    b.rod('wood2', [0, r, -s.d / 2], [0, r, -s.d / 2 + 0.018], r * 0.6, r * 0.6, 12);
}

function racket(b: MeshBuilder, s: Shape): void {
    const [rx, rz, y] = [s.w / 2 - 0.008, s.d * 0.24, s.h / 2];
    const cz = s.d / 2 - rz - 0.008;
    const at = (k: number): readonly [number, number, number] => {
        const a = (2 * Math.PI * k) / 20;
        return [rx * exactSin(a), y, cz + rz * exactCos(a)];
    };
    for (let k = 0; k < 20; k++) b.rod('accent', at(k), at(k + 1), 0.008, 0.008, 6);
    for (let i = -3; i <= 3; i++) {
        const t = Math.sqrt(1 - (i * i) / 16);
        b.block('paper', (i / 4) * rx, y, cz, 0.002, 0.002, 2 * rz * t, 0);
        b.block('paper', 0, y, cz + (i / 4) * rz, 2 * rx * t, 0.002, 0.002, 0);
    }
    b.rod('accent', [0, y, cz - rz], [0, y, -s.d * 0.15], 0.009, 0.011, 8);
    b.rod('black', [0, y, -s.d * 0.15], [0, y, -s.d / 2], 0.014, 0.014, 8);
}

function dumbbell(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.h) / 2;
    b.rod('metal', [0, r, -s.d / 2 + 0.02], [0, r, s.d / 2 - 0.02], r * 0.26, r * 0.26, 10);
    for (const side of [-1, 1]) b.rod('black', [0, r, side * s.d * 0.5], [0, r, side * s.d * 0.24], r, r, 6);
}

function safe(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    b.box('black', -s.w / 2, 0, -z, s.w / 2, s.h, z - 0.03, 0.008);
    b.box('metal', -s.w / 2 + 0.02, 0.02, z - 0.031, s.w / 2 - 0.02, s.h - 0.02, z - 0.016, 0.004);
    b.at({ x: -s.w * 0.12, y: s.h * 0.55, z: z - 0.017, pitch: Math.PI / 2 }, () =>
        b.cylinder('black', 0, 0, 0, 0.016, 0.05, 0.045, 20)
    );
    handle(b, s.w * 0.25, s.h * 0.5, z - 0.022, 0.1, true);
}

function boots(b: MeshBuilder, s: Shape): void {
    const skin = s.pick('leather', 'black', 'accent');
    for (const side of [-1, 1]) {
        const x = side * s.w * 0.26;
        const w = s.w * 0.21;
        b.cushion(skin, x - w, 0.012, -s.d / 2 + 0.01, x + w, s.h * 0.3, s.d / 2, 0.5);
        b.at({ x, z: -s.d * 0.22 }, () => b.cylinder(skin, 0, s.h * 0.1, 0, s.h, w * 0.9, w * 0.98, 16));
        b.block('black', x, 0, 0, 2 * w * 0.9, 0.02, s.d * 0.92, 0.006);
    }
}

function dogBed(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.cushion('fabric', -x, 0, -z, x, s.h, z, 0.5);
    b.cushion('linen', -x * 0.72, s.h * 0.55, -z * 0.72, x * 0.72, s.h * 1.0, z * 0.72, 0.5);
}

function hamper(b: MeshBuilder, s: Shape): void {
    b.lathe(
        'wicker',
        0,
        0,
        profile(s, [
            [0, 0],
            [0.85, 0],
            [1, 0.9],
            [1, 0.92],
            [0, 0.92]
        ]),
        22
    );
    b.lathe(
        'wicker',
        0,
        0,
        profile(s, [
            [0, 0.92],
            [1, 0.92],
            [1, 0.95],
            [0.7, 1],
            [0, 1]
        ]),
        22
    );
}

function cushionedBench(b: MeshBuilder, s: Shape): void {
    b.block('wood', 0, 0.02, 0, s.w, s.h * 0.55, s.d, 0.006);
    b.cushion('fabric2', -s.w / 2 + 0.01, s.h * 0.55, -s.d / 2 + 0.01, s.w / 2 - 0.01, s.h, s.d / 2 - 0.01, 0.2);
    b.block('black', 0, 0, 0, s.w - 0.08, 0.03, s.d - 0.08, 0);
}

/** See the file comment. */
export const BELONGINGS: readonly FurnitureClass[] = [
    thing('cell_phone', [0.075, 0.009, 0.15], phone),
    thing('remote_control', [0.05, 0.02, 0.19], remote),
    thing('pencil', [0.009, 0.009, 0.18], pen(['fruit2', 'accent', 'wood'], 'wood')),
    thing('pen', [0.012, 0.012, 0.15], pen(['black', 'accent', 'metal'], 'metal')),
    thing('key_chain', [0.12, 0.008, 0.07], keys),
    thing('watch', [0.08, 0.02, 0.05], watch),
    thing('credit_card', [0.086, 0.004, 0.054], slab(['accent', 'black', 'book3'], 0.001)),
    thing('cd', [0.12, 0.004, 0.12], disc),
    thing('alarm_clock', [0.14, 0.16, 0.07], alarmClock),
    thing('tissue_box', [0.22, 0.14, 0.12], tissues),
    thing('newspaper', [0.33, 0.022, 0.2], newspaper),
    thing('pillow', [0.5, 0.14, 0.36], pillow),
    thing('statue', [0.17, 0.34, 0.15], statue),
    thing('box', [0.38, 0.26, 0.34], carton, { surfaces: top(0.4) }),
    thing('basketball', [0.24, 0.24, 0.24], basketball),
    thing('baseball_bat', [0.07, 0.07, 0.84], bat),
    thing('tennis_racket', [0.26, 0.03, 0.66], racket),
    thing('dumbbell', [0.13, 0.13, 0.32], dumbbell),
    thing('jewelry_box', [0.22, 0.13, 0.16], slab(['wood2', 'leather'], 0.006)),
    thing('safe', [0.4, 0.42, 0.42], safe, { support: 'floor', place: 'corner', front: 0.4, surfaces: top(0.6) }),
    thing('boots', [0.28, 0.36, 0.3], boots, { support: 'floor', place: 'corner' }),
    thing('dog_bed', [0.9, 0.2, 0.75], dogBed, { support: 'floor', place: 'corner' }),
    thing('laundry_hamper', [0.46, 0.62, 0.46], hamper, { support: 'floor', place: 'corner' }),
    thing('storage_bench', [1.2, 0.46, 0.42], cushionedBench, {
        support: 'floor',
        place: 'wall',
        front: 0.3,
        surfaces: top(0.6)
    }),
    thing('tablet', [0.25, 0.01, 0.18], phone),
    thing('radio', [0.28, 0.18, 0.12], radio),
    thing('camera', [0.14, 0.1, 0.08], camera),
    thing('photo_frame', [0.18, 0.22, 0.08], photoFrame),
    thing('ball', [0.16, 0.16, 0.16], ball(['accent', 'cushion', 'fruit'])),
    thing('piggy_bank', [0.16, 0.14, 0.2], ball(['flower', 'ceramic', 'accent'], 0.9)),
    thing('hourglass', [0.09, 0.18, 0.09], hourglass)
];

/** Two bulbs of glass between wooden plates on three posts, a quarter of the sand still above. */
function hourglass(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const wood = s.pick('wood2', 'wood');
    const [plate, half] = [s.h * 0.07, s.h * 0.43];
    for (const y of [0, s.h - plate]) b.cylinder(wood, 0, y, 0, y + plate, r, r, 24);
    for (let i = 0; i < 3; i++) {
        const a = (2 * Math.PI * (i + 0.25)) / 3;
        const [x, z] = [0.84 * r * exactSin(a), 0.84 * r * exactCos(a)];
        b.rod(wood, [x, plate, z], [x, s.h - plate, z], r * 0.07, r * 0.07, 8);
    }
    // A bulb from the neck (0) to its plate (1).
    const bulb = (t: number): number => r * (0.07 + 0.6 * t * (2 - t) * (1 - 0.35 * t * t * t));
    const glass = Array.from({ length: 15 }, (_, i): [number, number] => [
        bulb(Math.abs(i - 7) / 7),
        plate + (2 * half * i) / 14
    ]);
    b.lathe('glass', 0, 0, glass, 24);
    const inside = (t: number): number => bulb(t) - r * 0.03;
    const low = (t: number): number => plate + half * (1 - t);
    const high = (t: number): number => plate + half * (1 + t);
    const heap: [number, number][] = [
        [0, low(1)],
        [inside(1), low(1)],
        [inside(0.8), low(0.8)],
        [0, low(0.42)]
    ];
    b.lathe('sand', 0, 0, heap, 20);
    const rest = [0.06, 0.2, 0.35, 0.5].map((t): [number, number] => [inside(t), high(t)]);
    b.lathe('sand', 0, 0, [[0, high(0.04)], ...rest, [0, high(0.42)]], 20);
}

function radio(b: MeshBuilder, s: Shape): void {
    b.block(s.pick('wood', 'accent', 'wood2'), 0, 0, 0, s.w, s.h, s.d - 0.012, 0.01);
    b.block('linen', -s.w * 0.14, s.h * 0.15, s.d / 2 - 0.016, s.w * 0.56, s.h * 0.7, 0.006, 0.002);
    b.at({ x: s.w * 0.33, y: s.h * 0.5, z: s.d / 2 - 0.012, pitch: Math.PI / 2 }, () =>
        b.cylinder('metal', 0, 0, 0, 0.012, s.h * 0.2, s.h * 0.18, 18)
    );
}

function camera(b: MeshBuilder, s: Shape): void {
    b.block('black', 0, 0, -s.d * 0.15, s.w, s.h * 0.82, s.d * 0.6, 0.006);
    b.block('metal', 0, s.h * 0.8, -s.d * 0.15, s.w * 0.3, s.h * 0.2, s.d * 0.4, 0.003);
    b.at({ y: s.h * 0.4, z: s.d * 0.1, pitch: Math.PI / 2 }, () =>
        b.cylinder('black', 0, 0, 0, s.d * 0.4, s.h * 0.34, s.h * 0.3, 20)
    );
}

function photoFrame(b: MeshBuilder, s: Shape): void {
    b.at({ y: 0.004, z: 0, pitch: -0.14 }, () => {
        const h = s.h * 0.98;
        b.box(s.pick('wood', 'wood2', 'metal', 'white'), -s.w / 2, 0, -0.008, s.w / 2, h, 0.008, 0.003);
        b.quad(
            s.pick('art1', 'art2', 'art3'),
            [-s.w * 0.4, h * 0.1, 0.009],
            [s.w * 0.4, h * 0.1, 0.009],
            [s.w * 0.4, h * 0.9, 0.009],
            [-s.w * 0.4, h * 0.9, 0.009],
            [
                [0, 1],
                [1, 1],
                [1, 0],
                [0, 0]
            ]
        );
    });
}
