/**
 * Radiance RGBE pictures (Ward, "Real Pixels", Graphics Gems II; the `#?RADIANCE` files of the Radiance suite): flat, old and
 * new run-length coding on the way in, new run-length coding on the way out. A pixel is three mantissas with one exponent:
 * relative error up to 1/256 of the largest component. Values read are colour = mantissa * 2^(exponent - 136), as the
 * renderers of the test scenes and PlayCanvas read them (Radiance itself adds half a step).
 */
import { badInput } from '@mixreel/core';
import { ByteReader, damaged } from './byte-reader.ts';
import { Frame } from './frame.ts';
import { checkSize, type ImageLimits, resolveLimits } from './limits.ts';

const MAX_LINE = 4096;
/** Lines outside these widths cannot use the new coding. */
const MIN_CODED_PX = 8;
const MAX_CODED_PX = 32767;

/** True when the bytes begin as a Radiance picture. */
export function isHdr(bytes: Uint8Array): boolean {
    return bytes[0] === 0x23 && bytes[1] === 0x3f;
}

/** Decodes a Radiance picture into the colour layer of a frame. Throws `bad-input` or `limit-exceeded`. */
export function readHdr(bytes: Uint8Array, limits?: Partial<ImageLimits>): Frame {
    const bounds = resolveLimits(limits);
    const reader = new ByteReader(bytes, 'Radiance HDR', false);
    if (!isHdr(bytes)) throw damaged(reader.format, 'the first 2 bytes are not its signature', '#?');
    const exposure = readHeader(reader);
    const { widthPx, heightPx, flipX, flipY } = readResolution(reader);
    checkSize(reader.format, widthPx, heightPx, bounds);
    // A run of the new coding makes at most 127 bytes of 2; the old one grows runs by 256 with each marker of 4 bytes.
    if (widthPx * heightPx > reader.remaining * 256 * 256) {
        throw damaged(
            reader.format,
            `${reader.remaining} bytes cannot hold the picture`,
            `${widthPx} x ${heightPx} pixels`
        );
    }
    const color = new Float32Array(3 * widthPx * heightPx);
    const line = new Uint8Array(4 * widthPx);
    for (let row = 0; row < heightPx; row++) {
        readLine(reader, line, widthPx);
        const y = flipY ? heightPx - 1 - row : row;
        putLine(line, color, widthPx, heightPx, y, flipX, exposure);
    }
    return new Frame({ widthPx, heightPx, layers: { color } });
}

function textLine(reader: ByteReader): string {
    let text = '';
    for (let byte = reader.uint8(); byte !== 10; byte = reader.uint8()) {
        if (text.length >= MAX_LINE) throw damaged(reader.format, 'a header line does not end', 'a line feed');
        text += String.fromCharCode(byte);
    }
    return text;
}

/** Returns the product of the EXPOSURE lines, by which the file's values have been multiplied. */
function readHeader(reader: ByteReader): number {
    let exposure = 1;
    for (let line = textLine(reader); line !== ''; line = textLine(reader)) {
        const [, key, value] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
        if (key === 'FORMAT' && value?.trim() !== '32-bit_rle_rgbe') {
            throw badInput(
                `Radiance HDR: its format is ${value?.trim()}`,
                '32-bit_rle_rgbe',
                'Export it with RGB primaries'
            );
        }
        if (key === 'EXPOSURE') exposure *= Number(value);
    }
    if (!(exposure > 0 && Number.isFinite(exposure))) {
        throw damaged(reader.format, `its exposure is ${exposure}`, 'a number above 0');
    }
    return exposure;
}

function readResolution(reader: ByteReader): { widthPx: number; heightPx: number; flipX: boolean; flipY: boolean } {
    const line = textLine(reader);
    const match = /^([-+])Y (\d{1,9}) ([-+])X (\d{1,9})$/.exec(line.trimEnd());
    if (!match) {
        throw badInput(
            `Radiance HDR: its resolution is ${JSON.stringify(line.slice(0, 40))}`,
            '"-Y height +X width"',
            'Export it in rows'
        );
    }
    return { flipY: match[1] === '+', heightPx: Number(match[2]), flipX: match[3] === '-', widthPx: Number(match[4]) };
}

function readLine(reader: ByteReader, line: Uint8Array, widthPx: number): void {
    const at = reader.offset;
    const [a, b, c, d] = reader.slice(4) as unknown as [number, number, number, number];
    const coded = a === 2 && b === 2 && c < 128 && widthPx >= MIN_CODED_PX && widthPx <= MAX_CODED_PX;
    if (!coded) {
        reader.offset = at;
        readOldLine(reader, line, widthPx);
        return;
    }
    if (c * 256 + d !== widthPx) throw damaged(reader.format, `a row has ${c * 256 + d} pixels`, String(widthPx));
    for (let channel = 0; channel < 4; channel++) {
        for (let x = 0; x < widthPx; ) {
            const count = reader.uint8();
            const run = count > 128;
            const length = run ? count - 128 : count;
            if (length === 0 || x + length > widthPx) {
                throw damaged(reader.format, `a run of ${length} at pixel ${x}`, `to end by ${widthPx}`);
            }
            const value = run ? reader.uint8() : 0;
            for (let i = 0; i < length; i++, x++) line[4 * x + channel] = run ? value : reader.uint8();
        }
    }
}

