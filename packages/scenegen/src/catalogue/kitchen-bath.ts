/** Kitchen and bathroom: counter, sink, stove, fridge, dishes, toilet, basin, bath, washing machine, towel rail. */
import type { Dimensions } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, handle, type Shape, type Surface, top } from './furniture-class.ts';
import { drawers } from './tables.ts';

const WORKTOP = 0.035;

/** A base unit with a worktop; the worktop has a hole for a basin between x0 and x1 if they differ. */
function baseUnit(b: MeshBuilder, s: Shape, hole: readonly [number, number] | null): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const body = s.pick('white', 'wood', 'accent');
    b.box('black', -x, 0, -z, x, 0.1, z - 0.06, 0);
    b.box(body, -x, 0.1, -z, x, s.h - WORKTOP - (hole ? 0.18 : 0), z - 0.04, 0.003);
    const parts = Math.max(1, Math.round(s.w / 0.55));
    const each = s.w / parts;
    for (let i = 0; i < parts; i++) {
        const [x0, x1] = [-x + i * each, -x + (i + 1) * each];
        if (i % 3 === 1) drawers(b, body, x0 + 0.002, 0.102, -z + 0.1, x1 - 0.002, s.h - WORKTOP - 0.002, z - 0.02, 3);
        else {
            b.box(body, x0 + 0.002, 0.102, z - 0.039, x1 - 0.002, s.h - WORKTOP - 0.002, z - 0.02, 0.003);
            handle(b, x1 - 0.05, s.h * 0.75, z - 0.042, 0.14, true);
        }
    }
    const slab = (x0: number, z0: number, x1: number, z1: number): void => {
        b.box('stone', x0, s.h - WORKTOP, z0, x1, s.h, z1, 0.004);
    };
    if (!hole) slab(-x, -z, x, z);
    else {
        slab(-x, -z, hole[0], z);
        slab(hole[1], -z, x, z);
        slab(hole[0], -z, hole[1], -z + 0.12);
        slab(hole[0], z - 0.08, hole[1], z);
    }
}

function counter(b: MeshBuilder, s: Shape): void {
    baseUnit(b, s, null);
}

function tap(b: MeshBuilder, x: number, y: number, z: number, high: number, reach: number): void {
    b.cylinder('metal', x, y, z, y + 0.02, 0.025, 0.022, 14);
    b.rod('metal', [x, y + 0.02, z], [x, y + high, z], 0.011, 0.011, 10);
    b.rod('metal', [x, y + high, z], [x, y + high - 0.01, z + reach], 0.01, 0.009, 10);
    b.rod('metal', [x, y + high - 0.005, z + reach], [x, y + high - 0.04, z + reach], 0.009, 0.009, 8);
}

function kitchenSink(b: MeshBuilder, s: Shape): void {
    const tall = s.h - Math.min(0.22, s.h * 0.2);
    const half = Math.min(0.25, s.w / 2 - 0.1);
    baseUnit(b, { ...s, h: tall }, [-half, half]);
    const [z0, z1] = [-s.d / 2 + 0.12, s.d / 2 - 0.08];
    b.box('metal', -half, tall - 0.19, z0, half, tall - 0.17, z1, 0.002);
    for (const side of [-1, 1])
        b.block('metal', side * (half - 0.005), tall - 0.18, (z0 + z1) / 2, 0.01, 0.178, z1 - z0, 0.002);
    b.block('metal', 0, tall - 0.18, z0 + 0.005, 2 * half, 0.178, 0.01, 0.002);
    b.block('metal', 0, tall - 0.18, z1 - 0.005, 2 * half, 0.178, 0.01, 0.002);
    tap(b, 0, tall, -s.d / 2 + 0.07, s.h - tall - 0.005, 0.17);
}

function stove(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const body = s.pick('white', 'metal', 'black');
    b.box(body, -x, 0.02, -z, x, s.h - 0.012, z - 0.025, 0.006);
    b.box(body, -x + 0.004, 0.12, z - 0.03, x - 0.004, s.h * 0.8, z - 0.012, 0.006);
    b.box('black', -x + 0.07, 0.2, z - 0.014, x - 0.07, s.h * 0.66, z - 0.009, 0.003);
    b.box('metal', -x + 0.06, s.h * 0.73, z - 0.012, x - 0.06, s.h * 0.73 + 0.016, z, 0.004);
    b.box('black', -x, s.h - 0.012, -z, x, s.h - 0.004, z - 0.02, 0.003);
    for (const [i, j, r] of [
        [-1, -1, 0.09],
        [1, -1, 0.075],
        [-1, 1, 0.075],
        [1, 1, 0.1]
    ] as const) {
        b.lathe(
            'metal',
            i * x * 0.48,
            j * z * 0.46 - 0.02,
            [
                [r, s.h - 0.005],
                [r, s.h - 0.002],
                [r - 0.006, s.h],
                [r - 0.012, s.h - 0.002],
                [r - 0.012, s.h - 0.005]
            ],
            24
        );
        b.at({ x: i * x * 0.3 + j * x * 0.14, y: s.h * 0.88, z: z - 0.026, pitch: Math.PI / 2 }, () =>
            b.cylinder('metal', 0, 0, 0, 0.022, 0.018, 0.015, 14)
        );
    }
}

