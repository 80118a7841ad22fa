import { Rng } from '@mixreel/core';
import { Frame, readPng, rgba8FromFrame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureData, Judge } from '../../src/verdict/capture.ts';
import { captureFault } from '../../src/verdict/capture-fault.ts';
import { judge } from '../../src/verdict/judge.ts';
import { pictureData } from '../../src/verdict/picture-data.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { noisyPicture } from './noise.ts';

/** A frame of one size whose colour is a function of the position. */
function frameOf(color: (x: number, y: number) => number, size = 16): Frame {
    const n = size * size;
    const data = Float32Array.from({ length: 3 * n }, (_, i) => color(i % size, Math.floor((i % n) / size)));
    return new Frame({ widthPx: size, heightPx: size, layers: { color: data } });
}

const gradient = (x: number, y: number): number => (x + y) / 32;
const data = (frame: Frame): CaptureData => ({ kind: 'frame', frame });
const bytes = (...values: number[]): CaptureData => ({ kind: 'bytes', bytes: Uint8Array.from(values) });

describe('judge', () => {
    it('passes every kind for equal data, without looking further', () => {
        const noisy: CaptureData = {
            kind: 'moments',
            moments: noisyPicture(Rng.create(1).stream('x'), { size: 8, count: 4 })
        };
        const frame = data(frameOf(gradient));
        const counters: CaptureData = { kind: 'counters', counters: { rays: 10 } };
        const pairs: [Judge, CaptureData][] = [
            [{ kind: 'exact' }, frame],
            [{ kind: 'exact' }, bytes(1, 2)],
            [{ kind: 'deterministic' }, frame],
            [{ kind: 'perceptual', maxFlipMean: 0 }, frame],
            [{ kind: 'stochastic' }, noisy],
            [{ kind: 'counters' }, counters]
        ];
        for (const [how, what] of pairs) expect(judge(how, what, what).status, how.kind).toBe('passed');
    });

    it('exact: fails for any changed bit, and says which', () => {
        fc.assert(
            fc.property(
                fc.uint8Array({ minLength: 1, maxLength: 50 }),
                fc.nat(),
                fc.integer({ min: 1, max: 255 }),
                (a, at, by) => {
                    const i = at % a.length;
                    const b = a.slice();
                    b[i] = (b[i]! + by) & 255;
                    const verdict = judge({ kind: 'exact' }, { kind: 'bytes', bytes: b }, { kind: 'bytes', bytes: a });
                    expect(verdict.status).toBe('failed');
                    expect(verdict.message).toContain(`the first at ${i}: ${b[i]} (expected ${a[i]})`);
                }
            )
        );
        expect(judge({ kind: 'exact' }, bytes(1), bytes(1, 2)).message).toContain('1 bytes (expected 2)');
    });

    it('exact: tells minus zero from zero, and the pixel where frames part', () => {
        const verdict = judge({ kind: 'exact' }, data(frameOf(() => -0)), data(frameOf(() => 0)));
        expect(verdict.status).toBe('failed');
        const other = judge(
            { kind: 'exact' },
            data(frameOf((x, y) => (x === 3 && y === 2 ? 9 : 0))),
            data(frameOf(() => 0))
        );
        expect(other.message).toContain('the first at (3, 2): 9 (expected 0)');
    });

    it('deterministic: the magnitude decides first, then the count', () => {
        const before = data(frameOf(gradient));
        const slight = data(frameOf((x, y) => gradient(x, y) + 0.002));
        const strong = data(frameOf((x, y) => (x === 8 && y === 8 ? 1 : gradient(x, y))));
        expect(judge({ kind: 'deterministic' }, slight, before).status).toBe('passed');
        expect(judge({ kind: 'deterministic', includeAntialiasing: true }, strong, before).status).toBe('failed');
        expect(judge({ kind: 'deterministic', includeAntialiasing: true, maxPixels: 1 }, strong, before).status).toBe(
            'passed'
        );
    });

    it('perceptual: every bound that was given must hold', () => {
        const before = data(frameOf(gradient));
        const brighter = data(frameOf((x, y) => gradient(x, y) * 1.2));
        const tight = judge({ kind: 'perceptual', maxFlipMean: 0.001, minPsnrDb: 10 }, brighter, before);
        expect(tight.status).toBe('failed');
        expect(tight.message).toMatch(/FLIP mean is .* \(expected at most 0.001\)/);
        expect(tight.message).not.toContain('PSNR');
        expect(tight.pictures.map((p) => p.label)).toEqual(['Expected', 'Actual', 'FLIP']);
        const loose = { kind: 'perceptual', maxFlipMean: 0.5, maxFlipP99: 0.9, minPsnrDb: 10 } as const;
        expect(judge(loose, brighter, before).status).toBe('passed');
        expect(judge(loose, brighter, before).pictures).toEqual([]);
        expect(judge(loose, brighter, before, { pictures: 'always' }).pictures).toHaveLength(3);
    });

    it('stochastic: the same seed or another passes, another picture fails with its bias in words', () => {
        const rng = Rng.create('judge');
        const picture = (name: string, level: number): CaptureData => ({
            kind: 'moments',
            moments: noisyPicture(rng.stream(name), { size: 32, count: 32, level: () => level })
        });
        const before = picture('before', 1);
        expect(judge({ kind: 'stochastic' }, picture('after', 1), before).status).toBe('passed');
        const verdict = judge({ kind: 'stochastic' }, picture('brighter', 1.1), before);
        expect(verdict.status).toBe('failed');
        expect(verdict.message).toMatch(/^the whole picture is \+\d+\.\d+ %/);
        // What is of one colour is not told as of all light.
        const { mean, ...rest } = noisyPicture(rng.stream('red'), { size: 32, count: 32, channels: 3 });
        const red = { ...rest, mean: mean.map((value, i) => (i < 32 * 32 ? 1.1 * value : value)) };
        const was = noisyPicture(rng.stream('was'), { size: 32, count: 32, channels: 3 });
        const reddish = judge(
            { kind: 'stochastic' },
            { kind: 'moments', moments: red },
            { kind: 'moments', moments: was }
        );
        expect(reddish.message).toMatch(/^the red of the whole picture is \+\d+\.\d+ %/);
        const tintOf = (verdict: Verdict): number[] => [...readPng(verdict.pictures.at(-1)!.png).data.slice(0, 3)];
        const [r, , b] = tintOf(reddish) as [number, number, number];
        expect(r).toBeGreaterThan(b);
        const warmer = { ...red, mean: red.mean.map((value, i) => (i < 2 * 32 * 32 ? value : 0.9 * value)) };
        const violet = tintOf(
            judge({ kind: 'stochastic' }, { kind: 'moments', moments: warmer }, { kind: 'moments', moments: was })
        );
        // Violet: neither the red of what is brighter nor the blue of what is darker, which have less of the one or the other.
        expect(Math.min(violet[0]!, violet[2]!)).toBeGreaterThan(violet[1]!);
        expect(verdict.pictures.at(-1)?.label).toBe('Where it differs');
        expect(verdict.message).not.toContain('all the same');
        // A renderer that the seed does not reach.
        const still: CaptureData = {
            kind: 'moments',
            moments: noisyPicture(rng.stream('still'), { size: 32, count: 8, noise: () => 1.2, level: (x) => 1 + x })
        };
        expect(judge({ kind: 'stochastic' }, still, before).message).toMatch(/its 8 repetitions are all the same/);
    });

    it('counters: names what came, went and changed', () => {
        const verdict = judge(
            { kind: 'counters' },
            { kind: 'counters', counters: { rays: 12, fresh: 1, same: 5 } },
            { kind: 'counters', counters: { rays: 10, gone: 2, same: 5 } }
        );
        expect(verdict.status).toBe('failed');
        expect(verdict.message).toBe('"fresh" is new: 1; "gone" is gone (expected 2); "rays" is 12 (expected 10)');
    });

    it('cannot judge NaN, nor another size or kind than the baseline holds', () => {
        const before = data(frameOf(gradient));
        const nan = data(frameOf((x) => (x === 1 ? Number.NaN : 0.5)));
        for (const how of [
            { kind: 'deterministic' },
            { kind: 'perceptual', maxFlipMean: 1 },
            { kind: 'exact' }
        ] as const) {
            expect(judge(how, nan, before).status, how.kind).toBe('error');
        }
        expect(judge({ kind: 'deterministic' }, data(frameOf(gradient, 8)), before)).toMatchObject({
            status: 'failed',
            message: 'the frame is 8 x 8 pixels (expected 16 x 16)'
        });
        expect(judge({ kind: 'exact' }, before, bytes(1)).status).toBe('error');
    });

    it('refuses a judge without bounds or of another kind than its capture', () => {
        expect(() => judge({ kind: 'perceptual' }, data(frameOf(gradient)), data(frameOf(gradient)))).toThrowError(
            /no bound/
        );
        expect(() => judge({ kind: 'counters' }, bytes(1), bytes(1))).toThrowError(/counters/);
        const unknown = { kind: 'psychic' } as unknown as Judge;
        expect(() => judge(unknown, bytes(1), bytes(1))).toThrowError(/psychic/);
    });
});

