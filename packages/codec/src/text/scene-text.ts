/**
 * The scene language of the text layer (L0): a picture as a short text that people read and edit. Regions by letter, each with a word for what it
 * is, a colour, how its light fades and how rough it is at four scales; a map of letters says where they lie. An edited map moves a thing,
 * an edited line gives it another look; the generator (`paint-scene.ts`) makes the picture.
 *
 *     picture 768x512
 *     request "living room, two sofas, seed 7"
 *     a sky #84a5c6 fade 0 -2
 *     b plants 12.3 #294221 rough 3 4 5 2 along 45
 *     map 8x3
 *     aaaaaaaa
 *     aaabbaaa
 *     bbbbbbbb
 *
 * The language is closed: every value is a code of a small alphabet, so that text and bytes (`scene-coder.ts`) say the same and a round trip
 * loses nothing. A map was taken before a list of shapes because its outline costs least (1 to 2 bits a cell, as in `structure-coder.ts`) and
 * because everybody can edit it. The `request` line names, for rendered scenes, what the receiver's own scene generator was asked for.
 */
import { badInput } from '@mixreel/core';
import { LARGEST_SIDE_PX } from '../picture.ts';

/** What a region may be; the order is part of the format. */
export const SCENE_WORDS = [
    'thing',
    'sky',
    'cloud',
    'water',
    'plants',
    'ground',
    'sand',
    'rock',
    'wall',
    'floor',
    'skin',
    'wood',
    'metal',
    'cloth',
    'light',
    'dark'
] as const;

/** One of {@link SCENE_WORDS}. */
export type SceneWord = (typeof SCENE_WORDS)[number];

/** One region of a {@link SceneText}. */
export interface SceneRegion {
    readonly word: SceneWord;
    /** Class and instance of the scene's layers, 0 to 65534; both 0 if nothing is known. */
    readonly semanticId: number;
    readonly instanceId: number;
    /** Red, green, blue of sRGB in 32 steps, 0 to 31. */
    readonly color: readonly [number, number, number];
    /** How much lighter the right (lower) edge of the region's box is than its middle, steps of 6 grey levels, -7 to 7. */
    readonly fade: readonly [number, number];
    /** Roughness at 2, 4, 8 and 16 pixels, codes 0 (none) to 7: see {@link ROUGHNESS_LEVELS}. */
    readonly rough: readonly [number, number, number, number];
    /** Along which direction the roughness is stretched, steps of 22.5 degrees from the x axis towards y (down), 0 to 7; null: none. */
    readonly along: number | null;
}

/** A picture in words; see the file comment. */
export interface SceneText {
    readonly widthPx: number;
    readonly heightPx: number;
    /** What a scene generator was asked for: printable ASCII without quotes, 1 to 400 characters; null: nothing. */
    readonly request: string | null;
    /** 1 to 255 each. */
    readonly columns: number;
    readonly rows: number;
    /** Number of the region of each cell, row by row. */
    readonly labels: Uint8Array;
    /** 1 to 62. */
    readonly regions: readonly SceneRegion[];
}

/** Letters of the regions, in order. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
export const MOST_SCENE_REGIONS: number = LETTERS.length;
export const LARGEST_MAP_SIDE = 255;
export const LONGEST_REQUEST = 400;
/** Standard deviation of each roughness code, grey levels. */
export const ROUGHNESS_LEVELS: readonly number[] = [0, 2, 3.5, 5.5, 8.5, 13, 20, 30];
const LARGEST_MEANING = 65534;

/** The nearest roughness code of a standard deviation in grey levels. */
export function roughnessCode(deviation: number): number {
    let code = 0;
    while (code < 7 && deviation > (ROUGHNESS_LEVELS[code]! + ROUGHNESS_LEVELS[code + 1]!) / 2) code++;
    return code;
}

