/**
 * From networks to points: where each looks, by what the frame before and the body say, and how its output is read. All points are the picture's own pixels.
 *
 * - Body: MoveNet gives COCO's 17 with scores and looks at the whole picture, or around the body of the frame before. Of BlazePose's 39 points those 17 are
 *   taken; it looks at the upright square around the circle that its points 33 and 34 span (middle of the hips, reach of the whole body, seen or not).
 * - Hands: looked for at the end of each forearm, turned so that fingers point up as the network was trained (MediaPipe's holistic tracker does the same),
 *   then around the hand of the frame before. So there are as many hands as arms: two, each known to be left or right.
 * - Face: around eyes, nose and ears, then around the face of the frame before; 20 of the mesh's 468 points.
 */
import type { Keypoint, Keypoints } from '../keypoints/keypoint-coder.ts';
import { FACE_MESH_POINTS } from '../keypoints/person.ts';
import type { Picture } from '../picture.ts';
import { cropOf, placeIn, type Region, regionAround, wholeRegion } from './crop.ts';
import { MODEL_INPUTS, type ModelName, type Network } from './models.ts';

type Point = readonly [number, number];

/** Numbers of COCO's points. */
const [LEFT_EYE, RIGHT_EYE, LEFT_EAR, RIGHT_EAR, NOSE] = [1, 2, 3, 4, 0];
const [SHOULDERS, ELBOWS, WRISTS] = [
    [5, 6],
    [7, 8],
    [9, 10]
] as const;
/** Where COCO's 17 points are in BlazePose's. */
const BLAZEPOSE_POINTS = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28];
/** A body that is followed: so many points at least, looked for in so many times its extent. */
const FOLLOWED_POINTS = 6;
const BODY_MARGIN = 1.5;
/** BlazePose's square, times the circle of the whole body. */
const WHOLE_BODY_MARGIN = 1.25;
/** Least probability that a hand or face, a point of BlazePose is there. */
const LEAST_PROBABILITY = 0.5;
/** A hand's square: times the shoulders' distance, how far past the wrist, times the hand's own extent when it is followed. */
const HAND_SIDE = 1;
const PAST_WRIST = 0.25;
const HAND_MARGIN = 2;
/** A hand further from its wrist than this share of its square is another's. */
const FARTHEST_HAND = 0.75;
const FACE_MARGIN = 1.5;
/** A face's square, times the distance of the eyes. */
const FACE_SIDE = 4.5;

async function outputs(
    network: Network,
    name: ModelName,
    picture: Picture,
    region: Region
): Promise<ReadonlyMap<string, Float32Array>> {
    const { sidePx, white } = MODEL_INPUTS[name];
    return network.run(cropOf(picture, region, sidePx, white));
}

const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Finds one body. */
export class BodyFinder {
    readonly #network: Network;
    readonly #name: ModelName;
    readonly #leastScore: number;
    #before: Keypoints = [];
    #around: Region | null = null;

    constructor(network: Network, name: ModelName, leastScore: number) {
        this.#network = network;
        this.#name = name;
        this.#leastScore = leastScore;
    }

    forget(): void {
        this.#before = [];
        this.#around = null;
    }

    /** COCO's 17 points, null where none is seen well enough. */
    async find(picture: Picture): Promise<Keypoints> {
        this.#before = this.#name.startsWith('movenet') ? await this.#moveNet(picture) : await this.#blazePose(picture);
        return this.#before;
    }

