/**
 * Matchers for vitest, by the same judgements and the same baselines: `expect(frame).toMatchBaseline('sofa')`.
 *
 * In a setup file: `import { expect } from 'vitest'; import { baselineMatchers } from '@mixreel/harness/vitest';
 * expect.extend(baselineMatchers({ baselineDir: 'test/baselines' }));`
 *
 * A matcher knows the file and the name of its test; a baseline is found by both and its own name. `update: 'missing'` takes
 * what has none, as `vitest --update` does for snapshots; `update: 'approved'` also what differs, and so needs a reason
 * (`approval: { reason: 'new sofa' }`); a blank capture is never taken. What no test compares any more `unusedBaselines` finds. `.not` asks for a difference that was found: without a
 * baseline, or where nothing could be judged (blank, NaN), it throws.
 */
import { relative } from 'node:path';
import { badInput, type MixreelError } from '@mixreel/core';
import { Frame } from '@mixreel/image';
// What is declared below belongs to it.
import type {} from 'vitest';
import type { Approval } from '../baseline/capture-store.ts';
import { SuiteJudge } from '../run/suite-judge.ts';
import { collectCaptures } from '../scenario/captures.ts';
import type { UpdatePolicy } from '../scenario/config.ts';
import { type Capture, type Judge, withoutKind } from '../verdict/capture.ts';
import type { MomentsImage } from '../verdict/moments-image.ts';

/** Options of {@link baselineMatchers}. */
export interface MatcherOptions {
    /** Folder of approved baselines. */
    readonly baselineDir: string;
    /** Default `never`. */
    readonly update?: UpdatePolicy;
    /** Who says that what is taken is right, and why; `update: 'approved'` needs it. */
    readonly approval?: Approval;
    /** Names of test files are relative to this. Default: the current folder. */
    readonly root?: string;
    /** See HarnessConfig. */
    readonly metrics?: Readonly<Record<string, string>>;
}

/** What a matcher can be given: bytes (exact), a frame (deterministic), moments or frames of several seeds (stochastic). */
export type Matchable = Uint8Array | Frame | MomentsImage | readonly Frame[] | Readonly<Record<string, number>>;

/** The state that vitest binds to a matcher; only what is used. */
export interface MatcherState {
    readonly testPath?: string | undefined;
    readonly currentTestName?: string | undefined;
    readonly isNot?: boolean | undefined;
    /** The running test; what is in `meta` comes to reporters. */
    readonly task?: { readonly meta: object } | undefined;
}

declare module 'vitest' {
    interface Matchers<T> {
        /** Judged against the baseline of this test and name, by a judgement that fits what is received if none is given. */
        toMatchBaseline(name?: string, how?: Judge): Promise<T extends never ? never : void>;
    }
}

/** Names the matchers' baselines apart from those of configurations. */
export const MATCHERS_SUITE = 'vitest';

/** Where a test's `meta` holds the names of the captures that it compared. */
const COMPARED = 'mixreelBaselines';

/** The names of the captures that a test compared, by its `meta`. */
export function comparedBy(meta: object): readonly string[] {
    return (meta as Record<string, readonly string[]>)[COMPARED] ?? [];
}

/** What a matcher answers. */
export interface MatcherResult {
    readonly pass: boolean;
    readonly message: () => string;
}

/** Matchers for `expect.extend`. */
export type BaselineMatchers = {
    toMatchBaseline: (this: MatcherState, received: unknown, name?: string, how?: Judge) => Promise<MatcherResult>;
};

/** See the file comment. Throws `bad-input` for `update: 'approved'` without a reason. */
export function baselineMatchers(options: MatcherOptions): BaselineMatchers {
    const { baselineDir, metrics, update = 'never' } = options;
    if (update === 'approved' && !options.approval?.reason.trim())
        throw badInput(
            'update is "approved", and nobody says why',
            'a reason',
            "Say why what differs is right: approval: { reason: 'new sofa' }"
        );
    const approval = options.approval ?? { reason: `taken by update: '${update}'` };
    const common = { baselineDir, suite: MATCHERS_SUITE, pictures: 'never', ...(metrics ? { metrics } : {}) } as const;
    const judges = {
        taking: new SuiteJudge({ ...common, update, approval }),
        looking: new SuiteJudge({ ...common, update: 'never' })
    };
    return {
        async toMatchBaseline(received: unknown, name: string = 'value', how?: Judge): Promise<MatcherResult> {
            const scenario = `${testFileOf(this.testPath ?? 'test', options.root)} > ${this.currentTestName ?? ''}`;
            const { meta } = this.task ?? {};
            if (meta) Object.assign(meta, { [COMPARED]: [...new Set([...comparedBy(meta), name])] });
            const capture = captureOf(name, received, how);
            const { result } = await judges[this.isNot ? 'looking' : 'taking'].judge(scenario, capture);
            const { status, message } = result.verdict;
            const missing = result.against === 'none' && status === 'failed';
            const judged = status === 'passed' || status === 'failed';
            if (this.isNot && (missing || !judged)) throw notJudged(name, message);
            const hint = missing ? ` (run with update: 'missing' to take it)` : '';
            return { pass: status === 'passed', message: () => `"${name}" (${capture.judge.kind}): ${message}${hint}` };
        }
    };
}

/** The path of a file of tests as its baselines name it. @param root - Default: the current folder. */
export function testFileOf(path: string, root: string = process.cwd()): string {
    return relative(root, path).replaceAll('\\', '/');
}

/** `.not` would take any answer but a match for a difference, and there was nothing to differ from. */
function notJudged(name: string, message: string): MixreelError {
    return badInput(
        `"${name}" was not compared: ${message}`,
        'a capture and a baseline that can be told apart',
        "Take the baseline first, without .not and with update: 'missing'"
    );
}

function captureOf(name: string, received: unknown, how: Judge | undefined): Capture {
    const { captures, list } = collectCaptures();
    if (received instanceof Uint8Array) captures.exact(name, received);
    else if (received instanceof Frame) {
        if (how?.kind === 'exact') captures.exact(name, received);
        else if (how?.kind === 'perceptual') captures.perceptual(name, received, withoutKind(how));
        else captures.deterministic(name, received, how?.kind === 'deterministic' ? withoutKind(how) : {});
    } else if (Array.isArray(received) || (typeof received === 'object' && received !== null && 'm2' in received)) {
        const noisy = received as MomentsImage | readonly Frame[];
        captures.stochastic(name, noisy, how?.kind === 'stochastic' ? withoutKind(how) : {});
    } else captures.counters(name, received as Readonly<Record<string, number>>);
    return list[0]!;
}
