import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    type DreamWalk,
    dreamWalk,
    obstaclesInDream,
    type PlanPoint,
    redirectedStep,
    STEINICKE_2010
} from '../../src/index.ts';

const turnOf = (a: number, b: number): number => Math.atan2(Math.sin(b - a), Math.cos(b - a));

/** Gains worked out again from the poses alone. */
function measured(walk: DreamWalk): { rotation: number; translation: number; curvature: number }[] {
    return walk.steps.slice(1).map((now, i) => {
        const was = walk.steps[i]!;
        const far = Math.hypot(now.real.x - was.real.x, now.real.z - was.real.z);
        const virtual = Math.hypot(now.virtual.x - was.virtual.x, now.virtual.z - was.virtual.z);
        const turn = turnOf(was.real.yaw, now.real.yaw);
        const turned = turnOf(was.virtual.yaw, now.virtual.yaw);
        const chord = Math.atan2(now.virtual.x - was.virtual.x, now.virtual.z - was.virtual.z);
        // The chord of the arc points half of what was injected before the final heading.
        const injected = 2 * turnOf(chord, now.virtual.yaw);
        const rotation = Math.abs(turn) < 1e-4 ? 1 : (turned - injected) / turn;
        return { rotation, translation: virtual / far, curvature: injected / far };
    });
}

/** Around the blocks of a town: 90-degree corners every 20 to 60 m. */
const town = fc
    .array(fc.tuple(fc.integer({ min: 20, max: 60 }), fc.boolean()), { minLength: 2, maxLength: 6 })
    .map((legs) => {
        const way: PlanPoint[] = [[0, 0]];
        let yaw = 0;
        for (const [length, right] of legs) {
            const [x, z] = way[way.length - 1]!;
            way.push([x + length * Math.sin(yaw), z + length * Math.cos(yaw)]);
            yaw += right ? Math.PI / 2 : -Math.PI / 2;
        }
        return way;
    });

