/**
 * OpenEXR reader: see exr-format.ts for what is covered. Tiled, deep and multi-part files and lossy compressions are refused
 * by name. Sizes are checked against the header before anything is allocated. Cost: one inflate and one pass per chunk.
 */
import { badInput } from '@mixreel/core';
import { ByteReader, damaged } from './byte-reader.ts';
import {
    CHUNK_ROWS,
    COMPRESSION_NAMES,
    EXR_MAGIC,
    type ExrChannel,
    type ExrImage,
    type ExrSampleType,
    SAMPLE_BYTES,
    SAMPLE_TYPES
} from './exr-format.ts';
import { halfTable } from './half.ts';
import { checkSize, type ImageLimits, resolveLimits } from './limits.ts';
import { inflateExactly } from './zlib.ts';

const MAX_CHANNELS = 256;
const MAX_NAME = 255;

interface Header {
    readonly channels: readonly { readonly name: string; readonly type: ExrSampleType }[];
    readonly compression: number;
    readonly window: readonly [number, number, number, number];
    readonly text: Readonly<Record<string, string>>;
}

/** True when the bytes begin as an OpenEXR file. */
export function isExr(bytes: Uint8Array): boolean {
    return bytes[0] === 0x76 && bytes[1] === 0x2f && bytes[2] === 0x31 && bytes[3] === 0x01;
}

/**
 * Decodes an OpenEXR file. `maxPixels` of the limits bounds pixels times channels / 4. Throws `bad-input` or
 * `limit-exceeded`.
 */
export function readExr(bytes: Uint8Array, limits?: Partial<ImageLimits>): ExrImage {
    const bounds = resolveLimits(limits);
    const reader = new ByteReader(bytes, 'EXR', true);
    readVersion(reader);
    const header = readHeader(reader);
    const [xMin, yMin, xMax, yMax] = header.window;
    const widthPx = xMax - xMin + 1;
    const heightPx = yMax - yMin + 1;
    checkSize('EXR', widthPx, heightPx, bounds);
    checkSize('EXR', 1, Math.ceil((widthPx * heightPx * header.channels.length) / 4), {
        maxPixels: bounds.maxPixels,
        maxSidePx: bounds.maxPixels
    });
    const rowBytes = widthPx * header.channels.reduce((sum, channel) => sum + SAMPLE_BYTES[channel.type], 0);
    const rows = CHUNK_ROWS[header.compression]!;
    const chunks = Math.ceil(heightPx / rows);
    const table = reader.slice(8 * chunks);
    refuseImpossible(reader, header.compression, rowBytes * heightPx);

    const channels: ExrChannel[] = header.channels.map(({ name, type }) => ({
        name,
        type,
        data: new (type === 'uint' ? Uint32Array : Float32Array)(widthPx * heightPx)
    }));
    const seen = new Uint8Array(chunks);
    for (let i = 0; i < chunks; i++) {
        reader.offset = chunkOffset(table, i, bytes.length);
        const first = reader.int32() - yMin;
        const index = first / rows;
        if (!Number.isInteger(index) || index < 0 || index >= chunks || seen[index]) {
            throw damaged('EXR', `chunk ${i} begins at row ${first}`, `a multiple of ${rows} not seen before`);
        }
        seen[index] = 1;
        const count = Math.min(rows, heightPx - first);
        const packed = reader.slice(reader.uint32());
        const raw = unpack(packed, header.compression, rowBytes * count);
        scatter(raw, channels, widthPx, first, count);
    }
    const origin = xMin !== 0 || yMin !== 0 ? { originPx: [xMin, yMin] as const } : {};
    return { widthPx, heightPx, channels, text: header.text, ...origin };
}

function readVersion(reader: ByteReader): void {
    if (reader.uint32() !== EXR_MAGIC)
        throw damaged('EXR', 'the first 4 bytes are not its magic number', '76 2F 31 01');
    const version = reader.uint32();
    if ((version & 0xff) !== 2) throw damaged('EXR', `its version is ${version & 0xff}`, '2');
    const kind = version & 0x200 ? 'tiled' : version & 0x800 ? 'deep' : version & 0x1000 ? 'multi-part' : undefined;
    if (kind) {
        throw badInput(
            `EXR: the file is ${kind}`,
            'one part of scanlines',
            'Convert it: oiiotool in.exr --scanline --compression zip -o out.exr'
        );
    }
}

function readHeader(reader: ByteReader): Header {
    let channels: Header['channels'] | undefined;
    let compression: number | undefined;
    let window: Header['window'] | undefined;
    const text: Record<string, string> = {};
    for (;;) {
        const name = reader.zeroTerminated(MAX_NAME);
        if (name === '') break;
        const type = reader.zeroTerminated(MAX_NAME);
        const sizeBytes = reader.uint32();
        const body = new ByteReader(reader.slice(sizeBytes), 'EXR', true);
        if (name === 'channels') channels = readChannels(body);
        else if (name === 'compression') compression = checkCompression(body.uint8());
        else if (name === 'dataWindow') window = [body.int32(), body.int32(), body.int32(), body.int32()];
        else if (type === 'string') text[name] = new TextDecoder().decode(body.slice(sizeBytes));
    }
    if (!channels || compression === undefined || !window) {
        throw damaged('EXR', 'the header is not complete', 'channels, compression and dataWindow');
    }
    return { channels, compression, window, text };
}

