/**
 * Interference between cells on one carrier, fidelity L2. In every slot each cell says which share of each subband it uses; a user's noise
 * then rises by what it hears of the others, and a base station's by the users of others that send. Receptions are decided
 * after all cells have spoken, so that interference is that of the slot itself; channel reports see who sends smoothed over
 * slots, as a CSI-IM average does. The strongest interferers fade where src/network/interferer-fading.ts is given, others count
 * by their mean power.
 */
import type { CellCoupling } from '../cell/user-radios.ts';
import type { SubbandGrid } from '../mac/subband-grid.ts';
import type { Direction } from '../phy/tdd.ts';
import type { InterfererFading } from './interferer-fading.ts';
import type { DroppedUser } from './links.ts';

/** Share of the newest slot in a report's average. */
const SMOOTHING = 0.05;

/** Everybody's interference in one slot. */
export class InterferenceBoard {
    readonly #cells: number;
    readonly #subbands: number;
    readonly #users: readonly (readonly DroppedUser[])[];
    /** Downlink: share of each subband that each cell uses; uplink: what each cell hears, over noise. */
    readonly #now: Readonly<Record<Direction, Float64Array>>;
    readonly #smooth: Readonly<Record<Direction, Float64Array>>;
    readonly #fading: InterfererFading | null;
    /** Power of this carrier over that of the first. */
    readonly #power: number;
    readonly #gains: Float64Array;
    /** By cell, 1: it sends downlink in this slot. Most are silent in most slots, and need not be summed. */
    readonly #sending: Uint8Array;
    #timeNs = 0;

    /** @param offsetDb - SNRs of this carrier over those of the users' first one. */
    constructor(
        users: readonly (readonly DroppedUser[])[],
        subbands: number,
        fading: InterfererFading | null = null,
        offsetDb = 0
    ) {
        this.#fading = fading;
        this.#power = 10 ** (offsetDb / 10);
        this.#gains = new Float64Array(subbands);
        this.#cells = users.length;
        this.#sending = new Uint8Array(users.length);
        this.#subbands = subbands;
        this.#users = users;
        const zeros = (): Record<Direction, Float64Array> => ({
            downlink: new Float64Array(users.length * subbands),
            uplink: new Float64Array(users.length * subbands)
        });
        this.#now = zeros();
        this.#smooth = zeros();
    }

    /**
     * A new slot: nobody sends yet. `hasDownlink`, `hasUplink`: what the slot is for; averages of the other keep still.
     *
     * @param timeNs - When it starts.
     */
    next(hasDownlink: boolean, hasUplink: boolean, timeNs: number): void {
        this.#timeNs = timeNs;
        if (hasDownlink) average(this.#smooth.downlink, this.#now.downlink);
        if (hasUplink) average(this.#smooth.uplink, this.#now.uplink);
        this.#now.downlink.fill(0);
        this.#now.uplink.fill(0);
        this.#sending.fill(0);
    }

    /** Slots in which nobody had anything to send. */
    silent(slots: number): void {
        const kept = (1 - SMOOTHING) ** slots;
        for (const direction of ['downlink', 'uplink'] as const) {
            const smooth = this.#smooth[direction];
            for (let i = 0; i < smooth.length; i++) smooth[i] = (smooth[i] as number) * kept;
        }
    }

    /** One cell's view. */
    of(cell: number): CellCoupling {
        return {
            taken: (direction, ue, grid) => this.#taken(cell, direction, ue, grid),
            rise: (direction, ue) => {
                const hears = this.#users[cell]?.[ue]?.hears ?? new Float64Array(this.#cells);
                if (direction === 'uplink') return (out, smoothed) => this.#uplinkRise(cell, out, smoothed);
                return (out, smoothed) => this.#downlinkRise(cell, ue, hears, out, smoothed);
            }
        };
    }

    #taken(cell: number, direction: Direction, ue: number, grid: SubbandGrid): void {
        const now = this.#now[direction];
        const subbands = this.#subbands;
        if (direction === 'downlink') {
            this.#sending[cell] = 1;
            for (let s = 0; s < subbands; s++)
                now[cell * subbands + s] = (now[cell * subbands + s] as number) + grid.share(s);
            return;
        }
        const heardBy = this.#users[cell]?.[ue]?.heardBy;
        if (!heardBy) return;
        for (let other = 0; other < this.#cells; other++) {
            const power = (heardBy[other] as number) * this.#power;
            if (power < LEAST_POWER) continue;
            const fades = this.#fades(cell, ue, other);
            const from = other * subbands;
            for (let s = 0; s < subbands; s++) {
                const gain = fades ? (this.#gains[s] as number) : 1;
                now[from + s] = (now[from + s] as number) + grid.share(s) * power * gain;
            }
        }
    }

    /** True if the link fades; then its gains stand in `#gains`. */
    #fades(cell: number, ue: number, other: number): boolean {
        return this.#fading?.read(cell, ue, other, this.#timeNs, this.#gains) ?? false;
    }

    #downlinkRise(cell: number, ue: number, hears: Float64Array, out: Float64Array, smoothed: boolean): void {
        const activity = (smoothed ? this.#smooth : this.#now).downlink;
        const subbands = this.#subbands;
        out.fill(1);
        for (let other = 0; other < this.#cells; other++) {
            const power = (hears[other] as number) * this.#power;
            if (power < LEAST_POWER || (!smoothed && this.#sending[other] === 0)) continue;
            const from = other * subbands;
            // Who is silent need not fade.
            if (this.#fading && this.#isHeard(activity, from) && this.#fades(cell, ue, other)) {
                for (let s = 0; s < subbands; s++) {
                    out[s] = (out[s] as number) + power * (activity[from + s] as number) * (this.#gains[s] as number);
                }
            } else {
                for (let s = 0; s < subbands; s++) out[s] = (out[s] as number) + power * (activity[from + s] as number);
            }
        }
    }

    #isHeard(activity: Float64Array, from: number): boolean {
        for (let i = from; i < from + this.#subbands; i++) if ((activity[i] as number) > 0) return true;
        return false;
    }

    #uplinkRise(cell: number, out: Float64Array, smoothed: boolean): void {
        const heard = (smoothed ? this.#smooth : this.#now).uplink;
        for (let s = 0; s < this.#subbands; s++) out[s] = 1 + (heard[cell * this.#subbands + s] as number);
    }
}

/** Power over noise below which a cell is not heard. */
const LEAST_POWER = 1e-3;

function average(smooth: Float64Array, now: Float64Array): void {
    for (let i = 0; i < smooth.length; i++) {
        smooth[i] = (smooth[i] as number) + SMOOTHING * ((now[i] as number) - (smooth[i] as number));
    }
}
