/** Texture filtering, coordinate sets, colours of vertices and normal maps, as pictures. */
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    constantEnvironment,
    createScene,
    type Material,
    type Mesh,
    PathTracer,
    perspectiveView
} from '../../src/index.ts';
import { IDENTITY } from '../../src/math/vector.ts';
import { quadMesh } from '../../src/scene/cornell-box.ts';
import type { Scene, Texture } from '../../src/scene/scene.ts';

const N = 16;
const SIZE = { widthPx: N, heightPx: N };

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

/** Squares of white and black, `texels` of each way, without sRGB. */
function checkerboard(texels: number, alpha = false): Texture {
    const data = new Uint8Array(texels * texels * 4);
    for (let i = 0; i < texels * texels; i++) {
        const value = (i + Math.floor(i / texels)) % 2 ? 255 : 0;
        data.set(alpha ? [255, 255, 255, value] : [value, value, value, 255], i * 4);
    }
    return { widthPx: texels, heightPx: texels, data, srgb: false };
}

/** A quad that fills the view; its texture coordinates run from 0 to `repeats`. */
function facing(repeats: number): Mesh {
    const mesh = quadMesh([-1, -1, 0], [2, 0, 0], [0, 2, 0]);
    return { ...mesh, uvs: mesh.uvs!.map((x) => x * repeats) };
}

const VIEW = perspectiveView({ position: [0, 0, 2], target: [0, 0, 0], fovYRad: 2 * Math.atan(0.5), aspect: 1 });
/** Over a floor, from 45 to 5 degrees. */
const LOW = perspectiveView({ position: [0, 0.6, 1], target: [0, 0, -0.3], fovYRad: 0.7, aspect: 1 });

function lit(mesh: Mesh, material: Material, textures: readonly Texture[]): Scene {
    return createScene({
        meshes: [mesh],
        instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
        materials: [material],
        textures,
        environment: constantEnvironment([1, 1, 1])
    });
}

/** Red of the albedo layer and of the mean picture. */
async function picture(scene: Scene, spp: number, view = VIEW): Promise<{ albedo: Float32Array; mean: Float32Array }> {
    const tracer = await PathTracer.create(device, scene, { maxBounces: 1 });
    try {
        tracer.setView(view, SIZE);
        await tracer.render({ spp });
        const frame = await tracer.readFrame();
        return {
            albedo: frame.layer('albedo').slice(0, N * N),
            mean: (await tracer.readMoments()).sum.slice(0, N * N).map((sum) => sum / spp)
        };
    } finally {
        tracer.destroy();
    }
}

const spread = (data: Float32Array): number => Math.max(...data) - Math.min(...data);
const average = (data: Float32Array): number => data.reduce((sum, x) => sum + x, 0) / data.length;

describe('a minified texture', () => {
    it('is its mean after one sample, without aliasing', async () => {
        // 128 texels a pixel each way: half a pixel's cone is 6 levels up, where a checkerboard is flat.
        const material: Material = { kind: 'diffuse', textures: { baseColor: { texture: 0 } } };
        const { albedo } = await picture(lit(facing(64), material, [checkerboard(32)]), 1);
        expect(Math.abs(average(albedo) - 0.5)).toBeLessThan(0.004);
        expect(spread(albedo)).toBeLessThan(0.004);
    });

    it('agrees with brute-force supersampling of the unfiltered texture on a floor seen from 45 to 5 degrees', async () => {
        const mesh = quadMesh([-20, 0, 1], [40, 0, 0], [0, 0, -40]);
        const wide = { ...mesh, uvs: mesh.uvs!.map((x) => x * 24) };
        const data = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) =>
            i % 4 === 3 ? 255 : (i * 37 + (i >> 5) * 91) % 256
        );
        const material: Material = { kind: 'diffuse', textures: { baseColor: { texture: 0 } } };
        const texture = { widthPx: 8, heightPx: 8, data, srgb: false };
        const filtered = await picture(lit(wide, material, [texture]), 256, LOW);
        // Emission is never filtered.
        const glowing: Material = { kind: 'diffuse', baseColor: [0, 0, 0], emission: [1, 1, 1], doubleSided: true };
        const bare = lit(wide, { ...glowing, textures: { emission: { texture: 0 } } }, [texture]);
        const exact = await picture({ ...bare, environment: null }, 1024, LOW);
        // Lambert under a uniform sky of 1 shows its albedo.
        const error = filtered.mean.reduce((sum, x, i) => sum + Math.abs(x - exact.mean[i]!) / exact.mean[i]!, 0);
        // The noise of 256 samples under the sky and 1024 of the texture is 0.03; the filter's own blur adds little.
        expect(error / (N * N)).toBeLessThan(0.05);
    });

    it('lets through as many rays by its alpha mask as it has holes', async () => {
        const material: Material = {
            kind: 'diffuse',
            baseColor: [0, 0, 0],
            alphaMode: 'mask',
            textures: { baseColor: { texture: 0 } }
        };
        const { mean } = await picture(lit(facing(64), material, [checkerboard(32, true)]), 64);
        // Half of 64 samples in 256 pixels: 3 standard deviations of 0.5 / 128.
        expect(Math.abs(average(mean) - 0.5)).toBeLessThan(0.012);
    });
});

