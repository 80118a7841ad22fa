/**
 * A PlayCanvas app whose scene changes in every way that the plugin follows. Everything glows and nothing reflects, so that the
 * engine's own picture and the traced one show the same but for their edges.
 */
import { PathTracerPlugin, type PluginEvent } from '@mixreel/pathtracer/playcanvas';
import {
    type AppBase,
    Color,
    Entity,
    EnvLighting,
    GraphNode,
    Mat4,
    Mesh,
    MeshInstance,
    Morph,
    MorphInstance,
    MorphTarget,
    PIXELFORMAT_RGBA8,
    Quat,
    SEMANTIC_BLENDINDICES,
    SEMANTIC_BLENDWEIGHT,
    Skin,
    SkinInstance,
    StandardMaterial,
    TEXTURETYPE_DEFAULT,
    TEXTURETYPE_RGBP,
    Texture,
    TONEMAP_LINEAR,
    TYPE_UINT8
} from 'playcanvas';
import { offer, type Plain, toBase64 } from '../../src/page-api.ts';
import { createApp } from '../../src/webgpu-app.ts';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;
canvas.width = 64;
canvas.height = 48;

/** Light of its own and nothing else. */
function glow(red: number, green: number, blue: number): StandardMaterial {
    const material = new StandardMaterial();
    material.diffuse.set(0, 0, 0);
    material.specular.set(0, 0, 0);
    material.emissive = new Color(red, green, blue);
    material.useLighting = false;
    material.useSkybox = false;
    material.update();
    return material;
}

/** An upright strip of quads, 2 high, that faces the camera. */
function strip(app: AppBase, bones: boolean): Mesh {
    const mesh = new Mesh(app.graphicsDevice);
    const positions: number[] = [];
    const normals: number[] = [];
    const indices: number[] = [];
    const joints: number[] = [];
    const weights: number[] = [];
    for (let row = 0; row <= 4; row++) {
        for (const x of [-0.2, 0.2]) {
            positions.push(x, row / 2 - 1, 0);
            normals.push(0, 0, 1);
            joints.push(0, 1, 0, 0);
            weights.push(255 - Math.round((row / 4) * 255), Math.round((row / 4) * 255), 0, 0);
        }
        if (row > 0) indices.push(row * 2 - 2, row * 2 - 1, row * 2, row * 2, row * 2 - 1, row * 2 + 1);
    }
    mesh.setPositions(positions);
    mesh.setNormals(normals);
    mesh.setIndices(indices);
    if (bones) {
        mesh.setVertexStream(SEMANTIC_BLENDINDICES, new Uint8Array(joints), 4, undefined, TYPE_UINT8, false);
        mesh.setVertexStream(SEMANTIC_BLENDWEIGHT, new Uint8Array(weights), 4, undefined, TYPE_UINT8, true);
    }
    mesh.update();
    return mesh;
}

/** A cube map of six colours, each brighter towards its lower right corner; with bytes of light in `type`. */
function skyCube(app: AppBase, type: string): Texture {
    const size = 16;
    const faces = [
        [200, 40, 40],
        [40, 200, 40],
        [40, 40, 200],
        [180, 180, 30],
        [180, 30, 180],
        [30, 180, 180]
    ].map((color) => {
        const data = new Uint8Array(size * size * 4);
        for (let i = 0; i < size * size; i++) {
            const shade = 0.4 + (0.6 * ((i % size) + Math.floor(i / size))) / (2 * size);
            data.set([...color.map((value) => value * shade), type === TEXTURETYPE_RGBP ? 230 : 255], i * 4);
        }
        return data;
    });
    return new Texture(app.graphicsDevice, {
        name: 'sky',
        cubemap: true,
        width: size,
        height: size,
        format: PIXELFORMAT_RGBA8,
        type,
        mipmaps: false,
        levels: [faces] as unknown as Uint8Array[]
    });
}

