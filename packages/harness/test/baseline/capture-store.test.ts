import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureStore, fileKey } from '../../src/baseline/capture-store.ts';
import type { CaptureData, JudgeKind } from '../../src/verdict/capture.ts';
import { judge } from '../../src/verdict/judge.ts';
import { noisyPicture } from '../verdict/noise.ts';

const fresh = (): CaptureStore => new CaptureStore(mkdtempSync(join(tmpdir(), 'mixreel-store-')));
const approval = { reason: 'drawn for the test' };
const ramp = (scale: number): CaptureData => ({
    kind: 'frame',
    frame: new Frame({
        widthPx: 16,
        heightPx: 16,
        layers: { color: Float32Array.from({ length: 768 }, (_, i) => (scale * i) / 768) }
    })
});

describe('CaptureStore', () => {
    it('gives back what passes the judgement it was kept for, for every kind', async () => {
        const store = fresh();
        const noisy: CaptureData = {
            kind: 'moments',
            moments: noisyPicture(Rng.create(1).stream('x'), { size: 16, count: 8 })
        };
        const kinds: [JudgeKind, CaptureData][] = [
            ['exact', ramp(3)],
            ['exact', { kind: 'bytes', bytes: Uint8Array.of(1, 2, 3) }],
            ['deterministic', ramp(1)],
            ['perceptual', ramp(3)],
            ['stochastic', noisy],
            ['counters', { kind: 'counters', counters: { b: 2, a: 1.5 } }]
        ];
        for (const [i, [kind, data]] of kinds.entries()) {
            await store.save('all kinds', `${i}`, kind, data, approval);
            const back = await store.load('all kinds', `${i}`);
            const how = kind === 'perceptual' ? { kind, maxFlipMean: 0.001 } : { kind };
            expect(judge(how, data, back!).status, kind).toBe('passed');
        }
        expect((await store.list()).map((entry) => entry.format)).toEqual(['exr', 'bin', 'png', 'exr', 'mxm', 'json']);
        expect(await store.load('all kinds', 'none')).toBeNull();
    });

    it('keeps equal bytes once, and removes what nothing names any more', async () => {
        const store = fresh();
        await store.save('a', 'one', 'deterministic', ramp(1), approval);
        await store.save('a', 'two', 'deterministic', ramp(1), approval);
        await store.save('b', 'three', 'deterministic', ramp(0.5), approval);
        const objects = (): string[] =>
            readdirSync(join(store.folder, 'objects'), { recursive: true })
                .map(String)
                .filter((n) => n.endsWith('.png'));
        expect(objects()).toHaveLength(2);
        expect(await store.prune((entry) => entry.scenario === 'a')).toHaveLength(2);
        expect(objects()).toHaveLength(1);
        expect((await store.list()).map((entry) => entry.capture)).toEqual(['one', 'two']);
        expect(await store.prune(() => true)).toEqual([]);
    });

    it('never approves what nobody drew', async () => {
        const blank: CaptureData = {
            kind: 'frame',
            frame: new Frame({ widthPx: 2, heightPx: 2, layers: { color: new Float32Array(12) } })
        };
        await expect(fresh().save('a', 'blank', 'deterministic', blank, approval)).rejects.toMatchObject({
            code: 'bad-input',
            message: expect.stringContaining('cannot be a baseline')
        });
    });

    it('tells of damage instead of believing it', async () => {
        const store = fresh();
        const entry = await store.save('a', 'one', 'exact', { kind: 'bytes', bytes: Uint8Array.of(1, 2, 3) }, approval);
        const object = join(store.folder, 'objects', entry.sha256.slice(0, 2), `${entry.sha256}.bin`);
        writeFileSync(object, Uint8Array.of(1, 2, 4));
        await expect(store.load('a', 'one')).rejects.toThrowError(/was changed.*Restore it/);
        const index = join(store.folder, fileKey('a'), `${fileKey('one')}.json`);
        const text = readFileSync(index, 'utf8');
        for (const damage of [
            '{',
            '[]',
            '{}',
            text.replace('mixreel-capture/1', 'other/9'),
            text.replace(entry.sha256, '../../etc/passwd'),
            text.replace('"bin"', '"/../x"')
        ]) {
            writeFileSync(index, damage);
            await expect(store.load('a', 'one'), damage).rejects.toMatchObject({ code: 'bad-input' });
        }
    });
});

describe('fileKey', () => {
    it('is a file name, and another one for another name', () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (a, b) => {
                expect(fileKey(a)).toMatch(/^[a-z0-9-]{1,70}$/);
                expect(fileKey(a) === fileKey(b)).toBe(a === b);
            })
        );
        expect(fileKey('A b')).not.toBe(fileKey('a-b'));
    });
});
