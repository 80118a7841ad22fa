/**
 * Dual connectivity (TS 37.340): a second node with a carrier, queues, scheduler and HARQ of its own, and one PDCP over both. Who
 * carries a flow is its bearer (TS 38.300 clause 10): `master`, `secondary` (offload by bearer), `split`, or `duplicated`
 * (PDCP duplication, TS 38.323 5.11).
 *
 * A split bearer follows the load: of every set the first PDUs take the master, the rest the second node, cut where both parts are
 * expected to arrive together, from what waits in both nodes (whoever's it is), the user's rate at both and the way between them.
 * The PDCP knows the queues as they are (TS 38.425 reports them, a little late). Duplicated PDUs count when the first copy arrives;
 * no copy is withdrawn. A user's interruptions are its master's alone; network states and queue management speak of the master.
 *
 * Costs an object and a list of fates for every set of such a bearer; nothing where there is none.
 */
import type { Rng } from '@mixreel/core';
import type { CellConfig, SecondaryConfig } from '../config.ts';
import type { Link } from '../mac/link.ts';
import type { SegmentRecord, SetStore } from '../mac/set-store.ts';
import { TimingWheel } from '../mac/timing-wheel.ts';
import type { BlerModel } from '../phy/bler.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { UNIT_PAYLOAD_BYTES } from '../traffic/source.ts';
import type { Bearer } from './bearer.ts';
import { anyPattern, atOffset, type CellCarrier, openCarriers } from './carriers.ts';
import { type UnitOutcome, unitOutcomes } from './outcome.ts';
import { userRadios } from './user-radios.ts';

/** A set whose parts are under way. */
interface Whole {
    readonly set: number;
    readonly ue: number;
    readonly direction: Direction;
    readonly parts: Part[];
    left: number;
    /** Already decided: what a slower copy does is of no interest. */
    decided: boolean;
}

/** PDUs of a set that one node carries. */
interface Part {
    readonly whole: Whole;
    readonly second: boolean;
    /** First PDU of the set that is in it. */
    readonly firstUnit: number;
    readonly records: SegmentRecord[];
}

/** A stretch of a set for one node. */
interface Stretch {
    readonly second: boolean;
    readonly firstUnit: number;
    /** Bytes [from, to) of the set. */
    readonly from: number;
    readonly to: number;
}

/** A part on its way to its queue. */
interface Transit {
    readonly link: Link;
    readonly ue: number;
    readonly ns: number;
}

/** See the file comment. */
export class SecondNode {
    readonly carrier: CellCarrier;
    readonly #config: CellConfig;
    readonly #backhaulNs: number;
    readonly #offsetDb: number;
    readonly #master: Readonly<Record<Direction, Link>>;
    readonly #tdd: TddPattern;
    readonly #sets: SetStore;
    readonly #rng: Rng;
    readonly #parts = new Map<number, Part>();
    readonly #wheel = new TimingWheel();
    readonly #transits = new Map<number, Transit>();
    /** Service time of what is on its way, ns. */
    readonly #transitNs: Record<Direction, number> = { downlink: 0, uplink: 0 };
    /** Sets of which one copy came whole in this slot. */
    readonly #whole: Whole[] = [];

    /**
     * @param config - Of the master.
     * @param tdd - Of the master.
     * @param rng - The cell's root.
     * @param finish - Called for every part that is decided.
     */
    constructor(
        config: CellConfig,
        secondary: SecondaryConfig,
        tdd: TddPattern,
        bler: BlerModel,
        sets: SetStore,
        master: Readonly<Record<Direction, Link>>,
        rng: Rng,
        finish: (set: number) => void
    ) {
        const own = configOf(config, secondary);
        this.#config = config;
        this.#backhaulNs = secondary.backhaulNs;
        this.#offsetDb = secondary.sinrOffsetDb;
        this.#master = master;
        this.#tdd = tdd;
        this.#sets = sets;
        this.#rng = rng.child('secondary');
        this.carrier = openCarriers(own, anyPattern(own), bler, sets, finish)[0] as CellCarrier;
    }

