/**
 * The conceptual codec's networks on the kernels of kernels.wat, layer for layer as training/concept_network.py has them: float32 sums in a fixed order of int8 weights, so every
 * machine computes the same tokens and the same picture. Weights are laid out once, maps once for each size of area.
 *
 * Generator: residual blocks at 1/16, 1/8 and 1/4 of the sides; those at 1/8 are modulated in space by what the tokens became, those at 1/4 by labels and styles (SPADE, Park et al. 2019);
 * every scale also says straight what samples look like (the skips of StyleGAN2). Cost at the trainer's default widths: about 5,900 multiplications a pixel, the encoder 2,100.
 */
import {
    type ConvolutionEnd,
    type KernelLayer,
    type KernelMap,
    KernelMemory,
    type KernelReading
} from '../generator/kernel-memory.ts';
import type { ConvolutionWeights } from '../generator/weights-file.ts';
import {
    BLOCK_CHANNELS,
    CELL_CHANNELS,
    type ConceptShape,
    type ConceptWeights,
    type EncoderLayers,
    type GeneratorLayers,
    type ResidualWeights,
    SQUARE_CHANNELS,
    TOKEN_CHANNELS,
    WORD_CHANNELS
} from './concept-file.ts';
import { FINE_LEVELS, STYLE_LEVELS, TOKEN_LEVELS } from './concept-levels.ts';

/** What a rectifier multiplies negative values by. */
const SLOPE = 0.1;

/** A network in its memory, for areas of one size at a time. */
abstract class Network<Maps> {
    protected readonly memory: KernelMemory = new KernelMemory();
    #weightsEnd = 0;
    #columns = 0;
    #rows = 0;
    #maps: Maps | null = null;
    readonly #readings: Map<string, KernelReading> = new Map();

    constructor() {
        // A sample at address 0 would read as "no map".
        this.memory.map(1, 1, 1);
    }

    /** All of the memory, in which the maps lie; stale after {@link mapsOf} and `run`. */
    get floats(): Float32Array {
        return this.memory.floats;
    }

