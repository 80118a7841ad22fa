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
    // A counter may be named "toString".
    const [before, now] = [new Map(Object.entries(expected)), new Map(Object.entries(actual))];
    const names = [...new Set([...before.keys(), ...now.keys()])].sort();
    const different = names.filter((name) => before.get(name) !== now.get(name));
    if (different.length === 0) return plainVerdict('passed', `${names.length} counters are the same`);
    const words = different.slice(0, 3).map((name) => {
        const [is, was] = [now.get(name), before.get(name)];
        if (is === undefined) return `"${name}" is gone (expected ${formatNumber(was as number)})`;
        if (was === undefined) return `"${name}" is new: ${formatNumber(is)}`;
        return `"${name}" is ${formatNumber(is)} (expected ${formatNumber(was)})`;
    });
    const more = different.length > words.length ? `; ${different.length - words.length} more` : '';
    const rows = different.map((name) => {
        const [is, was] = [now.get(name) ?? null, before.get(name) ?? null];
        const change = is !== null && was ? `${formatNumber((100 * (is - was)) / was)} %` : null;
        return [name, was, is, change];
    });
    return {
        ...plainVerdict('failed', words.join('; ') + more),
        sections: [
            { kind: 'table', title: 'Counters that differ', columns: ['Counter', 'Expected', 'Actual', 'Change'], rows }
        ]
    };
}
