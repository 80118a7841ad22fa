/** Browsers that the runs of one test file share: starting one takes 1 to 3 s. Not for tests in which one is to break. */
import { afterAll } from 'vitest';
import { type BrowserSession, hostOf, launchBrowser } from '../../src/browser/launch-browser.ts';

/** For the `launch` of runs. The browsers end after the file's tests. */
export function sharedLaunch(): typeof launchBrowser {
    const running = new Map<string, Promise<BrowserSession>>();
    afterAll(async () => {
        for (const starting of running.values()) await (await starting).close();
    });
    return async (options = {}) => {
        const { gpu, origins = [] } = options;
        // As browsers are shared within a run: pages have origins of their own.
        const hosts = origins === 'open' ? origins : [...new Set(origins.map(hostOf))].sort();
        const key = JSON.stringify([gpu, hosts]);
        const starting = running.get(key) ?? launchBrowser(options);
        running.set(key, starting);
        return { ...(await starting), close: async () => {} };
    };
}
