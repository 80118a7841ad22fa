/**
 * What `material.extras.mixreel` says of a material beyond glTF (the contract stands in the README of `@mixreel/importers`):
 * the BSDF that the scene was written for, which replaces glTF's approximation. Anything malformed there is bad input.
 */
import type { Material as GltfMaterial } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import type { Vec3 } from '../math/vector.ts';
import { clamp01, type GltfReader } from './gltf-reader.ts';
import type { Material } from './scene.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields that differ from glTF's reading, none if there are no extras of ours. */
export function readExtras(material: GltfMaterial, reader: GltfReader): Partial<Material> {
    const fields = material.getExtras()['mixreel'] as Fields | undefined;
    if (!fields || typeof fields !== 'object' || fields['bsdf'] === undefined) return {};
    const name = material.getName();
    // Scenes of other renderers were lit by renderers that lose what facets scatter more than once.
    const facets = { beckmann: fields['distribution'] === 'beckmann', singleScattering: true };
    switch (fields['bsdf']) {
        case 'diffuse':
            return { kind: 'diffuse' };
        case 'conductor':
            return {
                kind: 'conductor',
                ...facets,
                eta: vector(fields, 'eta', name),
                k: vector(fields, 'k', name),
                specularColor: vector(fields, 'specular', name, [1, 1, 1]),
                roughness: roughness(fields, name)
            };
        case 'plastic':
            return {
                kind: 'plastic',
                ...facets,
                ior: ior(fields, name),
                nonlinear: fields['nonlinear'] === true,
                specularColor: vector(fields, 'specular', name, [1, 1, 1]),
                roughness: roughness(fields, name)
            };
        case 'dielectric':
        case 'thindielectric':
            return {
                kind: 'dielectric',
                ...facets,
                ior: ior(fields, name),
                thin: fields['bsdf'] === 'thindielectric',
                roughness: roughness(fields, name)
            };
        default:
            reader.note('unsupported', `extras.mixreel.bsdf "${fields['bsdf']}" is not known: rendered as glTF says`);
            return {};
    }
}

/** True if it is of a scene whose surfaces are there from behind, though light may come from their fronts alone. */
export function isSolid(material: GltfMaterial): boolean {
    const fields = material.getExtras()['mixreel'] as Fields | null | undefined;
    return typeof fields === 'object' && fields !== null && (fields['bsdf'] !== undefined || fields['solid'] === true);
}

function refuse(name: string, key: string, value: unknown, expected: string): Error {
    return badInput(
        `material "${name}" has extras.mixreel.${key} ${JSON.stringify(value)}`,
        expected,
        'Convert the scene again, or remove extras.mixreel'
    );
}

function vector(fields: Fields, key: string, name: string, fallback?: Vec3): Vec3 {
    const value = fields[key] ?? fallback;
    if (Array.isArray(value) && value.length === 3 && value.every((x) => typeof x === 'number' && x >= 0)) {
        return value as unknown as Vec3;
    }
    throw refuse(name, key, value, 'three numbers of at least 0');
}

/** Perceptual roughness, whose square is the microfacets' alpha. */
function roughness(fields: Fields, name: string): number {
    const value = fields['alpha'] ?? 0;
    if (typeof value !== 'number' || !(value >= 0)) throw refuse(name, 'alpha', value, 'a number of at least 0');
    return Math.sqrt(clamp01(value));
}

function ior(fields: Fields, name: string): number {
    const value = fields['ior'] ?? 1.5;
    if (typeof value !== 'number' || !(value >= 1 && value <= 4)) throw refuse(name, 'ior', value, '1 to 4');
    return value;
}
