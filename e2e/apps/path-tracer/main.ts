/** A PlayCanvas app on its WebGPU device: loads a GLB, and the plugin path-traces what is there. */
import type { MixreelError } from '@mixreel/core';
import { PathTracerPlugin, type PluginEvent } from '@mixreel/pathtracer/playcanvas';
import { PathTracer } from '@mixreel/pathtracer/scripts/path-tracer.mjs';
import {
    type AppBase,
    Asset,
    type CameraComponent,
    CameraFrame,
    type ContainerResource,
    type Entity,
    TONEMAP_LINEAR
} from 'playcanvas';
import { offer, type Plain, plainFrame, toBase64 } from '../../src/page-api.ts';
import { shownPicture } from '../../src/shown-picture.ts';
import { createApp } from '../../src/webgpu-app.ts';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;

async function load(app: AppBase, url: string): Promise<Entity> {
    const asset = new Asset('model', 'container', { url });
    app.assets.add(asset);
    await new Promise<void>((resolve, reject) => {
        asset.ready(() => resolve());
        asset.once('error', (error: unknown) => reject(new Error(String(error))));
        app.assets.load(asset);
    });
    const entity = (asset.resource as ContainerResource).instantiateRenderEntity();
    app.root.addChild(entity);
    for (const camera of entity.findComponents('camera') as CameraComponent[]) {
        camera.enabled = true;
        camera.toneMapping = TONEMAP_LINEAR;
    }
    return entity;
}

/** Lets the engine draw: its own buffers and textures are there afterwards. */
function frames(app: AppBase, count: number): Promise<void> {
    return new Promise((resolve) => {
        let drawn = 0;
        const handle = app.on('frameend', () => {
            if (++drawn < count) return;
            handle.off();
            resolve();
        });
    });
}

/** What of the app a plugin could leave behind. */
function traces(app: AppBase): Plain {
    const device = app.graphicsDevice as unknown as { textures: Iterable<unknown>; buffers: Iterable<unknown> };
    const cameras = app.root.findComponents('camera') as CameraComponent[];
    const callbacks = (app as unknown as { _callbacks: Map<string, unknown[]> })._callbacks;
    return {
        textures: [...device.textures].length,
        buffers: [...device.buffers].length,
        framePasses: cameras.reduce((sum, camera) => sum + camera.framePasses.length, 0),
        listeners: [...callbacks.values()].reduce((sum, list) => sum + list.length, 0)
    };
}

