/** A PlayCanvas app with an emulated headset (iwer) in a captured room (@iwer/sem), furnished while its session runs. */
import { SyntheticEnvironmentModule } from '@iwer/sem';
import { Rng } from '@mixreel/core';
import { certify } from '@mixreel/scenegen';
import { ScenePlugin, XrRoom, type XrRoomEvent } from '@mixreel/scenegen/playcanvas';
import { metaQuest3, XRAnchor, XRDevice, XRMesh, XRPlane } from 'iwer';
import {
    AppBase,
    AppOptions,
    CameraComponentSystem,
    createGraphicsDevice,
    Entity,
    LightComponentSystem,
    RenderComponentSystem,
    XrManager
} from 'playcanvas';
import * as recast from 'recast-navigation';
import * as generators from 'recast-navigation/generators';
import { offer, type Plain } from '../../src/page-api.ts';

const canvas = document.getElementById('canvas') as HTMLCanvasElement;

/** The matrix of an emulated space, which the emulator keeps to itself. */
function matrixOf(space: object): Float32Array {
    const own = Object.getOwnPropertySymbols(space).find((s) => String(s).includes('space'))!;
    return (space as Record<symbol, { offsetMatrix: Float32Array }>)[own]!.offsetMatrix;
}

offer(async () => {
    const headset = new XRDevice(metaQuest3, { stereoEnabled: false });
    headset.installRuntime({ forceInstall: true });
    // The emulator has these and does not show them; the engine asks for them by name.
    Object.assign(globalThis, { XRAnchor, XRMesh, XRPlane });
    headset.installSEM(SyntheticEnvironmentModule as never);
    const sem = headset.sem as unknown as SyntheticEnvironmentModule;
    // What the scan looks like is nobody's question, and drawing it takes the time of ten frames.
    sem.meshesVisible = false;
    const options = new AppOptions();
    options.graphicsDevice = await createGraphicsDevice(canvas, { deviceTypes: ['webgl2'], antialias: false });
    options.componentSystems = [RenderComponentSystem, CameraComponentSystem, LightComponentSystem];
    options.resourceHandlers = [];
    options.xr = XrManager;
    const app = new AppBase(canvas);
    app.init(options);
    app.start();
    // Frames are wanted, pictures are not: the emulator makes the canvas as large as the window.
    app.autoRender = false;
    const eye = new Entity('eye');
    eye.addComponent('camera', { nearClip: 0.05 });
    app.root.addChild(eye);
    const xr = app.xr!;
    const scene = new ScenePlugin(app, { occludeShell: true });
    const events: XrRoomEvent[] = [];
    let room: XrRoom;
    const frames = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) await new Promise((resolve) => xr.once('update', resolve));
    };
    const until = async (done: () => boolean): Promise<void> => {
        for (let i = 0; i < 150 && !done(); i++) await frames(1);
    };
    const settled = (): Promise<void> => until(() => room.waiting === 0);
    const state = (): Plain => {
        const graph = scene.graph!;
        const { violations, realCovered, realExposed } = certify(graph);
        const materials = graph.nodes.flatMap(
            (n) => scene.entity(n.id)?.render?.meshInstances.map((m) => m.material!.name) ?? []
        );
        return {
            classes: graph.nodes.filter((n) => !n.real).map((n) => n.class),
            real: graph.nodes.filter((n) => n.real).map((n) => n.class),
            violations: violations.map((v) => `${v.rule} ${v.node} ${v.other}`),
            realCovered,
            realExposed,
            shown: graph.nodes.filter((n) => scene.entity(n.id)).length,
            nodes: graph.nodes.length,
            occluders: materials.filter((name) => name === 'occluder').length,
            shell: ['floor-room-1', 'wall-1', 'ceiling-room-1'].map(
                (id) => scene.entity(id)?.render?.meshInstances[0]?.material?.name ?? 'none'
            )
        };
    };
    return {
        /** Puts the headset into a captured room and starts a session. */
        async enter(name) {
            sem.loadEnvironment(await (await fetch(`/captures/${name}.json`)).json());
            room = new XrRoom(app, scene, {
                rng: Rng.create(3),
                seed: 3,
                stillFrames: 5,
                onEvent: (event) => void events.push(event)
            });
            if (!xr.isAvailable('immersive-ar'))
                await new Promise((resolve) => xr.once('available:immersive-ar', resolve));
            await room.start(eye.camera!);
            await until(() => room.room !== null);
            await settled();
            return { ...(state() as object), events: events.map((e) => e.type) } as Plain;
        },
        /** Takes a thing away. */
        async carryAway(label) {
            const first = events.length;
            for (const part of [...sem.trackedMeshes].filter((m) => m.semanticLabel === label))
                sem.trackedMeshes.delete(part);
            for (const part of [...sem.trackedPlanes].filter((m) => m.semanticLabel === label))
                sem.trackedPlanes.delete(part);
            await until(() => events.length > first);
            await settled();
            return state();
        },
        /** The headset finds that it is elsewhere: everything real moves in its space, and so must the scene. */
        async recenter() {
            await until(() => xr.anchors.list.length > 0);
            const first = events.length;
            const table = xr.meshDetection.meshes.find((m) => m.label === 'table')!;
            const node = scene.graph!.nodes.find((n) => n.real && n.class === 'table')!;
            const gap = (): number => {
                const [a, b] = [table.getPosition(), scene.entity(node.id)!.getPosition()];
                return Math.hypot(a.x - b.x, a.z - b.z);
            };
            const before = gap();
            const offset = matrixOf((xr as unknown as { _referenceSpace: object })._referenceSpace);
            const start = scene.root.getPosition().clone();
            offset[12]! += 0.5;
            offset[14]! -= 0.3;
            await frames(4);
            return {
                before,
                after: gap(),
                wandered: scene.root.getPosition().distance(start),
                events: events.slice(first).map((e) => e.type)
            };
        },
        /** Anchors a node; then the real place moves, and the node with it. */
        async anchor() {
            const node = scene.graph!.nodes.find((n) => !n.real && !n.covers && n.support.kind === 'floor')!;
            const anchor = await room.anchor(node.id);
            await frames(2);
            const start = scene.entity(node.id)!.getPosition().clone();
            const xrAnchor = (anchor as unknown as { _xrAnchor: { anchorSpace: object } })._xrAnchor;
            matrixOf(xrAnchor.anchorSpace)[12]! += 0.2;
            await frames(3);
            const now = scene.graph!.nodes.find((n) => n.id === node.id)!;
            return { wandered: scene.entity(node.id)!.getPosition().distance(start), locked: now.locked };
        },
        /** A path across the room on a navigation mesh, from where the walker can be to another such place. */
        async walk() {
            const [area] = scene.graph!.walkable;
            const spots = [...area!.rectangles].sort(
                (a, b) => (b[2] - b[0]) * (b[3] - b[1]) - (a[2] - a[0]) * (a[3] - a[1])
            );
            const floorY = scene.graph!.rooms[0]!.floorY;
            const [from, to] = [spots[0]!, spots[1] ?? spots[0]!].map(
                ([x0, z0, x1, z1]) => [(x0 + x1) / 2, floorY, (z0 + z1) / 2] as const
            );
            // The modules' own types do not resolve under Node's rules.
            const { navigation, entity } = await scene.addNavigation({
                core: recast as never,
                generators: generators as never
            });
            entity.enabled = true;
            await frames(1);
            return { path: navigation.path(from!, to!) as Plain, triangles: navigation.triangles().indices.length / 3 };
        },
        async leave() {
            await new Promise<void>((resolve) => xr.end(() => resolve()));
            const { length } = events;
            room.destroy();
            scene.destroy();
            return { last: events[length - 1]!.type, ...scene.live };
        }
    };
});
