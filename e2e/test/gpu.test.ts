import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HASH_WGSL } from '../apps/gpu/hash.ts';
import { AppHost, type OpenApp } from '../src/open-app.ts';

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    host = await AppHost.start();
    app = await host.open('gpu');
});

afterAll(async () => {
    await host?.close();
});

const ramp = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 255));

describe('the gpu package in Chromium', () => {
    it('opens a device of the browser and describes it', async () => {
        expect(await app.call('info')).toMatchObject({ backend: 'chromium', driver: 'chosen by the browser' });
    });

    it.each([1, 3, 256, 65_537])('gives back %i bytes as they were uploaded', async (length) => {
        const bytes = ramp(length).toString('base64');
        expect(await app.call('roundTrip', bytes)).toBe(bytes);
    });

    it('computes the same bits as Dawn in Node with the same kernel', async () => {
        const bytes = ramp(40_000);
        const device = await createNodeDevice();
        const words = device.createBuffer({ label: 'words', data: bytes });
        const kernel = await device.createKernel({ label: 'hash', wgsl: HASH_WGSL });
        await device
            .record('hash')
            .dispatch(kernel, { words }, [Math.ceil(bytes.length / 256)])
            .submit();
        const expected = Buffer.from(await device.read(words));
        device.destroy();
        expect(expected.equals(bytes)).toBe(false);
        expect(await app.call('hash', bytes.toString('base64'))).toBe(expected.toString('base64'));
    });

    it('names label, line and column of WGSL that does not compile', async () => {
        const [code, message] = await app.call<string[]>('compileError');
        expect(code).toBe('bad-input');
        expect(message).toMatch(/wrong:2:\d+ /);
    });

    it('leaves nothing alive, and a lost device rejects what is pending', async () => {
        expect(await app.call('live')).toEqual([]);
        expect(await app.call('lose')).toEqual(['device-lost', 'device-lost']);
    });
});
