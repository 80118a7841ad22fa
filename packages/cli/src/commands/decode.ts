/** `mixreel decode`: a bitstream to pictures or a video. A damaged one is refused, unless what is missing may be concealed. */
import { totalmem } from 'node:os';
import {
    type ConceptModel,
    type DecodedFrame,
    decodeKeypointVideo,
    decodeMxr,
    type FrameDecoderOptions,
    frameFromPicture,
    inspectMxr,
    type MxrDamage,
    type Picture,
    requireGuide,
    TextureGenerator
} from '@mixreel/codec';
import { badInput, MixreelError } from '@mixreel/core';
import { type Frame, IDENTITY_VIEW } from '@mixreel/image';
import { PICTURE_ENDINGS, readPicture, writePicture } from '../chain/picture-file.ts';
import { openPictureSource } from '../chain/picture-source.ts';
import { VIDEO_ENDINGS, writeVideo } from '../chain/video-file.ts';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, readInput } from '../files.ts';
import { flag, text, textOr } from '../option.ts';
import { count } from '../table.ts';

export const decode: Command = defineCommand({
    operands: 'FILE.mxr',
    operandCount: [1, 1],
    description:
        'Decodes an .mxr file to .png, .exr or .hdr pictures: one frame to the name given, several to numbered names\n' +
        '(out-0000.png); or to an .mp4 or .webm by the ffmpeg of this machine. A damaged file is refused; with --conceal what\n' +
        'is missing is filled in, with exit code 1. With --learned a network paints texture over every picture, the one that\n' +
        'comes with the codec; with --generator one of your own. Streams of concepts are drawn by the model that comes with\n' +
        'the codec; with --concept texts alone are drawn by it, too. What a network paints is invented, never evidence.',
    options: {
        out: textOr('FILE', 'out.png', 'the picture or video', 'o'),
        learned: flag('paint texture by the network that comes with the codec'),
        generator: text('FILE.mxg', 'weights of another such network; training/train.py makes them'),
        concept: flag('draw pictures in words alone by the learned generator'),
        guide: text('EXR|FOLDER', 'of a shared scene: albedo, normal and depth, a file for each frame'),
        conceal: flag('decode a damaged file as well as can be')
    },
    examples: [
        ['mixreel decode out.mxr -o out.png', 'to a PNG'],
        ['mixreel decode clip.mxr -o clip.mp4', 'to a video'],
        ['mixreel decode out.mxr --learned -o out.png', 'with learned texture'],
        ['mixreel decode light.mxr --guide room.exr -o room.png', 'a shared scene, whose light was sent'],
        ['mixreel decode received.mxr --conceal -o seen.png', 'fill in what was lost']
    ],
    async run([path = ''], options, context) {
        const ending = extensionOf(options.out, [...PICTURE_ENDINGS, ...VIDEO_ENDINGS], 'the picture or video');
        const generator = await generatorOf(options);
        const bytes = await readInput(path, 'the bitstream');
        const concept = await modelFor(bytes, options.concept);
        const settings = { generator, concept, maxFilePixels: mostPixels() };
        const guides = await guidesFor(path, bytes, options.guide);
        const guideOf = (index: number): Frame | null => guides[index] ?? null;
        const { frames: coded, damage } = decodeMxr(bytes, settings, { ...context.progress, guideOf });
        // Between its key pictures a keypoint video is made of points.
        const moving = inspectMxr(bytes).layerBytes.keypoints > 0;
        const frames = moving ? movedFrames(bytes, coded, settings) : coded;
        if (frames.length === 0) throw badInput(`${path} holds no frame`, 'at least one', 'Encode it again');
        const faults = describeDamage(frames, damage);
        if (faults !== '' && !options.conceal) {
            throw badInput(
                `${path} is damaged: ${faults}`,
                'every unit whole',
                'Fetch the file again, or add --conceal to fill in what is missing'
            );
        }
        const written: string[] = [];
        const video = VIDEO_ENDINGS.some((one) => one === ending);
        if (video) {
            await writeVideo(options.out, oneSize(frames), rateOf(frames));
            written.push(options.out);
        }
        for (const [i, decoded] of video ? [] : frames.entries()) {
            const name = frames.length === 1 ? options.out : numbered(options.out, i);
            await writePicture(name, decoded.frame, 'linear', 1);
            written.push(name);
        }
        const { widthPx, heightPx } = (frames[0] as DecodedFrame).frame;
        const first = written[0] as string;
        const names = written.length === 1 ? first : `${first} to ${written.at(-1)}`;
        return {
            text: `${names}: ${count(frames.length, 'frame')} of ${widthPx}x${heightPx}${faults === '' ? '' : `; ${faults}, concealed`}${generator === null ? '' : `; texture painted by ${JSON.stringify(generator.name)}`}`,
            json: { files: written, frames: frames.map(figures), damage, generator: generator?.name ?? null },
            exitCode: faults === '' ? 0 : 1
        };
    }
});

/** Every frame of a keypoint video; what is known of a key picture holds for those that are moved from it, but that they are not exact. */
function movedFrames(
    bytes: Uint8Array,
    keys: readonly DecodedFrame[],
    settings: Partial<FrameDecoderOptions> & { readonly maxFilePixels: number }
): DecodedFrame[] {
    let key = -1;
    let pixels = 0;
    let shown: Picture | null = null;
    return Array.from(decodeKeypointVideo(bytes, settings), ({ picture, kind, timeNs }) => {
        pixels += picture.widthPx * picture.heightPx;
        if (pixels > settings.maxFilePixels) throw tooLong(settings.maxFilePixels);
        // A key whose points were lost is shown again and again.
        if (kind === 'key' && picture !== shown) key++;
        shown = picture;
        const about = keys[key] as DecodedFrame;
        const frame = frameFromPicture(picture, IDENTITY_VIEW, timeNs);
        return {
            ...about,
            picture,
            frame,
            exact: about.exact && kind === 'key',
            kind: kind === 'key' ? about.kind : 'predicted'
        };
    });
}

