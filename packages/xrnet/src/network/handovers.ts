/**
 * Users that walk change cells (event A3 of TS 38.331 5.5.4.4): when another cell is heard by `marginDb` better than the own one, two
 * looks in a row, which are 100 ms. An ordinary handover leaves the old cell at once and is served by the new one `executionNs`
 * later (synchronisation, random access). DAPS (TS 38.300 9.2.3.2) goes on with the old cell in that time, as its radio allows, and
 * changes over without a pause. In both, what was not confirmed goes with the user (src/cell/handed-user.ts).
 */
import type { Cell } from '../cell/cell.ts';
import { requireNumber, wrong } from '../require-number.ts';
import type { DroppedUser } from './links.ts';
import type { Step, Walk, Walker } from './walk.ts';

/** How users change cells. */
export interface HandoverConfig {
    readonly kind: 'ordinary' | 'daps';
    /** How much better the other cell must be, dB, 0 to 20; default 3. */
    readonly marginDb?: number;
    /** From the decision until the new cell serves, ns, 0 to 1 s; default 45 ms. */
    readonly executionNs?: number;
}

const MARGIN_DB = 3;
const EXECUTION_NS = 45_000_000;

/** Throws `bad-input`. */
export function requireHandover(handover: HandoverConfig): void {
    if (typeof handover !== 'object' || handover === null) throw wrong('handover', handover, 'an object');
    const { kind, marginDb = MARGIN_DB, executionNs = EXECUTION_NS, ...others } = handover;
    const [other] = Object.keys(others);
    if (other !== undefined) throw wrong(`handover.${other}`, 'a field', 'one of kind, marginDb, executionNs');
    if (kind !== 'ordinary' && kind !== 'daps') throw wrong('handover.kind', kind, 'ordinary or daps');
    requireNumber('handover.marginDb', marginDb, 0, 20, false, 'dB');
    requireNumber('handover.executionNs', executionNs, 0, 1e9, true, 'ns');
}

/** A mean SINR, down and up, dB, from SNRs of a step. */
export type SinrOf = (step: Step) => readonly [number, number];

/** One that is decided and not done. */
interface Pending {
    readonly target: number;
    readonly atNs: number;
}

/** See the file comment. */
export class Handovers {
    /** So far. */
    count = 0;
    readonly #daps: boolean;
    readonly #marginDb: number;
    readonly #executionNs: number;
    readonly #cells: readonly Cell[];
    /** Of the interference boards, by cell: who comes is added. */
    readonly #users: readonly DroppedUser[][];
    readonly #sinrOf: SinrOf;
    /** Cells that were better at the last look. */
    readonly #better = new Map<Walker, number>();
    readonly #pending = new Map<Walker, Pending>();
    #nextNs = Infinity;

    /** @param config - Checked by {@link requireHandover}. */
    constructor(
        { kind, marginDb = MARGIN_DB, executionNs = EXECUTION_NS }: HandoverConfig,
        cells: readonly Cell[],
        users: readonly DroppedUser[][],
        sinrOf: SinrOf
    ) {
        this.#daps = kind === 'daps';
        this.#marginDb = marginDb;
        this.#executionNs = executionNs;
        this.#cells = cells;
        this.#users = users;
        this.#sinrOf = sinrOf;
    }

    /** Takes in what a walker hears; decides. */
    look(walker: Walker, { gainsDb }: Step, timeNs: number): void {
        if (this.#pending.has(walker)) return;
        let best = 0;
        for (let c = 1; c < gainsDb.length; c++) if ((gainsDb[c] as number) > (gainsDb[best] as number)) best = c;
        const isBetter = (gainsDb[best] as number) > (gainsDb[walker.cell] as number) + this.#marginDb;
        if (!isBetter || this.#better.get(walker) !== best) {
            if (isBetter) this.#better.set(walker, best);
            else this.#better.delete(walker);
            return;
        }
        this.#better.delete(walker);
        const atNs = this.#daps ? timeNs + this.#executionNs : timeNs;
        this.#pending.set(walker, { target: best, atNs });
        this.#nextNs = Math.min(this.#nextNs, atNs);
    }

    /** Does those that are due, before the slot that starts at `timeNs`. */
    advanceTo(timeNs: number, walk: Walk): void {
        if (timeNs < this.#nextNs) return;
        this.#nextNs = Infinity;
        for (const [walker, { target, atNs }] of this.#pending) {
            if (atNs > timeNs) this.#nextNs = Math.min(this.#nextNs, atNs);
            else {
                this.#pending.delete(walker);
                this.#change(walker, target, walk, timeNs);
            }
        }
    }

    #change(walker: Walker, target: number, walk: Walk, timeNs: number): void {
        const step = walk.look(walker, target);
        const list = this.#users[target] as DroppedUser[];
        const cell = this.#cells[target] as Cell;
        list.push({ ...walker.user, cell: target, ue: list.length });
        const handed = (this.#cells[walker.cell] as Cell).leave(walker.ue);
        const pause = this.#daps ? null : { fromNs: timeNs, toNs: timeNs + this.#executionNs };
        const [downDb, upDb] = this.#sinrOf(step);
        walker.ue = cell.join(handed, downDb, upDb, pause && pause.toNs > pause.fromNs ? pause : null);
        walker.cell = target;
        this.count++;
    }
}
