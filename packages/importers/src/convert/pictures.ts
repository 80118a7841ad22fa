/**
 * Pictures that a scene names: found (after renames and with a look at other endings), checked, and made into glTF textures.
 * PNG and JPEG are embedded as they are; everything else is decoded and written as PNG.
 */

import type { Document, Texture } from '@gltf-transform/core';
import { badInput, MixreelError } from '@mixreel/core';
import {
    decodeFrame,
    decodeImage,
    type Frame,
    linearFromSrgb,
    type Rgba8Image,
    sniffImage,
    writePng
} from '@mixreel/image';
import type { Resolver } from '../gltf-read.ts';
import { type RoughnessPicture, roughnessFromPicture } from './bsdf.ts';
import { type Checkers, drawCheckers } from './checkers.ts';
import type { ReportBuilder } from './report.ts';

/** How files of a scene are found. */
export interface FileOptions {
    /** Gives files by the relative name in the scene. */
    readonly resolve: Resolver;
    /** Names to use instead of those in the scene: `{ 'textures/a.tga': 'textures/a.jpg' }`. */
    readonly rename?: Readonly<Record<string, string>>;
}

const OTHER_ENDINGS = ['png', 'jpg', 'jpeg', 'exr', 'hdr'];

export class Pictures {
    readonly #options: FileOptions;
    readonly #report: ReportBuilder;
    readonly #textures = new Map<string, Texture | undefined>();

    constructor(options: FileOptions, report: ReportBuilder) {
        this.#options = options;
        this.#report = report;
    }

    /** Any file; throws `bad-input` that says which. */
    async file(name: string): Promise<Uint8Array> {
        const renamed = this.#options.rename?.[name] ?? name;
        try {
            return await this.#options.resolve(renamed);
        } catch (cause) {
            if (cause instanceof MixreelError && cause.code === 'aborted') throw cause;
            throw badInput(
                `the scene needs the file "${name}"${renamed === name ? '' : ` (renamed "${renamed}")`}`,
                'a file beside the scene',
                'Put it there, or say with rename which file to use instead',
                cause
            );
        }
    }

    /** A picture's bytes; tries the same name with other endings, and says so in the report. */
    async #picture(name: string): Promise<Uint8Array> {
        try {
            return await this.file(name);
        } catch (error) {
            const stem = name.replace(/\.[^./\\]*$/, '');
            for (const ending of OTHER_ENDINGS) {
                if (this.#options.rename?.[name] !== undefined || `${stem}.${ending}` === name) continue;
                try {
                    const bytes = await this.#options.resolve(`${stem}.${ending}`);
                    this.#report.approximate(`picture "${name}", which is not there`, `"${stem}.${ending}"`);
                    return bytes;
                } catch {
                    // The next ending, or in the end the first error.
                }
            }
            throw error;
        }
    }

