/**
 * Conceptual video: a key picture now and then, and between keys nothing but keypoints; the receiver moves the key picture's parts (`part-flow.ts`).
 * The encoder holds the decoder: it warps as the receiver will, and sends a new key, predicted from the one before, where what comes out is too far
 * from the source. Which points a frame has is the caller's affair: any analysis of bodies, hands or faces gives a track.
 *
 * In the file a segment is one frame: the key's units and those with the points of its frames (`point-units.ts`). Readers that know no keypoints show the keys.
 */
import { badInput, type Progress, throwIfAborted } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { type MxrFile, type MxrFrame, readMxr, writeMxr } from '../container/mxr.ts';
import { readUnit } from '../container/unit.ts';
import { FrameDecoder } from '../frame-decoder.ts';
import { FrameEncoder, transparentShare } from '../frame-encoder.ts';
import { FRAME_ENCODER_DEFAULTS, type FrameDecoderOptions, type FrameEncoderOptions } from '../options.ts';
import { type Picture, pictureFromFrame } from '../picture.ts';
import {
    decodeKeypoints,
    encodeKeypoints,
    type KeypointGrid,
    type Keypoints,
    MOST_KEYPOINTS
} from './keypoint-coder.ts';
import { RoomMemory, type Skeleton, warpPose } from './part-flow.ts';
import { checkedParts, PERSON_PARTS, type PersonPart, personSkeleton } from './person.ts';
import { MOST_POINTS, pointUnits, readPoints } from './point-units.ts';

/** Options of {@link encodeKeypointVideo}. */
export interface KeypointVideoOptions {
    /** Quality of the key pictures, 0 to 100. */
    readonly quality: number;
    /**
     * How key pictures are coded beside: as concepts (`concept`), with text, with parity, with a map of regions (`structure: 'auto'`; else without), each alone
     * (`gopLength: 1`; else each is predicted from the one before). Quality is given above, the pose is not sent.
     */
    readonly key: Partial<Omit<FrameEncoderOptions, 'quality' | 'pose'>>;
    /** Most frames whose points are in one unit, 1 to 900: what is lost with it lies on lines between those around. */
    readonly unitFrames: number;
    /** Steps of the points along the longer side: a power of two, 32 to 2048. */
    readonly steps: number;
    /** Every so many frames' points are sent, 1 to 8. */
    readonly every: number;
    /** A new key is sent when the tenth of the cells (8 x 8 pixels) that are worst differ by more than this in mean luma, grey levels, above 0. */
    readonly refreshLevels: number;
    /** Least and most frames from key to key, 1 to 900. */
    readonly leastFrames: number;
    readonly mostFrames: number;
    readonly framesPerSecond: number;
    /** What the tracks are of, if they are those of `openPersonAnalysis`; written into the file, so that its reader need not be told. */
    readonly parts: readonly PersonPart[];
    /** For tracks of other points: their skeleton, of which the reader must be told; null: that of the parts. */
    readonly skeleton: Skeleton | null;
}

export const KEYPOINT_VIDEO_DEFAULTS: KeypointVideoOptions = Object.freeze({
    quality: 30,
    key: Object.freeze({}),
    unitFrames: 90,
    steps: 256,
    every: 2,
    refreshLevels: 30,
    leastFrames: 15,
    mostFrames: 300,
    framesPerSecond: 30,
    parts: Object.freeze(['body'] as const),
    skeleton: null
});

/** Most frames from key to key. */
const MOST_SEGMENT_FRAMES = 900;

type Resolved = KeypointVideoOptions & { readonly skeleton: Skeleton };

/** One frame of a keypoint video. */
export interface KeypointVideoFrame {
    readonly picture: Picture;
    readonly kind: 'key' | 'moved';
    readonly points: Keypoints;
    /** From the first frame on. */
    readonly timeNs: number;
}

/**
 * @param frames - Of one size.
 * @param tracks - The points of each frame, equally many.
 * @returns The bytes of an .mxr file.
 */
