import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subProgress, throwIfAborted } from '../src/index.ts';

test('work goes on until its signal is aborted, then ends with what it was and why', () => {
    const controller = new AbortController();
    throwIfAborted(undefined, 'tracing');
    throwIfAborted({}, 'tracing');
    throwIfAborted({ signal: controller.signal }, 'tracing');
    controller.abort('closed');
    expect(() => throwIfAborted({ signal: controller.signal }, 'tracing')).toThrow(
        /tracing was cancelled\. Start it again/
    );
});

test('a part reports inside its own share and passes the signal on', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
        fc.property(share, share, share, fc.integer({ min: 0, max: 10 }), (a, b, done, total) => {
            const [from, to] = a < b ? [a, b] : [b, a];
            const seen: number[] = [];
            const signal = new AbortController().signal;
            const part = subProgress({ report: (d, t) => seen.push(d / t), signal }, from, to);
            part.report?.(done * total, total, 'part');
            expect(part.signal).toBe(signal);
            expect(seen[0]).toBeGreaterThanOrEqual(from - 1e-15);
            expect(seen[0]).toBeLessThanOrEqual(to + 1e-15);
        })
    );
});

test('a part of work that nobody watches reports nothing', () => {
    expect(subProgress(undefined, 0, 1)).toEqual({});
    expect(subProgress({}, 0, 1)).toEqual({});
});
