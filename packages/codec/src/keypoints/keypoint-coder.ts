/**
 * Keypoints of a run of frames as bytes: body, hands, face, whatever points an analysis gives. Points lie on a grid; each is predicted from its own
 * two before (half of its last step goes on) and the difference coded in contexts of its size in the frame before: a hand that rests costs a
 * twentieth of a bit, one that moves a few. Only every n-th frame may be sent, the ones between are interpolated.
 *
 * A unit stands alone: it begins with whole positions, those of the key picture if it is not the first after it. The form follows the reference measurements: 17 points of a signer at 30 frames a second
 * take 1.9 kbit/s on a grid of 256, 0.65 on one of 128 with every third frame sent.
 */
import { type BitCoder, BitDecoder, BitEncoder, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import { codeSigned } from '../entropy/numbers.ts';

/** A point in pixels; null where it was not seen. */
export type Keypoint = readonly [x: number, y: number] | null;
/** The points of one frame, in the order of the analysis. */
export type Keypoints = readonly Keypoint[];

/** Most points of a frame and most frames of a unit. */
export const MOST_KEYPOINTS = 255;
export const MOST_KEYPOINT_FRAMES = 4095;

/** How points were coded. */
export interface KeypointGrid {
    /** Steps along the picture's longer side: a power of two, 32 to 2048. */
    readonly steps: number;
    /** Every so many frames are sent, 1 to 8; the last always. */
    readonly every: number;
}

const SEEN = 0;
/** [activity][axis]: contexts of `codeSigned` with 7 prefixes. */
const STEP = 4;
const ACTIVITIES = 4;
const CONTEXTS: number = STEP + 8 * 2 * ACTIVITIES;

function contexts(): Uint16Array {
    const initial = new Uint16Array(CONTEXTS).fill(PROBABILITY_ONE >> 1);
    // What was seen stays so.
    initial[SEEN] = PROBABILITY_ONE >> 3;
    initial[SEEN + 1] = PROBABILITY_ONE - (PROBABILITY_ONE >> 4);
    return initial;
}

/** A grid position and the step that led to it. */
interface Known {
    x: number;
    y: number;
    stepX: number;
    stepY: number;
}

/**
 * Codes frames of points; the sizes are those of the picture, pixels. Every frame has as many points as the first.
 *
 * @param key - Points to begin with that are of no frame of the run.
 */
export function encodeKeypoints(
    frames: readonly Keypoints[],
    widthPx: number,
    heightPx: number,
    grid: KeypointGrid,
    key: Keypoints | null = null
): Uint8Array {
    const coder = new BitEncoder(contexts());
    const scale = grid.steps / Math.max(widthPx, heightPx);
    coder.bits(4, Math.round(Math.log2(grid.steps)));
    coder.bits(3, grid.every - 1);
    coder.bits(8, frames[0]?.length ?? 0);
    const gridded = (points: Keypoints): GridPoint[] =>
        points.map((point) =>
            point ? ([clamp(point[0] * scale, grid), clamp(point[1] * scale, grid)] as const) : null
        );
    const known = unknown(frames[0]?.length ?? 0);
    if (key) codeFrame(coder, known, gridded(key), grid);
    codeFrames(coder, known, frames.map(gridded), frames.length, grid);
    return coder.finish();
}

function clamp(value: number, grid: KeypointGrid): number {
    return Math.max(0, Math.min(grid.steps - 1, Math.round(value)));
}

/** Reads `count` frames back, and those of the key before if `keyed`; null if the bytes are damaged. Points come back at the middle of their step, pixels. */
export function decodeKeypoints(
    payload: Uint8Array,
    count: number,
    widthPx: number,
    heightPx: number,
    keyed = false
): { frames: Keypoints[]; key: Keypoints | null; grid: KeypointGrid } | null {
    const coder = new BitDecoder(contexts(), payload);
    const log2 = coder.bits(4, 0);
    const every = coder.bits(3, 0) + 1;
    const points = coder.bits(8, 0);
    if (log2 < 5 || log2 > 11 || count < 1 || count > MOST_KEYPOINT_FRAMES) return null;
    const grid = { steps: 1 << log2, every };
    const known = unknown(points);
    const first = keyed ? codeFrame(coder, known, [], grid) : null;
    const decoded = codeFrames(coder, known, [], count, grid);
    if (!decoded || !coder.intact) return null;
    const scale = Math.max(widthPx, heightPx) / grid.steps;
    const inPixels = (frame: readonly GridPoint[]): Keypoints =>
        frame.map((point) => (point ? ([point[0] * scale, point[1] * scale] as const) : null));
    return { frames: interpolate(decoded.map(inPixels), every), key: first && inPixels(first), grid };
}

/** True for the frames of a run that are sent. */
function isSent(index: number, count: number, every: number): boolean {
    return index % every === 0 || index === count - 1;
}

type GridPoint = readonly [number, number] | null;

/** What is known of each point before anything was. */
function unknown(points: number): (Known | null)[] {
    return new Array<Known | null>(points).fill(null);
}

function codeFrame(
    coder: BitCoder,
    known: (Known | null)[],
    points: readonly GridPoint[],
    grid: KeypointGrid
): GridPoint[] {
    return known.map((_, k) => codePoint(coder, known, k, points[k] ?? null, grid));
}

function codeFrames(
    coder: BitCoder,
    known: (Known | null)[],
    frames: readonly (readonly GridPoint[])[],
    count: number,
    grid: KeypointGrid
): GridPoint[][] | null {
    const out: GridPoint[][] = [];
    for (let i = 0; i < count; i++) {
        if (!isSent(i, count, grid.every)) {
            out.push([]);
            continue;
        }
        out.push(codeFrame(coder, known, frames[i] ?? [], grid));
        if (coder.decoding && (coder as BitDecoder).overrun) return null;
    }
    return out;
}

function codePoint(
    coder: BitCoder,
    known: (Known | null)[],
    k: number,
    point: GridPoint,
    grid: KeypointGrid
): GridPoint {
    const before = known[k] ?? null;
    if (!coder.bit(SEEN + (before ? 1 : 0), point ? 1 : 0)) {
        known[k] = null;
        return null;
    }
    const bits = Math.round(Math.log2(grid.steps));
    if (!before) {
        const x = coder.bits(bits, point?.[0] ?? 0);
        const y = coder.bits(bits, point?.[1] ?? 0);
        known[k] = { x, y, stepX: 0, stepY: 0 };
        return [x, y];
    }
    // Arithmetic shift: half of the last step, towards minus infinity.
    const [guessX, guessY] = [before.x + (before.stepX >> 1), before.y + (before.stepY >> 1)];
    const size = Math.abs(before.stepX) + Math.abs(before.stepY);
    const activity = STEP + 16 * (size === 0 ? 0 : size < 2 ? 1 : size < 5 ? 2 : 3);
    const x = within(guessX + codeSigned(coder, activity, 7, 0, (point?.[0] ?? 0) - guessX), grid);
    const y = within(guessY + codeSigned(coder, activity + 8, 7, 0, (point?.[1] ?? 0) - guessY), grid);
    known[k] = { x, y, stepX: x - before.x, stepY: y - before.y };
    return [x, y];
}

function within(value: number, grid: KeypointGrid): number {
    return Math.max(0, Math.min(grid.steps - 1, value));
}

/** Fills the frames that were not sent: on the line between those around; a point that only one of them has is taken from there. */
function interpolate(frames: readonly Keypoints[], every: number): Keypoints[] {
    return frames.map((frame, i): Keypoints => {
        if (isSent(i, frames.length, every)) return frame;
        const from = i - (i % every);
        const to = Math.min(frames.length - 1, from + every);
        return between(frames[from]!, frames[to]!, (i - from) / (to - from));
    });
}

/** On the line from a to b; a point that one of them lacks as the nearer has it. */
export function between(a: Keypoints, b: Keypoints, t: number): Keypoints {
    return a.map((first, k): Keypoint => {
        const second = b[k] ?? null;
        if (!first || !second) return t < 0.5 ? first : second;
        return [first[0] + t * (second[0] - first[0]), first[1] + t * (second[1] - first[1])];
    });
}
