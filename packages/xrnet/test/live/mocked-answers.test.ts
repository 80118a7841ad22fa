import { Rng } from '@mixreel/core';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DelayLine } from '../../src/live/delay-line.ts';
import { emulatedFetch } from '../../src/live/emulated-fetch.ts';

// No such host: what answers is msw's handler, inside the process.
const ORIGIN = 'http://models.test';
const MODEL = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 31) & 255);
const server = setupServer(
    http.get(`${ORIGIN}/model.glb`, () => HttpResponse.arrayBuffer(MODEL.buffer)),
    http.get(`${ORIGIN}/gone.glb`, () => new HttpResponse('no such model', { status: 404 })),
    http.get(`${ORIGIN}/broken.glb`, () => HttpResponse.error()),
    http.post(`${ORIGIN}/pose`, async ({ request }) => HttpResponse.json({ got: await request.json() }))
);

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

describe('an emulated fetch of mocked answers', () => {
    const way = () => new DelayLine({}, Rng.create(5));
    // It wraps the fetch that it finds when it is made: here, msw's.
    let shaped: typeof fetch;
    beforeAll(() => {
        shaped = emulatedFetch({ toServer: way(), toClient: way() });
    });

    it('carries their bytes unchanged', async () => {
        const bytes = new Uint8Array(await (await shaped(`${ORIGIN}/model.glb`)).arrayBuffer());
        expect(Buffer.compare(bytes, MODEL)).toBe(0);
    });

    it('passes on what a request says, and what an answer refuses', async () => {
        const posted = await shaped(`${ORIGIN}/pose`, { method: 'POST', body: JSON.stringify([1, 2, 3]) });
        expect(await posted.json()).toEqual({ got: [1, 2, 3] });
        const gone = await shaped(`${ORIGIN}/gone.glb`);
        expect([gone.status, await gone.text()]).toEqual([404, 'no such model']);
    });

    it('fails as fetch does when the server breaks off', async () => {
        await expect(shaped(`${ORIGIN}/broken.glb`)).rejects.toThrow(TypeError);
    });
});
