import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { cellPreset } from '../../src/presets.ts';
import { frameOutcomes, xrmiInputOf, xrmiOf } from '../../src/quality/frames.ts';
import { XRMI_V1, type XrmiInput, xrmi } from '../../src/quality/xrmi.ts';
import { pduSet, pduSets } from '../sets.ts';

const BEST: XrmiInput = {
    stallShare: 0,
    corruptShare: 0,
    blackShare: 0,
    responseNs: 20e6,
    jitterNs: 0,
    avOffsetNs: 0,
    bitrateBps: 45e6,
    fps: 90,
    pixels: 2 * 2048 * 2048
};
const share = fc.double({ min: 0, max: 1, noNaN: true });
const timeNs = fc.double({ min: 0, max: 1e10, noNaN: true });
const inputs: fc.Arbitrary<XrmiInput> = fc.record({
    stallShare: share,
    corruptShare: share,
    blackShare: share,
    responseNs: timeNs,
    jitterNs: timeNs,
    avOffsetNs: timeNs,
    bitrateBps: fc.double({ min: 0, max: 1e10, noNaN: true }),
    fps: fc.double({ min: 0, max: 240, noNaN: true }),
    pixels: fc.double({ min: 0, max: 1e9, noNaN: true })
});
const scenarios = fc.constantFrom('panoramic-video' as const, 'cinema' as const, 'strong-interaction' as const);

describe('XRMI', () => {
    it('is 5 for the best and 1 for the worst', () => {
        for (const scenario of ['panoramic-video', 'cinema', 'strong-interaction'] as const) {
            expect(xrmi(BEST, scenario).score).toBe(5);
            expect(xrmi({ ...BEST, bitrateBps: 0 }, scenario).score).toBe(1);
        }
        expect(xrmi(BEST, 'cinema').version).toBe(XRMI_V1.version);
    });

    it('stays from 1 to 5', () => {
        fc.assert(
            fc.property(inputs, scenarios, (input, scenario) => {
                const { score } = xrmi(input, scenario);
                expect(score).toBeGreaterThanOrEqual(1);
                expect(score).toBeLessThanOrEqual(5);
            })
        );
    });

    it('never rises with an impairment and never falls with rate, frame rate or pixels', () => {
        const better = ['bitrateBps', 'fps', 'pixels'];
        fc.assert(
            fc.property(
                inputs,
                scenarios,
                fc.constantFrom(...(Object.keys(BEST) as (keyof XrmiInput)[])),
                share,
                (input, scenario, name, t) => {
                    const limit = name.endsWith('Share') ? 1 : 2e10;
                    const more = { ...input, [name]: input[name] + t * (limit - input[name]) };
                    const change = xrmi(more, scenario).score - xrmi(input, scenario).score;
                    // 1e-12: rounding of products of powers.
                    if (better.includes(name)) expect(change).toBeGreaterThanOrEqual(-1e-12);
                    else expect(change).toBeLessThanOrEqual(1e-12);
                }
            )
        );
    });

    it('has weights that sum to 1', () => {
        for (const weights of Object.values(XRMI_V1.weights))
            expect(weights[0] + weights[1] + weights[2]).toBeCloseTo(1, 12);
    });

    it('punishes slow answers most where interaction is strong', () => {
        const slow = { ...BEST, responseNs: 150e6 };
        expect(xrmi(slow, 'strong-interaction').score).toBeLessThan(xrmi(slow, 'panoramic-video').score);
        expect(xrmi(slow, 'panoramic-video').score).toBeLessThan(xrmi(slow, 'cinema').score);
    });

    it.each([
        [{ ...BEST, stallShare: 1.1 }, /stallShare is 1.1/],
        [{ ...BEST, jitterNs: Number.NaN }, /jitterNs is NaN/],
        [{ ...BEST, fps: -1 }, /fps is -1/]
    ])('refuses what is out of range (%#)', (input, message) => {
        expect(() => xrmi(input, 'cinema')).toThrow(message);
    });
});

describe('frames', () => {
    const display = { pixels: 2 * 1024 * 1024 };
    const twoLayers = (unitLossRate: number) => {
        const sets = Array.from({ length: 120 }, (_, i) => [
            pduSet(2 * i, Math.round((i * 1e9) / 60), 4, 1000, { importance: 1, integrated: true }),
            pduSet(2 * i + 1, Math.round((i * 1e9) / 60), 20, 1000, { importance: 5 })
        ]).flat();
        return simulateCell(cellPreset('ample', { unitLossRate }), [{ ue: 0, pduSets: sets }], { rng: Rng.create(2) })
            .arrivals;
    };

    it('are shown whole when everything arrives', () => {
        const frames = frameOutcomes(twoLayers(0));
        expect(frames).toHaveLength(120);
        expect(new Set(frames.map(({ outcome }) => outcome))).toEqual(new Set(['shown']));
        const input = xrmiInputOf(twoLayers(0), display);
        expect(input).toMatchObject({ stallShare: 0, corruptShare: 0 });
        // 24,000 bytes at 60 frames a second.
        expect(input.bitrateBps).toBeCloseTo(24_000 * 8 * 60, -2);
        expect(input.fps).toBeCloseTo(60, 5);
    });

    it('stall without their base and are corrupt without the rest', () => {
        const frames = frameOutcomes(twoLayers(0.03));
        expect(new Set(frames.map(({ outcome }) => outcome))).toEqual(new Set(['shown', 'corrupt', 'stalled']));
    });

    it('score lower the more is lost', () => {
        const scores = [0, 0.01, 0.05, 0.3].map((rate) => xrmiOf(twoLayers(rate), display, 'strong-interaction').score);
        for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeLessThan(scores[i - 1] as number);
    });

    it('need two to be judged', () => {
        expect(() => xrmiInputOf([], display)).toThrow(/0 frames/);
        expect(() => pduSets(1)).not.toThrow();
    });
});
