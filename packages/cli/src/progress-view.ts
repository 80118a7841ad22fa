/**
 * How progress looks: a bar on a terminal (cli-progress), plain lines elsewhere: one when a label begins, one when it ends, and
 * at most one in `LINE_INTERVAL_NS` between, so that a log of a long run stays readable.
 */
import type { Clock, ProgressReport } from '@mixreel/core';
import cliProgress from 'cli-progress';

const LINE_INTERVAL_NS = 5e9;

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
    #lastNs = 0;
    #finished = false;

    constructor(stream: NodeJS.WritableStream, clock: Clock) {
        this.#stream = stream;
        this.#clock = clock;
    }

    readonly report = (done: number, total: number, label: string): void => {
        const nowNs = this.#clock.nowNs();
        const begins = label !== this.#label;
        const ends = total > 0 && done >= total;
        if (begins) this.#finished = false;
        if (!begins && !(ends && !this.#finished) && nowNs - this.#lastNs < LINE_INTERVAL_NS) return;
        if (ends && this.#finished) return;
        this.#label = label;
        this.#lastNs = nowNs;
        this.#finished = ends;
        this.#stream.write(`${label}: ${total > 0 ? Math.floor((100 * done) / total) : 0} %\n`);
    };

    pause(): void {}
}
