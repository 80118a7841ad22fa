/** Named materials that between them use every lobe, for the tests of the BSDF. */

import type { Bsdf } from '../../src/bsdf/bsdf.ts';
import { type BsdfInit, makeBsdf } from '../../src/bsdf/make-bsdf.ts';
import { normalize, type Vec3 } from '../../src/math/vector.ts';
import { MATERIAL_DEFAULTS } from '../../src/tracer/pack-materials.ts';

export const BASE: BsdfInit = {
    ...MATERIAL_DEFAULTS,
    kind: 'gltf',
    roughness: 0.5,
    eta: [0.2, 0.9, 1.3],
    k: [3.9, 2.4, 2.2],
    iridescenceThicknessNm: 400,
    coatNormal: [0, 0, 1]
};

const TILTED: Vec3 = normalize([0.2, -0.1, 1]);
const FILM = { iridescence: 1, iridescenceIor: 1.33, iridescenceThicknessNm: 500 };

/** Of eta 0 and any k: reflects everything, from everywhere. */
const WHITE: BsdfInit = { ...BASE, kind: 'conductor', eta: [0, 0, 0], k: [1, 1, 1] };

/** White where a material can be: what reflects less than 1 then loses it. */
export const MATERIALS: Readonly<Record<string, BsdfInit>> = {
    diffuse: { ...BASE, kind: 'diffuse' },
    'rough plastic': { ...BASE, roughness: 0.7 },
    'shiny plastic': { ...BASE, roughness: 0.3 },
    'perfectly smooth plastic': { ...BASE, roughness: 0 },
    'half metal': { ...BASE, metallic: 0.5, roughness: 0.6 },
    'white metal': { ...BASE, metallic: 1, roughness: 0.8 },
    'white conductor': { ...WHITE, roughness: 0.6 },
    'very rough white conductor': { ...WHITE, roughness: 1 },
    'white Beckmann conductor': { ...WHITE, roughness: 0.6, beckmann: true },
    'white brushed conductor': { ...WHITE, roughness: 0.4, anisotropy: 0.7 },
    'white mirror': { ...WHITE, roughness: 0 },
    'rough conductor': { ...BASE, kind: 'conductor', roughness: 0.6 },
    'Beckmann conductor': { ...BASE, kind: 'conductor', roughness: 0.6, beckmann: true },
    'brushed conductor': { ...BASE, kind: 'conductor', roughness: 0.4, anisotropy: 0.7 },
    mirror: { ...BASE, kind: 'conductor', roughness: 0 },
    'rough glass': { ...BASE, kind: 'dielectric', roughness: 0.5 },
    'Beckmann glass': { ...BASE, kind: 'dielectric', roughness: 0.5, beckmann: true },
    'smooth glass': { ...BASE, kind: 'dielectric', roughness: 0 },
    'brushed glass': { ...BASE, kind: 'dielectric', roughness: 0.4, anisotropy: 0.5 },
    'thin rough glass': { ...BASE, kind: 'dielectric', roughness: 0.5, thin: true },
    'smooth coat over white': { ...BASE, kind: 'plastic', roughness: 0 },
    'rough coat over white': { ...BASE, kind: 'plastic', roughness: 0.5, ior: 1.9 },
    'rough coat over grey': { ...BASE, kind: 'plastic', roughness: 0.5, baseColor: [0.7, 0.8, 0.2], ior: 1.9 },
    'brushed coat': { ...BASE, kind: 'plastic', roughness: 0.4, anisotropy: 0.6 },
    'rough coat, coloured inside': { ...BASE, kind: 'plastic', baseColor: [0.2, 0.9, 0.9], nonlinear: true },
    'weak, coloured specular': { ...BASE, specular: 0.5, specularColor: [1, 0.5, 0.2] },
    'no specular': { ...BASE, specular: 0 },
    'glass without reflection': { ...BASE, transmission: 1, roughness: 0, specular: 0 },
    'thin glass that reflects red': { ...BASE, transmission: 1, roughness: 0, specularColor: [9, 1, 0], thin: true },
    'half transmitting': { ...BASE, transmission: 0.5, roughness: 0.5 },
    'stretched metal': { ...BASE, metallic: 1, roughness: 0.4, anisotropy: 0.8 },
    'stretched plastic': { ...BASE, roughness: 0.5, anisotropy: 0.6 },
    'stretched glass': { ...BASE, transmission: 1, roughness: 0.5, anisotropy: 0.6 },
    'varnished wood': { ...BASE, roughness: 0.7, clearcoat: 1, clearcoatRoughness: 0.3 },
    'smoothly varnished metal': { ...BASE, metallic: 1, roughness: 0.5, clearcoat: 1 },
    'wavy coat': { ...BASE, roughness: 0.6, clearcoat: 0.7, clearcoatRoughness: 0.4, coatNormal: TILTED },
    velvet: { ...BASE, specular: 0, sheenColor: [1, 1, 1], sheenRoughness: 0.5 },
    'white cloth': { ...BASE, sheenColor: [1, 1, 1], sheenRoughness: 0.8 },
    'coated cloth': {
        ...BASE,
        sheenColor: [0.9, 0.5, 0.2],
        sheenRoughness: 0.8,
        clearcoat: 1,
        clearcoatRoughness: 0.4
    },
    'soap film': { ...BASE, ...FILM },
    'anodised metal': { ...BASE, ...FILM, metallic: 1, roughness: 0.4 },
    'filmed glass': { ...BASE, ...FILM, transmission: 1, roughness: 0.5 },
    'smooth filmed glass': { ...BASE, ...FILM, transmission: 1, roughness: 0 },
    leaf: { ...BASE, thin: true, diffuseTransmission: 0.4 },
    wax: { ...BASE, diffuseTransmission: 0.8, roughness: 0.6, thin: false },
    prism: { ...BASE, transmission: 1, roughness: 0.5, dispersion: 8 },
    'smooth prism': { ...BASE, transmission: 1, roughness: 0, dispersion: 8 },
    'varnished glass': { ...BASE, transmission: 1, roughness: 0.5, clearcoat: 1, clearcoatRoughness: 0.4 }
};

/** Unit vectors above the surface. */
export const ANGLES: readonly number[] = [0.05, 0.7, 1.3];

export function outgoing(angle: number): Vec3 {
    return [Math.sin(angle) * 0.8, Math.sin(angle) * 0.6, Math.cos(angle)];
}

/** True if light may be in the material. */
export function isSolid(init: BsdfInit): boolean {
    return !init.thin && (init.kind === 'dielectric' || init.transmission > 0 || init.diffuseTransmission > 0);
}

/** Every material at some angles, solids from inside too. */
export function each(
    run: (name: string, bsdf: Bsdf, wo: Vec3, material: string) => void,
    angles: readonly number[] = ANGLES
): void {
    for (const [name, init] of Object.entries(MATERIALS)) {
        for (const angle of angles) {
            for (const front of isSolid(init) ? [true, false] : [true]) {
                const o = outgoing(angle);
                run(`${name}, ${angle} rad, ${front ? 'front' : 'back'}`, makeBsdf(init, front, o), o, name);
            }
        }
    }
}

/** Power that a sample carries on: radiance is scaled by 1 / eta^2 on the way into glass. */
export function powerOf(b: Bsdf, weight: Vec3, below: boolean): Vec3 {
    if (!below || b.thin || b.glass === 0) return weight;
    const ior = b.inside ? 1 / b.eta : b.eta;
    return weight.map((w, c) => {
        const n = ior + (c - 1) * b.spread;
        return b.inside ? w / (n * n) : w * n * n;
    }) as unknown as Vec3;
}
