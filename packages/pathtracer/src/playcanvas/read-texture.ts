/**
 * Reads any texture of the engine back through a kernel that loads its texels: compressed, one-channel and float formats have
 * no common layout of bytes, but all of them can be loaded. Cube maps come face after face,
 * arrays layer after layer.
 */
import type { Device } from '@mixreel/gpu';
import { type Texture as EngineTexture, isSrgbPixelFormat } from 'playcanvas';
import { readTextureBytes, readTextureFloats } from '../generated/index.ts';

/** The device that things are read with: another one after a loss. */
export interface DeviceSeat {
    device: Device;
}

/**
 * @param as - `bytes`: 4 bytes a texel, 0 to 255 as stored (textures that decode sRGB are encoded again); `floats`: 4 floats a
 *   texel as a shader sees them.
 */
export async function readTexture(device: Device, texture: EngineTexture, as: 'bytes'): Promise<Uint8Array>;
export async function readTexture(device: Device, texture: EngineTexture, as: 'floats'): Promise<Float32Array>;
export async function readTexture(
    device: Device,
    texture: EngineTexture,
    as: 'bytes' | 'floats'
): Promise<Uint8Array | Float32Array> {
    const { width, height } = texture;
    const layers = texture.cubemap ? 6 : texture.array ? texture.arrayLength : 1;
    const wgsl = as === 'bytes' ? readTextureBytes : readTextureFloats;
    const kernel = await device.createKernel({ label: 'read-texture', wgsl });
    const { gpuTexture } = texture.impl as unknown as { gpuTexture: GPUTexture };
    const view = gpuTexture.createView({
        dimension: '2d-array',
        baseMipLevel: 0,
        mipLevelCount: 1,
        arrayLayerCount: layers
    });
    const sizeBytes = width * height * layers * (as === 'bytes' ? 4 : 16);
    const texels = device.createBuffer({ label: 'read-texture/texels', sizeBytes });
    const settings = device.createBuffer({
        label: 'read-texture/settings',
        usage: 'uniform',
        data: Uint32Array.of(as === 'bytes' && isSrgbPixelFormat(texture.format) ? 1 : 0, 0, 0, 0)
    });
    try {
        await device
            .record('read-texture')
            .dispatch(kernel, { source: view, texels, settings }, [Math.ceil(width / 8), Math.ceil(height / 8), layers])
            .submit();
        const bytes = await device.read(texels);
        return as === 'bytes' ? new Uint8Array(bytes) : new Float32Array(bytes);
    } finally {
        texels.destroy();
        settings.destroy();
    }
}
