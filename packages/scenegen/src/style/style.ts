/**
 * One style keeps a room coherent: a palette of materials by slot, the legs and edges of its furniture, its wall and floor.
 * Colours are sRGB as a designer writes them; exporters turn them into linear factors.
 */
import { badInput } from '@mixreel/core';
import type { LegStyle } from '../catalogue/furniture-class.ts';

/** Procedural texture of a slot, see textures.ts. */
export type TextureName =
    | 'wood'
    | 'planks'
    | 'fabric'
    | 'tiles'
    | 'plaster'
    | 'rug'
    | 'art1'
    | 'art2'
    | 'art3'
    | 'screen'
    | 'marble'
    | 'wicker';

/** One material. */
export interface StyleMaterial {
    /** `#rrggbb`, sRGB; several are chosen from by a node's variant. */
    readonly color: readonly string[];
    readonly roughness: number;
    readonly metallic?: number;
    readonly texture?: TextureName;
    /** Radiance, W/(sr m2) in the renderer's units, where 1 is a sunlit white wall indoors. */
    readonly emissive?: number;
    readonly doubleSided?: boolean;
    /** Share of the light that goes straight through, 0 to 1: panes and bottles are thin walls of glass. */
    readonly transmission?: number;
}

/** See the file comment. */
export interface Style {
    readonly name: string;
    readonly legs: LegStyle;
    readonly bevel: number;
    readonly slots: Readonly<Record<string, StyleMaterial>>;
}

interface Palette {
    readonly wood: string;
    readonly wood2: string;
    readonly wall: string;
    readonly accentWall: string;
    readonly floor: readonly [TextureName, string];
    readonly fabric: readonly string[];
    readonly fabric2: readonly string[];
    readonly cushion: readonly string[];
    readonly accent: string;
    readonly metal: readonly [string, number];
    readonly leather: string;
    readonly rug: readonly string[];
    readonly curtain: string;
    readonly legs: LegStyle;
    readonly bevel: number;
    /** Colour of lamps. */
    readonly glow: string;
}

const PALETTES: Readonly<Record<string, Palette>> = {
    scandinavian: {
        wood: '#d3ae82',
        wood2: '#a87f56',
        wall: '#f0ece4',
        accentWall: '#b9c6c2',
        floor: ['planks', '#d0ae86'],
        fabric: ['#b9bcb8', '#8f9a9b', '#d6cfc2'],
        fabric2: ['#76909a', '#d9d2c4', '#9aa88f'],
        cushion: ['#d9a441', '#40606b', '#e8e2d6'],
        accent: '#c9824a',
        metal: ['#b8b4ac', 0.35],
        leather: '#a9744a',
        rug: ['#e4ded2', '#9fb0b0'],
        curtain: '#ece8e0',
        legs: 'taper',
        bevel: 0.01,
        glow: '#ffd9a8'
    },
    japanese: {
        wood: '#b98a57',
        wood2: '#6b4a2f',
        wall: '#ebe3d2',
        accentWall: '#8f8a6f',
        floor: ['planks', '#b98d5c'],
        fabric: ['#cfc4ab', '#8a8f7a', '#a39a86'],
        fabric2: ['#5c6b5a', '#3f4a56', '#b5a688'],
        cushion: ['#7c3b34', '#3a4a5f', '#d8cdb4'],
        accent: '#7c3b34',
        metal: ['#4b4843', 0.5],
        leather: '#6b4a35',
        rug: ['#c8b990', '#9a8b64'],
        curtain: '#e9e0cb',
        legs: 'square',
        bevel: 0.004,
        glow: '#ffcf95'
    },
    industrial: {
        wood: '#8f633d',
        wood2: '#4f3826',
        wall: '#c9c2b8',
        accentWall: '#8d4a36',
        floor: ['planks', '#8a6a4c'],
        fabric: ['#5b5e61', '#3f4347', '#7a6f63'],
        fabric2: ['#8a5a3c', '#4a545c', '#6a6458'],
        cushion: ['#b5622f', '#2f3a40', '#b9a98f'],
        accent: '#b5622f',
        metal: ['#6a6a6a', 0.42],
        leather: '#7a4526',
        rug: ['#7b6f63', '#4a4a4c'],
        curtain: '#9a9387',
        legs: 'hairpin',
        bevel: 0.003,
        glow: '#ffc88a'
    },
    classic: {
        wood: '#7d4c2b',
        wood2: '#4b2c1a',
        wall: '#efe4cf',
        accentWall: '#6e7f6b',
        floor: ['planks', '#96683f'],
        fabric: ['#7f3f3a', '#4d5d4a', '#c9b48f'],
        fabric2: ['#3f5570', '#a88a55', '#7a3a3f'],
        cushion: ['#c8a24c', '#6b2f35', '#e2d5b8'],
        accent: '#a67c33',
        metal: ['#c9a557', 0.28],
        leather: '#5f2f1c',
        rug: ['#8a3a34', '#c2a368'],
        curtain: '#b79a63',
        legs: 'round',
        bevel: 0.014,
        glow: '#ffd09a'
    },
    modern: {
        wood: '#9c7a5a',
        wood2: '#3c322b',
        wall: '#f4f3f1',
        accentWall: '#3d4a57',
        floor: ['tiles', '#cfccc6'],
        fabric: ['#4d5660', '#d7d5d0', '#83898e'],
        fabric2: ['#c75b4a', '#2f5d73', '#e3b23c'],
        cushion: ['#e3b23c', '#2f5d73', '#f0efec'],
        accent: '#c75b4a',
        metal: ['#c9cbcd', 0.18],
        leather: '#26282b',
        rug: ['#d8d6d1', '#4d5660'],
        curtain: '#e8e8e6',
        legs: 'square',
        bevel: 0.005,
        glow: '#ffe2bd'
    },
    mediterranean: {
        wood: '#a9743f',
        wood2: '#6f4726',
        wall: '#f6efe0',
        accentWall: '#3f7f98',
        floor: ['tiles', '#c7764f'],
        fabric: ['#e6dcc6', '#4f8aa3', '#d9b48a'],
        fabric2: ['#2f6f8f', '#d78a4a', '#8fae8b'],
        cushion: ['#2f6f8f', '#e0a13f', '#f3ead6'],
        accent: '#2f6f8f',
        metal: ['#8a7a5a', 0.4],
        leather: '#9a6238',
        rug: ['#e9d9b4', '#3f7f98'],
        curtain: '#f3ecdc',
        legs: 'round',
        bevel: 0.012,
        glow: '#ffd59f'
    }
};

