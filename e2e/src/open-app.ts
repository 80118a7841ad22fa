/** Opens built apps in Chromium for a test file: one browser and one server for all of its tests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { type BrowserSession, type FolderServer, launchBrowser, type PageGuard, serveFolder } from '@mixreel/harness';
import type { Plain } from './page-api.ts';

const dist = join(import.meta.dirname, '..', 'dist');

/** An app in a page. */
export class OpenApp {
    readonly guard: PageGuard;

    constructor(guard: PageGuard) {
        this.guard = guard;
    }

    /** Calls the app. Fails at once when the page throws, crashes or loses its browser. */
    async call<T extends Plain>(name: string, argument: Plain = null): Promise<T> {
        const work = this.guard.page.evaluate(
            async (callName, callArgument) => {
                const calls = await window.mixreelApp!.ready;
                const call = calls[callName];
                if (!call) throw new Error(`the app has no call "${callName}"`);
                return call(callArgument as Plain);
            },
            name,
            argument as never
        );
        return (await this.guard.watch(work)) as T;
    }

    async close(): Promise<void> {
        await this.guard.page.close();
    }
}

/** A browser and the server of the built apps. */
export class AppHost {
    readonly session: BrowserSession;
    readonly #server: FolderServer;

    private constructor(session: BrowserSession, server: FolderServer) {
        this.session = session;
        this.#server = server;
    }

    /**
     * @param files - Served beside the apps: `/models/box.glb`.
     * @param args - Further flags of the browser.
     */
    static async start(
        files: Readonly<Record<string, Uint8Array>> = {},
        args: readonly string[] = []
    ): Promise<AppHost> {
        if (!existsSync(join(dist, 'apps'))) {
            throw new MixreelError('environment', {
                what: 'the apps of e2e are not built',
                mend: 'Run "npm run build"'
            });
        }
        const server = await serveFolder({ folder: dist, files });
        try {
            return new AppHost(await launchBrowser({ origins: [server.origin], args }), server);
        } catch (error) {
            await server.close();
            throw error;
        }
    }

    /**
     * Opens `apps/<name>/index.html` and waits until it is ready.
     *
     * @param failOnPageError - False where uncaught errors of the page are part of the test.
     */
    async open(name: string, { failOnPageError = true }: { failOnPageError?: boolean } = {}): Promise<OpenApp> {
        const guard = await this.session.newPage({ widthPx: 640, heightPx: 480, failOnPageError });
        await guard.watch(guard.page.goto(`${this.#server.origin}/apps/${name}/index.html`));
        await guard.watch(guard.page.waitForFunction(() => window.mixreelApp !== undefined));
        await guard.watch(
            guard.page.evaluate(async () => {
                await window.mixreelApp!.ready;
            })
        );
        return new OpenApp(guard);
    }

    async close(): Promise<void> {
        await this.session.close();
        await this.#server.close();
    }
}
