/**
 * A Frame as one OpenEXR file and back, without loss: every layer in its own channels, the view and the time as text
 * attributes. Other programs see ordinary R, G, B, A and Z beside named layers.
 */
import { badInput } from '@mixreel/core';
import { type ExrChannel, type ExrImage, type ExrSampleType, exrChannel } from './exr-format.ts';
import { readExr } from './exr-read.ts';
import { type ExrWriteOptions, writeExr } from './exr-write.ts';
import { Frame, type LayerName, type View } from './frame.ts';
import type { ImageLimits } from './limits.ts';

/** Channel names of each layer. */
const CHANNELS: Readonly<Record<LayerName, readonly string[]>> = {
    color: ['R', 'G', 'B'],
    alpha: ['A'],
    albedo: ['albedo.R', 'albedo.G', 'albedo.B'],
    normal: ['normal.X', 'normal.Y', 'normal.Z'],
    depth: ['Z'],
    motion: ['motion.X', 'motion.Y'],
    instance: ['instance.id'],
    semantic: ['semantic.id']
};

const VIEW_ATTRIBUTE = 'mixreel.view';
const TIME_ATTRIBUTE = 'mixreel.timeNs';

/** Options of {@link writeFrameExr}. */
export interface FrameExrOptions extends ExrWriteOptions {
    /** `float` keeps every bit; `half` halves the bytes of color, alpha, albedo and normal, rounding to 11 bits. */
    readonly precision?: 'float' | 'half';
}

const HALF_LAYERS: ReadonlySet<LayerName> = new Set(['color', 'alpha', 'albedo', 'normal'] as const);

/** Encodes all CPU layers of a frame. */
export function writeFrameExr(frame: Frame, options: FrameExrOptions = {}): Uint8Array {
    const pixels = frame.widthPx * frame.heightPx;
    const channels: ExrChannel[] = [];
    for (const [layer, data] of frame.layers) {
        const type: ExrSampleType = options.precision === 'half' && HALF_LAYERS.has(layer) ? 'half' : 'float';
        CHANNELS[layer].forEach((name, c) => {
            channels.push({ name, type, data: data.subarray(c * pixels, (c + 1) * pixels) });
        });
    }
    if (channels.length === 0)
        throw badInput('the frame has no layers in memory', 'at least one', 'Read it back first');
    const text = { [VIEW_ATTRIBUTE]: JSON.stringify(frame.view), [TIME_ATTRIBUTE]: String(frame.timeNs) };
    return writeExr({ widthPx: frame.widthPx, heightPx: frame.heightPx, channels, text }, options);
}

/** Decodes an OpenEXR file into a frame; a file with only Y becomes grey, and layers with unknown names are passed over. */
export function readFrameExr(bytes: Uint8Array, limits?: Partial<ImageLimits>): Frame {
    return frameFromExr(readExr(bytes, limits));
}

/** See {@link readFrameExr}. */
export function frameFromExr(image: ExrImage): Frame {
    const pixels = image.widthPx * image.heightPx;
    const has = new Set(image.channels.map((channel) => channel.name));
    const layers: Partial<Record<LayerName, Float32Array>> = {};
    const gather = (names: readonly string[]) => {
        const data = new Float32Array(names.length * pixels);
        names.forEach((name, c) => {
            data.set(exrChannel(image, name).data, c * pixels);
        });
        return data;
    };
    for (const [layer, names] of Object.entries(CHANNELS)) {
        if (names.every((name) => has.has(name))) layers[layer as LayerName] = gather(names);
    }
    if (!layers.color && has.has('Y')) layers.color = gather(['Y', 'Y', 'Y']);
    if (Object.keys(layers).length === 0) {
        throw badInput(`EXR: its channels are ${[...has].join(', ')}`, 'R, G, B or a layer of Frame', 'Rename them');
    }
    const time = Number(image.text?.[TIME_ATTRIBUTE] ?? 0);
    const view = parseView(image.text?.[VIEW_ATTRIBUTE]);
    return new Frame({
        widthPx: image.widthPx,
        heightPx: image.heightPx,
        layers,
        timeNs: Number.isSafeInteger(time) ? time : 0,
        ...(view ? { view } : {})
    });
}

function parseView(text: string | undefined): View | undefined {
    if (text === undefined) return undefined;
    const mend = 'Write the frame again with writeFrameExr';
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (cause) {
        throw badInput(`EXR: attribute ${VIEW_ATTRIBUTE} is not JSON`, 'a view', mend, cause);
    }
    const view = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof View, unknown>>;
    const numbers = (list: unknown, length: number) =>
        Array.isArray(list) && list.length === length && list.every((n) => typeof n === 'number');
    if (
        !['mono', 'left', 'right'].includes(view.eye as string) ||
        !numbers(view.position, 3) ||
        !numbers(view.rotation, 4) ||
        !numbers(view.projection, 16)
    ) {
        throw badInput(`EXR: attribute ${VIEW_ATTRIBUTE} is not a view`, 'eye, position, rotation, projection', mend);
    }
    return value as View;
}
