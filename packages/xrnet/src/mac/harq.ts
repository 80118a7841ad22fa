/**
 * What happens to a block on air: whether it is received, when it is sent again, what its bytes did.
 *
 * The fate of a transmission is drawn when it is sent, from the user's stream at number 16 index + transmission, so that no
 * other user or mechanism can shift it. Combining is chase: linear SINRs of the transmissions add up.
 *
 * A process holds a block until its last answer is back; a user whose processes are all taken cannot be sent anything new, so
 * that few processes over a long round trip stall: at most processes / round trip of the slots carry new blocks.
 *
 * RLC acknowledged mode: what HARQ gives up is started anew after a status report's time, with as many resources and the same
 * MCS (re-segmentation is left out); the waiting counts as `harq` delay.
 */
import type { CellConfig } from '../config.ts';
import type { Carrier } from '../phy/carrier.ts';
import { SubbandRadio } from '../phy/subband-radio.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { BlockStore } from './block-store.ts';
import { interruptedNs } from './handover.ts';
import type { LinkUser } from './link-user.ts';
import type { SegmentRecord, SetStore } from './set-store.ts';
import { TimingWheel } from './timing-wheel.ts';

/** Random numbers kept apart for the transmissions of one block. */
const DRAWS_PER_BLOCK = 16;

/** Counters of one direction. */
export interface LinkCounters {
    /** Slots that were run, and how many of them were used, by share. */
    slots: number;
    usedSlots: number;
    transmissions: number;
    retransmissions: number;
    failures: number;
    /** First transmissions and their failures. */
    firstTransmissions: number;
    firstFailures: number;
    /** Blocks given up. */
    residualBlocks: number;
    /** Blocks that RLC started anew. */
    restarts: number;
    deliveries: number;
    /** Bytes of blocks, and of them bytes that carried nothing. */
    blockBytes: number;
    paddingBytes: number;
}

/** Counters at zero. */
export function newCounters(): LinkCounters {
    return {
        slots: 0,
        usedSlots: 0,
        transmissions: 0,
        retransmissions: 0,
        failures: 0,
        firstTransmissions: 0,
        firstFailures: 0,
        residualBlocks: 0,
        restarts: 0,
        deliveries: 0,
        blockBytes: 0,
        paddingBytes: 0
    };
}

/** See the file comment. */
export class Harq {
    readonly blocks: BlockStore;
    /** Blocks by the slot from which they may be sent again. */
    readonly waiting: TimingWheel = new TimingWheel();
    readonly counters: LinkCounters = newCounters();
    readonly #direction: Direction;
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    /** When any of the cell's carriers has a direction: answers and grants take the first one (PUCCH switching, Rel-17). */
    readonly #any: TddPattern;
    readonly #carrier: Carrier;
    readonly #sets: SetStore;
    readonly #finish: (set: number) => void;

    /** @param finish - Called once for every set whose bytes are all delivered or lost. */
    constructor(
        direction: Direction,
        config: CellConfig,
        tdd: TddPattern,
        any: TddPattern,
        carrier: Carrier,
        sets: SetStore,
        finish: (set: number) => void
    ) {
        this.#any = any;
        this.blocks = new BlockStore(config.subbands?.count ?? 0);
        this.#direction = direction;
        this.#config = config;
        this.#tdd = tdd;
        this.#carrier = carrier;
        this.#sets = sets;
        this.#finish = finish;
    }

