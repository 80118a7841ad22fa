import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Rng } from '@mixreel/core';
import { afterEach, describe, expect, it } from 'vitest';
import { DelayLine } from '../../src/live/delay-line.ts';
import { requireLoopback } from '../../src/node/host.ts';
import { TcpProxy } from '../../src/node/tcp-proxy.ts';
import { UdpRelay } from '../../src/node/udp-relay.ts';

const TOKEN = 'a-token-of-some-length';
const closers: (() => unknown)[] = [];
afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
});
const ways = () => ({ toServer: new DelayLine({}, Rng.create(1)), toClient: new DelayLine({}, Rng.create(2)) });

describe('a relay with a token', () => {
    it('may listen anywhere; without one, or with a short one, only on loopback', () => {
        expect(requireLoopback('0.0.0.0', TOKEN)).toBe('0.0.0.0');
        expect(() => requireLoopback('0.0.0.0')).toThrow(/without a token/);
        expect(() => requireLoopback('127.0.0.1', 'short')).toThrow(/16 to 200/);
    });

    it('carries TCP of clients that send it first, and hangs up on others', async () => {
        const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        closers.push(() => server.close());
        const targetPort = (server.address() as AddressInfo).port;
        const proxy = await TcpProxy.listen({ targetHost: '127.0.0.1', targetPort, token: TOKEN, ...ways() });
        closers.push(() => proxy.close());
        const answer = async (first: string): Promise<string> => {
            const client = connect(proxy.port, '127.0.0.1');
            closers.push(() => client.destroy());
            let text = '';
            client.on('error', () => {});
            client.on('data', (data) => {
                text += data.toString();
                if (text.length === 5) client.end();
            });
            client.write(first);
            await once(client, 'close');
            return text;
        };
        expect(await answer(`${TOKEN}\nhello`)).toBe('hello');
        expect(await answer(`${TOKEN.replace('a', 'b')}\nhello`)).toBe('');
        expect(await answer('GET / HTTP/1.1\r\nhost: somewhere\r\n\r\n')).toBe('');
    });

    it('counts who has not sent it yet, and does not wait for them when it closes', async () => {
        const options = { targetHost: '127.0.0.1', targetPort: 9, token: TOKEN, maxConnections: 2, ...ways() };
        const proxy = await TcpProxy.listen(options);
        const silent = [connect(proxy.port, '127.0.0.1'), connect(proxy.port, '127.0.0.1')];
        for (const socket of silent) socket.on('error', () => {});
        await Promise.all(silent.map((socket) => once(socket, 'connect')));
        const third = connect(proxy.port, '127.0.0.1');
        third.on('error', () => {});
        await once(third, 'close');
        expect(silent.every((socket) => !socket.destroyed)).toBe(true);
        const ended = silent.map((socket) => once(socket, 'close'));
        await proxy.close();
        await Promise.all(ended);
    });

    it('takes datagrams of clients whose first one it was', async () => {
        const target = createSocket('udp4');
        const got: string[] = [];
        const arrived = new Promise<void>((resolve) => {
            target.on('message', (bytes) => {
                got.push(bytes.toString());
                resolve();
            });
        });
        target.bind(0, '127.0.0.1');
        await once(target, 'listening');
        closers.push(() => target.close());
        const targetPort = target.address().port;
        const relay = await UdpRelay.listen({ targetHost: '127.0.0.1', targetPort, token: TOKEN, ...ways() });
        closers.push(() => relay.close());
        const stranger = createSocket('udp4');
        const client = createSocket('udp4');
        closers.push(
            () => stranger.close(),
            () => client.close()
        );
        stranger.send('let me in', relay.port, '127.0.0.1', () => {
            client.send(TOKEN, relay.port, '127.0.0.1', () => client.send('hello', relay.port, '127.0.0.1'));
        });
        await arrived;
        expect(got).toEqual(['hello']);
        expect(relay.strangers).toBe(1);
    });
});
