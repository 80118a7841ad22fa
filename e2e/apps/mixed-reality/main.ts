/** A PlayCanvas app with an emulated headset (iwer) in a captured room (@iwer/sem), furnished while its session runs. */
import { SyntheticEnvironmentModule } from '@iwer/sem';
import { Rng } from '@mixreel/core';
import { certify, type SceneNode } from '@mixreel/scenegen';
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

type XrThing = XrManager['meshDetection']['meshes'][number];

const DIRECTIONS = [
    [0.2, 0],
    [-0.2, 0],
    [0, 0.2],
    [0, -0.2]
] as const;

/** The rectangle around a node in plan, square to the world. */
function planBox(n: SceneNode): { label: string; x: number; z: number; u: number; v: number } {
    const [s, c] = [Math.abs(Math.sin(n.pose.yaw)), Math.abs(Math.cos(n.pose.yaw))];
    const { width, depth } = n.dims;
    const [u, v] = [(width * c + depth * s) / 2, (width * s + depth * c) / 2];
    return { label: n.class, x: n.pose.x, z: n.pose.z, u, v };
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
    /** A table and a direction in which 20 cm of floor are free of real things and of walls. */
    const freePush = (): { thing: XrThing; by: readonly [number, number] } | null => {
        const { nodes, rooms } = scene.graph!;
        const boxes = nodes.filter((n) => n.real && n.pose.y < rooms[0]!.floorY + 1.2).map(planBox);
        const [xs, zs] = [rooms[0]!.polygon.map((p) => p[0]), rooms[0]!.polygon.map((p) => p[1])];
        for (const thing of xr.meshDetection.meshes.filter((m) => m.label === 'table')) {
            const at = thing.getPosition();
            const own = boxes.find((b) => b.label === 'table' && Math.hypot(b.x - at.x, b.z - at.z) < 0.1);
            for (const by of own ? DIRECTIONS : []) {
                const moved = { ...own!, x: own!.x + by[0], z: own!.z + by[1] };
                const inside =
                    moved.x - moved.u > Math.min(...xs) + 0.3 &&
                    moved.x + moved.u < Math.max(...xs) - 0.3 &&
                    moved.z - moved.v > Math.min(...zs) + 0.3 &&
                    moved.z + moved.v < Math.max(...zs) - 0.3;
                const clear = boxes.every(
                    (b) =>
                        b === own || Math.abs(b.x - moved.x) > b.u + moved.u || Math.abs(b.z - moved.z) > b.v + moved.v
                );
                if (inside && clear) return { thing, by };
            }
        }
        return null;
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
        /** Pushes a table, its top and its box, to where nothing real stands, and waits until the scene has followed. */
        async push() {
            const before = new Map(scene.graph!.nodes.map((n) => [n.id, scene.entity(n.id)]));
            const { thing, by } = freePush()!;
            const at = thing.getPosition().clone();
            const tops = xr.planeDetection.planes.filter(
                (p) => p.label === 'table' && Math.hypot(p.getPosition().x - at.x, p.getPosition().z - at.z) < 0.3
            ) as unknown as { _xrPlane: { planeSpace: object } }[];
            for (const space of [thing.xrMesh.meshSpace, ...tops.map((p) => p._xrPlane.planeSpace)]) {
                matrixOf(space)[12]! += by[0];
                matrixOf(space)[14]! += by[1];
            }
            const first = events.length;
            await until(() => events.length > first);
            await settled();
            const now = thing.getPosition();
            const found = scene
                .graph!.nodes.filter((n) => n.real && n.class === 'table')
                .map((n) => Math.hypot(n.pose.x - now.x, n.pose.z - now.z));
            const kept = scene.graph!.nodes.filter((n) => before.get(n.id) && before.get(n.id) === scene.entity(n.id));
            return {
                ...(state() as object),
                moved: now.distance(at),
                error: Math.min(...found),
                kept: kept.length,
                events: events.slice(first).map((e) => e.type)
            } as Plain;
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
