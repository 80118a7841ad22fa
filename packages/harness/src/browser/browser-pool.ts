/**
 * Browsers that scenarios share: starting one takes 1 to 3 s on SwiftShader, a page in a running one 0.1 s. Every page still
 * has a context of its own (no cookies, no cache of another) and reaches only its own scenario's origins. A browser in which
 * anything broke is ended and never used again.
 */
import { type BrowserSession, hostOf, type LaunchOptions, launchBrowser, type PageOptions } from './launch-browser.ts';
import type { PageGuard } from './page-guard.ts';

/** A browser lent to one scenario. */
export interface BrowserLease {
    /** Its pages are closed when the lease ends; `close` does nothing. */
    readonly session: BrowserSession;
    /** Gives it back; `broken`: something went wrong while it was used. */
    end(broken: boolean): Promise<void>;
}

/** See the file comment. */
export class BrowserPool {
    readonly #launch: typeof launchBrowser;
    readonly #running = new Map<string, BrowserSession>();

    constructor(launch: typeof launchBrowser = launchBrowser) {
        this.#launch = launch;
    }

    /** A browser that draws as asked and reaches the origins: a running one, or a new one. */
    async lease(options: Pick<LaunchOptions, 'origins' | 'gpu'> = {}): Promise<BrowserLease> {
        const { origins = [], gpu = 'swiftshader' } = options;
        const hosts = origins === 'open' ? 'open' : [...new Set(origins.map(hostOf))].sort();
        const key = JSON.stringify([gpu, hosts]);
        let session = this.#running.get(key);
        if (!session) {
            session = await this.#launch({ origins, gpu });
            this.#running.set(key, session);
            const forget = (): void => this.#forget(key, session);
            session.died.catch(forget);
        }
        const lent = session;
        const pages: PageGuard[] = [];
        const newPage = async (page: PageOptions = {}): Promise<PageGuard> => {
            const guard = await lent.newPage({ ...page, origins });
            pages.push(guard);
            return guard;
        };
        return {
            session: { ...lent, newPage, close: async () => {} },
            end: async (broken) => {
                if (broken) {
                    this.#forget(key, lent);
                    await lent.close();
                } else {
                    await Promise.all(pages.map((page) => page.close()));
                }
            }
        };
    }

    /** Ends them all. */
    async close(): Promise<void> {
        const all = [...this.#running.values()];
        this.#running.clear();
        await Promise.all(all.map((session) => session.close()));
    }

    #forget(key: string, session: BrowserSession | undefined): void {
        if (this.#running.get(key) === session) this.#running.delete(key);
    }
}
