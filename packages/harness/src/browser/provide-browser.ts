/**
 * Finds a Chromium that runs, or gets one, and says which: the one on the machine, puppeteer's cache, a download, or as
 * root `apt-get install -y chromium libvulkan1`, in that order. Each candidate must answer `--version` before it counts: a
 * downloaded Chrome on a bare Debian lacks libraries, and Ubuntu's `chromium-browser` may be a stub.
 *
 * Nothing is downloaded or installed unless the caller allows it. The download runs in a process of its own, because
 * @puppeteer/browsers cannot be cancelled: without a network it is stopped after `downloadStallMs` of silence.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { explainFailure, type Host, nodeHost, signalOf } from './host.ts';
import { browserPlaces } from './places.ts';
import { findVulkan } from './vulkan.ts';

/** Where a browser came from. */
export type BrowserSource =
    | 'PUPPETEER_EXECUTABLE_PATH'
    | 'PATH'
    | 'usual place'
    | "puppeteer's cache"
    | 'download'
    | 'apt-get';

/** A browser that answered. */
export interface FoundBrowser {
    readonly executablePath: string;
    readonly source: BrowserSource;
    /** What `--version` printed; null on Windows, where Chrome does not print it. */
    readonly version: string | null;
}

/** One thing that was tried, for a person to read. */
export interface ProvisionStep {
    /** `PATH`, `puppeteer's cache`, `download`, `apt-get`, `Vulkan loader` … */
    readonly what: string;
    readonly outcome: 'found' | 'absent' | 'broken' | 'failed' | 'skipped';
    readonly detail: string;
}

/** What the machine has. */
export interface BrowserSearch {
    readonly browser: FoundBrowser | null;
    /** Path of the Vulkan loader that Dawn in Node needs; `not needed` off Linux; null if it is missing. */
    readonly vulkan: string | null;
    readonly steps: readonly ProvisionStep[];
    /** What to do about what is missing, one imperative sentence each; empty if nothing is. */
    readonly mend: readonly string[];
}

/** A search that found a browser. */
export interface BrowserProvision extends BrowserSearch {
    readonly browser: FoundBrowser;
}

/** Options of {@link searchBrowser} and {@link provideBrowser}. */
export interface ProvideOptions {
    /** True: what is missing may be downloaded, or installed as root. False (the default): look only. */
    readonly install?: boolean;
    /** True (the default): the Vulkan loader counts as wanted, and is installed where `install` allows it. */
    readonly vulkan?: boolean;
    /** A download or apt-get is given up after this many ms without a byte, 1,000 to 600,000. Default 15,000. */
    readonly downloadStallMs?: number;
    /** The machine. Default: this one. */
    readonly host?: Host;
    readonly progress?: Progress;
    /** Called at each step, as it happens. */
    readonly onStep?: (step: ProvisionStep) => void;
}

/**
 * The build that puppeteer-core 24.43.1 is tested with (its PUPPETEER_REVISIONS, which its types do not export). The headless
 * shell: half of Chrome's size, needs no desktop libraries, carries SwiftShader.
 */
export const DOWNLOAD_BUILD = '148.0.7778.97';

/** `--version` starts no browser and takes 0.1 s; a machine that swaps may need longer. */
const VERSION_TIMEOUT_MS = 20_000;

/** Looks for a browser and the Vulkan loader, gets what is missing where allowed, and tells what was tried. Never throws but `aborted`. */
export async function searchBrowser(options: ProvideOptions = {}): Promise<BrowserSearch> {
    const search = new Search(options);
    let browser = (await search.onMachine()) ?? (await search.inCache());
    let vulkan = options.vulkan === false ? 'not needed' : await search.vulkan();
    if (options.install) {
        browser ??= await search.download();
        if (
            (browser === null || vulkan === null) &&
            (await search.installPackages(browser === null, vulkan === null))
        ) {
            browser ??= await search.onMachine('apt-get');
            vulkan ??= await search.vulkan();
        }
    }
    return { browser, vulkan, steps: search.steps, mend: mendSteps(browser, vulkan, search.host) };
}

/**
 * {@link searchBrowser}, for a caller that cannot go on without a browser.
 *
 * @throws MixreelError `environment` that lists what was tried and how to get one.
 */
