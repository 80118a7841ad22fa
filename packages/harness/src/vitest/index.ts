export {
    type BaselineMatchers,
    baselineMatchers,
    type Matchable,
    type MatcherOptions,
    type MatcherResult,
    type MatcherState
} from './baseline-matchers.ts';
export {
    type ReportedModule,
    type ReportedTest,
    type UnusedBaselinesOptions,
    type UnusedBaselinesReporter,
    unusedBaselines
} from './unused-baselines.ts';
