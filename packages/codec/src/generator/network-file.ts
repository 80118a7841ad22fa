/** The texture generator's weights (`.mxg`), as training/train.py writes them: which layers follow each other in the file (weights-file.ts). */
import { type ConvolutionWeights, WeightsFile } from './weights-file.ts';

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
const FORMAT = 'mixreel-generator-1';

/** Reads a weights file. Throws `bad-input` if it is none, damaged, or of another version. */
export function readNetwork(bytes: Uint8Array): NetworkWeights {
    const file = new WeightsFile(bytes, FORMAT);
    const shape = {
        half: file.integer('half', 1, 128),
        quarter: file.integer('quarter', 1, 128),
        condition: file.integer('condition', 1, 128),
        blocks: file.integer('blocks', 0, 16)
    };
    const { half, quarter } = shape;
    const enter = file.layer(ENTER_CHANNELS, half, 3);
    const down = file.layer(half, quarter, 2);
    const condition = file.layer(CELL_FEATURES, shape.condition, 3);
    const blocks = Array.from({ length: shape.blocks }, () => ({
        film: file.layer(shape.condition, 2 * quarter, 1),
        first: file.layer(quarter, quarter, 3),
        second: file.layer(quarter, quarter, 3)
    }));
    const up = file.layer(quarter, 4 * half, 1);
    const leave = file.layer(half, LEAVE_CHANNELS, 3);
    file.finish();
    return { name: file.name, record: file.record, shape, enter, down, condition, blocks, up, leave };
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