/** Names of all styles. */
export const STYLE_NAMES: readonly string[] = Object.freeze(Object.keys(PALETTES));

const plain = (
    color: string | readonly string[],
    roughness: number,
    more: Partial<StyleMaterial> = {}
): StyleMaterial => ({
    color: typeof color === 'string' ? [color] : color,
    roughness,
    ...more
});

function slotsOf(p: Palette): Readonly<Record<string, StyleMaterial>> {
    return {
        wood: plain(p.wood, 0.5, { texture: 'wood' }),
        wood2: plain(p.wood2, 0.45, { texture: 'wood' }),
        fabric: plain(p.fabric, 0.92, { texture: 'fabric' }),
        fabric2: plain(p.fabric2, 0.92, { texture: 'fabric' }),
        cushion: plain(p.cushion, 0.95, { texture: 'fabric' }),
        cushion2: plain([p.cushion[1]!, p.cushion[2]!], 0.95, { texture: 'fabric' }),
        leather: plain(p.leather, 0.42),
        linen: plain(['#f2eee6', '#e9e4da'], 0.95, { texture: 'fabric' }),
        curtain: plain(p.curtain, 0.95, { doubleSided: true, texture: 'fabric' }),
        rug: plain(p.rug, 0.97, { texture: 'rug' }),
        rugEdge: plain(p.rug, 0.97),
        metal: plain(p.metal[0], p.metal[1], { metallic: 1 }),
        black: plain('#1d1d1f', 0.4),
        white: plain('#f1efea', 0.35),
        accent: plain(p.accent, 0.45),
        ceramic: plain(['#ece7dd', '#cfd4d2', '#d9c3a5'], 0.22),
        ceramic2: plain([p.accent, p.fabric2[0]!, '#39434a'], 0.25),
        ceramicWhite: plain('#f4f3ef', 0.12),
        stone: plain(['#c9c4bb', '#8d8b88', '#e3ded4'], 0.25, { texture: 'marble' }),
        terracotta: plain('#b5683f', 0.8),
        paper: plain('#f3efe4', 0.9),
        book: plain(p.fabric2[0]!, 0.75),
        book2: plain(p.accent, 0.7),
        book3: plain(p.cushion[1]!, 0.75),
        book4: plain('#d8c9a8', 0.8),
        leaf: plain(['#4f7a3a', '#3d6b45', '#6a8a3c'], 0.6, { doubleSided: true }),
        stem: plain('#55693a', 0.7),
        soil: plain('#3a2a1e', 0.95),
        flower: plain([p.accent, p.cushion[0]!], 0.8),
        fruit: plain('#c8452f', 0.4),
        fruit2: plain('#d9a92e', 0.45),
        crust: plain('#b9824a', 0.8),
        shell: plain('#e3c7a2', 0.6),
        peel: plain('#a9855a', 0.85),
        sand: plain('#d9bd8b', 0.95),
        wicker: plain('#b08a58', 0.85, { texture: 'wicker' }),
        guitar: plain('#c4803c', 0.2, { texture: 'wood' }),
        screen: plain('#ffffff', 0.3, { texture: 'screen', emissive: 0.8 }),
        mirror: plain('#f4f4f4', 0.03, { metallic: 1 }),
        glass: plain('#edf5f3', 0.03, { transmission: 0.92 }),
        bottleGlass: plain(['#6f9a63', '#a8854a'], 0.04, { transmission: 0.85 }),
        darkGlass: plain('#101418', 0.06),
        art1: plain('#ffffff', 0.7, { texture: 'art1' }),
        art2: plain('#ffffff', 0.7, { texture: 'art2' }),
        art3: plain('#ffffff', 0.7, { texture: 'art3' }),
        shade: plain('#f3e0c0', 0.9, { emissive: 2.6 }),
        glow: plain(p.glow, 1, { emissive: 45 }),
        // Large lamps: the same light from more surface.
        panel: plain('#fff1de', 1, { emissive: 12 }),
        wall: plain(p.wall, 0.92, { texture: 'plaster' }),
        accentWall: plain(p.accentWall, 0.92, { texture: 'plaster' }),
        ceiling: plain('#f7f5f0', 0.95),
        floor: plain(p.floor[1], p.floor[0] === 'tiles' ? 0.3 : 0.42, { texture: p.floor[0] }),
        skirting: plain('#f1eee7', 0.5),
        frame: plain('#f4f2ec', 0.4),
        door: plain('#ece7dc', 0.45),
        sky: plain('#e3ecfa', 1, { emissive: 10 })
    };
}

