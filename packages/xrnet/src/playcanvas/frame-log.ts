/** The newest streamed frames and what they were like together. */
import { type Xrmi, type XrmiScenario, xrmi } from '../quality/xrmi.ts';
import type { FrameSending } from './plugin-options.ts';

const KEPT = 240;

/** A frame, and when it was sent. */
interface LoggedFrame extends FrameSending {
    readonly sentNs: number;
}

/** See the file comment. */
export class FrameLog {
    readonly #frames: LoggedFrame[] = [];

    /** Takes in a frame whose fate is known. */
    add(frame: LoggedFrame): void {
        this.#frames.push(frame);
        if (this.#frames.length > KEPT) this.#frames.shift();
    }

    /** Frames, oldest first. */
    get frames(): readonly FrameSending[] {
        return this.#frames;
    }

    /** Delays of those that arrived, ns, rising. */
    delaysNs(): number[] {
        return this.#frames
            .map(({ delayNs }) => delayNs)
            .filter((ns) => ns !== null)
            .sort((a, b) => a - b);
    }

    /** XRMI over the frames; null before the second. `pixels`: of a frame. */
    xrmi(pixels: number, scenario: XrmiScenario): Xrmi | null {
        const times = this.#frames.map(({ sentNs }) => sentNs).sort((a, b) => a - b);
        const count = times.length;
        const spanNs = (times.at(-1) ?? 0) - (times[0] ?? 0);
        if (count < 2 || spanNs <= 0) return null;
        const periodNs = spanNs / (count - 1);
        const shown = this.#frames.filter(({ delayNs, late }) => delayNs !== null && !late);
        const delays = shown.map(({ delayNs }) => delayNs as number);
        const mean = delays.reduce((sum, ns) => sum + ns, 0) / Math.max(1, delays.length);
        const variance = delays.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / Math.max(1, delays.length);
        const stallShare = 1 - shown.length / count;
        const bytes = shown.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        return xrmi(
            {
                stallShare,
                corruptShare: 0,
                blackShare: 0,
                responseNs: mean + stallShare * periodNs,
                jitterNs: Math.sqrt(variance),
                avOffsetNs: 0,
                bitrateBps: (bytes * 8e9) / (periodNs * count),
                fps: (shown.length / count) * (1e9 / periodNs),
                pixels
            },
            scenario
        );
    }
}
