/**
 * Vertices and faces of a PLY file, ASCII or binary of either byte order, as triangles. Polygons are cut into fans. Counts are
 * checked against the bytes that are there before anything is allocated. Cost: one pass.
 */
import type { TriangleMesh } from '../convert/triangle-mesh.ts';
import {
    brokenPly,
    type PlyElement,
    type PlyHeader,
    type PlyProperty,
    type PlyType,
    readPlyHeader
} from './ply-header.ts';

/** Gives the values of a PLY file one by one. */
interface Source {
    next(type: PlyType): number;
}

const BYTES: Readonly<Record<PlyType, number>> = {
    int8: 1,
    uint8: 1,
    int16: 2,
    uint16: 2,
    int32: 4,
    uint32: 4,
    float32: 4,
    float64: 8
};
const MAX_POLYGON = 65536;
const NAMES: Readonly<Record<string, 'x' | 'y' | 'z' | 'nx' | 'ny' | 'nz' | 'u' | 'v'>> = {
    x: 'x',
    y: 'y',
    z: 'z',
    nx: 'nx',
    ny: 'ny',
    nz: 'nz',
    u: 'u',
    v: 'v',
    s: 'u',
    t: 'v',
    texture_u: 'u',
    texture_v: 'v',
    texture_s: 'u',
    texture_t: 'v'
};

/** A mesh of a PLY file; `flipV` turns v around (glTF has v = 0 at the top of a picture). */
export function readPlyMesh(bytes: Uint8Array, flipV: boolean): TriangleMesh {
    const header = readPlyHeader(bytes);
    const body = bytes.subarray(header.endByte);
    checkCounts(header, body.length);
    const source = header.format === 'ascii' ? asciiSource(body) : binarySource(body, header.format);
    let vertices: Omit<TriangleMesh, 'indices'> | undefined;
    let indices: Uint32Array | undefined;
    for (const element of header.elements) {
        if (element.name === 'vertex' && !vertices) vertices = readVertices(element, source, flipV);
        else if (element.name === 'face' && !indices) indices = readFaces(element, source);
        else skip(element, source);
    }
    if (!vertices) throw brokenPly('it has no vertices', 'an element "vertex"');
    if (!indices) throw brokenPly('it has no faces', 'an element "face"; point clouds are not meshes');
    const count = vertices.positions.length / 3;
    const wrong = indices.findIndex((index) => index >= count);
    if (wrong >= 0) throw brokenPly(`a face has vertex ${indices[wrong]}`, `less than ${count}`);
    return { ...vertices, indices };
}

/** What of a PLY file is no part of the mesh: `vertex red`, `edge`. */
export function unreadPly(bytes: Uint8Array): string[] {
    return readPlyHeader(bytes).elements.flatMap(({ name, properties }) => {
        if (name !== 'vertex' && name !== 'face') return [name];
        const isRead = (p: PlyProperty) =>
            name === 'vertex' ? Object.hasOwn(NAMES, p.name) : /^vertex_ind/.test(p.name);
        return properties.filter((p) => !isRead(p)).map((p) => `${name} ${p.name}`);
    });
}

function checkCounts(header: PlyHeader, sizeBytes: number): void {
    let least = 0;
    for (const { count, properties } of header.elements) {
        // ASCII needs at least a digit and a space for each value.
        const size = (p: PlyProperty) => (header.format === 'ascii' ? 2 : BYTES[p.countType ?? p.type]);
        least += count * properties.reduce((sum, p) => sum + size(p), 0);
    }
    // The last value of an ASCII file may end without white space.
    if (least > sizeBytes + 1) throw brokenPly(`it ends after ${sizeBytes} bytes of data`, `at least ${least}`);
}

function binarySource(body: Uint8Array, format: PlyHeader['format']): Source {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const little = format === 'binary_little_endian';
    let at = 0;
    return {
        next(type) {
            const from = at;
            at += BYTES[type];
            if (at > body.length) throw brokenPly(`it ends after ${body.length} bytes of data`, 'more');
            switch (type) {
                case 'float32':
                    return view.getFloat32(from, little);
                case 'uint8':
                    return view.getUint8(from);
                case 'int32':
                    return view.getInt32(from, little);
                case 'uint32':
                    return view.getUint32(from, little);
                case 'float64':
                    return view.getFloat64(from, little);
                case 'int8':
                    return view.getInt8(from);
                case 'int16':
                    return view.getInt16(from, little);
                case 'uint16':
                    return view.getUint16(from, little);
            }
        }
    };
}

