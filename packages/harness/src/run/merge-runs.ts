/**
 * One run made of the shards of several machines, as if one had run it all: with everything that approving, pruning and
 * resuming need, not only its report.
 *
 * What is not there is not passed: a scenario of a shard that was not given, or that a killed run left out, is an error of its
 * own, and the whole is partial. What does not fit together (seeds, lists of scenarios, commits, one shard twice) is no run at
 * all.
 */
import { join, resolve } from 'node:path';
import { badInput, RealClock } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { CaptureStore } from '../baseline/capture-store.ts';
import { worstStatus } from '../report/report.ts';
import { type WrittenReport, writeReport } from '../report/write-report.ts';
import { reportOfRun } from './report-of-run.ts';
import { loadResults, saveResult } from './result-files.ts';
import { RunFolder } from './run-folder.ts';
import { loadPlan, type RunPlan, savePlan, whyNotTheSame } from './run-plan.ts';
import { lostResult, type RunResult, type ScenarioResult } from './run-result.ts';

/** A folder that a machine left. */
interface ShardRun {
    readonly outDir: string;
    readonly plan: RunPlan;
    /** Of the scenarios in its plan, by name. */
    readonly results: ReadonlyMap<string, ScenarioResult>;
}

/**
 * @throws MixreelError `bad-input` if a folder holds no run, if seeds, lists of scenarios, or the configurations or commits of
 * one list differ, or if a shard or a scenario is there twice.
 */
export async function mergeRuns(outDirs: readonly string[], title?: string): Promise<RunResult> {
    return mergeShards(await readShards(outDirs), title);
}

/**
 * Merges into a folder: report, results and captures, so that it can be approved from and taken up with `resume`.
 *
 * @throws MixreelError as {@link mergeRuns}; `environment` if the folder cannot be written.
 */
export async function mergeFolders(
    outDirs: readonly string[],
    outDir: string,
    title?: string
): Promise<{ readonly run: RunResult; readonly report: WrittenReport }> {
    if (outDirs.some((from) => resolve(from) === resolve(outDir))) {
        const what = `${outDir} is one of the folders to merge`;
        throw badInput(what, 'another folder for the whole', 'Pass --out out/merged');
    }
    const shards = await readShards(outDirs);
    const run = mergeShards(shards, title);
    await new RunFolder(outDir, new RealClock()).clear();
    const names = run.scenarios.map(({ name }) => name);
    const [source] = shards.map(({ plan }) => plan.source);
    const [changes] = shards.map(({ plan }) => plan.changes);
    // Lists of several configurations are none of them: such a run is not taken up.
    const one = source && shards.every(({ plan }) => whyNotTheSame(plan, source) === null) ? { source } : {};
    const same = changes !== undefined && shards.every(({ plan }) => plan.changes === changes) ? { changes } : {};
    await savePlan(outDir, {
        title: run.title,
        seed: run.seed,
        suite: names,
        own: names,
        shard: null,
        ...one,
        ...same
    });
    const captures = new CaptureStore(join(outDir, CAPTURES_FOLDER));
    for (const shard of shards) {
        for (const result of shard.results.values()) await saveResult(outDir, run, result);
        const own = new CaptureStore(join(shard.outDir, CAPTURES_FOLDER));
        for (const entry of await own.list())
            if (shard.results.has(entry.scenario)) await captures.put(entry, await own.bytes(entry));
    }
    return { run, report: await writeReport(reportOfRun(run), outDir) };
}

async function readShards(outDirs: readonly string[]): Promise<ShardRun[]> {
    const shards: ShardRun[] = [];
    for (const outDir of outDirs) {
        const plan = await loadPlan(outDir);
        if (!plan) throw badInput(`${outDir} holds no run`, 'the folder of a run', 'Pass the folders that --out named');
        const own = new Set(plan.own);
        const files = (await loadResults(outDir)).filter((f) => f.seed === plan.seed && own.has(f.result.name));
        shards.push({ outDir, plan, results: new Map(files.map(({ result }) => [result.name, result])) });
    }
    return shards;
}

