/** The gpu package on the browser's own device: round trip, a kernel, an error, a loss. */
import { MixreelError } from '@mixreel/core';
import { createBrowserDevice } from '@mixreel/gpu';
import { fromBase64, offer, toBase64 } from '../../src/page-api.ts';
import { HASH_WGSL } from './hash.ts';

offer(async () => {
    const device = await createBrowserDevice();
    return {
        info: async () => ({ ...device.info }),
        async roundTrip(argument) {
            const buffer = device.createBuffer({ label: 'bytes', data: fromBase64(argument as string) });
            const read = new Uint8Array(await device.read(buffer));
            buffer.destroy();
            return toBase64(read);
        },
        async hash(argument) {
            const words = device.createBuffer({ label: 'words', data: fromBase64(argument as string) });
            const kernel = await device.createKernel({ label: 'hash', wgsl: HASH_WGSL });
            const groups = Math.ceil(words.sizeBytes / 256);
            await device.record('hash').dispatch(kernel, { words }, [groups]).submit();
            const read = new Uint8Array(await device.read(words));
            words.destroy();
            return toBase64(read);
        },
        async compileError() {
            const wgsl = '@compute @workgroup_size(1) fn main() {\n    let x: f32 = 1u;\n}';
            const error = await device.createKernel({ label: 'wrong', wgsl }).catch((thrown) => thrown);
            return error instanceof MixreelError ? [error.code, error.message] : ['no MixreelError', String(error)];
        },
        live: async () => device.live.list().map((resource) => ({ ...resource })),
        async lose() {
            const buffer = device.createBuffer({ label: 'bytes', sizeBytes: 64 });
            const pending = device.read(buffer).then(
                () => 'resolved',
                (error) => (error instanceof MixreelError ? error.code : String(error))
            );
            device.gpu.destroy();
            return [await pending, (await device.lost).code];
        }
    };
});
