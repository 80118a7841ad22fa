/**
 * What every weights file (`.mxg`) of training/ is made of: a 32-bit length, that many bytes of JSON (format, name, widths, how it was trained), layers, perhaps
 * more, and CRC-32C of all before. A layer is the scales and biases of its outputs in float32 and its weights in int8, one scale an output channel. Everything
 * little-endian. Untrusted: widths and lengths are checked before anything is allocated.
 */
import { badInput } from '@mixreel/core';
import { crc32c } from '../container/crc32c.ts';

/** A convolution's parameters. */
export interface ConvolutionWeights {
    readonly inputs: number;
    readonly outputs: number;
    /** Side of the kernel: 1, 2 or 3. */
    readonly side: number;
    /** [output][input][row][column]. */
    readonly weights: Float32Array;
    readonly biases: Float32Array;
}

/** The whole weight budget of the codec. */
const LARGEST_FILE_BYTES = 10 * 2 ** 20;

/** Reads a file from its front to its end; every method throws `bad-input` if it is not there. */
export class WeightsFile {
    readonly name: string;
    /** How it was trained, as the trainer wrote it. Untrusted. */
    readonly record: Readonly<Record<string, unknown>>;
    /** CRC-32C of the file: tells one network from another. */
    readonly check: number;
    readonly #header: Readonly<Record<string, unknown>>;
    readonly #format: string;
    readonly #bytes: Uint8Array;
    readonly #view: DataView;
    readonly #end: number;
    #at: number;

    constructor(bytes: Uint8Array, format: string) {
        this.#format = format;
        this.#bytes = bytes;
        this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        if (bytes.length < 12 || bytes.length > LARGEST_FILE_BYTES) throw this.refused(`it has ${bytes.length} bytes`);
        this.#end = bytes.length - 4;
        this.check = this.#view.getUint32(this.#end, true);
        if (this.check !== crc32c(bytes.subarray(0, this.#end))) throw this.refused('its checksum does not hold');
        const headerBytes = this.#view.getUint32(0, true);
        if (headerBytes > this.#end - 4) throw this.refused('its header is longer than the file');
        this.#at = 4 + headerBytes;
        this.#header = headerOf(bytes.subarray(4, this.#at));
        if (this.#header['format'] !== format) throw this.refused(`its header does not say ${format}`);
        this.name = String(this.#header['name'] ?? 'unnamed');
        const record = this.#header['record'];
        this.record = typeof record === 'object' && record !== null ? { ...record } : {};
    }

    /** An integer of the header. */
    integer(key: string, least: number, most: number): number {
        const value = this.#header[key];
        if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
        throw this.refused(`${key} is ${String(value)}, not an integer from ${least} to ${most}`);
    }

    /** The next layer. */
    layer(inputs: number, outputs: number, side: number): ConvolutionWeights {
        const taps = inputs * side * side;
        const values = this.view(outputs * (8 + taps));
        const scales = Float32Array.from({ length: outputs }, (_, o) => values.getFloat32(4 * o, true));
        const biases = Float32Array.from({ length: outputs }, (_, o) => values.getFloat32(4 * (outputs + o), true));
        if (![...scales, ...biases].every(Number.isFinite)) throw this.refused('it holds a value that is no number');
        const weights = Float32Array.from(
            { length: outputs * taps },
            (_, i) => values.getInt8(8 * outputs + i) * scales[Math.floor(i / taps)]!
        );
        return { inputs, outputs, side, weights, biases };
    }

    /** The next bytes. */
    view(sizeBytes: number): DataView {
        const at = this.#at;
        if (at + sizeBytes > this.#end) throw this.refused('it ends before its last layer');
        this.#at += sizeBytes;
        return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, sizeBytes);
    }

    /** Everything was read. */
    finish(): void {
        if (this.#at !== this.#end) throw this.refused(`${this.#end - this.#at} bytes follow its last layer`);
    }

    refused(why: string): Error {
        return badInput(
            `the generator's weights cannot be read: ${why}`,
            `a file of format ${this.#format}`,
            'Take a file that training/train.py or training/concept.py wrote, whichever this is for'
        );
    }
}

function headerOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
    try {
        return { ...JSON.parse(new TextDecoder().decode(bytes)) };
    } catch {
        // A file of another kind: its format is missing.
        return {};
    }
}
