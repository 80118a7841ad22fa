/**
 * Messages over an emulated way, as sockets and data channels carry them: split into packets, whole again at the other end.
 *
 * - `ordered`: nothing overtakes, nothing is lost; a lost packet holds up everything behind it (WebSocket, reliable channels,
 *   WebTransport streams).
 * - `datagram`: a message arrives when all its packets have, and does not when one is lost; later ones may overtake it.
 */
import type { LiveHost, LivePath } from './live-path.ts';
import { OrderedCarrier } from './ordered-carrier.ts';

/** How messages travel. */
export type Delivery = 'ordered' | 'datagram';

/** Payload of a packet, and what a message without bytes costs. */
const PACKET_BYTES = 1200;

/** One direction of one connection. */
export class MessageCarrier {
    readonly #path: LivePath;
    readonly #delivery: Delivery;
    readonly #ordered: OrderedCarrier;
    /** Messages that wait for their last byte, by the bytes that are still to come before it. */
    readonly #waiting: { left: number; arrived: () => void }[] = [];
    #closed = false;

    constructor(path: LivePath, host: LiveHost, delivery: Delivery) {
        this.#path = path;
        this.#delivery = delivery;
        this.#ordered = new OrderedCarrier(path, host, (bytes) => this.#came(bytes.length));
    }

    /** Carries a message; `arrived` is called when it is there, `lost` when it never will be. */
    carry(sizeBytes: number, arrived: () => void, lost: () => void = () => {}): void {
        const size = Math.max(1, sizeBytes);
        if (this.#delivery === 'ordered') {
            this.#waiting.push({ left: size, arrived });
            this.#ordered.carry(new Uint8Array(size));
            return;
        }
        let left = Math.ceil(size / PACKET_BYTES);
        let broken = false;
        const one = (bytes: Uint8Array | null): void => {
            broken ||= bytes === null;
            left--;
            if (left > 0 || this.#closed) return;
            if (broken) lost();
            else arrived();
        };
        for (let at = 0; at < size; at += PACKET_BYTES) {
            const packet = new Uint8Array(Math.min(PACKET_BYTES, size - at));
            if (!this.#path.send(packet, one)) one(null);
        }
    }

    /** Forgets what is inside. */
    close(): void {
        this.#closed = true;
        this.#ordered.close();
        this.#waiting.length = 0;
    }

    #came(bytes: number): void {
        let left = bytes;
        for (let first = this.#waiting[0]; first && left > 0; first = this.#waiting[0]) {
            const part = Math.min(left, first.left);
            first.left -= part;
            left -= part;
            if (first.left > 0) return;
            this.#waiting.shift();
            first.arrived();
        }
    }
}
