import { Rng, VirtualClock } from '@mixreel/core';
import { expect, test } from 'vitest';
import {
    ADMITTED_SHARE,
    Cell,
    cellControl,
    cellPreset,
    type QosControl,
    QosOnDemand,
    type QosSession,
    trafficModel
} from '../../src/index.ts';

interface Fake extends QosControl {
    readonly levels: Map<number, number>;
    rateBps: number;
}

/** Two devices whose radio carries what the test says. */
function fake(rateBps = 100e6): Fake {
    const devices = new Map([
        ['ann', 0],
        ['bob', 1]
    ]);
    const levels = new Map<number, number>();
    return {
        levels,
        rateBps,
        userOf: (device) => devices.get(device) ?? null,
        aloneRateBps() {
            return this.rateBps;
        },
        setPriorityLevel: (ue, _direction, level) => void levels.set(ue, level),
        stateOf: () => null
    };
}

function service(control: Fake): { clock: VirtualClock; qos: QosOnDemand; told: QosSession[] } {
    const clock = new VirtualClock();
    const told: QosSession[] = [];
    const qos = new QosOnDemand(control, clock, Rng.create(1), (session) => void told.push(session));
    return { clock, qos, told };
}

const ASK = { device: 'ann', applicationServer: '198.51.100.1', qosProfile: 'QOS_M', durationS: 60 };

test('a session raises the level, is told of, and expires by itself', () => {
    const control = fake();
    const { clock, qos, told } = service(control);
    const session = qos.create(ASK) as QosSession;
    expect(session).toMatchObject({ status: 'AVAILABLE', expiresNs: 60e9 });
    expect(session.sessionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(control.levels.get(0)).toBe(68);
    expect(qos.extend(session.sessionId, 30)).toMatchObject({ expiresNs: 90e9 });
    clock.advanceBy(89e9);
    expect(qos.get(session.sessionId)).toMatchObject({ status: 'AVAILABLE' });
    clock.advanceBy(1e9);
    expect(qos.get(session.sessionId)).toMatchObject({ status: 'UNAVAILABLE', statusInfo: 'DURATION_EXPIRED' });
    expect(control.levels.get(0)).toBe(90);
    expect(told.map(({ status }) => status)).toEqual(['AVAILABLE', 'UNAVAILABLE']);
    clock.advanceBy(361e9);
    expect(qos.get(session.sessionId)).toBe('unknown-session');
});

test('what cannot be promised is not, and what can no longer be kept ends, the newest first', () => {
    const control = fake(60e6);
    const { qos, told } = service(control);
    // 30 of 60 Mbit/s is half; 30 more would be all, over the admitted share.
    const first = qos.create(ASK) as QosSession;
    expect(2 * 0.5).toBeGreaterThan(ADMITTED_SHARE);
    expect(qos.create({ ...ASK, device: 'bob' })).toMatchObject({
        status: 'UNAVAILABLE',
        statusInfo: 'NETWORK_TERMINATED'
    });
    expect(control.levels.get(1)).toBe(90);
    const small = qos.create({ ...ASK, device: 'bob', applicationServer: 'other', qosProfile: 'QOS_S' }) as QosSession;
    expect(small.status).toBe('AVAILABLE');
    control.rateBps = 35e6;
    qos.tick();
    expect(qos.get(small.sessionId)).toMatchObject({ status: 'UNAVAILABLE', statusInfo: 'NETWORK_TERMINATED' });
    expect(qos.get(first.sessionId)).toMatchObject({ status: 'AVAILABLE' });
    expect(told.at(-1)).toMatchObject({ sessionId: small.sessionId, status: 'UNAVAILABLE' });
});

test('refusals name what is wrong and change nothing', () => {
    const control = fake();
    const { qos, told } = service(control);
    const { sessionId } = qos.create(ASK) as QosSession;
    expect(qos.create(ASK)).toBe('conflict');
    expect(qos.create({ ...ASK, device: 'eve' })).toBe('unknown-device');
    expect(qos.create({ ...ASK, device: 'bob', qosProfile: 'QOS_X' })).toBe('unknown-profile');
    for (const durationS of [0, -1, 1.5, 86_401, Number.NaN]) {
        expect(qos.create({ ...ASK, device: 'bob', durationS })).toBe('bad-duration');
    }
    expect(qos.extend(sessionId, -5)).toBe('bad-duration');
    expect(qos.delete('none')).toBe('unknown-session');
    expect(told).toHaveLength(1);
    expect(control.levels.get(1)).toBeUndefined();
    expect(qos.delete(sessionId)).toMatchObject({ statusInfo: 'DELETE_REQUESTED' });
    expect(qos.create(ASK)).toMatchObject({ status: 'AVAILABLE' });
});

test('in an overloaded cell the user with a session gets its frames in time, and the others pay', () => {
    const shares = (asking: number | null): number[] => {
        // Seven streams of 30 Mbit/s into a carrier that holds about five.
        const config = cellPreset('city', {
            bandwidthPrb: 80,
            scheduler: 'pf',
            durationNs: 2e9,
            discard: { expired: false }
        });
        const cell = new Cell(config, Rng.create(5));
        const devices = new Map<string, number>();
        for (let ue = 0; ue < 7; ue++) {
            cell.addFlow({ ue, traffic: trafficModel('vr-30') });
            devices.set(`ue-${ue}`, ue);
        }
        if (asking !== null) {
            const qos = new QosOnDemand(cellControl(cell, devices), new VirtualClock(), Rng.create(1));
            expect(qos.create({ ...ASK, device: `ue-${asking}` })).toMatchObject({ status: 'AVAILABLE' });
        }
        while (cell.pending > 0) cell.advanceTo(cell.nowNs + 1e8);
        return cell.kpis().map(({ inTimeShare }) => inTimeShare);
    };
    const without = shares(null);
    // Somebody whom the session helps and whose radio could carry it.
    const asking = without.findIndex((share) => share < 0.6);
    expect(asking).toBeGreaterThanOrEqual(0);
    const withSession = shares(asking);
    expect(withSession[asking]!).toBeGreaterThan(0.9);
    const others = (all: readonly number[]): number =>
        all.reduce((sum, share, ue) => sum + (ue === asking ? 0 : share), 0);
    expect(others(withSession)).toBeLessThan(others(without));
});
