import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { collectCaptures } from '../../src/scenario/captures.ts';
import type { Captures } from '../../src/scenario/scenario.ts';
import { MomentsAccumulator } from '../../src/verdict/moments-image.ts';
import { noisyPicture } from '../verdict/noise.ts';

type Kind = keyof Captures;
const frame = new Frame({ widthPx: 1, heightPx: 1, layers: { color: new Float32Array(3) } });
const OPTIONS: Partial<Record<Kind, object>> = { perceptual: { maxFlipMean: 1 }, temporal: { maxFlicker: 1 } };
const capture = (kind: Kind, value: unknown, more: object = {}): void => {
    const { captures } = collectCaptures();
    (captures[kind] as (...args: unknown[]) => void)('x', value, { ...OPTIONS[kind], ...more });
};

describe('a capture', () => {
    it.each<[Kind, unknown, RegExp]>([
        [
            'exact',
            new Uint32Array(8),
            /exact capture "x" is given a Uint32Array of 32 bytes.*Uint8Array or a Frame.*its bytes/s
        ],
        ['exact', undefined, /is given undefined/],
        ['exact', { widthPx: 1, layers: {} }, /an object of widthPx, layers/],
        ['deterministic', { widthPx: 2, heightPx: 2, data: new Uint8Array(15) }, /4 bytes for each pixel/],
        ['perceptual', new Uint8Array(4), /a Frame/],
        ['stochastic', [], /a list of 0.*two seeds/s],
        ['stochastic', [frame, null], /a list of 2/],
        ['stochastic', { mean: [1] }, /MomentsImage/],
        ['counters', { rays: '3' }, /an object of numbers/],
        ['counters', null, /is given null/],
        ['temporal', frame, /a Frame.*a list of Frames/s],
        ['convergence', [[1, 2, 3]], /\[samples, error\]/],
        ['timing', [{ baseline: [1, 2] }], /candidate/],
        ['timing', () => [], /a function/]
    ])('%s refuses %o and says what it takes', (kind, value, words) => {
        expect(() => capture(kind, value)).toThrowError(words);
        expect(() => capture(kind, value)).toThrowError(expect.objectContaining({ code: 'bad-input' }));
    });

    it('holds what it is compared with to the same', () => {
        expect(() => capture('exact', frame, { expected: 'frame.exr' })).toThrowError(/"x" expects "frame.exr"/);
    });

    it.each<[Kind, unknown]>([
        ['exact', new Uint8Array(8)],
        ['exact', frame],
        ['deterministic', { widthPx: 1, heightPx: 1, data: new Uint8Array(4) }],
        ['stochastic', [frame, frame]],
        ['counters', { rays: 3 }],
        ['temporal', [frame, frame]],
        ['convergence', [[1, 0.5]]],
        ['timing', [{ baseline: [1, 2], candidate: [1, 2] }]]
    ])('%s takes %o', (kind, value) => {
        expect(() => capture(kind, value)).not.toThrow();
    });

    it('is what it was, whatever a renderer does with its arrays and accumulators afterwards', () => {
        const sum = new MomentsAccumulator(2, 2, 1).add([1, 2, 3, 4]).add([2, 3, 4, 5]);
        const own = noisyPicture(Rng.create(1).stream('own'), { size: 2, count: 3 });
        const points: [number, number][] = [[1, 0.5]];
        const rounds = [{ baseline: [1, 2] as [number, number], candidate: [1, 2] as [number, number] }];
        const { captures, list } = collectCaptures();
        captures.stochastic('sum', sum.finish());
        captures.stochastic('own', own);
        captures.convergence('points', points);
        captures.timing('rounds', rounds);
        const before = structuredClone(list);
        sum.add([9, 9, 9, 9]);
        own.blocks![0]!.m2.fill(7);
        own.mean.fill(7);
        points[0]![1] = 7;
        rounds[0]!.baseline[0] = 7;
        expect(list).toEqual(before);
    });
});
