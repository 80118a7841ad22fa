/**
 * A matte floor alone, seen from above at a slant, under the lights of the engine: nothing throws light at anything else, so the
 * engine's own picture and the traced one show the same. And what a plugin must withstand: a lost device, a tight budget.
 */
import { type Clock, MixreelError } from '@mixreel/core';
import { PathTracerPlugin, type PathTracerPluginOptions, type PluginEvent } from '@mixreel/pathtracer/playcanvas';
import { Color, Entity, Mat4, Mesh, MeshInstance, StandardMaterial, TONEMAP_LINEAR } from 'playcanvas';
import { offer, type Plain, plainFrame, toBase64 } from '../../src/page-api.ts';
import { createApp } from '../../src/webgpu-app.ts';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;

/** The engine makes a new device for one that its driver lost, and none for one that was destroyed: let it take these for those. */
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
    const device = await requestDevice.call(this, descriptor);
    const lost = device.lost.then(({ message }) => ({ reason: 'unknown', message }));
    Object.defineProperty(device, 'lost', { value: lost });
    return device;
};

offer(async () => {
    const app = await createApp(canvas);
    const { root } = app;
    const material = new StandardMaterial();
    material.diffuse.set(0.75, 0.5, 0.25);
    material.update();
    const mesh = new Mesh(app.graphicsDevice);
    mesh.setPositions([-10, 0, 10, 10, 0, 10, 10, 0, -10, -10, 0, -10]);
    mesh.setNormals([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]);
    mesh.setColors32([255, 64, 64, 255, 64, 255, 64, 255, 64, 64, 255, 255, 255, 255, 255, 255]);
    mesh.setIndices([0, 1, 2, 0, 2, 3]);
    mesh.update();
    const floor = new Entity('floor');
    floor.addComponent('render', { meshInstances: [new MeshInstance(mesh, material)] });
    const eye = new Entity('eye');
    eye.addComponent('camera', { toneMapping: TONEMAP_LINEAR, fov: 40 });
    eye.setPosition(0, 3, 3);
    eye.lookAt(0, 0, 0);
    root.addChild(floor);
    root.addChild(eye);
    let light: Entity | null = null;

    const OPTIONS = { camera: eye, resolutionScale: 0.25, tracer: { maxBounces: 2, seed: 7 } } as const;
    /** Runs a plugin until an event of the kind `until` satisfies comes; resolves with all that was told. */
    const run = async (
        options: PathTracerPluginOptions,
        act: (event: PluginEvent, plugin: PathTracerPlugin) => boolean
    ): Promise<{ plugin: PathTracerPlugin; told: PluginEvent[] }> => {
        const told: PluginEvent[] = [];
        let plugin!: PathTracerPlugin;
        await new Promise<void>((resolve) => {
            const onEvent = (event: PluginEvent): void => {
                told.push(event);
                if (act(event, plugin)) resolve();
            };
            plugin = new PathTracerPlugin(app, { ...OPTIONS, ...options, onEvent });
            plugin.enable();
        });
        return { plugin, told };
    };
    const film = async (plugin: PathTracerPlugin): Promise<string> => toBase64((await plugin.tracer!.saveFilm()).data);
    const kinds = (told: readonly PluginEvent[]): Plain[] =>
        told.map((event) => {
            if (event.kind === 'failed') return ['failed', event.error.code];
            return 'spp' in event ? [event.kind, event.spp] : [event.kind];
        });

    return {
        /** Puts a light in place of the one before. */
        async shine(argument) {
            const { angles, position, ambient, colored, ...settings } = argument as unknown as {
                angles: [number, number, number];
                position: [number, number, number];
                ambient: number;
                colored: boolean;
            };
            light?.destroy();
            light = new Entity('light');
            light.addComponent('light', { color: new Color(1, 0.875, 0.75), ...settings });
            light.setEulerAngles(...angles);
            light.setPosition(...position);
            root.addChild(light);
            app.scene.ambientLight.set(ambient, ambient * 0.75, ambient * 0.5);
            material.diffuseVertexColor = colored;
            material.update();
            return null;
        },
        /** A still of the canvas's size: what was left out, light, and the variance of each mean. */
        async still() {
            const left: string[] = [];
            const onEvent = (event: PluginEvent): void => {
                if (event.kind === 'scene') left.push(...event.events.map(({ message }) => message));
            };
            const plugin = new PathTracerPlugin(app, { ...OPTIONS, onEvent });
            const frame = await plugin.renderToFrame({ spp: 16, widthPx: canvas.width, heightPx: canvas.height });
            const { sum, sumSquares } = await plugin.tracer!.readMoments();
            plugin.destroy();
            const variance = sum.map((x, i) => Math.max(0, sumSquares[i]! / 16 - (x / 16) ** 2) / 15);
            return { left, color: toBase64(frame.layer('color')), variance: toBase64(variance) };
        },
        /** Both eyes of a session whose views are made up; and each as a still of a camera that stands there. */
        async stereo() {
            const projMat = new Mat4().setPerspective(80, 1, 0.1, 100);
            const list = (['left', 'right'] as const).map((which) => {
                const place = new Mat4().setTranslate(which === 'left' ? -0.032 : 0.032, 0, 0);
                return { eye: which, projMat, viewInvOffMat: place.mul2(eye.getWorldTransform(), place) };
            });
            const before = app.xr;
            Object.assign(app, { xr: { active: true, views: { list } } });
            const plugin = new PathTracerPlugin(app, OPTIONS);
            const pair = await plugin.renderStereo({ spp: 2, widthPx: 24, heightPx: 24 });
            plugin.destroy();
            Object.assign(app, { xr: before });
            return [plainFrame(pair.left), plainFrame(pair.right)];
        },
        /**
         * Eight samples a pixel with a budget of 12 ms, by a clock on which a path takes 0.1 ms.
         *
         * @returns Paths of each frame; samples when a picture was shown; the film, and that of samples that are whole.
         */
        async budget() {
            const parts: number[] = [];
            let current: PathTracerPlugin | null = null;
            const paths = (): number => {
                const tracer = current?.tracer;
                return tracer ? tracer.samples * 24 * 18 + tracer.pixelsAhead : 0;
            };
            let last = 0;
            const clock: Clock = {
                kind: 'virtual',
                nowNs: () => {
                    if (paths() > last) parts.push(paths() - last);
                    last = paths();
                    return last * 1e5;
                },
                waitUntilNs: () => Promise.reject(new MixreelError('internal', { what: 'nobody waits', mend: '' }))
            };
            const limits = { maxSpp: 2, checkpointSeconds: null };
            const { plugin, told } = await run({ ...limits, frameBudgetMs: 12, clock }, (event, running) => {
                current = running;
                return event.kind === 'samples' && event.spp === 2;
            });
            const slow = await film(plugin);
            plugin.destroy();
            const whole = await run(limits, (event) => event.kind === 'samples' && event.spp === 2);
            const fast = await film(whole.plugin);
            whole.plugin.destroy();
            return { parts, told: kinds(told), same: slow === fast };
        },
        /** Loses the engine's device after three samples; the engine makes another. */
        async loseDevice() {
            const limits = { maxSpp: 6, checkpointSeconds: 0 };
            const done = (event: PluginEvent): boolean => event.kind === 'samples' && event.spp === 6;
            const undisturbed = await run(limits, done);
            const expected = await film(undisturbed.plugin);
            undisturbed.plugin.destroy();
            let lost = false;
            const { plugin, told } = await run(limits, (event) => {
                if (!lost && event.kind === 'samples' && event.spp === 4) {
                    lost = true;
                    (app.graphicsDevice as unknown as { wgpu: GPUDevice }).wgpu.destroy();
                }
                return lost && done(event);
            });
            const same = (await film(plugin)) === expected;
            const live = plugin.device.live;
            plugin.destroy();
            return { told: kinds(told), same, left: live.list().length };
        }
    };
});
