/**
 * Grain: what the quantiser took from a picture's fine octaves, put back as noise of the same strength. At low rates texture is coded as smooth as
 * its bits allow; how rough each coding tree unit was at 2, 4 and 8 pixels takes a few bits more, and the decoder paints that over its output. What
 * the next frame refers to has none of it. Signal distance grows (PSNR), perceptual distance falls; that is why it is an option.
 *
 * As film grain in AV1 (section 7.18.3) with a map instead of a curve over brightness. Integers and IEEE + - * / only.
 */
import { type BitCoder, BitDecoder, BitEncoder, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import { codeTree } from '../entropy/numbers.ts';
import type { Picture } from '../picture.ts';
import { Octaves } from '../text/measure-regions.ts';
import { ROUGHNESS_LEVELS, roughnessCode } from '../text/scene-text.ts';
import { NOISE_RMS, valueNoise } from '../text/value-noise.ts';
import { CTU_SIZE, type TextureState } from './texture-state.ts';

const OCTAVES = 3;
/** [octave][neighbours that have any]: 7 contexts of a tree of 3 bits. */
const CONTEXTS: number = OCTAVES * 3 * 7;
const SEED = 31;
/** In the parameter of texture units beside the QP: the frame has grain. */
export const GRAIN_FLAG = 64;
/**
 * Share of the missing deviation that is painted. Mean LPIPS-alex of the 24 tuning pictures of training/README.md at 0.056 bit a pixel: 0.3617 with 0.45, 0.3620 with
 * 0.6, 0.3690 with 0.75, 0.3801 with 0.9.
 */
const GRAIN_SHARE = 0.45;

/** Roughness codes 0 to 7 of each coding tree unit, octave by octave. */
export type GrainMap = readonly Uint8Array[];

/** A run of coding tree units' grain. */
export interface GrainUnit {
    readonly first: number;
    readonly count: number;
    readonly payload: Uint8Array;
}

/** No grain anywhere. */
export function noGrain(s: TextureState): GrainMap {
    return Array.from({ length: OCTAVES }, () => new Uint8Array(s.ctuCount));
}

/** What the decoded planes lack of the source's. */
export function measureGrain(s: TextureState, source: readonly Int16Array[]): GrainMap {
    const wanted = new Octaves(source[0]!, s.stride, s.rows);
    const have = new Octaves(s.planes[0]!, s.stride, s.rows);
    const map = noGrain(s);
    for (let ctu = 0; ctu < s.ctuCount; ctu++) {
        const at = Math.floor(ctu / s.ctuColumns) * CTU_SIZE * s.stride + (ctu % s.ctuColumns) * CTU_SIZE;
        for (let octave = 0; octave < OCTAVES; octave++) {
            let missing = 0;
            for (let v = 0; v < CTU_SIZE; v++) {
                for (let i = at + v * s.stride; i < at + v * s.stride + CTU_SIZE; i++) {
                    missing += wanted.at(octave, i) ** 2 - have.at(octave, i) ** 2;
                }
            }
            map[octave]![ctu] = roughnessCode(GRAIN_SHARE * Math.sqrt(Math.max(0, missing) / CTU_SIZE ** 2));
        }
    }
    return map;
}

/** The map as units of about `payloadBytes` at most: so many coding tree units each as are sure to fit. */
export function encodeGrain(s: TextureState, map: GrainMap, payloadBytes: number): GrainUnit[] {
    // At most 9 modelled bits of at most 10 bits' cost each.
    const most = Math.max(1, Math.floor(((payloadBytes - 8) * 8) / 90));
    const units: GrainUnit[] = [];
    const row = Math.max(1, Math.floor(most / s.ctuColumns)) * s.ctuColumns;
    const step = most < s.ctuColumns ? most : row;
    for (let first = 0; first < s.ctuCount; first += step) {
        const count = Math.min(step, s.ctuCount - first);
        const coder = new BitEncoder(contexts());
        codeRun(coder, s, map, first, count);
        units.push({ first, count, payload: coder.finish() });
    }
    return units;
}

/** Reads a unit into the map; false if it is damaged. */
export function decodeGrain(s: TextureState, map: GrainMap, { first, count, payload }: GrainUnit): boolean {
    if (count < 1 || first + count > s.ctuCount) return false;
    const coder = new BitDecoder(contexts(), payload);
    codeRun(coder, s, map, first, count);
    if (coder.intact) return true;
    for (const codes of map) codes.fill(0, first, first + count);
    return false;
}

function contexts(): Uint16Array {
    return new Uint16Array(CONTEXTS).fill(PROBABILITY_ONE >> 1);
}

function codeRun(coder: BitCoder, s: TextureState, map: GrainMap, first: number, count: number): void {
    for (let ctu = first; ctu < first + count; ctu++) {
        for (let octave = 0; octave < OCTAVES; octave++) {
            const codes = map[octave]!;
            const left = ctu % s.ctuColumns > 0 && ctu > first && codes[ctu - 1]! > 0 ? 1 : 0;
            const above = ctu - s.ctuColumns >= first && codes[ctu - s.ctuColumns]! > 0 ? 1 : 0;
            const context = 7 * (3 * octave + left + above);
            codes[ctu] = codeTree(coder, context, 3, codes[ctu]!);
        }
    }
}

/** The picture with its grain; strength is interpolated between the middles of coding tree units. */
export function withGrain(s: TextureState, map: GrainMap, picture: Picture): Picture {
    if (map.every((codes) => codes.every((code) => code === 0))) return picture;
    const { widthPx, heightPx } = picture;
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            const noise = grainAt(s, map, x, y);
            for (let c = 0; c < 3; c++) {
                const value = Math.floor(picture.rgb[c * size + i]! + noise + 0.5);
                rgb[c * size + i] = value < 0 ? 0 : value > 255 ? 255 : value;
            }
        }
    }
    return { ...picture, rgb };
}

function grainAt(s: TextureState, map: GrainMap, x: number, y: number): number {
    const u = (2 * x + 1) / (2 * CTU_SIZE) - 0.5;
    const v = (2 * y + 1) / (2 * CTU_SIZE) - 0.5;
    const [column, row] = [Math.floor(u), Math.floor(v)];
    let noise = 0;
    for (let octave = 0; octave < OCTAVES; octave++) {
        let strength = 0;
        for (let k = 0; k < 4; k++) {
            const [dx, dy] = [k & 1, k >> 1];
            const weight = (dx ? u - column : 1 - (u - column)) * (dy ? v - row : 1 - (v - row));
            const cx = Math.max(0, Math.min(s.ctuColumns - 1, column + dx));
            const cy = Math.max(0, Math.min(s.ctuRows - 1, row + dy));
            strength += weight * ROUGHNESS_LEVELS[map[octave]![cy * s.ctuColumns + cx]!]!;
        }
        if (strength > 0)
            noise += (strength / NOISE_RMS) * valueNoise(x * (128 >> octave), y * (128 >> octave), SEED + octave);
    }
    return noise;
}
