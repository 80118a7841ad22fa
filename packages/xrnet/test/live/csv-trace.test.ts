import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsvTrace } from '../../src/index.ts';

test('a constant rate gives evenly spaced opportunities; other columns and quotes do no harm', () => {
    // 12 Mbit/s are 1500 bytes a ms.
    const times = readCsvTrace('"time_ms",cqi,"rate_mbps"\r\n100,7,12\r\n110,9,3\r\n');
    expect([...times]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('opportunities rise, lie inside the lap, and carry what the rates carry', () => {
    const steps = fc.array(
        fc.record({ gapMs: fc.integer({ min: 1, max: 500 }), rateMbps: fc.integer({ min: 0, max: 200 }) }),
        { minLength: 2, maxLength: 20 }
    );
    fc.assert(
        fc.property(steps, (list) => {
            let at = 0;
            let bits = 0;
            const lines = list.map(({ gapMs, rateMbps }, i) => {
                const line = `${at},${rateMbps}`;
                if (i + 1 < list.length) {
                    at += gapMs;
                    bits += gapMs * rateMbps * 1000;
                }
                return line;
            });
            fc.pre(bits >= 12_000);
            const times = readCsvTrace(`time_ms,rate_mbps\n${lines.join('\n')}`);
            expect(times.length).toBe(Math.floor(bits / 12_000));
            expect(times.every((time, i) => i === 0 || time >= times[i - 1]!)).toBe(true);
            expect(times[0]!).toBeGreaterThan(0);
            // Rounding of the sums, a millionth of a lap.
            expect(times.at(-1)!).toBeLessThanOrEqual(at * (1 + 1e-6));
        })
    );
});

const bad: readonly (readonly [string, RegExp])[] = [
    ['', /a header with the columns time_ms and rate_mbps/],
    ['time,rate\n0,1', /starts with "time,rate"/],
    ['time_ms,rate_mbps\n0,1\n-5,1', /time_ms in line 3 of the trace is "-5" \(expected a number from 0/],
    ['time_ms,rate_mbps\n0,1\n5', /rate_mbps in line 3 of the trace is "missing"/],
    ['time_ms,rate_mbps\n10,1\n5,1', /line 3 of the trace is 5 ms after 10 ms \(expected rising times\)/],
    ['time_ms,rate_mbps\n0,0\n1000,5', /carries 0 packets/],
    ['time_ms,rate_mbps\n0,100000\n1000000000,0', /carries .* packets .*Cut the trace/]
];
for (const [text, message] of bad) {
    test(`refused with its reason: ${JSON.stringify(text.slice(0, 40))}`, () => {
        expect(() => readCsvTrace(text)).toThrow(message);
    });
}
