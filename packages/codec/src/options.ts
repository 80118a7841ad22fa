/**
 * Options of encoder and decoder: every field with unit and range, frozen defaults, one check at the border.
 */
import { badInput } from '@mixreel/core';
import type { ConceptModel } from './concept/concept-model.ts';
import { LARGEST_PARITY_GROUP, parityOverheadBytes } from './container/parity.ts';
import { requireUnitBytes, UNIT_OVERHEAD_BYTES } from './container/unit.ts';
import type { PictureGenerator } from './generator/texture-generator.ts';
import { LARGEST_REGION_COUNT } from './structure/structure-map.ts';
import { DESCRIBE_DEFAULTS } from './text/describe-scene.ts';

/** Which label map a frame is sent with; see {@link FrameEncoderOptions.structure}. */
export const STRUCTURES = ['auto', 'labels', 'colors', 'none'] as const;
export type Structure = (typeof STRUCTURES)[number];

/** Options of {@link FrameEncoder}. */
export interface FrameEncoderOptions {
    /** 0 (smallest) to 100 (no visible loss). With a target rate: where it starts. */
    readonly quality: number;
    /** Rate to stay under, bit/s, above 0; null: constant quality. `onNetworkState` sets it too. Not with text alone, `fixedLength` or `concept`. */
    readonly targetRateBps: number | null;
    /** Frames a second of the stream, above 0 to 1000: what the rate is divided by. */
    readonly framesPerSecond: number;
    /** Frames from one that refers to no other to the next, 1 (all of them) to 100000. */
    readonly gopLength: number;
    /** Most bytes of a unit, 128 to 65000. */
    readonly unitBytes: number;
    /**
     * For links that lose packets and know no importance: one unit more for every so many (1 to 32) of a frame, from which any one of them is had again; pose, structure, style and text
     * are sent twice. 4 costs about a quarter of the bytes; with a fifth of all units lost three fifths of the losses are mended so. 0: none.
     */
    readonly parity: number;
    /**
     * Structure and style layers: `auto`, the label map of the frame's layers with its depth breaks, or of its colours; `labels`, the same without depth breaks; `colors`, of the colours even
     * where there are layers; `none`: texture alone, with nothing to edit and little to go by where units are lost. Each is smaller than the one before: of a room of 512 x 512 with 100 things
     * 730, 590, 310 and 0 bytes. Concepts, which lie on the map, are of its colours with `none`, too.
     */
    readonly structure: Structure;
    /**
     * True: the receiver renders the same albedo, normal, depth and instance layers from the scene and the pose; only light is sent, and what light does
     * not explain. Frames must have the layers `albedo`, `normal`, `depth`; the decoder is given them as `guide`.
     */
    readonly sharedScene: boolean;
    /**
     * True: tokens of 32 bits for blocks of 8 (quality 67 and more), 16 (34 and more) or 32 pixels instead of structure, style and texture: no
     * entropy model, nothing to desynchronise, every frame alone, half of the tokens enough to see what is there. For the worst links. Between
     * these qualities a share of blocks, those that gain most, have four of half the side beside their own.
     */
    readonly fixedLength: boolean;
    /**
     * A learned model, such as `learnedConcept()` of `@mixreel/codec/learned`: the frame is sent as label map, style codes and texture tokens, and the model draws it; `quality` is the share
     * of 16 x 16 squares with finer tokens. Every frame stands alone. With `fixedLength` its tokens are 10 bits each, without entropy coder and without finer ones. The decoder needs the
     * same model. null: no concepts.
     */
    readonly concept: ConceptModel | null;
    /**
     * True: what the quantiser takes from the fine octaves is sent as strengths and painted back as noise. Nearer to the eye at low rates (mean
     * LPIPS-alex of the twelve Kodak pictures in at most 0.05 bit a pixel: 0.475 instead of 0.529), farther in PSNR.
     */
    readonly grain: boolean;
    /** True: frames that have a view carry it. False: the receiver knows it, as the one who asked for it. */
    readonly pose: boolean;
    /**
     * The text layer: `beside` the others with every intra frame, as what is shown when all of these are lost; `alone`: nothing but text (and
     * pose), 4,000 times smaller than a picture of 768 x 512 pixels, painted by the decoder; `none`.
     */
    readonly text: 'none' | 'beside' | 'alone';
    /** Most bytes of a frame's text, 40 to 65000, and at most what a unit holds. */
    readonly textBytes: number;
    /** Regions that a picture without layers is cut into, 1 to 255. */
    readonly regionCount: number;
    /** Light above white: `clip` it to white and say so in `stats.clippedShare`, or `refuse` the frame. The format holds 8-bit sRGB. */
    readonly highlights: 'clip' | 'refuse';
    /** Stream name of the PDU Sets. */
    readonly stream: string;
    /** PDU Set Delay Budget, ns, above 0. */
    readonly deadlineNs: number;
}

/** Defaults of {@link FrameEncoderOptions}. */
export const FRAME_ENCODER_DEFAULTS: FrameEncoderOptions = Object.freeze({
    quality: 50,
    targetRateBps: null,
    framesPerSecond: 30,
    gopLength: 60,
    unitBytes: 1200,
    parity: 0,
    structure: 'auto',
    sharedScene: false,
    fixedLength: false,
    concept: null,
    grain: false,
    pose: true,
    text: 'none',
    textBytes: DESCRIBE_DEFAULTS.textBytes,
    regionCount: 12,
    highlights: 'clip',
    stream: 'video',
    deadlineNs: 10_000_000
});

