/** The codec in the browser: what Node encoded is decoded here, the other way round, and a picture both ways for the visual suite. */
import { decodeMxr, encodeMxr, type Picture, TextureGenerator } from '@mixreel/codec';
import { encodeVideo, mxrPictures } from '@mixreel/codec/video';
import { interleaved } from '../../src/interleaved.ts';
import { movingPicture } from '../../src/moving-picture.ts';
import { fromBase64, offer, type Plain, toBase64 } from '../../src/page-api.ts';
import { decodedHash } from '../../src/random-streams.ts';

/** What the browser's own player shows of a film at a time, as planar RGB. */
async function shown(film: Blob, seconds: number, { widthPx, heightPx }: Picture): Promise<Uint8Array> {
    const video = document.createElement('video');
    video.src = URL.createObjectURL(film);
    await new Promise((resolve, reject) => {
        video.onloadeddata = resolve;
        video.onerror = () => reject(new Error(`the film cannot be played: ${video.error?.message}`));
    });
    const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    video.currentTime = seconds;
    await seeked;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext('2d')!;
    const drawn = (): ImageData => {
        context.drawImage(video, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height);
    };
    // On a busy machine a player has sought before it has a picture to draw: nothing is drawn then, not even black.
    let image = drawn();
    for (let tries = 0; image.data[3] === 0 && tries < 300; tries++) {
        await new Promise(requestAnimationFrame);
        image = drawn();
    }
    const { data, width } = image;
    URL.revokeObjectURL(video.src);
    const size = widthPx * heightPx;
    return Uint8Array.from({ length: 3 * size }, (_, i) => {
        const pixel = i % size;
        return data[4 * (Math.floor(pixel / widthPx) * width + (pixel % widthPx)) + Math.floor(i / size)]!;
    });
}

offer(async () => ({
    async film(argument) {
        const { file, codec, container } = argument as {
            file: string;
            codec: 'h264' | 'vp9';
            container: 'mp4' | 'webm';
        };
        const pictures = [...mxrPictures(fromBase64(file))];
        const film = await encodeVideo(pictures, { framesPerSecond: 10, codec, container, bitrateBps: 4_000_000 });
        const apart = [];
        for (const [i, picture] of pictures.entries()) {
            const seen = await shown(film, (i + 0.5) / 10, picture);
            // From each of the pictures, mean levels.
            apart.push(
                pictures.map(({ rgb }) => seen.reduce((sum, code, k) => sum + Math.abs(code - rgb[k]!), 0) / rgb.length)
            );
        }
        return { type: film.type, bytes: toBase64(new Uint8Array(await film.arrayBuffer())), apart };
    },
    async decode(argument) {
        const { frames, damage } = decodeMxr(fromBase64(argument as string));
        return {
            damage: JSON.parse(JSON.stringify(damage)) as Plain,
            frames: frames.map(({ frame, exact, concealedShare, corruptUnits }) => ({
                color: toBase64(frame.layer('color')),
                exact,
                concealedShare,
                corruptUnits
            }))
        };
    },
    async paint(argument) {
        const { weights, file } = argument as { weights: string; file: string };
        const generator = new TextureGenerator(fromBase64(weights), 40);
        return decodeMxr(fromBase64(file), { generator }).frames.map(({ picture }) => toBase64(picture.rgb));
    },
    hashes: async (argument) => (argument as readonly string[]).map((file) => decodedHash(fromBase64(file))),
    encode: async (argument) => toBase64(encodeMxr(movingPicture(argument as number)))
}));

Object.assign(window, {
    app: {
        /** The last picture of a film that was encoded and decoded here. */
        decoded() {
            const { frame } = decodeMxr(encodeMxr(movingPicture(3))).frames.at(-1)!;
            return interleaved(frame, 'color', (x) => x);
        }
    }
});
