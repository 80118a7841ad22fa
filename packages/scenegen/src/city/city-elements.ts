/**
 * What repeats in a town, built once and placed many times. Elements that fill a rectangle of a facade are one metre wide and
 * high in their own frame and scaled to it: x to the right, y up, z out of the wall; the wall is open behind them, so each
 * brings its own reveals. Trees, lamps and roof units have their real size.
 */
import { MeshBuilder } from '../mesh/mesh-builder.ts';

/** Depth of windows in the wall, metres. */
const REVEAL = 0.16;

function reveals(b: MeshBuilder, material: string): void {
    const z = -REVEAL;
    b.quad(material, [-0.5, 0, z], [-0.5, 0, 0], [-0.5, 1, 0], [-0.5, 1, z]);
    b.quad(material, [0.5, 0, 0], [0.5, 0, z], [0.5, 1, z], [0.5, 1, 0]);
    b.quad(material, [-0.5, 0, z], [0.5, 0, z], [0.5, 0, 0], [-0.5, 0, 0]);
    b.quad(material, [-0.5, 1, 0], [0.5, 1, 0], [0.5, 1, z], [-0.5, 1, z]);
}

function pane(b: MeshBuilder, rim: number, mullions: readonly number[], transom: number): void {
    const z = -REVEAL;
    b.quad('glass', [-0.5, 0, z], [0.5, 0, z], [0.5, 1, z], [-0.5, 1, z]);
    const bar = (x0: number, y0: number, x1: number, y1: number): void =>
        b.quad('frame', [x0, y0, z + 0.04], [x1, y0, z + 0.04], [x1, y1, z + 0.04], [x0, y1, z + 0.04]);
    bar(-0.5, 0, 0.5, rim);
    bar(-0.5, 1 - rim, 0.5, 1);
    bar(-0.5, rim, -0.5 + rim, 1 - rim);
    bar(0.5 - rim, rim, 0.5, 1 - rim);
    for (const x of mullions) bar(x - rim / 3, rim, x + rim / 3, 1 - rim);
    if (transom > 0) bar(-0.5 + rim, transom - rim / 3, 0.5 - rim, transom + rim / 3);
}

const ELEMENTS: Readonly<Record<string, (b: MeshBuilder) => void>> = {
    window: (b) => {
        reveals(b, 'stone');
        pane(b, 0.06, [0], 0.66);
        b.box('stone', -0.54, -0.05, -0.02, 0.54, 0.005, 0.07, 0);
    },
    shopWindow: (b) => {
        reveals(b, 'stone');
        pane(b, 0.025, [-0.17, 0.17], 0.78);
    },
    curtainWall: (b) => {
        const z = 0;
        b.quad('glass', [-0.5, 0, z], [0.5, 0, z], [0.5, 1, z], [-0.5, 1, z]);
        b.box('metal', -0.51, 0, z, -0.485, 1, z + 0.1, 0);
    },
    door: (b) => {
        reveals(b, 'stone');
        b.quad('door', [-0.5, 0, -REVEAL], [0.5, 0, -REVEAL], [0.5, 0.84, -REVEAL], [-0.5, 0.84, -REVEAL]);
        b.quad('glass', [-0.5, 0.84, -REVEAL], [0.5, 0.84, -REVEAL], [0.5, 1, -REVEAL], [-0.5, 1, -REVEAL]);
        b.box('stone', -0.62, -0.06, 0, 0.62, 0, 0.42, 0);
    },
    balcony: (b) => {
        reveals(b, 'stone');
        pane(b, 0.04, [0], 0);
        b.box('stone', -0.62, -0.05, 0, 0.62, 0, 1.05, 0);
        for (let i = 0; i <= 12; i++) {
            const x = -0.6 + (1.2 * i) / 12;
            b.box('railing', x - 0.006, 0, 1.0, x + 0.006, 0.38, 1.02, 0);
        }
        b.box('railing', -0.62, 0.37, 0.99, 0.62, 0.4, 1.03, 0);
        for (const x of [-0.61, 0.61]) b.box('railing', x - 0.01, 0.37, 0, x + 0.01, 0.4, 1.02, 0);
    },
    roofUnit: (b) => {
        b.block('metal', 0, 0, 0, 2.4, 1.1, 1.6, 0);
        b.lathe(
            'metal',
            0.5,
            0,
            [
                [0.5, 1.1],
                [0.5, 1.3],
                [0.42, 1.3],
                [0.42, 1.12],
                [0, 1.12]
            ],
            10
        );
    },
    tree: (b) => {
        b.lathe(
            'bark',
            0,
            0,
            [
                [0.2, 0],
                [0.13, 0.6],
                [0.1, 2.6],
                [0, 2.7]
            ],
            7
        );
        for (const [x, y, z, r] of [
            [0, 3.9, 0, 1.55],
            [0.7, 3.3, 0.4, 1.0],
            [-0.6, 3.5, -0.5, 1.1],
            [0.1, 5.0, -0.2, 1.05]
        ] as const)
            b.cushion('leaves', x - r, y - r * 0.8, z - r, x + r, y + r * 0.8, z + r, 0.8);
    },
    conifer: (b) => {
        b.lathe(
            'bark',
            0,
            0,
            [
                [0.18, 0],
                [0.12, 1.2],
                [0, 1.2]
            ],
            7
        );
        for (const [y, r] of [
            [0.9, 1.5],
            [2.3, 1.2],
            [3.7, 0.85],
            [5.0, 0.5]
        ] as const)
            b.lathe(
                'needles',
                0,
                0,
                [
                    [0, y],
                    [r, y + 0.05],
                    [r, y + 0.05],
                    [0, y + 2.3]
                ],
                9
            );
    },
    lamp: (b) => {
        b.lathe(
            'railing',
            0,
            0,
            [
                [0.09, 0],
                [0.06, 0.8],
                [0.045, 5.2],
                [0, 5.2]
            ],
            8
        );
        b.box('railing', -0.05, 5.1, 0, 0.05, 5.18, 1.3, 0);
        b.box('lampGlass', -0.12, 5.03, 0.75, 0.12, 5.1, 1.35, 0);
    }
};