function readChannels(reader: ByteReader): Header['channels'] {
    const channels: { name: string; type: ExrSampleType }[] = [];
    for (;;) {
        const name = reader.zeroTerminated(MAX_NAME);
        if (name === '') break;
        const type = SAMPLE_TYPES[reader.uint32()];
        if (type === undefined) throw damaged('EXR', `channel "${name}" has an unknown type`, '0, 1 or 2');
        reader.take(4);
        const sampling = [reader.uint32(), reader.uint32()];
        if (sampling[0] !== 1 || sampling[1] !== 1) {
            throw badInput(
                `EXR: channel "${name}" is subsampled ${sampling.join(' x ')}`,
                '1 x 1',
                'Export it with full resolution in every channel'
            );
        }
        if (channels.some((other) => other.name === name))
            throw damaged('EXR', `channel "${name}" is there twice`, 'once');
        channels.push({ name, type });
        if (channels.length > MAX_CHANNELS) throw damaged('EXR', 'it has too many channels', `up to ${MAX_CHANNELS}`);
    }
    if (channels.length === 0) throw damaged('EXR', 'it has no channels', 'at least one');
    return channels;
}

function checkCompression(compression: number): number {
    if (compression < CHUNK_ROWS.length) return compression;
    throw badInput(
        `EXR: its compression is ${COMPRESSION_NAMES[compression] ?? compression}`,
        COMPRESSION_NAMES.slice(0, CHUNK_ROWS.length).join(', '),
        'Convert it: oiiotool in.exr --compression zip -o out.exr'
    );
}

/** No compression here does better than deflate's 1032:1 (RLE: 64:1), so a file that promises more is refused unread. */
function refuseImpossible(reader: ByteReader, compression: number, rawBytes: number): void {
    const ratio = compression === 0 ? 1 : compression === 1 ? 64 : 1032;
    if (rawBytes > reader.remaining * ratio) {
        throw damaged(
            'EXR',
            `${reader.remaining} bytes of pixels cannot hold the picture`,
            `${rawBytes} when unpacked`
        );
    }
}

function chunkOffset(table: Uint8Array, index: number, sizeBytes: number): number {
    const view = new DataView(table.buffer, table.byteOffset + 8 * index, 8);
    const offset = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    if (offset >= sizeBytes) throw damaged('EXR', `chunk ${index} begins at byte ${offset}`, `less than ${sizeBytes}`);
    return offset;
}

function unpack(packed: Uint8Array, compression: number, sizeBytes: number): Uint8Array {
    // A chunk that does not get smaller is stored as it is.
    if (packed.length === sizeBytes) return packed;
    if (compression === 0 || packed.length > sizeBytes) {
        throw damaged('EXR', `a chunk has ${packed.length} bytes`, String(sizeBytes));
    }
    const raw = compression === 1 ? unpackRuns(packed, sizeBytes) : inflateExactly(packed, sizeBytes, 'EXR');
    // Bytes are stored as differences, first the even ones, then the odd ones.
    for (let i = 1; i < sizeBytes; i++) raw[i] = raw[i - 1]! + raw[i]! - 128;
    const out = new Uint8Array(sizeBytes);
    const half = (sizeBytes + 1) >> 1;
    for (let i = 0; i < sizeBytes; i++) out[i] = raw[(i >> 1) + (i & 1 ? half : 0)]!;
    return out;
}

function unpackRuns(packed: Uint8Array, sizeBytes: number): Uint8Array {
    const reader = new ByteReader(packed, 'EXR', true);
    const out = new Uint8Array(sizeBytes);
    let at = 0;
    while (reader.remaining > 0) {
        const count = (reader.uint8() << 24) >> 24;
        const length = count < 0 ? -count : count + 1;
        if (at + length > sizeBytes) throw damaged('EXR', 'a run is longer than its chunk', `${sizeBytes} bytes`);
        if (count < 0) out.set(reader.slice(length), at);
        else out.fill(reader.uint8(), at, at + length);
        at += length;
    }
    if (at !== sizeBytes) throw damaged('EXR', `a chunk unpacks to ${at} bytes`, String(sizeBytes));
    return out;
}

/** Rows of a chunk hold one channel after another. */
function scatter(
    raw: Uint8Array,
    channels: readonly ExrChannel[],
    widthPx: number,
    first: number,
    count: number
): void {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    const halves = halfTable();
    let at = 0;
    for (let row = first; row < first + count; row++) {
        for (const { type, data } of channels) {
            const from = row * widthPx;
            const to = from + widthPx;
            if (type === 'half') for (let i = from; i < to; i++, at += 2) data[i] = halves[view.getUint16(at, true)]!;
            else if (type === 'float') for (let i = from; i < to; i++, at += 4) data[i] = view.getFloat32(at, true);
            else for (let i = from; i < to; i++, at += 4) data[i] = view.getUint32(at, true);
        }
    }
}
