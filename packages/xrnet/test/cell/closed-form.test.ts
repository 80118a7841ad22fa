import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import type { FlowKpi } from '../../src/cell/flow-kpi.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { type Mcs, mcsTable } from '../../src/phy/mcs.ts';
import { transportBlockBits } from '../../src/phy/tbs.ts';
import type { PoissonModel } from '../../src/traffic/models.ts';
import { trafficSource } from '../../src/traffic/sources.ts';
import { pduSet } from '../sets.ts';

const SLOT = 500_000;
const DECODE = 300_000;

/** A cell without chance: one slot carries 144 x 273 elements at the highest MCS. */
const PLAIN: CellConfigInput = {
    tdd: { pattern: 'F' },
    coreDelayNs: 0,
    unitHeaderBytes: 0,
    blockHeaderBytes: 0,
    radio: { sinrDb: 50, fading: null },
    harq: { errorModel: 'none', decodeNs: DECODE },
    discard: { expired: false, integrated: false }
};

const rng = (): Rng => Rng.create(11);

describe('deterministic delays', () => {
    it.each([
        // Arrives in the middle of D slot 0: waits for slot 1, done at its end.
        ['DDDSU', 250_000, 250_000, 1],
        // In the middle of S: the U slot passes too.
        ['DDDSU', 1_600_000, 900_000, 5],
        // Exactly at a slot's start: no waiting.
        ['DDDSU', 1_000_000, 0, 2],
        ['DSUUU', 600_000, 1_900_000, 5],
        ['DDDDDDDSUU', 3_500_001, 1_499_999, 10]
    ])('over %s a frame at %d ns waits %d ns for its slot', (pattern, timeNs, waitNs, slot) => {
        const { arrivals } = simulateCell({ ...PLAIN, tdd: { pattern } }, [{ ue: 0, pduSets: [pduSet(0, timeNs)] }], {
            rng: rng()
        });
        const arrival = arrivals[0];
        expect(arrival?.delayNs).toEqual({
            ...(waitNs > 0 ? { tdd: waitNs } : {}),
            transmission: (pattern[slot % pattern.length] === 'S' ? 357_142 : SLOT) + DECODE
        });
        expect(arrival?.arrivedNs).toBe(timeNs + waitNs + SLOT + DECODE);
    });

    it('of a frame that needs four slots are four slots, the uplink slot between them counted as such', () => {
        // 4 slots' worth of bytes, exactly; D D D S U: three D slots, ten symbols of S, then slot 5.
        const mcs = mcsTable('qam256').at(-1) as { codeRate: number; modulationOrder: number };
        const slotBytes = transportBlockBits(144 * 273, mcs.codeRate, mcs.modulationOrder, 2) / 8;
        const unit = 1000;
        const units = Math.floor((4 * slotBytes) / unit);
        const { arrivals } = simulateCell(
            { ...PLAIN, tdd: { pattern: 'DDDSU' } },
            [{ ue: 0, pduSets: [pduSet(0, 0, units, unit)] }],
            { rng: rng() }
        );
        // S ends after 10 of 14 symbols; from there to the next D slot is 4 symbols and a slot.
        expect(arrivals[0]?.delayNs).toEqual({
            tdd: 500_000 - 357_142 + 500_000,
            transmission: 3 * SLOT + 357_142 + SLOT + DECODE
        });
    });

    it('grow by the core delay, and nothing else', () => {
        const { arrivals } = simulateCell({ ...PLAIN, coreDelayNs: 1_000_000 }, [{ ue: 0, pduSets: [pduSet(0, 0)] }], {
            rng: rng()
        });
        expect(arrivals[0]?.delayNs).toEqual({ core: 1_000_000, transmission: SLOT + DECODE });
    });

    it.each([
        // Sent in slot 0 of DDDSU (ends 0.5 ms, decoded 0.8 ms). The uplink symbols of S start at 1.93 ms in slot 3; the
        // network answers one slot after it: slot 5 is the next D slot.
        ['DDDSU', 5],
        // Flexible slots: the answer goes out in slot 2 (starts at 1 ms), acts in slot 4.
        ['F', 4]
    ])('of one HARQ round over %s are those from slot 0 to slot %d', (pattern, second) => {
        const { arrivals } = simulateCell(
            {
                ...PLAIN,
                tdd: { pattern },
                harq: { errorModel: 'fixed', errorRate: 1, maxTransmissions: 2, decodeNs: DECODE }
            },
            [{ ue: 0, pduSets: [pduSet(0, 0)] }],
            { rng: rng() }
        );
        // Every transmission fails, so the set is lost in its second transmission: the record tells in which slot.
        expect(arrivals[0]?.outcome).toBe('lost');
        expect(arrivals[0]?.reason).toBe('residual-error');
        expect(arrivals[0]?.units[0]?.record).toMatchObject({ slot: second, transmissions: 2 });
    });

    it('halve where slots are cut into mini-slots: the same steps, half as long', () => {
        const arrivedNs = (parts: 1 | 2, harq: CellConfigInput['harq']): number | undefined =>
            simulateCell(
                { ...PLAIN, tdd: { pattern: 'F', parts }, ...(harq ? { harq } : {}) },
                [{ ue: 0, direction: 'uplink', pduSets: [pduSet(0, 0)] }],
                { rng: rng() }
            ).arrivals[0]?.arrivedNs ?? undefined;
        const harq = { errorModel: 'none', decodeNs: 0 } as const;
        expect(arrivedNs(1, harq)).toBe(2 * (arrivedNs(2, harq) as number));
    });

    it('of the uplink wait for the request and the grant', () => {
        const { arrivals } = simulateCell(
            { ...PLAIN, tdd: { pattern: 'DDDSU' }, uplink: { grantSlots: 2, bufferStatus: 'ideal' } },
            [{ ue: 0, direction: 'uplink', pduSets: [pduSet(0, 0)] }],
            { rng: rng() }
        );
        // Request in the uplink symbols of slot 3, grant from slot 5 on: slot 8's two symbols carry too few elements with
        // DM-RS (12), so 4000 bytes need 273 PRB x 12 elements x 2 layers x 7.4 bits = 6 kB: they fit.
        expect(arrivals[0]?.outcome).toBe('complete');
        expect(arrivals[0]?.arrivedNs).toBe(9 * SLOT + DECODE);
    });
});

