/**
 * What trying every triangle of a scene says of a ray, in double precision and from the scene itself, with a bound for what
 * float32 may make of each number: so a test need not guess tolerances, and knows where two answers are right.
 *
 * Rounding of Moeller and Trumbore's products, with u = 2^-24, e1 and e2 the edges, s from v0 to the origin, d the direction, and
 * do, dd the errors of origin and direction (0 in world space; a transform into an instance's space adds them):
 *   ds = do + u (|v0| + |s|);  det: |e1||e2| (dd + 10 u |d|);  det u: |e2| (|d| (ds + 10 u |s|) + |s| dd);  det v: the same of |e1|;
 *   det t: |e1||e2| (ds + 10 u |s|). The factors cover fused and separate products.
 *
 * The kernels' triangles are wider by `slack`, which closes meshes; triangles without area, or seen edge-on, are left out.
 */
import {
    cross,
    determinant3,
    dot,
    invertAffine,
    length,
    type Mat4,
    sub,
    transformPoint,
    transformVector,
    type Vec3
} from '../../src/math/vector.ts';
import { cullsBacks } from '../../src/scene/culling.ts';
import type { Scene } from '../../src/scene/scene.ts';
import type { Ray, RayHit } from './ray-tracer.ts';

const UNIT = 2 ** -24;
/** As in `traverse.wgsl`. */
const ROUNDING = 1e-7;
const MOST_DOUBT = 0.17;

interface Placed {
    readonly v0: Vec3;
    readonly e1: Vec3;
    readonly e2: Vec3;
    readonly instance: number;
    readonly triangle: number;
    readonly culled: boolean;
}

/** The ray in the space of some triangles, with the errors of float32. */
interface LocalRay {
    readonly o: Vec3;
    readonly d: Vec3;
    readonly errorO: number;
    readonly errorD: number;
}

/** A triangle that a ray meets, or may meet. */
export interface Candidate {
    readonly instance: number;
    readonly triangle: number;
    readonly t: number;
    readonly uv: readonly [number, number];
    /** Bounds of what float32 may add to t, u and v. */
    readonly errors: readonly [number, number, number];
    /** The ray meets it, however numbers are rounded. */
    readonly certain: boolean;
}

/** See the file comment. */
export class RayOracle {
    readonly #groups: readonly { readonly toLocal: Mat4 | null; readonly triangles: readonly Placed[] }[];

    constructor(scene: Scene, flattened: boolean) {
        this.#groups = scene.instances.map(({ transform }, instance) => ({
            toLocal: flattened ? null : invertAffine(transform)!,
            triangles: placed(scene, instance, flattened)
        }));
    }

    /** All triangles that float32 may find on the ray. */
    candidates(ray: Ray): Candidate[] {
        return this.#groups.flatMap(({ toLocal, triangles }) => {
            const local = toLocal ? enter(toLocal, ray) : { o: ray.origin, d: ray.direction, errorO: 0, errorD: 0 };
            return triangles.map((each) => meet(each, local, ray.tMax)).filter((found) => found !== null);
        });
    }
}

function placed(scene: Scene, instance: number, flattened: boolean): Placed[] {
    const { mesh, transform, material } = scene.instances[instance]!;
    const culled = cullsBacks(scene.materials[material]!);
    const { positions, indices } = scene.meshes[mesh]!;
    const order = flattened && determinant3(transform) < 0 ? [0, 2, 1] : [0, 1, 2];
    const corner = (i: number): Vec3 => {
        const v = indices[i]! * 3;
        const p: Vec3 = [positions[v]!, positions[v + 1]!, positions[v + 2]!];
        // In world space corners are rounded before edges are taken: neighbours go on to share them.
        return flattened ? (transformPoint(transform, p).map(Math.fround) as unknown as Vec3) : p;
    };
    return Array.from({ length: indices.length / 3 }, (_, triangle) => {
        const [a, b, c] = order.map((k) => corner(triangle * 3 + k)) as [Vec3, Vec3, Vec3];
        return { v0: a, e1: sub(b, a), e2: sub(c, a), instance, triangle, culled };
    });
}

