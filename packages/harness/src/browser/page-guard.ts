/**
 * Keeps one page honest: its requests stay at the allowed origins, its dialogs and popups are closed and noted, its crash,
 * its uncaught errors and its lost WebGPU device become one {@link MixreelError} that every wait races against. Without it a
 * page that opens `alert()` or loses its device shows itself as nothing but a timeout.
 */
import { MixreelError } from '@mixreel/core';
import type { Page } from 'puppeteer-core';
import { LOST_DEVICE_CALL, lostDeviceScript } from './lost-device.ts';
import { type AskedRequest, filterRequests, type PageAnswer } from './request-filter.ts';

/** Something a page did that a report should tell. */
export interface PageEvent {
    readonly kind:
        | 'console-error'
        | 'console-warning'
        | 'page-error'
        | 'dialog'
        | 'popup'
        | 'blocked-request'
        | 'crash'
        | 'device-lost';
    readonly text: string;
}

/** What a page may do. */
export interface GuardOptions {
    /** Origins that requests may go to (`http://127.0.0.1:4173`), or `open` for any. */
    readonly origins: readonly string[] | 'open';
    /** True (the default): an uncaught error in the page fails the work in progress. */
    readonly failOnPageError?: boolean;
    /** Answers requests in place of the network; null: no answer of its own. */
    readonly answer?: (request: AskedRequest) => Promise<PageAnswer | null> | PageAnswer | null;
    /** Told of each event when it comes: of a page that hangs, what it printed is what explains it. */
    readonly onEvent?: (event: PageEvent) => void;
}

/** Events kept and told of one page; later ones are counted only. */
const EVENT_LIMIT = 200;

/** See the file comment. */
export class PageGuard {
    readonly page: Page;
    readonly events: PageEvent[] = [];
    /** Rejects once with what went wrong with the page itself; never resolves. Safe to leave alone. */
    readonly broken: Promise<never>;
    readonly #onEvent: (event: PageEvent) => void;
    #reject!: (error: MixreelError) => void;
    /** Events beyond the first 200. */
    droppedEvents = 0;

    private constructor(page: Page, onEvent: (event: PageEvent) => void = () => {}) {
        this.page = page;
        this.#onEvent = onEvent;
        this.broken = new Promise<never>((_, reject) => {
            this.#reject = reject;
        });
        this.broken.catch(() => {});
    }

    /** Puts a page under guard. Call it before the page navigates. */
    static async attach(page: Page, options: GuardOptions): Promise<PageGuard> {
        const guard = new PageGuard(page, options.onEvent);
        const { origins, answer } = options;
        if (origins !== 'open' || answer) {
            const decide = (request: AskedRequest) => guard.#decide(request, origins, answer);
            // What fails while answering is the page's end.
            await filterRequests(page, decide, answer !== undefined, (error) => {
                if (error instanceof MixreelError) guard.#reject(error);
            });
        }
        await page.exposeFunction(LOST_DEVICE_CALL, (what: unknown) => guard.#lose(String(what)));
        await page.evaluateOnNewDocument(lostDeviceScript());
        page.on('dialog', (dialog) => {
            guard.note('dialog', `${dialog.type()}: ${dialog.message()}`);
            // A beforeunload dialog must be accepted for the page to close.
            const answer = dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss();
            answer.catch(() => {});
        });
        page.on('popup', (popup) => {
            guard.note('popup', popup?.url() ?? 'a window');
            popup?.close().catch(() => {});
        });
        page.on('console', (message) => {
            if (message.type() === 'error') guard.note('console-error', message.text());
            if (message.type() === 'warn') guard.note('console-warning', message.text());
        });
        page.on('error', (error) => guard.#fail('crash', 'environment', 'the page crashed', error));
        page.on('close', () => guard.#reject(pageError('environment', 'the page was closed', undefined)));
        page.on('pageerror', (thrown) => {
            const error = thrown instanceof Error ? thrown : new Error(String(thrown));
            guard.note('page-error', error.message);
            if (options.failOnPageError !== false) {
                guard.#reject(pageError('bad-input', `the page threw ${JSON.stringify(error.message)}`, error));
            }
        });
        return guard;
    }

    /** Races work in the page against the page's death. */
    watch<T>(work: Promise<T>): Promise<T> {
        work.catch(() => {});
        return Promise.race([work, this.broken]);
    }

    /** Closes the page and its browser context; never fails. */
    async close(): Promise<void> {
        // A context takes its pages with it; that of the browser itself cannot be closed.
        const context = this.page.browserContext();
        await context.close().catch(() => this.page.close().catch(() => {}));
    }

    /** Makes every present and future wait on this page end with the error. */
    breakWith(error: MixreelError): void {
        this.#reject(error);
    }

    note(kind: PageEvent['kind'], text: string): void {
        const event = { kind, text: text.slice(0, 1000) };
        if (this.events.length === EVENT_LIMIT) {
            this.droppedEvents++;
            return;
        }
        this.events.push(event);
        this.#onEvent(event);
    }

    #decide(request: AskedRequest, origins: readonly string[] | 'open', answer: GuardOptions['answer']) {
        const own = answer?.(request) ?? null;
        return own instanceof Promise
            ? own.then((given) => this.#answerOr(given, request, origins))
            : this.#answerOr(own, request, origins);
    }

    #answerOr(
        own: PageAnswer | null,
        { url }: AskedRequest,
        origins: readonly string[] | 'open'
    ): PageAnswer | 'load' | 'refuse' {
        if (own) {
            // The page's own origin is not that of the address: without leave it could not read the answer.
            const leave = {
                'access-control-allow-origin': '*',
                'access-control-allow-headers': '*',
                'cross-origin-resource-policy': 'cross-origin'
            };
            const given = Object.entries(own.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
            return { ...own, headers: { ...Object.fromEntries(given), ...leave } };
        }
        if (origins === 'open' || mayLoad(url, origins)) return 'load';
        this.note('blocked-request', url);
        return 'refuse';
    }

    #lose(what: string): void {
        this.note('device-lost', what);
        this.#reject(
            new MixreelError('device-lost', {
                what: `the page lost ${what.slice(0, 500)}`,
                mend: 'Run it again; if it is lost again, look at the GPU memory that it takes'
            })
        );
    }

    #fail(kind: PageEvent['kind'], code: 'environment', what: string, cause: Error): void {
        this.note(kind, cause.message);
        this.#reject(pageError(code, what, cause));
    }
}

/** True if a URL stays inside the page (data:, blob:, about:) or goes to one of the origins. */
export function mayLoad(url: string, origins: readonly string[]): boolean {
    let parsed: URL;
    try {
        parsed = new URL(url);
    } catch {
        return false;
    }
    if (['data:', 'about:'].includes(parsed.protocol)) return true;
    // A blob's origin is that of the page that made it.
    return origins.includes(parsed.origin) || (parsed.protocol === 'blob:' && parsed.origin === 'null');
}

function pageError(code: 'environment' | 'bad-input', what: string, cause: Error | undefined): MixreelError {
    return new MixreelError(code, {
        what,
        mend: 'Open the page in a browser and look at its console; the report lists what it printed',
        ...(cause ? { cause } : {})
    });
}
