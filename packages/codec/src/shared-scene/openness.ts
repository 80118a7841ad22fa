/**
 * How open each pixel's surface is to the light around it, from the depth, the normals and the camera that both ends hold: what a coarse grid of light cannot say, the dark
 * of corners and under things. Obscurance by samples of the picture around a pixel (McGuire et al., "The Alchemy screen-space ambient obscurance algorithm", HPG 2011,
 * equation 10), here with 16 fixed samples. Only + - * /, comparisons, rounding and square roots of doubles: the same guide gives the same values on every engine.
 */
import type { Frame, View } from '@mixreel/image';

/** Metres within which a surface takes light from another. */
const RADIUS = 0.4;
/** How much all samples together take; at 2 the mean of their cosines is the share of the light that is missing. */
const STRENGTH = 2;
/** Cosine up to which a sample is taken to lie on the same surface. */
const BIAS = 0.1;
/** Closed corners still get light. */
const LEAST = 0.1;
/** Farthest sample, pixels. */
const MOST_PX = 96;
/** Depths beyond, metres, are the sky's. */
const FARTHEST = 1e6;
/** Samples as shares of the radius, x and y in turn: eight around at 1, eight between them at 0.4. */
const SAMPLES: readonly number[] = [
    ...[1, 0, 0.7, 0.7, 0, 1, -0.7, 0.7, -1, 0, -0.7, -0.7, 0, -1, 0.7, -0.7],
    ...[0.37, 0.15, 0.15, 0.37, -0.15, 0.37, -0.37, 0.15, -0.37, -0.15, -0.15, -0.37, 0.15, -0.37, 0.37, -0.15]
];

/** Openness of every pixel, 0.1 to 1; null where the frame lacks depth, normals or a camera with perspective. */
export function opennessOf(frame: Frame): Float32Array | null {
    if (!canSeeOpenness(frame)) return null;
    const { widthPx, heightPx, view } = frame;
    const depth = frame.layer('depth');
    const normal = frame.layer('normal');
    const size = widthPx * heightPx;
    const axes = axesOf(view);
    // Metres a pixel, at a depth of one metre.
    const across = 2 / (widthPx * view.projection[0]!);
    const up = 2 / (heightPx * view.projection[5]!);
    const [middleX, middleY] = [widthPx / 2 - 0.5, heightPx / 2 - 0.5];
    const open = new Float32Array(size).fill(1);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const z = depth[i]!;
            if (!(z > 0 && z < FARTHEST)) continue;
            const [wx, wy, wz] = [normal[i]!, normal[size + i]!, normal[2 * size + i]!];
            // The normal in the camera's axes: right, up, back.
            const nx = wx * axes[0]! + wy * axes[1]! + wz * axes[2]!;
            const ny = wx * axes[3]! + wy * axes[4]! + wz * axes[5]!;
            const nz = wx * axes[6]! + wy * axes[7]! + wz * axes[8]!;
            const px = (x - middleX) * across * z;
            const py = (middleY - y) * up * z;
            const reach = Math.min(MOST_PX, RADIUS / (z * up));
            let sum = 0;
            for (let k = 0; k < SAMPLES.length; k += 2) {
                const u = x + Math.round(SAMPLES[k]! * reach);
                const v = y + Math.round(SAMPLES[k + 1]! * reach);
                if (u < 0 || v < 0 || u >= widthPx || v >= heightPx) continue;
                const d = depth[v * widthPx + u]!;
                if (!(d > 0 && d < FARTHEST)) continue;
                const ex = (u - middleX) * across * d - px;
                const ey = (middleY - v) * up * d - py;
                const ez = z - d;
                const square = ex * ex + ey * ey + ez * ez;
                const near = 1 - square / (RADIUS * RADIUS);
                if (!(near > 0 && square > 0)) continue;
                const cosine = (nx * ex + ny * ey + nz * ez) / Math.sqrt(square) - BIAS;
                if (cosine > 0) sum += cosine * near;
            }
            const left = 1 - (STRENGTH * sum) / (SAMPLES.length / 2);
            open[i] = left > LEAST ? left : LEAST;
        }
    }
    return open;
}

/** Whether a frame holds what openness is seen by. */
export function canSeeOpenness(frame: Frame): boolean {
    const { projection } = frame.view;
    const perspective = projection[15] === 0 && projection[0]! > 0 && projection[5]! > 0;
    return perspective && frame.has('depth') && frame.has('normal');
}

/** Right, up and back of the camera in the world. */
function axesOf({ rotation: [x, y, z, w] }: View): Float64Array {
    return Float64Array.of(
        1 - 2 * (y * y + z * z),
        2 * (x * y + z * w),
        2 * (x * z - y * w),
        2 * (x * y - z * w),
        1 - 2 * (x * x + z * z),
        2 * (y * z + x * w),
        2 * (x * z + y * w),
        2 * (y * z - x * w),
        1 - 2 * (x * x + y * y)
    );
}
