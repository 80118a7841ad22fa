/**
 * Buffer status reports: what a user may say of its queue in one octet. TS 38.321 clause 6.1.3.1.
 *
 * The 8-bit table (6.1.3.1-2) is geometric: upper_i = ceil(10 q^k), q = (81,338,368 / 10)^(1/253), with k = i, but k = i - 1
 * for the first three, where rounding up would repeat 13; index 254 means more, 255 is reserved. The Rel-18 refined table
 * (6.1.3.1-3) is upper_k = floor(5000 150^(k/255)) and starts above 4,751 bytes. Both are checked entry by entry against the
 * published listings; steps are 6.5 % and 2 %, which is what a frame's last grant wastes.
 */
import { badInput } from '@mixreel/core';

/** Which table a report uses. */
export type BufferStatusTable = 'long' | 'refined';

/** Highest index with an upper bound. */
const LAST_LONG = 253;
const LAST_REFINED = 255;
/** Most bytes below the refined table's range: the upper bound of index 98 of the 8-bit table. */
export const REFINED_ABOVE_BYTES = 4751;
/** Keeps exact powers exact: far below the distance of any entry from a whole number, far above rounding. */
const GUARD = 1e-12;

function longBound(index: number): number {
    if (index === 0) return 0;
    const k = index <= 3 ? index - 1 : index;
    return Math.ceil(10 * 8_133_836.8 ** (k / 253) * (1 - GUARD));
}

function refinedBound(index: number): number {
    return Math.floor(5000 * 150 ** (index / 255) * (1 + GUARD));
}

const BOUNDS: Readonly<Record<BufferStatusTable, Int32Array>> = {
    long: Int32Array.from({ length: LAST_LONG + 1 }, (_, i) => longBound(i)),
    refined: Int32Array.from({ length: LAST_REFINED + 1 }, (_, i) => refinedBound(i))
};

/** Upper bound in bytes of an index: 0..253 (long) or 0..255 (refined). */
export function bufferSizeBound(table: BufferStatusTable, index: number): number {
    const bound = BOUNDS[table][index];
    if (bound !== undefined) return bound;
    throw badInput(
        `the ${table} buffer size index is ${index}`,
        `0 to ${BOUNDS[table].length - 1}`,
        'Correct the index'
    );
}

/** What a user with `bytes` in its queue reports: the smallest index whose bound holds them; null if the table cannot. */
export function bufferSizeIndex(table: BufferStatusTable, bytes: number): number | null {
    if (table === 'refined' && bytes <= REFINED_ABOVE_BYTES) return null;
    const bounds = BOUNDS[table];
    if (bytes > (bounds[bounds.length - 1] as number)) return table === 'long' ? 254 : null;
    let low = 0;
    let high = bounds.length - 1;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((bounds[middle] as number) >= bytes) high = middle;
        else low = middle + 1;
    }
    return low;
}

/**
 * The bytes that the network takes a report for: the upper bound of its index. With the refined table allowed, queues outside
 * its range fall back to the 8-bit one (5.4.5).
 */
export function reportedBytes(table: BufferStatusTable, bytes: number): number {
    const refined = table === 'refined' ? bufferSizeIndex('refined', bytes) : null;
    if (refined !== null) return BOUNDS.refined[refined] as number;
    const index = bufferSizeIndex('long', bytes) as number;
    // "More than 81,338,368" names no bound: the network grants that much and hears again.
    return BOUNDS.long[Math.min(index, LAST_LONG)] as number;
}

/** Delay status report (5.4.9, 6.1.3.72): remaining time in whole milliseconds, 6 bits; 63 means 63 or more. */
export function delayStatusIndex(remainingNs: number): number {
    return Math.max(0, Math.min(63, Math.floor(remainingNs / 1e6)));
}
