/**
 * A reporter for vitest that finds baselines of {@link baselineMatchers} which no test compares any more, and removes them where
 * it is told to: `reporters: ['default', unusedBaselines({ baselineDir: 'test/baselines' })]`.
 *
 * Unused are those of a file that is gone, of a test that its file no longer has, and of a name that its test, which passed, did
 * not compare. What was not run, broke, or ended early says nothing of its own.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CaptureEntry, CaptureStore, labelOf } from '../baseline/capture-store.ts';
import { comparedBy, MATCHERS_SUITE, testFileOf } from './baseline-matchers.ts';

/** Options of {@link unusedBaselines}. */
export interface UnusedBaselinesOptions {
    /** As the matchers have it. */
    readonly baselineDir: string;
    /** As the matchers have it. */
    readonly root?: string;
    /** True: they are removed. Default: they are told of. */
    readonly remove?: boolean;
    /** Default: writes to standard error. */
    readonly log?: (line: string) => void;
}

/** A file of tests as vitest reports it; only what is used. */
export interface ReportedModule {
    /** Its absolute path. */
    readonly moduleId: string;
    /** Why it could not be collected. */
    errors(): readonly unknown[];
    readonly children: { allTests(): Iterable<ReportedTest> };
}

/** A test as vitest reports it; only what is used. */
export interface ReportedTest {
    readonly fullName: string;
    result(): { readonly state: string };
    meta(): object;
}

/** For `reporters` of vitest. */
export interface UnusedBaselinesReporter {
    onTestRunEnd(modules: readonly ReportedModule[], errors?: unknown, reason?: string): Promise<void>;
}

/** A file that was run: for each test, by the name that its baselines have, the captures that it compared; null: not known. */
interface ComparedIn {
    readonly file: string;
    readonly captures: ReadonlyMap<string, readonly string[] | null>;
}

/** See the file comment. */
export function unusedBaselines(options: UnusedBaselinesOptions): UnusedBaselinesReporter {
    const { baselineDir, root, remove = false } = options;
    const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
    return {
        async onTestRunEnd(modules, _, reason) {
            const whole = reason === 'interrupted' ? [] : modules.filter((module) => module.errors().length === 0);
            const files = whole.map((module) => comparedIn(module, root));
            const isUnused = (entry: CaptureEntry): boolean =>
                entry.suite === MATCHERS_SUITE && !isUsed(entry, files, root ?? '.');
            const store = new CaptureStore(baselineDir);
            const unused = new Set((await store.list()).filter(isUnused).map(labelOf));
            if (unused.size === 0) return;
            if (remove) await store.prune((entry) => !unused.has(labelOf(entry)));
            for (const label of unused)
                log(`${remove ? 'removed' : 'unused'}: the baseline ${label}, which no test compares`);
        }
    };
}

function isUsed({ scenario, capture }: CaptureEntry, files: readonly ComparedIn[], root: string): boolean {
    const [file = ''] = scenario.split(' > ');
    if (!existsSync(resolve(root, file))) return false;
    const ran = files.find((compared) => compared.file === file);
    if (!ran) return true;
    const captures = ran.captures.get(scenario);
    return captures !== undefined && (captures === null || captures.includes(capture));
}

function comparedIn(module: ReportedModule, root: string | undefined): ComparedIn {
    const file = testFileOf(module.moduleId, root);
    const captures = new Map<string, readonly string[] | null>();
    for (const test of module.children.allTests()) {
        const scenario = `${file} > ${test.fullName}`;
        const own = test.result().state === 'passed' ? comparedBy(test.meta()) : null;
        // Tests of one name share their baselines.
        const before = captures.get(scenario);
        captures.set(scenario, own === null || before === null ? null : [...(before ?? []), ...own]);
    }
    return { file, captures };
}
