/**
 * The one way out of a browser context: a SOCKS 5 proxy on 127.0.0.1 that connects to hosts and ports of the allowed origins
 * and to nothing else.
 *
 * The other two fences have holes. Intercepted requests (request-filter.ts) are those of the page and its own workers: not its
 * WebSockets, not its shared and service workers, not a popup's first. Chromium's resolver rules (launch-flags.ts) exclude hosts,
 * not ports, and every server on this machine has the same host; a rule for each port would need a browser for each scenario.
 * All of them need a connection, and every context has a gate of its own. HTTP and WebSockets, plain and encrypted, are the same
 * to it.
 *
 * The protocol is that of RFC 1928 without authentication, CONNECT only. Cost: one connection more for each connection, 0.2 ms.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { badInput } from '@mixreel/core';

const SOCKS = 5;
/** Kinds of address: RFC 1928, 5. */
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
/** Replies: RFC 1928, 6. */
const SUCCEEDED = 0;
const NOT_ALLOWED = 2;
const UNREACHABLE = 4;

/** See the file comment. */
export class Gate {
    /** For `proxyServer` of a context: `socks5://127.0.0.1:41234`. */
    readonly proxy: string;
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    #allowed: ReadonlySet<string> = new Set();
    #onRefused: (address: string) => void = () => {};

    private constructor(server: Server) {
        this.#server = server;
        this.proxy = `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`;
        server.on('connection', (socket) => {
            this.#keep(socket);
            this.#serve(socket).catch(() => socket.destroy());
        });
        // What still runs when the process wants to end is nobody's page.
        server.unref();
    }

    /** Opens one that lets nothing through yet. */
    static async open(): Promise<Gate> {
        const server = createServer();
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        return new Gate(server);
    }

    /**
     * From now on.
     *
     * @param onRefused - Told of each connection elsewhere, as `127.0.0.1:8080`.
     */
    allow(origins: readonly string[], onRefused: (address: string) => void = () => {}): void {
        this.#allowed = new Set(origins.map(addressOf));
        this.#onRefused = onRefused;
    }

    /** Ends every connection. */
    close(): void {
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
    }

    async #serve(socket: Socket): Promise<void> {
        const request = new Reader(socket);
        const [version, methods] = await request.take(2);
        if (version !== SOCKS) throw new Error('not SOCKS 5');
        await request.take(methods!);
        socket.write(Uint8Array.of(SOCKS, 0));
        const [, command, , kind] = await request.take(4);
        const host = await takeHost(request, kind!);
        const port = (await request.take(2)).readUInt16BE(0);
        request.end();
        const address = `${host}:${port}`;
        if (command !== 1 || !this.#allowed.has(address)) {
            this.#onRefused(address);
            socket.end(reply(NOT_ALLOWED));
            return;
        }
        const there = connect({ host: host.replace(/^\[|\]$/g, ''), port });
        this.#keep(there);
        try {
            await once(there, 'connect');
        } catch {
            socket.end(reply(UNREACHABLE));
            return;
        }
        there.setNoDelay(true);
        socket.setNoDelay(true);
        socket.write(reply(SUCCEEDED));
        socket.pipe(there).pipe(socket);
        socket.once('close', () => there.destroy());
        there.once('close', () => socket.destroy());
    }

    #keep(socket: Socket): void {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => void this.#sockets.delete(socket));
    }
}

/** Host and port of an origin, as a connection has them: `example.com:443`. Throws `bad-input` if it is none. */
export function addressOf(origin: string): string {
    let url: URL | undefined;
    try {
        url = new URL(origin);
    } catch {
        // Answered below.
    }
    if (!url || url.origin !== origin) {
        throw badInput(
            `origin is ${JSON.stringify(origin)}`,
            'scheme, host and port, such as http://127.0.0.1:4173',
            'Leave out the path and the trailing slash'
        );
    }
    return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}

async function takeHost(request: Reader, kind: number): Promise<string> {
    if (kind === IPV4) return (await request.take(4)).join('.');
    if (kind === NAME) {
        const [length] = await request.take(1);
        const name = (await request.take(length!)).toString('latin1');
        return new URL(`http://${name.includes(':') ? `[${name.replace(/^\[|\]$/g, '')}]` : name}`).hostname;
    }
    if (kind !== IPV6) throw new Error('no address');
    const bytes = await request.take(16);
    const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
    return new URL(`http://[${groups.join(':')}]`).hostname;
}

/** Takes so many bytes at a time off a socket, however they were cut on the way. */
class Reader {
    readonly #socket: Socket;
    #held = Buffer.alloc(0);
    #wake = (): void => {};
    readonly #hear = (chunk: Buffer): void => {
        this.#held = Buffer.concat([this.#held, chunk]);
        this.#wake();
    };

    constructor(socket: Socket) {
        this.#socket = socket;
        socket.on('data', this.#hear);
        socket.once('close', () => this.#wake());
        socket.once('end', () => this.#wake());
    }

    /** Rejects if the other side ends before. */
    async take(length: number): Promise<Buffer> {
        while (this.#held.length < length) {
            if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('ended early');
            await new Promise<void>((resolve) => {
                this.#wake = resolve;
            });
        }
        const taken = this.#held.subarray(0, length);
        this.#held = this.#held.subarray(length);
        return taken;
    }

    /** Leaves what was not taken to whoever reads next. */
    end(): void {
        this.#socket.off('data', this.#hear);
        this.#socket.pause();
        if (this.#held.length > 0) this.#socket.unshift(this.#held);
    }
}

function reply(code: number): Uint8Array {
    return Uint8Array.of(SOCKS, code, 0, IPV4, 0, 0, 0, 0, 0, 0);
}
