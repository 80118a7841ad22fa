import { type Machine, vulkanDrivers } from '@mixreel/gpu/node';
import { describe, expect, it } from 'vitest';

/** A machine that has exactly the given files. */
function machine(files: readonly string[], parts: Partial<Machine> = {}): Machine {
    const platform = parts.platform ?? 'linux';
    const separator = platform === 'win32' ? '\\' : '/';
    return {
        platform,
        env: {},
        home: platform === 'win32' ? 'C:\\Users\\ada' : '/home/ada',
        exists: (path) => files.some((file) => file === path || file.startsWith(path + separator)),
        list: (folder) => {
            const inside = files.filter((file) => file.startsWith(folder + separator));
            return [...new Set(inside.map((file) => file.slice(folder.length + 1).split(separator)[0]!))].sort();
        },
        ...parts
    };
}

const CHROMIUM = '/usr/lib/chromium/vk_swiftshader_icd.json';
const LAVAPIPE = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';

describe('vulkanDrivers', () => {
    it('finds nothing on a bare machine', () => {
        expect(vulkanDrivers(machine([]))).toEqual([]);
    });

    it('finds the SwiftShader next to Chromium and says so', () => {
        const [driver] = vulkanDrivers(machine([CHROMIUM]));
        expect(driver).toEqual({ manifest: CHROMIUM, description: `SwiftShader of Chromium (${CHROMIUM})` });
    });

    it("prefers the system's drivers on a machine with a GPU", () => {
        const found = vulkanDrivers(machine([CHROMIUM, LAVAPIPE, '/dev/dri/renderD128']));
        expect(found.map(({ manifest }) => manifest)).toEqual([null, CHROMIUM]);
        expect(found[0]!.description).toContain(LAVAPIPE);
    });

    it("prefers Chromium's SwiftShader to the system's software driver on a machine without a GPU", () => {
        expect(vulkanDrivers(machine([CHROMIUM, LAVAPIPE])).map(({ manifest }) => manifest)).toEqual([CHROMIUM, null]);
    });

    it('takes MIXREEL_VULKAN_ICD before everything else and alone', () => {
        const own = '/opt/driver_icd.json';
        const found = vulkanDrivers(machine([CHROMIUM, LAVAPIPE, own], { env: { MIXREEL_VULKAN_ICD: own } }));
        expect(found).toEqual([{ manifest: own, description: `MIXREEL_VULKAN_ICD (${own})` }]);
    });

    it('refuses a MIXREEL_VULKAN_ICD that does not exist, naming it', () => {
        const wrong = machine([CHROMIUM], { env: { MIXREEL_VULKAN_ICD: '/nowhere.json' } });
        expect(() => vulkanDrivers(wrong)).toThrow(/"\/nowhere\.json", which does not exist/);
    });

    it.each(['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'])('leaves the choice to the Vulkan loader if %s is set', (name) => {
        const found = vulkanDrivers(machine([CHROMIUM, LAVAPIPE], { env: { [name]: '/a.json' } }));
        expect(found).toEqual([{ manifest: null, description: `${name} (/a.json)` }]);
    });

    it("looks next to the browser named for puppeteer and in puppeteer's and Playwright's caches", () => {
        const named = '/srv/chrome/vk_swiftshader_icd.json';
        const puppeteer = '/home/ada/.cache/puppeteer/chrome/linux-156.0/chrome-linux64/vk_swiftshader_icd.json';
        const playwright = '/home/ada/.cache/ms-playwright/chromium-1200/chrome-linux/vk_swiftshader_icd.json';
        const env = { PUPPETEER_EXECUTABLE_PATH: '/srv/chrome/chrome' };
        const found = vulkanDrivers(machine([named, puppeteer, playwright], { env }));
        expect(found.map(({ manifest }) => manifest)).toEqual([named, puppeteer, playwright]);
    });

    it('tries Metal first on macOS, then the SwiftShader inside Chrome', () => {
        const libraries =
            '/Applications/Google Chrome.app/Contents/Frameworks/Google Chrome Framework.framework/Versions/156.0/Libraries';
        const found = vulkanDrivers(machine([`${libraries}/vk_swiftshader_icd.json`], { platform: 'darwin' }));
        expect(found.map(({ manifest }) => manifest)).toEqual([null, `${libraries}/vk_swiftshader_icd.json`]);
        expect(found[0]!.description).toBe('Metal');
    });

    it("tries Direct3D 12 first on Windows, then the SwiftShader in Chrome's version folder", () => {
        const manifest = 'C:\\Program Files\\Google\\Chrome\\Application\\156.0.1\\vk_swiftshader_icd.json';
        const env = { PROGRAMFILES: 'C:\\Program Files' };
        const found = vulkanDrivers(machine([manifest], { platform: 'win32', env }));
        expect(found.map((driver) => driver.manifest)).toEqual([null, manifest]);
    });
});
