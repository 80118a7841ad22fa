/**
 * Point clouds and meshes from files: PCD 0.7 (ascii, binary, binary_compressed) of the Point Cloud Library and PLY (ascii,
 * binary little endian). Only positions are taken, and faces where a PLY has them. Scanners differ in which axis is up.
 */
import { badInput } from '@mixreel/core';
import { CAPTURE_LIMITS, type TriangleMesh } from '../capture/spatial-entity.ts';
import { checkPoints, type ScanPoints } from './scan-points.ts';

/** Options of the readers. */
export interface CloudOptions {
    /** The axis that points up in the file; `y` if absent. */
    readonly up?: 'y' | 'z';
}

const MEND = 'Export the scan again';

/** Reads a PCD file. */
export function readPcd(bytes: Uint8Array, options: CloudOptions = {}): ScanPoints {
    const { fields, data, from } = pcdHeader(bytes);
    const axes = ['x', 'y', 'z'].map((name) => fields.list.find((f) => f.name === name));
    if (axes.some((f) => f?.type !== 'F' || f.size !== 4))
        throw badInput('the PCD has no x, y, z of 32-bit floats', 'FIELDS x y z, TYPE F, SIZE 4', MEND);
    const out = new Float32Array(3 * fields.points);
    if (data === 'ascii') {
        const words = new TextDecoder().decode(bytes.subarray(from)).trim().split(/\s+/);
        const stride = fields.list.reduce((sum, f) => sum + f.count, 0);
        for (let i = 0; i < fields.points; i++)
            axes.forEach((f, k) => void (out[3 * i + k] = Number(words[i * stride + f!.column])));
        return finish(out, options);
    }
    let body = bytes.subarray(from);
    const stride = fields.list.reduce((sum, f) => sum + f.size * f.count, 0);
    if (data === 'binary_compressed') {
        const sizes = new DataView(body.buffer, body.byteOffset, body.byteLength);
        if (body.length < 8) throw badInput('the PCD ends after its header', 'compressed data', MEND);
        const [packed, whole] = [sizes.getUint32(0, true), sizes.getUint32(4, true)];
        if (whole !== stride * fields.points || packed > body.length - 8)
            throw badInput(
                `the PCD unpacks to ${whole} bytes from ${packed}`,
                `${stride * fields.points} from at most ${body.length - 8}`,
                MEND
            );
        body = unpackLzf(body.subarray(8, 8 + packed), whole);
    }
    if (body.length < stride * fields.points)
        throw badInput(`the PCD has ${body.length} bytes of points`, `${stride * fields.points}`, MEND);
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    for (const [k, f] of axes.entries()) {
        for (let i = 0; i < fields.points; i++) {
            // Compressed files hold each field of all points together.
            const at =
                data === 'binary_compressed'
                    ? f!.offset * fields.points + i * f!.size * f!.count
                    : i * stride + f!.offset;
            out[3 * i + k] = view.getFloat32(at, true);
        }
    }
    return finish(out, options);
}

interface PcdField {
    readonly name: string;
    readonly size: number;
    readonly type: string;
    readonly count: number;
    /** Bytes before it in a point. */
    readonly offset: number;
    /** Numbers before it in an ascii point. */
    readonly column: number;
}

function pcdHeader(bytes: Uint8Array): { fields: { list: PcdField[]; points: number }; data: string; from: number } {
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
    const end = /^DATA\s+(ascii|binary|binary_compressed)\s*\r?\n/m.exec(text);
    const values = (key: string): string[] =>
        new RegExp(`^${key}\\s+(.*)$`, 'm').exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    const [names, sizes, types] = [values('FIELDS'), values('SIZE').map(Number), values('TYPE')];
    const counts = values('COUNT').map(Number);
    const points = Number(values('POINTS')[0] ?? Number.NaN);
    const sound =
        names.length > 0 &&
        sizes.length === names.length &&
        types.length === names.length &&
        sizes.every((s) => [1, 2, 4, 8].includes(s));
    if (
        !end ||
        !sound ||
        !(points >= 1 && points <= 4 * CAPTURE_LIMITS.vertices) ||
        !counts.every((c) => c >= 1 && c < 4096)
    )
        throw badInput(
            `the PCD header names ${names.length} fields and ${points} points`,
            'FIELDS, SIZE, TYPE, POINTS and DATA',
            MEND
        );
    let [offset, column] = [0, 0];
    const list = names.map((name, i): PcdField => {
        const count = counts[i] ?? 1;
        const field = { name, size: sizes[i]!, type: types[i]!, count, offset, column };
        offset += sizes[i]! * count;
        column += count;
        return field;
    });
    return { fields: { list, points }, data: end[1]!, from: end.index + end[0].length };
}

/** LZF (Lehmann): runs of literals and back references of at most 264 bytes within 8 KiB. */
function unpackLzf(packed: Uint8Array, size: number): Uint8Array {
    const out = new Uint8Array(size);
    let [i, o] = [0, 0];
    while (i < packed.length) {
        const control = packed[i++]!;
        if (control < 32) {
            if (o + control + 1 > size || i + control + 1 > packed.length) break;
            out.set(packed.subarray(i, i + control + 1), o);
            i += control + 1;
            o += control + 1;
            continue;
        }
        let length = control >>> 5;
        if (length === 7) length += packed[i++]!;
        let from = o - ((control & 31) << 8) - packed[i++]! - 1;
        if (!(from >= 0 && o + length + 2 <= size)) break;
        for (let k = 0; k < length + 2; k++) out[o++] = out[from++]!;
    }
    if (o !== size) throw badInput(`the PCD unpacks to ${o} bytes`, `${size}`, MEND);
    return out;
}

