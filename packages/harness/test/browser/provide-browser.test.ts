import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import type { CommandResult, Host } from '../../src/browser/host.ts';
import { browserPlaces } from '../../src/browser/places.ts';
import { DOWNLOAD_BUILD, provideBrowser, searchBrowser } from '../../src/browser/provide-browser.ts';

const OK: CommandResult = { status: 0, stdout: '', stderr: '', stopped: null };
const FAILED: CommandResult = { status: 1, stdout: '', stderr: 'E: Unable to fetch some archives', stopped: null };

/** A machine made of a list of executables and of what each program answers. */
function machine(parts: {
    files?: string[];
    root?: boolean;
    platform?: NodeJS.Platform;
    env?: Record<string, string>;
    answer?: (command: string, args: readonly string[], files: Set<string>) => CommandResult | undefined;
}): Host & { calls: string[][] } {
    const files = new Set(parts.files ?? []);
    const calls: string[][] = [];
    return {
        calls,
        platform: parts.platform ?? 'linux',
        env: { PATH: '/usr/local/bin:/usr/bin', PUPPETEER_CACHE_DIR: join(tmpdir(), 'no-such-cache'), ...parts.env },
        homeDir: '/home/user',
        isRoot: parts.root ?? false,
        isExecutable: (path) => files.has(path),
        isFile: (path) => files.has(path),
        async run(command, args) {
            calls.push([command, ...args]);
            const own = parts.answer?.(command, args, files);
            if (own) return own;
            if (args[0] === '--version') return { ...OK, stdout: 'Chromium 156.0.1 built on Debian\n' };
            return FAILED;
        }
    };
}

const VULKAN = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';

