/** The report of the main job: what was seen beside what was sent, what the network did, and what must hold. */
import {
    type Figure,
    type PicturesSection,
    type Report,
    type ReportCase,
    type Section,
    timelineEntries,
    worstStatus
} from '@mixreel/harness';
import { type Frame, writeFramePng } from '@mixreel/image';
import type { Certificate } from '@mixreel/scenegen';
import type { Xrmi } from '@mixreel/xrnet';
import { count } from '../table.ts';
import { differenceFrame, type JudgedFrame } from './judge.ts';

/** Most frames shown as pictures. */
const MOST_PICTURES = 6;

/** Everything the report is made of. */
export interface RunFacts {
    readonly room: string;
    readonly certificate: Certificate;
    readonly frames: readonly JudgedFrame[];
    readonly framesPerSecond: number;
    readonly xrmi: Xrmi;
    /** Bytes of the whole bitstream. */
    readonly streamBytes: number;
    /** Seconds by stage, in order. */
    readonly stageS: Readonly<Record<string, number>>;
    readonly provenance: Readonly<Record<string, string>>;
}

/** See the file comment. */
export function runReport(facts: RunFacts): Report {
    const cases = runCases(facts);
    const shown = chosen(facts.frames);
    return {
        title: `mixreel run: ${facts.room}`,
        subtitle:
            'A captured room, generated, path-traced, coded, carried over an emulated 5G cell, decoded and judged.',
        status: worstStatus(cases.map((entry) => entry.status)),
        figures: runFigures(facts),
        cases,
        sections: [
            ...shown.map(pictures),
            {
                kind: 'timeline',
                title: 'The frames on the network',
                note: 'Each PDU Set from hand-over to arrival against its delay budget, and what the delay is made of.',
                entries: facts.frames.flatMap((frame) => timelineEntries(frame.arrivals, () => frame.index))
            },
            plot('Quality by frame', 'PSNR', 'dB', facts.frames, (frame) => finite(frame.psnrDb)),
            plot('Bytes by frame', 'size', 'bytes', facts.frames, (frame) => frame.encoded.bytes),
            frameTable(facts.frames),
            {
                kind: 'table',
                title: 'Time of each stage',
                columns: ['stage', 'seconds'],
                rows: Object.entries(facts.stageS).map(([stage, seconds]) => [stage, Number(seconds.toFixed(2))])
            }
        ],
        provenance: facts.provenance
    };
}

/** What must hold of a run, whatever the network did. */
function runCases({ certificate, frames }: RunFacts): ReportCase[] {
    const suite = 'mixreel run';
    const verdict = (name: string, ok: boolean, message: string): ReportCase => ({
        suite,
        name,
        status: ok ? 'passed' : 'failed',
        durationS: 0,
        message
    });
    const exact = frames.filter((frame) => frame.exact);
    const unequal = exact.filter((frame) => !frame.equalsReconstruction);
    const dark = frames.filter((frame) => !frame.source.layer('color').some((value) => value > 0));
    return [
        verdict(
            'the scene collides with nothing and stays in the room',
            certificate.valid,
            certificate.valid ? count(certificate.nodes, 'node') : JSON.stringify(certificate.violations[0])
        ),
        verdict(
            'every frame shows something',
            dark.length === 0,
            `${dark.length} of ${count(frames.length, 'frame')} black`
        ),
        verdict(
            "frames that arrived whole have the bytes of the encoder's own reconstruction",
            unequal.length === 0,
            `${exact.length - unequal.length} of ${count(exact.length, 'whole frame')}`
        )
    ];
}

