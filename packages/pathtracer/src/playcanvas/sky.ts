/**
 * The engine's sky as the tracer's environment: the cube map or the atlas that lights the app's scene, read back, decoded
 * (RGBM, RGBP, RGBE, gamma or linear, as its type says) and laid out as the engine looks it up.
 *
 * Conventions of the engine (chunks `skybox`, `spherical`, `envAtlas` and `decode`, 2.23.3): a direction is turned by
 * `skyboxRotation` and mirrored in x; a cube map is then sampled with it; an atlas holds an equirectangular picture with
 * u = atan2(x, z) / 2 pi + 1/2 in its upper half. Rotations about the vertical axis are left to the tracer, so that turning the
 * sky costs no new picture.
 */
import {
    type AppBase,
    type Texture as EngineTexture,
    isSrgbPixelFormat,
    type Quat,
    SKYTYPE_INFINITE
} from 'playcanvas';
import { fromRotationTranslation } from '../math/vector.ts';
import { constantEnvironment } from '../scene/create-scene.ts';
import type { Environment } from '../scene/scene.ts';
import type { EventLog } from './events.ts';
import { type DeviceSeat, readTexture } from './read-texture.ts';
import { ContentMark, ensureUploaded } from './texture-content.ts';

type EngineScene = AppBase['scene'];
type Encoding = 'rgbm' | 'rgbp' | 'rgbe' | 'srgb' | 'linear';

/** Widest picture that is made of a sky, pixels; of a cube map twice as wide as its four sides, which keeps their edges. */
const WIDEST = 2048;

/** A sky's texels as light. */
export interface SkyTexels {
    readonly cubemap: boolean;
    readonly widthPx: number;
    readonly heightPx: number;
    /** 4 floats a texel as a shader loads them; of a cube map face after face: +x, -x, +y, -y, +z, -z. */
    readonly data: Float32Array;
    readonly encoding: Encoding;
}

/** Reads skies, each once for as long as it is the app's and holds the same. */
export class SkyReader {
    readonly #seat: DeviceSeat;
    #last: { texture: EngineTexture; mark: ContentMark; pitch: string; picture: Environment } | null = null;

    constructor(seat: DeviceSeat) {
        this.#seat = seat;
    }

