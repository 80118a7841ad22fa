/** Materials of pbrt v3 and v4 as {@link Bsdf}s. */
import {
    type Alpha,
    alphaFromPbrt,
    type Bsdf,
    type ColorInput,
    conductorF0,
    type RoughnessPicture,
    type RoughnessScale,
    roughnessFromAlpha,
    type SurfaceMaterial
} from '../convert/bsdf.ts';
import { flatColor } from '../convert/checkers.ts';
import { disneyBsdf } from '../convert/disney.ts';
import { findGlass } from '../convert/glasses.ts';
import type { Vec3 } from '../convert/mat4.ts';
import { findMetal } from '../convert/metals.ts';
import type { Parameters } from './pbrt-parameters.ts';
import { input, type MaterialScope, scalar } from './pbrt-textures.ts';

const COPPER = findMetal('cu')!;
const GREY: Bsdf = { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } };

/** Names under which a material's roughness is looked for, the one that counts first. */
const ROUGHNESS = ['uroughness', 'vroughness', 'roughness'];
/** Materials with one layer of facets. */
const ROUGH = ['plastic', 'substrate', 'uber', 'coateddiffuse', 'subsurface', 'kdsubsurface', 'metal', 'conductor'];
const ROUGH_GLASS = ['glass', 'dielectric'];

/** The picture of a material's roughness, if one is given; of two, along u and along v, the first. */
function roughnessPicture(
    type: string,
    where: string,
    parameters: Parameters,
    scope: MaterialScope
): RoughnessPicture | undefined {
    if (![...ROUGH, ...ROUGH_GLASS, 'disney'].includes(type)) return undefined;
    const names = type === 'disney' ? ['roughness'] : ROUGHNESS;
    const pictures = names.flatMap((name) => {
        if (parameters.get(name)?.type !== 'texture') return [];
        const { color, picture, uv, raw } = input(name, [1, 1, 1], parameters, scope);
        return typeof picture === 'string' ? [{ name, picture, factor: color[0], uv, srgb: !raw }] : [];
    });
    const [first] = pictures;
    if (!first) return undefined;
    const { name, uv, ...rest } = first;
    if (name !== 'roughness') {
        scope.report.approximate(`${where}: picture of roughness by direction`, `that of ${name} for all`);
    }
    const remapped: RoughnessScale = scope.version === 3 ? 'pbrt-3' : 'pbrt-4';
    const scale = type === 'disney' ? 'roughness' : parameters.truth('remaproughness', true) ? remapped : 'alpha';
    return { ...rest, scale, ...(uv ? { uv } : {}) };
}

/** Alphas of the microfacets along u and v, after pbrt's remapping; `prefix` is that of a layer. */
function alpha(parameters: Parameters, scope: MaterialScope, otherwise: number, prefix: string = ''): Alpha {
    const both = scalar(`${prefix}roughness`, otherwise, parameters, scope);
    const remap = parameters.truth('remaproughness', true);
    // Layered materials are v4's alone.
    const map = (r: number) => (remap ? alphaFromPbrt(r, prefix === '' ? scope.version : 4) : r);
    const of = (axis: string) => map(scalar(`${prefix}${axis}roughness`, both, parameters, scope));
    // Remapped, v3's roughness of 1 is 1.62.
    return [of('u'), of('v')];
}

/** Reads a material. Unknown ones become grey, which the report says. */
export function readMaterial(
    type: string,
    name: string,
    parameters: Parameters,
    scope: MaterialScope
): SurfaceMaterial {
    const where = `material "${name || type}"`;
    for (const key of ['bumpmap', 'displacement']) {
        if (parameters.get(key)) scope.report.unsupported(`${where}: ${key}`);
    }
    // What only bounds a medium: light passes.
    if (['', 'none', 'interface'].includes(type)) {
        return { name: name || 'interface', bsdf: GREY, opacity: { value: 0 } };
    }
    const roughness = roughnessPicture(type, where, parameters, scope);
    // Its numbers are the picture's.
    if (roughness) parameters.set(type === 'disney' ? ['roughness'] : ROUGHNESS, 1);
    const read = readBsdf(type, where, parameters, scope);
    const bsdf = roughness && 'alpha' in read ? { ...read, alpha: [1, 1] as const } : read;
    const opacity = parameters.get('opacity') ? parameters.color('opacity', [1, 1, 1], scope.report) : undefined;
    const mean = opacity ? (opacity[0] + opacity[1] + opacity[2]) / 3 : 1;
    const picture = parameters.text('normalmap', '');
    parameters.tellUnread(where, scope.report);
    return {
        name: name || type,
        bsdf,
        ...(mean < 1 ? { opacity: { value: mean } } : {}),
        ...(roughness ? { roughnessPicture: roughness } : {}),
        ...(picture === '' ? {} : { normals: { picture } })
    };
}

