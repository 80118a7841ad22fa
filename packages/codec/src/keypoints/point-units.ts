/**
 * The points that follow a key picture as units: each holds a run of frames, stands alone, and fits a packet. A unit that does not begin with the key's frame
 * begins with the key's points, to which all motion is relative. Frames whose unit was lost lie on lines between those around.
 */
import { MixreelError } from '@mixreel/core';
import { readUnit, UNIT_OVERHEAD_BYTES, type Unit, writeUnit } from '../container/unit.ts';
import {
    between,
    decodeKeypoints,
    encodeKeypoints,
    type KeypointGrid,
    type Keypoints,
    MOST_KEYPOINT_FRAMES,
    MOST_KEYPOINTS
} from './keypoint-coder.ts';

/** Most points that are read of one file before it is refused. */
export const MOST_POINTS: number = 1 << 22;

/** How long units may be. */
export interface PointUnitLimits {
    /** Bytes of a unit. */
    readonly unitBytes: number;
    /** Frames of a unit. */
    readonly unitFrames: number;
}

/** The units of a segment's points; `like`: any unit of the key. A unit is longer than `unitBytes` only if one frame does not fit. */
export function pointUnits(
    like: Unit,
    tracks: readonly Keypoints[],
    grid: KeypointGrid,
    limits: PointUnitLimits
): Uint8Array[] {
    const runs: (readonly [first: number, count: number])[] = [];
    for (let first = 0; first < tracks.length; first += limits.unitFrames)
        runs.push([first, Math.min(limits.unitFrames, tracks.length - first)]);
    return runs.flatMap(([first, count]) => unitsOfRun(like, tracks, grid, limits, first, count));
}

function unitsOfRun(
    like: Unit,
    tracks: readonly Keypoints[],
    grid: KeypointGrid,
    limits: PointUnitLimits,
    first: number,
    count: number
): Uint8Array[] {
    const run = tracks.slice(first, first + count);
    const payload = encodeKeypoints(run, like.widthPx, like.heightPx, grid, first > 0 ? tracks[0]! : null);
    if (payload.length > limits.unitBytes - UNIT_OVERHEAD_BYTES && count > 1) {
        const half = count >> 1;
        const part = (from: number, frames: number): Uint8Array[] =>
            unitsOfRun(like, tracks, grid, limits, first + from, frames);
        return [...part(0, half), ...part(half, count - half)];
    }
    return [writeUnit({ ...like, layer: 'keypoints', importance: 1, first, count, parameter: 0, payload })];
}

/**
 * The points of a segment's frames from what arrived; null if none did.
 *
 * @param most - Points that may still be read. Throws `limit-exceeded` beyond.
 * @param total - Frames of the segment if something else knows it: those after the last that arrived keep its points.
 */
export function readPoints(
    units: readonly Uint8Array[],
    most: number,
    total: number | null = null
): Keypoints[] | null {
    const known = new Map<number, Keypoints>();
    let frames = 0;
    for (const bytes of units) {
        const unit = readUnit(bytes);
        if (unit?.layer !== 'keypoints' || unit.first + unit.count > MOST_KEYPOINT_FRAMES) continue;
        frames += unit.count;
        if (frames * MOST_KEYPOINTS > Math.max(most, MOST_KEYPOINTS * 900)) {
            throw new MixreelError('limit-exceeded', {
                what: 'the file has more than four million keypoints',
                expected: `at most ${MOST_POINTS}`,
                mend: 'Cut the file into parts'
            });
        }
        const { first, count, widthPx, heightPx } = unit;
        const decoded = decodeKeypoints(unit.payload, count, widthPx, heightPx, first > 0);
        if (!decoded) continue;
        if (decoded.key) known.set(0, decoded.key);
        for (const [i, points] of decoded.frames.entries()) known.set(first + i, points);
    }
    if (known.size === 0) return null;
    const points = known.get(0)!.length;
    const places = [...known.keys()].filter((place) => known.get(place)!.length === points).sort((a, b) => a - b);
    const last = places.at(-1)!;
    const count = Math.max(last + 1, Math.min(total ?? 0, MOST_KEYPOINT_FRAMES));
    const run: Keypoints[] = [];
    for (const [i, place] of places.entries()) {
        const to = places[i + 1] ?? count;
        const from = known.get(place)!;
        for (let k = place; k < to; k++) run.push(between(from, known.get(to) ?? from, (k - place) / (to - place)));
    }
    return run;
}
