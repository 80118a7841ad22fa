/** What a run leaves behind, scenario by scenario. */
import type { MixreelError } from '@mixreel/core';
import type { Approval } from '../baseline/capture-store.ts';
import type { Figure, Section, Status } from '../report/report.ts';
import type { ScenarioDevice } from '../scenario/scenario.ts';
import type { Capture, CaptureData } from '../verdict/capture.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** One capture and what was found. */
export interface CaptureResult {
    readonly capture: Pick<Capture, 'name' | 'judge'>;
    /** What was captured; left out where a run keeps it in files. */
    readonly data?: CaptureData;
    readonly verdict: Verdict;
    /** `expected`: it came with what it must be like; `baseline`: an approved one; `none`: there is none yet. */
    readonly against: 'expected' | 'baseline' | 'none';
    /** Of the baseline: who approved it, and why. */
    readonly approval?: Approval;
    /** Which baseline there was when it had been judged, null: none yet; left out where none counts. A later run tells by it. */
    readonly baseline?: string | null;
    /** There is a baseline of it, and its scenario, which came to its end, did not take it. */
    readonly vanished?: true;
    /** Whoever vouches for it while it is flaky, and what its verdict would have been. */
    readonly quarantine?: {
        readonly owner: string;
        readonly until: string;
        readonly reason: string;
        readonly was: Status;
    };
}

/** Why a scenario did not come to its end. */
export interface ScenarioFailure {
    /** Code of the MixreelError, or `exception` for anything else that was thrown. */
    readonly code: string;
    readonly message: string;
    /** Stack, console of the page. */
    readonly details: string;
}

/** A measured value that is followed from run to run. */
export interface Trend {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
}

/** One scenario and what it captured. */
export interface ScenarioResult {
    readonly name: string;
    /** What it drew with, where it says so. */
    readonly device?: ScenarioDevice;
    /** Its own seed, where it has one. */
    readonly seed?: number | string;
    readonly status: Status;
    /** Seconds on the run's clock, all attempts together, without judging. */
    readonly durationS: number;
    /** 2 if it was run again because a device was lost; 0 if it was skipped. */
    readonly attempts: number;
    readonly captures: readonly CaptureResult[];
    readonly figures: readonly Figure[];
    readonly sections: readonly Section[];
    readonly log: readonly string[];
    /** Values to be followed from run to run. */
    readonly trends?: readonly Trend[];
    /** Null if it came to its end. */
    readonly failure: ScenarioFailure | null;
    /** Why it was skipped. */
    readonly skipped?: string;
}

/** A whole run. */
export interface RunResult {
    readonly title: string;
    readonly status: Status;
    readonly seed: number | string;
    readonly scenarios: readonly ScenarioResult[];
    /** True if scenarios are still to come, or never came because the run was cancelled. */
    readonly partial: boolean;
}

/** A result of which something could not be kept; what broke the scenario itself comes first. */
export function withFailure(result: ScenarioResult, error: MixreelError): ScenarioResult {
    const failure = result.failure ?? { code: error.code, message: error.message, details: '' };
    return { ...result, status: 'error', failure, log: [...result.log, error.message] };
}

/** The result of a scenario that nobody brought to an end, and why. */
export function lostResult(name: string, message: string, attempts: number): ScenarioResult {
    return {
        name,
        status: 'error',
        durationS: 0,
        attempts,
        captures: [],
        figures: [],
        sections: [],
        log: [],
        failure: { code: 'environment', message, details: '' }
    };
}
