/** Every texture of a document as RGBA bytes, each decoded once. */
import type { Document, Texture } from '@gltf-transform/core';
import { badInput, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { decodeImage, type ImageLimits, type Rgba8Image, sniffImage } from '@mixreel/image';

/** Options of {@link decodeTextures}. */
export interface DecodeTexturesOptions {
    readonly limits?: Partial<ImageLimits>;
    readonly progress?: Progress;
    /** Called for a picture in a format that is not read, which is then left out; without it such a picture is refused. */
    readonly unreadable?: (message: string) => void;
}

/** Decodes a picture to RGBA, 8 bits each, straight alpha, rows top to bottom. What it throws is told with the texture's name. */
export type TextureDecoder = (bytes: Uint8Array, limits?: Partial<ImageLimits>) => Promise<Rgba8Image>;

/** Decoders of the formats that this package does not read itself. */
export type TextureDecoders = { readonly [format in 'webp' | 'ktx2' | 'avif']?: TextureDecoder };

/** Formats that glTF allows and this package does not read itself, and how to get rid of them. */
const MENDS: Readonly<Record<string, string>> = {
    webp: 'Convert it to PNG: gltf-transform png MODEL.glb OUT.glb',
    ktx2: 'Convert it to PNG: gltf-transform ktxdecompress MODEL.glb OUT.glb',
    avif: 'Convert it to PNG: gltf-transform png MODEL.glb OUT.glb'
};

/**
 * Decodes PNG and JPEG textures; values are as stored (sRGB or data: the material's slot decides). Throws `bad-input` naming
 * the texture when one is missing, damaged or in a format that is not read (WebP, KTX 2, AVIF).
 */
export function decodeTextures(document: Document, options: DecodeTexturesOptions = {}): Map<Texture, Rgba8Image> {
    const decoded = new Map<Texture, Rgba8Image>();
    const textures = document.getRoot().listTextures();
    textures.forEach((texture, i) => {
        const image = decodeHere(texture, i, options);
        if (image) decoded.set(texture, image);
        options.progress?.report?.(i + 1, textures.length, 'decoding textures');
    });
    return decoded;
}

/**
 * As {@link decodeTextures}, with decoders for what this package does not read itself: `{ webp: decodeWebp }` of
 * `@mixreel/importers/node`, a browser's own, or any library's.
 */
export async function decodeTexturesWith(
    document: Document,
    decoders: TextureDecoders,
    options: DecodeTexturesOptions = {}
): Promise<Map<Texture, Rgba8Image>> {
    const decoded = new Map<Texture, Rgba8Image>();
    const textures = document.getRoot().listTextures();
    for (const [i, texture] of textures.entries()) {
        const bytes = texture.getImage();
        const decoder = bytes && decoders[(sniffImage(bytes) ?? '') as keyof TextureDecoders];
        throwIfAborted(options.progress, 'decoding textures');
        const image = decoder
            ? await decoder(bytes, options.limits).catch((cause) => {
                  throw told(nameOf(texture, i), cause);
              })
            : decodeHere(texture, i, options);
        if (image) decoded.set(texture, image);
        options.progress?.report?.(i + 1, textures.length, 'decoding textures');
    }
    return decoded;
}

function nameOf(texture: Texture, index: number): string {
    return JSON.stringify(texture.getName() || texture.getURI() || `#${index}`);
}

/** A texture in a format that this package reads; null (said to the caller) if it is in one that it only knows. */
function decodeHere(texture: Texture, index: number, options: DecodeTexturesOptions): Rgba8Image | null {
    throwIfAborted(options.progress, 'decoding textures');
    const name = nameOf(texture, index);
    const bytes = texture.getImage();
    if (!bytes)
        throw badInput(`texture ${name} has no image`, 'PNG or JPEG data', 'Export the model with its textures');
    const format = sniffImage(bytes) ?? '';
    const mend = MENDS[format];
    if (mend && options.unreadable) {
        options.unreadable(`texture ${name} is left out: ${format.toUpperCase()} is not read. ${mend}`);
        return null;
    }
    try {
        return decodeImage(bytes, texture.getMimeType(), options.limits);
    } catch (cause) {
        throw told(name, cause, mend);
    }
}

/** The error with the texture's name before it. */
function told(name: string, cause: unknown, mend?: string): unknown {
    if (!(cause instanceof MixreelError)) {
        const text = cause instanceof Error ? cause.message : String(cause);
        return badInput(`texture ${name}: ${text}`, 'a picture that its decoder reads', 'Export it again', cause);
    }
    const what = cause.message.slice(0, -`. ${cause.mend}.`.length);
    return new MixreelError(cause.code, { what: `texture ${name}: ${what}`, mend: mend ?? cause.mend, cause });
}
