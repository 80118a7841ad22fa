/** Light sampling of the reference tracer: twin of `shaders/pathtracer/lights.wgsl` and `environment.wgsl`. */
import { sampleAlias } from '../lights/alias-table.ts';
import { coatEmission } from '../lights/coat-emission.ts';
import { type EnvironmentTable, texelSolidAngle } from '../lights/environment-table.ts';
import { chooseFromTree, treeProbability } from '../lights/light-importance.ts';
import { LIGHT_FALLOFF, LIGHT_KIND, LIGHT_TWO_SIDED, LIGHT_WORDS } from '../lights/light-rows.ts';
import type { LightTable } from '../lights/light-table.ts';
import { NONE } from '../math/none.ts';
import {
    add,
    addScaled,
    cross,
    determinant3,
    dot,
    length,
    mul,
    normalize,
    scale,
    sub,
    type Vec3
} from '../math/vector.ts';
import type { Scene, TextureRef } from '../scene/scene.ts';
import type { ReferenceAttributes } from './reference-attributes.ts';
import { hitOpacity } from './reference-geometry.ts';
import { basis } from './reference-material.ts';

/** A chosen light; pdf 0: none. */
export interface ReferenceLightSample {
    readonly direction: Vec3;
    readonly distance: number;
    /** So much short of it a shadow ray ends. */
    readonly gap: number;
    readonly radiance: Vec3;
    readonly pdf: number;
    readonly delta: boolean;
    /** Its row in the table. */
    readonly light: number;
}

type PointOnLight = Omit<ReferenceLightSample, 'light'>;

const NOTHING: ReferenceLightSample = {
    direction: [0, 0, 0],
    distance: 0,
    gap: 0,
    radiance: [0, 0, 0],
    pdf: 0,
    delta: false,
    light: -1
};
const FAR = 1e30;
/** As in `lights.wgsl`. */
const LIGHT_ROUNDING = 5e-7;
const LIGHT_GAP = 0.01;

function sumOf([x, y, z]: Vec3): number {
    return Math.abs(x) + Math.abs(y) + Math.abs(z);
}

/** The lights of a scene, as the tracer samples them. */
export class ReferenceLights {
    readonly #scene: Scene;
    readonly #attributes: ReferenceAttributes;
    readonly #table: LightTable;
    readonly #environment: EnvironmentTable;
    readonly #floats: Float32Array;
    readonly #cos: number;
    readonly #sin: number;
    readonly #intensity: number;

    constructor(scene: Scene, attributes: ReferenceAttributes, table: LightTable, environment: EnvironmentTable) {
        this.#scene = scene;
        this.#attributes = attributes;
        this.#table = table;
        this.#environment = environment;
        this.#floats = new Float32Array(table.words.buffer);
        this.#cos = Math.cos(scene.environment?.rotationRad ?? 0);
        this.#sin = Math.sin(scene.environment?.rotationRad ?? 0);
        this.#intensity = scene.environment?.intensity ?? 1;
    }

    /** From p, on a surface of normal n. */
    sample(p: Vec3, n: Vec3, r: readonly [number, number, number, number]): ReferenceLightSample {
        const { choices, alias, tree } = this.#table;
        if (choices === 0) return NOTHING;
        const choice = sampleAlias(alias, r[0]);
        let light = choice.index;
        let share = 1;
        if (tree && light === choices - 1) {
            const chosen = chooseFromTree(tree, p, n, choice.rest, r[3]);
            if (!chosen) return NOTHING;
            ({ light, pmf: share } = chosen);
        }
        return { ...this.#sampleLight(light, share, p, r), light };
    }

    #sampleLight(light: number, share: number, p: Vec3, r: readonly [number, number, number, number]): PointOnLight {
        const o = light * LIGHT_WORDS;
        const pmf = this.#floats[o + 11]! * share;
        const kind = this.#table.words[o + 3]! & 15;
        if (kind === LIGHT_KIND.environment) {
            const { direction, pdf } = this.#sampleEnvironment(r[1], r[2], r[3]);
            const radiance = this.environmentRadiance(direction);
            return { direction, distance: FAR, gap: 0, radiance, pdf: pmf * pdf, delta: false };
        }
        if (kind === LIGHT_KIND.sun) return this.#sampleSun(o, pmf, r[1], r[2]);
        return kind === LIGHT_KIND.triangle
            ? this.#sampleTriangle(light, pmf, p, r[1], r[2])
            : this.#punctual(o, pmf, p, kind);
    }

