/**
 * Geometry and materials of the reference tracer: every triangle in world space in double precision, tried one after the other.
 * Reads the scene itself, not its packed form, so that a mistake in packing shows.
 */
import type { Bsdf } from '../bsdf/bsdf.ts';
import { coatEmission } from '../lights/coat-emission.ts';
import type { LightTable } from '../lights/light-table.ts';
import { NONE } from '../math/none.ts';
import {
    add,
    addScaled,
    cross,
    determinant3,
    dot,
    invertAffine,
    length,
    mul,
    normalize,
    scale,
    sub,
    transformPoint,
    transposeTransform,
    type Vec3
} from '../math/vector.ts';
import { cullsBacks } from '../scene/culling.ts';
import type { Scene, TextureRef } from '../scene/scene.ts';
import { absorption, MATERIAL_DEFAULTS } from '../tracer/pack-materials.ts';
import { coneAt, type RayCone } from '../tracer/ray-cone.ts';
import type { ReferenceAttributes } from './reference-attributes.ts';
import { shadeReference } from './reference-material.ts';

/** A placed triangle. */
export interface ReferenceTriangle {
    readonly v0: Vec3;
    readonly e1: Vec3;
    readonly e2: Vec3;
    readonly normals: readonly [Vec3, Vec3, Vec3];
    /** Vertices in its mesh. */
    readonly vertices: readonly number[];
    /** Corners as the mesh has them: turned where the transform mirrors. */
    readonly order: readonly number[];
    readonly instance: number;
    /** Its back is not there. */
    readonly culled: boolean;
    /** Index in its mesh. */
    readonly index: number;
}

export interface ReferenceHit {
    readonly t: number;
    readonly u: number;
    readonly v: number;
    readonly triangle: ReferenceTriangle;
}

/** A point of a triangle, by the weights of its second and third corner. */
export interface TrianglePoint {
    readonly u: number;
    readonly v: number;
    readonly triangle: Pick<ReferenceTriangle, 'instance' | 'vertices'>;
}

/** A hit with everything that shading needs. */
export interface ReferenceSurface {
    readonly position: Vec3;
    readonly geometric: Vec3;
    readonly tangent: Vec3;
    readonly bitangent: Vec3;
    readonly normal: Vec3;
    readonly wo: Vec3;
    readonly emission: Vec3;
    /** Index of its light, or -1. */
    readonly light: number;
    readonly baseColor: Vec3;
    readonly bsdf: Bsdf;
    readonly cone: RayCone;
    /** 1/m, positive if the surface bulges towards the viewer. */
    readonly curvature: number;
    /** Medium behind the surface: 0 none, else material + 1; null: the same as before it. */
    readonly beyond: number | null;
}

/** All triangles of a scene in world space. */
export function referenceTriangles(scene: Scene): ReferenceTriangle[] {
    const out: ReferenceTriangle[] = [];
    for (const [i, instance] of scene.instances.entries()) {
        const mesh = scene.meshes[instance.mesh]!;
        const inverse = invertAffine(instance.transform)!;
        const culled = cullsBacks(scene.materials[instance.material]!);
        const order = determinant3(instance.transform) < 0 ? [0, 2, 1] : [0, 1, 2];
        for (let t = 0; t < mesh.indices.length / 3; t++) {
            const corners = order.map((k) => mesh.indices[t * 3 + k]!);
            const [a, b, c] = corners.map((v) => transformPoint(instance.transform, vectorAt(mesh.positions, v))) as [
                Vec3,
                Vec3,
                Vec3
            ];
            const e1 = sub(b, a);
            const e2 = sub(c, a);
            const flat = cross(e1, e2);
            const normals = corners.map((v) => {
                const n = mesh.normals ? vectorAt(mesh.normals, v) : ([0, 0, 0] as const);
                return normalizeOr(length(n) > 0 ? transposeTransform(inverse, n) : flat, [0, 1, 0]);
            }) as unknown as [Vec3, Vec3, Vec3];
            out.push({ v0: a, e1, e2, normals, vertices: corners, order, instance: i, culled, index: t });
        }
    }
    return out;
}

function vectorAt(data: Float32Array, v: number): Vec3 {
    return [data[v * 3]!, data[v * 3 + 1]!, data[v * 3 + 2]!];
}

function normalizeOr(v: Vec3, fallback: Vec3): Vec3 {
    const l = length(v);
    return l > 0 ? scale(v, 1 / l) : fallback;
}

