import type { PduSet, PduSetArrival } from '@mixreel/core';
import { Frame, type LayerName } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import {
    type EncodedFrame,
    FrameDecoder,
    FrameEncoder,
    type FrameEncoderOptions,
    type Picture,
    pictureFromFrame
} from '../src/index.ts';
import { clip, room } from './helpers/synthetic.ts';

const LAYERS: LayerName[] = ['instance', 'semantic', 'depth', 'motion'];

function psnr(a: Uint8Array, b: Uint8Array): number {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum === 0 ? 99 : 10 * Math.log10((65025 * a.length) / sum);
}

/** Equality in every byte; much quicker than `toEqual` on large arrays. */
function samePicture(a: Picture, b: Picture): boolean {
    if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx || (a.alpha === null) !== (b.alpha === null)) return false;
    return Buffer.compare(a.rgb, b.rgb) === 0 && (!a.alpha || Buffer.compare(a.alpha, b.alpha!) === 0);
}

function encodeClip(frames: readonly Frame[], options: Partial<FrameEncoderOptions> = {}): EncodedFrame[] {
    const encoder = new FrameEncoder(options);
    return frames.map((frame) => encoder.encode(frame));
}

/** The set as it arrives with the units `lost` missing. */
function arrival(set: PduSet, lost: ReadonlySet<number>): PduSetArrival {
    const received = set.units.map((unit, i) => (lost.has(i) ? null : unit));
    const some = received.some((unit) => unit !== null);
    return {
        set,
        received,
        arrivedNs: some ? set.timeNs + 1 : null,
        outcome: lost.size === 0 ? 'complete' : some ? 'incomplete' : 'lost',
        late: lost.size > 0,
        delayNs: {},
        reason: lost.size > 0 ? 'residual-error' : null
    };
}

describe('a stream without loss', () => {
    for (const layers of [[], LAYERS, ['alpha'] as LayerName[]]) {
        it(`decodes to the encoder's own reconstruction, byte for byte (layers: ${layers.join(' ') || 'colour alone'})`, () => {
            const encoded = encodeClip(clip(9, { layers, grain: 4 }), { gopLength: 4, quality: 55 });
            const decoder = new FrameDecoder();
            for (const frame of encoded) {
                const decoded = decoder.decode(frame.pduSets);
                expect(decoded.exact).toBe(true);
                expect(decoded.concealedShare).toBe(0);
                expect(samePicture(decoded.picture, frame.picture)).toBe(true);
                const [ours, theirs] = [decoded.frame, frame.reconstruction].map(
                    (f) => new Uint8Array(f.layer('color').buffer)
                );
                expect(Buffer.compare(ours!, theirs!)).toBe(0);
                expect(decoded.frame.timeNs).toBe(frame.reconstruction.timeNs);
            }
            expect(encoded.map((frame) => frame.kind[0]).join('')).toBe('ipppipppi');
        });
    }

    it('keeps every unit within its byte limit, at any quality', () => {
        for (const quality of [0, 50, 100]) {
            for (const unitBytes of [128, 400, 1200]) {
                for (const frame of encodeClip(clip(2, { layers: LAYERS, grain: 60 }), { quality, unitBytes })) {
                    for (const unit of frame.units) expect(unit.length).toBeLessThanOrEqual(unitBytes);
                }
            }
        }
    });

    it('comes nearer to the source, and grows, with quality', () => {
        const source = pictureFromFrame(room()).picture;
        const frames = [10, 30, 50, 70, 90, 100].map((quality) => new FrameEncoder({ quality }).encode(room()));
        for (let i = 1; i < frames.length; i++) {
            expect(frames[i]!.bytes).toBeGreaterThan(frames[i - 1]!.bytes);
            expect(frames[i]!.stats.psnrDb).toBeGreaterThan(frames[i - 1]!.stats.psnrDb);
        }
        expect(psnr(frames.at(-1)!.picture.rgb, source.rgb)).toBeCloseTo(frames.at(-1)!.stats.psnrDb, 9);
        // Steps of half a grey level: a rounding error of 1/12 square level or so a plane, over 50 dB.
        expect(frames.at(-1)!.stats.psnrDb).toBeGreaterThan(50);
    });

    it('gives the same bytes for the same frames', () => {
        const [a, b] = [0, 1].map(() =>
            encodeClip(clip(3, { layers: LAYERS, grain: 4 })).flatMap((frame) => frame.units)
        );
        expect(a).toEqual(b);
    });

    it('sends predicted frames for less than intra frames', () => {
        const [first, second] = encodeClip(clip(2, { layers: LAYERS }));
        expect(second!.bytes).toBeLessThan(first!.bytes / 3);
    });

    it('carries the view in 32-bit floats, the projection with intra frames', () => {
        const base = room();
        const view = (x: number) => ({
            eye: 'left' as const,
            position: [x, 1.6, 0.1] as const,
            rotation: [0, 0.6, 0, 0.8] as const,
            projection: Array.from({ length: 16 }, (_, i) => i / 7)
        });
        const frames = [0.25, 0.3].map(
            (x, i) =>
                new Frame({
                    widthPx: 96,
                    heightPx: 64,
                    layers: { color: base.layer('color') },
                    view: view(x),
                    timeNs: i
                })
        );
        const decoder = new FrameDecoder();
        for (const [i, frame] of encodeClip(frames).entries()) {
            const decoded = decoder.decode(frame.pduSets).frame;
            expect(decoded.view).toEqual(frame.reconstruction.view);
            expect(decoded.view.position[0]).toBe(Math.fround(frames[i]!.view.position[0]));
            expect(decoded.view.projection).toHaveLength(16);
        }
    });
});

