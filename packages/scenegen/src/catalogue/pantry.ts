/** What stands on kitchen counters, in bathrooms and in the utility corner: food, cutlery, pots, soap, appliances. */
import { exactCos, exactSin } from '@mixreel/core';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, type Shape, top } from './furniture-class.ts';
import { ball, curved, profile, slab, thing, turned, utensil } from './small-shapes.ts';

function bread(b: MeshBuilder, s: Shape): void {
    b.cushion('crust', -s.w / 2, 0, -s.d / 2, s.w / 2, s.h, s.d / 2, 0.5);
    for (let i = -1; i <= 1; i++) b.block('linen', 0, s.h * 0.97, i * s.d * 0.22, s.w * 0.5, s.h * 0.03, 0.012, 0.002);
}

function lettuce(b: MeshBuilder, s: Shape): void {
    b.cushion('leaf', -s.w * 0.42, 0, -s.d * 0.42, s.w * 0.42, s.h * 0.92, s.d * 0.42, 1);
    for (let i = 0; i < 5; i++) {
        const a = (2 * Math.PI * i) / 5;
        b.at({ x: s.w * 0.16 * exactSin(a), y: s.h * 0.06, z: s.d * 0.16 * exactCos(a), yaw: a, pitch: 0.3 }, () =>
            b.cushion('leaf', -s.w * 0.24, 0, -0.008, s.w * 0.24, s.h * 0.8, 0.012, 0.8)
        );
    }
}

function fruit(materials: readonly string[]): (b: MeshBuilder, s: Shape) => void {
    return (b, s) => {
        b.lathe(
            s.pick(...materials),
            0,
            0,
            profile(
                s,
                curved([
                    [0, 0.06],
                    [0.3, 0],
                    [0.8, 0.14],
                    [1, 0.45],
                    [0.85, 0.78],
                    [0.4, 0.92],
                    [0, 0.86]
                ])
            ),
            24
        );
        b.rod('stem', [0, s.h * 0.84, 0], [0.004, s.h, 0], 0.003, 0.003, 6);
    };
}

function pot(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.d / 2, s.w / 2 - 0.03);
    const steel = s.pick('metal', 'accent', 'black');
    b.cylinder(steel, 0, 0, 0, s.h * 0.8, r * 0.94, r, 24);
    b.lathe(
        steel,
        0,
        0,
        [
            [r * 1.01, s.h * 0.8],
            [r * 1.01, s.h * 0.83],
            [r * 0.3, s.h * 0.92],
            [0, s.h * 0.93]
        ],
        24
    );
    b.cylinder('black', 0, s.h * 0.92, 0, s.h, 0.014, 0.018, 12);
    for (const side of [-1, 1]) b.block('black', side * (r + 0.012), s.h * 0.6, 0, 0.03, 0.014, 0.07, 0.004);
}

function pan(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w / 2, s.d * 0.32);
    b.at({ z: -s.d / 2 + r }, () =>
        b.lathe(
            'black',
            0,
            0,
            [
                [0, 0],
                [r * 0.82, 0],
                [r, s.h * 0.75],
                [r, s.h * 0.8],
                [r * 0.96, s.h * 0.8],
                [r * 0.8, 0.006],
                [0, 0.006]
            ],
            26
        )
    );
    b.rod('black', [0, s.h * 0.6, -s.d / 2 + 2 * r - 0.01], [0, s.h - 0.012, s.d / 2], 0.009, 0.012, 8);
}

function coffeeMachine(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    const body = s.pick('black', 'metal', 'accent');
    b.box(body, -s.w / 2, 0, -z, s.w / 2, s.h, 0, 0.008);
    b.box(body, -s.w / 2, s.h * 0.68, -0.01, s.w / 2, s.h, z - 0.005, 0.008);
    b.box('black', -s.w / 2 + 0.01, 0, -0.01, s.w / 2 - 0.01, 0.03, z - 0.01, 0.004);
    b.cylinder('metal', 0, s.h * 0.58, z * 0.45, s.h * 0.7, 0.02, 0.03, 14);
    b.cylinder('ceramicWhite', 0, 0.03, z * 0.45, 0.11, 0.03, 0.036, 16);
}

