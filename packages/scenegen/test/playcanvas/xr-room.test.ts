import { Rng } from '@mixreel/core';
import {
    AppBase,
    AppOptions,
    EventHandler,
    NullGraphicsDevice,
    Quat,
    RenderComponentSystem,
    Vec3,
    type XrManager
} from 'playcanvas';
import { afterEach, describe, expect, it } from 'vitest';
import { certify, readCapture } from '../../src/index.ts';
import { ScenePlugin, XrRoom, type XrRoomEvent } from '../../src/playcanvas/index.ts';
import { fixtureCapture } from '../support/captures.ts';

const apps: AppBase[] = [];

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
    options.componentSystems = [RenderComponentSystem];
    options.resourceHandlers = [];
    const app = new AppBase(canvas);
    app.init(options);
    apps.push(app);
    return app;
}

/** A plane, mesh or anchor where a headset has it. */
class Tracked extends EventHandler {
    position: Vec3;
    rotation: Quat;
    readonly more: Record<string, unknown>;

    constructor(position: Vec3, rotation: Quat, more: object = {}) {
        super();
        this.position = position;
        this.rotation = rotation;
        this.more = more as Record<string, unknown>;
        Object.assign(this, more);
    }

    getPosition(): Vec3 {
        return this.position;
    }

    getRotation(): Quat {
        return this.rotation;
    }

    destroy(): void {
        this.more['destroyed'] = true;
    }
}

interface Json {
    uuid: string;
    semanticLabel_META: string;
    locatable_META: {
        position: { x: number; y: number; z: number };
        orientation: { x: number; y: number; z: number; w: number };
    };
    bounded2D_META?: { offset: { x: number; y: number }; extent: { width: number; height: number } };
    bounded3D_META?: {
        offset: { x: number; y: number; z: number };
        extent: { width: number; height: number; depth: number };
    };
}

const LABELS: Record<string, string> = {
    WALL_FACE: 'wall',
    DOOR_FRAME: 'door',
    WINDOW_FRAME: 'window',
    COUCH: 'couch',
    TABLE: 'table',
    STORAGE: 'shelf',
    LAMP: 'lamp'
};

/** The engine's side of a session in the room of the fixture. */
class Session extends EventHandler {
    readonly planes: Tracked[] = [];
    readonly meshes: Tracked[] = [];
    readonly created: Tracked[] = [];
    readonly planeDetection = { planes: this.planes };
    readonly meshDetection = { meshes: this.meshes };
    readonly anchors = Object.assign(new EventHandler(), {
        available: true,
        create: (position: Vec3, rotation: Quat, done: (error: Error | null, anchor: Tracked | null) => void) => {
            const anchor = new Tracked(position, rotation);
            this.created.push(anchor);
            // Every other time the engine forgets who asked, and only tells everybody.
            if (this.created.length % 2 === 0) this.anchors.fire('add', anchor);
            else done(null, anchor);
        }
    });

    constructor() {
        super();
        for (const e of fixtureCapture()['spatialEntities'] as Json[]) {
            const { position: p, orientation: q } = e.locatable_META;
            const [at, turn] = [new Vec3(p.x, p.y, p.z), new Quat(q.x, q.y, q.z, q.w)];
            const label = LABELS[e.semanticLabel_META];
            if (e.bounded2D_META) {
                const { offset, extent } = e.bounded2D_META;
                const points = [
                    [0, 0],
                    [1, 0],
                    [1, 1],
                    [0, 1]
                ].map(([s, t]) => ({ x: offset.x + s! * extent.width, z: offset.y + t! * extent.height }));
                this.planes.push(new Tracked(at, turn, { label, points }));
            } else {
                const { offset, extent } = e.bounded3D_META!;
                const vertices = new Float32Array(24);
                for (let i = 0; i < 8; i++) {
                    vertices[3 * i] = offset.x + (i & 1 ? extent.width : 0);
                    vertices[3 * i + 1] = offset.y + (i & 2 ? extent.height : 0);
                    vertices[3 * i + 2] = offset.z + (i & 4 ? extent.depth : 0);
                }
                this.meshes.push(new Tracked(at, turn, { label, vertices, indices: new Uint32Array([0, 1, 2]) }));
            }
        }
    }

