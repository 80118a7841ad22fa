import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    decodeKeypointVideo,
    decodeMxr,
    encodeKeypointVideo,
    FrameDecoder,
    FrameEncoder,
    inspectMxr,
    type Keypoints,
    moveRegions,
    readKeypoints,
    readMxr,
    readObjects,
    readUnit,
    writeMxr,
    writeUnit
} from '../src/index.ts';
import { clip, litRoom } from './helpers/synthetic.ts';

/** Integers from 0 to n - 1, the same in every run. */
function* draws(seed: number): Generator<number> {
    let state = seed >>> 0;
    for (;;) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        yield state >>> 8;
    }
}

const frames = clip(3, { widthPx: 33, heightPx: 17, layers: ['alpha', 'instance', 'depth', 'motion'], grain: 9 });
const encoder = new FrameEncoder({ quality: 45, unitBytes: 300 });
const coded = frames.map((frame) => ({ timeNs: frame.timeNs, units: encoder.encode(frame).units }));
const file = writeMxr({ metadata: { a: 1 }, frames: coded });

/** Changes 1 to 8 bytes, cuts, repeats or removes a stretch. */
function mutate(bytes: Uint8Array, random: Generator<number>): Uint8Array {
    const below = (n: number): number => random.next().value % n;
    let out = bytes.slice();
    const kind = below(6);
    if (kind === 0) return out.subarray(0, below(out.length));
    if (kind === 1) {
        const from = below(out.length);
        const length = below(20);
        out = Uint8Array.from([...out.subarray(0, from), ...out.subarray(from + length)]);
    } else if (kind === 2) {
        const from = below(out.length);
        out = Uint8Array.from([...out.subarray(0, from), ...out.subarray(below(out.length)), ...out.subarray(from)]);
    }
    for (let i = below(8) + 1; i > 0 && out.length > 0; i--) out[below(out.length)] = below(256);
    return out;
}

