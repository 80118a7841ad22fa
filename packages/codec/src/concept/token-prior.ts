/**
 * The prior over texture tokens: how likely each level of each dimension is, given tokens around. It draws the lines between the symbols of the entropy coder, and it says what a lost token
 * most likely was. One hidden layer of 48; int8 weights, int32 sums, a table of exponentials, frequencies that sum to 32768: integers throughout, so encoder and decoder cannot disagree.
 *
 * It looks at 12 tokens around. When a unit is read it is shown four of them, those of the same colour of the checkerboard that lie before in the same unit, so units decode without each other;
 * round a hole it is shown all that arrived. The region's label would sharpen it, but then a lost structure unit would take the tokens with it. training/prior.py trains it, and is the same arithmetic.
 * Cost: about 4,200 multiplications a token.
 */
import { type BitCoder, PROBABILITY_BITS, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import type { WeightsFile } from '../generator/weights-file.ts';
import { type LevelGrid, TOKEN_LEVELS } from './concept-levels.ts';

/** Steps (column, row) to the tokens that are looked at; the first four lie before in the same colour of the checkerboard. */
const AROUND: readonly (readonly [number, number])[] = [
    [-1, -1],
    [1, -1],
    [-2, 0],
    [0, -2],
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
    [-1, 1],
    [1, 1],
    [2, 0],
    [0, 2]
];
const BEFORE = 4;
const DIMENSIONS: number = TOKEN_LEVELS.length;
/** What says that a token is there; its levels are -7 to 7 about their middle. */
const PRESENT = 8;
const INPUTS: number = AROUND.length * (DIMENSIONS + 1) + DIMENSIONS - 1;
const HIDDEN = 48;
const OUTPUTS: number = TOKEN_LEVELS.reduce((sum, count) => sum + count, 0);
const TABLE = 256;
/** Sums of the first layer are in 1/256, activities in 1/8, sums of the second layer in 1/512, the table's steps in 1/16. */
const HIDDEN_SHIFT = 5;
const OUTPUT_SHIFT = 5;

/** See the file comment. */
export class TokenPrior {
    readonly #table: Uint16Array;
    readonly #first: Int8Array;
    readonly #firstBiases: Int32Array;
    readonly #second: Int8Array;
    readonly #secondBiases: Int32Array;
    readonly #inputs: Int32Array = new Int32Array(AROUND.length * (DIMENSIONS + 1));
    readonly #sums: Int32Array = new Int32Array(HIDDEN);
    readonly #frequencies: readonly Int32Array[] = TOKEN_LEVELS.map((count) => new Int32Array(count));

    /** Reads the next part of a weights file. */
    constructor(file: WeightsFile) {
        const table = file.view(2 * TABLE);
        this.#table = Uint16Array.from({ length: TABLE }, (_, i) => table.getUint16(2 * i, true));
        // Eight of the largest must sum to at most 32768, and the smallest must not vanish.
        if (!this.#table.every((value) => value >= 1 && value <= 4096)) {
            throw file.refused('its table of exponentials is not between 1 and 4096');
        }
        const int8 = (count: number): Int8Array => {
            const view = file.view(count);
            return Int8Array.from({ length: count }, (_, i) => view.getInt8(i));
        };
        const int32 = (count: number): Int32Array => {
            const view = file.view(4 * count);
            // Far more than any trained bias, and far less than would overflow a sum.
            return Int32Array.from({ length: count }, (_, i) =>
                Math.max(-(2 ** 24), Math.min(2 ** 24, view.getInt32(4 * i, true)))
            );
        };
        this.#first = int8(HIDDEN * INPUTS);
        this.#firstBiases = int32(HIDDEN);
        this.#second = int8(OUTPUTS * HIDDEN);
        this.#secondBiases = int32(OUTPUTS);
    }

    /** Codes the token at a place, given the tokens before it that `known` marks. Returns nothing: its levels are in the grid. */
    code(coder: BitCoder, grid: LevelGrid, place: number, known: Uint8Array): void {
        this.#look(grid, place, known, BEFORE);
        for (let d = 0; d < DIMENSIONS; d++) {
            const at = place * DIMENSIONS + d;
            grid.levels[at] = codeLevel(coder, this.#weigh(d), grid.levels[at]!);
            this.#settle(d, grid.levels[at]!);
        }
    }

    /** Puts the likeliest token at a place, given all around that `known` marks. */
    guess(grid: LevelGrid, place: number, known: Uint8Array): void {
        this.#look(grid, place, known, AROUND.length);
        for (let d = 0; d < DIMENSIONS; d++) {
            const frequencies = this.#weigh(d);
            let best = 0;
            for (let i = 1; i < frequencies.length; i++) if (frequencies[i]! > frequencies[best]!) best = i;
            grid.levels[place * DIMENSIONS + d] = best;
            this.#settle(d, best);
        }
    }

    #look(grid: LevelGrid, place: number, known: Uint8Array, count: number): void {
        const { columns, rows, levels } = grid;
        const x = place % columns;
        const y = (place - x) / columns;
        const inputs = this.#inputs.fill(0);
        for (let k = 0; k < count; k++) {
            const [cx, cy] = [x + AROUND[k]![0], y + AROUND[k]![1]];
            if (cx < 0 || cx >= columns || cy < 0 || cy >= rows) continue;
            const other = cy * columns + cx;
            if (!known[other]) continue;
            const to = k * (DIMENSIONS + 1);
            for (let d = 0; d < DIMENSIONS; d++) inputs[to + d] = centred(levels[other * DIMENSIONS + d]!, d);
            inputs[to + DIMENSIONS] = PRESENT;
        }
        for (let h = 0; h < HIDDEN; h++) {
            let sum = this.#firstBiases[h]!;
            const row = h * INPUTS;
            for (let i = 0; i < count * (DIMENSIONS + 1); i++) sum += this.#first[row + i]! * inputs[i]!;
            this.#sums[h] = sum;
        }
    }

    /** Frequencies of a dimension's levels, each at least 1, 32768 in all. */
    #weigh(dimension: number): Int32Array {
        const frequencies = this.#frequencies[dimension]!;
        const count = frequencies.length;
        const from = FIRST_OUTPUT[dimension]!;
        for (let i = 0; i < count; i++) {
            let sum = this.#secondBiases[from + i]!;
            const row = (from + i) * HIDDEN;
            for (let h = 0; h < HIDDEN; h++) {
                const activity = this.#sums[h]! >> HIDDEN_SHIFT;
                if (activity > 0) sum += this.#second[row + h]! * (activity > 255 ? 255 : activity);
            }
            frequencies[i] = sum;
        }
        return normalise(frequencies, this.#table);
    }

    #settle(dimension: number, level: number): void {
        if (dimension === DIMENSIONS - 1) return;
        const value = centred(level, dimension);
        const column = AROUND.length * (DIMENSIONS + 1) + dimension;
        for (let h = 0; h < HIDDEN; h++) this.#sums[h]! += this.#first[h * INPUTS + column]! * value;
    }
}

