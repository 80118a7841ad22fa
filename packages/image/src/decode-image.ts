/**
 * Any picture this package reads, by its first bytes: 8-bit formats as sRGB bytes for textures, float formats as a frame.
 */
import { badInput } from '@mixreel/core';
import { readFrameExr } from './exr-frame.ts';
import { isExr } from './exr-read.ts';
import type { Frame } from './frame.ts';
import { isHdr, readHdr } from './hdr.ts';
import { isJpeg, readJpeg } from './jpeg.ts';
import type { ImageLimits } from './limits.ts';
import type { PngImage } from './png-format.ts';
import { isPng, readPng } from './png-read.ts';
import { frameFromRgba8, type Rgba8Image, rgba8FromFrame } from './srgb.ts';

/** What {@link decodeImage} tells apart. */
export type ImageFormat = 'png' | 'jpeg' | 'exr' | 'hdr' | 'webp' | 'ktx2' | 'gif' | 'bmp' | 'avif';

const SIGNATURES: readonly (readonly [ImageFormat, number, string])[] = [
    ['webp', 8, 'WEBP'],
    ['ktx2', 1, 'KTX 20'],
    ['gif', 0, 'GIF8'],
    ['avif', 4, 'ftypavif'],
    ['bmp', 0, 'BM']
];

/** The format the bytes begin as; undefined if none is known. */
export function sniffImage(bytes: Uint8Array): ImageFormat | undefined {
    if (isPng(bytes)) return 'png';
    if (isJpeg(bytes)) return 'jpeg';
    if (isExr(bytes)) return 'exr';
    if (isHdr(bytes)) return 'hdr';
    return SIGNATURES.find(([, at, text]) => [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0)))?.[0];
}

/**
 * Decodes PNG or JPEG to RGBA bytes; EXR and Radiance are clipped to 0..1 and sRGB-coded (see {@link decodeFrame} to keep
 * their range). 16-bit PNGs are rounded to 8 bits. A MIME type is only used in the message: the bytes decide.
 */
export function decodeImage(bytes: Uint8Array, mimeType?: string, limits?: Partial<ImageLimits>): Rgba8Image {
    switch (sniffImage(bytes)) {
        case 'png':
            return rgba8FromPng(readPng(bytes, limits));
        case 'jpeg':
            return readJpeg(bytes, limits);
        case 'exr':
            return rgba8FromFrame(readFrameExr(bytes, limits));
        case 'hdr':
            return rgba8FromFrame(readHdr(bytes, limits));
        default:
            throw unreadable(bytes, mimeType);
    }
}

/** Decodes any format to a linear frame: EXR and Radiance keep their range; PNG and JPEG are taken as sRGB. */
export function decodeFrame(bytes: Uint8Array, mimeType?: string, limits?: Partial<ImageLimits>): Frame {
    switch (sniffImage(bytes)) {
        case 'exr':
            return readFrameExr(bytes, limits);
        case 'hdr':
            return readHdr(bytes, limits);
        default:
            return frameFromRgba8(decodeImage(bytes, mimeType, limits));
    }
}

function unreadable(bytes: Uint8Array, mimeType: string | undefined): Error {
    const format = sniffImage(bytes);
    const head = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const what = format ? `a ${format.toUpperCase()} picture` : `a picture that begins ${head || 'with nothing'}`;
    const said = mimeType ? `, called ${mimeType},` : '';
    return badInput(`${what}${said} cannot be read`, 'PNG, JPEG, EXR or Radiance HDR', 'Convert it to PNG');
}

/** A PNG of any kind as RGBA bytes. */
export function rgba8FromPng(image: PngImage): Rgba8Image {
    const { widthPx, heightPx, channels, data } = image;
    const pixels = widthPx * heightPx;
    const scale = image.bitDepth === 16 ? 1 / 257 : 1;
    const out = new Uint8Array(4 * pixels);
    const grey = channels < 3;
    const alpha = channels === 2 || channels === 4;
    for (let i = 0; i < pixels; i++) {
        const from = i * channels;
        for (let c = 0; c < 3; c++) out[4 * i + c] = data[from + (grey ? 0 : c)]! * scale + 0.5;
        out[4 * i + 3] = alpha ? data[from + channels - 1]! * scale + 0.5 : 255;
    }
    return { widthPx, heightPx, data: out };
}
