/**
 * The PDU Sets inside the cell, as a pool of rows over typed arrays (about 170 bytes a set). Rows are recycled, so a run of
 * any length holds as many as were ever in flight at once.
 */
import type { PduSet } from '@mixreel/core';

/** A stretch of a set's bytes that arrived or was lost, with what its way cost. Kept for sets that exist as objects. */
export interface SegmentRecord {
    /** Bytes [from, to) of the set, headers included. */
    readonly from: number;
    readonly to: number;
    /** When it reached the receiver; null if it was lost. */
    readonly arrivedNs: number | null;
    /** Time spent in each cause up to `arrivedNs`; see PduSetArrival. */
    readonly tddNs: number;
    readonly transmissionNs: number;
    readonly harqNs: number;
    readonly queueingNs: number;
    readonly handoverNs: number;
    readonly coreNs: number;
    /** Slot and transmissions of the block that carried it. */
    readonly slot: number;
    readonly transmissions: number;
    /** Why it was lost. */
    readonly lost: 'discarded' | 'residual-error' | null;
}

const COLUMNS_F64 = [
    'timeNs',
    'readyNs',
    'alignedNs',
    'expiryNs',
    'arrivedNs',
    'servedNs',
    'tddNs',
    'transmissionNs',
    'harqNs',
    'queueingNs',
    'handoverNs',
    'sequence'
] as const;
const COLUMNS_I32 = [
    'next',
    'flow',
    'bytes',
    'taken',
    'delivered',
    'lost',
    'discarded',
    'servedSlot',
    'marked',
    'assured'
] as const;

const COLUMNS_U8 = ['importance', 'integrated', 'kind', 'l4s', 'channel'] as const;
type Column = (typeof COLUMNS_F64 | typeof COLUMNS_I32 | typeof COLUMNS_U8)[number];
const COLUMNS: readonly Column[] = [...COLUMNS_F64, ...COLUMNS_I32, ...COLUMNS_U8];

/** A set on its way from one store to another. */
export interface SetRow {
    readonly numbers: Record<Column, number>;
    readonly object: PduSet | null;
    readonly records: SegmentRecord[] | null;
}

const COPIED = [
    'timeNs',
    'readyNs',
    'expiryNs',
    'sequence',
    'flow',
    'assured',
    'importance',
    'integrated',
    'kind',
    'l4s',
    'channel'
] as const;

/** See the file comment. Columns are public: the link's inner loop reads them. */
export class SetStore {
    /** When the set was handed to the network. */
    timeNs: Float64Array = new Float64Array(0);
    /** When it reached the queue of the cell (downlink) or of the user (uplink). */
    readyNs: Float64Array = new Float64Array(0);
    /** Start of the first part of its direction at or after `readyNs`. */
    alignedNs: Float64Array = new Float64Array(0);
    /** End of its delay budget. */
    expiryNs: Float64Array = new Float64Array(0);
    /** When its last delivered bytes reached the receiver; -1 before any did. */
    arrivedNs: Float64Array = new Float64Array(0);
    /** Time of the slots that carried its bytes for the first time. */
    servedNs: Float64Array = new Float64Array(0);
    /** Causes of the delay of the bytes that define `arrivedNs`. */
    tddNs: Float64Array = new Float64Array(0);
    transmissionNs: Float64Array = new Float64Array(0);
    harqNs: Float64Array = new Float64Array(0);
    queueingNs: Float64Array = new Float64Array(0);
    handoverNs: Float64Array = new Float64Array(0);
    sequence: Float64Array = new Float64Array(0);
    /** The next row of the queue, or -1. */
    next: Int32Array = new Int32Array(0);
    flow: Int32Array = new Int32Array(0);
    /** Bytes with headers: all, taken from the queue (sent or discarded), delivered, lost, lost by discard. */
    bytes: Int32Array = new Int32Array(0);
    taken: Int32Array = new Int32Array(0);
    delivered: Int32Array = new Int32Array(0);
    lost: Int32Array = new Int32Array(0);
    discarded: Int32Array = new Int32Array(0);
    /** The last slot counted in `servedNs`. */
    servedSlot: Int32Array = new Int32Array(0);
    importance: Uint8Array = new Uint8Array(0);
    integrated: Uint8Array = new Uint8Array(0);
    /** 0 intra, 1 reference, 2 disposable. */
    kind: Uint8Array = new Uint8Array(0);
    /** 1: its packets ask for L4S marks. */
    l4s: Uint8Array = new Uint8Array(0);
    /** Logical channel of its user. */
    channel: Uint8Array = new Uint8Array(0);
    /** Packets that carry a mark. */
    marked: Int32Array = new Int32Array(0);
    /** Its first bytes, within its flow's burst volume: the rest goes without its priority level. */
    assured: Int32Array = new Int32Array(0);
    /** The set itself and the fate of its bytes, where it exists. */
    readonly objects: (PduSet | null)[] = [];
    readonly records: (SegmentRecord[] | null)[] = [];
    /** Rows in use. */
    size = 0;
    #free = -1;

