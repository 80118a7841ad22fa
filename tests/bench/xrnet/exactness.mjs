/**
 * What must be exact, counted beside an oracle: tables against published listings, formulas against arithmetic without rounding,
 * simulated means against closed forms, traffic against its model. The unit tests hold the same in more cases.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Rng } from '@mixreel/core';
import {
    bufferSizeBound,
    decodePduSetMark,
    encodePduSetMark,
    mcsTable,
    NON_INTEGER_LONG_CYCLES,
    nextOccasions,
    onDurationStarts,
    reclaimedOccasions,
    simulateCell,
    TddPattern,
    TruncatedGaussian,
    trafficModel,
    transportBlockBits,
    utoBitmap
} from '@mixreel/xrnet';

const SLOT_NS = 500_000;
const DECODE_NS = 300_000;
const PLAIN = {
    tdd: { pattern: 'F' },
    coreDelayNs: 0,
    unitHeaderBytes: 0,
    blockHeaderBytes: 0,
    radio: { sinrDb: 50, fading: null },
    harq: { errorModel: 'none', decodeNs: DECODE_NS },
    discard: { expired: false, integrated: false }
};

const wrong = (name, value, note) => ({
    name: `exactness/${name}-wrong`,
    value,
    unit: 'entries',
    better: 'lower',
    wanted: 0,
    note
});
const percent = (name, value, wanted, note) => ({ name, value, unit: '%', better: 'lower', wanted, note });
const off = (ours, theirs) => 100 * Math.abs(ours / theirs - 1);

function bufferStatus() {
    const folder = new URL('../../../../shared/network/bsr/', import.meta.url);
    if (!existsSync(folder)) return [];
    const listings = { long: 'bsr8_38321_6.1.3.1-2.json', refined: 'refined_bsr_38321_6.1.3.1-3.json' };
    return Object.entries(listings).map(([table, file]) => {
        const { upper } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
        const bad = upper.filter((bound, i) => bufferSizeBound(table, i) !== bound).length;
        return wrong(`bsr-${table}`, bad, `of ${upper.length} of the published listing`);
    });
}

/** floor(t mod n/d) = offset, in whole numbers of any size. */
function drx() {
    let [bad, tried] = [0, 0];
    for (const cycle of NON_INTEGER_LONG_CYCLES) {
        const [n, d] = [BigInt(cycle.numerator), BigInt(cycle.denominator)];
        for (const startOffsetMs of [0, 1, 3]) {
            for (let t = 1e9; t < 1e9 + 2000; t++, tried++) {
                const starts = ((BigInt(t) * d) % n) / d === BigInt(startOffsetMs);
                if (onDurationStarts({ cycle, startOffsetMs, short: false }, t) !== starts) bad++;
            }
        }
    }
    return wrong('drx-starts', bad, `of ${tried} subframes, 23 cycles, after 11 days`);
}

function uto() {
    const tdd = new TddPattern('DDDSU', [10, 2, 2], 1);
    const period = { periodSlots: { numerator: 100, denominator: 3 }, offsetSlots: 0, slotsPerPeriod: 16, prbs: 20 };
    let [bad, tried] = [0, 0];
    for (let utoBits = 3; utoBits <= 8; utoBits++) {
        const grant = { ...period, utoBits };
        for (let slot = 0; slot < 100; slot += 7) {
            const ahead = nextOccasions(grant, tdd, slot, utoBits);
            for (let mask = 0; mask < 2 ** utoBits; mask++, tried++) {
                const unused = ahead.filter((_, i) => (mask >> (utoBits - 1 - i)) & 1);
                const bits = utoBitmap(grant, tdd, slot, (occasion) => unused.includes(occasion));
                if (bits !== mask || `${reclaimedOccasions(grant, tdd, slot, bits)}` !== `${unused}`) bad++;
            }
        }
    }
    return wrong('uto-bitmaps', bad, `of ${tried} bitmaps, both ends`);
}

/** TS 38.214 5.1.3.2 by hand, the steps in packages/xrnet/test/phy/tbs.test.ts: elements, rate x 1024, modulation order, layers, bits. */
const BLOCKS_BY_HAND = [
    [156 * 273, 948, 8, 2, 638_984],
    [156 * 273, 120, 2, 1, 9984],
    [156 * 40, 379, 2, 1, 4608],
    [156, 120, 2, 1, 32]
];

function transportBlocks() {
    const bad = BLOCKS_BY_HAND.filter(([re, rate, order, layers, bits]) => {
        return transportBlockBits(re, rate / 1024, order, layers) !== bits;
    });
    return wrong('tbs', bad.length, `of ${BLOCKS_BY_HAND.length} blocks worked by hand`);
}

