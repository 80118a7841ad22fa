/** A device of the browser that this code runs in. */
import { MixreelError } from '@mixreel/core';
import { Device } from './device.ts';
import { DEVICE_DEFAULTS, type DeviceOptions, describeAdapter, requestDevice } from './request.ts';

/**
 * Asks the browser for a GPU device.
 *
 * @throws MixreelError `environment` if the page is not a secure context or the browser has no WebGPU or no GPU for it.
 */
export async function createBrowserDevice(options: DeviceOptions = {}): Promise<Device> {
    const settled = { ...DEVICE_DEFAULTS, ...options };
    const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
    if (!gpu) {
        const secure = (globalThis as { isSecureContext?: boolean }).isSecureContext !== false;
        throw new MixreelError('environment', {
            what: secure ? 'this browser has no WebGPU' : 'WebGPU is off: the page is not a secure context',
            expected: 'Chromium 113 or later on https:// or on 127.0.0.1',
            mend: secure ? 'Open the page in a current Chrome or Edge' : 'Serve the page over https or from 127.0.0.1'
        });
    }
    const adapter = await gpu.requestAdapter({ powerPreference: settled.powerPreference });
    if (!adapter) {
        throw new MixreelError('environment', {
            what: 'the browser found no GPU adapter',
            mend: 'Update the graphics driver, or start Chromium with --enable-unsafe-webgpu --enable-features=Vulkan --use-vulkan=swiftshader --use-angle=swiftshader'
        });
    }
    const device = await requestDevice(adapter, settled);
    const described = describeAdapter(adapter.info, device.features);
    const info = { backend: 'chromium' as const, ...described, driver: 'chosen by the browser' };
    return new Device({ gpu: device, info, owned: true });
}