function toaster(b: MeshBuilder, s: Shape): void {
    b.block(s.pick('metal', 'accent', 'white', 'black'), 0, 0.01, 0, s.w, s.h - 0.01, s.d, 0.022);
    for (const side of [-1, 1]) b.block('black', side * s.w * 0.18, s.h - 0.003, 0, s.w * 0.14, 0.004, s.d * 0.72, 0);
    b.block('black', 0, 0, 0, s.w * 0.85, 0.015, s.d * 0.85, 0.003);
}

function garbageBag(b: MeshBuilder, s: Shape): void {
    b.cushion('black', -s.w / 2, 0, -s.d / 2, s.w / 2, s.h * 0.82, s.d / 2, 0.75);
    b.lathe(
        'black',
        0,
        0,
        [
            [0.06, s.h * 0.74],
            [0.02, s.h * 0.84],
            [0.07, s.h],
            [0, s.h]
        ],
        12
    );
}

function sprayBottle(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) * 0.38;
    b.lathe(
        s.pick('accent', 'glass', 'white'),
        0,
        0,
        [
            [0, 0],
            [r, 0],
            [r, s.h * 0.55],
            [r * 0.4, s.h * 0.72],
            [r * 0.4, s.h * 0.8],
            [0, s.h * 0.8]
        ],
        16
    );
    b.block('white', 0, s.h * 0.8, s.d * 0.1, r * 0.8, s.h * 0.14, s.d * 0.7, 0.004);
    b.block('accent', 0, s.h * 0.68, s.d * 0.28, 0.01, s.h * 0.14, 0.01, 0.002);
}

function soapBottle(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        s.pick('ceramic', 'accent', 'white'),
        0,
        0,
        [
            [0, 0],
            [r, 0],
            [r, s.h * 0.62],
            [r * 0.35, s.h * 0.74],
            [0, s.h * 0.74]
        ],
        18
    );
    b.cylinder('metal', 0, s.h * 0.72, 0, s.h * 0.95, 0.008, 0.008, 8);
    b.block('metal', 0, s.h * 0.93, r * 0.35, 0.016, s.h * 0.07, r * 1.2, 0.003);
}

function roll(height: number): (b: MeshBuilder, s: Shape) => void {
    return (b, s) => {
        const r = Math.min(s.w, s.d) / 2;
        b.lathe(
            'linen',
            0,
            0,
            [
                [r * 0.36, 0.002],
                [r, 0.002],
                [r, 0.002],
                [r, s.h * height],
                [r, s.h * height],
                [r * 0.36, s.h * height],
                [r * 0.36, 0.002]
            ],
            24
        );
        if (height < 1) {
            b.cylinder('metal', 0, 0, 0, s.h, r * 0.12, r * 0.12, 10);
            b.cylinder('metal', 0, 0, 0, 0.004, r, r, 20);
        }
    };
}

function plunger(b: MeshBuilder, s: Shape): void {
    const r = Math.min(s.w, s.d) / 2;
    b.lathe(
        'terracotta',
        0,
        0,
        [
            [r * 0.9, 0],
            [r, 0.02],
            [r * 0.85, 0.07],
            [r * 0.3, 0.11],
            [0, 0.12]
        ],
        20
    );
    b.cylinder('wood', 0, 0.11, 0, s.h, 0.011, 0.012, 10);
}

function toiletBrush(b: MeshBuilder, s: Shape): void {
    b.cylinder(s.pick('white', 'metal', 'ceramicWhite'), 0, 0, 0, s.h * 0.4, s.w * 0.42, s.w * 0.46, 18);
    b.cylinder('metal', 0, s.h * 0.4, 0, s.h, 0.008, 0.01, 8);
}

function cloth(b: MeshBuilder, s: Shape): void {
    const m = s.pick('fabric2', 'linen', 'cushion');
    b.block(m, 0, 0, 0, s.w, s.h * 0.55, s.d, 0.004);
    b.block(m, s.w * 0.05, s.h * 0.5, 0, s.w * 0.85, s.h * 0.5, s.d * 0.95, 0.004);
}

