/**
 * Discontinuous reception: when a user listens. TS 38.321 clause 5.7, with the cycles of TS 38.331 (DRX-ConfigExt2-v1800)
 * that are no whole number of milliseconds: 50/3 ms is exactly one frame at 60 fps, so the on-duration does not drift away
 * from the frames as it does with 16 or 17 ms. All arithmetic is rational: with t the milliseconds since the start
 * (DRX_SFN_COUNTER 10240 + SFN 10 + subframe) and a cycle a/b, floor(t mod a/b) = floor((t b mod a) / b).
 */
import { badInput } from '@mixreel/core';

/** A cycle in ms as a fraction. */
export interface DrxCycle {
    readonly numerator: number;
    readonly denominator: number;
}

const fraction = (text: string): DrxCycle => {
    const [numerator, denominator] = text.split('/').map(Number) as [number, number];
    return Object.freeze({ numerator, denominator });
};

/** Long cycles of DRX-ConfigExt2-v1800, ms. */
export const NON_INTEGER_LONG_CYCLES: readonly DrxCycle[] = Object.freeze(
    (
        '1001/240 25/6 25/3 1001/120 100/9 25/2 40/3 125/9 50/3 1001/60 125/6 200/9 250/9 100/3 1001/30 75/2 125/3 ' +
        '1001/24 200/3 1001/15 250/3 1001/12 400/3'
    )
        .split(' ')
        .map(fraction)
);

/** Short cycles: those up to 200/3 ms without 250/9 and 75/2. */
export const NON_INTEGER_SHORT_CYCLES: readonly DrxCycle[] = Object.freeze(
    NON_INTEGER_LONG_CYCLES.filter(
        ({ numerator, denominator }) =>
            numerator / denominator <= 200 / 3 &&
            !(numerator === 250 && denominator === 9) &&
            !(numerator === 75 && denominator === 2)
    )
);

/** When a user listens. */
export interface DrxTiming {
    readonly cycle: DrxCycle;
    /** drx-StartOffset, ms: 0 to floor(cycle). */
    readonly startOffsetMs: number;
    /** Short cycles count from the offset, long ones are compared with it. */
    readonly short: boolean;
}

/** Throws `bad-input` unless the timing is possible. */
export function requireDrx({ cycle, startOffsetMs }: DrxTiming): void {
    const { numerator, denominator } = cycle;
    const whole = Number.isInteger(numerator) && Number.isInteger(denominator) && numerator > 0 && denominator > 0;
    if (!whole || numerator / denominator < 1 || numerator > 1e6) {
        throw badInput(
            `the DRX cycle is ${numerator}/${denominator} ms`,
            'a fraction of at least 1 ms',
            'Write it like 50/3'
        );
    }
    const last = Math.floor(numerator / denominator);
    if (Number.isInteger(startOffsetMs) && startOffsetMs >= 0 && startOffsetMs <= last) return;
    throw badInput(`drx-StartOffset is ${startOffsetMs} ms`, `a whole number from 0 to ${last}`, 'Correct the offset');
}

/** True if an on-duration starts in the subframe that starts `timeMs` ms (a whole number) after the start. */
export function onDurationStarts(drx: DrxTiming, timeMs: number): boolean {
    const { numerator: a, denominator: b } = drx.cycle;
    if (!drx.short) return Math.floor(((timeMs * b) % a) / b) === drx.startOffsetMs;
    const since = timeMs - drx.startOffsetMs;
    return since >= 0 && Math.floor(((since * b) % a) / b) === 0;
}

/** The first on-duration's subframe at or after `timeMs`; at most one cycle and a bit of search. */
export function nextOnDurationMs(drx: DrxTiming, timeMs: number): number {
    const { numerator: a, denominator: b } = drx.cycle;
    const limit = timeMs + Math.ceil((2 * a) / b) + drx.startOffsetMs + 2;
    for (let t = timeMs; t <= limit; t++) if (onDurationStarts(drx, t)) return t;
    // An offset of floor(cycle) falls into a cycle's last part of a millisecond, which not every cycle has.
    throw badInput(
        `drx-StartOffset ${drx.startOffsetMs} ms of a cycle of ${a}/${b} ms never comes`,
        'an offset below the cycle',
        'Lower the offset'
    );
}
