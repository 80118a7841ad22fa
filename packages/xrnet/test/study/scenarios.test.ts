import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readScenarioFile } from '../../src/study/scenario-file.ts';

const FOLDER = `${import.meta.dirname}/../../scenarios`;

describe('the scenarios that come with the package', () => {
    it.each(readdirSync(FOLDER))('%s is valid, and compares at least two variants', (name) => {
        const scenario = readScenarioFile(readFileSync(`${FOLDER}/${name}`, 'utf8'), name);
        expect(scenario.variants.length).toBeGreaterThan(1);
        expect(scenario.title).not.toBe('a cell');
    });
});