    #sampleSun(o: number, pmf: number, r1: number, r2: number): PointOnLight {
        const width = this.#floats[o + 7]!;
        const down = r1 * width;
        const sine = Math.sqrt(down * (2 - down));
        const axis = scale(this.#vector(o + 4), -1);
        const { tangent, bitangent } = basis(axis);
        const phi = 2 * Math.PI * r2;
        const around = add(scale(tangent, Math.cos(phi)), scale(bitangent, Math.sin(phi)));
        const direction = normalize(add(scale(around, sine), scale(axis, 1 - down)));
        const pdf = pmf / (2 * Math.PI * width);
        return { direction, distance: FAR, gap: 0, radiance: this.#vector(o + 12), pdf, delta: false };
    }

    /** Discs in this direction: radiance, and the density with which light sampling chooses it. */
    suns(direction: Vec3): { radiance: Vec3; pdf: number }[] {
        const out: { radiance: Vec3; pdf: number }[] = [];
        for (let o = 0; o < this.#table.suns * LIGHT_WORDS; o += LIGHT_WORDS) {
            const axis = this.#vector(o + 4);
            const off = cross(direction, axis);
            if (dot(direction, axis) > 0 || dot(off, off) > this.#floats[o + 15]!) continue;
            const pdf = this.#floats[o + 11]! / (2 * Math.PI * this.#floats[o + 7]!);
            out.push({ radiance: this.#vector(o + 12), pdf });
        }
        return out;
    }

    #vector(o: number): Vec3 {
        return [this.#floats[o]!, this.#floats[o + 1]!, this.#floats[o + 2]!];
    }

    #sampleTriangle(light: number, pmf: number, p: Vec3, r1: number, r2: number): PointOnLight {
        const o = light * LIGHT_WORDS;
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
            const made = this.#scene.materials[material]!;
            const texel = (ref: TextureRef | undefined): readonly number[] =>
                ref ? this.#attributes.sample(ref, [uv[0]!, uv[1]!]) : [1, 1, 1];
            const c = texel(made.textures?.emission);
            const left = coatEmission(made, texel(made.textures?.clearcoat)[0]!, cosine);
            radiance = scale(mul(radiance, [c[0]!, c[1]!, c[2]!]), left * this.#opacity(light, b));
        }
        const pdf = (pmf * distance * distance) / (f[o + 7]! * cosine);
        const size = sumOf(e1) + sumOf(e2);
        const rounding = (LIGHT_ROUNDING * (distance + sumOf(p) + size) * size * size) / (2 * f[o + 7]! * cosine);
        const gap = Math.min(rounding, LIGHT_GAP * distance);
        return { direction, distance, gap, radiance, pdf, delta: false };
    }

    /** What alpha leaves of a triangle, from the scene itself; b: weights of its second and third corner. */
    #opacity(light: number, b: readonly [number, number]): number {
        for (const [i, first] of this.#table.firstOfInstance.entries()) {
            const { mesh, material, transform } = this.#scene.instances[i]!;
            const { indices } = this.#scene.meshes[mesh]!;
            const index = light - first;
            if (index < 0 || index >= indices.length / 3) continue;
            const { alphaMode, alphaCutoff = 0.5 } = this.#scene.materials[material]!;
            if (alphaMode !== 'mask' && alphaMode !== 'blend') return 1;
            const order = determinant3(transform) < 0 ? [0, 2, 1] : [0, 1, 2];
            const vertices = order.map((k) => indices[index * 3 + k]!);
            const point = { u: b[0], v: b[1], triangle: { instance: i, vertices } };
            const opacity = hitOpacity(this.#scene, this.#attributes, point);
            return alphaMode === 'blend' ? opacity : opacity < alphaCutoff ? 0 : 1;
        }
        return 1;
    }

    #punctual(o: number, pdf: number, p: Vec3, kind: number): PointOnLight {
        const axis = this.#vector(o + 4);
        const power = this.#vector(o + 12);
        if (kind === LIGHT_KIND.directional) {
            return { direction: scale(axis, -1), distance: FAR, gap: 0, radiance: power, pdf, delta: true };
        }
        const to = sub(this.#vector(o), p);
        const distance = Math.max(length(to), 1e-6);
        const direction = scale(to, 1 / distance);
        const [range, falloff] = [this.#floats[o + 8]!, this.#floats[o + 9]!];
        const window = range > 0 ? Math.max(0, 1 - (distance / range) ** 4) : 1;
        let factor = window / (distance * distance);
        if (falloff === LIGHT_FALLOFF.soft) factor = window ** 2 / (distance * distance + 1);
        if (falloff === LIGHT_FALLOFF.linear) factor = Math.max(0, 1 - distance / range);
        if (kind === LIGHT_KIND.spot) {
            const outer = this.#floats[o + 15]!;
            const width = Math.max(this.#floats[o + 7]! - outer, 1e-4);
            const ramp = Math.min(1, Math.max(0, (-dot(direction, axis) - outer) / width));
            factor *= ramp ** 2 * (falloff === LIGHT_FALLOFF.physical ? 1 : 3 - 2 * ramp);
        }
        const gap = Math.min(LIGHT_ROUNDING * (distance + sumOf(p)), LIGHT_GAP * distance);
        return { direction, distance, gap, radiance: scale(power, factor), pdf, delta: true };
    }

    /** Density of hitting this light's triangle by light sampling from p, on a surface of normal n. */
    pdf(light: number, distance: number, direction: Vec3, p: Vec3, n: Vec3): number {
        const { tree, words } = this.#table;
        const o = light * LIGHT_WORDS;
        const cosine = Math.abs(dot(normalize(cross(this.#vector(o + 4), this.#vector(o + 8))), direction));
        let pmf = this.#floats[o + 11]!;
        if (!(cosine > 1e-6 && pmf > 0)) return 0;
        if (tree) pmf *= treeProbability(tree, words[o + 22]!, p, n);
        return (pmf * distance * distance) / (this.#floats[o + 7]! * cosine);
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
