import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NetworkScenario } from '../../src/study/scenario.ts';
import { readScenarioFile } from '../../src/study/scenario-file.ts';
import { doStudyRun, type StudyPoint, studyResult, studyRuns } from '../../src/study/study.ts';

const FOLDER = `${import.meta.dirname}/../../scenarios`;
const FILES = readdirSync(FOLDER);
const open = (name: string): NetworkScenario => readScenarioFile(readFileSync(`${FOLDER}/${name}`, 'utf8'), name);

type Measure = 'satisfied' | 'inTime' | 'meanNs' | 'p99Ns' | 'rateBps' | 'power';
/** At a load, the first variant's figure over the second's is at least the factor, or at most where that is below 1. */
type Worth = readonly [users: number, variant: string, other: string, measure: Measure, factor: number];

/**
 * What each file is there to show, at one of its loads, with two seeds and one of its seconds. The factors are half of the
 * gain that was found, so that they fail when a mechanism does nothing and not when a number moves a little.
 */
const WORTH: Readonly<Record<string, readonly Worth[]>> = {
    'advice.json': [
        [20, 'from the start', 'rates alone', 'satisfied', 1.2],
        [20, 'from the start', 'offsets alone', 'inTime', 1.18]
    ],
    'background-load.json': [[7, 'PSDB-aware', 'proportional fair', 'inTime', 1.04]],
    'bearer-offload.json': [[14, 'offloaded', 'all on one carrier', 'meanNs', 0.7]],
    'broken-sets.json': [
        [17, 'the rest dropped', 'all sent', 'meanNs', 0.85],
        [17, 'and what refers to it', 'the rest dropped', 'meanNs', 0.91]
    ],
    'buffer-status.json': [
        [19, 'refined', '8-bit', 'meanNs', 0.985],
        [15, 'known exactly', 'refined', 'meanNs', 0.84]
    ],
    'carriers.json': [
        [20, 'two, same pattern', 'one carrier', 'inTime', 1.12],
        [20, 'two, complementary', 'two, same pattern', 'meanNs', 0.95]
    ],
    'configured-grant.json': [
        [64, 'occasions with UTO', 'occasions', 'p99Ns', 0.8],
        [32, 'occasions', 'requests', 'meanNs', 0.84]
    ],
    'congestion.json': [[16, 'P frames dropped', 'overdue frames only', 'meanNs', 0.81]],
    'delay-status.json': [[17, 'deadlines reported', 'deadlines guessed', 'satisfied', 1.11]],
    'dropping.json': [
        [14, 'overdue sets', 'nothing dropped', 'p99Ns', 0.67],
        [17, 'and frames that refer to them', 'overdue sets', 'meanNs', 0.82]
    ],
    'drx.json': [
        [1, '60 Hz, 50/3 ms', '60 Hz, always on', 'power', 0.75],
        [1, '60 Hz, 50/3 ms', '60 Hz, 16 ms', 'meanNs', 0.65],
        [1, '90 Hz, 100/9 ms', '90 Hz, always on', 'power', 0.8],
        [1, '90 Hz, 100/9 ms', '90 Hz, 10 ms', 'meanNs', 0.68],
        [1, '120 Hz, 25/3 ms', '120 Hz, always on', 'power', 0.84],
        [1, '120 Hz, 25/3 ms', '120 Hz, 8 ms', 'meanNs', 0.73]
    ],
    'dual-connectivity.json': [[16, 'split', 'master', 'satisfied', 2]],
    'duplication.json': [[2, 'duplicated', 'one node', 'inTime', 1.06]],
    'handover.json': [[2, 'DAPS', 'ordinary', 'inTime', 1.02]],
    'l4s.json': [[1, 'dual queue', 'tail drop', 'meanNs', 0.6]],
    'mini-slots.json': [
        [4, 'DDDSU, mini-slots', 'DDDSU', 'meanNs', 0.83],
        [4, 'DS, mini-slots', 'DS', 'meanNs', 0.94],
        [4, 'DS', 'DDDSU', 'meanNs', 0.84]
    ],
    'port-cameras.json': [
        [48, 'offsets as advised', 'as they come', 'meanNs', 0.8],
        [64, 'offsets and rates', 'offsets as advised', 'meanNs', 0.88]
    ],
    'prioritised-rate.json': [
        [4, 'its mean rate', 'priorities alone', 'inTime', 1.025],
        [4, 'smart', 'its mean rate', 'inTime', 1.008]
    ],
    'reliability.json': [
        [1, '4 transmissions', '1 transmission', 'inTime', 1.2],
        [1, '2 and RLC AM', '1 transmission', 'inTime', 1.18]
    ],
    'scheduling.json': [
        [12, 'PSDB-aware', 'proportional fair', 'satisfied', 1.2],
        [15, 'PSDB-aware', 'earliest deadline', 'inTime', 2]
    ],
    'set-error-rate.json': [[1, '89, sets kept', '89, blocks alone', 'inTime', 1.012]],
    'stereo.json': [
        [12, 'slices', 'whole frames', 'meanNs', 0.9],
        [12, 'slices', 'one eye', 'meanNs', 0.85]
    ],
    'tdd-patterns.json': [
        [16, '1D3U', '2.5 ms dual', 'meanNs', 0.8],
        [12, '2.5 ms dual', '5 ms single', 'meanNs', 0.75]
    ]
};
/** 21 cells take seconds; test/network/handovers.test.ts holds the same of fewer users. */
const ELSEWHERE: readonly string[] = ['mobility.json'];

/** Variants of a file at a load, kept short. */
function pointsOf(name: string, users: number, variants: readonly string[]): Map<string, StudyPoint> {
    const whole = open(name);
    const scenario: NetworkScenario = {
        ...whole,
        users: [users],
        seeds: 2,
        variants: whole.variants
            .filter((variant) => variants.includes(variant.name))
            .map((variant) => ({
                ...variant,
                cell: { ...variant.cell, durationNs: Math.min(1e9, variant.cell.durationNs) }
            }))
    };
    const { points } = studyResult(
        scenario,
        studyRuns(scenario).map((run) => doStudyRun(scenario, run))
    );
    return new Map(points.map((point) => [point.variant, point]));
}

describe('the scenarios that come with the package', () => {
    it.each(FILES)('%s is valid, and compares at least two variants', (name) => {
        const scenario = open(name);
        expect(scenario.variants.length).toBeGreaterThan(1);
        expect(scenario.title).not.toBe('a cell');
    });

    it('say what each of them is there to show', () => {
        expect([...Object.keys(WORTH), ...ELSEWHERE].sort()).toEqual(FILES.toSorted());
    });

    it.each(Object.entries(WORTH))('%s shows it', (name, worths) => {
        const loads = [...new Set(worths.map(([users]) => users))];
        for (const load of loads) {
            const here = worths.filter(([users]) => users === load);
            expect(open(name).users).toContain(load);
            const points = pointsOf(
                name,
                load,
                here.flatMap(([, variant, other]) => [variant, other])
            );
            for (const [, variant, other, measure, factor] of here) {
                const [mine, theirs] = [variant, other].map((each) => points.get(each)?.[measure] ?? Number.NaN);
                const what = `${variant} ${mine} over ${other} ${theirs}, ${measure} with ${load} users`;
                if (factor > 1) expect(mine, what).toBeGreaterThanOrEqual(factor * (theirs ?? Number.NaN));
                else expect(mine, what).toBeLessThanOrEqual(factor * (theirs ?? Number.NaN));
            }
        }
    });
});