    /** Maps for an area of so many squares of 16 pixels each way. */
    mapsOf(columns: number, rows: number): Maps {
        if (this.#weightsEnd === 0) this.#weightsEnd = this.memory.endBytes;
        if (this.#maps && this.#columns === columns && this.#rows === rows) return this.#maps;
        this.memory.release(this.#weightsEnd);
        this.#readings.clear();
        this.#columns = columns;
        this.#rows = rows;
        this.#maps = this.plan((channels, scale) => this.memory.map(channels, scale * columns, scale * rows));
        return this.#maps;
    }

    protected abstract plan(at: (channels: number, scale: number) => KernelMap): Maps;

    protected convolve(output: KernelMap, input: KernelMap, layer: KernelLayer, end?: ConvolutionEnd): void {
        const key = `${input.width} ${layer.inputs} ${layer.outputs} ${layer.side} ${layer.tiled}`;
        const reading = this.#readings.get(key) ?? this.memory.reading(input, layer);
        this.#readings.set(key, reading);
        this.memory.convolve(output, input, layer, reading, end);
    }

    protected rectified(output: KernelMap, input: KernelMap, layer: KernelLayer): void {
        this.convolve(output, input, layer, { slope: SLOPE });
    }

    protected blocks(
        blocks: readonly ResidualWeights<KernelLayer>[],
        x: KernelMap,
        inner: KernelMap,
        channels: number,
        modulation: { readonly from: KernelMap; readonly film: KernelMap } | null
    ): void {
        for (const { film, first, second } of blocks) {
            this.rectified(inner, x, first);
            if (film && modulation) {
                this.convolve(modulation.film, modulation.from, film);
                this.memory.modulate(inner, modulation.film, channels);
            }
            this.convolve(x, inner, second, { start: x });
        }
    }
}

/** Weights in a network's memory; layers of side 3 by tiles where `tiled` names them or what they are part of. */
function laidOut(memory: KernelMemory, layers: object, tiled: readonly string[] = []): Record<string, unknown> {
    const one = (value: unknown, name: string): unknown => {
        if (value === null) return null;
        if (Array.isArray(value)) return value.map((part) => one(part, name));
        const inTiles = tiled.includes(name);
        if (!('weights' in (value as object)))
            return laidOut(memory, value as object, inTiles ? ['first', 'second'] : []);
        const layer = value as ConvolutionWeights;
        return inTiles ? memory.tiledLayer(layer) : memory.layer(layer);
    };
    return Object.fromEntries(Object.entries(layers).map(([name, value]) => [name, one(value, name)]));
}

type EncoderMaps = Readonly<
    Record<
        | 'entered'
        | 'half'
        | 'square4'
        | 'quarter'
        | 'square8'
        | 'eighth'
        | 'mixed8'
        | 'square16'
        | 'sixteenth'
        | 'mixed16'
        | 'token'
        | 'fine'
        | 'style'
        | 'samples4'
        | 'samples8'
        | 'samples16',
        KernelMap
    >
>;

/** Picture and base (`entered`: 24 channels at 1/2, as {@link KernelMemory.gather} orders them) to features `token`, `fine`, `style`. */
export class EncoderNetwork extends Network<EncoderMaps> {
    readonly #shape: ConceptShape;
    readonly #layers: EncoderLayers<KernelLayer>;

    constructor({ shape, encoder }: ConceptWeights) {
        super();
        this.#shape = shape;
        this.#layers = laidOut(this.memory, encoder) as unknown as EncoderLayers<KernelLayer>;
    }

    protected override plan(at: (channels: number, scale: number) => KernelMap): EncoderMaps {
        const { half, quarter, eighth, sixteenth } = this.#shape;
        return {
            entered: at(2 * SQUARE_CHANNELS, 8),
            half: at(half, 8),
            square4: at(4 * half, 4),
            quarter: at(quarter, 4),
            square8: at(4 * quarter, 2),
            eighth: at(eighth, 2),
            mixed8: at(eighth, 2),
            square16: at(4 * eighth, 1),
            sixteenth: at(sixteenth, 1),
            mixed16: at(sixteenth, 1),
            token: at(TOKEN_LEVELS.length, 1),
            fine: at(FINE_LEVELS.length, 2),
            style: at(STYLE_LEVELS.length, 2),
            samples4: at(BLOCK_CHANNELS / 8, 4),
            samples8: at(BLOCK_CHANNELS / 2, 2),
            samples16: at(2 * BLOCK_CHANNELS, 1)
        };
    }

    run(m: EncoderMaps): void {
        const layers = this.#layers;
        const { half, quarter, eighth } = this.#shape;
        this.rectified(m.half, m.entered, layers.enter);
        this.memory.gather(m.square4, m.half, half);
        this.rectified(m.quarter, m.square4, layers.quarter);
        this.memory.gather(m.square8, m.quarter, quarter);
        this.rectified(m.eighth, m.square8, layers.eighth);
        this.rectified(m.mixed8, m.eighth, layers.mix8);
        this.memory.gather(m.square16, m.mixed8, eighth);
        this.rectified(m.sixteenth, m.square16, layers.sixteenth);
        this.rectified(m.mixed16, m.sixteenth, layers.mix16);
        this.memory.gather(m.samples4, m.entered, BLOCK_CHANNELS / 32);
        this.memory.gather(m.samples8, m.samples4, BLOCK_CHANNELS / 8);
        this.memory.gather(m.samples16, m.samples8, BLOCK_CHANNELS / 2);
        this.convolve(m.token, m.samples16, layers.tokenDirect);
        this.convolve(m.token, m.mixed16, layers.token, { start: m.token });
        this.convolve(m.fine, m.samples8, layers.fineDirect);
        this.convolve(m.fine, m.mixed8, layers.fine, { start: m.fine });
        this.convolve(m.style, m.mixed8, layers.style);
    }
}

type GeneratorMaps = Readonly<
    Record<
        | 'tokens'
        | 'cells'
        | 'noise'
        | 'base'
        | 'x16'
        | 'inner16'
        | 'up16'
        | 'x8'
        | 'inner8'
        | 'film8'
        | 'condition'
        | 'up8'
        | 'sketch16'
        | 'sketch8'
        | 'x4'
        | 'inner4'
        | 'film4'
        | 'up4'
        | 'sketch4'
        | 'x2'
        | 'shown',
        KernelMap
    >
>;

/** Tokens (5 at 1/16), cells (15 at 1/8), noise (4 at 1/4) and base (12 at 1/2, spent by the run) to `shown` (12 at 1/2). */
export class GeneratorNetwork extends Network<GeneratorMaps> {
    readonly #shape: ConceptShape;
    readonly #layers: GeneratorLayers<KernelLayer>;

    constructor({ shape, generator }: ConceptWeights) {
        super();
        this.#shape = shape;
        // Not those at 1/16: areas may begin at odd squares.
        const tiled = ['blocks8', 'blocks4', 'leave'];
        this.#layers = laidOut(this.memory, generator, tiled) as unknown as GeneratorLayers<KernelLayer>;
    }

    /** How far a sample of the picture sees, in squares of 16 pixels. */
    get reach(): number {
        const { blocks16, blocks8, blocks4 } = this.#shape;
        // One sample for each convolution of side 3 at its scale, two by tiles, and less than a square for samples that share one.
        const samples = 16 * (1 + 2 * blocks16) + 8 * (2 + 4 * blocks8) + 4 * (1 + 4 * blocks4) + 4;
        return Math.ceil(samples / 16) + 1;
    }

    protected override plan(at: (channels: number, scale: number) => KernelMap): GeneratorMaps {
        const { half, quarter, eighth, sixteenth, condition } = this.#shape;
        return {
            tokens: at(TOKEN_CHANNELS, 1),
            cells: at(CELL_CHANNELS, 2),
            noise: at(4, 4),
            base: at(SQUARE_CHANNELS, 8),
            x16: at(sixteenth, 1),
            inner16: at(sixteenth, 1),
            up16: at(4 * eighth, 1),
            x8: at(eighth, 2),
            inner8: at(eighth, 2),
            film8: at(2 * eighth, 1),
            condition: at(condition, 2),
            up8: at(4 * quarter, 2),
            sketch16: at(BLOCK_CHANNELS, 1),
            sketch8: at(BLOCK_CHANNELS / 4, 2),
            x4: at(quarter, 4),
            inner4: at(quarter, 4),
            film4: at(2 * quarter, 2),
            up4: at(4 * half, 4),
            sketch4: at(BLOCK_CHANNELS / 16, 4),
            x2: at(half, 8),
            shown: at(SQUARE_CHANNELS, 8)
        };
    }

    run(m: GeneratorMaps): void {
        const layers = this.#layers;
        const { half, quarter, eighth, sixteenth } = this.#shape;
        const { memory } = this;
        this.rectified(m.x16, m.tokens, layers.tokens);
        this.blocks(layers.blocks16, m.x16, m.inner16, sixteenth, null);
        this.convolve(m.x8, m.cells, layers.cells);
        this.convolve(m.up16, m.x16, layers.up16);
        memory.scatter(m.x8, m.up16, eighth, SLOPE);
        this.blocks(layers.blocks8, m.x8, m.inner8, eighth, { from: m.x16, film: m.film8 });
        this.rectified(m.condition, m.cells, layers.condition);
        this.convolve(m.x4, m.noise, layers.noise);
        this.convolve(m.up8, m.x8, layers.up8);
        memory.scatter(m.x4, m.up8, quarter, SLOPE);
        this.blocks(layers.blocks4, m.x4, m.inner4, quarter, { from: m.condition, film: m.film4 });
        this.convolve(m.x2, m.base, layers.base);
        this.convolve(m.up4, m.x4, layers.up4);
        memory.scatter(m.x2, m.up4, half, SLOPE);
        this.convolve(m.sketch4, m.x4, layers.sketch4);
        this.convolve(m.sketch16, m.tokens, layers.sketch16);
        this.convolve(m.sketch8, m.cells, layers.sketchCells);
        this.convolve(m.sketch8, m.x8, layers.sketch8, { start: m.sketch8 });
        memory.scatter(m.sketch8, m.sketch16, BLOCK_CHANNELS / 4, 1);
        memory.scatter(m.sketch4, m.sketch8, BLOCK_CHANNELS / 16, 1);
        memory.scatter(m.base, m.sketch4, SQUARE_CHANNELS, 1);
        this.convolve(m.shown, m.x2, layers.leave, { start: m.base });
    }
}

type WordsMaps = Readonly<Record<'said' | 'style', KernelMap>>;

/** What the text layer says of regions (9 channels, one sample a region) to their styles' features. */
export class WordsNetwork extends Network<WordsMaps> {
    readonly #layer: KernelLayer;

    constructor({ words }: ConceptWeights) {
        super();
        this.#layer = this.memory.layer(words);
    }

    protected override plan(at: (channels: number, scale: number) => KernelMap): WordsMaps {
        return { said: at(WORD_CHANNELS, 1), style: at(STYLE_LEVELS.length, 1) };
    }

    run(m: WordsMaps): void {
        this.convolve(m.style, m.said, this.#layer);
    }
}
