/**
 * Maps and layers in the linear memory of the generator's kernels (kernels.wat), and the calls of the kernels on them. Memory is given out from the front
 * and taken back all at once ({@link KernelMemory.release}), so frames of one size allocate nothing.
 */
import { KERNELS } from '../generated/kernels.ts';
import type { ConvolutionWeights } from './weights-file.ts';

/**
 * Planes of one size in the kernels' memory. Sample (x, y) of channel c lies at `address + c * planeBytes + y * strideBytes + 4 * x`; round every channel is
 * a border of zeros, which kernels of side 3 read and nothing may write.
 */
export interface KernelMap {
    /** A multiple of 4: the last ones may be idle. */
    readonly channels: number;
    readonly width: number;
    readonly height: number;
    readonly address: number;
    readonly strideBytes: number;
    readonly planeBytes: number;
}

/** What of a layer says how it reads maps. */
export interface KernelLayerShape {
    readonly inputs: number;
    readonly outputs: number;
    readonly side: number;
    /** 16 matrices instead of one: see {@link KernelMemory.tiledLayer}. */
    readonly tiled: boolean;
}

/** A layer's parameters in the kernels' memory. */
export interface KernelLayer extends KernelLayerShape {
    readonly weightsAddress: number;
    readonly biasesAddress: number;
}

/** How layers of one kind find their samples in maps of one size: see {@link KernelMemory.reading}. */
export interface KernelReading {
    /** Offsets of a sum's samples, or of a tile's channels. */
    readonly offsetsAddress: number;
    /** Room for one row of tiles, before and after the matrices. */
    readonly tiles: TileRow | null;
}

interface TileRow {
    readonly width: number;
    readonly inputAddress: number;
    readonly outputAddress: number;
    readonly zerosAddress: number;
    /** From one of the 16 planes to the next. */
    readonly inputPlaneBytes: number;
    readonly outputPlaneBytes: number;
}

/** How a convolution ends: what its sums start from beside the bias, and by what negative results are multiplied (1 leaves them). */
export interface ConvolutionEnd {
    readonly start?: KernelMap;
    readonly slope?: number;
}

type Kernel = (...values: number[]) => void;
type KernelName = 'convolve' | 'tile' | 'untile' | 'gather' | 'scatter' | 'modulate';

const PAGE_BYTES = 65536;
/** Zeros right of a row: one is read, four keep rows aligned. */
const ROW_PAD = 4;
/** Sums of a tile: 4 x 4. */
const TILE_SUMS = 16;
/** Winograd's G for F(2, 3). */
const TILE_WEIGHTS = [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1]
] as const;
/** Keeps the same samples of the 16 planes out of the same set of the cache. */
const PLANE_PAD_BYTES = 64;

/** See the file comment. */
export class KernelMemory {
    readonly #memory: WebAssembly.Memory;
    readonly #kernels: Readonly<Record<KernelName, Kernel>>;
    #endBytes = 0;
    #floats: Float32Array;