function readBsdf(type: string, where: string, parameters: Parameters, scope: MaterialScope): Bsdf {
    const { report } = scope;
    const color = (key: string, otherwise: number) => parameters.color(key, [otherwise, otherwise, otherwise], report);
    const paint = (key: string, otherwise: number) => input(key, [otherwise, otherwise, otherwise], parameters, scope);
    const ior = () => readIor(where, parameters, scope);
    const rough = (otherwise: number) => alpha(parameters, scope, otherwise);
    const plastic = (diffuse: ColorInput, specular: Vec3, otherwise: number, nonlinear = false): Bsdf => ({
        kind: 'plastic',
        diffuse,
        specular,
        ior: ior(),
        alpha: rough(otherwise),
        distribution: 'ggx',
        nonlinear
    });
    switch (type) {
        case 'matte':
            if (parameters.number('sigma', 0) !== 0) report.approximate(`${where}: Oren-Nayar`, 'Lambert');
            return { kind: 'diffuse', reflectance: paint('Kd', 0.5) };
        case 'diffuse':
            return { kind: 'diffuse', reflectance: paint('reflectance', 0.5) };
        case 'plastic':
            report.approximate(`${where}: Lambert plus gloss`, 'gloss over Lambert');
            return plastic(paint('Kd', 0.25), scaled(color('Ks', 0.25)), 0.1);
        case 'substrate':
        case 'uber':
            report.approximate(`${where}: ${type}`, 'gloss over Lambert');
            return plastic(paint('Kd', type === 'uber' ? 0.25 : 0.5), [1, 1, 1], 0.1);
        case 'coateddiffuse':
            report.approximate(`${where}: layers`, 'gloss over Lambert');
            // Light goes to and fro between the layers, and takes on the base's colour each time.
            return plastic(paint('reflectance', 0.5), [1, 1, 1], 0, true);
        case 'subsurface':
        case 'kdsubsurface':
            report.approximate(`${where}: subsurface scattering`, 'gloss over Lambert');
            return plastic(paint(type === 'subsurface' ? 'reflectance' : 'Kd', 0.5), [1, 1, 1], 0, true);
        case 'metal':
        case 'conductor':
            return {
                kind: 'conductor',
                ...metalOf('', parameters, scope),
                alpha: rough(type === 'metal' ? 0.01 : 0),
                distribution: 'ggx'
            };
        case 'coatedconductor':
            return coatedConductor(where, parameters, scope);
        case 'mirror': {
            const mirror = findMetal('none')!;
            return { kind: 'conductor', ...mirror, specular: paint('Kr', 0.9), alpha: [0, 0], distribution: 'ggx' };
        }
        case 'glass':
        case 'dielectric':
        case 'thindielectric':
            if (color('Kr', 1).some((value) => value !== 1)) {
                report.approximate(`${where}: colour of the reflection of glass`, 'white');
            }
            return {
                kind: 'dielectric',
                ior: ior(),
                alpha: rough(0),
                distribution: 'ggx',
                transmittance: color('Kt', 1),
                thin: type === 'thindielectric'
            };
        case 'translucent':
        case 'diffusetransmission':
            return translucent(type === 'translucent', where, parameters, scope);
        case 'disney':
            return disney(where, parameters, scope);
        case 'mix': {
            const first = parameters.get('namedmaterial1')?.texts[0] ?? parameters.get('materials')?.texts[0] ?? '';
            report.approximate(`${where}: mix`, `"${first}" alone`);
            parameters.readAll();
            return scope.materials.get(first)?.bsdf ?? GREY;
        }
        default:
            report.unsupported(`${where}: ${type}`, 'grey');
            parameters.readAll();
            return GREY;
    }
}

/** A number, or the name of a glass, whose dispersion is left out. */
function readIor(where: string, parameters: Parameters, { report }: MaterialScope): number {
    const key = parameters.get('eta') ? 'eta' : 'index';
    const name = parameters.text(key, '');
    if (name === '') return parameters.number(key, 1.5);
    const known = findGlass(name);
    if (known === undefined) report.unsupported(`${where}: index of "${name}"`, '1.5');
    else report.approximate(`${where}: index of "${name}"`, `${known} at all wavelengths`);
    return known ?? 1.5;
}

