import { describe, expect, it } from 'vitest';
import { BrowserPool } from '../../src/browser/browser-pool.ts';
import type { BrowserSession, LaunchOptions } from '../../src/browser/launch-browser.ts';

/** A launcher of browsers that only count. */
function counting() {
    const seen = { launched: [] as LaunchOptions[], closed: 0, pages: [] as unknown[], die: (_: Error): void => {} };
    const launch = async (options: LaunchOptions = {}): Promise<BrowserSession> => {
        seen.launched.push(options);
        const died = new Promise<never>((_, reject) => (seen.die = reject));
        died.catch(() => {});
        const newPage = async (page: unknown) => {
            seen.pages.push(page);
            return { close: async () => {} };
        };
        return { died, newPage, close: async () => void seen.closed++ } as unknown as BrowserSession;
    };
    return { seen, pool: new BrowserPool(launch) };
}

const here = (port: number): { origins: string[] } => ({ origins: [`http://127.0.0.1:${port}`] });

describe('BrowserPool', () => {
    it('lends one browser to scenarios on the same host, each page with its own origins', async () => {
        const { seen, pool } = counting();
        for (const port of [1000, 2000]) {
            const lease = await pool.lease(here(port));
            await lease.session.newPage({ widthPx: 10 });
            await lease.session.close();
            await lease.end(false);
        }
        expect(seen.launched).toHaveLength(1);
        expect(seen.pages).toEqual([1000, 2000].map((port) => ({ widthPx: 10, ...here(port) })));
        expect(seen.closed).toBe(0);
        await pool.close();
        expect(seen.closed).toBe(1);
    });

    it('starts another for another host or another way of drawing', async () => {
        const { seen, pool } = counting();
        await pool.lease(here(1));
        await pool.lease({ ...here(1), gpu: 'none' });
        await pool.lease({ origins: ['http://localhost:1'] });
        await pool.lease({ origins: 'open' });
        expect(seen.launched).toHaveLength(4);
    });

    it('starts one for two that ask at once, and gives pages to nobody whose lease has ended', async () => {
        const { seen, pool } = counting();
        const [first] = await Promise.all([pool.lease(here(1)), pool.lease(here(2))]);
        expect(seen.launched).toHaveLength(1);
        await first.end(false);
        await expect(first.session.newPage()).rejects.toMatchObject({ code: 'aborted' });
        expect(seen.pages).toEqual([]);
    });

    it('tries again after one that did not start', async () => {
        let tries = 0;
        const pool = new BrowserPool(async () => {
            tries++;
            throw new Error('no');
        });
        for (let i = 0; i < 2; i++) await expect(pool.lease()).rejects.toThrow('no');
        expect(tries).toBe(2);
    });

    it('never lends one again in which something broke, or which died', async () => {
        const { seen, pool } = counting();
        await (await pool.lease(here(1))).end(true);
        expect(seen.closed).toBe(1);
        const lease = await pool.lease(here(1));
        seen.die(new Error('died'));
        await expect(lease.session.died).rejects.toThrow('died');
        await pool.lease(here(1));
        expect(seen.launched).toHaveLength(3);
    });
});
