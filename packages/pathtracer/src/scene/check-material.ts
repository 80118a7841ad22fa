/** The border for materials and their pictures: every value in its range, every texture there. */
import { badInput } from '@mixreel/core';
import { checkIndex, checkNumbers, label } from './check-values.ts';
import type { Material, Texture } from './scene.ts';

const KINDS: readonly Material['kind'][] = ['gltf', 'diffuse', 'conductor', 'dielectric', 'plastic'];

/** Throws `bad-input` that names the material. */
export function checkMaterial(material: Material, index: number, textureCount: number): void {
    const name = label('material', index, material.name);
    if (!KINDS.includes(material.kind)) {
        throw badInput(
            `${name}: kind is ${material.kind}`,
            `one of ${KINDS.join(', ')}`,
            "glTF's materials are kind 'gltf'"
        );
    }
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

/** Throws `bad-input` that names the texture. */
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
