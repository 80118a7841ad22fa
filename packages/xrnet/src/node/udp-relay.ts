/**
 * A UDP relay: clients send to it as they would to the server, and every datagram takes the emulated way there and back. Each
 * client has an upstream socket of its own and is forgotten when it falls silent.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type LiveCounters, type LiveHost, LivePath } from '../live/live-path.ts';
import type { PacketPath } from '../live/packet-path.ts';
import { isSameToken, nodeHost, requireLoopback, requirePort } from './host.ts';

/** Where a relay listens and where it sends. */
export interface UdpRelayOptions {
    /** Address to listen on; default 127.0.0.1. Any other than loopback needs a token. */
    readonly host?: string;
    /** Port to listen on; 0, the default, takes a free one. */
    readonly port?: number;
    readonly targetHost: string;
    readonly targetPort: number;
    /** The way to the server and back. */
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** What a client must send as its first datagram; default: nothing. What comes without it is dropped. */
    readonly token?: string;
    /** Clients at once, 1 to 4096; default 64. What further ones send is dropped. */
    readonly maxClients?: number;
    /** A client is forgotten after this long without a datagram, ms; default 60,000. */
    readonly idleMs?: number;
}

interface Client {
    readonly socket: Socket;
    seenNs: number;
}

/** See the file comment. Start with {@link UdpRelay.listen}. */
export class UdpRelay {
    readonly port: number;
    readonly toServer: LivePath;
    readonly toClient: LivePath;
    /** Datagrams of clients above `maxClients`, or without the token. */
    strangers = 0;
    readonly #socket: Socket;
    readonly #host: LiveHost;
    readonly #options: UdpRelayOptions;
    readonly #clients = new Map<string, Client>();
    readonly #sweeper: NodeJS.Timeout;

    private constructor(socket: Socket, options: UdpRelayOptions) {
        this.#socket = socket;
        this.#options = options;
        this.#host = nodeHost();
        this.port = (socket.address() as AddressInfo).port;
        this.toServer = new LivePath(options.toServer, this.#host);
        this.toClient = new LivePath(options.toClient, this.#host);
        socket.on('message', (bytes, from) => this.#fromClient(bytes, from));
        // A client that vanished makes later sends fail; the others must not feel it.
        socket.on('error', () => {});
        const idleMs = options.idleMs ?? 60_000;
        this.#sweeper = setInterval(() => this.#sweep(idleMs), Math.max(100, idleMs / 4));
        this.#sweeper.unref();
    }

    /** Binds the socket. Throws `bad-input` for addresses that are not loopback. */
    static async listen(options: UdpRelayOptions): Promise<UdpRelay> {
        const host = requireLoopback(options.host ?? '127.0.0.1', options.token);
        requirePort('targetPort', options.targetPort, false);
        const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
        const listening = once(socket, 'listening');
        socket.bind(requirePort('port', options.port ?? 0, true), host);
        await listening;
        return new UdpRelay(socket, options);
    }

    /** Clients known now. */
    get clients(): number {
        return this.#clients.size;
    }

    /** Counters of both ways. */
    counters(): { readonly toServer: LiveCounters; readonly toClient: LiveCounters } {
        return { toServer: this.toServer.counters, toClient: this.toClient.counters };
    }

    /** Closes every socket and drops what is inside. */
    close(): void {
        clearInterval(this.#sweeper);
        this.toServer.close();
        this.toClient.close();
        for (const { socket } of this.#clients.values()) socket.close();
        this.#clients.clear();
        this.#socket.close();
    }

    #fromClient(bytes: Buffer, from: RemoteInfo): void {
        const key = `${from.address}:${from.port}`;
        let client = this.#clients.get(key);
        if (!client) {
            if (this.#clients.size >= (this.#options.maxClients ?? 64)) {
                this.strangers++;
                return;
            }
            const { token } = this.#options;
            if (token !== undefined && !isSameToken(bytes, token)) {
                this.strangers++;
                return;
            }
            client = this.#connect(from);
            this.#clients.set(key, client);
            // The token is for the relay, not for the server.
            if (token !== undefined) return;
        }
        const { socket } = client;
        client.seenNs = this.#host.clock.nowNs();
        const { targetHost, targetPort } = this.#options;
        this.toServer.send(bytes, (arrived) => {
            if (arrived && this.#clients.get(key)?.socket === socket) socket.send(arrived, targetPort, targetHost);
        });
    }

    #connect(from: RemoteInfo): Client {
        const socket = createSocket(from.family === 'IPv6' ? 'udp6' : 'udp4');
        const client: Client = { socket, seenNs: this.#host.clock.nowNs() };
        socket.on('error', () => {});
        socket.on('message', (bytes) => {
            client.seenNs = this.#host.clock.nowNs();
            this.toClient.send(bytes, (arrived) => {
                if (arrived) this.#socket.send(arrived, from.port, from.address);
            });
        });
        return client;
    }

    #sweep(idleMs: number): void {
        const nowNs = this.#host.clock.nowNs();
        for (const [key, client] of this.#clients) {
            if (nowNs - client.seenNs < idleMs * 1e6) continue;
            client.socket.close();
            this.#clients.delete(key);
        }
    }
}
