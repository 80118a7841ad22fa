import type { AppBase } from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { NetworkPlugin } from '../../src/playcanvas/network-plugin.ts';
import type { NetworkPluginEvent, NetworkPluginOptions } from '../../src/playcanvas/plugin-options.ts';
import { VirtualHost } from '../live/virtual-host.ts';
import { pduSet } from '../sets.ts';

type Callback = (error: unknown, resource?: unknown) => void;

/** What the plugin uses of an app: a loader that answers at once. */
class FakeLoader {
    load(url: string, _type: string, callback: Callback): void {
        if (url === '/missing') callback('not found');
        else callback(null, `resource of ${url}`);
    }
}

function started(options: Partial<NetworkPluginOptions> = {}): {
    host: VirtualHost;
    loader: FakeLoader;
    plugin: NetworkPlugin;
    events: NetworkPluginEvent[];
} {
    const host = new VirtualHost();
    const loader = new FakeLoader();
    const events: NetworkPluginEvent[] = [];
    const app = { loader, graphicsDevice: { canvas: { width: 1280, height: 720 } } } as unknown as AppBase;
    const plugin = new NetworkPlugin(
        app,
        { preset: 'ample', sockets: false, onEvent: (event) => events.push(event), ...options },
        host
    );
    plugin.enable();
    return { host, loader, plugin, events };
}

describe('the network plugin', () => {
    it('keeps an asset back until its bytes have come through the cell', async () => {
        const { host, loader, events, plugin } = started();
        let got: unknown = null;
        (loader.load as (...args: unknown[]) => void)(
            '/box.glb',
            'container',
            (_error: unknown, resource: unknown) => {
                got = resource;
            },
            { file: { size: 1_000_000 } }
        );
        // 1 MB at 1.3 Gbit/s is above 6 ms, the request and the core some more.
        await host.pass(5);
        expect(got).toBeNull();
        for (let i = 0; i < 10; i++) await host.pass(10);
        expect(got).toBe('resource of /box.glb');
        expect(events).toHaveLength(1);
        expect(events[0]).toMatchObject({ kind: 'asset', url: '/box.glb', sizeBytes: 1_000_000, realNs: 0 });
        expect(plugin.figures()).toMatchObject({ assets: 1, assetBytes: 1_000_000, xrmi: null, meanDelayNs: null });
    });

    it('passes errors on at once', () => {
        const { loader } = started();
        let failed: unknown = null;
        loader.load('/missing', 'texture', (error) => {
            failed = error;
        });
        expect(failed).toBe('not found');
    });

    it('says of streamed frames when they came, and what that is worth', async () => {
        const { host, plugin, events } = started({ deadlineNs: 1_000_000 });
        const delays: Promise<number | null>[] = [];
        for (let i = 0; i < 10; i++) {
            delays.push(plugin.sendFrame(i === 0 ? [pduSet(0, 0, 4, 1000)] : 4000));
            await host.pass(1000 / 60);
        }
        await host.pass(100);
        for (const delayNs of await Promise.all(delays)) {
            // A millisecond of core, up to a slot of waiting, one of air, decoding; and the poll of a tenth.
            expect(delayNs as number).toBeGreaterThan(1.8e6);
            expect(delayNs as number).toBeLessThan(3.5e6);
        }
        const figures = plugin.figures();
        expect(figures).toMatchObject({ frames: 10, lost: 0, late: 10 });
        expect(figures.xrmi).toBeGreaterThanOrEqual(1);
        expect(events.filter(({ kind }) => kind === 'frame')).toHaveLength(10);
        expect(figures.recommendedRateBps).toBeGreaterThan(1e8);
    });

    it('gives the loader back, and refuses what is out of range', () => {
        const { loader, plugin } = started();
        expect(Object.hasOwn(loader, 'load')).toBe(true);
        plugin.destroy();
        expect(Object.hasOwn(loader, 'load')).toBe(false);
        expect(() => plugin.enable()).toThrow(/destroyed/);
        expect(() => started({ users: -1 })).toThrow(/users is -1/);
        expect(() => started({ preset: 'moon' as 'city' })).toThrow(/preset/);
    });
});
