/**
 * The few operations of the generator, on planar float32 maps. Only + - * and comparisons in a fixed order, so every JavaScript engine computes the same
 * bits, which neither onnxruntime nor WebGPU promises (its float outputs differ between runtimes in a third of the samples). One thread.
 * Rows are added up in double precision, three taps of a row at a time.
 */
import type { ConvolutionWeights } from './network-file.ts';

/** Planes of one size: channel c starts at c * width * height. */
export interface FeatureMap {
    readonly channels: number;
    readonly width: number;
    readonly height: number;
    readonly data: Float32Array;
}

/** A map of zeros. */
export function featureMap(channels: number, width: number, height: number): FeatureMap {
    return { channels, width, height, data: new Float32Array(channels * width * height) };
}

/** Side 3, what is outside is 0. */
export function convolve3(input: FeatureMap, { outputs, weights, biases }: ConvolutionWeights): FeatureMap {
    const { width, height, channels } = input;
    const output = featureMap(outputs, width, height);
    const padded = padRows(input);
    const stride = width + 2;
    const row = new Float64Array(width);
    for (let o = 0; o < outputs; o++) {
        for (let y = 0; y < height; y++) {
            row.fill(biases[o]!);
            for (let c = 0; c < channels; c++) {
                const kernel = (o * channels + c) * 9;
                for (let v = Math.max(0, 1 - y); v < Math.min(3, height + 1 - y); v++) {
                    const [a, b, d] = [
                        weights[kernel + 3 * v]!,
                        weights[kernel + 3 * v + 1]!,
                        weights[kernel + 3 * v + 2]!
                    ];
                    const from = (c * height + y + v - 1) * stride;
                    for (let x = 0; x < width; x++) {
                        row[x]! += a * padded[from + x]! + b * padded[from + x + 1]! + d * padded[from + x + 2]!;
                    }
                }
            }
            output.data.set(row, (o * height + y) * width);
        }
    }
    return output;
}

/** Every row with one 0 on either side. */
function padRows({ channels, width, height, data }: FeatureMap): Float32Array {
    const padded = new Float32Array(channels * height * (width + 2));
    for (let r = 0; r < channels * height; r++) {
        padded.set(data.subarray(r * width, (r + 1) * width), r * (width + 2) + 1);
    }
    return padded;
}

/** Side 1. */
export function convolve1(input: FeatureMap, { outputs, weights, biases }: ConvolutionWeights): FeatureMap {
    const { width, height, channels, data } = input;
    const size = width * height;
    const output = featureMap(outputs, width, height);
    const sum = new Float64Array(size);
    for (let o = 0; o < outputs; o++) {
        sum.fill(biases[o]!);
        for (let c = 0; c < channels; c++) {
            const weight = weights[o * channels + c]!;
            for (let i = 0; i < size; i++) sum[i]! += weight * data[c * size + i]!;
        }
        output.data.set(sum, o * size);
    }
    return output;
}

/** Side 2 at every second sample each way: half the resolution. */
export function convolveDown(input: FeatureMap, layer: ConvolutionWeights): FeatureMap {
    // [output][input][row][column] of the four samples is [output][4 * input + 2 * row + column] of the gathered map.
    return convolve1(gather(input), { ...layer, inputs: 4 * layer.inputs, side: 1 });
}

/** Four samples of a square become four channels: channel 4 c + 2 v + u is sample (u, v) of channel c. */
export function gather(input: FeatureMap): FeatureMap {
    const output = featureMap(4 * input.channels, input.width >> 1, input.height >> 1);
    moveSquares(output, (deep, fine) => {
        output.data[deep] = input.data[fine]!;
    });
    return output;
}

/** The way back from {@link gather}. */
export function scatter(input: FeatureMap): FeatureMap {
    const output = featureMap(input.channels >> 2, 2 * input.width, 2 * input.height);
    moveSquares(input, (deep, fine) => {
        output.data[fine] = input.data[deep]!;
    });
    return output;
}

/** Calls with the index of every sample in the map of four times the channels and in the map of twice the sides. */
function moveSquares({ channels, width, height }: FeatureMap, move: (deep: number, fine: number) => void): void {
    for (let d = 0; d < channels; d++) {
        for (let y = 0; y < height; y++) {
            const fineRow = ((d >> 2) * 2 * height + 2 * y + ((d >> 1) & 1)) * 2 * width + (d & 1);
            for (let x = 0; x < width; x++) move((d * height + y) * width + x, fineRow + 2 * x);
        }
    }
}

/** Leaky rectifier of slope 0.1, in place. */
export function rectify(map: FeatureMap): FeatureMap {
    const { data } = map;
    for (let i = 0; i < data.length; i++) if (data[i]! < 0) data[i]! *= 0.1;
    return map;
}

/** Adds a map of the same size, in place. */
export function accumulate(map: FeatureMap, other: FeatureMap): FeatureMap {
    for (let i = 0; i < map.data.length; i++) map.data[i]! += other.data[i]!;
    return map;
}

/**
 * Feature-wise modulation by region (FiLM, Perez et al. 2018; in space, as SPADE, Park et al. 2019), in place: x (1 + gain) + offset, where gains and offsets
 * are the first and second half of the channels of `film`, at half of the map's resolution.
 */
export function modulate(map: FeatureMap, film: FeatureMap): FeatureMap {
    const { channels, width, height, data } = map;
    const cells = film.width * film.height;
    for (let c = 0; c < channels; c++) {
        for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
                const cell = c * cells + (y >> 1) * film.width + (x >> 1);
                const i = (c * height + y) * width + x;
                data[i] = data[i]! * (1 + film.data[cell]!) + film.data[cell + channels * cells]!;
            }
        }
    }
    return map;
}
