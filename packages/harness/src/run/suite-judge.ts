/**
 * Judges against stored baselines, keeps what was captured for approving, and takes baselines where the policy says so. What
 * cannot be stored or read (a full disk, a folder that may not be written) is a verdict of that capture.
 */
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { decodeCapture } from '../baseline/capture-format.ts';
import { type Approval, type CaptureEntry, CaptureStore } from '../baseline/capture-store.ts';
import type { UpdatePolicy } from '../scenario/config.ts';
import { type Capture, type CaptureData, SELF_CONTAINED } from '../verdict/capture.ts';
import { captureFault } from '../verdict/capture-fault.ts';
import { pictureData, rgba8Of } from '../verdict/picture-data.ts';
import { sameData } from '../verdict/same-data.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { judgeCapture, type PicturePolicy } from './judge-capture.ts';
import type { CaptureResult } from './run-result.ts';

/** Where a suite keeps things, and what may become a baseline. Plain data: it crosses to worker processes. */
export interface SuiteJudgeOptions {
    readonly baselineDir: string;
    readonly outDir: string;
    readonly update: UpdatePolicy;
    /** Default `failed`. */
    readonly pictures?: PicturePolicy;
    /** Noted with baselines that are taken; those that replace one need it. */
    readonly approval?: Approval;
    /** See HarnessConfig. */
    readonly metrics?: Readonly<Record<string, string>>;
}

/** A judged capture, and whether it became the baseline. */
export interface SuiteVerdict {
    readonly result: CaptureResult;
    readonly taken: boolean;
}

/** See the file comment. */
export class SuiteJudge {
    readonly #baselines: CaptureStore;
    readonly #captures: CaptureStore;
    readonly #options: SuiteJudgeOptions;

    constructor(options: SuiteJudgeOptions) {
        this.#baselines = new CaptureStore(options.baselineDir);
        this.#captures = new CaptureStore(join(options.outDir, CAPTURES_FOLDER));
        this.#options = options;
    }

    /** Rejects only for bugs. */
    async judge(scenario: string, capture: Capture): Promise<SuiteVerdict> {
        try {
            return await this.#judge(scenario, capture);
        } catch (error) {
            if (!(error instanceof MixreelError)) throw error;
            const { name, judge } = capture;
            const verdict = plainVerdict('error', error.message);
            return { result: { capture: { name, judge }, against: 'none', verdict }, taken: false };
        }
    }

    /** Null if there is none. Throws `bad-input` for one that is damaged. */
    async #readBaseline(scenario: string, name: string): Promise<StoredBaseline | null> {
        const entry = await this.#baselines.entry(scenario, name);
        const bytes = entry && (await this.#baselines.bytes(entry));
        return entry && bytes ? { entry, bytes } : null;
    }

    async #judge(scenario: string, capture: Capture): Promise<SuiteVerdict> {
        const { pictures = 'failed', update, metrics } = this.#options;
        const { name, judge, data, expected } = capture;
        const not = (result: CaptureResult): SuiteVerdict => ({ result: withoutData(result), taken: false });
        // Data stays in files: a suite of a thousand pictures does not fit in memory.
        if (expected || SELF_CONTAINED.has(judge.kind))
            return not(await judgeCapture(scenario, capture, undefined, pictures, metrics));
        const summary = { capture: { name, judge } };
        const baseline = await this.#readBaseline(scenario, name);
        if (baseline?.entry.judge === judge.kind && pictures !== 'always' && isSame(baseline, data)) {
            await this.#captures.put({ ...baseline.entry, approval: null }, baseline.bytes);
            const verdict = plainVerdict('passed', 'byte for byte the baseline');
            return not({ ...summary, against: 'baseline', verdict });
        }
        await this.#captures.save(scenario, name, judge.kind, data, null);
        if (baseline && baseline.entry.judge !== judge.kind && update !== 'approved') {
            const message = `the baseline was approved to be judged "${baseline.entry.judge}", not "${judge.kind}": approve it anew`;
            return not({ ...summary, against: 'baseline', verdict: plainVerdict('failed', message) });
        }
        const result = await judgeCapture(scenario, capture, this.#baselines, pictures, metrics);
        const replaces = update === 'approved' && this.#options.approval !== undefined;
        const wanted = baseline ? replaces && result.verdict.status === 'failed' : update !== 'never';
        // A capture that could not be judged (blank, NaN) is never taken; save refuses it once more.
        if (!wanted || result.verdict.status === 'error') return not(result);
        const approval = this.#options.approval ?? { reason: `taken by --update ${update}` };
        await this.#baselines.save(scenario, name, judge.kind, data, approval);
        const verdict = plainVerdict('passed', `taken as the baseline: ${approval.reason}`);
        return { result: { ...summary, against: 'none', verdict }, taken: true };
    }
}

interface StoredBaseline {
    readonly entry: CaptureEntry;
    readonly bytes: Uint8Array;
}

/** True for the baseline's own data: nothing has to be coded or judged. */
function isSame({ entry, bytes }: StoredBaseline, data: CaptureData): boolean {
    if (captureFault(data)) return false;
    try {
        // A picture is kept with 8 bits: those are what can be the same.
        const kept = entry.format === 'png' && data.kind === 'frame' ? pictureData(rgba8Of(data)) : data;
        return sameData(decodeCapture({ format: entry.format, bytes }), kept);
    } catch {
        // A damaged baseline is told of where it is judged.
        return false;
    }
}

function withoutData({ data: _, ...result }: CaptureResult): CaptureResult {
    return result;
}
