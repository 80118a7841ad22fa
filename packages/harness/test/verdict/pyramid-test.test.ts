import { holm, Moments, Rng, welchTest } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MomentsAccumulator, type MomentsImage } from '../../src/verdict/moments-image.ts';
import { pyramidTest } from '../../src/verdict/pyramid-test.ts';
import { exponential, fireflies, gaussian, type Noise, noisyPicture } from './noise.ts';

const rng = Rng.create('pyramid');

/** Of `trials` unchanged pairs, how many are called different. */
function falseAlarms(name: string, trials: number, size: number, count: number, noise: Noise, alpha: number): number {
    let alarms = 0;
    for (let trial = 0; trial < trials; trial++) {
        const stream = rng.stream(name, trial);
        const a = noisyPicture(stream, { size, count, noise });
        const b = noisyPicture(stream, { size, count, noise });
        if (!pyramidTest(a, b, { alpha }).same) alarms++;
    }
    return alarms;
}

describe('pyramidTest', () => {
    // Of 200 trials at a true rate of 5 %, 10 are expected; more than 19 have a chance of 0.3 % (binomial). The seed is fixed.
    it.each([
        ['exponential', exponential],
        ['gaussian', gaussian],
        ['fireflies', fireflies]
    ] as const)('calls unchanged pictures with %s noise different at a rate that alpha explains', (name, noise) => {
        expect(falseAlarms(name, 200, 32, 12, noise, 0.05)).toBeLessThanOrEqual(19);
    });

    it('finds a bias of the whole, of a block and of a few pixels, and says where and which way', () => {
        const size = 64;
        const before = noisyPicture(rng.stream('before'), { size, count: 64 });
        const inside = (x: number, y: number): boolean => x >= 32 && y >= 32;
        const cases = [
            // Standard error of the whole: 1 / sqrt(64 * 4096) * sqrt(2) = 0.28 %, so 2 % is 7 of them.
            { level: () => 1.02, blockPx: Infinity, sign: 1, x: 0, y: 0 },
            // Of a 32 px block: 0.55 %, so 4 % is 7 of them.
            { level: (x: number, y: number) => (inside(x, y) ? 0.96 : 1), blockPx: 32, sign: -1, x: 32, y: 32 },
            // Of a pixel: 18 %, so three times as bright is 11 of its own (it brings three times the noise, too).
            { level: (x: number, y: number) => (x === 9 && y === 5 ? 4 : 1), blockPx: 1, sign: 1, x: 9, y: 5 }
        ];
        for (const [i, { level, blockPx, sign, x, y }] of cases.entries()) {
            const after = noisyPicture(rng.stream('after', i), { size, count: 64, level });
            const result = pyramidTest(before, after);
            expect(result.same).toBe(false);
            const found = result.findings.find((f) => f.blockPx === blockPx);
            expect(found).toMatchObject({ x, y });
            expect(Math.sign(found!.bias)).toBe(sign);
            expect(found!.interval[0]).toBeLessThan(found!.bias);
            expect(found!.interval[1]).toBeGreaterThan(found!.bias);
        }
    });

    it('gives the p-values of Welch and Holm where a level is one pixel', () => {
        // The oracle: core's Welch test of each pixel and Holm over all, for the finest level alone.
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 1000 }),
                fc.double({ min: 1.5, max: 4, noNaN: true }),
                (seed, factor) => {
                    const stream = rng.stream('oracle', seed);
                    const level = (x: number, y: number): number => (x + y === 2 ? factor : 1);
                    const a = noisyPicture(stream, { size: 4, count: 16 });
                    const b = noisyPicture(stream, { size: 4, count: 16, level });
                    const pixel = (image: MomentsImage, i: number): { count: number; mean: number; m2: number } => ({
                        count: image.count,
                        mean: image.mean[i]!,
                        m2: image.m2[i]!
                    });
                    const expected = holm(Array.from({ length: 16 }, (_, i) => welchTest(pixel(a, i), pixel(b, i)).p));
                    const result = pyramidTest(a, b, { levels: [1], resolution: 0 });
                    const smallest = Math.min(...expected);
                    // Not tested exactly where it is far from mattering.
                    if (smallest < 0.01) expect(result.p).toBeCloseTo(smallest, 9);
                    else expect(result.same).toBe(true);
                }
            ),
            { numRuns: 60 }
        );
    });

    it('gives the same sums for a coarse level whether or not finer levels are there', () => {
        const a = noisyPicture(rng.stream('sum', 1), { size: 40, count: 8 });
        const b = noisyPicture(rng.stream('sum', 2), { size: 40, count: 8, level: () => 1.5 });
        const alone = pyramidTest(a, b, { levels: [Infinity] });
        const among = pyramidTest(a, b, { levels: [1, 4, 8, Infinity] });
        expect(among.bias).toBeCloseTo(alone.bias, 12);
        expect(among.levels.at(-1)!.p).toBeCloseTo(Math.min(1, alone.levels[0]!.p * 4), 12);
    });

    it('is not fooled by pixels that depend on each other when told that they do', () => {
        // One factor for all pixels of a repetition: a block mean varies as much as a pixel.
        const correlatedPicture = (name: string): MomentsImage => {
            const stream = rng.stream(name);
            const accumulator = new MomentsAccumulator(32, 32, 1);
            for (let n = 0; n < 12; n++) {
                const factor = 1 + 0.2 * stream.normal();
                accumulator.add(Float64Array.from({ length: 1024 }, () => factor + 0.01 * stream.normal()));
            }
            return accumulator.finish();
        };
        let naive = 0;
        let aware = 0;
        for (let i = 0; i < 40; i++) {
            const [a, b] = [correlatedPicture(`a${i}`), correlatedPicture(`b${i}`)];
            if (!pyramidTest(a, b).same) naive++;
            if (!pyramidTest(a, b, { correlated: true }).same) aware++;
        }
        expect(naive).toBeGreaterThan(20);
        // At alpha 1 %, 4 of 40 have a chance below 0.1 %.
        expect(aware).toBeLessThan(4);
    });

    it('has an interval for the bias of the whole that holds the true one as often as it says', () => {
        let held = 0;
        for (let i = 0; i < 100; i++) {
            const stream = rng.stream('interval', i);
            const a = noisyPicture(stream, { size: 16, count: 16, noise: gaussian });
            const b = noisyPicture(stream, { size: 16, count: 16, noise: gaussian, level: () => 1.1 });
            const { biasInterval } = pyramidTest(a, b);
            if (biasInterval[0] <= 0.1 && biasInterval[1] >= 0.1) held++;
        }
        // 95 of 100 expected; below 88 has a chance of 0.4 %.
        expect(held).toBeGreaterThanOrEqual(88);
    });

    it("has Welch's degrees of freedom in the interval of the whole", () => {
        const picture = (...values: number[]): MomentsImage => {
            const accumulator = new MomentsAccumulator(1, 1, 1);
            for (const value of values) accumulator.add([value]);
            return accumulator.finish();
        };
        // By hand: means 2 and 4, squared errors 1 / 3 and 0, so 2 degrees of freedom (not 3 + 3 - 2): Student's 4.302653 in
        // the tables, and 4.302653 sqrt(1 / 3) = 2.484138 either way of 2, over a baseline of 2.
        const { bias, biasInterval } = pyramidTest(picture(1, 2, 3), picture(4, 4, 4));
        expect(bias).toBe(1);
        expect(biasInterval[0]).toBeCloseTo((2 - 2.484138) / 2, 6);
        expect(biasInterval[1]).toBeCloseTo((2 + 2.484138) / 2, 6);
    });

    it('passes differences below its resolution in pixels without noise, and fails those above', () => {
        const flat = (value: number): MomentsImage =>
            new MomentsAccumulator(8, 8, 1)
                .add(new Float64Array(64).fill(value))
                .add(new Float64Array(64).fill(value))
                .finish();
        expect(pyramidTest(flat(1), flat(1.0001)).same).toBe(true);
        expect(pyramidTest(flat(1), flat(1.01)).same).toBe(false);
        expect(pyramidTest(flat(0), flat(1)).same).toBe(false);
        expect(pyramidTest(flat(1), flat(1))).toMatchObject({ same: true, p: 1, bias: 0 });
    });

    it('refuses pictures of different sizes and levels that do not nest', () => {
        const small = noisyPicture(rng.stream('s'), { size: 8, count: 2 });
        const large = noisyPicture(rng.stream('l'), { size: 16, count: 2 });
        expect(() => pyramidTest(small, large)).toThrowError(expect.objectContaining({ code: 'bad-input' }));
        for (const levels of [[], [8, 1], [8, 12], [0], [1.5]]) {
            expect(() => pyramidTest(small, small, { levels })).toThrowError(/levels/);
        }
        for (const alpha of [0, 1, Number.NaN])
            expect(() => pyramidTest(small, small, { alpha })).toThrowError(/alpha/);
    });
});

