/**
 * Whole files: frames to the bytes of an `.mxr` file and back, and what a file holds without decoding its pictures.
 */
import { MixreelError, type Progress, subProgress } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { type MxrDamage, type MxrFrame, type MxrMetadata, readMxr, writeMxr } from './container/mxr.ts';
import { type LayerId, noLayerBytes, readUnit } from './container/unit.ts';
import { type DecodedFrame, FrameDecoder } from './frame-decoder.ts';
import { FrameEncoder } from './frame-encoder.ts';
import { decoderOptions, type FrameDecoderOptions, type FrameEncoderOptions } from './options.ts';

/** Encodes frames into the bytes of a file. */
export function encodeMxr(
    frames: readonly Frame[],
    options: Partial<FrameEncoderOptions> = {},
    metadata: MxrMetadata = {},
    progress: Progress = {}
): Uint8Array {
    const encoder = new FrameEncoder(options);
    const coded: MxrFrame[] = frames.map((frame, i) => {
        const part = subProgress(progress, i / frames.length, (i + 1) / frames.length);
        return { timeNs: frame.timeNs, units: encoder.encode(frame, part).units };
    });
    return writeMxr({ metadata, frames: coded });
}

/** Settings of {@link decodeMxr} and {@link decodeMxrFrames}. */
export interface DecodeMxrSettings extends Progress {
    /** Of a shared scene: albedo, normal, depth and instance layers of frame number `index`, as the receiver renders them; null if it cannot. */
    readonly guideOf?: (index: number) => Frame | null;
}

/**
 * Decodes a file frame by frame, so that no more than one need be kept.
 *
 * @throws MixreelError `bad-input` if it is no such file; `limit-exceeded` at a picture larger than `maxPixels`. Never because of damage.
 */
export function* decodeMxrFrames(
    bytes: Uint8Array,
    options: Partial<FrameDecoderOptions> = {},
    settings: DecodeMxrSettings = {}
): Generator<DecodedFrame, void> {
    const file = readMxr(bytes);
    const decoder = new FrameDecoder(options);
    for (const [i, frame] of file.frames.entries()) {
        const part = subProgress(settings, i / file.frames.length, (i + 1) / file.frames.length);
        const guide = settings.guideOf?.(i) ?? null;
        const timeNs = file.damage.index ? null : frame.timeNs;
        yield decoder.decodeUnits(frame.units, guide ? { ...part, guide } : part, timeNs);
    }
}

/**
 * Decodes every frame of a file.
 *
 * @throws MixreelError as {@link decodeMxrFrames}, and `limit-exceeded` if all frames together have more pixels than `maxFilePixels`.
 */
export function decodeMxr(
    bytes: Uint8Array,
    options: Partial<FrameDecoderOptions> = {},
    settings: DecodeMxrSettings = {}
): { metadata: MxrMetadata; frames: DecodedFrame[]; damage: MxrDamage } {
    const { metadata, damage } = readMxr(bytes);
    const { maxFilePixels } = decoderOptions(options);
    const frames: DecodedFrame[] = [];
    let pixels = 0;
    for (const frame of decodeMxrFrames(bytes, options, settings)) {
        pixels += frame.picture.widthPx * frame.picture.heightPx;
        if (pixels > maxFilePixels) throw tooManyPixels(frames.length, maxFilePixels);
        frames.push(frame);
    }
    return { metadata, frames, damage };
}

function tooManyPixels(frames: number, limit: number): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `the file's frames together have more than ${limit} pixels, ${frames} of them less`,
        expected: `at most ${limit}`,
        mend: 'Decode it frame by frame (decodeMxrFrames), or give a larger maxFilePixels if the file is trusted and memory allows'
    });
}

/** What a file holds. */
export interface MxrSummary {
    readonly bytes: number;
    readonly metadata: MxrMetadata;
    readonly damage: MxrDamage;
    readonly frames: readonly MxrFrameSummary[];
    readonly layerBytes: Readonly<Record<LayerId, number>>;
}

/** One frame of {@link MxrSummary}. */
export interface MxrFrameSummary {
    readonly timeNs: number;
    readonly frameIndex: number | null;
    readonly kind: 'intra' | 'predicted' | 'unknown';
    readonly widthPx: number;
    readonly heightPx: number;
    readonly units: number;
    readonly bytes: number;
}

/** Reads headers only. */
export function inspectMxr(bytes: Uint8Array): MxrSummary {
    const file = readMxr(bytes);
    const layerBytes = noLayerBytes();
    const frames = file.frames.map((frame): MxrFrameSummary => {
        const units = frame.units.map(readUnit);
        const lead = units.find((unit) => unit !== null);
        units.forEach((unit, i) => {
            if (unit) layerBytes[unit.layer] += frame.units[i]!.length;
        });
        return {
            timeNs: frame.timeNs,
            frameIndex: lead?.frameIndex ?? null,
            kind: lead ? (lead.intra ? 'intra' : 'predicted') : 'unknown',
            widthPx: lead?.widthPx ?? 0,
            heightPx: lead?.heightPx ?? 0,
            units: units.length,
            bytes: frame.units.reduce((sum, unit) => sum + unit.length, 0)
        };
    });
    return { bytes: bytes.length, metadata: file.metadata, damage: file.damage, frames, layerBytes };
}
