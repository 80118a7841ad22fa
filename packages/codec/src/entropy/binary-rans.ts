/**
 * Binary adaptive rANS: the only entropy coder of the format (Duda 2013, arXiv 1311.2540, the range variant; one bit a
 * step). Integers throughout: a 31-bit state, 15-bit probabilities, byte-wise renormalisation.
 *
 * rANS codes last in, first out, so the encoder records (probability, bit) pairs while its contexts adapt forwards, and codes
 * them backwards in `finish()`; the decoder adapts as it reads. A binary coder was taken before one with large alphabets because
 * every syntax element here is short and strongly conditioned, and units of at most about 1,200 bytes are too short to send or
 * learn large tables. Cost: the sum of -log2 p over the bits, 4 bytes of state a unit, and under 0.1 % for the rounding of p.
 *
 * A context is two estimates of P(bit = 1) that follow the bits at different speeds (shifts of 4 and 7) and are averaged, as
 * in VVC (ITU-T H.266 9.3.4.3.2): the quick one learns inside a small unit, the slow one is right in the long run. Other pairs on three photographs at five
 * rates: (5, 7) 0.1 to 2 % more bytes, (4, 8) 0 to 1 %, (5, 8) 0.1 to 2.8 %.
 *
 * `bit(context, value)` has the same shape in both directions, so that a syntax element is written down once and used for
 * writing and for reading; the two cannot drift apart.
 */

/** Probabilities are in units of 1 / PROBABILITY_ONE. */
export const PROBABILITY_BITS = 15;
export const PROBABILITY_ONE: number = 1 << PROBABILITY_BITS;
/** Lower end of the state's interval [2^23, 2^31). */
export const STATE_LOW: number = 1 << 23;
const LEAST = 32;
const MOST: number = PROBABILITY_ONE - LEAST;
const HALF: number = PROBABILITY_ONE >> 1;
const FAST_SHIFT = 4;
const SLOW_SHIFT = 7;

/** Costs are in units of 1/1024 bit. */
export const COST_ONE_BIT = 1024;
const COST_SHIFT = 5;
/** -log2(p) in 1/1024 bit for p in steps of 32/32768, sampled mid-step. */
const COSTS: Uint32Array = Uint32Array.from({ length: PROBABILITY_ONE >> COST_SHIFT }, (_, i) =>
    Math.round(-COST_ONE_BIT * Math.log2((i + 0.5) / (PROBABILITY_ONE >> COST_SHIFT)))
);

/** One direction of the entropy coder: {@link BitEncoder} or {@link BitDecoder}. */
export interface BitCoder {
    readonly decoding: boolean;
    /** Codes one bit in a context. Writing: codes `value` and returns it. Reading: ignores `value`, returns the bit. */
    bit(context: number, value: number): number;
    /** Codes one bit that is 1 with a probability that something else knows, in 1/32768; no context moves. */
    bitAt(probability: number, value: number): number;
    /** Codes `count` (0 to 16) bits of `value` at probability one half, highest first. */
    bits(count: number, value: number): number;
}

/** Records bits, measures their cost, and turns them into bytes. */
export class BitEncoder implements BitCoder {
    readonly decoding = false;
    /** While true, bits only add to `cost`; nothing is recorded and no context moves. */
    measuring = false;
    /** Cost of the bits so far, 1/1024 bit. */
    cost = 0;
    readonly #initial: Uint16Array;
    readonly #fast: Uint16Array;
    readonly #slow: Uint16Array;
    #steps: Uint16Array = new Uint16Array(4096);
    #length = 0;

    /** @param initial - P(bit = 1) of each context at the start of a unit, in 1/32768. */
    constructor(initial: Uint16Array) {
        this.#initial = initial;
        this.#fast = initial.slice();
        this.#slow = initial.slice();
    }

    /** Forgets everything: the next bit is the first of a unit. */
    reset(): void {
        this.#fast.set(this.#initial);
        this.#slow.set(this.#initial);
        this.#length = 0;
        this.cost = 0;
    }

    bit(context: number, value: number): number {
        const fast = this.#fast[context]!;
        const slow = this.#slow[context]!;
        const p = clampProbability((fast + slow) >> 1);
        this.cost += COSTS[(value ? p : PROBABILITY_ONE - p) >> COST_SHIFT]!;
        if (this.measuring) return value;
        this.#fast[context] = value ? fast + ((PROBABILITY_ONE - fast) >> FAST_SHIFT) : fast - (fast >> FAST_SHIFT);
        this.#slow[context] = value ? slow + ((PROBABILITY_ONE - slow) >> SLOW_SHIFT) : slow - (slow >> SLOW_SHIFT);
        this.#record(p, value);
        return value;
    }

    bitAt(probability: number, value: number): number {
        const p = clampProbability(probability);
        // A step below: rather too much than too little, since many of these are far from one half and units are cut by their cost.
        this.cost += COSTS[((value ? p : PROBABILITY_ONE - p) >> COST_SHIFT) - 1]!;
        if (!this.measuring) this.#record(p, value);
        return value;
    }