describe('MomentsAccumulator', () => {
    it('has the moments that core computes of each pixel and each block', () => {
        fc.assert(
            fc.property(
                fc.array(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 15, maxLength: 15 }), {
                    minLength: 2,
                    maxLength: 6
                }),
                (repetitions) => {
                    const accumulator = new MomentsAccumulator(5, 3, 1, [1, 2, Infinity]);
                    for (const data of repetitions) accumulator.add(data);
                    const result = accumulator.finish();
                    for (let i = 0; i < 15; i++) {
                        const expected = Moments.of(repetitions.map((data) => data[i]!));
                        // Stored in single precision.
                        expect(result.mean[i]).toBeCloseTo(expected.mean, 4);
                        expect(result.m2[i]).toBeCloseTo(expected.m2, 3);
                    }
                    const corner = (data: number[]): number => (data[4]! + data[9]!) / 2;
                    const blocks = result.blocks!.find((b) => b.blockPx === 2)!;
                    expect(blocks.mean).toHaveLength(6);
                    expect(blocks.mean[2]).toBeCloseTo(Moments.of(repetitions.map(corner)).mean, 9);
                    const whole = (data: number[]): number => data.reduce((s, v) => s + v, 0) / 15;
                    expect(result.blocks!.at(-1)!.m2[0]).toBeCloseTo(Moments.of(repetitions.map(whole)).m2, 9);
                }
            )
        );
    });

    it('refuses a single repetition: it says nothing of the noise', () => {
        expect(() => new MomentsAccumulator(1, 1, 1).add([1]).finish()).toThrowError(/at least 2/);
        expect(() => new MomentsAccumulator(2, 2, 1).add([1])).toThrowError(/1 values/);
    });
});
