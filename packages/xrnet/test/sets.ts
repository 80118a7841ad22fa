/** PDU Sets for tests. */
import type { PduSet } from '@mixreel/core';

/** A set of `units` PDUs of `unitBytes`, filled with bytes that depend on its number. */
export function pduSet(
    sequence: number,
    timeNs: number,
    units = 4,
    unitBytes = 1000,
    changes: Partial<PduSet> = {}
): PduSet {
    return {
        stream: 'video',
        sequence,
        importance: 1,
        integrated: false,
        timeNs,
        deadlineNs: 10_000_000,
        endOfBurst: true,
        units: Array.from({ length: units }, (_, unit) =>
            new Uint8Array(unitBytes).fill((sequence * 31 + unit * 7) & 255)
        ),
        ...changes
    };
}

/** `count` sets at `fps`. */
export function pduSets(count: number, fps = 60, units = 4, unitBytes = 1000, changes: Partial<PduSet> = {}): PduSet[] {
    return Array.from({ length: count }, (_, i) => pduSet(i, Math.round((i * 1e9) / fps), units, unitBytes, changes));
}
