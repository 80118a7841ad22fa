/**
 * What an earlier run of the same folder found, as far as it still stands. It does not where the verdict is an error, where the
 * seed is another, where a baseline that it was judged against has been replaced since, or where somebody vouches for it in the
 * ledger of flakes: those scenarios run again. What was approved from that very run needs no run: it is the baseline now.
 */
import { join } from 'node:path';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { type Approval, type CaptureEntry, CaptureStore } from '../baseline/capture-store.ts';
import { worstStatus } from '../report/report.ts';
import type { CheckedConfig } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { readLedger } from './flake-ledger.ts';
import { loadResults, saveResult } from './result-files.ts';
import { loadPlan, type RunPlan, whyNotTheSame } from './run-plan.ts';
import type { CaptureResult, ScenarioResult } from './run-result.ts';

/** The baseline of a capture as it is now, to be told from what it is later; null: none. */
export async function baselineMark(baselines: CaptureStore, scenario: string, capture: string): Promise<string | null> {
    try {
        const entry = await baselines.entry(scenario, capture);
        return entry && markOf(entry);
    } catch {
        // Whoever judges tells what is wrong with it.
        return 'damaged';
    }
}

/** What tells a baseline from another of its capture. */
export function markOf({ judge, sha256 }: CaptureEntry): string {
    return `${judge} ${sha256}`;
}

/** What is taken up of an earlier run, null: nothing; and why, where it was asked for. */
interface TakenUp {
    readonly before: readonly ScenarioResult[] | null;
    readonly notResumed: string | null;
}

/** What a run is of, for its plan. */
export function originOf({
    source,
    changes
}: Pick<RunPlan, 'source' | 'changes'>): Pick<RunPlan, 'source' | 'changes'> {
    return { ...(source === undefined ? {} : { source }), ...(changes === undefined ? {} : { changes }) };
}

/** See {@link standingResults}: what stands of an earlier run of the same source, if that is asked for. */
export async function takeUp(
    config: CheckedConfig,
    scenarios: readonly Scenario[],
    { resume = false, source, changes }: { readonly resume?: boolean } & Pick<RunPlan, 'source' | 'changes'>
): Promise<TakenUp> {
    if (!resume) return { before: null, notResumed: null };
    const plan = await loadPlan(config.outDir);
    const sameChanges = plan === null || plan.changes === changes;
    const notResumed = whyNotTheSame(plan, source) ?? (sameChanges ? null : 'other changes that are not committed');
    return { before: notResumed === null ? await standingResults(config, scenarios) : null, notResumed };
}

/** All that a run has so far whose process ended in a scenario, that one apart. */
export async function goOn(
    { outDir, seed }: CheckedConfig,
    scenarios: readonly Scenario[],
    endedIn: string
): Promise<TakenUp> {
    const own = new Set(scenarios.map(({ name }) => name).filter((name) => name !== endedIn));
    const files = (await loadResults(outDir)).filter((file) => file.seed === seed && own.has(file.result.name));
    return { before: files.map(({ result }) => result), notResumed: null };
}

/**
 * Earlier results of these scenarios that need not be had again: see the file comment.
 *
 * @throws MixreelError `bad-input` for a ledger that is none; `environment` if a result that changed cannot be kept.
 */
async function standingResults(
    { outDir, baselineDir, title, seed }: CheckedConfig,
    scenarios: readonly Scenario[]
): Promise<ScenarioResult[]> {
    const own = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
    const flaky = new Set((await readLedger(baselineDir)).map(({ scenario }) => scenario));
    const stores = [new CaptureStore(baselineDir), new CaptureStore(join(outDir, CAPTURES_FOLDER))] as const;
    const standing: ScenarioResult[] = [];
    for (const { seed: was, result } of await loadResults(outDir)) {
        const scenario = own.get(result.name);
        if (was !== seed || result.status === 'error' || !scenario || scenario.seed !== result.seed) continue;
        if (flaky.has(result.name) || wasVouchedFor(result)) continue;
        const now = await asOfNow(result, ...stores);
        if (!now) continue;
        // Merging reads it, too.
        if (now !== result) await saveResult(outDir, { title, seed }, now);
        standing.push(now);
    }
    return standing;
}

function wasVouchedFor({ captures, attempts, skipped }: ScenarioResult): boolean {
    return captures.some(({ quarantine }) => quarantine) || (attempts > 0 && skipped !== undefined);
}

/** The result beside the baselines as they are now; null where only a run can tell. */
async function asOfNow(
    result: ScenarioResult,
    baselines: CaptureStore,
    captures: CaptureStore
): Promise<ScenarioResult | null> {
    const now: CaptureResult[] = [];
    for (const before of result.captures) {
        const { name } = before.capture;
        const mark = before.against === 'expected' ? undefined : await baselineMark(baselines, result.name, name);
        if (mark === before.baseline) now.push(before);
        else if (mark && mark === (await baselineMark(captures, result.name, name)))
            now.push(approved(before, mark, (await baselines.entry(result.name, name))?.approval));
        else return null;
    }
    const changed = now.some((capture, i) => capture !== result.captures[i]);
    return changed ? { ...result, captures: now, status: worstStatus(now.map((c) => c.verdict.status)) } : result;
}

function approved({ capture }: CaptureResult, baseline: string, approval: Approval | null = null): CaptureResult {
    const verdict = plainVerdict('passed', 'approved since: byte for byte the baseline');
    return { capture, against: 'baseline', baseline, ...(approval ? { approval } : {}), verdict };
}
