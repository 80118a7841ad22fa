/**
 * `Rng`: randomness by name. `rng.stream('ue', 3, 'jitter')` is the same sequence in every run, on every machine, whatever
 * else was drawn before, so that adding a draw in one place changes nothing anywhere else.
 *
 * A stream is Philox4x32-10. Seed and name are hashed by SHA-256; its first 64 bits are the key, the next 64 the upper half
 * of the counter, and the lower half counts blocks: streams are 128 bits apart and 2^66 numbers long (2^53 are reachable).
 * Chosen over a sequential generator (xoshiro, PCG) for random access: frame n, user k or pixel p need no replay.
 */
import { badInput } from '../error.ts';
import { exactLog } from '../exact-math.ts';
import { normalQuantile } from '../statistics/normal-distribution.ts';
import { philox4x32 } from './philox.ts';
import { sha256 } from './sha256.ts';
import { encodeStreamName, type StreamName } from './stream-name.ts';

/** The root of all randomness of a run. */
export class Rng {
    readonly #path: Uint8Array;

    private constructor(path: Uint8Array) {
        this.#path = path;
    }

    /** @param seed - A finite number or any string; 7 and '7' are two seeds. */
    static create(seed: number | string): Rng {
        return new Rng(encodeStreamName(new Uint8Array(0), [seed]));
    }

