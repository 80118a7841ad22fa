/** Bytes per texel of the uncompressed formats that the packages use. */
import { badInput } from '@mixreel/core';

const BYTES: Readonly<Partial<Record<GPUTextureFormat, number>>> = Object.freeze({
    r8unorm: 1,
    r8uint: 1,
    rg8unorm: 2,
    r16float: 2,
    r16uint: 2,
    rgba8unorm: 4,
    'rgba8unorm-srgb': 4,
    bgra8unorm: 4,
    'bgra8unorm-srgb': 4,
    rgba8uint: 4,
    rgba8snorm: 4,
    rg16float: 4,
    r32float: 4,
    r32uint: 4,
    r32sint: 4,
    rg11b10ufloat: 4,
    rgb9e5ufloat: 4,
    rgb10a2unorm: 4,
    rgba16float: 8,
    rgba16uint: 8,
    rg32float: 8,
    rg32uint: 8,
    rgba32float: 16,
    rgba32uint: 16
});

/** Bytes of one texel; `bad-input` for formats that are compressed or have depth or stencil. */
export function bytesPerTexel(format: GPUTextureFormat): number {
    const bytes = BYTES[format];
    if (bytes !== undefined) return bytes;
    throw badInput(
        `texture format ${format} is not supported here`,
        Object.keys(BYTES).join(', '),
        'Convert the texture first'
    );
}
