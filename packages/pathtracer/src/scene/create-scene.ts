/**
 * The border of the tracer: a scene description is checked here once, and what cannot be rendered is refused with a message
 * that names it, or left out with an event. Degenerate triangles are counted and kept (they cannot be hit); meshes without
 * triangles are dropped with their instances.
 */
import { badInput, MixreelError } from '@mixreel/core';
import { determinant3, isSingular, type Mat4 } from '../math/vector.ts';
import { checkLight, isDark } from './check-light.ts';
import type { Environment, Instance, Material, Mesh, Scene, SceneEvent, SceneInit, Texture } from './scene.ts';

/**
 * The light of a scene that has none: uniform white of radiance 1, from everywhere. Chosen so that a diffuse surface of albedo
 * a, unoccluded, shows as radiance a.
 */
export const DEFAULT_ENVIRONMENT: Environment = Object.freeze({
    widthPx: 1,
    heightPx: 1,
    data: new Float32Array([1, 1, 1])
});

/** An environment of one colour: linear radiance. */
export function constantEnvironment(radiance: readonly [number, number, number]): Environment {
    return { widthPx: 1, heightPx: 1, data: new Float32Array(radiance) };
}

/**
 * Checks a scene.
 *
 * @throws `bad-input`, naming the mesh, instance, material, texture or light, what is wrong and how to mend it.
 */
export function createScene(init: SceneInit): Scene {
    const events: SceneEvent[] = [];
    const textures = init.textures ?? [];
    const lights = init.lights ?? [];
    let degenerate = 0;
    for (const [i, mesh] of init.meshes.entries()) degenerate += checkMesh(mesh, i);
    for (const [i, texture] of textures.entries()) checkTexture(texture, i);
    for (const [i, material] of init.materials.entries()) checkMaterial(material, i, textures.length);
    for (const [i, instance] of init.instances.entries()) checkInstance(instance, i, init);
    for (const [i, light] of lights.entries()) checkLight(light, i);
    if (init.environment) checkEnvironment(init.environment);

    const instances = init.instances.filter((instance) => init.meshes[instance.mesh]!.indices.length > 0);
    const dropped = init.instances.length - instances.length;
    if (dropped > 0) {
        events.push({ kind: 'empty-mesh', count: dropped, message: `${dropped} instances of empty meshes left out` });
    }
    if (degenerate > 0) {
        events.push({
            kind: 'degenerate-triangles',
            count: degenerate,
            message: `${degenerate} triangles have no area and cannot be hit`
        });
    }
    const dark = lights.filter(isDark).length;
    if (dark > 0) events.push({ kind: 'skipped', count: dark, message: `${dark} lights of intensity 0 give no light` });
    const emissive = instances.some((instance) => isEmissive(init.materials[instance.material]!));
    let environment = init.environment ?? null;
    if (!environment && !emissive && lights.length === 0) {
        environment = DEFAULT_ENVIRONMENT;
        events.push({
            kind: 'default-environment',
            count: 1,
            message: 'the scene has no light: lit by a uniform white environment of radiance 1'
        });
    }
    let triangleCount = 0;
    for (const instance of instances) triangleCount += init.meshes[instance.mesh]!.indices.length / 3;
    return {
        meshes: init.meshes,
        instances,
        materials: init.materials,
        textures,
        lights,
        environment,
        view: init.view ?? null,
        semantics: init.semantics ?? null,
        triangleCount,
        events
    };
}

/** True if the material gives light of its own. */
export function isEmissive(material: Material): boolean {
    const e = material.emission;
    return e !== undefined && (e[0] > 0 || e[1] > 0 || e[2] > 0);
}