    /** The light of the app's sky, or of its ambient colour where it has none; null if both are black. */
    async environment(scene: EngineScene, log: EventLog): Promise<Environment | null> {
        const texture = skyTexture(scene);
        if (!texture) return ambient(scene);
        if (scene.sky.type !== SKYTYPE_INFINITE) log.add('unsupported', 'the sky has a place: rendered infinitely far');
        const intensity = scene.physicalUnits ? scene.skyboxLuminance : scene.skyboxIntensity;
        const { turnRad, rest } = splitRotation(scene.skyboxRotation);
        const pitch = `${rest.join()}|${scene.skyboxHighlightMultiplier}`;
        if (this.#last?.texture !== texture || this.#last.pitch !== pitch || this.#last.mark.isOld(texture)) {
            ensureUploaded(texture);
            const mark = new ContentMark(texture);
            const {
                width: widthPx,
                height: heightPx,
                cubemap,
                encoding
            } = texture as EngineTexture & {
                encoding: Encoding;
            };
            const data = await readTexture(this.#seat.device, texture, 'floats');
            const sky: SkyTexels = { cubemap, widthPx, heightPx, data, encoding };
            const picture = equirectangular(sky, rest, scene.skyboxHighlightMultiplier);
            this.#last = { texture, mark, pitch, picture };
        }
        return { ...this.#last.picture, intensity, rotationRad: turnRad };
    }
}

/** What lights the scene: the cube map if it holds light beyond white, else the atlas made of the same sky, which does. */
export function skyTexture(scene: EngineScene): EngineTexture | null {
    const { skybox, envAtlas } = scene;
    if (!skybox || !envAtlas) return skybox ?? envAtlas;
    const { encoding } = skybox as EngineTexture & { encoding: Encoding };
    const bounded = encoding === 'srgb' || (encoding === 'linear' && isSrgbPixelFormat(skybox.format));
    return bounded ? envAtlas : skybox;
}

function ambient(scene: EngineScene): Environment | null {
    const color = scene.ambientLight.clone().linear();
    if (scene.physicalUnits) color.mulScalar(scene.ambientLuminance);
    return color.r + color.g + color.b === 0 ? null : constantEnvironment([color.r, color.g, color.b]);
}

/** A rotation as one about +y, which is done first, and the rest; the rest is the identity for a sky that is only turned. */
export function splitRotation({ x, y, z, w }: Quat): { turnRad: number; rest: Quaternion } {
    const length = Math.hypot(y, w);
    if (length < 1e-9) return { turnRad: 0, rest: [x, y, z, w] };
    const [ty, tw] = [y / length, w / length];
    // q times the inverse of the twist (0, ty, 0, tw).
    const rest: Quaternion = [x * tw + z * ty, 0, z * tw - x * ty, length];
    // The tracer counts the angle the other way round.
    return { turnRad: -2 * Math.atan2(ty, tw), rest: rest.map((value) => value + 0) as unknown as Quaternion };
}

type Quaternion = readonly [number, number, number, number];

/**
 * The sky as an equirectangular picture in the tracer's layout.
 *
 * @param rotation - Turns a direction of the picture into one of the engine's sky.
 * @param highlights - Factor on texels of 64 and more, `skyboxHighlightMultiplier`.
 */
export function equirectangular(sky: SkyTexels, rotation: Quaternion, highlights = 1): Environment {
    const widthPx = Math.min(WIDEST, sky.cubemap ? 8 * sky.widthPx : sky.widthPx);
    const heightPx = Math.max(1, widthPx / 2);
    const data = new Float32Array(3 * widthPx * heightPx);
    const m = fromRotationTranslation(rotation, [0, 0, 0]);
    const raw = new Float64Array(4);
    const lookUp = sky.cubemap ? sampleCube : sampleAtlas;
    const decode = DECODE[sky.encoding];
    for (let row = 0, o = 0; row < heightPx; row++) {
        const polar = (Math.PI * (row + 0.5)) / heightPx;
        const [y, ring] = [Math.cos(polar), Math.sin(polar)];
        for (let column = 0; column < widthPx; column++, o += 3) {
            const azimuth = 2 * Math.PI * ((column + 0.5) / widthPx - 0.5);
            const [x, z] = [ring * Math.cos(azimuth), ring * Math.sin(azimuth)];
            // The engine mirrors its skies.
            const dx = -(m[0]! * x + m[4]! * y + m[8]! * z);
            const dy = m[1]! * x + m[5]! * y + m[9]! * z;
            const dz = m[2]! * x + m[6]! * y + m[10]! * z;
            lookUp(sky, dx, dy, dz, raw);
            decode(raw);
            const bright = raw[0]! >= 64 || raw[1]! >= 64 || raw[2]! >= 64;
            for (let c = 0; c < 3; c++) {
                const value = raw[c]! * (bright ? highlights : 1);
                data[o + c] = value > 0 && value < Infinity ? value : 0;
            }
        }
    }
    return { widthPx, heightPx, data };
}

/** In place, from what a shader loads. */
const DECODE: Readonly<Record<Encoding, (raw: Float64Array) => void>> = {
    linear: () => {},
    srgb: (raw) => each(raw, (value) => value ** 2.2),
    rgbm: (raw) => each(raw, (value) => (8 * raw[3]! * value) ** 2),
    rgbp: (raw) => each(raw, (value) => (value * (8 - 7 * raw[3]!)) ** 2),
    rgbe: (raw) => each(raw, (value) => (raw[3] === 0 ? 0 : value * 2 ** (raw[3]! * 255 - 128)))
};

function each(raw: Float64Array, change: (value: number) => number): void {
    for (let c = 0; c < 3; c++) raw[c] = change(raw[c]!);
}

/** Faces as WebGPU orders them (the table of "Cube map textures"). */
function sampleCube(sky: SkyTexels, x: number, y: number, z: number, out: Float64Array): void {
    const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
    let [face, s, t, major] = [0, 0, 0, ax];
    if (ax >= ay && ax >= az) [face, s, t] = x > 0 ? [0, -z, -y] : [1, z, -y];
    else if (ay >= az) [face, s, t, major] = y > 0 ? [2, x, z, ay] : [3, x, -z, ay];
    else [face, s, t, major] = z > 0 ? [4, x, -y, az] : [5, -x, -y, az];
    const base = face * sky.widthPx * sky.heightPx;
    bilinear(sky, base, ((s / major + 1) / 2) * sky.widthPx, ((t / major + 1) / 2) * sky.heightPx, out);
}

/** Width of the seam around each part of an atlas, as a share of the atlas. */
const SEAM = 1 / 512;

function sampleAtlas(sky: SkyTexels, x: number, y: number, z: number, out: Float64Array): void {
    const u = Math.atan2(x, z) / (2 * Math.PI) + 0.5;
    const v = 0.5 - Math.asin(Math.min(1, Math.max(-1, y))) / Math.PI;
    const px = (SEAM + (1 - 2 * SEAM) * u) * sky.widthPx;
    const py = (SEAM + (0.5 - 2 * SEAM) * v) * sky.heightPx;
    bilinear(sky, 0, px, py, out);
}

/** Filters what is stored and not what it means, as the engine's samplers do. */
function bilinear(sky: SkyTexels, base: number, px: number, py: number, out: Float64Array): void {
    const { data, widthPx, heightPx } = sky;
    const clampX = (value: number): number => Math.min(widthPx - 1, Math.max(0, value));
    const clampY = (value: number): number => Math.min(heightPx - 1, Math.max(0, value));
    const [x0, y0] = [Math.floor(px - 0.5), Math.floor(py - 0.5)];
    const [fx, fy] = [px - 0.5 - x0, py - 0.5 - y0];
    out.fill(0);
    for (let dy = 0; dy < 2; dy++) {
        for (let dx = 0; dx < 2; dx++) {
            const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
            const o = 4 * (base + clampY(y0 + dy) * widthPx + clampX(x0 + dx));
            for (let c = 0; c < 4; c++) out[c] = out[c]! + weight * data[o + c]!;
        }
    }
}
