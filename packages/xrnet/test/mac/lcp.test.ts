import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import type { FlowKpi } from '../../src/cell/flow-kpi.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { CHANNEL_DEFAULTS, type LogicalChannel, Prioritisation } from '../../src/mac/lcp.ts';
import { trafficModel } from '../../src/traffic/models.ts';

function shared(
    channels: readonly (Partial<LogicalChannel> & { waiting: number; urgent?: number })[],
    room: number,
    atNs = 1e9
): number[] {
    const user = new Prioritisation();
    for (const [i, { waiting, urgent = 0, ...channel }] of channels.entries()) {
        user.add({ ...CHANNEL_DEFAULTS, ...channel });
        user.waiting[i] = waiting;
        user.urgent[i] = urgent;
    }
    user.fillTo(atNs);
    user.share(room);
    return channels.map((_, i) => user.given[i] as number);
}

describe('logical channel prioritisation (TS 38.321 5.4.3.1)', () => {
    it('serves buckets in order of priority, then by priority alone', () => {
        // Buckets after a second of 8 and 16 kbit/s, held to 100 ms: 100 and 200 bytes.
        const channels = [
            { priority: 2, rateBps: 16_000, waiting: 1000 },
            { priority: 1, rateBps: 8000, waiting: 500 },
            { priority: 3, waiting: 300 }
        ];
        // First round 100 to priority 1 and 150 of the 200 to priority 2.
        expect(shared(channels, 250)).toEqual([150, 100, 0]);
        // First round 100 and 200; of the 500 that are left 400 to priority 1, 100 to priority 2.
        expect(shared(channels, 800)).toEqual([300, 500, 0]);
        expect(shared(channels, 5000)).toEqual([1000, 500, 300]);
        // After 50 ms the buckets hold half.
        expect(shared(channels, 120, 50e6)).toEqual([70, 50, 0]);
    });

    it('lends the rate to what is urgent, and to no more than that', () => {
        const channels = [
            { priority: 1, rateBps: 8000, waiting: 500 },
            { priority: 2, waiting: 900, urgent: 400 }
        ];
        expect(shared(channels, 450)).toEqual([100, 350]);
        expect(shared(channels, 600)).toEqual([200, 400]);
    });

    it('gives out the whole grant or all that waits, and never more than waits', () => {
        const channel = fc.record({
            priority: fc.integer({ min: 1, max: 16 }),
            rateBps: fc.integer({ min: 0, max: 1e7 }),
            waiting: fc.integer({ min: 0, max: 100_000 }),
            urgent: fc.constant(0)
        });
        fc.assert(
            fc.property(
                fc.array(channel, { minLength: 1, maxLength: 8 }),
                fc.integer({ min: 0, max: 200_000 }),
                (channels, room) => {
                    const given = shared(channels, room);
                    const waiting = channels.reduce((sum, c) => sum + c.waiting, 0);
                    expect(given.reduce((sum, n) => sum + n, 0)).toBe(Math.min(room, waiting));
                    for (const [i, n] of given.entries()) expect(n).toBeLessThanOrEqual(channels[i]?.waiting as number);
                }
            )
        );
    });
});

describe('an upload of high priority', () => {
    const pose = (channel: Partial<LogicalChannel>): FlowKpi => {
        const flows: Flow[] = [
            { ue: 0, direction: 'uplink', traffic: trafficModel('full-buffer'), channel: { priority: 1 } },
            { ue: 0, direction: 'uplink', traffic: trafficModel('pose'), channel }
        ];
        const { users } = simulateCell(
            {
                tdd: { pattern: 'DDDSUDDSUU' },
                radio: { sinrDb: 12, fading: null },
                discard: { expired: false },
                durationNs: 1e9
            },
            flows,
            { rng: Rng.create(1) }
        );
        return users[0]?.flows[1] as FlowKpi;
    };

    it('starves a pose of low priority, but not one with a prioritised rate or an urgent bucket', () => {
        expect(pose({ priority: 2 }).inTimeShare).toBeLessThan(0.1);
        // 100 bytes and headers every 4 ms: 280 kbit/s.
        expect(pose({ priority: 2, rateBps: 300_000 }).inTimeShare).toBeGreaterThan(0.95);
        expect(pose({ priority: 2, urgentNs: 8_000_000 }).inTimeShare).toBeGreaterThan(0.95);
    });

    it('is refused with channels downlink or out of range', () => {
        const run = (flow: Partial<Flow>): unknown =>
            simulateCell({}, [{ ue: 0, traffic: trafficModel('pose'), ...flow }], { rng: Rng.create(1) });
        expect(() => run({ channel: {} })).toThrow(/channel is given for a downlink/);
        expect(() => run({ direction: 'uplink', channel: { priority: 0 } })).toThrow(/channel.priority is 0/);
    });
});
