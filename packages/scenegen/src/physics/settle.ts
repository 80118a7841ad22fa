/**
 * Does a scene stay put? Its furniture is let go under gravity in a physics engine (rapier, handed in by the caller: it is
 * 3 MB of WebAssembly that only a check needs) and watched. What stands on the floor or on something may move; walls,
 * floors, what hangs, and the pieces of composites are fixed. 60 things and one second take about 50 ms.
 */

import { badInput, exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { boxesOfNode, type Collider, collidersOf } from './colliders.ts';

/** The module of `@dimforge/rapier3d-compat`, after its `init()`. */
export type Rapier = typeof import('@dimforge/rapier3d-compat');

/** Options of {@link settle}. */
export interface SettleOptions {
    /** Simulated time, 0.1 to 60 seconds; 1 if absent. */
    readonly seconds?: number;
    /** A thing stays put if it moves by less, metres; 0.01, the tolerance of support, if absent. */
    readonly tolerance?: number;
}

/** What happened. */
export interface SettleReport {
    readonly stays: boolean;
    /** Things that were free to move. */
    readonly free: number;
    /** What moved by more than the tolerance, farthest first. */
    readonly moved: readonly { readonly id: string; readonly class: string; readonly metres: number }[];
    /** The farthest that anything moved, metres. */
    readonly farthest: number;
}

/** Boxes may touch: what the certificate lets them sink into each other is taken off, metres. */
const SKIN = 0.002;
/** Furniture is mostly air, kg/m3. */
const DENSITY = 150;

/** See the file comment. Throws `bad-input` for times out of range. */
export function settle(graph: SceneGraph, rapier: Rapier, options: SettleOptions = {}): SettleReport {
    const { seconds = 1, tolerance = 0.01 } = options;
    if (!(seconds >= 0.1 && seconds <= 60))
        throw badInput(`the scene is to settle for ${seconds} s`, '0.1 to 60 s', 'Give it a second');
    const world = new rapier.World({ x: 0, y: -9.81, z: 0 });
    try {
        const free = freeNodes(graph);
        for (const c of collidersOf(graph)) if (!free.has(c.id)) addBody(rapier, world, c, false);
        const bodies = [...free.values()].map((n) => ({ n, body: addBody(rapier, world, colliderOf(n), true) }));
        for (let step = 0; step < Math.round(seconds * 60); step++) world.step();
        const far = bodies.map(({ n, body }) => {
            const p = body.translation();
            return {
                id: n.id,
                class: n.class,
                metres: hypot(p.x - n.pose.x, p.y - n.pose.y, p.z - n.pose.z)
            };
        });
        const moved = far.filter((m) => m.metres > tolerance).sort((a, b) => b.metres - a.metres);
        const farthest = Math.max(0, ...far.map((m) => m.metres));
        return { stays: moved.length === 0, free: bodies.length, moved, farthest };
    } finally {
        world.free();
    }
}

/** What stands on something and is no piece of a larger thing. */
function freeNodes(graph: SceneGraph): Map<string, SceneNode> {
    const joined = new Set(graph.groups.flatMap((g) => (g.class === 'composite' ? g.members : [])));
    const known = new Set(collidersOf(graph).map((c) => c.id));
    const free = graph.nodes.filter(
        (n) =>
            !n.real && known.has(n.id) && !joined.has(n.id) && (n.support.kind === 'floor' || n.support.kind === 'node')
    );
    return new Map(free.map((n) => [n.id, n]));
}

const colliderOf = (n: SceneNode): Collider => ({
    id: n.id,
    kind: 'node',
    position: [n.pose.x, n.pose.y, n.pose.z],
    yaw: n.pose.yaw,
    boxes: boxesOfNode(n)
});

function addBody(
    rapier: Rapier,
    world: InstanceType<Rapier['World']>,
    c: Collider,
    dynamic: boolean
): ReturnType<InstanceType<Rapier['World']>['createRigidBody']> {
    const kind = dynamic ? rapier.RigidBodyDesc.dynamic() : rapier.RigidBodyDesc.fixed();
    const [x, y, z] = c.position;
    const rotation = { x: 0, y: exactSin(c.yaw / 2), z: 0, w: exactCos(c.yaw / 2) };
    const body = world.createRigidBody(kind.setTranslation(x, y, z).setRotation(rotation));
    for (const { center, half } of c.boxes) {
        // Sides are drawn in; undersides and tops stay where they carry.
        const side = (v: number): number => Math.max(0.001, v - (dynamic ? SKIN : 0));
        const shape = rapier.ColliderDesc.cuboid(side(half[0]), half[1], side(half[2]))
            .setTranslation(...(center as [number, number, number]))
            .setDensity(DENSITY)
            .setFriction(0.8);
        world.createCollider(shape, body);
    }
    return body;
}
