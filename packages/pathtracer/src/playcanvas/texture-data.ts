/**
 * Texels of the engine's textures, read back from the GPU: what the engine samples is what the tracer samples, whatever decoded
 * the file. Only 8-bit RGBA is read; the engine's own loaders give that for PNG, JPEG and WebP.
 */
import {
    ADDRESS_CLAMP_TO_EDGE,
    ADDRESS_MIRRORED_REPEAT,
    type Texture as EngineTexture,
    PIXELFORMAT_RGBA8,
    PIXELFORMAT_SRGBA8
} from 'playcanvas';
import type { Texture, TextureRef, Wrap } from '../scene/scene.ts';
import type { EventLog } from './events.ts';

/** Which byte of a texel a map takes. */
export type Channel = 'r' | 'g' | 'b' | 'a';

/** One map's single channel, for {@link TextureTable.combined}. */
export interface ChannelSource {
    readonly texture: EngineTexture | null;
    readonly channel: Channel;
    /** Value 0 to 1 from the texel's value 0 to 1 (1 without a texture). */
    readonly map: (value: number) => number;
}

/** The scene's textures, each read once. */
export class TextureTable {
    readonly textures: Texture[] = [];
    readonly #log: EventLog;
    readonly #indices = new Map<string, Promise<number | null>>();
    readonly #texels = new Map<EngineTexture, Promise<Uint8Array | null>>();
    readonly #ids = new Map<EngineTexture, number>();

    constructor(log: EventLog) {
        this.#log = log;
    }

    /** A reference to an engine's texture; undefined if there is none or it cannot be read. */
    async reference(texture: EngineTexture | null, srgb: boolean): Promise<TextureRef | undefined> {
        if (!texture) return undefined;
        const index = await this.#index(`${this.#id(texture)}:${srgb}`, async () => {
            const data = await this.#read(texture);
            return data && { name: texture.name, widthPx: texture.width, heightPx: texture.height, data, srgb };
        });
        return index === null
            ? undefined
            : { texture: index, wrapU: wrap(texture.addressU), wrapV: wrap(texture.addressV) };
    }

    /** Roughness (green) and metallic (blue) from two maps of any channels; sizes may differ. */
    async combined(roughness: ChannelSource, metallic: ChannelSource): Promise<TextureRef | undefined> {
        const model = roughness.texture ?? metallic.texture;
        if (!model) return undefined;
        const keyOf = ({ texture, channel, map }: ChannelSource): string =>
            `${texture && this.#id(texture)}.${channel}.${map(0)}.${map(1)}`;
        const index = await this.#index(`${keyOf(roughness)}+${keyOf(metallic)}`, async () => {
            const { width: widthPx, height: heightPx } = model;
            const data = new Uint8Array(widthPx * heightPx * 4).fill(255);
            for (const [source, offset] of [
                [roughness, 1],
                [metallic, 2]
            ] as const) {
                const value = await this.#channel(source, widthPx, heightPx);
                if (!value) return null;
                for (let i = 0; i < widthPx * heightPx; i++) data[i * 4 + offset] = value(i);
            }
            return { name: model.name, widthPx, heightPx, data, srgb: false };
        });
        return index === null
            ? undefined
            : { texture: index, wrapU: wrap(model.addressU), wrapV: wrap(model.addressV) };
    }

    async #channel(
        source: ChannelSource,
        widthPx: number,
        heightPx: number
    ): Promise<((texel: number) => number) | null> {
        const table = Uint8Array.from({ length: 256 }, (_, byte) => Math.round(255 * source.map(byte / 255)));
        const { texture, channel } = source;
        if (!texture) return () => table[255]!;
        const texels = await this.#read(texture);
        if (!texels) return null;
        const offset = 'rgba'.indexOf(channel);
        return (texel) => {
            const x = Math.floor((((texel % widthPx) + 0.5) * texture.width) / widthPx);
            const y = Math.floor(((Math.floor(texel / widthPx) + 0.5) * texture.height) / heightPx);
            return table[texels[(y * texture.width + x) * 4 + offset]!]!;
        };
    }

    #id(texture: EngineTexture): number {
        let id = this.#ids.get(texture);
        if (id === undefined) this.#ids.set(texture, (id = this.#ids.size));
        return id;
    }

    #index(key: string, make: () => Promise<Texture | null>): Promise<number | null> {
        let index = this.#indices.get(key);
        if (!index) {
            index = make().then((texture) => (texture ? this.textures.push(texture) - 1 : null));
            this.#indices.set(key, index);
        }
        return index;
    }

    #read(texture: EngineTexture): Promise<Uint8Array | null> {
        let texels = this.#texels.get(texture);
        if (!texels) {
            texels = readTexels(texture, this.#log);
            this.#texels.set(texture, texels);
        }
        return texels;
    }
}

async function readTexels(texture: EngineTexture, log: EventLog): Promise<Uint8Array | null> {
    const readable = texture.format === PIXELFORMAT_RGBA8 || texture.format === PIXELFORMAT_SRGBA8;
    if (!readable || texture.cubemap || texture.volume || texture.array) {
        log.add('unsupported', `texture "${texture.name}" is not a plain 8-bit RGBA picture: left out`);
        return null;
    }
    texture.upload();
    const data = await texture.read(0, 0, texture.width, texture.height, { immediate: true });
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

function wrap(address: number): Wrap {
    if (address === ADDRESS_CLAMP_TO_EDGE) return 'clamp';
    return address === ADDRESS_MIRRORED_REPEAT ? 'mirror' : 'repeat';
}
