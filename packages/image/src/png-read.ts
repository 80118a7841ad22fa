/**
 * PNG reader: all colour types, 1 to 16 bits, interlaced or not. Palettes are looked up, fewer than 8 bits are scaled to 8,
 * `tRNS` becomes alpha. Every chunk's CRC is checked. Ancillary chunks (gamma, profiles, text) are passed over: the reader
 * gives samples, their meaning is the caller's. Cost: one inflate, one pass.
 */
import { badInput } from '@mixreel/core';
import { ByteReader, damaged } from './byte-reader.ts';
import { checkSize, type ImageLimits, resolveLimits } from './limits.ts';
import { crc32, PNG_SIGNATURE, type PngImage, paeth } from './png-format.ts';
import { inflateExactly } from './zlib.ts';

interface Header {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly bits: number;
    readonly colorType: number;
    readonly interlaced: boolean;
    /** Samples of a pixel in the file: 1 for a palette index. */
    readonly samples: number;
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const BITS: Readonly<Record<number, readonly number[]>> = {
    0: [1, 2, 4, 8, 16],
    2: [8, 16],
    3: [1, 2, 4, 8],
    4: [8, 16],
    6: [8, 16]
};
/** Adam7: x0, y0, x step, y step of each pass (section 8.1). */
const ADAM7: readonly (readonly [number, number, number, number])[] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2]
];

