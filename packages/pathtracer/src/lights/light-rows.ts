/** Writes the rows of the light table, whose layout `light-table.ts` describes, and the weight each light is chosen by. */
import { NONE } from '../math/none.ts';
import { cross, determinant3, length, luminance, sub, transformPoint, type Vec3 } from '../math/vector.ts';
import type { DirectionalLight, LightFalloff, Material, Mesh, PunctualLight, Scene } from '../scene/scene.ts';
import { toUnorm16 } from '../tracer/pack-triangles.ts';
import { isCoated } from './coat-emission.ts';
import type { LeafWriter } from './light-leaves.ts';
import { MeanEmission } from './mean-emission.ts';

/** Words of a light. */
export const LIGHT_WORDS = 24;
export const LIGHT_KIND: Readonly<
    Record<'triangle' | 'point' | 'spot' | 'directional' | 'environment' | 'tree' | 'sun', number>
> = Object.freeze({ triangle: 0, point: 1, spot: 2, directional: 3, environment: 4, tree: 5, sun: 6 });
export const LIGHT_TWO_SIDED = 16;
/** Bit from which on the first word of a light's kind holds where its opacity rows are. */
const LIGHT_OPACITY = 5;
export const LIGHT_FALLOFF: Readonly<Record<LightFalloff, number>> = Object.freeze({ physical: 0, soft: 1, linear: 2 });

/** True for a directional light of some size. */
export function isSun(light: PunctualLight): light is DirectionalLight {
    return light.kind === 'directional' && (light.angularRadiusRad ?? 0) > 0;
}

/** See the file comment. */
export class LightWriter {
    readonly words: Uint32Array;
    readonly floats: Float32Array;
    /** Power, W; 0: never chosen. */
    readonly weights: Float64Array;
    readonly #scene: Scene;
    readonly #leaves: LeafWriter | null;
    readonly #means = new Map<number, MeanEmission>();
    /** Rows on the opacity of triangles, to lie behind those of the lights. */
    readonly #opacities: number[] = [];
    next = 0;
    emissiveTriangles = 0;

    constructor(scene: Scene, count: number, leaves: LeafWriter | null) {
        this.#scene = scene;
        this.#leaves = leaves;
        this.words = new Uint32Array(Math.max(1, count) * LIGHT_WORDS);
        this.floats = new Float32Array(this.words.buffer);
        this.weights = new Float64Array(count);
    }

    directional(light: PunctualLight, radius: number): void {
        if (light.kind !== 'directional') return;
        const o = this.next * LIGHT_WORDS;
        this.floats.set(light.direction, o + 4);
        this.words[o + 3] = LIGHT_KIND.directional;
        let scaled = light.irradiance;
        if (isSun(light)) {
            const sine = Math.sin(light.angularRadiusRad!);
            const radiance = 1 / (Math.PI * sine * sine);
            scaled = [scaled[0] * radiance, scaled[1] * radiance, scaled[2] * radiance];
            this.words[o + 3] = LIGHT_KIND.sun;
            // 1 - cos without cancellation.
            this.floats[o + 7] = 2 * Math.sin(light.angularRadiusRad! / 2) ** 2;
            this.floats[o + 15] = sine * sine;
        }
        this.floats.set(scaled, o + 12);
        this.weights[this.next++] = luminance(light.irradiance) * Math.PI * radius * radius;
    }

