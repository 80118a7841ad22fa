/**
 * The conceptual codec's networks as one thing: pictures to levels of codes, and codes with a label map to pictures. Both are run in tiles with margins wider than they see, so tiles of
 * any size give the same bytes. What the generator draws where codes are few is invented: never evidence.
 */

import type { KernelMap } from '../generator/kernel-memory.ts';
import { enterPicture, leavePicture, noiseAt, rowOf } from '../generator/map-samples.ts';
import type { Picture } from '../picture.ts';
import type { RegionStyle, StructureMap } from '../structure/structure-map.ts';
import type { SceneText } from '../text/scene-text.ts';
import { type ConceptShape, readConceptWeights, SQUARE_CHANNELS, WORD_CHANNELS } from './concept-file.ts';
import {
    FINE_LEVELS,
    LevelGrid,
    LOG2_CONCEPT,
    levelOf,
    STYLE_LEVELS,
    TOKEN_LEVELS,
    valueOfLevel
} from './concept-levels.ts';
import { EncoderNetwork, GeneratorNetwork, WordsNetwork } from './concept-networks.ts';
import { basePicture } from './structure.ts';
import type { TokenPrior } from './token-prior.ts';
import { structureOfScene, wordsOf } from './words.ts';

/** What a picture is drawn from. */
export interface ConceptPicture {
    readonly map: StructureMap;
    readonly colors: readonly RegionStyle[];
    /** {@link STYLE_LEVELS} a region, region after region. */
    readonly styles: Uint8Array;
    /** On 16 x 16 pixels; null: the generator draws from labels and styles alone. */
    readonly tokens: LevelGrid | null;
    /** On 8 x 8 pixels, where they are known. */
    readonly fine: LevelGrid | null;
}

type Size = Pick<Picture, 'widthPx' | 'heightPx'>;
/** Squares of 16 pixels. */
interface Tile {
    readonly left: number;
    readonly top: number;
    readonly columns: number;
    readonly rows: number;
}

const SIDE_PX: number = 1 << LOG2_CONCEPT;
/** Squares that a feature of the encoder sees beside its own: convolutions of side 3 at 1/2, 1/8 and 1/16. */
const ENCODER_REACH = 2;
/** Squares a side of a tile: with its margins about 100 MB. */
const TILE = 32;

/** See the file comment. */
export class ConceptModel {
    readonly name: string;
    /** Tells this model's codes from another's: 16 bits of the file's check. */
    readonly id: number;
    readonly prior: TokenPrior;
    readonly #encoder: EncoderNetwork;
    readonly #generator: GeneratorNetwork;
    readonly #words: WordsNetwork;
    readonly #tile: number;

    /**
     * @param weights - Bytes of an `.mxg` file of training/concept.py, at most 10 MiB. Throws `bad-input` if they are something else.
     * @param tile - Side of a tile in squares of 16 pixels; changes memory, not the picture.
     */
    constructor(weights: Uint8Array, tile: number = TILE) {
        const file = readConceptWeights(weights);
        this.name = file.name;
        this.id = file.check & 0xffff;
        this.prior = file.prior;
        this.#encoder = new EncoderNetwork(file);
        this.#generator = new GeneratorNetwork(file);
        this.#words = new WordsNetwork(file);
        this.#tile = tile;
    }

