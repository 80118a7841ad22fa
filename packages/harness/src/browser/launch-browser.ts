/**
 * Starts a Chromium that draws WebGPU the same way everywhere, reaches nothing but the origins it is given, and cannot hang
 * its caller: every wait ends in an answer, a crash or a timeout, and `close` always ends with the process gone.
 *
 * The profile is fresh each time (puppeteer makes one in the temporary folder and deletes it). Pages must come from a secure
 * context (http://127.0.0.1 counts): about:blank and `setContent` have no `navigator.gpu`.
 */
import { MixreelError } from '@mixreel/core';
import type { Browser, Page } from 'puppeteer-core';
import { endWithProcess, NO_SIGNALS } from './end-with-process.ts';
import { addressOf, Gate } from './gate.ts';
import { nodeHost } from './host.ts';
import { type BrowserGpu, GATE_BYPASS, launchFlags } from './launch-flags.ts';
import { type GuardOptions, PageGuard } from './page-guard.ts';
import { provideBrowser } from './provide-browser.ts';

/** Options of {@link launchBrowser}. */
export interface LaunchOptions {
    /** Default: what {@link provideBrowser} finds, without installing anything. */
    readonly executablePath?: string;
    /** Default `swiftshader`. */
    readonly gpu?: BrowserGpu;
    /** Origins that pages may load from, or `open` for the whole network. Default: none but data: and about:. */
    readonly origins?: readonly string[] | 'open';
    /** Start is given up after this many ms, 1,000 to 600,000. Default 60,000: a busy machine takes 10 s. */
    readonly launchTimeoutMs?: number;
    /** One call into the browser is given up after this many ms, 1,000 to 3,600,000. Default 180,000. */
    readonly callTimeoutMs?: number;
    /** Further flags, after all others. */
    readonly args?: readonly string[];
    /** False to see the window. Default true. */
    readonly headless?: boolean;
}

/** Size of a page. */
export interface PageOptions {
    /** CSS px, 1 to 16384. Default 1280 x 720. */
    readonly widthPx?: number;
    readonly heightPx?: number;
    /** Device pixels per CSS px, 0.5 to 4. Default 1. */
    readonly pixelRatio?: number;
    /** See GuardOptions. Default true. */
    readonly failOnPageError?: boolean;
    /** See GuardOptions. */
    readonly answer?: NonNullable<GuardOptions['answer']>;
    /** See GuardOptions. */
    readonly onEvent?: NonNullable<GuardOptions['onEvent']>;
    /** Fewer origins than the session's, for this page. */
    readonly origins?: readonly string[] | 'open';
    /** True: another page will be asked for, and is made ready while this one works. Not where times are taken. */
    readonly another?: boolean;
}

/** A running browser. */
export interface BrowserSession {
    readonly browser: Browser;
    readonly executablePath: string;
    /** `Chrome/156.0.8078.79`. */
    readonly version: string;
    /** Rejects when the browser dies without `close` having been called; never resolves. Safe to leave alone. */
    readonly died: Promise<never>;
    /** A new page under guard, of the session's origins, in a browser context of its own. */
    newPage(options?: PageOptions): Promise<PageGuard>;
    /** Ends the browser within about 5 s, by force if it must be. May be called twice. */
    close(): Promise<void>;
}

/**
 * See the file comment.
 *
 * @throws MixreelError `environment` if there is no browser or it does not start; `bad-input` for an origin that is none.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<BrowserSession> {
    const origins = options.origins ?? [];
    const hosts = origins === 'open' ? 'open' : origins.map(hostOf);
    const executablePath = options.executablePath ?? (await provideBrowser({ vulkan: false })).browser.executablePath;
    const host = nodeHost();
    // What the browser does outside of the pages that it is asked for goes through a gate, too.
    const gate = origins === 'open' ? null : await Gate.open();
    gate?.allow(origins === 'open' ? [] : origins);
    const args = launchFlags({
        gpu: options.gpu ?? 'swiftshader',
        hosts,
        noSandbox: host.platform === 'linux' && host.isRoot,
        ...(gate ? { proxy: gate.proxy } : {})
    });
    // Loaded here: it takes 0.2 s that a run without pages need not wait.
    const { default: puppeteer } = await import('puppeteer-core');
    const shell = /headless[-_]shell/.test(executablePath);
    const browser = await puppeteer
        .launch({
            executablePath,
            headless: options.headless === false ? false : shell ? 'shell' : true,
            args: [...args, ...(options.args ?? [])],
            ...NO_SIGNALS,
            // A browser whose pipe is closed ends, also where its owner was killed; and no port of it listens.
            pipe: true,
            timeout: options.launchTimeoutMs ?? 60_000,
            protocolTimeout: options.callTimeoutMs ?? 180_000
        })
        .catch((cause: unknown) => {
            gate?.close();
            throw new MixreelError('environment', {
                what: `${executablePath} did not start: ${firstLine(cause)}`,
                mend: 'Run "mixreel doctor" to see what is missing, or set PUPPETEER_EXECUTABLE_PATH to another Chromium',
                cause
            });
        });
    const child = browser.process();
    if (child) endWithProcess(child);
    if (gate) browser.once('disconnected', () => gate.close());
    return session(browser, executablePath, await browser.version(), origins);
}

/** What a page hands the browser to keep would land in a folder of the user's. */
const NO_DOWNLOADS = { downloadBehavior: { policy: 'deny' } } as const;