    frames(count: number): void {
        for (let i = 0; i < count; i++) this.fire('update');
    }

    /** Everything as seen from elsewhere. */
    shift(by: Vec3): void {
        for (const t of [...this.planes, ...this.meshes, ...this.created]) t.position = t.position.clone().add(by);
    }
}

function start(budgetMs = 50): { session: Session; scene: ScenePlugin; room: XrRoom; events: XrRoomEvent[] } {
    const app = startApp();
    const session = new Session();
    app.xr = session as unknown as XrManager;
    // A clock that runs on by 1 ms each time it is read.
    let nowNs = 0;
    const clock = { kind: 'virtual', nowNs: () => (nowNs += 1e6), waitUntilNs: async () => undefined } as const;
    const scene = new ScenePlugin(app, { clock });
    const events: XrRoomEvent[] = [];
    const onEvent = (event: XrRoomEvent): void => void events.push(event);
    const room = new XrRoom(app, scene, { rng: Rng.create(3), stillFrames: 3, budgetMs, onEvent, clock });
    return { session, scene, room, events };
}

const settle = (session: Session, room: XrRoom): number => {
    let frames = 0;
    for (; room.waiting > 0 && frames < 500; frames++) session.frames(1);
    return frames;
};

afterEach(() => {
    for (const app of apps.splice(0)) {
        app.xr = null;
        app.destroy();
    }
});

