import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Device, WgslReflection } from '@mixreel/gpu';
import { linkFolder } from '@mixreel/gpu/build';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const shaders = join(import.meta.dirname, '..', '..', '..', '..', 'shaders');
const folders = readdirSync(shaders, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

let device: Device;

beforeAll(async () => {
    device = await createNodeDevice();
});

afterAll(() => device.destroy());

/** The path tracer's 20 take 14 s of processor time on SwiftShader, 5 of them the megakernel; a busy machine takes longer. */
const COMPILE_MS = 300_000;

describe('every kernel of shaders/', () => {
    it('has a manifest in its folder', () => {
        expect(folders.filter((name) => !existsSync(join(shaders, name, 'kernels.json')))).toEqual([]);
    });

    it.each(folders)(
        'links and compiles in shaders/%s, in every variant and entry point',
        async (folder) => {
            for (const kernel of await linkFolder(join(shaders, folder))) {
                for (const wgsl of kernel.variants.values()) {
                    const { entryPoints } = new WgslReflection(wgsl.code, wgsl.label);
                    expect(entryPoints, wgsl.label).not.toEqual([]);
                    for (const entryPoint of entryPoints) {
                        await device.createKernel({ label: wgsl.label, wgsl, entryPoint });
                    }
                }
            }
        },
        COMPILE_MS
    );
});
