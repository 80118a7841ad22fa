/** Seats: sofa, armchair, chair, office chair, stool, bench, pouf. Fronts along +z; `params.seatHeight` moves the seat. */
import { exactCos, exactSin } from '@mixreel/core';
import type { Dimensions } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, legs, type Shape, type Surface } from './furniture-class.ts';

/** A sofa of any width: base, arms, back, seat and back cushions, loose pillows. */
function sofa(b: MeshBuilder, s: Shape): void {
    const seat = Math.min(s.params['seatHeight'] ?? 0.43, s.h * 0.75);
    const foot = Math.min(0.1, seat * 0.28);
    const arm = Math.min(0.18, s.w * 0.12);
    const back = Math.min(0.24, s.d * 0.28);
    const armTop = Math.min(s.h, seat + s.pick(0.14, 0.18, 0.22));
    const [x, z] = [s.w / 2, s.d / 2];
    const drawn = s.pick('fabric', 'fabric', 'leather');
    const cover = s.params['leather'] ? 'leather' : s.params['fabric'] ? 'fabric' : drawn;
    const cushionTop = 0.13;
    legs(b, s, 'wood', 0, foot + 0.005, 0.06, 0.02);
    b.box(cover, -x, foot, -z, x, seat - cushionTop, z, 0.03);
    for (const side of [-1, 1]) {
        const inner = side * (x - arm);
        b.box(cover, Math.min(side * x, inner), seat - cushionTop, -z, Math.max(side * x, inner), armTop, z, 0.045);
    }
    b.box(cover, -x + arm, seat - cushionTop, -z, x - arm, s.h - 0.05, -z + back * 0.55, 0.04);
    const inner = s.w - 2 * arm;
    const count = Math.max(1, Math.round(inner / 0.72));
    const each = inner / count;
    for (let i = 0; i < count; i++) {
        const x0 = -x + arm + i * each;
        b.cushion(cover, x0 + 0.004, seat - cushionTop - 0.01, -z + back * 0.5, x0 + each - 0.004, seat, z + 0.0, 0.16);
        b.at({ x: x0 + each / 2, y: seat - 0.02, z: -z + back * 0.9, pitch: -0.12 }, () =>
            b.cushion(cover, -each / 2 + 0.01, 0, -0.11, each / 2 - 0.01, s.h - seat + 0.01, 0.09, 0.3)
        );
    }
    const pillows = Math.round(s.random() * Math.min(3, count + 1));
    for (let i = 0; i < pillows; i++) {
        const side = i % 2 === 0 ? -1 : 1;
        const tall = Math.min(0.4, s.h - seat - 0.01);
        if (tall < 0.16) break;
        const px = side * (x - arm - 0.2 - 0.16 * Math.floor(i / 2)) * (count === 1 ? 0.3 : 1);
        b.at({ x: px, y: seat - 0.02, z: -z + back + 0.14, yaw: -side * 0.35, pitch: -0.32 }, () =>
            b.cushion(i % 2 ? 'cushion2' : 'cushion', -tall / 2, 0, -0.07, tall / 2, tall, 0.07, 0.5)
        );
    }
}

function armchair(b: MeshBuilder, s: Shape): void {
    if (s.random() < 0.5) {
        sofa(b, s);
        return;
    }
    // A lounge chair: timber frame, sloping seat and back.
    const seat = Math.min(s.params['seatHeight'] ?? 0.4, s.h * 0.6);
    const [x, z] = [s.w / 2, s.d / 2];
    for (const side of [-1, 1]) {
        b.rod('wood', [side * (x - 0.03), 0.001, z - 0.05], [side * (x - 0.03), 0.56, z - 0.1], 0.018, 0.02);
        b.rod('wood', [side * (x - 0.03), 0.001, -z + 0.05], [side * (x - 0.03), 0.54, -z + 0.14], 0.018, 0.02);
        b.box('wood', side * (x - 0.03) - 0.03, 0.54, -z + 0.08, side * (x - 0.03) + 0.03, 0.57, z - 0.04, 0.01);
    }
    b.box('wood', -x + 0.05, seat - 0.15, -z + 0.1, x - 0.05, seat - 0.11, z - 0.08, 0.01);
    b.cushion('fabric2', -x + 0.06, seat - 0.12, -z + 0.12, x - 0.06, seat + 0.01, z - 0.04, 0.2);
    b.at({ y: seat - 0.06, z: -z + 0.2, pitch: -0.14 }, () =>
        b.cushion('fabric2', -x + 0.06, 0, -0.08, x - 0.06, s.h - seat + 0.04, 0.07, 0.25)
    );
}

