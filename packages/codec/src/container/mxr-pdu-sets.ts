/** Whole files over a network: the PDU Sets of a file's units, and the file of what arrived of them. */
import type { PduSet, PduSetArrival } from '@mixreel/core';
import { FRAME_ENCODER_DEFAULTS } from '../options.ts';
import { type MxrFrame, type MxrMetadata, readMxr, writeMxr } from './mxr.ts';
import { readUnit } from './unit.ts';

/** How {@link pduSetsOfMxr} labels what it makes. */
export interface MxrPduSetOptions {
    /** Stream name of the sets. Default `video`. */
    readonly stream: string;
    /** PDU Set Delay Budget, ns, above 0. Default 10 ms. */
    readonly deadlineNs: number;
}

/**
 * A file's units as PDU Sets, in the order in which they are sent: units of a frame that follow each other with one importance are a set; each unit of
 * keypoints is one, sent when the last of its frames is known.
 */
export function pduSetsOfMxr(bytes: Uint8Array, given: Partial<MxrPduSetOptions> = {}): PduSet[] {
    const { stream = FRAME_ENCODER_DEFAULTS.stream, deadlineNs = FRAME_ENCODER_DEFAULTS.deadlineNs } = given;
    const { metadata, frames } = readMxr(bytes);
    const fps = typeof metadata['fps'] === 'number' && metadata['fps'] > 0 ? metadata['fps'] : 30;
    const sets = frames.flatMap(({ timeNs, units }) => {
        const made: { timeNs: number; importance: number; alone: boolean; units: Uint8Array[] }[] = [];
        for (const bytesOfUnit of units) {
            const unit = readUnit(bytesOfUnit);
            if (!unit) continue;
            const alone = unit.layer === 'keypoints';
            const last = made.at(-1);
            if (last && !alone && !last.alone && last.importance === unit.importance) {
                last.units.push(bytesOfUnit);
                continue;
            }
            const lastFrame = alone ? unit.first + unit.count - 1 : 0;
            const sentNs = timeNs + Math.round((lastFrame * 1e9) / fps);
            made.push({ timeNs: sentNs, importance: unit.importance, alone, units: [bytesOfUnit] });
        }
        return made.map((set, i) => ({ ...set, endOfBurst: set.alone || (made[i + 1]?.alone ?? true) }));
    });
    return sets
        .sort((a, b) => a.timeNs - b.timeNs)
        .map(({ timeNs, importance, endOfBurst, units }, sequence) => ({
            stream,
            sequence,
            importance,
            integrated: false,
            timeNs,
            deadlineNs,
            endOfBurst,
            units
        }));
}

/** The file of what arrived in time: for {@link decodeMxr}, {@link decodeKeypointVideo} and all else that reads files. `metadata`: those of the file that was sent. */
export function mxrOfArrivals(arrivals: readonly (PduSetArrival | PduSet)[], metadata: MxrMetadata = {}): Uint8Array {
    const frames = new Map<number, { timeNs: number; units: Uint8Array[] }>();
    for (const arrival of arrivals) {
        const set = 'set' in arrival ? arrival.set : arrival;
        if ('set' in arrival && (arrival.arrivedNs ?? 0) > set.timeNs + set.deadlineNs) continue;
        for (const bytes of 'set' in arrival ? arrival.received : arrival.units) {
            const unit = bytes && readUnit(bytes);
            if (!bytes || !unit) continue;
            const frame = frames.get(unit.frameIndex) ?? { timeNs: set.timeNs, units: [] };
            frame.timeNs = Math.min(frame.timeNs, set.timeNs);
            frame.units.push(bytes);
            frames.set(unit.frameIndex, frame);
        }
    }
    const inOrder: MxrFrame[] = [...frames].sort(([a], [b]) => a - b).map(([, frame]) => frame);
    return writeMxr({ metadata, frames: inOrder });
}
