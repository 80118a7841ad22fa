/**
 * Runs one scenario so that whatever it does ends in a verdict of its own: it throws, rejects somewhere unseen, never
 * returns, kills its browser or loses its device. Only a lost device is tried again, once, in a fresh browser.
 *
 * A scenario that computes for ever without awaiting holds the thread, and one that crashes in native code ends it; nothing in
 * this process can help that. Page scenarios compute in the browser, which can be ended; for the others whoever started the
 * process is told by `onBegin` what runs in it, as `mixreel test` does, which ends it and goes on in another.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { badInput, type Clock, MixreelError, type Progress, Rng } from '@mixreel/core';
import { fileKey } from '../baseline/capture-store.ts';
import type { BrowserLease, BrowserPool } from '../browser/browser-pool.ts';
import type { NetworkEmulator, NetworkLine } from '../page/network.ts';
import type { Figure, Section } from '../report/report.ts';
import { worstStatus } from '../report/report.ts';
import { writeFileAtomic } from '../report/write-report.ts';
import { collectCaptures } from '../scenario/captures.ts';
import { checkFigure, checkSection, checkTrend } from '../scenario/check-reported.ts';
import type { Scenario, ScenarioContext } from '../scenario/scenario.ts';
import { refuseOutside } from '../scenario/stay-inside.ts';
import type { TimingOptions } from '../timing/compare-timings.ts';
import { type MeasureOptions, measureTimings } from '../timing/measure-timings.ts';
import type { Capture } from '../verdict/capture.ts';
import type { JudgeFunction } from './judge-limit.ts';
import { Lane } from './lane.ts';
import type { ScenarioFailure, ScenarioResult, Trend } from './run-result.ts';

/** What a scenario needs from its run. */
export interface ScenarioHost {
    readonly clock: Clock;
    readonly seed: number | string;
    readonly timeoutS: number;
    /** The run's folder; the scenario gets one of its own inside. */
    readonly outDir: string;
    readonly progress?: Progress;
    /** See HarnessConfig. */
    readonly folder: string;
    /** Judges what was captured. */
    readonly judge: JudgeFunction;
    readonly browsers: BrowserPool;
    /** By name; see HarnessConfig. */
    readonly networks?: Readonly<Record<string, NetworkEmulator>>;
    /** Resolves once nothing else of this run works: before times are taken. */
    readonly quiet?: () => Promise<void>;
    readonly onBegin?: BeginListener;
}

/** Told of each start of a scenario, with the seconds that it has; what it returns is called once that has ended. */
export type BeginListener = (scenario: string, timeoutS: number) => () => void;

/** Lines of log kept. */
const LOG_LINES = 1000;

interface Attempt {
    readonly captures: readonly Capture[];
    readonly figures: readonly Figure[];
    readonly sections: readonly Section[];
    readonly log: readonly string[];
    readonly trends: readonly Trend[];
    readonly failure: ScenarioFailure | null;
    readonly code: string | null;
}

/** A scenario that ran, and is still to be judged. */
export interface RanScenario {
    readonly scenario: Scenario;
    readonly attempt: Attempt;
    readonly attempts: number;
    readonly durationS: number;
}

/** Runs a scenario and has it judged. Rejects only if the whole run is cancelled. */
export async function runScenario(scenario: Scenario, host: ScenarioHost): Promise<ScenarioResult> {
    if (scenario.skip !== undefined) return skipped(scenario);
    return judgeScenario(await attemptScenario(scenario, host), host);
}

/** See the file comment. Rejects only if the whole run is cancelled. */
export async function attemptScenario(scenario: Scenario, host: ScenarioHost): Promise<RanScenario> {
    const startNs = host.clock.nowNs();
    let attempt = await runOnce(scenario, host);
    let attempts = 1;
    if (attempt.code === 'device-lost') {
        attempts = 2;
        const again = await runOnce(scenario, host);
        attempt = {
            ...again,
            log: [...attempt.log, 'The device was lost: run again in a fresh browser.', ...again.log]
        };
    }
    return { scenario, attempt, attempts, durationS: (host.clock.nowNs() - startNs) / 1e9 };
}

/** Judges what a scenario captured; what was captured before a failure, too: it may say why, and becomes no baseline. */
export async function judgeScenario(
    ran: RanScenario,
    { judge, clock, timeoutS, progress }: Pick<ScenarioHost, 'judge' | 'clock' | 'timeoutS' | 'progress'>
): Promise<ScenarioResult> {
    const { scenario, attempt, attempts, durationS } = ran;
    const signal = progress?.signal ? { signal: progress.signal } : {};
    const limit = { timeoutS: scenario.timeoutS ?? timeoutS, clock, ...signal };
    const broken = attempt.failure ? { scenarioFailure: attempt.failure.message } : {};
    const captures = await Promise.all(
        attempt.captures.map((capture) => judge(scenario.name, { ...capture, ...broken }, limit))
    );
    const statuses = captures.map((result) => result.verdict.status);
    return {
        name: scenario.name,
        ...(scenario.device ? { device: scenario.device } : {}),
        ...(scenario.seed === undefined ? {} : { seed: scenario.seed }),
        status: attempt.failure ? 'error' : worstStatus(statuses),
        durationS,
        attempts,
        captures,
        figures: attempt.figures,
        sections: attempt.sections,
        log: attempt.log,
        ...(attempt.trends.length ? { trends: attempt.trends } : {}),
        failure: attempt.failure
    };
}

