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
import type { Page } from 'puppeteer-core';
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

/** Watches the requests of one page: for its report, and to know when none is on its way. */
export class RequestLog {
    readonly #asked = new Map<string, Asked>();
    readonly #open = new Set<string>();
    readonly #idle: (() => void)[] = [];
    #dropped = 0;

    /** Begins to watch; call it before the page navigates. */
    static async attach(page: Page): Promise<RequestLog> {
        const log = new RequestLog();
        const session = await page.createCDPSession();
        session.on('Network.requestWillBeSent', ({ requestId, request, timestamp, type = 'Other' }) => {
            if (!request.url.startsWith('http')) return;
            log.#open.add(requestId);
            if (log.#asked.size >= REQUEST_LIMIT) {
                log.#dropped++;
                return;
            }
            const { pathname, search } = new URL(request.url);
            const path = pathname + search;
            const sentNs = Math.round(timestamp * 1e9);
            log.#asked.set(requestId, {
                path,
                type,
                sentNs,
                firstNs: null,
                doneNs: null,
                failed: false,
                sizeBytes: 0
            });
        });
        session.on('Network.responseReceived', ({ requestId, timestamp }) => {
            const asked = log.#asked.get(requestId);
            if (asked) asked.firstNs = Math.round(timestamp * 1e9);
        });
        session.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) =>
            log.#end(requestId, timestamp, encodedDataLength, false)
        );
        session.on('Network.loadingFailed', ({ requestId, timestamp }) => log.#end(requestId, timestamp, 0, true));
        await session.send('Network.enable');
        return log;
    }

    /** Resolves when no request is on its way. */
    idle(): Promise<void> {
        if (this.#open.size === 0) return Promise.resolve();
        return new Promise((done) => void this.#idle.push(done));
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
