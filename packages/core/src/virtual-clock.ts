/**
 * A clock that moves when it is told to: the time base of every simulation and of every test that waits.
 *
 * Two ways to move it. `advanceTo`, `advanceBy` and `runUntilIdle` run scheduled callbacks synchronously, each at its own
 * time: for event-driven code, at about 0.2 us an event. `play` does the same but lets promises settle after each event, so
 * that code which awaits `waitUntilNs` wakes at its own time and can schedule more: about 1 ms of real time an event.
 */
import type { Clock } from './clock.ts';
import { badInput, MixreelError } from './error.ts';
import { EventHeap, type TimedEvent } from './event-heap.ts';

/** Options of {@link VirtualClock}. */
export interface VirtualClockOptions {
    /** Where the clock starts, integer ns, 0 or more. */
    readonly startNs: number;
    /** Most events one call may run before it is taken for endless, 1 or more. */
    readonly maxEvents: number;
    /** Resolves when all promises that can settle have; the default waits for the host's next timer. */
    readonly settle: () => Promise<void>;
}

export const VIRTUAL_CLOCK_DEFAULTS: Readonly<VirtualClockOptions> = Object.freeze({
    startNs: 0,
    maxEvents: 100_000_000,
    settle: () => new Promise<void>((resolve) => void setTimeout(resolve, 0))
});

/** What {@link VirtualClock.schedule} gives; `cancel` takes it. */
export type ScheduledEvent = Readonly<Pick<TimedEvent, 'timeNs'>>;

/** See the file comment. */
export class VirtualClock implements Clock {
    readonly kind = 'virtual' as const;
    readonly #options: VirtualClockOptions;
    readonly #heap = new EventHeap();
    #nowNs: number;

    constructor(options: Partial<VirtualClockOptions> = {}) {
        this.#options = { ...VIRTUAL_CLOCK_DEFAULTS, ...options };
        this.#nowNs = requireTime(this.#options.startNs);
    }

    nowNs(): number {
        return this.#nowNs;
    }

    /** Runs `callback` when the clock reaches `timeNs`; a time that has passed counts as now. Same time: in order of calling. */
    schedule(timeNs: number, callback: () => void): ScheduledEvent {
        return this.#heap.push(Math.max(requireTime(timeNs), this.#nowNs), callback);
    }

    /** Takes an event back. True if it had not run and was not cancelled before. */
    cancel(event: ScheduledEvent): boolean {
        const timed = event as TimedEvent;
        const pending = timed.run !== null;
        timed.run = null;
        return pending;
    }

    /** Time of the next event, or null if none is scheduled. */
    nextEventNs(): number | null {
        return this.#heap.peek()?.timeNs ?? null;
    }

    waitUntilNs(timeNs: number, signal?: AbortSignal): Promise<void> {
        requireTime(timeNs);
        return new Promise((resolve, reject) => {
            if (signal?.aborted) return reject(waitAborted(signal));
            if (timeNs <= this.#nowNs) return resolve();
            const onAbort = (): void => {
                this.cancel(event);
                reject(waitAborted(signal));
            };
            const event = this.schedule(timeNs, () => {
                signal?.removeEventListener('abort', onAbort);
                resolve();
            });
            signal?.addEventListener('abort', onAbort, { once: true });
        });
    }

    /** Runs every event up to and including `timeNs`, then stands there. Going back is refused. */
    advanceTo(timeNs: number): void {
        this.#requireForward(timeNs);
        this.#drain(timeNs);
        this.#nowNs = timeNs;
    }

    /** {@link advanceTo} from now, ns. */
    advanceBy(durationNs: number): void {
        this.advanceTo(this.#nowNs + durationNs);
    }

    /** Runs events until none is left; the clock stands at the last one. Returns how many ran. */
    runUntilIdle(): number {
        return this.#drain(Infinity);
    }

    /**
     * Like `advanceTo(timeNs)`, or `runUntilIdle()` without an argument, but lets promises settle before and after each event.
     *
     * @returns How many events ran.
     */
    async play(timeNs: number = Infinity): Promise<number> {
        if (timeNs !== Infinity) this.#requireForward(timeNs);
        let count = 0;
        await this.#options.settle();
        while (this.#step(timeNs)) {
            this.#requireFewer(++count);
            await this.#options.settle();
        }
        if (timeNs !== Infinity) this.#nowNs = timeNs;
        return count;
    }

    #drain(limitNs: number): number {
        let count = 0;
        while (this.#step(limitNs)) this.#requireFewer(++count);
        return count;
    }

    #step(limitNs: number): boolean {
        const next = this.#heap.peek();
        if (!next || next.timeNs > limitNs) return false;
        this.#heap.pop();
        this.#nowNs = next.timeNs;
        const run = next.run;
        next.run = null;
        run?.();
        return true;
    }

    #requireFewer(count: number): void {
        if (count < this.#options.maxEvents) return;
        throw new MixreelError('limit-exceeded', {
            what: `the virtual clock ran ${count} events and is still at ${this.#nowNs} ns`,
            expected: `fewer than maxEvents = ${this.#options.maxEvents}`,
            mend: 'Look for an event that schedules itself for ever, or raise maxEvents'
        });
    }

    #requireForward(timeNs: number): void {
        if (requireTime(timeNs) >= this.#nowNs) return;
        throw badInput(
            `the clock was told to go back to ${timeNs} ns`,
            `${this.#nowNs} ns or later`,
            'Make a new clock'
        );
    }
}

function requireTime(timeNs: number): number {
    if (Number.isSafeInteger(timeNs) && timeNs >= 0) return timeNs;
    throw badInput(`a time is ${timeNs} ns`, 'an integer from 0 to 2^53 - 1', 'Round to whole nanoseconds');
}

/** What a wait rejects with. */
export function waitAborted(signal: AbortSignal | undefined): MixreelError {
    return new MixreelError('aborted', {
        what: 'a wait was cancelled',
        mend: 'Start it again to finish',
        cause: signal?.reason
    });
}
