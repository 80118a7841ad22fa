/** A network study from a scenario file: simulated here, a part of it, or put together from the parts of several machines. */
import { createHash } from 'node:crypto';
import { dirname, extname, resolve } from 'node:path';
import { badInput, type Progress } from '@mixreel/core';
import { parseShard } from '@mixreel/harness';
import { type NetworkScenario, type RunOutcome, readScenarioFile, recordedFilesOf, studyRuns } from '@mixreel/xrnet';
import { runStudy } from '@mixreel/xrnet/node';
import { readInput, readJson } from '../files.ts';
import { packetTraceOfMxr } from './coded-traffic.ts';

/** What a part's file says it is. */
const PART_FORMAT = 'mixreel-network-part/1';

/** A scenario and what identifies it. */
export interface ScenarioFile {
    readonly scenario: NetworkScenario;
    /** SHA-256 of the file and of its traces: parts of two scenarios cannot be mixed. */
    readonly digest: string;
}

/** Reads a scenario file, and the P-traces and .mxr files that it names, relative to itself. */
export async function openScenario(path: string): Promise<ScenarioFile> {
    const bytes = await readInput(path, 'the scenario');
    const text = new TextDecoder().decode(bytes);
    const hash = createHash('sha256').update(bytes);
    const recorded = new Map<string, string>();
    for (const name of recordedFilesOf(text, path)) {
        const trace = await readInput(resolve(dirname(path), name), 'the P-trace');
        hash.update(trace);
        const coded = extname(name).toLowerCase() === '.mxr';
        recorded.set(name, coded ? packetTraceOfMxr(trace, name) : new TextDecoder().decode(trace));
    }
    return { scenario: readScenarioFile(text, path, recorded), digest: hash.digest('hex') };
}

/** Simulates a scenario, or shard `i/n` of it. */
export async function simulate(
    { scenario }: ScenarioFile,
    options: { readonly shard: string | undefined; readonly workers: number | undefined; readonly progress: Progress }
): Promise<RunOutcome[]> {
    const { shard, workers, progress } = options;
    return runStudy(scenario, {
        progress,
        ...(workers === undefined ? {} : { workers }),
        ...(shard === undefined ? {} : { shard: parseShard(shard) })
    });
}

/** A part as a file. */
export function partJson({ digest }: ScenarioFile, outcomes: readonly RunOutcome[]): string {
    return `${JSON.stringify({ format: PART_FORMAT, scenario: digest, outcomes })}\n`;
}

/** Reads the parts that {@link partJson} wrote. */
export async function readParts(file: ScenarioFile, paths: readonly string[]): Promise<RunOutcome[]> {
    const outcomes: RunOutcome[] = [];
    for (const path of paths) {
        const part = (await readJson(path, 'the part')) as Partial<Record<'format' | 'scenario' | 'outcomes', unknown>>;
        if (part?.format !== PART_FORMAT || !Array.isArray(part.outcomes)) {
            throw badInput(
                `${path} is no part of a study`,
                'a file of mixreel emulate SCENARIO --shard i/n -o FILE',
                'Name one'
            );
        }
        if (part.scenario !== file.digest) {
            throw badInput(`${path} is of another scenario file`, 'parts of this one', 'Run its shard again');
        }
        outcomes.push(...part.outcomes.map((outcome) => requireOutcome(path, file.scenario, outcome)));
    }
    return outcomes;
}

function requireOutcome(path: string, scenario: NetworkScenario, value: unknown): RunOutcome {
    const outcome = value as RunOutcome;
    const run = studyRuns(scenario)[outcome?.run];
    const numbers = ['satisfied', 'sets', 'inTime', 'deliveredBytes', 'events'] as const;
    const whole =
        run !== undefined &&
        run.users === outcome.users &&
        run.variant === outcome.variant &&
        run.seed === outcome.seed &&
        numbers.every((key) => Number.isFinite(outcome[key])) &&
        (outcome.power === null || Number.isFinite(outcome.power)) &&
        Array.isArray(outcome.delays) &&
        outcome.delays.every(Number.isInteger) &&
        Object.values(outcome.causesNs ?? { none: Number.NaN }).every(Number.isFinite);
    if (whole) return outcome;
    throw badInput(`${path} is damaged`, 'outcomes of the scenario', 'Run its shard again');
}
