import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLinear } from '../../src/lights/mean-emission.ts';
import type { Texture } from '../../src/scene/scene.ts';
import { packTextures } from '../../src/tracer/pack-textures.ts';
import { texelsBelow, texturePyramid } from '../../src/tracer/texture-pyramid.ts';

const side = fc.integer({ min: 1, max: 13 });
const pictures: fc.Arbitrary<Texture> = fc.tuple(side, side, fc.boolean()).chain(([widthPx, heightPx, srgb]) =>
    fc.uint8Array({ minLength: widthPx * heightPx * 4, maxLength: widthPx * heightPx * 4 }).map((data) => ({
        widthPx,
        heightPx,
        data,
        srgb
    }))
);

/** Linear mean of a channel; with `weighted`, of a colour by alpha. */
function mean({ data, srgb }: Texture, c: number, weighted = false): number {
    let [sum, total] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
        const weight = weighted ? data[i + 3]! : 1;
        sum += weight * toLinear(data[i + c]! / 255, srgb && c < 3);
        total += weight;
    }
    return total > 0 ? sum / total : 0;
}

describe('texturePyramid', () => {
    it('keeps the linear mean in its last level, whatever the size', () => {
        fc.assert(
            fc.property(pictures, (texture) => {
                const last = texturePyramid(texture, false).at(-1)!;
                expect([last.widthPx, last.heightPx]).toEqual([1, 1]);
                for (let c = 0; c < 4; c++) {
                    // Rounded to 8 bits once: half a step, which sRGB stretches to at most 2.3 of linear steps at white.
                    expect(Math.abs(mean(last, c) - mean(texture, c))).toBeLessThan(1.2 / 255);
                }
            })
        );
    });

    it('halves each side, rounded down, in one third more memory than the texture', () => {
        const texture = { widthPx: 64, heightPx: 32, data: new Uint8Array(64 * 32 * 4), srgb: true };
        const sizes = texturePyramid(texture, false).map(({ widthPx, heightPx }) => `${widthPx}x${heightPx}`);
        expect(sizes).toEqual(['64x32', '32x16', '16x8', '8x4', '4x2', '2x1', '1x1']);
        const { texels } = packTextures([texture], [{ kind: 'diffuse', textures: { baseColor: { texture: 0 } } }]);
        expect(texels.length).toBe(64 * 32 + texelsBelow(64, 32));
        expect(texels.length / (64 * 32)).toBeCloseTo(4 / 3, 2);
    });

    it('fades a bump map to flat: opposite normals have their unnormalised mean', () => {
        const data = Uint8Array.of(255, 128, 128, 255, 0, 128, 128, 255);
        const last = texturePyramid({ widthPx: 2, heightPx: 1, data, srgb: false }, false).at(-1)!;
        expect([...last.data]).toEqual([128, 128, 128, 255]);
    });

    it('weights colours by alpha where alpha decides what is seen', () => {
        const data = Uint8Array.of(200, 0, 0, 255, 0, 90, 0, 0);
        const texture = { widthPx: 2, heightPx: 1, data, srgb: false };
        expect([...texturePyramid(texture, true).at(-1)!.data]).toEqual([200, 0, 0, 128]);
        expect([...texturePyramid(texture, false).at(-1)!.data]).toEqual([100, 45, 0, 128]);
        fc.assert(
            fc.property(pictures, (picture) => {
                const last = texturePyramid({ ...picture, srgb: false }, true).at(-1)!;
                fc.pre(mean(picture, 3) > 0.02);
                for (let c = 0; c < 3; c++) {
                    const expected = mean({ ...picture, srgb: false }, c, true);
                    expect(Math.abs(mean(last, c) - expected)).toBeLessThan(0.6 / 255);
                }
            })
        );
    });
});
