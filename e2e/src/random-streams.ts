/**
 * Streams of random pictures, sizes, layers and options, so that every syntax element of the format is read at odds that no single clip has; and
 * what a stream is decoded to, as a hash, wherever that is.
 */
import { decodeMxr, encodeMxr, inspectMxr } from '@mixreel/codec';
import { learnedConcept } from '@mixreel/codec/learned';
import { Rng, sha256 } from '@mixreel/core';
import { Frame } from '@mixreel/image';

/** What codes and draws every twentieth stream. */
const model = learnedConcept();

/** Stream number `index`: two frames of up to 20 x 20 pixels, every eighth of up to 70 x 70; every fourth has some bytes of its second half changed. */
export function randomStream(index: number): Uint8Array {
    const random = Rng.create(3).stream('stream', index);
    // A few are of several coding tree units.
    const most = index % 8 === 0 ? 70 : 20;
    const [widthPx, heightPx] = [1 + random.integer(most), 1 + random.integer(most)];
    const size = widthPx * heightPx;
    const grain = random.float();
    const layers = (time: number): Record<string, Float32Array> => ({
        color: Float32Array.from({ length: 3 * size }, (_, i) => {
            const smooth = 0.5 + 0.5 * Math.sign(((i % widthPx) + 3 * time) % 16 < 8 ? -0.5 : 0.3);
            return Math.max(0, Math.min(1, smooth + grain * (random.float() - 0.5)));
        }),
        ...(index % 3 === 0 ? { alpha: Float32Array.from({ length: size }, () => random.float()) } : {}),
        ...(index % 5 === 0 ? { instance: Float32Array.from({ length: size }, (_, i) => (i % widthPx) >> 4) } : {})
    });
    const frames = [0, 1].map((time) => new Frame({ widthPx, heightPx, layers: layers(time), timeNs: time }));
    const file = encodeMxr(frames, {
        quality: 100 * random.float(),
        unitBytes: 200 + random.integer(600),
        textBytes: 150,
        grain: index % 6 === 0,
        structure: index % 7 === 0 ? 'none' : 'auto',
        fixedLength: index % 10 === 9,
        concept: index % 20 === 6 ? model : null,
        text: index % 10 === 8 ? 'alone' : index % 10 === 7 ? 'beside' : 'none'
    });
    if (index % 4 === 3) {
        for (let k = 0; k < 3; k++) {
            const at = (file.length >> 1) + random.integer(file.length >> 2);
            file[at] = file[at]! ^ (1 << random.integer(8));
        }
    }
    return file;
}

/** Hash of the pictures that a stream is decoded to, and which of them are exact. */
export function decodedHash(file: Uint8Array): string {
    // Its tokens tell themselves; texts are left to the painter.
    const concept = inspectMxr(file).layerBytes.concept > 0 ? model : null;
    const { frames } = decodeMxr(file, { concept });
    const parts = frames.flatMap(({ picture, exact }) => [
        picture.rgb,
        picture.alpha ?? new Uint8Array(0),
        Uint8Array.of(exact ? 1 : 0)
    ]);
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return Array.from(sha256(whole), (word) => word.toString(16).padStart(8, '0')).join('');
}