function dryer(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    b.box('white', -s.w / 2, 0.015, -z, s.w / 2, s.h, z - 0.03, 0.01);
    b.at({ y: s.h * 0.45, z: z - 0.032, pitch: Math.PI / 2 }, () => {
        b.cylinder('metal', 0, 0, 0, 0.022, s.w * 0.34, s.w * 0.33, 28);
        b.cylinder('black', 0, 0.016, 0, 0.03, s.w * 0.26, s.w * 0.24, 28);
    });
    b.box('black', -s.w * 0.42, s.h * 0.87, z - 0.032, s.w * 0.42, s.h * 0.95, z - 0.026, 0.002);
}

function knifeBlock(b: MeshBuilder, s: Shape): void {
    b.block('wood2', 0, 0, 0, s.w, s.h * 0.65, s.d, 0.006);
    for (let i = 0; i < 5; i++)
        b.block(
            'black',
            ((i % 3) / 2 - 0.5) * s.w * 0.6,
            s.h * 0.65,
            (i > 2 ? 0.25 : -0.2) * s.d,
            0.016,
            s.h * 0.35,
            0.022,
            0.004
        );
}

function cuttingBoard(b: MeshBuilder, s: Shape): void {
    b.block('wood', 0, 0, 0, s.w, s.h, s.d, 0.006);
    b.block('wood2', 0, s.h - 0.001, 0, s.w * 0.86, 0.001, 0.004, 0);
    b.block('wood2', 0, s.h - 0.001, s.d * 0.38, 0.03, 0.0012, 0.03, 0);
}

const CAN = [
    [0, 0],
    [0.94, 0],
    [1, 0.04],
    [1, 0.96],
    [0.94, 1],
    [0, 1]
] as const;
const BOTTLE = [
    [0, 0],
    [0.95, 0],
    [1, 0.03],
    [1, 0.55],
    [0.36, 0.76],
    [0.32, 0.94],
    [0.4, 0.95],
    [0.4, 1],
    [0, 1]
] as const;
const SHAKER = [
    [0, 0],
    [0.9, 0],
    [1, 0.06],
    [0.62, 0.5],
    [0.7, 0.72],
    [0.6, 0.95],
    [0.3, 1],
    [0, 1]
] as const;
const CUP = [
    [0, 0],
    [0.62, 0],
    [0.66, 0.03],
    [0.95, 0.96],
    [1, 1],
    [0.9, 1],
    [0.86, 0.95],
    [0.6, 0.1],
    [0, 0.08]
] as const;