export function encodeKeypointVideo(
    frames: readonly Frame[],
    tracks: readonly Keypoints[],
    given: Partial<KeypointVideoOptions> = {},
    progress: Progress = {}
): Uint8Array {
    const wanted = { ...KEYPOINT_VIDEO_DEFAULTS, ...given };
    const parts = checkedParts(wanted.parts);
    const options = { ...wanted, skeleton: wanted.skeleton ?? personSkeleton(parts) };
    checkInput(frames, tracks, options);
    const encoder = new FrameEncoder({
        gopLength: 100000,
        structure: 'none',
        ...options.key,
        quality: options.quality,
        pose: false
    });
    const unitBytes = options.key.unitBytes ?? FRAME_ENCODER_DEFAULTS.unitBytes;
    const segments: MxrFrame[] = [];
    let room: RoomMemory | null = null;
    for (let first = 0; first < frames.length; ) {
        throwIfAborted(progress, 'encoding');
        const key = encoder.encode(frames[first]!);
        if (transparentShare(key.picture) > 0) throw transparent();
        room ??= new RoomMemory(key.picture, options.skeleton);
        room.learn(key.picture, tracks[first]!);
        const most = Math.min(options.mostFrames, frames.length - first);
        const count = segmentLength(frames, tracks, first, most, key.picture, room, options);
        const run = tracks.slice(first, first + count);
        const units = pointUnits(readUnit(key.units[0]!)!, run, options, { ...options, unitBytes });
        segments.push({ timeNs: Math.round((first * 1e9) / options.framesPerSecond), units: [...key.units, ...units] });
        first += count;
        progress.report?.(first, frames.length, 'encoding');
    }
    const other = wanted.skeleton !== null || parts.join() === 'body';
    const metadata = {
        fps: options.framesPerSecond,
        frames: frames.length,
        ...(other ? {} : { parts: parts.join(' ') })
    };
    return writeMxr({ metadata, frames: segments });
}

/** Points as they come out of the grid's steps. */
function asSent(tracks: readonly Keypoints[], { widthPx, heightPx }: Picture, grid: KeypointGrid): Keypoints[] {
    const payload = encodeKeypoints(tracks, widthPx, heightPx, grid);
    return decodeKeypoints(payload, tracks.length, widthPx, heightPx)!.frames;
}

/** How many frames the key is good for, by what the receiver would show. */
function segmentLength(
    frames: readonly Frame[],
    tracks: readonly Keypoints[],
    first: number,
    wanted: number,
    key: Picture,
    room: RoomMemory,
    options: Resolved
): number {
    const sent = asSent(tracks.slice(first, first + wanted), key, options);
    // What the key itself misses is no fault of the motion.
    const own = worstTenth(pictureFromFrame(frames[first]!).picture, key);
    for (let i = Math.max(1, options.leastFrames); i < wanted; i++) {
        const shown = warpPose({ picture: key, points: sent[0]! }, sent[i]!, options.skeleton, room);
        if (worstTenth(pictureFromFrame(frames[first + i]!).picture, shown) > own + options.refreshLevels) return i;
    }
    return wanted;
}

/** Mean difference in luma of the tenth of the cells that differ most, grey levels. */
function worstTenth(a: Picture, b: Picture): number {
    const columns = Math.ceil(a.widthPx / 8);
    const cells = new Float64Array(columns * Math.ceil(a.heightPx / 8));
    const size = a.widthPx * a.heightPx;
    const luma = ({ rgb }: Picture, i: number): number => (rgb[i]! + 2 * rgb[size + i]! + rgb[2 * size + i]!) / 4;
    for (let i = 0; i < size; i++) {
        const cell = Math.floor(Math.floor(i / a.widthPx) / 8) * columns + ((i % a.widthPx) >> 3);
        cells[cell]! += (luma(a, i) - luma(b, i)) / 64;
    }
    const worst = Array.from(cells, Math.abs)
        .sort((p, q) => q - p)
        .slice(0, Math.ceil(cells.length / 10));
    return worst.reduce((sum, value) => sum + value, 0) / worst.length;
}

/**
 * Decodes a keypoint video frame by frame; a file without keypoints gives its pictures. Frames whose points were lost or damaged lie between those around,
 * or show the key if nothing is known of a segment.
 *
 * @param given - The encoder's skeleton, if the file does not say its parts; how key pictures are decoded: what draws concepts, what paints texture over
 *   keys and so over all that is moved from them, the largest picture. Throws `limit-exceeded` beyond that, and beyond four million points.
 */
export function* decodeKeypointVideo(
    bytes: Uint8Array,
    given: { readonly skeleton?: Skeleton } & Partial<FrameDecoderOptions> = {}
): Generator<KeypointVideoFrame> {
    const file = readMxr(bytes);
    const { skeleton = personSkeleton(partsOf(file.metadata['parts'])), ...options } = given;
    const decoder = new FrameDecoder(options);
    const fps = fpsOf(file);
    let room: RoomMemory | null = null;
    let size = '';
    for (const { segment, points } of segmentsOf(file)) {
        const { picture } = decoder.decodeUnits(segment.units);
        if (size !== `${picture.widthPx}x${picture.heightPx}`) room = new RoomMemory(picture, skeleton);
        size = `${picture.widthPx}x${picture.heightPx}`;
        room!.learn(picture, points.run[0] ?? []);
        for (let i = 0; i < points.count; i++) {
            const here = points.run[i] ?? [];
            const moved = i > 0 && points.run.length > 0;
            const shown = moved ? warpPose({ picture, points: points.run[0]! }, here, skeleton, room!) : picture;
            const timeNs = segment.timeNs + Math.round((i * 1e9) / fps);
            yield { picture: shown, kind: moved ? 'moved' : 'key', points: here, timeNs };
        }
    }
}

