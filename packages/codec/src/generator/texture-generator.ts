/**
 * A learned painter after the decoder: takes the decoded picture and what is known of its cells and returns the picture with the texture that the
 * quantiser left out, as a network guesses it that was trained by training/train.py. What it adds is invented: never evidence.
 *
 * Four samples become one at half resolution (with a channel of fixed noise), a step down to a quarter, residual blocks there, modulated by the cells'
 * features, a step up, four samples again, added to the decoded ones. Pictures are painted in tiles with a margin wider than the network sees, so
 * tiles of any size give the same bytes; so do all machines (see convolution.ts).
 *
 * Cost at the trainer's default widths: about 8,400 multiplications a pixel; 1.1 s of one core for 256 x 256 in Node 20 (0.5 thousand million a second, AMD
 * EPYC, busy machine). Too slow for video: onnxruntime-node takes 13 ms for a network of 0.42 thousand million, but does not give the same bits
 * everywhere. WASM's SIMD would, and is the next step.
 */
import type { Picture } from '../picture.ts';
import type { CellFeatures } from './cell-features.ts';
import {
    accumulate,
    convolve1,
    convolve3,
    convolveDown,
    type FeatureMap,
    featureMap,
    gather,
    modulate,
    rectify,
    scatter
} from './convolution.ts';
import { CELL_FEATURES, type NetworkWeights, readNetwork } from './network-file.ts';

/** What a decoder hands to a generator: a decoded picture and what it knows of it. */
export interface GeneratorInput {
    readonly picture: Picture;
    readonly cells: CellFeatures;
}

/** Anything that paints over decoded pictures: `{ paint }`. */
export interface PictureGenerator {
    /** The picture to show, of the same size, with the same alpha. */
    paint(input: GeneratorInput): Picture;
}

/** Side of a tile, and the margin around it; multiples of 8. */
const TILE_PX = 512;
/** Samples beside a block's that one of its convolutions sees: 4, and it has two. All other layers and the cells together: under 40. */
const MARGIN_PER_BLOCK_PX = 8;
const MARGIN_PX = 40;

/** See the file comment. */
export class TextureGenerator implements PictureGenerator {
    /** The network's name, for reports: every figure should say it. */
    readonly name: string;
    readonly #network: NetworkWeights;
    readonly #tilePx: number;

    /**
     * @param weights - Bytes of an `.mxg` file, at most 10 MiB. Throws `bad-input` if they are something else.
     * @param tilePx - Side of a tile, a multiple of 8; changes memory, not the picture.
     */
    constructor(weights: Uint8Array, tilePx: number = TILE_PX) {
        this.#network = readNetwork(weights);
        this.name = this.#network.name;
        this.#tilePx = Math.max(8, tilePx & ~7);
    }

    paint({ picture, cells }: GeneratorInput): Picture {
        const rgb = new Uint8Array(picture.rgb.length);
        for (let y = 0; y < picture.heightPx; y += this.#tilePx) {
            for (let x = 0; x < picture.widthPx; x += this.#tilePx) this.#paintTile(picture, cells, x, y, rgb);
        }
        return { ...picture, rgb };
    }

    #paintTile(picture: Picture, cells: CellFeatures, x0: number, y0: number, rgb: Uint8Array): void {
        const { widthPx, heightPx } = picture;
        const margin = MARGIN_PX + MARGIN_PER_BLOCK_PX * this.#network.blocks.length;
        const left = Math.max(0, x0 - margin);
        const top = Math.max(0, y0 - margin);
        const right = Math.min(8 * cells.columns, x0 + this.#tilePx + margin);
        const bottom = Math.min(8 * cells.rows, y0 + this.#tilePx + margin);
        const area = { left, top, width: right - left, height: bottom - top };
        const samples = cutPicture(picture, area);
        const painted = runNetwork(this.#network, samples, cutCells(cells, area), noiseAt(area));
        const size = widthPx * heightPx;
        for (let c = 0; c < 3; c++) {
            for (let y = y0; y < Math.min(heightPx, y0 + this.#tilePx); y++) {
                for (let x = x0; x < Math.min(widthPx, x0 + this.#tilePx); x++) {
                    const value = painted.data[(c * area.height + y - top) * area.width + x - left]!;
                    rgb[c * size + y * widthPx + x] = codeOf(value);
                }
            }
        }
    }
}

interface Area {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
}

function codeOf(value: number): number {
    const code = Math.floor(127.5 * (value + 1) + 0.5);
    return code > 255 ? 255 : code > 0 ? code : 0;
}

/** Samples as -1..1; beyond the picture's edge those at the edge. */
function cutPicture({ widthPx, heightPx, rgb }: Picture, area: Area): FeatureMap {
    const map = featureMap(3, area.width, area.height);
    for (let c = 0; c < 3; c++) {
        for (let y = 0; y < area.height; y++) {
            const row = (c * heightPx + Math.min(heightPx - 1, area.top + y)) * widthPx;
            for (let x = 0; x < area.width; x++) {
                const code = rgb[row + Math.min(widthPx - 1, area.left + x)]!;
                map.data[(c * area.height + y) * area.width + x] = code / 127.5 - 1;
            }
        }
    }
    return map;
}

/** Features as -1..1. */
function cutCells(cells: CellFeatures, area: Area): FeatureMap {
    const map = featureMap(CELL_FEATURES, area.width >> 3, area.height >> 3);
    for (let f = 0; f < CELL_FEATURES; f++) {
        for (let y = 0; y < map.height; y++) {
            for (let x = 0; x < map.width; x++) {
                const at = (f * cells.rows + (area.top >> 3) + y) * cells.columns + (area.left >> 3) + x;
                map.data[(f * map.height + y) * map.width + x] = cells.data[at]! / 127.5 - 1;
            }
        }
    }
    return map;
}

/** Noise in -1..1 of the picture's own coordinates: the same in every frame, so that a still picture does not boil. */
function noiseAt(area: Area): FeatureMap {
    const map = featureMap(1, area.width >> 1, area.height >> 1);
    for (let y = 0; y < map.height; y++) {
        for (let x = 0; x < map.width; x++) {
            let h = Math.imul((area.left >> 1) + x, 0x9e3779b1) ^ Math.imul((area.top >> 1) + y, 0x85ebca6b);
            h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
            h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
            map.data[y * map.width + x] = ((h ^ (h >>> 15)) >>> 0) / 2147483648 - 1;
        }
    }
    return map;
}

/** The network itself, on a picture whose sides are multiples of 8. */
function runNetwork(network: NetworkWeights, samples: FeatureMap, cells: FeatureMap, noise: FeatureMap): FeatureMap {
    const squares = gather(samples);
    const entered = featureMap(squares.channels + 1, squares.width, squares.height);
    entered.data.set(squares.data);
    entered.data.set(noise.data, squares.data.length);
    const half = rectify(convolve3(entered, network.enter));
    const condition = rectify(convolve3(cells, network.condition));
    const quarter = convolveDown(half, network.down);
    for (const block of network.blocks) {
        const film = convolve1(condition, block.film);
        const inner = modulate(rectify(convolve3(quarter, block.first)), film);
        accumulate(quarter, convolve3(inner, block.second));
    }
    const raised = rectify(accumulate(scatter(convolve1(quarter, network.up)), half));
    return accumulate(scatter(convolve3(raised, network.leave)), samples);
}
