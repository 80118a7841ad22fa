/**
 * Answers of the network, recorded once and given again: a page that fetches from elsewhere is tested without it. The file is
 * a HAR 1.2 (the subset that matters), so that one exported from a browser's tools can be given as well.
 *
 * An answer is found by method, address and body. The same request made several times gets the recorded answers in their
 * order, the last one from then on.
 *
 * An answer whose body did not come is an error and no answer without one: a page that is given nothing draws something else,
 * and nobody would know why. Only what the page itself broke off is kept without its body.
 */
import { readFile } from 'node:fs/promises';
import { badInput, MixreelError } from '@mixreel/core';
import type { CDPSession, HTTPResponse, Page } from 'puppeteer-core';
import type { AskedRequest, PageAnswer } from '../browser/request-filter.ts';
import { writeFileAtomic } from '../report/write-report.ts';

interface HarEntry {
    readonly request: { readonly method: string; readonly url: string; readonly postData?: { readonly text?: string } };
    readonly response: {
        readonly status: number;
        readonly headers: readonly { readonly name: string; readonly value: string }[];
        readonly content: {
            /** Bytes of the body. */
            readonly size?: number;
            readonly text?: string;
            readonly encoding?: string;
            readonly mimeType: string;
            readonly comment?: string;
        };
    };
}

/** Headers that describe the way, not the answer: the body is kept as it is after decoding. */
const HOP_HEADERS: ReadonlySet<string> = new Set([
    'content-encoding',
    'content-length',
    'transfer-encoding',
    'connection',
    'set-cookie'
]);

/** What Chromium keeps of bodies until they are asked for: by itself 10 MB of one and 100 MB of all, less than some scenes. */
const BUFFERS = { maxResourceBufferSize: 512e6, maxTotalBufferSize: 1e9 } as const;
/** Chromium's word for a request that the page gave up. */
const BROKEN_OFF = 'net::ERR_ABORTED';
/** Lost bodies that a message names. */
const MOST_SHOWN = 5;

/** See the file comment. */
export class Recording {
    readonly #answers = new Map<string, PageAnswer[]>();
    readonly #given = new Map<string, number>();
    readonly #entries: HarEntry[] = [];
    readonly #urls = new Set<string>();
    readonly #pending: Promise<void>[] = [];
    readonly #lost: string[] = [];

    /** Throws `bad-input` for a file that is no HAR. */
    static async read(path: string): Promise<Recording> {
        const recording = new Recording();
        let entries: unknown;
        try {
            entries = (JSON.parse(await readFile(path, 'utf8')) as { log?: { entries?: unknown } }).log?.entries;
        } catch (cause) {
            throw badInput(
                `the recording ${path} cannot be read`,
                'a HAR file',
                'Record it first: record: true',
                cause
            );
        }
        if (!Array.isArray(entries))
            throw badInput(`${path} is no recording`, 'a HAR with log.entries', 'Record it anew');
        for (const entry of entries as HarEntry[]) recording.#add(entry, path);
        return recording;
    }

