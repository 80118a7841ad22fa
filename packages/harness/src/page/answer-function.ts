/**
 * Answers of the network from a function of Request and Response, the types of fetch: handlers of msw fit without the harness
 * knowing msw (`(request) => getResponse(handlers, request)`), and need no service worker in the page.
 */
import { badInput } from '@mixreel/core';
import type { AskedRequest, PageAnswer } from '../browser/request-filter.ts';

/** Undefined: no answer of its own; the request then goes to the page's origin, or is refused. */
export type AnswerFunction = (request: Request) => Promise<Response | undefined> | Response | undefined;

/** What a function answers to a request of a page. Rejects with `bad-input` that names the request if the function throws. */
export async function answerOf(
    give: AnswerFunction,
    asked: AskedRequest,
    ownOrigin: string
): Promise<PageAnswer | null> {
    const { method, url } = asked;
    if (!url.startsWith('http')) return null;
    // A browser asks first whether it may ask another origin; it may, and what has no answer is refused afterwards.
    const preflight = method === 'OPTIONS' && 'access-control-request-method' in asked.headers;
    if (preflight && new URL(url).origin !== ownOrigin)
        return { status: 204, headers: { 'access-control-allow-methods': '*' }, body: new Uint8Array() };
    try {
        const body = await asked.body();
        const bodyless = body === null || method === 'GET' || method === 'HEAD';
        const headers = Object.entries(asked.headers).filter(([name]) => !name.startsWith(':'));
        const response = await give(
            new Request(url, { method, headers, ...(bodyless ? {} : { body: new Uint8Array(body) }) })
        );
        if (response === undefined) return null;
        return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: new Uint8Array(await response.arrayBuffer())
        };
    } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw badInput(
            `the answer to ${method} ${url} failed: ${why}`,
            'a Response or undefined',
            'Correct answers',
            cause
        );
    }
}