    constructor() {
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(KERNELS));
        this.#memory = exports['memory'] as WebAssembly.Memory;
        this.#kernels = exports as unknown as Record<KernelName, Kernel>;
        this.#floats = new Float32Array(this.#memory.buffer);
    }

    /** The whole memory; stale after the next allocation. */
    get floats(): Float32Array {
        return this.#floats;
    }

    /** Where free memory begins, to give to {@link release}. */
    get endBytes(): number {
        return this.#endBytes;
    }

    /** Takes back all that was given out since `endBytes` was so. */
    release(endBytes: number): void {
        this.#endBytes = endBytes;
    }

    /** A map of zeros. */
    map(channels: number, width: number, height: number): KernelMap {
        const strideBytes = 4 * (roundUp(width, 8) + ROW_PAD);
        const planeBytes = strideBytes * (height + 1);
        const padded = roundUp(channels, 4);
        // A row of zeros before the first channel, and a sample before that.
        const address = this.#allocate(strideBytes + 16 + padded * planeBytes) + strideBytes + 16;
        return { channels: padded, width, height, address, strideBytes, planeBytes };
    }

    /** A layer's weights as the kernel reads them: four outputs side by side, idle ones 0. */
    layer({ inputs, outputs, side, weights, biases }: ConvolutionWeights): KernelLayer {
        const weightsAddress = this.#matrix(weights, outputs);
        return { inputs, outputs, side, weightsAddress, biasesAddress: this.#row(biases), tiled: false };
    }

    /**
     * A layer of side 3 for maps of even sides, computed by tiles: Winograd's F(2 x 2, 3 x 3) (Lavin and Gray 2016, section 4.1), which makes four outputs
     * of 16 products where the definition takes 36. A sample's last bits then depend on where it lies in its 2 x 2 tile, and on the 4 x 4 samples about
     * that, so what is computed in parts must be cut at even samples, and a convolution sees two samples each way.
     */
    tiledLayer({ inputs, outputs, side, weights, biases }: ConvolutionWeights): KernelLayer {
        const matrices = Array.from({ length: TILE_SUMS }, (_, sum) => {
            const matrix = new Float32Array(inputs * outputs);
            const [down, across] = [TILE_WEIGHTS[sum >> 2]!, TILE_WEIGHTS[sum & 3]!];
            for (let i = 0; i < matrix.length; i++) {
                let value = 0;
                for (let k = 0; k < 9; k++) value += down[Math.floor(k / 3)]! * across[k % 3]! * weights[9 * i + k]!;
                matrix[i] = value;
            }
            return matrix;
        });
        const [weightsAddress] = matrices.map((matrix) => this.#matrix(matrix, outputs)) as [number];
        return { inputs, outputs, side, weightsAddress, biasesAddress: this.#row(biases), tiled: true };
    }

    /** What {@link convolve} needs beside a layer like this one for maps like this one. */
    reading(
        { planeBytes, strideBytes, width }: KernelMap,
        { inputs, outputs, side, tiled }: KernelLayerShape
    ): KernelReading {
        if (!tiled) return { offsetsAddress: this.#offsets(inputs, side, planeBytes, strideBytes), tiles: null };
        const tileBytes = 4 * roundUp(width >> 1, 8);
        const inputPlaneBytes = inputs * tileBytes + PLANE_PAD_BYTES;
        const outputPlaneBytes = roundUp(outputs, 4) * tileBytes + PLANE_PAD_BYTES;
        const tiles = {
            width: tileBytes >> 2,
            inputAddress: this.#allocate(TILE_SUMS * inputPlaneBytes),
            outputAddress: this.#allocate(TILE_SUMS * outputPlaneBytes),
            zerosAddress: this.#allocate(4 * roundUp(outputs, 4)),
            inputPlaneBytes,
            outputPlaneBytes
        };
        return { offsetsAddress: this.#offsets(inputs, 1, tileBytes, 0), tiles };
    }

    /** Side 3 (what is outside is 0) or 1, from maps of one size to one of the same size. `end.start` may be the output, never the input. */
    convolve(
        output: KernelMap,
        input: KernelMap,
        layer: KernelLayer,
        { offsetsAddress, tiles }: KernelReading,
        end: ConvolutionEnd = {}
    ): void {
        if (tiles) {
            this.#convolveTiles(output, input, layer, offsetsAddress, tiles, end);
            return;
        }
        this.#kernels.convolve(
            output.address,
            end.start?.address ?? 0,
            input.address,
            layer.weightsAddress,
            layer.biasesAddress,
            offsetsAddress,
            layer.inputs * layer.side * layer.side,
            roundUp(layer.outputs, 4) >> 2,
            output.width,
            output.height,
            output.strideBytes,
            output.planeBytes,
            end.slope ?? 1
        );
    }

    /** Row of tiles after row of tiles: 4 x 4 samples of each become 16 inputs, 16 matrices make 16 sums of these, and the sums four samples. */
    #convolveTiles(
        output: KernelMap,
        input: KernelMap,
        { inputs, outputs, weightsAddress, biasesAddress }: KernelLayer,
        offsetsAddress: number,
        { width, inputAddress, outputAddress, zerosAddress, inputPlaneBytes, outputPlaneBytes }: TileRow,
        { start, slope = 1 }: ConvolutionEnd
    ): void {
        const { tile, convolve, untile } = this.#kernels;
        const { strideBytes, planeBytes } = input;
        const padded = roundUp(outputs, 4);
        const count = input.width >> 1;
        const matrixBytes = 4 * padded * inputs;
        const tileBytes = 4 * width;
        for (let y = 0; y < input.height; y += 2) {
            const row = y * strideBytes;
            const from = input.address + row - strideBytes - 4;
            tile(inputAddress, from, inputs, count, strideBytes, planeBytes, tileBytes, inputPlaneBytes);
            for (let sum = 0; sum < TILE_SUMS; sum++) {
                const [of, to] = [inputAddress + sum * inputPlaneBytes, outputAddress + sum * outputPlaneBytes];
                const matrix = weightsAddress + sum * matrixBytes;
                convolve(
                    to,
                    0,
                    of,
                    matrix,
                    zerosAddress,
                    offsetsAddress,
                    inputs,
                    padded >> 2,
                    width,
                    1,
                    0,
                    tileBytes,
                    1
                );
            }
            untile(
                output.address + row,
                start ? start.address + row : 0,
                outputAddress,
                biasesAddress,
                padded,
                output.width,
                output.strideBytes,
                output.planeBytes,
                tileBytes,
                outputPlaneBytes,
                slope
            );
        }
    }

    /** Four samples of a square become four channels: channel 4 c + 2 v + u of `deep` is sample (u, v) of channel c of `fine`, for the first `channels`. */
    gather(deep: KernelMap, fine: KernelMap, channels: number): void {
        this.#kernels.gather(deep.address, fine.address, channels, ...squaresOf(deep, fine));
    }

    /** The way back from {@link gather}, added to what `fine` holds, then the rectifier. */
    scatter(fine: KernelMap, deep: KernelMap, channels: number, slope: number): void {
        this.#kernels.scatter(fine.address, deep.address, channels, ...squaresOf(deep, fine), slope);
    }

    /**
     * Feature-wise modulation by region (FiLM, Perez et al. 2018; in space, as SPADE, Park et al. 2019), in place: x (1 + gain) + offset, where gains and
     * offsets are channels 0 to `channels` - 1 of `film` and as many after them, at half of the map's resolution.
     */
    modulate(map: KernelMap, film: KernelMap, channels: number): void {
        this.#kernels.modulate(
            map.address,
            film.address,
            film.address + channels * film.planeBytes,
            channels,
            map.width,
            map.height,
            map.strideBytes,
            map.planeBytes,
            film.strideBytes,
            film.planeBytes
        );
    }

    /** Weights [output][tap] as [group of 4 outputs][tap][4]. */
    #matrix(weights: ArrayLike<number>, outputs: number): number {
        const taps = weights.length / outputs;
        const address = this.#allocate(4 * roundUp(outputs, 4) * taps);
        for (let o = 0; o < outputs; o++) {
            const from = (address >> 2) + (o & ~3) * taps + (o & 3);
            for (let t = 0; t < taps; t++) this.#floats[from + 4 * t] = weights[o * taps + t]!;
        }
        return address;
    }

    #row(values: ArrayLike<number>): number {
        const address = this.#allocate(4 * roundUp(values.length, 4));
        this.#floats.set(values, address >> 2);
        return address;
    }

    /** Where the samples lie that a sample's sum is made of. */
    #offsets(inputs: number, side: number, planeBytes: number, strideBytes: number): number {
        const address = this.#allocate(4 * inputs * side * side);
        const table = new Int32Array(this.#memory.buffer, address, inputs * side * side);
        const reach = side >> 1;
        for (let i = 0; i < table.length; i++) {
            const [u, v] = [(i % side) - reach, (Math.floor(i / side) % side) - reach];
            table[i] = Math.floor(i / (side * side)) * planeBytes + v * strideBytes + 4 * u;
        }
        return address;
    }

    /** Address of zeros. */
    #allocate(sizeBytes: number): number {
        const address = this.#endBytes;
        const end = address + roundUp(sizeBytes, 16);
        const missing = end - this.#memory.buffer.byteLength;
        if (missing > 0) {
            this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
            this.#floats = new Float32Array(this.#memory.buffer);
        }
        this.#endBytes = end;
        this.#floats.fill(0, address >> 2, end >> 2);
        return address;
    }
}

function squaresOf(deep: KernelMap, fine: KernelMap): number[] {
    return [deep.width, deep.height, deep.strideBytes, deep.planeBytes, fine.strideBytes, fine.planeBytes];
}

function roundUp(value: number, multiple: number): number {
    return Math.ceil(value / multiple) * multiple;
}
