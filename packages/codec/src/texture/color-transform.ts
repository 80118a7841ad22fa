/**
 * RGB to the reversible integer space YCoCg-R (Malvar, Sullivan, Srinivasan 2008) and back: lifting steps, so exact both ways
 * without a fraction bit. Y is 0..255, Co and Cg are -255..255.
 */
import type { Picture } from '../picture.ts';
import type { TextureState } from './texture-state.ts';

/** The picture in padded planes of the state's layout; the padding repeats the edge. */
export function planesFromPicture(s: TextureState, picture: Picture): Int16Array[] {
    const { widthPx, heightPx, rgb, alpha } = picture;
    const size = widthPx * heightPx;
    const planes = Array.from({ length: s.planeCount }, () => new Int16Array(s.stride * s.rows));
    const [planeY, planeCo, planeCg, planeA] = planes as [Int16Array, Int16Array, Int16Array, Int16Array | undefined];
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const at = y * s.stride + x;
            const r = rgb[i]!;
            const b = rgb[2 * size + i]!;
            const co = r - b;
            const middle = b + (co >> 1);
            const cg = rgb[size + i]! - middle;
            planeCo[at] = co;
            planeCg[at] = cg;
            planeY[at] = middle + (cg >> 1);
            if (planeA) planeA[at] = alpha ? alpha[i]! : 255;
        }
    }
    for (const plane of planes) padPlane(s, plane);
    return planes;
}

/** Repeats the picture's edge into the padding of a plane. */
export function padPlane(s: TextureState, plane: Int16Array): void {
    const { widthPx, heightPx, stride, rows } = s;
    for (let y = 0; y < heightPx; y++)
        plane.fill(plane[y * stride + widthPx - 1]!, y * stride + widthPx, (y + 1) * stride);
    for (let y = heightPx; y < rows; y++) plane.copyWithin(y * stride, (heightPx - 1) * stride, heightPx * stride);
}

/** The state's planes, or others of its layout, as a picture. */
export function pictureFromPlanes(s: TextureState, planes: readonly Int16Array[] = s.planes): Picture {
    const { widthPx, heightPx } = s;
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    const alpha = s.planeCount > 3 ? new Uint8Array(size) : null;
    const [planeY, planeCo, planeCg, planeA] = planes as [Int16Array, Int16Array, Int16Array, Int16Array | undefined];
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const at = y * s.stride + x;
            const co = planeCo[at]!;
            const cg = planeCg[at]!;
            const middle = planeY[at]! - (cg >> 1);
            const b = middle - (co >> 1);
            rgb[i] = clip(b + co);
            rgb[size + i] = clip(cg + middle);
            rgb[2 * size + i] = clip(b);
            if (alpha && planeA) alpha[i] = planeA[at]!;
        }
    }
    return { widthPx, heightPx, rgb, alpha };
}

function clip(value: number): number {
    return value < 0 ? 0 : value > 255 ? 255 : value;
}
