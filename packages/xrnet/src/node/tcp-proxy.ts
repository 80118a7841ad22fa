/**
 * A TCP proxy: a connection to it is a connection to the target over the emulated way, for HTTP, WebSocket or anything else
 * that speaks TCP. Segments and losses are those of src/live/ordered-carrier.ts; the hosts' own TCP runs on loopback and sees
 * none of it.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type LiveHost, LivePath } from '../live/live-path.ts';
import { OrderedCarrier } from '../live/ordered-carrier.ts';
import type { PacketPath } from '../live/packet-path.ts';
import { isSameToken, nodeHost, requireCount, requireLoopback, requirePort } from './host.ts';

/** Where a proxy listens and where it connects. */
export interface TcpProxyOptions {
    /** Address to listen on; default 127.0.0.1. Any other than loopback needs a token. */
    readonly host?: string;
    /** Port to listen on; 0, the default, takes a free one. */
    readonly port?: number;
    readonly targetHost: string;
    readonly targetPort: number;
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** What a client must send first, followed by a line feed; default: nothing. */
    readonly token?: string;
    /** Connections at once, 1 to 4096, those that have not sent their token among them; default 256. Further ones are closed at once. */
    readonly maxConnections?: number;
}

/** Bytes of one direction of one connection that may be inside, or wait for its receiver, before its sender is paused. */
const WINDOW_BYTES = 1 << 20;
const MAX_CONNECTIONS = 256;

/** See the file comment. Start with {@link TcpProxy.listen}. */
export class TcpProxy {
    readonly port: number;
    readonly toServer: LivePath;
    readonly toClient: LivePath;
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    /** Clients that have not sent their token. */
    readonly #strangers = new Set<Socket>();
    readonly #host: LiveHost;

    private constructor(server: Server, options: TcpProxyOptions) {
        this.#server = server;
        const host = nodeHost();
        this.#host = host;
        this.port = (server.address() as AddressInfo).port;
        // Senders are paused per connection, so the path itself needs room for all of them.
        const room = WINDOW_BYTES * 2 * (options.maxConnections ?? MAX_CONNECTIONS);
        this.toServer = new LivePath(options.toServer, host, room);
        this.toClient = new LivePath(options.toClient, host, room);
        server.on('connection', (client) => this.#accept(client, options));
    }

    /** Opens the listener. Throws `bad-input` for addresses that are not loopback. */
    static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
        const host = requireLoopback(options.host ?? '127.0.0.1', options.token);
        requirePort('targetPort', options.targetPort, false);
        requireCount('maxConnections', options.maxConnections ?? MAX_CONNECTIONS, 1, 4096);
        const server = createServer({ noDelay: true });
        const listening = once(server, 'listening');
        server.listen(requirePort('port', options.port ?? 0, true), host);
        await listening;
        return new TcpProxy(server, options);
    }

    /** Open connections. */
    get connections(): number {
        return this.#sockets.size / 2;
    }

    /** Closes the listener and every connection. */
    async close(): Promise<void> {
        this.toServer.close();
        this.toClient.close();
        for (const socket of [...this.#sockets, ...this.#strangers]) socket.destroy();
        await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    }

    #accept(client: Socket, options: TcpProxyOptions): void {
        if (this.connections + this.#strangers.size >= (options.maxConnections ?? MAX_CONNECTIONS)) {
            client.destroy();
            return;
        }
        if (options.token === undefined) {
            this.#connect(client, options);
            return;
        }
        this.#strangers.add(client);
        client.on('close', () => this.#strangers.delete(client));
        askForToken(client, options.token, () => {
            this.#strangers.delete(client);
            this.#connect(client, options);
        });
    }

    #connect(client: Socket, options: TcpProxyOptions): void {
        const server = connect({ host: options.targetHost, port: options.targetPort, noDelay: true });
        for (const socket of [client, server]) {
            this.#sockets.add(socket);
            socket.on('close', () => this.#sockets.delete(socket));
            // One end failing ends the other; other connections go on.
            socket.on('error', () => {
                client.destroy();
                server.destroy();
            });
        }
        pipe(client, server, this.toServer, this.#host);
        pipe(server, client, this.toClient, this.#host);
    }
}

/**
 * Carries one direction of one connection: in order, whatever the path does. A receiver that does not read holds up its sender, and
 * nobody else.
 */
function pipe(from: Socket, to: Socket, path: LivePath, host: LiveHost): void {
    let ended = false;
    let corked = false;
    const goOn = (): void => {
        if (from.isPaused() && carrier.insideBytes + to.writableLength < WINDOW_BYTES / 2) from.resume();
    };
    const carrier = new OrderedCarrier(path, host, (bytes) => {
        if (to.destroyed) return;
        if (!corked) {
            // One system call for all segments that leave together.
            corked = true;
            to.cork();
            process.nextTick(() => {
                corked = false;
                to.uncork();
            });
        }
        to.write(bytes);
        if (ended && carrier.insideBytes === 0) to.end();
        goOn();
    });
    from.on('data', (data: Buffer) => {
        carrier.carry(data);
        if (carrier.insideBytes + to.writableLength >= WINDOW_BYTES) from.pause();
    });
    to.on('drain', goOn);
    from.on('end', () => {
        ended = true;
        if (carrier.insideBytes === 0 && !to.destroyed) to.end();
    });
    to.on('close', () => carrier.close());
}

/** How long a client may take to send its token, ms. */
const TOKEN_MS = 5000;

/** Calls `then` once the client has sent the token and a line feed; hangs up on everybody else. */
function askForToken(client: Socket, token: string, then: () => void): void {
    const line = Buffer.from(`${token}\n`);
    let got = Buffer.alloc(0);
    // From the first byte on, not from the newest: a byte now and then keeps nobody's place.
    const timer = setTimeout(() => client.destroy(), TOKEN_MS);
    client.on('close', () => clearTimeout(timer));
    client.on('error', () => client.destroy());
    const read = (data: Buffer): void => {
        got = Buffer.concat([got, data]);
        if (got.length < line.length) return;
        client.off('data', read);
        client.pause();
        if (!isSameToken(got.subarray(0, line.length - 1), token) || got[line.length - 1] !== 10) {
            client.destroy();
            return;
        }
        clearTimeout(timer);
        then();
        const rest = got.subarray(line.length);
        if (rest.length > 0) client.unshift(rest);
        client.resume();
    };
    client.on('data', read);
}
