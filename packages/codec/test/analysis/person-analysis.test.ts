import { IDENTITY_VIEW } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { openObjectAnalysis, openPersonAnalysis, type PersonAnalysisOptions } from '../../src/analysis/index.ts';
import {
    decodeKeypointVideo,
    encodeKeypointVideo,
    frameFromPicture,
    PART_POINTS,
    type PersonPart,
    type Picture,
    personSkeleton,
    readMxr
} from '../../src/index.ts';
import { fakeModels, farthest, markedPicture } from '../helpers/fake-models.ts';

type Point = readonly [number, number];

/** COCO's 17 points of someone who stands at (x, y), `size` from shoulder to shoulder. */
function bodyAt(x: number, y: number, size: number): Point[] {
    const places = [
        [0, -0.9],
        [0.2, -1.1],
        [-0.2, -1.1],
        [0.42, -1],
        [-0.42, -1],
        [0.5, 0],
        [-0.5, 0],
        [0.8, 0.6],
        [-0.8, 0.6],
        [0.9, 1.3],
        [-0.9, 1.3],
        [0.35, 1.5],
        [-0.35, 1.5],
        [0.36, 2.3],
        [-0.36, 2.3],
        [0.38, 3.1],
        [-0.38, 3.1]
    ] as const;
    return places.map(([u, v]) => [x + size * u, y + size * v]);
}

/** 21 points of a hand at its wrist, fingers along the angle (0: up, clockwise). */
function handAt([x, y]: Point, lengthPx: number, angle: number): Point[] {
    const own: Point[] = [[0, 0]];
    for (let finger = 0; finger < 5; finger++) {
        for (let joint = 1; joint <= 4; joint++) own.push([0.28 * (finger - 2), -0.1 - 0.22 * joint]);
    }
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return own.map(([u, v]) => [x + lengthPx * (u * cos - v * sin), y + lengthPx * (u * sin + v * cos)]);
}

/** A body seen in half the picture's resolution shows under its hands. */
const HANDS = { body: 7, left: 1.5, right: 1.5 };

const still: Partial<PersonAnalysisOptions> = { smoothing: 0, holdFrames: 0 };

