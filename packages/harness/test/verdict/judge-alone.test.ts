import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { judgeAlone } from '../../src/verdict/judge.ts';

const rng = Rng.create('alone');
const frame = (value: (x: number, y: number) => number): Frame => {
    const color = Float32Array.from({ length: 3 * 1024 }, (_, i) => value(i % 32, Math.floor((i % 1024) / 32)));
    return new Frame({ widthPx: 32, heightPx: 32, layers: { color } });
};
const moving = (t: number): Frame => frame((x) => (x === t ? 1 : 0.2));
const frames = (list: Frame[]) => ({ kind: 'frames' as const, frames: list });
const stream = rng.stream('bootstrap');

describe('temporal', () => {
    const still = Array.from({ length: 4 }, () => frame((x, y) => (x + y) / 64));
    const flickering = still.map((f, i) => (i === 2 ? frame((x, y) => (x + y) / 64 + 0.1) : f));

    it('passes frames that stand still, and names the pair that flickers', () => {
        expect(judgeAlone({ kind: 'temporal', maxFlicker: 0 }, frames(still), stream).status).toBe('passed');
        const verdict = judgeAlone({ kind: 'temporal', maxWorstFlicker: 0.01 }, frames(flickering), stream);
        expect(verdict.status).toBe('failed');
        expect(verdict.message).toMatch(/^Flicker of frames 1 and 2 is 0\.\d+ \(expected at most 0.01\)/);
        expect(verdict.pictures.map((p) => p.label)).toEqual(['Frame 1', 'Frame 2', 'Flicker']);
    });

    it('forgives what the expected frames do, too', () => {
        const motion = [3, 4, 5, 6].map(moving);
        const how = { kind: 'temporal', maxFlicker: 0.001 } as const;
        expect(judgeAlone(how, frames(motion), stream).status).toBe('failed');
        expect(judgeAlone(how, frames(motion), stream, frames(motion)).status).toBe('passed');
    });

    it('needs two frames and a bound', () => {
        expect(judgeAlone({ kind: 'temporal', maxFlicker: 1 }, frames(still.slice(1, 2)), stream).status).toBe('error');
        expect(() => judgeAlone({ kind: 'temporal' }, frames(still), stream)).toThrowError(/no bound/);
    });
});

describe('convergence', () => {
    const errors = (power: number, noise = 0) => ({
        kind: 'errors' as const,
        points: Array.from(
            { length: 10 },
            (_, i) => [2 ** i, 3 * 2 ** (power * i) * Math.exp(noise * rng.stream('e', i).normal())] as const
        )
    });

    it('finds the slope of exact data to the last digits', () => {
        const verdict = judgeAlone({ kind: 'convergence' }, errors(-1), stream);
        expect(verdict.status).toBe('passed');
        expect(verdict.figures[0]!.value).toBeCloseTo(-1, 12);
    });

    it('passes what converges faster, fails what hardly does, and does not guess between', () => {
        expect(judgeAlone({ kind: 'convergence' }, errors(-1.5, 0.1), stream).status).toBe('passed');
        expect(judgeAlone({ kind: 'convergence' }, errors(-0.5, 0.1), stream).status).toBe('failed');
        expect(judgeAlone({ kind: 'convergence' }, errors(-0.95, 1.5), stream).status).toBe('inconclusive');
    });

    it('refuses what no line goes through', () => {
        const points = [
            [1, 1],
            [2, 0],
            [4, 1],
            [8, 1]
        ] as const;
        for (const list of [
            points,
            points.slice(0, 2),
            [
                [1, 1],
                [1, 1],
                [1, 2],
                [1, 3]
            ] as const
        ]) {
            expect(judgeAlone({ kind: 'convergence' }, { kind: 'errors', points: list }, stream).status).toBe('error');
        }
    });
});

describe('timing', () => {
    it('turns the three answers into verdicts with their times drawn', () => {
        const rounds = (factor: number) =>
            Array.from({ length: 20 }, (_, i) => {
                const t = (k: number): number => 5 + 0.2 * rng.stream('t', factor * 10, i, k).float();
                return { baseline: [t(0), t(1)] as const, candidate: [factor * t(2), factor * t(3)] as const };
            });
        const judgeOf = (factor: number) =>
            judgeAlone({ kind: 'timing' }, { kind: 'timings', rounds: rounds(factor) }, stream);
        expect(judgeOf(1)).toMatchObject({ status: 'passed', sections: [{ kind: 'plot' }] });
        expect(judgeOf(2).message).toMatch(/^slower: \+9\d|^slower: \+10\d/);
        expect(() =>
            judgeAlone({ kind: 'timing', effect: -1 }, { kind: 'timings', rounds: rounds(1) }, stream)
        ).toThrowError(/effect/);
    });
});
