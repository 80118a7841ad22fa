/**
 * The generator of the text layer: a scene in words to a picture. Region outlines are the contour where the votes of the four nearest cells
 * change over, roughened by noise; colours fade as their line says, melt into each other where they are alike (a sky in three blues), and
 * carry noise of four octaves, stretched along a direction where the line says so (fur, grass, water).
 *
 * Integers and IEEE additions and multiplications only, so that every machine paints the same. Cost: 0.1 to 0.3 microseconds a pixel and octave.
 */
import type { Picture } from '../picture.ts';
import { codeToByte, ROUGHNESS_LEVELS, type SceneRegion, type SceneText } from './scene-text.ts';
import { NOISE_RMS, valueNoise } from './value-noise.ts';

/** Grey levels of one step of `fade`. */
export const FADE_STEP = 6;
/** How far noise moves an outline, in cells. Twice as much costs 0.01 LPIPS-alex. */
const OUTLINE_WOBBLE = 0.25;
/** Colours nearer than this melt wholly, farther than that not at all; sum of the differences of R, G, B. */
const MELTING = 40;
const SHARP = 110;
/** How much longer roughness is along its direction than across. */
const STRETCH = 3;
/** Cosine and sine of `along` in 1/64. */
export const DIRECTIONS: readonly (readonly [number, number])[] = [
    [64, 0],
    [59, 24],
    [45, 45],
    [24, 59],
    [0, 64],
    [-24, 59],
    [-45, 45],
    [-59, 24]
];

/** What is needed of a region at every pixel. */
interface Brush {
    readonly rgb: readonly [number, number, number];
    /** Grey levels a pixel, and the middle they are 0 at. */
    readonly slopeX: number;
    readonly slopeY: number;
    readonly middleX: number;
    readonly middleY: number;
    /** Factor of each octave's noise; 0: none. */
    readonly octaves: readonly number[];
    readonly along: number | null;
}

/** Paints a scene. The same scene gives the same bytes on every machine. */
export function paintScene(scene: SceneText): Picture {
    const { widthPx, heightPx } = scene;
    const brushes = brushesOf(scene);
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    const spot = new Spot(scene, brushes);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            spot.look(x, y);
            const brush = brushes[spot.label]!;
            const light =
                brush.slopeX * (x - brush.middleX) + brush.slopeY * (y - brush.middleY) + roughness(brush, x, y);
            for (let c = 0; c < 3; c++) {
                const value = Math.floor(spot.color[c]! + light + 0.5);
                rgb[c * size + i] = value < 0 ? 0 : value > 255 ? 255 : value;
            }
        }
    }
    return { widthPx, heightPx, rgb, alpha: null };
}

function roughness(brush: Brush, x: number, y: number): number {
    let sum = 0;
    for (let octave = 0; octave < 4; octave++) {
        const factor = brush.octaves[octave]!;
        if (factor === 0) continue;
        // Lattices of 2, 4, 8, 16 pixels: 256 / 2^(octave + 1) steps a pixel.
        const scale = 128 >> octave;
        if (brush.along === null) {
            sum += factor * valueNoise(x * scale, y * scale, octave + 1);
            continue;
        }
        const [cosine, sine] = DIRECTIONS[brush.along]!;
        const u = Math.floor(((x * cosine + y * sine) * scale) / (64 * STRETCH));
        const v = Math.floor(((y * cosine - x * sine) * scale) / 64);
        sum += factor * valueNoise(u, v, octave + 1);
    }
    return sum;
}

function brushesOf(scene: SceneText): Brush[] {
    const boxes = regionBoxes(scene);
    return scene.regions.map((region: SceneRegion, i): Brush => {
        const [left, top, right, bottom] = boxes[i]!;
        const cellX = scene.widthPx / scene.columns;
        const cellY = scene.heightPx / scene.rows;
        return {
            rgb: region.color.map(codeToByte) as unknown as Brush['rgb'],
            slopeX: (region.fade[0] * FADE_STEP * 2) / ((right - left) * cellX),
            slopeY: (region.fade[1] * FADE_STEP * 2) / ((bottom - top) * cellY),
            middleX: ((left + right) * cellX) / 2,
            middleY: ((top + bottom) * cellY) / 2,
            octaves: region.rough.map((code) => ROUGHNESS_LEVELS[code]! / NOISE_RMS),
            along: region.along
        };
    });
}

