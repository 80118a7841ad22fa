/**
 * Sampling from a discrete distribution in constant time: Vose's alias method (1991). Two loads a draw instead of the dozen
 * of a binary search, which is what counts on the GPU. O(n) to build, in double precision.
 */

/** Entry i is drawn as itself with probability `keep[i]`, else as `alias[i]`; `pmf[i]` is its probability in all. */
export interface AliasTable {
    readonly keep: Float32Array;
    readonly alias: Uint32Array;
    readonly pmf: Float32Array;
    /** Sum of the weights before normalisation. */
    readonly total: number;
}

/** Builds the table. Weights that are not positive and finite count as 0; if all do, every entry has pmf 0. */
export function buildAliasTable(weights: ArrayLike<number>): AliasTable {
    const n = weights.length;
    const keep = new Float32Array(n);
    const alias = new Uint32Array(n);
    const pmf = new Float32Array(n);
    const scaled = new Float64Array(n);
    let total = 0;
    for (let i = 0; i < n; i++) {
        const w = weights[i]!;
        scaled[i] = w > 0 && w < Infinity ? w : 0;
        total += scaled[i]!;
    }
    if (!(total > 0)) return { keep, alias, pmf, total: 0 };
    const small = new Uint32Array(n);
    const large = new Uint32Array(n);
    let smallCount = 0;
    let largeCount = 0;
    for (let i = 0; i < n; i++) {
        pmf[i] = scaled[i]! / total;
        scaled[i] = (scaled[i]! / total) * n;
        if (scaled[i]! < 1) small[smallCount++] = i;
        else large[largeCount++] = i;
    }
    while (smallCount > 0 && largeCount > 0) {
        const s = small[--smallCount]!;
        const l = large[largeCount - 1]!;
        keep[s] = scaled[s]!;
        alias[s] = l;
        scaled[l] = scaled[l]! - (1 - scaled[s]!);
        if (scaled[l]! < 1) {
            largeCount--;
            small[smallCount++] = l;
        }
    }
    while (largeCount > 0) {
        const l = large[--largeCount]!;
        keep[l] = 1;
        alias[l] = l;
    }
    while (smallCount > 0) {
        const s = small[--smallCount]!;
        // Left over by rounding alone: of weight 1, unless its weight was 0 and it must never be drawn.
        keep[s] = pmf[s]! > 0 ? 1 : 0;
        alias[s] = s;
    }
    return { keep, alias, pmf, total };
}

/** Draws an entry: u in [0, 1). The fraction that is left over is `rest`, again uniform in [0, 1). */
export function sampleAlias(table: AliasTable, u: number): { index: number; rest: number } {
    const n = table.keep.length;
    const x = u * n;
    const i = Math.min(n - 1, Math.floor(x));
    const f = x - i;
    const keep = table.keep[i]!;
    if (f < keep) return { index: i, rest: Math.min(f / keep, 1 - 2 ** -24) };
    return { index: table.alias[i]!, rest: Math.min((f - keep) / (1 - keep), 1 - 2 ** -24) };
}
