/** A few frames with edges, gradients, noise and motion, the same in Node and in the browser. */
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';

/**
 * @param count - Frames, 1/30 s apart.
 */
export function movingPicture(count: number): Frame[] {
    const widthPx = 96;
    const heightPx = 64;
    return Array.from({ length: count }, (_, index) => {
        const noise = Rng.create(5).stream('noise', index);
        const color = new Float32Array(3 * widthPx * heightPx);
        for (let y = 0; y < heightPx; y++) {
            for (let x = 0; x < widthPx; x++) {
                const disc = (x - 30 - 3 * index) ** 2 + (y - 30) ** 2 < 196;
                const stripe = (x + 2 * y) % 16 < 8 ? 0.125 : 0.25;
                const rgb = disc ? [0.75, 0.25, 0.125] : [x / 128, stripe, y / 128];
                for (const [c, value] of rgb.entries()) {
                    color[(c * heightPx + y) * widthPx + x] = value + noise.float() / 32;
                }
            }
        }
        return new Frame({ widthPx, heightPx, layers: { color }, timeNs: Math.round((index * 1e9) / 30) });
    });
}
