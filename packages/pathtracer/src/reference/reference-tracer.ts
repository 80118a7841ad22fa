/**
 * The tracer once more, as a loop over paths in plain TypeScript and double precision: the oracle of the GPU kernels. Same
 * random numbers, same estimator, same order of decisions; no queues, no packed scene, no BVH. A path costs microseconds times
 * the triangles: for small scenes and small pictures.
 */

import { evaluateBsdf, sampleBsdf } from '../bsdf/bsdf.ts';
import { environmentTable } from '../lights/environment-table.ts';
import { buildLightTable, type LightSampler, type LightTable } from '../lights/light-table.ts';
import { add, addScaled, dot, length, mul, normalize, scale, sub, type Vec3 } from '../math/vector.ts';
import { DIMENSION_BLOCK, random4, randomOfTriangle, type Sampler } from '../random/random4.ts';
import {
    apertureSample,
    CAMERA_KIND,
    type CameraFrame,
    type CameraRay,
    type CameraView,
    cameraFrame,
    cameraRay
} from '../scene/camera.ts';
import type { Scene } from '../scene/scene.ts';
import type { Strategy } from '../tracer/options.ts';
import { absorption } from '../tracer/pack-materials.ts';
import { cameraCone, coneAfter, type RayCone } from '../tracer/ray-cone.ts';
import { ReferenceAttributes } from './reference-attributes.ts';
import {
    hitOpacity,
    intersectReference,
    type ReferenceHit,
    type ReferenceSurface,
    type ReferenceTriangle,
    referenceTriangles,
    surfaceAt
} from './reference-geometry.ts';
import { ReferenceLights } from './reference-lights.ts';

/** Parameters of {@link renderReference}. */
export interface ReferenceInit {
    readonly view: CameraView;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly spp: number;
    readonly maxBounces: number;
    readonly rouletteStart: number;
    readonly seed: number;
    readonly sampler: Sampler;
    readonly strategy: Strategy;
    readonly lightSampler?: LightSampler;
}

/** Interleaved moments: 3 numbers a pixel each. */
export interface ReferencePicture {
    readonly sum: Float64Array;
    readonly sumSquares: Float64Array;
    readonly rays: number;
    /** Samples that did not reach the sums. */
    readonly rejected: number;
    /** Index of the instance seen through each pixel's centre plus 1, 0 for none; its depth, normal and albedo. */
    readonly instance: Uint32Array;
    readonly depth: Float64Array;
    readonly normal: Float64Array;
    readonly albedo: Float64Array;
}

const FAR = 1e30;

/** Renders a scene. */
export function renderReference(scene: Scene, init: ReferenceInit): ReferencePicture {
    const tracer = new ReferenceTracer(scene, init);
    const n = init.widthPx * init.heightPx;
    const out = {
        sum: new Float64Array(3 * n),
        sumSquares: new Float64Array(3 * n),
        instance: new Uint32Array(n),
        depth: new Float64Array(n).fill(Infinity),
        normal: new Float64Array(3 * n),
        albedo: new Float64Array(3 * n)
    };
    let rejected = 0;
    for (let pixel = 0; pixel < n; pixel++) {
        for (let s = 0; s < init.spp; s++) {
            const c = tracer.path(pixel, s);
            if (c.some(isRejected)) {
                rejected++;
                continue;
            }
            for (let k = 0; k < 3; k++) {
                out.sum[pixel * 3 + k]! += c[k]!;
                out.sumSquares[pixel * 3 + k]! += c[k]! ** 2;
            }
        }
        const first = tracer.firstHit(pixel);
        if (!first) continue;
        out.instance[pixel] = first.instance + 1;
        out.depth[pixel] = first.depth;
        out.normal.set(first.surface.normal, pixel * 3);
        out.albedo.set(first.surface.baseColor, pixel * 3);
    }
    return { ...out, rays: tracer.rays, rejected };
}

/** What the film does not take, see `film.wgsl`. */
function isRejected(c: number): boolean {
    return !(c >= 0 && c < 2 ** 51);
}

class ReferenceTracer {
    readonly #scene: Scene;
    readonly #init: ReferenceInit;
    readonly #attributes: ReferenceAttributes;
    readonly #triangles: readonly ReferenceTriangle[];
    readonly #table: LightTable;
    readonly #lights: ReferenceLights;
    readonly #camera: CameraFrame;
    rays = 0;

