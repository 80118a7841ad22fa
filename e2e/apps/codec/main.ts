/** The codec in the browser: what Node encoded is decoded here, the other way round, and a picture both ways for the visual suite. */
import { decodeMxr, encodeMxr, TextureGenerator } from '@mixreel/codec';
import { interleaved } from '../../src/interleaved.ts';
import { movingPicture } from '../../src/moving-picture.ts';
import { fromBase64, offer, type Plain, toBase64 } from '../../src/page-api.ts';
import { decodedHash } from '../../src/random-streams.ts';

offer(async () => ({
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
