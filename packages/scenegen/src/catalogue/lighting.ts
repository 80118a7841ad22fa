/** Lamps: table, floor, pendant, ceiling panel, wall lamp, desk lamp. The glowing part is the material `glow`. */
import { exactCos, exactSin } from '@mixreel/core';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import type { FurnitureClass, Shape } from './furniture-class.ts';

/** An open fabric shade with the glowing bulb inside, its underside at y. */
function shade(b: MeshBuilder, y: number, height: number, r0: number, r1: number): void {
    b.lathe(
        'shade',
        0,
        0,
        [
            [r0, y],
            [r1, y + height]
        ],
        24
    );
    b.lathe(
        'shade',
        0,
        0,
        [
            [r1 - 0.003, y + height],
            [r0 - 0.003, y]
        ],
        24
    );
    const bulb = Math.min(r0, r1) * 0.45;
    const c = y + height * 0.45;
    b.lathe(
        'glow',
        0,
        0,
        [
            [0, c - bulb],
            [bulb * 0.7, c - bulb * 0.7],
            [bulb, c],
            [bulb * 0.7, c + bulb * 0.7],
            [0, c + bulb]
        ],
        14
    );
}

function tableLamp(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const high = s.h * 0.42;
    const base = s.h - high;
    const material = s.pick('ceramic', 'wood', 'metal', 'ceramic2');
    if (s.random() < 0.6) {
        b.lathe(
            material,
            0,
            0,
            [
                [0, 0],
                [r * 0.42, 0],
                [r * 0.45, 0.01],
                [r * 0.3, base * 0.12],
                [r * 0.55, base * 0.42],
                [r * 0.42, base * 0.7],
                [r * 0.12, base * 0.9],
                [r * 0.1, base + high * 0.3]
            ],
            20
        );
    } else {
        b.cylinder(material, 0, 0, 0, 0.02, r * 0.5, r * 0.5, 20);
        b.cylinder('metal', 0, 0.02, 0, base + high * 0.3, 0.01, 0.01, 8);
    }
    shade(b, base, high, r, r * (0.6 + 0.35 * s.random()));
}

function floorLamp(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const high = Math.min(0.32, s.h * 0.2);
    if (s.random() < 0.5) {
        b.cylinder('black', 0, 0, 0, 0.022, r * 0.75, r * 0.75, 24);
        b.cylinder('black', 0, 0.02, 0, s.h - high * 0.6, 0.011, 0.011, 10);
    } else {
        for (let i = 0; i < 3; i++) {
            const a = (2 * Math.PI * i) / 3;
            b.rod(
                'wood',
                [r * 0.87 * exactCos(a), 0.001, r * 0.87 * exactSin(a)],
                [0.02 * exactCos(a), s.h - high, 0.02 * exactSin(a)],
                0.012,
                0.016,
                8
            );
        }
        b.cylinder('black', 0, s.h - high - 0.02, 0, s.h - high * 0.6, 0.02, 0.016, 10);
    }
    shade(b, s.h - high, high, r, r * 0.78);
}

function pendant(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    const high = Math.min(s.h * 0.7, r * 1.1);
    b.cylinder('black', 0, s.h - 0.025, 0, s.h, 0.05, 0.05, 16);
    b.cylinder('black', 0, high * 0.9, 0, s.h - 0.02, 0.003, 0.003, 6);
    const metal = s.pick('black', 'metal', 'ceramic', 'accent');
    b.lathe(
        metal,
        0,
        0,
        [
            [r, 0],
            [r * 0.98, high * 0.25],
            [r * 0.75, high * 0.6],
            [r * 0.3, high * 0.86],
            [0.02, high]
        ],
        28
    );
    b.lathe(
        'white',
        0,
        0,
        [
            [0.0, high - 0.012],
            [r * 0.29, high * 0.85],
            [r * 0.73, high * 0.59],
            [r * 0.965, high * 0.25],
            [r - 0.002, 0]
        ],
        28
    );
    const bulb = r * 0.3;
    b.lathe(
        'glow',
        0,
        0,
        [
            [0, high * 0.15],
            [bulb * 0.7, high * 0.15 + bulb * 0.3],
            [bulb, high * 0.15 + bulb],
            [bulb * 0.7, high * 0.15 + bulb * 1.7],
            [0, high * 0.15 + bulb * 2]
        ],
        14
    );
}

