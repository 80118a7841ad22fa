/**
 * Geometry and materials of the reference tracer: every triangle in world space in double precision, tried one after the other.
 * Reads the scene itself, not its packed form, so that a mistake in packing shows.
 */
import { type Bsdf, makeBsdf } from '../bsdf/bsdf.ts';
import type { LightTable } from '../lights/light-table.ts';
import { toLinear, wrapTexel } from '../lights/mean-emission.ts';
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
import type { Material, Scene, TextureRef } from '../scene/scene.ts';
import { MATERIAL_DEFAULTS, uvMatrix } from '../tracer/pack-materials.ts';

/** A placed triangle. */
export interface ReferenceTriangle {
    readonly v0: Vec3;
    readonly e1: Vec3;
    readonly e2: Vec3;
    readonly normals: readonly [Vec3, Vec3, Vec3];
    readonly uvs: readonly (readonly [number, number])[];
    readonly instance: number;
    /** Index in its mesh. */
    readonly index: number;
}

export interface ReferenceHit {
    readonly t: number;
    readonly u: number;
    readonly v: number;
    readonly triangle: ReferenceTriangle;
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
}

/** All triangles of a scene in world space. */
export function referenceTriangles(scene: Scene): ReferenceTriangle[] {
    const out: ReferenceTriangle[] = [];
    for (const [i, instance] of scene.instances.entries()) {
        const mesh = scene.meshes[instance.mesh]!;
        const inverse = invertAffine(instance.transform)!;
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
            const uvs = corners.map((v) => [mesh.uvs?.[v * 2] ?? 0, mesh.uvs?.[v * 2 + 1] ?? 0] as const);
            out.push({ v0: a, e1, e2, normals, uvs, instance: i, index: t });
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
        if (det === 0) continue;
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

/** Bilinear lookup, as `shaders/pathtracer/texture.wgsl` does it. RGBA. */
export function sampleReferenceTexture(scene: Scene, ref: TextureRef, uv: readonly [number, number]): number[] {
    const texture = scene.textures[ref.texture]!;
    const { widthPx, heightPx, data, srgb } = texture;
    const m = uvMatrix(ref.transform) ?? [1, 0, 0, 0, 1, 0];
    const x = (m[0]! * uv[0] + m[1]! * uv[1] + m[2]!) * widthPx - 0.5;
    const y = (m[3]! * uv[0] + m[4]! * uv[1] + m[5]!) * heightPx - 0.5;
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const out = [0, 0, 0, 0];
    for (let k = 0; k < 4; k++) {
        const dx = k & 1;
        const dy = k >> 1;
        const weight = (dx ? x - x0 : 1 - (x - x0)) * (dy ? y - y0 : 1 - (y - y0));
        const u = wrapTexel(x0 + dx, widthPx, ref.wrapU);
        const v = wrapTexel(y0 + dy, heightPx, ref.wrapV);
        for (let c = 0; c < 4; c++) {
            const value = data[(v * widthPx + u) * 4 + c]! / 255;
            out[c]! += weight * (c < 3 ? toLinear(value, srgb) : value);
        }
    }
    return out;
}

/** Texture coordinates of a hit. */
export function hitUv(hit: ReferenceHit): readonly [number, number] {
    const [a, b, c] = hit.triangle.uvs as [
        readonly [number, number],
        readonly [number, number],
        readonly [number, number]
    ];
    const w = 1 - hit.u - hit.v;
    return [a[0] * w + b[0] * hit.u + c[0] * hit.v, a[1] * w + b[1] * hit.u + c[1] * hit.v];
}

/** Opacity of a material at a hit. */
export function hitOpacity(scene: Scene, hit: ReferenceHit): number {
    const material = scene.materials[scene.instances[hit.triangle.instance]!.material]!;
    const picture = material.textures?.baseColor;
    return (material.opacity ?? 1) * (picture ? sampleReferenceTexture(scene, picture, hitUv(hit))[3]! : 1);
}

/** Twin of surfaceOf. */
export function surfaceAt(scene: Scene, lights: LightTable, hit: ReferenceHit, direction: Vec3): ReferenceSurface {
    const { triangle } = hit;
    const instance = scene.instances[triangle.instance]!;
    const material = { ...MATERIAL_DEFAULTS, ...scene.materials[instance.material]! };
    const w = 1 - hit.u - hit.v;
    const uv = hitUv(hit);
    const position = addScaled(addScaled(triangle.v0, triangle.e1, hit.u), triangle.e2, hit.v);
    const outward = normalize(cross(triangle.e1, triangle.e2));
    const front = dot(outward, direction) < 0;
    const geometric = front ? outward : scale(outward, -1);
    const [n0, n1, n2] = triangle.normals;
    let normal = normalize(add(add(scale(n0, w), scale(n1, hit.u)), scale(n2, hit.v)));
    if (!front) normal = scale(normal, -1);
    const picture = material.textures;
    const lookup = (ref: TextureRef | undefined): number[] =>
        ref ? sampleReferenceTexture(scene, ref, uv) : [1, 1, 1, 1];
    if (picture?.normal) normal = bentNormal(triangle, normal, lookup(picture.normal), material.normalScale);
    if (!(dot(normal, direction) < -1e-4)) normal = geometric;
    const { tangent, bitangent } = basis(normal);
    const back = scale(direction, -1);
    const wo: Vec3 = [dot(tangent, back), dot(bitangent, back), dot(normal, back)];

    const rgb = (c: number[]): Vec3 => [c[0]!, c[1]!, c[2]!];
    const baseColor = mul(material.baseColor, rgb(lookup(picture?.baseColor)));
    const mr = lookup(picture?.metallicRoughness);
    const first = lights.firstOfInstance[triangle.instance]!;
    const shines = front || material.doubleSided;
    return {
        position,
        geometric,
        tangent,
        bitangent,
        normal,
        wo,
        emission: shines ? mul(material.emission, rgb(lookup(picture?.emission))) : [0, 0, 0],
        light: shines && first !== NONE ? first + triangle.index : -1,
        baseColor,
        bsdf: bsdfOf(material, baseColor, material.metallic * mr[2]!, material.roughness * mr[1]!, front, wo[2])
    };
}

function bsdfOf(
    material: Required<Omit<Material, 'name' | 'textures'>>,
    baseColor: Vec3,
    metallic: number,
    roughness: number,
    front: boolean,
    cosine: number
): Bsdf {
    return makeBsdf({ ...material, baseColor, metallic, roughness }, front, cosine);
}

function bentNormal(t: ReferenceTriangle, normal: Vec3, texel: number[], strength: number): Vec3 {
    const [a, b, c] = t.uvs as [readonly [number, number], readonly [number, number], readonly [number, number]];
    const d1 = [b[0] - a[0], b[1] - a[1]] as const;
    const d2 = [c[0] - a[0], c[1] - a[1]] as const;
    const area = d1[0] * d2[1] - d2[0] * d1[1];
    const along = scale(sub(scale(t.e1, d2[1]), scale(t.e2, d1[1])), area < 0 ? -1 : 1);
    if (!(dot(along, along) > 0)) return normal;
    const tangent = normalize(addScaled(along, normal, -dot(normal, along)));
    // Up the picture: against +v, whatever side is looked at.
    const down = scale(sub(scale(t.e2, d1[0]), scale(t.e1, d2[0])), area < 0 ? -1 : 1);
    let up = cross(normal, tangent);
    if (dot(up, down) > 0) up = scale(up, -1);
    const x = (texel[0]! * 2 - 1) * strength;
    const y = (texel[1]! * 2 - 1) * strength;
    return normalize(add(add(scale(tangent, x), scale(up, y)), scale(normal, texel[2]! * 2 - 1)));
}

/** Any orthonormal basis around a normal (Duff et al. 2017). */
export function basis(n: Vec3): { tangent: Vec3; bitangent: Vec3 } {
    const sign = n[2] >= 0 ? 1 : -1;
    const a = -1 / (sign + n[2]);
    const b = n[0] * n[1] * a;
    return {
        tangent: [1 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]],
        bitangent: [b, sign + n[1] * n[1] * a, -n[1]]
    };
}
