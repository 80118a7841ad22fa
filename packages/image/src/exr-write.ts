/**
 * OpenEXR writer: one part of scanlines, channels sorted by name as the format asks. The same picture gives the same bytes
 * everywhere: the header holds no time and no host.
 */
import { badInput } from '@mixreel/core';
import {
    CHUNK_ROWS,
    EXR_MAGIC,
    type ExrChannel,
    type ExrCompression,
    type ExrImage,
    SAMPLE_BYTES,
    SAMPLE_TYPES
} from './exr-format.ts';
import { halfFromFloat } from './half.ts';
import { deflate } from './zlib.ts';

/** Options of {@link writeExr}. */
export interface ExrWriteOptions {
    /** `zip`: 16 rows a chunk, smallest; `zips`: one row; `none`. All are lossless. */
    readonly compression?: ExrCompression;
}

export const EXR_WRITE_DEFAULTS: Required<ExrWriteOptions> = Object.freeze({ compression: 'zip' });

const COMPRESSION_CODE: Readonly<Record<ExrCompression, number>> = { none: 0, zips: 2, zip: 3 };
/** OpenEXR's own default level for ZIP since 3.1.3. */
const ZIP_LEVEL = 4;

/** Encodes an OpenEXR file. Half channels are rounded to nearest even. Throws `bad-input` for sizes that do not agree. */
export function writeExr(image: ExrImage, options: ExrWriteOptions = {}): Uint8Array {
    const { compression } = { ...EXR_WRITE_DEFAULTS, ...options };
    const code = COMPRESSION_CODE[compression];
    if (code === undefined)
        throw badInput(`EXR compression is "${compression}"`, 'none, zips or zip', 'Use one of these');
    check(image);
    const channels = [...image.channels].sort((a, b) => (a.name < b.name ? -1 : 1));
    const { widthPx, heightPx } = image;
    const header = writeHeader(image, channels, code);
    const rows = CHUNK_ROWS[code]!;
    const chunks: Uint8Array[] = [];
    for (let first = 0; first < heightPx; first += rows) {
        const raw = gather(channels, widthPx, first, Math.min(rows, heightPx - first));
        chunks.push(code === 0 ? raw : pack(raw));
    }
    const y0 = image.originPx?.[1] ?? 0;
    return assemble(header, chunks, rows, y0);
}

function check(image: ExrImage): void {
    const { widthPx, heightPx, channels } = image;
    if (![widthPx, heightPx].every((side) => Number.isInteger(side) && side >= 1 && side <= 65536)) {
        throw badInput(`EXR size is ${widthPx} x ${heightPx}`, 'integers from 1 to 65536', 'Give the picture a size');
    }
    if (channels.length === 0) throw badInput('EXR has no channels', 'at least one', 'Pass R, G and B');
    const names = new Set<string>();
    for (const { name, type, data } of channels) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: names are Latin-1 without control characters
        if (name === '' || name.length > 255 || /[\x00-\x1f]|[^\x00-\xff]/.test(name) || names.has(name)) {
            throw badInput(`EXR channel is named ${JSON.stringify(name)}`, '1 to 255 characters, once', 'Rename it');
        }
        names.add(name);
        if (SAMPLE_BYTES[type] === undefined || (type === 'uint') !== data instanceof Uint32Array) {
            throw badInput(`EXR channel "${name}" has type "${type}"`, 'one that fits its array', 'Use half or float');
        }
        if (data.length !== widthPx * heightPx) {
            throw badInput(
                `EXR channel "${name}" has ${data.length} samples`,
                `${widthPx} x ${heightPx}`,
                'Pass one sample for each pixel'
            );
        }
    }
}

/** Grows as it is written; only for the header. */
class HeaderWriter {
    readonly bytes: number[] = [];

    uint32(value: number): void {
        this.bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
    }

    text(value: string): void {
        for (let i = 0; i < value.length; i++) this.bytes.push(value.charCodeAt(i));
        this.bytes.push(0);
    }

    attribute(name: string, type: string, write: (body: HeaderWriter) => void): void {
        const body = new HeaderWriter();
        write(body);
        this.text(name);
        this.text(type);
        this.uint32(body.bytes.length);
        for (const byte of body.bytes) this.bytes.push(byte);
    }
}

