/** Networks that see coloured blobs: each point of a part has a colour of its own, so that what the finders look at, and where they say it is, can be checked. */
import { MODEL_INPUTS, type ModelName, type Models } from '../../src/analysis/models.ts';
import type { Keypoints, Picture } from '../../src/index.ts';

type Point = readonly [number, number];

/** Blue says the part, red the point. */
const BLUE = { body: 40, left: 110, right: 180, face: 250 } as const;
type Marked = keyof typeof BLUE;

const redOf = (k: number): number => 60 + 8 * k;

/** A black picture with a square for each point, of that half side in pixels, else 2; those of parts named later lie on top. */
export function markedPicture(
    widthPx: number,
    heightPx: number,
    points: Readonly<Partial<Record<Marked, readonly (Point | null)[]>>>,
    radii: Readonly<Partial<Record<Marked, number>>> = {}
): Picture {
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    for (const [part, places] of Object.entries(points)) {
        const radiusPx = radii[part as Marked] ?? 2;
        for (const [k, place] of places.entries()) {
            if (!place) continue;
            for (let y = Math.max(0, Math.ceil(place[1] - 0.5 - radiusPx)); y <= place[1] - 0.5 + radiusPx; y++) {
                for (let x = Math.max(0, Math.ceil(place[0] - 0.5 - radiusPx)); x <= place[0] - 0.5 + radiusPx; x++) {
                    if (x >= widthPx || y >= heightPx) continue;
                    rgb[y * widthPx + x] = redOf(k);
                    rgb[size + y * widthPx + x] = 200;
                    rgb[2 * size + y * widthPx + x] = BLUE[part as Marked];
                }
            }
        }
    }
    return { widthPx, heightPx, rgb, alpha: null };
}

/** Middle of each colour's pixels, 0 to 1 across the input; null where there are none. */
function marks(samples: Float32Array, side: number, white: number, part: Marked, count: number): (Point | null)[] {
    const sums = Array.from({ length: count }, () => [0, 0, 0] as [number, number, number]);
    for (let i = 0; i < side * side; i++) {
        const [r, g, b] = [0, 1, 2].map((c) => (255 * samples[3 * i + c]!) / white) as [number, number, number];
        const k = Math.round((r - 60) / 8);
        if (Math.abs(g - 200) > 5 || Math.abs(b - BLUE[part]) > 5 || Math.abs(r - redOf(k)) > 2) continue;
        const sum = sums[k];
        if (!sum) continue;
        sum[0] += (i % side) + 0.5;
        sum[1] += Math.floor(i / side) + 0.5;
        sum[2]++;
    }
    return sums.map(([x, y, n]) => (n > 0 ? [x / n / side, y / n / side] : null));
}

/** What a network of that name says of a picture that {@link markedPicture} made. */
export function markedOutputs(name: ModelName, samples: Float32Array): Map<string, Float32Array> {
    const { sidePx, white } = MODEL_INPUTS[name];
    const seen = (part: Marked, count: number): (Point | null)[] => marks(samples, sidePx, white, part, count);
    if (name.startsWith('movenet')) {
        const rows = seen('body', 17).flatMap((point) => (point ? [point[1], point[0], 0.9] : [0.5, 0.5, 0.1]));
        return new Map([['Identity', Float32Array.from(rows)]]);
    }
    if (name.startsWith('blazepose')) {
        const body = seen('body', 17);
        const rows = new Float32Array(39 * 5).fill(-9);
        for (const [k, at] of [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28].entries()) {
            const point = body[k];
            if (point) rows.set([256 * point[0], 256 * point[1], 0, 5, 5], 5 * at);
        }
        // Middle of the hips, and above it so far as the body reaches from there.
        const [left, right, nose] = [body[11], body[12], body[0]];
        if (left && right && nose) {
            const middle = [128 * (left[0] + right[0]), 128 * (left[1] + right[1])] as const;
            rows.set([...middle, 0, 5, 5, middle[0], middle[1] - 1.2 * (middle[1] - 256 * nose[1])], 5 * 33);
        }
        return new Map([
            ['ld_3d', rows],
            ['output_poseflag', Float32Array.of(body.some((point) => point) ? 0.9 : 0.1)]
        ]);
    }
    if (name.startsWith('hand')) {
        const [left, right] = [seen('left', 21), seen('right', 21)];
        const whole = [left, right].find((hand) => hand.every((point) => point !== null));
        const rows = (whole ?? []).flatMap((point) => [sidePx * point![0], sidePx * point![1], 0]);
        return new Map([
            ['Identity', rows.length > 0 ? Float32Array.from(rows) : new Float32Array(63)],
            ['Identity_1', Float32Array.of(whole ? 0.95 : 0.02)]
        ]);
    }
    if (name === 'centernet') {
        const rows = seen('face', 2).flatMap((point, k) => {
            if (!point) return [0, 0, 0, 0, 0, 0];
            const [x, y] = [sidePx * point[0], sidePx * point[1]];
            return [x - 20, y - 40, x + 20, y + 40, 0.8 - 0.1 * k, 0, x - 18, y - 40, x + 20, y + 40, 0.5, 0];
        });
        return new Map([['tower_0/detections', Float32Array.from(rows)]]);
    }
    const [one] = seen('face', 1);
    // A mesh of 26 columns around the middle of its input; its point 1, the tip of the nose, where the face's mark is.
    const mesh = Float32Array.from({ length: 3 * 468 }, (_, i) => {
        const [k, c] = [Math.floor(i / 3), i % 3];
        return c === 2 ? 0 : sidePx * (0.25 + (0.5 * (c === 0 ? k % 26 : Math.floor(k / 26))) / (c === 0 ? 25 : 17));
    });
    if (one) mesh.set([sidePx * one[0], sidePx * one[1]], 3);
    return new Map([
        ['output_mesh', mesh],
        ['output_faceflag', Float32Array.of(one ? 0.9 : 0.1)]
    ]);
}

/** {@link Models} of these networks, and which are open. */
export function fakeModels(): Models & { readonly opened: ModelName[]; readonly closed: ModelName[] } {
    const opened: ModelName[] = [];
    const closed: ModelName[] = [];
    return {
        opened,
        closed,
        async open(name) {
            opened.push(name);
            return { run: async (samples) => markedOutputs(name, samples), dispose: () => void closed.push(name) };
        }
    };
}

/** How far points are from where they should be, pixels; infinite if one of the two is null. */
export function farthest(found: Keypoints, true_: readonly (Point | null)[]): number {
    return Math.max(
        ...true_.map((place, k) => {
            const point = found[k] ?? null;
            if (!point || !place) return point === place ? 0 : Number.POSITIVE_INFINITY;
            return Math.hypot(point[0] - place[0], point[1] - place[1]);
        })
    );
}
