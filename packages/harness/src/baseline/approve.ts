/**
 * Approving: the last run's captures become the baselines, as they are, without rendering anything again. One, some or all,
 * always with a reason.
 */
import { join } from 'node:path';
import { badInput } from '@mixreel/core';
import { decodeCapture } from './capture-format.ts';
import { type Approval, type CaptureEntry, CaptureStore, refuseFault } from './capture-store.ts';

/** Where a run leaves its captures inside its folder. */
export const CAPTURES_FOLDER = 'captures';

/** What to approve. */
export interface ApproveOptions {
    /** The run's folder: `out/test`. */
    readonly outDir: string;
    readonly baselineDir: string;
    readonly approval: Approval;
    /** Which captures. Default: all that differ from their baselines. */
    readonly select?: (entry: CaptureEntry) => boolean;
}

/** What became of each capture that was selected. */
export interface ApproveResult {
    readonly approved: readonly CaptureEntry[];
    /** Already the baseline, byte for byte. */
    readonly unchanged: readonly CaptureEntry[];
    /** Cannot be a baseline, and why. */
    readonly refused: readonly { readonly entry: CaptureEntry; readonly why: string }[];
}

/** See the file comment. Throws `bad-input` without a reason, or where there is nothing to approve. */
export async function approve(options: ApproveOptions): Promise<ApproveResult> {
    const { approval, outDir, baselineDir, select = () => true } = options;
    if (approval.reason.trim() === '')
        throw badInput('an approval has no reason', 'a sentence', 'Say why it is right: --reason "new sofa"');
    const from = new CaptureStore(join(outDir, CAPTURES_FOLDER));
    const to = new CaptureStore(baselineDir);
    const all = await from.list();
    if (all.length === 0)
        throw badInput(`${outDir} holds no captures`, 'the folder of a run', 'Run mixreel test first');
    const selected = all.filter(select);
    if (selected.length === 0) {
        const names = all.slice(0, 10).map((entry) => `${entry.scenario}: ${entry.capture}`);
        throw badInput('nothing was selected', `one of ${names.join(', ')}`, 'Correct the names');
    }
    const result = {
        approved: [] as CaptureEntry[],
        unchanged: [] as CaptureEntry[],
        refused: [] as { entry: CaptureEntry; why: string }[]
    };
    for (const entry of selected) {
        const before = await to.entry(entry.scenario, entry.capture);
        if (before?.sha256 === entry.sha256 && before.judge === entry.judge) {
            result.unchanged.push(entry);
            continue;
        }
        const bytes = await from.bytes(entry);
        try {
            refuseFault(entry.scenario, entry.capture, decodeCapture({ format: entry.format, bytes }));
        } catch (error) {
            result.refused.push({ entry, why: (error as Error).message });
            continue;
        }
        const approved = { ...entry, approval };
        await to.put(approved, bytes);
        result.approved.push(approved);
    }
    return result;
}
