/**
 * The kinds of options a verb can have. Each knows its placeholder, how to read its text and what to say when that is wrong, so
 * parsing, validation and `--help` come from one description.
 */
import { badInput } from '@mixreel/core';

/** One option. `T` is what the verb gets. */
export interface Option<T> {
    /** What stands for the value in `--help`: `N`, `FILE`; null for a flag. */
    readonly placeholder: string | null;
    /** One line for `--help`, without a full stop. */
    readonly help: string;
    /** One letter, or absent. */
    readonly short?: string;
    /** What `--help` shows as the default, or absent. */
    readonly shown?: string;
    /** Reads the text, or gives the default for undefined. Throws `bad-input`. */
    read(text: string | undefined, name: string): T;
}

/** Values by option name. */
export type OptionValues<S extends Readonly<Record<string, Option<unknown>>>> = {
    readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

/** Present or not. */
export function flag(help: string): Option<boolean> {
    return { placeholder: null, help, read: (text) => text !== undefined };
}

/** Any text that is not empty. */
export function text(placeholder: string, help: string, short?: string): Option<string | undefined> {
    return {
        placeholder,
        help,
        ...(short === undefined ? {} : { short }),
        read(value, name) {
            if (value === '') throw badInput(`--${name} is empty`, `a ${placeholder}`, `Pass --${name} ${placeholder}`);
            return value;
        }
    };
}

/** {@link text} with a default. */
export function textOr(placeholder: string, fallback: string, help: string, short?: string): Option<string> {
    const plain = text(placeholder, help, short);
    return { ...plain, shown: fallback, read: (value, name) => plain.read(value, name) ?? fallback } as Option<string>;
}

/** A whole number within bounds. */
export function integer(min: number, max: number, fallback: number, help: string): Option<number> {
    return {
        placeholder: 'N',
        help,
        shown: String(fallback),
        read: (value, name) => (value === undefined ? fallback : bounded(value, name, min, max, true))
    };
}

/** A number within bounds. */
export function decimal(min: number, max: number, fallback: number, help: string): Option<number> {
    return {
        placeholder: 'X',
        help,
        shown: String(fallback),
        read: (value, name) => (value === undefined ? fallback : bounded(value, name, min, max, false))
    };
}

function bounded(value: string, name: string, min: number, max: number, whole: boolean): number {
    const number = Number(value);
    const fits = value.trim() !== '' && number >= min && number <= max && (!whole || Number.isInteger(number));
    if (fits) return number;
    const kind = whole ? 'an integer' : 'a number';
    throw badInput(`--${name} is "${value}"`, `${kind} from ${min} to ${max}`, `Pass --${name} ${min}, for example`);
}

/** A factor on the light before the tone mapper, or `auto`: the light's log-average goes to middle grey. */
export function exposure(): Option<number | 'auto'> {
    const shape = decimal(1e-6, 1e6, 1, '');
    return {
        placeholder: 'X|auto',
        help: 'factor on the light before the curve; auto: by what is seen',
        shown: 'auto',
        read: (value, name) => (value === undefined || value === 'auto' ? 'auto' : shape.read(value, name))
    };
}

/** An option of which the verb must know whether it was given: undefined if not. `--help` shows the default as before. */
export function ifGiven<T>(option: Option<T>): Option<T | undefined> {
    return { ...option, read: (value, name) => (value === undefined ? undefined : option.read(value, name)) };
}

/** One of a few words. */
export function choice<T extends string>(words: readonly T[], fallback: T, help: string): Option<T> {
    return {
        placeholder: words.join('|'),
        help,
        shown: fallback,
        read(value, name) {
            if (value === undefined) return fallback;
            const word = words.find((candidate) => candidate === value);
            if (word !== undefined) return word;
            throw badInput(`--${name} is "${value}"`, words.join(', '), `Pass --${name} ${fallback}, for example`);
        }
    };
}

/** Width and height in pixels. */
export interface SizePx {
    readonly widthPx: number;
    readonly heightPx: number;
}

/** `WxH`, each 1 to 16384. */
export function size(fallback: SizePx, help: string): Option<SizePx> {
    const shown = `${fallback.widthPx}x${fallback.heightPx}`;
    return {
        placeholder: 'WxH',
        help,
        shown,
        read(value, name) {
            if (value === undefined) return fallback;
            const [, width, height] = /^(\d{1,5})[xX](\d{1,5})$/.exec(value) ?? [];
            const [widthPx, heightPx] = [Number(width), Number(height)];
            if (widthPx >= 1 && widthPx <= 16384 && heightPx >= 1 && heightPx <= 16384) return { widthPx, heightPx };
            throw badInput(
                `--${name} is "${value}"`,
                'width x height in pixels, each from 1 to 16384',
                `Pass --${name} ${shown}`
            );
        }
    };
}

/** A seed: a whole number stays a number, anything else is a text; `7` and `seven` both work. */
export function seed(): Option<number | string> {
    return {
        placeholder: 'SEED',
        help: 'seed of all randomness: the same seed gives the same bytes',
        shown: '1',
        read(value) {
            if (value === undefined) return 1;
            const number = Number(value);
            return /^-?\d+$/.test(value) && Number.isSafeInteger(number) ? number : value;
        }
    };
}