    punctual(light: PunctualLight): void {
        if (light.kind === 'directional') return;
        const i = this.next++;
        const o = i * LIGHT_WORDS;
        this.words[o + 3] = LIGHT_KIND[light.kind];
        this.floats.set(light.position, o);
        const { falloff = 'physical', rangeM = 0 } = light;
        this.floats[o + 8] = rangeM;
        this.floats[o + 9] = LIGHT_FALLOFF[falloff];
        this.floats.set(light.intensity, o + 12);
        // A linear light counts as the physical one that is as bright at half its range.
        const brightness = luminance(light.intensity) * (falloff === 'linear' ? rangeM ** 2 / 8 : 1);
        if (light.kind === 'point') {
            this.weights[i] = brightness * 4 * Math.PI;
            if (brightness > 0) this.#leaves?.point(i, light.position, brightness, [0, 1, 0], -1, 0);
            return;
        }
        const [inner, outer] = [light.innerConeRad, light.outerConeRad];
        this.floats.set(light.direction, o + 4);
        this.floats[o + 7] = Math.cos(inner);
        this.floats[o + 15] = Math.cos(outer);
        this.weights[i] = brightness * 2 * Math.PI * (1 - Math.cos(outer));
        if (!(this.weights[i]! > 0)) return;
        // A node's cosE is that of pi / 2 at most: a wider ramp counts as a point light.
        const beyond = Math.cos(Math.max(0, outer - inner));
        if (beyond < 0) this.#leaves?.point(i, light.position, brightness, light.direction, -1, 0);
        else {
            this.#leaves?.point(
                i,
                light.position,
                brightness,
                light.direction,
                Math.cos(Math.min(inner, outer)),
                beyond
            );
        }
    }

    /** The rows of all lights, with those on opacity behind them. */
    rows(count: number): Uint32Array {
        const lights = this.words.subarray(0, count * LIGHT_WORDS);
        if (this.#opacities.length === 0) return lights;
        const words = new Uint32Array(lights.length + this.#opacities.length);
        words.set(lights);
        words.set(this.#opacities, lights.length);
        return words;
    }

    /** The triangles of an emissive instance. */
    instance(instance: Scene['instances'][number]): void {
        const mesh = this.#scene.meshes[instance.mesh]!;
        const material = this.#scene.materials[instance.material]!;
        const radiance = material.emission!;
        const twoSided = material.doubleSided === true;
        const brightness = luminance(radiance);
        const mean = this.#mean(instance.material);
        // A mirroring transform turns the winding: the front stays the front.
        const turn = determinant3(instance.transform) < 0 ? [0, 2, 1] : [0, 1, 2];
        const { positions: p, indices } = mesh;
        // The coat's texture, if there are both, is read at the emission's coordinates.
        const picture = material.textures?.emission ?? material.textures?.clearcoat;
        const uvs = picture?.uvSet === 1 ? mesh.uvs1 : mesh.uvs;
        const hidden = material.alphaMode === 'mask' || material.alphaMode === 'blend';
        const { words, floats } = this;
        const corner = (v: number): Vec3 =>
            transformPoint(instance.transform, [p[v * 3]!, p[v * 3 + 1]!, p[v * 3 + 2]!]);
        for (let t = 0; t < indices.length; t += 3) {
            const i = this.next++;
            const o = i * LIGHT_WORDS;
            for (let k = 0; k < 3; k++) {
                const v = indices[t + turn[k]!]!;
                floats[o + 16 + 2 * k] = uvs?.[v * 2] ?? 0;
                floats[o + 17 + 2 * k] = uvs?.[v * 2 + 1] ?? 0;
            }
            const a = corner(indices[t + turn[0]!]!);
            const e1 = sub(corner(indices[t + turn[1]!]!), a);
            const e2 = sub(corner(indices[t + turn[2]!]!), a);
            const area = length(cross(e1, e2)) / 2;
            words[o + 3] = LIGHT_KIND.triangle + (twoSided ? LIGHT_TWO_SIDED : 0);
            floats.set(a, o);
            floats.set(e1, o + 4);
            floats[o + 7] = area;
            floats.set(e2, o + 8);
            floats.set(radiance, o + 12);
            words[o + 15] = mean || hidden || isCoated(material) ? instance.material : NONE;
            if (hidden) {
                const corners = turn.map((k) => indices[t + k]!) as [number, number, number];
                words[o + 3]! += this.#opacity(mesh, material, corners) * 2 ** LIGHT_OPACITY;
            }
            // In float32, as the kernels hold it: what has no area there cannot be sampled.
            if (!(Math.fround(area) > 0)) continue;
            const intensity = area * brightness * (mean ? mean.over(floats.subarray(o + 16, o + 22)) : 1);
            if (!(intensity > 0)) continue;
            this.weights[i] = intensity * Math.PI * (twoSided ? 2 : 1);
            this.emissiveTriangles++;
            this.#leaves?.triangle(i, floats, o, intensity, twoSided);
        }
    }

    /** Writes what the opacity of a triangle depends on, and returns the row, behind the first light's first one. */
    #opacity(mesh: Mesh, material: Material, corners: readonly [number, number, number]): number {
        const row = (this.weights.length * LIGHT_WORDS + this.#opacities.length) / 4;
        const uvs = material.textures?.baseColor?.uvSet === 1 ? mesh.uvs1 : mesh.uvs;
        const at = new Float32Array(corners.flatMap((v) => [uvs?.[v * 2] ?? 0, uvs?.[v * 2 + 1] ?? 0]));
        const [a, b, c] = corners.map((v) => toUnorm16(mesh.colors?.[v * 4 + 3] ?? 1)) as [number, number, number];
        this.#opacities.push(...new Uint32Array(at.buffer), (a | (b << 16)) >>> 0, c);
        return row;
    }

    #mean(material: number): MeanEmission | null {
        const ref = this.#scene.materials[material]!.textures?.emission;
        if (!ref) return null;
        let mean = this.#means.get(material);
        if (!mean) {
            mean = new MeanEmission(this.#scene, ref);
            this.#means.set(material, mean);
        }
        return mean;
    }
}
