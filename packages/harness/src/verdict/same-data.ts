/** Byte equality of captures, and where two that should be equal first part. */
import type { Frame, Rgba8Image } from '@mixreel/image';
import { formatNumber } from '../report/escape.ts';
import type { CaptureData } from './capture.ts';

const bytesOf = (array: Float32Array | Float64Array | Uint8Array): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);

/** True if both hold the same bits. NaN equals itself here. */
export function sameData(a: CaptureData, b: CaptureData): boolean {
    if (a.kind === 'bytes' && b.kind === 'bytes') return bytesOf(a.bytes).equals(bytesOf(b.bytes));
    if (a.kind === 'counters' && b.kind === 'counters') {
        const [x, y] = [a, b].map(({ counters }) => JSON.stringify(Object.entries(counters).sort()));
        return x === y;
    }
    if (a.kind === 'moments' && b.kind === 'moments') {
        const [x, y] = [a.moments, b.moments];
        const shape = x.widthPx === y.widthPx && x.heightPx === y.heightPx && x.count === y.count;
        return shape && bytesOf(x.mean).equals(bytesOf(y.mean)) && bytesOf(x.m2).equals(bytesOf(y.m2));
    }
    if (a.kind === 'frame' && b.kind === 'frame') {
        if (a.rgba8 && b.rgba8) return samePicture(a.rgba8, b.rgba8);
        return sameFrame(a.frame, b.frame);
    }
    return false;
}

function samePicture(a: Rgba8Image, b: Rgba8Image): boolean {
    return a.widthPx === b.widthPx && a.heightPx === b.heightPx && bytesOf(a.data).equals(bytesOf(b.data));
}

function sameFrame(a: Frame, b: Frame): boolean {
    if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx || a.layers.size !== b.layers.size) return false;
    return [...a.layers].every(([name, layer]) => {
        const other = b.layers.get(name);
        return other !== undefined && bytesOf(layer).equals(bytesOf(other));
    });
}

/** One line: how much differs, and where first. */
export function firstDifference(expected: CaptureData, actual: CaptureData): string {
    if (expected.kind === 'bytes' && actual.kind === 'bytes') return bytesDifference(expected.bytes, actual.bytes);
    if (expected.kind === 'frame' && actual.kind === 'frame') {
        const [a, b] = [expected.frame, actual.frame];
        for (const [name, layer] of a.layers) {
            const other = b.layers.get(name);
            if (!other) return `layer "${name}" is missing`;
            if (bytesOf(layer).equals(bytesOf(other))) continue;
            const { count, first } = countDifferences(bytesView(layer), bytesView(other));
            const pixel = first % (a.widthPx * a.heightPx);
            const at = `(${pixel % a.widthPx}, ${Math.floor(pixel / a.widthPx)})`;
            return `${formatNumber(count)} of ${formatNumber(layer.length)} values of layer "${name}" differ, the first at ${at}: ${other[first]} (expected ${layer[first]})`;
        }
        const extra = [...b.layers.keys()].find((name) => !a.layers.has(name));
        return `layer "${extra}" is new`;
    }
    return 'it differs';
}

/** Bits of floats, so that NaN and minus zero count as what they are. */
function bytesView(values: Float32Array): Uint32Array {
    return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function bytesDifference(expected: Uint8Array, actual: Uint8Array): string {
    const length = Math.min(expected.length, actual.length);
    const { count, first } = countDifferences(expected.subarray(0, length), actual.subarray(0, length));
    const sizes =
        expected.length === actual.length
            ? ''
            : `${formatNumber(actual.length)} bytes (expected ${formatNumber(expected.length)}); `;
    if (count === 0) return `${sizes}the first ${formatNumber(length)} are the same`;
    return `${sizes}${formatNumber(count)} of ${formatNumber(length)} bytes differ, the first at ${first}: ${actual[first]} (expected ${expected[first]})`;
}

function countDifferences(a: ArrayLike<number>, b: ArrayLike<number>): { count: number; first: number } {
    let count = 0;
    let first = -1;
    for (let i = 0; i < a.length; i++) {
        if (a[i] === b[i]) continue;
        if (count++ === 0) first = i;
    }
    return { count, first };
}