export async function provideBrowser(options: ProvideOptions = {}): Promise<BrowserProvision> {
    const search = await searchBrowser(options);
    if (search.browser) return { ...search, browser: search.browser };
    const tried = search.steps.filter((step) => step.outcome !== 'found').map((s) => `${s.what}: ${s.detail}`);
    throw new MixreelError('environment', {
        what: `no Chromium was found; tried ${tried.join('; ')}`,
        expected: 'Chromium, Chrome or Edge',
        mend: search.mend.join('. ')
    });
}

class Search {
    readonly host: Host;
    readonly steps: ProvisionStep[] = [];
    readonly #options: ProvideOptions;

    constructor(options: ProvideOptions) {
        this.#options = options;
        this.host = options.host ?? nodeHost();
    }

    async onMachine(as?: 'apt-get'): Promise<FoundBrowser | null> {
        const places = browserPlaces(this.host);
        for (const { source, path } of places) {
            if (!this.host.isExecutable(path)) {
                if (source === 'PUPPETEER_EXECUTABLE_PATH') this.#step(source, 'absent', `${path} is not executable`);
                continue;
            }
            const found = await this.#accept(path, as ?? source);
            if (found) return found;
        }
        this.#step('on this machine', 'absent', `none of ${places.length} usual names and places has one`);
        return null;
    }

    async inCache(): Promise<FoundBrowser | null> {
        const cacheDir = cacheFolder(this.host);
        // A cache that is absent or half-deleted is an empty cache.
        const { Browser, getInstalledBrowsers } = await import('@puppeteer/browsers');
        const installed = await getInstalledBrowsers({ cacheDir }).catch(() => []);
        const wanted: readonly string[] = [Browser.CHROME, Browser.CHROMEHEADLESSSHELL, Browser.CHROMIUM];
        const usable = installed.filter((entry) => wanted.includes(entry.browser));
        usable.sort((a, b) => b.buildId.localeCompare(a.buildId, 'en', { numeric: true }));
        for (const { executablePath } of usable) {
            if (!this.host.isExecutable(executablePath)) continue;
            const found = await this.#accept(executablePath, "puppeteer's cache");
            if (found) return found;
        }
        this.#step("puppeteer's cache", 'absent', `${cacheDir} has none`);
        return null;
    }

    async vulkan(): Promise<string | null> {
        const path = await findVulkan(this.host);
        this.#step('Vulkan loader', path === null ? 'absent' : 'found', path ?? 'libvulkan.so.1 is missing');
        return path;
    }

