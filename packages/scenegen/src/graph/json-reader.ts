/** Small typed readers of JSON that name what is wrong by its path. Each returns a fresh value of exactly its type. */
import { badInput } from '@mixreel/core';
import { describe } from '../capture/spatial-entity.ts';

/** Reads a value found at `where`, or throws `bad-input`. */
export type Reader<T> = (value: unknown, where: string) => T;

const MEND = 'Correct that field';

/** A number in [low, high]. */
export const number =
    (low: number, high: number): Reader<number> =>
    (value, where) => {
        if (typeof value === 'number' && value >= low && value <= high) return value;
        throw badInput(`${where} is ${describe(value)}`, `a number from ${low} to ${high}`, MEND);
    };

/** A string of `low` to `high` characters. */
export const text =
    (low: number, high: number): Reader<string> =>
    (value, where) => {
        if (typeof value === 'string' && value.length >= low && value.length <= high) return value;
        throw badInput(`${where} is ${describe(value)}`, `a text of ${low} to ${high} characters`, MEND);
    };

export const boolean: Reader<boolean> = (value, where) => {
    if (typeof value === 'boolean') return value;
    throw badInput(`${where} is ${describe(value)}`, 'true or false', MEND);
};

export const textOrNumber: Reader<string | number> = (value, where) => {
    if ((typeof value === 'string' && value.length <= 1000) || (typeof value === 'number' && Number.isFinite(value)))
        return value;
    throw badInput(`${where} is ${describe(value)}`, 'a text or a number', MEND);
};

/** One of the given texts. */
export const oneOf =
    <T extends string>(...values: readonly T[]): Reader<T> =>
    (value, where) => {
        if (values.includes(value as T)) return value as T;
        throw badInput(`${where} is ${describe(value)}`, `one of ${values.join(', ')}`, MEND);
    };

/** A list of `low` to `high` items. */
export const array =
    <T>(item: Reader<T>, low: number, high: number): Reader<T[]> =>
    (value, where) => {
        if (!Array.isArray(value) || value.length < low || value.length > high) {
            const found = Array.isArray(value) ? `a list of ${value.length}` : describe(value);
            throw badInput(`${where} is ${found}`, `a list of ${low} to ${high}`, MEND);
        }
        return value.map((v, i) => item(v, `${where}[${i}]`));
    };

/** A list of exactly these. */
export const tuple =
    <T extends readonly unknown[]>(...items: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> =>
    (value, where) => {
        if (!Array.isArray(value) || value.length !== items.length) {
            throw badInput(`${where} is ${describe(value)}`, `a list of ${items.length}`, MEND);
        }
        return items.map((item, i) => item(value[i], `${where}[${i}]`)) as unknown as T;
    };

/** Marks a field of a {@link record} as one that may be missing. */
export interface OptionalReader<T> {
    readonly optional: Reader<T>;
}

/** See {@link OptionalReader}. */
export const optional = <T>(reader: Reader<T>): OptionalReader<T> => ({ optional: reader });

type Fields = Readonly<Record<string, Reader<unknown> | OptionalReader<unknown>>>;

/** The value that a table of fields reads. */
export type RecordOf<F extends Fields> = {
    [K in keyof F]: F[K] extends Reader<infer T> ? T : F[K] extends OptionalReader<infer T> ? T | undefined : never;
};

/** An object with these fields and no others. */
export const record =
    <F extends Fields>(fields: F): Reader<RecordOf<F>> =>
    (value, where) => {
        const source = object(value, where);
        for (const key of Object.keys(source)) {
            if (!Object.hasOwn(fields, key))
                throw badInput(
                    `${where} has a field "${key.slice(0, 60)}"`,
                    `only ${Object.keys(fields).join(', ')}`,
                    'Remove it'
                );
        }
        const out: Record<string, unknown> = {};
        for (const [key, reader] of Object.entries(fields)) {
            if (typeof reader === 'function') out[key] = reader(source[key], `${where}.${key}`);
            else if (source[key] !== undefined) out[key] = reader.optional(source[key], `${where}.${key}`);
        }
        return out as RecordOf<F>;
    };

/** A plain object. */
export function object(value: unknown, where: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw badInput(`${where} is ${describe(value)}`, 'an object', MEND);
}

const mapOf =
    <T>(item: Reader<T>): Reader<Record<string, T>> =>
    (value, where) => {
        const entries = Object.entries(object(value, where));
        if (entries.length > 64) throw badInput(`${where} has ${entries.length} fields`, 'at most 64', MEND);
        return Object.fromEntries(entries.map(([key, v]) => [key, item(v, `${where}.${key}`)]));
    };

/** Names to numbers. */
export const numberMap: Reader<Record<string, number>> = mapOf(number(-1e6, 1e6));
/** Names to short texts. */
export const textMap: Reader<Record<string, string>> = mapOf(text(0, 100));
