import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import { type CellResult, simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { isDropped } from '../../src/mac/congestion-drop.ts';
import { interruptedNs, interruptionsOf } from '../../src/mac/handover.ts';
import { dropRule, ReferenceChain } from '../../src/mac/psihi.ts';
import { burstOffsets } from '../../src/traffic/burst-offset.ts';
import { videoModel } from '../../src/traffic/models.ts';
import { RateControl } from '../../src/traffic/rate-control.ts';
import { pduSet, pduSets } from '../sets.ts';

const SECOND = 1_000_000_000;
const run = (config: CellConfigInput, flows: readonly Flow[], seed = 1): CellResult =>
    simulateCell({ coreDelayNs: 0, ...config }, flows, { rng: Rng.create(seed) });
const users = (count: number, flow: Partial<Flow>): Flow[] =>
    Array.from({ length: count }, (_, ue) => ({ ue, traffic: videoModel('vr-30'), ...flow }));
const inTime = ({ users: all }: CellResult): number => all.reduce((sum, { flows }) => sum + (flows[0]?.inTime ?? 0), 0);

describe('the PSIHI rules', () => {
    it('are the six rows of the table', () => {
        for (const integrated of [false, true]) {
            expect(dropRule('intra', integrated)).toEqual({ rest: true, whole: integrated, untilIntra: true });
            expect(dropRule('reference', integrated)).toEqual({ rest: true, whole: integrated, untilIntra: true });
            expect(dropRule('disposable', integrated)).toEqual({ rest: true, whole: integrated, untilIntra: false });
        }
    });

    it('follow a stream from intra frame to intra frame', () => {
        const chain = new ReferenceChain();
        const stream = ['intra', 'reference', 'disposable', 'reference', 'intra', 'reference'] as const;
        const entered: boolean[] = [];
        for (const [i, kind] of stream.entries()) {
            entered.push(chain.enters(kind, i));
            if (i === 1) chain.lost('reference', 1);
            // The news of an old loss comes after the intra frame: it does not break the new chain.
            if (i === 4) chain.lost('reference', 3);
        }
        expect(entered).toEqual([true, true, false, false, true, true]);
    });

    it('save resources on frames that could not be decoded', () => {
        const traffic = { ...videoModel('vr-30'), gop: 8, intraOverPredicted: 2 };
        const config: CellConfigInput = { radio: { sinrDb: 8 }, durationNs: 2 * SECOND };
        const plain = run({ ...config, discard: { dependents: false } }, users(5, { traffic }));
        const rules = run({ ...config, discard: { dependents: true } }, users(5, { traffic }));
        expect(rules.counters.downlink.usedSlots).toBeLessThan(plain.counters.downlink.usedSlots);
    });
});

describe('dropping under congestion', () => {
    it('takes what is unimportant while the queue is long', () => {
        const rule = { queueNs: 5e6, fromImportance: 3 };
        expect(isDropped(rule, 3, 60_000, 0.01)).toBe(true);
        expect(isDropped(rule, 2, 60_000, 0.01)).toBe(false);
        expect(isDropped(rule, 15, 40_000, 0.01)).toBe(false);
    });

    it('brings more of the important sets in time than no dropping', () => {
        // A base and an enhancement layer for every frame, together more than the cell carries.
        const layered = (seed: number) => (congestion: { queueNs: number; fromImportance: number } | null) => {
            const sets = Array.from({ length: 60 }, (_, i) => [
                pduSet(2 * i, Math.round((i * SECOND) / 60), 20, 1200, { importance: 1 }),
                pduSet(2 * i + 1, Math.round((i * SECOND) / 60), 60, 1200, { importance: 5 })
            ]).flat();
            const config: CellConfigInput = {
                bandwidthPrb: 36,
                radio: { sinrDb: 10, fading: null },
                scheduler: 'pf',
                discard: { expired: false, integrated: false },
                congestion
            };
            const { arrivals } = run(config, [{ ue: 0, pduSets: sets }], seed);
            return arrivals.filter(({ set, outcome, late }) => set.importance === 1 && outcome === 'complete' && !late)
                .length;
        };
        expect(layered(1)({ queueNs: 2e6, fromImportance: 2 })).toBeGreaterThan(layered(1)(null));
    });
});

describe('handover', () => {
    it('is measured as the time that interruptions cover', () => {
        const list = interruptionsOf({ firstNs: 100, everyNs: 1e6, interruptionNs: 50 }, 2.5e6);
        expect(list).toEqual([
            { fromNs: 100, toNs: 150 },
            { fromNs: 1_000_100, toNs: 1_000_150 },
            { fromNs: 2_000_100, toNs: 2_000_150 }
        ]);
        expect(interruptedNs(list, 120, 1_000_110)).toBe(40);
    });

    it('delays what waits for its end, and says so; DAPS does not', () => {
        const mobile = (interruptionNs: number) =>
            run(
                {
                    tdd: { pattern: 'F' },
                    harq: { errorModel: 'none', decodeNs: 0 },
                    discard: { expired: false },
                    radio: {
                        sinrDb: 30,
                        fading: null,
                        interruptions: interruptionsOf({ firstNs: 10e6, everyNs: SECOND, interruptionNs }, SECOND)
                    }
                },
                [{ ue: 0, pduSets: [pduSet(0, 20_000_000)] }]
            ).arrivals[0];
        // From 20 ms to the interruption's end at 55 ms, then one slot.
        expect(mobile(45e6)?.delayNs).toEqual({ handover: 35_000_000, transmission: 500_000 });
        expect(mobile(45e6)?.reason).toBe('handover');
        expect(mobile(0)?.delayNs).toEqual({ transmission: 500_000 });
    });

    it('keeps the sum of the causes', () => {
        const radio = {
            sinrDb: 12,
            interruptions: interruptionsOf({ firstNs: 15e6, everyNs: 50e6, interruptionNs: 20e6 }, SECOND)
        };
        const { arrivals } = run({ radio, discard: { expired: false, integrated: false } }, [
            { ue: 0, pduSets: pduSets(60, 60, 20, 1200) }
        ]);
        for (const { delayNs, arrivedNs, set } of arrivals) {
            expect(Object.values(delayNs).reduce((sum, ns) => sum + ns, 0)).toBe(
                (arrivedNs ?? set.timeNs) - set.timeNs
            );
        }
        expect(arrivals.some(({ reason }) => reason === 'handover')).toBe(true);
    });

    it('refuses interruptions out of order', () => {
        const interruptions = [
            { fromNs: 5, toNs: 9 },
            { fromNs: 7, toNs: 12 }
        ];
        expect(() => run({ radio: { interruptions } }, users(1, {}))).toThrow(/interruptions\[1\]/);
    });
});

describe('rate control', () => {
    const state = (congestionMarks: number, recommendedRateBps = 1e9) => ({
        timeNs: 0,
        recommendedRateBps,
        congestionMarks,
        frameDelayNs: null,
        burstOffsetNs: 0
    });

    it('stays from 0.1 to 1 whatever it is told', () => {
        const names = fc.constantFrom('recommended' as const, 'prague' as const, 'scream' as const);
        fc.assert(
            fc.property(
                names,
                fc.array(
                    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }))
                ),
                (name, told) => {
                    const control = new RateControl(name, 30e6);
                    for (const [marks, rate] of told) {
                        control.onState(state(marks, rate));
                        expect(control.factor).toBeGreaterThanOrEqual(0.1);
                        expect(control.factor).toBeLessThanOrEqual(1);
                    }
                }
            )
        );
    });

    it('halves at most, in proportion to the marks', () => {
        const prague = new RateControl('prague', 30e6);
        prague.onState(state(1));
        // alpha = 1/16 after the first marked state.
        expect(prague.factor).toBeCloseTo(1 - 1 / 32, 12);
        const scream = new RateControl('scream', 30e6);
        scream.onState(state(1));
        expect(scream.factor).toBeCloseTo(1 - 1 / 16, 12);
    });

    it.each(['recommended', 'prague', 'scream'] as const)(
        '%s brings more frames in time in an overloaded cell',
        (rateControl) => {
            const config: CellConfigInput = {
                radio: { sinrDb: 12 },
                durationNs: 5 * SECOND,
                statePeriodNs: 50_000_000
            };
            const off = run(config, users(14, {}));
            const on = run(config, users(14, { rateControl }));
            expect(inTime(on)).toBeGreaterThan(inTime(off));
        }
    );
});

