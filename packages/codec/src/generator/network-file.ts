/**
 * The file of a generator's weights (`.mxg`), as training/train.py writes it: a 32-bit length, that many bytes of JSON (name, widths, how it was
 * trained), every layer's scales and biases in float32 and weights in int8 (one scale an output channel), and CRC-32C of all before. Everything little-endian.
 * Untrusted: widths and lengths are checked before anything is allocated.
 */
import { badInput } from '@mixreel/core';
import { crc32c } from '../container/crc32c.ts';

/** How wide the network is. */
export interface NetworkShape {
    /** Channels at half resolution, 1 to 128. */
    readonly half: number;
    /** Channels at quarter resolution, 1 to 128. */
    readonly quarter: number;
    /** Channels of the condition, 1 to 128. */
    readonly condition: number;
    /** Residual blocks at quarter resolution, 0 to 16. */
    readonly blocks: number;
}

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

/** One residual block: two convolutions, and what makes their modulation from the condition. */
export interface BlockWeights {
    readonly film: ConvolutionWeights;
    readonly first: ConvolutionWeights;
    readonly second: ConvolutionWeights;
}

/** All of a generator. */
export interface NetworkWeights {
    readonly name: string;
    /** How it was trained, as the trainer wrote it: steps, seconds, device, seed. Untrusted. */
    readonly record: Readonly<Record<string, unknown>>;
    readonly shape: NetworkShape;
    readonly enter: ConvolutionWeights;
    readonly down: ConvolutionWeights;
    readonly condition: ConvolutionWeights;
    readonly blocks: readonly BlockWeights[];
    readonly up: ConvolutionWeights;
    readonly leave: ConvolutionWeights;
}

/** Features of a cell that the network sees: base Y, Co, Cg, QP, block size, whether anything was coded. */
export const CELL_FEATURES = 6;
/** Four RGB samples and one of noise. */
export const ENTER_CHANNELS = 13;
/** Four RGB samples. */
export const LEAVE_CHANNELS = 12;
/** The whole weight budget of the codec. */
const LARGEST_FILE_BYTES = 10 * 2 ** 20;
const FORMAT = 'mixreel-generator-1';

/** Reads a weights file. Throws `bad-input` if it is none, damaged, or of another version. */
export function readNetwork(bytes: Uint8Array): NetworkWeights {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 12 || bytes.length > LARGEST_FILE_BYTES) throw refused(`it has ${bytes.length} bytes`);
    const end = bytes.length - 4;
    if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) throw refused('its checksum does not hold');
    const headerBytes = view.getUint32(0, true);
    if (headerBytes > end - 4) throw refused('its header is longer than the file');
    const { name, record, shape } = readHeader(bytes.subarray(4, 4 + headerBytes));
    let at = 4 + headerBytes;
    const layer = (inputs: number, outputs: number, side: number): ConvolutionWeights => {
        const taps = inputs * side * side;
        if (at + outputs * (8 + taps) > end) throw refused('it ends before its last layer');
        const scales = Float32Array.from({ length: outputs }, (_, o) => view.getFloat32(at + 4 * o, true));
        const biases = Float32Array.from({ length: outputs }, (_, o) => view.getFloat32(at + 4 * (outputs + o), true));
        at += 8 * outputs;
        if (![...scales, ...biases].every(Number.isFinite)) throw refused('it holds a value that is no number');
        const weights = new Float32Array(outputs * taps);
        for (let i = 0; i < weights.length; i++) weights[i] = view.getInt8(at + i) * scales[Math.floor(i / taps)]!;
        at += weights.length;
        return { inputs, outputs, side, weights, biases };
    };
    const { half, quarter } = shape;
    const enter = layer(ENTER_CHANNELS, half, 3);
    const down = layer(half, quarter, 2);
    const condition = layer(CELL_FEATURES, shape.condition, 3);
    const blocks = Array.from({ length: shape.blocks }, () => ({
        film: layer(shape.condition, 2 * quarter, 1),
        first: layer(quarter, quarter, 3),
        second: layer(quarter, quarter, 3)
    }));
    const up = layer(quarter, 4 * half, 1);
    const leave = layer(half, LEAVE_CHANNELS, 3);
    if (at !== end) throw refused(`${end - at} bytes follow its last layer`);
    return { name, record, shape, enter, down, condition, blocks, up, leave };
}

/** What a weights file says of itself. */
export interface GeneratorSummary extends Pick<NetworkWeights, 'name' | 'record' | 'shape'> {
    /** Weights and biases. */
    readonly parameters: number;
    readonly bytes: number;
}

/** Reads what a weights file is. Throws as {@link readNetwork}. */
export function inspectGenerator(bytes: Uint8Array): GeneratorSummary {
    const { name, record, shape, enter, down, condition, blocks, up, leave } = readNetwork(bytes);
    const layers = [enter, down, condition, ...blocks.flatMap(({ film, first, second }) => [film, first, second]), up];
    const parameters = [...layers, leave].reduce((sum, one) => sum + one.weights.length + one.outputs, 0);
    return { name, record, shape, parameters, bytes: bytes.length };
}

function readHeader(bytes: Uint8Array): Pick<NetworkWeights, 'name' | 'record' | 'shape'> {
    let json: Partial<Record<string, unknown>> | null = null;
    try {
        json = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        // Said below: a file of another kind.
    }
    if (json?.['format'] !== FORMAT) throw refused(`its header does not say ${FORMAT}`);
    const width = (key: string, least: number, most: number): number => {
        const value = json[key];
        if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
        throw refused(`${key} is ${String(value)}, not an integer from ${least} to ${most}`);
    };
    const shape = {
        half: width('half', 1, 128),
        quarter: width('quarter', 1, 128),
        condition: width('condition', 1, 128),
        blocks: width('blocks', 0, 16)
    };
    const record = json['record'];
    return {
        name: String(json['name'] ?? 'unnamed'),
        record: typeof record === 'object' && record !== null ? { ...record } : {},
        shape
    };
}

function refused(why: string): Error {
    return badInput(
        `the generator's weights cannot be read: ${why}`,
        `a file of format ${FORMAT}`,
        'Take a file that training/train.py wrote'
    );
}
