/**
 * What a class of the catalogue says of itself: its real sizes, where it stands, what stands on it, how much room it needs
 * in front, and how to build it at any size. Sizes follow the boxes of the ProcTHOR asset database (Apache-2.0) rounded to
 * centimetres, and common furniture standards where it has no such class.
 */
import type { Dimensions } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';

/** Smallest, usual and largest, metres. */
export type SizeRange = readonly [smallest: number, usual: number, largest: number];

/** A rectangle on which small things stand, in the node's frame. */
export interface Surface {
    readonly name: string;
    /** Height above the node's underside, metres. */
    readonly y: number;
    readonly x0: number;
    readonly z0: number;
    readonly x1: number;
    readonly z1: number;
    /** Free height above it, metres. */
    readonly clear: number;
}

/** What a mesh function is given. */
export interface Shape {
    readonly w: number;
    readonly h: number;
    readonly d: number;
    /** 0 to 1, a new one at each call; decided by the node's variant. */
    readonly random: () => number;
    /** One of them. */
    readonly pick: <T>(...options: T[]) => T;
    readonly legs: LegStyle;
    /** Edge radius of boards, metres. */
    readonly bevel: number;
    readonly params: Readonly<Record<string, number>>;
}

/** How furniture legs look in one style. */
export type LegStyle = 'round' | 'square' | 'taper' | 'hairpin';

/** See the file comment. */
export interface FurnitureClass {
    readonly name: string;
    readonly width: SizeRange;
    readonly height: SizeRange;
    readonly depth: SizeRange;
    /** What it hangs on or stands on. */
    readonly support: 'floor' | 'wall' | 'ceiling' | 'node';
    /** Where on the floor it belongs. */
    readonly place: 'wall' | 'corner' | 'middle' | 'any';
    /** Free floor that it needs in front, metres. */
    readonly front: number;
    /** One sits at it: a seat may stand on the floor that it needs in front, and nowhere else around it. */
    readonly satAt?: boolean;
    /** Lies flat under other things and never blocks a walker. */
    readonly flat?: boolean;
    /** Gives light: the height of its source as a share of its own, and candela. */
    readonly light?: { readonly at: number; readonly candela: number };
    /** Where small things may stand. */
    readonly surfaces?: (dims: Dimensions, params: Readonly<Record<string, number>>) => Surface[];
    readonly build: (b: MeshBuilder, s: Shape) => void;
}

/** The whole top of a thing, less `rim` metres on each side. */
export const top =
    (clear = 0.6, rim = 0.03) =>
    (dims: Dimensions): Surface[] => [
        {
            name: 'top',
            y: dims.height,
            x0: -dims.width / 2 + rim,
            z0: -dims.depth / 2 + rim,
            x1: dims.width / 2 - rim,
            z1: dims.depth / 2 - rim,
            clear
        }
    ];

/** Four legs under a box, from y0 to y1. */
export function legs(
    b: MeshBuilder,
    s: Shape,
    material: string,
    y0: number,
    y1: number,
    inset: number,
    r: number,
    box: { readonly w: number; readonly d: number } = s
): void {
    const x = box.w / 2 - inset;
    const z = box.d / 2 - inset;
    for (const [i, j] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1]
    ] as const) {
        leg(b, s.legs, material, [i * x, j * z], [i, j], y0, y1, r);
    }
}

function leg(
    b: MeshBuilder,
    style: LegStyle,
    material: string,
    [x, z]: readonly [number, number],
    [i, j]: readonly [number, number],
    y0: number,
    y1: number,
    r: number
): void {
    if (style === 'square') b.block(material, x, y0, z, 2 * r, y1 - y0, 2 * r, 0.004);
    else if (style === 'round') b.cylinder(material, x, y0, z, y1, r * 0.85, r, 10);
    else if (style === 'taper') {
        const lean = Math.min(0.04, (y1 - y0) * 0.1);
        b.rod(material, [x, y0 + 0.001, z], [x - i * lean, y1, z - j * lean], r * 0.6, r * 1.1, 10);
    } else {
        b.rod('black', [x, y0 + 0.001, z], [x - i * r * 2, y1, z], 0.007, 0.007, 6);
        b.rod('black', [x, y0 + 0.001, z], [x, y1, z - j * r * 2], 0.007, 0.007, 6);
    }
}

/** A knob or a bar handle at (x, y) on a front whose face is at z. */
export function handle(b: MeshBuilder, x: number, y: number, z: number, length: number, vertical = false): void {
    if (length <= 0.03) {
        b.at({ x, y, z, pitch: Math.PI / 2 }, () => b.cylinder('metal', 0, 0, 0, 0.016, 0.007, 0.011, 10));
        return;
    }
    const [w, h] = vertical ? [0.012, length] : [length, 0.012];
    b.box('metal', x - w / 2, y - h / 2, z + 0.012, x + w / 2, y + h / 2, z + 0.022, 0.003);
    const [dx, dy] = vertical ? [0, length / 2 - 0.015] : [length / 2 - 0.015, 0];
    for (const side of [-1, 1])
        b.block('metal', x + side * dx, y + side * dy - 0.004, z + 0.006, 0.008, 0.008, 0.012, 0);
}