    bits(count: number, value: number): number {
        this.cost += count * COST_ONE_BIT;
        if (this.measuring) return value;
        for (let i = count - 1; i >= 0; i--) this.#record(HALF, (value >> i) & 1);
        return value;
    }

    /** Everything needed to come back to this point with `restore`. */
    save(into?: EncoderSnapshot): EncoderSnapshot {
        if (!into) return { fast: this.#fast.slice(), slow: this.#slow.slice(), length: this.#length, cost: this.cost };
        into.fast.set(this.#fast);
        into.slow.set(this.#slow);
        into.length = this.#length;
        into.cost = this.cost;
        return into;
    }

    restore(snapshot: EncoderSnapshot): void {
        this.#fast.set(snapshot.fast);
        this.#slow.set(snapshot.slow);
        this.#length = snapshot.length;
        this.cost = snapshot.cost;
    }

    /** The recorded bits as bytes: 4 of state (big-endian), then the renormalisation bytes in reading order. */
    finish(): Uint8Array {
        const steps = this.#steps;
        const out: number[] = [];
        let state = STATE_LOW;
        for (let i = this.#length - 1; i >= 0; i--) {
            const step = steps[i]!;
            const p = step >> 1;
            const frequency = step & 1 ? p : PROBABILITY_ONE - p;
            const start = step & 1 ? 0 : p;
            while (state >= frequency * 65536) {
                out.push(state & 255);
                state >>>= 8;
            }
            const quotient = Math.floor(state / frequency);
            state = quotient * PROBABILITY_ONE + (state - quotient * frequency) + start;
        }
        out.push(state & 255, (state >>> 8) & 255, (state >>> 16) & 255, state >>> 24);
        return Uint8Array.from(out.reverse());
    }

    #record(p: number, value: number): void {
        if (this.#length === this.#steps.length) {
            const steps = new Uint16Array(this.#steps.length * 2);
            steps.set(this.#steps);
            this.#steps = steps;
        }
        this.#steps[this.#length++] = (p << 1) | value;
    }
}

/** See {@link BitEncoder.save}. */
export interface EncoderSnapshot {
    readonly fast: Uint16Array;
    readonly slow: Uint16Array;
    length: number;
    cost: number;
}

/** Reads what {@link BitEncoder.finish} wrote. Past the end it reads zeros and never throws: ask `intact` at the end. */
export class BitDecoder implements BitCoder {
    readonly decoding = true;
    readonly #fast: Uint16Array;
    readonly #slow: Uint16Array;
    readonly #bytes: Uint8Array;
    readonly #to: number;
    #at: number;
    #state: number;

    constructor(initial: Uint16Array, bytes: Uint8Array, from = 0, to: number = bytes.length) {
        this.#fast = initial.slice();
        this.#slow = initial.slice();
        this.#bytes = bytes;
        this.#at = from;
        this.#to = to;
        this.#state = 0;
        for (let i = 0; i < 4; i++) this.#state = this.#state * 256 + this.#next();
        // Only a damaged unit starts above 2^31; keep the arithmetic in its range, `intact` will say so.
        if (this.#state >= 0x80000000) this.#state -= 0x80000000;
    }

    bit(context: number, _value: number): number {
        const fast = this.#fast[context]!;
        const slow = this.#slow[context]!;
        const value = this.#step(clampProbability((fast + slow) >> 1));
        this.#fast[context] = value ? fast + ((PROBABILITY_ONE - fast) >> FAST_SHIFT) : fast - (fast >> FAST_SHIFT);
        this.#slow[context] = value ? slow + ((PROBABILITY_ONE - slow) >> SLOW_SHIFT) : slow - (slow >> SLOW_SHIFT);
        return value;
    }

    bitAt(probability: number, _value: number): number {
        return this.#step(clampProbability(probability));
    }

    bits(count: number, _value: number): number {
        let value = 0;
        for (let i = 0; i < count; i++) value = (value << 1) | this.#step(HALF);
        return value;
    }

    get contextCount(): number {
        return this.#fast.length;
    }

    /** True once every byte was used and the state is back where the encoder started: the unit was read as it was written. */
    get intact(): boolean {
        return this.#state === STATE_LOW && this.#at === this.#to;
    }

    /** True if more was read than there is, by far: the unit is damaged and reading on is a waste. */
    get overrun(): boolean {
        return this.#at > this.#to + 8;
    }

    #step(p: number): number {
        const slot = this.#state & (PROBABILITY_ONE - 1);
        const rest = this.#state >>> PROBABILITY_BITS;
        const value = slot < p ? 1 : 0;
        this.#state = value ? p * rest + slot : (PROBABILITY_ONE - p) * rest + slot - p;
        while (this.#state < STATE_LOW) {
            this.#state = this.#state * 256 + this.#next();
            if (this.#at > this.#to + 8) {
                this.#state = STATE_LOW + 1;
                break;
            }
        }
        return value;
    }

    #next(): number {
        const at = this.#at++;
        return at < this.#to ? this.#bytes[at]! : 0;
    }
}

function clampProbability(p: number): number {
    return p < LEAST ? LEAST : p > MOST ? MOST : p;
}
