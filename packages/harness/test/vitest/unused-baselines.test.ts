import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Reporter } from 'vitest/node';
import { CaptureStore } from '../../src/baseline/capture-store.ts';
import { baselineMatchers } from '../../src/vitest/baseline-matchers.ts';
import { type ReportedTest, unusedBaselines } from '../../src/vitest/unused-baselines.ts';

/** A folder with a file of tests, and its baselines. */
function place() {
    const root = mkdtempSync(join(tmpdir(), 'mixreel-unused-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const baselineDir = join(root, 'baselines');
    for (const name of ['a.test.ts', 'gone.test.ts']) writeFileSync(join(root, name), '');
    /** Compares captures as a test does, takes what is new, and is then reported. */
    const test = async (
        name: string,
        captures: string[],
        state = 'passed',
        file = 'a.test.ts'
    ): Promise<ReportedTest> => {
        const { toMatchBaseline } = baselineMatchers({ baselineDir, root, update: 'missing' });
        const task = { meta: {} };
        for (const capture of captures)
            await toMatchBaseline.call(
                { testPath: join(root, file), currentTestName: name, task },
                { rays: 1 },
                capture
            );
        return { fullName: name, result: () => ({ state }), meta: () => task.meta };
    };
    const report = async (
        tests: ReportedTest[],
        how: { remove?: boolean; errors?: unknown[]; reason?: string } = {}
    ) => {
        const told: string[] = [];
        const { remove = false, errors = [], reason = 'passed' } = how;
        const reporter = unusedBaselines({ baselineDir, root, remove, log: (line) => void told.push(line) });
        const module = { moduleId: join(root, 'a.test.ts'), errors: () => errors, children: { allTests: () => tests } };
        await reporter.onTestRunEnd([module], [], reason);
        return told;
    };
    const kept = async (): Promise<string[]> =>
        (await new CaptureStore(baselineDir).list()).map(({ scenario, capture }) => `${scenario}: ${capture}`);
    return { root, baselineDir, test, report, kept };
}

it('finds what no test compares any more, and removes it where it is told to', async () => {
    const { root, test, report, kept } = place();
    await test('draws', ['day', 'night']);
    await test('sings', ['song']);
    await test('in a file', ['x'], 'passed', 'gone.test.ts');
    rmSync(join(root, 'gone.test.ts'));
    const unused = ['a.test.ts > draws: night', 'a.test.ts > sings: song', 'gone.test.ts > in a file: x'];
    const now = [await test('draws', ['day'])];
    expect(await report(now)).toEqual(unused.map((label) => `unused: the baseline ${label}, which no test compares`));
    expect(await kept()).toHaveLength(4);
    expect(await report(now, { remove: true })).toHaveLength(3);
    expect(await kept()).toEqual(['a.test.ts > draws: day']);
    expect(await report(now)).toEqual([]);
});

it('leaves what was not run, broke, or ended early, and what is not of a test', async () => {
    const { baselineDir, test, report, kept } = place();
    await test('draws', ['day', 'night']);
    const data = { kind: 'counters', counters: { n: 1 } } as const;
    await new CaptureStore(baselineDir).save('gone.test.ts > x', 'c', 'counters', data, { reason: 'a scenario' });
    for (const state of ['failed', 'skipped']) await report([await test('draws', ['day'], state)], { remove: true });
    const less = [await test('draws', ['day'])];
    await report(less, { remove: true, reason: 'interrupted' });
    await report(less, { remove: true, errors: [new Error('no such module')] });
    expect(await kept()).toHaveLength(3);
    // Of two tests of one name each has its share.
    expect(await report([...less, await test('draws', ['night'])])).toEqual([]);
});

it('is a reporter, and its matcher one that the compiler knows', async () => {
    const { baselineDir, root } = place();
    const reporter: Reporter = unusedBaselines({ baselineDir, root });
    expect(reporter.onTestRunEnd).toBeTypeOf('function');
    expect.extend(baselineMatchers({ baselineDir, update: 'missing' }));
    await expect(Uint8Array.of(1)).toMatchBaseline('bytes');
    await expect(Uint8Array.of(2)).not.toMatchBaseline('bytes', { kind: 'exact' });
});
