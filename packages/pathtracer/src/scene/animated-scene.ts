/**
 * A glTF document that moves: the scene as it rests, and for any moment of an animation the changes that `PathTracer.update` takes.
 *
 *     const { scene, animations, changesAt } = animatedSceneFromDocument(document);
 *     const tracer = await PathTracer.create(device, scene, { dynamic: true });
 *     await tracer.update(changesAt(0.4));
 *
 * What an animation does not touch is left out of the changes. Cameras and lights stay where they are. What it scales to nothing, in
 * one direction or all, is hidden as long as that lasts: `changesAt` names it.
 */
import type { Document, Node } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { fromRotationTranslation, hiddenAt, IDENTITY, isSingular, multiply, type Vec3 } from '../math/vector.ts';
import type { SceneChanges } from './change-scene.ts';
import { type AnimatedNode, animationDuration, nodesAt } from './gltf-animation.ts';
import { type SceneFromDocumentOptions, worldOfCopy } from './gltf-document-reader.ts';
import { rigPose } from './gltf-rig.ts';
import { poseMesh } from './pose-mesh.ts';
import type { Scene } from './scene.ts';
import { readDocument } from './scene-from-document.ts';

/** See the file comment. */
export interface AnimatedScene {
    readonly scene: Scene;
    readonly animations: readonly { readonly name: string; readonly durationS: number }[];
    /** Where everything is at a time, seconds from 0, in an animation, by default the first. */
    changesAt(timeS: number, animation?: number): AnimationChanges;
}

/** Changes, and what cannot be seen after them. */
export interface AnimationChanges extends SceneChanges {
    /** Instances that the animation scales to nothing at that time. */
    readonly hidden: readonly number[];
}

/** Reads a document. @throws as `sceneFromDocument`; `changesAt` `bad-input` for an animation that is not there. */
export function animatedSceneFromDocument(document: Document, options: SceneFromDocumentOptions = {}): AnimatedScene {
    const { scene, roots, placed, rigged } = readDocument(document, options, true);
    const animations = document.getRoot().listAnimations();
    const changesAt = (timeS: number, index = 0): AnimationChanges => {
        const animation = animations[index];
        if (!animation) {
            throw badInput(`animation ${index} is asked for`, `one of ${animations.length}`, 'Name one that is there');
        }
        const animated = nodesAt(animation, timeS);
        const worlds = new Map<Node, readonly number[]>();
        const moved = new Set<Node>();
        for (const root of roots) place(root, IDENTITY, false, animated, worlds, moved);
        const weights = new Map([...animated].flatMap(([node, { weights: w }]) => (w ? [[node, w] as const] : [])));
        const hidden: number[] = [];
        const transforms = placed.flatMap((each, instance) => {
            const { node } = each;
            if (!moved.has(node) || node.getSkin()) return [];
            const world = worldOfCopy(each, worlds.get(node)!);
            if (!isSingular(world)) return [{ instance, transform: world }];
            hidden.push(instance);
            return [{ instance, transform: hiddenAt(world) }];
        });
        const meshes = rigged
            .filter(
                ({ node }) =>
                    weights.has(node) || (node.getSkin()?.listJoints() ?? []).some((joint) => moved.has(joint))
            )
            .map(({ mesh, node, rest, rig }) => ({ mesh, ...poseMesh(rest, rig, rigPose(node, { worlds, weights })) }));
        return { transforms, meshes, hidden };
    };
    return {
        scene,
        animations: animations.map((each) => ({ name: each.getName(), durationS: animationDuration(each) })),
        changesAt
    };
}

/** World matrices of a node and those below it, and which of them the animation moves. */
function place(
    node: Node,
    parent: readonly number[],
    parentMoved: boolean,
    animated: ReadonlyMap<Node, AnimatedNode>,
    worlds: Map<Node, readonly number[]>,
    moved: Set<Node>
): void {
    const own = animated.get(node);
    const moves =
        parentMoved || own?.translation !== undefined || own?.rotation !== undefined || own?.scale !== undefined;
    const world = multiply(parent, own ? localMatrix(node, own) : node.getMatrix());
    worlds.set(node, world);
    if (moves) moved.add(node);
    for (const child of node.listChildren()) place(child, world, moves, animated, worlds, moved);
}

function localMatrix(node: Node, own: AnimatedNode): number[] {
    const translation = (own.translation ?? node.getTranslation()) as Vec3;
    const rotation = (own.rotation ?? node.getRotation()) as [number, number, number, number];
    const scale = own.scale ?? node.getScale();
    const m = fromRotationTranslation(rotation, translation);
    for (let i = 0; i < 12; i++) m[i] = m[i]! * scale[i >> 2]!;
    return m;
}