describe('advice for the uplink', () => {
    const config: CellConfigInput = {
        tdd: { pattern: 'DDDSUDDSUU' },
        radio: { sinrDb: 12 },
        durationNs: 2 * SECOND,
        statePeriodNs: 20_000_000
    };
    const cameras = (flow: Partial<Flow>, count = 14): Flow[] =>
        users(count, { direction: 'uplink', traffic: videoModel('ar-uplink-10'), ...flow });

    it('of rates brings more frames of an overloaded uplink in time, and is told of that direction only', () => {
        const off = run(config, cameras({}, 24));
        const on = run(config, cameras({ rateControl: 'recommended' }, 24));
        expect(inTime(on)).toBeGreaterThan(1.2 * inTime(off));
        expect(new Set(off.states.map(({ direction }) => direction))).toEqual(new Set(['downlink']));
        const uplink = on.states.filter(({ direction }) => direction === 'uplink');
        expect(uplink).toHaveLength(on.states.length / 2);
        // Overloaded: together they are told to send less than 24 x 10 Mbit/s.
        const told = uplink.filter(({ timeNs }) => timeNs === SECOND).map((state) => state.recommendedRateBps);
        expect(told).toHaveLength(24);
        expect(told.reduce((sum, rate) => sum + rate, 0)).toBeLessThan(240e6);
        const downlink = on.states.filter(({ direction }) => direction === 'downlink');
        expect(downlink.every(({ recommendedRateBps }) => recommendedRateBps > 10e6)).toBe(true);
    });

    it('of burst offsets spreads cameras that were switched on together', () => {
        const light = { ...videoModel('ar-uplink-10'), rateBps: 4e6, deadlineNs: 10e6 };
        const together = run(config, cameras({ traffic: light, offsetNs: 0 }));
        const spread = run(config, cameras({ traffic: light, offsetNs: 0, followsOffset: true }));
        expect(inTime(spread)).toBeGreaterThan(inTime(together));
    });

    it('recommends the share that it is told to', () => {
        const rates = (recommendedShare: number): number[] =>
            run({ ...config, recommendedShare, durationNs: SECOND / 5 }, users(2, {})).states.map(
                (state) => state.recommendedRateBps
            );
        const [half, all] = [rates(0.5), rates(1)];
        // Both are rounded to 1 bit/s.
        for (const [i, rate] of half.entries()) expect(Math.abs(2 * rate - (all[i] as number))).toBeLessThanOrEqual(2);
    });
});

