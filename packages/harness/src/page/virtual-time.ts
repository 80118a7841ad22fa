/**
 * Time and chance of a page in the harness's hands: one virtual clock behind requestAnimationFrame, performance.now, Date
 * and timers, and a seeded Math.random. The script below runs before any of the page's own.
 *
 * Two phases. While the page loads, time stands at 0 and timers fire as usual (a loader may wait for one); animation frames
 * are held, or run with time standing still. Once it is ready, nothing moves but by `advance`: each frame moves the clock by
 * one frame time, fires what is due in order, calls the frame's callbacks, and waits for the real browser to present.
 *
 * Chromium's own virtual time (CDP Emulation.setVirtualTimePolicy) was not taken: it stops while requests are pending and
 * does not know the GPU, so that the number of frames drawn still differs from run to run.
 *
 * Code that waits in a loop for performance.now() to change gets its change: after 10,000 calls in one task each further
 * call adds 0.01 ms.
 *
 * CSS animations, transitions and Web Animations are paused and put where the clock is at every frame; one begins at the first
 * frame that sees it. Dedicated and shared workers get a clock of their own that follows the page's: a frame waits until each worker has
 * met its time and done what was due, so that no answer comes a frame sooner or later than in the run before. A WebXR session has
 * one frame for each frame of the clock, at its time; emulated ones (IWER) take theirs from requestAnimationFrame anyway.
 *
 * Frames inside the page (iframe) go with it, each after the one that holds it; those of other origins, into which a page may not
 * look, the harness leads one by one (open-page.ts). A document that loads while the clock runs does so in real time.
 *
 * Video and audio are put where the clock is before every frame. Not under the clock: service workers, streams, Web Audio.
 */

import { lesserClocksScript } from './lesser-clocks.ts';
import { virtualMediaScript } from './virtual-media.ts';
import { virtualWorkersScript } from './virtual-workers.ts';
import { virtualXrScript } from './virtual-xr.ts';

/** Options of {@link virtualTimeScript}. */
export interface VirtualTimeOptions {
    /** Of Math.random: an integer from 0 to 2^32 - 1. */
    readonly seed: number;
    /** Length of a frame, ms: 1000 / 60. */
    readonly frameMs: number;
    /** What becomes of animation frames before the page is ready: held back, or run at time 0. */
    readonly beforeReady: 'hold' | 'run';
}

/** Where the script keeps its handle in the page. */
export const VIRTUAL_TIME_HANDLE = '__mixreelTime';

/** Date when the clock starts: 2025-01-01T00:00:00Z, ms since 1970. */
export const VIRTUAL_EPOCH_MS = 1_735_689_600_000;

/** JavaScript text for `evaluateOnNewDocument`. */
export function virtualTimeScript(options: VirtualTimeOptions): string {
    const numbers = JSON.stringify([
        options.seed >>> 0,
        options.frameMs,
        options.beforeReady === 'run',
        VIRTUAL_EPOCH_MS
    ]);
    const main = `(${install.toString()})(...${numbers}, ${JSON.stringify(VIRTUAL_TIME_HANDLE)});`;
    const clock = main + lesserClocksScript(VIRTUAL_TIME_HANDLE);
    const [workers, media, xr] = [virtualWorkersScript, virtualMediaScript, virtualXrScript];
    return clock + workers(VIRTUAL_TIME_HANDLE, clock) + media(VIRTUAL_TIME_HANDLE) + xr(VIRTUAL_TIME_HANDLE);
}

