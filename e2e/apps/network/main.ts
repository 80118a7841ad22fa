/** A PlayCanvas app whose assets, sockets and frames take an emulated cell. */
import type { NetworkPlugin, NetworkPluginEvent } from '@mixreel/xrnet/playcanvas';
import { Network } from '@mixreel/xrnet/scripts/network.mjs';
import { Asset, BinaryHandler, Entity, type ScriptComponent } from 'playcanvas';
import { offer, type Plain } from '../../src/page-api.ts';
import { createApp } from '../../src/webgpu-app.ts';
import workerUrl from './model-worker.ts?worker&url';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;

offer(async () => {
    const realFetch = globalThis.fetch;
    const RealSocket = globalThis.WebSocket;
    const app = await createApp(canvas);
    app.loader.addHandler('binary', new BinaryHandler(app));
    const root = app.root as Entity;
    const scripts = (root.script ?? root.addComponent('script')) as ScriptComponent;
    const network = scripts.create(Network, {
        properties: { preset: 'congested', users: 1, overlay: true }
    }) as unknown as Network;
    const events: NetworkPluginEvent[] = [];
    for (const kind of ['asset', 'frame'])
        network.on(`network:${kind}`, (event: NetworkPluginEvent) => events.push(event));
    /** The next frame of the engine. */
    const nextFrame = (): Promise<void> => new Promise((resolve) => app.once('frameend', () => resolve()));
    const overlayText = (): string | null => document.querySelector('.mixreel-network')?.textContent ?? null;
    const plain = (value: unknown): Plain => JSON.parse(JSON.stringify(value)) as Plain;
    return {
        /** Loads a file as an asset; what the plugin said of it. */
        async load(url) {
            const asset = new Asset('blob', 'binary', { url: url as string });
            app.assets.add(asset);
            await new Promise<void>((resolve, reject) => {
                asset.once('load', () => resolve());
                asset.once('error', (message: string) => reject(new Error(message)));
                app.assets.load(asset);
            });
            const { byteLength } = asset.resource as unknown as ArrayBuffer;
            return plain({ byteLength, event: events.at(-1) });
        },
        /** Streams a frame with every one that the engine draws; answers when the overlay has counted them all. */
        async stream(count) {
            const sent: Promise<number | null>[] = [];
            for (let i = 0; i < (count as number); i++) {
                sent.push(network.plugin?.sendFrame(20_000) ?? Promise.resolve(null));
                await nextFrame();
            }
            const delaysNs = await Promise.all(sent);
            while (!overlayText()?.includes(`frames ${count}`)) await nextFrame();
            return plain({ delaysNs, figures: network.plugin?.figures(), overlay: overlayText() });
        },
        /** Bytes of a file over the page's own fetch, and what that took, ms. */
        async fetch(url) {
            const from = performance.now();
            const bytes = await (await fetch(url as string)).arrayBuffer();
            return { bytes: bytes.byteLength, ms: performance.now() - from };
        },
        /** Streams frames over a model in a worker, while this thread draws. */
        async streamFromWorker(count) {
            const entity = new Entity('worker');
            const script = (entity.addComponent('script') as ScriptComponent).create(Network, {
                properties: { preset: 'city', workerUrl, assets: false, sockets: false, overlay: false }
            }) as unknown as Network;
            root.addChild(entity);
            const plugin = script.plugin as NetworkPlugin;
            const sent: Promise<number | null>[] = [];
            for (let i = 0; i < (count as number); i++) {
                sent.push(plugin.sendFrame(20_000));
                await nextFrame();
            }
            const delaysNs = await Promise.all(sent);
            const lag = await plugin.schedulerLag();
            entity.destroy();
            return plain({ delaysNs, lag });
        },
        /** Takes the network away. */
        async stop() {
            network.enabled = false;
            return {
                plugin: network.plugin === null,
                fetch: globalThis.fetch === realFetch,
                socket: globalThis.WebSocket === RealSocket,
                loader: !Object.hasOwn(app.loader, 'load'),
                overlay: document.querySelector('.mixreel-network') === null
            };
        }
    };
});
