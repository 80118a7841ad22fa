/** `mixreel encode`: pictures to a bitstream. */
import { type EncodedFrame, FrameEncoder, writeMxr } from '@mixreel/codec';
import { badInput, throwIfAborted } from '@mixreel/core';
import { Frame, TONE_MAPPERS } from '@mixreel/image';
import { displayed, readPicture } from '../chain/picture-file.ts';
import { type Command, type CommandContext, defineCommand } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { choice, decimal, flag, integer, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

const TEXT_MODES = ['none', 'beside', 'alone'] as const;
/** Most pictures of one command line. */
const MOST_PICTURES = 100_000;

export const encode: Command = defineCommand({
    operands: 'PICTURE...',
    operandCount: [1, MOST_PICTURES],
    description:
        'Encodes PNG, JPEG, EXR or HDR pictures of one size as the frames of one .mxr file. An EXR with the layers that\n' +
        'mixreel render writes (instance, semantic, depth, motion) gives an editable structure layer and better prediction.',
    options: {
        out: textOr('FILE', 'out.mxr', 'the bitstream', 'o'),
        quality: decimal(0, 100, 50, 'quality'),
        fps: decimal(0.01, 1000, 30, 'frames a second'),
        gop: integer(1, 100_000, 60, 'frames from one intra frame to the next'),
        rate: decimal(0, 1e12, 0, 'keep the stream under so many bit/s; 0: constant quality'),
        text: choice(TEXT_MODES, 'none', 'a text layer, beside the others or instead of them'),
        grain: flag('paint the roughness back that coarse qualities take'),
        tonemap: choice(TONE_MAPPERS, 'linear', 'curve from light to screen, for EXR and HDR')
    },
    examples: [
        ['mixreel encode in.png -o out.mxr', 'one picture'],
        [
            'mixreel encode in.png --text alone -o words.mxr',
            'the picture in under 300 bytes of words, painted again by decode'
        ],
        ['mixreel encode frame-*.png --fps 60 --rate 8000000 -o clip.mxr', 'frames at 8 Mbit/s']
    ],
    async run(operands, options, context) {
        extensionOf(options.out, ['mxr'], 'the bitstream');
        const encoder = new FrameEncoder({
            quality: options.quality,
            framesPerSecond: options.fps,
            gopLength: options.gop,
            targetRateBps: options.rate === 0 ? null : options.rate,
            text: options.text,
            grain: options.grain
        });
        const coded: EncodedFrame[] = [];
        const frames: { timeNs: number; units: readonly Uint8Array[] }[] = [];
        for (const [i, path] of operands.entries()) {
            const timeNs = Math.round((i * 1e9) / options.fps);
            const encoded = encoder.encode(await input(path, timeNs, coded[0], options.tonemap));
            coded.push(encoded);
            frames.push({ timeNs, units: encoded.units });
            await breathe(context, i + 1, operands.length);
        }
        const bytes = writeMxr({ metadata: { generator: 'mixreel' }, frames });
        await writeAtomically(options.out, bytes);
        const psnrDb = coded.reduce((sum, frame) => sum + frame.stats.psnrDb, 0) / coded.length;
        const clippedShare = coded.reduce((sum, frame) => sum + frame.stats.clippedShare, 0) / coded.length;
        const clipped = `${(100 * clippedShare).toFixed(1)} % of its light is above white and lost: --tonemap keeps some`;
        const { widthPx, heightPx } = (coded[0] as EncodedFrame).picture;
        const bitsPerPixel = (8 * bytes.length) / (widthPx * heightPx * coded.length);
        return {
            text: `${options.out}: ${count(coded.length, 'frame')} of ${widthPx}x${heightPx}, ${formatBytes(bytes.length)}, ${bitsPerPixel.toFixed(3)} bit/px, PSNR ${psnrDb.toFixed(2)} dB${clippedShare > 0 ? `; ${clipped}` : ''}`,
            json: {
                out: options.out,
                frames: coded.length,
                widthPx,
                heightPx,
                bytes: bytes.length,
                bitsPerPixel,
                psnrDb: finite(psnrDb),
                clippedShare
            }
        };
    }
});

/** A picture as the encoder takes it: tone-mapped, timed, of the size of the first. */
async function input(
    path: string,
    timeNs: number,
    first: EncodedFrame | undefined,
    mapper: (typeof TONE_MAPPERS)[number]
): Promise<Frame> {
    const { widthPx, heightPx, layers, view } = displayed(await readPicture(path), mapper);
    if (first && (first.picture.widthPx !== widthPx || first.picture.heightPx !== heightPx)) {
        throw badInput(
            `${path} is ${widthPx}x${heightPx}`,
            `${first.picture.widthPx}x${first.picture.heightPx}, as the first picture`,
            'Scale it, or encode it into a file of its own'
        );
    }
    return new Frame({ widthPx, heightPx, layers: Object.fromEntries(layers), view, timeNs });
}

/** Reports, lets Ctrl-C through, and stops if it came. */
async function breathe(context: CommandContext, done: number, total: number): Promise<void> {
    context.progress.report?.(done, total, 'encoding');
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(context.progress, 'encoding');
}

/** JSON has no infinity: a lossless picture's PSNR becomes null. */
function finite(value: number): number | null {
    return Number.isFinite(value) ? value : null;
}
