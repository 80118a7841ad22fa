import { Rng } from '@mixreel/core';
import {
    AppBase,
    AppOptions,
    type Entity,
    LightComponentSystem,
    NullGraphicsDevice,
    RenderComponentSystem
} from 'playcanvas';
import { afterEach, describe, expect, it } from 'vitest';
import {
    certify,
    generateFromCapture,
    generateFromPlan,
    MixedRoom,
    readCapture,
    type SceneGraph
} from '../../src/index.ts';
import { ScenePlugin } from '../../src/playcanvas/index.ts';
import { fixtureCapture } from '../support/captures.ts';

const apps: AppBase[] = [];

/** An app of the real engine on its null device: everything but pixels. */
function startApp(): AppBase {
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
    options.componentSystems = [RenderComponentSystem, LightComponentSystem];
    options.resourceHandlers = [];
    const app = new AppBase(canvas);
    app.init(options);
    apps.push(app);
    return app;
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
