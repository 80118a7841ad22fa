/**
 * Collision of a scene in PlayCanvas: an entity with static bodies for everything that stands in the way, beside what is
 * drawn, so that shapes need not be what is seen. It follows the scene; a collider that is the same as before stays.
 */
import { MixreelError } from '@mixreel/core';
import { type AppBase, BODYTYPE_STATIC, Entity, Quat, Vec3 } from 'playcanvas';
import type { SceneGraph } from '../graph/scene-graph.ts';
import { type Collider, collidersOf } from '../physics/colliders.ts';

/** See the file comment. */
export class CollisionEntities {
    readonly #app: AppBase;
    /** Parent of all bodies. */
    readonly root: Entity;
    readonly #shown = new Map<string, { readonly of: string; readonly entity: Entity }>();

    constructor(app: AppBase, parent: Entity) {
        const { collision, rigidbody } = app.systems;
        if (!collision || !rigidbody)
            throw new MixreelError('environment', {
                what: `the app has no ${collision ? 'rigidbody' : 'collision'} system`,
                mend: 'Register CollisionComponentSystem and RigidBodyComponentSystem, or use collidersOf(graph) with a physics engine of your own'
            });
        if (!rigidbody.physicsWorld)
            throw new MixreelError('environment', {
                what: 'the physics library is not loaded',
                expected: 'Ammo',
                mend: "Load it first: WasmModule.setConfig('Ammo', …), then WasmModule.getInstance('Ammo', …); or use collidersOf(graph) with a physics engine of your own"
            });
        this.#app = app;
        this.root = new Entity('collision', app);
        parent.addChild(this.root);
    }

    /** Number of things with bodies. */
    get count(): number {
        return this.#shown.size;
    }

    /** The entity of a thing's bodies: a node's, wall's, floor's or ceiling's id. */
    entity(id: string): Entity | null {
        return this.#shown.get(id)?.entity ?? null;
    }

    /** Makes the bodies those of a graph. */
    sync(graph: SceneGraph): void {
        const wanted = new Map(collidersOf(graph).map((c) => [c.id, { of: JSON.stringify(c), c }]));
        for (const [id, { of, entity }] of this.#shown) {
            if (wanted.get(id)?.of === of) continue;
            entity.destroy();
            this.#shown.delete(id);
        }
        for (const [id, { of, c }] of wanted) {
            if (this.#shown.has(id)) continue;
            this.#shown.set(id, { of, entity: this.#make(c) });
        }
    }

    destroy(): void {
        this.#shown.clear();
        this.root.destroy();
    }

    /** One entity with a body for each box: static bodies need no compound. */
    #make(c: Collider): Entity {
        const whole = new Entity(c.id, this.#app);
        whole.setLocalPosition(...(c.position as [number, number, number]));
        whole.setLocalRotation(new Quat().setFromEulerAngles(0, (c.yaw * 180) / Math.PI, 0));
        this.root.addChild(whole);
        for (const { center, half } of c.boxes) {
            const part = new Entity(`${c.id}/box`, this.#app);
            part.setLocalPosition(...(center as [number, number, number]));
            whole.addChild(part);
            part.addComponent('collision', { type: 'box', halfExtents: new Vec3(...half) });
            part.addComponent('rigidbody', { type: BODYTYPE_STATIC, friction: 0.6, restitution: 0.1 });
        }
        return whole;
    }
}
