/**
 * Streams of random pictures, sizes, layers and options, so that every syntax element of the format is read at odds that no single clip has; and
 * what a stream is decoded to, as a hash, wherever that is.
 */
import {
    decodeKeypointVideo,
    decodeMxr,
    encodeKeypointVideo,
    encodeMxr,
    FrameDecoder,
    inspectMxr,
    PART_POINTS,
    type Picture,
    readMxr,
    STRUCTURES
} from '@mixreel/codec';
import { learnedConcept } from '@mixreel/codec/learned';
import { Rng, type RngStream, sha256 } from '@mixreel/core';
import { Frame } from '@mixreel/image';

/** What codes and draws every twentieth stream; every twentieth is a shared scene, and every twentieth a person of points. */
const model = learnedConcept();

/** What both ends hold of a shared scene of this size: a wall with a box before it, seen by a camera with perspective. */
function guideOf({ widthPx, heightPx }: Pick<Picture, 'widthPx' | 'heightPx'>): Frame {
    const size = widthPx * heightPx;
    const inBox = (i: number): boolean => i % widthPx > 0.4 * widthPx && i > size / 3;
    const pixels = (value: (i: number) => number): Float32Array =>
        Float32Array.from({ length: size }, (_, i) => value(i));
    const [none, albedo] = [pixels(() => 0), pixels((i) => 0.2 + 0.6 * ((i * 7) % 11) * 0.09)];
    const planes = (parts: readonly Float32Array[]): Float32Array => {
        const whole = new Float32Array(3 * size);
        for (const [c, part] of parts.entries()) whole.set(part, c * size);
        return whole;
    };
    const layers = {
        albedo: planes([albedo, albedo, none]),
        normal: planes([pixels((i) => (inBox(i) ? 0.6 : 0)), none, pixels((i) => (inBox(i) ? 0.8 : 1))]),
        depth: pixels((i) => (inBox(i) ? 1.8 : 2)),
        instance: pixels((i) => (inBox(i) ? 2 : 1))
    };
    const projection = [1.3, 0, 0, 0, 0, 1.3, 0, 0, 0, 0, -1, -1, 0, 0, -0.1, 0];
    const view = { eye: 'mono', position: [0, 0, 0], rotation: [0, 0.6, 0, 0.8], projection } as const;
    return new Frame({ widthPx, heightPx, layers, view });
}

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
    const sharedScene = index % 20 === 11;
    const guide = guideOf({ widthPx, heightPx });
    const held = sharedScene ? Object.fromEntries(guide.layers) : {};
    const frames = [0, 1].map(
        (time) => new Frame({ widthPx, heightPx, layers: { ...layers(time), ...held }, view: guide.view, timeNs: time })
    );
    const options = {
        quality: 100 * random.float(),
        unitBytes: 200 + random.integer(600),
        textBytes: 150,
        grain: index % 6 === 0 && index % 20 !== 6 && index % 10 < 8,
        structure: STRUCTURES[(index % 7) % STRUCTURES.length]!,
        sharedScene,
        fixedLength: index % 10 === 9,
        concept: index % 20 === 6 ? model : null,
        text: index % 10 === 8 ? ('alone' as const) : index % 10 === 7 ? ('beside' as const) : ('none' as const)
    };
    const file = index % 20 === 12 ? moving(frames[0]!, random) : encodeMxr(frames, options);
    if (index % 4 === 3) {
        for (let k = 0; k < 3; k++) {
            const at = (file.length >> 1) + random.integer(file.length >> 2);
            file[at] = file[at]! ^ (1 << random.integer(8));
        }
    }
    return file;
}

/** Points of a person at random, over one key picture. */
function moving(key: Frame, random: RngStream): Uint8Array {
    const { widthPx, heightPx, view } = key;
    const opaque = new Frame({ widthPx, heightPx, layers: { color: key.layer('color') }, view });
    const point = (): [number, number] => [random.float() * widthPx, random.float() * heightPx];
    const tracks = Array.from({ length: 3 }, () =>
        Array.from({ length: PART_POINTS.body }, () => (random.float() < 0.1 ? null : point()))
    );
    return encodeKeypointVideo(
        Array.from(tracks, () => opaque),
        tracks,
        { steps: 64, refreshLevels: 255 }
    );
}

/** A stream's pictures in order, and whether each is exact. */
function* shownOf(file: Uint8Array): Generator<{ picture: Picture; exact: boolean }> {
    const { layerBytes } = inspectMxr(file);
    if (layerBytes.keypoints > 0) {
        for (const { picture } of decodeKeypointVideo(file)) yield { picture, exact: true };
    } else if (layerBytes.light > 0) {
        const decoder = new FrameDecoder();
        for (const { units } of readMxr(file).frames) {
            // How large it is, before the guide is made: by what is shown without one.
            const guide = guideOf(new FrameDecoder().decodeUnits(units).picture);
            yield decoder.decodeUnits(units, { guide });
        }
    } else {
        // Concepts tell themselves; texts are left to the painter.
        yield* decodeMxr(file, { concept: layerBytes.concept > 0 ? model : null }).frames;
    }
}

/** Hash of the pictures that a stream is decoded to, and which of them are exact. */
export function decodedHash(file: Uint8Array): string {
    const parts = [...shownOf(file)].flatMap(({ picture, exact }) => [
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
