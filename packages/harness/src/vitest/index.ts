export {
    type BaselineMatchers,
    baselineMatchers,
    type Matchable,
    type MatcherOptions,
    type MatcherResult,
    type MatcherState
} from './baseline-matchers.ts';
