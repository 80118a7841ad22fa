/**
 * How a PDU Set gets from its source into the queues of the cell: when it is there, what is not worth sending, and which node it
 * goes to.
 */
import type { CellConfig } from '../config.ts';
import { isDropped } from '../mac/congestion-drop.ts';
import type { Link } from '../mac/link.ts';
import type { LinkUser } from '../mac/link-user.ts';
import type { SetStore } from '../mac/set-store.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { FRAME_KINDS } from './completion.ts';
import type { SecondNode } from './dual-connectivity.ts';
import type { FlowState } from './flow.ts';

/** Most sets a cell holds; what comes above is discarded at once, so that an overload cannot eat the memory. */
const MAX_SETS = 262_144;

/** See the file comment. */
export class Entry {
    /** Sets so far. */
    count = 0;
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #sets: SetStore;
    readonly #links: Readonly<Record<Direction, Link>>;
    readonly #second: SecondNode | null;

    /** @param second - Takes the sets of flows whose bearer is not the master's alone. */
    constructor(
        config: CellConfig,
        tdd: TddPattern,
        sets: SetStore,
        links: Readonly<Record<Direction, Link>>,
        second: SecondNode | null
    ) {
        this.#config = config;
        this.#tdd = tdd;
        this.#sets = sets;
        this.#links = links;
        this.#second = second;
    }

    /** The first slot in which the source's newest set may be sent. */
    firstSlot({ direction, source, bearer }: FlowState): number {
        const { slotNs } = this.#tdd;
        const { coreDelayNs, preparationSlots, uplink } = this.#config;
        const readyNs = source.timeNs + (direction === 'downlink' ? coreDelayNs : 0);
        // The second node's slots are its own: its part of the set is held back by itself.
        if (bearer !== 'master') return Math.ceil(readyNs / slotNs);
        if (direction === 'downlink') return Math.ceil(readyNs / slotNs) + preparationSlots;
        if (uplink.bufferStatus !== 'ideal') return Math.ceil(readyNs / slotNs);
        // The request goes out in the next uplink slot; the grant takes effect `grantSlots` later.
        return this.#tdd.nextSlot('uplink', readyNs) + uplink.grantSlots;
    }

    /** The source's newest set enters its queue. `index`: number of the flow. */
    enter(index: number, flow: FlowState, slot: number): void {
        const { source, direction } = flow;
        const sets = this.#sets;
        const set = sets.allocate();
        this.count++;
        const coreNs = direction === 'downlink' ? this.#config.coreDelayNs : 0;
        const readyNs = source.timeNs + coreNs;
        sets.flow[set] = index;
        sets.sequence[set] = flow.sequence++;
        sets.timeNs[set] = source.timeNs;
        sets.readyNs[set] = readyNs;
        const aligned = this.#tdd.nextSlot(direction, readyNs);
        sets.alignedNs[set] = this.#tdd.startNs(direction, aligned);
        sets.expiryNs[set] = source.timeNs + source.deadlineNs;
        sets.importance[set] = source.importance;
        sets.channel[set] = flow.channel;
        sets.l4s[set] = flow.l4s ? 1 : 0;
        sets.integrated[set] = source.integrated ? 1 : 0;
        sets.kind[set] = FRAME_KINDS.indexOf(source.kind);
        const bytes = source.sizeBytes + source.units * this.#config.unitHeaderBytes;
        if (source.set) {
            sets.objects[set] = source.set;
            sets.records[set] = [];
        }
        sets.bytes[set] = bytes;
        sets.assured[set] = flow.volume ? flow.volume.assure(source.timeNs, bytes) : bytes;
        const link = this.#links[direction];
        const nowNs = slot * this.#tdd.slotNs;
        const managed = link.drops(flow.ue, set, Math.max(readyNs, nowNs), source.units);
        if (managed || sets.size > MAX_SETS || this.#isUseless(flow, link, nowNs)) {
            sets.taken[set] = bytes;
            link.harq.lose(set, 0, bytes, 'discarded', -1, 0);
        } else if (this.#second && flow.bearer !== 'master') {
            this.#second.enter(set, flow.bearer, flow.ue, direction, slot);
        } else link.enqueue(flow.ue, set, slot);
    }

    /** True if the source's newest set is not worth sending: what it refers to is lost, or congestion wants it dropped. */
    #isUseless(flow: FlowState, link: Link, nowNs: number): boolean {
        const { discard, congestion } = this.#config;
        if (discard.dependents && !flow.chain.enters(flow.source.kind, flow.sequence - 1)) return true;
        if (!congestion) return false;
        const user = link.users[flow.ue] as LinkUser;
        return isDropped(congestion, flow.source.importance, user.backlogBytes, link.bytesPerNs(flow.ue, nowNs));
    }
}
