/**
 * `mixreel test` works in a process of its own, which a small one watches. A scenario that computes for ever without a pause,
 * crashes in native code, runs out of memory or calls process.exit ends the process that it runs in, and nothing inside could
 * make a verdict of that. The watcher ends what holds its process beyond its time, starts another that goes on behind it, and
 * tells it what to say of the scenario that it ended in. A configuration that does not come to an end of being loaded ends the run.
 *
 * To end the main thread's script from a thread of its own (the inspector's Runtime.terminateExecution) was not taken: what is
 * unwound so leaves the asynchronous contexts of Node.js in a state at which it ends the process, and native code goes on.
 *
 * Under a debugger nothing is watched: a breakpoint looks like a scenario that hangs. Cost: one more start of Node.js.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BeginListener, EndedIn } from '@mixreel/harness';

/** What the watched process says. */
type Said =
    | { readonly says: 'begin'; readonly scenario: string; readonly timeoutS: number }
    | { readonly says: 'loading'; readonly timeoutS: number }
    | { readonly says: 'beat' | 'loaded' | 'end' | 'done' }
    /** Words that another process of the run needs beside its own. */
    | { readonly says: 'words'; readonly words: readonly string[] };

/** For the watched process: the id of the one that watches it, so that what a scenario starts is not taken for it. */
const WATCHER = 'MIXREEL_WATCHED_BY';
/** For the watched process: the scenario that the one before it ended in, as JSON. */
const AFTER = 'MIXREEL_AFTER';

const BEAT_MS = 500;
/** Without a beat for so long, a process is held. */
const HELD_MS = 3_000;
/** A scenario whose time is up has so long to be ended by its own process, however its end is waited for. */
const MOST_LATE_MS = 60_000;
const LOOK_MS = 250;
/** One Ctrl-C comes twice, from the terminal and from npm or --watch, and a second one ends a run without its report. */
const ONE_SIGNAL_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** True if this process is to watch another that does the work. */
export function mustBeWatched(words: readonly string[]): boolean {
    const [verb, ...rest] = words;
    const debugged = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((word) =>
        word.includes('--inspect')
    );
    return verb === 'test' && !isWatched() && !debugged && !rest.some((word) => ['--watch', '--help'].includes(word));
}

function isWatched(): boolean {
    return process.send !== undefined && process.env[WATCHER] === String(process.ppid);
}

/** Does this process's command in others, until one of them comes to its end. @returns The exit code. */
export async function watchRun(): Promise<number> {
    let after: EndedIn | null = null;
    const more: string[] = [];
    const shared = process.argv.some((word) => word.startsWith('--queue'));
    for (;;) {
        const run = new WatchedRun(more, after);
        const { endedIn, code, words } = await run.ended;
        if (endedIn === null) return code;
        // It was to be gone past; only a queue gives a scenario out again, and in the end gives it up.
        if (endedIn.scenario === after?.scenario && !shared) return 3;
        after = endedIn;
        more.push(...words);
    }
}

/** How a process ended. */
interface Ending {
    /** Null: by itself, or because it was told to. */
    readonly endedIn: EndedIn | null;
    readonly code: number;
    readonly words: readonly string[];
}

class WatchedRun {
    readonly ended: Promise<Ending>;
    readonly #child: ChildProcess;
    #running: { readonly scenario: string; readonly sinceMs: number; readonly untilMs: number } | null = null;
    #loading: { readonly sinceMs: number; readonly timeoutS: number } | null = null;
    #beatMs = performance.now();
    #done = false;
    #interruptedMs: number | null = null;
    #held: string | null = null;
    #words: readonly string[] = [];

