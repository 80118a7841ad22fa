/**
 * The tone mappers of PlayCanvas (engine 2.23.3, shader chunks `tonemapping*`), curve for curve, so that a path-traced
 * picture can be laid beside the engine's own. They take linear scene colour and give linear display colour; like the
 * engine's shaders, only `aces2` clamps. Sources of the curves: filmic, Hable's Uncharted 2; hejl, Hejl and Burgess-Dawson;
 * aces, Narkowicz 2016; aces2, Hill's RRT + ODT fit; neutral, Khronos PBR Neutral.
 */
import { badInput } from '@mixreel/core';
import { Frame } from './frame.ts';

/** Names of PlayCanvas' TONEMAP_ constants, in lower case. */
export type ToneMapper = 'linear' | 'filmic' | 'hejl' | 'aces' | 'aces2' | 'neutral' | 'none';

/** Parameters of {@link toneMap}. */
export interface ToneMapOptions {
    readonly mapper?: ToneMapper;
    /** Factor on the colour before the curve, 0 to 1e6 (as `scene.exposure`); `none` takes no notice of it, as in the engine. */
    readonly exposure?: number;
}

/** PlayCanvas' own defaults. */
export const TONE_MAP_DEFAULTS: Required<ToneMapOptions> = Object.freeze({ mapper: 'linear', exposure: 1 });

/** Maps one pixel in place: `rgb` holds exposed linear colour. */
type Curve = (rgb: Float64Array) => void;

const each =
    (curve: (x: number) => number): Curve =>
    (rgb) => {
        for (let c = 0; c < 3; c++) rgb[c] = curve(rgb[c]!);
    };

function hable(x: number): number {
    const [a, b, c, d, e, f] = [0.15, 0.5, 0.1, 0.2, 0.02, 0.3];
    return (x * (a * x + c * b) + d * e) / (x * (a * x + b) + d * f) - e / f;
}

const HABLE_WHITE = hable(11.2);

function hejl(color: number): number {
    const [a, b, c, d, e, f] = [0.22, 0.3, 0.1, 0.2, 0.01, 0.3];
    const h = Math.max(0, color - 0.004);
    return 1.25 * ((h * (a * h + c * b) + d * e) / (h * (a * h + b) + d * f) - e / f);
}

const ACES_IN = [0.59719, 0.35458, 0.04823, 0.076, 0.90834, 0.01566, 0.0284, 0.13383, 0.83777];
const ACES_OUT = [1.60475, -0.53108, -0.07367, -0.10208, 1.10813, -0.00605, -0.00327, -0.07276, 1.07602];

function multiply(rows: readonly number[], rgb: Float64Array): void {
    const [r, g, b] = rgb as unknown as [number, number, number];
    for (let c = 0; c < 3; c++) rgb[c] = rows[3 * c]! * r + rows[3 * c + 1]! * g + rows[3 * c + 2]! * b;
}

function aces2(rgb: Float64Array): void {
    for (let c = 0; c < 3; c++) rgb[c]! /= 0.6;
    multiply(ACES_IN, rgb);
    for (let c = 0; c < 3; c++) {
        const v = rgb[c]!;
        rgb[c] = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.432951) + 0.238081);
    }
    multiply(ACES_OUT, rgb);
    for (let c = 0; c < 3; c++) rgb[c] = Math.min(1, Math.max(0, rgb[c]!));
}

function neutral(rgb: Float64Array): void {
    const start = 0.8 - 0.04;
    const x = Math.min(rgb[0]!, rgb[1]!, rgb[2]!);
    const offset = x < 0.08 ? x - 6.25 * x * x : 0.04;
    for (let c = 0; c < 3; c++) rgb[c]! -= offset;
    const peak = Math.max(rgb[0]!, rgb[1]!, rgb[2]!);
    if (peak < start) return;
    const d = 1 - start;
    const newPeak = 1 - (d * d) / (peak + d - start);
    const g = 1 - 1 / (0.15 * (peak - newPeak) + 1);
    for (let c = 0; c < 3; c++) rgb[c] = (rgb[c]! * newPeak * (1 - g)) / peak + newPeak * g;
}

const CURVES: Readonly<Record<ToneMapper, Curve>> = {
    linear: () => {},
    filmic: each((x) => hable(x) / HABLE_WHITE),
    hejl: each(hejl),
    aces: each((x) => (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)),
    aces2,
    neutral,
    none: () => {}
};

/** The names there are, for menus and messages. */
export const TONE_MAPPERS: readonly ToneMapper[] = Object.freeze(Object.keys(CURVES) as ToneMapper[]);

/** A frame whose colour is tone-mapped; the other layers are shared with the input. */
export function toneMap(frame: Frame, options: ToneMapOptions = {}): Frame {
    const { mapper, exposure } = { ...TONE_MAP_DEFAULTS, ...options };
    const curve = CURVES[mapper];
    if (!curve) throw badInput(`the tone mapper is "${mapper}"`, TONE_MAPPERS.join(', '), 'Use one of these names');
    if (!(exposure >= 0 && exposure <= 1e6)) {
        throw badInput(`exposure is ${exposure}`, 'a number from 0 to 1e6', 'Give a factor in that range');
    }
    const pixels = frame.widthPx * frame.heightPx;
    const color = frame.layer('color');
    const factor = mapper === 'none' ? 1 : exposure;
    const mapped = new Float32Array(3 * pixels);
    const rgb = new Float64Array(3);
    for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 3; c++) rgb[c] = color[c * pixels + i]! * factor;
        curve(rgb);
        for (let c = 0; c < 3; c++) mapped[c * pixels + i] = rgb[c]!;
    }
    const { widthPx, heightPx, view, timeNs, textures } = frame;
    return new Frame({
        widthPx,
        heightPx,
        view,
        timeNs,
        textures,
        layers: { ...Object.fromEntries(frame.layers), color: mapped }
    });
}