/** Pixels of all frames together that are kept before they are written, about 15 bytes each: half of this machine's memory, 2 GB at least. */
function mostPixels(): number {
    return Math.max(1 << 27, Math.floor(totalmem() / 32));
}

function tooLong(limit: number): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `the video's frames together have more than ${limit} pixels`,
        expected: 'as many as this machine can keep',
        mend: 'Decode it in a program, frame by frame: decodeKeypointVideo of @mixreel/codec'
    });
}

/** What the receiver holds of a shared scene: a frame for each of the stream's. */
async function guidesFor(path: string, bytes: Uint8Array, named: string | undefined): Promise<Frame[]> {
    const { layerBytes, frames } = inspectMxr(bytes);
    if (layerBytes.light === 0) {
        if (named === undefined) return [];
        throw badInput(`${path} is no shared scene`, 'one, for --guide', 'Leave --guide out');
    }
    if (named === undefined) {
        const mend = 'Add --guide with the .exr of the same view that mixreel render wrote, or a folder of them';
        throw badInput(`${path} holds the light of a shared scene alone`, 'its albedo, normal and depth layers', mend);
    }
    const source = await openPictureSource([named], 1);
    try {
        if (source.paths.length !== frames.length) {
            throw badInput(
                `"${named}" holds ${count(source.paths.length, 'picture')}`,
                `${frames.length}, one for each frame`,
                'Name a folder of as many'
            );
        }
        const guides: Frame[] = [];
        for (const one of source.paths) guides.push(await readPicture(one));
        for (const [i, guide] of guides.entries()) {
            requireGuide(guide);
            const { widthPx, heightPx } = frames[i]!;
            if (guide.widthPx === widthPx && guide.heightPx === heightPx) continue;
            const size = `${guide.widthPx}x${guide.heightPx}`;
            throw badInput(
                `${source.paths[i]} is ${size}`,
                `${widthPx}x${heightPx}, as the frame`,
                'Render it in that size'
            );
        }
        return guides;
    } finally {
        await source.dispose();
    }
}

/** What draws concepts, if there are any or texts shall be drawn. */
async function modelFor(bytes: Uint8Array, wanted: boolean): Promise<ConceptModel | null> {
    if (!wanted && inspectMxr(bytes).layerBytes.concept === 0) return null;
    return (await import('@mixreel/codec/learned')).learnedConcept();
}

/** What paints texture: the codec's own network, another one, or nothing. */
async function generatorOf({
    learned,
    generator
}: {
    readonly learned: boolean;
    readonly generator: string | undefined;
}): Promise<TextureGenerator | null> {
    if (learned && generator !== undefined) {
        throw badInput('both --learned and --generator are given', 'one network', 'Leave one of them out');
    }
    if (learned) return (await import('@mixreel/codec/learned')).learnedTexture();
    return generator === undefined ? null : new TextureGenerator(await readInput(generator, 'the generator'));
}

/** The pictures, if they are of one size. */
function oneSize(frames: readonly DecodedFrame[]): Picture[] {
    const pictures = frames.map(({ picture }) => picture);
    const first = pictures[0] as Picture;
    const other = pictures.find(({ widthPx, heightPx }) => widthPx !== first.widthPx || heightPx !== first.heightPx);
    if (!other) return pictures;
    throw badInput(
        `frames are of ${first.widthPx}x${first.heightPx} and ${other.widthPx}x${other.heightPx}`,
        'one size for a video',
        'Decode to pictures: -o out.png'
    );
}

/** Frames a second by their times; 30 if these say nothing. */
function rateOf(frames: readonly DecodedFrame[]): number {
    const spanNs = (frames.at(-1)?.frame.timeNs ?? 0) - (frames[0]?.frame.timeNs ?? 0);
    const rate = (1e9 * (frames.length - 1)) / spanNs;
    return rate > 0 && rate <= 1000 ? Math.round(1000 * rate) / 1000 : 30;
}

/** Empty if nothing is wrong. */
function describeDamage(frames: readonly DecodedFrame[], damage: MxrDamage): string {
    const faults: string[] = [];
    if (damage.units > 0) faults.push(`${count(damage.units, 'unit')} did not pass the check`);
    if (damage.index) faults.push('its index is unreadable');
    if (damage.metadata) faults.push('its metadata are unreadable');
    if (damage.lostBytes > 0) faults.push(`${count(damage.lostBytes, 'byte')} belong to no unit`);
    const inexact = frames.filter((frame) => !frame.complete).length;
    if (inexact > 0) faults.push(`${inexact} of ${count(frames.length, 'frame')} incomplete`);
    return faults.join(', ');
}

function figures(decoded: DecodedFrame): object {
    const { frameIndex, kind, concealedShare, exact, generated, lostUnits, corruptUnits } = decoded;
    return { frameIndex, kind, concealedShare, exact, generated, lostUnits, corruptUnits };
}

/** `out.png` to `out-0003.png`. */
function numbered(path: string, index: number): string {
    return path.replace(/(\.[^.]*)$/, `-${String(index).padStart(4, '0')}$1`);
}
