import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cell } from '../../src/cell/cell.ts';
import type { TracedArrival } from '../../src/cell/outcome.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { CELL_PRESET_NAMES, cellPreset } from '../../src/presets.ts';
import { resolveCellConfig } from '../../src/resolve-config.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { pduSets } from '../sets.ts';

const SECOND = 1_000_000_000;

describe('the preset ample', () => {
    it('brings everything, whole and in time', () => {
        const sets = pduSets(60, 60, 60, 1200);
        const { arrivals, users, states } = simulateCell(cellPreset('ample'), [{ ue: 0, pduSets: sets }], {
            rng: Rng.create(1)
        });
        expect(arrivals.every(({ set }, i) => set === sets[i])).toBe(true);
        for (const [i, arrival] of arrivals.entries()) {
            expect(arrival.outcome).toBe('complete');
            expect(arrival.late).toBe(false);
            expect(arrival.reason).toBeNull();
            expect(arrival.received.every((unit, u) => unit === sets[i]?.units[u])).toBe(true);
        }
        expect(users[0]?.satisfied).toBe(true);
        // The last frame is sent at 0.983 s; a run ends at a whole tenth of a second.
        expect(states.map(({ timeNs }) => timeNs)).toEqual(
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => (i * SECOND) / 10)
        );
        expect(
            states.every(({ recommendedRateBps, congestionMarks }) => recommendedRateBps > 5e8 && congestionMarks === 0)
        ).toBe(true);
    });
});

