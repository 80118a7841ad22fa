/**
 * A recorded link as a table: a header line, then time and rate of one moment a line, in rising order. The rate holds until the
 * next line, the table repeats. It becomes delivery opportunities of 1500 bytes, so one path serves both forms.
 *
 *     time_ms,rate_mbps
 *     0,40
 *     1000,12.5
 */
import { badInput } from '@mixreel/core';

const OPPORTUNITY_BITS = 12_000;
const MAX_LINES = 1_000_000;
/** Opportunities a trace may have: 40 MB. */
const MAX_OPPORTUNITIES = 5_000_000;

/**
 * Reads columns `time_ms` (0 to 1e9) and `rate_mbps` (0 to 100,000); other columns are ignored. The last line ends the lap: its
 * rate does not count.
 *
 * @returns Opportunities in ms, rising, as {@link readMahimahiTrace} gives them.
 * @throws MixreelError `bad-input` that names the line.
 */
export function readCsvTrace(text: string): Float64Array {
    const lines = text.split(/\r?\n/);
    if (lines.length > MAX_LINES)
        throw badInput(`the trace has ${lines.length} lines`, `at most ${MAX_LINES}`, 'Cut it');
    const names = (lines[0] ?? '').split(',').map((name) => name.trim().replaceAll('"', ''));
    const [timeColumn, rateColumn] = [names.indexOf('time_ms'), names.indexOf('rate_mbps')];
    if (timeColumn < 0 || rateColumn < 0) {
        throw badInput(
            `the trace starts with ${JSON.stringify((lines[0] ?? '').slice(0, 60))}`,
            'a header with the columns time_ms and rate_mbps',
            'Name the columns so'
        );
    }
    const moments: { timeMs: number; rateMbps: number }[] = [];
    for (const [i, line] of lines.entries()) {
        if (i === 0 || line.trim() === '') continue;
        const cells = line.split(',');
        const timeMs = cell(cells[timeColumn], i, 'time_ms', 1e9);
        const rateMbps = cell(cells[rateColumn], i, 'rate_mbps', 100_000);
        const before = moments.at(-1);
        if (before && timeMs <= before.timeMs) {
            throw badInput(
                `line ${i + 1} of the trace is ${timeMs} ms after ${before.timeMs} ms`,
                'rising times',
                'Sort it'
            );
        }
        moments.push({ timeMs, rateMbps });
    }
    return opportunities(moments);
}

function cell(text: string | undefined, line: number, name: string, most: number): number {
    const value = Number(text);
    if (text !== undefined && text.trim() !== '' && value >= 0 && value <= most) return value;
    throw badInput(
        `${name} in line ${line + 1} of the trace is ${JSON.stringify(text?.slice(0, 40) ?? 'missing')}`,
        `a number from 0 to ${most}`,
        'Correct the line'
    );
}

function opportunities(moments: readonly { timeMs: number; rateMbps: number }[]): Float64Array {
    const firstMs = moments[0]?.timeMs ?? 0;
    const bits = moments.slice(1).map(({ timeMs }, i) => {
        const from = moments[i] as { timeMs: number; rateMbps: number };
        return (timeMs - from.timeMs) * from.rateMbps * 1000;
    });
    const count = Math.floor(bits.reduce((sum, value) => sum + value, 0) / OPPORTUNITY_BITS);
    if (count === 0 || count > MAX_OPPORTUNITIES) {
        throw badInput(
            `the trace carries ${count} packets of 1500 bytes`,
            `1 to ${MAX_OPPORTUNITIES}`,
            count === 0 ? 'Give a longer trace, or one with a rate' : 'Cut the trace'
        );
    }
    const times = new Float64Array(count);
    let carried = 0;
    let next = 0;
    for (const [i, amount] of bits.entries()) {
        const { timeMs, rateMbps } = moments[i] as { timeMs: number; rateMbps: number };
        while (next < count && (next + 1) * OPPORTUNITY_BITS <= carried + amount) {
            const inside = (next + 1) * OPPORTUNITY_BITS - carried;
            times[next++] = timeMs - firstMs + inside / (rateMbps * 1000);
        }
        carried += amount;
    }
    // Sums of floats may leave the last one to the end of the lap.
    const endMs = (moments.at(-1)?.timeMs ?? 0) - firstMs;
    while (next < count) times[next++] = endMs;
    return times;
}
