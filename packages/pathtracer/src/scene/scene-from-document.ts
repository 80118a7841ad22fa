/**
 * A glTF document (@gltf-transform/core) as a scene of the tracer: meshes, instances, materials with their KHR extensions,
 * punctual lights, the camera, and the semantics that `extras.mixreel` carries. Skinned and morphed meshes stand as the nodes
 * do; nodes scaled to nothing are hidden. What is left out is told by events.
 *
 * glTF's photometric units are taken one to one: nits as radiance, candela as radiant intensity, lux as irradiance.
 */
import type { Document, Node } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { IDENTITY } from '../math/vector.ts';
import { createScene } from './create-scene.ts';
import { DocumentReader, type PlacedCopy, type SceneFromDocumentOptions } from './gltf-document-reader.ts';
import type { RiggedMesh } from './gltf-rig.ts';
import { readSceneSemantics } from './gltf-semantics.ts';
import { readView } from './gltf-view.ts';
import type { Scene, SceneInit } from './scene.ts';

/**
 * Converts a document.
 *
 * @throws MixreelError `bad-input` if the document has no scene, or for whatever {@link createScene} refuses.
 */
export function sceneFromDocument(document: Document, options: SceneFromDocumentOptions = {}): Scene {
    const read = readDocument(document, options);
    if (document.getRoot().listAnimations().length === 0) return read.scene;
    const message = 'animations are not played: animatedSceneFromDocument does';
    return { ...read.scene, events: [{ kind: 'unsupported', count: 1, message }, ...read.scene.events] };
}

/** A document read, with what is needed to move it. */
export interface DocumentScene {
    readonly scene: Scene;
    readonly roots: readonly Node[];
    /** The node of each of the scene's instances, and which of its copies it is. */
    readonly placed: readonly PlacedCopy[];
    readonly rigged: readonly RiggedMesh[];
}

/** @param keepHidden - As of the reader. @throws as {@link sceneFromDocument}. */
export function readDocument(document: Document, options: SceneFromDocumentOptions, keepHidden = false): DocumentScene {
    const root = document.getRoot();
    const scenes = root.listScenes();
    const scene = options.sceneIndex === undefined ? (root.getDefaultScene() ?? scenes[0]) : scenes[options.sceneIndex];
    if (!scene) {
        throw badInput(
            `the glTF has ${scenes.length} scenes${options.sceneIndex === undefined ? '' : `, not scene ${options.sceneIndex}`}`,
            'at least one',
            'Export it with a scene that holds its nodes'
        );
    }
    const reader = new DocumentReader(options, keepHidden);
    for (const node of scene.listChildren()) reader.visit(node, IDENTITY, undefined);
    reader.pose();
    const semantics = readSceneSemantics(scene);
    const view = readView(reader, options.aspect);
    const init: SceneInit = {
        meshes: reader.meshes,
        instances: reader.instances,
        materials: reader.materials,
        textures: reader.textures,
        lights: [...reader.lights, ...(options.lights ?? [])],
        ...(view ? { view } : {}),
        ...(options.environment ? { environment: options.environment } : {}),
        ...(semantics ? { semantics } : {})
    };
    const made = createScene(init);
    return {
        scene: { ...made, events: [...reader.events(), ...made.events] },
        roots: scene.listChildren(),
        // Instances of empty meshes were dropped.
        placed: reader.placed.filter((_, i) => reader.meshes[reader.instances[i]!.mesh]!.indices.length > 0),
        rigged: reader.rigged
    };
}
