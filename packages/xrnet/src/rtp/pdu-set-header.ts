/**
 * The RTP header extension that marks PDU Sets: TS 26.522 V18.1. Three octets, six with the set's size, eight with its number
 * of PDUs as well; the caller wraps them as an element of RFC 8285.
 *
 * Field widths are confirmed by a public draft (draft-defoy-moq-relay-network-handling, appendix); the order of the bits is
 * NOT, which is why it stands in one table here and nowhere else.
 */
import { badInput, MixreelError } from '@mixreel/core';

/** What the extension says of one PDU. */
export interface PduSetMark {
    /** E: the last PDU of its set. */
    readonly endOfSet: boolean;
    /** D: the last PDU of its data burst. */
    readonly endOfBurst: boolean;
    /** PSI: 1 (highest) to 15 (lowest), 0 undefined. */
    readonly importance: number;
    /** PSSN: sequence number of the set, modulo 1024. */
    readonly setSequence: number;
    /** PSN: number of the PDU in its set, modulo 64. */
    readonly pduSequence: number;
    /** PSSize: bytes of the set with RTP, UDP and IP headers, 0 unknown, below 2^24. Left out: not sent. */
    readonly setBytes?: number;
    /** NPDS: PDUs of the set, 0 unknown, below 2^16. Only with `setBytes`. */
    readonly setPdus?: number;
}

type Field = readonly [
    name: 'endOfSet' | 'endOfBurst' | 'reserved' | 'importance' | 'setSequence' | 'pduSequence',
    bits: number
];

/** Order and widths of the first three octets, the most significant bit first. Order unverified. */
const FIELDS: readonly Field[] = [
    ['endOfSet', 1],
    ['endOfBurst', 1],
    ['reserved', 2],
    ['importance', 4],
    ['setSequence', 10],
    ['pduSequence', 6]
];

const FIXED_BYTES = 3;
const SIZE_BYTES = 6;
const FULL_BYTES = 8;

/** The extension's octets: 3, 6 or 8. Throws `bad-input` for values that do not fit. */
export function encodePduSetMark(mark: PduSetMark): Uint8Array {
    const limit = (name: string, value: number, bits: number): number => {
        if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
        throw badInput(`${name} of a PDU Set mark is ${value}`, `a whole number below ${2 ** bits}`, `Correct ${name}`);
    };
    if (mark.setPdus !== undefined && mark.setBytes === undefined) {
        throw badInput('a PDU Set mark has setPdus without setBytes', 'both, or neither', 'Add setBytes, 0 if unknown');
    }
    let word = 0;
    for (const [name, bits] of FIELDS) {
        const value = name === 'reserved' ? 0 : Number(mark[name]);
        word = word * 2 ** bits + limit(name, value, bits);
    }
    const bytes = [word >>> 16, (word >>> 8) & 255, word & 255];
    if (mark.setBytes !== undefined) {
        const size = limit('setBytes', mark.setBytes, 24);
        bytes.push(size >>> 16, (size >>> 8) & 255, size & 255);
    }
    if (mark.setPdus !== undefined) {
        const count = limit('setPdus', mark.setPdus, 16);
        bytes.push(count >>> 8, count & 255);
    }
    return Uint8Array.from(bytes);
}

/** Reads 3, 6 or 8 octets. Throws `bad-input` for any other length; reserved bits are ignored. */
export function decodePduSetMark(bytes: Uint8Array): PduSetMark {
    if (bytes.length !== FIXED_BYTES && bytes.length !== SIZE_BYTES && bytes.length !== FULL_BYTES) {
        throw new MixreelError('bad-input', {
            what: `a PDU Set mark has ${bytes.length} octets`,
            expected: '3, 6 or 8',
            mend: 'Check that the header extension is the one of TS 26.522'
        });
    }
    const at = (i: number): number => bytes[i] as number;
    const word = at(0) * 65_536 + at(1) * 256 + at(2);
    const values = { endOfSet: 0, endOfBurst: 0, reserved: 0, importance: 0, setSequence: 0, pduSequence: 0 };
    let left = 8 * FIXED_BYTES;
    for (const [name, bits] of FIELDS) {
        left -= bits;
        values[name] = (word >>> left) & (2 ** bits - 1);
    }
    return {
        endOfSet: values.endOfSet === 1,
        endOfBurst: values.endOfBurst === 1,
        importance: values.importance,
        setSequence: values.setSequence,
        pduSequence: values.pduSequence,
        ...(bytes.length >= SIZE_BYTES ? { setBytes: at(3) * 65_536 + at(4) * 256 + at(5) } : {}),
        ...(bytes.length === FULL_BYTES ? { setPdus: at(6) * 256 + at(7) } : {})
    };
}
