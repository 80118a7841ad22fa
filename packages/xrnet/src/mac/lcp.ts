/**
 * Logical channel prioritisation, TS 38.321 5.4.3.1: which of a user's uplink flows fills a grant.
 *
 * Every channel has a bucket that grows by its prioritised bit rate and holds at most bucketMs of it. A grant first serves
 * channels whose bucket is not empty, in order of priority, each up to its bucket; what is left goes by priority alone. So a
 * high priority cannot starve a low one of its rate.
 *
 * Smart prioritised bit rate: a constant rate fits no video, whose frames come in bursts. With `urgentMs` the bucket of a channel
 * whose data has less than that left is filled up to what is urgent: a frame near its deadline passes in the first round,
 * and the rate is lent only then.
 */
import { requireNumber } from '../require-number.ts';

/** One flow's channel. */
export interface LogicalChannel {
    /** 1 (first) to 16. */
    readonly priority: number;
    /** Prioritised bit rate, bit/s, 0 to 1e10. */
    readonly rateBps: number;
    /** Bucket size duration, ms, 5 to 1000. */
    readonly bucketMs: number;
    /** Remaining time below which the bucket is filled up to what is urgent, ns, 0 (never) to 1 s. */
    readonly urgentNs: number;
}

export const CHANNEL_DEFAULTS: LogicalChannel = Object.freeze({ priority: 16, rateBps: 0, bucketMs: 100, urgentNs: 0 });

/** Channels that one user may have. */
export const MOST_CHANNELS = 16;

/** Throws `bad-input` unless every field is in its range; the channel with its defaults. */
export function requireChannel(path: string, given: Partial<LogicalChannel>): LogicalChannel {
    const channel = { ...CHANNEL_DEFAULTS, ...given };
    requireNumber(`${path}.priority`, channel.priority, 1, 16, true, '');
    requireNumber(`${path}.rateBps`, channel.rateBps, 0, 1e10, false, 'bit/s');
    requireNumber(`${path}.bucketMs`, channel.bucketMs, 5, 1000, false, 'ms');
    requireNumber(`${path}.urgentNs`, channel.urgentNs, 0, 1e9, false, 'ns');
    return channel;
}

/** One user's channels. */
export class Prioritisation {
    readonly channels: LogicalChannel[] = [];
    /** Bytes that may be served in the first round, by channel. */
    readonly buckets: Float64Array = new Float64Array(MOST_CHANNELS);
    /** What waits, what of it is urgent, and what a grant gives, bytes by channel. */
    readonly waiting: Float64Array = new Float64Array(MOST_CHANNELS);
    readonly urgent: Float64Array = new Float64Array(MOST_CHANNELS);
    readonly given: Float64Array = new Float64Array(MOST_CHANNELS);
    /** Channels by priority. */
    readonly #order: number[] = [];
    #filledNs = 0;

    /** Adds a channel; its number. */
    add(channel: LogicalChannel): number {
        const number = this.channels.push(channel) - 1;
        this.#order.push(number);
        this.#order.sort((a, b) => this.#priority(a) - this.#priority(b) || a - b);
        return number;
    }

    /** Lets the buckets grow to a time. */
    fillTo(nowNs: number): void {
        for (const [i, { rateBps, bucketMs }] of this.channels.entries()) {
            const grown = (this.buckets[i] as number) + (rateBps / 8e9) * (nowNs - this.#filledNs);
            this.buckets[i] = Math.min(grown, (rateBps / 8e3) * bucketMs);
        }
        this.#filledNs = nowNs;
    }

    /** Shares out a grant of `room` bytes by {@link waiting} and {@link urgent}, into {@link given}. */
    share(room: number): void {
        const { buckets, waiting, given } = this;
        let left = room;
        for (const i of this.#order) {
            const first = Math.max(buckets[i] as number, this.urgent[i] as number);
            const part = Math.floor(Math.min(left, waiting[i] as number, Math.max(0, first)));
            given[i] = part;
            buckets[i] = Math.max(0, (buckets[i] as number) - part);
            left -= part;
        }
        for (const i of this.#order) {
            const part = Math.min(left, (waiting[i] as number) - (given[i] as number));
            given[i] = (given[i] as number) + part;
            left -= part;
        }
    }

    #priority(number: number): number {
        return (this.channels[number] as LogicalChannel).priority;
    }
}
