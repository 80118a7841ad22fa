/**
 * How progress looks: a bar on a terminal (cli-progress), plain lines elsewhere: none in the first second, then at most one in
 * `LINE_INTERVAL_NS`, and the end of a label that has shown one, so that the log of a long run stays readable and that of a
 * short one empty.
 */
import type { Clock, ProgressReport } from '@mixreel/core';
import cliProgress from 'cli-progress';

const LINE_INTERVAL_NS = 5e9;
const QUIET_NS = 1e9;

/** See the file comment. */
export interface ProgressView {
    readonly report: ProgressReport;
    /** Clears the bar, if one is drawn, so that a line can be printed; it is drawn again with the next report. */
    pause(): void;
}

/** @param stream - Where it shows; a terminal gets bars. */
export function progressView(stream: NodeJS.WriteStream | NodeJS.WritableStream, clock: Clock): ProgressView {
    return 'isTTY' in stream && stream.isTTY ? new BarView(stream) : new LineView(stream, clock);
}

class BarView implements ProgressView {
    readonly #stream: NodeJS.WritableStream;
    #bar: cliProgress.SingleBar | null = null;

    constructor(stream: NodeJS.WritableStream) {
        this.#stream = stream;
    }

    readonly report = (done: number, total: number, label: string): void => {
        if (this.#bar === null) {
            this.#bar = new cliProgress.SingleBar({
                stream: this.#stream,
                format: '{bar} {percentage} % {label} {eta_formatted}',
                barsize: 24,
                barCompleteChar: '=',
                barIncompleteChar: '-',
                clearOnComplete: true,
                hideCursor: true,
                fps: 10
            });
            this.#bar.start(total, done, { label });
        }
        this.#bar.setTotal(total);
        this.#bar.update(done, { label });
    };

    pause(): void {
        this.#bar?.stop();
        this.#bar = null;
    }
}

class LineView implements ProgressView {
    readonly #stream: NodeJS.WritableStream;
    readonly #clock: Clock;
    #label = '';
    #lastNs: number;
    /** Whether this label has shown a line that wants an end. */
    #open = false;

    constructor(stream: NodeJS.WritableStream, clock: Clock) {
        this.#stream = stream;
        this.#clock = clock;
        this.#lastNs = clock.nowNs() - LINE_INTERVAL_NS + QUIET_NS;
    }

    readonly report = (done: number, total: number, label: string): void => {
        if (label !== this.#label) this.#open = false;
        this.#label = label;
        const nowNs = this.#clock.nowNs();
        const ends = total > 0 && done >= total;
        if (!(ends && this.#open) && nowNs - this.#lastNs < LINE_INTERVAL_NS) return;
        this.#lastNs = nowNs;
        this.#open = !ends;
        this.#stream.write(`${label}: ${total > 0 ? Math.floor((100 * done) / total) : 0} %\n`);
    };

    pause(): void {}
}
