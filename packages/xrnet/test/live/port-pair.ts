/** The two ends of a model's line in one thread: what one posts the other hears in the next microtask, copied as between threads. */
import type { ModelPort } from '../../src/live/model-port.ts';

export function portPair(): [ModelPort, ModelPort] {
    const listeners: (((message: unknown) => void) | null)[] = [null, null];
    const end = (own: 0 | 1): ModelPort => ({
        post(message) {
            const copy: unknown = structuredClone(message);
            queueMicrotask(() => listeners[1 - own]?.(copy));
        },
        listen(listener) {
            listeners[own] = listener;
        },
        close() {
            listeners[own] = null;
        }
    });
    return [end(0), end(1)];
}
