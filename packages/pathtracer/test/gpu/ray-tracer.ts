/** The kernels' traversal on given rays: `shaders/pathtracer/trace_rays.wgsl`, for the oracles of `traversal.test.ts`. */
import { join } from 'node:path';
import type { Device, Kernel } from '@mixreel/gpu';
import { linkFolder } from '@mixreel/gpu/build';
import type { Vec3 } from '../../src/math/vector.ts';
import { cullsBacks } from '../../src/scene/culling.ts';
import type { Scene } from '../../src/scene/scene.ts';
import { DeviceScene } from '../../src/tracer/device-scene.ts';
import { isSoftware } from '../../src/tracer/kernels.ts';
import type { PackOptions } from '../../src/tracer/pack-scene.ts';

/** A ray; hits lie within (0, tMax). */
export interface Ray {
    readonly origin: Vec3;
    readonly direction: Vec3;
    readonly tMax: number;
}

/** What the kernels say of a ray. */
export interface RayHit {
    readonly t: number;
    /** Barycentric coordinates of v1 and v2. */
    readonly uv: readonly [number, number];
    /** Position of the triangle in the buffers, or -1: nothing was hit. */
    readonly position: number;
    /** Of the scene. */
    readonly instance: number;
    /** Of the instance's mesh. */
    readonly triangle: number;
    /** What the any-hit traversal says. */
    readonly occluded: boolean;
}

const SHADERS = join(import.meta.dirname, '..', '..', '..', '..', 'shaders', 'pathtracer');
const NONE = 0xffffffff;
export const SEED = 5;

/** A ray as the kernels are given it: rounded to float32. */
export function ray(origin: Vec3, direction: Vec3, tMax = 1e30): Ray {
    const round = (v: Vec3): Vec3 => [Math.fround(v[0]), Math.fround(v[1]), Math.fround(v[2])];
    return { origin: round(origin), direction: round(direction), tMax: Math.fround(tMax) };
}

/** What a kernel is compiled for. */
interface Traits {
    readonly flattened: boolean;
    readonly opaque: boolean;
    readonly solid: boolean;
    readonly splitBits: number;
}

/** Traces rays through scenes on one device; keeps the compiled kernels. */
export class RayTracer {
    readonly #device: Device;
    readonly #kernels = new Map<string, Promise<Kernel>>();

    constructor(device: Device) {
        this.#device = device;
    }

    /** @param keys - Of the random choices at triangles with alpha blend, one a ray; default 0. */
    async trace(
        scene: Scene,
        options: Partial<PackOptions>,
        rays: readonly Ray[],
        keys: readonly number[] = []
    ): Promise<RayHit[]> {
        const content = await DeviceScene.create(this.#device, scene, options);
        const opaque = scene.materials.every(({ alphaMode = 'opaque' }) => alphaMode === 'opaque');
        const solid = !scene.materials.some(cullsBacks);
        const { flattened, ...layout } = content.layout;
        const kernel = await this.#kernel({ flattened, opaque, solid, splitBits: content.splitBits });
        const view = kernel.view('params');
        view.set({ ...layout, flattened: Number(flattened), seed: SEED });
        const data = new Float32Array(rays.length * 8);
        const words = new Uint32Array(data.buffer);
        for (const [i, { origin, direction, tMax }] of rays.entries()) {
            data.set([...origin, tMax, ...direction], i * 8);
            words[i * 8 + 7] = keys[i] ?? 0;
        }
        const params = this.#device.createBuffer({
            label: 'params',
            data: new Uint8Array(view.arrayBuffer),
            usage: 'uniform'
        });
        const given = this.#device.createBuffer({ label: 'rays', data });
        const found = this.#device.createBuffer({ label: 'found', sizeBytes: rays.length * 32 });
        try {
            const bindings = { ...content.bindings, params, rays: given, found };
            await this.#device
                .record('trace rays')
                .dispatch(kernel, bindings, [Math.ceil(rays.length / 64)])
                .submit();
            return hitsOf(await this.#device.read(found), rays.length);
        } finally {
            for (const each of [params, given, found, content]) each.destroy();
        }
    }

    #kernel(traits: Traits): Promise<Kernel> {
        const key = JSON.stringify(traits);
        let kernel = this.#kernels.get(key);
        if (!kernel) this.#kernels.set(key, (kernel = this.#compile(traits)));
        return kernel;
    }

    async #compile({ flattened, opaque, solid, splitBits }: Traits) {
        const variants = { '': { SPLIT: splitBits > 0 } };
        const [linked] = await linkFolder(SHADERS, {
            kernels: [{ name: 'trace-rays', module: 'trace_rays.wgsl', variants }]
        });
        const [wgsl] = linked!.variants.values();
        const constants = {
            FLATTENED: Number(flattened),
            OPAQUE: Number(opaque),
            SOLID: Number(solid),
            SOFTWARE: Number(isSoftware(this.#device)),
            ...(splitBits > 0 ? { SPLIT_BITS: splitBits } : {})
        };
        return this.#device.createKernel({ label: 'trace-rays', wgsl: wgsl!, constants });
    }
}

function hitsOf(bytes: ArrayBuffer, count: number): RayHit[] {
    const [words, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
    return Array.from({ length: count }, (_, i) => {
        const o = i * 8;
        return {
            t: floats[o]!,
            uv: [floats[o + 1]!, floats[o + 2]!],
            position: words[o + 3] === NONE ? -1 : words[o + 3]!,
            instance: words[o + 4]!,
            triangle: words[o + 5]!,
            occluded: words[o + 6] === 1
        };
    });
}
