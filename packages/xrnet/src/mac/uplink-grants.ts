/**
 * What the network knows of uplink queues, and which uplink resources a user owns without asking.
 *
 * Dynamic: a user whose queue was empty asks in the next uplink symbols (scheduling request) and is granted `requestBytes`;
 * every transmission carries a buffer status report of what is left, rounded up as its table rounds; both act `grantSlots`
 * later. The network grants what it knows of, so the report's rounding becomes padding. Reports are taken as received.
 *
 * Deadlines: `delayStatus` none has the network count the budget of the data from the first word of it, although jitter has
 * eaten some of it already and a queue that never empties makes it count from long ago. With `report` every report carries the
 * remaining time of the head set and the bytes that have so little left (DSR, TS 38.321 5.4.9 and 6.1.3.72): whole
 * milliseconds, rounded down, and a buffer size rounded up.
 *
 * Configured: in its occasions a user sends without asking. Occasions without data are lost to everybody, unless a UTO-UCI
 * bitmap in an earlier transmission handed them back.
 */
import type { CellConfig } from '../config.ts';
import type { TddPattern } from '../phy/tdd.ts';
import { type BufferStatusTable, delayStatusIndex, reportedBytes } from './buffer-status.ts';
import { type ConfiguredGrant, isOccasion, nextOccasions } from './configured-grant.ts';
import type { LinkUser } from './link-user.ts';
import { TimingWheel } from './timing-wheel.ts';

/** One user's standing with the scheduler. */
interface Standing {
    /** Bytes the network knows of and has not granted. */
    knownBytes: number;
    /** Bytes granted since the start. */
    grantedBytes: number;
    /** When the network takes the head set's budget to end, ns. */
    expiryNs: number;
    /** Bytes that the newest delay status called urgent, not granted yet; -1: none told. */
    urgentBytes: number;
    /** Requests and reports on their way. */
    underway: number;
    readonly grant: ConfiguredGrant | null;
    /** Occasions handed back. */
    reclaimed: number[];
}

/** A report on its way. */
interface StatusReport {
    user: number;
    bytes: number;
    /** The user's granted bytes when it was sent. */
    grantedBytes: number;
    /** End of the head set's budget as the report tells it, ns; -1: it does not. */
    expiryNs: number;
    urgentBytes: number;
}

/** What a user says of its deadlines. */
export interface DelayStatus {
    /** Remaining time of the head set, ns. */
    readonly remainingNs: number;
    /** Bytes of sets whose remaining time is below the threshold. */
    readonly urgentBytes: number;
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
    /** Reports under way; a recycled pool. */
    readonly #reports: StatusReport[] = [];
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
        this.#users.push({
            knownBytes: 0,
            grantedBytes: 0,
            expiryNs: 0,
            urgentBytes: -1,
            underway: 0,
            grant: own,
            reclaimed: []
        });
    }

    /** Bytes that may be granted to a user now. */
    knownBytes(user: number): number {
        return (this.#users[user] as Standing).knownBytes;
    }

    /** When the network takes a user's head set to expire, ns. */
    expiryNs(user: number): number {
        return (this.#users[user] as Standing).expiryNs;
    }

    /** Bytes that the network takes for those of the head set: those called urgent, or all it knows of. */
    headBytes(user: number): number {
        const { urgentBytes, knownBytes } = this.#users[user] as Standing;
        return urgentBytes > 0 ? Math.min(urgentBytes, knownBytes) : knownBytes;
    }

    /** The first slot from `from` in which a report acts, or `limit`. */
    nextDue(from: number, limit: number): number {
        return this.#due.nextSlot(from, limit);
    }

    /** Reports that act from this slot on. */
    runSlot(slot: number, users: readonly LinkUser[]): void {
        for (let id = this.#due.take(slot); id >= 0; id = this.#due.take(slot)) {
            const report = this.#reports[id] as StatusReport;
            this.#free.push(id);
            const standing = this.#users[report.user] as Standing;
            standing.underway--;
            const wasEmpty = standing.knownBytes === 0;
            const since = standing.grantedBytes - report.grantedBytes;
            standing.knownBytes = Math.max(0, report.bytes - since);
            standing.urgentBytes = report.expiryNs < 0 ? -1 : Math.max(0, report.urgentBytes - since);
            if (report.expiryNs >= 0) standing.expiryNs = report.expiryNs;
            else if (standing.knownBytes > 0)
                this.#guessExpiry(standing, users[report.user] as LinkUser, slot, wasEmpty);
            this.#askIfForgotten(report.user, slot, users);
        }
    }

    /** Legacy: data that was not there before has its budget from now on, and so has what outlived the last guess. */
    #guessExpiry(standing: Standing, { budgetNs }: LinkUser, slot: number, wasEmpty: boolean): void {
        const nowNs = slot * this.#tdd.slotNs;
        if (wasEmpty || standing.expiryNs <= nowNs) standing.expiryNs = nowNs + budgetNs;
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
        this.#report(user, this.#requestBytes, asked + this.#grantSlots, asked, null);
    }

    /** A block of `bytes` was sent in `slot`; the rest of the user's queue rides along as a report. */
    sent(
        user: number,
        bytes: number,
        slot: number,
        restBytes: number,
        dynamic: boolean,
        delay: DelayStatus | null
    ): void {
        const standing = this.#users[user] as Standing;
        if (dynamic) {
            standing.knownBytes = Math.max(0, standing.knownBytes - bytes);
            standing.grantedBytes += bytes;
            if (standing.urgentBytes > 0) standing.urgentBytes = Math.max(0, standing.urgentBytes - bytes);
        }
        const known = restBytes > 0 ? reportedBytes(this.#table, restBytes) : 0;
        this.#report(user, known, slot + this.#grantSlots, slot, restBytes > 0 ? delay : null);
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

    #report(user: number, bytes: number, slot: number, sentSlot: number, delay: DelayStatus | null): void {
        const standing = this.#users[user] as Standing;
        const id = this.#free.pop() ?? this.#reports.length;
        const report = (this.#reports[id] ??= {
            user: 0,
            bytes: 0,
            grantedBytes: 0,
            expiryNs: -1,
            urgentBytes: 0
        });
        report.user = user;
        report.bytes = bytes;
        report.grantedBytes = standing.grantedBytes;
        const { delayStatus, delayThresholdMs } = this.#config.uplink;
        const told = delayStatus === 'report' && delay !== null && delay.remainingNs < delayThresholdMs * 1e6;
        report.expiryNs = told ? sentSlot * this.#tdd.slotNs + delayStatusIndex(delay.remainingNs) * 1e6 : -1;
        report.urgentBytes = told && delay.urgentBytes > 0 ? reportedBytes(this.#table, delay.urgentBytes) : 0;
        standing.underway++;
        this.#due.schedule(id, slot);
    }
}

function periodOf(grant: ConfiguredGrant, slot: number): number {
    const { numerator, denominator } = grant.periodSlots;
    // floor(n a / b) <= since  <=>  n < (since + 1) b / a.
    return Math.ceil(((slot - grant.offsetSlots + 1) * denominator) / numerator) - 1;
}