    /** Adds the next user of the cell. */
    addUser(ue: number): void {
        const { config, sizes, links } = this.carrier;
        const radios = userRadios(ue, config, sizes, this.#rng, null);
        for (const direction of ['downlink', 'uplink'] as const) {
            links[direction].addUser(radios[direction], this.#rng.child('ue', ue, direction).stream('block'), []);
        }
    }

    /** The user is elsewhere: the new mean SINR of a layer at the master, down and up, dB. */
    setMeanSinr(ue: number, downDb: number, upDb: number): void {
        const { downlink, uplink } = this.carrier.links;
        downlink.radioOf(ue).setMeanDb(downDb + this.#offsetDb);
        uplink.radioOf(ue).setMeanDb(upDb + this.#offsetDb);
    }

    /** The first slot from `from` in which a part enters its queue, or `limit`. */
    nextDue(from: number, limit: number): number {
        return this.#wheel.nextSlot(from, limit);
    }

    /** Parts that enter their queues in this slot. */
    runSlot(slot: number): void {
        for (let row = this.#wheel.take(slot); row >= 0; row = this.#wheel.take(slot)) {
            const { link, ue, ns } = this.#transits.get(row) as Transit;
            this.#transits.delete(row);
            this.#transitNs[link.direction] -= ns;
            link.enqueue(ue, row, slot);
        }
    }

    /** A set of a bearer that is not the master's alone is at the PDCP. */
    enter(set: number, bearer: Bearer, ue: number, direction: Direction, slot: number): void {
        const bytes = this.#sets.bytes[set] as number;
        const sizes = this.#sizesOf(set);
        const whole: Whole = { set, ue, direction, parts: [], left: 0, decided: false };
        if (bearer === 'duplicated') {
            this.#start(whole, { second: false, firstUnit: 0, from: 0, to: bytes }, slot);
            this.#start(whole, { second: true, firstUnit: 0, from: 0, to: bytes }, slot);
            return;
        }
        const wanted = bearer === 'secondary' ? 0 : this.#masterBytes(bytes, ue, direction, slot * this.#tdd.slotNs);
        let units = 0;
        let cut = 0;
        // PDUs are whole: the cut that is nearest.
        while (units < sizes.length && cut + (sizes[units] as number) / 2 <= wanted) cut += sizes[units++] as number;
        if (cut > 0) this.#start(whole, { second: false, firstUnit: 0, from: 0, to: cut }, slot);
        if (cut < bytes) this.#start(whole, { second: true, firstUnit: units, from: cut, to: bytes }, slot);
    }

    /** Bytes for the master, so that both parts arrive together. */
    #masterBytes(bytes: number, ue: number, direction: Direction, nowNs: number): number {
        const [a, b] = [this.#master[direction], this.carrier.links[direction]];
        const rateA = a.bytesPerNs(ue, nowNs);
        const rateB = b.bytesPerNs(ue, nowNs);
        if (rateB === 0) return bytes;
        if (rateA === 0) return 0;
        const start = (tdd: TddPattern): number => tdd.startNs(direction, tdd.nextSlot(direction, nowNs));
        const startA = start(this.#tdd) + a.queueNs(nowNs);
        const waiting = b.queueNs(nowNs) + this.#transitNs[direction];
        const startB = start(this.carrier.tdd) + this.#backhaulNs + waiting;
        return (bytes / rateB + startB - startA) / (1 / rateA + 1 / rateB);
    }

    /** Puts a part on its way. */
    #start(whole: Whole, { second, firstUnit, from, to }: Stretch, slot: number): void {
        const sets = this.#sets;
        const { ue, direction } = whole;
        const bytes = to - from;
        const tdd = second ? this.carrier.tdd : this.#tdd;
        const link = second ? this.carrier.links[direction] : this.#master[direction];
        const overNs = second && direction === 'downlink' ? this.#backhaulNs : 0;
        const row = sets.copy(whole.set);
        const readyNs = (sets.readyNs[whole.set] as number) + overNs;
        const part: Part = { whole, second, firstUnit, records: [] };
        sets.bytes[row] = bytes;
        sets.assured[row] = Math.max(0, Math.min(bytes, (sets.assured[whole.set] as number) - from));
        sets.readyNs[row] = readyNs;
        sets.alignedNs[row] = tdd.startNs(direction, tdd.nextSlot(direction, readyNs));
        sets.records[row] = part.records;
        whole.parts.push(part);
        whole.left++;
        this.#parts.set(row, part);
        const due = this.#firstSlot(readyNs, direction, tdd);
        if (due <= slot) {
            link.enqueue(ue, row, slot);
            return;
        }
        const ns = second ? bytes / Math.max(1e-9, link.bytesPerNs(ue, slot * this.#tdd.slotNs)) : 0;
        this.#transits.set(row, { link, ue, ns });
        this.#transitNs[direction] += ns;
        this.#wheel.schedule(row, due);
    }

    /** As for the sets of a master bearer: see `Cell`. */
    #firstSlot(readyNs: number, direction: Direction, tdd: TddPattern): number {
        const { preparationSlots, uplink } = this.#config;
        if (direction === 'downlink') return Math.ceil(readyNs / tdd.slotNs) + preparationSlots;
        if (uplink.bufferStatus !== 'ideal') return Math.ceil(readyNs / tdd.slotNs);
        return tdd.nextSlot('uplink', readyNs) + uplink.grantSlots;
    }

    /** Takes in that a row is decided; the set that is decided with it, or -1. A row that is no part is itself. */
    settle(row: number): number {
        const part = this.#parts.get(row);
        if (!part) return row;
        const sets = this.#sets;
        const { whole } = part;
        this.#parts.delete(row);
        if (!whole.decided) {
            sets.marked[whole.set] = (sets.marked[whole.set] as number) + (sets.marked[row] as number);
        }
        const arrived = (sets.lost[row] as number) === 0;
        sets.release(row);
        whole.left--;
        if (whole.decided) return -1;
        if (whole.left > 0) {
            // The other copy can only be later, unless this one has the way between the nodes before it.
            const early = part.records.length > 0 && arrived && (!part.second || this.#backhaulNs === 0);
            if (early && whole.parts[0]?.firstUnit === whole.parts[1]?.firstUnit) this.#whole.push(whole);
            return -1;
        }
        this.#decide(whole);
        return whole.set;
    }

    /** Sets that a whole copy has decided in this slot, after both nodes have run; -1 once there is none left. */
    nextWhole(): number {
        for (let whole = this.#whole.pop(); whole; whole = this.#whole.pop()) {
            if (whole.decided) continue;
            this.#decide(whole);
            return whole.set;
        }
        return -1;
    }

    /** What its parts did becomes what the set did. */
    #decide(whole: Whole): void {
        whole.decided = true;
        const sets = this.#sets;
        const { set } = whole;
        const sizes = this.#sizesOf(set);
        const best: (UnitOutcome | null)[] = sizes.map(() => null);
        for (const part of whole.parts) {
            const own = sizes.slice(part.firstUnit);
            for (const [i, outcome] of unitOutcomes(own, this.#recordsOf(part), () => false).entries()) {
                const unit = part.firstUnit + i;
                if (outcome.record && isBetter(outcome, best[unit] ?? null)) best[unit] = outcome;
            }
        }
        sets.taken[set] = sets.bytes[set] as number;
        let from = 0;
        for (const [i, outcome] of best.entries()) {
            const to = from + (sizes[i] as number);
            this.#count(set, { ...(outcome?.record as SegmentRecord), from, to });
            from = to;
        }
    }

    #count(set: number, record: SegmentRecord): void {
        const sets = this.#sets;
        const bytes = record.to - record.from;
        sets.records[set]?.push(record);
        if (record.arrivedNs === null) {
            sets.lost[set] = (sets.lost[set] as number) + bytes;
            if (record.lost === 'discarded') sets.discarded[set] = (sets.discarded[set] as number) + bytes;
            return;
        }
        sets.delivered[set] = (sets.delivered[set] as number) + bytes;
        if (record.arrivedNs <= (sets.arrivedNs[set] as number)) return;
        sets.arrivedNs[set] = record.arrivedNs;
        sets.tddNs[set] = record.tddNs;
        sets.transmissionNs[set] = record.transmissionNs;
        sets.harqNs[set] = record.harqNs;
        sets.queueingNs[set] = record.queueingNs;
        sets.handoverNs[set] = record.handoverNs;
    }

    /** Records of a part; the uplink's that the second node received have the way between the nodes before them. */
    #recordsOf({ second, records, whole }: Part): readonly SegmentRecord[] {
        const overNs = second && whole.direction === 'uplink' ? this.#backhaulNs : 0;
        if (overNs === 0) return records;
        return records.map((record) => {
            if (record.arrivedNs === null) return record;
            return { ...record, arrivedNs: record.arrivedNs + overNs, coreNs: record.coreNs + overNs };
        });
    }

    /** Bytes of a set's PDUs, headers included. */
    #sizesOf(set: number): number[] {
        const header = this.#config.unitHeaderBytes;
        const object = this.#sets.objects[set];
        if (object) return object.units.map((unit) => unit.length + header);
        const bytes = this.#sets.bytes[set] as number;
        const each = UNIT_PAYLOAD_BYTES + header;
        const count = Math.ceil(bytes / each);
        return Array.from({ length: count }, (_, i) => (i < count - 1 ? each : bytes - (count - 1) * each));
    }
}

function isBetter(outcome: UnitOutcome, than: UnitOutcome | null): boolean {
    if (than === null) return true;
    if (outcome.arrivedNs === null) return false;
    return than.arrivedNs === null || outcome.arrivedNs < than.arrivedNs;
}

/** The second node's configuration: the master's, with a width, a pattern and radios of its own. */
function configOf(config: CellConfig, { bandwidthPrb, pattern, sinrOffsetDb }: SecondaryConfig): CellConfig {
    const own = atOffset({ ...config, bandwidthPrb, carriers: [], secondary: null }, sinrOffsetDb);
    return { ...own, tdd: { ...config.tdd, pattern } };
}
