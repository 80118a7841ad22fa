/**
 * A binary heap of timed events, earliest first, and first in first out among equal times: without the second rule the order
 * of a simulation would hang on the heap's shape. O(log n) to push and pop; cancelled events are dropped when they surface.
 */

/** Something to do at a time. */
export interface TimedEvent {
    /** Integer ns. */
    readonly timeNs: number;
    /** Order of insertion. */
    readonly order: number;
    /** What to do; null once cancelled or done. */
    run: (() => void) | null;
}

const before = (a: TimedEvent, b: TimedEvent): boolean =>
    a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.order < b.order);

/** See the file comment. */
export class EventHeap {
    readonly #events: TimedEvent[] = [];
    #inserted = 0;

    push(timeNs: number, run: () => void): TimedEvent {
        const event: TimedEvent = { timeNs, order: this.#inserted++, run };
        const events = this.#events;
        let hole = events.length;
        events.push(event);
        while (hole > 0) {
            const parent = (hole - 1) >> 1;
            if (!before(event, events[parent] as TimedEvent)) break;
            events[hole] = events[parent] as TimedEvent;
            hole = parent;
        }
        events[hole] = event;
        return event;
    }

    /** The earliest event that is not cancelled, or undefined. */
    peek(): TimedEvent | undefined {
        while (this.#events.length > 0 && (this.#events[0] as TimedEvent).run === null) this.#removeFirst();
        return this.#events[0];
    }

    pop(): TimedEvent | undefined {
        const first = this.peek();
        if (first) this.#removeFirst();
        return first;
    }

    #removeFirst(): void {
        const events = this.#events;
        const last = events.pop() as TimedEvent;
        if (events.length === 0) return;
        let hole = 0;
        for (;;) {
            let child = 2 * hole + 1;
            if (child >= events.length) break;
            const right = child + 1;
            if (right < events.length && before(events[right] as TimedEvent, events[child] as TimedEvent))
                child = right;
            if (!before(events[child] as TimedEvent, last)) break;
            events[hole] = events[child] as TimedEvent;
            hole = child;
        }
        events[hole] = last;
    }
}