/** Serialised into the page: it must use nothing from this module. */
function install(seed: number, frameMs: number, runBeforeReady: boolean, startMs: number, handle: string): void {
    const real = {
        // Shared workers have none.
        raf: globalThis.requestAnimationFrame?.bind(globalThis) as typeof requestAnimationFrame | undefined,
        setTimeout: globalThis.setTimeout.bind(globalThis),
        clearTimeout: globalThis.clearTimeout.bind(globalThis),
        Date: globalThis.Date,
        now: performance.now.bind(performance)
    };
    type Callback = (...args: unknown[]) => void;
    interface Timer {
        due: number;
        callback: Callback;
        interval: number | null;
        order: number;
        handle: ReturnType<typeof setTimeout> | undefined;
    }
    let nowMs = 0;
    let stepping = false;
    let calls = 0;
    let order = 0;
    let framesDone = 0;
    const timers = new Map<number, Timer>();
    let frames = new Map<number, Callback>();
    /** Those of the frame that is being drawn: one may take back another. */
    let drawn = new Map<number, Callback>();

    const read = (): number => {
        if (++calls === 1) real.setTimeout(() => (calls = 0), 0);
        if (calls > 10_000) nowMs += 0.01;
        return nowMs;
    };
    performance.now = read;

    // The day goes on in a frame that is made while the page runs; its own time begins at 0, as a document's does.
    interface Clock {
        before(): Promise<void>;
        frame(): void;
        after(): Promise<void>;
        shown(): Promise<void>;
        dateMs(): number;
    }
    const outer = ((): Clock | undefined => {
        const { parent } = globalThis as { parent?: unknown };
        if (!parent || parent === globalThis) return undefined;
        try {
            return (parent as Record<string, Clock | undefined>)[handle];
        } catch {
            return undefined;
        }
    })();
    const epochMs = outer ? outer.dateMs() : startMs;

    // By whole microseconds: sums of two clocks must not end a hair before a millisecond.
    const dateNow = (): number => Math.floor(Math.round(1000 * (epochMs + read())) / 1000);

    const VirtualDate = class extends real.Date {
        constructor(...args: unknown[]) {
            if (args.length === 0) super(dateNow());
            else super(...(args as [number]));
        }
        static override now(): number {
            return dateNow();
        }
    };
    const callable = function (this: unknown, ...args: unknown[]): unknown {
        return new.target ? Reflect.construct(VirtualDate, args, new.target) : new VirtualDate().toString();
    };
    callable.prototype = VirtualDate.prototype;
    Object.setPrototypeOf(callable, VirtualDate);
    globalThis.Date = callable as unknown as DateConstructor;

    // mulberry32: the page's own randomness need only be the same each time.
    let state = seed;
    Math.random = () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };

    const fire = (id: number, timer: Timer): void => {
        if (timer.interval === null) timers.delete(id);
        else timer.due = Math.max(timer.due + timer.interval, nowMs);
        timer.callback();
    };
    // What ticks in a worker begins to with the first frame: a page waits for none of its ticks to be ready.
    const held = globalThis.document === undefined && !runBeforeReady;
    const armReal = (id: number, timer: Timer): void => {
        if (stepping || (held && timer.interval !== null)) return;
        timer.handle = real.setTimeout(
            () => {
                if (stepping || !timers.has(id)) return;
                fire(id, timer);
                if (timers.has(id)) armReal(id, timer);
            },
            timer.interval ?? timer.due - nowMs
        );
    };
    const add = (callback: unknown, delay: unknown, args: unknown[], repeat: boolean): number => {
        const wait = Math.max(repeat ? 1 : 0, Number(delay) || 0);
        const call = (): void => {
            if (typeof callback !== 'function') throw new TypeError('a timer of text is not run: pass a function');
            callback(...args);
        };
        // Real handles are small integers: beginning far above keeps the two apart.
        const id = 1_000_000 + ++order;
        const timer = { due: nowMs + wait, callback: call, interval: repeat ? wait : null, order, handle: undefined };
        timers.set(id, timer);
        armReal(id, timer);
        return id;
    };
    const clear = (id: unknown): void => {
        const timer = timers.get(Number(id));
        if (timer) real.clearTimeout(timer.handle);
        timers.delete(Number(id));
    };
    const page = globalThis as unknown as Record<string, unknown>;
    page['setTimeout'] = (callback: unknown, delay: unknown, ...args: unknown[]) => add(callback, delay, args, false);
    page['setInterval'] = (callback: unknown, delay: unknown, ...args: unknown[]) => add(callback, delay, args, true);
    page['clearTimeout'] = clear;
    page['clearInterval'] = clear;

    const runFrame = (): void => {
        drawn = frames;
        frames = new Map();
        for (const callback of drawn.values()) {
            try {
                callback(nowMs);
            } catch (error) {
                reportError(error);
            }
        }
    };
    const pump = (): void => {
        if (stepping) return;
        runFrame();
        real.raf?.(pump);
    };
    if (runBeforeReady) real.raf?.(pump);
    if (real.raf) {
        page['requestAnimationFrame'] = (callback: Callback) => {
            frames.set(++order, callback);
            return order;
        };
        page['cancelAnimationFrame'] = (id: number) => void (frames.delete(id) || drawn.delete(id));
    }

    const fireDue = (untilMs: number): void => {
        for (let guard = 0; guard < 100_000; guard++) {
            let next: [number, Timer] | undefined;
            for (const entry of timers) {
                if (entry[1].due > untilMs) continue;
                if (
                    !next ||
                    entry[1].due < next[1].due ||
                    (entry[1].due === next[1].due && entry[1].order < next[1].order)
                )
                    next = entry;
            }
            if (!next) return;
            nowMs = Math.max(nowMs, next[1].due);
            fire(...next);
        }
    };
    /** Everything already on its way (microtasks, messages, a presented frame) arrives before the next frame begins. */
    const settle = (): Promise<void> => new Promise((done) => void real.raf?.(() => real.setTimeout(done, 0)));
    /** What has come over the network is with whoever asked for it, workers of a clock that moves already included. */
    const arrive = async (): Promise<void> => {
        await settle();
        if (!stepping) return;
        await workers.reach(nowMs);
        await settle();
    };
    /** Goes on to a time, without a frame: workers follow the page's clock. */
    const follow = (toMs: number): void => {
        stopReal();
        fireDue(Math.max(nowMs, toMs));
        nowMs = Math.max(nowMs, toMs);
        runFrame();
    };
    const stopReal = (): void => {
        if (stepping) return;
        stepping = true;
        for (const timer of timers.values()) real.clearTimeout(timer.handle);
    };
    // Animations by when the clock saw them first; those that the page itself holds are left alone.
    const begun = new WeakMap<Animation, number>();
    const placeAnimations = (): void => {
        if (typeof document === 'undefined') return;
        for (const animation of document.getAnimations()) {
            let since = begun.get(animation);
            if (since === undefined) {
                if (animation.playState === 'paused') continue;
                since = nowMs;
                begun.set(animation, since);
                animation.pause();
            }
            const at = (nowMs - since) * animation.playbackRate;
            const end = Number(animation.effect?.getComputedTiming().endTime ?? Infinity);
            if (at >= end) animation.finish();
            else animation.currentTime = at;
        }
    };
    const timeline = Object.getPrototypeOf(globalThis.document?.timeline ?? {}) as object;
    if (globalThis.document) {
        const owner = Object.hasOwn(timeline, 'currentTime') ? timeline : Object.getPrototypeOf(timeline);
        Object.defineProperty(owner, 'currentTime', { configurable: true, get: () => nowMs });
    }
    /** When the next frame is. Counted, not summed, and in whole microseconds: 30 frames of 1000 / 60 ms are 500 ms. */
    const nextMs = (): number => Math.max(nowMs, Math.round((framesDone + 1) * frameMs * 1000) / 1000);
    const framesInside = Object.getOwnPropertyDescriptor(globalThis, 'length')?.get?.bind(globalThis);
    /** True once the page had a frame that it may not look into. */
    let stranger = false;
    /** What the scripts keep under a name in the frames of the page, which go with it; those of other origins the harness leads. */
    const inner = <T>(name: string): T[] => {
        const found: T[] = [];
        const count = Number(framesInside?.() ?? 0);
        for (let i = 0; i < count; i++) {
            try {
                const own = (page[i] as Record<string, T> | undefined)?.[name];
                if (own) found.push(own);
            } catch {
                stranger = true;
            }
        }
        return found;
    };
    /** One frame: all that is due until its time, then its callbacks; then those of the frames inside. */
    const frame = (): void => {
        // One that this frame makes begins with the next.
        const clocks = inner<Clock>(handle);
        stopReal();
        const target = nextMs();
        framesDone++;
        fireDue(target);
        nowMs = target;
        placeAnimations();
        runFrame();
        // Those that this frame began stand at their beginning.
        placeAnimations();
        for (const clock of clocks) clock.frame();
    };
    /** Where the parts that look after workers, media and XR put their waits. */
    const workers = { reach: async (_ms: number): Promise<void> => {} };
    const media = { reach: async (_ms: number): Promise<void> => {} };
    const xr = { reach: async (): Promise<void> => {} };
    const before = async (): Promise<void> =>
        void (await Promise.all([media.reach(nextMs()), ...inner<Clock>(handle).map((clock) => clock.before())]));
    const after = async (): Promise<void> =>
        void (await Promise.all([workers.reach(nowMs), ...inner<Clock>(handle).map((clock) => clock.after())]));
    const shown = async (): Promise<void> =>
        void (await Promise.all([xr.reach(), ...inner<Clock>(handle).map((clock) => clock.shown())]));
    /** @returns The frames that it drew: all of them, or one where frames of other origins are to be led beside it. */
    const advance = async (count: number): Promise<number> => {
        for (let i = 0; i < count; i++) {
            await before();
            frame();
            await after();
            await settle();
            await shown();
            if (stranger) return i + 1;
        }
        return count;
    };
    const value = Object.freeze({
        advance,
        before,
        frame,
        after,
        shown,
        follow,
        settle,
        arrive,
        inner,
        workers,
        media,
        xr,
        led: outer !== undefined,
        frames: () => framesDone,
        holds: (since: number) => framesDone === since && (stepping || !runBeforeReady),
        nowMs: () => nowMs,
        dateMs: () => epochMs + nowMs,
        realNowMs: real.now,
        realWait: (ms: number) => new Promise<void>((done) => void real.setTimeout(done, ms))
    });
    Object.defineProperty(globalThis, handle, { value });
}
