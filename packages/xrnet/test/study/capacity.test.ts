import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityOf } from '../../src/study/capacity.ts';

describe('capacity', () => {
    it('is found wherever the share falls through 90 %', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 64 }), (limit, maxUsers) => {
                const { users } = capacityOf((n) => (n <= limit ? 1 : 0), { seeds: 2, maxUsers });
                // From 1 at the limit to 0 above: 90 % a tenth of the way.
                expect(users).toBeCloseTo(limit >= maxUsers ? maxUsers : limit + 0.1, 12);
            })
        );
    });

    it('is interpolated between loads', () => {
        const { users, points } = capacityOf((n) => 1 - n / 100, { seeds: 1, maxUsers: 64 });
        expect(users).toBeCloseTo(10, 12);
        expect(points.every(({ users: n, satisfied }) => Math.abs(satisfied - (1 - n / 100)) < 1e-12)).toBe(true);
    });

    it('is below one if not even one user is satisfied', () => {
        expect(capacityOf(() => 0, { seeds: 1, maxUsers: 8 }).users).toBeCloseTo(0.1, 12);
    });

    it('needs seeds and users', () => {
        expect(() => capacityOf(() => 1, { seeds: 0, maxUsers: 8 })).toThrow(/0 seeds/);
    });
});