    /** The answer to a request, or null if there is none. */
    async answer({ method, url, body }: AskedRequest): Promise<PageAnswer | null> {
        const sent = await body();
        const key = keyOf(method, url, sent === null ? undefined : Buffer.from(sent).toString('utf8'));
        const all = this.#answers.get(key);
        // What a browser asks before it asks another origin is in no recording.
        if (!all && method === 'OPTIONS' && this.#urls.has(withoutHash(url)))
            return { status: 204, headers: { 'access-control-allow-methods': '*' }, body: new Uint8Array() };
        if (!all) return null;
        const nth = this.#given.get(key) ?? 0;
        this.#given.set(key, nth + 1);
        return all[Math.min(nth, all.length - 1)]!;
    }

    /** Notes what a page is answered from other origins than its own. */
    follow(page: Page, ownOrigin: string): void {
        const clients = new WeakSet<CDPSession>();
        page.on('request', ({ client }) => {
            if (clients.has(client)) return;
            clients.add(client);
            // Without it the large bodies do not come, which is told of then.
            client.send('Network.enable', BUFFERS).catch(() => {});
        });
        page.on('response', (response) => {
            if (new URL(response.url()).origin !== ownOrigin) this.note(response);
        });
    }

    /** Notes an answer that came from the network; {@link settled} waits for its body. */
    note(response: HTTPResponse): void {
        // What is in the address itself (data:, blob:) no page has to be given.
        if (/^https?:/.test(response.url())) this.#pending.push(this.#note(response));
    }

    /** Resolves when all bodies have come: they go with the page. Throws `environment` if one did not come. */
    async settled(): Promise<void> {
        await Promise.all(this.#pending.splice(0));
        const lost = this.#lost.splice(0);
        if (lost.length === 0) return;
        const more = lost.length > MOST_SHOWN ? `, and ${lost.length - MOST_SHOWN} more` : '';
        throw new MixreelError('environment', {
            what: `the recording lacks the body of ${lost.slice(0, MOST_SHOWN).join(', ')}${more}`,
            expected: 'each answer whole',
            mend: 'Record it again; an answer that Chromium does not keep can be given by a function: answers: (request) => …'
        });
    }

    async #note(response: HTTPResponse): Promise<void> {
        const request = response.request();
        const brokenOff = (): boolean => request.failure()?.errorText === BROKEN_OFF;
        let body = Buffer.alloc(0);
        let post: string | undefined;
        try {
            if (hasBody(response)) body = Buffer.from(await response.buffer());
            post = request.postData() ?? (request.hasPostData() ? await request.fetchPostData() : undefined);
        } catch (error) {
            if (!brokenOff())
                return void this.#lost.push(`${request.url()} (${error instanceof Error ? error.message : error})`);
        }
        const headers = Object.entries(response.headers()).filter(([name]) => !HOP_HEADERS.has(name.toLowerCase()));
        this.#add(
            {
                request: {
                    method: request.method(),
                    url: request.url(),
                    ...(post === undefined ? {} : { postData: { text: post } })
                },
                response: {
                    status: response.status(),
                    headers: headers.map(([name, value]) => ({ name, value })),
                    content: {
                        size: body.length,
                        mimeType: response.headers()['content-type'] ?? '',
                        encoding: 'base64',
                        text: body.toString('base64'),
                        ...(brokenOff() ? { comment: 'broken off by the page' } : {})
                    }
                }
            },
            'the recording'
        );
    }

    /** Writes what was noted. */
    async write(path: string): Promise<void> {
        const order = (entry: HarEntry): string => `${entry.request.url} ${entry.request.method}`;
        // By address: answers come in another order each time, and the file should change only where they do.
        const entries = [...this.#entries].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
        const log = { version: '1.2', creator: { name: 'mixreel', version: '1' }, entries };
        await writeFileAtomic(path, `${JSON.stringify({ log }, null, 2)}\n`);
    }

    /** Forgets which answers were given: for another load of the page. */
    restart(): void {
        this.#given.clear();
    }

    #add(entry: HarEntry, where: string): void {
        const { request, response } = entry ?? {};
        const { text = '', encoding, size = 0 } = response?.content ?? {};
        const wellFormed =
            typeof request?.url === 'string' &&
            typeof request.method === 'string' &&
            Number.isInteger(response?.status) &&
            typeof text === 'string' &&
            Array.isArray(response.headers);
        if (!wellFormed) throw badInput(`${where} has an entry that is no answer`, 'HAR 1.2', 'Record it anew');
        if (text === '' && size > 0)
            throw badInput(
                `${where} lacks the body of ${request.url}, ${size} bytes`,
                'a HAR with content',
                'Record it anew, or export it with its content'
            );
        const headers = response.headers.filter(
            ({ name }) => !HOP_HEADERS.has(name.toLowerCase()) && !name.startsWith(':')
        );
        const answer = {
            status: response.status,
            headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
            body: Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8')
        };
        const key = keyOf(request.method, request.url, request.postData?.text);
        this.#answers.set(key, [...(this.#answers.get(key) ?? []), answer]);
        this.#entries.push(entry);
        this.#urls.add(withoutHash(request.url));
    }
}

/** Redirects, answers without content and what is asked before another origin is asked have none. */
function hasBody(response: HTTPResponse): boolean {
    const [status, method] = [response.status(), response.request().method()];
    const redirects = status >= 300 && status < 400;
    return !(
        redirects ||
        status < 200 ||
        status === 204 ||
        status === 205 ||
        method === 'HEAD' ||
        method === 'OPTIONS'
    );
}

function keyOf(method: string, url: string, body: string | undefined): string {
    return JSON.stringify([method.toUpperCase(), withoutHash(url), body ?? '']);
}

function withoutHash(url: string): string {
    return url.split('#')[0] ?? '';
}