/** A page that is ready to be used, and its way out; null: no gate. */
interface BlankPage {
    readonly page: Page;
    readonly gate: Gate | null;
}

/** A page in a context of its own. */
async function blankPage(browser: Browser, gated: boolean): Promise<BlankPage> {
    if (!gated) return { page: await (await browser.createBrowserContext(NO_DOWNLOADS)).newPage(), gate: null };
    const gate = await Gate.open();
    const close = (): void => gate.close();
    browser.once('disconnected', close);
    try {
        const context = await browser.createBrowserContext({
            ...NO_DOWNLOADS,
            proxyServer: gate.proxy,
            proxyBypassList: [GATE_BYPASS]
        });
        const page = await context.newPage();
        page.once('close', () => {
            browser.off('disconnected', close);
            gate.close();
        });
        return { page, gate };
    } catch (error) {
        gate.close();
        throw error;
    }
}

function session(
    browser: Browser,
    executablePath: string,
    version: string,
    origins: readonly string[] | 'open'
): BrowserSession {
    let closing: Promise<void> | undefined;
    const died = new Promise<never>((_, reject) => {
        browser.once('disconnected', () => {
            if (closing) return;
            reject(
                new MixreelError('environment', {
                    what: 'the browser died',
                    mend: 'Run it again; if it dies again, free some memory or run fewer workers'
                })
            );
        });
    });
    died.catch(() => {});
    // Half of what a page costs is its context: 0.3 s of the processor, most of it while a page before it waits for a frame.
    const gated = origins !== 'open';
    let spare: Promise<BlankPage | null> | undefined;
    return {
        browser,
        executablePath,
        version,
        died,
        async newPage(options = {}) {
            // Taken at once: of two that ask, one gets it.
            const ready = spare;
            spare = undefined;
            // A session that is confined has no open pages.
            const own = gated && options.origins === 'open' ? origins : (options.origins ?? origins);
            const fits = gated === (own !== 'open') ? await ready : null;
            const { page, gate } = fits ?? (await blankPage(browser, own !== 'open'));
            if (options.another) spare ??= blankPage(browser, gated).catch(() => null);
            await page.setViewport({
                width: options.widthPx ?? 1280,
                height: options.heightPx ?? 720,
                deviceScaleFactor: options.pixelRatio ?? 1
            });
            const failOnPageError = options.failOnPageError ?? true;
            const answer = options.answer ? { answer: options.answer } : {};
            const onEvent = options.onEvent ? { onEvent: options.onEvent } : {};
            const guard = await PageGuard.attach(page, {
                origins: own,
                failOnPageError,
                ...answer,
                ...onEvent
            });
            if (own !== 'open')
                gate?.allow(own, (address) => guard.note('blocked-request', `a connection to ${address}`));
            died.catch((error: MixreelError) => guard.breakWith(error));
            return guard;
        },
        close() {
            closing ??= closeOrKill(browser);
            return closing;
        }
    };
}

async function closeOrKill(browser: Browser): Promise<void> {
    const child = browser.process();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), 5_000);
    });
    const ended = browser.close().then(
        () => 'closed' as const,
        () => 'late' as const
    );
    const outcome = await Promise.race([ended, late]);
    clearTimeout(timer);
    if (outcome === 'late') child?.kill('SIGKILL');
}

/** The host of an origin. Throws `bad-input` if it is none. */
export function hostOf(origin: string): string {
    return addressOf(origin).replace(/:\d+$/, '');
}

function firstLine(cause: unknown): string {
    const text = cause instanceof Error ? cause.message : String(cause);
    const lines = text.split('\n').map((line) => line.trim());
    return (
        lines.find((line) => /error while loading|No usable sandbox|cannot open/i.test(line)) ??
        lines[0] ??
        ''
    ).slice(0, 300);
}
