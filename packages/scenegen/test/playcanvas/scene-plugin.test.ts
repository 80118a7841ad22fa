import { Document, NodeIO } from '@gltf-transform/core';
import { Rng } from '@mixreel/core';
import {
    AppBase,
    AppOptions,
    CollisionComponentSystem,
    type Entity,
    LightComponentSystem,
    NullGraphicsDevice,
    RenderComponentSystem,
    RigidBodyComponentSystem
} from 'playcanvas';
import * as recast from 'recast-navigation';
import * as generators from 'recast-navigation/generators';
import { afterEach, describe, expect, it } from 'vitest';
import {
    certify,
    collidersOf,
    generateFromCapture,
    generateFromPlan,
    MixedRoom,
    readCapture,
    readCatalogue,
    type SceneGraph,
    type UserCatalogue
} from '../../src/index.ts';
import { ScenePlugin } from '../../src/playcanvas/index.ts';
import { fixtureCapture } from '../support/captures.ts';

const apps: AppBase[] = [];

/** An app of the real engine on its null device: everything but pixels. */
function startApp({ physics = false } = {}): AppBase {
    const canvas = {
        id: 'canvas',
        width: 64,
        height: 64,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
        getBoundingClientRect: () => ({ left: 0, top: 0, width: 64, height: 64 })
    } as unknown as HTMLCanvasElement;
    const options = new AppOptions();
    options.graphicsDevice = new NullGraphicsDevice(canvas);
    const bodies = physics ? [CollisionComponentSystem, RigidBodyComponentSystem] : [];
    options.componentSystems = [RenderComponentSystem, LightComponentSystem, ...bodies];
    options.resourceHandlers = [];
    const app = new AppBase(canvas);
    app.init(options);
    apps.push(app);
    return app;
}

/** Stands for Ammo: notes the shapes that it is asked for. */
function physicsWorld(): { world: unknown; shapes: { halfExtents: { x: number; y: number; z: number } }[] } {
    const shapes: { halfExtents: { x: number; y: number; z: number } }[] = [];
    const nothing: unknown = new Proxy(() => nothing, { get: (_, key) => (key === 'then' ? undefined : nothing) });
    const createShape = (shape: (typeof shapes)[number]): object => {
        shapes.push(structuredClone({ halfExtents: { ...shape.halfExtents } }));
        return {};
    };
    const world = new Proxy({}, { get: (_, key) => (key === 'createShape' ? createShape : nothing) });
    return { world, shapes };
}

const captured = (): SceneGraph =>
    generateFromCapture(readCapture(fixtureCapture()), { rng: Rng.create(3), seed: 3 }).graph;

const planned = (): SceneGraph =>
    generateFromPlan(
        {
            rooms: [
                {
                    type: 'living_room',
                    polygon: [
                        [0, 0],
                        [5, 0],
                        [5, 4],
                        [0, 4]
                    ],
                    openings: [{ type: 'door', wall: 0, offset: 0.8, width: 0.9 }]
                }
            ]
        },
        { rng: Rng.create(2), seed: 2 }
    ).graph;

/** A catalogue of one model, a box half as large as a metre. */
async function boxCatalogue(className: string): Promise<UserCatalogue> {
    const document = new Document();
    const buffer = document.createBuffer();
    const corners = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1]).flat();
    const positions = document.createAccessor().setType('VEC3').setBuffer(buffer);
    const indices = document.createAccessor().setType('SCALAR').setBuffer(buffer);
    const primitive = document
        .createPrimitive()
        .setAttribute('POSITION', positions.setArray(new Float32Array(corners.map((v) => 0.5 * v))))
        .setIndices(
            indices.setArray(new Uint16Array([0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7]))
        );
    const node = document.createNode('box').setMesh(document.createMesh('box').addPrimitive(primitive));
    document.createScene('scene').addChild(node);
    const bytes = await new NodeIO().writeBinary(document);
    const models = [{ file: 'box.glb', class: className }];
    const manifest = { format: 'mixreel-catalogue', version: 1, licence: 'CC0', models };
    return readCatalogue(manifest, async () => bytes);
}

/** Everything below an entity that is drawn, with its world box. */
const drawn = (entity: Entity): string[] => entity.find((n) => Boolean((n as Entity).render)).map((n) => n.name);

