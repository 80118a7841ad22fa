/**
 * A TCP proxy: a connection to it is a connection to the target over the emulated way, for HTTP, WebSocket or anything else
 * that speaks TCP. The byte stream is cut into segments that take the path one by one and come out in order. A segment that
 * the path loses is sent again after 200 ms (Linux' least retransmission timeout), with everything behind it waiting, which is
 * what loss looks like above TCP; the hosts' own TCP runs on loopback and sees none of it.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { LivePath } from '../live/live-path.ts';
import type { PacketPath } from '../live/packet-path.ts';
import { nodeHost, requireLoopback, requirePort } from './host.ts';

/** Where a proxy listens and where it connects. */
export interface TcpProxyOptions {
    /** Loopback address to listen on; default 127.0.0.1. */
    readonly host?: string;
    /** Port to listen on; 0, the default, takes a free one. */
    readonly port?: number;
    readonly targetHost: string;
    readonly targetPort: number;
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** Connections at once, 1 to 4096; default 256. Further ones are closed at once. */
    readonly maxConnections?: number;
}

const SEGMENT_BYTES = 1448;
const RETRANSMISSION_MS = 200;
/** Bytes of one direction of one connection that may be inside before its sender is paused. */
const WINDOW_BYTES = 1 << 20;

/** See the file comment. Start with {@link TcpProxy.listen}. */
export class TcpProxy {
    readonly port: number;
    readonly toServer: LivePath;
    readonly toClient: LivePath;
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();

    private constructor(server: Server, options: TcpProxyOptions) {
        this.#server = server;
        const host = nodeHost();
        this.port = (server.address() as AddressInfo).port;
        // Senders are paused per connection, so the path itself needs room for all of them.
        const room = WINDOW_BYTES * 2 * (options.maxConnections ?? 256);
        this.toServer = new LivePath(options.toServer, host, room);
        this.toClient = new LivePath(options.toClient, host, room);
        server.on('connection', (client) => this.#accept(client, options));
    }

    /** Opens the listener. Throws `bad-input` for addresses that are not loopback. */
    static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
        const host = requireLoopback(options.host ?? '127.0.0.1');
        requirePort('targetPort', options.targetPort, false);
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
        for (const socket of this.#sockets) socket.destroy();
        await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    }

    #accept(client: Socket, options: TcpProxyOptions): void {
        if (this.connections >= (options.maxConnections ?? 256)) {
            client.destroy();
            return;
        }
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
        pipe(client, server, this.toServer);
        pipe(server, client, this.toClient);
    }
}

/** Carries one direction of one connection: in order, whatever the path does. */
function pipe(from: Socket, to: Socket, path: LivePath): void {
    const queue: { bytes: Uint8Array | null }[] = [];
    let inside = 0;
    let ended = false;
    let corked = false;
    const write = (bytes: Uint8Array): void => {
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
    };
    const flush = (): void => {
        while (queue.length > 0 && queue[0]?.bytes) {
            const { bytes } = queue.shift() as { bytes: Uint8Array };
            inside -= bytes.length;
            write(bytes);
        }
        if (inside < WINDOW_BYTES / 2 && from.isPaused()) from.resume();
        if (ended && queue.length === 0 && !to.destroyed) to.end();
    };
    const carry = (segment: Uint8Array, place: { bytes: Uint8Array | null }): void => {
        const again = (): void => {
            if (!from.destroyed || !to.destroyed) setTimeout(() => carry(segment, place), RETRANSMISSION_MS).unref();
        };
        const taken = path.send(segment, (arrived) => {
            if (arrived === null) {
                again();
                return;
            }
            place.bytes = arrived;
            flush();
        });
        if (!taken) again();
    };
    from.on('data', (data: Buffer) => {
        for (let at = 0; at < data.length; at += SEGMENT_BYTES) {
            const segment = data.subarray(at, at + SEGMENT_BYTES);
            const place = { bytes: null };
            queue.push(place);
            inside += segment.length;
            carry(segment, place);
        }
        if (inside >= WINDOW_BYTES) from.pause();
    });
    from.on('end', () => {
        ended = true;
        flush();
    });
}
