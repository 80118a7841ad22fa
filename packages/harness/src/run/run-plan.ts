/**
 * What a run set out to do, kept beside its results from the start: which scenarios there are, and which of them this machine
 * runs. Without it a shard that was never merged, or one that was killed, looks like one that had nothing more to do.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../report/write-report.ts';
import type { Shard } from '../scenario/config.ts';

const SCHEMA = 'mixreel-run/1';

/** Where a run leaves it inside its folder. */
const PLAN_FILE = 'run.json';

/** See the file comment. */
export interface RunPlan {
    readonly title: string;
    readonly seed: number | string;
    /** All scenarios that were chosen, for all machines together, in the configuration's order. */
    readonly suite: readonly string[];
    /** Those of them that are this machine's. */
    readonly own: readonly string[];
    /** Null: one machine runs them all. */
    readonly shard: Shard | null;
    /** What it was run of, by name: the digest of the configuration, the commit. */
    readonly source?: Readonly<Record<string, string>>;
    /** What of it was not committed: a digest. */
    readonly changes?: string;
}

/** Throws `environment` if it cannot be written. */
export async function savePlan(outDir: string, plan: RunPlan): Promise<void> {
    await writeFileAtomic(join(outDir, PLAN_FILE), `${JSON.stringify({ schema: SCHEMA, ...plan }, null, 2)}\n`);
}

/** Why results of a plan do not stand for a run of this source; null: they do. */
export function whyNotTheSame(
    plan: RunPlan | null,
    source: Readonly<Record<string, string>> | undefined
): string | null {
    const [was, is] = [plan?.source ?? {}, source ?? {}];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => was[name] !== is[name]);
    return names.length === 0 ? null : `another ${names.join(' and another ')}`;
}

/** Null if the folder has none, or one that is damaged or of another version. */
export async function loadPlan(outDir: string): Promise<RunPlan | null> {
    const text = await readFile(join(outDir, PLAN_FILE), 'utf8').catch(() => '');
    try {
        const plan = JSON.parse(text) as Partial<RunPlan> & { schema?: unknown };
        const { schema, title, suite, own, shard } = plan;
        const names = (list: unknown): boolean => Array.isArray(list) && list.every((n) => typeof n === 'string');
        const parted = shard === null || (Number.isInteger(shard?.index) && Number.isInteger(shard?.count));
        const wellFormed = schema === SCHEMA && typeof title === 'string' && names(suite) && names(own) && parted;
        return wellFormed ? (plan as RunPlan) : null;
    } catch {
        return null;
    }
}
