/** A plugin of a Mitsuba scene with its properties, whatever version wrote them. */
import {
    IDENTITY,
    lookAt,
    type Mat4,
    multiply,
    rotation,
    scaling,
    translation,
    transpose,
    type Vec3
} from '../convert/mat4.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { blackbodyRadiance, sampled } from '../convert/spectrum.ts';
import { brokenMitsuba, plainName, type XmlNode } from './mitsuba-xml.ts';

/** Tags of values; every other tag is a plugin (or a reference to one). */
export const VALUES: ReadonlySet<string> = new Set([
    'integer',
    'float',
    'boolean',
    'string',
    'rgb',
    'srgb',
    'spectrum',
    'blackbody',
    'point',
    'vector',
    'transform',
    'alias'
]);

export class MitsubaObject {
    readonly node: XmlNode;
    readonly #values = new Map<string, XmlNode>();
    /** Nested plugins and references, in order. */
    readonly children: readonly XmlNode[];

    constructor(node: XmlNode) {
        this.node = node;
        node.read = true;
        const children: XmlNode[] = [];
        for (const child of node.children) {
            if (VALUES.has(child.tag)) this.#values.set(plainName(child.attributes['name']), child);
            else children.push(child);
        }
        this.children = children;
    }

    get type(): string {
        return this.node.attributes['type'] ?? '';
    }

    get id(): string {
        return this.node.attributes['id'] ?? '';
    }

    /** True if it has a value or a plugin of that name, which does not count as read by that. */
    has(name: string): boolean {
        return this.#values.has(plainName(name)) || this.#find(name) !== undefined;
    }

