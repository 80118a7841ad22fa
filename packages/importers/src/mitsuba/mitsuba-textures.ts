/** Textures of Mitsuba: bitmaps and checkerboards as they are, everything else as a colour. */
import type { ColorInput, DataPicture } from '../convert/bsdf.ts';
import { checkersOf } from '../convert/checkers.ts';
import type { Vec3 } from '../convert/mat4.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { MitsubaObject } from './mitsuba-object.ts';
import { dereference, type MitsubaScope, nested } from './mitsuba-scope.ts';
import { plainName, type XmlNode } from './mitsuba-xml.ts';

/** How a bitmap may be told to be looked up for ours to be the same: the first is how ours are. */
const SAMPLING: readonly (readonly [string, readonly string[]])[] = [
    ['filtertype', ['trilinear', 'bilinear', 'ewa']],
    ['wrapmode', ['repeat']],
    ['raw', ['false']],
    ['gamma', ['-1', '2.2']]
];
/** Textures inside of textures. */
const MAX_NESTING = 16;

/** A colour, or the picture of a bitmap texture. */
export function paint(
    object: MitsubaObject,
    names: readonly string[],
    otherwise: number,
    scope: MitsubaScope
): ColorInput {
    const { report } = scope;
    for (const name of names) {
        const child = object.child(name);
        const texture = child && dereference(child, scope);
        if (texture) return readTexture(new MitsubaObject(texture), otherwise, scope, 0);
        if (child) report.unsupported(`reference to "${child.attributes['id']}", which is not defined`, 'the default');
        const node = object.value(name);
        if (node) {
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

/** The picture of data of that name, or the only texture there is; undefined (and a line in the report) for what is not a bitmap. inLight: sRGB and factors are told, not left out. */
export function dataPicture(
    object: MitsubaObject,
    name: string | undefined,
    scope: MitsubaScope,
    inLight: boolean = false
): (DataPicture & { readonly srgb?: boolean; readonly factor?: number }) | undefined {
    if (name !== undefined && !object.child(name)) return undefined;
    const isIt = (child: XmlNode) => name === undefined || plainName(child.attributes['name']) === name;
    const [texture] = nested(object, ['texture'], scope, isIt);
    if (!texture) return undefined;
    const { picture, uv, color, srgb } = readTexture(
        new MitsubaObject(texture),
        0.5,
        scope,
        0,
        inLight ? 'either' : 'true'
    );
    const read = inLight ? { ...(srgb ? { srgb } : {}), ...(color[0] === 1 ? {} : { factor: color[0] }) } : {};
    if (typeof picture === 'string') return { picture, ...read, ...(uv ? { uv } : {}) };
    scope.report.unsupported(`texture "${texture.attributes['type'] ?? ''}" for "${name ?? 'normals'}"`, 'none');
    return undefined;
}

/** raw: what the bitmap has to say of that for ours to be the same; `either`: which it is is told. */
function readTexture(
    object: MitsubaObject,
    otherwise: number,
    scope: MitsubaScope,
    depth: number,
    raw: 'true' | 'false' | 'either' = 'false'
): ColorInput & { readonly srgb?: boolean } {
    const { report } = scope;
    if (object.type === 'bitmap') {
        const uv = readUv(object, report);
        for (const [key, as] of SAMPLING) {
            const value = object.text(key, as[0]!);
            // Bytes are sRGB unless they are said to be raw.
            if (key === 'raw' && raw === 'true') {
                if (object.text('raw', 'false') !== 'true') report.approximate('picture of data in sRGB', 'as it is');
                continue;
            }
            if (key === 'raw' && raw === 'either') continue;
            if (!as.includes(value)) report.approximate(`picture with ${key} "${value}"`, `as with "${as[0]}"`);
        }
        const srgb = raw === 'either' && object.text('raw', 'false') !== 'true';
        return {
            color: [1, 1, 1],
            picture: object.text('filename', ''),
            ...(uv ? { uv } : {}),
            ...(srgb ? { srgb } : {})
        };
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
        const [inner] = nested(object, ['texture'], scope);
        if (inner && depth < MAX_NESTING) {
            const factor = scaleOf(object, report);
            const texture = readTexture(new MitsubaObject(inner), otherwise, scope, depth + 1, raw);
            return { ...texture, color: texture.color.map((value, i) => value * factor[i]!) as unknown as Vec3 };
        }
    }
    report.unsupported(`texture "${object.type}"`, 'grey');
    object.readAll();
    return { color: [otherwise, otherwise, otherwise] };
}

/** The factor of a texture that scales another: a number or a colour. */
function scaleOf(object: MitsubaObject, report: ReportBuilder): Vec3 {
    if (object.value('scale')?.tag !== 'float') return object.color('scale', [1, 1, 1], report);
    const grey = object.number('scale', 1);
    return [grey, grey, grey];
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
