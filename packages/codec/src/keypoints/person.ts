/**
 * The points of a person as the codec's own skeleton has them, part after part: body (17, the order of COCO and MoveNet), hands (21 each, the order of
 * MediaPipe; the person's left hand first), face (20 of MediaPipe's mesh). The bones of a part have a reach of their own, so that fingers do not shrink
 * what an arm carries. Which parts a file has is said in its metadata.
 */
import { badInput } from '@mixreel/core';
import { BODY_SKELETON, type Skeleton } from './part-flow.ts';

/** What can be analysed and sent of a person. */
export type PersonPart = 'body' | 'hands' | 'face';

/** In the order in which their points stand. */
export const PERSON_PARTS: readonly PersonPart[] = Object.freeze(['body', 'hands', 'face']);

/** Points of each part. */
export const PART_POINTS: Readonly<Record<PersonPart, number>> = Object.freeze({ body: 17, hands: 42, face: 20 });

/** Wrist, then four joints each of thumb, fore, middle, ring and little finger. */
const HAND: readonly (readonly [number, number])[] = [
    ...[0, 4, 8, 12, 16].flatMap((finger) => [1, 2, 3].map((i) => [finger + i, finger + i + 1] as const)),
    ...[1, 5, 9, 13, 17].map((knuckle) => [0, knuckle] as const)
];

/**
 * Numbers in MediaPipe's mesh of 468: brows (right, left), eyes (outer corner, upper lid, inner corner, lower lid; right, left), tip of the nose, mouth
 * (right corner, upper lip, left corner, lower lip), chin.
 */
export const FACE_MESH_POINTS: readonly number[] = Object.freeze([
    70, 105, 107, 336, 334, 300, 33, 159, 133, 145, 263, 386, 362, 374, 1, 61, 13, 291, 14, 152
]);

const FACE: readonly (readonly [number, number])[] = [
    [0, 2],
    [3, 5],
    [6, 8],
    [10, 12],
    [8, 14],
    [12, 14],
    [15, 17],
    [16, 18],
    [14, 19]
];

/** Bones of the parts, joined as the points of {@link PERSON_PARTS} stand in a track. */
export function personSkeleton(parts: readonly PersonPart[]): Skeleton {
    const present = checkedParts(parts);
    const at = (part: PersonPart): number =>
        present.slice(0, present.indexOf(part)).reduce((sum, one) => sum + PART_POINTS[one], 0);
    return present.flatMap((part): Skeleton => {
        const first = at(part);
        const shift = (bones: Skeleton, by: number, group: number): Skeleton =>
            bones.map(([a, b]) => [a + first + by, b + first + by, group] as const);
        if (part === 'body') return shift(BODY_SKELETON, 0, 0);
        return part === 'face' ? shift(FACE, 0, 3) : [...shift(HAND, 0, 1), ...shift(HAND, 21, 2)];
    });
}

/** The parts in their order. */
export function checkedParts(parts: readonly PersonPart[]): readonly PersonPart[] {
    const unknown = parts.find((part) => !PERSON_PARTS.includes(part));
    if (unknown === undefined && parts.length > 0) return PERSON_PARTS.filter((part) => parts.includes(part));
    throw badInput(
        unknown === undefined ? 'no part of the person is named' : `"${unknown}" is no part of a person`,
        PERSON_PARTS.join(', '),
        "Take ['body']"
    );
}
