/**
 * A unit: one PDU's worth of one layer of one frame. It says all that is needed to decode or conceal it without any other unit, and ends
 * in a CRC-32C over everything before; a unit whose check fails is a unit that was lost. The bytes are specified in FORMAT.md.
 */
import { badInput } from '@mixreel/core';
import { LARGEST_SIDE_PX } from '../picture.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { crc32c } from './crc32c.ts';

/** First byte of every unit. */
export const UNIT_MAGIC = 0xd7;
/** Version of the format, in the high half of the second byte. */
export const FORMAT_VERSION = 1;

/** What a unit carries. */
export type LayerId =
    | 'text'
    | 'pose'
    | 'structure'
    | 'style'
    | 'texture'
    | 'light'
    | 'tokens'
    | 'keypoints'
    | 'grain'
    | 'concept'
    | 'parity';
/** Numbers of the layers in the bytes. 4 (exact tiles) is reserved. */
export const LAYER_NUMBERS: Readonly<Record<LayerId, number>> = Object.freeze({
    text: 0,
    structure: 1,
    style: 2,
    texture: 3,
    light: 5,
    pose: 6,
    tokens: 7,
    keypoints: 8,
    grain: 9,
    concept: 10,
    parity: 11
});
const LAYER_OF_NUMBER: ReadonlyMap<number, LayerId> = new Map(
    Object.entries(LAYER_NUMBERS).map(([name, number]) => [number, name as LayerId])
);

/** A unit, parsed. */
export interface Unit {
    readonly layer: LayerId;
    /** PDU Set importance it was sent with: 1 (highest) to 15. */
    readonly importance: number;
    /** True if the frame refers to no other. */
    readonly intra: boolean;
    readonly alpha: boolean;
    /** True if the frame's texture lies over a base picture (structure and style). */
    readonly base: boolean;
    /** True if the structure layer tells where depth breaks. */
    readonly edges: boolean;
    /** True if both ends hold the scene and the texture lies over its reflectance times the light layer. Excludes `base`. */
    readonly shared: boolean;
    /** Number of the frame in its stream, from 0. */
    readonly frameIndex: number;
    readonly widthPx: number;
    readonly heightPx: number;
    /** texture, light, grain: first CTU; structure: first row of cells; tokens, concept: 2 x first place + parity; else 0. */
    readonly first: number;
    /** texture, light, grain: CTUs; structure: rows of cells; style: regions; tokens: tokens; keypoints: frames; concept: regions, tokens or squares; parity: units of its group; else 0. */
    readonly count: number;
    /** texture: QP, and 64 if the frame has grain; light: QP; structure: regions of the whole map; text: 1 if the text is the whole picture; tokens: log2 of a block's side; concept: what it holds (concept-layer.ts); else 0. */
    readonly parameter: number;
    readonly payload: Uint8Array;
}

/** Bytes of each layer, before any is counted. */
export function noLayerBytes(): Record<LayerId, number> {
    const none = { text: 0, pose: 0, structure: 0, style: 0, texture: 0, light: 0, tokens: 0, keypoints: 0, grain: 0 };
    return { ...none, concept: 0, parity: 0 };
}

/** Most bytes that header and check add to a payload. */
export const UNIT_OVERHEAD_BYTES = 24;

/** A unit as bytes. */
export function writeUnit(unit: Unit): Uint8Array {
    const out = new ByteWriter();
    out.u8(UNIT_MAGIC);
    out.u8((FORMAT_VERSION << 4) | LAYER_NUMBERS[unit.layer]);
    const flags =
        (unit.intra ? 1 : 0) | (unit.alpha ? 2 : 0) | (unit.base ? 4 : 0) | (unit.edges || unit.shared ? 8 : 0);
    out.u8((unit.importance << 4) | flags);
    out.varint(unit.frameIndex);
    out.varint(unit.widthPx);
    out.varint(unit.heightPx);
    out.varint(unit.first);
    out.varint(unit.count);
    out.u8(unit.parameter);
    out.bytes(unit.payload);
    const body = out.finish();
    out.u32(crc32c(body));
    return out.finish();
}

/** Parses a unit; null if it is not one or was damaged on its way. Never throws. */
export function readUnit(bytes: Uint8Array): Unit | null {
    if (bytes.length < 14 || bytes[0] !== UNIT_MAGIC) return null;
    const end = bytes.length - 4;
    if (new ByteReader(bytes, end).u32() !== crc32c(bytes, 0, end)) return null;
    try {
        return parse(new ByteReader(bytes, 1, end));
    } catch {
        return null;
    }
}

function parse(input: ByteReader): Unit | null {
    const kind = input.u8();
    const layer = LAYER_OF_NUMBER.get(kind & 15);
    if (kind >> 4 !== FORMAT_VERSION || layer === undefined) return null;
    const flags = input.u8();
    const frameIndex = input.varint();
    const widthPx = input.varint();
    const heightPx = input.varint();
    const first = input.varint();
    const count = input.varint();
    const parameter = input.u8();
    if (widthPx < 1 || heightPx < 1 || Math.max(widthPx, heightPx) > LARGEST_SIDE_PX) return null;
    if (flags >> 4 === 0) return null;
    return {
        layer,
        importance: flags >> 4,
        intra: (flags & 1) !== 0,
        alpha: (flags & 2) !== 0,
        base: (flags & 4) !== 0,
        edges: (flags & 12) === 12,
        shared: (flags & 12) === 8,
        frameIndex,
        widthPx,
        heightPx,
        first,
        count,
        parameter,
        payload: input.bytes(input.left)
    };
}

/** Checks a byte limit for units. */
export function requireUnitBytes(unitBytes: number): void {
    if (Number.isInteger(unitBytes) && unitBytes >= 128 && unitBytes <= 65000) return;
    throw badInput(`unitBytes is ${unitBytes}`, 'an integer from 128 to 65000', 'Take 1200, which fits every path');
}