describe('a magnified texture', () => {
    const material = (filter: 'linear' | 'nearest'): Material => ({
        kind: 'diffuse',
        textures: { baseColor: { texture: 0, filter, wrapU: 'clamp', wrapV: 'clamp' } }
    });

    it('is interpolated between its texels as without a pyramid', async () => {
        const data = Uint8Array.from({ length: 4 * 4 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 53) % 256));
        const texture = { widthPx: 4, heightPx: 4, data, srgb: false };
        const { albedo } = await picture(lit(facing(1), material('linear'), [texture]), 1);
        const at = (x: number, y: number): number =>
            data[(Math.min(3, Math.max(0, y)) * 4 + Math.min(3, Math.max(0, x))) * 4]! / 255;
        for (let i = 0; i < N * N; i++) {
            const [x, y] = [((i % N) + 0.5) / 4 - 0.5, (Math.floor(i / N) + 0.5) / 4 - 0.5];
            const [x0, y0] = [Math.floor(x), Math.floor(y)];
            const row = (j: number): number => at(x0, j) * (1 - x + x0) + at(x0 + 1, j) * (x - x0);
            const expected = row(y0) * (1 - y + y0) + row(y0 + 1) * (y - y0);
            expect(albedo[i]).toBeCloseTo(expected, 4);
        }
    });

    it('has hard edges with the filter nearest', async () => {
        const { albedo } = await picture(lit(facing(1), material('nearest'), [checkerboard(4)]), 1);
        for (let i = 0; i < N * N; i++) {
            expect(albedo[i]).toBe((Math.floor((i % N) / 4) + Math.floor(i / N / 4)) % 2);
        }
    });
});

describe('attributes of vertices', () => {
    it('colour the surface, and choose the set of coordinates that each texture asks for', async () => {
        const mesh: Mesh = {
            ...facing(1),
            uvs1: Float32Array.of(0.75, 0.5, 0.75, 0.5, 0.75, 0.5, 0.75, 0.5),
            colors: Float32Array.of(0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1)
        };
        const data = Uint8Array.of(0, 0, 0, 255, 128, 128, 128, 255);
        const texture = { widthPx: 2, heightPx: 1, data, srgb: false };
        const material: Material = { kind: 'diffuse', textures: { baseColor: { texture: 0, uvSet: 1 } } };
        const { albedo } = await picture(lit(mesh, material, [texture]), 1);
        for (let i = 0; i < N * N; i++) expect(albedo[i]).toBeCloseTo((128 / 255) * (((i % N) + 0.5) / N), 4);
    });

    it('colour what is unlit, whoever meets it, in every mode', async () => {
        const quad = quadMesh([-1, -1, 0], [2, 0, 0], [0, 2, 0]);
        const colors = Float32Array.of(0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1);
        const scene = createScene({
            meshes: [{ ...quad, colors }],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse', baseColor: [0, 0, 0], emission: [2, 2, 2], unlit: true }],
            environment: constantEnvironment([0, 0, 0])
        });
        for (const mode of ['megakernel', 'streaming-aos', 'streaming-soa'] as const) {
            const tracer = await PathTracer.create(device, scene, { mode });
            tracer.setView(VIEW, SIZE);
            await tracer.render({ spp: 64 });
            const { sum } = await tracer.readMoments();
            tracer.destroy();
            // Samples lie anywhere in the pixel: the mean of 64 of a Sobol sequence is within a sixteenth of its width.
            for (let i = 0; i < N * N; i++)
                expect(Math.abs(sum[i]! / 64 - (2 * ((i % N) + 0.5)) / N), `${mode} ${i}`).toBeLessThan(2 / N / 16);
        }
    });

    it('bend normals along their own tangents, mirrored halves the other way', async () => {
        // Bent to the right of the picture.
        const texture = { widthPx: 1, heightPx: 1, data: Uint8Array.of(255, 128, 128, 255), srgb: false };
        const material: Material = { kind: 'diffuse', normalScale: 1, textures: { normal: { texture: 0 } } };
        const left = quadMesh([-1, -1, 0], [1, 0, 0], [0, 2, 0]);
        const right = quadMesh([0, -1, 0], [1, 0, 0], [0, 2, 0]);
        const mirrored = { ...right, uvs: right.uvs!.map((x, i) => (i % 2 ? x : 1 - x)) };
        const scene = createScene({
            meshes: [left, mirrored],
            instances: [
                { mesh: 0, material: 0, transform: IDENTITY },
                { mesh: 1, material: 0, transform: IDENTITY }
            ],
            materials: [material],
            textures: [texture],
            environment: constantEnvironment([1, 1, 1])
        });
        for (const geometry of ['flattened', 'instanced'] as const) {
            const tracer = await PathTracer.create(device, scene, { geometry });
            tracer.setView(VIEW, SIZE);
            const normal = (await tracer.readFrame()).layer('normal');
            tracer.destroy();
            const x = (pixel: number): number => normal[pixel]!;
            expect(x(8 * N + 2)).toBeGreaterThan(0.9);
            expect(x(8 * N + 13)).toBeLessThan(-0.9);
        }
    });
});
