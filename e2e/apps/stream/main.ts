/** Two PlayCanvas apps: what a camera of the one sees is streamed through the codec onto a texture of the other. */
import type { DecodedFrame, EncodedFrame } from '@mixreel/codec';
import { learnedConcept } from '@mixreel/codec/learned';
import { StreamReceiverPlugin, StreamSenderPlugin } from '@mixreel/codec/playcanvas';
import { StreamReceiver, StreamSender } from '@mixreel/codec/scripts/stream.mjs';
import { createBrowserDevice } from '@mixreel/gpu';
import {
    type AppBase,
    Color,
    Entity,
    Mesh,
    MeshInstance,
    PIXELFORMAT_RGBA8,
    RenderTarget,
    type ScriptComponent,
    StandardMaterial,
    Texture,
    TONEMAP_LINEAR
} from 'playcanvas';
import { cornellRenderer } from '../../src/cornell.ts';
import { offer, type Plain, toBase64 } from '../../src/page-api.ts';
import { createApp } from '../../src/webgpu-app.ts';

const SIZE = { widthPx: 64, heightPx: 48 } as const;
const first = document.getElementById('canvas') as HTMLCanvasElement;
const second = document.createElement('canvas');
for (const canvas of [first, second]) {
    canvas.width = SIZE.widthPx;
    canvas.height = SIZE.heightPx;
}
document.body.append(second);