function ceilingLamp(b: MeshBuilder, s: Shape): void {
    if (s.params['panel'] || s.w > s.d * 1.6 || s.w > 0.55) {
        const [x, z] = [s.w / 2, s.d / 2];
        b.box('white', -x, 0.006, -z, x, s.h, z, 0.01);
        b.quad(
            'panel',
            [-x + 0.03, 0.002, z - 0.03],
            [-x + 0.03, 0.002, -z + 0.03],
            [x - 0.03, 0.002, -z + 0.03],
            [x - 0.03, 0.002, z - 0.03]
        );
        return;
    }
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'panel',
        0,
        0,
        [
            [0, 0],
            [r * 0.5, s.h * 0.08],
            [r * 0.82, s.h * 0.32],
            [r * 0.92, s.h * 0.6]
        ],
        24
    );
    b.lathe(
        'metal',
        0,
        0,
        [
            [r * 0.92, s.h * 0.58],
            [r, s.h * 0.64],
            [r, s.h],
            [r, s.h],
            [0, s.h]
        ],
        24
    );
}

function wallLamp(b: MeshBuilder, s: Shape): void {
    const z = -s.d / 2;
    const r = Math.min(s.w / 2, s.d / 2 - 0.01);
    b.box('metal', -0.04, s.h * 0.2, z, 0.04, s.h * 0.8, z + 0.015, 0.005);
    b.rod('metal', [0, s.h * 0.35, z + 0.012], [0, s.h * 0.35, z + s.d / 2], 0.007, 0.007, 8);
    b.at({ z: z + s.d / 2 }, () => shade(b, 0, s.h, r * 0.75, r));
}

function deskLamp(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const r = Math.min(0.07, z * 0.8);
    b.cylinder('black', -x + r, 0, 0, 0.018, r, r, 20);
    b.rod('black', [-x + r, 0.015, 0], [-x + r * 0.6, s.h * 0.55, 0], 0.007, 0.007, 8);
    b.rod('black', [-x + r * 0.6, s.h * 0.55, 0], [x - r * 1.3, s.h - 0.03, 0], 0.007, 0.007, 8);
    b.lathe(
        'accent',
        x - r,
        0,
        [
            [r * 0.95, s.h - 0.1],
            [r * 0.5, s.h - 0.03],
            [0.018, s.h - 0.001],
            [0, s.h]
        ],
        16
    );
    b.lathe(
        'glow',
        x - r,
        0,
        [
            [0, s.h - 0.085],
            [r * 0.8, s.h - 0.083],
            [r * 0.4, s.h - 0.045]
        ],
        16
    );
}

/** See the file comment. */
export const LIGHTING: readonly FurnitureClass[] = [
    {
        name: 'table_lamp',
        width: [0.16, 0.28, 0.42],
        height: [0.3, 0.5, 0.75],
        depth: [0.16, 0.28, 0.42],
        support: 'node',
        place: 'any',
        front: 0,
        light: { at: 0.78, candela: 60 },
        build: tableLamp
    },
    {
        name: 'floor_lamp',
        width: [0.2, 0.4, 0.55],
        height: [1.2, 1.6, 1.9],
        depth: [0.2, 0.4, 0.55],
        support: 'floor',
        place: 'corner',
        front: 0,
        light: { at: 0.9, candela: 90 },
        build: floorLamp
    },
    {
        name: 'pendant_lamp',
        width: [0.2, 0.4, 0.6],
        height: [0.2, 0.7, 1.6],
        depth: [0.2, 0.4, 0.6],
        support: 'ceiling',
        place: 'middle',
        front: 0,
        light: { at: 0.2, candela: 120 },
        build: pendant
    },
    {
        name: 'ceiling_lamp',
        width: [0.3, 0.45, 1.2],
        height: [0.05, 0.12, 0.2],
        depth: [0.3, 0.45, 1.2],
        support: 'ceiling',
        place: 'middle',
        front: 0,
        light: { at: 0, candela: 150 },
        build: ceilingLamp
    },
    {
        name: 'wall_lamp',
        width: [0.08, 0.18, 0.3],
        height: [0.12, 0.22, 0.35],
        depth: [0.08, 0.2, 0.3],
        support: 'wall',
        place: 'wall',
        front: 0,
        light: { at: 0.5, candela: 40 },
        build: wallLamp
    },
    {
        name: 'desk_lamp',
        width: [0.25, 0.38, 0.5],
        height: [0.3, 0.45, 0.6],
        depth: [0.12, 0.16, 0.2],
        support: 'node',
        place: 'any',
        front: 0,
        light: { at: 0.85, candela: 50 },
        build: deskLamp
    }
];
