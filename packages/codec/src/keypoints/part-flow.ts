/**
 * A picture of a person in another pose: every bone of the skeleton takes what lies around it along (a similarity: the one that maps the bone now
 * to the bone in the key picture), the room stays, and where the body was and is no more the room behind it is shown, as far as any key picture has
 * shown it, else filled in from around.
 *
 * After the first-order motion of keypoint codecs (Siarohin et al. 2019) with hand-made weights: a bone's say falls with the fourth power of the
 * distance from it. IEEE + - * / and square roots only: every machine warps the same. Cost: about 10 ns a pixel and bone.
 */
import { badInput } from '@mixreel/core';
import type { Picture } from '../picture.ts';
import type { Keypoint, Keypoints } from './keypoint-coder.ts';

/** Joined points, by number; and the group of bones whose middle length says how far each of them reaches, 0 if left out. */
export type Skeleton = readonly (readonly [a: number, b: number, group?: number])[];

/** The 17 points of MoveNet and COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles. */
export const BODY_SKELETON: Skeleton = Object.freeze([
    [3, 4],
    [5, 6],
    [5, 7],
    [7, 9],
    [6, 8],
    [8, 10],
    [5, 11],
    [6, 12],
    [11, 12],
    [11, 13],
    [13, 15],
    [12, 14],
    [14, 16]
] as const);

/** Half width of what a bone carries, shares of the median bone length of its group, at least pixels. */
const REACH = 0.55;
const LEAST_REACH_PX = 3;
/** How far past its outer joint a bone reaches: hands, head; shares of its length. */
const OVERHANG = 0.45;
/** Say of the room, against 1 of a bone at no distance. */
const ROOM = 0.02;
/** From this share on a pixel is taken to be the body's. */
const BODY = 0.5;
/** Bones are stretched by at most this, either way. */
const LARGEST_STRETCH = 2;

/** A bone now, where it came from, and the map between. */
interface Bone {
    readonly ax: number;
    readonly ay: number;
    readonly dx: number;
    readonly dy: number;
    readonly lengthSquared: number;
    /** Complex factor from now to the key picture, and where the first joint was. */
    readonly re: number;
    readonly im: number;
    readonly fromX: number;
    readonly fromY: number;
    /** Half width of what it carries, pixels. */
    readonly reach: number;
}

/** The room behind people, gathered from key pictures. */
export class RoomMemory {
    readonly #rgb: Uint8Array;
    readonly #known: Uint8Array;
    readonly #skeleton: Skeleton;
    #filled: Uint8Array | null = null;

    constructor(picture: Picture, skeleton: Skeleton) {
        this.#rgb = new Uint8Array(picture.rgb.length);
        this.#known = new Uint8Array(picture.rgb.length / 3);
        this.#skeleton = skeleton;
    }

    /** Takes in what a key picture shows beside the body. */
    learn(picture: Picture, points: Keypoints): void {
        const bones = bonesOf(points, points, this.#skeleton);
        const size = this.#known.length;
        for (let i = 0; i < size; i++) {
            const x = i % picture.widthPx;
            if (bodyShare(bones, x, Math.floor(i / picture.widthPx)) > 0.1) continue;
            for (let c = 0; c < 3; c++) this.#rgb[c * size + i] = picture.rgb[c * size + i]!;
            this.#known[i] = 1;
        }
        this.#filled = null;
    }

    /** The room; where it was never seen, the mean of what is known left, right, above and below, weighted by nearness. */
    rgb(widthPx: number): Uint8Array {
        this.#filled ??= this.#fill(widthPx);
        return this.#filled;
    }

    #fill(widthPx: number): Uint8Array {
        const size = this.#known.length;
        const filled = this.#rgb.slice();
        const sums = new Float64Array(3 * size);
        const weights = new Float64Array(size);
        const heightPx = size / widthPx;
        const sweep = (start: number, step: number, count: number): void => {
            let last = -1;
            for (let k = 0, i = start; k < count; k++, i += step) {
                if (this.#known[i]) last = k;
                else if (last >= 0) {
                    const weight = 1 / (k - last);
                    weights[i]! += weight;
                    const from = start + last * step;
                    for (let c = 0; c < 3; c++) sums[c * size + i]! += weight * this.#rgb[c * size + from]!;
                }
            }
        };
        for (let y = 0; y < heightPx; y++) {
            sweep(y * widthPx, 1, widthPx);
            sweep((y + 1) * widthPx - 1, -1, widthPx);
        }
        for (let x = 0; x < widthPx; x++) {
            sweep(x, widthPx, heightPx);
            sweep(size - widthPx + x, -widthPx, heightPx);
        }
        for (let i = 0; i < size; i++) {
            if (this.#known[i] || weights[i] === 0) continue;
            for (let c = 0; c < 3; c++) filled[c * size + i] = Math.round(sums[c * size + i]! / weights[i]!);
        }
        return filled;
    }
}

/**
 * The key picture in a new pose.
 *
 * @param key - The picture and its points.
 * @param points - Where they are now.
 */
export function warpPose(
    key: { readonly picture: Picture; readonly points: Keypoints },
    points: Keypoints,
    skeleton: Skeleton,
    room: RoomMemory
): Picture {
    const { widthPx, heightPx, rgb } = key.picture;
    if (points.length !== key.points.length) {
        throw badInput(`a frame has ${points.length} points`, `${key.points.length}`, 'Give every frame as many');
    }
    const bones = bonesOf(points, key.points, skeleton);
    const still = bonesOf(key.points, key.points, skeleton);
    const behind = room.rgb(widthPx);
    const size = widthPx * heightPx;
    const out = new Uint8Array(3 * size);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            let [sumX, sumY, sum, most] = [0, 0, ROOM, 0];
            for (const bone of bones) {
                const weight = weightOf(bone, x, y);
                if (weight > most) most = weight;
                if (weight < 1e-4) continue;
                const [u, v] = [x - bone.ax, y - bone.ay];
                sumX += weight * (bone.fromX + u * bone.re - v * bone.im - x);
                sumY += weight * (bone.fromY + u * bone.im + v * bone.re - y);
                sum += weight;
            }
            const [fromX, fromY] = [x + sumX / sum, y + sumY / sum];
            // Of the body now, and taken from where the body was: the key. Else the room, which moves with nothing.
            const here = most / (most + ROOM);
            const was = bodyShare(still, x, y);
            const body = here > BODY ? 1 : was > 0.1 ? here / BODY : 1;
            for (let c = 0; c < 3; c++) {
                const warped =
                    here > 0.05 ? sample(rgb, c * size, widthPx, heightPx, fromX, fromY) : rgb[c * size + i]!;
                out[c * size + i] = Math.floor(body * warped + (1 - body) * behind[c * size + i]! + 0.5);
            }
        }
    }
    return { widthPx, heightPx, rgb: out, alpha: null };
}

