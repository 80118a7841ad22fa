/**
 * What a network sees of a picture: a square at any place, size and angle, resampled by the mean of as many bilinear samples as a target pixel covers source
 * pixels each way (4 at most), black outside the picture; and the way back from its coordinates.
 */
import type { Picture } from '../picture.ts';

/** A square of a picture, pixels; `angle` radians, clockwise as seen (y down). */
export interface Region {
    readonly x: number;
    readonly y: number;
    readonly side: number;
    readonly angle: number;
}

/** Most samples each way that are averaged. */
const MOST_SAMPLES = 4;

/** The smallest square around the whole picture. */
export function wholeRegion({ widthPx, heightPx }: Picture): Region {
    return { x: widthPx / 2, y: heightPx / 2, side: Math.max(widthPx, heightPx), angle: 0 };
}

/** Place in the picture of (u, v), each 0 to 1 across the region. */
export function placeIn(region: Region, u: number, v: number): readonly [number, number] {
    const [cos, sin] = [Math.cos(region.angle) * region.side, Math.sin(region.angle) * region.side];
    return [region.x + (u - 0.5) * cos - (v - 0.5) * sin, region.y + (u - 0.5) * sin + (v - 0.5) * cos];
}

/** RGB of a region, interleaved, sidePx x sidePx, 0 to white. */
export function cropOf(picture: Picture, region: Region, sidePx: number, white: number): Float32Array {
    const out = new Float32Array(3 * sidePx * sidePx);
    const samples = Math.max(1, Math.min(MOST_SAMPLES, Math.round(region.side / sidePx)));
    const scale = white / 255 / (samples * samples);
    const [originX, originY] = placeIn(region, 0, 0);
    const [endX, endY] = placeIn(region, 1, 0);
    // A step of one sample to the right; down is the same turned by a quarter.
    const [stepX, stepY] = [(endX - originX) / (sidePx * samples), (endY - originY) / (sidePx * samples)];
    for (let v = 0; v < sidePx * samples; v++) {
        for (let u = 0; u < sidePx * samples; u++) {
            const x = originX + (u + 0.5) * stepX - (v + 0.5) * stepY;
            const y = originY + (u + 0.5) * stepY + (v + 0.5) * stepX;
            const to = 3 * (Math.floor(v / samples) * sidePx + Math.floor(u / samples));
            addSample(out, to, picture, x, y, scale);
        }
    }
    return out;
}

function addSample(out: Float32Array, to: number, picture: Picture, x: number, y: number, scale: number): void {
    const { widthPx, heightPx, rgb } = picture;
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) return;
    const [cx, cy] = [Math.max(0, Math.min(widthPx - 1, x - 0.5)), Math.max(0, Math.min(heightPx - 1, y - 0.5))];
    const [left, top] = [Math.floor(cx), Math.floor(cy)];
    const [fx, fy] = [cx - left, cy - top];
    const right = Math.min(widthPx - 1, left + 1);
    const below = Math.min(heightPx - 1, top + 1) * widthPx;
    for (let c = 0; c < 3; c++) {
        const plane = c * widthPx * heightPx;
        const upper = rgb[plane + top * widthPx + left]! * (1 - fx) + rgb[plane + top * widthPx + right]! * fx;
        const lower = rgb[plane + below + left]! * (1 - fx) + rgb[plane + below + right]! * fx;
        out[to + c]! += scale * (upper * (1 - fy) + lower * fy);
    }
}

/** The square around points, `scale` times their extent along its own axes. */
export function regionAround(points: readonly (readonly [number, number])[], scale: number, angle: number): Region {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const along = points.map(([x, y]) => x * cos + y * sin);
    const across = points.map(([x, y]) => y * cos - x * sin);
    const [left, right, top, bottom] = [
        Math.min(...along),
        Math.max(...along),
        Math.min(...across),
        Math.max(...across)
    ];
    const [u, v] = [(left + right) / 2, (top + bottom) / 2];
    const side = Math.max(1, scale * Math.max(right - left, bottom - top));
    return { x: u * cos - v * sin, y: u * sin + v * cos, side, angle };
}
