/**
 * Texels of the engine's textures, read back from the GPU: what the engine samples is what the tracer samples, whatever decoded
 * the file. 8-bit RGBA is copied byte for byte; every other format (compressed, one channel, floats) is read by a kernel. A
 * texture is read once for as long as it holds the same; maps that lie in several textures are put together.
 */
import type { Clock } from '@mixreel/core';
import {
    ADDRESS_CLAMP_TO_EDGE,
    ADDRESS_MIRRORED_REPEAT,
    type Texture as EngineTexture,
    PIXELFORMAT_RGBA8,
    PIXELFORMAT_SRGBA8
} from 'playcanvas';
import type { Texture, TextureRef, Wrap } from '../scene/scene.ts';
import type { EventLog } from './events.ts';
import { type Channel, type EngineMap, samePlace } from './material-map.ts';
import { type DeviceSeat, readTexture } from './read-texture.ts';
import { ContentMark, ensureUploaded } from './texture-content.ts';

/** What one channel of a combined texture is made of. */
export interface ChannelSource {
    readonly map: EngineMap | null;
    readonly channel: Channel;
    /** Value 0 to 1 from the texel's value 0 to 1 (1 without a texture). */
    readonly value: (value: number) => number;
}

/** What was read of a texture. */
interface ReadTexels {
    readonly mark: ContentMark;
    readonly atNs: number;
    readonly texels: Promise<Uint8Array | null>;
}

/** How often a texture that is drawn anew is read. */
export interface RereadRate {
    readonly clock: Clock;
    /** Least time between two readings, nanoseconds. */
    readonly intervalNs: number;
}

/** Texels that were read, by texture; to be kept from scene to scene. */
export class TexelCache {
    readonly #seat: DeviceSeat | null;
    readonly #rate: RereadRate | null;
    readonly #read = new WeakMap<EngineTexture, ReadTexels>();
    readonly #ids = new WeakMap<EngineTexture, number>();
    #nextId = 0;

    /**
     * @param seat - For formats that must be read by a kernel; null: these are left out.
     * @param rate - Null: what is drawn anew is not followed.
     */
    constructor(seat: DeviceSeat | null, rate: RereadRate | null = null) {
        this.#seat = seat;
        this.#rate = rate;
    }

    /** A number of the texture's own. */
    id(texture: EngineTexture): number {
        let id = this.#ids.get(texture);
        if (id === undefined) this.#ids.set(texture, (id = this.#nextId++));
        return id;
    }

    /** 4 bytes a texel, as the texture stores them; null if it cannot be read. */
    read(texture: EngineTexture, log: EventLog): Promise<Uint8Array | null> {
        const known = this.#read.get(texture);
        if (known && !known.mark.isOld(texture)) return known.texels;
        return this.#readAgain(texture, log);
    }

    /** The same, and read again even if the texture seems to hold what it held. */
    readAnew(texture: EngineTexture, log: EventLog): Promise<Uint8Array | null> {
        this.#read.delete(texture);
        return this.read(texture, log);
    }

    /** True if a texture that was read is to be read again now. `drawn`: those that are drawn each frame without a word. */
    isDue(texture: EngineTexture, drawn: ReadonlySet<EngineTexture>): boolean {
        const known = this.#read.get(texture);
        if (!known || !this.#rate || !(drawn.has(texture) || known.mark.isOld(texture))) return false;
        return this.#rate.clock.nowNs() - known.atNs >= this.#rate.intervalNs;
    }

    #readAgain(texture: EngineTexture, log: EventLog): Promise<Uint8Array | null> {
        ensureUploaded(texture);
        const [mark, atNs] = [new ContentMark(texture), this.#rate?.clock.nowNs() ?? 0];
        const texels = this.#readNow(texture, log);
        this.#read.set(texture, { mark, atNs, texels });
        return texels;
    }

    async #readNow(texture: EngineTexture, log: EventLog): Promise<Uint8Array | null> {
        const flat = !(texture.cubemap || texture.volume || texture.array);
        const plain = texture.format === PIXELFORMAT_RGBA8 || texture.format === PIXELFORMAT_SRGBA8;
        if (!flat || !(plain || this.#seat)) {
            log.add('unsupported', `texture "${texture.name}" is not a picture that can be read: left out`);
            return null;
        }
        if (!plain) return readTexture(this.#seat!.device, texture, 'bytes');
        const data = await texture.read(0, 0, texture.width, texture.height, { immediate: true });
        return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    }
}

/** What a texture of the tracer's scene is made of. */
interface Recipe {
    readonly sources: readonly EngineTexture[];
    readonly make: () => Promise<Texture | null>;
}

/** The textures of one scene, each once. */
export class TextureTable {
    readonly textures: Texture[] = [];
    /** By texture. */
    readonly #recipes: Recipe[] = [];
    readonly #cache: TexelCache;
    readonly #log: EventLog;
    readonly #indices = new Map<string, Promise<number | null>>();

    constructor(log: EventLog, cache: TexelCache = new TexelCache(null)) {
        this.#log = log;
        this.#cache = cache;
    }

    /** A reference to a map's texture; undefined if there is none or it cannot be read. */
    async reference(map: EngineMap | null, srgb: boolean): Promise<TextureRef | undefined> {
        if (!map) return undefined;
        const { texture } = map;
        const index = await this.#index(`${this.#cache.id(texture)}:${srgb}`, [texture], async () => {
            const data = await this.#cache.read(texture, this.#log);
            return data && { name: texture.name, widthPx: texture.width, heightPx: texture.height, data, srgb };
        });
        return index === null ? undefined : this.#refer(map, index);
    }

