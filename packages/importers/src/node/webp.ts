/**
 * WebP pictures in Node, by libwebp compiled to WebAssembly (`@jsquash/webp`, 138 kB, loaded with the first picture). Browsers
 * have their own decoder: see the README. The size is read from the header first, so that a small file cannot ask for gigabytes.
 *
 * WebP Container Specification: https://developers.google.com/speed/webp/docs/riff_container
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { badInput, MixreelError } from '@mixreel/core';
import { IMAGE_LIMITS_DEFAULTS, type ImageLimits, type Rgba8Image } from '@mixreel/image';

/** What is used of the library's module. */
interface WebpModule {
    decode(
        bytes: Uint8Array
    ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;
}

/** Loaded once: compiling it takes longer than a picture. */
let loaded: Promise<WebpModule> | undefined;

async function load(): Promise<WebpModule> {
    const wasm = createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm');
    const factory = (await import('@jsquash/webp/codec/dec/webp_dec.js')).default as unknown as (
        options: object
    ) => Promise<WebpModule>;
    return factory({ noInitialRun: true, wasmBinary: await readFile(wasm) });
}

/**
 * Decodes a WebP picture, lossy or lossless, to RGBA bytes as stored (sRGB or data). Of an animation, nothing.
 *
 * @throws `bad-input` if the bytes are no still WebP, `limit-exceeded` beyond the limits.
 */
export async function decodeWebp(bytes: Uint8Array, limits?: Partial<ImageLimits>): Promise<Rgba8Image> {
    const [widthPx, heightPx] = sizeOf(bytes);
    const { maxPixels, maxSidePx } = { ...IMAGE_LIMITS_DEFAULTS, ...limits };
    if (widthPx > maxSidePx || heightPx > maxSidePx || widthPx * heightPx > maxPixels) {
        throw new MixreelError('limit-exceeded', {
            what: `WebP: the picture is ${widthPx} x ${heightPx} pixels`,
            expected: `sides up to ${maxSidePx} and up to ${maxPixels} pixels in all`,
            mend: 'Scale the picture down, or pass larger limits if it is trusted'
        });
    }
    loaded ??= load();
    const image = (await loaded).decode(bytes);
    if (image?.width !== widthPx || image.height !== heightPx) throw broken('cannot be decoded');
    return { widthPx, heightPx, data: new Uint8Array(image.data) };
}

/** Width and height that the first chunk says, by its kind: extended, lossless or lossy. */
function sizeOf(bytes: Uint8Array): readonly [number, number] {
    if (bytes.length < 30) throw broken(`has ${bytes.length} bytes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const kind = String.fromCharCode(...bytes.subarray(12, 16));
    if (kind === 'VP8X') return [(view.getUint32(23, true) >>> 8) + 1, (view.getUint32(26, true) >>> 8) + 1];
    if (kind === 'VP8 ') return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
    if (kind !== 'VP8L') throw broken(`begins with a chunk "${kind}"`);
    const packed = view.getUint32(21, true);
    return [(packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1];
}

function broken(what: string): MixreelError {
    return badInput(`the WebP picture ${what}`, 'a still WebP picture', 'Export it again, as PNG or JPEG');
}
