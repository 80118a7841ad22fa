/** Light sampling of the reference tracer: twin of `shaders/pathtracer/lights.wgsl` and `environment.wgsl`. */
import { sampleAlias } from '../lights/alias-table.ts';
import { type EnvironmentTable, texelSolidAngle } from '../lights/environment-table.ts';
import { LIGHT_KIND, LIGHT_TWO_SIDED, LIGHT_WORDS, type LightTable, NONE } from '../lights/light-table.ts';
import { add, addScaled, cross, dot, length, mul, normalize, scale, sub, type Vec3 } from '../math/vector.ts';
import type { Scene } from '../scene/scene.ts';
import { sampleReferenceTexture } from './reference-geometry.ts';

/** A chosen light; pdf 0: none. */
export interface ReferenceLightSample {
    readonly direction: Vec3;
    readonly distance: number;
    readonly radiance: Vec3;
    readonly pdf: number;
    readonly delta: boolean;
}

const NOTHING: ReferenceLightSample = {
    direction: [0, 0, 0],
    distance: 0,
    radiance: [0, 0, 0],
    pdf: 0,
    delta: false
};
const FAR = 1e30;

/** The lights of a scene, as the tracer samples them. */
export class ReferenceLights {
    readonly #scene: Scene;
    readonly #table: LightTable;
    readonly #environment: EnvironmentTable;
    readonly #floats: Float32Array;
    readonly #cos: number;
    readonly #sin: number;
    readonly #intensity: number;

    constructor(scene: Scene, table: LightTable, environment: EnvironmentTable) {
        this.#scene = scene;
        this.#table = table;
        this.#environment = environment;
        this.#floats = new Float32Array(table.words.buffer);
        this.#cos = Math.cos(scene.environment?.rotationRad ?? 0);
        this.#sin = Math.sin(scene.environment?.rotationRad ?? 0);
        this.#intensity = scene.environment?.intensity ?? 1;
    }

    sample(p: Vec3, r: readonly [number, number, number, number]): ReferenceLightSample {
        const { words, count, alias } = this.#table;
        if (count === 0 || alias.total === 0) return NOTHING;
        const o = sampleAlias(alias, r[0]).index * LIGHT_WORDS;
        const pmf = this.#floats[o + 11]!;
        const kind = words[o + 3]! & 15;
        if (kind === LIGHT_KIND['environment']) {
            const { direction, pdf } = this.#sampleEnvironment(r[1], r[2], r[3]);
            const radiance = this.environmentRadiance(direction);
            return { direction, distance: FAR, radiance, pdf: pmf * pdf, delta: false };
        }
        return kind === LIGHT_KIND['triangle'] ? this.#sampleTriangle(o, p, r[1], r[2]) : this.#punctual(o, p, kind);
    }

    #vector(o: number): Vec3 {
        return [this.#floats[o]!, this.#floats[o + 1]!, this.#floats[o + 2]!];
    }

