/**
 * SHA-256 (FIPS 180-4, section 6.2), to turn the name of a random stream into its key. A cryptographic hash for that costs
 * about 4 us a stream and buys that no two names anybody will ever write share a stream; core may import no library and the
 * hosts' own `crypto.subtle` is asynchronous. Not meant for secrets.
 */

/** The first 32 bits of the fractional part of `root(prime)`, in integers only (FIPS 180-4, 4.2.2 and 5.3.3). */
function primeFractions(count: number, degree: 2n | 3n): Uint32Array {
    const out = new Uint32Array(count);
    let prime = 1n;
    for (let i = 0; i < count; i++) {
        do prime++;
        while (!isPrime(prime));
        out[i] = Number(integerRoot(prime << (32n * degree), degree) & 0xffffffffn);
    }
    return out;
}

function isPrime(n: bigint): boolean {
    for (let d = 2n; d * d <= n; d++) if (n % d === 0n) return false;
    return true;
}

/** Largest r with `r ** degree <= n`, by bisection. */
function integerRoot(n: bigint, degree: bigint): bigint {
    let low = 0n;
    let high = 1n << 40n;
    while (high - low > 1n) {
        const middle = (low + high) >> 1n;
        if (middle ** degree <= n) low = middle;
        else high = middle;
    }
    return low;
}

const K: Uint32Array = primeFractions(64, 3n);
const INITIAL: Uint32Array = primeFractions(8, 2n);

/** The message with its padding: a one bit, zeros, and the length in bits, to whole 64-byte blocks (5.1.1). */
function padded(bytes: Uint8Array): DataView {
    const blocks = Math.ceil((bytes.length + 9) / 64);
    const out = new Uint8Array(blocks * 64);
    out.set(bytes);
    out[bytes.length] = 0x80;
    const view = new DataView(out.buffer);
    view.setUint32(out.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(out.length - 4, (bytes.length << 3) >>> 0);
    return view;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** The digest of `bytes` as eight big-endian 32-bit words. */
export function sha256(bytes: Uint8Array): Uint32Array {
    const message = padded(bytes);
    const hash = INITIAL.slice();
    const w = new Int32Array(64);
    for (let offset = 0; offset < message.byteLength; offset += 64) {
        for (let t = 0; t < 16; t++) w[t] = message.getInt32(offset + 4 * t);
        for (let t = 16; t < 64; t++) {
            const w15 = w[t - 15] as number;
            const w2 = w[t - 2] as number;
            const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
            const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
            w[t] = s1 + (w[t - 7] as number) + s0 + (w[t - 16] as number);
        }
        compress(hash, w);
    }
    return hash;
}

/** Steps 2 to 4 of FIPS 180-4, 6.2.2: the 64 rounds over one block's schedule `w`. */
function compress(hash: Uint32Array, w: Int32Array): void {
    let a = hash[0] as number;
    let b = hash[1] as number;
    let c = hash[2] as number;
    let d = hash[3] as number;
    let e = hash[4] as number;
    let f = hash[5] as number;
    let g = hash[6] as number;
    let h = hash[7] as number;
    for (let t = 0; t < 64; t++) {
        const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
        const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + t1) | 0;
        d = c;
        c = b;
        b = a;
        a = (t1 + t2) | 0;
    }
    const sums = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) hash[i] = (hash[i] as number) + (sums[i] as number);
}
