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

/** A layer's parameters in the kernels' memory. */
export interface KernelLayer {
    readonly inputs: number;
    readonly outputs: number;
    readonly side: number;
    readonly weightsAddress: number;
    readonly biasesAddress: number;
}

/** How a convolution ends: what its sums start from beside the bias, and by what negative results are multiplied (1 leaves them). */
export interface ConvolutionEnd {
    readonly start?: KernelMap;
    readonly slope?: number;
}

type Kernel = (...values: number[]) => void;

const PAGE_BYTES = 65536;
/** Zeros right of a row: one is read, four keep rows aligned. */
const ROW_PAD = 4;

/** See the file comment. */
export class KernelMemory {
    readonly #memory: WebAssembly.Memory;
    readonly #kernels: Readonly<Record<'convolve' | 'gather' | 'scatter' | 'modulate', Kernel>>;
    #endBytes = 0;
    #floats: Float32Array;

    constructor() {
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(KERNELS));
        this.#memory = exports['memory'] as WebAssembly.Memory;
        this.#kernels = exports as unknown as Record<'convolve' | 'gather' | 'scatter' | 'modulate', Kernel>;
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
        const taps = inputs * side * side;
        const padded = roundUp(outputs, 4);
        const weightsAddress = this.#allocate(4 * padded * taps);
        const biasesAddress = this.#allocate(4 * padded);
        for (let o = 0; o < outputs; o++) {
            const from = (weightsAddress >> 2) + (o & ~3) * taps + (o & 3);
            for (let t = 0; t < taps; t++) this.#floats[from + 4 * t] = weights[o * taps + t]!;
            this.#floats[(biasesAddress >> 2) + o] = biases[o]!;
        }
        return { inputs, outputs, side, weightsAddress, biasesAddress };
    }

    /** Where the samples lie that a sample's sum is made of, for {@link convolve} of layers of that many inputs and side 1 or 3 on maps like this one. */
    offsets({ planeBytes, strideBytes }: KernelMap, inputs: number, side: number): number {
        const address = this.#allocate(4 * inputs * side * side);
        const table = new Int32Array(this.#memory.buffer, address, inputs * side * side);
        const reach = side >> 1;
        for (let i = 0; i < table.length; i++) {
            const [u, v] = [(i % side) - reach, (Math.floor(i / side) % side) - reach];
            table[i] = Math.floor(i / (side * side)) * planeBytes + v * strideBytes + 4 * u;
        }
        return address;
    }

    /** Side 3 (what is outside is 0) or 1, from maps of one size to one of the same size. `end.start` may be the output, never the input. */
    convolve(output: KernelMap, input: KernelMap, layer: KernelLayer, offsets: number, end: ConvolutionEnd = {}): void {
        this.#kernels.convolve(
            output.address,
            end.start?.address ?? 0,
            input.address,
            layer.weightsAddress,
            layer.biasesAddress,
            offsets,
            layer.inputs * layer.side * layer.side,
            roundUp(layer.outputs, 4) >> 2,
            output.width,
            output.height,
            output.strideBytes,
            output.planeBytes,
            end.slope ?? 1
        );
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
