/**
 * Captures that must never be believed: a canvas that nobody drew to, a device that was lost, a shader that divides by zero.
 * Each looks like a picture, and a baseline of one would pass for ever.
 */
import { linearFromSrgb, type Rgba8Image } from '@mixreel/image';
import type { CaptureData } from './capture.ts';

/** Why this can not be a baseline, or null if it can. */
export function captureFault(data: CaptureData): string | null {
    const fault = notNumbers(data);
    if (fault) return fault;
    switch (data.kind) {
        case 'bytes':
            return data.bytes.length === 0 ? 'it is empty' : null;
        case 'frame': {
            if (data.rgba8) return emptyPicture(data.rgba8);
            const color = data.frame.layers.get('color');
            if (!color) return null;
            const alpha = data.frame.layers.get('alpha');
            if (alpha?.every((value) => value === 0)) return 'it is transparent everywhere: nothing was drawn';
            return oneColor(color, 3);
        }
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
        const fault = notFinite(data.moments.mean, true) ?? notFinite(data.moments.m2, true);
        return fault && `the moments ${fault.replace('has', 'have')}`;
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

/** Bytes are never NaN; the first pixels of a picture mostly settle it. */
function emptyPicture({ data }: Rgba8Image): string | null {
    let transparent = true;
    let oneColored = true;
    for (let i = 0; i < data.length && (transparent || oneColored); i += 4) {
        transparent &&= data[i + 3] === 0;
        oneColored &&= data[i] === data[0] && data[i + 1] === data[1] && data[i + 2] === data[2];
    }
    if (transparent) return 'it is transparent everywhere: nothing was drawn';
    if (!oneColored) return null;
    return everyPixel([...data.subarray(0, 3)].map((code) => linearFromSrgb(code / 255)));
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