describe('a run', () => {
    const flows = () => [
        { ue: 0, pduSets: pduSets(60, 60, 40, 1200) },
        { ue: 1, traffic: trafficModel('vr-30') },
        { ue: 0, direction: 'uplink' as const, traffic: trafficModel('pose') }
    ];

    it.each(CELL_PRESET_NAMES)('with preset %s gives the same bytes twice', (name) => {
        const config = cellPreset(name, { durationNs: SECOND, unitLossRate: 0.01 });
        const first = simulateCell(config, flows(), { rng: Rng.create(7) });
        const second = simulateCell(config, flows(), { rng: Rng.create(7) });
        expect(second.log).toBe(first.log);
        const other = simulateCell(config, flows(), { rng: Rng.create(8) });
        expect(other.log).not.toBe(first.log);
    });

    it('writes a log of JSON lines that starts with the configuration and the fidelity', () => {
        const { log, arrivals } = simulateCell(cellPreset('city', { durationNs: SECOND }), flows(), {
            rng: Rng.create(7)
        });
        const lines = log
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as { kind: string; fidelity?: string });
        expect(lines[0]).toMatchObject({ kind: 'cell', version: 1, fidelity: 'L1' });
        expect(lines.filter(({ kind }) => kind === 'set')).toHaveLength(arrivals.length);
        expect(lines.filter(({ kind }) => kind === 'user')).toHaveLength(2);
    });

    it('splits every delay into causes that sum to it, whatever the cell', () => {
        fc.assert(
            fc.property(
                fc.constantFrom('DDDSU', 'DSUUU', 'DDDSUDDSUU', 'F', 'DU'),
                fc.constantFrom('psdb' as const, 'edf' as const, 'pf' as const, 'round-robin' as const),
                fc.integer({ min: 1, max: 80 }),
                fc.integer({ min: 2, max: 25 }),
                fc.constantFrom('downlink' as const, 'uplink' as const),
                fc.boolean(),
                fc.integer({ min: 0, max: 1000 }),
                (pattern, scheduler, units, sinrDb, direction, expired, seed) => {
                    const config: CellConfigInput = {
                        tdd: { pattern },
                        scheduler,
                        bandwidthPrb: 106,
                        radio: { sinrDb },
                        discard: { expired },
                        unitLossRate: 0.02,
                        durationNs: SECOND / 5
                    };
                    const { arrivals } = simulateCell(
                        config,
                        [
                            { ue: 0, direction, pduSets: pduSets(12, 60, units, 1200, { integrated: seed % 2 === 0 }) },
                            { ue: 1, direction, traffic: trafficModel('vr-30') }
                        ],
                        { rng: Rng.create(seed) }
                    );
                    expect(arrivals).toHaveLength(12);
                    for (const { set, received, arrivedNs, outcome, late, delayNs, reason } of arrivals) {
                        const causes = Object.values(delayNs);
                        expect(causes.every((ns) => Number.isInteger(ns) && ns > 0)).toBe(true);
                        const sum = causes.reduce((total, ns) => total + ns, 0);
                        expect(sum).toBe(arrivedNs === null ? 0 : arrivedNs - set.timeNs);
                        const count = received.filter((unit) => unit !== null).length;
                        expect(outcome).toBe(
                            count === set.units.length ? 'complete' : count > 0 ? 'incomplete' : 'lost'
                        );
                        expect(late).toBe(arrivedNs === null || arrivedNs - set.timeNs > set.deadlineNs);
                        expect(reason === null).toBe(outcome === 'complete' && !late);
                        for (const [i, unit] of received.entries()) if (unit) expect(unit).toBe(set.units[i]);
                    }
                }
            ),
            { numRuns: 40 }
        );
    });

    it('gives generated sets the same figures as given sets of the same sizes', () => {
        const traffic = {
            kind: 'periodic' as const,
            periodNs: 16_666_666,
            sizeBytes: 58_400,
            jitter: { stdNs: 0, maxNs: 0 },
            deadlineNs: 10_000_000
        };
        const config = { durationNs: SECOND, radio: { sinrDb: 9 }, bandwidthPrb: 106 };
        const made = simulateCell(config, [{ ue: 0, offsetNs: 0, traffic }], { rng: Rng.create(2) });
        const sets = Array.from({ length: 61 }, (_, i) => ({
            ...(pduSets(1, 60, 40, 1460, { integrated: true })[0] as ReturnType<typeof pduSets>[number]),
            sequence: i,
            timeNs: i * 16_666_666
        }));
        const given = simulateCell(config, [{ ue: 0, pduSets: sets }], { rng: Rng.create(2) });
        const figures = ({ users }: typeof made) => {
            const { name, deliveredBytes, ...rest } = users[0]?.flows[0] ?? { name: '', deliveredBytes: 0 };
            return rest;
        };
        expect(figures(given)).toEqual(figures(made));
    });

    it('loses PDUs one by one outside the radio, at the configured rate', () => {
        const { arrivals } = simulateCell(
            cellPreset('ample', { unitLossRate: 0.05 }),
            [{ ue: 0, pduSets: pduSets(200, 60, 50, 100) }],
            { rng: Rng.create(3) }
        );
        const lost = arrivals.reduce((sum, { received }) => sum + received.filter((unit) => unit === null).length, 0);
        // 10,000 PDUs: standard deviation 22 around 500; four of them.
        expect(Math.abs(lost - 500)).toBeLessThan(88);
        expect(arrivals.some(({ outcome, reason }) => outcome === 'incomplete' && reason === 'residual-error')).toBe(
            true
        );
    });

    it('drops what is overdue, and says so', () => {
        const config = { bandwidthPrb: 20, radio: { sinrDb: 5, fading: null }, discard: { expired: true } };
        const { arrivals } = simulateCell(config, [{ ue: 0, pduSets: pduSets(20, 60, 60, 1200) }], {
            rng: Rng.create(3)
        });
        expect(arrivals.some(({ reason }) => reason === 'discarded')).toBe(true);
        expect(
            arrivals.every(({ units }) =>
                units.every(({ lost, arrivedNs }) => (lost === null) === (arrivedNs !== null))
            )
        ).toBe(true);
    });

    it('drops the rest of an integrated set after a loss, and sends it otherwise', () => {
        const run = (integrated: boolean) =>
            simulateCell(
                {
                    bandwidthPrb: 10,
                    tdd: { pattern: 'F' },
                    harq: { errorModel: 'fixed', errorRate: 0.2, maxTransmissions: 1 },
                    discard: { expired: false }
                },
                [{ ue: 0, pduSets: pduSets(20, 60, 60, 1200, { integrated }) }],
                { rng: Rng.create(3) }
            );
        const received = ({ arrivals }: ReturnType<typeof run>) =>
            arrivals.reduce((sum, arrival) => sum + arrival.received.filter((unit) => unit).length, 0);
        expect(received(run(true))).toBeLessThan(received(run(false)));
        expect(run(true).counters.downlink.transmissions).toBeLessThan(run(false).counters.downlink.transmissions);
    });

    it('marks congestion when queues are long, and not when they are short', () => {
        const marks = (users: number) =>
            simulateCell(
                { durationNs: SECOND, radio: { sinrDb: 12, fading: null } },
                Array.from({ length: users }, (_, ue) => ({ ue, traffic: trafficModel('vr-30') })),
                { rng: Rng.create(4) }
            ).states.reduce((sum, { congestionMarks }) => sum + congestionMarks, 0);
        expect(marks(1)).toBe(0);
        expect(marks(14)).toBeGreaterThan(1);
    });
});