/** Names of all elements. */
export const ELEMENT_NAMES: readonly string[] = Object.keys(ELEMENTS);

/** The mesh of an element in its own frame. */
export function elementMesh(name: string): MeshBuilder {
    const mesh = new MeshBuilder();
    ELEMENTS[name]!(mesh);
    return mesh;
}

/** Colour and finish of a city's materials, sRGB; walls and roofs have several, one for each building. */
export const CITY_MATERIALS: Readonly<
    Record<
        string,
        {
            readonly color: readonly string[];
            readonly roughness: number;
            readonly metallic?: number;
            readonly emissive?: number;
        }
    >
> = Object.freeze({
    wall: {
        color: ['#d9c9ad', '#c9a98a', '#b5694c', '#e4ddcf', '#a8b0a2', '#d8b77d', '#bfa79c', '#8d5f4d'],
        roughness: 0.9
    },
    tiles: { color: ['#8c4a36', '#74423a', '#5b4a47', '#9a5a3c'], roughness: 0.85 },
    stone: { color: ['#b8b1a4', '#a39c90'], roughness: 0.85 },
    metal: { color: ['#8b9298', '#6d757c', '#a59f94'], roughness: 0.45, metallic: 0.6 },
    gravel: { color: ['#8a8781'], roughness: 1 },
    glass: { color: ['#33424c'], roughness: 0.06, metallic: 0.35 },
    frame: { color: ['#e9e6df'], roughness: 0.6 },
    door: { color: ['#5a3d2b'], roughness: 0.6 },
    railing: { color: ['#2c2e30'], roughness: 0.5, metallic: 0.7 },
    lampGlass: { color: ['#fff3d6'], roughness: 0.4, emissive: 2 },
    bark: { color: ['#5a4636'], roughness: 1 },
    leaves: { color: ['#55752f'], roughness: 0.95 },
    needles: { color: ['#33502f'], roughness: 0.95 },
    asphalt: { color: ['#4a4b4e'], roughness: 0.95 },
    marking: { color: ['#d8d6cf'], roughness: 0.8 },
    pavement: { color: ['#a09c94'], roughness: 0.95 },
    grass: { color: ['#6d8346'], roughness: 1 },
    meadow: { color: ['#7d8a4c'], roughness: 1 },
    forest: { color: ['#4f6238'], roughness: 1 },
    rock: { color: ['#837b70'], roughness: 1 },
    sand: { color: ['#c9b98d'], roughness: 1 },
    water: { color: ['#2f5566'], roughness: 0.08, metallic: 0.1 }
});
