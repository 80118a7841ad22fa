/**
 * The network under a page (or a Node program): `fetch`, WebSocket, WebRTC data channels, WebTransport, encoded WebRTC frames and
 * mocked answers, all over one pair of emulated ways, so that they share the bottleneck as they would.
 *
 * In a page nothing below the wrapped objects is visible: the real transport keeps its own congestion control and its own time,
 * to which the emulated way is added; resolution is that of timers; RTP packets cannot be touched, so a WebRTC frame is one PDU
 * Set that arrives or does not. Objects are described by what is used of them, so tests and other stacks can stand in.
 */
import { carried, fetchOver, MAX_INSIDE_BYTES, webHost } from './emulated-fetch.ts';
import { type LiveHost, LivePath } from './live-path.ts';
import { type Delivery, MessageCarrier } from './message-carrier.ts';
import type { PacketPath } from './packet-path.ts';

/** Which way. */
export type Way = 'toServer' | 'toClient';

/** The two ways, and what drives them. */
export interface PageNetworkOptions {
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** Default: the timers that browsers and Node share. */
    readonly host?: LiveHost;
}

/** What is used of a WebSocket or an RTCDataChannel. */
export interface MessageSocket extends EventTarget {
    send(data: never): void;
    close(...reason: never[]): void;
    /** Of a data channel: false and no retransmissions make its messages datagrams. */
    readonly ordered?: boolean;
    readonly maxRetransmits?: number | null;
    readonly maxPacketLifeTime?: number | null;
}

/** One encoded frame: RTCEncodedVideoFrame or RTCEncodedAudioFrame. */
export interface EncodedFrame {
    readonly data: ArrayBuffer;
}

/** See the file comment. */
export class PageNetwork {
    readonly toServer: LivePath;
    readonly toClient: LivePath;
    readonly #host: LiveHost;
    readonly #carriers = new Set<MessageCarrier>();

    constructor({ toServer, toClient, host = webHost() }: PageNetworkOptions) {
        this.#host = host;
        this.toServer = new LivePath(toServer, host, MAX_INSIDE_BYTES);
        this.toClient = new LivePath(toClient, host, MAX_INSIDE_BYTES);
    }

