/** glTF JSON that has the shape of glTF: lists of objects, references that are indices. What its checks share. */
import { badInput, MixreelError } from '@mixreel/core';

/** Bounds on what a file may ask for. */
export interface GltfLimits {
    /** Most triangles in all meshes, 1 to 2^28. */
    readonly maxTriangles: number;
    /** Most bytes of all accessors and of all files read, 1 to 2^33. */
    readonly maxBytes: number;
}

export type Definition = Readonly<Record<string, unknown>>;

const MEND = 'Export the model again, or look at it with gltf-validator';
const MAX_ENTRIES = 2 ** 20;

/** A broken model: what is wrong, and what should be there. */
export function brokenModel(what: string, expected: string, cause?: unknown): MixreelError {
    return badInput(`the model is broken: ${what}`, expected, MEND, cause);
}

/** A model beyond the limits. */
export function tooLarge(what: string, limit: number, unit: string): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `the model is too large: ${what}`,
        expected: `at most ${limit} ${unit}`,
        mend: 'Simplify it, or pass larger limits if it is trusted'
    });
}

export function isObject(value: unknown): value is Definition {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** glTF JSON whose top-level lists are known to be lists of objects. */
export class CheckedGltf {
    readonly json: Definition;

    constructor(json: unknown, supportedExtensions: ReadonlySet<string>) {
        if (!isObject(json)) throw brokenModel('its JSON is not an object', 'glTF 2.0');
        this.json = json;
        const version = isObject(json['asset']) ? json['asset']['version'] : undefined;
        if (typeof version !== 'string' || !version.startsWith('2.')) {
            throw badInput(`the model says glTF version ${JSON.stringify(version)}`, '"2.0"', 'Export it as glTF 2.0');
        }
        for (const [name, value] of Object.entries(json)) {
            if (name === 'asset' || name === 'scene' || name === 'extensions' || name === 'extras') continue;
            if (!Array.isArray(value) || value.length > MAX_ENTRIES) {
                throw brokenModel(`"${name}" is not a list of at most ${MAX_ENTRIES}`, 'a list');
            }
            if (!name.startsWith('extensions') && !value.every(isObject)) {
                throw brokenModel(`"${name}" holds something else than objects`, 'objects');
            }
        }
        for (const name of (json['extensionsRequired'] ?? []) as unknown[]) {
            if (typeof name === 'string' && supportedExtensions.has(name)) continue;
            throw badInput(
                `the model needs the extension ${JSON.stringify(name)}`,
                'extensions that this importer reads',
                'Export it without that extension'
            );
        }
    }

    list(name: string): readonly Definition[] {
        return (this.json[name] ?? []) as readonly Definition[];
    }
}

/** The integer `value` if it indexes `list`, otherwise a `bad-input` that names `where`. */
export function reference(gltf: CheckedGltf, value: unknown, list: string, where: string): void {
    if (value === undefined) return;
    const length = gltf.list(list).length;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < length) return;
    throw brokenModel(
        `${where} is ${JSON.stringify(value)}`,
        length ? `0 to ${length - 1}` : `${list}, of which there are none`
    );
}

export function values(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

export function fields(value: unknown): Definition {
    return isObject(value) ? value : {};
}

/** The integer `value`, 0 if it is left out; a `bad-input` that names `where` for anything else. */
export function size(value: unknown, where: string, least: number): number {
    const number = value ?? 0;
    if (Number.isInteger(number) && (number as number) >= least && (number as number) <= 2 ** 40)
        return number as number;
    throw brokenModel(`${where} is ${JSON.stringify(value)}`, `an integer from ${least}`);
}