/** See the file comment. */
export const PANTRY: readonly FurnitureClass[] = [
    thing('apple', [0.085, 0.085, 0.085], fruit(['fruit', 'leaf', 'fruit2'])),
    thing('tomato', [0.08, 0.07, 0.08], fruit(['fruit'])),
    thing(
        'egg',
        [0.045, 0.06, 0.045],
        turned(
            ['white', 'shell'],
            curved([
                [0, 0],
                [0.5, 0.04],
                [0.95, 0.3],
                [1, 0.45],
                [0.8, 0.75],
                [0.4, 0.96],
                [0, 1]
            ]),
            20
        )
    ),
    thing('potato', [0.08, 0.07, 0.11], ball(['peel', 'terracotta'], 0.9)),
    thing('lettuce', [0.18, 0.16, 0.2], lettuce),
    thing('bread', [0.15, 0.12, 0.27], bread),
    thing('knife', [0.022, 0.02, 0.32], utensil('metal', 'black', 'blade')),
    thing('butter_knife', [0.018, 0.012, 0.22], utensil('metal', 'metal', 'blade')),
    thing('fork', [0.026, 0.012, 0.21], utensil('metal', 'metal', 'prongs')),
    thing('spoon', [0.04, 0.016, 0.2], utensil('metal', 'metal', 'bowl')),
    thing('spatula', [0.065, 0.016, 0.3], utensil('black', 'black', 'flat')),
    thing('ladle', [0.085, 0.05, 0.29], utensil('metal', 'metal', 'bowl')),
    thing('salt_shaker', [0.05, 0.1, 0.05], turned(['ceramicWhite', 'glass', 'metal'], SHAKER)),
    thing('pepper_shaker', [0.05, 0.12, 0.05], turned(['wood2', 'black'], SHAKER)),
    thing('cup', [0.09, 0.11, 0.09], turned(['ceramic', 'ceramicWhite', 'glass'], CUP)),
    thing('bottle', [0.09, 0.25, 0.09], turned(['glass', 'ceramic2', 'leaf'], BOTTLE)),
    thing('wine_bottle', [0.08, 0.31, 0.08], turned(['bottleGlass', 'black'], BOTTLE)),
    thing('can', [0.075, 0.11, 0.075], turned(['metal', 'accent'], CAN)),
    thing(
        'jar',
        [0.1, 0.15, 0.1],
        turned(
            ['glass', 'ceramic', 'fruit2'],
            [
                [0, 0],
                [1, 0],
                [1, 0.72],
                [0.8, 0.8],
                [0.86, 0.82],
                [0.86, 1],
                [0, 1]
            ]
        )
    ),
    thing('pot', [0.32, 0.18, 0.26], pot),
    thing('pan', [0.28, 0.09, 0.44], pan),
    thing('toaster', [0.2, 0.2, 0.3], toaster),
    thing('coffee_machine', [0.26, 0.38, 0.34], coffeeMachine),
    thing('knife_block', [0.12, 0.24, 0.16], knifeBlock),
    thing('cutting_board', [0.38, 0.02, 0.26], cuttingBoard),
    thing('soap_bottle', [0.08, 0.2, 0.08], soapBottle),
    thing('spray_bottle', [0.08, 0.25, 0.11], sprayBottle),
    thing('dish_sponge', [0.075, 0.03, 0.11], slab(['fruit2', 'leaf', 'accent'], 0.008)),
    thing('soap_bar', [0.06, 0.024, 0.09], ball(['linen', 'flower', 'ceramic'], 0.4)),
    thing('paper_towel_roll', [0.13, 0.28, 0.13], roll(0.86)),
    thing('toilet_paper', [0.11, 0.1, 0.11], roll(1)),
    thing('cloth', [0.22, 0.03, 0.18], cloth),
    thing('toothbrush_cup', [0.08, 0.19, 0.08], toothbrushCup),
    thing('plunger', [0.15, 0.5, 0.15], plunger, { support: 'floor', place: 'corner' }),
    thing('toilet_brush', [0.12, 0.42, 0.12], toiletBrush, { support: 'floor', place: 'corner' }),
    thing('garbage_bag', [0.48, 0.54, 0.48], garbageBag, { support: 'floor', place: 'any' }),
    thing('clothes_dryer', [0.6, 0.86, 0.6], dryer, {
        support: 'floor',
        place: 'wall',
        front: 0.6,
        surfaces: top(0.6)
    }),
    thing('dishwasher', [0.6, 0.85, 0.6], dishwasher, {
        support: 'floor',
        place: 'wall',
        front: 0.7,
        surfaces: top(0.6)
    })
];

function toothbrushCup(b: MeshBuilder, s: Shape): void {
    b.lathe(s.pick('ceramic', 'glass', 'white'), 0, 0, profile({ ...s, h: s.h * 0.55 }, CUP), 18);
    for (const side of [-1, 1]) {
        b.rod(
            side < 0 ? 'accent' : 'white',
            [side * 0.008, 0.01, 0],
            [side * s.w * 0.3, s.h - 0.012, 0.006],
            0.004,
            0.004,
            6
        );
        b.block('white', side * s.w * 0.3, s.h - 0.026, 0.008, 0.01, 0.025, 0.012, 0.002);
    }
}

function dishwasher(b: MeshBuilder, s: Shape): void {
    const z = s.d / 2;
    b.box('white', -s.w / 2, 0.08, -z, s.w / 2, s.h, z - 0.03, 0.006);
    b.box('black', -s.w / 2 + 0.01, 0, -z + 0.02, s.w / 2 - 0.01, 0.09, z - 0.08, 0);
    b.box('metal', -s.w / 2 + 0.004, 0.1, z - 0.031, s.w / 2 - 0.004, s.h - 0.12, z - 0.012, 0.004);
    b.box('black', -s.w / 2 + 0.004, s.h - 0.115, z - 0.031, s.w / 2 - 0.004, s.h - 0.004, z - 0.014, 0.003);
    b.box('metal', -s.w * 0.36, s.h - 0.17, z - 0.013, s.w * 0.36, s.h - 0.15, z, 0.004);
}