describe('the analysis of a person', () => {
    it.each(['movenet-lightning', 'movenet-thunder', 'blazepose-lite'] as const)(
        'gives the 17 points of the body to a pixel, in pictures of any shape, by %s',
        async (body) => {
            for (const [widthPx, heightPx] of [
                [200, 200],
                [240, 180],
                [170, 230]
            ] as const) {
                const analysis = await openPersonAnalysis(fakeModels(), { ...still, body });
                const points: (Point | null)[] = bodyAt(widthPx / 2, 60, 30);
                points[9] = null;
                const found = await analysis.keypointsOf(markedPicture(widthPx, heightPx, { body: points }));
                // Blobs of 5 pixels, seen through pixels of up to 1.25.
                expect(farthest(found, points)).toBeLessThan(1);
                analysis.dispose();
            }
        }
    );

    it('follows a body, closer than at first sight, and finds it again elsewhere', async () => {
        const analysis = await openPersonAnalysis(fakeModels(), still);
        const show = (x: number, size: number) => {
            const points = bodyAt(x, 120, size);
            return { points, picture: markedPicture(480, 480, { body: points }, { body: 4 }) };
        };
        for (const x of [200, 206, 212, 330]) {
            const { points, picture } = show(x, 50);
            const first = await analysis.keypointsOf(picture);
            // Far from where it was: lost once, then the whole picture is searched.
            const found = farthest(first, points) < 2 ? first : await analysis.keypointsOf(picture);
            expect(farthest(found, points)).toBeLessThan(2);
        }
    });

    it('gives both hands, left before right, however they are turned, and only those that are there', async () => {
        const analysis = await openPersonAnalysis(fakeModels(), { ...still, parts: ['hands'] });
        expect(analysis.parts).toEqual(['hands']);
        for (const turn of [0, 0.4, 0.8]) {
            const body = bodyAt(200, 110, 90);
            const left = handAt(body[9]!, 40, Math.PI - 0.1 - turn);
            const right = handAt(body[10]!, 40, Math.PI + 0.1 + turn);
            const found = await analysis.keypointsOf(markedPicture(400, 400, { body, left, right }, HANDS));
            expect(found.length).toBe(PART_POINTS.hands);
            // A crop's pixel is a third of the picture's, blobs have 3.
            expect(farthest(found, [...left, ...right])).toBeLessThan(1);
        }
        const body = bodyAt(200, 110, 90);
        const right = handAt(body[10]!, 40, Math.PI);
        const one = await analysis.keypointsOf(markedPicture(400, 400, { body, right }, HANDS));
        expect(farthest(one, [...new Array<null>(21).fill(null), ...right])).toBeLessThan(1);
    });

    it('does not take one hand for two', async () => {
        const analysis = await openPersonAnalysis(fakeModels(), { ...still, parts: ['hands'] });
        const body = bodyAt(200, 110, 90);
        // Wrists together: both forearms end at the same hand.
        body[9] = [198, 200];
        body[10] = [202, 200];
        const left = handAt([200, 200], 30, Math.PI);
        const found = await analysis.keypointsOf(markedPicture(400, 400, { body, left }, HANDS));
        expect(found.filter((point) => point !== null).length).toBe(21);
    });

    it('gives a face that is turned with the head', async () => {
        const analysis = await openPersonAnalysis(fakeModels(), { ...still, parts: ['face'] });
        const body = bodyAt(160, 150, 80);
        const nose = body[0]!;
        // The left eye lower by as much as it is away: the head leans by 45 degrees.
        body[1] = [nose[0] + 16, nose[1] + 8];
        body[2] = [nose[0] - 16, nose[1] - 24];
        const found = await analysis.keypointsOf(markedPicture(320, 320, { body, face: [nose] }, { body: 4 }));
        expect(found.length).toBe(PART_POINTS.face);
        expect(farthest(found.slice(14, 15), [nose])).toBeLessThan(1);
        // In the mesh point 263 is far below 33 and a little to its left; turned by 45 degrees it is farther left than below.
        const [upper, lower] = [found[6]!, found[10]!];
        expect(upper[0] - lower[0]).toBeGreaterThan(lower[1] - upper[1]);
        expect(lower[1]).toBeGreaterThan(upper[1]);
        const nobody = await analysis.keypointsOf(markedPicture(320, 320, {}));
        expect(nobody.every((point) => point === null)).toBe(true);
    });

    it('smooths what jitters, holds what is missed for two frames, and then lets go', async () => {
        const analysis = await openPersonAnalysis(fakeModels());
        const at = async (x: number | null) =>
            (await analysis.keypointsOf(markedPicture(200, 200, x === null ? {} : { body: bodyAt(x, 60, 30) })))[0]!;
        const first = await at(100);
        const second = await at(104);
        // Half way, less what the second look is off.
        expect(second[0] - first[0]).toBeGreaterThan(1.4);
        expect(second[0] - first[0]).toBeLessThan(2.6);
        expect(await at(null)).toEqual(second);
        expect(await at(null)).toEqual(second);
        expect(await at(null)).toBeNull();
        const back = await at(120);
        expect(Math.abs(back[0] - 120)).toBeLessThan(1);
        analysis.reset();
        expect(Math.abs((await at(100))[0] - 100)).toBeLessThan(1);
    });

    it('loads no network but those of the parts, and frees them all, also when one is missing', async () => {
        const models = fakeModels();
        const analysis = await openPersonAnalysis(models, { parts: ['face', 'body'] });
        expect(models.opened).toEqual(['movenet-lightning', 'facemesh']);
        expect(analysis.parts).toEqual(['body', 'face']);
        analysis.dispose();
        expect(models.closed).toEqual(models.opened);
        await expect(analysis.keypointsOf(markedPicture(8, 8, {}))).rejects.toThrow(/disposed of.*Open another/);
        const torn = fakeModels();
        const broken = {
            open: (name: Parameters<typeof torn.open>[0]) =>
                name === 'facemesh' ? Promise.reject(new Error('no file')) : torn.open(name)
        };
        await expect(openPersonAnalysis(broken, { parts: ['body', 'face'] })).rejects.toThrow('no file');
        expect(torn.closed).toEqual(torn.opened);
    });

    it('refuses what it cannot do', async () => {
        const open = (options: Partial<PersonAnalysisOptions>) => openPersonAnalysis(fakeModels(), options);
        await expect(open({ parts: [] })).rejects.toThrow(/no part of the person is named/);
        await expect(open({ parts: ['feet' as PersonPart] })).rejects.toThrow(/"feet" is no part.*body, hands, face/);
        await expect(open({ smoothing: 1 })).rejects.toThrow(/smoothing is 1 \(expected 0 to 0.95\)/);
        const analysis = await open({});
        const picture = markedPicture(64, 64, {});
        const first = analysis.keypointsOf(picture);
        await expect(analysis.keypointsOf(picture)).rejects.toThrow(/still being analysed/);
        expect((await first).length).toBe(17);
    });
});

