/**
 * What the network knows of uplink queues, and which uplink resources a user owns without asking.
 *
 * Dynamic: a user whose queue was empty asks in the next uplink symbols (scheduling request) and is granted `requestBytes`;
 * every transmission carries a buffer status report of what is left, rounded up as its table rounds; both act `grantSlots`
 * later. The network grants what it knows of, so the report's rounding becomes padding. Reports are taken as received.
 *
 * Configured: in its occasions a user sends without asking. Occasions without data are lost to everybody, unless a UTO-UCI
 * bitmap in an earlier transmission handed them back.
 */
import type { CellConfig } from '../config.ts';
import type { TddPattern } from '../phy/tdd.ts';
import { type BufferStatusTable, reportedBytes } from './buffer-status.ts';
import { type ConfiguredGrant, isOccasion, nextOccasions } from './configured-grant.ts';
import type { LinkUser } from './link-user.ts';
import { TimingWheel } from './timing-wheel.ts';

/** One user's standing with the scheduler. */
interface Standing {
    /** Bytes the network knows of and has not granted. */
    knownBytes: number;
    /** Bytes granted since the start. */
    grantedBytes: number;
    /** Requests and reports on their way. */
    underway: number;
    readonly grant: ConfiguredGrant | null;
    /** Occasions handed back. */
    reclaimed: number[];
}

/** See the file comment. */
export class UplinkGrants {
    readonly #table: BufferStatusTable;
    readonly #grantSlots: number;
    readonly #requestBytes: number;
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #users: Standing[] = [];
    readonly #due = new TimingWheel();
    /** Reports under way: user, bytes, the user's granted bytes when it was sent; a recycled pool. */
    readonly #reports: { user: number; bytes: number; grantedBytes: number }[] = [];
    readonly #free: number[] = [];

    constructor(config: CellConfig, tdd: TddPattern, table: BufferStatusTable) {
        this.#config = config;
        this.#tdd = tdd;
        this.#table = table;
        this.#grantSlots = Math.max(1, config.uplink.grantSlots);
        this.#requestBytes = config.uplink.requestBytes;
    }

    /** Adds a user, with a configured grant at its own offset if there are any. */
    addUser(): void {
        const grant = this.#config.uplink.configuredGrant;
        const offset = this.#config.uplink.grantOffsets[this.#users.length];
        const own = grant && offset !== undefined ? { ...grant, offsetSlots: offset } : grant;
        this.#users.push({ knownBytes: 0, grantedBytes: 0, underway: 0, grant: own, reclaimed: [] });
    }

    /** Bytes that may be granted to a user now. */
    knownBytes(user: number): number {
        return (this.#users[user] as Standing).knownBytes;
    }

    /** The first slot from `from` in which a report acts, or `limit`. */
    nextDue(from: number, limit: number): number {
        return this.#due.nextSlot(from, limit);
    }

    /** Reports that act from this slot on. */
    runSlot(slot: number, users: readonly LinkUser[]): void {
        for (let id = this.#due.take(slot); id >= 0; id = this.#due.take(slot)) {
            const report = this.#reports[id] as { user: number; bytes: number; grantedBytes: number };
            this.#free.push(id);
            const standing = this.#users[report.user] as Standing;
            standing.underway--;
            standing.knownBytes = Math.max(0, report.bytes - (standing.grantedBytes - report.grantedBytes));
            this.#askIfForgotten(report.user, slot, users);
        }
    }

    /** Data entered the user's queue: asks, unless the network knows or is about to know. */
    arrived(user: number, slot: number): void {
        const standing = this.#users[user] as Standing;
        if (standing.knownBytes > 0 || standing.underway > 0) return;
        // With a configured grant the next occasion carries the report, if it comes before a granted slot would.
        const asked = this.#tdd.nextSlot('uplink', slot * this.#tdd.slotNs);
        if (standing.grant) {
            const occasion = nextOccasions(standing.grant, this.#tdd, slot - 1, 1)[0];
            const usable = occasion !== undefined && !standing.reclaimed.includes(occasion);
            if (usable && occasion <= asked + this.#grantSlots) return;
        }
        this.#report(user, this.#requestBytes, asked + this.#grantSlots);
    }

    /** A block of `bytes` was sent in `slot`; the rest of the user's queue rides along as a report. */
    sent(user: number, bytes: number, slot: number, restBytes: number, dynamic: boolean): void {
        const standing = this.#users[user] as Standing;
        if (dynamic) {
            standing.knownBytes = Math.max(0, standing.knownBytes - bytes);
            standing.grantedBytes += bytes;
        }
        this.#report(user, restBytes > 0 ? reportedBytes(this.#table, restBytes) : 0, slot + this.#grantSlots);
    }

    /** PRBs that a user owns in a slot; 0 outside its occasions and in those it handed back. */
    configuredPrbs(user: number, slot: number): number {
        const { grant, reclaimed } = this.#users[user] as Standing;
        if (!grant || !isOccasion(grant, this.#tdd, slot) || reclaimed.includes(slot)) return 0;
        return grant.prbs;
    }

    /**
     * UTO-UCI in a configured transmission: of the next occasions it hands back those of this period that the rest of the
     * queue does not need.
     */
    handBack(user: number, slot: number, restBytes: number, bytesPerOccasion: number): void {
        const standing = this.#users[user] as Standing;
        const { grant } = standing;
        if (!grant || grant.utoBits === 0) return;
        const needed = Math.ceil(restBytes / Math.max(1, bytesPerOccasion));
        const period = periodOf(grant, slot);
        const ahead = nextOccasions(grant, this.#tdd, slot, grant.utoBits);
        standing.reclaimed = ahead.filter((occasion, i) => i >= needed && periodOf(grant, occasion) === period);
    }

    #askIfForgotten(user: number, slot: number, users: readonly LinkUser[]): void {
        const standing = this.#users[user] as Standing;
        if (standing.knownBytes > 0 || standing.underway > 0 || (users[user] as LinkUser).backlogBytes === 0) return;
        this.arrived(user, slot);
    }

    #report(user: number, bytes: number, slot: number): void {
        const standing = this.#users[user] as Standing;
        const id = this.#free.pop() ?? this.#reports.length;
        const report = (this.#reports[id] ??= { user: 0, bytes: 0, grantedBytes: 0 });
        report.user = user;
        report.bytes = bytes;
        report.grantedBytes = standing.grantedBytes;
        standing.underway++;
        this.#due.schedule(id, slot);
    }
}

function periodOf(grant: ConfiguredGrant, slot: number): number {
    const { numerator, denominator } = grant.periodSlots;
    // floor(n a / b) <= since  <=>  n < (since + 1) b / a.
    return Math.ceil(((slot - grant.offsetSlots + 1) * denominator) / numerator) - 1;
}
