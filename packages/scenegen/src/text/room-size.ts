/** The size of a room in a text: "5 x 4 m" or 五米乘四米半. */
import { LONGEST_TEXT } from './tokenize.ts';

const SIZE =
    /(\d+(?:\.\d+)?)\s*(?:m|metres?|meters?|米)?\s*(?:x|×|by|乘)\s*(\d+(?:\.\d+)?)\s*(?:m\b|metres?|meters?|米)?/i;
const CHINESE_SIZE = /([一二两三四五六七八九十]+)(米半?)?乘以?([一二两三四五六七八九十]+)(米半?)/;

/** Width and depth, metres, and the text without them; the text as it is if it names none. */
export function readSize(text: string): {
    readonly size: readonly [number, number] | undefined;
    readonly rest: string;
} {
    // Longer ones are refused by whoever reads the rest.
    if (typeof text !== 'string' || text.length > LONGEST_TEXT) return { size: undefined, rest: text };
    const plain = text.replace(CHINESE_SIZE, inDigits);
    const size = SIZE.exec(plain);
    return size
        ? { size: [Number(size[1]), Number(size[2])], rest: plain.replace(SIZE, ' ') }
        : { size: undefined, rest: text };
}

/** 五米乘四米半 as 5 x 4.5. */
function inDigits(_: string, a: string, halfA: string | undefined, b: string, halfB: string): string {
    const digit = (c: string | undefined): number => (c === '两' ? 2 : '一二三四五六七八九'.indexOf(c || ' ') + 1);
    const value = (word: string): number => {
        const [tens, ones] = word.split('十');
        return ones === undefined ? digit(tens) : (tens === '' ? 1 : digit(tens)) * 10 + digit(ones);
    };
    const half = (word: string | undefined): string => (word?.endsWith('半') ? '.5' : '');
    return `${value(a)}${half(halfA)} x ${value(b)}${half(halfB)}`;
}
