/** Textures of pbrt v3 and v4: pictures and checkerboards as they are, everything else as one colour. */
import type { ColorInput, SurfaceMaterial } from '../convert/bsdf.ts';
import { checkersOf, flatColor } from '../convert/checkers.ts';
import type { Vec3 } from '../convert/mat4.ts';
import type { ReportBuilder } from '../convert/report.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** A named texture: a constant, a picture, or something that only its mean colour is left of. raw: the picture's bytes are no sRGB. */
export type PbrtTexture = ColorInput & { readonly raw?: boolean };

/** What textures and materials are read against. */
export interface MaterialScope {
    readonly textures: ReadonlyMap<string, PbrtTexture>;
    readonly materials: ReadonlyMap<string, SurfaceMaterial>;
    readonly report: ReportBuilder;
    /** 3 or 4: what roughness means and which names there are. */
    readonly version: 3 | 4;
}

/** How a picture may be told to be looked up for ours to be the same: the first is how ours are. */
const SAMPLING: readonly (readonly [string, readonly string[]])[] = [
    ['wrap', ['repeat']],
    ['filter', ['trilinear', 'bilinear', 'ewa']],
    ['invert', ['false']]
];
/** How its bytes are read, which of pictures of data is carried over. */
const ENCODING: readonly (readonly [string, readonly string[]])[] = [
    ['gamma', ['true']],
    ['encoding', ['sRGB']]
];

/** Reads the texture directive's class and parameters; those that it does not read go to the report. isData: the texture is one of numbers, not of colours. */
export function readTexture(
    className: string,
    name: string,
    parameters: Parameters,
    scope: MaterialScope,
    isData: boolean = false
): PbrtTexture {
    const texture = readClass(className, name, parameters, scope, isData);
    parameters.tellUnread(`texture "${name}"`, scope.report);
    return texture;
}

function readClass(
    className: string,
    name: string,
    parameters: Parameters,
    scope: MaterialScope,
    isData: boolean
): PbrtTexture {
    const { report } = scope;
    if (className === 'imagemap') {
        const [su, sv] = [parameters.number('uscale', 1), parameters.number('vscale', 1)];
        const [du, dv] = [parameters.number('udelta', 0), parameters.number('vdelta', 0)];
        if (parameters.get('mapping') && parameters.text('mapping', 'uv') !== 'uv') {
            report.approximate(`texture "${name}": ${parameters.text('mapping', '')} mapping`, 'uv mapping');
        }
        for (const [key, as] of isData ? SAMPLING : [...SAMPLING, ...ENCODING]) {
            const value = parameters.text(key, as[0]!);
            if (!as.includes(value)) report.approximate(`texture "${name}": ${key} "${value}"`, `as with "${as[0]}"`);
        }
        const scale = parameters.number('scale', 1);
        // pbrt has v = 0 at the bottom of a picture.
        const moved = su !== 1 || sv !== 1 || du !== 0 || dv !== 0;
        return {
            color: [scale, scale, scale],
            picture: parameters.text('filename', ''),
            ...(parameters.text('gamma', 'true') === 'false' || parameters.text('encoding', 'sRGB') === 'linear'
                ? { raw: true }
                : {}),
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
    parameters.readAll();
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
export function input(name: string, otherwise: Vec3, parameters: Parameters, scope: MaterialScope): PbrtTexture {
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
export function scalar(name: string, otherwise: number, parameters: Parameters, scope: MaterialScope): number {
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
