/** The example apps of the path tracer, built, as a user would press their buttons. Small canvases: SwiftShader is slow. */
import { join } from 'node:path';
import { type BrowserSession, type FolderServer, launchBrowser, type PageGuard, serveFolder } from '@mixreel/harness';
import { readPng } from '@mixreel/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: FolderServer;
let session: BrowserSession;

beforeAll(async () => {
    server = await serveFolder({ folder: join(import.meta.dirname, '..', 'dist', 'examples') });
    session = await launchBrowser({ origins: [server.origin] });
});

afterAll(async () => {
    await session?.close();
    await server?.close();
});

async function open(path: string): Promise<PageGuard> {
    const guard = await session.newPage({ widthPx: 160, heightPx: 120 });
    await guard.watch(guard.page.goto(`${server.origin}/${path}`));
    return guard;
}

/** Waits until an element's text matches. */
async function shows(guard: PageGuard, id: string, pattern: RegExp): Promise<string> {
    const handle = guard.page.waitForFunction(
        (element, source) => {
            const text = document.getElementById(element)?.textContent ?? '';
            return new RegExp(source).test(text) && text;
        },
        { timeout: 120_000, polling: 50 },
        id,
        pattern.source
    );
    return (await (await guard.watch(handle)).jsonValue()) as string;
}

const click = (guard: PageGuard, id: string): Promise<void> =>
    guard.watch(guard.page.evaluate((element) => document.getElementById(element)!.click(), id));

/** Number of different colours of a screenshot: a picture has many, an empty canvas one. */
async function colours({ page }: PageGuard): Promise<number> {
    const png = readPng(await page.screenshot({ clip: { x: 0, y: 0, width: 160, height: 60 } }));
    const seen = new Set<number>();
    for (let i = 0; i < png.data.length; i += png.channels) {
        seen.add((png.data[i]! << 16) | (png.data[i + 1]! << 8) | png.data[i + 2]!);
    }
    return seen.size;
}

describe('the example', () => {
    it('"live scene" gathers samples, follows what moves, and shows the raster picture and the traced one', async () => {
        const guard = await open('live-scene/?scale=0.4&spp=4');
        await shows(guard, 'spp', /^4 samples/);
        expect(await colours(guard)).toBeGreaterThan(500);
        await click(guard, 'motion');
        await shows(guard, 'spp', /^1 samples/);
        await click(guard, 'motion');
        await shows(guard, 'spp', /^4 samples/);
        await click(guard, 'mode');
        await shows(guard, 'mode', /^Path-traced$/);
        await click(guard, 'mode');
        await shows(guard, 'mode', /^Raster$/);
        await guard.page.close();
    });

    it('"still" renders a PNG of the size that was asked for, and can be cancelled', async () => {
        const guard = await open('still/?size=48x32&spp=2');
        await guard.watch(guard.page.waitForFunction(() => document.getElementById('render')?.onclick !== null));
        await click(guard, 'render');
        await shows(guard, 'state', /^48 x 32/);
        const bytes = await guard.watch(
            guard.page.evaluate(async () => {
                const { href } = document.getElementById('save') as HTMLAnchorElement;
                return [...new Uint8Array(await (await fetch(href)).arrayBuffer())];
            })
        );
        expect(readPng(Uint8Array.from(bytes))).toMatchObject({ widthPx: 48, heightPx: 32 });
        await click(guard, 'render');
        await click(guard, 'cancel');
        await shows(guard, 'state', /^cancelled$/);
        await guard.page.close();
    });

    it('"editor script" starts with the script\'s attributes and restarts when one is changed', async () => {
        const guard = await open('editor-script/?scale=0.25&spp=2');
        await shows(guard, 'spp', /^2 samples/);
        await guard.watch(
            guard.page.evaluate(() => {
                document.getElementById('spp')!.textContent = '';
                const bounces = document.getElementById('bounces') as HTMLInputElement;
                bounces.value = '1';
                bounces.dispatchEvent(new Event('input'));
            })
        );
        await shows(guard, 'spp', /^2 samples/);
        await guard.page.close();
    });
});
