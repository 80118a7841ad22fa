/**
 * Dawn in Node: the npm package `webgpu`, or a `dawn.node` file of your own named by the variable DAWN_NODE.
 *
 * Three traps, each measured with webgpu 0.6.2: the object that `create()` returns must stay referenced for the life of the
 * process (collected, it aborts the process with exit code 134), so one per driver is kept here and shared by all devices;
 * the Vulkan loader reads its environment when the instance is made, so variables are set for that moment and put back; and a
 * device keeps Node alive until it is destroyed.
 */
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { Device } from '../device.ts';
import { DEVICE_DEFAULTS, type DeviceOptions, describeAdapter, requestDevice } from '../request.ts';
import { hasVulkanLoader, thisMachine } from './machine.ts';
import { PollPacer } from './poll-pacer.ts';
import { type Machine, type VulkanDriver, vulkanDrivers } from './vulkan-driver.ts';

interface DawnModule {
    create(flags: string[]): GPU;
}

/** One instance per driver, for the life of the process. */
const instances = new Map<string, GPU>();

const pacer = new PollPacer();

/**
 * A WebGPU device for this Node process.
 *
 * @returns A device whose `info.driver` says which Vulkan driver it runs on and where that was found.
 * @throws MixreelError `environment` if Dawn or a Vulkan driver is missing; the message says how to get it.
 */
export async function createNodeDevice(options: DeviceOptions = {}): Promise<Device> {
    const settled = { ...DEVICE_DEFAULTS, ...options };
    const machine = thisMachine();
    const dawn = await loadDawn(machine);
    const drivers = vulkanDrivers(machine);
    const tried: string[] = [];
    for (const driver of drivers) {
        const adapter = await withDriver(machine, driver, () => {
            const instance = instances.get(driver.description) ?? makeInstance(dawn, machine);
            instances.set(driver.description, instance);
            return instance.requestAdapter({ powerPreference: settled.powerPreference });
        });
        if (!adapter) {
            tried.push(driver.description);
            continue;
        }
        const gpu = await requestDevice(adapter, settled);
        const described = describeAdapter(adapter.info, gpu.features);
        const info = { backend: 'dawn' as const, ...described, driver: driver.description };
        return new Device({ gpu, info, owned: true, pacer });
    }
    throw noDriver(machine, tried);
}

function makeInstance(dawn: DawnModule, machine: Machine): GPU {
    return dawn.create(machine.platform === 'linux' ? ['backend=vulkan'] : []);
}

async function loadDawn(machine: Machine): Promise<DawnModule> {
    const own = machine.env['DAWN_NODE'];
    try {
        if (own) return createRequire(import.meta.url)(resolve(own)) as DawnModule;
        return (await import('webgpu')) as unknown as DawnModule;
    } catch (cause) {
        throw new MixreelError('environment', {
            what: `Dawn cannot be loaded${own ? ` from DAWN_NODE (${own})` : ''}: ${cause instanceof Error ? cause.message : cause}`,
            expected: own ? 'a dawn.node built for this platform' : 'the npm package webgpu 0.6.2',
            mend: own ? 'Correct or unset DAWN_NODE' : 'Run npm install without --omit=optional, or set DAWN_NODE',
            cause
        });
    }
}

/** Runs `work` with the environment that makes the Vulkan loader take one driver. */
async function withDriver<T>(machine: Machine, driver: VulkanDriver, work: () => Promise<T>): Promise<T> {
    const wanted: Record<string, string> = {};
    if (driver.manifest !== null) wanted['VK_ICD_FILENAMES'] = wanted['VK_DRIVER_FILES'] = driver.manifest;
    // Without it SwiftShader prints a warning to stderr; it needs the folder for nothing here.
    if (machine.platform === 'linux' && !machine.env['XDG_RUNTIME_DIR']) wanted['XDG_RUNTIME_DIR'] = tmpdir();
    const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, wanted);
    try {
        return await work();
    } finally {
        for (const [name, value] of before) {
            if (value === undefined) delete process.env[name];
            else process.env[name] = value;
        }
    }
}

function noDriver(machine: Machine, tried: readonly string[]): MixreelError {
    const loader = hasVulkanLoader(machine);
    const found = tried.length > 0 ? `tried ${tried.join('; ')}` : 'found no driver manifest';
    const missing = loader
        ? `no Vulkan driver works: ${found}`
        : `the Vulkan loader libvulkan.so.1 is missing (${found})`;
    return new MixreelError('environment', {
        what: `no GPU device for Node: ${missing}`,
        expected: 'a graphics driver, or the SwiftShader of an installed Chrome or Chromium',
        mend:
            machine.platform === 'linux'
                ? 'Run "apt-get install -y chromium libvulkan1" (Debian, Ubuntu), or name a driver manifest in MIXREEL_VULKAN_ICD'
                : 'Install Chrome or a graphics driver, or name a driver manifest in MIXREEL_VULKAN_ICD'
    });
}
