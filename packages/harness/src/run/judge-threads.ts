/**
 * Judging in worker processes: encoding captures, comparing 4K pictures and coding the report's PNGs take seconds of a core
 * during which the one lane that renders need not wait. Arrays are copied, since a scenario may hold on to what it gave.
 *
 * Processes rather than threads: metrics may be native code (a model's runtime), and a crash in one thread ends the whole
 * run. They run the built files. One that dies (a crash, out of memory on a huge picture) is an error of its capture alone.
 */
import { Tinypool } from 'tinypool';
import type { Capture, CaptureData } from '../verdict/capture.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { SuiteJudge, type SuiteJudgeOptions, type SuiteVerdict } from './suite-judge.ts';

/** One thing to judge, as it crosses to another process. */
export interface JudgeTask {
    readonly options: SuiteJudgeOptions;
    readonly scenario: string;
    readonly capture: Capture;
}

/** Judges, wherever they sit. */
export interface Judges {
    judge(scenario: string, capture: Capture): Promise<SuiteVerdict>;
    close(): Promise<void>;
}

/** @param count - Processes, 0 to 64; 0: the calling thread judges. */
export function openJudges(options: SuiteJudgeOptions, count: number): Judges {
    if (count === 0) {
        const own = new SuiteJudge(options);
        return { judge: (scenario, capture) => own.judge(scenario, capture), close: async () => {} };
    }
    const built = import.meta.url.endsWith('.ts') ? '../../dist/run/judge-thread.js' : './judge-thread.js';
    const filename = new URL(built, import.meta.url).href;
    const pool = new Tinypool({
        filename,
        ...{ runtime: 'child_process', serialization: 'advanced', env: { ...process.env } as Record<string, string> },
        // One at least: after a crash the pool starts no other for what waits, unless it has too few.
        ...{ minThreads: 1, maxThreads: count, idleTimeout: 30_000 }
    });
    return {
        judge: async (scenario, capture) => {
            const { expected, data, ...rest } = capture;
            const lean = {
                ...rest,
                data: withoutFloats(data),
                ...(expected ? { expected: withoutFloats(expected) } : {})
            };
            const task: JudgeTask = { options, scenario, capture: lean };
            try {
                return await pool.run(task);
            } catch (error) {
                const message = `its judge died: ${error instanceof Error ? error.message : String(error)}`;
                const { name, judge } = capture;
                const verdict = plainVerdict('error', message);
                return { result: { capture: { name, judge }, against: 'none', verdict }, taken: false };
            }
        },
        close: () => pool.destroy()
    };
}

/** A picture crosses as its bytes; the judge makes floats of them if it needs any. */
function withoutFloats(data: CaptureData): CaptureData {
    return data.kind === 'frame' && data.rgba8 ? ({ kind: 'frame', rgba8: data.rgba8 } as CaptureData) : data;
}
