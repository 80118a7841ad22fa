/**
 * What a scenario hands to a capture, checked where it hands it over: a configuration in JavaScript, or a frame that another
 * copy of @mixreel/image made, would otherwise end deep inside a judgement, in a message that names neither.
 */
import { badInput } from '@mixreel/core';
import { Frame, type Rgba8Image } from '@mixreel/image';
import type { JudgeKind } from '../verdict/capture.ts';

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
const isFrame: Check = (value) => value instanceof Frame;
const isFrames: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isFrame);
const isNumber: Check = (value) => typeof value === 'number';
const isPair: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(isNumber);

function isRgba8(value: unknown): boolean {
    if (!isRecord(value)) return false;
    const { widthPx, heightPx, data } = value as Partial<Rgba8Image>;
    const whole = Number.isInteger(widthPx) && Number.isInteger(heightPx) && widthPx! > 0 && heightPx! > 0;
    return whole && data instanceof Uint8Array && data.length === 4 * widthPx! * heightPx!;
}

function isMoments(value: unknown): boolean {
    if (!isRecord(value)) return false;
    const { widthPx, heightPx, channels, count, mean, m2 } = value;
    return (
        [widthPx, heightPx, channels, count].every(isNumber) &&
        [mean, m2].every((plane) => plane instanceof Float32Array)
    );
}

/** What each kind takes, by a check and in words. */
const TAKEN: Readonly<Record<JudgeKind, readonly [Check, string]>> = {
    exact: [(v) => v instanceof Uint8Array || isFrame(v), 'a Uint8Array or a Frame'],
    deterministic: [
        (v) => isFrame(v) || isRgba8(v),
        'a Frame, or { widthPx, heightPx, data } with 4 bytes for each pixel in a Uint8Array'
    ],
    perceptual: [isFrame, 'a Frame'],
    stochastic: [(v) => isFrames(v) || isMoments(v), 'Frames of at least two seeds, or a MomentsImage'],
    counters: [(v) => isRecord(v) && Object.values(v).every(isNumber), 'an object of numbers'],
    temporal: [isFrames, 'a list of Frames'],
    convergence: [(v) => Array.isArray(v) && v.every(isPair), 'a list of [samples, error]'],
    timing: [
        (v) => Array.isArray(v) && v.every((r) => isRecord(r) && isPair(r['baseline']) && isPair(r['candidate'])),
        'a list of { baseline: [ms, ms], candidate: [ms, ms] }'
    ]
};

/** Throws `bad-input` that names the capture, what it was given, and what it takes. */
export function checkCaptured(name: string, kind: JudgeKind, value: unknown, what: 'is given' | 'expects'): void {
    const [check, words] = TAKEN[kind];
    if (check(value)) return;
    const mend =
        kind === 'exact' && ArrayBuffer.isView(value)
            ? 'Pass its bytes: new Uint8Array(x.buffer, x.byteOffset, x.byteLength)'
            : 'Pass one; a Frame is made with the same copy of @mixreel/image that the harness uses';
    throw badInput(`the ${kind} capture "${name}" ${what} ${describe(value)}`, words, mend);
}

function describe(value: unknown): string {
    if (Array.isArray(value)) return `a list of ${value.length}`;
    if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`;
    if (!isRecord(value)) {
        if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
        return typeof value === 'function' ? 'a function' : String(value);
    }
    const own = value.constructor?.name;
    return own === undefined || own === 'Object'
        ? `an object of ${Object.keys(value).slice(0, 8).join(', ') || 'nothing'}`
        : `a ${own}`;
}