function fpsOf({ metadata }: MxrFile): number {
    return typeof metadata['fps'] === 'number' && metadata['fps'] > 0 ? metadata['fps'] : 30;
}

/** Segments with the points of their frames; `count` frames are to be shown, at least one. */
function* segmentsOf(
    file: MxrFile
): Generator<{ readonly segment: MxrFrame; readonly points: { readonly run: Keypoints[]; readonly count: number } }> {
    let left = MOST_POINTS;
    const frameNs = 1e9 / fpsOf(file);
    const all = file.metadata['frames'];
    const points = file.frames.some(({ units }) => units.some((bytes) => readUnit(bytes)?.layer === 'keypoints'));
    for (const [i, segment] of file.frames.entries()) {
        const next = file.frames[i + 1]?.timeNs ?? (typeof all === 'number' ? all * frameNs : 0);
        // Times of a damaged index are 0; a segment has at most 900 frames.
        const frames = Math.round((next - segment.timeNs) / frameNs);
        const total = points && frames > 0 && frames <= MOST_SEGMENT_FRAMES ? frames : 1;
        const run = readPoints(segment.units, left, total) ?? [];
        left -= run.length * (run[0]?.length ?? 0);
        yield { segment, points: { run, count: Math.max(run.length, total) } };
    }
}

/** Which parts a file's points are of; the body if it says nothing that is known. */
function partsOf(text: unknown): readonly PersonPart[] {
    const words = typeof text === 'string' ? text.split(' ') : [];
    const parts = PERSON_PARTS.filter((part) => words.includes(part));
    return parts.length > 0 ? parts : ['body'];
}

/**
 * The points of every frame, read without decoding a picture.
 *
 * @throws MixreelError `limit-exceeded` if they are more than four million.
 */
export function readKeypoints(bytes: Uint8Array): Keypoints[] {
    return Array.from(segmentsOf(readMxr(bytes)), ({ points }) => points.run).flat();
}

function transparent(): Error {
    return badInput('a key picture is transparent in places', 'opaque pictures', 'Put them over a background');
}

function checkInput(frames: readonly Frame[], tracks: readonly Keypoints[], options: Resolved): void {
    const points = tracks[0]?.length ?? 0;
    if (tracks.length !== frames.length || tracks.some((track) => track.length !== points) || points > MOST_KEYPOINTS) {
        throw badInput(
            `there are ${tracks.length} tracks for ${frames.length} frames`,
            `one for each, with the same number of points, at most ${MOST_KEYPOINTS}`,
            'Take null for points that are not seen'
        );
    }
    if (frames.some(({ widthPx, heightPx }) => widthPx !== frames[0]!.widthPx || heightPx !== frames[0]!.heightPx)) {
        throw badInput('the frames are of several sizes', 'one size', 'Scale them');
    }
    if (options.skeleton.some(([a, b]) => Math.max(a, b) >= points || Math.min(a, b) < 0)) {
        throw badInput(
            'the skeleton joins points that are not there',
            `0 to ${points - 1}`,
            'Give the skeleton of the track'
        );
    }
    const powers = [32, 64, 128, 256, 512, 1024, 2048];
    if (!powers.includes(options.steps)) throw badInput(`steps is ${options.steps}`, powers.join(', '), 'Take 256');
    const ranges = [
        ['every', 1, 8],
        ['leastFrames', 1, MOST_SEGMENT_FRAMES],
        ['mostFrames', 1, MOST_SEGMENT_FRAMES],
        ['unitFrames', 1, MOST_SEGMENT_FRAMES]
    ] as const;
    for (const [name, least, most] of ranges) {
        if (Number.isInteger(options[name]) && options[name] >= least && options[name] <= most) continue;
        throw badInput(`${name} is ${options[name]}`, `an integer from ${least} to ${most}`, 'Leave it out');
    }
    if (!(options.refreshLevels > 0)) throw badInput(`refreshLevels is ${options.refreshLevels}`, 'above 0', 'Take 30');
}
