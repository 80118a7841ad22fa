import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MixreelError, VirtualClock } from '../src/index.ts';

describe('scheduled callbacks', () => {
    test('run in order of time, and in order of scheduling at equal times', () => {
        fc.assert(
            fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
                const clock = new VirtualClock();
                const seen: [number, number][] = [];
                for (const [i, time] of times.entries()) {
                    clock.schedule(time, () => {
                        expect(clock.nowNs()).toBe(time);
                        seen.push([time, i]);
                    });
                }
                expect(clock.runUntilIdle()).toBe(times.length);
                const expected = times.map((time, i): [number, number] => [time, i]);
                // Array.prototype.sort is stable: the second implementation of the rule.
                expect(seen).toEqual(expected.sort((a, b) => a[0] - b[0]));
            })
        );
    });

    test('behave like a sorted list under any mix of scheduling, cancelling and advancing', () => {
        const command = fc.oneof(
            fc.record({ do: fc.constant('schedule' as const), at: fc.integer({ min: 0, max: 50 }) }),
            fc.record({ do: fc.constant('cancel' as const), at: fc.nat(100) }),
            fc.record({ do: fc.constant('advance' as const), at: fc.integer({ min: 0, max: 10 }) })
        );
        fc.assert(
            fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
                const clock = new VirtualClock();
                const ran: number[] = [];
                const expected: number[] = [];
                let pending: { id: number; time: number }[] = [];
                const events = commands.map(() => clock.schedule(1e9, () => {}));
                for (const [id, { do: verb, at }] of commands.entries()) {
                    if (verb === 'schedule') {
                        const time = Math.max(at, clock.nowNs());
                        events[id] = clock.schedule(at, () => ran.push(id));
                        pending.push({ id, time });
                    } else if (verb === 'cancel') {
                        const id2 = at % commands.length;
                        const waiting = pending.some((p) => p.id === id2);
                        if (waiting) expect(clock.cancel(events[id2] as never)).toBe(true);
                        pending = pending.filter((p) => p.id !== id2);
                    } else {
                        clock.advanceBy(at);
                        const due = pending.filter((p) => p.time <= clock.nowNs()).sort((a, b) => a.time - b.time);
                        expected.push(...due.map((p) => p.id));
                        pending = pending.filter((p) => p.time > clock.nowNs());
                    }
                    expect(ran).toEqual(expected);
                }
            })
        );
    });

    test('may schedule more, also for the time it is', () => {
        const clock = new VirtualClock();
        const seen: string[] = [];
        clock.schedule(10, () => {
            seen.push('a');
            clock.schedule(10, () => seen.push('c'));
            clock.schedule(3, () => seen.push('late counts as now'));
        });
        clock.schedule(10, () => seen.push('b'));
        clock.advanceTo(10);
        expect(seen).toEqual(['a', 'b', 'c', 'late counts as now']);
        expect(clock.nextEventNs()).toBeNull();
    });

    test('are not run before their time, and the clock stands where it was told to', () => {
        const clock = new VirtualClock({ startNs: 5 });
        let ran = false;
        const event = clock.schedule(100, () => {
            ran = true;
        });
        clock.advanceTo(99);
        expect([ran, clock.nowNs(), clock.nextEventNs()]).toEqual([false, 99, 100]);
        expect(clock.cancel(event)).toBe(true);
        expect(clock.cancel(event)).toBe(false);
        clock.advanceBy(10);
        expect([ran, clock.nowNs()]).toEqual([false, 109]);
    });
});

describe('the border', () => {
    test('refuses to go back, and times that are no whole nanoseconds', () => {
        const clock = new VirtualClock({ startNs: 10 });
        expect(() => clock.advanceTo(9)).toThrow(/go back to 9 ns \(expected 10 ns or later\)/);
        expect(() => clock.advanceTo(10.5)).toThrow(/Round to whole nanoseconds/);
        expect(() => clock.schedule(Number.NaN, () => {})).toThrow(/a time is NaN ns/);
        expect(() => new VirtualClock({ startNs: -1 })).toThrow(/a time is -1 ns/);
    });

    test('stops an event that schedules itself for ever', () => {
        const clock = new VirtualClock({ maxEvents: 1000 });
        const again = (): void => void clock.schedule(clock.nowNs(), again);
        again();
        expect(() => clock.runUntilIdle()).toThrow(/ran 1000 events .* raise maxEvents/);
    });
});

describe('waiting', () => {
    test('wakes each waiter at its own time under play', async () => {
        const clock = new VirtualClock();
        const log: string[] = [];
        const walk = async (name: string, stepNs: number): Promise<void> => {
            for (let i = 0; i < 3; i++) {
                await clock.waitUntilNs(clock.nowNs() + stepNs);
                log.push(`${name} ${clock.nowNs()}`);
            }
        };
        const walks = Promise.all([walk('slow', 5), walk('fast', 2)]);
        await clock.play();
        await walks;
        expect(log).toEqual(['fast 2', 'fast 4', 'slow 5', 'fast 6', 'slow 10', 'slow 15']);
    });

    test('play stops at the time given', async () => {
        const clock = new VirtualClock();
        let woke = false;
        void clock.waitUntilNs(100).then(() => {
            woke = true;
        });
        expect(await clock.play(99)).toBe(0);
        expect([woke, clock.nowNs()]).toEqual([false, 99]);
        expect(await clock.play(100)).toBe(1);
        expect(woke).toBe(true);
    });

    test('a time that has passed resolves at once', async () => {
        const clock = new VirtualClock({ startNs: 50 });
        await clock.waitUntilNs(50);
        expect(clock.nextEventNs()).toBeNull();
    });

    test('an aborted wait rejects and leaves no event behind', async () => {
        const clock = new VirtualClock();
        const controller = new AbortController();
        const wait = clock.waitUntilNs(100, controller.signal);
        controller.abort('enough');
        const error = await wait.catch((e: unknown) => e);
        expect(error).toBeInstanceOf(MixreelError);
        expect(error).toMatchObject({ code: 'aborted', cause: 'enough' });
        expect(clock.nextEventNs()).toBeNull();
        await expect(clock.waitUntilNs(1, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
    });
});
