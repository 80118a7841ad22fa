/**
 * Things in a photograph: boxes of COCO's 80 classes by CenterNet (0.9 s a picture of one core). Rendered frames need none of it: their instance and semantic
 * layers say what is where to the pixel, and `readObjects` reads that back from a bitstream.
 */
import { badInput } from '@mixreel/core';
import type { Picture } from '../picture.ts';
import { cropOf, placeIn, wholeRegion } from './crop.ts';
import { MODEL_INPUTS, type Models } from './models.ts';

/** COCO's classes by number. */
export const OBJECT_NAMES: readonly string[] = Object.freeze(
    `person|bicycle|car|motorcycle|airplane|bus|train|truck|boat|traffic light|fire hydrant|stop sign|parking meter|bench|bird|cat|dog|horse|sheep|cow|elephant|
bear|zebra|giraffe|backpack|umbrella|handbag|tie|suitcase|frisbee|skis|snowboard|sports ball|kite|baseball bat|baseball glove|skateboard|surfboard|tennis racket|
bottle|wine glass|cup|fork|knife|spoon|bowl|banana|apple|sandwich|orange|broccoli|carrot|hot dog|pizza|donut|cake|chair|couch|potted plant|bed|dining table|
toilet|tv|laptop|mouse|remote|keyboard|cell phone|microwave|oven|toaster|sink|refrigerator|book|clock|vase|scissors|teddy bear|hair drier|toothbrush`
        .replaceAll('\n', '')
        .split('|')
);

/** One thing. */
export interface FoundObject {
    /** Of {@link OBJECT_NAMES}. */
    readonly name: string;
    /** 0 to 1. */
    readonly score: number;
    /** Pixels: left, top, right, bottom. */
    readonly box: readonly [number, number, number, number];
}

/** An opened analysis. */
export interface ObjectAnalysis {
    /** What is seen, surest first. */
    objectsOf(picture: Picture): Promise<FoundObject[]>;
    dispose(): void;
}

/** Boxes of one class that share more than this of their union are the same thing. */
const SAME_THING = 0.5;

/**
 * @param models - See `openPersonAnalysis`.
 * @param leastScore - 0 to 1.
 * @throws MixreelError `environment` if the packages or models are not there.
 */
export async function openObjectAnalysis(models: Models, leastScore: number = 0.3): Promise<ObjectAnalysis> {
    if (!(leastScore >= 0 && leastScore <= 1)) throw badInput(`leastScore is ${leastScore}`, '0 to 1', 'Take 0.3');
    const network = await models.open('centernet');
    return {
        async objectsOf(picture) {
            const region = wholeRegion(picture);
            const { sidePx, white } = MODEL_INPUTS.centernet;
            const out = await network.run(cropOf(picture, region, sidePx, white));
            const rows = out.get('tower_0/detections') ?? new Float32Array(0);
            const found: FoundObject[] = [];
            for (let at = 0; at + 6 <= rows.length; at += 6) {
                const [left = 0, top = 0, right = 0, bottom = 0, score = 0, kind = -1] = rows.subarray(at, at + 6);
                const name = OBJECT_NAMES[kind];
                if (name === undefined || !(score >= leastScore)) continue;
                const [l, t] = placeIn(region, left / sidePx, top / sidePx);
                const [r, b] = placeIn(region, right / sidePx, bottom / sidePx);
                const { widthPx, heightPx } = picture;
                const box = [clamp(l, widthPx), clamp(t, heightPx), clamp(r, widthPx), clamp(b, heightPx)] as const;
                found.push({ name, score, box });
            }
            return withoutTwins(found.sort((p, q) => q.score - p.score));
        },
        dispose: () => network.dispose()
    };
}

function clamp(value: number, most: number): number {
    return Math.max(0, Math.min(most, value));
}

function withoutTwins(sorted: readonly FoundObject[]): FoundObject[] {
    const kept: FoundObject[] = [];
    for (const one of sorted) {
        if (!kept.some((other) => other.name === one.name && overlap(other.box, one.box) > SAME_THING)) kept.push(one);
    }
    return kept;
}

/** Share of the union that both have. */
function overlap(a: FoundObject['box'], b: FoundObject['box']): number {
    const shared =
        Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) *
        Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
    const area = ([left, top, right, bottom]: FoundObject['box']): number => (right - left) * (bottom - top);
    return shared / Math.max(1e-9, area(a) + area(b) - shared);
}