const STYLES: ReadonlyMap<string, Style> = new Map(
    Object.entries(PALETTES).map(([name, p]) => [name, { name, legs: p.legs, bevel: p.bevel, slots: slotsOf(p) }])
);

/**
 * A style by name, or a mix of styles as a vector of weights: `japanese:0.7+modern:0.3`. Colours and numbers are mixed
 * (colours in linear light); textures, legs and floors are those of the heaviest. Throws `bad-input` for unknown styles.
 */
export function styleNamed(name: string): Style {
    const style = STYLES.get(name);
    if (style) return style;
    const parts = name.split('+').map((part) => /^([a-z]+):(\d*\.?\d+)$/.exec(part.trim()));
    const weights = parts.map((p) => ({ style: p ? STYLES.get(p[1]!) : undefined, weight: p ? Number(p[2]) : 0 }));
    const total = weights.reduce((sum, w) => sum + w.weight, 0);
    if (name.length > 200 || !(total > 0) || weights.some((w) => !w.style))
        throw badInput(
            `style "${name.slice(0, 60)}" is unknown`,
            `${STYLE_NAMES.join(', ')}, or a mix as japanese:0.7+modern:0.3`,
            'Use one of these styles'
        );
    return mixed(
        name,
        weights.map((w) => ({ style: w.style!, weight: w.weight / total }))
    );
}

function mixed(name: string, parts: readonly { readonly style: Style; readonly weight: number }[]): Style {
    const main = parts.reduce((a, b) => (b.weight > a.weight ? b : a)).style;
    const slots = Object.fromEntries(
        Object.entries(main.slots).map(([slot, own]) => {
            const mean = (value: (m: StyleMaterial) => number): number =>
                parts.reduce((sum, p) => sum + p.weight * value(p.style.slots[slot] ?? own), 0);
            const color = own.color.map((_, i) =>
                mixedColor(
                    parts.map((p) => {
                        const colors = (p.style.slots[slot] ?? own).color;
                        return { color: colors[i % colors.length]!, weight: p.weight };
                    })
                )
            );
            return [slot, { ...own, color, roughness: Math.round(mean((m) => m.roughness) * 1e4) / 1e4 }];
        })
    );
    const bevel = parts.reduce((sum, p) => sum + p.weight * p.style.bevel, 0);
    return { name, legs: main.legs, bevel: Math.round(bevel * 1e5) / 1e5, slots };
}

/** Weighted mean of `#rrggbb` colours; squares stand for linear light, so that it is the same on every machine. */
function mixedColor(parts: readonly { readonly color: string; readonly weight: number }[]): string {
    const channel = (at: number): string => {
        const light = parts.reduce((sum, p) => {
            const code = Number.parseInt(p.color.slice(at, at + 2), 16);
            return sum + p.weight * code * code;
        }, 0);
        return Math.round(Math.sqrt(light)).toString(16).padStart(2, '0');
    };
    return `#${channel(1)}${channel(3)}${channel(5)}`;
}