    constructor(more: readonly string[], after: EndedIn | null) {
        const [program = '', ...words] = process.argv;
        const windows = process.platform === 'win32';
        this.#child = spawn(program, [...process.execArgv, ...words, ...more], {
            stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
            // Ctrl-C of a terminal comes to one of them, which passes it on.
            detached: !windows,
            env: { ...process.env, [WATCHER]: String(process.pid), [AFTER]: after ? JSON.stringify(after) : '' }
        });
        this.#child.on('message', (said) => this.#hear(said as Said));
        const look = setInterval(() => this.#look(performance.now()), LOOK_MS);
        let passedMs = -Infinity;
        const pass = (signal: NodeJS.Signals): void => {
            const nowMs = performance.now();
            this.#interruptedMs ??= nowMs;
            if (windows || nowMs - passedMs < ONE_SIGNAL_MS) return;
            passedMs = nowMs;
            this.#child.kill(signal);
        };
        for (const signal of SIGNALS) process.on(signal, pass);
        const exit = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
            this.#child.once('error', reject);
            this.#child.once('exit', (...how) => resolve(how));
        });
        // What it said last may come after its end.
        const silence = new Promise((resolve) => this.#child.once('disconnect', resolve));
        this.ended = Promise.all([exit, silence])
            .then(([how]) => this.#ending(...how))
            .finally(() => {
                clearInterval(look);
                for (const own of SIGNALS) process.off(own, pass);
            });
    }

    #hear(said: Said): void {
        const nowMs = performance.now();
        this.#beatMs = nowMs;
        if (said.says === 'loading') this.#loading = { sinceMs: nowMs, timeoutS: said.timeoutS };
        else if (said.says === 'loaded') this.#loading = null;
        else if (said.says === 'begin') {
            const { scenario, timeoutS } = said;
            this.#running = { scenario, sinceMs: nowMs, untilMs: nowMs + 1000 * timeoutS };
        } else if (said.says === 'end') this.#running = null;
        else if (said.says === 'done') this.#done = true;
        else if (said.says === 'words') this.#words = said.words;
    }

    #look(nowMs: number): void {
        const interrupted = this.#interruptedMs !== null && nowMs - this.#interruptedMs > HELD_MS;
        if (this.#loading && (interrupted || nowMs - this.#loading.sinceMs > 1000 * this.#loading.timeoutS)) {
            this.#held ??= 'the configuration was still loading';
            this.#child.kill('SIGKILL');
            return;
        }
        if (this.#running === null) return;
        const { untilMs } = this.#running;
        const held = nowMs - this.#beatMs > HELD_MS;
        const late = nowMs - untilMs;
        if (!(held && (late > 0 || interrupted)) && late <= MOST_LATE_MS) return;
        this.#held ??= held
            ? 'it held its process without a pause beyond its time'
            : `it was not ended ${MOST_LATE_MS / 1000} s after its time`;
        this.#child.kill('SIGKILL');
    }

    #ending(code: number | null, signal: NodeJS.Signals | null): Ending {
        const words = this.#words;
        if (this.#interruptedMs !== null) {
            const number = signal === null ? undefined : constants.signals[signal];
            return { endedIn: null, code: code ?? (number === undefined || this.#held ? 3 : 128 + number), words };
        }
        if (this.#done) return { endedIn: null, code: code ?? 3, words };
        const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
        if (this.#loading) {
            const why =
                this.#held === null ? `the process ended ${how}` : `it took more than ${this.#loading.timeoutS} s`;
            process.stderr.write(
                `mixreel: the configuration was not loaded: ${why}. Look for a loop or an await without end at its top level, or raise --load-timeout.\n`
            );
            return { endedIn: null, code: 2, words };
        }
        if (this.#running === null) {
            process.stderr.write(
                `mixreel: the process of the run ended ${how} between two scenarios. Start it again with --resume to finish.\n`
            );
            // A run that was not finished is none that passed.
            return { endedIn: null, code: 3, words };
        }
        const { scenario, sinceMs } = this.#running;
        const why =
            this.#held === null
                ? `its process ended ${how}. Look at the native code and the memory that it uses; a scenario must not call process.exit.`
                : `${this.#held}, and was ended with it. Let it await now and then, or raise its timeoutS.`;
        return { endedIn: { scenario, why, durationS: (performance.now() - sinceMs) / 1000 }, code: 3, words };
    }
}

/** What a run has of being watched; nothing where it is not. */
interface Watched {
    /** Tells of a scenario's start, and then of its end. */
    readonly onBegin?: BeginListener;
    /** What the process before this ended in. */
    readonly after?: EndedIn;
}

/** For the run in this process. */
export function watched(): Watched {
    if (!isWatched()) return {};
    const after = process.env[AFTER];
    return {
        onBegin(scenario, timeoutS) {
            say({ says: 'begin', scenario, timeoutS });
            const beats = setInterval(() => say({ says: 'beat' }), BEAT_MS);
            return () => {
                clearInterval(beats);
                say({ says: 'end' });
            };
        },
        ...(after ? { after: JSON.parse(after) as EndedIn } : {})
    };
}

/** Loads the configuration, for at most so long: code of its own may run while it is. */
export async function loading<T>(timeoutS: number, load: () => Promise<T>): Promise<T> {
    if (!isWatched()) return load();
    say({ says: 'loading', timeoutS });
    try {
        return await load();
    } finally {
        say({ says: 'loaded' });
    }
}

/** Gives words to whatever goes on after this process. */
export function giveOn(words: readonly string[]): void {
    if (isWatched()) say({ says: 'words', words });
}

/** Ends this process, whatever it computes, once nobody watches it any more: who ended the watcher meant the run. */
export function endWithWatcher(): void {
    if (!isWatched()) return;
    const code = `
        const { workerData } = require('node:worker_threads');
        setInterval(() => process.ppid === workerData || process.kill(process.pid, 'SIGKILL'), ${BEAT_MS});`;
    new Worker(code, { eval: true, workerData: process.ppid }).unref();
}

/** Tells that all is done: what ends without that was ended by something in it. */
export async function sayDone(): Promise<void> {
    if (isWatched()) await new Promise<void>((done) => say({ says: 'done' }, () => done()));
}

function say(what: Said, then: () => void = () => {}): void {
    // Nobody listens any more: this process is about to end.
    process.send?.(what, undefined, undefined, then);
}
