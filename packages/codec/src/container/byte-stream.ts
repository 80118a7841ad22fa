/**
 * Bytes out and bytes in: little-endian fixed fields and LEB128 varints of at most 53 bits. The reader never runs past its
 * end: it throws `bad-input`, which the callers of this package turn into "this unit is lost".
 */
import { badInput } from '@mixreel/core';

/** Grows as needed. */
export class ByteWriter {
    #bytes: Uint8Array = new Uint8Array(64);
    #length = 0;

    get length(): number {
        return this.#length;
    }

    u8(value: number): void {
        if (this.#length === this.#bytes.length) this.#grow(1);
        this.#bytes[this.#length++] = value;
    }

    u32(value: number): void {
        for (let shift = 0; shift < 32; shift += 8) this.u8((value >>> shift) & 255);
    }

    f32(value: number): void {
        const view = new DataView(new ArrayBuffer(4));
        view.setFloat32(0, value, true);
        for (let i = 0; i < 4; i++) this.u8(view.getUint8(i));
    }

    /** Unsigned LEB128. */
    varint(value: number): void {
        let rest = value;
        while (rest >= 128) {
            this.u8((rest % 128) | 128);
            rest = Math.floor(rest / 128);
        }
        this.u8(rest);
    }

    /** Signed, zigzag, then LEB128. */
    signed(value: number): void {
        this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    }

    bytes(data: Uint8Array): void {
        if (this.#length + data.length > this.#bytes.length) this.#grow(data.length);
        this.#bytes.set(data, this.#length);
        this.#length += data.length;
    }

    /** A copy of what was written. */
    finish(): Uint8Array {
        return this.#bytes.slice(0, this.#length);
    }

    #grow(least: number): void {
        const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + least));
        bytes.set(this.#bytes);
        this.#bytes = bytes;
    }
}

/** Reads `bytes[from, to)`. */
export class ByteReader {
    readonly #bytes: Uint8Array;
    readonly #to: number;
    offset: number;

    constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
        this.#bytes = bytes;
        this.#to = to;
        this.offset = from;
    }

    get left(): number {
        return this.#to - this.offset;
    }

    u8(): number {
        if (this.offset >= this.#to) throw truncated(this.offset);
        return this.#bytes[this.offset++]!;
    }

    u32(): number {
        let value = 0;
        for (let k = 0; k < 4; k++) value += this.u8() * 2 ** (8 * k);
        return value;
    }

    f32(): number {
        const view = new DataView(new ArrayBuffer(4));
        for (let i = 0; i < 4; i++) view.setUint8(i, this.u8());
        return view.getFloat32(0, true);
    }

    varint(): number {
        let value = 0;
        for (let scale = 1; ; scale *= 128) {
            const byte = this.u8();
            value += (byte & 127) * scale;
            if (value > Number.MAX_SAFE_INTEGER) {
                throw badInput(
                    'a varint is over 53 bits',
                    'at most 2^53 - 1',
                    'The bytes are damaged: fetch them again'
                );
            }
            if (byte < 128) return value;
        }
    }

    signed(): number {
        const value = this.varint();
        return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    }

    bytes(length: number): Uint8Array {
        if (length > this.left) throw truncated(this.#to);
        const data = this.#bytes.subarray(this.offset, this.offset + length);
        this.offset += length;
        return data;
    }
}

function truncated(offset: number): Error {
    return badInput(`the bytes end at offset ${offset}`, 'more', 'The file or unit is cut off: fetch it again');
}
