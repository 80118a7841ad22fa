import fc from 'fast-check';
import { Quat, Vec3 } from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { equirectangular, type SkyTexels, splitRotation } from '../../src/playcanvas/sky.ts';

const UNTURNED = [0, 0, 0, 1] as const;

/** A cube of one colour a side: red is the number of the side. */
function cube(encoding: SkyTexels['encoding'] = 'linear', alpha = 1): SkyTexels {
    const data = new Float32Array(6 * 4 * 4);
    for (let i = 0; i < 24; i++) data.set([Math.floor(i / 4), 0.5, 0, alpha], i * 4);
    return { cubemap: true, widthPx: 2, heightPx: 2, data, encoding };
}

/** Red of the picture in a direction, by the tracer's convention. */
function redAt(sky: ReturnType<typeof equirectangular>, x: number, y: number, z: number): number {
    const u = Math.atan2(z, x) / (2 * Math.PI) + 0.5;
    const v = Math.acos(y / Math.hypot(x, y, z)) / Math.PI;
    const column = Math.min(sky.widthPx - 1, Math.floor(u * sky.widthPx));
    const row = Math.min(sky.heightPx - 1, Math.floor(v * sky.heightPx));
    return sky.data[3 * (row * sky.widthPx + column)]!;
}

describe("the engine's sky as an environment", () => {
    it('has each side of the cube where the engine has it: mirrored in x', () => {
        const sky = equirectangular(cube(), UNTURNED);
        const sides: [number, number, number][] = [
            [-1, 0.1, 0.1],
            [1, 0.1, 0.1],
            [0.1, 1, 0.1],
            [0.1, -1, 0.1],
            [0.1, 0.1, 1],
            [0.1, 0.1, -1]
        ];
        expect(sides.map((direction) => redAt(sky, ...direction))).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it.each([
        ['linear', 0.5],
        ['srgb', 0.5 ** 2.2],
        ['rgbm', (8 * 0.25 * 0.5) ** 2],
        ['rgbp', (0.5 * (8 - 7 * 0.25)) ** 2]
    ] as const)('decodes %s', (encoding, green) => {
        // Singles.
        expect(equirectangular(cube(encoding, 0.25), UNTURNED).data[1]).toBeCloseTo(green, 6);
    });

    it('turned in any way is a turn about the vertical axis, which the tracer does, and a rest', () => {
        const part = fc.double({ min: -1, max: 1, noNaN: true });
        fc.assert(
            fc.property(part, part, part, part, part, part, (x, y, z, w, dx, dz) => {
                fc.pre(Math.hypot(x, y, z, w) > 0.1);
                const quat = new Quat(x, y, z, w).normalize();
                const { turnRad, rest } = splitRotation(quat);
                const direction = new Vec3(dx, 0.5, dz);
                const whole = quat.transformVector(direction, new Vec3());
                // environment.wgsl: environmentUv.
                const [c, s] = [Math.cos(turnRad), Math.sin(turnRad)];
                const turned = new Vec3(c * dx - s * dz, 0.5, s * dx + c * dz);
                const parts = new Quat(rest[0], rest[1], rest[2], rest[3]).transformVector(turned, new Vec3());
                expect(parts.distance(whole)).toBeLessThan(1e-9);
            })
        );
    });
});
