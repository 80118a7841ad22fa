export { checkPduSet, MAX_PDU_BYTES, MAX_PDUS } from './check-pdu-set.ts';
export type { Clock } from './clock.ts';
export { badInput, type ErrorCode, type ErrorParts, MixreelError } from './error.ts';
export { exactAcos, exactAtan2, exactCos, exactExp, exactLog, exactPow, exactSin } from './exact-math.ts';
export type { DelayCause, NetworkState, PduSet, PduSetArrival } from './media.ts';
export { type Progress, type ProgressReport, subProgress, throwIfAborted } from './progress.ts';
export { philox4x32 } from './random/philox.ts';
export { Rng, RngStream } from './random/rng.ts';
export { sha256 } from './random/sha256.ts';
export type { StreamName } from './random/stream-name.ts';
export { RealClock } from './real-clock.ts';
export type { NodeSemantics, SceneSemantics } from './semantics.ts';
export { regularizedBeta } from './statistics/beta.ts';
export {
    BOOTSTRAP_DEFAULTS,
    type BootstrapOptions,
    bootstrap,
    bootstrapRatio,
    type Estimate
} from './statistics/bootstrap.ts';
export { type ChiSquareResult, chiSquareTest, chiSquareUpper } from './statistics/chi-square.ts';
export { logGamma, regularizedGammaP, regularizedGammaQ } from './statistics/gamma.ts';
export { holm } from './statistics/holm.ts';
export { type MannWhitneyResult, mannWhitney } from './statistics/mann-whitney.ts';
export { Moments, type MomentsData } from './statistics/moments.ts';
export { normalCdf, normalQuantile } from './statistics/normal-distribution.ts';
export { median, type QuantileType, quantile, quantiles } from './statistics/quantile.ts';
export { studentCdf, studentTwoSided, studentTwoSidedQuantile } from './statistics/student-t.ts';
export { type WelchResult, welchTest } from './statistics/welch.ts';
export {
    type ScheduledEvent,
    VIRTUAL_CLOCK_DEFAULTS,
    VirtualClock,
    type VirtualClockOptions
} from './virtual-clock.ts';
