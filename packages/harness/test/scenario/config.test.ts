import { describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS, checkConfig, defineConfig } from '../../src/scenario/config.ts';

const scenario = { name: 'a', run: () => {} };

describe('defineConfig', () => {
    it('gives back what it was given, and the check fills in the rest', () => {
        const config = { scenarios: [scenario], seed: 'x' };
        expect(defineConfig(config)).toBe(config);
        expect(checkConfig(config)).toEqual({ ...CONFIG_DEFAULTS, ...config });
    });

    it.each([
        [null, /an object/],
        [{}, /scenarios is undefined/],
        [{ scenarios: {} }, /a list/],
        [{ scenarios: [{}] }, /scenarios\[0\].name is undefined/],
        [{ scenarios: [scenario, scenario] }, /two scenarios are named "a"/],
        [{ scenarios: [{ name: 'a', run: 3 }] }, /run of scenario "a" is 3/],
        [{ scenarios: [{ ...scenario, timeoutS: 0 }] }, /timeoutS of scenario "a" is 0/],
        [{ scenarios: [{ ...scenario, skip: true }] }, /skip of scenario "a" is true/],
        [{ scenarios: [{ ...scenario, tags: 'slow' }] }, /tags of scenario "a"/],
        [{ scenarios: [], timeoutS: Number.NaN }, /timeoutS is NaN/],
        [{ scenarios: [], outDir: '' }, /outDir is ""/],
        [{ scenarios: [], seed: Infinity }, /seed is Infinity/],
        [{ scenarios: [], update: 'always' }, /update is "always"/],
        [{ scenarios: [], networks: { slow: '5g' } }, /network "slow" is "5g"/],
        [{ scenarios: [], scenario: [] }, /"scenario" is not an option/]
    ])('refuses %o and says what to write', (config, words) => {
        expect(() => checkConfig(config)).toThrowError(words);
        expect(() => checkConfig(config)).toThrowError(expect.objectContaining({ code: 'bad-input' }));
    });
});
