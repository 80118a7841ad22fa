/**
 * Finds a Vulkan driver for Dawn. On Linux a server or a container usually has none installed, but every Chrome and Chromium
 * brings SwiftShader, a Vulkan driver for the CPU: it is looked for next to the browsers that may be on the machine.
 *
 * Order: MIXREEL_VULKAN_ICD; VK_DRIVER_FILES or VK_ICD_FILENAMES as set by the user; the system's drivers; SwiftShader next
 * to a browser (before the system's where the machine has no GPU). The file system comes in as an argument, so that the search is tested for machines that are not at hand.
 */
import { badInput } from '@mixreel/core';

/** What the search sees of a machine. */
export interface Machine {
    readonly platform: 'linux' | 'darwin' | 'win32' | (string & {});
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The user's home folder. */
    readonly home: string;
    exists(path: string): boolean;
    /** Names in a folder; empty if there is no such folder. */
    list(folder: string): readonly string[];
}

/** A driver that was found. */
export interface VulkanDriver {
    /** The driver's manifest, or null if the Vulkan loader (or Metal, or Direct3D) finds it by itself. */
    readonly manifest: string | null;
    /** For a person: `SwiftShader of Chromium (/usr/lib/chromium/vk_swiftshader_icd.json)`. */
    readonly description: string;
}

const SWIFTSHADER = 'vk_swiftshader_icd.json';

/** Every driver worth trying, best first. */
export function vulkanDrivers(machine: Machine): readonly VulkanDriver[] {
    const forced = machine.env['MIXREEL_VULKAN_ICD'];
    if (forced) {
        if (!machine.exists(forced)) {
            throw badInput(
                `MIXREEL_VULKAN_ICD names "${forced}", which does not exist`,
                'the path of a Vulkan driver manifest (*_icd.json)',
                'Correct the variable or unset it'
            );
        }
        return [{ manifest: forced, description: `MIXREEL_VULKAN_ICD (${forced})` }];
    }
    for (const name of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) {
        const value = machine.env[name];
        if (value) return [{ manifest: null, description: `${name} (${value})` }];
    }
    const system = systemDrivers(machine);
    const browser = browserDrivers(machine);
    return hasGpu(machine) ? [...system, ...browser] : [...browser, ...system];
}

/**
 * Without a GPU the system's drivers can only be Mesa's lavapipe, which Debian's chromium pulls in. Dawn refuses the one of
 * Mesa 22 with a warning, after 0.4 s, and SwiftShader is what Chromium computes with on the same machine: try that first.
 */
function hasGpu({ platform, exists }: Machine): boolean {
    if (platform !== 'linux') return true;
    return ['/dev/dri', '/dev/nvidiactl', '/dev/kfd', '/dev/dxg', '/dev/mali0'].some((path) => exists(path));
}

function systemDrivers(machine: Machine): VulkanDriver[] {
    if (machine.platform === 'darwin') return [{ manifest: null, description: 'Metal' }];
    if (machine.platform === 'win32') return [{ manifest: null, description: 'Direct3D 12' }];
    const { env, home } = machine;
    const roots = [
        env['XDG_CONFIG_HOME'] || `${home}/.config`,
        '/etc',
        env['XDG_DATA_HOME'] || `${home}/.local/share`,
        ...(env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':')
    ];
    const manifests = roots.flatMap((root) =>
        machine
            .list(`${root}/vulkan/icd.d`)
            .filter((name) => name.endsWith('.json'))
            .map((name) => `${root}/vulkan/icd.d/${name}`)
    );
    if (manifests.length === 0) return [];
    return [{ manifest: null, description: `the system's Vulkan drivers (${manifests.join(', ')})` }];
}

function browserDrivers(machine: Machine): VulkanDriver[] {
    return browserFolders(machine)
        .map(({ browser, folder, separator }) => ({ browser, path: `${folder}${separator}${SWIFTSHADER}` }))
        .filter(({ path }) => machine.exists(path))
        .map(({ browser, path }) => ({ manifest: path, description: `SwiftShader of ${browser} (${path})` }));
}

interface BrowserFolder {
    readonly browser: string;
    readonly folder: string;
    readonly separator: '/' | '\\';
}

/** Where browsers put their libraries. */
function browserFolders(machine: Machine): BrowserFolder[] {
    if (machine.platform === 'win32') return windowsFolders(machine);
    const { env, home } = machine;
    const named = ['PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH']
        .map((name) => env[name])
        .filter((path) => path?.includes('/'))
        .map((path) => ({ browser: path!, folder: path!.slice(0, path!.lastIndexOf('/')) }));
    const places = machine.platform === 'darwin' ? macFolders(machine) : linuxFolders(machine);
    return [...named, ...places, ...cachedBrowsers(machine, `${home}/.cache`, '/')].map((place) => ({
        ...place,
        separator: '/'
    }));
}

function linuxFolders(machine: Machine): { browser: string; folder: string }[] {
    const chromium = [
        '/usr/lib/chromium',
        '/usr/lib64/chromium',
        '/usr/lib/chromium-browser',
        '/usr/lib64/chromium-browser',
        '/opt/chromium.org/chromium',
        '/snap/chromium/current/usr/lib/chromium-browser',
        `${machine.home}/.local/share/chromium`
    ].map((folder) => ({ browser: 'Chromium', folder }));
    const chrome = [
        '/opt/google/chrome',
        '/opt/google/chrome-beta',
        '/opt/google/chrome-unstable',
        '/opt/microsoft/msedge'
    ];
    return [...chromium, ...chrome.map((folder) => ({ browser: folder.slice(5), folder }))];
}

function macFolders(machine: Machine): { browser: string; folder: string }[] {
    const apps = ['Google Chrome', 'Chromium', 'Google Chrome Canary', 'Microsoft Edge'];
    return apps.flatMap((browser) => {
        const versions = `/Applications/${browser}.app/Contents/Frameworks/${browser} Framework.framework/Versions`;
        return machine.list(versions).map((version) => ({ browser, folder: `${versions}/${version}/Libraries` }));
    });
}

function windowsFolders(machine: Machine): BrowserFolder[] {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => machine.env[name]);
    const products = ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge'];
    const installed = roots
        .filter((root) => root !== undefined)
        .flatMap((root) =>
            products.flatMap((product) => {
                const application = `${root}\\${product}\\Application`;
                const versions = machine.list(application).filter((name) => /^\d/.test(name));
                return versions.map((version) => ({ browser: product, folder: `${application}\\${version}` }));
            })
        );
    const cached = cachedBrowsers(machine, `${machine.home}\\.cache`, '\\');
    return [...installed, ...cached].map((place) => ({ ...place, separator: '\\' }));
}

/** The caches of puppeteer and Playwright: `<cache>/<product>/<version>/<product>-<platform>`. */
function cachedBrowsers(machine: Machine, cache: string, separator: string): { browser: string; folder: string }[] {
    const join = (...parts: string[]): string => parts.join(separator);
    const puppeteerCache = machine.env['PUPPETEER_CACHE_DIR'] || join(cache, 'puppeteer');
    const puppeteer = ['chrome', 'chrome-headless-shell', 'chromium'].map((name) => join(puppeteerCache, name));
    const versions = [...puppeteer, join(cache, 'ms-playwright')].flatMap((folder) =>
        machine.list(folder).map((version) => join(folder, version))
    );
    return versions
        .filter((folder) => !/firefox|webkit|ffmpeg/.test(folder))
        .flatMap((folder) => machine.list(folder).map((name) => join(folder, name)))
        .map((folder) => ({ browser: 'a cached browser', folder }));
}
