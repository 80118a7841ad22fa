/** A frame's share of the tracing, against a GPU whose parts cost a fixed time and a time for each path. */
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/playcanvas/pace.ts';

interface Cost {
    readonly fixedMs: number;
    readonly pathMs: number;
}

/** Parts of that many frames: their paths and what they took. */
function trace(pace: Pace, cost: Cost, frames: number): { paths: number; ms: number }[] {
    return Array.from({ length: frames }, () => {
        const { paths } = pace;
        const ms = cost.fixedMs + cost.pathMs * paths;
        pace.took(paths, ms);
        return { paths, ms };
    });
}

describe('the paths of a frame', () => {
    it.each<[string, Cost]>([
        ['a fast GPU', { fixedMs: 2, pathMs: 1e-5 }],
        ['a slow GPU', { fixedMs: 4, pathMs: 2e-4 }],
        ['a processor', { fixedMs: 3, pathMs: 0.03 }]
    ])('fill the budget within ten frames and are never twice over it: %s', (_, cost) => {
        const parts = trace(new Pace(12), cost, 30);
        for (const { ms } of parts) expect(ms).toBeLessThan(2 * 12);
        // Whole workgroups of 64 paths; on the processor one is 1.9 ms.
        for (const { ms } of parts.slice(10)) {
            expect(ms).toBeLessThanOrEqual(12.01);
            expect(ms).toBeGreaterThan(12 - 64 * cost.pathMs - 0.2);
        }
    });

    it('are back in the budget within five frames when the scene gets six times as slow', () => {
        const pace = new Pace(12);
        trace(pace, { fixedMs: 2, pathMs: 1e-4 }, 12);
        const parts = trace(pace, { fixedMs: 2, pathMs: 6e-4 }, 20);
        // Half of the error goes with each frame: 5/6 of it, then less than 1/16 of that.
        expect(parts[5]!.ms).toBeLessThan(12 * 1.05);
        expect(parts.at(-1)!.ms).toBeGreaterThan(11);
    });

    it('are a workgroup where not even that fits, and as many as fit once the scene is faster', () => {
        const pace = new Pace(12);
        expect(trace(pace, { fixedMs: 3, pathMs: 0.3 }, 10).at(-1)!.paths).toBe(64);
        expect(trace(pace, { fixedMs: 3, pathMs: 0.003 }, 60).at(-1)!.ms).toBeGreaterThan(11);
    });

    it('take half the budget where the fixed cost leaves less', () => {
        const { paths } = trace(new Pace(12), { fixedMs: 15, pathMs: 1e-3 }, 20).at(-1)!;
        expect(paths * 1e-3).toBeGreaterThan(5.5);
        expect(paths * 1e-3).toBeLessThanOrEqual(6);
    });

    it('begin small again when another scene is traced', () => {
        const pace = new Pace(12);
        trace(pace, { fixedMs: 2, pathMs: 1e-4 }, 12);
        pace.reset();
        expect(pace.paths).toBe(256);
    });
});