offer(async () => {
    const app = await createApp(canvas);
    await load(app, '/models/room.glb');
    await frames(app, 3);
    const events: PluginEvent[] = [];
    let waiting: { spp: number; restarted: boolean; resolve: () => void; reject: (error: Error) => void } | null = null;
    const onEvent = (event: PluginEvent): void => {
        events.push(event);
        if (!waiting) return;
        if (event.kind === 'failed') waiting.reject(event.error);
        if (event.kind === 'restart') waiting.restarted = true;
        if (event.kind === 'samples' && waiting.restarted && event.spp >= waiting.spp) waiting.resolve();
    };
    let plugin: PathTracerPlugin | null = null;
    const current = (): PathTracerPlugin => {
        plugin ??= new PathTracerPlugin(app, {
            maxSpp: 8,
            onEvent,
            tracer: { maxBounces: 3, seed: 7, buildIn: 'worker' }
        });
        return plugin;
    };
    /** Resolves when so many samples are shown, after the next restart if one is to come. */
    const reached = (spp: number, afterRestart: boolean): Promise<void> =>
        new Promise((resolve, reject) => {
            waiting = { spp, restarted: !afterRestart, resolve, reject };
        });
    const told = (): Plain => events.splice(0).map((event) => JSON.parse(JSON.stringify(event)) as Plain);

    return {
        traces: async () => traces(app),
        info: async () => ({ ...current().device.info }),
        async still(argument) {
            const { spp } = argument as { spp: number };
            const frame = await current().renderToFrame({ spp, widthPx: 64, heightPx: 48 });
            const moments = await current().tracer!.readMoments();
            return { frame: plainFrame(frame), sum: toBase64(moments.sum), sumSquares: toBase64(moments.sumSquares) };
        },
        /** A still that is cancelled after its first samples. */
        async cancelled() {
            const abort = new AbortController();
            const progress = { signal: abort.signal, report: () => abort.abort() };
            return current()
                .renderToFrame({ spp: 4096, widthPx: 64, heightPx: 48, progress })
                .then(
                    () => 'resolved',
                    (error) => (error as MixreelError).code
                );
        },
        async enable(argument) {
            const shown = reached((argument as { spp: number }).spp, false);
            current().enable();
            await shown;
            return told();
        },
        /** The film that is shown, as mean radiance. */
        async shown() {
            const frame = await current().tracer!.readFrame();
            const [color, alpha] = [toBase64(frame.layer('color')), toBase64(frame.layer('alpha'))];
            const { clearColor } = (app.root.findComponents('camera') as CameraComponent[])[0]!;
            return { widthPx: frame.widthPx, heightPx: frame.heightPx, color, alpha, clear: clearColor.r };
        },
        async moveCamera() {
            const [camera] = app.root.findComponents('camera') as CameraComponent[];
            const shown = reached(1, true);
            camera!.entity.translateLocal(0.25, 0, 0);
            await shown;
            return told();
        },
        async moveNode() {
            const shown = reached(1, true);
            (app.root.findByName('cube') as Entity).translate(0, 0.5, 0);
            await shown;
            return told();
        },
        /**
         * Gathers samples, moves the camera a little, and gathers as many again.
         *
         * @returns Pictures as the canvas has them: after the first sample from there, and after the last.
         */
        async moveAfterRest(argument) {
            const { onCameraMove } = argument as { onCameraMove: 'restart' | 'reproject' };
            const [camera] = app.root.findComponents('camera') as CameraComponent[];
            const start = camera!.entity.getLocalPosition().clone();
            const options = { maxSpp: 33, resolutionScale: 0.5, tracer: { maxBounces: 1, seed: 7 } };
            const moving = new PathTracerPlugin(app, { ...options, onCameraMove, onEvent });
            const first = reached(33, false);
            moving.enable();
            await first;
            const again = reached(1, true);
            camera!.entity.translateLocal(0.05, 0, 0);
            await again;
            // Read before the next frame adds to it.
            const early = await shownPicture(app);
            await reached(33, false);
            const late = await shownPicture(app);
            moving.destroy();
            camera!.entity.setLocalPosition(start);
            events.length = 0;
            return [early, late];
        },
        /**
         * Traces on a camera whose picture a CameraFrame makes: shown, given back, switched off meanwhile, and on again.
         *
         * @returns Of each step whether the camera has the passes that it ought to have, or how many.
         */
        async besideCameraFrame() {
            const [camera] = app.root.findComponents('camera') as CameraComponent[];
            const engine = new CameraFrame(app, camera!);
            engine.update();
            await frames(app, 3);
            const own = camera!.framePasses[0];
            const tracing = new PathTracerPlugin(app, { maxSpp: 1, tracer: { maxBounces: 1 }, onEvent });
            /** Whether the traced picture comes in the place of the engine's. */
            const shown = async (): Promise<boolean> => {
                tracing.enable();
                for (let i = 0; i < 500 && camera!.framePasses[0] === own; i++) await frames(app, 1);
                return camera!.framePasses.length === 1 && camera!.framePasses[0] !== own;
            };
            const steps: Plain[] = [await shown()];
            tracing.disable();
            await frames(app, 2);
            steps.push(camera!.framePasses.length === 1 && camera!.framePasses[0] === own, await shown());
            // The engine destroys what stands in its place.
            engine.enabled = false;
            await frames(app, 2);
            tracing.disable();
            steps.push(camera!.framePasses.length);
            engine.enabled = true;
            await frames(app, 2);
            const anew = camera!.framePasses[0];
            steps.push(camera!.framePasses.length, anew !== own);
            tracing.destroy();
            steps.push(camera!.framePasses[0] === anew);
            engine.destroy();
            await frames(app, 2);
            events.length = 0;
            return [...steps, camera!.framePasses.length];
        },
        async disable() {
            current().disable();
            return traces(app);
        },
        events: async () => told(),
        live: async () =>
            current()
                .device.live.list()
                .map((resource) => ({ ...resource })),
        async destroy() {
            const destroyed = current();
            const { live } = destroyed.device;
            destroyed.destroy();
            plugin = null;
            return live.list().map((resource) => ({ ...resource }));
        },
        /** The ESM Script on the camera's entity, as the Editor would put it there, until it shows samples; then taken off. */
        async script() {
            const [camera] = app.root.findComponents('camera') as CameraComponent[];
            const { entity } = camera!;
            entity.addComponent('script');
            const script = entity.script!.create(PathTracer) as unknown as PathTracer;
            script.maxSpp = 2;
            script.resolutionScale = 0.5;
            const spp = await new Promise<number>((resolve, reject) => {
                script.on('pathtracer:samples', (event: { spp: number }) => event.spp === 2 && resolve(event.spp));
                script.on('pathtracer:failed', (event: { error: Error }) => reject(event.error));
            });
            const { state } = script;
            entity.removeComponent('script');
            return [spp, state, script.state, script.plugin === null];
        }
    };
});
