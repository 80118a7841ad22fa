/** The conceptual codec's weights (`.mxg`), as training/concept.py writes them: encoder, words, generator, prior, in the order of the file (weights-file.ts). */
import { type ConvolutionWeights, WeightsFile } from '../generator/weights-file.ts';
import { FINE_LEVELS, STYLE_LEVELS, TOKEN_LEVELS } from './concept-levels.ts';
import { TokenPrior } from './token-prior.ts';

/** How wide the networks are: channels at 1/2, 1/4, 1/8, 1/16 of the sides and of the condition at 1/8, blocks at 1/16, 1/8, 1/4. */
const CONCEPT_WIDTHS = ['half', 'quarter', 'eighth', 'sixteenth', 'condition'] as const;
const CONCEPT_BLOCKS = ['blocks16', 'blocks8', 'blocks4'] as const;
/** Widths are 4 to 256, blocks 0 to 8. */
export type ConceptShape = Readonly<Record<(typeof CONCEPT_WIDTHS)[number] | (typeof CONCEPT_BLOCKS)[number], number>>;

/** A residual block; without `film` nothing modulates it. */
export interface ResidualWeights<Layer = ConvolutionWeights> {
    readonly film: Layer | null;
    readonly first: Layer;
    readonly second: Layer;
}

/** From picture and base (12 samples each of a 2 x 2 square) to features of tokens, finer tokens and styles. */
export type EncoderLayers<Layer = ConvolutionWeights> = Readonly<
    Record<
        | 'enter'
        | 'quarter'
        | 'eighth'
        | 'mix8'
        | 'sixteenth'
        | 'mix16'
        | 'token'
        | 'fine'
        | 'style'
        | 'tokenDirect'
        | 'fineDirect',
        Layer
    >
>;

/** From label map, styles, tokens and noise to a picture. */
export interface GeneratorLayers<Layer = ConvolutionWeights>
    extends Readonly<
        Record<
            | 'tokens'
            | 'cells'
            | 'up16'
            | 'condition'
            | 'noise'
            | 'up8'
            | 'base'
            | 'up4'
            | 'leave'
            | 'sketch16'
            | 'sketchCells'
            | 'sketch8'
            | 'sketch4',
            Layer
        >
    > {
    readonly blocks16: readonly ResidualWeights<Layer>[];
    readonly blocks8: readonly ResidualWeights<Layer>[];
    readonly blocks4: readonly ResidualWeights<Layer>[];
}

/** All of a file. */
export interface ConceptWeights {
    readonly name: string;
    readonly record: Readonly<Record<string, unknown>>;
    /** CRC-32C of the file. */
    readonly check: number;
    readonly shape: ConceptShape;
    readonly encoder: EncoderLayers;
    /** From what the text layer says of a region to its style. */
    readonly words: ConvolutionWeights;
    readonly generator: GeneratorLayers;
    readonly prior: TokenPrior;
    /** Weights and biases of the convolutions. */
    readonly parameters: number;
}

/** What the text layer says of a region: colour 3, roughness 4, direction 2. */
export const WORD_CHANNELS = 9;
/** Region's colour, its style, borders to the right and below, finer token, whether there is one. */
export const CELL_CHANNELS: number = 3 + STYLE_LEVELS.length + 2 + FINE_LEVELS.length + 1;
/** Token, whether there is one. */
export const TOKEN_CHANNELS: number = TOKEN_LEVELS.length + 1;
/** Samples of a 2 x 2 square in R, G, B. */
export const SQUARE_CHANNELS = 12;
/** Samples of a 16 x 16 block in R, G, B. */
export const BLOCK_CHANNELS = 768;
const CONCEPT_FORMAT = 'mixreel-concept-1';

/** Reads a weights file. Throws `bad-input` if it is none, damaged, or of another version. */
export function readConceptWeights(bytes: Uint8Array): ConceptWeights {
    const file = new WeightsFile(bytes, CONCEPT_FORMAT);
    const shape = Object.fromEntries([
        ...CONCEPT_WIDTHS.map((key) => [key, file.integer(key, 4, 256)]),
        ...CONCEPT_BLOCKS.map((key) => [key, file.integer(key, 0, 8)])
    ]) as ConceptShape;
    const { half, quarter, eighth, sixteenth, condition } = shape;
    let parameters = 0;
    const layer = (inputs: number, outputs: number, side: number): ConvolutionWeights => {
        parameters += outputs * (inputs * side * side + 1);
        return file.layer(inputs, outputs, side);
    };
    const blocks = (count: number, width: number, modulation: number): ResidualWeights[] =>
        Array.from({ length: count }, () => ({
            film: modulation === 0 ? null : layer(modulation, 2 * width, 1),
            first: layer(width, width, 3),
            second: layer(width, width, 3)
        }));
    const encoder = {
        enter: layer(2 * SQUARE_CHANNELS, half, 3),
        quarter: layer(4 * half, quarter, 1),
        eighth: layer(4 * quarter, eighth, 1),
        mix8: layer(eighth, eighth, 3),
        sixteenth: layer(4 * eighth, sixteenth, 1),
        mix16: layer(sixteenth, sixteenth, 3),
        token: layer(sixteenth, TOKEN_LEVELS.length, 1),
        fine: layer(eighth, FINE_LEVELS.length, 1),
        style: layer(eighth, STYLE_LEVELS.length, 1),
        tokenDirect: layer(2 * BLOCK_CHANNELS, TOKEN_LEVELS.length, 1),
        fineDirect: layer(BLOCK_CHANNELS / 2, FINE_LEVELS.length, 1)
    };
    const words = layer(WORD_CHANNELS, STYLE_LEVELS.length, 1);
    const generator = {
        tokens: layer(TOKEN_CHANNELS, sixteenth, 3),
        blocks16: blocks(shape.blocks16, sixteenth, 0),
        cells: layer(CELL_CHANNELS, eighth, 3),
        up16: layer(sixteenth, 4 * eighth, 1),
        blocks8: blocks(shape.blocks8, eighth, sixteenth),
        condition: layer(CELL_CHANNELS, condition, 3),
        noise: layer(4, quarter, 3),
        up8: layer(eighth, 4 * quarter, 1),
        blocks4: blocks(shape.blocks4, quarter, condition),
        base: layer(SQUARE_CHANNELS, half, 1),
        up4: layer(quarter, 4 * half, 1),
        leave: layer(half, SQUARE_CHANNELS, 3),
        sketch16: layer(TOKEN_CHANNELS, BLOCK_CHANNELS, 3),
        sketchCells: layer(CELL_CHANNELS, BLOCK_CHANNELS / 4, 3),
        sketch8: layer(eighth, BLOCK_CHANNELS / 4, 1),
        sketch4: layer(quarter, BLOCK_CHANNELS / 16, 1)
    };
    const prior = new TokenPrior(file);
    file.finish();
    return {
        name: file.name,
        record: file.record,
        check: file.check,
        shape,
        encoder,
        words,
        generator,
        prior,
        parameters
    };
}
