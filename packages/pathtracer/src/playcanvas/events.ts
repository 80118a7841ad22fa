/** Things of the engine's scene that the tracer renders otherwise or not at all, counted by message. */
import type { SceneEvent } from '../scene/scene.ts';

/** Collects {@link SceneEvent}s; the same message twice is one event with a count of 2. */
export class EventLog {
    readonly #events = new Map<string, { kind: SceneEvent['kind']; count: number }>();
    #told = 0;

    add(kind: SceneEvent['kind'], message: string): void {
        const known = this.#events.get(message);
        if (known) known.count++;
        else this.#events.set(message, { kind, count: 1 });
    }

    list(): SceneEvent[] {
        return [...this.#events].map(([message, { kind, count }]) => ({ kind, message, count }));
    }

    /** Events of messages that are new since this was asked last. */
    news(): SceneEvent[] {
        const news = this.list().slice(this.#told);
        this.#told = this.#events.size;
        return news;
    }
}
