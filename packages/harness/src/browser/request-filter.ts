/**
 * Decides on every request of a page before it leaves the browser: lets it go, refuses it, or answers it in place of the
 * network. It speaks the Fetch domain of Chromium's protocol itself, on the sessions of the page, of its frames of other origins and
 * of its dedicated workers, those of workers included.
 *
 * Puppeteer's setRequestInterception was not kept: it answers a paused request only once it has heard of the same request by
 * the Network domain too, which a module worker's imports do not always come to, so that the worker waited for ever in silence.
 *
 * Shared and service workers are no part of one page; their connections end at the gate (gate.ts).
 */
import type { CDPSession, Page, Protocol } from 'puppeteer-core';

/** A request on hold. */
export interface AskedRequest {
    readonly method: string;
    /** Without its fragment. */
    readonly url: string;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    /** The bytes it sends; null: none. */
    body(): Promise<Uint8Array | null>;
}

/** An answer given in place of the network. */
export interface PageAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
}

/** What becomes of a request. At once where that is possible: requests keep their order. */
export type RequestDecision = (
    request: AskedRequest
) => Promise<PageAnswer | 'load' | 'refuse'> | PageAnswer | 'load' | 'refuse';

const PATTERNS = { patterns: [{ urlPattern: '*' }] };
const FRAMES = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: 'iframe' }] };

/**
 * Puts a page's requests on hold, each until the decision. Call it before the page navigates.
 *
 * @param readsBodies - True: the decision looks at what requests send; the browser keeps it for that.
 * @param onError - Told of what the decision threw; that request is refused.
 */
export async function filterRequests(
    page: Page,
    decide: RequestDecision,
    readsBodies: boolean,
    onError: (error: unknown) => void
): Promise<void> {
    const filter = (session: CDPSession): Promise<unknown> => {
        session.on('Fetch.requestPaused', (paused) => void answerPaused(session, paused, decide, onError));
        // Sent in one go: a target that waits to be let run hears them before that.
        return Promise.all([
            ...(readsBodies ? [session.send('Network.enable')] : []),
            session.send('Fetch.enable', PATTERNS)
        ]);
    };
    const withFrames = (session: CDPSession): Promise<unknown> => {
        session.on('Target.attachedToTarget', ({ sessionId }) => {
            const frame = session.connection()?.session(sessionId);
            if (!frame) return;
            // One that is gone already needs nothing.
            withFrames(frame).catch(() => {});
            frame.send('Runtime.runIfWaitingForDebugger').catch(() => {});
        });
        return Promise.all([filter(session), session.send('Target.setAutoAttach', FRAMES)]);
    };
    // Puppeteer tells of a worker before it lets it run, on whose session this comes first.
    page.on('workercreated', (worker) => void filter(worker.client).catch(() => {}));
    await page.setCacheEnabled(false);
    await withFrames(await page.createCDPSession());
}

async function answerPaused(
    session: CDPSession,
    paused: Protocol.Fetch.RequestPausedEvent,
    decide: RequestDecision,
    onError: (error: unknown) => void
): Promise<void> {
    const { requestId } = paused;
    try {
        const decided = decide(askedOf(session, paused));
        const decision = decided instanceof Promise ? await decided : decided;
        // A page that went away meanwhile needs no answer.
        if (decision === 'load') session.send('Fetch.continueRequest', { requestId }).catch(() => {});
        else if (decision === 'refuse') refuse(session, requestId);
        else session.send('Fetch.fulfillRequest', { requestId, ...fulfilment(decision) }).catch(() => {});
    } catch (error) {
        refuse(session, requestId);
        onError(error);
    }
}

function refuse(session: CDPSession, requestId: string): void {
    session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' }).catch(() => {});
}

function askedOf(session: CDPSession, { request, networkId }: Protocol.Fetch.RequestPausedEvent): AskedRequest {
    const { method, url, headers, hasPostData = false, postData, postDataEntries } = request;
    return {
        method,
        url,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        async body() {
            const entries = (postDataEntries ?? []).flatMap(({ bytes }) => bytes ?? []);
            if (entries.length > 0) return Buffer.concat(entries.map((base64) => Buffer.from(base64, 'base64')));
            if (postData !== undefined) return Buffer.from(postData);
            if (!hasPostData || networkId === undefined) return null;
            // A blob's bytes, say, are not at hand where the request is held.
            const kept = await session.send('Network.getRequestPostData', { requestId: networkId });
            return Buffer.from(kept.postData);
        }
    };
}

function fulfilment({ status, headers, body }: PageAnswer): Omit<Protocol.Fetch.FulfillRequestRequest, 'requestId'> {
    const length = { 'content-length': String(body.byteLength) };
    return {
        responseCode: status,
        responseHeaders: Object.entries({ ...length, ...headers }).map(([name, value]) => ({ name, value })),
        body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
    };
}