const FIRST_OUTPUT: readonly number[] = TOKEN_LEVELS.map((_, d) =>
    TOKEN_LEVELS.slice(0, d).reduce((sum, count) => sum + count, 0)
);

function centred(level: number, dimension: number): number {
    return 2 * level - TOKEN_LEVELS[dimension]! + 1;
}

/** Sums to frequencies, in place: what rounding leaves goes to the likeliest, the first of equals. */
function normalise(sums: Int32Array, table: Uint16Array): Int32Array {
    let best = 0;
    for (let i = 1; i < sums.length; i++) if (sums[i]! > sums[best]!) best = i;
    const most = sums[best]!;
    let total = 0;
    for (let i = 0; i < sums.length; i++) {
        sums[i] = table[Math.min(TABLE - 1, (most - sums[i]!) >> OUTPUT_SHIFT)]!;
        total += sums[i]!;
    }
    let left = PROBABILITY_ONE;
    for (let i = 0; i < sums.length; i++) {
        sums[i] = 1 + Math.floor((sums[i]! * (PROBABILITY_ONE - sums.length)) / total);
        left -= sums[i]!;
    }
    sums[best]! += left;
    return sums;
}

/** A level as decisions "is it this one?", each at the probability that is left. */
function codeLevel(coder: BitCoder, frequencies: Int32Array, level: number): number {
    let left = PROBABILITY_ONE;
    for (let i = 0; i < frequencies.length - 1; i++) {
        const p = Math.floor((frequencies[i]! << PROBABILITY_BITS) / left);
        if (coder.bitAt(p, level === i ? 1 : 0)) return i;
        left -= frequencies[i]!;
    }
    return frequencies.length - 1;
}