function asciiSource(body: Uint8Array): Source {
    let at = 0;
    return {
        next() {
            while (at < body.length && body[at]! <= 32) at++;
            const from = at;
            while (at < body.length && body[at]! > 32) at++;
            const word = String.fromCharCode(...body.subarray(from, Math.min(at, from + 64)));
            const value = word === '' || at - from > 64 ? Number.NaN : Number(word);
            if (Number.isNaN(value) && !/^[-+]?nan/i.test(word))
                throw brokenPly(`it has ${JSON.stringify(word)}`, 'a number');
            return value;
        }
    };
}

function readVertices(element: PlyElement, source: Source, flipV: boolean): Omit<TriangleMesh, 'indices'> {
    const slots = element.properties.map((property) => NAMES[property.name]);
    const has = (...names: string[]) => names.every((name) => slots.includes(name as 'x'));
    if (!has('x', 'y', 'z')) throw brokenPly('its vertices have no x, y and z', 'all three');
    const positions = new Float32Array(3 * element.count);
    const normals = has('nx', 'ny', 'nz') ? new Float32Array(3 * element.count) : undefined;
    const uvs = has('u', 'v') ? new Float32Array(2 * element.count) : undefined;
    const value = { x: 0, y: 0, z: 0, nx: 0, ny: 0, nz: 0, u: 0, v: 0 };
    for (let i = 0; i < element.count; i++) {
        element.properties.forEach((property, k) => {
            if (property.countType) skipList(property, source);
            else {
                const read = source.next(property.type);
                const slot = slots[k];
                if (slot) value[slot] = read;
            }
        });
        positions.set([value.x, value.y, value.z], 3 * i);
        normals?.set([value.nx, value.ny, value.nz], 3 * i);
        uvs?.set([value.u, flipV ? 1 - value.v : value.v], 2 * i);
    }
    return { positions, ...(normals ? { normals } : {}), ...(uvs ? { uvs } : {}) };
}

function readFaces(element: PlyElement, source: Source): Uint32Array {
    const corners = element.properties.findIndex((p) => p.name === 'vertex_indices' || p.name === 'vertex_index');
    const list = element.properties[corners];
    if (!list?.countType) throw brokenPly('its faces have no list of vertices', '"vertex_indices"');
    let indices = new Uint32Array(3 * element.count);
    let at = 0;
    for (let face = 0; face < element.count; face++) {
        for (const property of element.properties) {
            if (property !== list) {
                if (property.countType) skipList(property, source);
                else source.next(property.type);
                continue;
            }
            const count = listLength(property, source);
            let [first, last] = [0, 0];
            for (let i = 0; i < count; i++) {
                const index = source.next(property.type);
                if (!Number.isInteger(index) || index < 0)
                    throw brokenPly(`a face has vertex ${index}`, 'a number from 0');
                if (i >= 2) {
                    if (at + 3 > indices.length) indices = grown(indices);
                    indices[at++] = first;
                    indices[at++] = last;
                    indices[at++] = index;
                }
                if (i === 0) first = index;
                last = index;
            }
        }
    }
    return indices.slice(0, at);
}

function grown(indices: Uint32Array): Uint32Array<ArrayBuffer> {
    const larger = new Uint32Array(Math.max(48, 2 * indices.length));
    larger.set(indices);
    return larger;
}

function listLength(property: PlyProperty, source: Source): number {
    const count = source.next(property.countType!);
    if (Number.isInteger(count) && count >= 0 && count <= MAX_POLYGON) return count;
    throw brokenPly(`a list has ${count} entries`, `0 to ${MAX_POLYGON}`);
}

function skipList(property: PlyProperty, source: Source): void {
    for (let n = listLength(property, source); n > 0; n--) source.next(property.type);
}

function skip(element: PlyElement, source: Source): void {
    for (let i = 0; i < element.count; i++) {
        for (const property of element.properties) {
            if (property.countType) skipList(property, source);
            else source.next(property.type);
        }
    }
}
