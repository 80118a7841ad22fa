/**
 * What one of two versions of a page took over all its frames, and the tables that set it beside the other: GPU time by label of
 * the pass, long frames, counted work.
 */
import { median } from '@mixreel/core';
import type { TableSection } from '../report/report.ts';
import { LONG_FRAME_MS } from './frame-times.ts';
import type { FrameTimes } from './instrument.ts';

/** Times of one version. */
export interface SideTimes {
    /** GPU time of each pass, ms per frame, one for each time that had it. */
    readonly passMs: ReadonlyMap<string, readonly number[]>;
    /** Of all frames. */
    readonly frames: number;
    /** Frames of more than 50 ms on the page's thread. */
    readonly longFrames: number;
    readonly last: FrameTimes;
    /** Adds a time and returns its passes, ms per frame. */
    add(times: FrameTimes): ReadonlyMap<string, number>;
}

/** A pass below this share of both versions' GPU time is too little to be judged: doubled, it is 5 % of the whole. */
const LEAST_SHARE = 0.05;

/** Longer labels are cut, and what is alike then is one pass: they become names of captures. */
const LABEL_CHARS = 150;

/** @param first - Shows which passes there are; counts as a time like those that are added. */
export function sideTimes(first: FrameTimes): SideTimes {
    const passMs = new Map<string, number[]>();
    const side = {
        passMs,
        frames: 0,
        longFrames: 0,
        last: first,
        add(times: FrameTimes): ReadonlyMap<string, number> {
            const frames = times.cpuMs.length;
            const own = new Map<string, number>();
            for (const [label, ms] of Object.entries(times.gpuMs)) {
                const name = label.slice(0, LABEL_CHARS);
                own.set(name, (own.get(name) ?? 0) + ms / frames);
            }
            for (const [name, ms] of own) {
                const all = passMs.get(name) ?? [];
                all.push(ms);
                passMs.set(name, all);
            }
            side.frames += frames;
            side.longFrames += times.cpuMs.filter((ms) => ms > LONG_FRAME_MS).length;
            side.last = times;
            return own;
        }
    };
    side.add(first);
    return side;
}

/** Labels of passes that both versions have and that are worth a judgement in one of them. */
export function judgedPasses([a, b]: readonly [SideTimes, SideTimes]): string[] {
    const shares = (side: SideTimes): Map<string, number> => {
        const medians = [...side.passMs].map(([label, all]) => [label, median(all)] as const);
        const sum = medians.reduce((total, [, ms]) => total + ms, 0);
        return new Map(medians.map(([label, ms]) => [label, sum > 0 ? ms / sum : 0]));
    };
    const [inA, inB] = [shares(a), shares(b)];
    return [...inA.keys()].filter(
        (label) => inB.has(label) && Math.max(inA.get(label)!, inB.get(label)!) >= LEAST_SHARE
    );
}

/** GPU time of all passes of both, the longest first. */
export function passesTable([a, b]: readonly [SideTimes, SideTimes]): TableSection {
    const at = (side: SideTimes, label: string): number | null => {
        const all = side.passMs.get(label);
        return all ? median(all) : null;
    };
    const rows = [...new Set([...a.passMs.keys(), ...b.passMs.keys()])]
        .map((label) => [label, at(a, label), at(b, label)] as const)
        .sort(([, a1, b1], [, a2, b2]) => Math.max(a2 ?? 0, b2 ?? 0) - Math.max(a1 ?? 0, b1 ?? 0));
    const columns = ['median, ms per frame', 'baseline', 'candidate'];
    return { kind: 'table', title: 'GPU time by pass, both versions', columns, rows };
}

/** Counted work of both, and what the candidate does more; their long frames. */
export function workTable(
    before: Readonly<Record<string, number>>,
    now: Readonly<Record<string, number>>,
    [a, b]: readonly [SideTimes, SideTimes]
): TableSection {
    const row = (name: string, was: number, is: number) => [name, was, is, is - was] as const;
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    const rows = [
        ...names.map((name) => row(name, before[name] ?? 0, now[name] ?? 0)),
        row(`frames over ${LONG_FRAME_MS} ms, of ${a.frames}`, a.longFrames, b.longFrames)
    ];
    const columns = ['since the page was opened', 'baseline', 'candidate', 'difference'];
    return { kind: 'table', title: 'Counted work', columns, rows };
}
