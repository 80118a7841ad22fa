import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Rng } from '@mixreel/core';
import { afterEach, describe, expect, it } from 'vitest';
import { DelayLine, type DelayLineOptions } from '../../src/live/delay-line.ts';
import { TcpProxy } from '../../src/node/tcp-proxy.ts';
import { UdpRelay } from '../../src/node/udp-relay.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
});

const line = (options: Partial<DelayLineOptions> = {}) => new DelayLine(options, Rng.create(5));

/** A UDP server that sends everything back. */
async function echo(): Promise<number> {
    const server = createSocket('udp4');
    server.on('message', (bytes, from) => server.send(bytes, from.port, from.address));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return server.address().port;
}

async function relayTo(targetPort: number, toServer: DelayLine, toClient: DelayLine, more = {}): Promise<UdpRelay> {
    const relay = await UdpRelay.listen({ targetHost: '127.0.0.1', targetPort, toServer, toClient, ...more });
    closers.push(() => relay.close());
    return relay;
}

describe('the UDP relay', () => {
    it('brings datagrams there and back, byte for byte, never before their time', async () => {
        const relay = await relayTo(await echo(), line({ delayNs: 10e6 }), line({ delayNs: 5e6 }));
        const client = createSocket('udp4');
        closers.push(() => client.close());
        const sent = new Map<number, number>();
        const early: number[] = [];
        const back: number[] = [];
        const done = new Promise<void>((resolve) => {
            client.on('message', (bytes) => {
                const number = bytes.readUInt32BE(0);
                if (performance.now() - (sent.get(number) ?? 0) < 15) early.push(number);
                expect(bytes).toHaveLength(1000);
                expect(bytes[999]).toBe(number & 255);
                back.push(number);
                if (back.length === 50) resolve();
            });
        });
        for (let number = 0; number < 50; number++) {
            const bytes = Buffer.alloc(1000, number & 255);
            bytes.writeUInt32BE(number, 0);
            sent.set(number, performance.now());
            client.send(bytes, relay.port, '127.0.0.1');
        }
        await done;
        expect(early).toEqual([]);
        expect(back).toEqual([...back].sort((a, b) => a - b));
        expect(relay.counters().toServer).toMatchObject({ entered: 50, delivered: 50, lost: 0, insideBytes: 0 });
        expect(relay.toServer.lagsNs().every((lag) => lag >= 0)).toBe(true);
    });

    it('loses exactly the packets that its path loses', async () => {
        const relay = await relayTo(await echo(), line({ lossRate: 0.3 }), line());
        const client = createSocket('udp4');
        closers.push(() => client.close());
        const losses = Rng.create(5).stream('loss');
        const survivors = Array.from({ length: 40 }, (_, i) => i).filter(() => losses.float() >= 0.3);
        const back: number[] = [];
        const done = new Promise<void>((resolve) => {
            client.on('message', (bytes) => {
                back.push(bytes[0] as number);
                if (back.length === survivors.length) resolve();
            });
        });
        for (let number = 0; number < 40; number++) {
            client.send(Buffer.from([number]), relay.port, '127.0.0.1');
            // One at a time, so that loopback keeps the order in which the losses are drawn.
            await new Promise((resolve) => setImmediate(resolve));
        }
        await done;
        expect(back).toEqual(survivors);
    });

    it('takes no more clients than it was told, and keeps the others', async () => {
        const relay = await relayTo(await echo(), line(), line(), { maxClients: 1 });
        const [first, second] = [createSocket('udp4'), createSocket('udp4')];
        closers.push(
            () => first.close(),
            () => second.close()
        );
        const ask = async (): Promise<void> => {
            const answered = once(first, 'message');
            first.send('x', relay.port, '127.0.0.1');
            await answered;
        };
        await ask();
        second.send('y', relay.port, '127.0.0.1');
        await ask();
        expect(relay.clients).toBe(1);
    });

    it('listens on loopback only', async () => {
        const options = { targetHost: '127.0.0.1', targetPort: 9, toServer: line(), toClient: line() };
        await expect(UdpRelay.listen({ ...options, host: '0.0.0.0' })).rejects.toThrow(/0\.0\.0\.0/);
        await expect(UdpRelay.listen({ ...options, targetPort: 70_000 })).rejects.toThrow(/targetPort is 70000/);
    });
});

describe('the TCP proxy', () => {
    async function webServer(body: Buffer): Promise<number> {
        const server = createServer((_request, response) => response.end(body));
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        closers.push(() => server.close());
        return (server.address() as AddressInfo).port;
    }

    const fetchAll = (port: number): Promise<Buffer> =>
        new Promise((resolve, reject) => {
            get({ host: '127.0.0.1', port, agent: false }, (response) => {
                const parts: Buffer[] = [];
                response.on('data', (part: Buffer) => parts.push(part));
                response.on('end', () => resolve(Buffer.concat(parts)));
            }).on('error', reject);
        });

    it.each([
        ['an ample path', {}],
        ['a path that loses one segment in fifty', { lossRate: 0.02 }]
    ])('brings a page whole over %s', async (_name, options) => {
        const body = Buffer.alloc(300_000);
        for (let i = 0; i < body.length; i++) body[i] = (i * 31) & 255;
        const targetPort = await webServer(body);
        const proxy = await TcpProxy.listen({
            targetHost: '127.0.0.1',
            targetPort,
            toServer: line(),
            toClient: line(options)
        });
        closers.push(() => proxy.close());
        expect((await fetchAll(proxy.port)).equals(body)).toBe(true);
        expect(proxy.toClient.counters.lost > 0).toBe('lossRate' in options);
    });

    it('is not faster than its rate', async () => {
        const body = Buffer.alloc(100_000);
        const targetPort = await webServer(body);
        const slow = line({ rateBps: 8e6 });
        const proxy = await TcpProxy.listen({ targetHost: '127.0.0.1', targetPort, toServer: line(), toClient: slow });
        closers.push(() => proxy.close());
        const start = performance.now();
        await fetchAll(proxy.port);
        // 100 kB at 8 Mbit/s take 100 ms; a bound from below only, since a busy machine may take longer.
        expect(performance.now() - start).toBeGreaterThan(100);
    });

    it('ends a connection whose server is not there, and goes on', async () => {
        const targetPort = await webServer(Buffer.from('x'));
        const proxy = await TcpProxy.listen({
            targetHost: '127.0.0.1',
            targetPort: 1,
            toServer: line(),
            toClient: line()
        });
        closers.push(() => proxy.close());
        await expect(fetchAll(proxy.port)).rejects.toThrow();
        const good = await TcpProxy.listen({ targetHost: '127.0.0.1', targetPort, toServer: line(), toClient: line() });
        closers.push(() => good.close());
        expect((await fetchAll(good.port)).toString()).toBe('x');
    });
});
