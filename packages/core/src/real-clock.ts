/**
 * Real time, monotonic: `performance.now()` from the moment the clock was made. Hosts fire timers up to some ms late and
 * sometimes early; a wait never ends early here, and how late it ends is the host's affair.
 */
import type { Clock } from './clock.ts';
import { waitAborted } from './virtual-clock.ts';

/** Longest delay that hosts' timers take: 2^31 - 1 ms. */
const MAX_TIMER_MS = 2147483647;

/** See the file comment. */
export class RealClock implements Clock {
    readonly kind = 'real' as const;
    readonly #startMs: number = performance.now();

    nowNs(): number {
        return Math.round((performance.now() - this.#startMs) * 1e6);
    }

    waitUntilNs(timeNs: number, signal?: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            if (signal?.aborted) return reject(waitAborted(signal));
            let timer: unknown;
            const onAbort = (): void => {
                // Each host has a type of its own for the handle; it goes back to where it came from.
                clearTimeout(timer as never);
                reject(waitAborted(signal));
            };
            const check = (): void => {
                const restMs = (timeNs - this.nowNs()) / 1e6;
                if (restMs > 0) {
                    timer = setTimeout(check, Math.min(MAX_TIMER_MS, Math.max(1, Math.ceil(restMs))));
                    return;
                }
                signal?.removeEventListener('abort', onAbort);
                resolve();
            };
            signal?.addEventListener('abort', onAbort, { once: true });
            check();
        });
    }
}
