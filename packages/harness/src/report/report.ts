/**
 * What a report says, apart from how it looks: a verdict, figures, test cases and sections. Anyone may build one (a run of
 * scenarios does, and so does the command line for the main job); the renderers turn the same value into one HTML file,
 * JSON, JUnit and Markdown.
 *
 * All text is data: renderers escape it. Times are integer ns on the run's clock.
 */
import type { DelayCause, PduSetArrival } from '@mixreel/core';

/** Of a report, a case or a section. `inconclusive`: more samples are needed. `error`: it could not be judged. */
export type Status = 'passed' | 'failed' | 'error' | 'inconclusive' | 'skipped';

/** One number worth reading, with its unit. */
export interface Figure {
    readonly label: string;
    /** Numbers are shown with four significant digits. */
    readonly value: number | string;
    readonly unit?: string;
    /** One line below it: what it is compared with, or how it was got. */
    readonly note?: string;
    readonly tone?: 'good' | 'bad' | 'neutral';
}

/** One thing that was judged: a row of the report's table and a test case of JUnit. */
export interface ReportCase {
    /** Group, such as the scenario's file: JUnit's class name. */
    readonly suite: string;
    readonly name: string;
    readonly status: Status;
    /** Seconds it took; 0 if it was not timed. */
    readonly durationS: number;
    /** One line: why it is not `passed`, or what was measured. */
    readonly message?: string;
    /** Named facts for programs, such as who vouches for a quarantined case: JUnit's properties. */
    readonly properties?: Readonly<Record<string, string>>;
    /** Further lines: a stack, a page's console. */
    readonly details?: string;
    /** Id of the section that shows it. */
    readonly sectionId?: string;
}

interface SectionBase {
    /** Shown above it; also its name in the contents. */
    readonly title: string;
    /** Unique in the report, letters, digits and hyphens. Default: made from the title. */
    readonly id?: string;
    /** A sentence or two below the title. */
    readonly note?: string;
    readonly status?: Status;
}

/** A PNG and what it shows. */
export interface Picture {
    readonly label: string;
    /** The bytes of a PNG file. */
    readonly png: Uint8Array;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly caption?: string;
}

/** Pictures side by side; with `compare`, the first two can also be seen under a slider, blinking and as their difference. */
export interface PicturesSection extends SectionBase {
    readonly kind: 'pictures';
    readonly pictures: readonly Picture[];
    readonly layout?: 'compare' | 'grid';
    /** Figures of this comparison. */
    readonly figures?: readonly Figure[];
}

/** What became of one frame's layer on its way. */
export interface TimelineEntry {
    /** Which frame or PDU Set: `frame 12, layer 1`. */
    readonly label: string;
    /** The lane it is drawn in. */
    readonly stream: string;
    /** Number of the frame: the column of the delay plot. Layers of one frame share it. */
    readonly frame: number;
    readonly sentNs: number;
    /** Null if nothing arrived. */
    readonly arrivedNs: number | null;
    /** Budget after `sentNs`, ns. */
    readonly deadlineNs: number;
    readonly outcome: 'complete' | 'incomplete' | 'lost';
    readonly late: boolean;
    readonly reason: DelayCause | null;
    readonly delayNs: Readonly<Partial<Record<DelayCause, number>>>;
    readonly sizeBytes: number;
}

/** Frames on the network: when each was sent and came, against its deadline, and what the delay is made of. */
export interface TimelineSection extends SectionBase {
    readonly kind: 'timeline';
    readonly entries: readonly TimelineEntry[];
    /** What an entry is: a PDU Set of a frame (default), or one packet, whose number is its `frame`. */
    readonly of?: 'frames' | 'packets';
}

/** One line, cloud or row of bars. */
export interface PlotSeries {
    readonly name: string;
    readonly style: 'line' | 'points' | 'bars' | 'step';
    /** x, y pairs; a y that is not finite breaks the line. */
    readonly points: readonly (readonly [number, number])[];
}

/** An axis. */
export interface PlotAxis {
    readonly label: string;
    readonly unit?: string;
    /** Default linear. Log axes drop values of 0 and below. */
    readonly scale?: 'linear' | 'log';
    /** Default: from the data. */
    readonly range?: readonly [number, number];
}

/** A plot of one or more series over one pair of axes. */
export interface PlotSection extends SectionBase {
    readonly kind: 'plot';
    readonly x: PlotAxis;
    readonly y: PlotAxis;
    readonly series: readonly PlotSeries[];
    /** Lines across the plot: a limit, a deadline. */
    readonly marks?: readonly { readonly axis: 'x' | 'y'; readonly value: number; readonly label: string }[];
}

/** A table. Numbers are aligned right. */
export interface TableSection extends SectionBase {
    readonly kind: 'table';
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Prose, or with `mono` something to be read letter by letter. Blank lines part paragraphs. */
export interface TextSection extends SectionBase {
    readonly kind: 'text';
    readonly text: string;
    readonly mono?: boolean;
}

/** Figures in a row. */
export interface FiguresSection extends SectionBase {
    readonly kind: 'figures';
    readonly figures: readonly Figure[];
}

/** Sections that belong together: all of one scenario. */
export interface GroupSection extends SectionBase {
    readonly kind: 'group';
    readonly sections: readonly Section[];
}

export type Section =
    | PicturesSection
    | TimelineSection
    | PlotSection
    | TableSection
    | TextSection
    | FiguresSection
    | GroupSection;

/** See the file comment. */
export interface Report {
    readonly title: string;
    /** One line below the title: what was run. */
    readonly subtitle?: string;
    readonly status: Status;
    /** True while the run goes on, or if it was killed: what is here is all there is. */
    readonly partial?: boolean;
    /** The figures on top. */
    readonly figures: readonly Figure[];
    readonly cases: readonly ReportCase[];
    readonly sections: readonly Section[];
    /** Seed, versions, device, command: what is needed to do it again. */
    readonly provenance: Readonly<Record<string, string>>;
}

/** The status of a whole: the worst of its parts. Nothing judged counts as passed only if `empty` says so. */
export function worstStatus(parts: Iterable<Status>, empty: Status = 'passed'): Status {
    const order: readonly Status[] = ['skipped', 'passed', 'inconclusive', 'failed', 'error'];
    let worst = -1;
    for (const part of parts) worst = Math.max(worst, order.indexOf(part));
    return order[worst] ?? empty;
}

/** Entries of a timeline from what xrnet returns; `frameOf` gives the frame of a set (default: its sequence number). */
export function timelineEntries(
    arrivals: readonly PduSetArrival[],
    frameOf: (arrival: PduSetArrival) => number = (arrival) => arrival.set.sequence
): TimelineEntry[] {
    return arrivals.map((arrival) => {
        const { set } = arrival;
        return {
            label: `${set.stream} set ${set.sequence}, importance ${set.importance}`,
            stream: set.stream,
            frame: frameOf(arrival),
            sentNs: set.timeNs,
            arrivedNs: arrival.arrivedNs,
            deadlineNs: set.deadlineNs,
            outcome: arrival.outcome,
            late: arrival.late,
            reason: arrival.reason,
            delayNs: arrival.delayNs,
            sizeBytes: set.units.reduce((sum, unit) => sum + unit.length, 0)
        };
    });
}