describe('a room in a session', () => {
    it('is made once its walls stand still, with the real things of the recording, and valid', () => {
        const { session, scene, room, events } = start();
        session.frames(3);
        expect(events).toEqual([]);
        session.frames(1);
        expect(events.map((e) => e.type)).toEqual(['made']);
        settle(session, room);
        const graph = scene.graph!;
        const recorded = readCapture(fixtureCapture()).objects.map((o) => o.label);
        const real = graph.nodes.filter((n) => n.real).map((n) => n.class);
        expect(real.sort()).toEqual(recorded.sort());
        expect(certify(graph).violations).toEqual([]);
        for (const n of graph.nodes) expect(scene.entity(n.id)).not.toBeNull();
    });

    it('is not there while walls are missing, and says so once', () => {
        const { session, room, events } = start();
        const walls = session.planes.splice(0, 3);
        session.frames(9);
        expect(room.room).toBeNull();
        expect(events).toEqual([{ type: 'waiting', reason: expect.stringMatching(/1 walls/) }]);
        session.planes.push(...walls);
        session.frames(5);
        expect(events.at(-1)!.type).toBe('made');
    });

    it('takes in one change and one entity a frame where the budget is spent at once', () => {
        const { session, scene, room } = start(0.1);
        session.frames(4);
        const all = scene.pending;
        expect(all).toBeGreaterThan(10);
        session.frames(1);
        expect(scene.pending).toBe(all - 1);
        settle(session, room);
        for (const m of session.meshes) m.position = m.position.clone().add(new Vec3(0.06, 0, 0));
        const before = room.room!.graph;
        session.frames(1);
        expect(room.room!.graph).not.toBe(before);
        // Four things moved: three wait.
        expect(room.waiting).toBeGreaterThanOrEqual(session.meshes.length - 1);
        expect(settle(session, room)).toBeGreaterThan(2);
        expect(certify(scene.graph!).violations).toEqual([]);
    });

    it('follows a thing to where it is pushed, keeps what was edited, and ignores noise', () => {
        const { session, scene, room, events } = start();
        session.frames(4);
        settle(session, room);
        const free = scene.graph!.nodes.find((n) => !n.real && !n.covers && n.support.kind === 'floor')!;
        scene.edit({ do: 'recolor', node: free.id, colors: { wood: 'red' } }, Rng.create(1));
        const table = session.meshes.find((m) => m.more['label'] === 'table')!;
        const [count, at] = [events.length, table.position.clone()];
        table.position = at.clone().add(new Vec3(0.004, 0, 0.004));
        session.frames(3);
        expect(events.length).toBe(count);
        table.position = at.clone().add(new Vec3(0.3, 0, 0));
        session.frames(1);
        settle(session, room);
        expect(events.slice(count).every((e) => e.type === 'followed')).toBe(true);
        const now = scene.graph!.nodes.find((n) => n.real && n.class === 'table')!;
        expect(now.pose.x).toBeCloseTo(at.x + 0.3, 3);
        expect(scene.graph!.nodes.find((n) => n.id === free.id)?.colors).toEqual({ wood: 'red' });
        expect(certify(scene.graph!).violations).toEqual([]);
    });

    it('loses what is carried away, and gets what is put down', () => {
        const { session, scene, room } = start();
        session.frames(4);
        settle(session, room);
        const reals = (): string[] => scene.graph!.nodes.filter((n) => n.real).map((n) => n.class);
        const [lamp] = session.meshes.splice(
            session.meshes.findIndex((m) => m.more['label'] === 'lamp'),
            1
        );
        session.frames(1);
        settle(session, room);
        expect(reals()).not.toContain('lamp');
        session.meshes.push(lamp!);
        session.frames(1);
        settle(session, room);
        expect(reals()).toContain('lamp');
        expect(certify(scene.graph!).violations).toEqual([]);
    });

    it('is made again when a wall moves', () => {
        const { session, room, events } = start();
        session.frames(4);
        settle(session, room);
        const first = room.room;
        for (const p of session.planes) {
            const z = p.position.z;
            // The far wall, half a metre nearer; the side walls reach beyond it.
            if (p.more['label'] === 'wall' && z > 3.9) p.position = new Vec3(p.position.x, p.position.y, z + 0.3);
        }
        session.frames(3);
        expect(room.room).toBe(first);
        session.frames(2);
        expect(events.filter((e) => e.type === 'made')).toHaveLength(2);
        expect(room.room).not.toBe(first);
    });

    it('goes with its anchor when the headset corrects its space, and solves nothing for it', async () => {
        const { session, scene, room, events } = start();
        session.frames(4);
        settle(session, room);
        await Promise.resolve();
        const count = events.length;
        expect(session.created).toHaveLength(1);
        session.shift(new Vec3(0.5, 0, -0.25));
        session.frames(5);
        const { x, z } = scene.root.getLocalPosition();
        expect([x, z]).toEqual([expect.closeTo(0.5, 5), expect.closeTo(-0.25, 5)]);
        expect(events.length).toBe(count);
    });

    it('ties a thing to its place, and lets go of everything when the session is over', async () => {
        const { session, scene, room, events } = start();
        session.frames(4);
        settle(session, room);
        const free = scene.graph!.nodes.find((n) => !n.real && !n.covers && n.support.kind === 'floor')!;
        const anchor = (await room.anchor(free.id)) as unknown as Tracked;
        expect(scene.graph!.nodes.find((n) => n.id === free.id)!.locked).toBe(true);
        const start0 = scene.entity(free.id)!.getPosition().clone();
        anchor.position = anchor.position.clone().add(new Vec3(0.2, 0, 0));
        session.frames(1);
        expect(scene.entity(free.id)!.getPosition().x - start0.x).toBeCloseTo(0.2, 4);
        expect(() => room.anchor('nobody')).toThrow(/nobody/);
        session.fire('end');
        expect(events.at(-1)).toEqual({ type: 'ended' });
        expect(session.created.every((a) => a.more['destroyed'])).toBe(true);
        room.destroy();
        room.destroy();
        expect(session.hasEvent('update')).toBe(false);
    });

    it('is refused without XR and with budgets that are none', () => {
        const app = startApp();
        const scene = new ScenePlugin(app);
        expect(() => new XrRoom(app, scene, { rng: Rng.create(1) })).toThrow(/XrManager/);
        app.xr = new Session() as unknown as XrManager;
        expect(() => new XrRoom(app, scene, { rng: Rng.create(1), budgetMs: 0 })).toThrow(/budget/);
        expect(() => new XrRoom(app, scene, { rng: Rng.create(1), stillFrames: 0 })).toThrow(/frames/);
    });
});
