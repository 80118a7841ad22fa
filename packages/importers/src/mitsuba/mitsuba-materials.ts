/** BSDF plugins of Mitsuba 0.5, 2 and 3. */
import type { Alpha, Bsdf, ColorInput, Distribution, SurfaceMaterial } from '../convert/bsdf.ts';
import { flatColor } from '../convert/checkers.ts';
import { disneyBsdf } from '../convert/disney.ts';
import { findGlass } from '../convert/glasses.ts';
import type { Vec3 } from '../convert/mat4.ts';
import { findMetal } from '../convert/metals.ts';
import { MitsubaObject } from './mitsuba-object.ts';
import { type MitsubaScope, nested } from './mitsuba-scope.ts';
import { dataPicture, paint } from './mitsuba-textures.ts';
import type { XmlNode } from './mitsuba-xml.ts';

const MAX_NESTING = 32;
const GREY: Bsdf = { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } };

/** What Mitsuba uses where a shape has no BSDF. */
export const DEFAULT_MATERIAL: SurfaceMaterial = { name: 'default', bsdf: GREY };

/** BSDFs that reflect from their front alone, unless `twosided` is around them. */
const ONE_SIDED: readonly Bsdf['kind'][] = ['diffuse', 'plastic', 'conductor'];

/** Reads a BSDF with the masks and pairs of sides around it. both: `twosided` is. */
export function readMitsubaMaterial(
    node: XmlNode,
    scope: MitsubaScope,
    depth: number = 0,
    both: boolean = false
): SurfaceMaterial {
    const object = new MitsubaObject(node);
    const { report } = scope;
    const name = object.id || object.type;
    const inner = () => {
        const [child] = nested(object, ['bsdf'], scope);
        if (!child || depth > MAX_NESTING) return DEFAULT_MATERIAL;
        return readMitsubaMaterial(child, scope, depth + 1, both || object.type === 'twosided');
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
        case 'normalmap': {
            const normals = dataPicture(object, undefined, scope);
            if (!normals) report.unsupported(`material "${name}": normalmap`, 'the smooth surface');
            return { ...inner(), name, ...(normals ? { normals } : {}) };
        }
        case 'bumpmap':
        case 'bump':
            report.unsupported(`material "${name}": ${object.type}`, 'the smooth surface');
            object.readAll();
            return { ...inner(), name };
        case 'coating':
        case 'roughcoating':
        case 'blendbsdf':
        case 'mixturebsdf':
            report.approximate(`material "${name}": ${object.type}`, 'its first BSDF');
            object.readAll();
            return { ...inner(), name };
        case 'null':
            return { name, bsdf: GREY, opacity: { value: 0 } };
        default: {
            const pictures = { ...principledPictures(object, scope), ...alphaPicture(object, name, scope) };
            const bsdf = readBsdf(object, name, scope, pictures.roughnessPicture !== undefined);
            if (!both && bsdf !== GREY && ONE_SIDED.includes(bsdf.kind)) {
                report.approximate(`material "${name}": black from behind`, 'its front on both sides');
            }
            return { name, bsdf, ...pictures };
        }
    }
}

/** pictured: a picture says how rough it is, as a factor on 1. */
function readBsdf(object: MitsubaObject, name: string, scope: MitsubaScope, pictured: boolean): Bsdf {
    const { report } = scope;
    const color = (key: string, otherwise: number) => object.color(key, [otherwise, otherwise, otherwise], report);
    const picture = (keys: readonly string[], otherwise: number) => paint(object, keys, otherwise, scope);
    const rough = object.type.startsWith('rough');
    const facets: Alpha = pictured ? [1, 1] : readAlpha(object);
    const alpha: Alpha = rough ? facets : [0, 0];
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
            return principled(object, name, scope);
        case 'ward':
        case 'phong': {
            report.approximate(`material "${name}": ${object.type}`, 'gloss over Lambert');
            // Blinn's rule for the exponent.
            const power = Math.sqrt(2 / (Math.max(0, object.number('exponent', 30)) + 2));
            return {
                kind: 'plastic',
                diffuse: picture(['diffusereflectance'], 0.5),
                specular: color('specularreflectance', 0.2),
                ior: 1.5,
                alpha: object.type === 'ward' ? facets : [power, power],
                distribution: 'ggx',
                nonlinear: false
            };
        }
        case 'difftrans':
            return {
                kind: 'translucent',
                reflectance: { color: [0, 0, 0] },
                transmittance: flatColor(picture(['transmittance'], 0.5))
            };
        default:
            report.unsupported(`material "${name}": ${object.type}`, 'grey');
            object.readAll();
            return GREY;
    }
}

