/**
 * The border of the tracer: a scene description is checked here once, and what cannot be rendered is refused with a message
 * that names it, or left out with an event. Degenerate triangles are counted and kept (they cannot be hit); meshes without
 * triangles are dropped with their instances.
 */
import { badInput, MixreelError } from '@mixreel/core';
import { determinant3, isSingular, type Mat4 } from '../math/vector.ts';
import { checkLight, isDark } from './check-light.ts';
import { checkMaterial, checkTexture } from './check-material.ts';
import { checkMesh } from './check-mesh.ts';
import { checkIndex, checkNumbers, label } from './check-values.ts';
import type { Environment, Instance, Material, Scene, SceneEvent, SceneInit } from './scene.ts';

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
    checkAffine(m, `${name}: transform`);
    // It may be singular: a thing may have grown out of nothing. Only points are taken through it.
    checkAffine(before ?? m, `${name}: previousTransform`);
    if (isSingular(m)) {
        throw badInput(
            `${name} has a singular transform (determinant ${determinant3(m)})`,
            'an invertible matrix',
            'Give every axis a scale other than 0; a very small one will do'
        );
    }
}

function checkAffine(m: Mat4, name: string): void {
    const last = [m[3]!, m[7]!, m[11]!, m[15]! - 1];
    if (last.every((x) => Math.abs(x) < 1e-5)) return;
    throw badInput(
        `${name} ends its columns with ${[m[3], m[7], m[11], m[15]].join(', ')}`,
        '0, 0, 0, 1: an affine matrix, column by column',
        'Transpose it if its translation stands in elements 3, 7 and 11'
    );
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

/** Refuses a scene with nothing to render. */
export function requireTriangles(scene: Scene): void {
    if (scene.triangleCount > 0) return;
    throw new MixreelError('bad-input', {
        what: 'the scene has 0 triangles',
        expected: 'at least 1',
        mend: 'Add a mesh with triangles; points and lines are not rendered'
    });
}