    /**
     * Base colour of one map and opacity of a channel of another (null: opaque); both are looked up where the first is.
     */
    async withOpacity(color: EngineMap | null, opacity: EngineMap | null): Promise<TextureRef | undefined> {
        const same = color && opacity && color.texture === opacity.texture && opacity.channel === 'a';
        if (same || (!color && !opacity)) return this.reference(color, true);
        const of = (channel: Channel): ChannelSource => ({ map: color, channel, value: (value) => value });
        const alpha = { map: opacity, channel: channelOf(opacity), value: (value: number) => value };
        return this.combined([of('r'), of('g'), of('b'), alpha], true);
    }

    /** Roughness (green) and metallic (blue) from two maps of any channels. */
    metallicRoughness(roughness: ChannelSource, metallic: ChannelSource): Promise<TextureRef | undefined> {
        const one: ChannelSource = { map: null, channel: 'r', value: () => 1 };
        return this.combined([one, roughness, metallic, one], false);
    }

    /** A texture whose channels come from up to four maps; sizes may differ, the first map's is taken. */
    async combined(sources: readonly ChannelSource[], srgb: boolean): Promise<TextureRef | undefined> {
        const maps = sources.flatMap(({ map }) => map ?? []);
        const model = maps[0];
        if (!model) return undefined;
        if (maps.some((map) => !samePlace(map, model))) {
            const { name } = model.texture;
            this.#log.add('unsupported', `maps with "${name}" are tiled each in its own way: all as that one`);
        }
        const keyOf = ({ map, channel, value }: ChannelSource): string =>
            map ? `${this.#cache.id(map.texture)}.${channel}.${value(0)}.${value(1)}` : `${value(1)}`;
        const from = maps.map(({ texture }) => texture);
        const index = await this.#index(`${sources.map(keyOf).join('+')}:${srgb}`, from, async () => {
            const { width: widthPx, height: heightPx, name } = model.texture;
            const data = new Uint8Array(widthPx * heightPx * 4);
            for (const [offset, source] of sources.entries()) {
                const byteAt = await this.#channel(source, widthPx, heightPx);
                if (!byteAt) return null;
                for (let i = 0; i < widthPx * heightPx; i++) data[i * 4 + offset] = byteAt(i);
            }
            return { name, widthPx, heightPx, data, srgb };
        });
        return index === null ? undefined : this.#refer(model, index);
    }

    /** Those among `used` whose engine textures were drawn anew, and are to be read again. `drawn` as in {@link TexelCache.isDue}. */
    due(used: ReadonlySet<number>, drawn: ReadonlySet<EngineTexture>): number[] {
        const isDue = (texture: EngineTexture): boolean => this.#cache.isDue(texture, drawn);
        return [...used].filter((index) => this.#recipes[index]?.sources.some(isDue));
    }

    /** Makes textures again. @returns Those that are not what they were. */
    async redraw(indices: readonly number[]): Promise<{ texture: number; value: Texture }[]> {
        const sources = new Set(indices.flatMap((index) => this.#recipes[index]!.sources));
        for (const texture of sources) await this.#cache.readAnew(texture, this.#log);
        const changed: { texture: number; value: Texture }[] = [];
        for (const texture of indices) {
            const value = await this.#recipes[texture]!.make();
            if (!value || sameTexels(value, this.textures[texture]!)) continue;
            this.textures[texture] = value;
            changed.push({ texture, value });
        }
        return changed;
    }

    #refer({ texture, transform, uvSet }: EngineMap, index: number): TextureRef {
        return {
            texture: index,
            wrapU: wrap(texture.addressU),
            wrapV: wrap(texture.addressV),
            ...(uvSet === 1 ? { uvSet } : {}),
            ...(transform ? { transform } : {})
        };
    }

    async #channel(
        { map, channel, value }: ChannelSource,
        widthPx: number,
        heightPx: number
    ): Promise<((texel: number) => number) | null> {
        const table = Uint8Array.from({ length: 256 }, (_, byte) => Math.round(255 * value(byte / 255)));
        if (!map) return () => table[255]!;
        const { texture } = map;
        const texels = await this.#cache.read(texture, this.#log);
        if (!texels) return null;
        const offset = 'rgba'.indexOf(channel);
        return (texel) => {
            const x = Math.floor((((texel % widthPx) + 0.5) * texture.width) / widthPx);
            const y = Math.floor(((Math.floor(texel / widthPx) + 0.5) * texture.height) / heightPx);
            return table[texels[(y * texture.width + x) * 4 + offset]!]!;
        };
    }

    #index(
        key: string,
        sources: readonly EngineTexture[],
        make: () => Promise<Texture | null>
    ): Promise<number | null> {
        let index = this.#indices.get(key);
        if (!index) {
            index = make().then((texture) => {
                if (!texture) return null;
                this.#recipes.push({ sources, make });
                return this.textures.push(texture) - 1;
            });
            this.#indices.set(key, index);
        }
        return index;
    }
}

function sameTexels(a: Texture, b: Texture): boolean {
    if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) return false;
    return a.data.every((byte, i) => byte === b.data[i]);
}

/** The first channel that a map names. */
export function channelOf(map: EngineMap | null): Channel {
    const first = map?.channel[0];
    return first === 'g' || first === 'b' || first === 'a' ? first : 'r';
}

function wrap(address: number): Wrap {
    if (address === ADDRESS_CLAMP_TO_EDGE) return 'clamp';
    return address === ADDRESS_MIRRORED_REPEAT ? 'mirror' : 'repeat';
}
