/** The machine that this process runs on, for the driver search. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Machine } from './vulkan-driver.ts';

/** See the file comment. */
export function thisMachine(): Machine {
    return {
        platform: process.platform,
        env: process.env,
        home: homedir(),
        exists: existsSync,
        list(folder) {
            try {
                return readdirSync(folder).sort();
            } catch {
                return [];
            }
        }
    };
}

/** Where the Vulkan loader may lie on Linux, in addition to LD_LIBRARY_PATH. */
const LOADER_FOLDERS = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/lib/x86_64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib'
];

/** Whether the Vulkan loader library that Dawn opens seems to be there; true where Dawn does not need it. */
export function hasVulkanLoader(machine: Machine): boolean {
    if (machine.platform !== 'linux') return true;
    const extra = (machine.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
    return [...extra, ...LOADER_FOLDERS].some((folder) => machine.exists(`${folder}/libvulkan.so.1`));
}
