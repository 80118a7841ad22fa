import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckClock } from '../../src/traffic/ack-clock.ts';
import { createSender, fixedWindow, SEGMENT_BYTES, SENDER_NAMES, type Sender } from '../../src/traffic/senders.ts';

const RTT = 25_000_000;

/** Feeds rounds of whole windows; `hit(i)` says what became of packet i. Mean window in segments over the second half. */
function meanWindow(sender: Sender, rounds: number, hit: (packet: number) => 'mark' | 'lost' | null): number {
    let packet = 0;
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
        const count = Math.max(1, Math.round(sender.windowBytes / SEGMENT_BYTES));
        for (let i = 0; i < count; i++) {
            const nowNs = (round + 1) * RTT + Math.floor((i * RTT) / count);
            const fate = hit(packet++);
            if (fate === 'lost') sender.lost(nowNs);
            else {
                const marked = fate === 'mark' ? SEGMENT_BYTES : 0;
                sender.acknowledged(nowNs, SEGMENT_BYTES, marked, RTT, sender.windowBytes);
            }
        }
        if (round >= rounds / 2) sum += count;
    }
    return sum / Math.ceil(rounds / 2);
}

describe('Reno', () => {
    it.each([200, 1000, 5000])('has a mean window of sqrt(3 n / 2) segments with a loss every %d packets', (every) => {
        const window = meanWindow(createSender('reno'), 2000, (i) => (i % every === every - 1 ? 'lost' : null));
        // Mathis et al. 1997. Growth pauses for the round trip of the cut and rounds are discrete: 10 %.
        expect(Math.abs(window / Math.sqrt(1.5 * every) - 1)).toBeLessThan(0.1);
    });
});

describe('Prague', () => {
    it.each([4, 10, 40])('has a window of 2 (1 - p) / p segments when one packet in %d is marked', (every) => {
        const p = 1 / every;
        const window = meanWindow(createSender('prague'), 4000, (i) => (i % every === every - 1 ? 'mark' : null));
        // Every round trip a cut of p / 2 against 1 - p segments of growth; a window is a whole number of packets: 15 %.
        expect(Math.abs(window / ((2 * (1 - p)) / p) - 1)).toBeLessThan(0.15);
    });
});

describe('every sender', () => {
    it('keeps at least three segments and stays finite whatever comes back', () => {
        fc.assert(
            fc.property(
                fc.constantFrom(...SENDER_NAMES),
                fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom('ack', 'mark', 'lost'))),
                (name, notices) => {
                    const sender = createSender(name);
                    let nowNs = 0;
                    for (const [bytes, what] of notices) {
                        nowNs += 1e6;
                        if (what === 'lost') sender.lost(nowNs);
                        else sender.acknowledged(nowNs, bytes, what === 'mark' ? bytes : 0, 2e7, 1e6);
                        expect(sender.windowBytes).toBeGreaterThanOrEqual(3 * SEGMENT_BYTES);
                        expect(sender.windowBytes).toBeLessThanOrEqual(1e9);
                    }
                }
            )
        );
    });

    it('falls when marked or lost, and a full-buffer window does not', () => {
        for (const name of SENDER_NAMES) {
            const sender = createSender(name, 100 * SEGMENT_BYTES);
            sender.acknowledged(RTT, SEGMENT_BYTES, 0, RTT, 1e6);
            const before = sender.windowBytes;
            sender.lost(2 * RTT);
            expect(sender.windowBytes).toBeLessThan(before);
        }
        const full = fixedWindow(5000);
        full.lost(0);
        full.acknowledged(RTT, 1000, 1000, RTT, 5000);
        expect(full.windowBytes).toBe(5000);
    });

    it('grows back, SCReAM no faster than twice what is on its way', () => {
        const sender = createSender('scream', 10_000);
        sender.acknowledged(RTT, 5000, 0, RTT, 5000);
        expect(sender.windowBytes).toBeLessThanOrEqual(2 * 5000 + SEGMENT_BYTES);
        expect(() => createSender('cubic' as 'reno')).toThrow(/reno, prague, scream/);
    });
});

describe('acknowledgements', () => {
    it('act in order of time and not before it', () => {
        const clock = new AckClock(createSender('reno'), 10);
        for (let i = 0; i < 3; i++) clock.sent(1000);
        clock.arrived(200, 0, 1000, 0);
        clock.arrived(100, 0, 1000, 0);
        clock.lost(150, 0, 1000);
        expect(clock.nextNs).toBe(110);
        clock.applyUntil(109);
        expect(clock.flightBytes).toBe(3000);
        clock.applyUntil(160);
        expect(clock.flightBytes).toBe(1000);
        expect(clock.nextNs).toBe(210);
    });
});