/** A PLY: points, and triangles where it has faces. */
export interface PlyScan {
    readonly points: ScanPoints;
    readonly mesh: TriangleMesh | null;
}

const PLY_SIZES: Readonly<Record<string, number>> = {
    char: 1,
    uchar: 1,
    int8: 1,
    uint8: 1,
    short: 2,
    ushort: 2,
    int16: 2,
    uint16: 2,
    int: 4,
    uint: 4,
    int32: 4,
    uint32: 4,
    float: 4,
    float32: 4,
    double: 8,
    float64: 8
};

interface PlyElement {
    readonly name: string;
    readonly count: number;
    readonly properties: { readonly name: string; readonly type: string; readonly list: string | null }[];
}

/** Reads a PLY file, ascii or binary little endian. Faces of more than three corners become fans. */
export function readPly(bytes: Uint8Array, options: CloudOptions = {}): PlyScan {
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, 65_536));
    const end = /end_header\r?\n/.exec(head);
    const format = /^format\s+(ascii|binary_little_endian)\s/m.exec(head)?.[1];
    if (!head.startsWith('ply') || !end || !format)
        throw badInput('the file is not a PLY that can be read', 'ply, format ascii or binary_little_endian', MEND);
    const elements = plyElements(head.slice(0, end.index));
    const read =
        format === 'ascii'
            ? asciiNumbers(bytes.subarray(end.index + end[0].length))
            : binaryNumbers(bytes.subarray(end.index + end[0].length));
    let points = new Float32Array();
    const indices: number[] = [];
    for (const element of elements) {
        const axes = ['x', 'y', 'z'].map((axis) => element.properties.findIndex((p) => p.name === axis));
        const vertex = element.name === 'vertex';
        if (vertex && axes.some((a) => a < 0))
            throw badInput('the PLY has vertices without x, y, z', 'all three', MEND);
        if (vertex) points = new Float32Array(3 * element.count);
        for (let i = 0; i < element.count; i++) {
            for (const [k, p] of element.properties.entries()) {
                const length = p.list ? read(p.list) : 1;
                if (!(length >= 0 && length <= 4096))
                    throw badInput(`face ${i} has ${length} corners`, 'at most 4096', MEND);
                const values = Array.from({ length }, () => read(p.type));
                const axis = vertex ? axes.indexOf(k) : -1;
                if (axis >= 0) points[3 * i + axis] = values[0]!;
                if (p.list && /^vertex_ind(ex|ices)$/.test(p.name))
                    for (let c = 2; c < values.length; c++) indices.push(values[0]!, values[c - 1]!, values[c]!);
            }
        }
    }
    const bad = indices.find((v) => !(v >= 0 && v < points.length / 3));
    if (bad !== undefined) throw badInput(`a face names vertex ${bad}`, `less than ${points.length / 3}`, MEND);
    const turned = finish(points, options);
    return {
        points: turned,
        mesh: indices.length > 0 ? { positions: turned, indices: Uint32Array.from(indices) } : null
    };
}

function plyElements(head: string): PlyElement[] {
    const elements: PlyElement[] = [];
    for (const line of head.split(/\r?\n/)) {
        const words = line.trim().split(/\s+/);
        if (words[0] === 'element') elements.push({ name: words[1]!, count: Number(words[2]), properties: [] });
        if (words[0] !== 'property') continue;
        const list = words[1] === 'list';
        const type = list ? words[3]! : words[1]!;
        const counter = list ? words[2]! : null;
        if (!elements.at(-1) || !PLY_SIZES[type] || (counter && !PLY_SIZES[counter]))
            throw badInput(`the PLY has the property "${line.slice(0, 60)}"`, 'a known type within an element', MEND);
        elements.at(-1)!.properties.push({ name: words.at(-1)!, type, list: counter });
    }
    const most = 4 * CAPTURE_LIMITS.vertices;
    if (elements.some((e) => !(Number.isInteger(e.count) && e.count >= 0 && e.count <= most)))
        throw badInput('the PLY counts its elements badly', `0 to ${most} of each`, MEND);
    return elements;
}

function asciiNumbers(bytes: Uint8Array): (type: string) => number {
    const words = new TextDecoder().decode(bytes).split(/\s+/).filter(Boolean);
    let at = 0;
    return () => {
        const value = Number(words[at++]);
        if (Number.isFinite(value)) return value;
        throw badInput(
            `number ${at} of the PLY is "${words[at - 1]?.slice(0, 20) ?? 'missing'}"`,
            'a finite number',
            MEND
        );
    };
}

function binaryNumbers(bytes: Uint8Array): (type: string) => number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    return (type) => {
        const size = PLY_SIZES[type]!;
        if (at + size > view.byteLength)
            throw badInput(`the PLY ends at byte ${at} of its data`, 'all its elements', MEND);
        at += size;
        const from = at - size;
        if (/^(float|float32)$/.test(type)) return view.getFloat32(from, true);
        if (size === 8) return view.getFloat64(from, true);
        const unsigned = type.startsWith('u');
        if (size === 1) return unsigned ? view.getUint8(from) : view.getInt8(from);
        if (size === 2) return unsigned ? view.getUint16(from, true) : view.getInt16(from, true);
        return unsigned ? view.getUint32(from, true) : view.getInt32(from, true);
    };
}

/** Turns z up to y up and checks. */
function finish(points: Float32Array, { up = 'y' }: CloudOptions): ScanPoints {
    if (up === 'z') {
        for (let i = 0; i < points.length; i += 3) [points[i + 1], points[i + 2]] = [points[i + 2]!, -points[i + 1]!];
    }
    return checkPoints(points);
}
