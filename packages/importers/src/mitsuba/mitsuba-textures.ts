/** What the plugins of a Mitsuba scene refer to, and its textures: bitmaps and checkerboards as they are, everything else as a colour. */
import type { ColorInput } from '../convert/bsdf.ts';
import { checkersOf } from '../convert/checkers.ts';
import type { Vec3 } from '../convert/mat4.ts';
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

/** The plugin that a reference stands for, or the plugin itself. */
export function dereference(node: XmlNode, scope: MitsubaScope): XmlNode | undefined {
    if (node.tag !== 'ref') return node;
    const id = node.attributes['id'] ?? '';
    const found = scope.ids.get(id);
    if (!found) scope.report.unsupported(`reference to "${id}", which is not defined`);
    return found;
}

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
