/**
 * Captures by the names that people give them. A whole name wins over being a part of others, and a part that several share
 * chooses none of them: approving one picture too many is a defect that nobody looks for.
 */
import { badInput } from '@mixreel/core';
import { type CaptureEntry, labelOf } from './capture-store.ts';

/** Names shown in a message. */
const MOST_SHOWN = 20;

/**
 * Each name is, the first that fits:
 *
 * - `room/sofa: night`, a capture; `room/sofa`, a scenario with all of its captures; `room/`, all scenarios of a suite;
 * - `room/*` or `*: night`, a pattern of whole names, in which `*` stands for any text;
 * - `night`, the name or a part of the name of one capture.
 *
 * @param names - None: all entries.
 * @throws MixreelError `bad-input` for a name that nothing has, and for a part that several have, which it lists.
 */
export function selectCaptures(entries: readonly CaptureEntry[], names: readonly string[]): CaptureEntry[] {
    if (names.length === 0) return [...entries];
    const chosen = new Set(names.flatMap((name) => named(entries, name)));
    return entries.filter((entry) => chosen.has(entry));
}

function named(entries: readonly CaptureEntry[], name: string): readonly CaptureEntry[] {
    const whole = [
        entries.filter((entry) => labelOf(entry) === name),
        entries.filter(({ scenario }) => scenario === name),
        name.endsWith('/') ? entries.filter(({ scenario }) => scenario.startsWith(name)) : [],
        name.includes('*') ? entries.filter(matches(name)) : []
    ].find((found) => found.length > 0);
    if (whole) return whole;
    const called = entries.filter(({ capture }) => capture === name);
    const parts = called.length > 0 ? called : entries.filter((entry) => labelOf(entry).includes(name));
    if (parts.length === 1 && name !== '') return parts;
    if (parts.length === 0 || name === '')
        throw badInput(`no capture of the run is named "${name}"`, `one of ${shown(entries)}`, 'Correct the name');
    throw badInput(
        `"${name}" could be any of ${parts.length} captures: ${shown(parts)}`,
        'a name that is one of them',
        `Give whole names, or "*${name}*" for all of them`
    );
}

function matches(pattern: string): (entry: CaptureEntry) => boolean {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const whole = new RegExp(`^${parts.join('.*')}$`, 'su');
    return (entry) => whole.test(labelOf(entry)) || whole.test(entry.scenario);
}

function shown(entries: readonly CaptureEntry[]): string {
    const more = entries.length > MOST_SHOWN ? `, and ${entries.length - MOST_SHOWN} more` : '';
    return entries.slice(0, MOST_SHOWN).map(labelOf).join(', ') + more;
}