    /** A picture of a material: one that is not there is left out, which the report says. */
    async #painted(name: string): Promise<Uint8Array | undefined> {
        try {
            return await this.#picture(name);
        } catch (error) {
            if (!(error instanceof MixreelError) || error.code !== 'bad-input') throw error;
            this.#report.unsupported(
                `picture "${name}", which is not there (rename says what to read instead)`,
                'grey'
            );
            return undefined;
        }
    }

    /** A picture with its full range, for environments. */
    async frame(name: string): Promise<Frame> {
        return named(name, decodeFrame, await this.#picture(name));
    }

    /** The texture of a checkerboard. */
    checkers(document: Document, checkers: Checkers): Texture {
        const key = JSON.stringify(checkers);
        const texture = this.#textures.get(key) ?? document.createTexture('checkers');
        this.#textures.set(key, texture);
        return texture.setImage(encode(drawCheckers(checkers)) as never).setMimeType('image/png');
    }

    /**
     * A texture of colour and, if `cutout` is given, coverage in alpha: that picture's alpha, or its grey if it has none. Undefined if
     * the pictures are not there.
     */
    async texture(
        document: Document,
        color: string | undefined,
        cutout: string | undefined
    ): Promise<Texture | undefined> {
        const key = JSON.stringify([color, cutout]);
        if (!this.#textures.has(key)) this.#textures.set(key, await this.#make(document, color, cutout));
        return this.#textures.get(key);
    }

    /** A texture of glTF's roughness in green and metal in blue, of two pictures' red; 1 where there is none. Undefined without both. */
    async roughnessAndMetal(
        document: Document,
        roughness: RoughnessPicture | undefined,
        metal: string | undefined
    ): Promise<Texture | undefined> {
        const { picture, scale, factor, srgb } = roughness ?? {};
        const key = JSON.stringify(['roughness', picture, scale, factor, srgb, metal]);
        if (this.#textures.has(key)) return this.#textures.get(key);
        const read = async (name: string | undefined): Promise<Rgba8Image | undefined> => {
            const bytes = name === undefined ? undefined : await this.#painted(name);
            return bytes && named(name!, decodeImage, bytes);
        };
        const found = await read(picture);
        const rough = found && roughness && inGltf(found, roughness);
        const metallic = await read(metal);
        const base = rough ?? metallic;
        let texture: Texture | undefined;
        if (base) {
            if (rough && metallic && (rough.widthPx !== metallic.widthPx || rough.heightPx !== metallic.heightPx)) {
                this.#report.approximate('a picture of metal of another size than its roughness', 'the nearest texel');
            }
            const image = joined(base, rough, metallic);
            texture = document.createTexture(picture ?? metal ?? '');
            texture.setImage(encode(image) as never).setMimeType('image/png');
        }
        this.#textures.set(key, texture);
        return texture;
    }

    async #make(
        document: Document,
        color: string | undefined,
        cutout: string | undefined
    ): Promise<Texture | undefined> {
        const paint = color === undefined ? undefined : await this.#painted(color);
        const mask = cutout === undefined ? undefined : await this.#painted(cutout);
        const texture = () => document.createTexture(color ?? cutout ?? '');
        if (mask !== undefined) {
            const base = paint && named(color!, decodeImage, paint);
            const image = cut(base, named(cutout!, decodeImage, mask), this.#report);
            return texture()
                .setImage(encode(image) as never)
                .setMimeType('image/png');
        }
        if (paint === undefined) return undefined;
        const format = sniffImage(paint);
        // Embedded unread: who decodes the textures finds out what is wrong with them, and decodes them once.
        if (format === 'png' || format === 'jpeg') {
            return texture()
                .setImage(paint as never)
                .setMimeType(`image/${format}`);
        }
        const image = named(color!, decodeImage, paint);
        this.#report.approximate(`picture "${color}" (${format})`, '8-bit PNG');
        return texture()
            .setImage(encode(image) as never)
            .setMimeType('image/png');
    }
}

function named<T>(name: string, decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    try {
        return decode(bytes);
    } catch (cause) {
        if (!(cause instanceof MixreelError)) throw cause;
        const what = cause.message.slice(0, -`. ${cause.mend}.`.length);
        throw new MixreelError(cause.code, { what: `picture "${name}": ${what}`, mend: cause.mend, cause });
    }
}

function encode(image: Rgba8Image): Uint8Array {
    return writePng({ ...image, channels: 4, bitDepth: 8 });
}

/** The picture with glTF's roughness in red: as it is, if that is what it holds. */
function inGltf(image: Rgba8Image, { scale = 'roughness', factor = 1, srgb = false }: RoughnessPicture): Rgba8Image {
    if (scale === 'roughness' && factor === 1 && !srgb) return image;
    const table = Uint8Array.from({ length: 256 }, (_, code) => {
        const value = srgb ? linearFromSrgb(code / 255) : code / 255;
        return Math.round(255 * roughnessFromPicture(factor * value, scale));
    });
    return { ...image, data: image.data.map((code) => table[code]!) };
}

function joined(base: Rgba8Image, rough: Rgba8Image | undefined, metal: Rgba8Image | undefined): Rgba8Image {
    const { widthPx, heightPx } = base;
    const data = new Uint8Array(base.data.length).fill(255);
    const red = (image: Rgba8Image | undefined, x: number, y: number): number => {
        if (!image) return 255;
        const row = Math.floor(((y + 0.5) * image.heightPx) / heightPx);
        return image.data[4 * (row * image.widthPx + Math.floor(((x + 0.5) * image.widthPx) / widthPx))]!;
    };
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const to = 4 * (y * widthPx + x);
            data[to + 1] = red(rough, x, y);
            data[to + 2] = red(metal, x, y);
        }
    }
    return { widthPx, heightPx, data };
}

function cut(paint: Rgba8Image | undefined, mask: Rgba8Image, report: ReportBuilder): Rgba8Image {
    const base = paint ?? mask;
    if (base.widthPx !== mask.widthPx || base.heightPx !== mask.heightPx) {
        report.approximate('a cut-out of another size than its colour', 'the nearest texel of it');
    }
    const hasAlpha = mask.data.some((value, i) => (i & 3) === 3 && value !== 255);
    const data = new Uint8Array(base.data.length);
    for (let y = 0; y < base.heightPx; y++) {
        const row = Math.floor(((y + 0.5) * mask.heightPx) / base.heightPx) * mask.widthPx;
        for (let x = 0; x < base.widthPx; x++) {
            const to = 4 * (y * base.widthPx + x);
            const from = 4 * (row + Math.floor(((x + 0.5) * mask.widthPx) / base.widthPx));
            for (let c = 0; c < 3; c++) data[to + c] = paint ? paint.data[to + c]! : 255;
            const grey = (mask.data[from]! + mask.data[from + 1]! + mask.data[from + 2]!) / 3;
            data[to + 3] = hasAlpha ? mask.data[from + 3]! : Math.round(grey);
        }
    }
    return { widthPx: base.widthPx, heightPx: base.heightPx, data };
}
