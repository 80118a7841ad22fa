import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Rng } from '@mixreel/core';
import { afterEach, describe, expect, it } from 'vitest';
import { DelayLine, type DelayLineOptions } from '../../src/live/delay-line.ts';
import { emulatedFetch } from '../../src/live/emulated-fetch.ts';

const closers: (() => unknown)[] = [];
afterEach(() => {
    for (const close of closers.splice(0)) close();
});

const BODY = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 17) & 255);

async function site(): Promise<string> {
    const server = createServer((request, response) => {
        if (request.url === '/missing') response.writeHead(404).end('not here');
        else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(BODY);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(
        () => server.closeAllConnections(),
        () => server.close()
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const line = (options: Partial<DelayLineOptions> = {}) => new DelayLine(options, Rng.create(4));

describe('an emulated fetch', () => {
    it.each([
        ['an ample way', {}],
        ['a way that loses one segment in fifty', { lossRate: 0.02 }]
    ])('brings bodies whole over %s', async (_name, options) => {
        const shaped = emulatedFetch({ toServer: line(), toClient: line(options) });
        const response = await shaped(`${await site()}/model.glb`);
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('application/octet-stream');
        const bytes = new Uint8Array(await response.arrayBuffer());
        expect(Buffer.compare(bytes, BODY)).toBe(0);
    });

    it('is not faster than its way', async () => {
        const shaped = emulatedFetch({
            toServer: line({ delayNs: 20e6 }),
            toClient: line({ rateBps: 16e6, delayNs: 20e6 })
        });
        const url = await site();
        const start = performance.now();
        await (await shaped(url)).arrayBuffer();
        // 40 ms of delay and 200 kB at 16 Mbit/s: 140 ms; from below only.
        expect(performance.now() - start).toBeGreaterThan(140);
    });

    it('shares its bottleneck among fetches', async () => {
        const shaped = emulatedFetch({ toServer: line(), toClient: line({ rateBps: 16e6 }) });
        const url = await site();
        const start = performance.now();
        await Promise.all([0, 1].map(async () => (await shaped(url)).arrayBuffer()));
        expect(performance.now() - start).toBeGreaterThan(200);
    });

    it('passes statuses and failures on', async () => {
        const shaped = emulatedFetch({ toServer: line(), toClient: line() });
        const url = await site();
        const missing = await shaped(`${url}/missing`);
        expect(missing.status).toBe(404);
        expect(await missing.text()).toBe('not here');
        await expect(shaped('http://127.0.0.1:1/')).rejects.toThrow();
    });

    it('can be cancelled in the middle of a body', async () => {
        const shaped = emulatedFetch({ toServer: line(), toClient: line({ rateBps: 1e6 }) });
        const reader = (await shaped(await site())).body?.getReader();
        expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
        await expect(reader?.cancel()).resolves.toBeUndefined();
    });
});
