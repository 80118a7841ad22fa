import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/playcanvas/pace.ts';

describe('the samples of a frame', () => {
    it('are as many as were asked for where no time is set', () => {
        const pace = new Pace(null, 3);
        pace.took(3, 1000);
        expect(pace.spp).toBe(3);
    });

    it('are one until one was measured, then as many as fit into the time', () => {
        const pace = new Pace(20, 1);
        expect(pace.spp).toBe(1);
        pace.took(1, 4);
        expect(pace.spp).toBe(5);
        pace.reset();
        expect(pace.spp).toBe(1);
    });

    it('are never none, however slow they are', () => {
        const pace = new Pace(5, 1);
        pace.took(1, 900);
        expect(pace.spp).toBe(1);
    });

    it('come back to what fits within ten frames of a change of speed', () => {
        const pace = new Pace(32, 1);
        pace.took(1, 32);
        for (let frame = 0; frame < 10; frame++) pace.took(pace.spp, pace.spp * 2);
        // 2 + 30 * 0.75^10 = 3.7 ms, so 8 samples of the 16 that fit in the end.
        expect(pace.spp).toBe(8);
    });
});