function marks() {
    const draws = Rng.create(5).stream('marks');
    let bad = 0;
    for (let i = 0; i < 20_000; i++) {
        const mark = {
            endOfSet: draws.chance(0.5),
            endOfBurst: draws.chance(0.5),
            importance: draws.integer(16),
            setSequence: draws.integer(1024),
            pduSequence: draws.integer(64),
            ...(i % 3 > 0 ? { setBytes: draws.integer(2 ** 24) } : {}),
            ...(i % 3 > 1 ? { setPdus: draws.integer(65_536) } : {})
        };
        if (JSON.stringify(decodePduSetMark(encodePduSetMark(mark))) !== JSON.stringify(mark)) bad++;
    }
    return wrong('pdu-set-marks', bad, 'of 20,000 there and back');
}

function closedForms(quick) {
    const { codeRate, modulationOrder } = mcsTable('qam256').at(-1);
    const sizeBytes = transportBlockBits(144 * 273, codeRate, modulationOrder, 2) / 8;
    const load = 0.5;
    const ratePerS = (load * 1e9) / SLOT_NS;
    const run = (config, traffic) =>
        simulateCell({ ...PLAIN, ...config }, [{ ue: 0, traffic, offsetNs: 0 }], { rng: Rng.create(11) }).users[0]
            .flows[0];
    const queue = run(
        { scheduler: 'edf', durationNs: (quick ? 100_000 : 400_000) * (1e9 / ratePerS) },
        { kind: 'poisson', ratePerS, sizeBytes, deadlineNs: 1e12 }
    );
    const waiting = SLOT_NS / 2 + (load * SLOT_NS) / (2 * (1 - load));
    const periodic = { kind: 'periodic', sizeBytes: 1000, jitter: { stdNs: 0, maxNs: 0 }, deadlineNs: 1e9 };
    const errorRate = 0.3;
    const harq = run(
        {
            harq: { errorModel: 'fixed', errorRate, maxTransmissions: 8, decodeNs: DECODE_NS },
            durationNs: quick ? 100e9 : 400e9
        },
        { ...periodic, periodNs: 5e6 }
    );
    let rounds = 0;
    for (let k = 0; k < 8; k++) rounds += (k * errorRate ** k * (1 - errorRate)) / (1 - errorRate ** 8);
    // Every microsecond of the period in turn, twice: downlink parts begin 0.5, 0.5, 0.5 and 1 ms after each other, and the mean
    // wait for the next one is the sum of the squares over twice the period.
    const tdd = run(
        { tdd: { pattern: 'DDDSU' }, durationNs: 2 * 2500 * 2_501_000 },
        { ...periodic, periodNs: 2_501_000, sizeBytes: 100 }
    );
    return [
        percent(
            'closed-form/md1-delay-error',
            off(queue.meanDelayNs, waiting + SLOT_NS + DECODE_NS),
            1,
            `${queue.sets} sets at load 0.5`
        ),
        percent(
            'closed-form/harq-delay-error',
            off(harq.meanCausesNs.harq, rounds * 4 * SLOT_NS),
            1,
            `${harq.sets} packets, error rate 0.3, round trip of four slots`
        ),
        percent(
            'closed-form/tdd-alignment-error',
            off(tdd.meanCausesNs.tdd, ((3 * 0.5 ** 2 + 1) / 5) * 1e6),
            1,
            'DDDSU, phases spread evenly over the period'
        )
    ];
}

function traffic(quick) {
    const g = (mean, std, low, high) => new TruncatedGaussian(mean, std, low, high);
    const jitter = off(g(0, 2, -4, 4).std, 1.759);
    const deviation = off(g(62_500, 6562.5, 31_250, 93_750).std, 6562);
    const seconds = quick ? 60 : 600;
    const kpi = simulateCell({ ...PLAIN, durationNs: seconds * 1e9 }, [{ ue: 0, traffic: trafficModel('vr-30') }], {
        rng: Rng.create(3)
    }).users[0].flows[0];
    return [
        percent('traffic/vr-30-mean-error', off(kpi.deliveredBytes / kpi.sets, 62_500), 0.5, `${kpi.sets} frames`),
        percent('traffic/vr-30-deviation-error', deviation, 0.5, 'after truncation: 6,562 bytes'),
        percent('traffic/jitter-deviation-error', jitter, 0.5, '2 ms cut at 4 ms: 1.759 ms')
    ];
}

export default async function exactness({ quick }) {
    return [...bufferStatus(), drx(), uto(), transportBlocks(), marks(), ...closedForms(quick), ...traffic(quick)];
}