describe('the mean HARQ delay', () => {
    it('is the error rate times the round trip, geometric to the end', () => {
        const errorRate = 0.3;
        const { users } = simulateCell(
            {
                ...PLAIN,
                harq: { errorModel: 'fixed', errorRate, maxTransmissions: 8, decodeNs: DECODE },
                durationNs: 400e9
            },
            [
                {
                    ue: 0,
                    offsetNs: 0,
                    traffic: {
                        kind: 'periodic',
                        periodNs: 5e6,
                        sizeBytes: 1000,
                        jitter: { stdNs: 0, maxNs: 0 },
                        deadlineNs: 1e9
                    }
                }
            ],
            { rng: rng() }
        );
        // Round trip 4 slots (see above). Retransmissions given that one of 8 succeeds; residual errors 0.3^8 = 6.6e-5.
        let expected = 0;
        for (let k = 0; k < 8; k++) expected += (k * errorRate ** k * (1 - errorRate)) / (1 - errorRate ** 8);
        const measured = (users[0]?.flows[0]?.meanCausesNs.harq as number) / (4 * SLOT);
        // 80,000 frames: standard error 0.65 % of the mean; the seed is fixed.
        expect(Math.abs(measured / expected - 1)).toBeLessThan(0.01);
        expect(users[0]?.flows[0]?.meanCausesNs.tdd).toBe(0);
    });
});

describe('the queue of one slot of service', () => {
    const { codeRate, modulationOrder } = mcsTable('qam256').at(-1) as Mcs;
    const slotBytes = transportBlockBits(144 * 273, codeRate, modulationOrder, 2) / 8;
    const run = (load: number, sets: number): FlowKpi => {
        const ratePerS = (load * 1e9) / SLOT;
        const traffic: PoissonModel = { kind: 'poisson', ratePerS, sizeBytes: slotBytes, deadlineNs: 1e12 };
        const durationNs = Math.round((sets * 1e9) / ratePerS);
        return simulateCell({ ...PLAIN, scheduler: 'edf', durationNs }, [{ ue: 0, traffic }], { rng: rng() }).users[0]
            ?.flows[0] as FlowKpi;
    };

    it.each([0.3, 0.5])('is M/D/1 at load %f within 1 %', (load) => {
        // Pollaczek-Khinchine with constant service D of one slot: half a slot of alignment, then load D / (2 (1 - load)).
        const waiting = SLOT / 2 + (load * SLOT) / (2 * (1 - load));
        const expected = waiting + SLOT + DECODE;
        const kpi = run(load, 400_000);
        // Standard error of the mean waiting below 0.3 % at load 0.5 (deviation 0.9 of the mean, 4 sets a busy period).
        expect(Math.abs((kpi.meanDelayNs as number) / expected - 1)).toBeLessThan(0.01);
        expect(Math.abs((kpi.meanCausesNs.queueing + kpi.meanCausesNs.tdd) / waiting - 1)).toBeLessThan(0.01);
    });

    it('is the recursion of Lindley at load 0.95, to the nanosecond', () => {
        const load = 0.95;
        const traffic: PoissonModel = {
            kind: 'poisson',
            ratePerS: (load * 1e9) / SLOT,
            sizeBytes: slotBytes,
            deadlineNs: 1e12
        };
        const arrivals = trafficSource(traffic, rng().child('ue', 0, 'downlink', 'flow', 0), undefined, 50e9);
        let free = 0;
        let sum = 0;
        let sets = 0;
        while (arrivals.next()) {
            const slot = Math.max(Math.ceil(arrivals.timeNs / SLOT), free);
            free = slot + 1;
            sum += free * SLOT + DECODE - arrivals.timeNs;
            sets++;
        }
        const kpi = run(load, 50 * ((load * 1e9) / SLOT));
        expect(kpi.sets).toBe(sets);
        expect(kpi.meanDelayNs).toBe(sum / sets);
    });
});