describe('a keypoint video of an analysis', () => {
    const parts: readonly PersonPart[] = ['body', 'hands', 'face'];

    it('says its parts, so that a reader moves hands and face as the writer did', async () => {
        const analysis = await openPersonAnalysis(fakeModels(), { parts });
        expect(analysis.skeleton).toEqual(personSkeleton(parts));
        const pictures = Array.from({ length: 6 }, (_, i) => {
            const body = bodyAt(64, 42, 36);
            const left = handAt(body[9]!, 20, Math.PI - 0.15 * i);
            return markedPicture(128, 128, { body, left, face: [body[0]!] }, { ...HANDS, body: 3, face: 1 });
        });
        const tracks = [];
        for (const picture of pictures) tracks.push(await analysis.keypointsOf(picture));
        expect(tracks[0]!.length).toBe(79);
        expect(tracks.every((track) => track[20] !== null)).toBe(true);
        const frames = pictures.map((picture, i) => frameFromPicture(picture, IDENTITY_VIEW, i * 33_000_000));
        const file = encodeKeypointVideo(frames, tracks, { parts, refreshLevels: 1000, every: 1 });
        expect(readMxr(file).metadata).toEqual({ fps: 30, frames: 6, parts: 'body hands face' });
        const told = [...decodeKeypointVideo(file, { skeleton: personSkeleton(parts) })];
        const untold = [...decodeKeypointVideo(file)];
        const last = (frames: readonly { picture: Picture }[]): Buffer => Buffer.from(frames.at(-1)!.picture.rgb);
        expect(last(untold).equals(last(told))).toBe(true);
        const bodyAlone = [...decodeKeypointVideo(file, { skeleton: personSkeleton(['body']) })];
        expect(last(bodyAlone).equals(last(untold))).toBe(false);
    });

    it('shows the room where nobody is', () => {
        const picture = markedPicture(64, 64, { face: [[20, 30]] });
        const frames = [0, 1, 2].map((i) => frameFromPicture(picture, IDENTITY_VIEW, i * 33_000_000));
        const nobody = frames.map(() => new Array<null>(79).fill(null));
        const shown = [...decodeKeypointVideo(encodeKeypointVideo(frames, nobody, { parts }))];
        expect(shown.length).toBe(3);
        expect(shown[2]!.picture.rgb).toEqual(shown[0]!.picture.rgb);
    });
});

describe('the analysis of things', () => {
    it('gives boxes in the picture, surest first, each thing once', async () => {
        const models = fakeModels();
        const analysis = await openObjectAnalysis(models);
        // 512 pixels of input are 256 of the picture.
        const found = await analysis.objectsOf(
            markedPicture(256, 128, {
                face: [
                    [60.5, 64.5],
                    [200.5, 64.5]
                ]
            })
        );
        expect(found.map(({ name, score }) => [name, Math.round(10 * score) / 10])).toEqual([
            ['person', 0.8],
            ['person', 0.7]
        ]);
        const [left, top, right, bottom] = found[0]!.box;
        for (const [got, true_] of [
            [left, 50.5],
            [top, 44.5],
            [right, 70.5],
            [bottom, 84.5]
        ] as const) {
            expect(Math.abs(got - true_)).toBeLessThan(0.5);
        }
        analysis.dispose();
        expect(models.closed).toEqual(['centernet']);
        await expect(openObjectAnalysis(models, 2)).rejects.toThrow(/leastScore is 2/);
    });
});
