/**
 * What becomes of a result before anybody is told of it, wherever it came from (this process, a queue): its measurements go
 * into the history and its trends into the report, what it no longer captures is added, the ledger of flakes is applied, and it
 * is kept in the run's folder.
 */
import type { CheckedConfig } from '../scenario/config.ts';
import { addHistory, readHistory, trendSections } from '../timing/history.ts';
import { readLedger, withLedger } from './flake-ledger.ts';
import type { RunFolder } from './run-folder.ts';
import type { ScenarioResult } from './run-result.ts';
import type { SuiteOptions } from './run-suite.ts';
import { withVanished } from './vanished-captures.ts';

/**
 * Reads history and ledger once, and returns what keeps a result and says how it counts.
 *
 * @param sharedRun - Id of a run that several machines collect: each notes its measurements, and they count once.
 * @throws MixreelError `bad-input` for a ledger or a history that is none.
 */
export async function resultKeeper(
    config: CheckedConfig,
    folder: RunFolder,
    options: Pick<SuiteOptions, 'today' | 'runName'>,
    sharedRun?: string
): Promise<(result: ScenarioResult) => Promise<ScenarioResult>> {
    const { title, seed, history: path } = config;
    const ledger = await readLedger(config.baselineDir);
    const today = options.today ?? new Date().toISOString().slice(0, 10);
    const history = path === undefined ? [] : await readHistory(path);
    // Another machine may have noted the same run already.
    const earlier = sharedRun === undefined ? history : history.filter((entry) => entry.sharedRun !== sharedRun);
    const run = { run: options.runName ?? sharedRun ?? today, ...(sharedRun === undefined ? {} : { sharedRun }) };
    return async (result) => {
        const noted = await withVanished(config, await addHistory(path, run, result));
        const drawn = { ...noted, sections: [...result.sections, ...trendSections(earlier, result)] };
        return folder.keep({ title, seed }, withLedger(drawn, ledger, today));
    };
}
