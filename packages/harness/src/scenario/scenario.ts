/**
 * A scenario: something to run, what to capture of it, and how each capture is judged. The harness knows no renderer, codec
 * or network: whoever writes a scenario brings them. What a scenario needs of time and chance it takes from its context, so
 * that the same seed gives the same captures.
 */
import type { Clock, Progress, Rng } from '@mixreel/core';
import type { Frame, Rgba8Image } from '@mixreel/image';
import type { BrowserSession, LaunchOptions } from '../browser/launch-browser.ts';
import type { NetworkLine } from '../page/network.ts';
import type { Figure, Section } from '../report/report.ts';
import type { TimingRound } from '../timing/compare-timings.ts';
import type { MeasureOptions, TimedWork } from '../timing/measure-timings.ts';
import type {
    ConvergenceJudge,
    CountersJudge,
    DeterministicJudge,
    ExactJudge,
    PerceptualJudge,
    StochasticJudge,
    TemporalJudge,
    TimingJudge
} from '../verdict/capture.ts';
import type { MomentsImage } from '../verdict/moments-image.ts';

/** Options of a capture beside those of its judge. */
export type CaptureOptions<J, T> = Omit<J, 'kind'> & {
    /** What it must be like; left out: the approved baseline. */
    readonly expected?: T;
    /**
     * True: it and what is expected may be of one colour, or empty. Otherwise that is an error, since a picture that nobody
     * drew looks so, too. Only with `expected`, and for frames that are judged by their flicker: a baseline is never blank.
     */
    readonly mayBeBlank?: boolean;
};

/** Takes captures; each name once in a scenario. */
export interface Captures {
    /** Bytes or a frame that must be the same to the bit. */
    exact(name: string, data: Uint8Array | Frame, options?: CaptureOptions<ExactJudge, Uint8Array | Frame>): void;
    /** A frame without noise, or a picture of 8 bits, by pixelmatch. */
    deterministic(
        name: string,
        picture: Frame | Rgba8Image,
        options?: CaptureOptions<DeterministicJudge, Frame | Rgba8Image>
    ): void;
    /** A frame that must look the same to a person. */
    perceptual(name: string, frame: Frame, options: CaptureOptions<PerceptualJudge, Frame>): void;
    /** A noisy picture: its moments, or frames of at least two seeds. */
    stochastic(
        name: string,
        data: MomentsImage | readonly Frame[],
        options?: CaptureOptions<StochasticJudge, MomentsImage | readonly Frame[]>
    ): void;
    /** Counts that must be the same to the unit. */
    counters(
        name: string,
        counters: Readonly<Record<string, number>>,
        options?: CaptureOptions<CountersJudge, Readonly<Record<string, number>>>
    ): void;
    /** Frames that follow each other and must not flicker. */
    temporal(name: string, frames: readonly Frame[], options: CaptureOptions<TemporalJudge, readonly Frame[]>): void;
    /** Errors measured at rising numbers of samples. */
    convergence(
        name: string,
        points: readonly (readonly [number, number])[],
        options?: Omit<ConvergenceJudge, 'kind'>
    ): void;
    /** Times of two sides, from {@link ScenarioContext.measure} or measured otherwise. */
    timing(name: string, rounds: readonly TimingRound[], options?: Omit<TimingJudge, 'kind'>): void;
}

/** What a scenario is given. */
export interface ScenarioContext {
    /** Chance of its own: by its seed and its name. */
    readonly rng: Rng;
    /** Number or text: the scenario's own seed, else the run's. */
    readonly seed: number | string;
    /** Time of the run: virtual in tests of scenarios, real otherwise. */
    readonly clock: Clock;
    /** Folder that recordings may be written into, see HarnessConfig. */
    readonly folder: string;
    /** Reports progress; its signal is aborted when the scenario's time is up. */
    readonly progress: Progress;
    readonly capture: Captures;
    /** A browser under guard that reaches only the given origins; started when first asked for, ended after the scenario. */
    browser(options?: Pick<LaunchOptions, 'origins' | 'gpu'>): Promise<BrowserSession>;
    /** Puts a network of HarnessConfig.networks before an origin, until the scenario ends. Throws `bad-input` if there is none. */
    network(name: string, origin: string): Promise<NetworkLine>;
    /**
     * Measures two pieces of work side by side until there is an answer, and captures it as a timing; parts of the work that
     * it takes the time of itself (OwnTimes) as timings of their own, named `name, part`.
     */
    measure(name: string, baseline: TimedWork, candidate: TimedWork, options?: MeasureOptions): Promise<void>;
    /** A figure for the report. */
    figure(figure: Figure): void;
    /** A value to be followed from run to run, see HarnessConfig.history; lower values need not be better. */
    trend(name: string, value: number, unit: string): void;
    /** A section for the report. */
    section(section: Section): void;
    /** A line for the report's log; the last 1,000 are kept. */
    log(text: string): void;
    /** Writes a file into the scenario's own folder and returns its path; the name loses whatever could leave it. */
    writeFile(name: string, content: string | Uint8Array): Promise<string>;
}

/** What draws: Chromium on SwiftShader or on the machine's GPU, Dawn in Node. */
export type ScenarioDevice = 'chromium-swiftshader' | 'chromium-gpu' | 'node-dawn';

/** All devices. */
export const SCENARIO_DEVICES: readonly ScenarioDevice[] = Object.freeze([
    'chromium-swiftshader',
    'chromium-gpu',
    'node-dawn'
]);

/** See the file comment. */
export interface Scenario {
    /** Unique in the run, not empty; `room/living_room` groups it under `room`. */
    readonly name: string;
    run(context: ScenarioContext): Promise<void> | void;
    /** It is ended after this many seconds on the clock, 0.001 to 86,400. Default: the run's. */
    readonly timeoutS?: number;
    /** For `--grep`. */
    readonly tags?: readonly string[];
    /** What it draws with; shown in the report, and chosen by `mixreel test --device`. */
    readonly device?: ScenarioDevice;
    /** Its own seed in place of the run's: a picture of another draw beside the first, or one draw for ever. */
    readonly seed?: number | string;
    /** Not run, with the reason. */
    readonly skip?: string;
    /**
     * Files and folders that what it draws comes from, beside the configuration's checkout (a built page): `mixreel test --resume`
     * repeats no verdict once they changed.
     */
    readonly reads?: readonly string[];
    /** Files that a run of it writes outside of the run's folder (recordings): `mixreel test --watch` does not look at them. */
    readonly writes?: readonly string[];
}

/** Helper with which a scenario's type is inferred and checked where it is written. */
export function defineScenario(scenario: Scenario): Scenario {
    return scenario;
}

/** Folder and suite of a scenario's name: `a/b/c` is `c` in suite `a/b`. */
export function splitName(name: string): { readonly suite: string; readonly own: string } {
    const at = name.lastIndexOf('/');
    return at === -1 ? { suite: 'scenarios', own: name } : { suite: name.slice(0, at), own: name.slice(at + 1) };
}