    /** Puts a block on air in `slot`, ending at `endNs`, and decides its fate. */
    transmit(block: number, user: LinkUser, slot: number, endNs: number): void {
        const { blocks, counters } = this;
        const transmission = blocks.transmissions[block] as number;
        blocks.transmissions[block] = transmission + 1;
        counters.transmissions++;
        const received = this.#received(block, user, slot, transmission);
        if (transmission === 0) {
            counters.firstTransmissions++;
            if (!received) counters.firstFailures++;
            user.radio.learn(received);
        } else counters.retransmissions++;
        if (!received) {
            counters.failures++;
            if (transmission + 1 < this.#config.harq.maxTransmissions) {
                user.processes[blocks.process[block] as number] = Infinity;
                this.waiting.schedule(block, this.#retransmissionSlot(endNs));
                return;
            }
            counters.residualBlocks++;
            this.#release(block, user, endNs);
            if (this.#startAnew(block, user, endNs)) return;
            this.#giveUp(block, slot);
        } else {
            this.#release(block, user, endNs);
            this.#deliver(block, user, endNs, slot);
        }
        blocks.release(block);
    }

    /** The block's process is free when the answer to its last transmission is back. */
    #release(block: number, user: LinkUser, endNs: number): void {
        user.processes[this.blocks.process[block] as number] = this.#retransmissionSlot(endNs);
    }

    /** RLC acknowledged mode: true if the block is sent anew after the status report. */
    #startAnew(block: number, user: LinkUser, endNs: number): boolean {
        const { mode, statusNs, maxRetransmissions } = this.#config.rlc;
        const { blocks } = this;
        const restarts = blocks.restarts[block] as number;
        if (mode === 'um' || restarts >= maxRetransmissions) return false;
        blocks.restarts[block] = restarts + 1;
        blocks.transmissions[block] = 0;
        blocks.sinr[block] = 0;
        blocks.index[block] = user.blocks++;
        this.counters.restarts++;
        this.waiting.schedule(
            block,
            Math.max(this.#retransmissionSlot(endNs), Math.ceil((endNs + statusNs) / this.#tdd.slotNs))
        );
        return true;
    }

    /** Counts bytes of a set as lost. */
    lose(
        set: number,
        from: number,
        to: number,
        why: 'discarded' | 'residual-error',
        slot: number,
        transmissions: number
    ): void {
        const sets = this.#sets;
        sets.lost[set] = (sets.lost[set] as number) + to - from;
        if (why === 'discarded') sets.discarded[set] = (sets.discarded[set] as number) + to - from;
        sets.records[set]?.push(lostRecord(from, to, why, slot, transmissions));
        this.#settle(set);
    }

    #settle(set: number): void {
        const sets = this.#sets;
        if ((sets.delivered[set] as number) + (sets.lost[set] as number) === (sets.bytes[set] as number))
            this.#finish(set);
    }

