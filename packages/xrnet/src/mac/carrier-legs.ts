/**
 * Carrier aggregation in the MAC (TS 38.321 5.3 and 5.4: one MAC entity, a HARQ entity a carrier): a user has one queue, and on every
 * further carrier a radio, HARQ processes and draws of its own. While a further carrier's slot is run, its users show those in
 * the place of the first carrier's; the queue, the mean rate and the grants stay one.
 */
import type { RngStream } from '@mixreel/core';
import type { Radio } from '../phy/radio.ts';
import type { LinkUser } from './link-user.ts';

/** What a user is on one further carrier. */
interface Leg {
    radio: Radio;
    draws: RngStream;
    processes: Float64Array;
    blocks: number;
    active: number;
}

/** See the file comment. */
export class CarrierLegs {
    readonly #users: readonly LinkUser[];
    readonly #legs: Leg[] = [];

    /** @param users - Those of the first carrier. */
    constructor(users: readonly LinkUser[]) {
        this.#users = users;
    }

    /** The next user's radio here. */
    add(radio: Radio, draws: RngStream, processes: number): void {
        this.#legs.push({ radio, draws, processes: new Float64Array(processes), blocks: 0, active: -1 });
    }

    /** A user's radio here. */
    radio(number: number): Radio {
        return (this.#legs[number] as Leg).radio;
    }

    /** Places a user in this carrier's list of those with data; false if it is there already. */
    activate(number: number, place: number): boolean {
        const leg = this.#legs[number] as Leg;
        if (leg.active >= 0) return false;
        leg.active = place;
        return true;
    }

    /** Exchanges what the users show: called before and after this carrier's work. */
    exchange(): void {
        for (let i = 0; i < this.#legs.length; i++) {
            const leg = this.#legs[i] as Leg;
            const user = this.#users[i] as LinkUser;
            const { radio, draws, processes, blocks, active } = user;
            user.radio = leg.radio;
            user.draws = leg.draws;
            user.processes = leg.processes;
            user.blocks = leg.blocks;
            user.active = leg.active;
            leg.radio = radio;
            leg.draws = draws;
            leg.processes = processes;
            leg.blocks = blocks;
            leg.active = active;
        }
    }
}
