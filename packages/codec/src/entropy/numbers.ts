/**
 * Integers as bits of a {@link BitCoder}: bit trees for small alphabets, Exp-Golomb with modelled prefixes for open ranges.
 */
import type { BitCoder } from './binary-rans.ts';

/**
 * A symbol of `bits` bits through a binary tree: every node has its own context, so the tree learns the alphabet's histogram.
 *
 * @param context - First of `2^bits - 1` contexts.
 */
export function codeTree(coder: BitCoder, context: number, bits: number, value: number): number {
    let node = 1;
    for (let i = bits - 1; i >= 0; i--) node = (node << 1) | coder.bit(context + node - 1, (value >> i) & 1);
    return node - (1 << bits);
}

/** Longest prefix of {@link codeExpGolomb}: values stay below 2^16. */
const LONGEST = 15;

/**
 * An integer from 0 to 65534 - (2^k - 1) in Exp-Golomb code of order `k`: the unary prefix is modelled (one context each step up to `contexts`),
 * the rest is plain bits.
 */
export function codeExpGolomb(coder: BitCoder, context: number, contexts: number, k: number, value: number): number {
    const biased = coder.decoding ? 0 : value + (1 << k);
    const width = coder.decoding ? 0 : 31 - Math.clz32(biased);
    let prefix = 0;
    while (k + prefix < LONGEST && coder.bit(context + Math.min(prefix, contexts - 1), width > k + prefix ? 1 : 0))
        prefix++;
    const bits = k + prefix;
    const low = coder.bits(bits, biased - (1 << bits));
    return (1 << bits) + low - (1 << k);
}

/** A signed integer: zero or not, sign, magnitude less one in Exp-Golomb. Uses `contexts + 1` contexts. */
export function codeSigned(coder: BitCoder, context: number, contexts: number, k: number, value: number): number {
    if (!coder.bit(context, value === 0 ? 0 : 1)) return 0;
    const magnitude = codeExpGolomb(coder, context + 1, contexts, k, Math.abs(value) - 1) + 1;
    return coder.bits(1, value < 0 ? 1 : 0) ? -magnitude : magnitude;
}
