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

/** Formats that glTF allows and this package does not read, and how to get rid of them. */
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
        throwIfAborted(options.progress, 'decoding textures');
        const name = JSON.stringify(texture.getName() || texture.getURI() || `#${i}`);
        const bytes = texture.getImage();
        if (!bytes)
            throw badInput(`texture ${name} has no image`, 'PNG or JPEG data', 'Export the model with its textures');
        const format = sniffImage(bytes) ?? '';
        const mend = MENDS[format];
        if (mend && options.unreadable) {
            options.unreadable(`texture ${name} is left out: ${format.toUpperCase()} is not read. ${mend}`);
            return;
        }
        try {
            decoded.set(texture, decodeImage(bytes, texture.getMimeType(), options.limits));
        } catch (cause) {
            if (!(cause instanceof MixreelError)) throw cause;
            const what = cause.message.slice(0, -`. ${cause.mend}.`.length);
            throw new MixreelError(cause.code, { what: `texture ${name}: ${what}`, mend: mend ?? cause.mend, cause });
        }
        options.progress?.report?.(i + 1, textures.length, 'decoding textures');
    });
    return decoded;
}