function fridge(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const body = s.pick('white', 'metal', 'accent');
    b.box('black', -x + 0.02, 0, -z + 0.02, x - 0.02, 0.04, z - 0.08, 0);
    b.box(body, -x, 0.04, -z, x, s.h, z - 0.07, 0.015);
    const seam = s.h * (0.34 + 0.06 * s.random());
    for (const [y0, y1] of [
        [0.045, seam - 0.004],
        [seam + 0.004, s.h - 0.002]
    ] as const) {
        b.box(body, -x + 0.001, y0, z - 0.066, x - 0.001, y1, z - 0.03, 0.014);
        handle(b, x - 0.06, y0 === 0.045 ? y1 - 0.2 : y0 + 0.25, z - 0.034, 0.26, true);
    }
}

function microwave(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box(s.pick('metal', 'black', 'white'), -x, 0.012, -z, x, s.h, z - 0.008, 0.006);
    b.box('black', -x + 0.02, 0.04, z - 0.012, x * 0.45, s.h - 0.03, z - 0.002, 0.004);
    b.box('black', x * 0.52, 0.04, z - 0.012, x - 0.02, s.h - 0.03, z - 0.004, 0.003);
    for (const [i, j] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1]
    ] as const)
        b.cylinder('black', i * (x - 0.04), 0, j * (z - 0.05), 0.014, 0.012, 0.012, 8);
}

function kettle(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.d / 2, s.w / 2 - 0.04);
    b.lathe(
        s.pick('metal', 'white', 'black'),
        0,
        0,
        [
            [0, 0],
            [r * 0.9, 0],
            [r, 0.01],
            [r * 0.95, s.h * 0.4],
            [r * 0.7, s.h * 0.8],
            [r * 0.5, s.h * 0.88],
            [0, s.h * 0.92]
        ],
        22
    );
    b.lathe(
        'black',
        0,
        0,
        [
            [0.02, s.h * 0.9],
            [0.018, s.h * 0.97],
            [0, s.h]
        ],
        12
    );
    b.rod('metal', [r * 0.7, s.h * 0.5, 0], [s.w / 2 - 0.004, s.h * 0.75, 0], 0.014, 0.009, 8);
    b.rod('black', [-r * 0.6, s.h * 0.82, 0], [-s.w / 2 + 0.012, s.h * 0.7, 0], 0.009, 0.009, 8);
    b.rod('black', [-s.w / 2 + 0.012, s.h * 0.72, 0], [-s.w / 2 + 0.012, s.h * 0.3, 0], 0.009, 0.009, 8);
}

function plate(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        s.pick('ceramic', 'ceramic2', 'white'),
        0,
        0,
        [
            [0, 0],
            [r * 0.55, 0],
            [r * 0.62, s.h * 0.3],
            [r, s.h],
            [r - 0.004, s.h],
            [r * 0.6, s.h * 0.5],
            [0, s.h * 0.35]
        ],
        28
    );
}

function toilet(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const seat = Math.min(0.42, s.h * 0.55);
    const bowl = Math.min(x, s.d * 0.3);
    const cz = z - bowl - 0.005;
    b.box('ceramicWhite', -x * 0.5, 0, -z + 0.04, x * 0.5, seat * 0.75, cz, 0.05);
    b.lathe(
        'ceramicWhite',
        0,
        cz,
        [
            [0, 0.001],
            [bowl * 0.55, 0.001],
            [bowl * 0.5, seat * 0.35],
            [bowl * 0.82, seat * 0.8],
            [bowl * 0.97, seat],
            [bowl * 0.75, seat],
            [bowl * 0.55, seat * 0.7],
            [0, seat * 0.55]
        ],
        28
    );
    b.box('ceramicWhite', -x * 0.75, seat * 0.72, -z + 0.02, x * 0.75, seat, cz - bowl * 0.5, 0.03);
    b.lathe(
        'white',
        0,
        cz,
        [
            [bowl * 0.7, seat + 0.002],
            [bowl * 0.99, seat + 0.002],
            [bowl, seat + 0.012],
            [bowl * 0.97, seat + 0.025],
            [0, seat + 0.03]
        ],
        28
    );
    b.box('ceramicWhite', -x, seat, -z, x, s.h - 0.02, -z + 0.18, 0.025);
    b.box('ceramicWhite', -x, s.h - 0.03, -z, x, s.h, -z + 0.19, 0.012);
    b.cylinder('metal', 0, s.h - 0.004, -z + 0.09, s.h, 0.025, 0.025, 16);
}