export function checkMesh(mesh: Mesh, index: number): number {
    const name = label('mesh', index, mesh.name);
    const vertices = mesh.positions.length / 3;
    if (!Number.isInteger(vertices)) {
        throw badInput(`${name} has ${mesh.positions.length} position floats`, 'a multiple of 3', 'Pass x, y, z each');
    }
    const bad = firstNonFinite(mesh.positions);
    if (bad >= 0) {
        throw badInput(
            `${name}, vertex ${Math.floor(bad / 3)} has the coordinate ${mesh.positions[bad]}`,
            'finite numbers',
            'Repair the mesh in the program that made it, or leave it out'
        );
    }
    for (const [key, data, width] of [
        ['normals', mesh.normals, 3],
        ['uvs', mesh.uvs, 2],
        ['uvs1', mesh.uvs1, 2],
        ['tangents', mesh.tangents, 4],
        ['colors', mesh.colors, 4]
    ] as const) {
        if (!data) continue;
        if (data.length !== vertices * width) {
            throw badInput(`${name} has ${data.length} ${key} floats`, `${vertices * width}`, `Pass ${width} a vertex`);
        }
        const broken = firstNonFinite(data);
        if (broken >= 0) {
            throw badInput(
                `${name} has ${data[broken]} in its ${key} at vertex ${Math.floor(broken / width)}`,
                'finite numbers',
                `Leave the ${key} out or repair them`
            );
        }
    }
    return checkIndices(mesh, name, vertices);
}

/** Returns the number of triangles without area. */
function checkIndices(mesh: Mesh, name: string, vertices: number): number {
    const { indices, positions: p } = mesh;
    if (indices.length % 3 !== 0) {
        throw badInput(`${name} has ${indices.length} indices`, 'a multiple of 3', 'Pass whole triangles');
    }
    for (let i = 0; i < indices.length; i++) {
        if (indices[i]! >= vertices) {
            throw badInput(
                `${name} has the index ${indices[i]} at position ${i}`,
                `less than its ${vertices} vertices`,
                'Export the mesh again: its index buffer does not belong to its vertices'
            );
        }
    }
    let degenerate = 0;
    for (let i = 0; i < indices.length; i += 3) {
        const a = indices[i]! * 3;
        const b = indices[i + 1]! * 3;
        const c = indices[i + 2]! * 3;
        const ux = p[b]! - p[a]!;
        const uy = p[b + 1]! - p[a + 1]!;
        const uz = p[b + 2]! - p[a + 2]!;
        const vx = p[c]! - p[a]!;
        const vy = p[c + 1]! - p[a + 1]!;
        const vz = p[c + 2]! - p[a + 2]!;
        const nx = uy * vz - uz * vy;
        const ny = uz * vx - ux * vz;
        const nz = ux * vy - uy * vx;
        if (nx === 0 && ny === 0 && nz === 0) degenerate++;
    }
    return degenerate;
}

export function checkInstance(instance: Instance, index: number, init: Pick<SceneInit, 'meshes' | 'materials'>): void {
    const name = label('instance', index, instance.name);
    checkIndex(instance.mesh, init.meshes.length, `${name}: mesh`);
    checkIndex(instance.material, init.materials.length, `${name}: material`);
    const m: Mat4 = instance.transform;
    if (m.length !== 16) throw badInput(`${name} has a transform of ${m.length} numbers`, '16', 'Pass a 4x4 matrix');
    checkNumbers(m, `${name}: transform`);
    const before = instance.previousTransform;
    if (before && before.length !== 16) {
        throw badInput(`${name} has a previousTransform of ${before.length} numbers`, '16', 'Pass a 4x4 matrix');
    }
    checkNumbers(before ?? [], `${name}: previousTransform`);
    if (isSingular(m)) {
        throw badInput(
            `${name} has a singular transform (determinant ${determinant3(m)})`,
            'an invertible matrix',
            'Give every axis a scale other than 0; a very small one will do'
        );
    }
}

