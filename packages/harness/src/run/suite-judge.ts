/**
 * Judges against stored baselines, keeps what was captured for approving, and takes baselines where the policy says so. What
 * cannot be stored or read (a full disk, a folder that may not be written, a damaged baseline) is a verdict of that capture.
 *
 * What is the baseline byte for byte needs no judgement: lossless formats are compared as data, which spares coding (10 ms
 * instead of seconds at 4K), the others by the digest of their code, which they need anyway.
 */
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { decodeCapture, encodeCapture } from '../baseline/capture-format.ts';
import { type Approval, type CaptureEntry, CaptureStore, captureEntry } from '../baseline/capture-store.ts';
import type { UpdatePolicy } from '../scenario/config.ts';
import { type Capture, type CaptureData, type JudgeKind, SELF_CONTAINED } from '../verdict/capture.ts';
import { captureFault } from '../verdict/capture-fault.ts';
import { pictureData, rgba8Of } from '../verdict/picture-data.ts';
import { sameData } from '../verdict/same-data.ts';
import { plainVerdict, type Verdict } from '../verdict/verdict.ts';
import { capturedPicture, judgeCapture, type PicturePolicy } from './judge-capture.ts';
import type { CaptureResult } from './run-result.ts';

/** Where a suite keeps things, and what may become a baseline. Plain data: it crosses to worker processes. */
export interface SuiteJudgeOptions {
    readonly baselineDir: string;
    /** The run's folder; left out: what was captured is not kept, and cannot be approved later. */
    readonly outDir?: string;
    readonly update: UpdatePolicy;
    /** Default `failed`. */
    readonly pictures?: PicturePolicy;
    /** Noted with baselines that are taken; those that replace one need it. */
    readonly approval?: Approval;
    /** See HarnessConfig. */
    readonly metrics?: Readonly<Record<string, string>>;
    /** See HarnessConfig. */
    readonly suite?: string;
}

/** A judged capture, and whether it became the baseline. */
export interface SuiteVerdict {
    readonly result: CaptureResult;
    readonly taken: boolean;
}

/** See the file comment. */
export class SuiteJudge {
    readonly #baselines: CaptureStore;
    readonly #captures: CaptureStore | null;
    readonly #options: SuiteJudgeOptions;

    constructor(options: SuiteJudgeOptions) {
        this.#baselines = new CaptureStore(options.baselineDir);
        const { outDir } = options;
        this.#captures = outDir === undefined ? null : new CaptureStore(join(outDir, CAPTURES_FOLDER));
        this.#options = options;
    }

    /**
     * Rejects only for bugs.
     *
     * @param signal - Aborted once nobody waits for the verdict: then nothing becomes a baseline any more.
     */
    async judge(scenario: string, capture: Capture, signal?: AbortSignal): Promise<SuiteVerdict> {
        try {
            return await this.#judge(scenario, capture, signal);
        } catch (error) {
            if (!(error instanceof MixreelError)) throw error;
            const { name, judge } = capture;
            const verdict = plainVerdict('error', error.message);
            return { result: { capture: { name, judge }, against: 'none', verdict }, taken: false };
        }
    }

