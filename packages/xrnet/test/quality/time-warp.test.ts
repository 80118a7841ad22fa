import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DisplayedFrame, displayFrames, lookingAround } from '../../src/index.ts';

const MS = 1e6;

/** Frames at 90 Hz, each so late. */
function frames(count: number, lateNs: (i: number) => number | null): DisplayedFrame[] {
    return Array.from({ length: count }, (_, i) => {
        const poseNs = Math.round((i * 1e9) / 90);
        const late = lateNs(i);
        return { poseNs, readyNs: late === null ? null : poseNs + late };
    });
}

test('a head that turns evenly sees frames as far behind as they are old; warp leaves the age of the sensor', () => {
    // 1 rad/s: an error of 1 mrad a ms.
    const turning = (timeNs: number) => [timeNs / 1e9, 0] as const;
    const shown = frames(90, () => 1e9 / 90 - 1000);
    const plain = displayFrames(shown, turning, { warp: false });
    // Ready just before the next refresh: shown one period after its pose.
    expect(plain.meanErrorRad).toBeCloseTo(1 / 90, 6);
    expect(plain.blackShare).toBe(0);
    const warped = displayFrames(shown, turning, { warp: true, sensorNs: 2 * MS, fovRad: [1, 1] });
    expect(warped.meanErrorRad).toBeCloseTo(0.002, 9);
    // Turned by the frame's age less the sensor's, of a field of view of 1 rad.
    expect(warped.blackShare).toBeCloseTo(1 / 90 - 0.002, 6);
    expect(warped.meanAgeNs).toBeCloseTo(1e9 / 90, 0);
    expect(displayFrames(shown, turning, { fovRad: [1, 1], marginRad: 0.05 }).blackShare).toBe(0);
});

test('lost frames repeat the one before: its age grows, warp keeps the error, the edges turn black', () => {
    const track = lookingAround(Rng.create(1), 1);
    const good = frames(270, () => 8 * MS);
    const bad = frames(270, (i) => (i % 10 < 7 ? 8 * MS : null));
    const [all, lost] = [displayFrames(good, track), displayFrames(bad, track)];
    expect(all.repeatedShare).toBeLessThan(0.02);
    // Three of ten never come.
    expect(lost.repeatedShare).toBeCloseTo(0.3, 1);
    expect(lost.meanErrorRad).toBeCloseTo(all.meanErrorRad, 3);
    expect(lost.blackShare).toBeGreaterThan(1.3 * all.blackShare);
    expect(lost.meanAgeNs).toBeGreaterThan(all.meanAgeNs);
    const unwarped = displayFrames(bad, track, { warp: false });
    expect(unwarped.meanErrorRad).toBeGreaterThan(4 * lost.meanErrorRad);
});

test('shares stay shares, later frames never make the picture younger, and a frame overtaken is not shown', () => {
    fc.assert(
        fc.property(
            fc.array(fc.option(fc.integer({ min: 0, max: 60 }), { freq: 5 }), { minLength: 20, maxLength: 60 }),
            fc.integer({ min: 0, max: 1000 }),
            (late, seed) => {
                fc.pre(late[0] !== null && late[0]! < 20);
                const track = lookingAround(Rng.create(seed), 2);
                const shown = frames(late.length, (i) => (late[i] === null ? null : late[i]! * MS));
                const result = displayFrames(shown, track);
                for (const share of [result.blackShare, result.worstBlackShare, result.repeatedShare]) {
                    expect(share).toBeGreaterThanOrEqual(0);
                    expect(share).toBeLessThanOrEqual(1);
                }
                const later = shown.map((frame) => ({
                    ...frame,
                    readyNs: frame.readyNs === null ? null : frame.readyNs + MS
                }));
                // Refreshes before the first frame are not counted, so compare those that both have.
                const from = Math.min(...later.flatMap(({ readyNs }) => readyNs ?? []));
                const both = shown.map((frame) => ({
                    ...frame,
                    readyNs: frame.readyNs === null ? null : Math.max(frame.readyNs, from)
                }));
                expect(displayFrames(later, track).meanAgeNs).toBeGreaterThanOrEqual(
                    displayFrames(both, track).meanAgeNs
                );
            }
        ),
        { numRuns: 100 }
    );
});

test('the speed of a head that looks around is what was asked for', () => {
    const track = lookingAround(Rng.create(3), 1.5);
    let square = 0;
    const steps = 100_000;
    for (let i = 0; i < steps; i++) {
        const [a, b] = [track(i * 10 * MS), track(i * 10 * MS + 1000)];
        square += ((b[0] - a[0]) / 1e-6) ** 2;
    }
    // 1,000 s hold 100 periods of the slowest wave.
    expect(Math.sqrt(square / steps)).toBeCloseTo(1.5, 2);
});

test('what cannot be shown is refused', () => {
    const still = () => [0, 0] as const;
    expect(() =>
        displayFrames(
            frames(10, () => null),
            still
        )
    ).toThrow(/0 of 10 frames came/);
    expect(() =>
        displayFrames(
            frames(10, () => 0),
            still,
            { refreshHz: 0 }
        )
    ).toThrow(/refreshHz of the display is 0/);
    expect(() => lookingAround(Rng.create(1), -1)).toThrow(/speed is -1/);
});