function runFigures({ frames, framesPerSecond, xrmi, streamBytes }: RunFacts): Figure[] {
    const mean = (value: (frame: JudgedFrame) => number): number =>
        frames.reduce((sum, frame) => sum + value(frame), 0) / Math.max(1, frames.length);
    const sets = frames.flatMap((frame) => frame.arrivals);
    const broken = sets.filter((arrival) => arrival.outcome !== 'complete' || arrival.late).length;
    const delays = sets.flatMap((arrival) =>
        arrival.arrivedNs === null ? [] : [arrival.arrivedNs - arrival.set.timeNs]
    );
    const meanDelayMs = delays.reduce((sum, ns) => sum + ns, 0) / Math.max(1, delays.length) / 1e6;
    const bits = frames.reduce((sum, frame) => sum + 8 * frame.encoded.bytes, 0);
    const hasMsSsim = frames.every((frame) => frame.msSsim !== null);
    return [
        { label: 'PSNR', value: mean((frame) => finite(frame.psnrDb)), unit: 'dB', note: 'seen against sent, mean' },
        ...(hasMsSsim ? [{ label: 'MS-SSIM', value: mean((frame) => frame.msSsim ?? 0) }] : []),
        { label: 'FLIP', value: mean((frame) => frame.flip), note: '0: no difference is seen' },
        { label: 'Bitstream', value: streamBytes, unit: 'bytes', note: count(frames.length, 'frame') },
        { label: 'Rate', value: (bits * framesPerSecond) / frames.length / 1000, unit: 'kbit/s' },
        { label: 'Delay', value: meanDelayMs, unit: 'ms', note: 'hand-over to arrival, mean of PDU Sets' },
        {
            label: 'Lost or late',
            value: `${broken} of ${sets.length}`,
            note: 'PDU Sets',
            tone: broken === 0 ? 'good' : 'neutral'
        },
        { label: 'XRMI', value: xrmi.score, note: `1 to 5, formula ${xrmi.version}` }
    ];
}

/** First, last, and those between in which the most is wrong. */
function chosen(frames: readonly JudgedFrame[]): JudgedFrame[] {
    const between = frames.slice(1, -1).sort((a, b) => b.flip - a.flip || a.index - b.index);
    const ends = frames.length > 1 ? [frames[0], frames[frames.length - 1]] : [frames[0]];
    return [...ends, ...between.slice(0, MOST_PICTURES - ends.length)]
        .filter((frame) => frame !== undefined)
        .sort((a, b) => a.index - b.index);
}

function pictures(frame: JudgedFrame): PicturesSection {
    const picture = (label: string, of: Frame, caption: string): PicturesSection['pictures'][number] => ({
        label,
        png: writeFramePng(of),
        widthPx: of.widthPx,
        heightPx: of.heightPx,
        caption
    });
    const { encoded, decoded } = frame;
    const concealed = decoded.concealedShare;
    return {
        kind: 'pictures',
        title: `Frame ${frame.index}`,
        note: `${encoded.kind}, ${encoded.bytes} bytes, ${frame.exact ? 'arrived whole' : `${(100 * concealed).toFixed(0)} % of it concealed`}.`,
        layout: 'compare',
        pictures: [
            picture('sent', frame.source, 'path-traced'),
            picture('seen', frame.seen, 'decoded from what arrived'),
            picture('difference', differenceFrame(frame.source, frame.seen), 'four times enlarged')
        ],
        figures: [
            { label: 'PSNR', value: frame.psnrDb, unit: 'dB' },
            ...(frame.msSsim === null ? [] : [{ label: 'MS-SSIM', value: frame.msSsim }]),
            { label: 'FLIP', value: frame.flip }
        ]
    };
}

function plot(
    title: string,
    label: string,
    unit: string,
    frames: readonly JudgedFrame[],
    value: (frame: JudgedFrame) => number
): Section {
    const points = frames.map((frame): readonly [number, number] => [frame.index, value(frame)]);
    return {
        kind: 'plot',
        title,
        x: { label: 'frame' },
        y: { label, unit },
        series: [{ name: label, style: 'line', points }]
    };
}

function frameTable(frames: readonly JudgedFrame[]): Section {
    return {
        kind: 'table',
        title: 'Every frame',
        columns: ['frame', 'kind', 'QP', 'bytes', 'PSNR dB', 'MS-SSIM', 'FLIP', 'delay ms', 'outcome'],
        rows: frames.map((frame) => {
            const arrived = frame.arrivals.flatMap((a) => (a.arrivedNs === null ? [] : [a.arrivedNs]));
            const delayMs = arrived.length === 0 ? null : (Math.max(...arrived) - frame.timeNs) / 1e6;
            const faults = frame.arrivals.filter((a) => a.outcome !== 'complete' || a.late);
            return [
                frame.index,
                frame.encoded.kind,
                frame.encoded.stats.qp,
                frame.encoded.bytes,
                round(finite(frame.psnrDb), 2),
                frame.msSsim === null ? null : round(frame.msSsim, 4),
                round(frame.flip, 4),
                delayMs === null ? null : round(delayMs, 2),
                faults.length === 0
                    ? 'in time'
                    : faults.map((a) => `${a.late ? 'late' : a.outcome}: ${a.reason}`).join(', ')
            ];
        })
    };
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Equal pictures have an infinite PSNR; 99 dB stands for it where a number is needed. */
function finite(psnrDb: number): number {
    return Number.isFinite(psnrDb) ? psnrDb : 99;
}
