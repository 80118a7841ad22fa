/**
 * Moments as a small file: means as single floats rounded where the noise is (a step of at most a quarter of the pixel's own
 * standard error, which adds at most 0.5 % to its variance), spreads as half floats of the standard deviation, both split into byte
 * planes and deflated. Pixels without noise keep every bit.
 *
 * A plain half-float mean would be smaller still, but its rounding of a flat region goes one way in all its pixels and would
 * be found as a bias.
 *
 * Layout: `MXM1`, length of the header (u32, little-endian), header (JSON), deflated planes.
 */
import { MixreelError } from '@mixreel/core';
import { floatFromHalf, halfFromFloat } from '@mixreel/image';
import { deflateSync, inflateSync } from 'fflate';
import { type BlockMoments, blocksAlong, type MomentsImage } from '../verdict/moments-image.ts';

const MAGIC = 'MXM1';
/** The largest picture that is read: 16384 x 16384 would take 5 GB. */
const MAX_VALUES = 3 * 8192 * 8192;
/** The largest spread becomes this half float; the smallest that is told from zero is 2^-24. */
const TOP = 32768;
const LEAST_HALF = 1;

interface Header {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly channels: number;
    readonly count: number;
    /** Standard deviation of one, in units of {@link TOP}. */
    readonly unit: number;
    /** Sides of the blocks whose moments follow; the whole is 0. */
    readonly blocks: readonly number[];
}

/** The file's bytes. Same moments, same bytes. */
export function encodeMoments(moments: MomentsImage): Uint8Array {
    const { widthPx, heightPx, channels, count, mean, m2, blocks = [] } = moments;
    const deviation = Float64Array.from(m2, (value) => Math.sqrt(value / (count - 1)));
    const largest = deviation.reduce((top, value) => Math.max(top, value), 0);
    const unit = largest > 0 ? largest / TOP : 1;
    const halves = new Uint16Array(mean.length);
    const rounded = new Float32Array(mean.length);
    for (let i = 0; i < mean.length; i++) {
        const spread = deviation[i]!;
        // A spread that rounds to nothing would claim certainty.
        halves[i] = spread > 0 ? Math.max(LEAST_HALF, halfFromFloat(spread / unit)) : 0;
        rounded[i] = roundToNoise(mean[i]!, spread / Math.sqrt(count));
    }
    const header: Header = {
        widthPx,
        heightPx,
        channels,
        count,
        unit,
        blocks: blocks.map(({ blockPx }) => (blockPx === Infinity ? 0 : blockPx))
    };
    const parts = [bytePlanes(rounded, 4), bytePlanes(halves, 2)];
    for (const block of blocks) parts.push(bytePlanes(block.mean, 8), bytePlanes(block.m2, 8));
    const body = deflateSync(concat(parts), { level: 9, mem: 12 });
    const text = new TextEncoder().encode(JSON.stringify(header));
    const out = new Uint8Array(8 + text.length + body.length);
    out.set(new TextEncoder().encode(MAGIC));
    new DataView(out.buffer).setUint32(4, text.length, true);
    out.set(text, 8);
    out.set(body, 8 + text.length);
    return out;
}

/** The moments in a file. Throws `bad-input` for anything that {@link encodeMoments} did not write. */
export function decodeMoments(bytes: Uint8Array): MomentsImage {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8 || new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC)
        throw broken('it does not begin with MXM1');
    const length = view.getUint32(4, true);
    if (length > bytes.length - 8 || length > 10_000) throw broken('its header is cut off');
    const header = readHeader(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { widthPx, heightPx, channels, count, unit } = header;
    const n = channels * widthPx * heightPx;
    const sizes = header.blocks.map((side) => {
        const blockPx = side === 0 ? Infinity : side;
        return { blockPx, n: channels * blocksAlong(widthPx, blockPx) * blocksAlong(heightPx, blockPx) };
    });
    const total = 6 * n + sizes.reduce((sum, size) => sum + 16 * size.n, 0);
    const body = inflate(bytes.subarray(8 + length), total);
    let at = 0;
    const take = (size: number, width: number): ArrayBuffer =>
        joinPlanes(body.subarray(at, (at += size * width)), width);
    const mean = new Float32Array(take(n, 4));
    const halves = new Uint16Array(take(n, 2));
    const m2 = Float32Array.from(halves, (half) => (floatFromHalf(half) * unit) ** 2 * (count - 1));
    const blocks: BlockMoments[] = sizes.map((size) => ({
        blockPx: size.blockPx,
        mean: new Float64Array(take(size.n, 8)),
        m2: new Float64Array(take(size.n, 8))
    }));
    return { widthPx, heightPx, channels, count, mean, m2, ...(blocks.length ? { blocks } : {}) };
}

/** To a multiple of the largest power of two that is at most a quarter of the standard error. */
function roundToNoise(value: number, error: number): number {
    if (!(error > 0)) return value;
    const step = 2 ** Math.floor(Math.log2(error / 4));
    const rounded = Math.round(value / step) * step;
    return Number.isFinite(rounded) ? rounded : value;
}

function readHeader(text: string): Header {
    let header: Partial<Header>;
    try {
        header = JSON.parse(text) as Partial<Header>;
    } catch {
        throw broken('its header is no JSON');
    }
    const { widthPx = 0, heightPx = 0, channels = 0, count = 0, unit = Number.NaN, blocks } = header ?? {};
    const whole = [widthPx, heightPx, channels, count].every((value) => Number.isInteger(value) && value >= 1);
    const sides =
        Array.isArray(blocks) && blocks.length <= 16 && blocks.every((side) => Number.isInteger(side) && side >= 0);
    if (!whole || !sides || count < 2 || !(unit > 0) || channels * widthPx * heightPx > MAX_VALUES) {
        throw broken('its header makes no sense');
    }
    return { widthPx, heightPx, channels, count, unit, blocks: blocks as number[] };
}

/** Exactly `size` bytes: the output is given its size, so that a small file cannot fill the memory. */
function inflate(bytes: Uint8Array, size: number): Uint8Array {
    // Deflate cannot do better than 258 bytes from two bits.
    if (size > bytes.length * 1032) throw broken('its data is too short for its picture');
    try {
        const out = inflateSync(bytes, { out: new Uint8Array(size) });
        if (out.length === size) return out;
    } catch {
        // Answered below.
    }
    throw broken('its data is cut off or damaged');
}

/** Byte k of every value, for each k: bytes of one weight are alike, and deflate finds that. */
function bytePlanes(values: Float32Array | Float64Array | Uint16Array, width: number): Uint8Array {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const out = new Uint8Array(bytes.length);
    const n = bytes.length / width;
    for (let k = 0; k < width; k++) for (let i = 0; i < n; i++) out[k * n + i] = bytes[i * width + k]!;
    return out;
}

function joinPlanes(planes: Uint8Array, width: number): ArrayBuffer {
    const out = new Uint8Array(planes.length);
    const n = planes.length / width;
    for (let k = 0; k < width; k++) for (let i = 0; i < n; i++) out[i * width + k] = planes[k * n + i]!;
    return out.buffer;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        out.set(part, at);
        at += part.length;
    }
    return out;
}

function broken(why: string): MixreelError {
    return new MixreelError('bad-input', {
        what: `the file of moments cannot be read: ${why}`,
        expected: 'an unchanged MXM1 file',
        mend: 'Restore it from version control, or approve the capture again'
    });
}