    #sampleTriangle(o: number, p: Vec3, r1: number, r2: number): ReferenceLightSample {
        const f = this.#floats;
        const root = Math.sqrt(r1);
        const b = [root * (1 - r2), root * r2] as const;
        const [e1, e2] = [this.#vector(o + 4), this.#vector(o + 8)];
        const to = sub(addScaled(addScaled(this.#vector(o), e1, b[0]), e2, b[1]), p);
        const distance = length(to);
        if (!(distance > 0)) return NOTHING;
        const direction = scale(to, 1 / distance);
        let cosine = -dot(normalize(cross(e1, e2)), direction);
        if (this.#table.words[o + 3]! & LIGHT_TWO_SIDED) cosine = Math.abs(cosine);
        if (!(cosine > 1e-6)) return NOTHING;
        let radiance = this.#vector(o + 12);
        const material = this.#table.words[o + 15]!;
        if (material !== NONE) {
            const w = 1 - b[0] - b[1];
            const uv = [0, 1].map((k) => f[o + 16 + k]! * w + f[o + 18 + k]! * b[0] + f[o + 20 + k]! * b[1]);
            const picture = this.#scene.materials[material]!.textures!.emission!;
            const c = sampleReferenceTexture(this.#scene, picture, [uv[0]!, uv[1]!]);
            radiance = mul(radiance, [c[0]!, c[1]!, c[2]!]);
        }
        const pdf = (f[o + 11]! * distance * distance) / (f[o + 7]! * cosine);
        return { direction, distance, radiance, pdf, delta: false };
    }

    #punctual(o: number, p: Vec3, kind: number): ReferenceLightSample {
        const pdf = this.#floats[o + 11]!;
        const axis = this.#vector(o + 4);
        const power = this.#vector(o + 12);
        if (kind === LIGHT_KIND['directional']) {
            return { direction: scale(axis, -1), distance: FAR, radiance: power, pdf, delta: true };
        }
        const to = sub(this.#vector(o), p);
        const distance = Math.max(length(to), 1e-6);
        const direction = scale(to, 1 / distance);
        let factor = 1 / (distance * distance);
        if (kind === LIGHT_KIND['spot']) {
            const outer = this.#floats[o + 15]!;
            const width = Math.max(this.#floats[o + 7]! - outer, 1e-4);
            factor *= Math.min(1, Math.max(0, (-dot(direction, axis) - outer) / width)) ** 2;
        }
        return { direction, distance, radiance: scale(power, factor), pdf, delta: true };
    }

    /** Density of hitting this light's triangle by light sampling. */
    pdf(light: number, distance: number, direction: Vec3): number {
        const o = light * LIGHT_WORDS;
        const cosine = Math.abs(dot(normalize(cross(this.#vector(o + 4), this.#vector(o + 8))), direction));
        if (!(cosine > 1e-6)) return 0;
        return (this.#floats[o + 11]! * distance * distance) / (this.#floats[o + 7]! * cosine);
    }

    /** Density of a direction by light sampling of the environment. */
    environmentPdf(direction: Vec3): number {
        const { widthPx, heightPx, alias } = this.#environment;
        if (widthPx === 0) return 0;
        const [u, v] = this.#uv(direction);
        const x = Math.min(widthPx - 1, Math.max(0, Math.floor(u * widthPx)));
        const y = Math.min(heightPx - 1, Math.max(0, Math.floor(v * heightPx)));
        return (this.#table.environmentPmf * alias.pmf[y * widthPx + x]!) / texelSolidAngle(y, widthPx, heightPx);
    }

    environmentRadiance(direction: Vec3): Vec3 {
        const { widthPx, heightPx } = this.#environment;
        if (widthPx === 0) return [0, 0, 0];
        const [u, v] = this.#uv(direction);
        const x = u * widthPx - 0.5;
        const y = v * heightPx - 0.5;
        const x0 = Math.floor(x);
        const y0 = Math.floor(y);
        let sum: Vec3 = [0, 0, 0];
        for (let k = 0; k < 4; k++) {
            const dx = k & 1;
            const dy = k >> 1;
            const weight = (dx ? x - x0 : 1 - x + x0) * (dy ? y - y0 : 1 - y + y0);
            const column = (((x0 + dx) % widthPx) + widthPx) % widthPx;
            const row = Math.min(heightPx - 1, Math.max(0, y0 + dy));
            const o = (row * widthPx + column) * 4;
            const { rows } = this.#environment;
            sum = add(sum, scale([rows[o]!, rows[o + 1]!, rows[o + 2]!], weight));
        }
        return scale(sum, this.#intensity);
    }

    #uv(d: Vec3): [number, number] {
        const x = this.#cos * d[0] - this.#sin * d[2];
        const z = this.#sin * d[0] + this.#cos * d[2];
        return [Math.atan2(z, x) / (2 * Math.PI) + 0.5, Math.acos(Math.min(1, Math.max(-1, d[1]))) / Math.PI];
    }

    #sampleEnvironment(r0: number, r1: number, r2: number): { direction: Vec3; pdf: number } {
        const { widthPx, heightPx, alias } = this.#environment;
        const { index } = sampleAlias(alias, r0);
        const row = Math.floor(index / widthPx);
        const column = index % widthPx;
        const top = Math.cos((Math.PI * row) / heightPx);
        const bottom = Math.cos((Math.PI * (row + 1)) / heightPx);
        const y = top + (bottom - top) * r2;
        const phi = ((column + r1) / widthPx - 0.5) * 2 * Math.PI;
        const s = Math.sqrt(Math.max(0, 1 - y * y));
        const d: Vec3 = [s * Math.cos(phi), y, s * Math.sin(phi)];
        const direction: Vec3 = [this.#cos * d[0] + this.#sin * d[2], y, -this.#sin * d[0] + this.#cos * d[2]];
        return { direction, pdf: alias.pmf[index]! / texelSolidAngle(row, widthPx, heightPx) };
    }
}
