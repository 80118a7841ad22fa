import type { HarnessConfig } from '../../src/scenario/config.ts';

export const LOST_AFTER_S: number;
export function suiteConfig(folder: string, outDir: string): HarnessConfig;
export function startsOf(folder: string): string[];
