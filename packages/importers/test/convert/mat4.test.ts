import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    determinant,
    IDENTITY,
    invert,
    lookAt,
    multiply,
    rotation,
    scaling,
    transformPoint,
    translation,
    transpose,
    type Vec3
} from '../../src/convert/mat4.ts';

const number = fc.double({ min: -10, max: 10, noNaN: true });
const vec = fc.tuple(number, number, number);
const solid = fc
    .tuple(vec, fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0.1, max: 3, noNaN: true }))
    .map(([t, angle, s]) => multiply(multiply(translation(...t), rotation(angle, [1, 2, 3])), scaling(s, -s, 2 * s)));

describe('4 x 4 matrices', () => {
    it('are undone by their inverses', () => {
        fc.assert(
            fc.property(solid, (m) => {
                multiply(m, invert(m)).forEach((value, i) => {
                    expect(value).toBeCloseTo(IDENTITY[i]!, 9);
                });
            })
        );
    });

    it('act one after the other as their product', () => {
        fc.assert(
            fc.property(solid, solid, vec, (a, b, p) => {
                const [x, y] = [transformPoint(multiply(a, b), p), transformPoint(a, transformPoint(b, p))];
                for (let i = 0; i < 3; i++) expect(x[i]).toBeCloseTo(y[i]!, 6);
            })
        );
    });

    it('turn right-handed, mirror by the sign of the determinant, and transpose twice to themselves', () => {
        expect(transformPoint(rotation(90, [0, 0, 1]), [1, 0, 0]).map(Math.round)).toEqual([0, 1, 0]);
        fc.assert(
            fc.property(solid, (m) => {
                expect(determinant(m)).toBeLessThan(0);
                expect(transpose(transpose(m))).toEqual(m);
            })
        );
    });

    it('look at their target along +z', () => {
        fc.assert(
            fc.property(vec, vec, (eye, target) => {
                fc.pre(Math.hypot(eye[0] - target[0], eye[2] - target[2]) > 0.1);
                const m = lookAt(eye as Vec3, target as Vec3, [0, 1, 0]);
                const distance = Math.hypot(...eye.map((v, i) => v - target[i]!));
                const hit = transformPoint(m, [0, 0, distance]);
                for (let i = 0; i < 3; i++) expect(hit[i]).toBeCloseTo(target[i]!, 6);
                expect(determinant(m)).toBeCloseTo(1, 9);
            })
        );
    });

    it('refuse to be inverted when they flatten space', () => {
        expect(() => invert(scaling(1, 0, 1))).toThrow(/flattens/);
        expect(() => rotation(1, [0, 0, 0])).toThrow(/axis/);
    });
});
