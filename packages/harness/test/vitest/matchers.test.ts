import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { CaptureStore } from '../../src/baseline/capture-store.ts';
import { baselineMatchers, type Matchable, type MatcherResult } from '../../src/vitest/baseline-matchers.ts';
import { noisyPicture } from '../verdict/noise.ts';

const frame = (scale: number): Frame =>
    new Frame({
        widthPx: 8,
        heightPx: 8,
        layers: { color: Float32Array.from({ length: 192 }, (_, i) => (scale * i) / 192) }
    });
const noisy = (name: string, level = 1) =>
    noisyPicture(Rng.create('matchers').stream(name), { size: 16, count: 16, level: () => level });

interface Extended {
    toMatchBaseline(name: string): Promise<void>;
}

/** The matcher as vitest would call it in a test of that name. */
function matcher(baselineDir: string, update?: 'never' | 'missing' | 'approved') {
    const approval = update === 'approved' ? { approval: { reason: 'new light' } } : {};
    const { toMatchBaseline } = baselineMatchers({ baselineDir, ...(update ? { update } : {}), ...approval });
    const state = { testPath: join(process.cwd(), 'a.test.ts'), currentTestName: 'draws' };
    return (value: Matchable, name = 'value'): Promise<MatcherResult> => toMatchBaseline.call(state, value, name);
}

describe('toMatchBaseline', () => {
    it('takes what has no baseline only when told to, and judges by what it is given', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-matchers-'));
        const values: Record<string, [Matchable, Matchable, Matchable]> = {
            bytes: [Uint8Array.of(1, 2), Uint8Array.of(1, 2), Uint8Array.of(1, 3)],
            frame: [frame(1), frame(1), frame(0.2)],
            noise: [noisy('a'), noisy('b'), noisy('c', 2)],
            counters: [{ rays: 1 }, { rays: 1 }, { rays: 2 }]
        };
        for (const [name, [first, same, other]] of Object.entries(values)) {
            const refused = await matcher(folder)(first, name);
            expect(refused.pass).toBe(false);
            expect(refused.message()).toContain('no baseline yet');
            expect((await matcher(folder, 'missing')(first, name)).pass, name).toBe(true);
            expect((await matcher(folder)(same, name)).pass, name).toBe(true);
            expect((await matcher(folder)(other, name)).pass, name).toBe(false);
        }
    });

    it('never takes a blank picture', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-matchers-'));
        const result = await matcher(folder, 'approved')(frame(0));
        expect(result.pass).toBe(false);
        expect(result.message()).toContain('nothing was drawn');
    });

    it('replaces a baseline only by the word of somebody, and keeps it', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-matchers-'));
        for (const approval of [undefined, { reason: ' ' }])
            expect(() =>
                baselineMatchers({ baselineDir: folder, update: 'approved', ...(approval ? { approval } : {}) })
            ).toThrowError(/nobody says why/);
        expect((await matcher(folder, 'missing')(frame(1))).pass).toBe(true);
        expect((await matcher(folder, 'missing')(frame(0.5))).pass).toBe(false);
        expect((await matcher(folder, 'approved')(frame(0.5))).pass).toBe(true);
        const store = new CaptureStore(folder);
        expect((await store.list()).map(({ approval }) => approval)).toEqual([{ reason: 'new light' }]);
        const [entry] = await store.list();
        rmSync(join(folder, 'objects', entry!.sha256.slice(0, 2)), { recursive: true });
        const damaged = await matcher(folder)(frame(0.5));
        expect([damaged.pass, damaged.message()]).toEqual([false, expect.stringMatching(/is missing.*Restore it/)]);
        expect((await matcher(folder, 'approved')(frame(0.5))).pass).toBe(true);
        expect((await matcher(folder)(frame(0.5))).pass).toBe(true);
    });

    it('never calls what was not compared a difference: .not throws without a baseline, and for a blank picture', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-matchers-'));
        expect.extend(baselineMatchers({ baselineDir: folder, update: 'missing' }));
        const not = (value: Frame) => (expect(value) as unknown as { not: Extended }).not;
        await expect(not(frame(1)).toMatchBaseline('x')).rejects.toThrowError(
            /"x" was not compared: there is no baseline/
        );
        const extended = (value: Frame) => expect(value) as unknown as Extended;
        await extended(frame(1)).toMatchBaseline('x');
        await not(frame(0.2)).toMatchBaseline('x');
        await expect(not(frame(0)).toMatchBaseline('x')).rejects.toThrowError(/not compared: .*nothing was drawn/);
        await expect(not(frame(Number.NaN)).toMatchBaseline('x')).rejects.toThrowError(/not compared: .*NaN/);
        await expect(not(frame(1)).toMatchBaseline('x')).rejects.toThrowError();
    });

    it('works as a matcher of vitest', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-matchers-'));
        expect.extend(baselineMatchers({ baselineDir: folder, update: 'missing' }));
        const extended = (value: Frame) => expect(value) as unknown as Extended;
        await extended(frame(1)).toMatchBaseline('view');
        await expect(extended(frame(0.2)).toMatchBaseline('view')).rejects.toThrowError(/pixels differ/);
    });
});
