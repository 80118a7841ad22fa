/**
 * The network itself, layer for layer as training/network.py has it, on the kernels of kernels.wat. Weights are laid out once, maps once for each size of
 * picture; a second picture of the same size allocates nothing. Memory: about 90 bytes a pixel at the trainer's default widths.
 */
import { type KernelLayer, type KernelMap, KernelMemory, type KernelReading } from './kernel-memory.ts';
import { CELL_FEATURES, ENTER_CHANNELS, LEAVE_CHANNELS, type NetworkWeights } from './network-file.ts';

/** What a rectifier multiplies negative values by. */
const SLOPE = 0.1;

/** Where the input goes and the output comes out. Valid until the next call of {@link NetworkRunner.mapsOf}. */
export interface NetworkMaps {
    /** Half resolution: channel 4 c + 2 v + u is sample (u, v) of each 2 x 2 square of colour c, -1 to 1; channel 12 is noise. */
    readonly entered: KernelMap;
    /** An eighth: features of the cells, -1 to 1. */
    readonly cells: KernelMap;
    /** Half resolution: the picture to show, in channels as those of `entered`. */
    readonly shown: KernelMap;
}

/** The maps between, and how layers read them. */
interface Plan extends NetworkMaps {
    readonly half: KernelMap;
    readonly squares: KernelMap;
    readonly quarter: KernelMap;
    readonly inner: KernelMap;
    readonly condition: KernelMap;
    readonly film: KernelMap;
    readonly readings: Readonly<
        Record<'enter' | 'condition' | 'down' | 'film' | 'block' | 'up' | 'leave', KernelReading>
    >;
}

/** See the file comment. */
export class NetworkRunner {
    readonly #memory: KernelMemory = new KernelMemory();
    readonly #shape: NetworkWeights['shape'];
    readonly #layers: Readonly<Record<'enter' | 'down' | 'condition' | 'up' | 'leave', KernelLayer>>;
    readonly #blocks: readonly Readonly<Record<'film' | 'first' | 'second', KernelLayer>>[];
    readonly #weightsEnd: number;
    #plan: Plan | null = null;

    constructor({ shape, enter, down, condition, blocks, up, leave }: NetworkWeights) {
        const memory = this.#memory;
        // A sample at address 0 would read as "no map".
        memory.map(1, 1, 1);
        this.#shape = shape;
        this.#layers = {
            enter: memory.tiledLayer(enter),
            // [output][input][row][column] of four samples is [output][4 * input + 2 * row + column] of gathered ones.
            down: memory.layer({ ...down, inputs: 4 * down.inputs, side: 1 }),
            condition: memory.layer(condition),
            up: memory.layer(up),
            leave: memory.tiledLayer(leave)
        };
        this.#blocks = blocks.map(({ film, first, second }) => ({
            film: memory.layer(film),
            first: memory.tiledLayer(first),
            second: memory.tiledLayer(second)
        }));
        this.#weightsEnd = memory.endBytes;
    }

    /** All of the memory, in which the maps lie; stale after {@link mapsOf} of another size. */
    get floats(): Float32Array {
        return this.#memory.floats;
    }

    /** Maps for a picture of that many cells each way. Those of the size before are kept if it is the same, otherwise given back. */
    mapsOf(columns: number, rows: number): NetworkMaps {
        if (this.#plan?.cells.width === columns && this.#plan.cells.height === rows) return this.#plan;
        this.#memory.release(this.#weightsEnd);
        this.#plan = planOf(this.#memory, this.#shape, columns, rows);
        return this.#plan;
    }

    /** Computes `shown` from `entered` and `cells`. */
    run(): void {
        if (this.#plan === null) return;
        const { entered, cells, shown, half, squares, quarter, inner, condition, film, readings } = this.#plan;
        const memory = this.#memory;
        const { enter, down, up, leave } = this.#layers;
        const channels = this.#shape.quarter;
        memory.convolve(half, entered, enter, readings.enter, { slope: SLOPE });
        memory.convolve(condition, cells, this.#layers.condition, readings.condition, { slope: SLOPE });
        memory.gather(squares, half, this.#shape.half);
        memory.convolve(quarter, squares, down, readings.down);
        for (const block of this.#blocks) {
            memory.convolve(film, condition, block.film, readings.film);
            memory.convolve(inner, quarter, block.first, readings.block, { slope: SLOPE });
            memory.modulate(inner, film, channels);
            memory.convolve(quarter, inner, block.second, readings.block, { start: quarter });
        }
        memory.convolve(squares, quarter, up, readings.up);
        memory.scatter(half, squares, this.#shape.half, SLOPE);
        memory.convolve(shown, half, leave, readings.leave, { start: entered });
    }
}

function planOf(memory: KernelMemory, shape: NetworkWeights['shape'], columns: number, rows: number): Plan {
    const at = (channels: number, scale: number): KernelMap => memory.map(channels, scale * columns, scale * rows);
    const entered = at(ENTER_CHANNELS, 4);
    const cells = at(CELL_FEATURES, 1);
    const shown = at(LEAVE_CHANNELS, 4);
    const half = at(shape.half, 4);
    const squares = at(4 * shape.half, 2);
    const quarter = at(shape.quarter, 2);
    return {
        entered,
        cells,
        shown,
        half,
        squares,
        quarter,
        inner: at(shape.quarter, 2),
        condition: at(shape.condition, 1),
        film: at(2 * shape.quarter, 1),
        readings: {
            enter: memory.reading(entered, { inputs: ENTER_CHANNELS, outputs: shape.half, side: 3, tiled: true }),
            condition: memory.reading(cells, {
                inputs: CELL_FEATURES,
                outputs: shape.condition,
                side: 3,
                tiled: false
            }),
            down: memory.reading(squares, { inputs: 4 * shape.half, outputs: shape.quarter, side: 1, tiled: false }),
            film: memory.reading(cells, { inputs: shape.condition, outputs: 2 * shape.quarter, side: 1, tiled: false }),
            block: memory.reading(quarter, { inputs: shape.quarter, outputs: shape.quarter, side: 3, tiled: true }),
            up: memory.reading(quarter, { inputs: shape.quarter, outputs: 4 * shape.half, side: 1, tiled: false }),
            leave: memory.reading(half, { inputs: shape.half, outputs: LEAVE_CHANNELS, side: 3, tiled: true })
        }
    };
}
