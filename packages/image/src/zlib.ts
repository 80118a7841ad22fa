/**
 * zlib streams of known length, through fflate. The output buffer is allocated once at the length the header promises:
 * a stream that would inflate to more is cut off there and refused, so that no input can take more memory than its header
 * declared (and deflate's best ratio, 1032:1, bounds what a header may promise for a given number of bytes).
 */
import { unzlibSync, zlibSync } from 'fflate';
import { damaged } from './byte-reader.ts';

/** Deflate cannot do better than 258 bytes from two bits. */
const MAX_DEFLATE_RATIO = 1032;

/** Adler-32 (RFC 1950): sums of up to 5552 bytes fit 32 bits before the modulus is needed. */
function adler32(bytes: Uint8Array): number {
    let a = 1;
    let b = 0;
    for (let at = 0; at < bytes.length; ) {
        const end = Math.min(at + 5552, bytes.length);
        for (; at < end; at++) {
            a += bytes[at]!;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    return ((b << 16) | a) >>> 0;
}

/**
 * Inflates to exactly `sizeBytes` bytes; anything else is a damaged file of `format`. The Adler-32 sum is checked unless
 * the container has sums of its own and allows bytes behind the stream (PNG).
 */
export function inflateExactly(
    compressed: Uint8Array,
    sizeBytes: number,
    format: string,
    checkSum: boolean = true
): Uint8Array {
    if (sizeBytes > compressed.length * MAX_DEFLATE_RATIO) {
        throw damaged(format, `${compressed.length} compressed bytes cannot hold the pixels`, `${sizeBytes} bytes`);
    }
    // One byte more than promised, so that a stream that is too long shows.
    let raw: Uint8Array;
    try {
        raw = unzlibSync(compressed, { out: new Uint8Array(sizeBytes + 1) });
    } catch (cause) {
        throw damaged(format, 'the compressed pixels cannot be inflated', `${sizeBytes} bytes`, cause);
    }
    if (raw.length !== sizeBytes) {
        const got = raw.length > sizeBytes ? `more than ${sizeBytes}` : String(raw.length);
        throw damaged(format, `the compressed pixels inflate to ${got} bytes`, String(sizeBytes));
    }
    if (!checkSum) return raw;
    const end = compressed.length;
    const view = new DataView(compressed.buffer, compressed.byteOffset, end);
    if (view.getUint32(end - 4) !== adler32(raw))
        throw damaged(format, 'the checksum of the pixels is wrong', 'Adler-32');
    return raw;
}

/** zlib stream of `raw`; the same bytes on every machine. `level` 0 to 9. */
export function deflate(raw: Uint8Array, level: number): Uint8Array {
    return zlibSync(raw, { level: level as 6 });
}