describe('a dream walk', () => {
    it('keeps every gain within the published limits, measured from the poses alone', () => {
        fc.assert(
            fc.property(town, town, (real, virtual) => {
                const walk = dreamWalk(real, virtual, { step: 0.5 });
                // Poses are doubles: errors are far below a millionth.
                const all = measured(walk);
                const range = (key: 'rotation' | 'translation' | 'curvature'): readonly [number, number] => [
                    Math.min(...all.map((g) => g[key])),
                    Math.max(...all.map((g) => g[key]))
                ];
                expect(range('rotation')[0]).toBeGreaterThan(0.67 - 1e-6);
                expect(range('rotation')[1]).toBeLessThan(1.24 + 1e-6);
                expect(range('translation')[0]).toBeGreaterThan(0.86 - 1e-6);
                expect(range('translation')[1]).toBeLessThan(1.26 + 1e-6);
                expect(range('curvature')[0]).toBeGreaterThan(-1 / 22 - 1e-6);
                expect(range('curvature')[1]).toBeLessThan(1 / 22 + 1e-6);
            }),
            { numRuns: 15 }
        );
    });

    it('keeps the feet on the real way, whatever is dreamt', () => {
        fc.assert(
            fc.property(town, town, (real, virtual) => {
                const { steps } = dreamWalk(real, virtual, { step: 0.5 });
                const last = real[real.length - 1]!;
                expect(steps[0]!.real).toMatchObject({ x: real[0]![0], z: real[0]![1] });
                expect(Math.hypot(steps.at(-1)!.real.x - last[0], steps.at(-1)!.real.z - last[1])).toBeLessThan(1e-9);
                // On the segment between two corners: the way over the point is no longer than the segment.
                const far = (a: PlanPoint, b: PlanPoint): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
                const off = steps.filter(({ real: { x, z } }) =>
                    real.every((a, i) => {
                        const b = real[i + 1];
                        return !b || far(a, [x, z]) + far([x, z], b) - far(a, b) > 1e-6;
                    })
                );
                expect(off).toEqual([]);
            }),
            { numRuns: 10 }
        );
    });

    it('follows the real way itself exactly and bends a straight one along a wide arc', () => {
        const way: PlanPoint[] = [
            [0, 0],
            [0, 40],
            [30, 40]
        ];
        expect(dreamWalk(way, way).largestDeviation).toBeLessThan(0.6);
        // An arc of radius 30 m is wider than the 22 m that can be walked unnoticed.
        const arc = Array.from({ length: 41 }, (_, i): PlanPoint => {
            const angle = i / 30;
            return [30 - 30 * Math.cos(angle), 30 * Math.sin(angle)];
        });
        const bent = dreamWalk(
            [
                [0, 0],
                [0, 40]
            ],
            arc
        );
        expect(bent.largestDeviation).toBeLessThan(0.5);
        // One of radius 8 m is not: the walker leaves it, and the plan says so.
        const tight = arc.map(([x, z]): PlanPoint => [(x * 8) / 30, (z * 8) / 30]);
        expect(
            dreamWalk(
                [
                    [0, 0],
                    [0, 12]
                ],
                tight
            ).largestDeviation
        ).toBeGreaterThan(0.3);
    });

    it('reaches a virtual way a fifth longer by scaling distances, and no more', () => {
        const walk = dreamWalk(
            [
                [0, 0],
                [0, 50]
            ],
            [
                [0, 0],
                [0, 60]
            ]
        );
        expect(walk.lengthRatio).toBeCloseTo(1.2, 6);
        expect(
            dreamWalk(
                [
                    [0, 0],
                    [0, 50]
                ],
                [
                    [0, 0],
                    [0, 90]
                ]
            ).lengthRatio
        ).toBeCloseTo(1.26, 6);
    });

    it('puts a detected thing as far from the virtual feet as it is from the real ones', () => {
        const walk = dreamWalk(
            [
                [0, 0],
                [0, 40],
                [30, 40]
            ],
            [
                [0, 0],
                [0, 45],
                [-30, 50]
            ]
        );
        const found = { id: 'lamp-post', label: 'pole', x: 0.7, z: 20, radius: 0.1, height: 2.2 };
        const [node] = obstaclesInDream(walk, [found], 'street');
        const near = walk.steps.reduce((a, b) =>
            Math.hypot(b.real.x - 0.7, b.real.z - 20) < Math.hypot(a.real.x - 0.7, a.real.z - 20) ? b : a
        );
        const real = Math.hypot(near.real.x - found.x, near.real.z - found.z);
        // Stored to a tenth of a millimetre.
        expect(Math.hypot(near.virtual.x - node!.pose.x, near.virtual.z - node!.pose.z)).toBeCloseTo(real, 3);
        expect(node).toMatchObject({ locked: true, dims: { width: 0.2, height: 2.2 } });
        expect(() => obstaclesInDream(walk, [{ ...found, radius: NaN }], 'street')).toThrow(/radius/);
    });

    it('turns as told: half a turn at gain 1.2 is 216 degrees', () => {
        const pose = redirectedStep({ x: 0, z: 0, yaw: 0 }, Math.PI, 0, {
            rotation: 1.2,
            translation: 1,
            curvature: 0
        });
        expect(pose.yaw).toBeCloseTo(1.2 * Math.PI - 2 * Math.PI, 12);
        expect(STEINICKE_2010.curvatureRadius).toBe(22);
    });

    it('refuses ways that are none', () => {
        expect(() =>
            dreamWalk(
                [[0, 0]],
                [
                    [0, 0],
                    [1, 1]
                ]
            )
        ).toThrow(/real way/);
        expect(() =>
            dreamWalk(
                [
                    [0, 0],
                    [0, NaN]
                ],
                [
                    [0, 0],
                    [1, 1]
                ]
            )
        ).toThrow(/finite/);
        expect(() =>
            dreamWalk(
                [
                    [0, 0],
                    [0, 9]
                ],
                [
                    [0, 0],
                    [0, 9]
                ],
                { step: 9 }
            )
        ).toThrow(/step/);
    });
});