/** The lid of the cistern. */
const cistern = (d: Dimensions): Surface[] => {
    const [x, z] = [d.width / 2 - 0.015, -d.depth / 2];
    return [{ name: 'top', y: d.height, x0: -x, z0: z + 0.01, x1: x, z1: z + 0.185, clear: 0.5 }];
};

/** Behind the bowl, on both sides of the tap. */
const basinRim = (dims: Dimensions): Surface[] => {
    const y = dims.height - Math.min(0.16, dims.height * 0.18);
    const [x, z] = [dims.width / 2, dims.depth / 2];
    return [
        { name: 'rim-left', y, x0: -x + 0.01, z0: -z + 0.005, x1: -0.05, z1: -z + 0.12, clear: 0.3 },
        { name: 'rim-right', y, x0: 0.05, z0: -z + 0.005, x1: x - 0.01, z1: -z + 0.12, clear: 0.3 }
    ];
};

/** The broad end of a bath. */
const bathRim = (dims: Dimensions): Surface[] => {
    const [x, z] = [dims.width / 2, dims.depth / 2];
    return [{ name: 'top', y: dims.height, x0: -x + 0.01, z0: -z + 0.05, x1: -x + 0.13, z1: z - 0.05, clear: 0.4 }];
};

function basin(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const rim = s.h - Math.min(0.16, s.h * 0.18);
    const deep = 0.15;
    drawers(b, s.pick('wood', 'white', 'wood2'), -x + 0.02, 0.16, -z, x - 0.02, rim - deep - 0.002, z - 0.03, 2);
    b.box('ceramicWhite', -x, rim - deep, -z, x, rim - 0.1, z, 0.012);
    const wall = 0.05;
    b.block('ceramicWhite', 0, rim - 0.11, -z + 0.06, s.w, 0.11, 0.12, 0.012);
    b.block('ceramicWhite', 0, rim - 0.11, z - wall / 2, s.w, 0.11, wall, 0.012);
    for (const side of [-1, 1])
        b.block('ceramicWhite', side * (x - wall / 2), rim - 0.11, 0.03, wall, 0.11, s.d - 0.14, 0.012);
    tap(b, 0, rim, -z + 0.06, s.h - rim - 0.005, 0.13);
}

function bathtub(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const rim = 0.07;
    b.box('ceramicWhite', -x, 0, -z, x, 0.14, z, 0.02);
    b.box('ceramicWhite', -x, 0.1, -z, -x + rim * 2, s.h, z, 0.03);
    b.box('ceramicWhite', x - rim, 0.1, -z, x, s.h, z, 0.03);
    b.box('ceramicWhite', -x, 0.1, -z, x, s.h, -z + rim, 0.03);
    b.box('ceramicWhite', -x, 0.1, z - rim, x, s.h, z, 0.03);
    b.lathe(
        'metal',
        0,
        -z + rim + 0.1,
        [
            [0.03, 0.141],
            [0.03, 0.144],
            [0, 0.145]
        ],
        14
    );
}

function washer(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    b.box('white', -x, 0.01, -z, x, s.h, z - 0.03, 0.012);
    const r = Math.min(x * 0.62, s.h * 0.26);
    b.at({ y: s.h * 0.48, z: z - 0.031, pitch: Math.PI / 2 }, () => {
        b.lathe(
            'metal',
            0,
            0,
            [
                [r, 0],
                [r, 0.018],
                [r * 0.94, 0.03],
                [r * 0.78, 0.03],
                [r * 0.76, 0.02]
            ],
            32
        );
        b.lathe(
            'black',
            0,
            0,
            [
                [r * 0.77, 0.02],
                [r * 0.5, 0.012],
                [0, 0.008]
            ],
            32
        );
    });
    b.box('black', -x + 0.04, s.h - 0.11, z - 0.034, x * 0.2, s.h - 0.03, z - 0.026, 0.003);
    b.at({ x: x * 0.55, y: s.h - 0.07, z: z - 0.031, pitch: Math.PI / 2 }, () =>
        b.cylinder('metal', 0, 0, 0, 0.025, 0.03, 0.027, 18)
    );
}

