/** BSDF plugins of Mitsuba 0.5, 2 and 3. */
import type { Bsdf, ColorInput, Distribution, SurfaceMaterial } from '../convert/bsdf.ts';
import { checkersOf, flatColor } from '../convert/checkers.ts';
import type { Vec3 } from '../convert/mat4.ts';
import { findMetal } from '../convert/metals.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { MitsubaObject } from './mitsuba-object.ts';
import type { XmlNode } from './mitsuba-xml.ts';

/** What plugins are read against. */
export interface MitsubaScope {
    /** Plugins by id. */
    readonly ids: ReadonlyMap<string, XmlNode>;
    readonly report: ReportBuilder;
    /** 0.5 and its successors differ in some defaults. */
    readonly version: number;
}

/** Indices of refraction of the named dielectrics (Mitsuba's table). */
const IOR: Readonly<Record<string, number>> = {
    vacuum: 1,
    helium: 1.000036,
    hydrogen: 1.000132,
    air: 1.000277,
    'carbon dioxide': 1.00045,
    water: 1.333,
    acetone: 1.36,
    ethanol: 1.361,
    'carbon tetrachloride': 1.461,
    glycerol: 1.4729,
    benzene: 1.501,
    'silicone oil': 1.52045,
    bromine: 1.661,
    'water ice': 1.31,
    'fused quartz': 1.458,
    pyrex: 1.47,
    'acrylic glass': 1.49,
    polypropylene: 1.49,
    bk7: 1.5046,
    'sodium chloride': 1.544,
    amber: 1.55,
    pet: 1.575,
    diamond: 2.419
};
const MAX_NESTING = 32;
const GREY: Bsdf = { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } };

/** What Mitsuba uses where a shape has no BSDF. */
export const DEFAULT_MATERIAL: SurfaceMaterial = { name: 'default', bsdf: GREY };

/** The plugin that a reference stands for, or the plugin itself. */
export function dereference(node: XmlNode, scope: MitsubaScope): XmlNode | undefined {
    if (node.tag !== 'ref') return node;
    const id = node.attributes['id'] ?? '';
    const found = scope.ids.get(id);
    if (!found) scope.report.unsupported(`reference to "${id}", which is not defined`);
    return found;
}

/** Reads a BSDF with the masks and pairs of sides around it. */
export function readMitsubaMaterial(node: XmlNode, scope: MitsubaScope, depth: number = 0): SurfaceMaterial {
    const object = new MitsubaObject(node);
    const { report } = scope;
    const name = object.id || object.type;
    const inner = () => {
        const child = object.children
            .filter((c) => c.tag === 'bsdf' || c.tag === 'ref')
            .map((c) => dereference(c, scope))
            .find((c) => c?.tag === 'bsdf');
        if (!child || depth > MAX_NESTING) return DEFAULT_MATERIAL;
        return readMitsubaMaterial(child, scope, depth + 1);
    };
    switch (object.type) {
        case 'twosided':
            return { ...inner(), name };
        case 'mask': {
            const opacity = paint(object, ['opacity'], 0.5, scope);
            const [r, g, b] = flatColor(opacity);
            if (typeof opacity.picture === 'object') {
                report.approximate(`material "${name}": checkerboard as a mask`, 'its mean');
            }
            const cover =
                typeof opacity.picture === 'string' ? { picture: opacity.picture } : { value: (r + g + b) / 3 };
            return { ...inner(), name, opacity: cover };
        }
        case 'bumpmap':
        case 'bump':
        case 'normalmap':
            report.unsupported(`material "${name}": ${object.type}`, 'the smooth surface');
            return { ...inner(), name };
        case 'coating':
        case 'roughcoating':
        case 'blendbsdf':
        case 'mixturebsdf':
            report.approximate(`material "${name}": ${object.type}`, 'its first BSDF');
            return { ...inner(), name };
        case 'null':
            return { name, bsdf: GREY, opacity: { value: 0 } };
        default:
            return { name, bsdf: readBsdf(object, name, scope) };
    }
}

function readBsdf(object: MitsubaObject, name: string, scope: MitsubaScope): Bsdf {
    const { report } = scope;
    const color = (key: string, otherwise: number) => object.color(key, [otherwise, otherwise, otherwise], report);
    const picture = (keys: readonly string[], otherwise: number) => paint(object, keys, otherwise, scope);
    const rough = object.type.startsWith('rough');
    const alpha = rough ? readAlpha(object, name, report) : 0;
    const distribution: Distribution = object.text('distribution', 'beckmann') === 'ggx' ? 'ggx' : 'beckmann';
    switch (object.type) {
        case 'diffuse':
        case 'roughdiffuse':
            if (rough) report.approximate(`material "${name}": Oren-Nayar`, 'Lambert');
            return { kind: 'diffuse', reflectance: picture(['reflectance', 'diffusereflectance'], 0.5) };
        case 'plastic':
        case 'roughplastic':
            return {
                kind: 'plastic',
                diffuse: picture(['diffusereflectance'], 0.5),
                specular: color('specularreflectance', 1),
                ior: relativeIor(object, 1.49),
                alpha,
                distribution: rough ? distribution : 'ggx',
                nonlinear: object.truth('nonlinear', false)
            };
        case 'conductor':
        case 'roughconductor':
            return { ...conductor(object, name, scope), alpha, distribution: rough ? distribution : 'ggx' };
        case 'dielectric':
        case 'roughdielectric':
        case 'thindielectric':
            return {
                kind: 'dielectric',
                ior: relativeIor(object, 1.5046),
                alpha,
                distribution: rough ? distribution : 'ggx',
                transmittance: color('speculartransmittance', 1),
                thin: object.type === 'thindielectric'
            };
        case 'principled':
        case 'principledthin':
            report.approximate(`material "${name}": principled`, 'glTF metallic-roughness');
            return {
                kind: 'principled',
                color: picture(['basecolor'], 0.5),
                metallic: object.number('metallic', 0),
                roughness: object.number('roughness', 0.5),
                ior: object.number('eta', 1.5),
                transmission: object.number('spectrans', 0)
            };
        case 'phong':
        case 'ward':
            report.approximate(`material "${name}": ${object.type}`, 'gloss over Lambert');
            return {
                kind: 'plastic',
                diffuse: picture(['diffusereflectance'], 0.5),
                specular: color('specularreflectance', 0.2),
                ior: 1.5,
                alpha: Math.sqrt(2 / (object.number('exponent', 30) + 2)),
                distribution: 'ggx',
                nonlinear: false
            };
        case 'difftrans':
            return {
                kind: 'translucent',
                reflectance: { color: [0, 0, 0] },
                transmittance: flatColor(picture(['transmittance'], 0.5))
            };
        default:
            report.unsupported(`material "${name}": ${object.type}`, 'grey');
            return GREY;
    }
}

