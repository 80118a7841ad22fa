import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCapture } from '../../src/baseline/capture-format.ts';
import { CaptureStore, captureEntry, fileKey } from '../../src/baseline/capture-store.ts';
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
        const unwanted = await store.prune((entry) => entry.scenario === 'a', true);
        expect([unwanted.length, objects().length]).toEqual([2, 2]);
        expect(await store.prune((entry) => entry.scenario === 'a')).toEqual(unwanted);
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

    it('never approves what storing leaves no picture of, and keeps in floats what halves would lose', async () => {
        const store = fresh();
        const color = Float32Array.from({ length: 768 }, (_, i) => 1 + i);
        const above: CaptureData = {
            kind: 'frame',
            frame: new Frame({ widthPx: 16, heightPx: 16, layers: { color } })
        };
        await expect(store.save('a', 'white', 'deterministic', above, approval)).rejects.toThrowError(/tone-map/);
        const encoded = encodeCapture(above, 'deterministic');
        const label = { scenario: 'a', capture: 'white', judge: 'deterministic', approval } as const;
        // As from another run: its data is no more, only what is stored.
        await expect(store.take(captureEntry(label, encoded), encoded.bytes)).rejects.toThrowError(
            /cannot be a baseline: every pixel is \(1, 1, 1\)/
        );
        for (const scale of [2 ** 20, 2 ** -30]) {
            const entry = await store.save('a', `${scale}`, 'perceptual', ramp(scale), approval);
            expect(await store.load('a', `${scale}`)).toEqual(ramp(scale));
            expect(entry.format).toBe('exr');
        }
        const small = await store.save('a', 'small', 'perceptual', ramp(1), approval);
        expect(small.sizeBytes).toBeLessThan(encodeCapture(ramp(1), 'exact').bytes.length);
        expect((await store.list()).map(({ capture }) => capture)).not.toContain('white');
    });

    it('never approves a capture that was at fault when it was taken, whatever its bytes look like', async () => {
        const store = fresh();
        const broken = ramp(1);
        if (broken.kind === 'frame') broken.frame.layer('color')[5] = Number.NaN;
        const entry = await store.save('a', 'nan', 'deterministic', broken, null);
        expect(entry.fault).toMatch(/NaN/);
        expect(await store.entry('a', 'nan')).toEqual(entry);
        await expect(store.take({ ...entry, approval }, await store.bytes(entry))).rejects.toThrowError(
            /"nan" of "a" cannot be a baseline: layer "color" has 1 of 768/
        );
    });

    it('puts whole bytes in the place of damaged ones, of the same size, too', async () => {
        const store = fresh();
        const data: CaptureData = { kind: 'bytes', bytes: Uint8Array.of(1, 2, 3) };
        const entry = await store.save('a', 'one', 'exact', data, approval);
        const object = join(store.folder, 'objects', entry.sha256.slice(0, 2), `${entry.sha256}.bin`);
        for (const bytes of [Uint8Array.of(1, 2, 4), Uint8Array.of(1)]) {
            writeFileSync(object, bytes);
            expect(await store.holds(entry)).toBe(false);
            await store.save('a', 'one', 'exact', data, approval);
            expect(await store.load('a', 'one')).toEqual(data);
        }
        writeFileSync(object, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n');
        await expect(store.load('a', 'one')).rejects.toThrowError(/only its pointer of Git LFS: run git lfs pull/);
        rmSync(object);
        await expect(store.load('a', 'one')).rejects.toThrowError(/is missing/);
        expect(readFileSync(join(store.folder, '.gitattributes'), 'utf8')).toBe('objects/** -text\n');
    });

    it('keeps no bytes that are not those of their entry, and leaves its folder for none', async () => {
        const store = fresh();
        const bytes = Uint8Array.of(1, 2, 3);
        const label = { scenario: 'a', capture: 'one', judge: 'exact', approval: null } as const;
        const entry = captureEntry(label, { format: 'bin', bytes });
        for (const wrong of [{ sha256: '../../../x' }, { format: 'bin/../../x' as 'bin' }, { sha256: 'a'.repeat(64) }])
            await expect(store.put({ ...entry, ...wrong }, bytes)).rejects.toThrowError(/"a: one" are not those/);
        expect(readdirSync(store.folder)).toEqual([]);
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
