/** Header of a PLY file (Turk, "The PLY Polygon File Format", 1994): elements and the properties of each. */
import { badInput, type MixreelError } from '@mixreel/core';

export type PlyType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

/** A scalar property, or a list when `countType` is there. */
export interface PlyProperty {
    readonly name: string;
    readonly type: PlyType;
    readonly countType?: PlyType;
}

export interface PlyElement {
    readonly name: string;
    readonly count: number;
    readonly properties: readonly PlyProperty[];
}

export interface PlyHeader {
    readonly format: 'ascii' | 'binary_little_endian' | 'binary_big_endian';
    readonly elements: readonly PlyElement[];
    /** Where the data begin. */
    readonly endByte: number;
}

const TYPES: Readonly<Record<string, PlyType>> = {
    char: 'int8',
    uchar: 'uint8',
    short: 'int16',
    ushort: 'uint16',
    int: 'int32',
    uint: 'uint32',
    float: 'float32',
    double: 'float64',
    int8: 'int8',
    uint8: 'uint8',
    int16: 'int16',
    uint16: 'uint16',
    int32: 'int32',
    uint32: 'uint32',
    float32: 'float32',
    float64: 'float64'
};
const MAX_HEADER_BYTES = 65536;

/** A PLY file that is wrong. */
export function brokenPly(what: string, expected: string): MixreelError {
    return badInput(`the PLY file is broken: ${what}`, expected, 'Copy or export the mesh again');
}

/** Reads the header. Throws `bad-input`. */
export function readPlyHeader(bytes: Uint8Array): PlyHeader {
    let text = '';
    let endByte = -1;
    for (let i = 0, line = 0; i < Math.min(bytes.length, MAX_HEADER_BYTES); i++) {
        text += String.fromCharCode(bytes[i]!);
        if (bytes[i] !== 10) continue;
        if (text.slice(line).trim() === 'end_header') {
            endByte = i + 1;
            break;
        }
        line = text.length;
    }
    if (!text.startsWith('ply')) throw brokenPly('it does not begin with "ply"', 'a PLY file');
    if (endByte < 0) throw brokenPly('its header does not end', `"end_header" within ${MAX_HEADER_BYTES} bytes`);
    let format: PlyHeader['format'] | undefined;
    const elements: { name: string; count: number; properties: PlyProperty[] }[] = [];
    for (const line of text.split('\n').slice(1, -2)) {
        const words = line.trim().split(/\s+/);
        if (words[0] === 'format') format = readFormat(words[1]);
        else if (words[0] === 'element') elements.push(readElement(words));
        else if (words[0] === 'property') {
            const last = elements.at(-1);
            if (!last) throw brokenPly('a property comes before any element', 'an element');
            last.properties.push(readProperty(words));
        }
    }
    if (!format) throw brokenPly('its format is missing', 'ascii or binary');
    return { format, elements, endByte };
}

function readFormat(word: string | undefined): PlyHeader['format'] {
    if (word === 'ascii' || word === 'binary_little_endian' || word === 'binary_big_endian') return word;
    throw brokenPly(`its format is ${JSON.stringify(word)}`, 'ascii, binary_little_endian or binary_big_endian');
}

function readElement(words: readonly string[]): { name: string; count: number; properties: PlyProperty[] } {
    const count = Number(words[2]);
    if (!Number.isInteger(count) || count < 0 || count > 2 ** 30) {
        throw brokenPly(`it has ${words[2]} of "${words[1]}"`, 'a number from 0 to 2^30');
    }
    return { name: words[1] ?? '', count, properties: [] };
}

function readProperty(words: readonly string[]): PlyProperty {
    const list = words[1] === 'list';
    const type = TYPES[(list ? words[3] : words[1]) ?? ''];
    const countType = list ? TYPES[words[2] ?? ''] : undefined;
    const name = words[list ? 4 : 2];
    if (!type || (list && !countType) || !name) throw brokenPly(`"${words.join(' ')}"`, 'a property of a known type');
    return { name, type, ...(countType ? { countType } : {}) };
}
