/**
 * A cursor over bytes that came from outside. Every read is checked, so that a truncated file ends in one `bad-input` with
 * the place where it ended, and never in a RangeError or in zeros.
 */
import { badInput, type MixreelError } from '@mixreel/core';

const REPAIR = 'Copy or export the file again; it is damaged or not what its name says';

/** A damaged file of `format`: what is wrong, and what should have been there. */
export function damaged(format: string, what: string, expected: string, cause?: unknown): MixreelError {
    return badInput(`${format}: ${what}`, expected, REPAIR, cause);
}

/** See the file comment. */
export class ByteReader {
    readonly bytes: Uint8Array;
    readonly view: DataView;
    readonly format: string;
    readonly littleEndian: boolean;
    offset: number = 0;

    constructor(bytes: Uint8Array, format: string, littleEndian: boolean) {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        this.format = format;
        this.littleEndian = littleEndian;
    }

    get remaining(): number {
        return this.bytes.length - this.offset;
    }

    /** Moves over `sizeBytes` and returns where they began. */
    take(sizeBytes: number): number {
        const at = this.offset;
        if (!(sizeBytes >= 0) || sizeBytes > this.bytes.length - at) {
            throw damaged(
                this.format,
                `the file ends at byte ${this.bytes.length}`,
                `at least ${at + sizeBytes} bytes`
            );
        }
        this.offset = at + sizeBytes;
        return at;
    }

    uint8(): number {
        return this.view.getUint8(this.take(1));
    }

    uint16(): number {
        return this.view.getUint16(this.take(2), this.littleEndian);
    }

    uint32(): number {
        return this.view.getUint32(this.take(4), this.littleEndian);
    }

    int32(): number {
        return this.view.getInt32(this.take(4), this.littleEndian);
    }

    float32(): number {
        return this.view.getFloat32(this.take(4), this.littleEndian);
    }

    /** A view of the next `sizeBytes` bytes; not a copy. */
    slice(sizeBytes: number): Uint8Array {
        const at = this.take(sizeBytes);
        return this.bytes.subarray(at, at + sizeBytes);
    }

    /** Latin-1 text of `length` bytes. */
    text(length: number): string {
        let text = '';
        for (const byte of this.slice(length)) text += String.fromCharCode(byte);
        return text;
    }

    /** Latin-1 text up to a zero byte, which is consumed; refuses more than `maxLength` characters. */
    zeroTerminated(maxLength: number): string {
        let text = '';
        for (let byte = this.uint8(); byte !== 0; byte = this.uint8()) {
            if (text.length >= maxLength) {
                throw damaged(this.format, `a name is longer than ${maxLength} characters`, 'a zero byte at its end');
            }
            text += String.fromCharCode(byte);
        }
        return text;
    }
}