describe('captureFault', () => {
    it('finds nothing wrong with a picture', () => {
        expect(captureFault(data(frameOf(gradient)))).toBeNull();
        const depth = new Float32Array(4).fill(Infinity);
        const color = Float32Array.from({ length: 12 }, (_, i) => i);
        expect(captureFault(data(new Frame({ widthPx: 2, heightPx: 2, layers: { color, depth } })))).toBeNull();
    });

    it('knows blank, transparent, broken and single-coloured captures', () => {
        const alpha = new Float32Array(256);
        const color = frameOf(gradient).layer('color');
        const faults: [CaptureData, RegExp][] = [
            [data(frameOf(() => 0)), /nothing was drawn/],
            [data(frameOf(() => 0.7)), /every pixel is \(0.7, 0.7, 0.7\)/],
            [data(new Frame({ widthPx: 16, heightPx: 16, layers: { color, alpha } })), /transparent/],
            [data(frameOf((x) => (x === 2 ? Infinity : x))), /has 48 of 768 values that are NaN or infinite/],
            [bytes(), /empty/],
            [{ kind: 'counters', counters: { rays: Number.NaN } }, /"rays" is NaN/]
        ];
        for (const [what, words] of faults) expect(captureFault(what)).toMatch(words);
    });

    it('takes one colour with an alpha that varies for the picture it is, and both constant for none', () => {
        const size = { widthPx: 4, heightPx: 4 };
        const black = new Float32Array(48);
        const alpha = Float32Array.from({ length: 16 }, (_, i) => i / 16);
        const shadow = new Frame({ ...size, layers: { color: black, alpha } });
        const veil = new Frame({ ...size, layers: { color: black, alpha: alpha.map(() => 0.5) } });
        expect([captureFault(data(shadow)), captureFault(data(shadow), 'deterministic')]).toEqual([null, null]);
        expect(captureFault(data(veil))).toMatch(/every pixel is \(0, 0, 0\)/);
        expect(captureFault(pictureData(rgba8FromFrame(shadow)))).toBeNull();
        expect(captureFault(pictureData(rgba8FromFrame(veil)))).toMatch(/every pixel is/);
    });

    it('looks at the layers of a frame that has no colour', () => {
        const size = { widthPx: 2, heightPx: 2 };
        const hit = new Frame({
            ...size,
            layers: { depth: Float32Array.of(1, 2, Infinity, 1), instance: new Float32Array(4) }
        });
        expect(captureFault(data(hit))).toBeNull();
        const miss = {
            depth: new Float32Array(4).fill(Infinity),
            normal: Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0)
        };
        expect(captureFault(data(new Frame({ ...size, layers: miss })))).toMatch(
            /nothing varies in its layers \(depth, normal\)/
        );
        expect(captureFault(data(new Frame({ ...size, layers: {} })))).toMatch(/no layers in memory/);
    });

    it('sees a picture of 8 bits as it is kept: light above white is all the same', () => {
        const bright = data(frameOf((x, y) => 2 + x + y));
        expect(captureFault(bright)).toBeNull();
        expect(captureFault(bright, 'deterministic')).toMatch(/in the 8 bits .*every pixel is \(1, 1, 1\).*tone-map/);
        expect(captureFault(data(frameOf((x) => (x === 15 ? 0.5 : 2))), 'deterministic')).toBeNull();
        const alpha = new Float32Array(256).fill(0.001);
        const faint = new Frame({
            widthPx: 16,
            heightPx: 16,
            layers: { color: frameOf(gradient).layer('color'), alpha }
        });
        expect(captureFault(data(faint))).toBeNull();
        expect(captureFault(data(faint), 'deterministic')).toMatch(/it is transparent everywhere/);
    });

    it.each([3, 4, 8, 12, 16])('knows raw pixels of one colour, of %i bytes each', (pixelBytes) => {
        const raw = Uint8Array.from({ length: 64 * pixelBytes }, (_, i) => 7 * (i % pixelBytes));
        const what: CaptureData = { kind: 'bytes', bytes: raw };
        expect(captureFault(what)).toMatch(/repeat themselves from end to end/);
        raw[64 * pixelBytes - 1]! ^= 1;
        expect(captureFault(what)).toBeNull();
        expect(captureFault({ kind: 'bytes', bytes: new Uint8Array(40) })).toBeNull();
    });

    it('knows moments whose blocks are no numbers', () => {
        const moments = noisyPicture(Rng.create(1).stream('blocks'), { size: 8, count: 4 });
        expect(captureFault({ kind: 'moments', moments })).toBeNull();
        moments.blocks![0]!.m2[0] = Number.NaN;
        expect(captureFault({ kind: 'moments', moments })).toMatch(/have 1 of 1 values that are NaN/);
    });
});