describe('removing a user', () => {
    it('leaves the draws of the others as they were', () => {
        // Users do not compete: the carrier is wide, and each has its own frequency share of every slot.
        const config = cellPreset('city', { durationNs: SECOND });
        const user = (ue: number) => ({ ue, pduSets: pduSets(60, 60, 3, 500) });
        const all = simulateCell(config, [user(0), user(1), user(2)], { rng: Rng.create(5) });
        const less = simulateCell(config, [user(0), user(2)], { rng: Rng.create(5) });
        const of = (result: typeof all, ue: number) => result.arrivals.filter((arrival) => arrival.ue === ue);
        expect(of(less, 0)).toEqual(of(all, 0));
        expect(of(less, 2)).toEqual(of(all, 2));
        expect(of(all, 0).some(({ delayNs }) => delayNs.harq !== undefined)).toBe(true);
    });

    it('leaves the traffic of the others as it was', () => {
        const sizes = (flows: readonly { ue: number }[]) => {
            const result = simulateCell(
                cellPreset('ample', { durationNs: SECOND }),
                flows.map(({ ue }) => ({ ue, traffic: trafficModel('vr-45') })),
                { rng: Rng.create(6) }
            );
            return result.users.find(({ ue }) => ue === 2)?.flows[0]?.deliveredBytes;
        };
        expect(sizes([{ ue: 2 }])).toBe(sizes([{ ue: 0 }, { ue: 1 }, { ue: 2 }]));
    });
});

describe('network states', () => {
    const run = (subbands: boolean, heard: boolean, later: boolean): [unknown, number[]] => {
        const told: number[] = [];
        const config = cellPreset('city', { durationNs: SECOND, ...(subbands ? { subbands: {} } : {}) });
        const cell = new Cell(
            config,
            Rng.create(4),
            heard ? { onState: ({ recommendedRateBps }) => void told.push(recommendedRateBps) } : {}
        );
        for (let ue = 0; ue < 5; ue++) cell.addFlow({ ue, traffic: trafficModel('vr-30') });
        cell.advanceTo(SECOND / 2);
        if (later) cell.addFlow({ ue: 5, traffic: trafficModel('vr-30'), rateControl: 'recommended' });
        while (cell.pending > 0) cell.advanceTo(cell.nowNs + SECOND / 10);
        return [{ kpis: cell.kpis(), events: cell.events }, told];
    };

    it.each([
        [false, false],
        [true, false],
        [false, true],
        [true, true]
    ])('change nothing by being heard (subbands %s, an application that answers joins late %s)', (subbands, later) => {
        const [heard, told] = run(subbands, true, later);
        const [unheard] = run(subbands, false, later);
        expect(told.length).toBeGreaterThan(40);
        expect(unheard).toEqual(heard);
    });
});

describe('schedulers', () => {
    it('serve at least as many sets in time when they know the budget', () => {
        const inTime = (scheduler: 'psdb' | 'pf' | 'round-robin') =>
            simulateCell(
                { scheduler, durationNs: 3 * SECOND, radio: { sinrDb: 14 } },
                Array.from({ length: 9 }, (_, ue) => ({ ue, traffic: trafficModel('vr-30') })),
                { rng: Rng.create(8) }
            ).users.reduce((sum, { flows }) => sum + (flows[0]?.inTime ?? 0), 0);
        expect(inTime('psdb')).toBeGreaterThan(inTime('pf'));
        expect(inTime('psdb')).toBeGreaterThan(inTime('round-robin'));
    });
});