describe('burst offsets', () => {
    it('spread streams of one period evenly', () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 64 }),
                (arrivals) => {
                    const periodNs = 1_000_000;
                    const offsets = burstOffsets(arrivals.map((arrivalNs) => ({ arrivalNs, periodNs })));
                    const phases = arrivals
                        .map((arrivalNs, i) => (arrivalNs + (offsets[i] as number)) % periodNs)
                        .sort((a, b) => a - b);
                    for (let i = 1; i < phases.length; i++) {
                        // Rounded to 1 ns, or left up to 2 ns late, at both ends.
                        expect(
                            Math.abs((phases[i] as number) - (phases[i - 1] as number) - periodNs / phases.length)
                        ).toBeLessThan(5);
                    }
                    expect(offsets.every((offset) => offset >= 0 && offset <= periodNs)).toBe(true);
                }
            )
        );
    });

    it('that were followed ask for nothing more, whatever the period divides into', () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 64 }),
                fc.constantFrom(1e9 / 60, 1e9 / 25, 8e9 / 25, 1e9 / 90),
                (arrivals, periodNs) => {
                    const streams = arrivals.map((arrivalNs) => ({ arrivalNs, periodNs }));
                    const moved = streams.map(({ arrivalNs }, i) => {
                        return { arrivalNs: arrivalNs + (burstOffsets(streams)[i] as number), periodNs };
                    });
                    // At most what rounding leaves: nobody is sent round the whole period again.
                    for (const offset of burstOffsets(moved)) expect(offset).toBeLessThanOrEqual(2);
                }
            )
        );
    });

    it('let a port full of cameras that start together share the cell', () => {
        // 32 cameras of 2 Mbit/s at 25 fps, intra frames four times a predicted one, all switched on at the same moment.
        const traffic = {
            ...videoModel('cg-8'),
            rateBps: 2e6,
            fps: 25,
            gop: 25,
            intraOverPredicted: 4,
            deadlineNs: 10e6,
            jitter: { stdNs: 0, maxNs: 0 }
        };
        const config: CellConfigInput = {
            radio: { sinrDb: 16 },
            bandwidthPrb: 106,
            durationNs: 4 * SECOND,
            discard: { expired: false }
        };
        const together = run(config, users(32, { traffic, offsetNs: 0 }));
        const spread = run(config, users(32, { traffic, offsetNs: 0, followsOffset: true }));
        const late = (result: CellResult): number =>
            result.users.reduce((sum, { flows }) => sum + (flows[0]?.sets ?? 0) - (flows[0]?.inTime ?? 0), 0);
        expect(late(together)).toBeGreaterThan(100);
        expect(late(spread)).toBeLessThan(late(together) / 4);
        expect(together.states.some(({ burstOffsetNs }) => burstOffsetNs > 0)).toBe(true);
    });
});