    async #moveNet(picture: Picture): Promise<Keypoints> {
        const seen = this.#before.filter((point) => point !== null);
        const whole = wholeRegion(picture);
        const around = seen.length < FOLLOWED_POINTS ? whole : regionAround(seen, BODY_MARGIN, 0);
        const region = around.side < whole.side ? around : whole;
        return readMoveNet(await outputs(this.#network, this.#name, picture, region), region, this.#leastScore);
    }

    async #blazePose(picture: Picture): Promise<Keypoints> {
        const look = async (region: Region): Promise<Keypoints> => {
            const out = await outputs(this.#network, this.#name, picture, region);
            const points = readBlazePose(out, region);
            this.#around = points.some((point) => point !== null) ? wholeBody(out, region) : null;
            return points;
        };
        if (this.#around) {
            const points = await look(this.#around);
            if (this.#around) return points;
        }
        // The first look says where to look.
        const first = await look(wholeRegion(picture));
        return this.#around ? look(this.#around) : first;
    }
}

function readMoveNet(out: ReadonlyMap<string, Float32Array>, region: Region, leastScore: number): Keypoints {
    const values = out.get('Identity') ?? new Float32Array(0);
    return Array.from({ length: 17 }, (_, k): Keypoint => {
        const [v = 0, u = 0, score = 0] = values.subarray(3 * k, 3 * k + 3);
        return score >= leastScore ? placeIn(region, u, v) : null;
    });
}

function readBlazePose(out: ReadonlyMap<string, Float32Array>, region: Region): Keypoints {
    const values = out.get('ld_3d') ?? new Float32Array(0);
    const there = (out.get('output_poseflag')?.[0] ?? 0) >= LEAST_PROBABILITY;
    return BLAZEPOSE_POINTS.map((k): Keypoint => {
        const [x = 0, y = 0, , visibility = Number.NEGATIVE_INFINITY] = values.subarray(5 * k, 5 * k + 5);
        return there && probability(visibility) >= LEAST_PROBABILITY ? placeIn(region, x / 256, y / 256) : null;
    });
}

/** The square that BlazePose wants to see next. */
function wholeBody(out: ReadonlyMap<string, Float32Array>, region: Region): Region | null {
    const values = out.get('ld_3d') ?? new Float32Array(0);
    const at = (k: number): Point => placeIn(region, values[5 * k]! / 256, values[5 * k + 1]! / 256);
    const [hips, reach] = [at(33), at(34)];
    const radius = apart(hips, reach);
    if (!(radius >= 4)) return null;
    const angle = uprightAngle(reach[0] - hips[0], reach[1] - hips[1]);
    return { x: hips[0], y: hips[1], side: 2 * WHOLE_BODY_MARGIN * radius, angle };
}

interface Hand {
    readonly points: readonly Point[];
    readonly score: number;
}

/** Finds the two hands of a body. */
export class HandFinder {
    readonly #network: Network;
    readonly #name: ModelName;
    #before: (Hand | null)[] = [null, null];

    constructor(network: Network, name: ModelName) {
        this.#network = network;
        this.#name = name;
    }

    forget(): void {
        this.#before = [null, null];
    }

    /** 21 points of the left hand, 21 of the right; null for a hand that is not seen. */
    async find(picture: Picture, body: Keypoints): Promise<Keypoints> {
        const hands: (Hand | null)[] = [];
        for (const side of [0, 1] as const) hands.push(await this.#findOne(picture, body, side));
        const [left, right] = hands;
        // Both arms' squares may show the same hand.
        if (left && right && apart(left.points[0]!, right.points[0]!) < extent(left.points) / 4) {
            hands[left.score < right.score ? 0 : 1] = null;
        }
        this.#before = hands;
        return hands.flatMap((hand): Keypoints => hand?.points ?? new Array<null>(21).fill(null));
    }

    async #findOne(picture: Picture, body: Keypoints, side: 0 | 1): Promise<Hand | null> {
        const before = this.#before[side];
        const arm = forearmRegion(body, side);
        if (before) {
            const hand = await this.#look(picture, handRegion(before.points));
            if (hand && (!arm || apart(hand.points[0]!, body[WRISTS[side]]!) < FARTHEST_HAND * arm.side)) return hand;
        }
        const first = arm ? await this.#look(picture, arm) : null;
        // The forearm says roughly where; the hand itself says where to look closely.
        return first ? ((await this.#look(picture, handRegion(first.points))) ?? first) : null;
    }

    async #look(picture: Picture, region: Region): Promise<Hand | null> {
        const out = await outputs(this.#network, this.#name, picture, region);
        const [values, score] = [out.get('Identity'), out.get('Identity_1')?.[0] ?? 0];
        if (!values || values.length < 63 || score < LEAST_PROBABILITY) return null;
        const sidePx = MODEL_INPUTS[this.#name].sidePx;
        const points = Array.from({ length: 21 }, (_, k) =>
            placeIn(region, values[3 * k]! / sidePx, values[3 * k + 1]! / sidePx)
        );
        return { points, score };
    }
}

function apart(a: Point, b: Point): number {
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function extent(points: readonly Point[]): number {
    return regionAround(points, 1, 0).side;
}

/** Where a hand should be: past the wrist along the forearm. */
function forearmRegion(body: Keypoints, side: 0 | 1): Region | null {
    const [wrist, elbow] = [body[WRISTS[side]] ?? null, body[ELBOWS[side]] ?? null];
    if (!wrist || !elbow) return null;
    const [left, right] = [body[SHOULDERS[0]] ?? null, body[SHOULDERS[1]] ?? null];
    const forearm = apart(wrist, elbow);
    // A forearm that points at the camera is short, shoulders seen from the side are near.
    const unit = Math.max(forearm, left && right ? apart(left, right) : 0, 8);
    const [dx, dy] = forearm < 1 ? [0, -1] : [(wrist[0] - elbow[0]) / forearm, (wrist[1] - elbow[1]) / forearm];
    const past = PAST_WRIST * Math.min(unit, 1.5 * forearm);
    return { x: wrist[0] + past * dx, y: wrist[1] + past * dy, side: HAND_SIDE * unit, angle: uprightAngle(dx, dy) };
}

/** Turn of a square in which the direction points up. */
function uprightAngle(dx: number, dy: number): number {
    return Math.atan2(dx, -dy);
}

/** Around a hand's points, fingers up. */
function handRegion(points: readonly Point[]): Region {
    const [wrist, knuckle] = [points[0]!, points[9]!];
    return regionAround(points, HAND_MARGIN, uprightAngle(knuckle[0] - wrist[0], knuckle[1] - wrist[1]));
}

/** Finds the face of a body. */
export class FaceFinder {
    readonly #network: Network;
    #before: readonly Point[] | null = null;

    constructor(network: Network) {
        this.#network = network;
    }

    forget(): void {
        this.#before = null;
    }

    /** 20 points, all null if no face is seen. */
    async find(picture: Picture, body: Keypoints): Promise<Keypoints> {
        const head = headRegion(body);
        const followed = this.#before ? regionAround(this.#before, FACE_MARGIN, eyeAngle(this.#before)) : null;
        const strayed = followed && head && apart([followed.x, followed.y], [head.x, head.y]) > head.side / 2;
        const region = followed && !strayed ? followed : head;
        this.#before = region ? await this.#look(picture, region) : null;
        const mesh = this.#before;
        return FACE_MESH_POINTS.map((k): Keypoint => mesh?.[k] ?? null);
    }

    async #look(picture: Picture, region: Region): Promise<readonly Point[] | null> {
        const out = await outputs(this.#network, 'facemesh', picture, region);
        const values = out.get('output_mesh');
        const flag = out.get('output_faceflag')?.[0] ?? 0;
        if (!values || values.length < 1404 || flag < LEAST_PROBABILITY) return null;
        const { sidePx } = MODEL_INPUTS.facemesh;
        return Array.from({ length: 468 }, (_, k) =>
            placeIn(region, values[3 * k]! / sidePx, values[3 * k + 1]! / sidePx)
        );
    }
}

/** Outer corners of the mesh's eyes, level. */
function eyeAngle(mesh: readonly Point[]): number {
    const [right, left] = [mesh[33]!, mesh[263]!];
    return Math.atan2(left[1] - right[1], left[0] - right[0]);
}

/** Around what the body says of the head, eyes level. */
function headRegion(body: Keypoints): Region | null {
    const [left, right, nose] = [body[LEFT_EYE] ?? null, body[RIGHT_EYE] ?? null, body[NOSE] ?? null];
    if (!left || !right || !nose) return null;
    const [leftEar, rightEar] = [body[LEFT_EAR] ?? null, body[RIGHT_EAR] ?? null];
    // Ears are about twice as far from each other as eyes, and do not draw together when the head turns as much.
    const ears = leftEar && rightEar ? apart(leftEar, rightEar) / 2 : 0;
    const eyes = Math.max(apart(left, right), ears, 4);
    const angle = Math.atan2(left[1] - right[1], left[0] - right[0]);
    return { x: nose[0], y: nose[1], side: FACE_SIDE * eyes, angle };
}
