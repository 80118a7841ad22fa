import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressOf, Gate } from '../../src/browser/gate.ts';

/** Answers every connection with what it hears. */
async function echo(): Promise<number> {
    const server = createServer((socket) => socket.pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
}

async function gateTo(...origins: string[]) {
    const gate = await Gate.open();
    onTestFinished(() => gate.close());
    const refused: string[] = [];
    gate.allow(origins, (address) => void refused.push(address));
    const port = Number(new URL(gate.proxy).port);
    return { gate, refused, port };
}

/** Sends bytes piece by piece and gives everything that comes back until the other side has `length` bytes or ends. */
async function talk(port: number, pieces: readonly (readonly number[])[], length: number): Promise<number[]> {
    const socket: Socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    const got: number[] = [];
    const ended = new Promise<void>((resolve) => {
        socket.on('close', () => resolve());
        socket.on('data', (chunk: Buffer) => {
            got.push(...chunk);
            if (got.length >= length) resolve();
        });
    });
    await once(socket, 'connect');
    for (const piece of pieces) {
        socket.write(Uint8Array.from(piece));
        await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    return got;
}

const HELLO = [5, 1, 0];
const bytes = (text: string): number[] => [...Buffer.from(text)];
const portBytes = (port: number): number[] => [port >> 8, port & 255];
const byName = (host: string, port: number): number[] => [5, 1, 0, 3, host.length, ...bytes(host), ...portBytes(port)];
const byIpv4 = (port: number): number[] => [5, 1, 0, 1, 127, 0, 0, 1, ...portBytes(port)];
const REFUSED = [5, 2, 0, 1, 0, 0, 0, 0, 0, 0];

describe('Gate', () => {
    it('connects to an allowed host and port, however the request is worded and cut', async () => {
        const there = await echo();
        const { port } = await gateTo(`http://127.0.0.1:${there}`);
        for (const request of [byName('127.0.0.1', there), byIpv4(there)]) {
            const whole = [...HELLO, ...request];
            for (const pieces of [[HELLO, request], [whole], whole.map((byte) => [byte])]) {
                const got = await talk(port, [...pieces, bytes('hi')], 14);
                expect(got).toEqual([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...bytes('hi')]);
            }
        }
    });

    it('refuses every other port and host, and says which it was', async () => {
        const [there, other] = [await echo(), await echo()];
        const { port, refused } = await gateTo(`http://127.0.0.1:${there}`);
        for (const request of [byIpv4(other), byName('localhost', there), byName('127.0.0.1', other)])
            expect(await talk(port, [HELLO, request], 99)).toEqual([5, 0, ...REFUSED]);
        const ipv6 = [5, 1, 0, 4, ...new Array<number>(15).fill(0), 1, ...portBytes(there)];
        expect(await talk(port, [HELLO, ipv6], 99)).toEqual([5, 0, ...REFUSED]);
        expect(refused).toEqual([`127.0.0.1:${other}`, `localhost:${there}`, `127.0.0.1:${other}`, `[::1]:${there}`]);
    });

    it('lets nothing through before it is told what, and nothing but connections', async () => {
        const there = await echo();
        const gate = await Gate.open();
        onTestFinished(() => gate.close());
        const port = Number(new URL(gate.proxy).port);
        expect(await talk(port, [HELLO, byIpv4(there)], 99)).toEqual([5, 0, ...REFUSED]);
        gate.allow([`http://127.0.0.1:${there}`]);
        const listen = [5, 2, ...byIpv4(there).slice(2)];
        expect(await talk(port, [HELLO, listen], 99)).toEqual([5, 0, ...REFUSED]);
        expect(await talk(port, [bytes('GET / HTTP/1.1\r\n\r\n')], 99)).toEqual([]);
    });

    it('says that what is allowed does not answer, and ends all connections when it closes', async () => {
        const there = await echo();
        const { gate, port } = await gateTo('http://127.0.0.1:1', `http://127.0.0.1:${there}`);
        expect((await talk(port, [HELLO, byIpv4(1)], 99)).slice(2, 4)).toEqual([5, 4]);
        const open = talk(port, [HELLO, byIpv4(there), bytes('hi')], 99);
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        // However it is told of: an end, or a reset.
        socket.on('error', () => {});
        gate.close();
        await closed;
        expect((await open).length).toBeLessThan(99);
    });
});

describe('addressOf', () => {
    it('has the port that the scheme means, and takes origins only', () => {
        expect(
            ['http://a.test', 'https://a.test', 'http://[::1]:8080', 'http://A.test:80'.toLowerCase()].map(tryOf)
        ).toEqual(['a.test:80', 'a.test:443', '[::1]:8080', 'bad-input']);
        expect(['', 'a.test', 'http://a.test/', 'http://a.test/x'].map(tryOf)).toEqual(new Array(4).fill('bad-input'));
    });
});

function tryOf(origin: string): string {
    try {
        return addressOf(origin);
    } catch (error) {
        return (error as { code: string }).code;
    }
}
