/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 appendix B.4): the check at the end of every unit. It was taken before
 * CRC-32 because it keeps Hamming distance 4 up to 2^31 bits and 6 up to 5,243 bits (Koopman 2002), i.e. for whole small
 * units. Slicing by four: about 1 GB/s in V8.
 */
const TABLES: readonly Uint32Array[] = makeTables();

function makeTables(): Uint32Array[] {
    const first = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
        let c = i;
        for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
        first[i] = c >>> 0;
    }
    const tables = [first];
    for (let t = 1; t < 4; t++) {
        const table = new Uint32Array(256);
        const before = tables[t - 1]!;
        for (let i = 0; i < 256; i++) table[i] = (before[i]! >>> 8) ^ first[before[i]! & 255]!;
        tables.push(table);
    }
    return tables;
}

/**
 * @param bytes - What is checked.
 * @param from - First byte, inclusive.
 * @param to - Last byte, exclusive.
 * @returns An unsigned 32-bit number. `crc32c` of the ASCII digits "123456789" is 0xE3069283.
 */
export function crc32c(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
    const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
    let c = 0xffffffff;
    let i = from;
    for (; i + 4 <= to; i += 4) {
        c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
        c = t3[c & 255]! ^ t2[(c >>> 8) & 255]! ^ t1[(c >>> 16) & 255]! ^ t0[c >>> 24]!;
    }
    for (; i < to; i++) c = t0[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
}
