/**
 * Gets pictures out of a page: floats that the page reads back itself (exact, linear, past the compositor), or a screenshot
 * of a canvas or of the whole page (8 bits, sRGB).
 */
import { badInput } from '@mixreel/core';
import { decodeImage, Frame, halfTable, type Rgba8Image, srgbTable } from '@mixreel/image';
import type { PageGuard } from '../browser/page-guard.ts';
import { INSTRUMENT_HANDLE } from './instrument.ts';
import { LIVE_OBJECTS_HANDLE } from './live-objects.ts';

/** Where a capture comes from. */
export type PageSource =
    /** The whole viewport. */
    | { readonly screenshot: true }
    /** The first element that matches: `canvas#view`. */
    | { readonly element: string }
    /**
     * A function of the page by its path (`app.readFrame`), which returns or resolves to
     * `{ widthPx, heightPx, data }`: interleaved RGB or RGBA (alpha is passed over), rows top to bottom. Floats are linear: a
     * Float32Array, Float64Array, Float16Array, or halves in a Uint16Array as WebGL and WebGPU give them. A Uint8Array or
     * Uint8ClampedArray is sRGB.
     */
    | { readonly read: string };

interface Interleaved {
    readonly widthPx: number;
    readonly heightPx: number;
    /** Values for each pixel: 3 or 4. */
    readonly channels: number;
    /** Name of the class of `data`; of another realm (a frame inside the page), too. */
    readonly type: string;
    readonly base64: string;
}

/** What a source gives now: floats, or bytes of a screenshot. Throws `bad-input` if the page has no such element or function. */
export async function readPagePicture(guard: PageGuard, source: PageSource): Promise<Frame | Rgba8Image> {
    if ('read' in source) return frameOfInterleaved(await readInterleaved(guard, source.read), source.read);
    const { page } = guard;
    if ('screenshot' in source)
        return decodeImage(await guard.watch(page.screenshot({ type: 'png', captureBeyondViewport: false })));
    const element = await guard.watch(page.$(source.element));
    if (!element) {
        throw badInput(
            `the page has no element "${source.element}"`,
            'a selector that matches',
            'Correct the selector, or wait for ready'
        );
    }
    // What lies within the viewport needs no larger one, which takes three times as long.
    const captureBeyondViewport = !(await guard.watch(element.evaluate(isInView)));
    return decodeImage(await guard.watch(element.screenshot({ type: 'png', captureBeyondViewport })));
}

/** Serialised into the page. */
function isInView(element: Element): boolean {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}

/** Counters that a function of the page returns. */
export async function readPageCounters(guard: PageGuard, path: string): Promise<Record<string, number>> {
    const value: unknown = await callPage(guard, path, []);
    const record = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (record.length === 0 || !record.every(([, n]) => typeof n === 'number')) {
        throw badInput(
            `${path}() of the page gave ${JSON.stringify(value)?.slice(0, 80)}`,
            'an object of numbers',
            'Return counters'
        );
    }
    return Object.fromEntries(record) as Record<string, number>;
}

/** What the page has done until now, and what it has not destroyed. */
export async function readPageWork(guard: PageGuard): Promise<Record<string, number>> {
    const done = await readPageCounters(guard, `${INSTRUMENT_HANDLE}.counters`);
    return { ...done, ...(await readPageCounters(guard, `${LIVE_OBJECTS_HANDLE}.counters`)) };
}

/** Calls a function of the page by its path from `globalThis`, awaits it, and returns its value as JSON. */
export async function callPage(guard: PageGuard, path: string, args: readonly unknown[]): Promise<unknown> {
    return guard.watch(guard.page.evaluate(callInPage, checkPath(path), args as unknown[]));
}

/** Serialised into the page. */
async function callInPage(path: string, args: unknown[]): Promise<unknown> {
    let owner: unknown = globalThis;
    let value: unknown = globalThis;
    for (const part of path.split('.')) {
        owner = value;
        value = (value as Record<string, unknown> | undefined)?.[part];
    }
    if (value === undefined) throw new Error(`${path} is not there`);
    return typeof value === 'function' ? await value.apply(owner, args) : await value;
}

/** Serialised into the page. */
async function readInPage(path: string): Promise<Interleaved> {
    let owner: unknown = globalThis;
    let value: unknown = globalThis;
    for (const part of path.split('.')) {
        owner = value;
        value = (value as Record<string, unknown> | undefined)?.[part];
    }
    if (typeof value !== 'function') throw new Error(`${path} is not a function`);
    const { widthPx, heightPx, data } = (await value.call(owner)) ?? {};
    const type = Object.prototype.toString.call(data).slice(8, -1);
    if (!ArrayBuffer.isView(data)) return { widthPx, heightPx, channels: 0, type, base64: '' };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let text = '';
    // Pieces of 32 KiB: a call with more arguments overflows the stack.
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    const { length } = data as unknown as { length: number };
    return { widthPx, heightPx, channels: length / (widthPx * heightPx), type, base64: btoa(text) };
}

async function readInterleaved(guard: PageGuard, path: string): Promise<Interleaved> {
    return guard.watch(guard.page.evaluate(readInPage, checkPath(path)));
}

/** Linear values of what a page's arrays hold, by the name of their class. */
const DECODERS: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayLike<number>>> = {
    Uint8Array: fromSrgb,
    Uint8ClampedArray: fromSrgb,
    Uint16Array: fromHalves,
    Float16Array: fromHalves,
    Float32Array: (buffer) => new Float32Array(buffer),
    Float64Array: (buffer) => new Float64Array(buffer)
};

function fromSrgb(buffer: ArrayBuffer): Float32Array {
    const linear = srgbTable();
    return Float32Array.from(new Uint8Array(buffer), (code) => linear[code]!);
}

function fromHalves(buffer: ArrayBuffer): Float32Array {
    const floats = halfTable();
    return Float32Array.from(new Uint16Array(buffer), (bits) => floats[bits]!);
}

function frameOfInterleaved(image: Interleaved, path: string): Frame {
    const { widthPx, heightPx, channels, type, base64 } = image;
    const decode = Object.hasOwn(DECODERS, type) ? DECODERS[type] : undefined;
    if (!decode)
        throw badInput(
            `data of ${path}() of the page is of ${type}`,
            Object.keys(DECODERS).join(', '),
            'Return one of these, of interleaved RGB or RGBA'
        );
    if ((channels !== 3 && channels !== 4) || !(widthPx >= 1) || !(heightPx >= 1)) {
        throw badInput(
            `${path}() of the page gave ${widthPx} x ${heightPx} pixels of ${channels} channels`,
            '3 or 4 channels',
            'Return { widthPx, heightPx, data } with interleaved RGB or RGBA'
        );
    }
    const bytes = Buffer.from(base64, 'base64');
    const values = decode(new Uint8Array(bytes).buffer);
    const n = widthPx * heightPx;
    const color = new Float32Array(3 * n);
    for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) color[c * n + i] = values[i * channels + c]!;
    return new Frame({ widthPx, heightPx, layers: { color } });
}

function checkPath(path: string): string {
    if (/^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(path)) return path;
    throw badInput(`"${path}" is not a path`, 'names with dots, such as app.readFrame', 'Correct it');
}
