import { WgslReflection } from '@mixreel/gpu';
import { describe, expect, it } from 'vitest';

const CODE = `
struct Params { count: u32, scale: f32, offset: vec3f }
struct Queue { head: atomic<u32>, items: array<vec4f> }
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read_write> queue: Queue;
@group(1) @binding(0) var<storage, read> table: array<vec2f>;
@group(1) @binding(1) var picture: texture_2d_array<f32>;
@group(1) @binding(2) var smooth_sampler: sampler;
@group(2) @binding(0) var<storage, read> unused: array<u32>;
fn entry(i: u32) -> f32 { return table[i].x; }
@compute @workgroup_size(64) fn plain(@builtin(global_invocation_id) id: vec3u) {
    queue.items[id.x] = vec4f(entry(id.x) * params.scale) + textureLoad(picture, vec2u(0), 0, 0);
}
@compute @workgroup_size(64) fn filtered() {
    queue.items[0] = textureSampleLevel(picture, smooth_sampler, vec2f(0.5), 0, 0.0);
}`;

describe('WgslReflection', () => {
    const reflection = new WgslReflection(CODE, 'demo');

    it('finds the variables that an entry point reaches, also through functions, ordered by group and binding', () => {
        const found = reflection.bindings('plain').map(({ name, group, binding }) => [name, group, binding]);
        expect(found).toEqual([
            ['queue', 0, 0],
            ['params', 0, 1],
            ['table', 1, 0],
            ['picture', 1, 1]
        ]);
    });

    it('lays structs out by the rules of WGSL 14.4.1: a vec3f starts at a multiple of 16', () => {
        expect(reflection.sizeBytes('Params')).toBe(32);
        const view = reflection.view('params');
        view.set({ count: 7, scale: 0.5, offset: [1, 2, 3] });
        expect(new Uint32Array(view.arrayBuffer)[0]).toBe(7);
        expect([...new Float32Array(view.arrayBuffer)].slice(1)).toEqual([0.5, 0, 0, 1, 2, 3, 0]);
    });

    it('declares a texture filterable only where the entry point has a sampler', () => {
        const sampleType = (entryPoint: string): string | undefined =>
            reflection.bindings(entryPoint).find(({ name }) => name === 'picture')!.layout.texture!.sampleType;
        expect(sampleType('plain')).toBe('unfilterable-float');
        expect(sampleType('filtered')).toBe('float');
    });

    it('names what there is when asked for an entry point or a struct that there is not', () => {
        expect(() => reflection.bindings('main')).toThrow(/no entry point "main" \(expected one of: plain, filtered\)/);
        expect(() => reflection.view('Rays')).toThrow(/no struct or variable "Rays" \(expected one of: Params/);
    });

    it('leaves no global behind in Node', () => {
        expect('GPUShaderStage' in globalThis).toBe(false);
        const float16 = (globalThis as { Float16Array?: { name: string } }).Float16Array;
        expect(float16 === undefined || float16.name === 'Float16Array').toBe(true);
    });
});
