/**
 * A byte stream over a path that loses and reorders: segments take the path one by one and come out in order. A lost segment is
 * sent again after 200 ms (Linux' least retransmission timeout), with everything behind it waiting, which is what loss looks
 * like above TCP.
 */
import type { LiveHost, LivePath } from './live-path.ts';

const SEGMENT_BYTES = 1448;
const RETRANSMISSION_MS = 200;

/** One direction of one connection. */
export class OrderedCarrier {
    /** Bytes that were handed in and did not come out yet. */
    insideBytes = 0;
    readonly #path: LivePath;
    readonly #host: LiveHost;
    readonly #out: (bytes: Uint8Array) => void;
    readonly #queue: { bytes: Uint8Array | null }[] = [];
    readonly #timers = new Set<unknown>();
    #closed = false;

    /** @param out - Gets the bytes in order, in pieces of at most 1448. */
    constructor(path: LivePath, host: LiveHost, out: (bytes: Uint8Array) => void) {
        this.#path = path;
        this.#host = host;
        this.#out = out;
    }

    /** Hands bytes in. They must not change until they came out. */
    carry(data: Uint8Array): void {
        for (let at = 0; at < data.length; at += SEGMENT_BYTES) {
            const segment = data.subarray(at, at + SEGMENT_BYTES);
            const place = { bytes: null };
            this.#queue.push(place);
            this.insideBytes += segment.length;
            this.#send(segment, place);
        }
    }

    /** Forgets what is inside. */
    close(): void {
        this.#closed = true;
        for (const timer of this.#timers) this.#host.clearTimer(timer);
        this.#timers.clear();
        this.#queue.length = 0;
    }

    #send(segment: Uint8Array, place: { bytes: Uint8Array | null }): void {
        const taken = this.#path.send(segment, (arrived) => {
            if (this.#closed) return;
            if (arrived === null) this.#again(segment, place);
            else {
                place.bytes = arrived;
                this.#flush();
            }
        });
        if (!taken) this.#again(segment, place);
    }

    #again(segment: Uint8Array, place: { bytes: Uint8Array | null }): void {
        // A path that has ended takes nothing more: waiting for it would never end.
        if (this.#closed || this.#path.closed) return;
        const timer = this.#host.setTimer(() => {
            this.#timers.delete(timer);
            this.#send(segment, place);
        }, RETRANSMISSION_MS);
        this.#timers.add(timer);
    }

    #flush(): void {
        let ready = 0;
        while (ready < this.#queue.length && this.#queue[ready]?.bytes) ready++;
        for (const { bytes } of this.#queue.splice(0, ready)) {
            this.insideBytes -= (bytes as Uint8Array).length;
            this.#out(bytes as Uint8Array);
        }
    }
}
