/**
 * Captures as files, each kind as small as its judgement allows: PNG for what is judged as a picture of 8 bits, EXR of halves
 * for what people compare (of floats where halves would lose it: light above 65504, a picture darker than 2^-24), EXR of floats
 * for what must be equal, moments in their own format, counters as JSON.
 */
import { badInput } from '@mixreel/core';
import { type Frame, readFrameExr, readPng, rgba8FromPng, writeFrameExr, writePng } from '@mixreel/image';
import type { CaptureData, JudgeKind } from '../verdict/capture.ts';
import { captureFault } from '../verdict/capture-fault.ts';
import { pictureData, rgba8Of } from '../verdict/picture-data.ts';
import { decodeMoments, encodeMoments } from './moments-format.ts';

/** How a file is to be read; also the end of its name. */
export type CaptureFormat = 'png' | 'exr' | 'mxm' | 'json' | 'bin';

/** A capture as bytes. */
export interface EncodedCapture {
    readonly format: CaptureFormat;
    readonly bytes: Uint8Array;
}

/** Same data, same bytes. */
export function encodeCapture(data: CaptureData, judge: JudgeKind): EncodedCapture {
    switch (data.kind) {
        case 'bytes':
            return { format: 'bin', bytes: data.bytes };
        case 'counters': {
            const sorted = Object.fromEntries(Object.entries(data.counters).sort(([a], [b]) => (a < b ? -1 : 1)));
            return { format: 'json', bytes: new TextEncoder().encode(`${JSON.stringify(sorted, null, 2)}\n`) };
        }
        case 'moments':
            return { format: 'mxm', bytes: encodeMoments(data.moments) };
        case 'frames':
        case 'errors':
        case 'timings':
            throw badInput(
                `a capture of ${data.kind} was to be kept`,
                'a kind with a baseline',
                'Judge it by its own standard'
            );
        case 'frame': {
            if (judge === 'deterministic') {
                const image = rgba8Of(data);
                return { format: 'png', bytes: writePng({ ...image, channels: 4, bitDepth: 8 }, { level: 9 }) };
            }
            return { format: 'exr', bytes: judge === 'exact' ? floatExr(data.frame) : smallExr(data.frame) };
        }
    }
}

function floatExr(frame: Frame): Uint8Array {
    return writeFrameExr(frame, { precision: 'float', compression: 'zip' });
}

/** Halves, unless what is read back from them is no picture any more. */
function smallExr(frame: Frame): Uint8Array {
    const halves = writeFrameExr(frame, { precision: 'half', compression: 'zip' });
    const lost = captureFault({ kind: 'frame', frame: readFrameExr(halves) }) !== null;
    return lost ? floatExr(frame) : halves;
}

/** Throws `bad-input` for bytes that are not what the format says. */
export function decodeCapture({ format, bytes }: EncodedCapture): CaptureData {
    switch (format) {
        case 'bin':
            return { kind: 'bytes', bytes };
        case 'json':
            return { kind: 'counters', counters: readCounters(bytes) };
        case 'mxm':
            return { kind: 'moments', moments: decodeMoments(bytes) };
        case 'png':
            return pictureData(rgba8FromPng(readPng(bytes)));
        case 'exr':
            return { kind: 'frame', frame: readFrameExr(bytes) };
    }
}

function readCounters(bytes: Uint8Array): Record<string, number> {
    try {
        const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
        if (typeof value === 'object' && value !== null && Object.values(value).every((n) => typeof n === 'number')) {
            return value as Record<string, number>;
        }
    } catch {
        // Answered below.
    }
    throw badInput(
        'the file of counters cannot be read',
        'a JSON object of numbers',
        'Restore it, or approve the capture again'
    );
}