function towelRail(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    for (const side of [-1, 1])
        b.box(
            'metal',
            side * (x - 0.012) - 0.012,
            s.h - 0.05,
            -z,
            side * (x - 0.012) + 0.012,
            s.h - 0.02,
            z - 0.004,
            0.005
        );
    b.at({ x: -x + 0.012, y: s.h - 0.035, z: z - 0.02, roll: -Math.PI / 2 }, () =>
        b.cylinder('metal', 0, 0, 0, s.w - 0.024, 0.009, 0.009, 10)
    );
    b.cushion(s.pick('cushion', 'linen', 'fabric2'), -x * 0.7, 0, z - 0.036, x * 0.7, s.h - 0.022, z - 0.004, 0.12);
}

/** See the file comment. */
export const KITCHEN_BATH: readonly FurnitureClass[] = [
    {
        name: 'counter',
        width: [0.6, 1.4, 3.0],
        height: [0.85, 0.9, 0.95],
        depth: [0.55, 0.6, 0.7],
        support: 'floor',
        place: 'wall',
        front: 0.7,
        surfaces: top(0.5),
        build: counter
    },
    {
        name: 'kitchen_sink',
        width: [0.7, 0.9, 1.4],
        height: [1.05, 1.12, 1.2],
        depth: [0.55, 0.6, 0.7],
        support: 'floor',
        place: 'wall',
        front: 0.7,
        build: kitchenSink
    },
    {
        name: 'stove',
        width: [0.5, 0.6, 0.9],
        height: [0.85, 0.9, 0.95],
        depth: [0.55, 0.62, 0.7],
        support: 'floor',
        place: 'wall',
        front: 0.8,
        surfaces: top(0.5, 0.06),
        build: stove
    },
    {
        name: 'fridge',
        width: [0.55, 0.65, 0.9],
        height: [1.4, 1.8, 2.0],
        depth: [0.55, 0.66, 0.75],
        support: 'floor',
        place: 'wall',
        front: 0.7,
        surfaces: top(0.4, 0.06),
        build: fridge
    },
    {
        name: 'microwave',
        width: [0.42, 0.48, 0.55],
        height: [0.24, 0.28, 0.32],
        depth: [0.3, 0.36, 0.42],
        support: 'node',
        place: 'any',
        front: 0,
        build: microwave
    },
    {
        name: 'kettle',
        width: [0.2, 0.23, 0.26],
        height: [0.18, 0.22, 0.26],
        depth: [0.14, 0.16, 0.18],
        support: 'node',
        place: 'any',
        front: 0,
        build: kettle
    },
    {
        name: 'plate',
        width: [0.18, 0.25, 0.3],
        height: [0.018, 0.022, 0.03],
        depth: [0.18, 0.25, 0.3],
        support: 'node',
        place: 'any',
        front: 0,
        build: plate
    },
    {
        name: 'toilet',
        width: [0.36, 0.4, 0.48],
        height: [0.7, 0.78, 0.9],
        depth: [0.6, 0.68, 0.75],
        support: 'floor',
        place: 'wall',
        front: 0.5,
        surfaces: cistern,
        build: toilet
    },
    {
        name: 'basin',
        width: [0.5, 0.75, 1.3],
        height: [0.95, 1.0, 1.08],
        depth: [0.42, 0.48, 0.55],
        support: 'floor',
        place: 'wall',
        front: 0.6,
        surfaces: basinRim,
        build: basin
    },
    {
        name: 'bathtub',
        width: [1.4, 1.7, 1.9],
        height: [0.5, 0.56, 0.65],
        depth: [0.68, 0.75, 0.9],
        support: 'floor',
        place: 'wall',
        front: 0.5,
        surfaces: bathRim,
        build: bathtub
    },
    {
        name: 'washing_machine',
        width: [0.55, 0.6, 0.65],
        height: [0.82, 0.85, 0.9],
        depth: [0.5, 0.58, 0.65],
        support: 'floor',
        place: 'wall',
        front: 0.6,
        surfaces: top(0.6),
        build: washer
    },
    {
        name: 'towel_rail',
        width: [0.4, 0.6, 0.8],
        height: [0.5, 0.6, 0.75],
        depth: [0.07, 0.09, 0.12],
        support: 'wall',
        place: 'wall',
        front: 0,
        build: towelRail
    }
];
