/**
 * P-traces of TS 26.926 (the packets that a split-rendering encoder hands to the network), as its reference tool XR-Traffic-Model
 * writes them: CSV with a header line, of whose columns these are read:
 *
 *     time_stamp_in_micro_s, size, number_in_unit, last_in_unit, type, importance, user_id
 *
 * A unit (a slice of one eye's frame) becomes a PDU Set. It enters when its last packet was sent, and its budget counts from its
 * first, as PSDB does (TS 23.501 5.7.7.2): no byte is sent before it exists, and pacing costs what it costs. `type` 1 is an
 * IDR slice; where the encoder gave no importance it has 1 and others 3. Sizes contain `overheadBytes` of headers.
 */
import { badInput } from '@mixreel/core';
import type { RecordedModel } from './models.ts';

const MAX_LINES = 2_000_000;
const NEEDED = ['time_stamp_in_micro_s', 'size', 'number_in_unit', 'last_in_unit'] as const;
const KNOWN = [...NEEDED, 'type', 'importance', 'user_id'] as const;

/** What a trace does not say. */
export interface PacketTraceOptions {
    /** Budget of a set, ns, 1 to 1e12; default 10 ms. */
    readonly deadlineNs?: number;
    /** Header bytes in every size, 0 to 1000; default 40, as the tool adds them. */
    readonly overheadBytes?: number;
    /** Of a trace of several users: the one to read; default: the first line's. */
    readonly userId?: number;
}

type Row = Readonly<Record<(typeof KNOWN)[number], number>>;

/**
 * Reads a P-trace as traffic that repeats.
 *
 * @throws MixreelError `bad-input` that names the line: a value that is no number, a time that falls, a unit that does not end.
 */
export function readPacketTrace(text: string, options: PacketTraceOptions = {}): RecordedModel {
    const { deadlineNs = 10_000_000, overheadBytes = 40 } = options;
    const lines = text.split(/\r?\n/);
    if (lines.length > MAX_LINES) {
        throw badInput(`the P-trace has ${lines.length} lines`, `at most ${MAX_LINES}`, 'Cut it');
    }
    const columns = columnsOf(lines[0] ?? '');
    const sets: { firstNs: number; lastNs: number; sizeBytes: number; importance: number }[] = [];
    let userId = options.userId;
    let open = false;
    let lastUs = 0;
    for (let i = 1; i < lines.length; i++) {
        const line = lines[i] as string;
        if (line.trim() === '') continue;
        const row = rowOf(line, columns, i + 1);
        userId ??= row.user_id;
        if (row.user_id !== userId) continue;
        if (row.time_stamp_in_micro_s < lastUs) {
            throw inLine(
                i + 1,
                `time_stamp_in_micro_s is ${row.time_stamp_in_micro_s}`,
                `${lastUs} or more: rising times`
            );
        }
        lastUs = row.time_stamp_in_micro_s;
        if (open !== row.number_in_unit > 0) {
            throw inLine(
                i + 1,
                `number_in_unit is ${row.number_in_unit}`,
                open ? 'the next of its unit' : '0, a new unit'
            );
        }
        const timeNs = lastUs * 1000;
        if (!open) sets.push({ firstNs: timeNs, lastNs: timeNs, sizeBytes: 0, importance: importanceOf(row) });
        const set = sets.at(-1) as (typeof sets)[number];
        set.lastNs = timeNs;
        set.sizeBytes += Math.max(1, row.size - overheadBytes);
        open = row.last_in_unit === 0;
    }
    if (open || sets.length === 0) {
        const what = open ? 'the last unit of the P-trace has no end' : 'the P-trace has no packets';
        throw badInput(what, 'whole units', 'Cut the trace after a line whose last_in_unit is 1');
    }
    if ((sets.at(-1) as { lastNs: number }).lastNs === (sets[0] as { lastNs: number }).lastNs) {
        // Repeated it would have no rate, or any.
        throw badInput('all units of the P-trace end at one time', 'two times or more', 'Give a longer trace');
    }
    return modelOf(sets, deadlineNs);
}

function modelOf(
    sets: readonly { firstNs: number; lastNs: number; sizeBytes: number; importance: number }[],
    deadlineNs: number
): RecordedModel {
    const startNs = (sets[0] as { lastNs: number }).lastNs;
    const spanNs = (sets.at(-1) as { lastNs: number }).lastNs - startNs;
    return {
        kind: 'recorded',
        timesNs: sets.map(({ lastNs }) => lastNs - startNs),
        sizesBytes: sets.map(({ sizeBytes }) => sizeBytes),
        importances: sets.map(({ importance }) => importance),
        agesNs: sets.map(({ firstNs, lastNs }) => lastNs - firstNs),
        // The first set follows the last one as sets follow each other on the whole.
        lapNs: spanNs + Math.max(1, Math.round(spanNs / Math.max(1, sets.length - 1))),
        deadlineNs,
        integrated: true
    };
}

function importanceOf({ type, importance }: Row): number {
    if (importance >= 1 && importance <= 15) return importance;
    return type === 1 ? 1 : 3;
}

function columnsOf(header: string): ReadonlyMap<string, number> {
    const names = header.split(',').map((name) => name.trim().replaceAll('"', ''));
    const missing = NEEDED.filter((name) => !names.includes(name));
    if (missing.length > 0) {
        throw badInput(
            `the P-trace starts with ${JSON.stringify(header.slice(0, 60))}`,
            `a header with ${NEEDED.join(', ')}`,
            `Add ${missing.join(', ')}`
        );
    }
    return new Map(names.map((name, i) => [name, i]));
}

function rowOf(line: string, columns: ReadonlyMap<string, number>, number: number): Row {
    const cells = line.split(',');
    const row: Record<string, number> = {};
    for (const name of KNOWN) {
        const place = columns.get(name);
        const cell = place === undefined ? '' : (cells[place] ?? '').trim();
        const needed = (NEEDED as readonly string[]).includes(name);
        const value = cell === 'True' ? 1 : cell === 'False' ? 0 : Number(cell);
        const most = name === 'size' ? 1e8 : 1e10;
        // The tool writes -1 for what it does not know.
        if (!needed && (cell === '' || cell === 'None')) row[name] = 0;
        else if (cell === '' || !Number.isInteger(value) || value < (needed ? 0 : -1) || value > most) {
            throw inLine(number, `${name} is ${JSON.stringify(cell.slice(0, 40))}`, `a whole number from 0 to ${most}`);
        } else row[name] = value;
    }
    return row as Row;
}

function inLine(line: number, what: string, expected: string): Error {
    return badInput(`${what} in line ${line} of the P-trace`, expected, 'Correct that line');
}
