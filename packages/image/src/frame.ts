/**
 * `Frame`: what a renderer gives, a codec carries and a harness judges. Float layers of one size, the view they were seen
 * from, and the time they were seen at. Colour is linear, scene-referred, with Rec.709 primaries and a D65 white.
 *
 * Layers are planar (all of channel 0, then all of channel 1 …), rows top to bottom: a metric or a coder walks one channel
 * at a time, and a plane is a contiguous slice. A layer may also live on the GPU as a texture until somebody asks for it.
 */
import { badInput } from '@mixreel/core';

/** What a layer means. Channels and units are in {@link LAYER_CHANNELS}. */
export type LayerName = 'color' | 'alpha' | 'albedo' | 'normal' | 'depth' | 'motion' | 'instance' | 'semantic';

/**
 * Channels of each layer. color: linear RGB radiance; alpha: coverage 0..1; albedo: linear RGB 0..1; normal: unit world
 * vector; depth: metres from the camera plane along its forward axis, Infinity where nothing was hit; motion: pixels moved
 * since the last frame (x right, y down); instance: scene instance index + 1, 0 = nothing; semantic: class id, 0 = nothing.
 */
export const LAYER_CHANNELS: Readonly<Record<LayerName, number>> = Object.freeze({
    color: 3,
    alpha: 1,
    albedo: 3,
    normal: 3,
    depth: 1,
    motion: 2,
    instance: 1,
    semantic: 1
});

/** Where a frame was seen from. World is right-handed, y up, metres; the camera looks along its local -z (glTF). */
export interface View {
    readonly eye: 'mono' | 'left' | 'right';
    /** Camera position in the world, metres. */
    readonly position: readonly [number, number, number];
    /** Camera orientation, unit quaternion x, y, z, w. */
    readonly rotation: readonly [number, number, number, number];
    /** Column-major 4x4 projection to clip space (x, y in -1..1; z in 0..1 as WebGPU). */
    readonly projection: readonly number[];
}

/** Parameters of {@link Frame}'s constructor. */
export interface FrameInit {
    /** 1 to 16384. */
    readonly widthPx: number;
    /** 1 to 16384. */
    readonly heightPx: number;
    /** Planar data of each layer: `channels * widthPx * heightPx` floats. */
    readonly layers: Readonly<Partial<Record<LayerName, Float32Array>>>;
    readonly view?: View;
    /** Time on the run's clock, integer ns. */
    readonly timeNs?: number;
    /** Layers that live on the GPU; the frame does not own them. */
    readonly textures?: Readonly<Partial<Record<LayerName, GPUTexture>>>;
}

/** The view of a frame that was not rendered (a photograph, a decoded file): at the origin, no perspective. */
export const IDENTITY_VIEW: View = Object.freeze({
    eye: 'mono',
    position: [0, 0, 0] as const,
    rotation: [0, 0, 0, 1] as const,
    projection: Object.freeze([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
});

/** See the file comment. Immutable in its shape; the arrays are the caller's to share. */
export class Frame {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly view: View;
    readonly timeNs: number;
    readonly layers: ReadonlyMap<LayerName, Float32Array>;
    readonly textures: Readonly<Partial<Record<LayerName, GPUTexture>>>;

    constructor(init: FrameInit) {
        const { widthPx, heightPx } = init;
        for (const [name, value] of Object.entries({ widthPx, heightPx })) {
            if (!Number.isInteger(value) || value < 1 || value > 16384) {
                throw badInput(
                    `${name} is ${value}`,
                    'an integer from 1 to 16384',
                    'Give the frame a size in that range'
                );
            }
        }
        const layers = new Map<LayerName, Float32Array>();
        for (const [key, data] of Object.entries(init.layers)) {
            const name = key as LayerName;
            const channels = LAYER_CHANNELS[name];
            if (channels === undefined) {
                throw badInput(
                    `layer "${name}" is unknown`,
                    Object.keys(LAYER_CHANNELS).join(', '),
                    'Use one of these names'
                );
            }
            if (data.length !== channels * widthPx * heightPx) {
                throw badInput(
                    `layer "${name}" has ${data.length} floats`,
                    `${channels} x ${widthPx} x ${heightPx} = ${channels * widthPx * heightPx}`,
                    'Pass planar data of the size of the frame'
                );
            }
            layers.set(name, data);
        }
        this.widthPx = widthPx;
        this.heightPx = heightPx;
        this.view = init.view ?? IDENTITY_VIEW;
        this.timeNs = init.timeNs ?? 0;
        this.layers = layers;
        this.textures = init.textures ?? {};
    }

    /** The planar floats of a layer; throws `bad-input` if the frame has none of that name on the CPU. */
    layer(name: LayerName): Float32Array {
        const data = this.layers.get(name);
        if (data) return data;
        const has = [...this.layers.keys()].join(', ') || 'none';
        throw badInput(`the frame has no layer "${name}"`, `one of: ${has}`, 'Ask the renderer for that layer');
    }

    has(name: LayerName): boolean {
        return this.layers.has(name);
    }
}