describe('a cell that is fed while it runs', () => {
    it('does what a run over the same sets does', () => {
        const config = resolveCellConfig({ radio: { sinrDb: 12 } });
        const sets = pduSets(120, 60, 30, 1200);
        const whole = simulateCell(config, [{ ue: 0, pduSets: sets }], { rng: Rng.create(9) });
        const fed: TracedArrival[] = [];
        const cell = new Cell(config, Rng.create(9), { onArrival: (arrival) => fed.push(arrival) });
        const flow = cell.addFlow({ ue: 0, pduSets: [] });
        for (const set of sets) {
            cell.advanceTo(set.timeNs);
            cell.push(flow, set);
        }
        cell.advanceTo(4 * SECOND);
        expect(cell.pending).toBe(0);
        const bySequence = (a: TracedArrival, b: TracedArrival) => a.set.sequence - b.set.sequence;
        // Without the bytes, whose comparison would take most of the test's time.
        const fates = (arrivals: readonly TracedArrival[]) => arrivals.map(({ set, received, ...rest }) => rest);
        expect(fates(fed.sort(bySequence))).toEqual(fates(whole.arrivals));
    });
});

describe('bad input', () => {
    const good = [{ ue: 0, traffic: trafficModel('vr-30') }];
    const run =
        (config: CellConfigInput, flows: readonly object[] = good) =>
        () =>
            simulateCell(config, flows as typeof good, { rng: Rng.create(1) });

    it.each([
        [{ bandwidthPrb: 0 }, /bandwidthPrb is 0 \(expected a whole number from 1 to 275 resource blocks\)/],
        [{ coreDelayNs: Number.NaN }, /coreDelayNs is NaN/],
        [{ numerology: 1.5 }, /numerology is 1.5/],
        [{ scheduler: 'lottery' }, /scheduler is "lottery" \(expected psdb, edf, pf, round-robin, fair-share\)/],
        [{ radio: { sinrDb: Infinity } }, /radio.sinrDb is Infinity/],
        [{ users: [{ sinrDb: 'high' }] }, /users\[0\].sinrDb is "high"/],
        [{ bandwith: 5 }, /bandwith is not a field/],
        [{ radio: null }, /radio is null \(expected an object\)/],
        [{ harq: { maxTransmissions: 0 } }, /harq.maxTransmissions is 0/],
        [{ tdd: { pattern: 'DDD' } }, /pattern DDD/],
        [{ markNs: [5, 4] }, /markNs\[1\]/]
    ] as [object, RegExp][])('is named with its range: %j', (config, message) => {
        expect(run(config as CellConfigInput)).toThrow(message);
    });

    it.each([
        [[], /no flows/],
        [[{ ue: -1, traffic: trafficModel('vr-30') }], /flows\[0\].ue is -1/],
        [[{ ue: 0 }], /neither of pduSets and traffic/],
        [[{ ue: 0, traffic: { ...trafficModel('vr-30'), rateBps: -5 } }], /flows\[0\].traffic.rateBps is -5/],
        [[{ ue: 0, pduSets: pduSets(3).reverse() }], /Sort the PDU Sets/],
        [[{ ue: 0, pduSets: [{ ...pduSets(1)[0], units: [] }] }], /units/]
    ] as [object[], RegExp][])('of flows is refused (%#)', (flows, message) => {
        expect(run({}, flows)).toThrow(message);
    });

    it('in overload keeps memory bounded: the oldest sets are dropped, the run ends', () => {
        const { users } = simulateCell(
            { bandwidthPrb: 1, durationNs: SECOND, radio: { sinrDb: -20, fading: null } },
            [{ ue: 0, traffic: { ...trafficModel('vr-30'), rateBps: 1e9 } as never }],
            { rng: Rng.create(1) }
        );
        expect(users[0]?.satisfied).toBe(false);
    });

    it('is cancelled when the signal is', () => {
        const controller = new AbortController();
        const progress = { signal: controller.signal, report: () => controller.abort() };
        expect(() => simulateCell({}, good, { rng: Rng.create(1), progress })).toThrow(/cancelled/);
    });
});
