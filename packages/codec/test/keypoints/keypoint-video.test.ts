import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    decodeKeypointVideo,
    decodeMxr,
    encodeKeypointVideo,
    inspectMxr,
    type Keypoints,
    mxrOfArrivals,
    pduSetsOfMxr,
    pictureFromFrame,
    readKeypoints,
    readMxr,
    readUnit,
    type Skeleton,
    writeMxr,
    writeUnit
} from '../../src/index.ts';
import { decodeKeypoints, encodeKeypoints } from '../../src/keypoints/keypoint-coder.ts';
import { conceptModel } from '../helpers/concept-weights.ts';

const SIZE = 96;
/** Shoulder, elbow, wrist. */
const ARM: Skeleton = [
    [0, 1],
    [1, 2]
];

/** A red arm of two parts in front of a striped wall; it swings. */
function pose(time: number): Keypoints {
    const swing = 0.5 * Math.sin(time / 5);
    const elbow = [48 + 24 * Math.sin(swing), 40 + 24 * Math.cos(swing)] as const;
    return [[48, 40], elbow, [elbow[0] + 20 * Math.sin(2 * swing), elbow[1] + 20 * Math.cos(2 * swing)]];
}

function picture(points: Keypoints): Frame {
    const color = new Float32Array(3 * SIZE * SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) {
        const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
        const near = ARM.some(([a, b]) => {
            const [p, q] = [points[a]!, points[b]!];
            const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
            const t = Math.max(0, Math.min(1, ((x - p[0]) * dx + (y - p[1]) * dy) / (dx * dx + dy * dy)));
            return (x - p[0] - t * dx) ** 2 + (y - p[1] - t * dy) ** 2 < 36;
        });
        const wall = x % 24 < 12 ? 0.3 : 0.5;
        color[i] = near ? 0.8 : wall;
        color[SIZE * SIZE + i] = near ? 0.05 : wall;
        color[2 * SIZE * SIZE + i] = near ? 0.05 : wall * 0.9;
    }
    return new Frame({ widthPx: SIZE, heightPx: SIZE, layers: { color } });
}

const tracks = Array.from({ length: 40 }, (_, i) => pose(i));
const frames = tracks.map(picture);

function rms(a: { rgb: Uint8Array }, b: { rgb: Uint8Array }): number {
    return Math.sqrt(a.rgb.reduce((sum, value, i) => sum + (value - b.rgb[i]!) ** 2, 0) / a.rgb.length);
}

describe('keypoints', () => {
    it('come back to half a step of the grid, seen or not, every frame sent', () => {
        const coordinate = fc.double({ min: 0, max: 95, noNaN: true });
        const point = fc.option(fc.tuple(coordinate, coordinate));
        const run = fc
            .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 12 }))
            .chain(([points, count]) =>
                fc.array(fc.array(point, { minLength: points, maxLength: points }), {
                    minLength: count,
                    maxLength: count
                })
            );
        fc.assert(
            fc.property(run, (given) => {
                const payload = encodeKeypoints(given, SIZE, 64, { steps: 128, every: 1 });
                const { frames: read } = decodeKeypoints(payload, given.length, SIZE, 64)!;
                expect(read.length).toBe(given.length);
                for (const [i, frame] of given.entries()) {
                    for (const [k, one] of frame.entries()) {
                        const got = read[i]![k]!;
                        if (one === null) expect(got).toBeNull();
                        else
                            for (const c of [0, 1])
                                expect(Math.abs(got[c]! - one[c]!)).toBeLessThanOrEqual(SIZE / 256 + 1e-9);
                    }
                }
            })
        );
    });

    it('between frames that are sent lie on a line, and resting ones cost next to nothing', () => {
        const straight = Array.from({ length: 9 }, (_, i): Keypoints => [[3 * i, 60 - 3 * i]]);
        const payload = encodeKeypoints(straight, 128, 128, { steps: 128, every: 4 });
        expect(decodeKeypoints(payload, 9, 128, 128)!.frames).toEqual(straight);
        const rest = Array.from(
            { length: 300 },
            (): Keypoints => Array.from({ length: 17 }, (_, k) => [k * 5, 64] as const)
        );
        // 17 x 300 points at rest: under a hundredth of a byte each, after 17 whole positions of 14 bits.
        expect(encodeKeypoints(rest, 128, 128, { steps: 128, every: 1 }).length).toBeLessThan(130);
    });
});

