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
