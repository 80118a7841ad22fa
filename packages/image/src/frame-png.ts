/** A frame as a PNG that people can look at: tone-mapped, sRGB-coded, 8 or 16 bits; and such a PNG as a frame. */
import { decodeFrame } from './decode-image.ts';
import type { Frame } from './frame.ts';
import type { ImageLimits } from './limits.ts';
import { writePng } from './png-write.ts';
import { rgba8FromFrame, srgbFromLinear } from './srgb.ts';
import { type ToneMapOptions, toneMap } from './tone-map.ts';

/** Options of {@link writeFramePng}. */
export interface FramePngOptions extends ToneMapOptions {
    readonly bitDepth?: 8 | 16;
}

/** Encodes colour, and alpha if the frame has it. Colours outside 0..1 after tone mapping clip. */
export function writeFramePng(frame: Frame, options: FramePngOptions = {}): Uint8Array {
    const { widthPx, heightPx } = frame;
    const mapped = toneMap(frame, options);
    const alpha = mapped.layers.get('alpha');
    const channels = alpha ? 4 : 3;
    const pixels = widthPx * heightPx;
    if (options.bitDepth === 16) {
        const data = new Uint16Array(channels * pixels);
        const color = mapped.layer('color');
        const code = (value: number) => (value > 0 ? (value < 1 ? Math.floor(value * 65535 + 0.5) : 65535) : 0);
        for (let i = 0; i < pixels; i++) {
            for (let c = 0; c < 3; c++) data[channels * i + c] = code(srgbFromLinear(color[c * pixels + i]!));
            if (alpha) data[channels * i + 3] = code(alpha[i]!);
        }
        return writePng({ widthPx, heightPx, channels, bitDepth: 16, data });
    }
    const rgba = rgba8FromFrame(mapped).data;
    if (alpha) return writePng({ widthPx, heightPx, channels: 4, bitDepth: 8, data: rgba });
    const rgb = new Uint8Array(3 * pixels);
    for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) rgb[3 * i + c] = rgba[4 * i + c]!;
    return writePng({ widthPx, heightPx, channels: 3, bitDepth: 8, data: rgb });
}

/** Decodes a PNG, taken as sRGB, to a linear frame. */
export function readFramePng(bytes: Uint8Array, limits?: Partial<ImageLimits>): Frame {
    return decodeFrame(bytes, 'image/png', limits);
}
