/** Materials and textures of pbrt v3 and v4 as {@link Bsdf}s. */
import { type Bsdf, type ColorInput, conductorF0, roughnessFromAlpha, type SurfaceMaterial } from '../convert/bsdf.ts';
import { checkersOf, flatColor } from '../convert/checkers.ts';
import type { Vec3 } from '../convert/mat4.ts';
import { findMetal } from '../convert/metals.ts';
import type { ReportBuilder } from '../convert/report.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** A named texture: a constant, a picture, or something that only its mean colour is left of. */
export type PbrtTexture = ColorInput;

/** What materials are read against. */
export interface MaterialScope {
    readonly textures: ReadonlyMap<string, PbrtTexture>;
    readonly materials: ReadonlyMap<string, SurfaceMaterial>;
    readonly report: ReportBuilder;
    /** 3 or 4: what roughness means and which names there are. */
    readonly version: 3 | 4;
}

const COPPER = findMetal('cu')!;

/** Reads the texture directive's class and parameters. */
export function readTexture(
    className: string,
    name: string,
    parameters: Parameters,
    scope: MaterialScope
): PbrtTexture {
    const { report } = scope;
    if (className === 'imagemap') {
        const [su, sv] = [parameters.number('uscale', 1), parameters.number('vscale', 1)];
        const [du, dv] = [parameters.number('udelta', 0), parameters.number('vdelta', 0)];
        if (parameters.get('mapping') && parameters.text('mapping', 'uv') !== 'uv') {
            report.approximate(`texture "${name}": ${parameters.text('mapping', '')} mapping`, 'uv mapping');
        }
        const scale = parameters.number('scale', 1);
        // pbrt has v = 0 at the bottom of a picture.
        const moved = su !== 1 || sv !== 1 || du !== 0 || dv !== 0;
        return {
            color: [scale, scale, scale],
            picture: parameters.text('filename', ''),
            ...(moved ? { uv: { scale: [su, sv] as const, offset: [du, 1 - sv - dv] as const } } : {})
        };
    }
    if (className === 'checkerboard') return checkerboard(name, parameters, scope);
    if (className === 'constant') return input('value', [1, 1, 1], parameters, scope);
    if (className === 'scale') {
        const [a, b] = scope.version === 4 ? ['tex', 'scale'] : ['tex1', 'tex2'];
        const [x, y] = [input(a!, [1, 1, 1], parameters, scope), input(b!, [1, 1, 1], parameters, scope)];
        const color = x.color.map((value, i) => value * y.color[i]!) as unknown as Vec3;
        if (x.picture !== undefined && y.picture !== undefined)
            report.approximate(`texture "${name}": product`, 'the first picture');
        return { ...y, ...x, color };
    }
    const [a, b] = [
        input('tex1', [0.3, 0.3, 0.3], parameters, scope),
        input('tex2', [0.7, 0.7, 0.7], parameters, scope)
    ];
    report.approximate(`texture "${name}": ${className}`, 'the mean of its colours');
    return { color: mean(flatColor(a), flatColor(b)) };
}

