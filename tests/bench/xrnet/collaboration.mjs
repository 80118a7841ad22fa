/**
 * Users per cell with the mechanisms of network and service collaboration against none of them, same random numbers.
 *
 * Off: proportional fair, nothing dropped, 8-bit buffer status on request. On: PSDB-aware scheduling, overdue and useless sets
 * dropped, refined buffer status, configured grants with several occasions and UTO-UCI aligned with the traffic.
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
    'configured-grants': { uplink: { bufferStatus: 'refined', configuredGrant: GRANT } }
};
const TRAFFIC = {
    'vr-30': { model: videoModel('vr-30'), direction: 'downlink', tdd: 'DDDSU', maxUsers: 24 },
    'vr-45': { model: videoModel('vr-45'), direction: 'downlink', tdd: 'DDDSU', maxUsers: 16 },
    'ar-uplink-10': { model: videoModel('ar-uplink-10'), direction: 'uplink', tdd: 'DDDSUDDSUU', maxUsers: 24 }
};

function satisfiedShare(kind, mechanisms, users, seed) {
    const rng = Rng.create(seed);
    const { model, direction, tdd } = TRAFFIC[kind];
    const traffic = direction === 'uplink' ? { ...model, deadlineNs: 10e6 } : model;
    const phases = Array.from({ length: users }, (_, ue) => Math.floor(rng.stream('phase', ue).float() * (1e9 / 60)));
    // TSCAI: the network knows when bursts come, and starts each user's occasions at the earliest of them.
    const grantOffsets = phases.map((phase) => (Math.ceil((phase - 4e6) / 5e5) + 33) % 33);
    const changes = Object.assign({}, OFF, ...mechanisms.map((name) => MECHANISMS[name]));
    if (changes.uplink.configuredGrant) changes.uplink = { ...changes.uplink, grantOffsets };
    const config = cellPreset('city', {
        ...changes,
        tdd: { pattern: tdd },
        coreDelayNs: 0,
        statePeriodNs: 1e9,
        durationNs: SECONDS * 1e9
    });
    const flows = phases.map((offsetNs, ue) => ({ ue, direction, traffic, offsetNs }));
    return simulateCell(config, flows, { rng }).users.filter(({ satisfied }) => satisfied).length / users;
}

export default async function collaboration({ quick, log, only }) {
    const seeds = quick ? 2 : 10;
    const figures = [];
    for (const [kind, { maxUsers }] of Object.entries(TRAFFIC)) {
        if (only && !`collaboration/${kind}`.includes(only)) continue;
        const capacity = (mechanisms) =>
            capacityOf((users, seed) => satisfiedShare(kind, mechanisms, users, seed), { seeds, maxUsers }).users;
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
            against: { name: 'wanted', value: 2 }
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