describe('sizes', () => {
    for (const [widthPx, heightPx] of [
        [1, 1],
        [1, 7],
        [9, 1],
        [31, 33],
        [33, 31],
        [65, 17],
        [8192, 1],
        [1, 8192]
    ] as const) {
        it(`takes a picture of ${widthPx} x ${heightPx} with alpha`, () => {
            const frame = room({ widthPx, heightPx, layers: ['alpha', 'instance'] });
            const encoded = new FrameEncoder({ quality: 80 }).encode(frame);
            const decoded = new FrameDecoder().decode(encoded.pduSets);
            expect(samePicture(decoded.picture, encoded.picture)).toBe(true);
            expect(decoded.picture.widthPx).toBe(widthPx);
            expect(decoded.exact).toBe(true);
        });
    }

    it('refuses more than 8192 a side, saying so', () => {
        const frame = new Frame({ widthPx: 8193, heightPx: 1, layers: { color: new Float32Array(3 * 8193) } });
        expect(() => new FrameEncoder().encode(frame)).toThrow(/8193 x 1.*at most 8192/);
    });

    it('refuses to decode more pixels than allowed, saying how to allow them', () => {
        const encoded = new FrameEncoder().encode(room());
        expect(() => new FrameDecoder({ maxPixels: 1000 }).decode(encoded.pduSets)).toThrow(/maxPixels: 6144/);
    });

    it('starts anew when the size changes in mid-stream', () => {
        const encoder = new FrameEncoder();
        const decoder = new FrameDecoder();
        for (const frame of [room(), room({ widthPx: 64 }), room({ widthPx: 64, layers: ['alpha'] })]) {
            const encoded = encoder.encode(frame);
            expect(encoded.kind).toBe('intra');
            expect(samePicture(decoder.decode(encoded.pduSets).picture, encoded.picture)).toBe(true);
        }
    });

    it('counts what was above white', () => {
        const color = new Float32Array(3 * 64).fill(0.5);
        color.fill(4, 0, 16);
        const frame = new Frame({ widthPx: 8, heightPx: 8, layers: { color } });
        expect(new FrameEncoder().encode(frame).stats.clippedShare).toBeCloseTo(16 / 192, 12);
        const strict = new FrameEncoder({ highlights: 'refuse' });
        expect(() => strict.encode(frame)).toThrow(/8.33 % .* above white .*tone-map/);
    });
});