/** The result of a scenario that is not to be run. */
export function skipped(scenario: Scenario): ScenarioResult {
    const empty = { captures: [], figures: [], sections: [], log: [], failure: null };
    return {
        name: scenario.name,
        status: 'skipped',
        durationS: 0,
        attempts: 0,
        ...empty,
        skipped: scenario.skip ?? ''
    };
}

async function runOnce(scenario: Scenario, host: ScenarioHost): Promise<Attempt> {
    const { captures, list } = collectCaptures();
    const figures: Figure[] = [];
    const sections: Section[] = [];
    const log: string[] = [];
    const trends: Trend[] = [];
    const leases: BrowserLease[] = [];
    const lines: NetworkLine[] = [];
    const timeoutS = scenario.timeoutS ?? host.timeoutS;
    const lane = new Lane(host, timeoutS);
    const seed = scenario.seed ?? host.seed;
    const folder = resolve(join(host.outDir, 'files', fileKey(scenario.name)));
    const context: ScenarioContext = {
        rng: Rng.create(seed).child(scenario.name),
        seed,
        clock: host.clock,
        folder: host.folder,
        progress: lane.progress,
        capture: captures,
        async measure(name, baseline, candidate, options = {}) {
            lane.mustGoOn();
            const rng = Rng.create(seed).stream('measure', scenario.name, name);
            await host.quiet?.();
            const { parts, ...whole } = await measureTimings(baseline, candidate, host.clock, rng, {
                progress: lane.progress,
                ...options
            });
            const judge = judgeOf(options);
            // Each by its share of the chance of a false alarm; the whole, if it has no parts, by all of it.
            captures.timing(name, whole.times, parts.size ? { ...judge, alpha: whole.alpha } : judge);
            for (const [part, { times, alpha }] of parts)
                captures.timing(`${name}, ${part}`, times, { ...judge, alpha });
        },
        trend: (name, value, unit) => void trends.push(checkTrend({ name, value, unit })),
        figure: (figure) => void figures.push(checkFigure(figure)),
        section: (section) => void sections.push(checkSection(section)),
        log: (text) => {
            log.push(String(text));
            if (log.length > LOG_LINES) log.shift();
        },
        async browser(options = {}) {
            lane.mustGoOn();
            const lease = await host.browsers.lease(options);
            // The next scenario may already use the same browser: only what this one asked for ends.
            if (lane.over) await lease.end(false);
            lane.mustGoOn();
            leases.push(lease);
            lease.session.died.catch((error: MixreelError) => lane.break(error));
            return lease.session;
        },
        async network(name, origin) {
            lane.mustGoOn();
            const line = await networkOf(name, host.networks ?? {}).open(origin, seed);
            if (lane.over) await line.close();
            lane.mustGoOn();
            lines.push(line);
            return line;
        },
        async writeFile(name, content) {
            const path = join(folder, safeFileName(name));
            await refuseOutside(`a file of scenario "${scenario.name}"`, path, host.outDir);
            await mkdir(folder, { recursive: true });
            await writeFileAtomic(path, content);
            return path;
        }
    };
    // A cancelled run throws: then nothing is whole, either.
    let broken = true;
    const ended = host.onBegin?.(scenario.name, timeoutS);
    try {
        const error = await lane.run(async () => scenario.run(context));
        broken = error !== undefined;
        // Copies: a scenario that goes on after its time adds nothing.
        const kept = { captures: [...list], figures: [...figures], sections: [...sections], trends: [...trends] };
        return { ...kept, log: [...log], ...explain(error) };
    } finally {
        await endAll([
            // A browser in which something broke is not used again.
            ...leases.map((lease) => () => lease.end(broken)),
            ...lines.map((line) => () => line.close())
        ]);
        ended?.();
    }
}

/** Ends each of them, also where another cannot be ended. */
async function endAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
    await Promise.allSettled(ends.map((end) => end()));
}

/** What a measurement's options say to its judge. */
function judgeOf({
    rounds: _,
    repeats: __,
    warmUp: ___,
    time: ____,
    progress: _____,
    ...judge
}: MeasureOptions): TimingOptions {
    return judge;
}

function networkOf(name: string, networks: Readonly<Record<string, NetworkEmulator>>): NetworkEmulator {
    const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
    if (network) return network;
    const known = Object.keys(networks).join(', ') || 'a configuration with networks';
    throw badInput(
        `there is no network "${name}"`,
        known,
        'Correct the name, or add it to networks of the configuration'
    );
}

/** A name that stays in its folder on every system: no separators, no leading dots, no reserved names, at most 100 letters. */
export function safeFileName(name: string): string {
    const plain = name
        .normalize('NFC')
        .replace(/[^\p{L}\p{N}._-]+/gu, '-')
        .replace(/^[.-]+|[. ]+$/g, '')
        .slice(-100);
    const safe = plain.replace(/^[.-]+/, '') || 'file';
    return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(safe) ? `_${safe}` : safe;
}

function explain(error: unknown): { failure: ScenarioFailure | null; code: string | null } {
    if (error === undefined) return { failure: null, code: null };
    const known = error instanceof MixreelError;
    const code = known ? error.code : 'exception';
    const message =
        error instanceof Error ? (known ? error.message : `${error.name}: ${error.message}`) : String(error);
    const details = error instanceof Error ? (error.stack ?? '') : '';
    return { failure: { code, message: message.slice(0, 2000), details: details.slice(0, 20_000) }, code };
}