/** Nearest hit in (0, tMax), by trying every triangle (Moeller and Trumbore 1997). */
export function intersectReference(
    triangles: readonly ReferenceTriangle[],
    origin: Vec3,
    direction: Vec3,
    tMax: number,
    passes: (hit: ReferenceHit) => boolean = () => false
): ReferenceHit | null {
    let best: ReferenceHit | null = null;
    for (const triangle of triangles) {
        const p = cross(direction, triangle.e2);
        const det = dot(triangle.e1, p);
        // Negative: met from behind.
        if (det === 0 || (det < 0 && triangle.culled)) continue;
        const s = sub(origin, triangle.v0);
        const u = dot(s, p) / det;
        if (!(u >= 0 && u <= 1)) continue;
        const q = cross(s, triangle.e1);
        const v = dot(direction, q) / det;
        if (!(v >= 0 && u + v <= 1)) continue;
        const t = dot(triangle.e2, q) / det;
        if (!(t > 0 && t < (best?.t ?? tMax))) continue;
        const hit = { t, u, v, triangle };
        if (!passes(hit)) best = hit;
    }
    return best;
}

/** Opacity of a material at a point of a triangle. */
export function hitOpacity(scene: Scene, attributes: ReferenceAttributes, hit: TrianglePoint): number {
    const material = scene.materials[scene.instances[hit.triangle.instance]!.material]!;
    const picture = material.textures?.baseColor;
    const vertices = attributes.color(hit)[3]!;
    return (material.opacity ?? 1) * vertices * (picture ? attributes.lookup(hit, picture, 0)[3]! : 1);
}

/** Twin of surfaceOf. */
export function surfaceAt(
    scene: Scene,
    attributes: ReferenceAttributes,
    lights: LightTable,
    hit: ReferenceHit,
    direction: Vec3,
    incoming: RayCone
): ReferenceSurface {
    const { triangle } = hit;
    const instance = scene.instances[triangle.instance]!;
    const material = { ...MATERIAL_DEFAULTS, ...scene.materials[instance.material]! };
    const w = 1 - hit.u - hit.v;
    const position = addScaled(addScaled(triangle.v0, triangle.e1, hit.u), triangle.e2, hit.v);
    const facing = cross(triangle.e1, triangle.e2);
    const outward = normalize(facing);
    const cone = coneAt(incoming, hit.t);
    const footprint = (cone.width * cone.width) / Math.max(Math.abs(dot(facing, direction)), 1e-30);
    const front = dot(outward, direction) < 0;
    const geometric = front ? outward : scale(outward, -1);
    const [n0, n1, n2] = triangle.normals;
    const outer = normalize(add(add(scale(n0, w), scale(n1, hit.u)), scale(n2, hit.v)));
    const smooth = front ? outer : scale(outer, -1);
    const lookup = (ref: TextureRef | undefined): number[] =>
        ref ? attributes.lookup(hit, ref, footprint) : [1, 1, 1, 1];
    const shading = shadeReference(scene.materials[instance.material]!, {
        color: attributes.color(hit),
        tangent: () => attributes.tangent(hit),
        smooth,
        geometric,
        direction,
        front,
        lookup
    });
    const first = lights.firstOfInstance[triangle.instance]!;
    const shines = front || material.doubleSided;
    const picture = material.textures?.emission;
    const ofVertices = material.unlit ? attributes.color(hit) : [1, 1, 1, 1];
    const coat = material.textures?.clearcoat;
    const left = coatEmission(material, coat ? attributes.lookup(hit, coat, 0)[0]! : 1, dot(geometric, direction));
    const glow = (picture ? attributes.lookup(hit, picture, 0) : [1, 1, 1, 1]).map((c, i) => c * ofVertices[i]! * left);
    return {
        position,
        geometric,
        ...shading,
        emission: shines ? mul(material.emission, [glow[0]!, glow[1]!, glow[2]!]) : [0, 0, 0],
        light: shines && first !== NONE ? first + triangle.index : -1,
        cone,
        curvature: curvatureOf(triangle) * (front ? 1 : -1),
        beyond: material.thin ? null : front && absorption(material).some((a) => a > 0) ? instance.material + 1 : 0
    };
}

/** How fast normals turn along the edges. */
function curvatureOf({ normals: [n0, n1, n2], e1, e2 }: ReferenceTriangle): number {
    const along = (n: Vec3, e: Vec3): number => dot(sub(n, n0), e) / Math.max(dot(e, e), 1e-30);
    return 0.5 * (along(n1, e1) + along(n2, e2));
}
