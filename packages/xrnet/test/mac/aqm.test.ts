import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import type { FlowKpi } from '../../src/cell/flow-kpi.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { AQM_DEFAULTS, Aqm, type QueueDiscipline } from '../../src/mac/aqm.ts';
import { trafficModel } from '../../src/traffic/models.ts';

const dual = (): Aqm => new Aqm(AQM_DEFAULTS);

describe('the coupled controller of RFC 9332', () => {
    it('moves by alpha times the error and beta times the change, every update', () => {
        const aqm = dual();
        aqm.update(15_999_999, () => 20e6);
        expect(aqm.probability).toBe(0);
        // 0.16 (20 - 15) ms + 3.2 (20 - 0) ms.
        aqm.update(16e6, () => 20e6);
        expect(aqm.probability).toBeCloseTo(0.0648, 12);
        // 0.16 (18 - 15) ms + 3.2 (18 - 20) ms.
        aqm.update(32e6, () => 18e6);
        expect(aqm.probability).toBeCloseTo(0.0648 + 0.00048 - 0.0064, 12);
        // Ten updates without a word: the queue was empty.
        aqm.update(11 * 16e6, () => 0);
        expect(aqm.probability).toBe(0);
    });

    it('drops classic packets with the square and marks L4S packets with k times the probability', () => {
        fc.assert(
            fc.property(fc.double({ min: 0, max: 0.5, noNaN: true }), (probability) => {
                const aqm = dual();
                aqm.probability = probability;
                let drops = 0;
                let marks = 0;
                for (let i = 0; i < 1000; i++) {
                    if (aqm.drops(false, 1, 0)) drops++;
                    marks += aqm.marks(1, 0);
                }
                expect(aqm.drops(true, 1000, 0)).toBe(false);
                // Shares add up instead of being drawn: at most one packet from the exact count, 1e-9 for the sums.
                expect(Math.abs(drops - 1000 * probability ** 2)).toBeLessThan(1 + 1e-9);
                expect(Math.abs(marks - 2000 * probability)).toBeLessThan(1 + 1e-9);
            })
        );
    });

    it('marks L4S packets by their own waiting as well, and drops everything above the limit', () => {
        const aqm = dual();
        expect(aqm.marks(10, 4e6)).toBe(0);
        expect(aqm.marks(10, 6e6)).toBe(5);
        expect(aqm.marks(10, 9e6)).toBe(10);
        expect(aqm.drops(true, 1, AQM_DEFAULTS.limitBytes)).toBe(true);
    });

    it('is refused with fields out of range or unknown', () => {
        const run = (aqm: object): unknown =>
            simulateCell({ aqm } as CellConfigInput, [{ ue: 0, traffic: trafficModel('pose') }], {
                rng: Rng.create(1)
            });
        expect(() => run({ discipline: 'codel' })).toThrow(/aqm.discipline/);
        expect(() => run({ coupling: 0 })).toThrow(/aqm.coupling is 0/);
        expect(() => run({ target: 5 })).toThrow(/aqm.target is not a field/);
    });
});

/** Two downloads of one user over a link of fixed rate. */
const FIXED: CellConfigInput = {
    tdd: { pattern: 'F' },
    bandwidthPrb: 52,
    coreDelayNs: 5e6,
    radio: { sinrDb: 14, fading: null },
    harq: { errorModel: 'none' },
    linkAdaptation: { stepDb: 0 },
    scheduler: 'pf',
    discard: { expired: false, integrated: false },
    durationNs: 10e9
};
const downloads = (discipline: QueueDiscipline, senders: readonly ('reno' | 'prague' | 'scream')[]): FlowKpi[] =>
    simulateCell(
        { ...FIXED, aqm: { discipline } },
        senders.map((sender): Flow => ({ ue: 0, name: sender, traffic: trafficModel('download'), sender })),
        { rng: Rng.create(1) }
    ).users.flatMap(({ flows }) => flows);