const REQUEST = /^[ !#-~]{1,400}$/;

/** The text of a scene; {@link parseScene} of it is the scene again. */
export function printScene(scene: SceneText): string {
    const lines = [`picture ${scene.widthPx}x${scene.heightPx}`];
    if (scene.request !== null) lines.push(`request "${scene.request}"`);
    scene.regions.forEach((region, i) => {
        lines.push(`${LETTERS[i]} ${printRegion(region)}`);
    });
    lines.push(`map ${scene.columns}x${scene.rows}`);
    for (let row = 0; row < scene.rows; row++) {
        const cells = scene.labels.subarray(row * scene.columns, (row + 1) * scene.columns);
        lines.push(Array.from(cells, (label) => LETTERS[label]).join(''));
    }
    return `${lines.join('\n')}\n`;
}

function printRegion(region: SceneRegion): string {
    const { word, semanticId, instanceId, color, fade, rough, along } = region;
    const parts: string[] = [word];
    if (semanticId !== 0 || instanceId !== 0) parts.push(`${semanticId}.${instanceId}`);
    const hex = (code: number): string => codeToByte(code).toString(16).padStart(2, '0');
    parts.push(`#${color.map(hex).join('')}`);
    if (fade[0] !== 0 || fade[1] !== 0) parts.push(`fade ${fade.join(' ')}`);
    if (rough.some((code) => code !== 0)) parts.push(`rough ${rough.join(' ')}`);
    if (along !== null) parts.push(`along ${along * 22.5}`);
    return parts.join(' ');
}

/** 8-bit value of a 5-bit colour code. */
export function codeToByte(code: number): number {
    return (code << 3) | (code >> 2);
}

/** The nearest 5-bit colour code. */
export function byteToCode(byte: number): number {
    return Math.max(0, Math.min(31, Math.round((byte * 31) / 255)));
}

/**
 * Reads a text. Colours are taken to the nearest step; nothing else is changed in silence.
 *
 * @throws MixreelError `bad-input` naming the line, what was expected and how to mend it.
 */
export function parseScene(text: string): SceneText {
    const lines = new Lines(text);
    const [widthPx, heightPx] = lines.size('picture', LARGEST_SIDE_PX);
    const request = lines.request();
    const regions: SceneRegion[] = [];
    for (let words = lines.region(regions.length); words; words = lines.region(regions.length)) {
        regions.push(parseRegion(words, lines));
    }
    if (regions.length === 0) throw lines.error('a region as "a wall #a08060"', 'Describe at least one region');
    const [columns, rows] = lines.size('map', LARGEST_MAP_SIDE);
    const labels = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row++) {
        const cells = lines.next();
        if (cells?.length !== columns) throw lines.error(`${columns} letters`, `Give the map ${rows} rows of as many`);
        for (let x = 0; x < columns; x++) {
            const label = LETTERS.indexOf(cells[x] as string);
            if (label < 0 || label >= regions.length) {
                throw lines.error(`letters of regions, not "${cells[x]}"`, 'Describe the region above the map');
            }
            labels[row * columns + x] = label;
        }
    }
    if (lines.next() !== undefined) throw lines.error('nothing after the map', 'Take the rest away');
    return { widthPx, heightPx, request, columns, rows, labels, regions };
}

/** Checks a scene that was made by a program as {@link parseScene} checks a text. */
export function checkScene(scene: SceneText): void {
    if (scene.labels.length !== scene.columns * scene.rows) {
        throw badInput(`the map has ${scene.labels.length} cells`, `${scene.columns * scene.rows}`, 'Fill every cell');
    }
    parseScene(printScene(scene));
}

