// The scene of the examples: a table with things of plastic, gold and glass under a warm lamp and a sky, all made in code.
// Nothing in here knows of path tracing.
import {
    AppBase,
    AppOptions,
    CameraComponentSystem,
    Color,
    CULLFACE_NONE,
    createGraphicsDevice,
    Entity,
    FILLMODE_FILL_WINDOW,
    LightComponentSystem,
    PIXELFORMAT_RGBA8,
    RESOLUTION_AUTO,
    RenderComponentSystem,
    ScriptComponentSystem,
    StandardMaterial,
    Texture,
    TONEMAP_ACES2
} from 'playcanvas';

/** An app on WebGPU that fills the window. */
export async function createApp(canvas) {
    const graphicsDevice = await createGraphicsDevice(canvas, { deviceTypes: ['webgpu'] });
    const options = new AppOptions();
    options.graphicsDevice = graphicsDevice;
    options.componentSystems = [
        RenderComponentSystem,
        CameraComponentSystem,
        LightComponentSystem,
        ScriptComponentSystem
    ];
    const app = new AppBase(canvas);
    app.init(options);
    app.setCanvasFillMode(FILLMODE_FILL_WINDOW);
    app.setCanvasResolution(RESOLUTION_AUTO);
    window.addEventListener('resize', () => app.resizeCanvas());
    app.start();
    return app;
}

/** Fills the app's scene. Returns the camera, the node to turn, and what moves. */
export function createDiorama(app) {
    const { scene, root } = app;
    scene.skybox = eveningSky(app.graphicsDevice);
    scene.skyboxIntensity = 1.8;
    // The engine's own picture has no light of the sky without an atlas of it.
    scene.ambientLight.set(0.45, 0.45, 0.5);

    const camera = new Entity('camera');
    camera.addComponent('camera', { fov: 38, toneMapping: TONEMAP_ACES2, nearClip: 0.05, farClip: 50 });
    root.addChild(camera);
    orbit(app, camera);

    const add = (name, type, material, position, scale) => {
        const entity = new Entity(name);
        entity.addComponent('render', { type, material });
        entity.setLocalPosition(...position);
        entity.setLocalScale(...scale);
        return entity;
    };
    root.addChild(add('table', 'cylinder', paint('#8a6a4f', { gloss: 0.55 }), [0, -0.1, 0], [4.4, 0.2, 4.4]));
    root.addChild(add('plinth', 'cylinder', paint('#e9e4da', { gloss: 0.3 }), [0, 0.1, 0], [1, 0.2, 1]));
    root.addChild(add('glass', 'sphere', glass(), [0, 0.75, 0], [1.1, 1.1, 1.1]));

    const lamp = paint('#000000', {});
    lamp.emissive = new Color(1, 0.72, 0.42);
    lamp.emissiveIntensity = 30;
    lamp.cull = CULLFACE_NONE;
    lamp.update();
    root.addChild(add('lamp', 'sphere', lamp, [-1.3, 2.1, 0.6], [0.45, 0.45, 0.45]));

    const sun = new Entity('sun');
    sun.addComponent('light', {
        type: 'directional',
        color: new Color(1, 0.86, 0.7),
        intensity: 0.9,
        castShadows: true
    });
    sun.setEulerAngles(48, 60, 0);
    root.addChild(sun);

    const carousel = new Entity('carousel');
    root.addChild(carousel);
    const looks = [
        ['box', paint('#d8352a', { gloss: 0.8 })],
        ['sphere', paint('#e8b64c', { gloss: 0.82, metalness: 1 })],
        ['cone', paint('#2f7fd6', { gloss: 0.6 })],
        ['capsule', paint('#3fae6a', { gloss: 0.7 })],
        ['sphere', paint('#f2f2f5', { gloss: 0.97, metalness: 1 })],
        ['torus', paint('#c8509b', { gloss: 0.75 })]
    ];
    const movers = looks.map(([type, material], i) => {
        const angle = (2 * Math.PI * i) / looks.length;
        const entity = add(
            type,
            type,
            material,
            [1.45 * Math.cos(angle), 0.3, 1.45 * Math.sin(angle)],
            [0.5, 0.5, 0.5]
        );
        carousel.addChild(entity);
        return entity;
    });
    return { camera, carousel, movers };
}