    constructor(scene: Scene, init: ReferenceInit) {
        this.#scene = scene;
        this.#init = init;
        this.#attributes = new ReferenceAttributes(scene);
        this.#triangles = referenceTriangles(scene);
        this.#table = buildLightTable(scene, {
            radius: radiusOf(this.#triangles),
            sampler: init.lightSampler ?? 'auto'
        });
        this.#lights = new ReferenceLights(scene, this.#attributes, this.#table, environmentTable(scene.environment));
        this.#camera = cameraFrame(init.view);
    }

    #ray(pixel: number, jx: number, jy: number, aperture: readonly [number, number] = [0, 0]): CameraRay {
        const { widthPx, heightPx } = this.#init;
        const x = ((pixel % widthPx) + jx) / widthPx;
        const y = (Math.floor(pixel / widthPx) + jy) / heightPx;
        return cameraRay(this.#camera, x, y, aperture);
    }

    firstHit(pixel: number): { instance: number; depth: number; surface: ReferenceSurface } | null {
        const { origin, direction } = this.#ray(pixel, 0.5, 0.5);
        const hit = this.#intersect(origin, direction, FAR, [pixel, 0, 0]);
        if (!hit) return null;
        const surface = this.#surface(hit, direction, this.#cone());
        const { kind, back } = this.#camera;
        const along = kind === CAMERA_KIND['equirectangular'] ? 1 : -dot(direction, back);
        return { instance: hit.triangle.instance, depth: hit.t * along, surface };
    }

    #cone(): RayCone {
        return cameraCone(this.#camera, this.#init.heightPx);
    }

    #surface(hit: ReferenceHit, direction: Vec3, cone: RayCone): ReferenceSurface {
        return surfaceAt(this.#scene, this.#attributes, this.#table, hit, direction, cone);
    }

    #intersect(
        origin: Vec3,
        direction: Vec3,
        tMax: number,
        key: readonly [number, number, number]
    ): ReferenceHit | null {
        this.rays++;
        return intersectReference(this.#triangles, origin, direction, tMax, (hit) => this.#passes(hit, key));
    }

    /** Alpha mask and blend. */
    #passes(hit: ReferenceHit, key: readonly [number, number, number]): boolean {
        const material = this.#scene.materials[this.#scene.instances[hit.triangle.instance]!.material]!;
        if (material.alphaMode !== 'mask' && material.alphaMode !== 'blend') return false;
        const opacity = hitOpacity(this.#scene, this.#attributes, hit);
        if (material.alphaMode === 'mask') return opacity < (material.alphaCutoff ?? 0.5);
        const { instance, index } = hit.triangle;
        return randomOfTriangle(key, instance + 1, index, this.#init) >= opacity;
    }

    /** Radiance of one path. */
    path(pixel: number, sample: number): Vec3 {
        const { maxBounces } = this.#init;
        const r = random4(pixel, sample, 0, DIMENSION_BLOCK['camera']!, this.#init);
        let { origin, direction } = this.#ray(pixel, r[1], r[2], apertureSample(this.#camera.lens.blades, r[0], r[3]));
        let cone = this.#cone();
        let pdf = -1;
        let facing: Vec3 = [0, 0, 0];
        let throughput: Vec3 = [1, 1, 1];
        let radiance: Vec3 = [0, 0, 0];
        let medium = 0;
        for (let bounce = 0; bounce <= maxBounces; bounce++) {
            const key = [pixel, sample, bounce] as const;
            const hit = this.#intersect(origin, direction, FAR, key);
            if (!hit) {
                const other = pdf >= 0 ? this.#lights.environmentPdf(direction) : 0;
                let seen = scale(this.#lights.environmentRadiance(direction), this.#bsdfWeight(pdf, other));
                for (const sun of this.#lights.suns(direction)) {
                    seen = addScaled(seen, sun.radiance, this.#bsdfWeight(pdf, sun.pdf));
                }
                return add(radiance, mul(throughput, seen));
            }
            const s = this.#surface(hit, direction, cone);
            throughput = mul(throughput, this.#transmittance(medium, hit.t));
            const other = s.light >= 0 && pdf >= 0 ? this.#lights.pdf(s.light, hit.t, direction, origin, facing) : 0;
            radiance = add(radiance, mul(throughput, scale(s.emission, this.#bsdfWeight(pdf, other))));
            if (bounce === maxBounces) break;
            radiance = add(radiance, this.#direct(s, throughput, medium, key));
            const next = this.#scatter(s, throughput, medium, key);
            if (!next) break;
            ({ origin, direction, pdf, throughput, cone, medium } = next);
            facing = s.normal;
        }
        return radiance;
    }

    /** Share of light that a medium lets through; 0 is none. */
    #transmittance(medium: number, distance: number): Vec3 {
        if (medium === 0 || distance >= FAR) return [1, 1, 1];
        return absorption(this.#scene.materials[medium - 1]!).map((a) => Math.exp(-a * distance)) as unknown as Vec3;
    }

    #direct(s: ReferenceSurface, throughput: Vec3, medium: number, key: readonly [number, number, number]): Vec3 {
        const { strategy } = this.#init;
        const light = this.#lights.sample(s.position, s.normal, random4(...key, DIMENSION_BLOCK['light']!, this.#init));
        if (!(light.pdf > 0) || (strategy === 'bsdf' && !light.delta)) return [0, 0, 0];
        const wi = toLocal(s, light.direction);
        const side = dot(s.geometric, light.direction);
        if (wi[2] * side <= 0) return [0, 0, 0];
        const { f, pdf } = evaluateBsdf(s.bsdf, s.wo, wi, hueOf(throughput));
        const weight = light.delta ? 1 : this.#lightWeight(light.pdf, pdf);
        const kept = this.#transmittance(mediumBeyond(s, wi, medium), light.distance);
        const contribution = scale(mul(mul(mul(throughput, f), light.radiance), kept), weight / light.pdf);
        // What is not a number or infinite goes on, for the sample to be rejected.
        if (contribution.every((c) => c === 0)) return [0, 0, 0];
        // Its own choices at transparent triangles: see `occluded` in traverse.wgsl.
        const own = [key[0], ~key[1] >>> 0, key[2]] as const;
        const start = offset(s, side);
        if (light.distance >= FAR) return this.#intersect(start, light.direction, FAR, own) ? [0, 0, 0] : contribution;
        const aim = sub(scale(light.direction, light.distance), sub(start, s.position));
        const reach = length(aim);
        const blocked = this.#intersect(start, scale(aim, 1 / reach), reach - light.gap, own);
        return blocked ? [0, 0, 0] : contribution;
    }

    #scatter(s: ReferenceSurface, throughput: Vec3, medium: number, key: readonly [number, number, number]) {
        const r = random4(...key, DIMENSION_BLOCK['bsdf']!, this.#init);
        const chosen = sampleBsdf(s.bsdf, s.wo, r[0], r[1], r[2], hueOf(throughput));
        if (chosen.pdf === 0) return null;
        const direction = normalize(toWorld(s, chosen.wi));
        const side = dot(s.geometric, direction);
        let next = mul(throughput, chosen.weight);
        const largest = Math.max(...next);
        if (chosen.wi[2] * side <= 0 || !(largest > 0)) return null;
        if (key[2] >= this.#init.rouletteStart) {
            const survive = Math.min(largest, 0.95);
            if (r[3] >= survive) return null;
            next = scale(next, 1 / survive);
        }
        const beyond = mediumBeyond(s, chosen.wi, medium);
        const eta = chosen.wi[2] > 0 ? 0 : s.bsdf.thin ? 1 : s.bsdf.eta;
        const cone = coneAfter(s.cone, s.curvature, eta, chosen.pdf);
        return { origin: offset(s, side), direction, pdf: chosen.pdf, throughput: next, cone, medium: beyond };
    }

    #bsdfWeight(pdf: number, other: number): number {
        if (pdf < 0 || this.#init.strategy === 'bsdf' || other <= 0) return 1;
        if (this.#init.strategy === 'light') return 0;
        return 1 / (1 + (other / pdf) ** 2);
    }

    #lightWeight(pdf: number, other: number): number {
        if (this.#init.strategy !== 'mis') return this.#init.strategy === 'light' ? 1 : 0;
        return 1 / (1 + (other / pdf) ** 2);
    }
}

function mediumBeyond(s: ReferenceSurface, wi: Vec3, medium: number): number {
    return wi[2] < 0 && s.beyond !== null ? s.beyond : medium;
}

/** By which glass with dispersion draws a channel. */
function hueOf(throughput: Vec3): Vec3 {
    return scale(throughput, 1 / Math.max(throughput[0] + throughput[1] + throughput[2], 1e-30));
}

function toLocal(s: ReferenceSurface, v: Vec3): Vec3 {
    return [dot(s.tangent, v), dot(s.bitangent, v), dot(s.normal, v)];
}

function toWorld(s: ReferenceSurface, v: Vec3): Vec3 {
    return addScaled(addScaled(scale(s.tangent, v[0]), s.bitangent, v[1]), s.normal, v[2]);
}

/** Away from the surface by what the kernels' offset amounts to near the unit sphere. */
function offset(s: ReferenceSurface, side: number): Vec3 {
    return addScaled(s.position, s.geometric, (side > 0 ? 1 : -1) * 2e-5);
}

function radiusOf(triangles: readonly ReferenceTriangle[]): number {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const { v0, e1, e2 } of triangles) {
        for (const p of [v0, add(v0, e1), add(v0, e2)]) {
            for (let k = 0; k < 3; k++) {
                low[k] = Math.min(low[k]!, p[k]!);
                high[k] = Math.max(high[k]!, p[k]!);
            }
        }
    }
    return Math.max(1e-6, Math.hypot(high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!) / 2);
}
