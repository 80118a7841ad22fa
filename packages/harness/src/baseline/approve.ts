/**
 * Approving: the last run's captures become the baselines, as they are, without rendering anything again. One, some or all,
 * always with a reason. What the run found to be no picture, or took of a scenario that failed, is refused; a baseline whose
 * file is missing or damaged is mended.
 *
 * What passed keeps its baseline: noise is never the same twice, and a baseline that followed it would walk away in steps that
 * no judgement finds, each with somebody's reason for something else.
 */
import { join } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { loadResults } from '../run/result-files.ts';
import { loadPlan } from '../run/run-plan.ts';
import { type Approval, type CaptureEntry, CaptureStore, labelOf } from './capture-store.ts';
import { selectCaptures } from './select-captures.ts';

/** Where a run leaves its captures inside its folder. */
export const CAPTURES_FOLDER = 'captures';

/** What to approve. */
export interface ApproveOptions {
    /** The run's folder: `out/test`. */
    readonly outDir: string;
    readonly baselineDir: string;
    /** Its commit is the run's unless it says another. */
    readonly approval: Approval;
    /** The configuration whose baselines these are, see HarnessConfig: captures of others are left out. */
    readonly suite?: string;
    /** Which captures, as people name them: see {@link selectCaptures}. Default: all. */
    readonly names?: readonly string[];
    /** Which of these. Default: all. */
    readonly select?: (entry: CaptureEntry) => boolean;
    /** True: what passed, too. Default: only where a name chooses one capture alone. */
    readonly passed?: boolean;
}

/** What became of each capture that was selected. */
export interface ApproveResult {
    readonly approved: readonly CaptureEntry[];
    /** Already the baseline, byte for byte or by its verdict. */
    readonly unchanged: readonly CaptureEntry[];
    /** Cannot be a baseline, and why. */
    readonly refused: readonly { readonly entry: CaptureEntry; readonly why: string }[];
    /** Of other configurations: a run may be merged of several. */
    readonly others: readonly CaptureEntry[];
}

/**
 * See the file comment.
 *
 * @throws MixreelError `bad-input` without a reason, where there is nothing to approve, or for a name that is not one capture's;
 * then nothing is approved. `environment` if the baselines cannot be written.
 */
export async function approve(options: ApproveOptions): Promise<ApproveResult> {
    const { outDir, baselineDir, names = [], select = () => true } = options;
    if (options.approval.reason.trim() === '')
        throw badInput('an approval has no reason', 'a sentence', 'Say why it is right: --reason "new sofa"');
    const from = new CaptureStore(join(outDir, CAPTURES_FOLDER));
    const captured = await from.list();
    if (captured.length === 0)
        throw badInput(`${outDir} holds no captures`, 'the folder of a run', 'Run mixreel test first');
    const isOwn = ({ suite }: CaptureEntry): boolean => suite === undefined || suite === (options.suite ?? suite);
    const all = captured.filter(isOwn);
    if (all.length === 0)
        throw badInput(
            `${outDir} holds captures of ${captured[0]!.suite} only`,
            `a run of ${options.suite}`,
            'Name the configuration of the run (--config), or run it again'
        );
    const selected = selectCaptures(all, names).filter(select);
    if (selected.length === 0)
        throw badInput(
            'nothing was selected',
            `one of ${all.slice(0, 10).map(labelOf).join(', ')}`,
            'Correct the names'
        );
    const commit = (await loadPlan(outDir))?.source?.['commit'];
    const approval = { ...(commit === undefined ? {} : { commit }), ...options.approval };
    const to = new CaptureStore(baselineDir);
    const result = {
        approved: [] as CaptureEntry[],
        unchanged: [] as CaptureEntry[],
        refused: [] as { entry: CaptureEntry; why: string }[],
        others: captured.filter((entry) => !isOwn(entry))
    };
    const passed = options.passed ? new Set<string>() : await passedCaptures(outDir);
    for (const alone of names.map((name) => selectCaptures(all, [name])))
        if (alone.length === 1) passed.delete(labelOf(alone[0]!));
    for (const entry of selected) {
        if (await keepsBaseline(to, entry, passed.has(labelOf(entry)))) {
            result.unchanged.push(entry);
            continue;
        }
        try {
            const approved = { ...entry, approval };
            await to.take(approved, await from.bytes(entry));
            result.approved.push(approved);
        } catch (error) {
            if (!(error instanceof MixreelError && error.code === 'bad-input')) throw error;
            result.refused.push({ entry, why: error.message });
        }
    }
    return result;
}

/** Captures that were judged to be like their baselines, by their labels. */
async function passedCaptures(outDir: string): Promise<Set<string>> {
    const results = (await loadResults(outDir)).map((file) => file.result);
    const labels = results.flatMap(({ name: scenario, captures }) =>
        captures
            .filter(({ verdict, against }) => verdict.status === 'passed' && against === 'baseline')
            .map(({ capture }) => labelOf({ scenario, capture: capture.name }))
    );
    return new Set(labels);
}

/**
 * True if there is a baseline that an entry leaves as it is: its own bytes, or one that it is like. A baseline of a configuration
 * that was renamed becomes the entry's.
 *
 * @param like - It passed.
 */
async function keepsBaseline(to: CaptureStore, entry: CaptureEntry, like: boolean): Promise<boolean> {
    // A damaged one is as none.
    const before = await to.entry(entry.scenario, entry.capture).catch(() => null);
    if (before?.judge !== entry.judge || !(like || before.sha256 === entry.sha256)) return false;
    if (!(await to.holds(before))) return false;
    const { suite } = entry;
    if (suite !== undefined && before.suite !== suite) await to.put({ ...before, suite }, await to.bytes(before));
    return true;
}
