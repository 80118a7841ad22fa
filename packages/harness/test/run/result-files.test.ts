import { describe, expect, it } from 'vitest';
import { decodeResult, encodeResult } from '../../src/run/result-files.ts';
import type { ScenarioResult } from '../../src/run/run-result.ts';
import { plainPicture } from '../report/sample-report.ts';

describe('encodeResult', () => {
    it('leaves out pictures beyond its limit, and says whose', () => {
        const pictures = [plainPicture('a', 1)];
        const captures = ['one', 'two', 'three'].map((name) => ({
            capture: { name, judge: { kind: 'exact' as const } },
            against: 'none' as const,
            verdict: { status: 'failed' as const, message: name, figures: [], pictures, sections: [] }
        }));
        const result: ScenarioResult = {
            ...{ name: 'large', status: 'failed', durationS: 1, attempts: 1, figures: [], sections: [], log: ['ran'] },
            ...{ captures, failure: null }
        };
        const read = (limit?: number) => decodeResult(encodeResult({ title: 't', seed: 1 }, result, limit))!.result;
        expect(read()).toEqual(result);
        const cut = read(2 * pictures[0]!.png.length);
        expect(cut.captures.map(({ verdict }) => verdict.pictures.length)).toEqual([1, 1, 0]);
        expect(cut.log).toEqual(['ran', 'Too large to be kept were the pictures of: three.']);
    });
});