    async #judge(scenario: string, capture: Capture, signal: AbortSignal | undefined): Promise<SuiteVerdict> {
        const { pictures = 'failed', metrics, suite } = this.#options;
        const { name, judge, data, expected, scenarioFailure } = capture;
        // Data stays in files: a suite of a thousand pictures does not fit in memory.
        if (expected || SELF_CONTAINED.has(judge.kind))
            return notTaken(await judgeCapture(scenario, capture, undefined, pictures, metrics));
        const found = await readBaseline(this.#baselines, scenario, name);
        const broken = captureFault(data, judge.kind);
        const fault = broken ?? (scenarioFailure === undefined ? null : `its scenario failed: ${scenarioFailure}`);
        const own = { ...(suite === undefined ? {} : { suite }), ...(fault === null ? {} : { fault }) };
        const comparable = broken === null && pictures !== 'always';
        const baseline = comparable && found.stored?.entry.judge === judge.kind ? found.stored : null;
        const equal = (): SuiteVerdict => {
            const verdict = plainVerdict('passed', 'byte for byte the baseline');
            return notTaken({ capture: { name, judge }, against: 'baseline', verdict, ...approvalOf(baseline) });
        };
        if (baseline && LOSSLESS.has(judge.kind) && isSame(baseline, data)) {
            const { suite: _, ...entry } = baseline.entry;
            await this.#captures?.put({ ...entry, approval: null, ...own }, baseline.bytes);
            return equal();
        }
        const encoded = encodeCapture(data, judge.kind);
        const entry = captureEntry({ scenario, capture: name, judge: judge.kind, approval: null, ...own }, encoded);
        await this.#captures?.put(entry, encoded.bytes);
        if (entry.sha256 === baseline?.entry.sha256) return equal();
        const result = await this.#compare(scenario, capture, found);
        if (signal?.aborted || !this.#wants(found, result, fault)) return notTaken(result);
        const approval = this.#options.approval ?? { reason: `taken by --update ${this.#options.update}` };
        await this.#baselines.take({ ...entry, approval }, encoded.bytes);
        const verdict = plainVerdict('passed', `taken as the baseline: ${approval.reason}`);
        return { result: { capture: { name, judge }, against: 'none', verdict }, taken: true };
    }

    /** Judged against the baseline; what is wrong with the baseline itself is an error that says so, and shows what was captured. */
    async #compare(scenario: string, capture: Capture, { stored, damage }: Found): Promise<CaptureResult> {
        const { pictures = 'failed', metrics, suite } = this.#options;
        const { name, judge, data } = capture;
        const against = (verdict: Verdict): CaptureResult => ({
            capture: { name, judge },
            against: 'baseline',
            verdict
        });
        if (damage !== null) {
            const verdict = plainVerdict('error', damage);
            return against(pictures === 'never' ? verdict : { ...verdict, pictures: capturedPicture(data) });
        }
        if (stored && stored.entry.judge !== judge.kind)
            return {
                ...against(plainVerdict('failed', changedKind(stored.entry.judge, judge.kind))),
                ...approvalOf(stored)
            };
        const load = async (): Promise<CaptureData | null> => stored?.data() ?? null;
        const judged = await judgeCapture(scenario, capture, { load }, pictures, metrics);
        const result = { ...judged, ...(judged.against === 'baseline' ? approvalOf(stored) : {}) };
        const owner = stored?.entry.suite ?? suite;
        if (owner === suite || result.verdict.status !== 'failed') return result;
        const message = `${result.verdict.message} (the baseline is of ${owner}, which has the same names)`;
        return { ...result, verdict: { ...result.verdict, message } };
    }

    /** True if a capture is to become the baseline. Nothing that could not be judged (blank, NaN) is, and nothing of a scenario that failed. */
    #wants({ stored, damage }: Found, { verdict }: CaptureResult, fault: string | null): boolean {
        const { update, approval } = this.#options;
        if (fault !== null) return false;
        const replaces = update === 'approved' && approval !== undefined;
        // In the place of a damaged baseline, too, only by somebody's word: what it was is not known.
        if (damage !== null) return replaces;
        if (verdict.status === 'error') return false;
        return stored ? replaces && verdict.status === 'failed' : update !== 'never';
    }
}

/** Kinds that are kept as they are captured (8 bits, for pictures). */
const LOSSLESS: ReadonlySet<JudgeKind> = new Set<JudgeKind>(['exact', 'deterministic', 'counters']);

/** A baseline as it is in its folder. */
interface StoredBaseline {
    readonly entry: CaptureEntry;
    readonly bytes: Uint8Array;
    /** Decoded once. Throws `bad-input` for bytes that are not what they should be. */
    readonly data: () => CaptureData;
}

/** Null: there is none; or why the one that is there cannot be used. */
interface Found {
    readonly stored: StoredBaseline | null;
    readonly damage: string | null;
}

async function readBaseline(store: CaptureStore, scenario: string, name: string): Promise<Found> {
    try {
        const entry = await store.entry(scenario, name);
        if (!entry) return { stored: null, damage: null };
        const bytes = await store.bytes(entry);
        let decoded: CaptureData | undefined;
        const data = (): CaptureData => (decoded ??= decodeCapture({ format: entry.format, bytes }));
        return { stored: { entry, bytes, data }, damage: null };
    } catch (error) {
        if (!(error instanceof MixreelError && error.code === 'bad-input')) throw error;
        return { stored: null, damage: error.message };
    }
}

/** True for the baseline's own data: nothing has to be coded or judged. */
function isSame({ entry, data: baseline }: StoredBaseline, data: CaptureData): boolean {
    try {
        // A picture is kept with 8 bits: those are what can be the same.
        const kept = entry.format === 'png' && data.kind === 'frame' ? pictureData(rgba8Of(data)) : data;
        return sameData(baseline(), kept);
    } catch {
        // A damaged baseline is told of where it is judged.
        return false;
    }
}

function approvalOf(stored: StoredBaseline | null): { readonly approval?: Approval } {
    const approval = stored?.entry.approval;
    return approval ? { approval } : {};
}

function changedKind(was: JudgeKind, is: JudgeKind): string {
    return `the baseline was approved to be judged "${was}", not "${is}": approve it anew`;
}

function notTaken(result: CaptureResult): SuiteVerdict {
    return { result: withoutData(result), taken: false };
}

function withoutData({ data: _, ...result }: CaptureResult): CaptureResult {
    return result;
}
