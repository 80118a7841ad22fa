/** Pictures and noise into the maps of a network and out again: samples are -1 to 1, four of a 2 x 2 square are four channels (as PyTorch's pixel_unshuffle has them). */
import type { Picture } from '../picture.ts';
import type { KernelMap } from './kernel-memory.ts';

/** A part of a picture that a network is run on, pixels; left and top are multiples of 2. */
export interface Area {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
}

/** Index of a row's first sample in the memory's floats. */
export function rowOf({ address, planeBytes, strideBytes }: KernelMap, channel: number, y: number): number {
    return (address + channel * planeBytes + y * strideBytes) >> 2;
}

/** R, G, B as 12 channels from `first` on; beyond the picture's edge those at the edge. */
export function enterPicture(
    floats: Float32Array,
    map: KernelMap,
    { widthPx, heightPx, rgb }: Picture,
    area: Area,
    first = 0
): void {
    const odd = map.planeBytes >> 2;
    for (let c = 0; c < 3; c++) {
        for (let y = 0; y < area.height; y++) {
            const row = (c * heightPx + Math.min(heightPx - 1, area.top + y)) * widthPx;
            const to = rowOf(map, first + 4 * c + 2 * (y & 1), y >> 1);
            for (let x = 0; x < area.width; x++) {
                const code = rgb[row + Math.min(widthPx - 1, area.left + x)]!;
                floats[to + (x >> 1) + (x & 1) * odd] = code / 127.5 - 1;
            }
        }
    }
}

/** The part of `area` inside of `inner` as bytes of a picture. */
export function leavePicture(
    floats: Float32Array,
    map: KernelMap,
    picture: Pick<Picture, 'widthPx' | 'heightPx' | 'rgb'>,
    area: Area,
    inner: Area
): void {
    const { widthPx, heightPx, rgb } = picture;
    const [right, bottom] = [Math.min(widthPx, inner.left + inner.width), Math.min(heightPx, inner.top + inner.height)];
    const odd = map.planeBytes >> 2;
    for (let c = 0; c < 3; c++) {
        for (let y = inner.top; y < bottom; y++) {
            const row = (c * heightPx + y) * widthPx;
            const from = rowOf(map, 4 * c + 2 * (y & 1), (y - area.top) >> 1) - (area.left >> 1);
            for (let x = inner.left; x < right; x++) {
                rgb[row + x] = codeOf(floats[from + (x >> 1) + (x & 1) * odd]!);
            }
        }
    }
}

function codeOf(value: number): number {
    const code = Math.floor(127.5 * (value + 1) + 0.5);
    return code > 255 ? 255 : code > 0 ? code : 0;
}

/** Noise in -1..1 of a place in the picture at half resolution: the same in every frame, so that a still picture does not boil. */
export function noiseAt(x: number, y: number): number {
    let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return ((h ^ (h >>> 15)) >>> 0) / 2147483648 - 1;
}