function mergeShards(shards: readonly ShardRun[], title: string | undefined): RunResult {
    const [first] = shards;
    if (!first) throw badInput('there is nothing to merge', 'at least one folder', 'Pass the folders that --out named');
    const { seed } = first.plan;
    const other = shards.find(({ plan }) => plan.seed !== seed);
    if (other) {
        const what = `the seeds are ${seed} and ${other.plan.seed}`;
        throw badInput(what, 'one seed for all shards', 'Run them with the same --seed');
    }
    const groups = new Map<string, ShardRun[]>();
    for (const shard of shards) {
        const key = JSON.stringify(shard.plan.suite);
        groups.set(key, [...(groups.get(key) ?? []), shard]);
    }
    refuseOverlap([...groups.values()]);
    refuseMixture([...groups.values()]);
    let missing = 0;
    const scenarios = [...groups.values()].flatMap((group) => {
        const why = whyMissing(group);
        return group[0]!.plan.suite.map((name) => {
            const result = group.map(({ results }) => results.get(name)).find((found) => found !== undefined);
            if (!result) missing++;
            return result ?? lostResult(name, why(name), 0);
        });
    });
    const status = worstStatus(scenarios.map((scenario) => scenario.status));
    return { title: title ?? first.plan.title, status, seed, scenarios, partial: missing > 0 };
}

/** Throws `bad-input` where shards of one list were run of several configurations or commits. */
function refuseMixture(groups: readonly (readonly ShardRun[])[]): void {
    for (const [first, ...others] of groups) {
        for (const { plan, outDir } of others) {
            const why = whyNotTheSame(first!.plan, plan.source);
            if (why === null) continue;
            const of = ({ source = {} }: RunPlan): string =>
                Object.entries(source)
                    .map(([name, value]) => `${name} ${value.slice(0, 12)}`)
                    .join(', ') || 'nothing known';
            throw badInput(
                `${outDir} was run of ${why} than ${first!.outDir}: of ${of(plan)}, not of ${of(first!.plan)}`,
                'shards of one configuration and commit',
                'Check out one commit on all machines, and run those again that had another'
            );
        }
    }
}

/** Throws `bad-input` where folders come of lists that share a scenario and are not the same, or hold one shard twice. */
function refuseOverlap(groups: readonly (readonly ShardRun[])[]): void {
    const listedIn = new Map<string, ShardRun>();
    for (const [first] of groups) {
        for (const name of first!.plan.suite) {
            const before = listedIn.get(name);
            if (before) {
                const what = `${before.outDir} and ${first!.outDir} were run of different lists, both with "${name}"`;
                throw badInput(what, 'one list', 'Run all shards of one commit, with the same --grep and --device');
            }
            listedIn.set(name, first!);
        }
    }
    for (const group of groups) {
        const seen = new Map<string, ShardRun>();
        const ranBy = new Map<string, ShardRun>();
        for (const shard of group) {
            const { plan, outDir } = shard;
            const count = plan.shard?.count ?? 1;
            const counts = group[0]!.plan.shard?.count ?? 1;
            if (count !== counts) {
                const what = `${group[0]!.outDir} is one of ${counts} shards and ${outDir} one of ${count}`;
                throw badInput(what, 'the same n', 'Use the same n in --shard i/n');
            }
            const own = `${plan.shard?.index ?? 1}/${count}`;
            const twin = seen.get(own);
            if (twin) {
                const what = `shard ${own} is there twice: ${twin.outDir} and ${outDir}`;
                throw badInput(what, 'each shard once', 'Leave one of them out');
            }
            seen.set(own, shard);
            for (const name of plan.own) {
                const before = ranBy.get(name);
                if (before) {
                    const what = `"${name}" was run twice: in ${before.outDir} and ${outDir}`;
                    throw badInput(what, 'each scenario in one shard', 'Balance all shards by the same --durations');
                }
                ranBy.set(name, shard);
            }
        }
    }
}

/** Why a scenario of a suite has no result. */
function whyMissing(group: readonly ShardRun[]): (name: string) => string {
    const count = group[0]!.plan.shard?.count ?? 1;
    const here = new Set(group.map(({ plan }) => plan.shard?.index ?? 1));
    const absent = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !here.has(index));
    return (name) => {
        const owner = group.find(({ plan }) => plan.own.includes(name));
        if (owner) return `it has no result: the run of ${owner.outDir} was not finished. Take it up with --resume.`;
        if (absent.length > 0)
            return `it has no result: shard ${absent.map((i) => `${i}/${count}`).join(' or ')} was not given. Merge it, too.`;
        return 'it has no result: no shard ran it. Balance all shards by the same --durations.';
    };
}
