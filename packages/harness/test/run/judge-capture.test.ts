import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { judgeCapture } from '../../src/run/judge-capture.ts';
import { collectCaptures } from '../../src/scenario/captures.ts';
import type { Captures } from '../../src/scenario/scenario.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';

const frame = (value: (i: number) => number): Frame =>
    new Frame({ widthPx: 8, heightPx: 8, layers: { color: Float32Array.from({ length: 192 }, (_, i) => value(i)) } });
const drawn = frame((i) => 0.2 + i / 1000);
const black = frame(() => 0);
const grey = frame(() => 0.5);
const broken = frame((i) => (i === 7 ? Number.NaN : i / 192));

async function verdictOf(take: (captures: Captures) => void): Promise<Verdict> {
    const { captures, list } = collectCaptures();
    take(captures);
    return (await judgeCapture('scenario', list[0]!, undefined, 'never')).verdict;
}

describe('judgeCapture', () => {
    it.each([
        ['black', black, /frame 1: every pixel is \(0, 0, 0\)/],
        ['of one colour', grey, /frame 1: every pixel is \(0.5, 0.5, 0.5\)/],
        ['NaN', broken, /frame 1: layer "color" has 1 of 192 values that are NaN/]
    ])('never lets frames that are %s pass for a lack of flicker', async (_, bad, words) => {
        const options = { maxFlicker: 1 };
        for (const frames of [
            [drawn, bad],
            [drawn, bad, bad, bad]
        ]) {
            const verdict = await verdictOf(({ temporal }) => temporal('t', frames, options));
            expect(verdict).toMatchObject({ status: 'error', message: expect.stringMatching(words) });
            const expected = { ...options, expected: frames };
            expect((await verdictOf(({ temporal }) => temporal('t', frames, expected))).status).toBe('error');
        }
    });

    it.each<[string, (captures: Captures, value: Frame) => void]>([
        ['exact', (captures, value) => captures.exact('x', value, { expected: value })],
        ['deterministic', (captures, value) => captures.deterministic('x', value, { expected: value })],
        ['perceptual', (captures, value) => captures.perceptual('x', value, { maxFlipMean: 1, expected: value })],
        ['stochastic', (captures, value) => captures.stochastic('x', [value, value], { expected: [value, value] })]
    ])('never calls two that nobody drew the same: %s', async (_, take) => {
        expect((await verdictOf((captures) => take(captures, drawn))).status).toBe('passed');
        for (const bad of [black, grey, broken])
            expect((await verdictOf((captures) => take(captures, bad))).status).toBe('error');
    });

    it('says that what was expected is no picture', async () => {
        const verdict = await verdictOf(({ perceptual }) =>
            perceptual('x', drawn, { maxFlipMean: 1, expected: black })
        );
        expect(verdict).toMatchObject({
            status: 'error',
            message: expect.stringMatching(/to be like cannot be: every pixel/)
        });
    });

    it('takes one colour where the author says so, and NaN never', async () => {
        const options = { mayBeBlank: true, maxFlicker: 1 };
        const fade = [black, frame((i) => i / 384), drawn];
        expect((await verdictOf(({ temporal }) => temporal('t', fade, options))).status).toBe('passed');
        expect((await verdictOf(({ temporal }) => temporal('t', [drawn, broken], options))).status).toBe('error');
        const flat = { mayBeBlank: true, expected: grey };
        expect((await verdictOf(({ exact }) => exact('x', grey, flat))).status).toBe('passed');
        expect((await verdictOf(({ exact }) => exact('x', black, flat))).status).toBe('failed');
        const nan = { mayBeBlank: true, expected: broken };
        expect((await verdictOf(({ exact }) => exact('x', broken, nan))).status).toBe('error');
        // A baseline never is.
        await expect(verdictOf(({ exact }) => exact('x', grey, { mayBeBlank: true }))).rejects.toThrowError(
            /may be blank/
        );
    });
});