/** A rectangle in the plane z = 0 that glows. */
function quad(app: AppBase, color: Color, halfWidth: number, halfHeight: number): Entity {
    const material = new StandardMaterial();
    material.diffuse.set(0, 0, 0);
    material.specular.set(0, 0, 0);
    material.emissive = color;
    material.useLighting = false;
    material.update();
    const mesh = new Mesh(app.graphicsDevice);
    const [x, y] = [halfWidth, halfHeight];
    mesh.setPositions([-x, -y, 0, x, -y, 0, x, y, 0, -x, y, 0]);
    mesh.setNormals([0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
    mesh.setUvs(0, [0, 1, 1, 1, 1, 0, 0, 0]);
    mesh.setIndices([0, 1, 2, 0, 2, 3]);
    mesh.update();
    const entity = new Entity('quad', app);
    entity.addComponent('render', { meshInstances: [new MeshInstance(mesh, material)] });
    entity.addComponent('script');
    return entity;
}

function eye(app: AppBase, clearColor: Color): Entity {
    const entity = new Entity('eye', app);
    entity.addComponent('camera', { toneMapping: TONEMAP_LINEAR, clearColor, fov: 60 });
    entity.addComponent('script');
    app.root.addChild(entity);
    return entity;
}

/** What a camera of an app shows: red, green, blue and alpha of each pixel, by rows. */
async function shown(app: AppBase, camera: Entity): Promise<Uint8Array> {
    const { widthPx, heightPx } = SIZE;
    const colorBuffer = new Texture(app.graphicsDevice, {
        width: widthPx,
        height: heightPx,
        format: PIXELFORMAT_RGBA8,
        mipmaps: false
    });
    const renderTarget = new RenderTarget({ colorBuffer, depth: true });
    camera.camera!.renderTarget = renderTarget;
    await new Promise<void>((resolve) => app.once('frameend', () => resolve()));
    const texels = await colorBuffer.read(0, 0, widthPx, heightPx, { renderTarget, immediate: true });
    // The canvas again; the engine's types know no null.
    camera.camera!.renderTarget = null as unknown as RenderTarget;
    renderTarget.destroy();
    colorBuffer.destroy();
    return texels as Uint8Array;
}

/** Resolves with the next event. */
const next = <T>(script: { once(name: string, handler: (value: T) => void): unknown }): Promise<T> =>
    new Promise((resolve) => script.once('stream:frame', resolve));

offer(async () => {
    const [source, screen] = [await createApp(first), await createApp(second)];
    const camera = eye(source, new Color(0, 0, 0.5));
    camera.setPosition(0, 0, 2);
    const box = quad(source, new Color(1, 0.1, 0.05), 0.5, 0.5);
    box.setPosition(-0.7, 0, 0);
    source.root.addChild(box);

    // The screen of the other app fills its camera's picture: 2 units away, tan 30 degrees.
    const watcher = eye(screen, new Color(0, 0, 0));
    watcher.setPosition(0, 0, 2);
    const half = 2 * Math.tan(Math.PI / 6);
    const picture = quad(screen, new Color(1, 1, 1), (half * SIZE.widthPx) / SIZE.heightPx, half);
    screen.root.addChild(picture);

    const scripts = (entity: Entity): ScriptComponent => entity.script as ScriptComponent;
    let sender: StreamSender | null = null;
    let receiver: StreamReceiver | null = null;
    const start = (properties: object, other: object = {}): void => {
        receiver = scripts(picture).create(StreamReceiver, { properties: other }) as unknown as StreamReceiver;
        sender = scripts(camera).create(StreamSender, {
            properties: { ...SIZE, ...properties }
        }) as unknown as StreamSender;
    };
    const stop = (): void => {
        scripts(camera).destroy('streamSender');
        scripts(picture).destroy('streamReceiver');
    };
    const frames = async (count: number): Promise<{ encoded: EncodedFrame[]; decoded: DecodedFrame[] }> => {
        const encoded: EncodedFrame[] = [];
        const decoded: DecodedFrame[] = [];
        (sender as unknown as StreamSender).on('stream:frame', (frame: EncodedFrame) => encoded.push(frame));
        for (let i = 0; i < count; i++) decoded.push(await next<DecodedFrame>(receiver as unknown as StreamReceiver));
        return { encoded, decoded };
    };
    /** Colour at a pixel. */
    const at = ({ rgb }: { rgb: Uint8Array }, x: number, y: number): Plain =>
        [0, 1, 2].map((c) => rgb[c * SIZE.widthPx * SIZE.heightPx + y * SIZE.widthPx + x]!);

    const texelAt = (rgba: Uint8Array, x: number, y: number): Plain => {
        const first = 4 * (y * SIZE.widthPx + x);
        return [...rgba.subarray(first, first + 3)];
    };

    return {
        /** Streams pictures; what was sent and what came, and what both apps show in the box and beside it. */
        async pictures(count) {
            start({ quality: 60 });
            const { encoded, decoded } = await frames(count as number);
            let last = decoded.at(-1)!;
            (receiver as unknown as StreamReceiver).on('stream:frame', (frame: DecodedFrame) => {
                last = frame;
            });
            // Nothing more is sent; what is on its way comes while the first app is looked at.
            (sender as unknown as StreamSender).enabled = false;
            const here = await shown(source, camera);
            const texture = (receiver as unknown as StreamReceiver).plugin!.texture!;
            const texels = (await texture.read(0, 0, texture.width, texture.height, { immediate: true })) as Uint8Array;
            const there = await shown(screen, watcher);
            const result = {
                kinds: decoded.map(({ kind }) => kind),
                exact: decoded.every(({ exact }) => exact),
                sentRgb: toBase64(encoded.find(({ frameIndex }) => frameIndex === last.frameIndex)!.picture.rgb),
                cameRgb: toBase64(last.picture.rgb),
                texels: toBase64(texels),
                box: [texelAt(here, 15, 24), at(last.picture, 15, 24), texelAt(there, 15, 24)],
                beside: [texelAt(here, 55, 10), at(last.picture, 55, 10), texelAt(there, 55, 10)]
            };
            stop();
            return result;
        },
        /** Sends concepts alone: bytes of the frames, and whether the other camera stands where the first does. */
        async concepts() {
            camera.setPosition(0.3, 0.2, 2.5);
            camera.setEulerAngles(-5, 8, 0);
            watcher.camera!.fov = 20;
            start({ concepts: true }, { camera: watcher });
            const { encoded, decoded } = await frames(2);
            const [p, q] = [camera.getPosition(), watcher.getPosition()];
            const [a, b] = [camera.getRotation(), watcher.getRotation()];
            const result = {
                bytes: encoded.map(({ bytes }) => bytes),
                layers: encoded.map(({ stats }) => stats.layerBytes as unknown as Plain),
                exact: decoded.every(({ exact }) => exact),
                words: decoded.at(-1)!.scene!.regions.length,
                distance: p.distance(q),
                turn: Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w),
                fov: watcher.camera!.fov
            };
            stop();
            return result;
        },
        /** Streams what a path tracer makes, as concepts of a learned model: what the encoder says is shown, and what is on the other app's texture. */
        async traced() {
            const device = await createBrowserDevice();
            const render = await cornellRenderer(device);
            const concept = learnedConcept();
            const seen = new StreamReceiverPlugin(screen, { decoder: { concept } });
            const { encoded, decoded } = await new Promise<{ encoded: EncodedFrame; decoded: DecodedFrame }>(
                (resolve, reject) => {
                    const from = new StreamSenderPlugin(source, {
                        source: () => render(1),
                        encoder: { concept, quality: 50 },
                        onError: reject,
                        onFrame(frame) {
                            from.destroy();
                            resolve({ encoded: frame, decoded: seen.receive(frame.pduSets) });
                        }
                    });
                    from.enable();
                }
            );
            const texture = seen.texture!;
            const texels = (await texture.read(0, 0, texture.width, texture.height, { immediate: true })) as Uint8Array;
            const result = {
                layers: encoded.stats.layerBytes as unknown as Plain,
                complete: decoded.complete,
                sentRgb: toBase64(encoded.picture.rgb),
                texels: toBase64(texels)
            };
            seen.destroy();
            device.destroy();
            return result;
        },
        /** Whether anything is left of the streams. */
        async left() {
            return {
                children: camera.children.length,
                update: source.hasEvent('frameend') || screen.hasEvent('frameend'),
                texture: (picture.render!.meshInstances[0]!.material as StandardMaterial).emissiveMap !== null
            };
        }
    };
});
