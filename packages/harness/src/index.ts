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
