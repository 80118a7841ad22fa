/**
 * Captures that must never be believed: a canvas that nobody drew to, a device that was lost, a shader that divides by zero.
 * Each looks like a picture, and a baseline of one would pass for ever.
 */
import { type Frame, LAYER_CHANNELS, linearFromSrgb, quantize8, type Rgba8Image, srgbFromLinear } from '@mixreel/image';
import type { CaptureData, JudgeKind } from './capture.ts';

/**
 * Raw pixels of one colour repeat themselves after 3 or 4 bytes, halves or floats: all of these are parts of 48 bytes. Shorter
 * bytes are no picture.
 */
const PATTERN_BYTES = 48;
const LEAST_RAW_BYTES = 4 * PATTERN_BYTES;
const TRANSPARENT = 'it is transparent everywhere: nothing was drawn';

/**
 * Why this can not be a baseline, or null if it can.
 *
 * @param judge - How it is to be judged: `deterministic` sees 8 bits, in which light above white is all the same.
 */
export function captureFault(data: CaptureData, judge?: JudgeKind): string | null {
    const fault = notNumbers(data);
    if (fault) return fault;
    switch (data.kind) {
        case 'bytes':
            return emptyBytes(data.bytes);
        case 'frame':
            if (data.rgba8) return emptyPicture(data.rgba8);
            return emptyFrame(data.frame) ?? (judge === 'deterministic' ? emptyIn8Bits(data.frame) : null);
        case 'moments':
            return oneColor(data.moments.mean, data.moments.channels);
        case 'frames':
            return (
                data.frames.map((frame) => captureFault({ kind: 'frame', frame })).find((fault) => fault !== null) ??
                null
            );
        case 'counters':
        case 'errors':
        case 'timings':
            return null;
    }
}

/** What of it is no number (NaN, infinite), or null. */
export function notNumbers(data: CaptureData): string | null {
    if (data.kind === 'counters') {
        const bad = Object.entries(data.counters).find(([, value]) => !Number.isFinite(value));
        return bad ? `counter "${bad[0]}" is ${bad[1]}` : null;
    }
    if (data.kind === 'moments') {
        const { mean, m2, blocks = [] } = data.moments;
        const all = [mean, m2, ...blocks.flatMap((block) => [block.mean, block.m2])];
        const fault = all.map((values) => notFinite(values, true)).find((found) => found !== null);
        return fault ? `the moments ${fault.replace('has', 'have')}` : null;
    }
    if (data.kind !== 'frame' || data.rgba8) return null;
    for (const [name, layer] of data.frame.layers) {
        // Depth is infinite where nothing was hit.
        const fault = notFinite(layer, name !== 'depth');
        if (fault) return `layer "${name}" ${fault}`;
    }
    return null;
}

/** Samples that are no numbers, as `has 12 values that are NaN or infinite, the first at sample 7`; null if there are none. */
export function notFinite(values: ArrayLike<number>, infinityToo: boolean): string | null {
    let count = 0;
    let first = -1;
    for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (infinityToo ? Number.isFinite(value) : !Number.isNaN(value)) continue;
        if (count++ === 0) first = i;
    }
    const what = infinityToo ? 'NaN or infinite' : 'NaN';
    return count ? `has ${count} of ${values.length} values that are ${what}, the first at sample ${first}` : null;
}

function emptyBytes(bytes: Uint8Array): string | null {
    if (bytes.length === 0) return 'it is empty';
    if (bytes.length < LEAST_RAW_BYTES) return null;
    for (let i = PATTERN_BYTES; i < bytes.length; i++) if (bytes[i] !== bytes[i - PATTERN_BYTES]) return null;
    return `its ${bytes.length} bytes repeat themselves from end to end, as pixels of one colour do: nothing was drawn`;
}

/** Black with an alpha that varies is a picture: a shadow. Without colour, any layer that varies makes one. */
function emptyFrame({ layers }: Frame): string | null {
    if (layers.size === 0) return 'it has no layers in memory';
    const [color, alpha] = [layers.get('color'), layers.get('alpha')];
    if (alpha?.every((value) => value === 0)) return TRANSPARENT;
    if (color) return alpha && !isConstant(alpha) ? null : oneColor(color, 3);
    for (const [name, layer] of layers) {
        const plane = layer.length / LAYER_CHANNELS[name];
        for (let at = 0; at < layer.length; at += plane) if (!isConstant(layer.subarray(at, at + plane))) return null;
    }
    return `nothing varies in its layers (${[...layers.keys()].join(', ')}): nothing was drawn`;
}

/** Bytes are never NaN; the first pixels of a picture mostly settle it. */
function emptyPicture({ data }: Rgba8Image): string | null {
    let seen = 3;
    while (seen < data.length && data[seen] === 0) seen += 4;
    if (seen >= data.length) return TRANSPARENT;
    let at = 4;
    while (at < data.length && data[at] === data[at - 4]) at++;
    return at < data.length ? null : everyPixel([...data.subarray(0, 3)].map((code) => linearFromSrgb(code / 255)));
}

/** The picture of 8 bits that would be kept of a frame, without making it. */
function emptyIn8Bits({ widthPx, heightPx, layers }: Frame): string | null {
    const pixels = widthPx * heightPx;
    const [color, alpha] = [layers.get('color'), layers.get('alpha')];
    const seen = 'in the 8 bits that it is judged by,';
    if (!color) return null;
    if (alpha?.every((value) => quantize8(value) === 0)) return `${seen} ${TRANSPARENT}`;
    const planes = [0, 1, 2].map((c) => color.subarray(c * pixels, (c + 1) * pixels));
    const codeOf = (value: number): number => quantize8(srgbFromLinear(value));
    if (!planes.every((plane) => isConstant(plane, codeOf)) || (alpha && !isConstant(alpha, quantize8))) return null;
    const fault = everyPixel(planes.map((plane) => linearFromSrgb(codeOf(plane[0]!) / 255)));
    return `${seen} ${fault} (light above 1 is cut off: tone-map it)`;
}

/** @param codeOf - Values of one code are the same. Default: equal ones. */
function isConstant(values: Float32Array, codeOf: (value: number) => number = (value) => value): boolean {
    const first = values[0]!;
    const code = codeOf(first);
    return values.every((value) => value === first || codeOf(value) === code);
}

function oneColor(values: Float32Array, channels: number): string | null {
    const pixels = values.length / channels;
    const color: number[] = [];
    for (let c = 0; c < channels; c++) {
        const first = values[c * pixels]!;
        for (let i = 1; i < pixels; i++) if (values[c * pixels + i] !== first) return null;
        color.push(first);
    }
    return everyPixel(color);
}

function everyPixel(color: readonly number[]): string {
    return `every pixel is (${color.map((v) => Number(v.toPrecision(4))).join(', ')}): nothing was drawn`;
}