function parseRegion(words: readonly string[], lines: Lines): SceneRegion {
    const rest = [...words];
    const word = SCENE_WORDS.find((known) => known === rest[0]);
    if (!word)
        throw lines.error(`one of ${SCENE_WORDS.join(', ')}, not "${rest[0] ?? ''}"`, 'Take the nearest of these');
    rest.shift();
    const meaning = /^(\d{1,5})\.(\d{1,5})$/.exec(rest[0] ?? '');
    if (meaning) rest.shift();
    const [semanticId = 0, instanceId = 0] = (meaning ?? []).slice(1).map(Number);
    if (Math.max(semanticId, instanceId) > LARGEST_MEANING) {
        throw lines.error(`class and instance up to ${LARGEST_MEANING}`, 'Take smaller numbers');
    }
    const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(rest.shift() ?? '');
    if (!hex) throw lines.error('a colour as #a08060', 'Put it after the word and the class');
    const color = hex.slice(1).map((pair) => byteToCode(Number.parseInt(pair, 16))) as [number, number, number];
    const fade = lines.numbers(rest, 'fade', 2, -7, 7) as [number, number];
    const rough = lines.numbers(rest, 'rough', 4, 0, 7) as [number, number, number, number];
    const along = rest[0] === 'along' ? Number(rest[1]) / 22.5 : null;
    if (along !== null && !(Number.isInteger(along) && along >= 0 && along <= 7)) {
        throw lines.error('along 0, 22.5, 45, 67.5 … 157.5', 'Take the nearest of these');
    }
    if (rest.length > (along === null ? 0 : 2)) {
        throw lines.error(
            `nothing after "${words.slice(0, -rest.length).join(' ')}"`,
            'The order is fade, rough, along'
        );
    }
    return { word, semanticId, instanceId, color, fade, rough, along };
}

/** The lines of a text, blank ones left out, and what is expected of them. */
class Lines {
    readonly #lines: readonly { text: string; number: number }[];
    #at = 0;

    constructor(text: string) {
        this.#lines = text
            .split('\n')
            .map((line, i) => ({ text: line.trim(), number: i + 1 }))
            .filter((line) => line.text !== '');
    }

    next(): string | undefined {
        return this.#lines[this.#at++]?.text;
    }

    size(word: string, most: number): [number, number] {
        const match = /^(\w+) (\d{1,5})x(\d{1,5})$/.exec(this.next() ?? '');
        const [width, height] = [Number(match?.[2]), Number(match?.[3])];
        const fits = Math.min(width, height) >= 1 && Math.max(width, height) <= most;
        if (match?.[1] === word && fits) return [width, height];
        throw this.error(`"${word} WIDTHxHEIGHT", 1 to ${most} each`, `Write ${word} 32x20, for example`);
    }

    request(): string | null {
        const line = this.#lines[this.#at]?.text;
        if (line === undefined || !/^request\b/.test(line)) return null;
        this.#at++;
        const request = /^request "(.*)"$/.exec(line)?.[1] ?? '';
        if (REQUEST.test(request)) return request;
        throw this.error(`request "…", 1 to ${LONGEST_REQUEST} ASCII characters without quotes`, 'Shorten it');
    }

    /** Words of the line of region `index`, without its letter; null if the next line is no region's. */
    region(index: number): string[] | null {
        const words = this.#lines[this.#at]?.text.split(/\s+/) ?? [];
        if (words[0]?.length !== 1) return null;
        this.#at++;
        if (words[0] === LETTERS[index]) return words.slice(1);
        throw this.error(
            `region ${LETTERS[index] ?? '(62 are the most)'}, not "${words[0]}"`,
            'Name regions a to z, A to Z, 0 to 9'
        );
    }

    /** `name` and `count` integers from the front of `words`, or zeros if they do not begin with `name`. */
    numbers(words: string[], name: string, count: number, least: number, most: number): number[] {
        if (words[0] !== name) return new Array<number>(count).fill(0);
        const values = words
            .splice(0, count + 1)
            .slice(1)
            .map(Number);
        if (values.length === count && values.every((v) => Number.isInteger(v) && v >= least && v <= most))
            return values;
        throw this.error(`${name} and ${count} integers from ${least} to ${most}`, 'Take numbers of that range');
    }

    error(expected: string, mend: string): Error {
        const line = this.#lines[Math.min(this.#at, this.#lines.length) - 1];
        const where = line ? `line ${line.number} is "${line.text.slice(0, 60)}"` : 'the text is empty';
        return badInput(`the scene's ${where}`, expected, mend);
    }
}
