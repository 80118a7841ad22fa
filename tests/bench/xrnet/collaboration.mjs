/**
 * Users per cell with the mechanisms of network and service collaboration against none of them, same random numbers.
 *
 * Off: proportional fair, nothing dropped, 8-bit buffer status on request, deadlines guessed. On: PSDB-aware scheduling, overdue
 * and useless sets dropped, burst offsets and recommended rates that downlink applications follow (so that a crowded cell is
 * served at lower rates: the quality cost stands in the note), delay status reports, refined buffer status, configured grants
 * with several occasions and UTO-UCI aligned with the traffic. `mixed`: every user receives VR, sends video and a pose.
 *
 * Measured with ten seeds, off -> on, and on without one mechanism: VR 30 9.12 -> 16.21 (without PSDB-aware scheduling 9.87, burst
 * offsets 14.00, rate advice 14.11, discards 15.65); VR 45 5.00 -> 8.53 (5.29, 7.77, 8.53, 8.85); AR uplink 5.00 -> 6.37 (without
 * configured grants 4.65, the others below what seeds differ by); mixed 12.00 -> 19.00 (12.11, 17.20, 14.27, 17.80). The wanted
 * twofold is not reached; two seeds alone show 1.9 for the uplink, which ten do not.
 */
import { Rng } from '@mixreel/core';
import { capacityOf, cellPreset, simulateCell, trafficModel, videoModel } from '@mixreel/xrnet';

const SECONDS = 3;
const OFF = {
    scheduler: 'pf',
    discard: { expired: false, integrated: false },
    uplink: { bufferStatus: 'long', configuredGrant: null, grantOffsets: [], delayStatus: 'none' }
};
const GRANT = {
    periodSlots: { numerator: 100, denominator: 3 },
    offsetSlots: 0,
    slotsPerPeriod: 22,
    prbs: 60,
    utoBits: 4
};
const MECHANISMS = {
    'psdb-scheduling': { scheduler: 'psdb' },
    discard: { discard: { expired: true, integrated: true } },
    'burst-offset': { followsOffset: true },
    'rate-advice': { rateControl: 'recommended' },
    'delay-status': { uplink: { delayStatus: 'report' } },
    'configured-grants': { uplink: { bufferStatus: 'refined', configuredGrant: GRANT } }
};
const AR = { ...videoModel('ar-uplink-10'), deadlineNs: 10e6 };
const TRAFFIC = {
    'vr-30': { flows: [{ traffic: videoModel('vr-30') }], tdd: 'DDDSU', maxUsers: 40 },
    'vr-45': { flows: [{ traffic: videoModel('vr-45') }], tdd: 'DDDSU', maxUsers: 32 },
    'ar-uplink-10': { flows: [{ direction: 'uplink', traffic: AR }], tdd: 'DDDSUDDSUU', maxUsers: 24 },
    mixed: {
        flows: [
            { traffic: { ...videoModel('vr-30'), deadlineNs: 15e6 } },
            { direction: 'uplink', traffic: { ...AR, rateBps: 5e6, deadlineNs: 30e6 } },
            { direction: 'uplink', traffic: trafficModel('pose') }
        ],
        tdd: 'DDDSU',
        maxUsers: 32,
        // For the pose: the uplink slot of every pattern. A grant for the video of each user would eat the one uplink slot.
        grant: { periodSlots: { numerator: 5, denominator: 1 }, offsetSlots: 0, slotsPerPeriod: 5, prbs: 3, utoBits: 0 }
    }
};

/** The changes of all mechanisms together, nested ones merged. */
function changesOf(mechanisms) {
    const out = { ...OFF, uplink: { ...OFF.uplink } };
    for (const name of mechanisms) {
        const { uplink, ...others } = MECHANISMS[name];
        Object.assign(out, others);
        Object.assign(out.uplink, uplink);
    }
    return out;
}

function runUsers(kind, mechanisms, users, seed) {
    const rng = Rng.create(seed);
    const { flows: templates, tdd, grant } = TRAFFIC[kind];
    const phases = Array.from({ length: users }, (_, ue) => Math.floor(rng.stream('phase', ue).float() * (1e9 / 60)));
    // TSCAI: the network knows when bursts come, and starts each user's occasions at the earliest of them.
    const grantOffsets = phases.map((phase) => (Math.ceil((phase - 4e6) / 5e5) + 33) % 33);
    const changes = changesOf(mechanisms);
    if (changes.uplink.configuredGrant && grant) changes.uplink.configuredGrant = grant;
    else if (changes.uplink.configuredGrant) changes.uplink.grantOffsets = grantOffsets;
    const { followsOffset, rateControl, ...cell } = changes;
    const config = cellPreset('city', {
        ...cell,
        tdd: { pattern: tdd },
        coreDelayNs: 0,
        statePeriodNs: 50e6,
        durationNs: SECONDS * 1e9
    });
    const flows = phases.flatMap((offsetNs, ue) =>
        templates.map((flow) => ({
            ...flow,
            ue,
            ...(flow.traffic.kind === 'video' ? { offsetNs } : {}),
            ...(followsOffset ? { followsOffset } : {}),
            ...(rateControl && flow.direction !== 'uplink' ? { rateControl } : {})
        }))
    );
    return simulateCell(config, flows, { rng }).users;
}

export default async function collaboration({ quick, log, only }) {
    const seeds = quick ? 2 : 10;
    const figures = [];
    for (const [kind, { maxUsers }] of Object.entries(TRAFFIC)) {
        if (only && !`collaboration/${kind}`.includes(only)) continue;
        const capacity = (mechanisms) =>
            capacityOf(
                (users, seed) =>
                    runUsers(kind, mechanisms, users, seed).filter(({ satisfied }) => satisfied).length / users,
                { seeds, maxUsers }
            ).users;
        // What a satisfied user is sent at the capacity, over the nominal rate.
        const rateShare = (mechanisms, users) => {
            const bytes = runUsers(kind, mechanisms, users, 0).reduce(
                (sum, { flows }) => sum + flows[0].deliveredBytes,
                0
            );
            return (bytes * 8) / SECONDS / users / TRAFFIC[kind].flows[0].traffic.rateBps;
        };
        const names = Object.keys(MECHANISMS);
        const off = capacity([]);
        const on = capacity(names);
        log(`collaboration: ${kind} ${off.toFixed(2)} -> ${on.toFixed(2)}`);
        figures.push({ name: `collaboration/${kind}/capacity-off`, value: off, unit: 'users', better: 'higher' });
        figures.push({ name: `collaboration/${kind}/capacity-on`, value: on, unit: 'users', better: 'higher' });
        figures.push({
            name: `collaboration/${kind}/capacity-gain`,
            value: on / off,
            unit: 'x',
            better: 'higher',
            against: { name: 'wanted', value: 2 },
            note: `each user is sent ${(100 * rateShare(names, Math.floor(on))).toFixed(0)} % of the nominal rate`
        });
        if (quick) continue;
        for (const left of names) {
            const without = capacity(names.filter((name) => name !== left));
            figures.push({
                name: `collaboration/${kind}/without-${left}`,
                value: without,
                unit: 'users',
                better: 'higher',
                note: 'leave-one-out'
            });
        }
    }
    return figures;
}
