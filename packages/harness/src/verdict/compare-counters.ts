/**
 * Counted work must be the same to the last unit: dispatches, rays, queue lengths, bytes moved, resources alive. Counts are
 * free of the machine, so they find a slower algorithm where times would drown in noise.
 */
import { formatNumber } from '../report/escape.ts';
import { plainVerdict, type Verdict } from './verdict.ts';

/** Compares two sets of counters by name. Order does not matter; a name that comes or goes is a difference. */
export function compareCounters(
    expected: Readonly<Record<string, number>>,
    actual: Readonly<Record<string, number>>
): Verdict {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
    const different = names.filter((name) => expected[name] !== actual[name]);
    if (different.length === 0) return plainVerdict('passed', `${names.length} counters are the same`);
    const words = different.slice(0, 3).map((name) => {
        const [now, before] = [actual[name], expected[name]];
        if (now === undefined) return `"${name}" is gone (expected ${formatNumber(before as number)})`;
        if (before === undefined) return `"${name}" is new: ${formatNumber(now)}`;
        return `"${name}" is ${formatNumber(now)} (expected ${formatNumber(before)})`;
    });
    const more = different.length > words.length ? `; ${different.length - words.length} more` : '';
    const rows = different.map((name) => {
        const [now, before] = [actual[name] ?? null, expected[name] ?? null];
        const change = now !== null && before ? `${formatNumber((100 * (now - before)) / before)} %` : null;
        return [name, before, now, change];
    });
    return {
        ...plainVerdict('failed', words.join('; ') + more),
        sections: [
            { kind: 'table', title: 'Counters that differ', columns: ['Counter', 'Expected', 'Actual', 'Change'], rows }
        ]
    };
}