    value(name: string): XmlNode | undefined {
        return markRead(this.#values.get(plainName(name)));
    }

    /** The nested plugin or reference of that name. */
    child(name: string): XmlNode | undefined {
        return markRead(this.#find(name));
    }

    /** Nothing of it is told as unread: for plugins of which the report names the whole. */
    readAll(): void {
        for (const child of this.node.children) child.read = true;
    }

    #find(name: string): XmlNode | undefined {
        return this.children.find((child) => plainName(child.attributes['name']) === plainName(name));
    }

    number(name: string, otherwise: number): number {
        const node = this.value(name);
        if (!node) return otherwise;
        const value = Number(node.attributes['value']);
        if (Number.isFinite(value)) return value;
        throw brokenMitsuba(node.line, `"${name}" is ${JSON.stringify(node.attributes['value'])}`, 'a number');
    }

    text(name: string, otherwise: string): string {
        return this.value(name)?.attributes['value'] ?? otherwise;
    }

    truth(name: string, otherwise: boolean): boolean {
        const value = this.value(name)?.attributes['value'];
        return value === undefined ? otherwise : value === 'true';
    }

    vector(name: string, otherwise: Vec3): Vec3 {
        const node = this.value(name);
        return node ? readVector(node, otherwise) : otherwise;
    }

    transform(name: string): Mat4 {
        const node = this.value(name);
        return node ? readTransform(node) : IDENTITY;
    }

    color(name: string, otherwise: Vec3, report: ReportBuilder): Vec3 {
        const node = this.value(name);
        return node ? readColor(node, otherwise, report) : otherwise;
    }
}

function markRead(node: XmlNode | undefined): XmlNode | undefined {
    if (node) node.read = true;
    return node;
}

function list(text: string | undefined): number[] {
    return (text ?? '')
        .split(/[\s,]+/)
        .filter((word) => word !== '')
        .map(Number);
}

function readVector(node: XmlNode, otherwise: Vec3): Vec3 {
    const { x, y, z, value } = node.attributes;
    const parts =
        value === undefined ? [x, y, z].map((v, i) => (v === undefined ? otherwise[i]! : Number(v))) : list(value);
    const whole = parts.length === 1 ? [parts[0]!, parts[0]!, parts[0]!] : parts;
    if (whole.length === 3 && whole.every(Number.isFinite)) return whole as unknown as Vec3;
    throw brokenMitsuba(node.line, `a vector is ${JSON.stringify(value ?? [x, y, z].join(' '))}`, 'three numbers');
}

function readColor(node: XmlNode, otherwise: Vec3, report: ReportBuilder): Vec3 {
    const { type, filename, temperature = '6500', scale = '1' } = node.attributes;
    const text = node.attributes['value'] ?? '';
    if (node.tag === 'blackbody') return readBlackbody(node, temperature, scale, report);
    if (type !== undefined) return readSpectrum(new MitsubaObject(node), otherwise, report);
    if (filename !== undefined) {
        report.unsupported(`spectrum in the file "${filename}"`, 'the default');
        return otherwise;
    }
    if (text.startsWith('#') && /^#[0-9a-f]{6}$/i.test(text)) {
        const code = Number.parseInt(text.slice(1), 16);
        const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return [linear((code >> 16) / 255), linear(((code >> 8) & 255) / 255), linear((code & 255) / 255)];
    }
    if (text.includes(':')) return readSamples(node, list(text.replaceAll(':', ' ')), report);
    return readVector({ ...node, attributes: { value: text } }, [0, 0, 0]);
}

/** A temperature may have its unit behind it: 5000K. Versions 0.5 to 3 all give absolute radiance. */
function readBlackbody(node: XmlNode, temperature: string, scale: string, report: ReportBuilder): Vec3 {
    const [kelvin, factor] = [Number(temperature.trim().replace(/\s*K$/i, '')), Number(scale)];
    if (!(kelvin > 0 && kelvin < Infinity && Number.isFinite(factor))) {
        throw brokenMitsuba(
            node.line,
            `a black body has temperature ${JSON.stringify(temperature)} and scale ${JSON.stringify(scale)}`,
            'kelvins above 0 and a number'
        );
    }
    report.approximate('blackbody spectrum', 'its colour');
    return blackbodyRadiance(kelvin, factor);
}

/** Pairs of wavelength and value. */
function readSamples(node: XmlNode, pairs: readonly number[], report: ReportBuilder): Vec3 {
    if (pairs.length < 2 || pairs.length % 2 !== 0 || !pairs.every(Number.isFinite)) {
        throw brokenMitsuba(
            node.line,
            `a spectrum is ${JSON.stringify(pairs.slice(0, 8).join(' '))}`,
            'wavelength:value pairs'
        );
    }
    report.approximate('sampled spectrum', 'its values at 610, 550 and 465 nm');
    return [610, 550, 465].map((nm) => sampled(pairs, nm)) as unknown as Vec3;
}

/** The spectrum plugins of Mitsuba 2 and 3. */
function readSpectrum(object: MitsubaObject, otherwise: Vec3, report: ReportBuilder): Vec3 {
    const { node, type } = object;
    const grey = (value: number): Vec3 => [value, value, value];
    switch (type) {
        // White, by its definition.
        case 'd65': {
            const scale = object.number('scale', 1);
            return object.color('color', [1, 1, 1], report).map((c) => c * scale) as unknown as Vec3;
        }
        case 'blackbody':
            return readBlackbody(node, object.text('temperature', '6500'), object.text('scale', '1'), report);
        case 'uniform':
        case 'rawconstant':
            return object.value('value')?.tag === 'rgb'
                ? object.color('value', otherwise, report)
                : grey(object.number('value', 1));
        case 'srgb':
        case 'rgb':
            return object.color('color', otherwise, report);
        case 'irregular': {
            const [nm, values] = [list(object.text('wavelengths', '')), list(object.text('values', ''))];
            if (nm.length !== values.length) return readSamples(node, [], report);
            return readSamples(
                node,
                nm.flatMap((x, i) => [x, values[i]!]),
                report
            );
        }
        case 'regular': {
            const values = list(object.text('values', ''));
            const [from, to] = [
                object.number('wavelengthmin', object.number('lambdamin', 360)),
                object.number('wavelengthmax', object.number('lambdamax', 830))
            ];
            const step = (to - from) / Math.max(1, values.length - 1);
            return readSamples(
                node,
                values.flatMap((value, i) => [from + i * step, value]),
                report
            );
        }
        default:
            report.unsupported(`spectrum "${type}"`, 'the default');
            return otherwise;
    }
}

/** Each operation of a transform acts after those before it. */
function readTransform(node: XmlNode): Mat4 {
    let matrix = IDENTITY;
    for (const child of node.children) matrix = multiply(readOperation(child), matrix);
    if (matrix.every(Number.isFinite)) return matrix;
    throw brokenMitsuba(node.line, 'a transform is not finite', 'finite numbers');
}

function readOperation(node: XmlNode): Mat4 {
    const { attributes } = node;
    const point = (name: string, otherwise: Vec3): Vec3 => {
        const numbers = attributes[name] === undefined ? otherwise : list(attributes[name]);
        if (numbers.length === 3 && numbers.every(Number.isFinite)) return numbers as Vec3;
        throw brokenMitsuba(node.line, `"${name}" is ${JSON.stringify(attributes[name])}`, 'three numbers');
    };
    switch (node.tag) {
        case 'translate':
            return translation(...readVector(node, [0, 0, 0]));
        case 'scale':
            return scaling(...readVector(node, [1, 1, 1]));
        case 'rotate':
            return rotation(
                Number(attributes['angle'] ?? 0),
                readVector({ ...node, attributes: { ...attributes } }, [0, 0, 0])
            );
        case 'lookat':
        case 'lookAt':
            return lookAt(point('origin', [0, 0, 0]), point('target', [0, 0, 1]), point('up', [0, 1, 0]));
        case 'matrix': {
            const rows = list(attributes['value']);
            if (rows.length === 16) return transpose(rows);
            if (rows.length === 9) {
                const [a, b, c, d, e, f, g, h, i] = rows as [
                    number,
                    number,
                    number,
                    number,
                    number,
                    number,
                    number,
                    number,
                    number
                ];
                return [a, d, g, 0, b, e, h, 0, c, f, i, 0, 0, 0, 0, 1];
            }
            throw brokenMitsuba(node.line, `a matrix has ${rows.length} numbers`, '16');
        }
        default:
            throw brokenMitsuba(
                node.line,
                `<${node.tag}> in a transform`,
                'translate, rotate, scale, lookat or matrix'
            );
    }
}
