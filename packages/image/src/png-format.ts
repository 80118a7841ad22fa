/**
 * What PNG's reader and writer share (W3C PNG, third edition): the picture type, chunk CRCs and the five row filters.
 *
 * Own code over fflate rather than fast-png 8.0.0 or pngjs 7.0.0, both of which are used as oracles in the tests: fast-png
 * writes unfiltered rows (1.2 to 1.4 times the bytes on the reference renders) and both inflate without a bound, so that a 100 kB file can
 * take gigabytes before its header is believed.
 */

/** A decoded or to-be-encoded PNG. Samples are interleaved, rows top to bottom, sRGB-coded as a rule, not premultiplied. */
export interface PngImage {
    readonly widthPx: number;
    readonly heightPx: number;
    /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA. */
    readonly channels: 1 | 2 | 3 | 4;
    /** Bits of a sample; 8-bit pictures hold a Uint8Array, 16-bit ones a Uint16Array. */
    readonly bitDepth: 8 | 16;
    /** `widthPx * heightPx * channels` samples. */
    readonly data: Uint8Array | Uint16Array;
}

export const PNG_SIGNATURE: readonly number[] = [137, 80, 78, 71, 13, 10, 26, 10];

const CRC_TABLE: Uint32Array = new Uint32Array(256).map((_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
});

/** CRC-32 of ISO 3309 over bytes `from` to `to`. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
    let crc = 0xffffffff;
    for (let i = from; i < to; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

/** Paeth's predictor: of left, up and upper left, the one nearest to left + up - upper left. */
export function paeth(left: number, up: number, upLeft: number): number {
    const toLeft = Math.abs(up - upLeft);
    const toUp = Math.abs(left - upLeft);
    const toUpLeft = Math.abs(left + up - 2 * upLeft);
    if (toLeft <= toUp && toLeft <= toUpLeft) return left;
    return toUp <= toUpLeft ? up : upLeft;
}
