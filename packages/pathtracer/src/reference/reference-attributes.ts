/**
 * What the reference tracer reads at a hit besides position and normal: texture coordinates, colours of vertices, tangents and
 * textures, from the scene itself. Twin of `shaders/pathtracer/texture.wgsl` and of the readers in `scene.wgsl`.
 */
import { toLinear, wrapTexel } from '../lights/mean-emission.ts';
import { determinant3, dot, transformVector, type Vec3 } from '../math/vector.ts';
import type { Scene, Texture, TextureRef } from '../scene/scene.ts';
import { uvMatrix } from '../tracer/pack-materials.ts';
import { type ShadingAttributes, shadingAttributes } from '../tracer/shading-attributes.ts';
import { type TextureLevels, textureLevels } from '../tracer/texture-pyramid.ts';
import type { ReferenceHit, TrianglePoint } from './reference-geometry.ts';

type Uv = readonly [number, number];

/** See the file comment. */
export class ReferenceAttributes {
    readonly #scene: Scene;
    readonly #levels: TextureLevels;
    readonly #shading: ShadingAttributes;

    constructor(scene: Scene) {
        this.#scene = scene;
        this.#levels = textureLevels(scene.textures, scene.materials, [...scene.textures.keys()]);
        this.#shading = shadingAttributes(scene);
    }

    /** A texture at a hit. `footprint`: area of the ray cone's footprint over twice the triangle's area as the ray sees it. */
    lookup(hit: TrianglePoint, ref: TextureRef, footprint: number): number[] {
        const mesh = this.#mesh(hit);
        const uvs = ref.uvSet === 1 ? mesh.uvs1 : mesh.uvs;
        const [a, b, c] = hit.triangle.vertices.map((v) => [uvs?.[v * 2] ?? 0, uvs?.[v * 2 + 1] ?? 0] as const) as [
            Uv,
            Uv,
            Uv
        ];
        const w = 1 - hit.u - hit.v;
        const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
        const at = [0, 1].map((k) => a[k]! * w + b[k]! * hit.u + c[k]! * hit.v) as unknown as Uv;
        return this.sample(ref, at, footprint * area);
    }

    /** A texture at coordinates. `area`: of the footprint, in their units. */
    sample(ref: TextureRef, uv: Uv, area: number = 0): number[] {
        const levels = this.#levels[ref.texture]!;
        const m = uvMatrix(ref.transform) ?? [1, 0, 0, 0, 1, 0];
        const at: Uv = [m[0]! * uv[0] + m[1]! * uv[1] + m[2]!, m[3]! * uv[0] + m[4]! * uv[1] + m[5]!];
        const { widthPx, heightPx } = levels[0]!;
        const texels = area * widthPx * heightPx * Math.abs(m[0]! * m[4]! - m[1]! * m[3]!);
        const level = Math.min(levels.length - 1, 0.5 * Math.log2(Math.max(1, texels)));
        const whole = Math.floor(level);
        const near = bilinear(levels[whole]!, ref, at, ref.filter === 'nearest' && whole === 0);
        if (level === whole) return near;
        const far = bilinear(levels[whole + 1]!, ref, at, false);
        return near.map((c, i) => c + (far[i]! - c) * (level - whole));
    }

    /** Colour of the vertices, RGBA. */
    color(hit: TrianglePoint): number[] {
        const { colors } = this.#mesh(hit);
        if (!colors) return [1, 1, 1, 1];
        const weights = [1 - hit.u - hit.v, hit.u, hit.v];
        const at = (k: number, c: number): number => colors[hit.triangle.vertices[k]! * 4 + c]!;
        return [0, 1, 2, 3].map((c) => weights.reduce((sum, w, k) => sum + w * Math.min(1, Math.max(0, at(k, c))), 0));
    }

    /** World tangent and the sign of the bitangent; null if there is none. */
    tangent(hit: ReferenceHit): readonly [number, number, number, number] | null {
        const { instance, index, order } = hit.triangle;
        const { mesh, transform } = this.#scene.instances[instance]!;
        const tangents = this.#shading.tangentsOf(mesh);
        if (!tangents) return null;
        const weights = [1 - hit.u - hit.v, hit.u, hit.v];
        const sum: [number, number, number] = [0, 0, 0];
        for (const [k, corner] of order.entries()) {
            const o = (index * 3 + corner) * 4;
            const t = transformVector(transform, [tangents[o]!, tangents[o + 1]!, tangents[o + 2]!]);
            const length = Math.sqrt(dot(t, t));
            for (let axis = 0; axis < 3; axis++) sum[axis]! += (weights[k]! * t[axis as 0 | 1 | 2]) / length;
        }
        const sign = tangents[(index * 3 + order[0]!) * 4 + 3]! * Math.sign(determinant3(transform));
        return [...(sum satisfies Vec3), sign];
    }

    #mesh(hit: TrianglePoint): Scene['meshes'][number] {
        return this.#scene.meshes[this.#scene.instances[hit.triangle.instance]!.mesh]!;
    }
}

function bilinear({ widthPx, heightPx, data, srgb }: Texture, ref: TextureRef, at: Uv, nearest: boolean): number[] {
    const x = at[0] * widthPx - 0.5;
    const y = at[1] * heightPx - 0.5;
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = nearest ? [Math.floor(x - x0 + 0.5), Math.floor(y - y0 + 0.5)] : [x - x0, y - y0];
    const out = [0, 0, 0, 0];
    for (let k = 0; k < 4; k++) {
        const dx = k & 1;
        const dy = k >> 1;
        const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
        const u = wrapTexel(x0 + dx, widthPx, ref.wrapU);
        const v = wrapTexel(y0 + dy, heightPx, ref.wrapV);
        for (let c = 0; c < 4; c++) {
            const value = data[(v * widthPx + u) * 4 + c]! / 255;
            out[c]! += weight * (c < 3 ? toLinear(value, srgb) : value);
        }
    }
    return out;
}
