/** Who carries a flow where a user is connected to two nodes (TS 38.300 clause 10): see src/cell/dual-connectivity.ts. */
export type Bearer = 'master' | 'secondary' | 'split' | 'duplicated';

/** All bearers, for checks and help texts. */
export const BEARER_NAMES: readonly Bearer[] = Object.freeze(['master', 'secondary', 'split', 'duplicated']);