export function checkMaterial(material: Material, index: number, textureCount: number): void {
    const name = label('material', index, material.name);
    for (const [key, low, high] of [
        ['opacity', 0, 1],
        ['alphaCutoff', 0, 1],
        ['metallic', 0, 1],
        ['roughness', 0, 1],
        ['ior', 1, 4],
        ['transmission', 0, 1],
        ['specular', 0, 1],
        ['clearcoat', 0, 1],
        ['clearcoatRoughness', 0, 1],
        ['clearcoatNormalScale', -1e9, 1e9],
        ['sheenRoughness', 0, 1],
        ['iridescence', 0, 1],
        ['iridescenceIor', 1, 4],
        ['anisotropy', 0, 1],
        ['anisotropyRotationRad', -1e9, 1e9],
        ['diffuseTransmission', 0, 1],
        ['dispersion', 0, 1e3]
    ] as const) {
        const value = material[key];
        if (value !== undefined && !(value >= low && value <= high)) {
            throw badInput(`${name}: ${key} is ${value}`, `${low} to ${high}`, 'Clamp it to that range');
        }
    }
    const colors = { ...material, attenuationColor: material.attenuation?.color };
    for (const [key, high] of [
        ['baseColor', 1],
        ['emission', 1e9],
        ['eta', 1e9],
        ['k', 1e9],
        ['specularColor', 1e9],
        ['sheenColor', 1],
        ['diffuseTransmissionColor', 1],
        ['attenuationColor', 1]
    ] as const) {
        const value = colors[key];
        if (value === undefined) continue;
        if (value.length !== 3 || !value.every((x) => x >= 0 && x <= high)) {
            throw badInput(`${name}: ${key} is ${value.join(', ')}`, `three numbers from 0 to ${high}`, 'Mend it');
        }
    }
    const { attenuation, iridescenceThicknessNm: film } = material;
    if (attenuation && !(attenuation.distanceM > 0 && attenuation.distanceM < 1e12)) {
        throw badInput(
            `${name}: attenuation over ${attenuation.distanceM} m`,
            'a distance of more than 0 m',
            'Leave the attenuation out where there is none'
        );
    }
    if (film && !(film.length === 2 && film.every((nm) => nm >= 0 && nm <= 1e5))) {
        throw badInput(
            `${name}: iridescenceThicknessNm is ${film.join(', ')}`,
            'two numbers from 0 to 100000',
            'Mend it'
        );
    }
    for (const ref of Object.values(material.textures ?? {})) {
        if (!ref) continue;
        checkIndex(ref.texture, textureCount, `${name}: texture`);
        checkNumbers(Object.values(ref.transform ?? {}).flat(), `${name}: texture transform`);
        checkIndex(ref.uvSet ?? 0, 2, `${name}: uvSet of a texture`);
    }
}

export function checkTexture(texture: Texture, index: number): void {
    const { widthPx, heightPx, data } = texture;
    const name = label('texture', index, texture.name);
    if (!(widthPx >= 1 && widthPx <= 16384 && heightPx >= 1 && heightPx <= 16384)) {
        throw badInput(`${name} is ${widthPx} x ${heightPx}`, '1 to 16384 each way', 'Scale the picture down');
    }
    if (data.length !== widthPx * heightPx * 4) {
        throw badInput(
            `${name} has ${data.length} bytes`,
            `${widthPx * heightPx * 4}`,
            'Decode it to RGBA, 8 bits each'
        );
    }
}

export function checkEnvironment(environment: Environment): void {
    const { widthPx, heightPx, data } = environment;
    if (!(widthPx >= 1 && widthPx <= 8192 && heightPx >= 1 && heightPx <= 8192)) {
        throw badInput(`the environment is ${widthPx} x ${heightPx}`, '1 to 8192 each way', 'Scale the picture down');
    }
    if (data.length !== widthPx * heightPx * 3) {
        throw badInput(`the environment has ${data.length} floats`, `${widthPx * heightPx * 3}`, 'Pass RGB, 3 a pixel');
    }
    for (let i = 0; i < data.length; i++) {
        if (!(data[i]! >= 0 && data[i]! < Infinity)) {
            throw badInput(
                `the environment has ${data[i]} at pixel ${Math.floor(i / 3)}`,
                'finite radiance of at least 0',
                'Repair or replace the picture'
            );
        }
    }
}

export function checkIndex(index: number, count: number, name: string): void {
    if (Number.isInteger(index) && index >= 0 && index < count) return;
    throw badInput(`${name} is ${index}`, `an index below ${count}`, 'Refer to one that is there');
}

function checkNumbers(values: readonly unknown[], name: string): void {
    for (const value of values) {
        if (typeof value === 'number' && !Number.isFinite(value)) {
            throw badInput(`${name} holds ${value}`, 'finite numbers', 'Repair it or leave it out');
        }
    }
}

function firstNonFinite(data: Float32Array): number {
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
    return -1;
}

function label(kind: string, index: number, name: string | undefined): string {
    return name ? `${kind} ${index} ("${name}")` : `${kind} ${index}`;
}

/** Refuses a scene with nothing to render. */
export function requireTriangles(scene: Scene): void {
    if (scene.triangleCount > 0) return;
    throw new MixreelError('bad-input', {
        what: 'the scene has 0 triangles',
        expected: 'at least 1',
        mend: 'Add a mesh with triangles; points and lines are not rendered'
    });
}