function chair(b: MeshBuilder, s: Shape): void {
    const seat = Math.min(0.46, s.h * 0.56);
    const [x, z] = [s.w / 2, s.d / 2];
    const wood = s.pick('wood', 'wood', 'wood2');
    legs(b, s, wood, 0, seat - 0.03, 0.035, 0.017);
    b.box(wood, -x, seat - 0.035, -z + 0.01, x, seat - 0.012, z, 0.011);
    b.cushion('fabric2', -x + 0.015, seat - 0.02, -z + 0.05, x - 0.015, seat + 0.025, z - 0.01, 0.2);
    const tilt = Math.min(0.07, z - 0.04);
    for (const side of [-1, 1]) {
        b.rod(
            wood,
            [side * (x - 0.03), seat - 0.03, -z + tilt + 0.03],
            [side * (x - 0.035), s.h - 0.02, -z + 0.022],
            0.016,
            0.014
        );
    }
    const slats = s.pick(2, 3, 1);
    const from = slats === 1 ? 0.35 : 0.3;
    for (let i = 0; i < slats; i++) {
        const t = slats === 1 ? 0.68 : from + ((1 - from - 0.1) * (i + 0.5)) / slats;
        const height = slats === 1 ? (s.h - seat) * 0.6 : ((s.h - seat) * 0.42) / slats;
        const y = seat + t * (s.h - seat);
        const zz = -z + 0.022 + (1 - t) * tilt;
        b.box(wood, -x + 0.02, y - height / 2, zz - 0.008, x - 0.02, Math.min(s.h, y + height / 2), zz + 0.01, 0.008);
    }
}

function officeChair(b: MeshBuilder, s: Shape): void {
    const seat = 0.47;
    const r = Math.min(s.w, s.d) / 2 - 0.03;
    for (let i = 0; i < 5; i++) {
        const a = (2 * Math.PI * i) / 5 + 0.3;
        const [cx, sz] = [exactCos(a), exactSin(a)];
        b.rod('black', [0.02 * cx, 0.1, 0.02 * sz], [r * cx, 0.065, r * sz], 0.024, 0.014, 8);
        b.at({ x: r * cx, y: 0.028, z: r * sz, roll: Math.PI / 2 }, () =>
            b.cylinder('black', 0, -0.02, 0, 0.02, 0.028, 0.028, 10)
        );
    }
    b.cylinder('metal', 0, 0.09, 0, seat - 0.08, 0.026, 0.02, 12);
    const half = Math.min(0.25, s.w / 2 - 0.05);
    b.box('black', -0.12, seat - 0.09, -0.12, 0.12, seat - 0.06, 0.12, 0.01);
    b.cushion('fabric2', -half, seat - 0.075, -half + 0.02, half, seat + 0.015, half + 0.02, 0.3);
    b.rod('black', [0, seat - 0.07, -half + 0.05], [0, seat + 0.22, -half + 0.01], 0.018, 0.014, 8);
    b.at({ y: seat + 0.1, z: -half + 0.03, pitch: -0.1 }, () =>
        b.cushion('fabric2', -half + 0.03, 0, -0.035, half - 0.03, s.h - seat - 0.1, 0.035, 0.28)
    );
    const arm = Math.min(half + 0.03, s.w / 2 - 0.036);
    for (const side of [-1, 1]) {
        b.rod('black', [side * (half - 0.02), seat - 0.06, 0], [side * arm, seat + 0.2, -0.02], 0.012, 0.012, 6);
        b.box('black', side * arm - 0.035, seat + 0.19, -0.14, side * arm + 0.035, seat + 0.22, 0.12, 0.012);
    }
}

