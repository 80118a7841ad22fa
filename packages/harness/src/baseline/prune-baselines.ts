/**
 * Finds and removes baselines that no scenario captures any more, and stored bytes that no baseline names. Configurations may
 * share a folder of baselines: only those of the ones at hand are removed, since what looks unused may be a sibling's.
 */
import { loadResults } from '../run/result-files.ts';
import type { ScenarioResult } from '../run/run-result.ts';
import { type CaptureEntry, CaptureStore } from './capture-store.ts';

/** A configuration whose baselines are to be pruned. */
export interface PrunedSuite {
    /** Its HarnessConfig.suite; left out: baselines that know no suite are its own. */
    readonly suite?: string;
    /** Names of all its scenarios. */
    readonly scenarios: readonly string[];
    /** Folder of its last run: captures that its scenarios did not take are unused, too. Scenarios that broke do not count. */
    readonly outDir: string;
}

/** What to prune. */
export interface PruneOptions {
    readonly baselineDir: string;
    readonly suites: readonly PrunedSuite[];
    /** True: nobody else keeps baselines there, so that those of other suites, or of none, are unused as well. Default false. */
    readonly others?: boolean;
    /** True: only says what would be removed. */
    readonly dryRun?: boolean;
}

/** What pruning came to. */
export interface PruneResult {
    /** What was (or would be) removed, as `scenario: capture`, and names of bytes that nothing named. */
    readonly removed: readonly string[];
    /** Not used by the suites at hand, and kept because it may be another's. */
    readonly kept: readonly CaptureEntry[];
}

/** See the file comment. Throws `bad-input` for a folder with a damaged entry: what it names must not be removed. */
export async function pruneBaselines(options: PruneOptions): Promise<PruneResult> {
    const { baselineDir, suites, others = false, dryRun = false } = options;
    const uses = await Promise.all(suites.map(usedBy));
    const used = (entry: CaptureEntry): boolean => uses.some((by) => by(entry));
    // Of one that does not say whose it is its scenario tells, if one of them has it.
    const known = ({ suite, scenario }: CaptureEntry): boolean =>
        others ||
        suites.some((own) => own.suite === suite || (suite === undefined && own.scenarios.includes(scenario)));
    const kept: CaptureEntry[] = [];
    const keep = (entry: CaptureEntry): boolean => {
        if (used(entry)) return true;
        if (known(entry)) return false;
        kept.push(entry);
        return true;
    };
    return { removed: await new CaptureStore(baselineDir).prune(keep, dryRun), kept };
}

async function usedBy({ scenarios, outDir }: PrunedSuite): Promise<(entry: CaptureEntry) => boolean> {
    const names = new Set(scenarios);
    const taken = capturesOf((await loadResults(outDir)).map((file) => file.result));
    return ({ scenario, capture }) => names.has(scenario) && (taken.get(scenario)?.has(capture) ?? true);
}

/** What scenarios took that came to their end. */
function capturesOf(results: readonly ScenarioResult[]): Map<string, ReadonlySet<string>> {
    const finished = results.filter((result) => result.failure === null && result.skipped === undefined);
    return new Map(
        finished.map(({ name, captures }) => {
            const taken = captures.filter(({ vanished }) => !vanished);
            return [name, new Set(taken.map(({ capture }) => capture.name))];
        })
    );
}
