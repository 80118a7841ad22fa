/**
 * Wavefront MTL: Phong colours with the physically based extension (Pr, Pm, norm and their pictures) that modellers write. Mapped to glTF's model;
 * Phong's exponent becomes a roughness by Blinn's rule alpha^2 = 2 / (Ns + 2).
 */
import { roughnessFromAlpha, type SurfaceMaterial } from '../convert/bsdf.ts';
import type { Vec3 } from '../convert/mat4.ts';
import type { Emission } from '../convert/material-builder.ts';
import type { ReportBuilder } from '../convert/report.ts';

/** A material of a library. */
export interface MtlMaterial {
    readonly surface: SurfaceMaterial;
    readonly emission?: Emission;
}

/** What is read, and the ambient colour, which paths find by themselves. */
const READ = new Set(
    ['Ka', 'Kd', 'Ks', 'Ke', 'Ns', 'Ni', 'd', 'Tr', 'illum', 'Pr', 'Pm'].concat(
        'map_Ka',
        'map_Kd',
        'map_d',
        'map_Ke',
        'map_Pr',
        'map_Pm',
        'norm',
        'sharpness'
    )
);

/** Reads a library; what cannot be carried over goes to the report, with the statements that are not known. */
export function readMtl(text: string, report: ReportBuilder): Map<string, MtlMaterial> {
    const materials = new Map<string, MtlMaterial>();
    let name: string | undefined;
    let fields = new Map<string, string>();
    const finish = () => {
        if (name !== undefined) materials.set(name, convert(name, fields, report));
        fields = new Map();
    };
    for (const raw of text.split('\n')) {
        const line = raw.replace(/#.*/, '').trim();
        const [keyword = ''] = line.split(/\s+/);
        const rest = line.slice(keyword.length).trim();
        if (keyword === 'newmtl') {
            finish();
            name = rest;
        } else if (keyword !== '') fields.set(keyword, rest);
    }
    finish();
    return materials;
}

function convert(name: string, fields: ReadonlyMap<string, string>, report: ReportBuilder): MtlMaterial {
    const where = `material "${name}"`;
    const number = (key: string, otherwise: number) => {
        const value = Number(fields.get(key)?.split(/\s+/)[0]);
        return Number.isFinite(value) ? value : otherwise;
    };
    const color = (key: string, otherwise: Vec3): Vec3 => {
        const text = fields.get(key) ?? '';
        const parts = text.split(/\s+/).map(Number);
        if (text === '' || !Number.isFinite(parts[0])) return otherwise;
        const [r, g = r, b = r] = parts as [number, number?, number?];
        return [r, Number.isFinite(g) ? g! : r, Number.isFinite(b) ? b! : r];
    };
    // The file name is what follows the options (-o, -s, -bm …); it may hold spaces only without options.
    const picture = (key: string) => {
        const text = fields.get(key);
        if (!text) return undefined;
        return (text.startsWith('-') ? text.split(/\s+/).at(-1)! : text).replaceAll('\\', '/');
    };
    for (const [key, value] of fields) {
        if (!READ.has(key)) report.unsupported(`${where}: ${key}`);
        else if ((key.startsWith('map_') || key === 'norm') && value.startsWith('-'))
            report.unsupported(`${where}: options of ${key}`);
    }
    const diffuse = color('Kd', [0.8, 0.8, 0.8]);
    const specular = color('Ks', [0, 0, 0]);
    const alpha = Math.sqrt(2 / (Math.max(0, number('Ns', 0)) + 2));
    // Pictures are factors, on 1 where there is no number.
    const [roughMap, metalMap] = [picture('map_Pr'), picture('map_Pm')];
    const roughness = number('Pr', roughMap === undefined ? roughnessFromAlpha(alpha) : 1);
    const metallic = number('Pm', metalMap === undefined ? 0 : 1);
    const physical = fields.has('Pr') || roughMap !== undefined || metalMap !== undefined;
    const opacity = fields.has('d') ? number('d', 1) : 1 - number('Tr', 0);
    const glass = opacity < 1 && [4, 6, 7, 9].includes(number('illum', 2));
    const map = picture('map_Kd');
    const paint = {
        color: map === undefined || fields.has('Kd') ? diffuse : ([1, 1, 1] as const),
        ...(map === undefined ? {} : { picture: map })
    };
    if (specular.some((value) => value > 0) && !physical) report.approximate(`${where}: Phong highlight`, 'GGX');
    const plain = specular.every((value) => value === 0) && metallic === 0 && !physical && !glass;
    const bsdf: SurfaceMaterial['bsdf'] = plain
        ? { kind: 'diffuse', reflectance: paint }
        : {
              kind: 'principled',
              color: paint,
              metallic,
              alpha: [roughness ** 2, roughness ** 2],
              ior: number('Ni', 1.5),
              transmission: glass ? 1 - opacity : 0
          };
    const cutout = picture('map_d');
    const coverage =
        cutout !== undefined ? { picture: cutout } : !glass && opacity < 1 ? { value: opacity } : undefined;
    const glow = picture('map_Ke');
    const white = glow === undefined ? 0 : 1;
    const radiance = color('Ke', [white, white, white]);
    const normals = picture('norm');
    return {
        surface: {
            name,
            bsdf,
            ...(coverage ? { opacity: coverage } : {}),
            ...(normals === undefined ? {} : { normals: { picture: normals } }),
            ...(roughMap === undefined ? {} : { roughnessPicture: { picture: roughMap } }),
            ...(metalMap === undefined ? {} : { metallicPicture: { picture: metalMap } })
        },
        ...(radiance.some((value) => value > 0)
            ? { emission: { radiance, twoSided: true, ...(glow === undefined ? {} : { picture: { picture: glow } }) } }
            : {})
    };
}
