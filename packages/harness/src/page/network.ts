/**
 * The network between a page and its origin, by an interface: the harness knows no emulator. One is put in front of the
 * page's origin, so that everything the page loads or fetches from there takes it: the document, modules, models, streams,
 * WebSockets. (Chromium's own throttling, CDP Network.emulateNetworkConditions, was not taken: it knows neither loss nor
 * jitter nor a recorded link, and skips WebSockets.)
 *
 * In real time a page sees how long the way takes. In virtual time its clock stands while answers are on their way, so that
 * the same frame meets the same data in each run, however slow the line was.
 */
import type { DelayCause } from '@mixreel/core';
import type { CDPSession, Page } from 'puppeteer-core';
import type { Section, TimelineEntry } from '../report/report.ts';

/** Puts a network in front of an origin; given under a name in HarnessConfig.networks. */
export interface NetworkEmulator {
    /**
     * @param origin - Of the page, as `http://127.0.0.1:41234`.
     * @param seed - Of whatever is random on the way: the run's.
     */
    open(origin: string, seed: number | string): Promise<NetworkLine>;
}

/** A network at work. */
export interface NetworkLine {
    /** Origin under which the page is reached over this network. */
    readonly origin: string;
    /** What it is, for the report: `a line of 8 Mbit/s, 20 ms`. */
    readonly description: string;
    close(): Promise<void>;
}

/** Time that a request has before the report calls it late, ms: what a person waits without losing the thread (Nielsen 1993). */
const REQUEST_BUDGET_MS = 1000;

/** Requests in the report; later ones are counted only. */
const REQUEST_LIMIT = 500;

interface Asked {
    readonly path: string;
    readonly type: string;
    readonly sentNs: number;
    firstNs: number | null;
    doneNs: number | null;
    failed: boolean;
    sizeBytes: number;
}

/** Watches the requests of one page and its dedicated workers: for its report, and to know when none is on its way. */
export class RequestLog {
    readonly #asked = new Map<string, Asked>();
    readonly #open = new Set<string>();
    readonly #idle: (() => void)[] = [];
    #dropped = 0;

    /** Begins to watch; call it before the page navigates. */
    static async attach(page: Page): Promise<RequestLog> {
        const log = new RequestLog();
        // What a worker asks for goes by its own session, which puppeteer has opened for it.
        page.on('workercreated', ({ client }) => log.#watch(client));
        page.on('workerdestroyed', ({ client }) => log.#forget(client));
        const session = await page.createCDPSession();
        log.#watch(session);
        await session.send('Network.enable');
        return log;
    }

    #watch(session: CDPSession): void {
        const own = (requestId: string): string => `${session.id()} ${requestId}`;
        session.on('Network.requestWillBeSent', ({ requestId, request, timestamp, type = 'Other' }) => {
            if (request.url.startsWith('http')) this.#begin(own(requestId), request.url, timestamp, type);
        });
        session.on('Network.responseReceived', ({ requestId, timestamp }) => {
            const asked = this.#asked.get(own(requestId));
            if (asked) asked.firstNs = Math.round(timestamp * 1e9);
        });
        session.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) =>
            this.#end(own(requestId), timestamp, encodedDataLength, false)
        );
        session.on('Network.loadingFailed', ({ requestId, timestamp }) =>
            this.#end(own(requestId), timestamp, 0, true)
        );
    }

    /** A worker that is ended takes what it asked for with it. */
    #forget(session: CDPSession): void {
        for (const id of this.#open) if (id.startsWith(`${session.id()} `)) this.#open.delete(id);
        this.#tellIdle();
    }

    #begin(id: string, url: string, timestampS: number, type: string): void {
        this.#open.add(id);
        if (this.#asked.size >= REQUEST_LIMIT) {
            this.#dropped++;
            return;
        }
        const { pathname, search } = new URL(url);
        const sentNs = Math.round(timestampS * 1e9);
        const begun = {
            path: pathname + search,
            type,
            sentNs,
            firstNs: null,
            doneNs: null,
            failed: false,
            sizeBytes: 0
        };
        this.#asked.set(id, begun);
    }

    /** Resolves when no request is on its way, to true if one was. */
    idle(): Promise<boolean> {
        if (this.#open.size === 0) return Promise.resolve(false);
        return new Promise((done) => void this.#idle.push(() => done(true)));
    }

    /** The requests as a network timeline. */
    section(title: string, description: string): Section {
        const all = [...this.#asked.values()];
        const start = Math.min(...all.map(({ sentNs }) => sentNs));
        const more = this.#dropped === 0 ? '' : ` ${this.#dropped} further requests are not shown.`;
        return {
            kind: 'timeline',
            title,
            note:
                `Requests of the page over ${description}, in real time. A column is a request: until its answer began (core), ` +
                `and until it had come (transmission). Late: after more than ${REQUEST_BUDGET_MS} ms.${more}`,
            entries: all.map((asked, i) => entryOf(asked, i, start))
        };
    }

    #end(id: string, timestampS: number, sizeBytes: number, failed: boolean): void {
        const asked = this.#asked.get(id);
        if (asked) Object.assign(asked, { doneNs: Math.round(timestampS * 1e9), sizeBytes, failed });
        this.#open.delete(id);
        this.#tellIdle();
    }

    #tellIdle(): void {
        if (this.#open.size === 0) for (const done of this.#idle.splice(0)) done();
    }
}

function entryOf(asked: Asked, frame: number, startNs: number): TimelineEntry {
    const { path, type, sentNs, firstNs, doneNs, failed, sizeBytes } = asked;
    const arrivedNs = failed ? null : doneNs;
    const waitedNs = (firstNs ?? sentNs) - sentNs;
    const delayNs: Partial<Record<DelayCause, number>> =
        arrivedNs === null ? {} : { core: waitedNs, transmission: arrivedNs - sentNs - waitedNs };
    const deadlineNs = REQUEST_BUDGET_MS * 1e6;
    return {
        label: `request ${frame}: ${path.slice(0, 120)}`,
        stream: type.toLowerCase(),
        frame,
        sentNs: sentNs - startNs,
        arrivedNs: arrivedNs === null ? null : arrivedNs - startNs,
        deadlineNs,
        outcome: arrivedNs === null ? 'lost' : 'complete',
        late: arrivedNs !== null && arrivedNs - sentNs > deadlineNs,
        reason: null,
        delayNs,
        sizeBytes
    };
}
