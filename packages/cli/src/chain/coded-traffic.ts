/**
 * Traffic of our own codec: what an .mxr file sends, as the P-trace that scenarios read. A unit of the file is a packet, those of one
 * frame and one importance are a PDU Set, as the encoder hands them over.
 */
import { readMxr, readUnit } from '@mixreel/codec';
import { badInput } from '@mixreel/core';

/** Headers that P-traces count with every packet, bytes. */
const OVERHEAD_BYTES = 40;
/** What a unit that cannot be read is taken for: one of the picture's. */
const UNREADABLE_IMPORTANCE = 3;
const COLUMNS = 'time_stamp_in_micro_s,size,number_in_unit,last_in_unit,importance';

/** The text of a P-trace. Throws `bad-input` for a file whose frames have no times any more. */
export function packetTraceOfMxr(bytes: Uint8Array, path: string): string {
    const { frames, damage } = readMxr(bytes);
    if (damage.index)
        throw badInput(`${path} has lost its index, and with it the times`, 'a whole file', 'Encode it again');
    const rows = [COLUMNS];
    for (const { timeNs, units } of frames) {
        const importances = units.map((unit) => readUnit(unit)?.importance ?? UNREADABLE_IMPORTANCE);
        let number = 0;
        for (const [i, { length }] of units.entries()) {
            const isLast = importances[i + 1] !== importances[i];
            rows.push(
                [Math.round(timeNs / 1000), length + OVERHEAD_BYTES, number, isLast ? 1 : 0, importances[i]].join()
            );
            number = isLast ? 0 : number + 1;
        }
    }
    return rows.join('\n');
}