    #received(block: number, user: LinkUser, slot: number, transmission: number): boolean {
        const { errorModel, errorRate } = this.#config.harq;
        if (errorModel === 'none') return true;
        const { blocks } = this;
        if (errorModel === 'fixed') return this.#draw(block, user, transmission) >= errorRate;
        const timeNs = this.#tdd.startNs(this.#direction, slot);
        const sinrDb =
            user.radio instanceof SubbandRadio
                ? user.radio.blockSinrDb(timeNs, blocks.mcs[block] as number, blocks.prbs, block * blocks.subbands)
                : user.radio.sinrDb(timeNs);
        const combined = transmission === 0 ? 0 : (blocks.sinr[block] as number) + 10 ** (sinrDb / 10);
        const rate = this.#carrier.bler.transportBlockErrorRate(
            blocks.mcs[block] as number,
            blocks.codeBlocks[block] as number,
            blocks.codeBlockBits[block] as number,
            transmission === 0 ? sinrDb : 10 * Math.log10(combined)
        );
        // Numbers have places, so one that nothing depends on is not drawn: at 8 VR users half of them.
        const received = rate < 1 && (rate === 0 || this.#draw(block, user, transmission) >= rate);
        if (!received) blocks.sinr[block] = transmission === 0 ? 10 ** (sinrDb / 10) : combined;
        return received;
    }

    /** The number that decides a transmission, in [0, 1). */
    #draw(block: number, user: LinkUser, transmission: number): number {
        return user.draws.at((this.blocks.index[block] as number) * DRAWS_PER_BLOCK + transmission) / 4294967296;
    }

    /**
     * The first slot that may carry the retransmission of a block that ended at `endNs`: the feedback (downlink) or the new
     * grant (uplink) waits for a slot of the other direction.
     */
    #retransmissionSlot(endNs: number): number {
        const { decodeNs, gnbSlots } = this.#config.harq;
        const downlink = this.#direction === 'downlink';
        const answer = this.#any.nextSlot(downlink ? 'uplink' : 'downlink', endNs + decodeNs);
        return downlink ? answer + 1 + gnbSlots : answer + Math.max(1, this.#config.uplink.grantSlots);
    }

    #deliver(block: number, user: LinkUser, endNs: number, slot: number): void {
        const { blocks } = this;
        const sets = this.#sets;
        const { decodeNs } = this.#config.harq;
        const coreNs = this.#direction === 'uplink' ? this.#config.coreDelayNs : 0;
        const firstEndNs = blocks.firstEndNs[block] as number;
        const arrivedNs = endNs + decodeNs + coreNs;
        for (let i = blocks.segments[block] as number; i >= 0; i = blocks.segmentNext[i] as number) {
            const set = blocks.segmentSet[i] as number;
            const from = blocks.segmentFrom[i] as number;
            const to = blocks.segmentTo[i] as number;
            const alignedNs = sets.alignedNs[set] as number;
            const readyNs = sets.readyNs[set] as number;
            const tddNs = alignedNs - readyNs + this.#any.otherNs(this.#direction, alignedNs, firstEndNs);
            // Of two carriers' parts in one slot the longer one was counted; this block may have had the shorter.
            const servedNs = Math.min(blocks.segmentServedNs[i] as number, firstEndNs - readyNs - tddNs);
            const waitedNs = firstEndNs - readyNs - tddNs - servedNs;
            const { interruptions } = user;
            const handoverNs =
                interruptions.length > 0 ? Math.min(waitedNs, interruptedNs(interruptions, readyNs, firstEndNs)) : 0;
            const queueingNs = waitedNs - handoverNs;
            const harqNs = endNs - firstEndNs;
            sets.delivered[set] = (sets.delivered[set] as number) + to - from;
            if (arrivedNs > (sets.arrivedNs[set] as number)) {
                sets.arrivedNs[set] = arrivedNs;
                sets.tddNs[set] = tddNs;
                sets.transmissionNs[set] = servedNs + decodeNs;
                sets.harqNs[set] = harqNs;
                sets.queueingNs[set] = queueingNs;
                sets.handoverNs[set] = handoverNs;
            }
            this.counters.deliveries++;
            sets.records[set]?.push({
                from,
                to,
                arrivedNs,
                tddNs,
                transmissionNs: servedNs + decodeNs,
                harqNs,
                queueingNs,
                handoverNs,
                coreNs: coreNs + readyNs - (sets.timeNs[set] as number),
                slot,
                transmissions: blocks.transmissions[block] as number,
                lost: null
            });
            this.#settle(set);
        }
    }

    #giveUp(block: number, slot: number): void {
        const { blocks } = this;
        const transmissions = blocks.transmissions[block] as number;
        for (let i = blocks.segments[block] as number; i >= 0; i = blocks.segmentNext[i] as number) {
            const from = blocks.segmentFrom[i] as number;
            const to = blocks.segmentTo[i] as number;
            this.lose(blocks.segmentSet[i] as number, from, to, 'residual-error', slot, transmissions);
        }
    }
}

function lostRecord(
    from: number,
    to: number,
    lost: 'discarded' | 'residual-error',
    slot: number,
    transmissions: number
): SegmentRecord {
    return {
        from,
        to,
        arrivedNs: null,
        tddNs: 0,
        transmissionNs: 0,
        harqNs: 0,
        queueingNs: 0,
        handoverNs: 0,
        coreNs: 0,
        slot,
        transmissions,
        lost
    };
}
