/**
 * Values that glTF and the renderers after it take. Scenes hold others: colours over 1 and below 0, an index of refraction below 1
 * (of a bubble in water, or of a vacuum in air), a metal's index over an outer 0. They become the nearest that can be rendered,
 * which the report says, so that what is written can always be loaded.
 *
 * Glass of a relative index below 1 is glass of the inverse seen from its other side, exactly: `turned` asks for the mesh to be
 * turned round. Of a coat over something matte only the Fresnel term counts, which is the same from both sides at normal incidence.
 */
import type { Bsdf, ColorInput, SurfaceMaterial } from './bsdf.ts';
import type { Vec3 } from './mat4.ts';
import type { ReportBuilder } from './report.ts';

/** What the tracer takes for an index of refraction. */
const LEAST_IOR = 1;
const LARGEST_IOR = 4;
/** Largest component of what multiplies or emits light. */
const LARGEST_VALUE = 1e9;

/** A material that can be rendered, and whether it lies on meshes that are turned round. */
export interface Renderable {
    readonly surface: SurfaceMaterial;
    readonly turned: boolean;
}

/** See the file comment. */
export function renderable(surface: SurfaceMaterial, report: ReportBuilder): Renderable {
    const where = `material "${surface.name}"`;
    const { bsdf } = surface;
    const solid = bsdf.kind === 'dielectric' && !bsdf.thin;
    const turned = solid && bsdf.ior > 0 && bsdf.ior < LEAST_IOR;
    if (turned && surface.absorption) {
        report.unsupported(`${where}: the medium inside, which has the lower index of refraction`);
    }
    const { absorption, ...rest } = surface;
    return {
        surface: {
            ...rest,
            bsdf: withAlpha(inRange(bsdf, where, report), where, report),
            ...(absorption && !turned
                ? { absorption: clamped(absorption, LARGEST_VALUE, where, 'absorption', report) }
                : {})
        },
        turned
    };
}

/** A radiance, an intensity, an irradiance: finite and not negative. */
export function renderableLight(color: Vec3, where: string, report: ReportBuilder): Vec3 {
    return clamped(color, LARGEST_VALUE, where, 'light', report);
}

function inRange(bsdf: Bsdf, where: string, report: ReportBuilder): Bsdf {
    const color = (value: Vec3, what: string) => clamped(value, 1, where, what, report);
    const factor = (value: Vec3, what: string) => clamped(value, LARGEST_VALUE, where, what, report);
    const paint = (input: ColorInput, what: string): ColorInput => ({ ...input, color: color(input.color, what) });
    const ior = (value: number, became: string) => renderableIor(value, where, became, report);
    switch (bsdf.kind) {
        case 'diffuse':
            return { ...bsdf, reflectance: paint(bsdf.reflectance, 'reflectance') };
        case 'plastic':
            return {
                ...bsdf,
                diffuse: paint(bsdf.diffuse, 'diffuse reflectance'),
                specular: factor(bsdf.specular, 'specular reflectance'),
                ior: ior(bsdf.ior, 'its inverse')
            };
        case 'conductor':
            return {
                ...bsdf,
                eta: factor(bsdf.eta, 'eta'),
                k: factor(bsdf.k, 'k'),
                specular: { ...bsdf.specular, color: factor(bsdf.specular.color, 'specular reflectance') }
            };
        case 'dielectric':
            return {
                ...bsdf,
                transmittance: color(bsdf.transmittance, 'transmittance'),
                ior: ior(bsdf.ior, bsdf.thin ? 'its inverse' : 'its inverse, with the sides swapped')
            };
        case 'principled':
            return {
                ...bsdf,
                color: paint(bsdf.color, 'colour'),
                ior: ior(bsdf.ior, 'its inverse'),
                ...(bsdf.specular ? { specular: factor(bsdf.specular, 'specular colour') } : {})
            };
        case 'translucent':
            return {
                ...bsdf,
                reflectance: paint(bsdf.reflectance, 'reflectance'),
                transmittance: color(bsdf.transmittance, 'transmittance')
            };
    }
}

/** Facets have alphas from 0, smooth, to 1. */
function withAlpha(bsdf: Bsdf, where: string, report: ReportBuilder): Bsdf {
    if (!('alpha' in bsdf) || bsdf.alpha.every((value) => value >= 0 && value <= 1)) return bsdf;
    const [u, v] = bsdf.alpha.map((value) => Math.min(1, Math.max(0, value || 0))) as [number, number];
    report.approximate(`${where}: roughness of ${bsdf.alpha.map(short).join(', ')}`, `${u}, ${v}`);
    return { ...bsdf, alpha: [u, v] };
}

function renderableIor(value: number, where: string, becameBelow: string, report: ReportBuilder): number {
    if (value >= LEAST_IOR && value <= LARGEST_IOR) return value;
    const what = `${where}: index of refraction ${Number(value.toPrecision(6))}`;
    const inverse = value > 0 && value < LEAST_IOR ? 1 / value : value;
    if (inverse >= LEAST_IOR && inverse <= LARGEST_IOR) {
        report.approximate(what, becameBelow);
        return inverse;
    }
    const nearest = inverse > LARGEST_IOR ? LARGEST_IOR : 1.5;
    report.approximate(what, String(nearest));
    return nearest;
}

const short = (value: number): number => Number(value.toPrecision(4));

function clamped(color: Vec3, most: number, where: string, what: string, report: ReportBuilder): Vec3 {
    if (color.every((value) => value >= 0 && value <= most)) return color;
    const nearest = color.map((value) => Math.min(most, Math.max(0, value || 0))) as unknown as Vec3;
    report.approximate(`${where}: ${what} ${color.map(short).join(', ')}`, nearest.join(', '));
    return nearest;
}