function mean(a: Vec3, b: Vec3): Vec3 {
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

/** Cells of one unit of the scaled coordinates; tex1 where the sum of their numbers is even. */
function checkerboard(name: string, parameters: Parameters, scope: MaterialScope): PbrtTexture {
    const a = input('tex1', [1, 1, 1], parameters, scope);
    const b = input('tex2', [0, 0, 0], parameters, scope);
    const [su, sv] = [parameters.number('uscale', 1), parameters.number('vscale', 1)];
    const [du, dv] = [parameters.number('udelta', 0), parameters.number('vdelta', 0)];
    const flat = parameters.number('dimension', 2) === 2 && parameters.text('mapping', 'uv') === 'uv';
    if (!flat || a.picture !== undefined || b.picture !== undefined) {
        const what = flat ? 'checkerboard of pictures' : 'checkerboard that is not of uv';
        scope.report.approximate(`texture "${name}": ${what}`, 'the mean of its colours');
        return { color: mean(flatColor(a), flatColor(b)) };
    }
    // A period is 2 cells. v runs up in pbrt, so that the picture's lower row is the first, and its upper left cell has tex2.
    const uv = { scale: [su / 2, sv / 2] as const, offset: [du / 2, 1 - (sv + dv) / 2] as const };
    return { ...checkersOf(b.color, a.color), uv };
}

/** A colour parameter: its own value, or the texture it names. */
function input(name: string, otherwise: Vec3, parameters: Parameters, scope: MaterialScope): ColorInput {
    const parameter = parameters.get(name);
    if (parameter?.type === 'texture') {
        const texture = scope.textures.get(parameter.texts[0] ?? '');
        if (texture) return texture;
        scope.report.unsupported(`texture "${parameter.texts[0]}", which is not defined`, 'the default');
        return { color: otherwise };
    }
    return { color: parameters.color(name, otherwise, scope.report) };
}

/** Number of a parameter that may be a texture, of which the mean of its colour is taken. */
function scalar(name: string, otherwise: number, parameters: Parameters, scope: MaterialScope): number {
    if (parameters.get(name)?.type !== 'texture') return parameters.number(name, otherwise);
    const { color, picture } = input(name, [otherwise, otherwise, otherwise], parameters, scope);
    if (typeof picture === 'object') {
        scope.report.approximate(`checkerboard for "${name}"`, 'its mean');
        return flatColor({ color, picture })[0];
    }
    if (picture !== undefined) {
        scope.report.unsupported(`picture for "${name}"`, String(otherwise));
        return otherwise;
    }
    return color[0];
}

/** Alpha of the microfacets: the mean of both directions, after pbrt's remapping. */
function alpha(parameters: Parameters, scope: MaterialScope, otherwise: number): number {
    const both = scalar('roughness', otherwise, parameters, scope);
    const u = scalar('uroughness', both, parameters, scope);
    const v = scalar('vroughness', both, parameters, scope);
    if (u !== v) scope.report.approximate('anisotropic roughness', 'the mean of both');
    const remap = parameters.truth('remaproughness', true);
    const map = (r: number) => {
        if (!remap || r === 0) return r;
        if (scope.version === 4) return Math.sqrt(r);
        const x = Math.log(Math.max(r, 1e-3));
        return 1.62142 + 0.819955 * x + 0.1734 * x ** 2 + 0.0171201 * x ** 3 + 0.000640711 * x ** 4;
    };
    return Math.min(1, Math.max(0, (map(u) + map(v)) / 2));
}

/** Reads a material. Unknown ones become grey, which the report says. */
export function readMaterial(
    type: string,
    name: string,
    parameters: Parameters,
    scope: MaterialScope
): SurfaceMaterial {
    const where = `material "${name || type}"`;
    for (const key of ['bumpmap', 'displacement', 'normalmap']) {
        if (parameters.get(key)) scope.report.unsupported(`${where}: ${key}`);
    }
    const bsdf = readBsdf(type, where, parameters, scope);
    const opacity = parameters.get('opacity') ? parameters.color('opacity', [1, 1, 1], scope.report) : undefined;
    const mean = opacity ? (opacity[0] + opacity[1] + opacity[2]) / 3 : 1;
    return { name: name || type, bsdf, ...(mean < 1 ? { opacity: { value: mean } } : {}) };
}

function readBsdf(type: string, where: string, parameters: Parameters, scope: MaterialScope): Bsdf {
    const { report } = scope;
    const color = (key: string, otherwise: number) => parameters.color(key, [otherwise, otherwise, otherwise], report);
    const paint = (key: string, otherwise: number) => input(key, [otherwise, otherwise, otherwise], parameters, scope);
    const ior = () => {
        const parameter = parameters.get('eta') ?? parameters.get('index');
        return parameter ? parameters.number(parameters.get('eta') ? 'eta' : 'index', 1.5) : 1.5;
    };
    const rough = (otherwise: number) => alpha(parameters, scope, otherwise);
    const plastic = (diffuse: ColorInput, specular: Vec3, otherwise: number): Bsdf => ({
        kind: 'plastic',
        diffuse,
        specular,
        ior: ior(),
        alpha: rough(otherwise),
        distribution: 'ggx',
        nonlinear: false
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
            return plastic(paint('reflectance', 0.5), [1, 1, 1], 0);
        case 'metal':
        case 'conductor':
            return conductor(type, parameters, scope, rough(type === 'metal' ? 0.01 : 0));
        case 'coatedconductor':
            return coatedConductor(where, parameters, scope);
        case 'mirror': {
            const specular = color('Kr', 0.9);
            return { kind: 'conductor', eta: [0, 0, 0], k: [1, 1, 1], specular, alpha: 0, distribution: 'ggx' };
        }
        case 'glass':
        case 'dielectric':
        case 'thindielectric':
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
            report.approximate(`${where}: Disney`, 'glTF metallic-roughness');
            return {
                kind: 'principled',
                color: paint('color', 0.5),
                metallic: scalar('metallic', 0, parameters, scope),
                roughness: scalar('roughness', 0.5, parameters, scope),
                ior: ior(),
                transmission: scalar('spectrans', 0, parameters, scope)
            };
        case 'mix': {
            const first = parameters.get('namedmaterial1')?.texts[0] ?? parameters.get('materials')?.texts[0] ?? '';
            report.approximate(`${where}: mix`, `"${first}" alone`);
            return scope.materials.get(first)?.bsdf ?? { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } };
        }
        default:
            report.unsupported(`${where}: ${type || 'interface'}`, 'grey');
            return { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } };
    }
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
    const metal = conductor('coatedconductor', parameters, scope, alpha(parameters, scope, 0));
    if (metal.kind !== 'conductor') return metal;
    scope.report.approximate(`${where}: layers`, "glTF's clear coat over metal");
    const f0 = metal.eta.map((eta, i) => conductorF0(eta, metal.k[i]!)) as unknown as Vec3;
    const rough = (name: string): number => {
        const value = parameters.number(name, 0);
        return roughnessFromAlpha(parameters.truth('remaproughness', true) ? Math.sqrt(value) : value);
    };
    return {
        kind: 'principled',
        color: { color: f0 },
        metallic: 1,
        roughness: rough('conductor.roughness'),
        ior: 1.5,
        transmission: 0,
        clearcoat: { factor: 1, roughness: rough('interface.roughness') }
    };
}

function conductor(type: string, parameters: Parameters, scope: MaterialScope, rough: number): Bsdf {
    const { report } = scope;
    const prefix = type === 'coatedconductor' ? 'conductor.' : '';
    const reflectance = parameters.get(`${prefix}reflectance`) ?? parameters.get('reflectance');
    if (reflectance) {
        // The index that reflects so much with k = 0: eta = (1 + sqrt R) / (1 - sqrt R).
        const key = parameters.get('reflectance') ? 'reflectance' : `${prefix}reflectance`;
        const r = parameters.color(key, [0.5, 0.5, 0.5], report);
        const eta = r.map((value) => {
            const root = Math.sqrt(Math.min(0.9999, Math.max(0, value)));
            return (1 + root) / (1 - root);
        }) as unknown as Vec3;
        return { kind: 'conductor', eta, k: [0, 0, 0], specular: [1, 1, 1], alpha: rough, distribution: 'ggx' };
    }
    return {
        kind: 'conductor',
        eta: parameters.color(`${prefix}eta`, COPPER.eta, report),
        k: parameters.color(`${prefix}k`, COPPER.k, report),
        specular: [1, 1, 1],
        alpha: rough,
        distribution: 'ggx'
    };
}
