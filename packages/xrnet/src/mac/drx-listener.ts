/**
 * One user's discontinuous reception while the cell runs: when it listens, and what that costs.
 *
 * It listens from the start of each on-duration and for the inactivity timer after each reception; in between it sleeps.
 * Power is relative, a unit being deep sleep for a slot, in the manner of TR 38.840 (values not checked against its text):
 * reception 300, listening 100, micro sleep 45, light sleep 20 (from 6 ms, 100 for going and coming back), deep sleep 1 (from
 * 20 ms, 450). Always on, an idle user costs 100.
 */
import { type DrxCycle, nextOnDurationMs, requireDrx } from './drx.ts';

/** DRX of every user. */
export interface DrxConfig {
    /** Long cycle, ms. */
    readonly cycle: DrxCycle;
    /** drx-onDurationTimer, ms, 1 to 1000. */
    readonly onDurationMs: number;
    /** drx-InactivityTimer, ms, 0 to 1000. */
    readonly inactivityMs: number;
    /** drx-StartOffset, ms: 0 to floor(cycle). */
    readonly startOffsetMs: number;
    /** Start offset by user, in place of `startOffsetMs`: aligned with its frames, say. */
    readonly startOffsets: readonly number[];
}

/** Relative power of a slot, and of going to sleep and coming back. */
const POWER = Object.freeze({ receive: 300, listen: 100, micro: 45, light: 20, deep: 1, toLight: 100, toDeep: 450 });
const LIGHT_MS = 6;
const DEEP_MS = 20;

/** See the file comment. */
export class DrxListener {
    readonly #config: DrxConfig;
    readonly #startOffsetMs: number;
    readonly #slotsPerMs: number;
    #nextStart: number;
    /** End of the time in which it listens, a slot. */
    #awakeUntil = 0;
    #receivedSlot = -1;
    #receptions = 0;
    #asleepSlots = 0;
    #sleepEnergy = 0;

    /** @param slotsPerMs - Slots a millisecond, 1, 2, 4 ... */
    constructor(config: DrxConfig, user: number, slotsPerMs: number) {
        this.#config = config;
        this.#startOffsetMs = config.startOffsets[user] ?? config.startOffsetMs;
        this.#slotsPerMs = slotsPerMs;
        requireDrx(this.#timing());
        this.#nextStart = nextOnDurationMs(this.#timing(), 0) * slotsPerMs;
    }

    /** True if it listens in a slot. Slots never decrease. */
    listens(slot: number): boolean {
        while (this.#nextStart <= slot) {
            if (this.#nextStart > this.#awakeUntil) this.#sleep(this.#nextStart - this.#awakeUntil);
            const end = this.#nextStart + this.#config.onDurationMs * this.#slotsPerMs;
            this.#awakeUntil = Math.max(this.#awakeUntil, end);
            this.#nextStart =
                nextOnDurationMs(this.#timing(), this.#nextStart / this.#slotsPerMs + 1) * this.#slotsPerMs;
        }
        return slot < this.#awakeUntil;
    }

    /** It received something in a slot. */
    received(slot: number): void {
        if (slot === this.#receivedSlot) return;
        this.#receivedSlot = slot;
        this.#receptions++;
        if (slot > this.#awakeUntil) this.#sleep(slot - this.#awakeUntil);
        this.#awakeUntil = Math.max(this.#awakeUntil, slot + 1 + this.#config.inactivityMs * this.#slotsPerMs);
    }

    /** Mean power a slot from the start to `endSlot`, relative. */
    meanPower(endSlot: number): number {
        this.listens(endSlot);
        if (endSlot > this.#awakeUntil) {
            this.#sleep(endSlot - this.#awakeUntil);
            this.#awakeUntil = endSlot;
        }
        const listening = endSlot - this.#asleepSlots - this.#receptions;
        const energy = this.#sleepEnergy + POWER.receive * this.#receptions + POWER.listen * listening;
        return energy / Math.max(1, endSlot);
    }

    #timing(): { cycle: DrxCycle; startOffsetMs: number; short: boolean } {
        return { cycle: this.#config.cycle, startOffsetMs: this.#startOffsetMs, short: false };
    }

    #sleep(slots: number): void {
        this.#asleepSlots += slots;
        const ms = slots / this.#slotsPerMs;
        if (ms >= DEEP_MS) this.#sleepEnergy += POWER.toDeep + POWER.deep * slots;
        else if (ms >= LIGHT_MS) this.#sleepEnergy += POWER.toLight + POWER.light * slots;
        else this.#sleepEnergy += POWER.micro * slots;
    }
}
