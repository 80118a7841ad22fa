/**
 * Points of a shuffled, Owen-scrambled Sobol sequence in four dimensions, after Burley 2020, "Practical hash-based Owen
 * scrambling" (JCGT 9(4)): every 2^k consecutive samples of a pixel fill the elementary intervals of each pair of dimensions,
 * and for smooth light the error falls faster than with independent samples. Integer arithmetic alone: the same bits everywhere.
 *
 * - Four dimensions make a block (the numbers of one decision of a path). Blocks are padded: each has scrambling and order of its
 *   own, keyed by pixel, bounce, block and seed, so that nothing lines up between them.
 * - Direction numbers are those of Joe and Kuo 2008 (new-joe-kuo-6.21201, dimensions 1 to 4), computed: dimension 0 is the index,
 *   1 is Pascal's triangle modulo 2 in five steps, 2 and 3 follow their recurrences. No table is read, which SwiftShader copies
 *   to the stack at every call. All is done on reversed bits, where scrambling wants them.
 * - Owen scrambling commutes with a XOR of the index by a constant, so the order need only be scrambled below the index' highest
 *   bit; the loop then takes log2 of the samples turns, not 32.
 * - Dimensions 0 and 1 form the (0, 2)-sequence and stand in the middle of the four, where lights and BSDFs draw their points and
 *   directions from: at 64 samples of a Cornell box the mean square error is 0.6 of that with the order 0, 1, 2, 3, and 0.08 of
 *   that of independent numbers (`test/gpu/sampler.test.ts`).
 *
 * The twin of `shaders/pathtracer/sobol.wgsl`.
 */

/** Reverses the order of the 32 bits. */
function reverseBits(x: number): number {
    x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
    x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
    x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
    x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
    return ((x >>> 16) | (x << 16)) >>> 0;
}

/** Owen scrambling of a word whose bits are reversed (Laine and Karras 2011; constants of Vegdahl 2021). */
function owenScramble(reversed: number, seed: number): number {
    let x = reversed;
    x ^= Math.imul(x, 0x3d20adea);
    x = (x + seed) | 0;
    x = Math.imul(x, (seed >>> 16) | 1);
    x ^= Math.imul(x, 0x05526c56);
    x ^= Math.imul(x, 0x53a22864);
    return x >>> 0;
}

/** Where sample `index` stands in the block's own order: a permutation of every [2^k, 2^(k+1)). */
function shuffled(index: number, seed: number): number {
    const below = (index === 0 ? 0 : 0xffffffff >>> Math.clz32(index)) >>> 1;
    const mixed = reverseBits(owenScramble(reverseBits(index), seed));
    return ((index & ~below) | (mixed & below)) >>> 0;
}

/** The sequence itself, bits reversed, in dimensions 0 to 3. */
function sobolReversed(index: number): [number, number, number, number] {
    let pascal = index;
    pascal ^= (pascal >>> 1) & 0x55555555;
    pascal ^= (pascal >>> 2) & 0x33333333;
    pascal ^= (pascal >>> 4) & 0x0f0f0f0f;
    pascal ^= (pascal >>> 8) & 0x00ff00ff;
    pascal ^= (pascal >>> 16) & 0x0000ffff;
    // x^2 + x + 1 with m = 1, 3; x^3 + x + 1 with m = 1, 3, 1.
    let [a0, a1, a2] = [1, 3, 6];
    let [b0, b1, b2] = [1, 3, 4];
    let [second, third] = [0, 0];
    for (let rest = index; rest !== 0; rest >>>= 1) {
        if (rest & 1) {
            second ^= a0;
            third ^= b0;
        }
        const [a, b] = [a2 ^ a1 ^ (a1 << 2), b1 ^ b0 ^ (b0 << 3)];
        [a0, a1, a2, b0, b1, b2] = [a1, a2, a, b1, b2, b];
    }
    return [index, pascal, second, third];
}

/**
 * Four words of sample `index`, of dimensions 2, 0, 1 and 3.
 *
 * @param index - 0 to 2^32 - 1.
 * @param words - The block's key on entry (four well-mixed uint32), the point on return.
 */
export function sobol4(index: number, words: Uint32Array): void {
    const key = [words[0]!, words[1]!, words[2]!, words[3]!] as const;
    const order = (Math.imul(key[0] ^ (key[1] >>> 16), 0x9e3779b1) + key[2]) >>> 0;
    const [d0, d1, d2, d3] = sobolReversed(shuffled(index, order));
    words[0] = reverseBits(owenScramble(d2, key[0]));
    words[1] = reverseBits(owenScramble(d0, key[1]));
    words[2] = reverseBits(owenScramble(d1, key[2]));
    words[3] = reverseBits(owenScramble(d3, key[3]));
}
