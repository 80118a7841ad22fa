/**
 * One block of a slot: a new one, filled from its user's queue, or one that is sent again; with the units, the process, the MCS and
 * (fidelity L2) the subbands that it takes.
 */
import type { CellConfig } from '../config.ts';
import { type Carrier, type SizeRow, unitsFor } from '../phy/carrier.ts';
import type { BlockFiller } from './block-filler.ts';
import type { Demand } from './demand.ts';
import { isInterrupted } from './handover.ts';
import type { Harq } from './harq.ts';
import { type LinkUser, MEAN_SLOTS } from './link-user.ts';
import type { SetStore } from './set-store.ts';
import type { SlotUse } from './slot-use.ts';
import type { SubbandAir } from './subband-air.ts';
import type { UplinkGrants } from './uplink-grants.ts';

/** What a sender works on: the link's own. */
export interface BlockSenderParts {
    readonly config: CellConfig;
    readonly carrier: Carrier;
    readonly sets: SetStore;
    readonly users: readonly LinkUser[];
    readonly harq: Harq;
    readonly filler: BlockFiller;
    readonly use: SlotUse;
    readonly demand: Demand;
    readonly air: SubbandAir | null;
    readonly grants: UplinkGrants | null;
    /** Share of the cell's resource blocks that are this carrier's. */
    readonly weight: number;
}

/** See the file comment. */
export class BlockSender {
    readonly #config: CellConfig;
    readonly #carrier: Carrier;
    readonly #sets: SetStore;
    readonly #users: readonly LinkUser[];
    readonly #harq: Harq;
    readonly #filler: BlockFiller;
    readonly #use: SlotUse;
    readonly #demand: Demand;
    readonly #air: SubbandAir | null;
    readonly #grants: UplinkGrants | null;
    readonly #weight: number;

    constructor(parts: BlockSenderParts) {
        this.#config = parts.config;
        this.#carrier = parts.carrier;
        this.#sets = parts.sets;
        this.#users = parts.users;
        this.#harq = parts.harq;
        this.#filler = parts.filler;
        this.#use = parts.use;
        this.#demand = parts.demand;
        this.#air = parts.air;
        this.#grants = parts.grants;
        this.#weight = parts.weight;
    }

    /** Sends one new block to a user in at most `available` units; all of them if they are `owned` by it. */
    sendNew(number: number, available: number, owned: boolean): void {
        const user = this.#users[number] as LinkUser;
        const header = this.#config.blockHeaderBytes;
        let mcs = user.radio.mcs(this.#use.startNs);
        let row = this.#carrier.row(this.#use.sizes, mcs);
        let units = owned ? available : unitsFor(row, this.#demand.bytes(number) + header, available);
        if (this.#air) {
            // The subbands it gets may carry more than the carrier as a whole, or less.
            this.#air.choose(user, units, this.#use.startNs);
            mcs = this.#air.mcs(user);
            row = this.#carrier.row(this.#use.sizes, mcs);
            if (!owned) units = unitsFor(row, this.#demand.bytes(number) + header, units);
            this.#air.choose(user, units, this.#use.startNs);
        }
        const bytes = row.bytes[units] as number;
        if (bytes <= header) {
            // Not even the header fits: the units are lost on this user.
            this.#air?.grid.commit();
            this.#use.left -= units;
            return;
        }
        const block = this.#open(number, user, mcs, units, row);
        this.#air?.take(this.#harq.blocks, block);
        const fromNs = this.#use.fromNs(units);
        const endNs = this.#use.take(units);
        this.#harq.blocks.firstEndNs[block] = endNs;
        const sent = this.#filler.fill(user, block, bytes - header, endNs - fromNs);
        this.#harq.counters.blockBytes += bytes;
        this.#harq.counters.paddingBytes += bytes - header - sent;
        user.meanBytes += sent / MEAN_SLOTS;
        user.servedSlot = this.#use.slot;
        const { delayStatus, delayThresholdMs } = this.#config.uplink;
        const told =
            delayStatus === 'report' ? user.delayStatus(this.#sets, this.#use.startNs, delayThresholdMs * 1e6) : null;
        this.#grants?.sent(number, bytes - header, this.#use.slot, user.backlogBytes, !owned, told);
        this.#send(block, user, units, endNs);
    }

    /** A row for a new block, in a free process of its user. */
    #open(number: number, user: LinkUser, mcs: number, units: number, row: SizeRow): number {
        const { blocks } = this.#harq;
        const { slot, sizes } = this.#use;
        const block = blocks.allocate();
        blocks.user[block] = number;
        blocks.mcs[block] = mcs;
        const process = user.freeProcess(slot);
        blocks.process[block] = process;
        user.processes[process] = Infinity;
        blocks.resourceElements[block] = units * sizes.perUnit;
        blocks.codeBlocks[block] = row.blocks[units] as number;
        blocks.codeBlockBits[block] = row.blockBits[units] as number;
        blocks.index[block] = user.blocks++;
        blocks.firstSlot[block] = slot;
        return block;
    }

    #send(block: number, user: LinkUser, units: number, endNs: number): void {
        user.usedSlots += (units / this.#use.sizes.units) * this.#weight;
        user.drx?.received(this.#use.slot);
        if (this.#air) this.#air.put(block, endNs);
        else this.#harq.transmit(block, user, this.#use.slot, endNs);
    }

    /** Sends a block again; false if it cannot be now. */
    sendAgain(block: number): boolean {
        const { blocks } = this.#harq;
        const use = this.#use;
        const need = Math.ceil((blocks.resourceElements[block] as number) / use.sizes.perUnit);
        const user = this.#users[blocks.user[block] as number] as LinkUser;
        if (need > use.left || isInterrupted(user.interruptions, use.startNs)) return false;
        if (!this.#hasProcess(block, user)) return false;
        this.#air?.choose(user, need, use.startNs);
        this.#air?.take(blocks, block);
        this.#send(block, user, need, use.take(need));
        return true;
    }

    /** A retransmission keeps its process; what RLC starts anew needs a free one. */
    #hasProcess(block: number, user: LinkUser): boolean {
        const { blocks } = this.#harq;
        if ((blocks.transmissions[block] as number) > 0) return true;
        const process = user.freeProcess(this.#use.slot);
        if (process < 0) return false;
        blocks.process[block] = process;
        user.processes[process] = Infinity;
        return true;
    }
}
