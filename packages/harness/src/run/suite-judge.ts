/**
 * Judges against stored baselines, keeps what was captured for approving, and takes baselines where the policy says so. What
 * cannot be stored or read (a full disk, a folder that may not be written) is a verdict of that capture.
 */
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { type Approval, CaptureStore } from '../baseline/capture-store.ts';
import type { UpdatePolicy } from '../scenario/config.ts';
import { type Capture, SELF_CONTAINED } from '../verdict/capture.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { judgeCapture, type PicturePolicy } from './judge-capture.ts';
import type { CaptureResult } from './run-result.ts';

/** Where a suite keeps things, and what may become a baseline. Plain data: it crosses to worker threads. */
export interface SuiteJudgeOptions {
    readonly baselineDir: string;
    readonly outDir: string;
    readonly update: UpdatePolicy;
    /** Default `failed`. */
    readonly pictures?: PicturePolicy;
    /** Noted with baselines that are taken. */
    readonly approval?: Approval;
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

    async #judge(scenario: string, capture: Capture): Promise<SuiteVerdict> {
        const { pictures = 'failed', update } = this.#options;
        const { name, judge, data, expected } = capture;
        const not = (result: CaptureResult): SuiteVerdict => ({ result: withoutData(result), taken: false });
        // Data stays in files: a suite of a thousand pictures does not fit in memory.
        if (expected || SELF_CONTAINED.has(judge.kind))
            return not(await judgeCapture(scenario, capture, undefined, pictures));
        const entry = await this.#captures.save(scenario, name, judge.kind, data, null);
        const baseline = await this.#baselines.entry(scenario, name);
        const summary = { capture: { name, judge } };
        if (baseline?.sha256 === entry.sha256 && baseline.judge === judge.kind) {
            const verdict = plainVerdict('passed', 'byte for byte the baseline');
            return not({ ...summary, against: 'baseline', verdict });
        }
        if (baseline && baseline.judge !== judge.kind && update !== 'approved') {
            const message = `the baseline was approved to be judged "${baseline.judge}", not "${judge.kind}": approve it anew`;
            return not({ ...summary, against: 'baseline', verdict: plainVerdict('failed', message) });
        }
        const result = await judgeCapture(scenario, capture, this.#baselines, pictures);
        const wanted = baseline ? update === 'approved' && result.verdict.status === 'failed' : update !== 'never';
        // A capture that could not be judged (blank, NaN) is never taken; save refuses it once more.
        if (!wanted || result.verdict.status === 'error') return not(result);
        const approval = this.#options.approval ?? { reason: `taken by --update ${update}` };
        await this.#baselines.save(scenario, name, judge.kind, data, approval);
        const verdict = plainVerdict('passed', `taken as the baseline: ${approval.reason}`);
        return { result: { ...summary, against: 'none', verdict }, taken: true };
    }
}

function withoutData({ data: _, ...result }: CaptureResult): CaptureResult {
    return result;
}
