/**
 * WebGPU's usage and stage bits by name. Their values are fixed by the specification (WebGPU 5.1.2, 6.1.2, 8.1); writing
 * them here lets the package work without the globals that Node does not have.
 */

/** What a buffer may be used for; every buffer can be copied from and to besides. */
export type BufferUsage = 'storage' | 'uniform' | 'indirect' | 'vertex' | 'index';

export const BUFFER_MAP_READ = 0x0001;
export const BUFFER_COPY_SRC = 0x0004;
export const BUFFER_COPY_DST = 0x0008;
export const BUFFER_QUERY_RESOLVE = 0x0200;

const BUFFER_USAGE: Readonly<Record<BufferUsage, number>> = Object.freeze({
    index: 0x0010,
    vertex: 0x0020,
    uniform: 0x0040,
    storage: 0x0080,
    indirect: 0x0100
});

/** The bits of the named usages, with both copies. */
export function bufferUsageBits(usages: readonly BufferUsage[]): number {
    return usages.reduce((bits, usage) => bits | BUFFER_USAGE[usage], BUFFER_COPY_SRC | BUFFER_COPY_DST);
}

/** What a texture may be used for; every texture can be copied from and to besides. */
export type TextureUsage = 'sampled' | 'storage' | 'render';

const TEXTURE_USAGE: Readonly<Record<TextureUsage, number>> = Object.freeze({
    sampled: 0x04,
    storage: 0x08,
    render: 0x10
});

/** The bits of the named usages, with both copies. */
export function textureUsageBits(usages: readonly TextureUsage[]): number {
    return usages.reduce((bits, usage) => bits | TEXTURE_USAGE[usage], 0x01 | 0x02);
}

export const MAP_READ = 0x0001;
export const STAGE_VERTEX = 0x1;
export const STAGE_FRAGMENT = 0x2;
export const STAGE_COMPUTE = 0x4;
