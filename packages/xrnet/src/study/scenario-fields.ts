/** How a scenario's fields are read: every message starts with the path of the field that it is about. */
import { badInput, MixreelError } from '@mixreel/core';

/** Puts a path before what a deeper check says. */
export function within<T>(path: string, work: () => T): T {
    try {
        return work();
    } catch (error) {
        if (!(error instanceof MixreelError) || error.code !== 'bad-input') throw error;
        const joint = /^[\w$]+[\w.[\]]* (is|has|are) /.test(error.message) ? '.' : ': ';
        const [what = error.message] = error.message.split(`. ${error.mend}.`);
        throw new MixreelError('bad-input', { what: `${path}${joint}${what}`, mend: error.mend, cause: error });
    }
}

/** An object whose fields are all among `known`. */
export function requireFields(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
    const record = requireRecord(value, path);
    for (const key of Object.keys(record)) {
        if (known.includes(key)) continue;
        const at = path === '' ? key : `${path}.${key}`;
        throw badInput(`${at} is not a field`, `one of ${known.join(', ')}`, 'Correct the name or leave it out');
    }
    return record;
}

/** An object. */
export function requireRecord(value: unknown, path: string): Record<string, unknown> {
    if (isRecord(value)) return value;
    throw badInput(`${path || 'the scenario'} is ${show(value)}`, 'an object', 'Write { … }');
}

/** A list of 1 to `most` entries. */
export function requireList(value: unknown, path: string, most: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= 1 && value.length <= most) return value;
    const what = Array.isArray(value) ? `has ${value.length} entries` : `is ${show(value)}`;
    throw badInput(`${path} ${what}`, `a list of 1 to ${most}`, 'Write [ … ]');
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields of `below` with those of `above` in their place, two levels deep. */
export function overlay(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
    const out = { ...below };
    for (const [key, value] of Object.entries(above)) {
        const under = out[key];
        out[key] = isRecord(under) && isRecord(value) ? { ...under, ...value } : value;
    }
    return out;
}

/** A value as a message shows it. */
export function show(value: unknown): string {
    return (JSON.stringify(value) ?? 'missing').slice(0, 80);
}