/** Options of {@link FrameDecoder}. */
export interface FrameDecoderOptions {
    /** Largest picture that is decoded, pixels, 1 to 2^26. Working memory is about 30 bytes a pixel. */
    readonly maxPixels: number;
    /** Pixels of all frames together that `decodeMxr` keeps, 1 to 2^40: about 15 bytes each. {@link decodeMxrFrames} keeps none. */
    readonly maxFilePixels: number;
    /** Whether PDU Sets that arrived after their deadline are still used. */
    readonly acceptLate: boolean;
    /** Size of the grey picture that is shown when nothing has ever arrived, pixels, 1 to 8192. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** Draws frames that were sent as concepts of the same model, and those that are text alone; null: their base picture is shown, and texts are painted. */
    readonly concept: ConceptModel | null;
    /**
     * Paints texture over every decoded picture, such as {@link TextureGenerator} with trained weights; null: what was coded is shown. What is predicted
     * from is never painted on. Painted frames are not `exact`.
     */
    readonly generator: PictureGenerator | null;
}

/** Defaults of {@link FrameDecoderOptions}. */
export const FRAME_DECODER_DEFAULTS: FrameDecoderOptions = Object.freeze({
    maxPixels: 1 << 24,
    maxFilePixels: 1 << 27,
    acceptLate: false,
    widthPx: 1,
    heightPx: 1,
    concept: null,
    generator: null
});

/** Fills in and checks encoder options. */
export function encoderOptions(given: Partial<FrameEncoderOptions>): FrameEncoderOptions {
    const options = { ...FRAME_ENCODER_DEFAULTS, ...given };
    requireRange('quality', options.quality, 0, 100, 'Take 50 to start with');
    requireRange('framesPerSecond', options.framesPerSecond, Number.MIN_VALUE, 1000, 'Give the stream its frame rate');
    requireInteger('gopLength', options.gopLength, 1, 100000, 'Take 60, or 1 for frames that stand alone');
    requireInteger('regionCount', options.regionCount, 1, LARGEST_REGION_COUNT, 'Take 12');
    requireUnitBytes(options.unitBytes);
    requireInteger('parity', options.parity, 0, LARGEST_PARITY_GROUP, 'Take 4, or 0 for none');
    if (mostUnitBytes(options) < 128) {
        throw badInput(
            `unitBytes is ${options.unitBytes} with parity ${options.parity}`,
            `at least ${128 + options.unitBytes - mostUnitBytes(options)}`,
            'Take 1200'
        );
    }
    requireRange('deadlineNs', options.deadlineNs, 1, 1e15, 'Take 10000000 (10 ms)');
    if (options.targetRateBps !== null) {
        requireRange('targetRateBps', options.targetRateBps, 1, 1e12, 'Give bit/s, or null for constant quality');
    }
    requireOneOf('structure', options.structure, STRUCTURES);
    requireOneOf('highlights', options.highlights, ['clip', 'refuse']);
    requireOneOf('text', options.text, ['none', 'beside', 'alone']);
    if (options.text !== 'none') {
        requireInteger('textBytes', options.textBytes, 40, mostUnitBytes(options) - UNIT_OVERHEAD_BYTES, 'Take 235');
    }
    const whole = options.fixedLength || options.concept !== null;
    if (whole || options.text === 'alone') requireNoTexture(options);
    if ([options.text === 'alone', options.sharedScene, whole].filter((on) => on).length > 1) {
        throw badInput(
            'text alone, sharedScene and fixedLength or concept are mixed',
            'at most one of them',
            'Take them one at a time'
        );
    }
    return options;
}

/** Words, tokens of fixed length and concepts have no quantiser and paint their own grain. */
function requireNoTexture({ targetRateBps, grain }: FrameEncoderOptions): void {
    const expected = 'text alone, fixedLength or concept without it';
    if (targetRateBps !== null)
        throw badInput('a target rate is given', expected, 'Choose the size by quality, or textBytes');
    if (grain) throw badInput('grain is wanted', expected, 'Leave it out');
}

/** Most bytes of a unit that is no parity: a parity unit is longer than those that it stands for. */
export function mostUnitBytes({ unitBytes, parity }: Pick<FrameEncoderOptions, 'unitBytes' | 'parity'>): number {
    return parity === 0 ? unitBytes : unitBytes - UNIT_OVERHEAD_BYTES - parityOverheadBytes(parity);
}

/** Fills in and checks decoder options. */
export function decoderOptions(given: Partial<FrameDecoderOptions>): FrameDecoderOptions {
    const options = { ...FRAME_DECODER_DEFAULTS, ...given };
    requireInteger('maxPixels', options.maxPixels, 1, 1 << 26, 'Take 16777216, or 67108864 for 8192 x 8192');
    requireInteger('maxFilePixels', options.maxFilePixels, 1, 2 ** 40, 'Take 134217728, for 2 GB of frames');
    requireInteger('widthPx', options.widthPx, 1, 8192, 'Give the size of the expected picture');
    requireInteger('heightPx', options.heightPx, 1, 8192, 'Give the size of the expected picture');
    return options;
}

function requireOneOf(name: string, value: string, words: readonly string[]): void {
    if (!words.includes(value)) throw badInput(`${name} is "${value}"`, words.join(' or '), `Take ${words[0]}`);
}

function requireRange(name: string, value: number, least: number, most: number, mend: string): void {
    if (!(value >= least && value <= most)) throw badInput(`${name} is ${value}`, `${least} to ${most}`, mend);
}

function requireInteger(name: string, value: number, least: number, most: number, mend: string): void {
    if (!Number.isInteger(value)) throw badInput(`${name} is ${value}`, `an integer from ${least} to ${most}`, mend);
    requireRange(name, value, least, most, mend);
}