describe('loss', () => {
    const frames = clip(6, { layers: LAYERS, grain: 4 });
    const encoded = encodeClip(frames, { unitBytes: 200, quality: 55 });

    it('still gives a frame when any one unit is missing, and says which share is concealed', () => {
        const first = encoded[0]!;
        for (const [k, set] of first.pduSets.entries()) {
            for (let i = 0; i < set.units.length; i++) {
                const decoder = new FrameDecoder();
                const decoded = decoder.decode(
                    first.pduSets.map((other, j) => arrival(other, new Set(j === k ? [i] : [])))
                );
                expect(decoded.exact).toBe(false);
                expect(decoded.lostUnits).toBe(1);
                expect(decoded.concealedShare > 0).toBe(set.importance === 3);
                expect(decoded.picture.rgb.length).toBe(first.picture.rgb.length);
            }
        }
    });

    it('loses quality step by step as more texture is lost, and keeps the regions to the end', () => {
        const first = encoded[0]!;
        const source = pictureFromFrame(frames[0]!).picture.rgb;
        const texture = first.pduSets.at(-1)!;
        const quality = Array.from({ length: texture.units.length + 1 }, (_, lost) => {
            const sets = [...first.pduSets.slice(0, -1), texture].map((set) =>
                arrival(set, new Set(set === texture ? Array.from({ length: lost }, (_, i) => i) : []))
            );
            return psnr(new FrameDecoder().decode(sets).picture.rgb, source);
        });
        for (let i = 1; i < quality.length; i++) {
            // Deblocking across the border of a hole may win back a little.
            expect(quality[i]!).toBeLessThan(quality[i - 1]! + 0.3);
        }
        const grey = psnr(new Uint8Array(source.length).fill(128), source);
        expect(quality.at(-1)!).toBeGreaterThan(grey + 5);
    });

    it('repeats the last picture when a whole frame is lost, and is exact again after the next intra frame', () => {
        const stream = encodeClip(clip(5, { layers: LAYERS }), { gopLength: 4 });
        const decoder = new FrameDecoder();
        const shown = stream.map((frame, i) => decoder.decode(i === 2 ? [] : frame.pduSets));
        expect(shown.map((frame) => frame.exact)).toEqual([true, true, false, false, true]);
        expect(shown[2]!.kind).toBe('repeated');
        expect(shown[2]!.picture).toBe(shown[1]!.picture);
        expect(shown[2]!.concealedShare).toBe(1);
    });

    it('shows grey of the expected size before anything has arrived', () => {
        const decoded = new FrameDecoder({ widthPx: 5, heightPx: 3 }).decode([]);
        expect([decoded.picture.widthPx, decoded.picture.heightPx]).toEqual([5, 3]);
        expect(new Set(decoded.picture.rgb)).toEqual(new Set([128]));
    });

    it('can start in the middle of a stream', () => {
        const decoder = new FrameDecoder();
        const decoded = decoder.decode(encoded[3]!.pduSets);
        expect(decoded.exact).toBe(false);
        expect(decoded.picture.widthPx).toBe(96);
    });

    it('does not use what came after its deadline, unless told to', () => {
        const sets = encoded[0]!.pduSets.map((set, i) => ({
            ...arrival(set, new Set()),
            arrivedNs: set.timeNs + set.deadlineNs + (i === 2 ? 1 : 0),
            late: i === 2
        }));
        const strict = new FrameDecoder().decode(sets);
        expect(strict.concealedShare).toBe(1);
        expect(strict.lostUnits).toBe(sets[2]!.set.units.length);
        expect(new FrameDecoder({ acceptLate: true }).decode(sets).exact).toBe(true);
    });

    it('takes a unit with one flipped bit as lost', () => {
        const sets = encoded[0]!.pduSets.map((set) => arrival(set, new Set()));
        const texture = sets.at(-1)!;
        const damaged = texture.received.map((unit, i) => {
            const copy = unit!.slice();
            if (i === 1) copy[20]! ^= 4;
            return copy;
        });
        const decoded = new FrameDecoder().decode([...sets.slice(0, -1), { ...texture, received: damaged }]);
        expect(decoded.corruptUnits).toBe(1);
        expect(decoded.concealedShare).toBeGreaterThan(0);
    });

    it('does not mind the order, repetition, or units of other frames', () => {
        const units = [...encoded[0]!.units].reverse();
        const decoded = new FrameDecoder().decodeUnits([...units, units[0]!, encoded[1]!.units[0]!]);
        expect(samePicture(decoded.picture, encoded[0]!.picture)).toBe(true);
        expect(decoded.foreignUnits).toBe(1);
    });
});