function enter(m: Mat4, { origin, direction }: Ray): LocalRay {
    const columns = [0, 4, 8].map((c) => Math.hypot(m[c]!, m[c + 1]!, m[c + 2]!));
    const spread = (v: Vec3): number =>
        columns[0]! * Math.abs(v[0]) + columns[1]! * Math.abs(v[1]) + columns[2]! * Math.abs(v[2]);
    return {
        o: transformPoint(m, origin),
        d: transformVector(m, direction),
        errorO: 6 * UNIT * (spread(origin) + Math.hypot(m[12]!, m[13]!, m[14]!)),
        errorD: 6 * UNIT * spread(direction)
    };
}

function meet({ v0, e1, e2, instance, triangle, culled }: Placed, ray: LocalRay, tMax: number): Candidate | null {
    const { o, d, errorO, errorD } = ray;
    const p = cross(d, e2);
    const det = dot(e1, p);
    // Where rounding leaves the sign in doubt, the triangle is left out below.
    if (culled && det < 0) return null;
    const s = sub(o, v0);
    const q = cross(s, e1);
    const [t, u, v] = [dot(e2, q) / det, dot(s, p) / det, dot(d, q) / det];
    const [a, b, size, far] = [length(e1), length(e2), length(d), length(s)];
    const errorS = errorO + UNIT * (length(v0) + far) + 10 * UNIT * far;
    const errorDet = a * b * (errorD + 10 * UNIT * size);
    // The kernels leave out triangles without area, or seen edge-on, and widen the others; sizes are kept in 7 bits, rounded up.
    const [least, most] = [Math.abs(det) - errorDet, Math.abs(det) + errorDet];
    const small = sum(e1) + sum(e2);
    const large = small * 1.01;
    if (!(ROUNDING * small * small * size < MOST_DOUBT * most && least > 0)) return null;
    const slack = Math.min(1, (1.3 * ROUNDING * large * size * (Math.max(0, t) * size + large)) / least);
    const bound = (value: number, error: number): number =>
        (error + Math.abs(value) * errorDet) / least + 8 * UNIT * Math.abs(value);
    const sideways = size * errorS + far * errorD;
    const [errorT, errorU, errorV] = [bound(t, a * b * errorS), bound(u, b * sideways), bound(v, a * sideways)];
    const [outU, outV, outW] = [errorU + slack, errorV + slack, errorU + errorV + slack];
    if (!(u >= -outU && v >= -outV && u + v <= 1 + outW && t > -errorT && t < tMax + errorT)) return null;
    const inside =
        u >= errorU &&
        v >= errorV &&
        u + v <= 1 - errorU - errorV &&
        ROUNDING * large * large * size < MOST_DOUBT * least;
    const certain = inside && t > errorT && t < tMax - errorT;
    // What is found outside is moved to the edge.
    return { instance, triangle, t, uv: [u, v], errors: [errorT, outU + outV, outU + outV], certain };
}

function sum([x, y, z]: Vec3): number {
    return Math.abs(x) + Math.abs(y) + Math.abs(z);
}

/** What comes of comparing a ray's hit with its candidates. */
export interface Verdict {
    /** What is wrong; null: nothing. */
    readonly wrong: string | null;
    /** One answer alone would have been right. */
    readonly decided: boolean;
}

/** Judges the nearest hit of a ray. */
export function judge(candidates: readonly Candidate[], hit: RayHit): Verdict {
    let [bar, barLow] = [Infinity, Infinity];
    for (const { certain, t, errors } of candidates) {
        if (!certain || t + errors[0] >= bar) continue;
        bar = t + errors[0];
        barLow = t - errors[0];
    }
    // Others than the nearest certain one that may be nearer still.
    const rivals = candidates.filter(({ t, errors }) => !(t - errors[0] > bar)).length - (bar < Infinity ? 1 : 0);
    const decided = rivals === 0;
    if (hit.position < 0) {
        return { wrong: bar < Infinity ? `nothing hit, but a triangle at ${barLow}` : null, decided };
    }
    const found = candidates.find((each) => each.instance === hit.instance && each.triangle === hit.triangle);
    const name = `instance ${hit.instance}, triangle ${hit.triangle} at ${hit.t}`;
    if (!found) return { wrong: `${name} is not on the ray`, decided };
    const off = [hit.t - found.t, hit.uv[0] - found.uv[0], hit.uv[1] - found.uv[1]].map(Math.abs);
    if (off.some((x, k) => !(x <= found.errors[k]!))) {
        return { wrong: `${name}, ${hit.uv.join(', ')}: off by ${off.join(', ')}`, decided };
    }
    if (!(hit.t <= bar)) return { wrong: `${name}: another lies at ${barLow}`, decided };
    return { wrong: null, decided };
}
