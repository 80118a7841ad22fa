/** Screens and machines: television, monitor, laptop, keyboard, speaker, piano. */
import { exactAtan2, exactCos } from '@mixreel/core';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import type { FurnitureClass, Shape } from './furniture-class.ts';

/** A flat panel facing +z between y0 and y1, its front at z. */
function panel(b: MeshBuilder, w: number, y0: number, y1: number, z: number, thick: number): void {
    b.box('black', -w / 2, y0, z - thick, w / 2, y1, z, 0.004);
    const m = 0.012;
    b.quad(
        'screen',
        [-w / 2 + m, y0 + m + 0.008, z + 0.0006],
        [w / 2 - m, y0 + m + 0.008, z + 0.0006],
        [w / 2 - m, y1 - m, z + 0.0006],
        [-w / 2 + m, y1 - m, z + 0.0006],
        [
            [0, 1],
            [1, 1],
            [1, 0],
            [0, 0]
        ]
    );
}

function television(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    if (s.params['wall']) {
        panel(b, s.w, 0, s.h, z - 0.001, 0.035);
        b.box('black', -0.12, s.h * 0.3, -z, 0.12, s.h * 0.7, z - 0.034, 0.004);
        return;
    }
    const foot = Math.min(0.06, s.h * 0.12);
    panel(b, s.w, foot, s.h, 0.02, 0.035);
    for (const side of [-1, 1]) {
        b.rod('black', [side * s.w * 0.32, 0.006, z - 0.02], [side * s.w * 0.3, foot + 0.03, 0], 0.006, 0.008, 6);
        b.rod('black', [side * s.w * 0.32, 0.006, -z + 0.02], [side * s.w * 0.3, foot + 0.03, 0], 0.006, 0.008, 6);
    }
}

function monitor(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    const low = Math.max(0.08, s.h - s.w * 0.6);
    panel(b, s.w, Math.min(low, s.h * 0.6), s.h, z - 0.002, 0.028);
    b.box('black', -s.w * 0.2, 0, -z, s.w * 0.2, 0.012, z, 0.004);
    b.box('black', -0.03, 0.01, -z + 0.01, 0.03, s.h * 0.62, Math.min(z - 0.03, -z + 0.03), 0.004);
    b.box('black', -0.06, s.h * 0.55, -z + 0.015, 0.06, s.h * 0.7, z - 0.028, 0.004);
}

function laptop(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    const hinge = -z + s.h * 0.32;
    b.box('metal', -s.w / 2, 0, hinge, s.w / 2, 0.016, z, 0.004);
    b.box('black', -s.w / 2 + 0.02, 0.0155, hinge + 0.03, s.w / 2 - 0.02, 0.0175, hinge + (z - hinge) * 0.58, 0.0005);
    const tilt = -exactAtan2(s.h * 0.3, s.h - 0.02);
    b.at({ y: 0.012, z: hinge + 0.006, pitch: tilt }, () => {
        const height = (s.h - 0.02) / exactCos(tilt) - 0.004;
        panel(b, s.w, 0, height, 0, 0.007);
    });
}

function keyboard(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('white', -x, 0, -z, x, s.h * 0.6, z, 0.004);
    for (let r = 0; r < 4; r++) {
        const z0 = -z + 0.012 + (r * (s.d - 0.024)) / 4;
        b.box('black', -x + 0.01, s.h * 0.5, z0, x - 0.01, s.h, z0 + (s.d - 0.024) / 4 - 0.003, 0.003);
    }
}

function speaker(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box(s.pick('black', 'wood', 'white'), -x, 0, -z, x, s.h, z - 0.006, 0.01);
    const cone = (y: number, r: number): void =>
        b.at({ y, z: z - 0.007, pitch: Math.PI / 2 }, () =>
            b.lathe(
                'black',
                0,
                0,
                [
                    [r, 0],
                    [r, 0.006],
                    [r * 0.85, 0.006],
                    [r * 0.85, 0.006],
                    [r * 0.3, 0.001],
                    [r * 0.3, 0.001],
                    [r * 0.2, 0.005],
                    [0, 0.006]
                ],
                20
            )
        );
    const r = Math.min(x * 0.78, s.h * 0.2);
    cone(s.h * 0.3, r);
    if (s.h > 0.6) cone(s.h * 0.3 + r * 2.1, r);
    cone(Math.min(s.h - r * 0.7, s.h * 0.84), r * 0.45);
}

function piano(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const body = s.pick('black', 'wood2');
    const keys = Math.min(0.72, s.h * 0.6);
    const deep = s.d * 0.5;
    b.box(body, -x, 0, -z, x, s.h, -z + deep, 0.012);
    b.box(body, -x, keys - 0.14, -z + deep - 0.01, x, keys - 0.03, z, 0.01);
    for (const side of [-1, 1]) {
        b.box(
            body,
            Math.min(side * x, side * (x - 0.05)),
            0,
            -z + deep - 0.01,
            Math.max(side * x, side * (x - 0.05)),
            keys + 0.05,
            z - 0.02,
            0.012
        );
    }
    b.box('white', -x + 0.06, keys - 0.03, z - 0.17, x - 0.06, keys - 0.008, z - 0.005, 0.003);
    const count = Math.min(36, Math.floor((s.w - 0.16) / 0.033));
    for (let i = 0; i < count; i++) {
        if (i % 7 === 2 || i % 7 === 6) continue;
        const px = -x + 0.08 + i * ((s.w - 0.16) / count);
        b.box('black', px - 0.005, keys - 0.01, z - 0.17, px + 0.006, keys + 0.003, z - 0.08, 0);
    }
    b.box(
        body,
        -x + 0.2,
        keys + 0.12,
        -z + deep - 0.005,
        x - 0.2,
        Math.min(s.h - 0.03, keys + 0.34),
        -z + deep + 0.02,
        0.004
    );
}

/** See the file comment. */
export const ELECTRONICS: readonly FurnitureClass[] = [
    {
        name: 'television',
        width: [0.7, 1.2, 3.0],
        height: [0.42, 0.7, 1.6],
        depth: [0.05, 0.22, 0.3],
        support: 'node',
        place: 'any',
        front: 0,
        build: television
    },
    {
        name: 'monitor',
        width: [0.35, 0.6, 0.9],
        height: [0.35, 0.46, 0.7],
        depth: [0.12, 0.2, 0.26],
        support: 'node',
        place: 'any',
        front: 0,
        build: monitor
    },
    {
        name: 'laptop',
        width: [0.3, 0.34, 0.38],
        height: [0.2, 0.23, 0.26],
        depth: [0.28, 0.32, 0.36],
        support: 'node',
        place: 'any',
        front: 0,
        build: laptop
    },
    {
        name: 'keyboard',
        width: [0.28, 0.42, 0.46],
        height: [0.02, 0.024, 0.03],
        depth: [0.11, 0.13, 0.16],
        support: 'node',
        place: 'any',
        front: 0,
        build: keyboard
    },
    {
        name: 'speaker',
        width: [0.16, 0.24, 0.35],
        height: [0.28, 0.9, 1.2],
        depth: [0.2, 0.3, 0.4],
        support: 'floor',
        place: 'corner',
        front: 0,
        build: speaker
    },
    {
        name: 'piano',
        width: [0.8, 1.45, 1.6],
        height: [0.95, 1.2, 1.35],
        depth: [0.45, 0.58, 0.68],
        support: 'floor',
        place: 'wall',
        front: 0.7,
        satAt: true,
        build: piano
    }
];