afterEach(() => {
    for (const app of apps.splice(0)) app.destroy();
});

describe('a scene in a running app', () => {
    it('has an entity for every node, where the node is and as large as it', () => {
        const plugin = new ScenePlugin(startApp());
        const graph = planned();
        plugin.show(graph);
        for (const n of graph.nodes) {
            const entity = plugin.entity(n.id)!;
            const p = entity.getLocalPosition();
            expect([p.x, p.y, p.z]).toEqual([n.pose.x, n.pose.y, n.pose.z].map((v) => expect.closeTo(v, 5)));
            // +z of the entity is where the front of the node points; the engine keeps angles in single precision.
            const front = entity.forward;
            expect(-front.x).toBeCloseTo(Math.sin(n.pose.yaw), 4);
            expect(-front.z).toBeCloseTo(Math.cos(n.pose.yaw), 4);
            const boxes = entity.render!.meshInstances.map((m) => m.mesh!.aabb);
            const high = Math.max(...boxes.map((b) => b.getMax().y));
            // A mesh fills its node's box to the top but for soft and thin ends.
            expect(high).toBeLessThan(n.dims.height * 1.1 + 0.08);
        }
        expect(drawn(plugin.root)).toEqual(expect.arrayContaining(['floor-room-1', 'ceiling-room-1', 'door-1']));
        plugin.destroy();
    });

    it('can be asked for what can be done with its things, and for things of a class', () => {
        const app = startApp();
        const plugin = new ScenePlugin(app);
        const graph = planned();
        const nodes = graph.nodes.map((n) => (n.class === 'sofa' ? { ...n, behaviours: ['sit', 'lie'] as const } : n));
        plugin.show({ ...graph, nodes });
        const named = (tag: string): string[] => app.root.findByTag(tag).map((e) => e.name);
        const sofas = nodes.filter((n) => n.class === 'sofa').map((n) => n.id);
        expect(sofas.length).toBeGreaterThan(0);
        expect([named('sofa'), named('sit'), named('open')]).toEqual([sofas, sofas, []]);
        plugin.destroy();
    });

    it('rebuilds what changed and nothing else, through edits, words, undo and redo', () => {
        const plugin = new ScenePlugin(startApp());
        plugin.show(planned());
        const sofa = plugin.graph!.nodes.find((n) => n.class === 'sofa')!;
        const others = plugin.graph!.nodes.filter((n) => n.id !== sofa.id);
        const before = new Map(others.map((n) => [n.id, plugin.entity(n.id)]));
        const was = plugin.entity(sofa.id);
        plugin.edit({ do: 'recolor', node: sofa.id, colors: { fabric: 'red' } }, Rng.create(1));
        expect(plugin.entity(sofa.id)).not.toBe(was);
        for (const n of others) expect(plugin.entity(n.id)).toBe(before.get(n.id));
        const live = plugin.live;
        plugin.undo();
        plugin.redo();
        expect(plugin.live).toEqual(live);
        plugin.editByText(`remove the ${sofa.class}`, Rng.create(1));
        expect(plugin.entity(sofa.id)).toBeNull();
        plugin.undo();
        expect(plugin.entity(sofa.id)).not.toBeNull();
        plugin.destroy();
    });

    it('is made anew but for what is locked and what stands for the real room', () => {
        const plugin = new ScenePlugin(startApp());
        plugin.show(captured());
        const free = plugin.graph!.nodes.find((n) => !n.real && !n.covers && n.support.kind === 'floor')!;
        plugin.edit({ do: 'lock', node: free.id, locked: true }, Rng.create(1));
        const kept = plugin.graph!.nodes.filter((n) => n.real || n.covers || n.locked);
        const entities = new Map(kept.map((n) => [n.id, plugin.entity(n.id)]));
        plugin.regenerate({ rng: Rng.create(99) });
        const now = plugin.graph!;
        expect(certify(now).violations).toEqual([]);
        for (const n of kept) {
            expect(now.nodes).toContainEqual(n);
            expect(plugin.entity(n.id)).toBe(entities.get(n.id));
        }
        expect(now.nodes).not.toEqual(captured().nodes);
        expect(() => plugin.regenerate({ rng: Rng.create(1), room: 'cellar' })).toThrow(/cellar/);
        plugin.destroy();
    });

    it('draws of a real room only shadows on its floor, and follows it as it changes', () => {
        const capture = readCapture(fixtureCapture());
        const mixed = new MixedRoom(capture, { rng: Rng.create(3), seed: 3 });
        const plugin = new ScenePlugin(startApp());
        plugin.show(mixed.graph);
        expect(drawn(plugin.root).filter((name) => /^(wall|ceiling|door|window)-/.test(name))).toEqual([]);
        const floor = plugin.entity('floor-room-1')!.render!.meshInstances[0]!;
        expect(floor.material!.name).toBe('shadow catcher');
        const table = capture.objects.find((o) => o.label === 'table')!;
        const { moved } = mixed.update({ set: [{ ...table, x: table.x + 0.3 }] });
        const still = mixed.graph.nodes.filter((n) => !n.real && !moved.includes(n.id));
        const before = new Map(still.map((n) => [n.id, plugin.entity(n.id)]));
        plugin.show(mixed.graph);
        for (const n of still) expect(plugin.entity(n.id)).toBe(before.get(n.id));
        plugin.destroy();
    });

    it('hides what is behind a real thing that nothing stands for, without a colour of its own', () => {
        const graph = planned();
        const box = {
            ...graph.nodes[0]!,
            id: 'real-box-1',
            class: 'obstacle',
            real: true,
            locked: true,
            support: { kind: 'none', parent: 'room-1' } as const
        };
        const plugin = new ScenePlugin(startApp());
        plugin.show({ ...graph, nodes: [box] });
        const [instance] = plugin.entity('real-box-1')!.render!.meshInstances;
        const material = instance!.material!;
        expect([material.redWrite, material.greenWrite, material.blueWrite, material.depthWrite]).toEqual([
            false,
            false,
            false,
            true
        ]);
        // Drawn before all else.
        expect(instance!.drawBucket).toBe(255);
        plugin.destroy();
    });

    it('takes a graph that changed by itself in pieces, and makes no step of it that could be undone', () => {
        const capture = readCapture(fixtureCapture());
        const mixed = new MixedRoom(capture, { rng: Rng.create(3), seed: 3 });
        // A clock that runs on by 1 ms each time it is read.
        let nowNs = 0;
        const clock = { kind: 'virtual', nowNs: () => (nowNs += 1e6), waitUntilNs: async () => undefined } as const;
        const plugin = new ScenePlugin(startApp(), { clock });
        plugin.follow(mixed.graph);
        const all = plugin.pending;
        expect(all).toBeGreaterThan(mixed.graph.nodes.length);
        expect(plugin.entity(mixed.graph.nodes[0]!.id)).toBeNull();
        // Half a millisecond is over before the second entity; three are over before the fourth.
        expect(plugin.work(0.5)).toBe(all - 1);
        expect(plugin.work(3)).toBe(all - 4);
        expect(plugin.work(1e6)).toBe(0);
        expect(drawn(plugin.root).length).toBeGreaterThan(5);
        const kept = mixed.graph.nodes.find((n) => !n.real && !n.covers)!;
        const entity = plugin.entity(kept.id);
        mixed.adopt({ ...mixed.graph, nodes: mixed.graph.nodes.map((n) => (n === kept ? { ...n, locked: true } : n)) });
        const table = capture.objects.find((o) => o.label === 'table')!;
        mixed.update({ set: [{ ...table, x: table.x + 0.3 }] });
        plugin.follow(mixed.graph);
        plugin.work(1e6);
        expect(certify(plugin.graph!).violations).toEqual([]);
        // The edit was taken over: it is another entity, and where it was.
        expect(plugin.graph!.nodes.find((n) => n.id === kept.id)).toMatchObject({ locked: true, pose: kept.pose });
        expect(plugin.entity(kept.id)).not.toBe(entity);
        expect(() => plugin.undo()).toThrow(/undo/);
        expect(() => mixed.adopt(planned())).toThrow(/another room/);
        plugin.destroy();
    });

    it('hides what is behind real walls where that is asked for', () => {
        const plugin = new ScenePlugin(startApp(), { occludeShell: true });
        plugin.show(captured());
        const materialOf = (id: string): string => plugin.entity(id)!.render!.meshInstances[0]!.material!.name;
        expect([materialOf('wall-1'), materialOf('door-1'), materialOf('floor-room-1')]).toEqual([
            'occluder',
            'occluder',
            'shadow catcher'
        ]);
        // One looks out of a window.
        expect(plugin.entity('window-1')).toBeNull();
        plugin.destroy();
    });

    it('gives everything that stands in the way a body, and keeps bodies up with edits', () => {
        const app = startApp({ physics: true });
        const { world, shapes } = physicsWorld();
        app.systems.rigidbody!.setPhysicsWorld(world as never);
        const plugin = new ScenePlugin(app);
        plugin.show(planned());
        const bodies = plugin.addCollision();
        const colliders = collidersOf(plugin.graph!);
        expect(bodies.count).toBe(colliders.length);
        expect(shapes.length).toBe(colliders.reduce((sum, c) => sum + c.boxes.length, 0));
        const sofa = plugin.graph!.nodes.find((n) => n.class === 'sofa')!;
        const [wall, body] = [bodies.entity(plugin.graph!.walls[0]!.id), bodies.entity(sofa.id)];
        expect(body!.children.every((part) => (part as Entity).rigidbody?.type === 'static')).toBe(true);
        plugin.editByText('remove the sofa', Rng.create(1));
        expect(bodies.entity(sofa.id)).toBeNull();
        expect(bodies.entity(plugin.graph!.walls[0]!.id)).toBe(wall);
        plugin.destroy();
    });

    it('says what is missing where there is no physics', () => {
        const plugin = new ScenePlugin(startApp());
        expect(() => plugin.addCollision()).toThrow(/collision system.*CollisionComponentSystem/s);
        const other = new ScenePlugin(startApp({ physics: true }));
        expect(() => other.addCollision()).toThrow(/Ammo.*collidersOf/s);
        plugin.destroy();
        other.destroy();
    });

    it('has a navigation mesh that is built anew when it is asked for again, and drawn when enabled', async () => {
        const plugin = new ScenePlugin(startApp());
        plugin.show(planned());
        const modules = { core: recast as never, generators: generators as never };
        const first = await plugin.addNavigation(modules);
        expect(first.entity.enabled).toBe(false);
        const second = await plugin.addNavigation(modules);
        expect(plugin.root.find((n) => n.name === 'navigation mesh')).toEqual([second.entity]);
        plugin.destroy();
        await expect(plugin.addNavigation(modules)).rejects.toThrow(/destroyed/);
    });

    it("shows a user's own models, as large as the nodes that they stand for", async () => {
        const folder = await boxCatalogue('sofa');
        const plugin = new ScenePlugin(startApp(), { catalogue: folder });
        plugin.show(planned());
        const sofa = plugin.graph!.nodes.find((n) => n.class === 'sofa')!;
        const body = plugin.entity(sofa.id)!.children[0] as Entity;
        const scale = body.getLocalScale();
        expect([scale.x, scale.y, scale.z]).toEqual(
            [sofa.dims.width, sofa.dims.height, sofa.dims.depth].map((v) => expect.closeTo(v, 5))
        );
        const { x, y, z } = body.render!.meshInstances[0]!.mesh!.aabb.halfExtents;
        expect([x, y, z]).toEqual([0.5, 0.5, 0.5].map((v) => expect.closeTo(v, 5)));
        plugin.destroy();
        expect(plugin.live).toEqual({ entities: 0, meshes: 0, materials: 0, textures: 0 });
    });

    it('leaves nothing behind when it is destroyed, and says so afterwards', () => {
        const app = startApp();
        const plugin = new ScenePlugin(app);
        plugin.show(planned());
        expect(plugin.live.meshes).toBeGreaterThan(10);
        plugin.destroy();
        plugin.destroy();
        expect(plugin.live).toEqual({ entities: 0, meshes: 0, materials: 0, textures: 0 });
        expect(app.root.children).toEqual([]);
        expect(() => plugin.show(planned())).toThrow(/destroyed/);
        expect(() => new ScenePlugin(app).undo()).toThrow(/show\(\)/);
    });
});
