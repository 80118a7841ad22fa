/** A live host on virtual time: timers fire in order when a test lets time pass, promises settle in between. */
import type { LiveHost } from '../../src/live/live-path.ts';

export class VirtualHost implements LiveHost {
    readonly clock: LiveHost['clock'];
    #nowNs = 0;
    #next = 0;
    readonly #timers = new Map<number, { atNs: number; callback: () => void }>();

    constructor() {
        this.clock = { nowNs: () => this.#nowNs } as LiveHost['clock'];
    }

    get nowNs(): number {
        return this.#nowNs;
    }

    /** Timers that are set. */
    get timers(): number {
        return this.#timers.size;
    }

    /** At least a millisecond, as timers of browsers and Node. */
    setTimer(callback: () => void, delayMs: number): number {
        return this.#after(Math.max(1, delayMs), callback);
    }

    clearTimer(timer: unknown): void {
        this.#timers.delete(timer as number);
    }

    /** Polling is a tenth of a millisecond apart. */
    soon(callback: () => void): void {
        this.#after(0.1, callback);
    }

    #after(ms: number, callback: () => void): number {
        this.#timers.set(++this.#next, { atNs: this.#nowNs + ms * 1e6, callback });
        return this.#next;
    }

    /** Lets time pass. */
    async pass(ms: number): Promise<void> {
        const endNs = Math.round(this.#nowNs + ms * 1e6);
        for (;;) {
            await settle();
            let first: number | null = null;
            for (const [id, { atNs }] of this.#timers) {
                if (atNs <= endNs && (first === null || atNs < (this.#timers.get(first)?.atNs ?? 0))) first = id;
            }
            if (first === null) break;
            const { atNs, callback } = this.#timers.get(first) as { atNs: number; callback: () => void };
            this.#timers.delete(first);
            this.#nowNs = Math.max(this.#nowNs, atNs);
            callback();
        }
        this.#nowNs = endNs;
    }
}

/** Promises that are ready, and those that wait for them. */
async function settle(): Promise<void> {
    for (let i = 0; i < 8; i++) await Promise.resolve();
}
