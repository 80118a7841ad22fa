/**
 * The border check of {@link PduSet}: whoever takes PDU Sets from outside its package calls this once, and trusts them after.
 */
import { badInput } from './error.ts';
import type { PduSet } from './media.ts';

/** Most bytes of one PDU: fits a UDP datagram (65,507) with room for headers. */
export const MAX_PDU_BYTES = 65_000;
/** Most PDUs of one set: what a 16-bit sequence number within the set can name. */
export const MAX_PDUS = 65_535;

const isTime = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0;

/** The rules of the contract's fields: value, whether it holds, what was expected. */
function rules(set: PduSet): readonly (readonly [string, unknown, boolean, string])[] {
    const { stream, sequence, importance, integrated, timeNs, deadlineNs, endOfBurst, units } = set;
    return [
        ['stream', stream, typeof stream === 'string' && stream.length > 0, 'a name'],
        ['sequence', sequence, isTime(sequence), 'an integer from 0'],
        ['importance', importance, Number.isInteger(importance) && importance >= 1 && importance <= 15, '1 to 15'],
        ['integrated', integrated, typeof integrated === 'boolean', 'true or false'],
        ['timeNs', timeNs, isTime(timeNs), 'integer nanoseconds from 0'],
        ['deadlineNs', deadlineNs, isTime(deadlineNs) && deadlineNs > 0, 'integer nanoseconds above 0'],
        ['endOfBurst', endOfBurst, typeof endOfBurst === 'boolean', 'true or false'],
        [
            'units',
            units?.length,
            Array.isArray(units) && units.length >= 1 && units.length <= MAX_PDUS,
            '1 to 65535 PDUs'
        ]
    ];
}

/** Returns the set, or throws `bad-input` naming the first field that breaks the contract. */
export function checkPduSet(set: PduSet): PduSet {
    if (typeof set !== 'object' || set === null) {
        throw badInput(`a PDU Set is ${shown(set)}`, 'an object', 'Pass what the encoder returned');
    }
    for (const [field, value, holds, expected] of rules(set)) {
        if (holds) continue;
        throw badInput(`${field} of a PDU Set is ${shown(value)}`, expected, 'Correct it where the PDU Set is made');
    }
    for (const [i, unit] of set.units.entries()) {
        if (unit instanceof Uint8Array && unit.length >= 1 && unit.length <= MAX_PDU_BYTES) continue;
        const found = unit instanceof Uint8Array ? `${unit.length} bytes` : shown(unit);
        throw badInput(
            `PDU ${i} of set ${set.sequence} of ${set.stream} is ${found}`,
            `1 to ${MAX_PDU_BYTES} bytes`,
            'Split the payload into more units'
        );
    }
    return set;
}

/** A value for a message. An object's own toString is not asked: it may be anything. */
function shown(value: unknown): string {
    if (Array.isArray(value)) return 'a list';
    if (typeof value === 'object' && value !== null) return 'an object';
    return typeof value === 'function' ? 'a function' : String(value).slice(0, 80);
}
