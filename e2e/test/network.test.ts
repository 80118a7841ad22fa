import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';

const BYTES = 1_000_000;

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    host = await AppHost.start({ '/models/blob.bin': new Uint8Array(BYTES).fill(7) });
    app = await host.open('network');
});

afterAll(async () => {
    await host?.close();
});

/**
 * The least time that the bytes need: 27 PRB x 156 elements x 2 layers x 7.41 bits in 1600 of 2000 slots a second are below
 * 100 Mbit/s, whatever the radio. How much longer it really takes is the machine's affair.
 */
const LEAST_MS = (BYTES * 8) / 100e6 / 1e-3;

describe('the network under a PlayCanvas app in Chromium', () => {
    it('brings an asset whole, no sooner than the cell could', async () => {
        const { byteLength, event } = await app.call<{
            byteLength: number;
            event: { kind: string; url: string; sizeBytes: number; realNs: number; emulatedNs: number };
        }>('load', '/models/blob.bin');
        expect(byteLength).toBe(BYTES);
        expect(event.kind).toBe('asset');
        expect(event.url).toContain('/models/blob.bin');
        // The page's own timing knows the size.
        expect(event.sizeBytes).toBe(BYTES);
        expect(event.emulatedNs / 1e6).toBeGreaterThan(LEAST_MS);
        expect(event.realNs).toBeLessThanOrEqual(event.emulatedNs);
    });

    it('wraps the fetch of the page', async () => {
        const { bytes, ms } = await app.call<{ bytes: number; ms: number }>('fetch', '/models/blob.bin');
        expect(bytes).toBe(BYTES);
        expect(ms).toBeGreaterThan(LEAST_MS);
    });

    it('carries streamed frames, and shows what became of them over the picture', async () => {
        const { delaysNs, figures, overlay } = await app.call<{
            delaysNs: (number | null)[];
            figures: { frames: number; lost: number; meanDelayNs: number; xrmi: number; assets: number };
            overlay: string;
        }>('stream', 30);
        expect(delaysNs).toHaveLength(30);
        expect(figures.frames).toBe(30);
        expect(figures.lost).toBe(delaysNs.filter((ns) => ns === null).length);
        // 20 kB below 100 Mbit/s, and a millisecond of core.
        for (const ns of delaysNs) expect(ns ?? 3e6).toBeGreaterThan(2.5e6);
        expect(figures.xrmi).toBeGreaterThanOrEqual(1);
        expect(figures.xrmi).toBeLessThanOrEqual(5);
        expect(figures.assets).toBe(1);
        expect(overlay).toContain('frames 30');
        expect(overlay).toContain('XRMI');
    });

    it('carries frames over a model in a worker, which says how late it was', async () => {
        const { delaysNs, lag } = await app.call<{
            delaysNs: (number | null)[];
            lag: { packets: number; p50Ns: number; p99Ns: number };
        }>('streamFromWorker', 20);
        expect(delaysNs).toHaveLength(20);
        // 20 kB in slots of the preset city (273 PRB, below 1.3 Gbit/s), a millisecond of core and 0.357 ms of decoding.
        for (const ns of delaysNs) expect(ns ?? 3e6).toBeGreaterThan(1.4e6);
        expect(delaysNs.filter((ns) => ns !== null).length).toBeGreaterThan(10);
        // A frame is 17 packets of 1200 bytes.
        expect(lag.packets).toBeGreaterThan(17 * 10);
        expect(lag.p50Ns).toBeGreaterThanOrEqual(0);
        expect(lag.p99Ns).toBeGreaterThanOrEqual(lag.p50Ns);
    });

    it('leaves nothing behind', async () => {
        expect(await app.call('stop')).toEqual({
            plugin: true,
            fetch: true,
            socket: true,
            loader: true,
            overlay: true
        });
    });
});
