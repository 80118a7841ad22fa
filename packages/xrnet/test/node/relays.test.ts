import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { Rng } from '@mixreel/core';
import { afterEach, describe, expect, it } from 'vitest';
import { DelayLine, type DelayLineOptions } from '../../src/live/delay-line.ts';
import type { PacketPath } from '../../src/live/packet-path.ts';
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

    it('forgets a client that has vanished, and its place is free', async () => {
        const relay = await relayTo(await echo(), line(), line(), { maxClients: 1, idleMs: 1 });
        for (let i = 0; i < 2; i++) {
            const client = createSocket('udp4');
            const answered = once(client, 'message');
            // The first one's place may still be taken when the second one comes.
            while (relay.clients > 0) await new Promise((resolve) => setImmediate(resolve));
            client.send('hello', relay.port, '127.0.0.1');
            await answered;
            client.close();
        }
        expect(relay.strangers).toBe(0);
    });

    it('keeps room for the others while one client floods it', async () => {
        // Nothing leaves for an hour of the path's own time: what comes in stays inside.
        const held = (): PacketPath => ({ enter: () => {}, advanceTo: () => {}, nextNs: () => Infinity });
        const options = { targetHost: '127.0.0.1', targetPort: 9, toServer: held(), toClient: held() };
        const relay = await UdpRelay.listen(options);
        closers.push(() => relay.close());
        const { counters } = relay.toServer;
        const [flood, other] = [createSocket('udp4'), createSocket('udp4')];
        closers.push(
            () => flood.close(),
            () => other.close()
        );
        const packet = Buffer.alloc(60_000);
        while (counters.refused === 0) {
            flood.send(packet, relay.port, '127.0.0.1');
            await new Promise((resolve) => setImmediate(resolve));
        }
        // Half of 16 MiB, less than a packet below it.
        expect(counters.insideBytes).toBeGreaterThan(8 * 1_048_576 - 60_000);
        expect(counters.insideBytes).toBeLessThanOrEqual(8 * 1_048_576);
        const before = counters.entered;
        while (counters.entered === before) {
            other.send('let me in', relay.port, '127.0.0.1');
            await new Promise((resolve) => setImmediate(resolve));
        }
        expect(relay.clients).toBe(2);
    });

    it('refuses limits that are none', async () => {
        const options = { targetHost: '127.0.0.1', targetPort: 9, toServer: line(), toClient: line() };
        for (const [more, message] of [
            [{ maxClients: 0 }, /maxClients is 0 \(expected a whole number from 1 to 4096/],
            [{ idleMs: Number.NaN }, /idleMs is NaN/]
        ] as const) {
            await expect(UdpRelay.listen({ ...options, ...more })).rejects.toThrow(message);
        }
        await expect(TcpProxy.listen({ ...options, maxConnections: 5000 })).rejects.toThrow(/maxConnections is 5000/);
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

    it('ends what belongs to a client that vanishes in the middle, and serves the others', async () => {
        const body = Buffer.alloc(400_000, 'mixreel');
        const targetPort = await webServer(body);
        const toClient = line({ rateBps: 40e6, lossRate: 0.01 });
        const proxy = await TcpProxy.listen({ targetHost: '127.0.0.1', targetPort, toServer: line(), toClient });
        closers.push(() => proxy.close());
        const others = [fetchAll(proxy.port), fetchAll(proxy.port)];
        const vanishing = connect(proxy.port, '127.0.0.1');
        vanishing.on('error', () => {});
        vanishing.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
        await once(vanishing, 'data');
        vanishing.resetAndDestroy();
        for (const got of await Promise.all(others)) expect(got.equals(body)).toBe(true);
        while (proxy.connections > 0) await new Promise((resolve) => setImmediate(resolve));
        expect((await fetchAll(proxy.port)).equals(body)).toBe(true);
    });

    it('holds a sender up whose receiver does not read, and serves the others', async () => {
        const chunk = Buffer.alloc(65_536);
        let taken = 0;
        const big = createTcpServer((socket) => {
            const more = (): void => {
                while (taken < 1024 * chunk.length && socket.write(chunk)) taken += chunk.length;
            };
            socket.on('drain', more);
            socket.on('error', () => {});
            more();
        });
        big.listen(0, '127.0.0.1');
        await once(big, 'listening');
        closers.push(() => big.close());
        const { port } = big.address() as AddressInfo;
        const toClient = line({ rateBps: 1e12, queueBytes: 1e9 });
        const proxy = await TcpProxy.listen({ targetHost: '127.0.0.1', targetPort: port, toServer: line(), toClient });
        closers.push(() => proxy.close());
        const idle = connect(proxy.port, '127.0.0.1');
        idle.on('error', () => {});
        idle.pause();
        closers.push(() => idle.destroy());
        await once(idle, 'connect');
        // Another one reads 64 MiB meanwhile: as long as the idle one's would take.
        const reader = connect(proxy.port, '127.0.0.1');
        closers.push(() => reader.destroy());
        let read = 0;
        await new Promise<void>((resolve) => {
            reader.on('data', (data) => {
                read += data.length;
                if (read >= 512 * chunk.length) resolve();
            });
        });
        // What the proxy has let go to the idle one lies in the system's buffers, 4 + 6 MiB at most, or waits: 1 MiB.
        const { delivered } = proxy.toClient.counters;
        expect(delivered * 1448 - read).toBeLessThan(16 * 1_048_576);
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
