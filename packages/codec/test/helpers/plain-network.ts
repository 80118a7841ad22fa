/** The generator's network by its definition, sample by sample in double precision: what the kernels are held against. */
import type { NetworkWeights } from '../../src/generator/network-file.ts';
import type { ConvolutionWeights } from '../../src/generator/weights-file.ts';

/** Planes of one size: channel c starts at c * width * height. */
export interface PlainMap {
    readonly channels: number;
    readonly width: number;
    readonly height: number;
    readonly data: Float64Array;
}

/** A map whose samples are given by channel, column and row. */
export function plainMap(
    channels: number,
    width: number,
    height: number,
    value: (c: number, x: number, y: number) => number
): PlainMap {
    const data = Float64Array.from({ length: channels * width * height }, (_, i) =>
        value(Math.floor(i / (width * height)), i % width, Math.floor(i / width) % height)
    );
    return { channels, width, height, data };
}

/** A sample; 0 outside. */
export function sampleOf(map: PlainMap, c: number, x: number, y: number): number {
    if (x < 0 || x >= map.width || y < 0 || y >= map.height) return 0;
    return map.data[(c * map.height + y) * map.width + x]!;
}

/** Kernels of side 1 and 3 about every sample, of side 2 from every second one. */
export function convolve(input: PlainMap, { outputs, side, weights, biases }: ConvolutionWeights): PlainMap {
    const step = side === 2 ? 2 : 1;
    const reach = side === 3 ? 1 : 0;
    return plainMap(outputs, input.width / step, input.height / step, (o, x, y) => {
        let sum = biases[o]!;
        for (let c = 0; c < input.channels; c++)
            for (let v = 0; v < side; v++)
                for (let u = 0; u < side; u++) {
                    const weight = weights[((o * input.channels + c) * side + v) * side + u]!;
                    sum += weight * sampleOf(input, c, step * x + u - reach, step * y + v - reach);
                }
        return sum;
    });
}

/** PyTorch's pixel_unshuffle by 2. */
export function gather(map: PlainMap): PlainMap {
    return plainMap(4 * map.channels, map.width / 2, map.height / 2, (c, x, y) =>
        sampleOf(map, c >> 2, 2 * x + (c & 1), 2 * y + ((c >> 1) & 1))
    );
}

/** PyTorch's pixel_shuffle by 2. */
export function scatter(map: PlainMap): PlainMap {
    return plainMap(map.channels / 4, 2 * map.width, 2 * map.height, (c, x, y) =>
        sampleOf(map, 4 * c + 2 * (y & 1) + (x & 1), x >> 1, y >> 1)
    );
}

/** Leaky rectifier. */
export function rectify(map: PlainMap, slope: number): PlainMap {
    return { ...map, data: map.data.map((value) => (value < 0 ? slope * value : value)) };
}

/** Sum of two maps. */
export function add(map: PlainMap, other: PlainMap): PlainMap {
    return { ...map, data: map.data.map((value, i) => value + other.data[i]!) };
}

/** x (1 + gain) + offset, both of the cell. */
export function modulate(map: PlainMap, film: PlainMap): PlainMap {
    return plainMap(map.channels, map.width, map.height, (c, x, y) => {
        const gain = sampleOf(film, c, x >> 1, y >> 1);
        return sampleOf(map, c, x, y) * (1 + gain) + sampleOf(film, map.channels + c, x >> 1, y >> 1);
    });
}

/** training/network.py's forward: what is to be shown, -1 to 1. */
export function runPlain(network: NetworkWeights, picture: PlainMap, cells: PlainMap, noise: PlainMap): PlainMap {
    const squares = gather(picture);
    const data = Float64Array.from([...squares.data, ...noise.data]);
    const half = rectify(convolve({ ...squares, channels: 13, data }, network.enter), 0.1);
    const condition = rectify(convolve(cells, network.condition), 0.1);
    let quarter = convolve(half, network.down);
    for (const { film, first, second } of network.blocks) {
        const inner = modulate(rectify(convolve(quarter, first), 0.1), convolve(condition, film));
        quarter = add(quarter, convolve(inner, second));
    }
    const raised = rectify(add(half, scatter(convolve(quarter, network.up))), 0.1);
    return add(picture, scatter(convolve(raised, network.leave)));
}