    /** A cleared row. */
    allocate(): number {
        if (this.#free < 0) this.#grow();
        const row = this.#free;
        this.#free = this.next[row] as number;
        this.size++;
        this.next[row] = -1;
        this.arrivedNs[row] = -1;
        this.servedNs[row] = 0;
        this.taken[row] = 0;
        this.delivered[row] = 0;
        this.lost[row] = 0;
        this.discarded[row] = 0;
        this.marked[row] = 0;
        this.servedSlot[row] = -1;
        return row;
    }

    /** A cleared row that is of the same flow, time and kind as another one. */
    copy(other: number): number {
        const row = this.allocate();
        for (const name of COPIED) this[name][row] = this[name][other] as number;
        return row;
    }

    /** Gives a row back, and what it held; its first `resume` bytes are decided, the rest is to be sent again. */
    take(row: number, resume: number): SetRow {
        const numbers = Object.fromEntries(
            COLUMNS.map((name) => [name, this[name][row] as number])
        ) as SetRow['numbers'];
        numbers.taken = resume;
        numbers.lost = Math.min(numbers.lost, resume);
        numbers.discarded = Math.min(numbers.discarded, numbers.lost);
        numbers.delivered = resume - numbers.lost;
        const records = this.records[row]?.filter(({ from }) => from < resume) ?? null;
        const taken = { numbers, object: this.objects[row] ?? null, records };
        this.release(row);
        return taken;
    }

    /** A row for what another store gave back. */
    put({ numbers, object, records }: SetRow): number {
        const row = this.allocate();
        for (const name of COLUMNS) if (name !== 'next') this[name][row] = numbers[name];
        this.objects[row] = object;
        this.records[row] = records;
        return row;
    }

    /** Gives a row back. */
    release(row: number): void {
        this.objects[row] = null;
        this.records[row] = null;
        this.next[row] = this.#free;
        this.#free = row;
        this.size--;
    }

    #grow(): void {
        const old = this.next.length;
        const capacity = Math.max(256, old * 2);
        for (const name of COLUMNS_F64) this[name] = extended(new Float64Array(capacity), this[name]);
        for (const name of COLUMNS_I32) this[name] = extended(new Int32Array(capacity), this[name]);
        this.importance = extended(new Uint8Array(capacity), this.importance);
        this.kind = extended(new Uint8Array(capacity), this.kind);
        this.channel = extended(new Uint8Array(capacity), this.channel);
        this.l4s = extended(new Uint8Array(capacity), this.l4s);
        this.integrated = extended(new Uint8Array(capacity), this.integrated);
        for (let row = capacity - 1; row >= old; row--) {
            this.objects[row] = null;
            this.records[row] = null;
            this.next[row] = this.#free;
            this.#free = row;
        }
    }
}

function extended<T extends Float64Array | Int32Array | Uint8Array>(larger: T, smaller: T): T {
    larger.set(smaller);
    return larger;
}
