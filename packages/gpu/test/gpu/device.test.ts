import { MixreelError } from '@mixreel/core';
import { type Device, withDeviceRecovery } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCALE = `
struct Params { count: u32, factor: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < params.count) { values[id.x] *= params.factor; }
}`;

const COUNT = `
@group(0) @binding(0) var<storage, read_write> counts: array<u32>;
@group(0) @binding(1) var<storage, read_write> hits: array<atomic<u32>>;
@compute @workgroup_size(1) fn decide() { counts[0] = 3u; counts[1] = 2u; counts[2] = 1u; }
@compute @workgroup_size(8) fn hit() { atomicAdd(&hits[0], 1u); }`;

let device: Device;

beforeAll(async () => {
    device = await createNodeDevice();
});

afterAll(() => {
    device.destroy();
    expect(device.live.list()).toEqual([]);
});

/** Bytes 1, 2, 3 … of a length. */
const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 255);

describe('a device in Node', () => {
    it('says which driver it runs on and where that was found', () => {
        expect(device.info.backend).toBe('dawn');
        expect(device.info.driver).toMatch(/\w/);
        expect(device.info.features).toEqual([...device.gpu.features].sort());
    });

    it('leaves the environment and the globals of the process as they were', async () => {
        const before = { ...process.env };
        (await createNodeDevice()).destroy();
        expect({ ...process.env }).toEqual(before);
        expect('GPUBufferUsage' in globalThis).toBe(false);
    });
});

