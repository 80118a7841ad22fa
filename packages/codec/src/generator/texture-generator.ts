/**
 * A learned painter after the decoder: takes the decoded picture and what is known of its cells and returns the picture with the texture that the
 * quantiser left out, as a network guesses it that was trained by training/train.py. What it adds is invented: never evidence.
 *
 * Four samples become one at half resolution (with a channel of fixed noise), a step down to a quarter, residual blocks there, modulated by the cells'
 * features, a step up, four samples again, added to the decoded ones. Pictures are painted in tiles with a margin wider than the network sees, so
 * tiles of any size give the same bytes; so do all machines (see kernels.wat).
 *
 * Cost at the trainer's default widths: about 8,500 multiplications a pixel by the definition, 4,500 by tiles. A frame of 256 x 256 takes 20 ms of one core's time in Node 20 (AMD EPYC),
 * as onnxruntime-node does, which does not promise the same bits everywhere. Tried on the way from 44 ms: a kernel of its own for the 16 matrices of tiles
 * (all planes in one call, two inputs a turn) was a seventh slower than the convolution of side 1 that there was; 4 outputs x 8 samples are what 16 registers hold.
 */
import type { Picture } from '../picture.ts';
import type { CellFeatures } from './cell-features.ts';
import type { KernelMap } from './kernel-memory.ts';
import { type Area, enterPicture, leavePicture, noiseAt, rowOf } from './map-samples.ts';
import { CELL_FEATURES, LEAVE_CHANNELS, readNetwork } from './network-file.ts';
import { NetworkRunner } from './network-runner.ts';

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
/** A block has two convolutions, and each of them sees two samples (of a quarter) each way. All other layers and the cells together: under 40 pixels. */
const MARGIN_PER_BLOCK_PX = 16;
const MARGIN_PX = 40;

/** See the file comment. */
export class TextureGenerator implements PictureGenerator {
    /** The network's name, for reports: every figure should say it. */
    readonly name: string;
    readonly #runner: NetworkRunner;
    readonly #marginPx: number;
    readonly #tilePx: number;

    /**
     * @param weights - Bytes of an `.mxg` file, at most 10 MiB. Throws `bad-input` if they are something else.
     * @param tilePx - Side of a tile, a multiple of 8; changes memory, not the picture.
     */
    constructor(weights: Uint8Array, tilePx: number = TILE_PX) {
        const network = readNetwork(weights);
        this.#runner = new NetworkRunner(network);
        this.#marginPx = MARGIN_PX + MARGIN_PER_BLOCK_PX * network.blocks.length;
        this.name = network.name;
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
        const margin = this.#marginPx;
        const left = Math.max(0, x0 - margin);
        const top = Math.max(0, y0 - margin);
        const right = Math.min(8 * cells.columns, x0 + this.#tilePx + margin);
        const bottom = Math.min(8 * cells.rows, y0 + this.#tilePx + margin);
        const area = { left, top, width: right - left, height: bottom - top };
        const maps = this.#runner.mapsOf(area.width >> 3, area.height >> 3);
        const { floats } = this.#runner;
        enterPicture(floats, maps.entered, picture, area);
        enterNoise(floats, maps.entered, area);
        enterCells(floats, maps.cells, cells, area);
        this.#runner.run();
        const inner = { left: x0, top: y0, width: this.#tilePx, height: this.#tilePx };
        leavePicture(floats, maps.shown, { widthPx, heightPx, rgb }, area, inner);
    }
}

/** Features as -1..1. */
function enterCells(floats: Float32Array, map: KernelMap, cells: CellFeatures, area: Area): void {
    for (let f = 0; f < CELL_FEATURES; f++) {
        for (let y = 0; y < map.height; y++) {
            const from = (f * cells.rows + (area.top >> 3) + y) * cells.columns + (area.left >> 3);
            const to = rowOf(map, f, y);
            for (let x = 0; x < map.width; x++) floats[to + x] = cells.data[from + x]! / 127.5 - 1;
        }
    }
}

/** Noise of the picture's own coordinates. */
function enterNoise(floats: Float32Array, map: KernelMap, area: Area): void {
    for (let y = 0; y < map.height; y++) {
        const to = rowOf(map, LEAVE_CHANNELS, y);
        for (let x = 0; x < map.width; x++) floats[to + x] = noiseAt((area.left >> 1) + x, (area.top >> 1) + y);
    }
}
