/**
 * What OpenEXR's reader and writer share (OpenEXR 2.0 file layout, openexr.com "OpenEXR File Layout"): single-part scanline
 * files with half, float or uint channels, compression NONE, RLE (read only), ZIPS and ZIP.
 */
import { badInput } from '@mixreel/core';

/** Sample type of a channel. */
export type ExrSampleType = 'uint' | 'half' | 'float';

/** One channel: `widthPx * heightPx` samples, rows top to bottom. `name` may hold a layer: `albedo.R`. */
export interface ExrChannel {
    readonly name: string;
    readonly type: ExrSampleType;
    /** Float32Array for half and float, Uint32Array for uint. */
    readonly data: Float32Array | Uint32Array;
}

/** A decoded or to-be-encoded EXR. */
export interface ExrImage {
    /** Of the data window: the pixels that the file holds. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** Sorted by name when read; any order when written. */
    readonly channels: readonly ExrChannel[];
    /** Attributes of type `string`. */
    readonly text?: Readonly<Record<string, string>>;
    /** Where the data window lies, if not at 0, 0. */
    readonly originPx?: readonly [number, number];
}

export type ExrCompression = 'none' | 'zips' | 'zip';

export const EXR_MAGIC = 20000630;
export const SAMPLE_TYPES: readonly ExrSampleType[] = ['uint', 'half', 'float'];
export const SAMPLE_BYTES: Readonly<Record<ExrSampleType, number>> = { uint: 4, half: 2, float: 4 };
/** By the file's compression byte; the names of those that are not supported are for the message. */
export const COMPRESSION_NAMES: readonly string[] = [
    'NONE',
    'RLE',
    'ZIPS',
    'ZIP',
    'PIZ',
    'PXR24',
    'B44',
    'B44A',
    'DWAA',
    'DWAB'
];
/** Rows of a chunk, for the supported compressions 0 to 3. */
export const CHUNK_ROWS: readonly number[] = [1, 1, 1, 16];

/** The channel of that name; throws `bad-input` naming the channels there are. */
export function exrChannel(image: ExrImage, name: string): ExrChannel {
    const found = image.channels.find((channel) => channel.name === name);
    if (found) return found;
    const has = image.channels.map((channel) => channel.name).join(', ');
    throw badInput(`EXR: it has no channel "${name}"`, `one of ${has}`, 'Export it with that channel');
}