function readAlpha(object: MitsubaObject, name: string, report: ReportBuilder): number {
    if (object.child('alpha')) report.unsupported(`material "${name}": picture for alpha`, 'alpha 0.1');
    const both = object.number('alpha', 0.1);
    const [u, v] = [object.number('alphau', both), object.number('alphav', both)];
    if (u !== v) report.approximate(`material "${name}": anisotropic roughness`, 'the mean of both');
    return Math.min(1, Math.max(0, (u + v) / 2));
}

/** Inner index over outer. */
function relativeIor(object: MitsubaObject, otherwise: number): number {
    const index = (name: string, fallback: number) => {
        const text = object.text(name, '');
        return IOR[text.toLowerCase()] ?? object.number(name, fallback);
    };
    return index('intior', otherwise) / index('extior', 1.000277);
}

function conductor(
    object: MitsubaObject,
    name: string,
    scope: MitsubaScope
): { kind: 'conductor'; eta: Vec3; k: Vec3; specular: Vec3 } {
    const { report, version } = scope;
    const specular = object.color('specularreflectance', [1, 1, 1], report);
    if (object.child('specularreflectance')) report.unsupported(`material "${name}": picture for specular`, 'white');
    const symbol = object.text('material', version < 1 ? 'cu' : 'none');
    let metal = findMetal(symbol);
    if (!metal) {
        report.unsupported(`material "${name}": metal "${symbol}"`, 'copper');
        metal = findMetal('cu')!;
    }
    const outer = object.number('exteta', 1);
    const over = (v: Vec3): Vec3 => [v[0] / outer, v[1] / outer, v[2] / outer];
    return {
        kind: 'conductor',
        eta: over(object.color('eta', metal.eta, report)),
        k: over(object.color('k', metal.k, report)),
        specular
    };
}

/** A colour, or the picture of a bitmap texture. */
function paint(object: MitsubaObject, names: readonly string[], otherwise: number, scope: MitsubaScope): ColorInput {
    const { report } = scope;
    for (const name of names) {
        const child = object.child(name);
        const texture = child && dereference(child, scope);
        if (texture) return readTexture(new MitsubaObject(texture), otherwise, scope);
        if (object.has(name)) {
            const node = object.value(name)!;
            // A bare number is grey.
            if (node.tag === 'float') {
                const value = object.number(name, otherwise);
                return { color: [value, value, value] };
            }
            return { color: object.color(name, [otherwise, otherwise, otherwise], report) };
        }
    }
    return { color: [otherwise, otherwise, otherwise] };
}

function readTexture(object: MitsubaObject, otherwise: number, { report }: MitsubaScope): ColorInput {
    if (object.type === 'bitmap') {
        const uv = readUv(object, report);
        return { color: [1, 1, 1], picture: object.text('filename', ''), ...(uv ? { uv } : {}) };
    }
    // 2 x 2 cells a unit, which is the picture; color0 where the sum of their numbers is even.
    if (object.type === 'checkerboard') {
        const cells = [
            ['color0', 0.4],
            ['color1', 0.2]
        ] as const;
        const [a, b] = cells.map(([key, grey]) => object.color(key, [grey, grey, grey], report)) as [Vec3, Vec3];
        for (const [key] of cells) {
            if (object.child(key)) report.unsupported(`checkerboard: picture for ${key}`, 'the default');
        }
        const uv = readUv(object, report);
        return { ...checkersOf(a, b), ...(uv ? { uv } : {}) };
    }
    if (object.type === 'scale') {
        const nested = object.children[0];
        if (nested) return readTexture(new MitsubaObject(nested), otherwise, { report } as MitsubaScope);
    }
    report.unsupported(`texture "${object.type}"`, 'grey');
    return { color: [otherwise, otherwise, otherwise] };
}

/** Scale and offset of the coordinates, by 0.5's four numbers or by a later scene's transform; undefined if they stay. */
function readUv(object: MitsubaObject, report: ReportBuilder): ColorInput['uv'] {
    const [su, sv] = [object.number('uscale', 1), object.number('vscale', 1)];
    const [du, dv] = [object.number('uoffset', 0), object.number('voffset', 0)];
    const m = object.transform('touv');
    if (m.some((value, i) => value !== 0 && i % 5 !== 0)) {
        report.unsupported('transform of a texture other than a scale');
        return undefined;
    }
    const scale = [su * m[0]!, sv * m[5]!] as const;
    return scale[0] !== 1 || scale[1] !== 1 || du !== 0 || dv !== 0 ? { scale, offset: [du, dv] } : undefined;
}