describe('provideBrowser', () => {
    it('takes the one that the variable names before the one on the PATH, and says so', async () => {
        const host = machine({
            files: ['/opt/mine', '/usr/bin/chromium', VULKAN],
            env: { PUPPETEER_EXECUTABLE_PATH: '/opt/mine' }
        });
        const { browser, vulkan, mend } = await provideBrowser({ host });
        expect(browser).toMatchObject({ executablePath: '/opt/mine', source: 'PUPPETEER_EXECUTABLE_PATH' });
        expect(vulkan).toBe(VULKAN);
        expect(mend).toEqual([]);
    });

    it('passes over a broken one in sight of the caller', async () => {
        const host = machine({
            files: ['/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
            answer: (command) => (command.endsWith('chromium-browser') ? FAILED : undefined)
        });
        const { browser, steps } = await searchBrowser({ host });
        expect(browser?.executablePath).toBe('/usr/bin/google-chrome');
        expect(steps[0]).toMatchObject({ what: 'PATH', outcome: 'broken' });
    });

    it('neither downloads nor installs unless it is allowed to', async () => {
        const host = machine({ root: true, files: ['/usr/bin/apt-get'] });
        const error = await provideBrowser({ host }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(MixreelError);
        expect((error as MixreelError).code).toBe('environment');
        expect((error as MixreelError).message).toContain('apt-get install -y chromium libvulkan1');
        expect(host.calls.flat()).not.toContain('install');
    });

    it('tries the download before apt-get, and installs browser and loader as root', async () => {
        const host = machine({
            root: true,
            files: ['/usr/bin/apt-get'],
            answer: (command, args, files) => {
                if (!command.endsWith('apt-get')) return undefined;
                if (args[0] === 'install') for (const f of ['/usr/bin/chromium', VULKAN]) files.add(f);
                return OK;
            }
        });
        const { browser, vulkan, steps } = await provideBrowser({ host, install: true });
        expect(browser.source).toBe('apt-get');
        expect(vulkan).toBe(VULKAN);
        const order = steps.map((step) => step.what);
        expect(order.indexOf('download')).toBeLessThan(order.lastIndexOf('apt-get'));
        const install = host.calls.find((call) => call[1] === 'install');
        expect(install?.slice(-2)).toEqual(['chromium', 'libvulkan1']);
    });

    it('installs only the loader where only the loader is missing', async () => {
        const host = machine({ root: true, files: ['/usr/bin/apt-get', '/usr/bin/chromium'], answer: () => undefined });
        const { browser, vulkan, mend } = await provideBrowser({ host, install: true });
        expect(browser.source).toBe('PATH');
        expect(vulkan).toBeNull();
        expect(mend[0]).toContain('libvulkan1');
        expect(host.calls.find((call) => call[1] === 'install')?.slice(-1)).toEqual(['libvulkan1']);
    });

    it('explains a refused installation and a silent network', async () => {
        const host = machine({
            root: true,
            files: ['/usr/bin/apt-get'],
            answer: (command) =>
                command === process.execPath ? { ...OK, status: null, stopped: 'stalled' } : undefined
        });
        const { browser, steps } = await searchBrowser({ host, install: true });
        expect(browser).toBeNull();
        const detail = Object.fromEntries(steps.map((step) => [step.what, step.detail]));
        expect(detail['download']).toBe('the network gave no answer');
        expect(detail['apt-get']).toContain('Unable to fetch');
    });

    it('needs no Vulkan loader on macOS and Windows', async () => {
        for (const platform of ['darwin', 'win32'] as const) {
            expect((await searchBrowser({ host: machine({ platform }) })).vulkan).toBe('not needed');
        }
    });

    it('stops when it is cancelled', async () => {
        const host = machine({ files: ['/usr/bin/chromium'] });
        const progress = { signal: AbortSignal.abort() };
        await expect(searchBrowser({ host, progress })).rejects.toMatchObject({ code: 'aborted' });
    });

    it('downloads the build that the pinned puppeteer is tested with', async () => {
        const { PUPPETEER_REVISIONS } = (await import('puppeteer-core')) as unknown as {
            PUPPETEER_REVISIONS: Record<string, string>;
        };
        expect(PUPPETEER_REVISIONS['chrome-headless-shell']).toBe(DOWNLOAD_BUILD);
    });
});

describe('browserPlaces', () => {
    it('looks at each path once, with the extension and the separators of the platform', () => {
        const host = machine({
            platform: 'win32',
            env: { PATH: 'C:\\tools;D:\\bin', PROGRAMFILES: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\u\\Local' }
        });
        const paths = browserPlaces(host).map((place) => place.path);
        expect(paths).toContain('D:\\bin\\chromium.exe');
        expect(paths).toContain('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe');
        expect(new Set(paths).size).toBe(paths.length);
    });

    it('looks into both Applications folders of a Mac', () => {
        const paths = browserPlaces(machine({ platform: 'darwin' })).map((place) => place.path);
        expect(paths).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
        expect(paths).toContain('/home/user/Applications/Chromium.app/Contents/MacOS/Chromium');
    });
});

describe('the host', () => {
    it('never hands an argument to a shell', async () => {
        const { nodeHost } = await import('../../src/browser/host.ts');
        const marker = join(tmpdir(), `mixreel-shell-${process.pid}`);
        const script = 'console.log(process.argv.slice(1).join())';
        const argument = `; touch ${marker} $(touch ${marker})`;
        const result = await nodeHost().run(process.execPath, ['-e', script, argument], { timeoutMs: 20_000 });
        expect(result.stdout).toContain(argument);
        expect(existsSync(marker)).toBe(false);
    });

    it('stops a program that says nothing', async () => {
        const { nodeHost } = await import('../../src/browser/host.ts');
        const forever = ['-e', 'setInterval(() => {}, 1000)'];
        const result = await nodeHost().run(process.execPath, forever, { timeoutMs: 60_000, stallMs: 200 });
        expect(result).toMatchObject({ status: null, stopped: 'stalled' });
    });

    it('says so when a program does not exist', async () => {
        const { nodeHost } = await import('../../src/browser/host.ts');
        const result = await nodeHost().run('/no/such/program', [], { timeoutMs: 1_000 });
        expect(result).toMatchObject({ status: null, stopped: 'not-found' });
    });
});
