/**
 * Fidelity L0: a recorded link in the form of mahimahi: one line for every opportunity to deliver 1500 bytes, in milliseconds
 * from the start, repeated for ever (Netravali et al., USENIX ATC 2015). No radio, one bottleneck, no loss but a full queue.
 */
import { badInput } from '@mixreel/core';
import type { PacketFate, PacketPath } from './packet-path.ts';

const OPPORTUNITY_BYTES = 1500;
const MAX_LINES = 5_000_000;

/** The opportunities of a trace, ms, rising. Throws `bad-input` naming the line. */
export function readMahimahiTrace(text: string): Float64Array {
    const lines = text.split('\n');
    if (lines.length > MAX_LINES)
        throw badInput(`the trace has ${lines.length} lines`, `at most ${MAX_LINES}`, 'Cut the trace');
    const times: number[] = [];
    for (const [i, line] of lines.entries()) {
        if (line.trim() === '') continue;
        const time = Number(line);
        if (!/^\s*\d+\s*$/.test(line) || time > 1e9) {
            throw badInput(
                `line ${i + 1} of the trace is ${JSON.stringify(line.slice(0, 40))}`,
                'whole milliseconds',
                'Correct the line'
            );
        }
        if (time < (times.at(-1) ?? 0)) {
            throw badInput(
                `line ${i + 1} of the trace is ${time} ms after ${times.at(-1)} ms`,
                'rising times',
                'Sort the trace'
            );
        }
        times.push(time);
    }
    if (times.length === 0 || (times.at(-1) as number) === 0) {
        throw badInput('the trace has no opportunity after 0 ms', 'at least one', 'Give a longer trace');
    }
    return Float64Array.from(times);
}

/** Packets share opportunities as bytes do, so a packet leaves with the opportunity that carries its last byte. */
export class TracePath implements PacketPath {
    readonly #timesMs: Float64Array;
    readonly #delayNs: number;
    readonly #queueBytes: number;
    readonly #fates: { packet: number; leavesNs: number | null }[] = [];
    /** The next opportunity to use, counted over all laps, and what is left of the one before. */
    #next = 0;
    #leftBytes = 0;
    #leftNs = -1;
    #waiting: { leavesNs: number; sizeBytes: number }[] = [];
    #waitingBytes = 0;

    constructor(timesMs: Float64Array, delayNs = 0, queueBytes = 1_000_000) {
        this.#timesMs = timesMs;
        this.#delayNs = delayNs;
        this.#queueBytes = queueBytes;
    }

    enter(packet: number, sizeBytes: number, nowNs: number): void {
        const done = this.#waiting.findIndex(({ leavesNs }) => leavesNs > nowNs);
        for (const { sizeBytes: bytes } of this.#waiting.splice(0, done < 0 ? this.#waiting.length : done))
            this.#waitingBytes -= bytes;
        if (this.#waitingBytes + sizeBytes > this.#queueBytes) {
            this.#fates.push({ packet, leavesNs: null });
            return;
        }
        // An opportunity that passed without data is lost; its rest is lost too.
        while (this.#timeNs(this.#next) < nowNs) this.#next++;
        if (this.#leftNs < nowNs) this.#leftBytes = 0;
        let need = sizeBytes - this.#leftBytes;
        let atNs = this.#leftNs;
        while (need > 0) {
            atNs = this.#timeNs(this.#next++);
            need -= OPPORTUNITY_BYTES;
        }
        this.#leftBytes = -need;
        this.#leftNs = atNs;
        this.#waiting.push({ leavesNs: atNs, sizeBytes });
        this.#waitingBytes += sizeBytes;
        this.#fates.push({ packet, leavesNs: atNs + this.#delayNs });
    }

    advanceTo(_nowNs: number, fate: PacketFate): void {
        for (const { packet, leavesNs } of this.#fates) fate(packet, leavesNs);
        this.#fates.length = 0;
    }

    nextNs(): number {
        return this.#fates.length > 0 ? 0 : Infinity;
    }

    #timeNs(index: number): number {
        const count = this.#timesMs.length;
        const lap = Math.floor(index / count);
        return (lap * (this.#timesMs[count - 1] as number) + (this.#timesMs[index - lap * count] as number)) * 1e6;
    }
}