/** True when the bytes begin as a PNG. */
export function isPng(bytes: Uint8Array): boolean {
    return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Decodes a PNG. Throws `bad-input` for anything that is not a whole, correct PNG and `limit-exceeded` for one that is larger
 * than `limits`.
 */
export function readPng(bytes: Uint8Array, limits?: Partial<ImageLimits>): PngImage {
    if (!isPng(bytes)) throw damaged('PNG', 'the first 8 bytes are not its signature', '89 50 4E 47 0D 0A 1A 0A');
    const bounds = resolveLimits(limits);
    const reader = new ByteReader(bytes, 'PNG', false);
    reader.offset = 8;
    let header: Header | undefined;
    let palette: Uint8Array | undefined;
    let transparency: Uint8Array | undefined;
    const data: Uint8Array[] = [];
    for (let ended = false; !ended; ) {
        const { type, body } = readChunk(reader);
        if (header === undefined && type !== 'IHDR') throw damaged('PNG', `it begins with ${type}`, 'IHDR');
        if (type === 'IHDR') {
            if (header) throw damaged('PNG', 'it has two headers', 'one');
            header = readHeader(body);
            checkSize('PNG', header.widthPx, header.heightPx, bounds);
        } else if (type === 'PLTE') palette = body;
        else if (type === 'tRNS') transparency = body;
        else if (type === 'IDAT') data.push(body);
        else if (type === 'IEND') ended = true;
        else if (type.charCodeAt(0) < 97) {
            throw badInput(`PNG: critical chunk ${type} is unknown`, 'IHDR, PLTE, IDAT, IEND', 'Export as a plain PNG');
        }
    }
    return decode(header!, concatenate(data), palette, transparency);
}

function readChunk(reader: ByteReader): { type: string; body: Uint8Array } {
    const length = reader.uint32();
    const from = reader.offset;
    const type = reader.text(4);
    const body = reader.slice(length);
    const sum = crc32(reader.bytes, from, reader.offset);
    if (reader.uint32() !== sum)
        throw damaged('PNG', `the checksum of chunk ${JSON.stringify(type)} is wrong`, 'its CRC');
    return { type, body };
}

function readHeader(body: Uint8Array): Header {
    const reader = new ByteReader(body, 'PNG', false);
    const widthPx = reader.uint32();
    const heightPx = reader.uint32();
    const bits = reader.uint8();
    const colorType = reader.uint8();
    if (!BITS[colorType]?.includes(bits)) {
        throw damaged('PNG', `colour type ${colorType} with ${bits} bits`, 'a pair that the standard allows');
    }
    const rest = [reader.uint8(), reader.uint8(), reader.uint8()];
    if (rest[0] !== 0 || rest[1] !== 0 || rest[2]! > 1) {
        throw damaged('PNG', `compression, filter, interlace are ${rest}`, '0, 0 and 0 or 1');
    }
    return { widthPx, heightPx, bits, colorType, interlaced: rest[2] === 1, samples: SAMPLES[colorType]! };
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
    if (parts.length === 1) return parts[0]!;
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}

function decode(
    header: Header,
    data: Uint8Array,
    palette: Uint8Array | undefined,
    transparency: Uint8Array | undefined
): PngImage {
    const { widthPx, heightPx, bits, samples } = header;
    const passes = (header.interlaced ? ADAM7 : [[0, 0, 1, 1] as const])
        .map(([x0, y0, dx, dy]) => ({
            x0,
            y0,
            dx,
            dy,
            width: Math.ceil((widthPx - x0) / dx),
            height: Math.ceil((heightPx - y0) / dy)
        }))
        .filter((pass) => pass.width > 0 && pass.height > 0);
    const rowBytes = (width: number) => Math.ceil((width * samples * bits) / 8);
    const total = passes.reduce((sum, pass) => sum + pass.height * (rowBytes(pass.width) + 1), 0);
    const raw = inflateExactly(data, total, 'PNG', false);

    const output = newOutput(header, palette, transparency);
    const pixelBytes = Math.max(1, (samples * bits) >> 3);
    let at = 0;
    for (const pass of passes) {
        const stride = rowBytes(pass.width);
        let previous: Uint8Array | undefined;
        for (let row = 0; row < pass.height; row++) {
            const line = raw.subarray(at + 1, at + 1 + stride);
            unfilter(raw[at]!, line, previous, pixelBytes);
            output.put(line, pass.width, pass.x0, pass.dx, pass.y0 + row * pass.dy);
            previous = line;
            at += stride + 1;
        }
    }
    return output.image;
}

/** Undoes one row's filter in place (section 9.2). */
function unfilter(filter: number, line: Uint8Array, up: Uint8Array | undefined, step: number): void {
    const n = line.length;
    switch (filter) {
        case 0:
            return;
        case 1:
            for (let i = step; i < n; i++) line[i]! += line[i - step]!;
            return;
        case 2:
            if (up) for (let i = 0; i < n; i++) line[i]! += up[i]!;
            return;
        case 3:
            for (let i = 0; i < n; i++) line[i]! += ((i < step ? 0 : line[i - step]!) + (up ? up[i]! : 0)) >> 1;
            return;
        case 4:
            for (let i = 0; i < Math.min(step, n); i++) line[i]! += up ? up[i]! : 0;
            for (let i = step; i < n; i++) {
                line[i]! += up ? paeth(line[i - step]!, up[i]!, up[i - step]!) : line[i - step]!;
            }
            return;
        default:
            throw damaged('PNG', `a row has filter ${filter}`, '0 to 4');
    }
}

interface Output {
    readonly image: PngImage;
    /** Takes one unfiltered row of `width` pixels that lie at x0, x0 + dx, … of row y. */
    put(line: Uint8Array, width: number, x0: number, dx: number, y: number): void;
}

function newOutput(header: Header, palette: Uint8Array | undefined, transparency: Uint8Array | undefined): Output {
    if (header.colorType === 3) return paletteOutput(header, palette, transparency);
    const { widthPx, heightPx, bits, samples } = header;
    // A colour key (only for grey and RGB) compares samples before they are scaled (section 11.3.1.1).
    const keyed = transparency !== undefined && (samples === 1 || samples === 3);
    if (keyed && transparency.length !== 2 * samples) {
        throw damaged('PNG', `tRNS has ${transparency.length} bytes`, String(2 * samples));
    }
    const key = keyed
        ? Array.from({ length: samples }, (_, c) => transparency[2 * c]! * 256 + transparency[2 * c + 1]!)
        : [];
    const channels = (samples + (keyed ? 1 : 0)) as PngImage['channels'];
    const bitDepth = bits === 16 ? 16 : 8;
    const count = widthPx * heightPx * channels;
    const data = bitDepth === 16 ? new Uint16Array(count) : new Uint8Array(count);
    const opaque = bitDepth === 16 ? 65535 : 255;
    const scale = bits < 8 ? 255 / (2 ** bits - 1) : 1;
    const image: PngImage = { widthPx, heightPx, channels, bitDepth, data };
    return {
        image,
        put(line, width, x0, dx, y) {
            if (bits === 8 && !keyed && dx === 1) {
                data.set(line, y * widthPx * channels);
                return;
            }
            let read = 0;
            for (let x = 0; x < width; x++) {
                let to = (y * widthPx + x0 + x * dx) * channels;
                let matches = keyed;
                for (let c = 0; c < samples; c++, read++) {
                    const value = sampleAt(line, read, bits);
                    if (keyed && value !== key[c]) matches = false;
                    data[to++] = value * scale;
                }
                if (keyed) data[to] = matches ? 0 : opaque;
            }
        }
    };
}

function sampleAt(line: Uint8Array, index: number, bits: number): number {
    if (bits === 8) return line[index]!;
    if (bits === 16) return line[2 * index]! * 256 + line[2 * index + 1]!;
    const bit = index * bits;
    return (line[bit >> 3]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
}

function paletteOutput(header: Header, palette: Uint8Array | undefined, transparency: Uint8Array | undefined): Output {
    const { widthPx, heightPx, bits } = header;
    const colors = (palette?.length ?? 0) / 3;
    if (!palette || !Number.isInteger(colors) || colors < 1 || colors > 256) {
        throw damaged('PNG', `its palette has ${palette?.length ?? 0} bytes`, '3 for each of 1 to 256 colours');
    }
    const channels = transparency ? 4 : 3;
    const data = new Uint8Array(widthPx * heightPx * channels);
    return {
        image: { widthPx, heightPx, channels, bitDepth: 8, data },
        put(line, width, x0, dx, y) {
            for (let x = 0; x < width; x++) {
                const index = sampleAt(line, x, bits);
                if (index >= colors) throw damaged('PNG', `a pixel has colour ${index}`, `less than ${colors}`);
                const to = (y * widthPx + x0 + x * dx) * channels;
                for (let c = 0; c < 3; c++) data[to + c] = palette[3 * index + c]!;
                if (transparency) data[to + 3] = transparency[index] ?? 255;
            }
        }
    };
}
