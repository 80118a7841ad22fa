/**
 * Starts a Chromium that draws WebGPU the same way everywhere, reaches nothing but the origins it is given, and cannot hang
 * its caller: every wait ends in an answer, a crash or a timeout, and `close` always ends with the process gone.
 *
 * The profile is fresh each time (puppeteer makes one in the temporary folder and deletes it). Pages must come from a secure
 * context (http://127.0.0.1 counts): about:blank and `setContent` have no `navigator.gpu`.
 */
import { badInput, MixreelError } from '@mixreel/core';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { nodeHost } from './host.ts';
import { type BrowserGpu, launchFlags } from './launch-flags.ts';
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
    const args = launchFlags({
        gpu: options.gpu ?? 'swiftshader',
        hosts,
        noSandbox: host.platform === 'linux' && host.isRoot
    });
    const shell = /headless[-_]shell/.test(executablePath);
    const browser = await puppeteer
        .launch({
            executablePath,
            headless: options.headless === false ? false : shell ? 'shell' : true,
            args: [...args, ...(options.args ?? [])],
            timeout: options.launchTimeoutMs ?? 60_000,
            protocolTimeout: options.callTimeoutMs ?? 180_000
        })
        .catch((cause: unknown) => {
            throw new MixreelError('environment', {
                what: `${executablePath} did not start: ${firstLine(cause)}`,
                mend: 'Run "mixreel doctor" to see what is missing, or set PUPPETEER_EXECUTABLE_PATH to another Chromium',
                cause
            });
        });
    return session(browser, executablePath, await browser.version(), origins);
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
    const blank = async (): Promise<Page> => (await browser.createBrowserContext()).newPage();
    let spare: Promise<Page | null> | undefined;
    return {
        browser,
        executablePath,
        version,
        died,
        async newPage(options = {}) {
            // Taken at once: of two that ask, one gets it.
            const ready = spare;
            spare = undefined;
            const page = (await ready) ?? (await blank());
            if (options.another) spare ??= blank().catch(() => null);
            await page.setViewport({
                width: options.widthPx ?? 1280,
                height: options.heightPx ?? 720,
                deviceScaleFactor: options.pixelRatio ?? 1
            });
            const failOnPageError = options.failOnPageError ?? true;
            const answer = options.answer ? { answer: options.answer } : {};
            const guard = await PageGuard.attach(page, {
                origins: options.origins ?? origins,
                failOnPageError,
                ...answer
            });
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
    let url: URL | undefined;
    try {
        url = new URL(origin);
    } catch {
        // Answered below.
    }
    if (!url || url.origin !== origin) {
        throw badInput(
            `origin is ${JSON.stringify(origin)}`,
            'scheme, host and port, such as http://127.0.0.1:4173',
            'Leave out the path and the trailing slash'
        );
    }
    return url.hostname;
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
