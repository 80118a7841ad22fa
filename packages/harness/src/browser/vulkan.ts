/**
 * Finds libvulkan.so.1, the Vulkan loader that Dawn needs in Node. Chromium carries a loader and SwiftShader of its own but
 * does not put the loader where other programs find it, and Debian's `chromium` does not depend on `libvulkan1`, so a fresh
 * machine needs both. macOS (Metal) and Windows (D3D12) need nothing.
 */
import { posix } from 'node:path';
import type { Host } from './host.ts';

/** Folders in which the dynamic linker looks by default, by architecture. */
const LINKER_FOLDERS: readonly string[] = [
    '/lib/x86_64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
    '/lib/aarch64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/lib64',
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib'
];

/** The Vulkan loader's path; `not needed` where Dawn uses another interface; null if it is missing. */
export async function findVulkan(host: Host): Promise<string | 'not needed' | null> {
    if (host.platform !== 'linux') return 'not needed';
    const folders = (host.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
    for (const folder of folders) {
        const path = posix.join(folder, 'libvulkan.so.1');
        if (host.isFile(path)) return path;
    }
    for (const command of ['ldconfig', '/sbin/ldconfig', '/usr/sbin/ldconfig']) {
        const { status, stdout } = await host.run(command, ['-p'], { timeoutMs: 10_000 });
        if (status !== 0) continue;
        const path = /^\s*libvulkan\.so\.1 .*=>\s*(\S+)/m.exec(stdout)?.[1];
        if (path !== undefined && host.isFile(path)) return path;
        break;
    }
    for (const folder of LINKER_FOLDERS) {
        const path = posix.join(folder, 'libvulkan.so.1');
        if (host.isFile(path)) return path;
    }
    return null;
}
