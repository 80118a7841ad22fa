import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HTTPResponse } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { Recording } from '../../src/page/recording.ts';

interface Answer {
    readonly url?: string;
    readonly method?: string;
    readonly status?: number;
    /** Null: it does not come. */
    readonly body: string | null;
    readonly failure?: string;
    /** What is sent; `late`: only when it is asked for. */
    readonly post?: { readonly text: string; readonly late: boolean };
}

/** What Chromium tells of an answer. */
function response({ url = 'http://there/x', method = 'GET', status = 200, body, failure, post }: Answer): HTTPResponse {
    const request = {
        url: () => url,
        method: () => method,
        failure: () => (failure ? { errorText: failure } : null),
        postData: () => (post && !post.late ? post.text : undefined),
        hasPostData: () => post !== undefined,
        fetchPostData: async () => post?.text
    };
    const answer = {
        url: () => url,
        status: () => status,
        headers: () => ({ 'content-type': 'text/plain' }),
        request: () => request,
        buffer: async () => {
            if (body === null) throw new Error('evicted');
            return Buffer.from(body);
        }
    };
    return answer as unknown as HTTPResponse;
}

async function recorded(...answers: Answer[]): Promise<Recording> {
    const recording = new Recording();
    for (const answer of answers) recording.note(response(answer));
    await recording.settled();
    return recording;
}

const ask = async (recording: Recording, method = 'GET', body: string | null = null): Promise<string | null> => {
    const sent = async () => (body === null ? null : Buffer.from(body));
    const answer = await recording.answer({ method, url: 'http://there/x', headers: {}, body: sent });
    return answer && Buffer.from(answer.body).toString();
};

describe('Recording', () => {
    it('gives again what came, through its file, too', async () => {
        const path = join(mkdtempSync(join(tmpdir(), 'mixreel-recording-')), 'answers.har');
        const recording = await recorded({ body: 'first' }, { body: 'second' });
        await recording.write(path);
        const read = await Recording.read(path);
        expect([await ask(read), await ask(read), await ask(read)]).toEqual(['first', 'second', 'second']);
    });

    it('is an error where a body did not come, and names it', async () => {
        await expect(recorded({ body: 'well' }, { url: 'http://there/lost', body: null })).rejects.toMatchObject({
            code: 'environment',
            message: expect.stringMatching(/lacks the body of http:\/\/there\/lost \(evicted\)/)
        });
    });

    it('wants no body of redirects, of answers without content, and of what is in the address itself', async () => {
        const none = [{ status: 302 }, { status: 204 }, { method: 'OPTIONS' }, { method: 'HEAD' }, { url: 'data:,x' }];
        const recording = await recorded(...none.map((answer) => ({ ...answer, body: null })));
        expect(await ask(recording, 'HEAD')).toBe('');
    });

    it('keeps what the page broke off as far as it came, and nothing else that failed', async () => {
        const off = { failure: 'net::ERR_ABORTED' };
        const recording = await recorded({ body: null, ...off }, { body: 'half', ...off });
        expect([await ask(recording), await ask(recording)]).toEqual(['', 'half']);
        await expect(recorded({ body: null, failure: 'net::ERR_FAILED' })).rejects.toThrowError(/lacks the body/);
    });

    it('knows an answer by what was sent, also where Chromium hands that over late', async () => {
        const post = (text: string, late: boolean) => ({ method: 'POST', body: `to ${text}`, post: { text, late } });
        const recording = await recorded(post('a', false), post('b', true));
        expect([await ask(recording, 'POST', 'a'), await ask(recording, 'POST', 'b')]).toEqual(['to a', 'to b']);
        expect(await ask(recording, 'POST')).toBeNull();
    });

    it('refuses a file that was exported without its bodies', async () => {
        const path = join(mkdtempSync(join(tmpdir(), 'mixreel-recording-')), 'bare.har');
        const har = (size: number): string => {
            const answer = { status: 200, headers: [], content: { size, mimeType: 'text/plain' } };
            const entry = { request: { method: 'GET', url: 'http://there/x' }, response: answer };
            return JSON.stringify({ log: { entries: [entry] } });
        };
        writeFileSync(path, har(7));
        await expect(Recording.read(path)).rejects.toThrowError(/lacks the body of http:\/\/there\/x, 7 bytes/);
        writeFileSync(path, har(0));
        expect(await ask(await Recording.read(path))).toBe('');
    });
});