    /** The stream of that name, at its start. The same name always gives the same numbers; costs about 4 us. */
    stream(...name: readonly StreamName[]): RngStream {
        return new RngStream(encodeStreamName(this.#path, name));
    }

    /** A root for a part of the run: `rng.child('a').stream('b')` is `rng.stream('a', 'b')`. */
    child(...name: readonly StreamName[]): Rng {
        return new Rng(encodeStreamName(this.#path, name));
    }
}

/** An endless sequence of random numbers with a position. Made by {@link Rng.stream}. */
export class RngStream {
    readonly #path: Uint8Array;
    readonly #key0: number;
    readonly #key1: number;
    /** Upper half of the counter. */
    readonly #counter2: number;
    readonly #counter3: number;
    readonly #block: Uint32Array = new Uint32Array(4);
    #blockIndex = -1;
    #position = 0;

    /** Streams come from {@link Rng.stream}; `path` is the encoded seed and name. */
    constructor(path: Uint8Array) {
        this.#path = path;
        const hash = sha256(path);
        this.#key0 = hash[0] as number;
        this.#key1 = hash[1] as number;
        this.#counter2 = hash[2] as number;
        this.#counter3 = hash[3] as number;
    }

    /** Index of the next 32-bit number, from 0. Set it to jump: any integer from 0 to 2^53 - 1. */
    get position(): number {
        return this.#position;
    }

    set position(index: number) {
        this.#position = requireIndex(index);
    }

    /** A stream of its own, unrelated to this one's position: `s.substream('b')` of stream 'a' is `rng.stream('a', 'b')`. */
    substream(...name: readonly StreamName[]): RngStream {
        return new RngStream(encodeStreamName(this.#path, name));
    }

    /** The 32-bit number at an index of the stream, 0 .. 2^32 - 1, without moving {@link position}. */
    at(index: number): number {
        return this.#word(requireIndex(index));
    }

    /** 0 .. 2^32 - 1. Takes one number of the stream. */
    uint32(): number {
        return this.#word(this.#position++);
    }

    /** In [0, 1), a multiple of 2^-53 (53 random bits). Takes two numbers of the stream. */
    float(): number {
        return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
    }

    /** In [low, high). */
    range(low: number, high: number): number {
        return low + (high - low) * this.float();
    }

    /**
     * 0 .. n - 1, each exactly as likely. n: an integer from 1 to 2^53. Up to 2^32 by Lemire's method (ACM TOMACS 29, 2019),
     * above by rejection; takes one number (two above 2^32), rarely more.
     */
    integer(n: number): number {
        if (!Number.isInteger(n) || n < 1 || n > 9007199254740992) {
            throw badInput(
                `n is ${n}`,
                'an integer from 1 to 2^53',
                'Ask for an integer below a positive whole number'
            );
        }
        if (n > 4294967296) return this.#wideInteger(n);
        if (n === 4294967296) return this.uint32();
        // The product's low word below 2^32 mod n marks the draws that would favour some results.
        let x = this.uint32();
        let low = Math.imul(x, n) >>> 0;
        if (low < n) {
            const threshold = 4294967296 % n;
            while (low < threshold) {
                x = this.uint32();
                low = Math.imul(x, n) >>> 0;
            }
        }
        // The product may pass 2^53, but its low word is known: taking it away leaves a multiple of 2^32, so rounding is harmless.
        return Math.round((x * n - low) / 4294967296);
    }

    /** Standard normal: mean 0, variance 1, by inversion of 52 random bits. Takes two numbers; never beyond 8.3. */
    normal(): number {
        return normalQuantile(this.#open());
    }

    /** Exponential with mean 1, by inversion. Takes two numbers. */
    exponential(): number {
        return -exactLog(this.#open());
    }

    /** True with the given probability, 0 to 1. */
    chance(probability: number): boolean {
        return this.float() < probability;
    }

    /** Shuffles the array in place (Fisher and Yates) and returns it. */
    shuffle<T>(items: T[]): T[] {
        for (let i = items.length - 1; i > 0; i--) {
            const j = this.integer(i + 1);
            const kept = items[i] as T;
            items[i] = items[j] as T;
            items[j] = kept;
        }
        return items;
    }

    /** One of the items, each as likely. Throws `bad-input` if there is none. */
    pick<T>(items: readonly T[]): T {
        if (items.length === 0)
            throw badInput('there is nothing to pick from', 'at least one item', 'Check before picking');
        return items[this.integer(items.length)] as T;
    }

    /** Index i with probability weights[i] / sum. Weights: finite, not negative, not all 0. */
    pickWeighted(weights: ArrayLike<number>): number {
        let sum = 0;
        let last = -1;
        for (let i = 0; i < weights.length; i++) {
            const weight = weights[i] as number;
            if (!(weight >= 0 && weight < Infinity)) {
                throw badInput(
                    `weight ${i} is ${weight}`,
                    'a finite number that is not negative',
                    'Correct the weight'
                );
            }
            if (weight > 0) last = i;
            sum += weight;
        }
        if (last < 0) throw badInput('all weights are 0', 'at least one above 0', 'Give something a chance');
        let rest = this.float() * sum;
        for (let i = 0; i < last; i++) {
            rest -= weights[i] as number;
            if (rest < 0) return i;
        }
        return last;
    }

    /** In (0, 1): odd multiples of 2^-53, so neither end and no rounding. */
    #open(): number {
        const bits = (this.uint32() >>> 6) * 67108864 + (this.uint32() >>> 6);
        return (bits + 0.5) / 4503599627370496;
    }

    /** Rejection over the smallest power of two that holds n. */
    #wideInteger(n: number): number {
        let highRange = 1;
        while (highRange * 4294967296 < n) highRange *= 2;
        for (;;) {
            const high = this.uint32() & (highRange - 1);
            const value = high * 4294967296 + this.uint32();
            if (value < n) return value;
        }
    }

    #word(index: number): number {
        const lane = index % 4;
        const blockIndex = (index - lane) / 4;
        if (blockIndex !== this.#blockIndex) this.#fill(blockIndex);
        return this.#block[lane] as number;
    }

    #fill(blockIndex: number): void {
        const high = Math.floor(blockIndex / 4294967296);
        philox4x32(blockIndex >>> 0, high, this.#counter2, this.#counter3, this.#key0, this.#key1, this.#block);
        this.#blockIndex = blockIndex;
    }
}

function requireIndex(index: number): number {
    if (Number.isSafeInteger(index) && index >= 0) return index;
    throw badInput(
        `the position in a random stream is ${index}`,
        'an integer from 0 to 2^53 - 1',
        'Pass a whole number'
    );
}
