/**
 * Names of random streams as bytes, so that no two different names give the same bytes: every part carries its type, and a
 * string its length. `['ab']`, `['a', 'b']`, `[1]` and `['1']` are four names.
 *
 * number: 'n', then the float64, big-endian (-0 counts as 0). string: 's', its length in UTF-16 code units as uint32, then
 * the units as uint16, big-endian: lone surrogates keep their identity, which UTF-8 would take from them.
 */
import { badInput } from '../error.ts';

/** One part of a name: a finite number or any string. */
export type StreamName = number | string;

/** The bytes of `prefix` followed by those of `parts`. */
export function encodeStreamName(prefix: Uint8Array, parts: readonly StreamName[]): Uint8Array {
    let sizeBytes = prefix.length;
    for (const part of parts) sizeBytes += typeof part === 'string' ? 5 + 2 * part.length : 9;
    const bytes = new Uint8Array(sizeBytes);
    bytes.set(prefix);
    const view = new DataView(bytes.buffer);
    let offset = prefix.length;
    for (const part of parts) {
        if (typeof part === 'string') {
            bytes[offset] = 0x73;
            view.setUint32(offset + 1, part.length);
            for (let i = 0; i < part.length; i++) view.setUint16(offset + 5 + 2 * i, part.charCodeAt(i));
            offset += 5 + 2 * part.length;
        } else if (typeof part === 'number' && Number.isFinite(part)) {
            bytes[offset] = 0x6e;
            view.setFloat64(offset + 1, part === 0 ? 0 : part);
            offset += 9;
        } else {
            throw badInput(
                `the name of a random stream contains ${String(part)}`,
                'finite numbers and strings',
                'Name the stream by an index or a text'
            );
        }
    }
    return bytes;
}