/** pbrt v3 writes Burley's parameters by their names. */
function disney(where: string, parameters: Parameters, scope: MaterialScope): Bsdf {
    const number = (name: string, otherwise: number) => scalar(name, otherwise, parameters, scope);
    if (parameters.get('scatterdistance')) scope.report.unsupported(`${where}: scatterdistance`);
    const init = {
        color: input('color', [0.5, 0.5, 0.5], parameters, scope),
        metallic: number('metallic', 0),
        roughness: number('roughness', 0.5),
        ior: number('eta', 1.5),
        anisotropic: number('anisotropic', 0),
        specularTint: number('speculartint', 0),
        sheen: number('sheen', 0),
        sheenTint: number('sheentint', 0.5),
        clearcoat: number('clearcoat', 0),
        clearcoatGloss: number('clearcoatgloss', 1),
        transmission: number('spectrans', 0),
        flatness: number('flatness', 0),
        thin: parameters.truth('thin', false)
    };
    // Only a sheet lets matte light through.
    const diffuseTransmission = init.thin ? number('difftrans', 1) : 0;
    return disneyBsdf({ ...init, diffuseTransmission }, where, scope.report);
}

/** pbrt scales a dielectric's reflection by Ks; glTF's specular colour does, up to 1. */
function scaled(specular: Vec3): Vec3 {
    return specular.map((value) => Math.min(1, Math.max(0, value))) as unknown as Vec3;
}

/** pbrt v3 multiplies Kd by what it reflects and transmits; v4 has two colours and a scale. Gloss of v3 is left out. */
function translucent(v3: boolean, where: string, parameters: Parameters, scope: MaterialScope): Bsdf {
    const color = (key: string, otherwise: number) =>
        parameters.color(key, [otherwise, otherwise, otherwise], scope.report);
    const times = (a: Vec3, b: Vec3): Vec3 => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
    const body = input(v3 ? 'Kd' : 'reflectance', [0.25, 0.25, 0.25], parameters, scope);
    const scale = v3 ? 1 : parameters.number('scale', 1);
    const up: Vec3 = v3 ? color('reflect', 0.5) : [scale, scale, scale];
    const down: Vec3 = v3 ? times(flatColor(body), color('transmit', 0.5)) : times(color('transmittance', 0.25), up);
    if (v3 && Math.max(...color('Ks', 0.25)) > 0) scope.report.approximate(`${where}: gloss`, 'none');
    if (v3 && body.picture !== undefined) {
        scope.report.approximate(`${where}: picture of what goes through`, 'its colour alone');
    }
    return { kind: 'translucent', reflectance: { ...body, color: times(body.color, up) }, transmittance: down };
}

/** glTF's coat over metal of the conductor's reflectance at normal incidence. */
function coatedConductor(where: string, parameters: Parameters, scope: MaterialScope): Bsdf {
    scope.report.approximate(`${where}: layers`, "glTF's clear coat over metal");
    const { eta, k, specular } = metalOf('conductor.', parameters, scope);
    const f0 = eta.map((n, i) => conductorF0(n, k[i]!) * specular.color[i]!) as unknown as Vec3;
    const [u, v] = alpha(parameters, scope, 0, 'interface.');
    if (u !== v) scope.report.approximate(`${where}: anisotropic coat`, 'the mean of both');
    return {
        kind: 'principled',
        color: { ...specular, color: f0 },
        metallic: 1,
        alpha: alpha(parameters, scope, 0, 'conductor.'),
        ior: 1.5,
        transmission: 0,
        clearcoat: { factor: 1, roughness: roughnessFromAlpha((u + v) / 2) }
    };
}

type Metal = Pick<Extract<Bsdf, { kind: 'conductor' }>, 'eta' | 'k' | 'specular'>;

/** A metal by its index, or by how much it reflects: pbrt then takes eta 1 and the k that goes with it. */
function metalOf(prefix: string, parameters: Parameters, scope: MaterialScope): Metal {
    const { report } = scope;
    const white: ColorInput = { color: [1, 1, 1] };
    const key = [`${prefix}reflectance`, 'reflectance'].find((name) => parameters.get(name));
    if (key === undefined) {
        const [eta, k] = [`${prefix}eta`, `${prefix}k`];
        return {
            eta: parameters.color(eta, COPPER.eta, report),
            k: parameters.color(k, COPPER.k, report),
            specular: white
        };
    }
    const reflectance = input(key, [0.5, 0.5, 0.5], parameters, scope);
    // A picture's values are only known where it is looked up: a mirror that reflects as much at every angle.
    if (reflectance.picture !== undefined) {
        report.approximate(`picture for "${key}"`, 'the same at every angle');
        return { ...findMetal('none')!, specular: reflectance };
    }
    const k = reflectance.color.map((value) => {
        const r = Math.min(0.9999, Math.max(0, value));
        return 2 * Math.sqrt(r / (1 - r));
    }) as unknown as Vec3;
    return { eta: [1, 1, 1], k, specular: white };
}
