/**
 * `fetch` over an emulated way: the request takes the path to the server, the body comes back through the path to the client,
 * paced, as a stream. All fetches of one function share the paths, and so the bottleneck. The real transfer below keeps its own
 * transport; what it needs longer than the emulated way is added, never hidden. Runs in browsers, workers and Node.
 */
import { RealClock } from '@mixreel/core';
import { type LiveHost, LivePath } from './live-path.ts';
import { OrderedCarrier } from './ordered-carrier.ts';
import type { PacketPath } from './packet-path.ts';

/** What a request's line and headers are taken for, bytes. */
const REQUEST_BYTES = 500;
/** Bytes inside above which the real body is not read further. */
const WINDOW_BYTES = 1 << 20;
/** Bytes of all bodies that a path takes at once. */
export const MAX_INSIDE_BYTES: number = 64 * WINDOW_BYTES;

/** The two ways, and what to wrap. */
export interface EmulatedFetchOptions {
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** Default: the global `fetch`. */
    readonly fetch?: typeof fetch;
    /** Default: {@link webHost}. */
    readonly host?: LiveHost;
}

/** Timers and a clock that browsers, workers and Node have alike. */
export function webHost(): LiveHost {
    return {
        clock: new RealClock(),
        setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
        clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
        soon: (callback) => void setTimeout(callback, 0)
    };
}

/** A function like `fetch`; everything it brings takes the emulated way. */
export function emulatedFetch(options: EmulatedFetchOptions): typeof fetch {
    const host = options.host ?? webHost();
    const toServer = new LivePath(options.toServer, host);
    const toClient = new LivePath(options.toClient, host, MAX_INSIDE_BYTES);
    return fetchOver(toServer, toClient, host, options.fetch ?? fetch);
}

/** {@link emulatedFetch} over paths that other traffic takes as well. */
export function fetchOver(toServer: LivePath, toClient: LivePath, host: LiveHost, real: typeof fetch): typeof fetch {
    return async (input, init) => {
        await carried(toServer, host, REQUEST_BYTES);
        const response = await real(input, init);
        if (response.body === null) {
            await carried(toClient, host, REQUEST_BYTES);
            return response;
        }
        const { status, statusText, headers } = response;
        return new Response(paced(response.body, toClient, host), { status, statusText, headers });
    };
}

/** Resolves when that many bytes have come through, all of them. */
export function carried(path: LivePath, host: LiveHost, sizeBytes: number): Promise<void> {
    return new Promise((resolve) => {
        let left = sizeBytes;
        const carrier = new OrderedCarrier(path, host, (bytes) => {
            left -= bytes.length;
            if (left <= 0) resolve();
        });
        carrier.carry(new Uint8Array(sizeBytes));
        if (sizeBytes <= 0) resolve();
    });
}

/** A body over a path. It is read no further than the path and whoever reads here have room. */
function paced(body: ReadableStream<Uint8Array>, path: LivePath, host: LiveHost): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let ended = false;
    let wake: (() => void) | null = null;
    let carrier: OrderedCarrier | null = null;
    let cancelled = false;
    const stream: UnderlyingDefaultSource<Uint8Array> = {
        start(controller) {
            const own = new OrderedCarrier(path, host, (bytes) => {
                controller.enqueue(bytes);
                if (own.insideBytes < WINDOW_BYTES / 2) wake?.();
                if (ended && own.insideBytes === 0) controller.close();
            });
            carrier = own;
            const isFull = (): boolean => own.insideBytes >= WINDOW_BYTES || (controller.desiredSize ?? 0) <= 0;
            const read = async (): Promise<void> => {
                for (;;) {
                    const { done, value } = await reader.read();
                    if (done) break;
                    own.carry(value);
                    while (isFull() && !cancelled) await new Promise<void>((resolve) => (wake = resolve));
                }
                ended = true;
                if (own.insideBytes === 0) controller.close();
            };
            read().catch((error: unknown) => controller.error(error));
        },
        pull: () => wake?.(),
        async cancel(reason) {
            cancelled = true;
            carrier?.close();
            wake?.();
            await reader.cancel(reason);
        }
    };
    return new ReadableStream(stream, new ByteLengthQueuingStrategy({ highWaterMark: WINDOW_BYTES }));
}
