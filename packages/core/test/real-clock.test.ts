import { expect, test } from 'vitest';
import { RealClock } from '../src/index.ts';

test('real time starts at the clock, moves forward in whole nanoseconds, and a wait never ends early', async () => {
    const clock = new RealClock();
    const start = clock.nowNs();
    expect(Number.isSafeInteger(start) && start >= 0).toBe(true);
    for (const delayNs of [0, 100_000, 3_000_000]) {
        const target = clock.nowNs() + delayNs;
        await clock.waitUntilNs(target);
        expect(clock.nowNs()).toBeGreaterThanOrEqual(target);
    }
});

test('a wait is cancelled by its signal', async () => {
    const controller = new AbortController();
    // An hour: only the signal can end it within the test's own limit. The delay passes 2^31 ms, too, in the second wait.
    const waits = [3600e9, 3e15].map((ns) => new RealClock().waitUntilNs(ns, controller.signal));
    controller.abort();
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'aborted' });
    await expect(new RealClock().waitUntilNs(1e9, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
});