    /** A picture's codes over its base, all finer tokens among them. */
    codesOf(
        picture: Picture,
        base: Picture,
        map: StructureMap
    ): { readonly styles: Uint8Array; readonly tokens: LevelGrid; readonly fine: LevelGrid } {
        const [columns, rows] = squaresOf(picture);
        const tokens = new LevelGrid(columns, rows, TOKEN_LEVELS);
        const fine = new LevelGrid(2 * columns, 2 * rows, FINE_LEVELS);
        const sums = new Float64Array(map.regions.length * STYLE_LEVELS.length);
        for (const inner of this.#tiles(picture)) {
            const outer = widened(inner, ENCODER_REACH, columns, rows);
            const maps = this.#encoder.mapsOf(outer.columns, outer.rows);
            enterPicture(this.#encoder.floats, maps.entered, picture, areaOf(outer));
            enterPicture(this.#encoder.floats, maps.entered, base, areaOf(outer), SQUARE_CHANNELS);
            this.#encoder.run(maps);
            const { floats } = this.#encoder;
            leaveLevels(floats, maps.token, tokens, inner, outer, 1);
            leaveLevels(floats, maps.fine, fine, inner, outer, 2);
            addStyles(floats, maps.style, sums, map, inner, outer);
        }
        return { tokens, fine, styles: stylesOf(sums, map) };
    }

    /** The picture that codes, label map and colours make. */
    draw(size: Size, concept: ConceptPicture): Picture {
        const { widthPx, heightPx } = size;
        const [columns, rows] = squaresOf(size);
        const base = basePicture(widthPx, heightPx, concept.map, concept.colors);
        const picture = { widthPx, heightPx, rgb: new Uint8Array(3 * widthPx * heightPx), alpha: null };
        for (const inner of this.#tiles(size)) {
            const outer = widened(inner, this.#generator.reach, columns, rows);
            const maps = this.#generator.mapsOf(outer.columns, outer.rows);
            const { floats } = this.#generator;
            enterPicture(floats, maps.base, base, areaOf(outer));
            enterNoise(floats, maps.noise, outer);
            enterTokens(floats, maps.tokens, concept.tokens, outer);
            enterCells(floats, maps.cells, concept, outer, columns, rows);
            this.#generator.run(maps);
            leavePicture(this.#generator.floats, maps.shown, picture, areaOf(outer), areaOf(inner));
        }
        return picture;
    }

    /** The picture that the generator draws of a scene in words: its map as labels, styles as its words say, no tokens. */
    drawScene(scene: SceneText): Picture {
        const { map, colors } = structureOfScene(scene);
        const { regions } = scene;
        const maps = this.#words.mapsOf(regions.length, 1);
        const { floats } = this.#words;
        for (const [i, region] of regions.entries()) {
            const said = wordsOf(region);
            for (let c = 0; c < WORD_CHANNELS; c++) floats[rowOf(maps.said, c, 0) + i] = said[c]!;
        }
        this.#words.run(maps);
        const after = this.#words.floats;
        const styles = Uint8Array.from({ length: regions.length * STYLE_LEVELS.length }, (_, k) => {
            const d = k % STYLE_LEVELS.length;
            const feature = after[rowOf(maps.style, d, 0) + Math.floor(k / STYLE_LEVELS.length)]!;
            // The network says levels' values themselves, not features.
            const count = STYLE_LEVELS[d]!;
            return Math.max(0, Math.min(count - 1, Math.floor(((feature + 1) / 2) * (count - 1) + 0.5)));
        });
        return this.draw(scene, { map, colors, styles, tokens: null, fine: null });
    }

    *#tiles(size: Size): Generator<Tile> {
        const [columns, rows] = squaresOf(size);
        for (let top = 0; top < rows; top += this.#tile) {
            for (let left = 0; left < columns; left += this.#tile) {
                yield {
                    left,
                    top,
                    columns: Math.min(this.#tile, columns - left),
                    rows: Math.min(this.#tile, rows - top)
                };
            }
        }
    }
}

/** What a weights file of the conceptual codec says of itself. */
export interface ConceptSummary {
    readonly name: string;
    readonly record: Readonly<Record<string, unknown>>;
    readonly shape: ConceptShape;
    readonly parameters: number;
    readonly bytes: number;
}

/** Reads what a weights file is. Throws `bad-input` if it is none. */
export function inspectConcept(bytes: Uint8Array): ConceptSummary {
    const { name, record, shape, parameters } = readConceptWeights(bytes);
    return { name, record, shape, parameters, bytes: bytes.length };
}

/** Squares of 16 pixels across and down. */
export function squaresOf({ widthPx, heightPx }: Size): [number, number] {
    return [(widthPx + SIDE_PX - 1) >> LOG2_CONCEPT, (heightPx + SIDE_PX - 1) >> LOG2_CONCEPT];
}

function widened({ left, top, columns, rows }: Tile, reach: number, most: number, mostRows: number): Tile {
    const [x, y] = [Math.max(0, left - reach), Math.max(0, top - reach)];
    return {
        left: x,
        top: y,
        columns: Math.min(most, left + columns + reach) - x,
        rows: Math.min(mostRows, top + rows + reach) - y
    };
}

function areaOf({ left, top, columns, rows }: Tile): { left: number; top: number; width: number; height: number } {
    return { left: SIDE_PX * left, top: SIDE_PX * top, width: SIDE_PX * columns, height: SIDE_PX * rows };
}

function leaveLevels(
    floats: Float32Array,
    map: KernelMap,
    grid: LevelGrid,
    inner: Tile,
    outer: Tile,
    scale: number
): void {
    const { columns, counts } = grid;
    for (let y = scale * inner.top; y < scale * (inner.top + inner.rows); y++) {
        for (let d = 0; d < counts.length; d++) {
            const from = rowOf(map, d, y - scale * outer.top) - scale * outer.left;
            for (let x = scale * inner.left; x < scale * (inner.left + inner.columns); x++) {
                const place = y * columns + x;
                grid.levels[place * counts.length + d] = levelOf(floats[from + x]!, counts[d]!);
                grid.known[place] = 1;
            }
        }
    }
}

/** Adds the style features of the map's cells to the sums of their regions. */
function addStyles(
    floats: Float32Array,
    features: KernelMap,
    sums: Float64Array,
    { columns, rows, labels }: StructureMap,
    inner: Tile,
    outer: Tile
): void {
    const dimensions = STYLE_LEVELS.length;
    for (let y = 2 * inner.top; y < Math.min(rows, 2 * (inner.top + inner.rows)); y++) {
        for (let x = 2 * inner.left; x < Math.min(columns, 2 * (inner.left + inner.columns)); x++) {
            const to = labels[y * columns + x]! * dimensions;
            for (let d = 0; d < dimensions; d++) {
                sums[to + d]! += floats[rowOf(features, d, y - 2 * outer.top) + x - 2 * outer.left]!;
            }
        }
    }
}

function stylesOf(sums: Float64Array, { labels, regions }: StructureMap): Uint8Array {
    const cells = new Float64Array(regions.length);
    for (const label of labels) cells[label]!++;
    return Uint8Array.from(sums, (sum, i) => {
        const d = i % STYLE_LEVELS.length;
        return levelOf(sum / Math.max(1, cells[(i - d) / STYLE_LEVELS.length]!), STYLE_LEVELS[d]!);
    });
}

function enterNoise(floats: Float32Array, map: KernelMap, { left, top }: Tile): void {
    for (let c = 0; c < 4; c++) {
        for (let y = 0; y < map.height; y++) {
            const to = rowOf(map, c, y);
            for (let x = 0; x < map.width; x++) {
                floats[to + x] = noiseAt(8 * left + 2 * x + (c & 1), 8 * top + 2 * y + (c >> 1));
            }
        }
    }
}

function enterTokens(floats: Float32Array, map: KernelMap, tokens: LevelGrid | null, { left, top }: Tile): void {
    const dimensions = TOKEN_LEVELS.length;
    for (let d = 0; d <= dimensions; d++) {
        for (let y = 0; y < map.height; y++) {
            const to = rowOf(map, d, y);
            for (let x = 0; x < map.width; x++) {
                const place = tokens ? (top + y) * tokens.columns + left + x : 0;
                const present = tokens ? 1 : 0;
                floats[to + x] =
                    tokens && d < dimensions
                        ? valueOfLevel(tokens.levels[place * dimensions + d]!, TOKEN_LEVELS[d]!)
                        : present;
            }
        }
    }
}

/** Colour, style, borders and finer token of every cell. */
function enterCells(
    floats: Float32Array,
    cells: KernelMap,
    { map, colors, styles, fine }: ConceptPicture,
    { left, top }: Tile,
    columns: number,
    rows: number
): void {
    const regions = inputsOfRegions(colors, styles);
    const own = 3 + STYLE_LEVELS.length;
    const labelAt = (x: number, y: number): number =>
        map.labels[Math.min(map.rows - 1, y) * map.columns + Math.min(map.columns - 1, x)]!;
    for (let v = 0; v < cells.height; v++) {
        const y = 2 * top + v;
        for (let u = 0; u < cells.width; u++) {
            const x = 2 * left + u;
            const label = labelAt(x, y);
            const put = (channel: number, value: number): void => {
                floats[rowOf(cells, channel, v) + u] = value;
            };
            for (let c = 0; c < own; c++) put(c, regions[label * own + c] ?? 0);
            put(own, x + 1 < 2 * columns && labelAt(x + 1, y) !== label ? 1 : 0);
            put(own + 1, y + 1 < 2 * rows && labelAt(x, y + 1) !== label ? 1 : 0);
            const place = fine ? y * fine.columns + x : 0;
            const there = fine?.known[place] === 1;
            for (const [d, count] of FINE_LEVELS.entries()) {
                put(own + 2 + d, there ? valueOfLevel(fine.levels[place * FINE_LEVELS.length + d]!, count) : 0);
            }
            put(own + 2 + FINE_LEVELS.length, there ? 1 : 0);
        }
    }
}

/** Colour and style of every region, -1 to 1; a style that did not arrive is 0. */
function inputsOfRegions(colors: readonly RegionStyle[], styles: Uint8Array): Float32Array {
    const dimensions = STYLE_LEVELS.length;
    const own = 3 + dimensions;
    return Float32Array.from({ length: own * colors.length }, (_, i) => {
        const [region, c] = [Math.floor(i / own), i % own];
        const { y, co, cg } = colors[region]!;
        if (c < 3) return [y, co, cg][c]! / 31.5 - 1;
        const level = styles[region * dimensions + c - 3];
        return level === undefined ? 0 : valueOfLevel(level, STYLE_LEVELS[c - 3]!);
    });
}
