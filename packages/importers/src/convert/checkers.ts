/**
 * The checkerboards of pbrt and Mitsuba as pictures of 2 x 2 texels, one for each cell of a period, shown as squares: exact at
 * every size, in 16 bytes. The brighter value of each channel is the material's factor and exact, the other an 8-bit sRGB code
 * of its share.
 */
import { type Rgba8Image, srgbFromLinear } from '@mixreel/image';
import type { ColorInput } from './bsdf.ts';
import type { Vec3 } from './mat4.ts';

/** Cells of two colours: linear shares of the material's colour, 0 to 1. */
export interface Checkers {
    /** The cell in the upper left corner of the picture and the one opposite. */
    readonly first: Vec3;
    readonly second: Vec3;
}

/** The checkerboard of two colours with the factor that makes them shares. */
export function checkersOf(first: Vec3, second: Vec3): { color: Vec3; picture: Checkers } {
    const color = first.map((value, i) => Math.max(value, second[i]!, 0)) as unknown as Vec3;
    const share = (cell: Vec3): Vec3 =>
        cell.map((value, i) => (color[i]! > 0 ? Math.max(0, value) / color[i]! : 0)) as unknown as Vec3;
    return { color, picture: { first: share(first), second: share(second) } };
}

/** The one colour that is left where a picture cannot be: of a checkerboard its mean, of other pictures their factor. */
export function flatColor({ color, picture }: ColorInput): Vec3 {
    if (typeof picture !== 'object') return color;
    const { first, second } = picture;
    return color.map((value, i) => (value * (first[i]! + second[i]!)) / 2) as unknown as Vec3;
}

/** The picture, sRGB-coded. */
export function drawCheckers({ first, second }: Checkers): Rgba8Image {
    const texel = (color: Vec3): number[] => [...color.map((value) => Math.round(255 * srgbFromLinear(value))), 255];
    return { widthPx: 2, heightPx: 2, data: Uint8Array.from([first, second, second, first].flatMap(texel)) };
}
