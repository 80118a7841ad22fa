/**
 * The flake ledger: `flakes.json` beside the baselines, in which a person vouches for a capture that is known to be flaky until
 * a date. Until then what it is found to be is shown and does not count; from the day after, it counts again. There is no
 * entry without an owner and an end, since a quarantine without them is a deleted test.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput } from '@mixreel/core';
import { worstStatus } from '../report/report.ts';
import { writeFileAtomic } from '../report/write-report.ts';
import type { CaptureResult, ScenarioResult } from './run-result.ts';

/** One entry. */
export interface Quarantine {
    readonly scenario: string;
    /** Left out: the whole scenario, also if it breaks. */
    readonly capture?: string;
    /** Who looks after it. */
    readonly owner: string;
    /** The last day on which it does not count: `2026-12-31`. */
    readonly until: string;
    /** What is known: a link to the report of the bug. */
    readonly reason: string;
}

const SCHEMA = 'mixreel-flakes/1';

/** Where the ledger of these baselines is. */
export function ledgerPath(baselineDir: string): string {
    return join(baselineDir, 'flakes.json');
}

/** The entries; none if there is no ledger. Throws `bad-input` that names the entry which is wrong. */
export async function readLedger(baselineDir: string): Promise<Quarantine[]> {
    const path = ledgerPath(baselineDir);
    let text: string;
    try {
        text = await readFile(path, 'utf8');
    } catch (cause) {
        // A path that leads nowhere: what stands in its way is for whoever needs the baselines to tell.
        if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
        throw badInput(`${path} cannot be read`, 'a file', 'Correct its permissions', cause);
    }
    let value: { schema?: unknown; quarantined?: unknown } | null;
    try {
        value = JSON.parse(text) as typeof value;
    } catch (cause) {
        throw badInput(`${path} is no JSON`, 'a ledger of flakes', 'Restore it from version control', cause);
    }
    if (value?.schema !== SCHEMA || !Array.isArray(value.quarantined))
        throw badInput(`${path} is no ledger of flakes`, SCHEMA, 'Restore it from version control');
    return value.quarantined.map((entry) => checkQuarantine(entry, path));
}

/** Adds an entry, in place of one of the same scenario and capture. */
export async function addQuarantine(baselineDir: string, entry: Quarantine): Promise<void> {
    const checked = checkQuarantine(entry, 'the entry');
    const others = (await readLedger(baselineDir)).filter((e) => keyOf(e) !== keyOf(checked));
    await writeLedger(baselineDir, [...others, checked]);
}

/** Removes the entry of a scenario and capture. Throws `bad-input` if there is none. */
export async function liftQuarantine(
    baselineDir: string,
    which: Pick<Quarantine, 'scenario' | 'capture'>
): Promise<void> {
    const all = await readLedger(baselineDir);
    const others = all.filter((entry) => keyOf(entry) !== keyOf(which));
    if (others.length === all.length)
        throw badInput(
            `${quarantineLabel(which)} is not in quarantine`,
            `one of: ${all.map(quarantineLabel).join(', ') || 'none'}`,
            'Correct the names'
        );
    await writeLedger(baselineDir, others);
}

/** `room/sofa`, or `room/sofa: night`. */
export function quarantineLabel({ scenario, capture }: Pick<Quarantine, 'scenario' | 'capture'>): string {
    return capture === undefined ? scenario : `${scenario}: ${capture}`;
}

async function writeLedger(baselineDir: string, entries: readonly Quarantine[]): Promise<void> {
    const quarantined = [...entries].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    await writeFileAtomic(ledgerPath(baselineDir), `${JSON.stringify({ schema: SCHEMA, quarantined }, null, 2)}\n`);
}

/**
 * A result as it counts: what is in quarantine is `skipped` with what was found, what was is reminded of. An entry for a capture
 * that a scenario did not take vouches for nothing, and the log says so.
 *
 * @param today - `2026-11-22`.
 */
export function withLedger(result: ScenarioResult, ledger: readonly Quarantine[], today: string): ScenarioResult {
    const own = ledger.filter((entry) => entry.scenario === result.name);
    if (own.length === 0 || result.skipped !== undefined) return result;
    const whole = own.find((entry) => entry.capture === undefined);
    const captures = result.captures.map((capture) => {
        const both = [...own.filter((e) => e.capture === capture.capture.name), ...(whole ? [whole] : [])];
        const entry = both.find(({ until }) => today <= until) ?? both[0];
        return entry ? quarantined(capture, entry, today) : capture;
    });
    const statuses = captures.map(({ verdict }) => verdict.status);
    if (!result.failure) {
        const names = new Set<string | undefined>([undefined, ...captures.map(({ capture }) => capture.name)]);
        const vain = own.filter((entry) => !names.has(entry.capture)).map((entry) => JSON.stringify(entry.capture));
        const log = vain.length
            ? [...result.log, `flakes.json vouches for ${vain.join(', ')}, not captured here`]
            : result.log;
        return { ...result, captures, log, status: worstStatus(statuses) };
    }
    if (!whole || today > whole.until) {
        const { failure } = result;
        const message = whole ? `${failure.message} (${expired(whole)})` : failure.message;
        return { ...result, captures, failure: { ...failure, message } };
    }
    const { message, details } = result.failure;
    const log = [...result.log, message, details];
    return { ...result, captures, status: 'skipped', failure: null, skipped: holds(whole, message), log };
}

function quarantined(result: CaptureResult, entry: Quarantine, today: string): CaptureResult {
    const { status, message } = result.verdict;
    if (status === 'passed') return result;
    const { owner, until, reason } = entry;
    const quarantine = { owner, until, reason, was: status };
    if (today > until) return { ...result, verdict: { ...result.verdict, message: `${message} (${expired(entry)})` } };
    return { ...result, quarantine, verdict: { ...result.verdict, status: 'skipped', message: holds(entry, message) } };
}

function holds({ owner, until, reason }: Quarantine, message: string): string {
    return `quarantined until ${until} by ${owner} (${reason}): ${message}`;
}

function expired({ owner, until }: Quarantine): string {
    return `its quarantine by ${owner} ended on ${until}`;
}

function keyOf({ scenario, capture }: Pick<Quarantine, 'scenario' | 'capture'>): string {
    return JSON.stringify([scenario, capture ?? null]);
}

function checkQuarantine(value: unknown, where: string): Quarantine {
    const entry = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const { scenario, capture, owner, until, reason } = entry;
    for (const [name, text] of Object.entries({ scenario, owner, until, reason, capture: capture ?? '-' })) {
        if (typeof text === 'string' && text.trim() !== '') continue;
        throw badInput(`${where}: ${name} is ${JSON.stringify(text)}`, 'text', 'Say what, who, until when and why');
    }
    const day = until as string;
    const date = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : null;
    if (!date || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day))
        throw badInput(`${where}: until is ${JSON.stringify(day)}`, 'a day, as 2026-12-31', 'Correct it');
    const base = { scenario: scenario as string, owner: owner as string, until: day, reason: reason as string };
    return capture === undefined ? base : { ...base, capture: capture as string };
}