    async download(): Promise<FoundBrowser | null> {
        if (!(await import('@puppeteer/browsers')).detectBrowserPlatform()) {
            this.#step('download', 'skipped', 'no build for this platform');
            return null;
        }
        let path: string | undefined;
        const result = await this.host.run(process.execPath, downloadProgram(cacheFolder(this.host), DOWNLOAD_BUILD), {
            timeoutMs: 600_000,
            stallMs: this.#stallMs,
            ...signalOf(this.#options.progress),
            onOutput: (text) => {
                for (const line of text.split('\n')) {
                    const [word, done, total] = line.split('\t');
                    if (word === 'path') path = done;
                    if (word === 'bytes') this.#options.progress?.report?.(Number(done), Number(total), 'Chromium');
                }
            }
        });
        throwIfAborted(this.#options.progress, 'the download of Chromium');
        if (result.status !== 0 || path === undefined) {
            this.#step('download', 'failed', explainFailure(result));
            return null;
        }
        return this.#accept(path, 'download');
    }

    async installPackages(browser: boolean, vulkan: boolean): Promise<boolean> {
        const packages = [...(browser ? ['chromium'] : []), ...(vulkan ? ['libvulkan1'] : [])];
        const apt = ['/usr/bin/apt-get', '/bin/apt-get'].find((path) => this.host.isExecutable(path));
        if (apt === undefined || !this.host.isRoot) {
            const why = apt === undefined ? 'this machine has no apt-get' : 'needs root';
            this.#step('apt-get', 'skipped', why);
            return false;
        }
        const seconds = Math.ceil(this.#stallMs / 1000);
        const limits = {
            timeoutMs: 900_000,
            env: { DEBIAN_FRONTEND: 'noninteractive' },
            ...signalOf(this.#options.progress)
        };
        const patience = ['http', 'https'].flatMap((s) => ['-o', `Acquire::${s}::Timeout=${seconds}`]);
        this.#options.progress?.report?.(0, 2, 'apt-get update');
        // An update that fails may still leave usable lists: the install decides.
        await this.host.run(apt, ['update', '-o', 'Acquire::Retries=0', ...patience], limits);
        this.#options.progress?.report?.(1, 2, `apt-get install ${packages.join(' ')}`);
        const result = await this.host.run(apt, ['install', '-y', ...patience, ...packages], limits);
        throwIfAborted(this.#options.progress, 'apt-get install');
        const done = result.status === 0;
        this.#step(
            'apt-get',
            done ? 'found' : 'failed',
            done ? `installed ${packages.join(', ')}` : explainFailure(result)
        );
        return done;
    }

    async #accept(executablePath: string, source: BrowserSource): Promise<FoundBrowser | null> {
        throwIfAborted(this.#options.progress, 'the search for Chromium');
        let version: string | null = null;
        // chrome.exe --version opens a window and prints nothing.
        if (this.host.platform !== 'win32') {
            const result = await this.host.run(executablePath, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
            version = /\b(?:Chrom|Edge|HeadlessChrome).*/.exec(result.stdout)?.[0].trim() ?? null;
            if (result.status !== 0 || version === null) {
                this.#step(source, 'broken', `${executablePath} does not run: ${explainFailure(result)}`);
                return null;
            }
        }
        this.#step(source, 'found', version === null ? executablePath : `${executablePath} (${version})`);
        return { executablePath, source, version };
    }

    get #stallMs(): number {
        const value = this.#options.downloadStallMs ?? 15_000;
        return Number.isFinite(value) ? Math.min(600_000, Math.max(1_000, value)) : 15_000;
    }

    #step(what: string, outcome: ProvisionStep['outcome'], detail: string): void {
        const step = { what, outcome, detail };
        this.steps.push(step);
        this.#options.onStep?.(step);
    }
}

/** puppeteer's own rule for where its cache is. */
function cacheFolder(host: Host): string {
    return host.env['PUPPETEER_CACHE_DIR'] ?? join(host.homeDir, '.cache', 'puppeteer');
}

/** Arguments for Node that download one build and print `bytes<TAB>done<TAB>total` and `path<TAB>executable` lines. */
function downloadProgram(cacheDir: string, buildId: string): string[] {
    const library = pathToFileURL(createRequire(import.meta.url).resolve('@puppeteer/browsers')).href;
    const script = `
        const [library, cacheDir, buildId] = process.argv.slice(1);
        const { install } = (await import(library)).default;
        const downloadProgressCallback = (done, total) => console.log(['bytes', done, total].join('\\t'));
        try {
            const { executablePath } = await install({ browser: 'chrome-headless-shell', buildId, cacheDir, downloadProgressCallback });
            console.log(['path', executablePath].join('\\t'));
        } catch (error) {
            console.error('error: ' + error.message.replace(/\\s+/g, ' '));
            process.exit(1);
        }`;
    return ['--input-type=module', '-e', script, library, cacheDir, buildId];
}

function mendSteps(browser: FoundBrowser | null, vulkan: string | null, host: Host): string[] {
    const mend: string[] = [];
    const root = host.isRoot ? '' : 'sudo ';
    if (browser === null) {
        mend.push(
            host.platform === 'linux'
                ? `Run "${root}apt-get install -y chromium libvulkan1" (or your distribution's chromium package), or set PUPPETEER_EXECUTABLE_PATH to a Chromium or Chrome`
                : 'Install Chrome (https://www.google.com/chrome) or set PUPPETEER_EXECUTABLE_PATH to a Chromium or Chrome'
        );
    } else if (vulkan === null) {
        mend.push(
            `Run "${root}apt-get install -y libvulkan1" (vulkan-loader on Fedora, vulkan-icd-loader on Arch): WebGPU in Node needs libvulkan.so.1`
        );
    }
    return mend;
}