describe('buffers', () => {
    it.each([1, 3, 4, 255, 1001, 65_537])('give back %i bytes as they were uploaded', async (sizeBytes) => {
        const data = ramp(sizeBytes);
        const buffer = device.createBuffer({ label: 'bytes', data });
        expect(new Uint8Array(await device.read(buffer))).toEqual(data);
        buffer.destroy();
    });

    it('give back any part of themselves', async () => {
        const data = ramp(1003);
        const buffer = device.createBuffer({ label: 'bytes', data });
        const part = fc.tuple(fc.nat(1003), fc.nat(1003)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        await fc.assert(
            fc.asyncProperty(part, async ([from, to]) => {
                expect(new Uint8Array(await device.read(buffer, from, to - from))).toEqual(data.slice(from, to));
            }),
            { numRuns: 40, seed: 1 }
        );
        buffer.destroy();
    });

    it('are read in pieces when they are larger than one staging buffer, without a seam', async () => {
        const words = new Uint32Array(5 * 1024 * 1024 + 3).map((_, index) => Math.imul(index, 2654435761));
        const buffer = device.createBuffer({ label: 'large', data: words });
        expect(Buffer.compare(Buffer.from(await device.read(buffer)), Buffer.from(words.buffer))).toBe(0);
        buffer.destroy();
    });

    it('start out as zeros and take an upload in their middle', async () => {
        const buffer = device.createBuffer({ label: 'middle', sizeBytes: 12 });
        device.upload(buffer, Uint32Array.of(7), 4);
        expect([...new Uint32Array(await device.read(buffer))]).toEqual([0, 7, 0]);
        buffer.destroy();
    });

    it('refuse an odd upload that would overwrite the bytes behind it', () => {
        const buffer = device.createBuffer({ label: 'odd', sizeBytes: 8 });
        expect(() => device.upload(buffer, ramp(3))).toThrow(/multiples of 4 within its 8 bytes/);
        expect(() => device.upload(buffer, ramp(4), 8)).toThrow(MixreelError);
        buffer.destroy();
    });

    it('larger than the device can bind are refused with the figures', () => {
        const sizeBytes = device.limits.maxStorageBufferBindingSize + 4;
        try {
            device.createBuffer({ label: 'huge', sizeBytes });
            expect.unreachable();
        } catch (error) {
            expect(error).toMatchObject({ code: 'limit-exceeded' });
            expect(String(error)).toContain(`${sizeBytes}`);
            expect(String(error)).toContain(`${device.limits.maxStorageBufferBindingSize}`);
        }
    });
});

describe('textures', () => {
    it.each([
        [1, 1],
        [7, 5],
        [64, 3],
        [65, 2]
    ])('give back %i x %i texels of a layer as they were uploaded', async (widthPx, heightPx) => {
        const texture = device.createTexture({ label: 'layers', widthPx, heightPx, layers: 3, format: 'rgba8unorm' });
        const layers = [0, 1, 2].map((layer) => ramp(widthPx * heightPx * 4).map((byte) => byte ^ layer));
        for (const [layer, data] of layers.entries()) device.uploadTexture(texture, data, layer);
        for (const [layer, data] of layers.entries()) {
            expect(new Uint8Array(await device.readTexture(texture, layer))).toEqual(data);
        }
        texture.destroy();
    });

    it('of 32-bit floats can be loaded by a kernel, mip level by mip level', async () => {
        const texture = device.createTexture({
            label: 'mips',
            widthPx: 2,
            heightPx: 1,
            mipLevels: 2,
            format: 'rgba32float'
        });
        device.uploadTexture(texture, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
        device.uploadTexture(texture, Float32Array.of(9, 10, 11, 12), 0, 1);
        const wgsl = `
            @group(0) @binding(0) var picture: texture_2d<f32>;
            @group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
            @compute @workgroup_size(1) fn main() { sums[0] = textureLoad(picture, vec2u(1, 0), 0) + textureLoad(picture, vec2u(0), 1); }`;
        const kernel = await device.createKernel({ label: 'load', wgsl });
        const sums = device.createBuffer({ label: 'sums', sizeBytes: 16 });
        await device.record('load').dispatch(kernel, { picture: texture, sums }, [1]).submit();
        expect([...new Float32Array(await device.read(sums))]).toEqual([14, 16, 18, 20]);
        texture.destroy();
        sums.destroy();
    });
});

describe('recordings', () => {
    it('run kernels with resources bound by the names of the WGSL, and count exactly', async () => {
        const before = device.counters.snapshot();
        const kernel = await device.createKernel({ label: 'scale', wgsl: SCALE });
        const params = device.createBuffer({
            label: 'params',
            sizeBytes: kernel.sizeBytes('params'),
            usage: 'uniform'
        });
        const view = kernel.view('params');
        view.set({ count: 100, factor: 2 });
        device.upload(params, new Uint8Array(view.arrayBuffer));
        const values = device.createBuffer({ label: 'values', data: new Float32Array(128).fill(1) });
        const recording = device.record('three times');
        for (let i = 0; i < 3; i++) recording.dispatch(kernel, { params, values, spare: params }, [2]);
        await recording.submit();
        const result = new Float32Array(await device.read(values));
        expect(result).toEqual(Float32Array.from({ length: 128 }, (_, index) => (index < 100 ? 8 : 1)));
        expect(device.counters.since(before)).toEqual({
            dispatches: 3,
            indirectDispatches: 0,
            workgroups: 6,
            bytesUploaded: 8 + 512,
            bytesRead: 512,
            pipelinesCompiled: 1,
            bindGroupsCreated: 1,
            submits: 2
        });
        params.destroy();
        values.destroy();
    });

    it('run as many workgroups as a kernel before them decided', async () => {
        const decide = await device.createKernel({ label: 'decide', wgsl: COUNT, entryPoint: 'decide' });
        const hit = await device.createKernel({ label: 'hit', wgsl: COUNT, entryPoint: 'hit' });
        const counts = device.createBuffer({ label: 'counts', sizeBytes: 12, usage: ['storage', 'indirect'] });
        const hits = device.createBuffer({ label: 'hits', sizeBytes: 4 });
        const recording = device.record('indirect');
        recording.dispatch(decide, { counts }, [1]).dispatchIndirect(hit, { hits }, counts);
        await recording.submit();
        expect(new Uint32Array(await device.read(hits))[0]).toBe(3 * 2 * 1 * 8);
        expect(() => device.record('x').dispatchIndirect(hit, { hits }, hits)).toThrow(
            /usage storage \(expected usage "indirect"/
        );
        counts.destroy();
        hits.destroy();
    });

    it('copy and clear between dispatches in the order they were recorded', async () => {
        const a = device.createBuffer({ label: 'a', data: Uint32Array.of(1, 2, 3, 4) });
        const b = device.createBuffer({ label: 'b', sizeBytes: 16 });
        await device.record('copies').copy(a, 4, b, 8, 8).clear(a, 0, 8).copy(a, 0, b, 0, 4).submit();
        expect([...new Uint32Array(await device.read(a))]).toEqual([0, 0, 3, 4]);
        expect([...new Uint32Array(await device.read(b))]).toEqual([0, 0, 2, 3]);
        a.destroy();
        b.destroy();
    });

    it('bind a part of a buffer', async () => {
        const hit = await device.createKernel({ label: 'hit', wgsl: COUNT, entryPoint: 'hit' });
        const hits = device.createBuffer({ label: 'hits', sizeBytes: 512 });
        await device
            .record('part')
            .dispatch(hit, { hits: hits.range(256, 4) }, [1])
            .submit();
        const words = new Uint32Array(await device.read(hits));
        expect([words[0], words[64]]).toEqual([0, 8]);
        hits.destroy();
    });

    it('measure GPU time per kernel where the device can, and say null where they were not asked', async () => {
        const hit = await device.createKernel({ label: 'hit', wgsl: COUNT, entryPoint: 'hit' });
        const hits = device.createBuffer({ label: 'hits', sizeBytes: 4 });
        const timed = device.record('timed', { timestamps: true });
        for (let i = 0; i < 4; i++) timed.dispatch(hit, { hits }, [64]);
        await timed.submit();
        const times = await timed.timings();
        if (device.info.features.includes('timestamp-query')) {
            expect(times).toMatchObject([{ label: 'hit', dispatches: 4 }]);
            // Only that it was measured: how long it took is the machine's affair.
            expect(times![0]!.durationNs).toBeGreaterThan(0);
        } else {
            expect(times).toBeNull();
        }
        expect(await device.record('untimed').timings()).toBeNull();
        hits.destroy();
        expect(device.live.list()).toEqual([]);
    });

    it('name what is missing, of the wrong kind, destroyed or too much, before anything runs', async () => {
        const kernel = await device.createKernel({ label: 'scale', wgsl: SCALE });
        const params = device.createBuffer({ label: 'params', sizeBytes: 8, usage: 'uniform' });
        const texture = device.createTexture({ label: 'picture', widthPx: 1, heightPx: 1, format: 'rgba8unorm' });
        const values = device.createBuffer({ label: 'values', sizeBytes: 4 });
        const record = (): ReturnType<Device['record']> => device.record('wrong');
        expect(() => record().dispatch(kernel, { params }, [1])).toThrow(
            /nothing is bound to variable "values" of "scale"/
        );
        expect(() => record().dispatch(kernel, { params, values: texture }, [1])).toThrow(
            /something else than a buffer/
        );
        expect(() => record().dispatch(kernel, { params, values }, [70_000])).toThrow(/70000 x 1 x 1 workgroups/);
        expect(() => record().dispatch(kernel, { params, values }, [-1])).toThrow(MixreelError);
        values.destroy();
        expect(() => record().dispatch(kernel, { params, values }, [1])).toThrow(
            /"values", bound to "values" of "scale", was destroyed/
        );
        params.destroy();
        texture.destroy();
    });

    it("reject with the device's own words when a resource does not fit its variable", async () => {
        const kernel = await device.createKernel({ label: 'scale', wgsl: SCALE });
        const params = device.createBuffer({ label: 'params', sizeBytes: 8, usage: 'uniform' });
        const submit = device.record('wrong').dispatch(kernel, { params, values: params }, [1]).submit();
        await expect(submit).rejects.toMatchObject({ code: 'internal' });
        await expect(submit).rejects.toThrow(/binding the resources of "scale" is not valid WebGPU/);
        params.destroy();
    });
});

describe('kernels', () => {
    it('that do not compile are refused with file, line and text of the module', async () => {
        const wgsl = {
            label: 'demo/trace',
            code: '@compute @workgroup_size(1) fn main() {\n    let t: f32 = 1u;\n}\n',
            // Line 2 of the text was written in line 8 of the module: VLQ segments of column 4 -> (source 0, line 7, column 4).
            sourceMap: { version: 3 as const, sources: ['shaders/demo/lib/ray.wgsl'], mappings: ';IAOI' }
        };
        const compile = device.createKernel({ label: 'trace', wgsl });
        await expect(compile).rejects.toMatchObject({ code: 'bad-input' });
        await expect(compile).rejects.toThrow(/shaders\/demo\/lib\/ray\.wgsl:8:9 .*f32.*u32.*\n {4}let t: f32 = 1u;/);
    });

    it('given as plain text are named by label and line', async () => {
        const compile = device.createKernel({ label: 'plain', wgsl: 'fn f() {\n  nothing();\n}' });
        await expect(compile).rejects.toThrow(/plain:2:3 /);
    });

    it('that bind more storage buffers than the device allows are refused with the figures', async () => {
        const count = device.limits.maxStorageBuffersPerShaderStage + 1;
        const names = Array.from({ length: count }, (_, index) => `b${index}`);
        const declared = names.map(
            (name, i) => `@group(0) @binding(${i}) var<storage, read_write> ${name}: array<u32>;`
        );
        const uses = names.map((name) => `${name}[0] = 1u;`);
        const wgsl = `${declared.join('\n')}\n@compute @workgroup_size(1) fn main() { ${uses.join(' ')} }`;
        const compile = device.createKernel({ label: 'greedy', wgsl });
        await expect(compile).rejects.toMatchObject({ code: 'limit-exceeded' });
        await expect(compile).rejects.toThrow(
            new RegExp(`${count} storage buffers: b0, .*PerShaderStage = ${count - 1}`)
        );
    });

    it('take the values of their override constants, and refuse unknown ones', async () => {
        const wgsl = `override answer: u32 = 1;
            @group(0) @binding(0) var<storage, read_write> out: array<u32>;
            @compute @workgroup_size(1) fn main() { out[0] = answer; }`;
        const kernel = await device.createKernel({ label: 'constant', wgsl, constants: { answer: 42 } });
        const out = device.createBuffer({ label: 'out', sizeBytes: 4 });
        await device.record('constant').dispatch(kernel, { out }, [1]).submit();
        expect(new Uint32Array(await device.read(out))[0]).toBe(42);
        out.destroy();
        const wrong = device.createKernel({ label: 'constant', wgsl, constants: { question: 6 } });
        await expect(wrong).rejects.toThrow(/question/);
    });
});

describe('a lost device', () => {
    it('rejects what is pending and what comes after with code device-lost', async () => {
        const doomed = await createNodeDevice();
        const buffer = doomed.createBuffer({ label: 'bytes', sizeBytes: 64 });
        const pending = [doomed.read(buffer), doomed.record('work').clear(buffer).submit()];
        doomed.gpu.destroy();
        for (const call of pending) await expect(call).rejects.toMatchObject({ code: 'device-lost' });
        expect((await doomed.lost).code).toBe('device-lost');
        expect(doomed.isLost).toBe(true);
        expect(() => doomed.createBuffer({ label: 'late', sizeBytes: 4 })).toThrow(/is lost: it was destroyed/);
        await expect(doomed.createKernel({ label: 'late', wgsl: SCALE })).rejects.toMatchObject({
            code: 'device-lost'
        });
        doomed.destroy();
        expect(doomed.live.count).toBe(0);
    });

    it('is replaced by withDeviceRecovery, which runs the work again and tells of it', async () => {
        const losses: string[] = [];
        const made: Device[] = [];
        const create = async (): Promise<Device> => {
            const next = await createNodeDevice();
            made.push(next);
            return next;
        };
        const work = async (current: Device, attempt: number): Promise<number> => {
            const buffer = current.createBuffer({ label: 'data', data: Uint32Array.of(attempt) });
            if (attempt === 1) current.gpu.destroy();
            return new Uint32Array(await current.read(buffer))[0]!;
        };
        const result = await withDeviceRecovery(create, work, { onLost: (error) => losses.push(error.code) });
        expect(result).toBe(2);
        expect(losses).toEqual(['device-lost']);
        expect(made.map((each) => [each.isLost, each.live.count])).toEqual([
            [true, 0],
            [true, 0]
        ]);
    });

    it('ends withDeviceRecovery after the attempts allowed, and other errors end it at once', async () => {
        const lose = async (current: Device): Promise<never> => {
            current.gpu.destroy();
            throw await current.lost;
        };
        await expect(withDeviceRecovery(createNodeDevice, lose, { attempts: 2 })).rejects.toMatchObject({
            code: 'device-lost'
        });
        let calls = 0;
        const fail = async (): Promise<never> => {
            calls++;
            throw new RangeError('ours');
        };
        await expect(withDeviceRecovery(createNodeDevice, fail)).rejects.toThrow('ours');
        expect(calls).toBe(1);
    });
});
