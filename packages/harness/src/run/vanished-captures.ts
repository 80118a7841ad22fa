/**
 * Captures that have a baseline and that their scenario, which came to its end, no longer took. On purpose or not: what was
 * compared is compared no more, and must not look like what passes. Each is a failure of its own until it is taken again, or its
 * baseline is pruned.
 */
import { type CaptureEntry, CaptureStore } from '../baseline/capture-store.ts';
import { worstStatus } from '../report/report.ts';
import type { CheckedConfig } from '../scenario/config.ts';
import type { Judge } from '../verdict/capture.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { markOf } from './resume.ts';
import type { CaptureResult, ScenarioResult } from './run-result.ts';

/** The result with them. What else is wrong with the folder of baselines is told of where a capture is judged by it. */
export async function withVanished(
    { baselineDir, suite }: Pick<CheckedConfig, 'baselineDir' | 'suite'>,
    result: ScenarioResult
): Promise<ScenarioResult> {
    if (result.failure !== null || result.skipped !== undefined) return result;
    const taken = new Set(result.captures.map(({ capture }) => capture.name));
    // Where either has no name, that of the scenario tells.
    const isOwn = (entry: CaptureEntry): boolean =>
        suite === undefined || entry.suite === undefined || entry.suite === suite;
    const entries = await new CaptureStore(baselineDir).entriesOf(result.name);
    const gone = entries.filter((entry) => isOwn(entry) && !taken.has(entry.capture));
    if (gone.length === 0) return result;
    const captures = [...result.captures, ...gone.map(vanished)];
    return { ...result, captures, status: worstStatus(captures.map(({ verdict }) => verdict.status)) };
}

function vanished(entry: CaptureEntry): CaptureResult {
    const { capture: name, judge: kind, approval } = entry;
    const message =
        'it has a baseline and was not captured: capture it again, or remove what is unused (mixreel prune)';
    return {
        capture: { name, judge: { kind } as Judge },
        against: 'baseline',
        baseline: markOf(entry),
        ...(approval ? { approval } : {}),
        vanished: true,
        verdict: plainVerdict('failed', message)
    };
}
