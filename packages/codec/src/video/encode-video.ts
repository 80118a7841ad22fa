/**
 * Decoded pictures as a film for everybody's player, by the browser's own encoder (WebCodecs): an MP4 of H.264 where it has that, else of VP9; or a WebM of VP9.
 * In Node `mixreel decode` has ffmpeg do it. MP4s are put together by mp4box (BSD-3-Clause, of GPAC), loaded with this entry alone, a fragment a sample; WebMs by a
 * few lines of our own. Of the others mediabunny is MPL-2.0, and webm-muxer and mp4-muxer are no longer maintained.
 *
 * Nothing but the samples is kept while a film is encoded.
 */
import { badInput, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { decodeMxr, inspectMxr } from '../file.ts';
import type { PictureGenerator } from '../generator/texture-generator.ts';
import { decodeKeypointVideo } from '../keypoints/keypoint-video.ts';
import type { Picture } from '../picture.ts';
import { Mp4File } from './mp4-file.ts';
import { WebmFile } from './webm-file.ts';

/** Options of {@link encodeVideo}. */
export interface VideoOptions {
    /** Above 0 to 240. */
    readonly framesPerSecond: number;
    /** Bit/s, 10,000 to 1e9; null: a quarter of a bit a pixel. */
    readonly bitrateBps: number | null;
    /** Null: the first of the two that the browser can encode. */
    readonly codec: 'h264' | 'vp9' | null;
    /** A WebM holds VP9 alone. */
    readonly container: 'mp4' | 'webm';
}

export const VIDEO_DEFAULTS: VideoOptions = Object.freeze({
    framesPerSecond: 30,
    bitrateBps: null,
    codec: null,
    container: 'mp4'
});

/** High profile, level 5.2; profile 0, level 5.2, 8 bit. */
const CODECS = [
    ['h264', 'avc1.640034'],
    ['vp9', 'vp09.00.52.08']
] as const;
/** Frames that wait in the encoder before the next is decoded. */
const MOST_WAITING = 4;
/** A key frame every so many seconds, for seeking. */
const KEY_SECONDS = 2;

/** The pictures of an .mxr file one by one, a keypoint video's between its keys as well. */
export function* mxrPictures(
    bytes: Uint8Array,
    given: { readonly generator?: PictureGenerator | null } = {}
): Generator<Picture> {
    const generator = given.generator ?? null;
    if (inspectMxr(bytes).layerBytes.keypoints > 0) {
        for (const { picture } of decodeKeypointVideo(bytes, { generator })) yield picture;
    } else for (const { picture } of decodeMxr(bytes, { generator }).frames) yield picture;
}

/**
 * @param pictures - Of one size, 16 to 4096 a side; alpha is dropped, odd sides are padded by their edge to even ones.
 * @returns A `video/mp4` or `video/webm`.
 * @throws MixreelError `environment` if the browser has no WebCodecs or cannot encode that size.
 */
export async function encodeVideo(
    pictures: Iterable<Picture>,
    given: Partial<VideoOptions> = {},
    progress: Progress = {}
): Promise<Blob> {
    const options = checkedOptions({ ...VIDEO_DEFAULTS, ...given });
    const frameUs = 1e6 / options.framesPerSecond;
    let encoding: Encoding | null = null;
    let count = 0;
    try {
        for (const picture of pictures) {
            throwIfAborted(progress, 'encoding the video');
            encoding ??= await Encoding.start(picture, options);
            await encoding.add(picture, Math.round(count * frameUs), Math.round((count + 1) * frameUs));
            count++;
        }
        if (!encoding) throw badInput('there is no picture', 'at least one', 'Decode a file that has frames');
        return await encoding.finish();
    } finally {
        encoding?.close();
    }
}

/** An encoder at work and the file that grows. */
class Encoding {
    readonly #encoder: VideoEncoder;
    readonly #first: Picture;
    readonly #keyEvery: number;
    readonly #file: Mp4File | WebmFile;
    readonly #type: string;
    #added = 0;
    #failure: unknown = null;

    private constructor(first: Picture, config: VideoEncoderConfig, options: VideoOptions) {
        const { framesPerSecond, container } = options;
        this.#first = first;
        this.#keyEvery = Math.max(1, Math.round(KEY_SECONDS * framesPerSecond));
        this.#type = `video/${container}`;
        this.#file = new (container === 'webm' ? WebmFile : Mp4File)(config.width, config.height, framesPerSecond);
        this.#encoder = new VideoEncoder({
            output: (chunk, about) => {
                const data = new Uint8Array(chunk.byteLength);
                chunk.copyTo(data);
                this.#file.add(data, chunk.timestamp, chunk.type === 'key', about?.decoderConfig);
            },
            error: (error) => {
                this.#failure ??= error;
            }
        });
        this.#encoder.configure(config);
    }

    static async start(first: Picture, options: VideoOptions): Promise<Encoding> {
        return new Encoding(first, await supportedConfig(first, options), options);
    }

    async add(picture: Picture, timestamp: number, end: number): Promise<void> {
        const { widthPx, heightPx } = this.#first;
        if (picture.widthPx !== widthPx || picture.heightPx !== heightPx) {
            throw badInput(
                `a picture is ${picture.widthPx} x ${picture.heightPx} pixels`,
                `${widthPx} x ${heightPx}, as the first`,
                'Write pictures of one size'
            );
        }
        const frame = new VideoFrame(rgbx(picture), {
            format: 'RGBX',
            codedWidth: even(widthPx),
            codedHeight: even(heightPx),
            timestamp,
            duration: end - timestamp
        });
        this.#encoder.encode(frame, { keyFrame: this.#added++ % this.#keyEvery === 0 });
        frame.close();
        while (this.#encoder.encodeQueueSize > MOST_WAITING && this.#failure === null) {
            await new Promise((resolve) => this.#encoder.addEventListener('dequeue', resolve, { once: true }));
        }
        this.#check();
    }

    async finish(): Promise<Blob> {
        await this.#encoder.flush().catch((error: unknown) => {
            this.#failure ??= error;
        });
        this.#check();
        return new Blob([this.#file.bytes()], { type: this.#type });
    }

    close(): void {
        if (this.#encoder.state !== 'closed') this.#encoder.close();
    }

    #check(): void {
        if (this.#failure === null) return;
        const what = `the browser's encoder failed: ${this.#failure instanceof Error ? this.#failure.message : this.#failure}`;
        throw new MixreelError('environment', { what, mend: 'Try the other codec, h264 or vp9', cause: this.#failure });
    }
}

function even(side: number): number {
    return side + (side & 1);
}

/** Bytes of R, G, B and one that nobody reads, padded to even sides. */
function rgbx({ widthPx, heightPx, rgb }: Picture): Uint8Array<ArrayBuffer> {
    const [width, height, size] = [even(widthPx), even(heightPx), widthPx * heightPx];
    const out = new Uint8Array(4 * width * height);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const from = Math.min(y, heightPx - 1) * widthPx + Math.min(x, widthPx - 1);
            const to = 4 * (y * width + x);
            for (let c = 0; c < 3; c++) out[to + c] = rgb[c * size + from]!;
        }
    }
    return out;
}

async function supportedConfig({ widthPx, heightPx }: Picture, options: VideoOptions): Promise<VideoEncoderConfig> {
    const [width, height, framerate] = [even(widthPx), even(heightPx), options.framesPerSecond];
    const bitrate = options.bitrateBps ?? Math.max(100_000, Math.round((width * height * framerate) / 4));
    const has = typeof VideoEncoder !== 'undefined';
    for (const [name, codec] of has ? CODECS : []) {
        if (options.codec !== null && options.codec !== name) continue;
        const avc = name === 'h264' ? { avc: { format: 'avc' as const } } : {};
        const config: VideoEncoderConfig = { codec, width, height, framerate, bitrate, ...avc };
        const { supported } = await VideoEncoder.isConfigSupported(config).catch(() => ({ supported: false }));
        if (supported) return config;
    }
    throw new MixreelError('environment', {
        what: has
            ? `the browser cannot encode ${options.codec ?? 'h264 or vp9'} of ${width} x ${height} pixels`
            : 'there is no WebCodecs here',
        expected: 'a browser with VideoEncoder, on a page by https or of localhost',
        mend: 'Take another browser, or "mixreel decode clip.mxr -o clip.mp4" with ffmpeg'
    });
}

/** The options; those of a WebM say VP9. */
function checkedOptions(options: VideoOptions): VideoOptions {
    const { framesPerSecond, bitrateBps, codec, container } = options;
    if (!(framesPerSecond > 0 && framesPerSecond <= 240)) {
        throw badInput(`framesPerSecond is ${framesPerSecond}`, 'above 0 to 240', 'Take 30');
    }
    if (bitrateBps !== null && !(bitrateBps >= 10_000 && bitrateBps <= 1e9)) {
        throw badInput(`bitrateBps is ${bitrateBps}`, '10000 to 1e9, or null', 'Leave it out');
    }
    if (container !== 'mp4' && container !== 'webm') {
        throw badInput(`container is ${container}`, 'mp4 or webm', 'Take mp4');
    }
    if (container === 'mp4') return options;
    if (codec === 'h264') throw badInput('codec is h264 for a WebM', 'vp9 or null', 'Take container mp4 for H.264');
    return { ...options, codec: 'vp9' };
}
