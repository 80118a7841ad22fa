/** What a judgement gives: a status, one line that says why, figures, and pictures for the report. */
import type { Figure, Picture, Section, Status } from '../report/report.ts';

/** See the file comment. */
export interface Verdict {
    readonly status: Status;
    /** One line: what was measured, and what was expected. */
    readonly message: string;
    readonly figures: readonly Figure[];
    /** Expected, actual, then maps; made only if asked for, since PNG coding costs more than judging. */
    readonly pictures: readonly Picture[];
    /** Tables and plots beside the pictures. */
    readonly sections: readonly Section[];
}

/** A verdict with nothing to show. */
export function plainVerdict(status: Status, message: string, figures: readonly Figure[] = []): Verdict {
    return { status, message, figures, pictures: [], sections: [] };
}
