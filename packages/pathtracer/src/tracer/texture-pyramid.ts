/**
 * Pyramids of textures (Williams 1983, "Pyramidal parametrics"): each level half the size, rounded down, at least 1, of the mean
 * of what it covers; one third more memory than the texture. Averaged in linear space and kept as the texture is (sRGB or not),
 * 8 bits a channel; normals are averaged as they are, unnormalised, so that a rough bump map fades to a flat one.
 *
 * A texture whose alpha decides which rays meet it has its colours weighted by alpha: a ray that meets a texel sees the mean
 * colour of those that can be met. Sides that are odd are covered by texels of parts (box filter of exact area), so that no
 * level is shifted. Cost: about 25 ns a texel.
 */
import { toLinear } from '../lights/mean-emission.ts';
import type { Material, Texture } from '../scene/scene.ts';

/** Pyramids by texture; level 0 is the texture itself. */
export type TextureLevels = readonly (readonly Texture[])[];

/** The pyramids of some of a scene's textures; the others have no levels. */
export function textureLevels(
    textures: readonly Texture[],
    materials: readonly Material[],
    used: readonly number[]
): TextureLevels {
    const weighted = alphaWeighted(materials);
    const levels: (readonly Texture[])[] = textures.map(() => []);
    for (const index of used) levels[index] = texturePyramid(textures[index]!, weighted.has(index));
    return levels;
}

/** The textures whose colours are weighted by their alpha. */
export function alphaWeighted(materials: readonly Material[]): Set<number> {
    const weighted = new Set<number>();
    for (const { alphaMode, textures: used } of materials) {
        if (used?.baseColor && (alphaMode === 'mask' || alphaMode === 'blend')) weighted.add(used.baseColor.texture);
    }
    return weighted;
}

/** All levels of a texture, down to 1 x 1. */
export function texturePyramid(texture: Texture, alphaWeighted: boolean): readonly Texture[] {
    const levels: Texture[] = [texture];
    let { widthPx, heightPx } = texture;
    let read = bytesReader(texture, alphaWeighted);
    while (widthPx > 1 || heightPx > 1) {
        const half = { widthPx: Math.max(1, widthPx >> 1), heightPx: Math.max(1, heightPx >> 1) };
        const values = halve(read, widthPx, heightPx, half.widthPx, half.heightPx);
        levels.push({ ...texture, ...half, data: encode(values, texture.srgb, alphaWeighted) });
        ({ widthPx, heightPx } = half);
        const rowFloats = widthPx * 4;
        read = (row, out) => out.set(values.subarray(row * rowFloats, (row + 1) * rowFloats));
    }
    return levels;
}

/** Texels of all levels below the first. */
export function texelsBelow(widthPx: number, heightPx: number): number {
    let total = 0;
    for (let [w, h] = [widthPx, heightPx]; w > 1 || h > 1; total += w * h) {
        [w, h] = [Math.max(1, w >> 1), Math.max(1, h >> 1)];
    }
    return total;
}

/** Gives a row of a picture as linear floats, RGBA. */
type RowReader = (row: number, out: Float32Array) => void;

function bytesReader({ data, srgb, widthPx }: Texture, alphaWeighted: boolean): RowReader {
    const linear = Float32Array.from({ length: 256 }, (_, byte) => toLinear(byte / 255, srgb));
    return (row, out) => {
        for (let o = 0, i = row * widthPx * 4; o < widthPx * 4; o += 4, i += 4) {
            const alpha = data[i + 3]! / 255;
            const weight = alphaWeighted ? alpha : 1;
            for (let c = 0; c < 3; c++) out[o + c] = linear[data[i + c]!]! * weight;
            out[o + 3] = alpha;
        }
    };
}

function encode(values: Float32Array, srgb: boolean, alphaWeighted: boolean): Uint8Array {
    const out = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i += 4) {
        const alpha = values[i + 3]!;
        const weight = alphaWeighted ? (alpha > 0 ? 1 / alpha : 0) : 1;
        for (let c = 0; c < 3; c++) out[i + c] = Math.round(255 * fromLinear(values[i + c]! * weight, srgb));
        out[i + 3] = Math.round(255 * alpha);
    }
    return out;
}

/** sRGB encoding (IEC 61966-2-1), within 0 to 1. */
function fromLinear(c: number, srgb: boolean): number {
    const x = Math.min(1, c);
    if (!srgb) return x;
    return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** Halves a picture in both directions, row by row; a texel that two share counts for its part in each. */
function halve(read: RowReader, width: number, height: number, toWidth: number, toHeight: number): Float32Array {
    const out = new Float32Array(toWidth * toHeight * 4);
    const row = new Float32Array(width * 4);
    const sum = new Float32Array(width * 4);
    for (let y = 0; y < toHeight; y++) {
        sum.fill(0);
        overlaps(y, height, toHeight, (k, part) => {
            read(k, row);
            for (let i = 0; i < row.length; i++) sum[i] = sum[i]! + part * row[i]!;
        });
        for (let x = 0; x < toWidth; x++) {
            const o = (y * toWidth + x) * 4;
            overlaps(x, width, toWidth, (k, part) => {
                for (let c = 0; c < 4; c++) out[o + c] = out[o + c]! + part * sum[k * 4 + c]!;
            });
        }
    }
    return out;
}

/** The texels of a line of `from` that texel i of `to` covers, each with its share. */
function overlaps(i: number, from: number, to: number, visit: (k: number, share: number) => void): void {
    const ratio = from / to;
    const [low, high] = [i * ratio, (i + 1) * ratio];
    const last = Math.min(from - 1, Math.ceil(high - 1e-9) - 1);
    for (let k = Math.floor(low + 1e-9); k <= last; k++) {
        visit(k, (Math.min(high, k + 1) - Math.max(low, k)) / ratio);
    }
}