offer(async () => {
    const app = await createApp(canvas);
    const { root, scene } = app;
    const eye = new Entity('eye');
    eye.addComponent('camera', { toneMapping: TONEMAP_LINEAR, clearColor: new Color(0, 0, 0), fov: 45 });
    eye.setPosition(0, 0, 4);
    root.addChild(eye);

    const red = glow(0.75, 0.25, 0.25);
    const box = new Entity('box');
    box.addComponent('render', { type: 'box', material: red });
    box.setPosition(-1.25, -0.5, 0);
    box.setEulerAngles(20, 30, 0);
    root.addChild(box);

    const bones = ['lower', 'upper'].map((name) => new GraphNode(name));
    const figure = new Entity('figure');
    const skinned = new MeshInstance(strip(app, true), glow(0.25, 0.75, 0.25));
    const skin = new Skin(app.graphicsDevice, [new Mat4(), new Mat4()], ['lower', 'upper']);
    skinned.skinInstance = new SkinInstance(skin);
    skinned.skinInstance.bones = bones;
    for (const bone of bones) figure.addChild(bone);
    (skinned.mesh as unknown as { skin: Skin }).skin = skin;
    figure.addComponent('render', { meshInstances: [skinned] });
    root.addChild(figure);

    const blob = new Entity('blob');
    const morphed = new MeshInstance(strip(app, false), glow(0.25, 0.25, 0.75));
    const positions: number[] = [];
    morphed.mesh!.getPositions(positions);
    const lean = new MorphTarget({
        deltaPositions: Float32Array.from(positions, (_, i) => (i % 3 === 0 ? positions[i + 1]! / 2 : 0)),
        deltaNormals: Float32Array.from(positions, (_, i) => (i % 3 === 0 ? 0.25 : 0))
    } as ConstructorParameters<typeof MorphTarget>[0]);
    morphed.morphInstance = new MorphInstance(new Morph([lean], app.graphicsDevice));
    blob.addComponent('render', { meshInstances: [morphed] });
    blob.setPosition(1.25, 0, 0);
    root.addChild(blob);

    const events: PluginEvent[] = [];
    let wake: (() => void) | null = null;
    const plugin = new PathTracerPlugin(app, {
        maxSpp: 8,
        sppPerFrame: 8,
        tracer: { maxBounces: 1, dynamic: true },
        onEvent: (event) => {
            events.push(event);
            wake?.();
        }
    });
    /** Resolves with what was told once `enough` samples are shown and nothing is left to do. */
    const rested = async (): Promise<PluginEvent[]> => {
        while (!['samples', 'resumed'].includes(events.at(-1)?.kind ?? '')) {
            const failed = events.find((event) => event.kind === 'failed');
            if (failed?.kind === 'failed') throw failed.error;
            await new Promise<void>((resolve) => (wake = resolve));
        }
        return events.splice(0);
    };

    let map!: Texture;
    const drawn = document.createElement('canvas');
    drawn.width = 4;
    drawn.height = 2;
    const pen = drawn.getContext('2d')!;
    const spare = new Entity('spare');
    const sun = new Entity('sun');
    let turn = 0;
    const CHANGES: Record<string, () => void> = {
        move: () => box.translate(0, 0.75, 0),
        bend: () => bones[1]!.setLocalEulerAngles(0, 0, 40),
        morph: () => morphed.morphInstance!.setWeight(0, 1),
        carryFigure: () => figure.translate(0.25, 0, 0),
        paint() {
            red.emissive = new Color(0.5, 0.5, 0.25);
            red.emissiveIntensity = 1.25;
            red.update();
        },
        texture() {
            const levels = [Uint8Array.from({ length: 16 }, (_, i) => [255, 128, 64, 255][i % 4]!)];
            map = new Texture(app.graphicsDevice, { width: 2, height: 2, mipmaps: false, levels });
            red.emissiveMap = map;
            red.update();
        },
        writeTexture() {
            const texels = map.lock() as Uint8Array;
            for (let i = 0; i < 4; i++) texels.set([64, 255, 128, 255], i * 4);
            map.unlock();
        },
        canvas() {
            pen.fillStyle = 'rgb(250 120 60)';
            pen.fillRect(0, 0, 4, 2);
            map = new Texture(app.graphicsDevice, { mipmaps: false });
            map.setSource(drawn);
            red.emissiveMap = map;
            red.update();
        },
        drawOnCanvas() {
            pen.fillStyle = 'rgb(90 220 160)';
            pen.fillRect(0, 0, 4, 2);
            map.upload();
        },
        enlargeCanvas() {
            drawn.width = 8;
            pen.fillStyle = 'rgb(200 200 60)';
            pen.fillRect(0, 0, 8, 2);
            map.setSource(drawn);
        },
        add() {
            spare.addComponent('render', { type: 'box', material: red });
            spare.setPosition(-1.25, -1, 0);
            spare.setLocalScale(0.5, 0.5, 0.5);
            root.addChild(spare);
        },
        repaintSpare() {
            spare.render!.material = glow(0.75, 0.75, 0.75);
        },
        hide() {
            spare.enabled = false;
        },
        reshape() {
            const { mesh } = morphed;
            const moved = positions.map((value, i) => (i % 3 === 1 ? value / 2 : value));
            mesh!.setPositions(moved);
            mesh!.update();
        },
        shine() {
            sun.addComponent('light', { type: 'directional', intensity: 0.5 });
            sun.setEulerAngles(60, 0, 0);
            root.addChild(sun);
        },
        turnSun: () => sun.rotate(10, 0, 0),
        unshine: () => sun.destroy(),
        sky() {
            scene.skybox = skyCube(app, TEXTURETYPE_DEFAULT);
        },
        turnSky() {
            turn += 40;
            scene.skyboxRotation = new Quat().setFromEulerAngles(0, turn, 0);
            scene.skyboxIntensity = 0.75;
        },
        tumbleSky() {
            scene.skyboxRotation = new Quat().setFromEulerAngles(25, 70, 15);
        },
        brightSky() {
            scene.skybox = skyCube(app, TEXTURETYPE_RGBP);
        },
        atlas() {
            const source = scene.skybox!;
            scene.skybox = null as unknown as Texture;
            scene.envAtlas = EnvLighting.generateAtlas(source, { numReflectionSamples: 8, numAmbientSamples: 8 });
        }
    };

    return {
        async start() {
            plugin.enable();
            return (await rested()).map((event) => JSON.parse(JSON.stringify(event)) as Plain);
        },
        /** Changes something, and tells what the tracer did. */
        async change(name) {
            CHANGES[name as string]!();
            const told = await rested();
            return told.flatMap((event) => (event.kind === 'update' ? [[...event.rebuilt]] : []));
        },
        async mode(mode) {
            plugin.mode = mode as 'raster';
            events.length = 0;
            return plugin.spp;
        },
        async toneMapping(value) {
            eye.camera!.toneMapping = value as number;
            return null;
        },
        async exposure(value) {
            scene.exposure = value as number;
            return null;
        },
        /** Layers of a still, and those after the scene was taken anew. */
        async stills() {
            const layers = async (): Promise<Plain> => {
                const frame = await plugin.renderToFrame({ spp: 2 });
                return (['albedo', 'normal', 'depth', 'color'] as const).map((name) => toBase64(frame.layer(name)));
            };
            const followed = await layers();
            await plugin.refresh();
            const anew = await layers();
            events.length = 0;
            await rested();
            return [followed, anew];
        },
        /** Motion, instance and depth of stills: at rest, after the box moved by 0.25 m, after the camera did, and at rest. */
        async motion() {
            const layers = async (): Promise<Plain> => {
                const frame = await plugin.renderToFrame({ spp: 1 });
                return (['motion', 'instance', 'depth'] as const).map((name) => toBase64(frame.layer(name)));
            };
            const stills = [await layers()];
            box.translate(0.25, 0, 0);
            stills.push(await layers());
            eye.translate(-0.125, 0, 0);
            stills.push(await layers(), await layers());
            eye.translate(0.125, 0, 0);
            events.length = 0;
            await rested();
            return stills;
        },
        async live() {
            const { live } = plugin.device;
            plugin.destroy();
            return live.list().length;
        }
    };
});