function stool(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    for (let i = 0; i < 4; i++) {
        const a = Math.PI / 4 + (Math.PI / 2) * i;
        const [c, n] = [exactCos(a), exactSin(a)];
        b.rod('wood', [r * 0.92 * c, 0.001, r * 0.92 * n], [r * 0.6 * c, s.h - 0.03, r * 0.6 * n], 0.014, 0.018, 8);
    }
    b.lathe(
        'black',
        0,
        0,
        [
            [r * 0.7, s.h * 0.34],
            [r * 0.74, s.h * 0.34 + 0.012],
            [r * 0.7, s.h * 0.34 + 0.024],
            [r * 0.67, s.h * 0.34 + 0.012],
            [r * 0.7, s.h * 0.34]
        ],
        16
    );
    b.cylinder('wood', 0, s.h - 0.04, 0, s.h, r * 0.92, r, 20);
}

function bench(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    legs(b, s, 'wood', 0, s.h - 0.08, 0.05, 0.022);
    b.box('wood', -x, s.h - 0.09, -z, x, s.h - 0.05, z, s.bevel);
    b.cushion('fabric', -x + 0.01, s.h - 0.06, -z + 0.01, x - 0.01, s.h, z - 0.01, 0.15);
}

function pouf(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'fabric2',
        0,
        0,
        [
            [0, 0],
            [r * 0.86, 0],
            [r * 0.97, s.h * 0.2],
            [r, s.h * 0.5],
            [r * 0.97, s.h * 0.8],
            [r * 0.84, s.h * 0.97],
            [0, s.h]
        ],
        24
    );
}

/** The seat between the arms, in front of the back cushions. */
function seat(d: Dimensions, params: Readonly<Record<string, number>>): Surface[] {
    const y = Math.min(params['seatHeight'] ?? 0.43, d.height * 0.6);
    const x = d.width / 2 - Math.min(0.18, d.width * 0.12) - 0.03;
    const z0 = -d.depth / 2 + Math.min(0.24, d.depth * 0.28) + 0.12;
    return [{ name: 'seat', y, x0: -x, z0, x1: x, z1: d.depth / 2 - 0.03, clear: 0.35 }];
}

/** See the file comment. */
export const SEATING: readonly FurnitureClass[] = [
    {
        name: 'sofa',
        width: [1.2, 1.9, 3.2],
        height: [0.65, 0.82, 1.0],
        depth: [0.7, 0.9, 1.15],
        support: 'floor',
        place: 'wall',
        front: 0.45,
        surfaces: seat,
        build: sofa
    },
    {
        name: 'armchair',
        width: [0.6, 0.75, 1.1],
        height: [0.7, 0.85, 1.1],
        depth: [0.65, 0.78, 1.0],
        support: 'floor',
        place: 'any',
        front: 0.4,
        surfaces: seat,
        build: armchair
    },
    {
        name: 'chair',
        width: [0.4, 0.45, 0.55],
        height: [0.75, 0.86, 1.05],
        depth: [0.42, 0.5, 0.6],
        support: 'floor',
        place: 'any',
        front: 0,
        build: chair
    },
    {
        name: 'office_chair',
        width: [0.55, 0.62, 0.75],
        height: [0.85, 0.98, 1.25],
        depth: [0.55, 0.62, 0.75],
        support: 'floor',
        place: 'any',
        front: 0,
        build: officeChair
    },
    {
        name: 'stool',
        width: [0.3, 0.36, 0.45],
        height: [0.4, 0.46, 0.8],
        depth: [0.3, 0.36, 0.45],
        support: 'floor',
        place: 'any',
        front: 0,
        build: stool
    },
    {
        name: 'bench',
        width: [0.8, 1.2, 2.0],
        height: [0.38, 0.45, 0.55],
        depth: [0.3, 0.38, 0.6],
        support: 'floor',
        place: 'wall',
        front: 0.35,
        build: bench
    },
    {
        name: 'pouf',
        width: [0.35, 0.5, 0.8],
        height: [0.3, 0.4, 0.5],
        depth: [0.35, 0.5, 0.8],
        support: 'floor',
        place: 'any',
        front: 0,
        build: pouf
    }
];
