/**
 * The device that a PlayCanvas app already renders with. Typed by shape, so that this package need not depend on the engine
 * (checked against playcanvas 2.23.3: `WebgpuGraphicsDevice.wgpu`, `.gpuAdapter`, `.isWebGPU`).
 */
import { badInput } from '@mixreel/core';
import { Device } from './device.ts';
import { describeAdapter } from './request.ts';

/** What is used of PlayCanvas' `GraphicsDevice`. */
export interface PlayCanvasGraphicsDevice {
    readonly isWebGPU: boolean;
    readonly wgpu?: GPUDevice | null;
    readonly gpuAdapter?: GPUAdapter | null;
}

/**
 * Wraps the engine's device. `destroy()` frees what was made through the wrapper and leaves the engine's device alone.
 *
 * @throws MixreelError `bad-input` if the engine runs on WebGL or has not made its device yet.
 */
export function deviceFromPlayCanvas(graphicsDevice: PlayCanvasGraphicsDevice): Device {
    const gpu = graphicsDevice.wgpu;
    if (!graphicsDevice.isWebGPU || !gpu) {
        throw badInput(
            graphicsDevice.isWebGPU ? 'the PlayCanvas device is not ready' : 'the PlayCanvas app runs on WebGL',
            'a WebGPU device',
            `Create the app's device with deviceTypes: ['webgpu'] and await it`
        );
    }
    const described = describeAdapter(gpu.adapterInfo ?? graphicsDevice.gpuAdapter?.info, gpu.features);
    return new Device({ gpu, info: { backend: 'playcanvas', ...described, driver: "the engine's" }, owned: false });
}