/** Box of each region in cells: left, top, right, bottom, the latter two exclusive; the whole map for a region without cells. */
export function regionBoxes({ columns, rows, labels, regions }: SceneText): [number, number, number, number][] {
    const boxes = regions.map((): [number, number, number, number] => [columns, rows, 0, 0]);
    labels.forEach((label, i) => {
        const box = boxes[label]!;
        const x = i % columns;
        const y = (i - x) / columns;
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x + 1);
        box[3] = Math.max(box[3], y + 1);
    });
    return boxes.map((box) => (box[2] === 0 ? [0, 0, columns, rows] : box));
}

/** Which region a pixel belongs to, and its colour there. */
class Spot {
    label = 0;
    readonly color: Float64Array = new Float64Array(3);
    readonly #scene: SceneText;
    readonly #brushes: readonly Brush[];
    readonly #corners: Int32Array = new Int32Array(4);
    readonly #weights: Int32Array = new Int32Array(4);

    constructor(scene: SceneText, brushes: readonly Brush[]) {
        this.#scene = scene;
        this.#brushes = brushes;
    }

    look(x: number, y: number): void {
        const { columns, rows, widthPx, heightPx, labels } = this.#scene;
        // Place relative to the centres of cells, in 1/256 of a cell.
        const wobble = (256 * OUTLINE_WOBBLE) / NOISE_RMS / 2;
        const u0 = ((2 * x + 1) * columns * 128) / widthPx - 128;
        const v0 = ((2 * y + 1) * rows * 128) / heightPx - 128;
        const u = Math.floor(u0 + wobble * valueNoise(Math.floor(u0 * 2), Math.floor(v0 * 2), 11));
        const v = Math.floor(v0 + wobble * valueNoise(Math.floor(u0 * 2), Math.floor(v0 * 2), 12));
        const left = Math.max(0, Math.min(columns - 1, u >> 8));
        const right = Math.max(0, Math.min(columns - 1, (u >> 8) + 1));
        const top = Math.max(0, Math.min(rows - 1, v >> 8)) * columns;
        const bottom = Math.max(0, Math.min(rows - 1, (v >> 8) + 1)) * columns;
        const corners = this.#corners;
        const weights = this.#weights;
        corners[0] = labels[top + left]!;
        corners[1] = labels[top + right]!;
        corners[2] = labels[bottom + left]!;
        corners[3] = labels[bottom + right]!;
        const [a, b] = [u & 255, v & 255];
        weights[0] = (256 - a) * (256 - b);
        weights[1] = a * (256 - b);
        weights[2] = (256 - a) * b;
        weights[3] = a * b;
        this.#decide();
    }

    #decide(): void {
        const corners = this.#corners;
        const weights = this.#weights;
        let most = -1;
        for (let i = 0; i < 4; i++) {
            let votes = 0;
            for (let k = 0; k < 4; k++) if (corners[k] === corners[i]) votes += weights[k]!;
            if (votes > most) {
                most = votes;
                this.label = corners[i]!;
            }
        }
        const own = this.#brushes[this.label]!.rgb;
        const color = this.color;
        color.set(own);
        if (most === 65536) return;
        for (let k = 0; k < 4; k++) {
            const other = this.#brushes[corners[k]!]!.rgb;
            const apart = Math.abs(other[0] - own[0]) + Math.abs(other[1] - own[1]) + Math.abs(other[2] - own[2]);
            const melt = Math.max(0, Math.min(1, (SHARP - apart) / (SHARP - MELTING))) * (weights[k]! / 65536);
            for (let c = 0; c < 3; c++) color[c] = color[c]! + melt * (other[c]! - own[c]!);
        }
    }
}
