/**
 * Errors that nobody awaits: a rejection without a handler, an exception in a timer or in an event of a socket. Each would end
 * the whole process; here it ends the scenario whose code it came from, and if that is over already, nothing.
 *
 * Whose it is Node tells by the asynchronous context in which the promise or the timer was made. Errors of nobody's context
 * are the harness's own: they end the process, as always.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Which scenario the code that runs belongs to. */
const owners = new AsyncLocalStorage<object>();

/** Who watches now; one listener serves them all, however many scenarios there are. */
const watchers = new Map<object, (error: unknown) => void>();

/** Of the process. TypeScript knows each by its own overload only. */
const EVENTS = ['unhandledRejection', 'uncaughtException'] as unknown as readonly 'uncaughtException'[];

/** Runs work as that of an owner. */
export function runAs<T>(owner: object, work: () => Promise<T>): Promise<T> {
    return owners.run(owner, work);
}

/**
 * Tells of errors that nobody awaits of an owner, and swallows those of owners that are no longer watched.
 *
 * @returns How to stop being told.
 */
export function watchUnseen(owner: object, tell: (error: unknown) => void): () => void {
    watchers.set(owner, tell);
    for (const event of EVENTS) if (!process.listeners(event).includes(onUnseen)) process.on(event, onUnseen);
    return () => void watchers.delete(owner);
}

function onUnseen(error: unknown): void {
    const owner = owners.getStore();
    // One scenario at a time: where the context was lost on the way, it is that of whoever runs.
    const [only] = watchers.size === 1 ? watchers.values() : [];
    const tell = owner ? watchers.get(owner) : only;
    if (tell) tell(error);
    if (owner ?? tell) return;
    // Others who listen look after it; nobody does: then it is as if this did not listen, either.
    if (EVENTS.some((event) => process.listenerCount(event) > 1)) return;
    for (const event of EVENTS) process.off(event, onUnseen);
    throw error;
}
