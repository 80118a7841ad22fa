/** The check that configuration, scenarios and options share: a number within its range, or a message that says how to mend it. */
import { badInput } from '@mixreel/core';

/** Throws `bad-input` unless `value` is a number of the range. */
export function requireNumber(
    path: string,
    value: unknown,
    low: number,
    high: number,
    whole: boolean,
    unit: string
): void {
    if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))) return;
    throw wrong(
        path,
        value,
        `${whole ? 'a whole number' : 'a number'} from ${low} to ${high}${unit ? ` ${unit}` : ''}`
    );
}

/** What is wrong with a field of the configuration. */
export function wrong(path: string, value: unknown, expected: string): Error {
    const shown = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing');
    return badInput(`${path} is ${shown.slice(0, 80)}`, expected, `Correct ${path} of the cell configuration`);
}
