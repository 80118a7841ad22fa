/**
 * Users per cell with the mechanisms of network and service collaboration against none of them, same random numbers.
 *
 * Off: proportional fair, nothing dropped, 8-bit buffer status on request. On: PSDB-aware scheduling, overdue and useless sets
 * dropped, burst offsets and recommended rates that downlink applications follow (so that a crowded cell is served at lower
 * rates: the quality cost stands in the note), refined buffer status, configured grants with several occasions and UTO-UCI
 * aligned with the traffic.
 */
import { Rng } from '@mixreel/core';
import { capacityOf, cellPreset, simulateCell, videoModel } from '@mixreel/xrnet';

const SECONDS = 3;
const OFF = {
    scheduler: 'pf',
    discard: { expired: false, integrated: false },
    uplink: { bufferStatus: 'long', configuredGrant: null, grantOffsets: [] }
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
    'configured-grants': { uplink: { bufferStatus: 'refined', configuredGrant: GRANT } }
};
const TRAFFIC = {
    'vr-30': { model: videoModel('vr-30'), direction: 'downlink', tdd: 'DDDSU', maxUsers: 40 },
    'vr-45': { model: videoModel('vr-45'), direction: 'downlink', tdd: 'DDDSU', maxUsers: 32 },
    'ar-uplink-10': { model: videoModel('ar-uplink-10'), direction: 'uplink', tdd: 'DDDSUDDSUU', maxUsers: 24 }
};

function runUsers(kind, mechanisms, users, seed) {
    const rng = Rng.create(seed);
    const { model, direction, tdd } = TRAFFIC[kind];
    const traffic = direction === 'uplink' ? { ...model, deadlineNs: 10e6 } : model;
    const phases = Array.from({ length: users }, (_, ue) => Math.floor(rng.stream('phase', ue).float() * (1e9 / 60)));
    // TSCAI: the network knows when bursts come, and starts each user's occasions at the earliest of them.
    const grantOffsets = phases.map((phase) => (Math.ceil((phase - 4e6) / 5e5) + 33) % 33);
    const changes = Object.assign({}, OFF, ...mechanisms.map((name) => MECHANISMS[name]));
    if (changes.uplink.configuredGrant) changes.uplink = { ...changes.uplink, grantOffsets };
    const { followsOffset, rateControl, ...cell } = changes;
    const config = cellPreset('city', {
        ...cell,
        tdd: { pattern: tdd },
        coreDelayNs: 0,
        statePeriodNs: 50e6,
        durationNs: SECONDS * 1e9
    });
    const answers = { ...(followsOffset ? { followsOffset } : {}), ...(rateControl ? { rateControl } : {}) };
    const flows = phases.map((offsetNs, ue) => ({ ue, direction, traffic, offsetNs, ...answers }));
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
            return (bytes * 8) / SECONDS / users / TRAFFIC[kind].model.rateBps;
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
