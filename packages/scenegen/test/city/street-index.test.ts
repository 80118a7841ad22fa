import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StreetIndex } from '../../src/city/street-index.ts';
import { distanceToSegmentSquared } from '../../src/geometry/polygon.ts';
import type { PlanPoint } from '../../src/index.ts';

const coordinate = fc.double({ min: -300, max: 300, noNaN: true });
const point = fc.tuple(coordinate, coordinate) as fc.Arbitrary<PlanPoint>;

it('finds the distance that looking at every street finds, up to 30 m', () => {
    fc.assert(
        fc.property(
            fc.array(fc.array(point, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
            point,
            (streets, [x, z]) => {
                let least = Infinity;
                for (const s of streets)
                    for (let k = 1; k < s.length; k++)
                        least = Math.min(
                            least,
                            distanceToSegmentSquared(x, z, s[k - 1]![0], s[k - 1]![1], s[k]![0], s[k]![1])
                        );
                expect(new StreetIndex(streets).nearestSquared(x, z)).toBe(least < 900 ? least : Infinity);
            }
        )
    );
});

it('looks at as many segments in a town a hundred times as large', () => {
    const town = (side: number): StreetIndex =>
        new StreetIndex(
            Array.from({ length: side * side }, (_, i): PlanPoint[] => {
                const [x, z] = [100 * (i % side), 100 * Math.floor(i / side)];
                return [
                    [x, z],
                    [x + 100, z]
                ];
            })
        );
    const [small, large] = [town(5), town(50)];
    for (const index of [small, large]) for (let i = 0; i < 20; i++) index.nearestSquared(90 + 17 * i, 210 + 3 * i);
    expect(large.looked).toBe(small.looked);
    expect(large.looked).toBeGreaterThan(0);
});
