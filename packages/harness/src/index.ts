export { type ApproveOptions, type ApproveResult, approve, CAPTURES_FOLDER } from './baseline/approve.ts';
export { type Approval, type CaptureEntry, CaptureStore } from './baseline/capture-store.ts';
export { decodeMoments, encodeMoments } from './baseline/moments-format.ts';
export {
    type PrunedSuite,
    type PruneOptions,
    type PruneResult,
    pruneBaselines
} from './baseline/prune-baselines.ts';
export { type CommandLimits, type CommandResult, type Host, nodeHost } from './browser/host.ts';
export { type BrowserSession, type LaunchOptions, launchBrowser, type PageOptions } from './browser/launch-browser.ts';
export { type BrowserGpu, GPU_FLAGS, launchFlags, SWIFTSHADER_FLAGS } from './browser/launch-flags.ts';
export { type GuardOptions, mayLoad, type PageEvent, PageGuard } from './browser/page-guard.ts';
export {
    type BrowserProvision,
    type BrowserSearch,
    type BrowserSource,
    type FoundBrowser,
    type ProvideOptions,
    type ProvisionStep,
    provideBrowser,
    searchBrowser
} from './browser/provide-browser.ts';
export type { AskedRequest, PageAnswer } from './browser/request-filter.ts';
export type { AnswerFunction } from './page/answer-function.ts';
export type { LeakBounds } from './page/find-leaks.ts';
export type { NetworkEmulator, NetworkLine } from './page/network.ts';
export type { PageLocation, PageStep, Viewport } from './page/open-page.ts';
export type { PageCapture } from './page/page-capture.ts';
export { type PageScenario, pageScenario } from './page/page-scenario.ts';
export { type PageTiming, pageTiming, type TimedPage } from './page/page-timing.ts';
export type { PageSource } from './page/read-capture.ts';
export { type FolderServer, type Served, serveFolder } from './page/serve-folder.ts';
export { escapeText } from './report/escape.ts';
export { renderHtml } from './report/html.ts';
export { REPORT_SCHEMA, renderJson } from './report/json.ts';
export { renderJunit } from './report/junit.ts';
export { renderAnnotations, renderMarkdown } from './report/markdown.ts';
export {
    type Figure,
    type FiguresSection,
    type GroupSection,
    type Picture,
    type PicturesSection,
    type PlotAxis,
    type PlotSection,
    type PlotSeries,
    type Report,
    type ReportCase,
    type Section,
    type Status,
    type TableSection,
    type TextSection,
    type TimelineEntry,
    type TimelineSection,
    timelineEntries,
    worstStatus
} from './report/report.ts';
export { type TimelineStatistics, timelineFigures, timelineStatistics } from './report/timeline.ts';
export { type WrittenReport, writeFileAtomic, writeReport } from './report/write-report.ts';
export {
    addQuarantine,
    liftQuarantine,
    type Quarantine,
    quarantineLabel,
    readLedger
} from './run/flake-ledger.ts';
export type { Baselines } from './run/judge-capture.ts';
export type { DistanceMetric } from './run/measure-distances.ts';
export { mergeFolders, mergeRuns } from './run/merge-runs.ts';
export { reportOfRun } from './run/report-of-run.ts';
export type { CaptureResult, RunResult, ScenarioFailure, ScenarioResult, Trend } from './run/run-result.ts';
export { type BeginListener, safeFileName } from './run/run-scenario.ts';
export { type RunOptions, runScenarios } from './run/run-scenarios.ts';
export { type EndedIn, runSuite, type SuiteOptions, type SuiteResult } from './run/run-suite.ts';
export { parseShard, shardScenarios } from './run/shard.ts';
export {
    type CheckedConfig,
    CONFIG_DEFAULTS,
    checkConfig,
    defineConfig,
    type HarnessConfig,
    type Shard,
    type UpdatePolicy
} from './scenario/config.ts';
export {
    type CaptureOptions,
    type Captures,
    defineScenario,
    SCENARIO_DEVICES,
    type Scenario,
    type ScenarioContext,
    type ScenarioDevice
} from './scenario/scenario.ts';
export { type AppVersion, appVersion, type VersionOptions, type VersionSource } from './timing/app-version.ts';
export { type ChangePoint, changePoints } from './timing/change-points.ts';
export {
    compareTimings,
    TIMING_DEFAULTS,
    type TimingOptions,
    type TimingResult,
    type TimingRound
} from './timing/compare-timings.ts';
export {
    MEASURE_DEFAULTS,
    type MeasuredTimings,
    type MeasureOptions,
    measureTimings,
    type OwnTimes,
    type TimedWork
} from './timing/measure-timings.ts';
export type {
    Capture,
    CaptureData,
    ConvergenceJudge,
    CountersJudge,
    DeterministicJudge,
    ExactJudge,
    Judge,
    JudgeKind,
    PerceptualJudge,
    StochasticJudge,
    TemporalJudge,
    TimingJudge
} from './verdict/capture.ts';
export { captureFault } from './verdict/capture-fault.ts';
export { checkJudge, type JudgeOptions, judge, judgeAlone } from './verdict/judge.ts';
export {
    type BlockMoments,
    MomentsAccumulator,
    type MomentsImage,
    momentsOfFrames,
    PYRAMID_LEVELS
} from './verdict/moments-image.ts';
export { framePicture, heatPicture, rgbaPicture } from './verdict/pictures.ts';
export {
    PYRAMID_DEFAULTS,
    type PyramidFinding,
    type PyramidLevelResult,
    type PyramidOptions,
    type PyramidResult,
    pyramidTest
} from './verdict/pyramid-test.ts';
export type { Verdict } from './verdict/verdict.ts';
