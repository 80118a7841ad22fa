/** Materials at a hit of the reference tracer: textures looked up, normals bent, the BSDF made from what that gives. */

import type { Bsdf } from '../bsdf/bsdf.ts';
import { makeBsdf } from '../bsdf/make-bsdf.ts';
import { add, addScaled, cross, dot, mul, normalize, scale, type Vec3 } from '../math/vector.ts';
import type { Material, TextureRef } from '../scene/scene.ts';
import { MATERIAL_DEFAULTS } from '../tracer/pack-materials.ts';

/** RGBA of a texture at the hit, white without one. */
export type Lookup = (ref: TextureRef | undefined) => number[];

/** Where light meets the material. */
export interface ReferencePoint {
    /** Of the vertices. */
    readonly color: readonly number[];
    /** World tangent and the sign of the bitangent, which points up the picture; null if there is none. */
    readonly tangent: () => readonly number[] | null;
    /** Interpolated, on the side of the viewer. */
    readonly smooth: Vec3;
    readonly geometric: Vec3;
    /** Of the ray. */
    readonly direction: Vec3;
    readonly front: boolean;
    readonly lookup: Lookup;
}

/** Frame, direction of the viewer in it, and BSDF. */
export interface ReferenceShading {
    readonly tangent: Vec3;
    readonly bitangent: Vec3;
    readonly normal: Vec3;
    readonly wo: Vec3;
    readonly baseColor: Vec3;
    readonly bsdf: Bsdf;
}

const rgb = (c: number[]): Vec3 => [c[0]!, c[1]!, c[2]!];

/** Twin of the second half of surfaceOf. */
export function shadeReference(given: Material, p: ReferencePoint): ReferenceShading {
    const material = { ...MATERIAL_DEFAULTS, ...given };
    const { textures } = given;
    const { lookup, front } = p;
    let normal = p.smooth;
    if (textures?.normal) normal = bentNormal(p, normal, lookup(textures.normal), material.normalScale);
    if (!(dot(normal, p.direction) < -1e-4)) normal = p.geometric;
    let frame = basis(normal);
    let strength = 0;
    const along = material.kind !== 'diffuse' && material.anisotropy > 0 ? uvFrame(p, normal) : null;
    if (along) {
        let way = [Math.cos(material.anisotropyRotationRad), Math.sin(material.anisotropyRotationRad)] as const;
        strength = material.anisotropy;
        if (textures?.anisotropy) {
            const t = lookup(textures.anisotropy);
            const [x, y] = [t[0]! * 2 - 1, t[1]! * 2 - 1];
            way = [way[0] * x - way[1] * y, way[1] * x + way[0] * y];
            strength *= t[2]!;
        }
        const t = add(scale(along.along, way[0]), scale(along.up, way[1]));
        if (dot(t, t) > 1e-8) {
            const tangent = normalize(t);
            frame = { tangent, bitangent: cross(normal, tangent) };
        }
    }
    const toLocal = (v: Vec3): Vec3 => [dot(frame.tangent, v), dot(frame.bitangent, v), dot(normal, v)];
    const wo = toLocal(scale(p.direction, -1));
    let coatNormal: Vec3 = [0, 0, 1];
    if (material.clearcoat > 0) {
        const picture = textures?.clearcoatNormal;
        const n = picture ? bentNormal(p, p.smooth, lookup(picture), material.clearcoatNormalScale) : p.smooth;
        const local = toLocal(n);
        if (local[2] > 0.01 && dot(local, wo) > 1e-3) coatNormal = local;
    }
    const painted = mul(material.baseColor, [p.color[0]!, p.color[1]!, p.color[2]!]);
    const baseColor = mul(painted, rgb(lookup(textures?.baseColor)));
    const init = { ...texturedValues(given, lookup), baseColor, anisotropy: strength, coatNormal };
    return { ...frame, normal, wo, baseColor, bsdf: makeBsdf(init, front, wo) };
}

/** Factors times textures. */
function texturedValues(given: Material, lookup: Lookup) {
    const m = { ...MATERIAL_DEFAULTS, ...given };
    const t = given.textures ?? {};
    const mr = lookup(t.metallicRoughness);
    const [thin, thick] = m.iridescenceThicknessNm;
    return {
        ...m,
        metallic: m.metallic * mr[2]!,
        roughness: m.roughness * mr[1]!,
        transmission: m.transmission * lookup(t.transmission)[0]!,
        specular: m.specular * lookup(t.specular)[3]!,
        specularColor: mul(m.specularColor, rgb(lookup(t.specularColor))),
        clearcoat: m.clearcoat * lookup(t.clearcoat)[0]!,
        clearcoatRoughness: m.clearcoatRoughness * lookup(t.clearcoatRoughness)[1]!,
        sheenColor: mul(m.sheenColor, rgb(lookup(t.sheenColor))),
        sheenRoughness: m.sheenRoughness * lookup(t.sheenRoughness)[3]!,
        iridescence: m.iridescence * lookup(t.iridescence)[0]!,
        iridescenceThicknessNm: thin + (thick - thin) * lookup(t.iridescenceThickness)[1]!,
        diffuseTransmission: m.diffuseTransmission * lookup(t.diffuseTransmission)[3]!,
        diffuseTransmissionColor: mul(m.diffuseTransmissionColor, rgb(lookup(t.diffuseTransmissionColor)))
    };
}

/** Along +u and up the picture, whatever side is looked at; null without tangents. */
function uvFrame(p: ReferencePoint, normal: Vec3): { along: Vec3; up: Vec3; outward: Vec3 } | null {
    const given = p.tangent();
    if (!given) return null;
    const outward = p.front ? normal : scale(normal, -1);
    const [x, y, z, sign] = given as readonly [number, number, number, number];
    const along = normalize(addScaled([x, y, z], outward, -dot(outward, [x, y, z])));
    return { along, up: scale(cross(outward, along), sign), outward };
}

/** The bent surface has one normal, whichever side is looked at. */
function bentNormal(p: ReferencePoint, normal: Vec3, texel: number[], strength: number): Vec3 {
    const frame = uvFrame(p, normal);
    if (!frame) return normal;
    const x = (texel[0]! * 2 - 1) * strength;
    const y = (texel[1]! * 2 - 1) * strength;
    const bent = add(add(scale(frame.along, x), scale(frame.up, y)), scale(frame.outward, texel[2]! * 2 - 1));
    return normalize(p.front ? bent : scale(bent, -1));
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