function bonesOf(now: Keypoints, key: Keypoints, skeleton: Skeleton): Bone[] {
    const bones: Bone[] = [];
    const groups: number[] = [];
    for (const [a, b, group = 0] of skeleton) {
        const [p, q, r, s]: Keypoint[] = [now[a] ?? null, now[b] ?? null, key[a] ?? null, key[b] ?? null];
        if (!p || !q || !r || !s) continue;
        const [dx, dy, ex, ey] = [q[0] - p[0], q[1] - p[1], s[0] - r[0], s[1] - r[1]];
        const lengthSquared = dx * dx + dy * dy;
        if (lengthSquared < 1) continue;
        let [re, im] = [(ex * dx + ey * dy) / lengthSquared, (ey * dx - ex * dy) / lengthSquared];
        const stretch = Math.sqrt(re * re + im * im);
        if (stretch < 1e-6) continue;
        // A bone that is seen end-on stretches without bound.
        const limited = Math.max(1 / LARGEST_STRETCH, Math.min(LARGEST_STRETCH, stretch)) / stretch;
        re *= limited;
        im *= limited;
        bones.push({ ax: p[0], ay: p[1], dx, dy, lengthSquared, re, im, fromX: r[0], fromY: r[1], reach: 0 });
        groups.push(group);
    }
    return bones.map((bone, i) => ({ ...bone, reach: reachOf(bones.filter((_, j) => groups[j] === groups[i])) }));
}

function reachOf(bones: readonly Bone[]): number {
    const lengths = bones.map((bone) => Math.sqrt(bone.lengthSquared)).sort((a, b) => a - b);
    return Math.max(LEAST_REACH_PX, REACH * (lengths[lengths.length >> 1] ?? 0));
}

/** 1 on the bone, 1/16 at its reach. */
function weightOf(bone: Bone, x: number, y: number): number {
    const [u, v] = [x - bone.ax, y - bone.ay];
    const t = Math.max(0, Math.min(1 + OVERHANG, (u * bone.dx + v * bone.dy) / bone.lengthSquared));
    const [ex, ey] = [u - t * bone.dx, v - t * bone.dy];
    const near = 1 + (ex * ex + ey * ey) / (bone.reach * bone.reach);
    const squared = near * near;
    return 1 / (squared * squared);
}

function bodyShare(bones: readonly Bone[], x: number, y: number): number {
    let most = 0;
    for (const bone of bones) most = Math.max(most, weightOf(bone, x, y));
    return most / (most + ROOM);
}

/** Bilinear, edges repeated. */
function sample(rgb: Uint8Array, plane: number, widthPx: number, heightPx: number, x: number, y: number): number {
    const cx = Math.max(0, Math.min(widthPx - 1, x));
    const cy = Math.max(0, Math.min(heightPx - 1, y));
    const [left, top] = [Math.floor(cx), Math.floor(cy)];
    const [right, bottom] = [Math.min(widthPx - 1, left + 1), Math.min(heightPx - 1, top + 1)];
    const [u, v] = [cx - left, cy - top];
    const upper = rgb[plane + top * widthPx + left]! * (1 - u) + rgb[plane + top * widthPx + right]! * u;
    const lower = rgb[plane + bottom * widthPx + left]! * (1 - u) + rgb[plane + bottom * widthPx + right]! * u;
    return upper * (1 - v) + lower * v;
}