describe('the network', () => {
    it('brings the stream under the recommended rate within half a second', () => {
        const encoder = new FrameEncoder({ quality: 90, gopLength: 30 });
        const frames = clip(30, { widthPx: 96, heightPx: 64, layers: LAYERS, grain: 12 });
        const rate = 100_000;
        let bits = 0;
        for (const [i, frame] of frames.entries()) {
            if (i === 2) {
                encoder.onNetworkState({
                    timeNs: 0,
                    recommendedRateBps: rate,
                    congestionMarks: 0,
                    frameDelayNs: null,
                    burstOffsetNs: 0
                });
            }
            const { bytes } = encoder.encode(frame);
            if (i >= 15) bits += bytes * 8;
        }
        expect(bits / 15).toBeLessThan(rate / 30);
        expect(bits / 15).toBeGreaterThan(0.4 * (rate / 30));
    });

    it('answers congestion marks by going slower', () => {
        const state = { timeNs: 0, recommendedRateBps: 1e6, frameDelayNs: null, burstOffsetNs: 0 };
        const encoder = new FrameEncoder();
        encoder.onNetworkState({ ...state, congestionMarks: 0 });
        const free = encoder.targetRateBps!;
        encoder.onNetworkState({ ...state, congestionMarks: 1 });
        expect(encoder.targetRateBps).toBe(free / 2);
    });

    it('refreshes on request', () => {
        const encoder = new FrameEncoder();
        encoder.encode(room());
        encoder.requestRefresh();
        expect(encoder.encode(room({ time: 1 })).kind).toBe('intra');
        expect(encoder.encode(room({ time: 2 })).kind).toBe('predicted');
    });

    it('numbers PDU Sets without gaps, most important first, one burst a frame', () => {
        const sets = encodeClip(clip(3, { layers: LAYERS })).map((frame) => frame.pduSets);
        expect(sets.flat().map((set) => set.sequence)).toEqual(sets.flat().map((_, i) => i));
        for (const frame of sets) {
            expect(frame.map((set) => set.endOfBurst)).toEqual(frame.map((_, i) => i === frame.length - 1));
            for (let i = 1; i < frame.length; i++)
                expect(frame[i]!.importance).toBeGreaterThan(frame[i - 1]!.importance);
        }
    });
});

describe('long work', () => {
    it('reports rows and can be cancelled, and the encoder is as before', () => {
        const encoder = new FrameEncoder();
        const abort = new AbortController();
        const shares: number[] = [];
        expect(() =>
            encoder.encode(room({ widthPx: 40, heightPx: 200 }), {
                signal: abort.signal,
                report: (done) => {
                    shares.push(done);
                    if (done > 0.5) abort.abort();
                }
            })
        ).toThrow(/cancelled/);
        expect(shares.length).toBeGreaterThan(2);
        expect(encoder.encode(room()).frameIndex).toBe(0);
    });

    it('lets an event cancel it when it runs asynchronously', async () => {
        const abort = new AbortController();
        const work = new FrameEncoder().encodeAsync(room({ widthPx: 64, heightPx: 1024 }), { signal: abort.signal });
        setTimeout(() => abort.abort(), 0);
        await expect(work).rejects.toMatchObject({ code: 'aborted' });
    });
});
