/**
 * All lights of a scene in one table with one alias table over them: every triangle of an emissive instance, the punctual
 * lights, and the environment. Local and directional lights are chosen by power; the environment, whose power says little about
 * what reaches the inside of a room, gets half of the samples if there are other lights.
 *
 * Rows of a light (6 x 4 words): v0 or position, kind + 16 if two-sided | e1 or direction, area or cosine of the inner cone |
 * e2, probability | radiance or intensity, material of a textured triangle or cosine of the outer cone | uv0, uv1 | uv2, keep,
 * alias. Twin of `shaders/pathtracer/lights.wgsl`.
 */
import { cross, determinant3, length, luminance, scale, sub, transformPoint, type Vec3 } from '../math/vector.ts';
import { isEmissive } from '../scene/create-scene.ts';
import type { Material, PunctualLight, Scene } from '../scene/scene.ts';
import { type AliasTable, buildAliasTable } from './alias-table.ts';

/** Words of a light. */
export const LIGHT_WORDS = 24;
export const LIGHT_KIND: Readonly<Record<'triangle' | 'point' | 'spot' | 'directional' | 'environment', number>> =
    Object.freeze({ triangle: 0, point: 1, spot: 2, directional: 3, environment: 4 });
export const LIGHT_TWO_SIDED = 16;
/** No light, no texture. */
export const NONE = 0xffffffff;

/** See the file comment. */
export interface LightTable {
    readonly words: Uint32Array;
    readonly count: number;
    readonly alias: AliasTable;
    /** First light of each instance, or {@link NONE}; its triangles follow in the mesh's order. */
    readonly firstOfInstance: Uint32Array;
    /** Probability that a sample goes to the environment. */
    readonly environmentPmf: number;
    /** Emissive triangles of positive area. */
    readonly emissiveTriangles: number;
}

/** Builds the table. `radius` is that of a sphere around the scene, metres. */
export function buildLightTable(scene: Scene, radius: number): LightTable {
    const firstOfInstance = new Uint32Array(scene.instances.length).fill(NONE);
    let count = scene.lights.length + (scene.environment ? 1 : 0);
    for (const [i, instance] of scene.instances.entries()) {
        if (!isEmissive(scene.materials[instance.material]!)) continue;
        firstOfInstance[i] = count - (scene.environment ? 1 : 0);
        count += scene.meshes[instance.mesh]!.indices.length / 3;
    }
    const words = new Uint32Array(Math.max(1, count) * LIGHT_WORDS);
    const writer: Writer = { words, floats: new Float32Array(words.buffer), weights: new Float64Array(count), next: 0 };
    for (const light of scene.lights) writePunctual(writer, light, radius);
    let emissiveTriangles = 0;
    for (const [i, instance] of scene.instances.entries()) {
        if (firstOfInstance[i] !== NONE) emissiveTriangles += writeInstance(writer, scene, instance);
    }
    let environmentPmf = 0;
    if (scene.environment) {
        let others = 0;
        for (const weight of writer.weights) others += weight;
        writer.words[writer.next * LIGHT_WORDS + 3] = LIGHT_KIND.environment;
        writer.weights[writer.next] = others > 0 ? others : 1;
        environmentPmf = others > 0 ? 0.5 : 1;
    }
    const alias = buildAliasTable(writer.weights);
    for (let i = 0; i < count; i++) {
        writer.floats[i * LIGHT_WORDS + 11] = alias.pmf[i]!;
        writer.floats[i * LIGHT_WORDS + 22] = alias.keep[i]!;
        words[i * LIGHT_WORDS + 23] = alias.alias[i]!;
    }
    return { words, count, alias, firstOfInstance, environmentPmf, emissiveTriangles };
}

interface Writer {
    readonly words: Uint32Array;
    readonly floats: Float32Array;
    readonly weights: Float64Array;
    next: number;
}

function writePunctual(writer: Writer, light: PunctualLight, radius: number): void {
    const o = writer.next * LIGHT_WORDS;
    const { words, floats } = writer;
    words[o + 3] = LIGHT_KIND[light.kind];
    if (light.kind === 'directional') {
        floats.set(light.direction, o + 4);
        floats.set(light.irradiance, o + 12);
        writer.weights[writer.next++] = luminance(light.irradiance) * Math.PI * radius * radius;
        return;
    }
    floats.set(light.position, o);
    floats.set(light.intensity, o + 12);
    let solidAngle = 4 * Math.PI;
    if (light.kind === 'spot') {
        floats.set(light.direction, o + 4);
        floats[o + 7] = Math.cos(light.innerConeRad);
        floats[o + 15] = Math.cos(light.outerConeRad);
        solidAngle = 2 * Math.PI * (1 - Math.cos(light.outerConeRad));
    }
    writer.weights[writer.next++] = luminance(light.intensity) * solidAngle;
}

/** Writes the triangles of an emissive instance and returns how many have an area. */
function writeInstance(writer: Writer, scene: Scene, instance: Scene['instances'][number]): number {
    const mesh = scene.meshes[instance.mesh]!;
    const material = scene.materials[instance.material]!;
    const radiance = material.emission!;
    const strength = luminance(radiance) * meanEmission(scene, material) * (material.doubleSided ? 2 : 1);
    // A mirroring transform turns the winding: the front stays the front.
    const mirrored = determinant3(instance.transform) < 0;
    let withArea = 0;
    for (let i = 0; i < mesh.indices.length; i += 3) {
        const corner = [0, mirrored ? 2 : 1, mirrored ? 1 : 2].map((k) => mesh.indices[i + k]!);
        const [a, b, c] = corner.map((index) =>
            transformPoint(instance.transform, [
                mesh.positions[index * 3]!,
                mesh.positions[index * 3 + 1]!,
                mesh.positions[index * 3 + 2]!
            ])
        ) as [Vec3, Vec3, Vec3];
        const e1 = sub(b, a);
        const e2 = sub(c, a);
        const area = length(cross(e1, e2)) / 2;
        const o = writer.next * LIGHT_WORDS;
        const { words, floats } = writer;
        words[o + 3] = LIGHT_KIND.triangle + (material.doubleSided ? LIGHT_TWO_SIDED : 0);
        floats.set(a, o);
        floats.set(e1, o + 4);
        floats[o + 7] = area;
        floats.set(e2, o + 8);
        floats.set(radiance, o + 12);
        words[o + 15] = material.textures?.emission ? instance.material : NONE;
        for (const [k, index] of corner.entries()) {
            floats[o + 16 + 2 * k] = mesh.uvs?.[index * 2] ?? 0;
            floats[o + 17 + 2 * k] = mesh.uvs?.[index * 2 + 1] ?? 0;
        }
        writer.weights[writer.next++] = area * Math.PI * strength;
        if (area > 0) withArea++;
    }
    return withArea;
}

/** Mean luminance of the emission texture, 1 without one. */
function meanEmission(scene: Scene, material: Material): number {
    const ref = material.textures?.emission;
    if (!ref) return 1;
    const { data, srgb } = scene.textures[ref.texture]!;
    let sum: Vec3 = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
        const c = [data[i]!, data[i + 1]!, data[i + 2]!].map((byte) => toLinear(byte / 255, srgb));
        sum = [sum[0] + c[0]!, sum[1] + c[1]!, sum[2] + c[2]!];
    }
    return luminance(scale(sum, 4 / data.length));
}

/** sRGB decoding (IEC 61966-2-1). */
export function toLinear(c: number, srgb: boolean): number {
    if (!srgb) return c;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}
