/**
 * `.mxr` files: a signature, metadata as JSON, every unit with its length, and an index at the end. Lengths stand twice (before each
 * unit and in the index, each part with a CRC of its own), so that damage in one place costs what lies there and nothing else: units keep their own
 * check, and either the header and the lengths or the index suffice to find them. The bytes are specified in FORMAT.md.
 */
import { badInput } from '@mixreel/core';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { crc32c } from './crc32c.ts';
import { readUnit } from './unit.ts';

/** First bytes of a file: as PNG's, they show a transfer that changed line ends or dropped the eighth bit. */
export const MXR_SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x4d, 0x58, 0x52, 0x0d, 0x0a, 0x1a, 0x0a);
const INDEX_SIGNATURE = 0x4952584d;
const END_SIGNATURE = 0x4552584d;
/** Bytes after the index: its size, its CRC, the end signature. */
const TRAILER_BYTES = 12;
/** Longest metadata, bytes of JSON. */
const LARGEST_METADATA_BYTES: number = 1 << 20;

/** JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** What a file says about itself: any JSON object of at most 1 MiB. */
export type MxrMetadata = { readonly [key: string]: Json };

/** One frame of a file. */
export interface MxrFrame {
    /** Time on the run's clock, integer ns, from 0. */
    readonly timeNs: number;
    /** Most important first. */
    readonly units: readonly Uint8Array[];
}

/** What {@link readMxr} found. */
export interface MxrFile {
    readonly metadata: MxrMetadata;
    readonly frames: readonly MxrFrame[];
    readonly damage: MxrDamage;
}

/** What was wrong with a file; all false and 0 if nothing. */
export interface MxrDamage {
    /** The metadata could not be read and are empty. */
    readonly metadata: boolean;
    /** The index could not be read: times are those of the pose layer or 0. */
    readonly index: boolean;
    /** Bytes that belong to no unit that could be found. */
    readonly lostBytes: number;
    /** Units whose check fails. */
    readonly units: number;
}

/** Writes a file. */
export function writeMxr(content: {
    readonly metadata?: MxrMetadata;
    readonly frames: readonly MxrFrame[];
}): Uint8Array {
    const out = new ByteWriter();
    out.bytes(MXR_SIGNATURE);
    const json = new TextEncoder().encode(JSON.stringify(content.metadata ?? {}));
    if (json.length > LARGEST_METADATA_BYTES) {
        throw badInput(
            `the metadata are ${json.length} bytes`,
            `at most ${LARGEST_METADATA_BYTES}`,
            'Keep large data beside the file'
        );
    }
    out.u8(1);
    out.varint(json.length);
    out.bytes(json);
    out.u32(crc32c(out.finish()));
    const index = new ByteWriter();
    index.u32(INDEX_SIGNATURE);
    index.varint(out.length);
    index.varint(content.frames.length);
    for (const frame of content.frames) {
        index.varint(Math.max(0, Math.round(frame.timeNs)));
        index.varint(frame.units.length);
        for (const unit of frame.units) {
            index.varint(unit.length);
            out.varint(unit.length);
            out.bytes(unit);
        }
    }
    const body = index.finish();
    out.bytes(body);
    out.u32(body.length);
    out.u32(crc32c(body));
    out.u32(END_SIGNATURE);
    return out.finish();
}

/** Reads a file; `bad-input` only if it is no such file or neither its header nor its index can be read. */
export function readMxr(bytes: Uint8Array): MxrFile {
    const header = readHeader(bytes);
    const index = readIndex(bytes);
    if (index) {
        let damagedUnits = 0;
        for (const frame of index) for (const unit of frame.units) if (!readUnit(unit)) damagedUnits++;
        const damage = { metadata: header === null, index: false, lostBytes: 0, units: damagedUnits };
        return { metadata: header?.metadata ?? {}, frames: index, damage };
    }
    if (header) return walk(bytes, header);
    const known = MXR_SIGNATURE.every((byte, i) => bytes[i] === byte);
    throw known
        ? badInput('the file has lost both its header and its index', 'one of them', 'Fetch the file again')
        : badInput(
              'the file does not start with the signature of .mxr',
              '89 4D 58 52 …',
              'Give a file written by mixreel encode'
          );
}

interface Header {
    readonly metadata: MxrMetadata;
    readonly end: number;
}

function readHeader(bytes: Uint8Array): Header | null {
    try {
        if (!MXR_SIGNATURE.every((byte, i) => bytes[i] === byte)) return null;
        const input = new ByteReader(bytes, MXR_SIGNATURE.length);
        if (input.u8() !== 1) return null;
        const json = input.bytes(input.varint());
        const end = input.offset;
        if (input.u32() !== crc32c(bytes, 0, end) || json.length > LARGEST_METADATA_BYTES) return null;
        const metadata: unknown = JSON.parse(new TextDecoder().decode(json));
        if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return null;
        return { metadata: metadata as MxrMetadata, end: input.offset };
    } catch {
        return null;
    }
}

function readIndex(bytes: Uint8Array): MxrFrame[] | null {
    try {
        if (bytes.length < TRAILER_BYTES) return null;
        const trailer = new ByteReader(bytes, bytes.length - TRAILER_BYTES);
        const size = trailer.u32();
        const check = trailer.u32();
        if (trailer.u32() !== END_SIGNATURE) return null;
        const from = bytes.length - TRAILER_BYTES - size;
        if (from < 0 || crc32c(bytes, from, from + size) !== check) return null;
        return framesOfIndex(bytes, new ByteReader(bytes, from, from + size), from);
    } catch {
        return null;
    }
}

function framesOfIndex(bytes: Uint8Array, index: ByteReader, end: number): MxrFrame[] | null {
    if (index.u32() !== INDEX_SIGNATURE) return null;
    let at = index.varint();
    const frames: MxrFrame[] = [];
    for (let left = index.varint(); left > 0; left--) {
        const timeNs = index.varint();
        const units: Uint8Array[] = [];
        for (let count = index.varint(); count > 0; count--) {
            const length = index.varint();
            at += varintBytes(length);
            if (at + length > end) return null;
            units.push(bytes.subarray(at, at + length));
            at += length;
        }
        frames.push({ timeNs, units });
    }
    return at === end ? frames : null;
}

function varintBytes(value: number): number {
    let count = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count++;
    return count;
}

/** Finds the units by the lengths between them; frames are told apart by the units' own numbers. */
function walk(bytes: Uint8Array, header: Header): MxrFile {
    const frames: { timeNs: number; units: Uint8Array[] }[] = [];
    const input = new ByteReader(bytes, header.end);
    let frameIndex = -1;
    let damagedUnits = 0;
    let good = header.end;
    try {
        while (input.left > 0) {
            const data = input.bytes(input.varint());
            const unit = readUnit(data);
            if (!unit) {
                damagedUnits++;
                continue;
            }
            good = input.offset;
            if (unit.frameIndex !== frameIndex || frames.length === 0) frames.push({ timeNs: 0, units: [] });
            frameIndex = unit.frameIndex;
            frames.at(-1)!.units.push(data);
        }
    } catch {
        // The rest cannot be cut into units: it is counted as lost.
    }
    const damage = { metadata: false, index: true, lostBytes: bytes.length - good, units: damagedUnits };
    return { metadata: header.metadata, frames, damage };
}