describe('mutated bytes', () => {
    it('of files give frames and a report, or bad-input: 20,000 of them', () => {
        const random = draws(1);
        let refused = 0;
        for (let i = 0; i < 20_000; i++) {
            const mutant = mutate(file, random);
            try {
                // Every eightieth is decoded to pictures; all are taken apart.
                if (i % 80 === 0) expect(decodeMxr(mutant).frames.length).toBeLessThan(20);
                else inspectMxr(mutant);
            } catch (error) {
                if (!(error instanceof MixreelError) || error.code !== 'bad-input') throw error;
                refused++;
            }
        }
        expect(refused).toBeGreaterThan(10);
        expect(refused).toBeLessThan(10_000);
    });

    it('of payloads under a valid check are concealed, whatever they say: 600 of them', () => {
        const random = draws(2);
        let concealed = 0;
        for (let i = 0; i < 600; i++) {
            const decoder = new FrameDecoder({ maxPixels: 1 << 16 });
            for (const frame of coded.slice(0, 1 + (i % 3))) {
                const units = frame.units.map((bytes) => {
                    const unit = readUnit(bytes)!;
                    const field = random.next().value % 6;
                    const value = random.next().value % 300;
                    return writeUnit({
                        ...unit,
                        ...(field === 0 ? { first: value } : {}),
                        ...(field === 1 ? { count: value } : {}),
                        ...(field === 2 ? { parameter: value & 255 } : {}),
                        ...(field >= 3 ? { payload: mutate(unit.payload, random) } : {})
                    });
                });
                const decoded = decoder.decodeUnits(units);
                expect(decoded.picture.rgb.length).toBe(3 * 33 * 17);
                if (decoded.concealedShare > 0) concealed++;
            }
        }
        expect(concealed).toBeGreaterThan(400);
    });

    it('of light under a valid check are concealed as well: 300 of them', () => {
        const random = draws(4);
        const lit = [0, 1].map((time) => litRoom({ widthPx: 40, heightPx: 24, time }));
        const sender = new FrameEncoder({ quality: 80, sharedScene: true });
        const sent = lit.map((frame) => sender.encode(frame).units);
        expect(new Set(sent.flat().map((unit) => readUnit(unit)!.layer))).toEqual(new Set(['light', 'texture']));
        let inexact = 0;
        for (let i = 0; i < 300; i++) {
            const decoder = new FrameDecoder({ widthPx: 40, heightPx: 24 });
            for (const [time, units] of sent.entries()) {
                const changed = units.map((bytes) => {
                    const unit = readUnit(bytes)!;
                    return writeUnit({
                        ...unit,
                        payload: mutate(unit.payload, random),
                        count: unit.count + (random.next().value % 3)
                    });
                });
                const decoded = decoder.decodeUnits(changed, i % 2 ? { guide: lit[time]! } : {});
                expect(decoded.picture.rgb.length).toBe(3 * 40 * 24);
                if (!decoded.exact) inexact++;
            }
        }
        expect(inexact).toBeGreaterThan(590);
    });

    it('of text and tokens under a valid check are painted or concealed: 3,000 of them', () => {
        const random = draws(5);
        const [frame] = clip(1, { widthPx: 24, heightPx: 16 });
        for (const options of [{ text: 'alone' }, { text: 'beside' }, { fixedLength: true, quality: 50 }] as const) {
            const { units } = new FrameEncoder({ ...options, textBytes: 100 }).encode(frame!);
            for (let i = 0; i < 1000; i++) {
                const changed = units.map((bytes) => {
                    const unit = readUnit(bytes)!;
                    const field = random.next().value % 5;
                    const value = random.next().value % 70;
                    return writeUnit({
                        ...unit,
                        ...(field === 0 ? { first: value } : {}),
                        ...(field === 1 ? { parameter: value } : {}),
                        ...(field === 2 ? { count: value } : {}),
                        payload: mutate(unit.payload, random)
                    });
                });
                const decoded = new FrameDecoder({ widthPx: 24, heightPx: 16 }).decodeUnits(changed);
                expect(decoded.picture.rgb.length).toBe(3 * 24 * 16);
                expect(readObjects(changed).length).toBeLessThan(256);
                expect(moveRegions(changed, () => true, 1, 1).length).toBeLessThanOrEqual(changed.length);
            }
        }
    });

    it('of noise are no units at all', () => {
        const random = draws(3);
        for (let i = 0; i < 20_000; i++) {
            const bytes = Uint8Array.from({ length: random.next().value % 60 }, () => random.next().value & 255);
            if (bytes.length > 0) bytes[0] = 0xd7;
            expect(readUnit(bytes)).toBeNull();
        }
    });

    it('that claim a huge picture are refused before memory is taken', () => {
        const unit = readUnit(coded[0]!.units.at(-1)!)!;
        const huge = writeUnit({ ...unit, widthPx: 8192, heightPx: 8192 });
        expect(() => new FrameDecoder().decodeUnits([huge])).toThrow(/67108864 pixels.*maxPixels/);
    });

    it('of grain and keypoints never throw anything but limits, and show pictures of the size they say', () => {
        const random = draws(9);
        const grainy = new FrameEncoder({ quality: 20, grain: true, pose: false }).encode(frames[0]!);
        const grain = grainy.units.filter((bytes) => readUnit(bytes)!.layer === 'grain');
        expect(grain.length).toBeGreaterThan(0);
        for (let i = 0; i < 400; i++) {
            // Behind a right check, so that the layer's own reader sees the damage.
            const damaged = grainy.units.map((bytes) => (grain.includes(bytes) ? rewritten(bytes, random) : bytes));
            const { picture } = new FrameDecoder().decodeUnits(damaged);
            expect([picture.widthPx, picture.heightPx]).toEqual([33, 17]);
        }
        const opaque = clip(12, { widthPx: 24, heightPx: 16 });
        const tracks = opaque.map((_, k): Keypoints => [[k, 4], k % 3 === 0 ? null : [20, k]]);
        const video = encodeKeypointVideo(opaque, tracks, { skeleton: [[0, 1]], unitFrames: 4 });
        const { metadata, frames: segments } = readMxr(video);
        let read = 0;
        for (let i = 0; i < 3000; i++) {
            const torn = segments.map(({ timeNs, units }) => ({
                timeNs,
                units: units.map((bytes) => (readUnit(bytes)!.layer === 'keypoints' ? rewritten(bytes, random) : bytes))
            }));
            const mutant = writeMxr({ metadata, frames: torn });
            const points = readKeypoints(mutant);
            expect(points.length).toBeLessThanOrEqual(4095 * segments.length);
            read += points.length > 0 ? 1 : 0;
            if (i % 100 > 0) continue;
            const shown = decodeKeypointVideo(mutant, { skeleton: [[0, 1]] });
            for (const { picture } of [shown.next(), shown.next()].flatMap(({ value }) => value ?? []))
                expect(picture.widthPx).toBe(24);
        }
        // Some are read, with points that are elsewhere; some are not.
        expect(read).toBeGreaterThan(100);
    });
});

/** A unit with another payload or other numbers, and the check that goes with them. */
function rewritten(bytes: Uint8Array, random: Generator<number>): Uint8Array {
    const unit = readUnit(bytes)!;
    const below = (n: number): number => random.next().value % n;
    const numbers = below(4) === 0 ? { first: below(5000), count: below(5000) } : {};
    return writeUnit({ ...unit, ...numbers, payload: below(3) === 0 ? unit.payload : mutate(unit.payload, random) });
}
