/** Finds and removes baselines that no scenario captures any more, and stored bytes that no baseline names. */
import { loadResults } from '../run/result-files.ts';
import { type CaptureEntry, CaptureStore } from './capture-store.ts';

/** What to prune. */
export interface PruneOptions {
    readonly baselineDir: string;
    /** Names of all scenarios of the configuration. */
    readonly scenarios: readonly string[];
    /** Folder of the last run: captures that its scenarios did not take are unused, too. Scenarios that broke do not count. */
    readonly outDir: string;
    /** True: only says what would be removed. */
    readonly dryRun?: boolean;
}

/** @returns What was (or would be) removed, as `scenario: capture`, and names of bytes that nothing named. */
export async function pruneBaselines(options: PruneOptions): Promise<string[]> {
    const store = new CaptureStore(options.baselineDir);
    const names = new Set(options.scenarios);
    const finished = (await loadResults(options.outDir)).map((file) => file.result);
    const taken = new Map(
        finished
            .filter((result) => result.failure === null && result.skipped === undefined)
            .map((result) => [result.name, new Set(result.captures.map(({ capture }) => capture.name))])
    );
    const used = ({ scenario, capture }: CaptureEntry): boolean =>
        names.has(scenario) && (taken.get(scenario)?.has(capture) ?? true);
    if (!options.dryRun) return store.prune(used);
    const unused = (await store.list()).filter((entry) => !used(entry));
    return unused.map(({ scenario, capture }) => `${scenario}: ${capture}`);
}