/** Flat pixels, with 1 1 1 n meaning n more of the last (times 256 for each such marker in a row). */
function readOldLine(reader: ByteReader, line: Uint8Array, widthPx: number): void {
    let shift = 0;
    for (let x = 0; x < widthPx; ) {
        const pixel = reader.slice(4);
        if (pixel[0] === 1 && pixel[1] === 1 && pixel[2] === 1) {
            const count = pixel[3]! * 2 ** shift;
            if (x === 0 || x + count > widthPx)
                throw damaged(reader.format, `a run of ${count} at pixel ${x}`, `within ${widthPx}`);
            for (let i = 0; i < count; i++, x++) line.copyWithin(4 * x, 4 * x - 4, 4 * x);
            shift = Math.min(shift + 8, 24);
        } else {
            line.set(pixel, 4 * x);
            x++;
            shift = 0;
        }
    }
}

function putLine(
    line: Uint8Array,
    color: Float32Array,
    widthPx: number,
    heightPx: number,
    y: number,
    flipX: boolean,
    exposure: number
): void {
    const plane = widthPx * heightPx;
    for (let x = 0; x < widthPx; x++) {
        const to = y * widthPx + (flipX ? widthPx - 1 - x : x);
        const exponent = line[4 * x + 3]!;
        const scale = exponent === 0 ? 0 : 2 ** (exponent - 136) / exposure;
        for (let c = 0; c < 3; c++) color[c * plane + to] = line[4 * x + c]! * scale;
    }
}

/** Encodes the colour of a frame; negative values and NaN become 0, values beyond 2^127 the largest there is. */
export function writeHdr(frame: Frame): Uint8Array {
    const { widthPx, heightPx } = frame;
    const color = frame.layer('color');
    const header = new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${heightPx} +X ${widthPx}\n`);
    const coded = widthPx >= MIN_CODED_PX && widthPx <= MAX_CODED_PX;
    // Worst case: every 128 literals cost a count.
    const out = new Uint8Array(header.length + heightPx * (4 + 4 * (widthPx + Math.ceil(widthPx / 128) + 1)));
    out.set(header);
    let at = header.length;
    const line = new Uint8Array(4 * widthPx);
    for (let y = 0; y < heightPx; y++) {
        getLine(color, line, widthPx, heightPx, y);
        if (coded) at = writeLine(line, widthPx, out, at);
        else for (let x = 0; x < widthPx; x++) for (let c = 0; c < 4; c++) out[at++] = line[c * widthPx + x]!;
    }
    return out.slice(0, at);
}

/** RGBE of a row, planar. */
function getLine(color: Float32Array, line: Uint8Array, widthPx: number, heightPx: number, y: number): void {
    const plane = widthPx * heightPx;
    const top = 255 * 2 ** 119;
    for (let x = 0; x < widthPx; x++) {
        const i = y * widthPx + x;
        const rgb = [color[i]!, color[plane + i]!, color[2 * plane + i]!].map((v) => (v > 0 ? Math.min(v, top) : 0));
        const peak = Math.max(...rgb);
        if (peak < 2 ** -127) {
            for (let c = 0; c < 4; c++) line[c * widthPx + x] = 0;
            continue;
        }
        let exponent = Math.floor(Math.log2(peak)) + 1;
        // Rounding may carry the largest mantissa to 256: one exponent more.
        if (Math.round(peak * 2 ** (8 - exponent)) > 255) exponent++;
        const scale = 2 ** (8 - exponent);
        for (let c = 0; c < 3; c++) line[c * widthPx + x] = Math.min(255, Math.round(rgb[c]! * scale));
        line[3 * widthPx + x] = exponent + 128;
    }
}

function writeLine(line: Uint8Array, widthPx: number, out: Uint8Array, start: number): number {
    let at = start;
    out[at++] = 2;
    out[at++] = 2;
    out[at++] = widthPx >> 8;
    out[at++] = widthPx & 255;
    for (let c = 0; c < 4; c++) {
        const from = c * widthPx;
        const runAt = (x: number) => {
            let n = 1;
            while (n < 127 && x + n < widthPx && line[from + x + n] === line[from + x]) n++;
            return n;
        };
        for (let x = 0; x < widthPx; ) {
            const run = runAt(x);
            if (run >= 4) {
                out[at++] = 128 + run;
                out[at++] = line[from + x]!;
                x += run;
                continue;
            }
            let end = x + run;
            while (end < widthPx && end - x < 124) {
                const next = runAt(end);
                if (next >= 4) break;
                end += next;
            }
            end = Math.min(end, x + 128, widthPx);
            out[at++] = end - x;
            while (x < end) out[at++] = line[from + x++]!;
        }
    }
    return at;
}