const ONE_AS_FLOAT = 0x3f800000;

function writeHeader(image: ExrImage, channels: readonly ExrChannel[], code: number): Uint8Array {
    const [x0, y0] = image.originPx ?? [0, 0];
    const box = [x0, y0, x0 + image.widthPx - 1, y0 + image.heightPx - 1];
    const longNames = channels.some((channel) => channel.name.length > 31);
    const out = new HeaderWriter();
    out.uint32(EXR_MAGIC);
    out.uint32(2 | (longNames ? 0x400 : 0));
    out.attribute('channels', 'chlist', (body) => {
        for (const { name, type } of channels) {
            body.text(name);
            body.uint32(SAMPLE_TYPES.indexOf(type));
            body.uint32(0);
            body.uint32(1);
            body.uint32(1);
        }
        body.bytes.push(0);
    });
    out.attribute('compression', 'compression', (body) => body.bytes.push(code));
    for (const name of ['dataWindow', 'displayWindow']) {
        out.attribute(name, 'box2i', (body) => {
            for (const value of box) body.uint32(value);
        });
    }
    out.attribute('lineOrder', 'lineOrder', (body) => body.bytes.push(0));
    out.attribute('pixelAspectRatio', 'float', (body) => body.uint32(ONE_AS_FLOAT));
    out.attribute('screenWindowCenter', 'v2f', (body) => {
        body.uint32(0);
        body.uint32(0);
    });
    out.attribute('screenWindowWidth', 'float', (body) => body.uint32(ONE_AS_FLOAT));
    for (const [name, text] of Object.entries(image.text ?? {})) {
        out.attribute(name, 'string', (body) => {
            for (const byte of new TextEncoder().encode(text)) body.bytes.push(byte);
        });
    }
    out.bytes.push(0);
    return Uint8Array.from(out.bytes);
}

function gather(channels: readonly ExrChannel[], widthPx: number, first: number, count: number): Uint8Array {
    const pixelBytes = channels.reduce((sum, channel) => sum + SAMPLE_BYTES[channel.type], 0);
    const raw = new Uint8Array(pixelBytes * widthPx * count);
    const view = new DataView(raw.buffer);
    let at = 0;
    for (let row = first; row < first + count; row++) {
        for (const { type, data } of channels) {
            const from = row * widthPx;
            const to = from + widthPx;
            if (type === 'half')
                for (let i = from; i < to; i++, at += 2) view.setUint16(at, halfFromFloat(data[i]!), true);
            else if (type === 'float') for (let i = from; i < to; i++, at += 4) view.setFloat32(at, data[i]!, true);
            else for (let i = from; i < to; i++, at += 4) view.setUint32(at, data[i]!, true);
        }
    }
    return raw;
}

function pack(raw: Uint8Array): Uint8Array {
    const n = raw.length;
    const half = (n + 1) >> 1;
    const split = new Uint8Array(n);
    for (let i = 0; i < n; i++) split[(i >> 1) + (i & 1 ? half : 0)] = raw[i]!;
    for (let i = n - 1; i > 0; i--) split[i] = split[i]! - split[i - 1]! + 128;
    const packed = deflate(split, ZIP_LEVEL);
    return packed.length < n ? packed : raw;
}

function assemble(header: Uint8Array, chunks: readonly Uint8Array[], rows: number, y0: number): Uint8Array {
    const tableAt = header.length;
    let at = tableAt + 8 * chunks.length;
    const out = new Uint8Array(at + chunks.reduce((sum, chunk) => sum + 8 + chunk.length, 0));
    const view = new DataView(out.buffer);
    out.set(header);
    chunks.forEach((chunk, i) => {
        view.setUint32(tableAt + 8 * i, at % 2 ** 32, true);
        view.setUint32(tableAt + 8 * i + 4, Math.floor(at / 2 ** 32), true);
        view.setInt32(at, y0 + i * rows, true);
        view.setUint32(at + 4, chunk.length, true);
        out.set(chunk, at + 8);
        at += 8 + chunk.length;
    });
    return out;
}
