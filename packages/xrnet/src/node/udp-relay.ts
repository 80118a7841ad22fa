/**
 * A UDP relay: clients send to it as they would to the server, and every datagram takes the emulated way there and back. Each
 * client has an upstream socket of its own and is forgotten when it falls silent.
 *
 * Nobody floods the others out: of the bytes that a way may hold, a client has at most as many as are left free (a dynamic threshold,
 * Choudhury and Hahne, IEEE/ACM ToN 6, 1998, of 1), so that one alone never has more than half. The bottleneck itself is shared
 * as the model shares it.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type LiveCounters, type LiveHost, LivePath } from '../live/live-path.ts';
import type { PacketPath } from '../live/packet-path.ts';
import { isSameToken, nodeHost, requireCount, requireLoopback, requirePort } from './host.ts';

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
    /** A client is forgotten after this long without a datagram, ms, 1 to 1e9; default 60,000. */
    readonly idleMs?: number;
}

interface Client {
    readonly socket: Socket;
    seenNs: number;
    /** Bytes of it inside of each way. */
    toServerBytes: number;
    toClientBytes: number;
}

/** Bytes that each way may hold: 8 MiB for a client alone, 64 ms of a gigabit a second. */
const ROOM_BYTES = 16 << 20;
const MAX_CLIENTS = 64;
const IDLE_MS = 60_000;

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
        this.toServer = new LivePath(options.toServer, this.#host, ROOM_BYTES);
        this.toClient = new LivePath(options.toClient, this.#host, ROOM_BYTES);
        socket.on('message', (bytes, from) => this.#fromClient(bytes, from));
        // A client that vanished makes later sends fail; the others must not feel it.
        socket.on('error', () => {});
        const idleMs = options.idleMs ?? IDLE_MS;
        this.#sweeper = setInterval(() => this.#sweep(idleMs), Math.max(100, idleMs / 4));
        this.#sweeper.unref();
    }

    /** Binds the socket. Throws `bad-input` for addresses that are not loopback. */
    static async listen(options: UdpRelayOptions): Promise<UdpRelay> {
        const host = requireLoopback(options.host ?? '127.0.0.1', options.token);
        requirePort('targetPort', options.targetPort, false);
        requireCount('maxClients', options.maxClients ?? MAX_CLIENTS, 1, 4096);
        requireCount('idleMs', options.idleMs ?? IDLE_MS, 1, 1e9);
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
            if (this.#clients.size >= (this.#options.maxClients ?? MAX_CLIENTS)) {
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
        const known = client;
        const { targetHost, targetPort } = this.#options;
        known.seenNs = this.#host.clock.nowNs();
        this.#carry(this.toServer, known, 'toServerBytes', bytes, (arrived) => {
            if (this.#clients.get(key) === known) known.socket.send(arrived, targetPort, targetHost);
        });
    }

    /** Sends bytes of a client along a way, if it does not hold more of it than is left. */
    #carry(
        way: LivePath,
        client: Client,
        held: 'toServerBytes' | 'toClientBytes',
        bytes: Buffer,
        arrive: (bytes: Uint8Array) => void
    ): void {
        if (client[held] + bytes.length > way.roomBytes - bytes.length) {
            way.counters.refused++;
            return;
        }
        client[held] += bytes.length;
        const taken = way.send(bytes, (arrived) => {
            client[held] -= bytes.length;
            if (arrived) arrive(arrived);
        });
        if (!taken) client[held] -= bytes.length;
    }

    #connect(from: RemoteInfo): Client {
        const socket = createSocket(from.family === 'IPv6' ? 'udp6' : 'udp4');
        const client: Client = { socket, seenNs: this.#host.clock.nowNs(), toServerBytes: 0, toClientBytes: 0 };
        socket.on('error', () => {});
        socket.on('message', (bytes) => {
            client.seenNs = this.#host.clock.nowNs();
            this.#carry(this.toClient, client, 'toClientBytes', bytes, (arrived) =>
                this.#socket.send(arrived, from.port, from.address)
            );
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