    /** A function like `fetch` over the network. */
    fetch(real: typeof fetch = fetch): typeof fetch {
        return fetchOver(this.toServer, this.toClient, this.#host, real);
    }

    /**
     * A resolver for msw: every request that reaches it is really made (by `real`, which must bypass msw) and its body comes
     * paced: `http.all('*', network.passthrough((request) => fetch(bypass(request))))`.
     */
    passthrough(real: (request: Request) => Promise<Response>): (info: { request: Request }) => Promise<Response> {
        const over = this.fetch((input) => real(input as Request));
        return ({ request }) => over(request);
    }

    /** An answer made up by a test, as it would come: its body paced. For msw: `http.get(url, () => network.answer(HttpResponse.json(…)))`. */
    answer(response: Response): Promise<Response> {
        return this.fetch(() => Promise.resolve(response))('about:blank');
    }

    /** Resolves when so many bytes have taken a way, in order and without loss. */
    carry(way: Way, sizeBytes: number): Promise<void> {
        return carried(this[way], this.#host, sizeBytes);
    }

    /** A class like `WebSocket` whose messages take the network, the opening one round trip. */
    webSocket<T extends new (...args: never[]) => MessageSocket>(Real: T): T {
        const wrap = (socket: MessageSocket): void => this.#wrapSocket(socket, 'ordered', true);
        return new Proxy(Real, {
            construct(target, args, newTarget) {
                const socket = Reflect.construct(target, args, newTarget) as MessageSocket;
                wrap(socket);
                return socket;
            }
        });
    }

    /** Puts an open or opening data channel over the network, as reliable and ordered as it says it is. */
    dataChannel(channel: MessageSocket): void {
        const { ordered = true, maxRetransmits = null, maxPacketLifeTime = null } = channel;
        const reliable = maxRetransmits === null && maxPacketLifeTime === null;
        this.#wrapSocket(channel, reliable || ordered ? (reliable ? 'ordered' : 'datagram') : 'datagram', false);
    }

    /** For a WebTransport session's datagrams: what is written comes out when it has taken a way, or never. */
    datagrams<T extends ArrayBufferView>(way: Way): TransformStream<T, T> {
        return this.#stream(way, 'datagram', (chunk) => chunk.byteLength);
    }

    /** For one WebTransport stream: in order, with head-of-line blocking of its own only. */
    stream<T extends ArrayBufferView>(way: Way): TransformStream<T, T> {
        return this.#stream(way, 'ordered', (chunk) => chunk.byteLength);
    }

    /** For encoded WebRTC frames (RTCRtpScriptTransform): a frame is a PDU Set, whole or dropped. */
    encodedFrames<T extends EncodedFrame>(way: Way): TransformStream<T, T> {
        return this.#stream(way, 'datagram', (frame) => frame.data.byteLength);
    }

    /** Drops what is inside and stops. */
    close(): void {
        this.toServer.close();
        this.toClient.close();
        for (const carrier of this.#carriers) carrier.close();
        this.#carriers.clear();
    }

    #carrier(way: Way, delivery: Delivery): MessageCarrier {
        const carrier = new MessageCarrier(this[way], this.#host, delivery);
        this.#carriers.add(carrier);
        return carrier;
    }

    #stream<T>(way: Way, delivery: Delivery, sizeOf: (chunk: T) => number): TransformStream<T, T> {
        const carrier = this.#carrier(way, delivery);
        let inside = 0;
        let ended: (() => void) | null = null;
        const left = (): void => {
            inside--;
            if (inside === 0) ended?.();
        };
        return new TransformStream<T, T>({
            transform: (chunk, controller) => {
                inside++;
                carrier.carry(
                    sizeOf(chunk),
                    () => {
                        controller.enqueue(chunk);
                        left();
                    },
                    left
                );
            },
            flush: async () => {
                await new Promise<void>((resolve) => {
                    if (inside === 0) resolve();
                    else ended = resolve;
                });
                this.#carriers.delete(carrier);
            }
        });
    }

    #wrapSocket(socket: MessageSocket, delivery: Delivery, opens: boolean): void {
        const out = this.#carrier('toServer', delivery);
        const back = this.#carrier('toClient', delivery);
        const send = socket.send.bind(socket) as (data: unknown) => void;
        const close = socket.close.bind(socket) as (...reason: unknown[]) => void;
        Object.defineProperty(socket, 'send', {
            configurable: true,
            value: (data: unknown) => out.carry(sizeOfMessage(data), () => send(data))
        });
        // A close goes behind what was sent before it.
        Object.defineProperty(socket, 'close', {
            configurable: true,
            value: (...reason: unknown[]) => {
                if (delivery === 'ordered') out.carry(1, () => close(...reason));
                else close(...reason);
            }
        });
        hold(socket, 'message', (event, release) => back.carry(sizeOfMessage((event as MessageEvent).data), release));
        // What is on its way still comes; the network only need not end it any more.
        const forget = (): void => {
            this.#carriers.delete(out);
            this.#carriers.delete(back);
        };
        if (!opens) {
            socket.addEventListener('close', forget);
            return;
        }
        hold(socket, 'open', (_event, release) => {
            out.carry(1, () => back.carry(1, release));
        });
        hold(socket, 'close', (_event, release) =>
            back.carry(1, () => {
                forget();
                release();
            })
        );
    }
}

/** Marks events that were held already, so that they pass the second time. */
const RELEASED = new WeakSet<Event>();

/** Keeps an event from its listeners until `release` is called; then it is sent again. */
function hold(target: EventTarget, type: string, when: (event: Event, release: () => void) => void): void {
    target.addEventListener(
        type,
        (event) => {
            if (RELEASED.has(event)) return;
            event.stopImmediatePropagation();
            when(event, () => {
                const again = copyOf(event);
                RELEASED.add(again);
                target.dispatchEvent(again);
            });
        },
        { capture: true }
    );
}

function copyOf(event: Event): Event {
    if (event.type === 'message') {
        const { data, origin, lastEventId } = event as MessageEvent;
        return new MessageEvent('message', { data: data as unknown, origin, lastEventId });
    }
    const Kind = event.constructor as new (type: string, init: object) => Event;
    return new Kind(event.type, event);
}

function sizeOfMessage(data: unknown): number {
    if (typeof data === 'string') return new TextEncoder().encode(data).length;
    if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
    return data instanceof Blob ? data.size : 1;
}