describe('two senders behind the dual queue', () => {
    it('share the link although one is classic, and the scalable one hardly waits', () => {
        const [reno, prague] = downloads('dual', ['reno', 'prague']) as [FlowKpi, FlowKpi];
        // The coupling aims at equal windows, and the rates follow the round trips (RFC 9332, 1.2); measured 1.2.
        expect(prague.deliveredBytes / reno.deliveredBytes).toBeGreaterThan(0.5);
        expect(prague.deliveredBytes / reno.deliveredBytes).toBeLessThan(2);
        // A slot of waiting against a target of 15 ms.
        expect(prague.meanCausesNs.queueing).toBeLessThan(1e6);
        expect(reno.meanCausesNs.queueing).toBeGreaterThan(5e6);
        expect(prague.complete).toBe(prague.sets);
        expect(reno.complete).toBeLessThan(reno.sets);
    });

    it('do not in a single queue, where the classic one starves', () => {
        const [reno, prague] = downloads('single', ['reno', 'prague']) as [FlowKpi, FlowKpi];
        expect(prague.deliveredBytes).toBeGreaterThan(5 * reno.deliveredBytes);
    });

    it.each(['prague', 'scream'] as const)('of two %s neither starves, and nothing is lost', (sender) => {
        const [a, b] = downloads('dual', [sender, sender]) as [FlowKpi, FlowKpi];
        expect(Math.abs(a.deliveredBytes / b.deliveredBytes - 1)).toBeLessThan(0.1);
        expect(a.complete + b.complete).toBe(a.sets + b.sets);
        // Steered to the ramp, 4 to 8 ms.
        expect(a.meanCausesNs.queueing).toBeLessThan(8e6);
    });

    it('fill the queue where nothing but its end limits it', () => {
        const tail = downloads('tail-drop', ['reno', 'reno'])[0] as FlowKpi;
        const pi = downloads('dual', ['reno', 'reno'])[0] as FlowKpi;
        expect(pi.meanCausesNs.queueing).toBeLessThan(20e6);
        expect(tail.meanCausesNs.queueing).toBeGreaterThan(2 * pi.meanCausesNs.queueing);
    });
});

describe('a VR stream beside a download of the same user', () => {
    const vr = (discipline: QueueDiscipline): FlowKpi => {
        const { users } = simulateCell(
            {
                ...FIXED,
                bandwidthPrb: 106,
                radio: { sinrDb: 18 },
                tdd: { pattern: 'DDDSU' },
                aqm: { discipline },
                durationNs: 5e9
            },
            [
                { ue: 0, name: 'vr', traffic: trafficModel('vr-30'), sender: 'scream' },
                { ue: 0, name: 'download', traffic: trafficModel('download'), sender: 'reno' }
            ],
            { rng: Rng.create(3) }
        );
        return users[0]?.flows[0] as FlowKpi;
    };

    it('is late behind a plain queue and in time with L4S', () => {
        const plain = vr('tail-drop');
        const l4s = vr('dual');
        // Measured 81 ms against 12 ms.
        expect(plain.p99DelayNs).toBeGreaterThan(3 * (l4s.p99DelayNs as number));
        expect(l4s.meanCausesNs.queueing).toBeLessThan(2e6);
        // Not bought by sending less: both send nearly the nominal rate.
        expect(l4s.deliveredBytes).toBeGreaterThan(0.9 * plain.deliveredBytes);
    });

    it('is sent the same frames at the same times whatever the queue: no draw is shifted', () => {
        const arrivals = (aqm: CellConfigInput['aqm']): number[] => {
            const { users } = simulateCell(
                { ...FIXED, aqm: aqm ?? null, durationNs: 2e9 },
                [{ ue: 0, traffic: trafficModel('vr-30') }],
                { rng: Rng.create(9) }
            );
            return users.map(({ flows }) => flows[0]?.deliveredBytes ?? 0);
        };
        expect(arrivals({ discipline: 'tail-drop' })).toEqual(arrivals(null));
    });
});
