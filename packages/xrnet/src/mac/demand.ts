/** What of a user's queue may be sent in the slot that is run, as far as the network knows of it. */
import type { CellConfig } from '../config.ts';
import { type Carrier, unitsFor } from '../phy/carrier.ts';
import { isInterrupted } from './handover.ts';
import type { LinkUser } from './link-user.ts';
import type { SlotUse } from './slot-use.ts';
import type { UplinkGrants } from './uplink-grants.ts';

/** See the file comment. */
export class Demand {
    readonly #headerBytes: number;
    readonly #carrier: Carrier;
    readonly #users: readonly LinkUser[];
    readonly #use: SlotUse;
    readonly #grants: UplinkGrants | null;

    /** @param grants - What the network knows of the queues; null where it knows them as they are. */
    constructor(
        { blockHeaderBytes }: CellConfig,
        carrier: Carrier,
        users: readonly LinkUser[],
        use: SlotUse,
        grants: UplinkGrants | null
    ) {
        this.#headerBytes = blockHeaderBytes;
        this.#carrier = carrier;
        this.#users = users;
        this.#use = use;
        this.#grants = grants;
    }

    /** Bytes; 0 for a user that cannot be served now. */
    bytes(number: number): number {
        const user = this.#users[number] as LinkUser;
        const { backlogBytes, interruptions, drx } = user;
        if (user.freeProcess(this.#use.slot) < 0) return 0;
        if (drx && !drx.listens(this.#use.slot)) return 0;
        if (interruptions.length > 0 && isInterrupted(interruptions, this.#use.startNs)) return 0;
        return this.#grants ? this.#grants.knownBytes(number) : backlogBytes;
    }

    /** Units of the slot that they take with the header, at most all. */
    units(number: number): number {
        const bytes = this.bytes(number);
        if (bytes === 0) return 0;
        const { radio } = this.#users[number] as LinkUser;
        const row = this.#carrier.row(this.#use.sizes, radio.mcs(this.#use.startNs));
        return unitsFor(row, bytes + this.#headerBytes, this.#use.sizes.units);
    }
}