describe('a keypoint video', () => {
    const file = encodeKeypointVideo(frames, tracks, { skeleton: ARM, quality: 70, refreshLevels: 60 });
    const shown = [...decodeKeypointVideo(file, { skeleton: ARM })];

    it('shows as many frames as went in, nearer to them than the key picture stays', () => {
        expect(shown.length).toBe(frames.length);
        expect(shown[0]!.kind).toBe('key');
        const key = shown[0]!.picture;
        let [moved, still] = [0, 0];
        for (const [i, frame] of shown.entries()) {
            const source = pictureFromFrame(frames[i]!).picture;
            moved += rms(source, frame.picture);
            still += rms(source, key);
        }
        // Points are coarse by half a step of the grid, and the wall behind the arm was never seen: what is left is edges.
        expect(moved).toBeLessThan(0.8 * still);
        expect(shown[10]!.timeNs).toBe(333_333_333);
    });

    it('puts the arm where the points are, and the wall where it was', () => {
        const at = 8;
        const source = pictureFromFrame(frames[at]!).picture;
        const { rgb } = shown[at]!.picture;
        const redness = (data: Uint8Array, [x, y]: readonly number[]): number => {
            const i = Math.round(y!) * SIZE + Math.round(x!);
            return data[i]! - data[SIZE * SIZE + i]!;
        };
        const wrist = tracks[at]![2]!;
        expect(redness(source.rgb, wrist)).toBeGreaterThan(100);
        expect(redness(rgb, wrist)).toBeGreaterThan(60);
        // Where the wrist was in the key picture.
        expect(redness(rgb, tracks[0]![2]!)).toBeLessThan(40);
    });

    it('sends a new key where the motion no longer explains the picture', () => {
        const changed = frames.map((frame, i) => (i < 20 ? frame : picture(pose(i + 12))));
        const strict = { skeleton: ARM, quality: 70, leastFrames: 4, refreshLevels: 40 };
        const keys = (bytes: Uint8Array): number => readMxr(bytes).frames.length;
        expect(keys(encodeKeypointVideo(changed, tracks, strict))).toBeGreaterThan(
            keys(encodeKeypointVideo(frames, tracks, strict))
        );
    });

    it('has its points read without its pictures, and its keys shown by readers that know none', () => {
        const points = readKeypoints(file);
        expect(points.length).toBe(frames.length);
        for (const [i, frame] of points.entries()) {
            // Half a step of 96/256, and what interpolation over two frames of a swing misses.
            for (const [k, point] of frame.entries()) {
                for (const c of [0, 1]) expect(Math.abs(point![c]! - tracks[i]![k]![c]!)).toBeLessThan(1.5);
            }
        }
        expect(decodeMxr(file).frames.every(({ exact }) => exact)).toBe(true);
    });

    it('is the same everywhere, and of damaged points shows the key alone', () => {
        expect(encodeKeypointVideo(frames, tracks, { skeleton: ARM, quality: 70, refreshLevels: 60 })).toEqual(file);
        const torn = readMxr(file).frames.map(({ timeNs, units }) => ({
            timeNs,
            units: units.map((bytes) => {
                const unit = readUnit(bytes)!;
                return unit.layer === 'keypoints'
                    ? writeUnit({ ...unit, payload: unit.payload.map((v) => v ^ 0x55) })
                    : bytes;
            })
        }));
        const left = [...decodeKeypointVideo(writeMxr({ frames: torn }), { skeleton: ARM })];
        expect(left.every(({ kind }) => kind === 'key')).toBe(true);
        expect(readKeypoints(writeMxr({ frames: torn }))).toEqual([]);
    });

    it('has its points in packets that stand alone: of lost ones the frames lie between those around', () => {
        const long = Array.from({ length: 120 }, (_, i) => pose(i));
        const video = encodeKeypointVideo(long.map(picture), long, {
            skeleton: ARM,
            quality: 40,
            refreshLevels: 200,
            unitFrames: 6,
            every: 1
        });
        const sets = pduSetsOfMxr(video, { stream: 'person' });
        const points = sets.filter(({ units }) => readUnit(units[0]!)!.layer === 'keypoints');
        expect(points.length).toBe(20);
        expect(points.every(({ units }) => units.length === 1 && units[0]!.length < 100)).toBe(true);
        // Sent when the last of its six frames is known.
        expect(points[1]!.timeNs).toBe(366_666_667);
        expect(sets.map(({ sequence }) => sequence)).toEqual(sets.map((_, i) => i));
        const { metadata } = readMxr(video);
        expect(decodeMxr(mxrOfArrivals(sets, metadata)).frames.length).toBe(readMxr(video).frames.length);
        expect(readKeypoints(mxrOfArrivals(sets, metadata))).toEqual(readKeypoints(video));
        // Every fifth lost, the first and the last among them.
        const left = sets.filter((set) => !points.includes(set) || ![0, 5, 10, 15, 19].includes(points.indexOf(set)));
        const damaged = mxrOfArrivals(left, metadata);
        const shown = [...decodeKeypointVideo(damaged, { skeleton: ARM })];
        expect(shown.length).toBe(120);
        expect(shown.slice(1).every(({ kind }) => kind === 'moved')).toBe(true);
        const far = (i: number): number =>
            Math.max(
                ...shown[i]!.points.map((point, k) =>
                    Math.hypot(point![0] - long[i]![k]![0], point![1] - long[i]![k]![1])
                )
            );
        // What arrived is right to the grid's half step; the key's points are in every unit; a lost fifth of a second of this swing is bent by a few pixels.
        for (const i of [0, 6, 29, 36, 113]) expect(far(i), `frame ${i}`).toBeLessThan(0.6);
        for (const i of [3, 33, 63, 93]) expect(far(i), `frame ${i}`).toBeLessThan(8);
        // After the last that arrived the points stay.
        expect(shown[119]!.points).toEqual(shown[113]!.points);
    });

    it('takes its keys as concepts, alone, or with parity, and refuses larger pictures than it is given leave for', () => {
        const concept = conceptModel();
        const video = encodeKeypointVideo(frames, tracks, { skeleton: ARM, key: { concept }, mostFrames: 20 });
        const layers = inspectMxr(video).layerBytes;
        expect(layers.concept).toBeGreaterThan(0);
        expect(layers.texture).toBe(0);
        const [drawn] = decodeKeypointVideo(video, { skeleton: ARM, concept });
        const [base] = decodeKeypointVideo(video, { skeleton: ARM });
        expect(drawn!.picture.rgb).not.toEqual(base!.picture.rgb);
        const alone = encodeKeypointVideo(frames, tracks, {
            skeleton: ARM,
            key: { gopLength: 1, parity: 4 },
            mostFrames: 20
        });
        const kinds = inspectMxr(alone).frames.map(({ kind }) => kind);
        expect(kinds.length).toBeGreaterThan(1);
        expect(kinds.every((kind) => kind === 'intra')).toBe(true);
        expect(inspectMxr(alone).layerBytes.parity).toBeGreaterThan(0);
        expect(() => [...decodeKeypointVideo(video, { skeleton: ARM, maxPixels: 100 })]).toThrow(/pixels/);
    });

    it('refuses what does not fit together', () => {
        expect(() => encodeKeypointVideo(frames, tracks.slice(1))).toThrow(/39 tracks for 40 frames/);
        expect(() => encodeKeypointVideo(frames, tracks)).toThrow(/skeleton joins points that are not there/);
        expect(() => encodeKeypointVideo(frames, tracks, { skeleton: ARM, steps: 100 })).toThrow(/steps is 100/);
        expect(() => encodeKeypointVideo(frames, tracks, { skeleton: ARM, every: 9 })).toThrow(/every is 9/);
    });
});
