import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimingWheel } from '../../src/mac/timing-wheel.ts';

describe('timing wheel', () => {
    it('fires what a sorted list would, in the order of setting within a slot', () => {
        fc.assert(
            fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }), (slots) => {
                const wheel = new TimingWheel();
                for (const [id, slot] of slots.entries()) wheel.schedule(id, slot);
                const fired: number[] = [];
                for (let slot = wheel.nextSlot(0, 6000); slot < 6000; slot = wheel.nextSlot(slot + 1, 6000)) {
                    for (let id = wheel.take(slot); id >= 0; id = wheel.take(slot)) fired.push(id);
                }
                const expected = slots.map((slot, id) => ({ slot, id })).sort((a, b) => a.slot - b.slot || a.id - b.id);
                expect(fired).toEqual(expected.map(({ id }) => id));
                expect(wheel.size).toBe(0);
            })
        );
    });

    it('lets a timer be set again after it fired', () => {
        const wheel = new TimingWheel();
        for (let slot = 3; slot < 5000; slot += 700) {
            wheel.schedule(7, slot);
            expect(wheel.take(slot)).toBe(7);
        }
        expect(wheel.nextSlot(5000, 9000)).toBe(9000);
    });
});