/** Along u and v. */
function readAlpha(object: MitsubaObject): Alpha {
    const both = object.number('alpha', 0.1);
    return [object.number('alphau', both), object.number('alphav', both)];
}

/** The picture of alpha of facets; of two, along u and along v, the first. */
function alphaPicture(object: MitsubaObject, name: string, scope: MitsubaScope): Partial<SurfaceMaterial> {
    if (!(object.type.startsWith('rough') && object.type !== 'roughdiffuse') && object.type !== 'ward') return {};
    for (const key of ['alpha', 'alphau', 'alphav']) {
        const found = dataPicture(object, key, scope, true);
        if (!found) continue;
        if (key !== 'alpha') {
            scope.report.approximate(`material "${name}": picture of alpha by direction`, `that of ${key} for all`);
        }
        return { roughnessPicture: { ...found, scale: 'alpha' } };
    }
    return {};
}

/** Inner index over outer. */
function relativeIor(object: MitsubaObject, otherwise: number): number {
    const index = (name: string, fallback: number) => findGlass(object.text(name, '')) ?? object.number(name, fallback);
    return index('intior', otherwise) / index('extior', 1.000277);
}

/** Of roughness and metal: they mean what glTF's mean. */
function principledPictures(object: MitsubaObject, scope: MitsubaScope): Partial<SurfaceMaterial> {
    if (!object.type.startsWith('principled')) return {};
    const roughnessPicture = dataPicture(object, 'roughness', scope, true);
    const metallicPicture = object.type === 'principled' ? dataPicture(object, 'metallic', scope) : undefined;
    return { ...(roughnessPicture ? { roughnessPicture } : {}), ...(metallicPicture ? { metallicPicture } : {}) };
}

/** Mitsuba 3 writes Burley's parameters with underscores; pictures are read for colour, roughness and metal. */
function principled(object: MitsubaObject, name: string, scope: MitsubaScope): Bsdf {
    const { report } = scope;
    const thin = object.type === 'principledthin';
    for (const key of ['anisotropic', 'spectrans', 'clearcoat', 'sheen']) {
        if (object.child(key)) report.unsupported(`material "${name}": picture for ${key}`, 'the default');
    }
    // Reflectance at normal incidence is 0.08 specular.
    const root = Math.sqrt(0.08 * Math.min(1, Math.max(0, object.number('specular', 0.5))));
    const ior = object.has('specular') && !object.has('eta') ? (1 + root) / (1 - root) : object.number('eta', 1.5);
    return disneyBsdf(
        {
            color: paint(object, ['basecolor'], 0.5, scope),
            // Pictures are factors on 1; `principledPictures` reads them.
            metallic: thin ? 0 : object.number('metallic', object.child('metallic') ? 1 : 0),
            roughness: object.number('roughness', object.child('roughness') ? 1 : 0.5),
            ior,
            anisotropic: object.number('anisotropic', 0),
            specularTint: object.number('spectint', 0),
            sheen: object.number('sheen', 0),
            sheenTint: object.number('sheentint', 0),
            clearcoat: object.number('clearcoat', 0),
            clearcoatGloss: object.number('clearcoatgloss', 0),
            transmission: object.number('spectrans', 0),
            flatness: object.number('flatness', 0),
            diffuseTransmission: thin ? object.number('difftrans', 0) : 0,
            thin
        },
        `material "${name}"`,
        report
    );
}

function conductor(
    object: MitsubaObject,
    name: string,
    scope: MitsubaScope
): { kind: 'conductor'; eta: Vec3; k: Vec3; specular: ColorInput } {
    const { report, version } = scope;
    const specular = paint(object, ['specularreflectance'], 1, scope);
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
