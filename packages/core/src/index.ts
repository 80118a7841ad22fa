export type { Clock } from './clock.ts';
export { badInput, type ErrorCode, type ErrorParts, MixreelError } from './error.ts';
export type { DelayCause, NetworkState, PduSet, PduSetArrival } from './media.ts';
export { type Progress, type ProgressReport, subProgress, throwIfAborted } from './progress.ts';
export type { NodeSemantics, SceneSemantics } from './semantics.ts';