/** Turns the carousel and lets its things hop. */
export function animate({ carousel, movers }, seconds) {
    carousel.setLocalEulerAngles(0, seconds * 20, 0);
    for (const [i, entity] of movers.entries()) {
        const { x, z } = entity.getLocalPosition();
        entity.setLocalPosition(x, 0.3 + 0.18 * Math.abs(Math.sin(seconds * 1.7 + i)), z);
        entity.setLocalEulerAngles(0, seconds * 50 + i * 40, i === 5 ? 70 : 0);
    }
}

function paint(hex, { gloss = 0.5, metalness = 0 }) {
    const material = new StandardMaterial();
    material.name = hex;
    material.diffuse = new Color().fromString(hex);
    material.useMetalness = true;
    material.metalness = metalness;
    material.gloss = gloss;
    material.update();
    return material;
}

function glass() {
    const material = paint('#f4fbff', { gloss: 1 });
    material.refraction = 1;
    material.refractionIndex = 1 / 1.5;
    material.thickness = 1;
    material.opacity = 0.25;
    material.blendType = 2;
    material.update();
    return material;
}

/** A sky of dusk as a cube map, in code. */
function eveningSky(device) {
    const size = 64;
    const axes = [
        (s, t) => [1, -t, -s],
        (s, t) => [-1, -t, s],
        (s, t) => [s, 1, t],
        (s, t) => [s, -1, -t],
        (s, t) => [s, -t, 1],
        (s, t) => [-s, -t, -1]
    ];
    const levels = axes.map((direction) => {
        const data = new Uint8Array(size * size * 4);
        for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) {
                const [dx, dy, dz] = direction((2 * (x + 0.5)) / size - 1, (2 * (y + 0.5)) / size - 1);
                data.set(dusk(dx, dy, dz), (y * size + x) * 4);
            }
        }
        return data;
    });
    return new Texture(device, {
        name: 'dusk',
        cubemap: true,
        width: size,
        height: size,
        format: PIXELFORMAT_RGBA8,
        mipmaps: false,
        levels: [levels]
    });
}

function dusk(x, y, z) {
    const up = y / Math.hypot(x, y, z);
    const glow = Math.max(0, x / Math.hypot(x, z)) ** 2 * Math.exp(-6 * Math.max(0, up));
    const blend = (low, high) => low + (high - low) * Math.sqrt(Math.max(0, up));
    const ground = up < 0 ? Math.max(0.5, 1 + 2 * up) : 1;
    return [
        Math.min(255, ground * (blend(118, 42) + 120 * glow)),
        Math.min(255, ground * (blend(112, 66) + 50 * glow)),
        Math.min(255, ground * blend(130, 128)),
        255
    ];
}

/** Drag to turn, wheel to come nearer. */
function orbit(app, camera) {
    let [yaw, pitch, distance] = [25, 24, 6.4];
    const place = () => {
        camera.setEulerAngles(-pitch, yaw, 0);
        const back = camera.forward.clone().mulScalar(-distance);
        camera.setPosition(back.x, back.y + 0.45, back.z);
    };
    const { canvas } = app.graphicsDevice;
    canvas.addEventListener('pointermove', (event) => {
        if (!event.buttons) return;
        yaw -= event.movementX * 0.3;
        pitch = Math.min(85, Math.max(2, pitch + event.movementY * 0.3));
        place();
    });
    canvas.addEventListener('wheel', (event) => {
        distance = Math.min(12, Math.max(2.5, distance * (1 + event.deltaY * 0.001)));
        place();
    });
    place();
}
