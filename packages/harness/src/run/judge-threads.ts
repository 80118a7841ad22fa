/**
 * Judging in worker processes: encoding captures, comparing 4K pictures and coding the report's PNGs take seconds of a core
 * during which the one lane that renders need not wait. Arrays are copied, since a scenario may hold on to what it gave.
 *
 * Processes rather than threads: metrics may be native code (a model's runtime), and a crash in one thread ends the whole
 * run. They run the built files. One that dies (a crash, out of memory on a huge picture) or that is ended because its time is
 * up is an error of its capture alone.
 */
import { Tinypool } from 'tinypool';
import { CaptureStore } from '../baseline/capture-store.ts';
import type { Capture, CaptureData } from '../verdict/capture.ts';
import { type JudgeLimit, judgeInTime } from './judge-limit.ts';
import { baselineMark } from './resume.ts';
import { SuiteJudge, type SuiteJudgeOptions, type SuiteVerdict } from './suite-judge.ts';

/** One thing to judge, as it crosses to another process. */
export interface JudgeTask {
    readonly options: SuiteJudgeOptions;
    readonly scenario: string;
    readonly capture: Capture;
}

/** Judges, wherever they sit. */
export interface Judges {
    /** Never rejects. */
    judge(scenario: string, capture: Capture, limit: JudgeLimit): Promise<SuiteVerdict>;
    close(): Promise<void>;
}

/** @param count - Processes, 0 to 64; 0: the calling thread judges. */
export function openJudges(options: SuiteJudgeOptions, count: number): Judges {
    const baselines = new CaptureStore(options.baselineDir);
    const judge = async (
        scenario: string,
        capture: Capture,
        limit: JudgeLimit,
        work: (signal: AbortSignal) => Promise<SuiteVerdict>
    ): Promise<SuiteVerdict> => {
        const before = await baselineMark(baselines, scenario, capture.name);
        const { result, taken } = await judgeInTime(capture, limit, work, (error) => ({ result: error, taken: false }));
        if (result.against === 'expected') return { result, taken };
        // One that is replaced while it is judged is found to be another later on.
        const baseline = taken ? await baselineMark(baselines, scenario, capture.name) : before;
        return { result: { ...result, baseline }, taken };
    };
    if (count === 0) {
        const own = new SuiteJudge(options);
        return {
            judge: (scenario, capture, limit) =>
                judge(scenario, capture, limit, (signal) => own.judge(scenario, capture, signal)),
            close: async () => {}
        };
    }
    const built = import.meta.url.endsWith('.ts') ? '../../dist/run/judge-thread.js' : './judge-thread.js';
    const filename = new URL(built, import.meta.url).href;
    const pool = new Tinypool({
        filename,
        ...{ runtime: 'child_process', serialization: 'advanced', env: { ...process.env } as Record<string, string> },
        // One at least: after a crash the pool starts no other for what waits, unless it has too few.
        ...{ minThreads: 1, maxThreads: count, idleTimeout: 30_000 }
    });
    // One that dies while it has nothing to do is nobody's error; another is started.
    pool.on('error', () => {});
    const turns = new Turns(count);
    return {
        judge: (scenario, capture, limit) => {
            const { expected, data, ...rest } = capture;
            const lean = {
                ...rest,
                data: withoutFloats(data),
                ...(expected ? { expected: withoutFloats(expected) } : {})
            };
            const task: JudgeTask = { options, scenario, capture: lean };
            return turns.take(() => judge(scenario, capture, limit, (signal) => pool.run(task, { signal })));
        },
        close: () => pool.destroy()
    };
}

/** Lets so many work at once, in the order in which they come: what waits in the pool itself would seem to be judged. */
class Turns {
    #free: number;
    readonly #waiting: (() => void)[] = [];

    constructor(count: number) {
        this.#free = count;
    }

    async take<T>(work: () => Promise<T>): Promise<T> {
        if (this.#free > 0) this.#free--;
        else await new Promise<void>((begin) => this.#waiting.push(begin));
        try {
            return await work();
        } finally {
            const next = this.#waiting.shift();
            if (next) next();
            else this.#free++;
        }
    }
}

/** A picture crosses as its bytes; the judge makes floats of them if it needs any. */
function withoutFloats(data: CaptureData): CaptureData {
    return data.kind === 'frame' && data.rgba8 ? ({ kind: 'frame', rgba8: data.rgba8 } as CaptureData) : data;
}
