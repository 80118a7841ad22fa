/**
 * Browsers that scenarios share: starting one takes 1 to 3 s on SwiftShader, a page in a running one 0.1 s. Every page still
 * has a context of its own (no cookies, no cache of another) and reaches only its own scenario's origins. A browser in which
 * anything broke is ended and never used again.
 */
import { MixreelError } from '@mixreel/core';
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
    /** As promises: two that ask at once share one that starts. */
    readonly #running = new Map<string, Promise<BrowserSession>>();

    constructor(launch: typeof launchBrowser = launchBrowser) {
        this.#launch = launch;
    }

    /** A browser that draws as asked and reaches the origins: a running one, or a new one. */
    async lease(options: Pick<LaunchOptions, 'origins' | 'gpu'> = {}): Promise<BrowserLease> {
        const { origins = [], gpu = 'swiftshader' } = options;
        const hosts = origins === 'open' ? 'open' : [...new Set(origins.map(hostOf))].sort();
        const key = JSON.stringify([gpu, hosts]);
        let starting = this.#running.get(key);
        if (!starting) {
            starting = this.#launch({ origins, gpu });
            this.#running.set(key, starting);
        }
        const forget = (): void => {
            if (this.#running.get(key) === starting) this.#running.delete(key);
        };
        const session = await starting.catch((error: unknown) => {
            forget();
            throw error;
        });
        session.died.catch(forget);
        const pages = new Set<PageGuard>();
        let over = false;
        const newPage = async (page: PageOptions = {}): Promise<PageGuard> => {
            const guard = over ? null : await session.newPage({ ...page, origins });
            // Asked for after the end, or made while it came.
            if (over) {
                await guard?.close();
                throw new MixreelError('aborted', {
                    what: 'a page was asked for after the scenario was over',
                    mend: 'Await everything that the scenario starts'
                });
            }
            pages.add(guard!);
            return guard!;
        };
        return {
            session: { ...session, newPage, close: async () => {} },
            end: async (broken) => {
                over = true;
                if (broken) {
                    forget();
                    await session.close();
                } else {
                    await Promise.all([...pages].map((page) => page.close()));
                }
            }
        };
    }

    /** Ends them all. */
    async close(): Promise<void> {
        const all = [...this.#running.values()];
        this.#running.clear();
        await Promise.all(all.map((starting) => starting.then((session) => session.close()).catch(() => {})));
    }
}
