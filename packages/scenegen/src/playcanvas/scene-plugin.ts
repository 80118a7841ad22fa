/**
 * A scene graph in a running PlayCanvas app, without a file in between: an entity for each node, shared meshes, lights in
 * lamps. What changes is what is rebuilt: a node that is the same object as before keeps its entity. Real things become
 * occluders (they hide what is behind them and show nothing), the real floor catches shadows, real walls are not drawn.
 *
 *     const plugin = new ScenePlugin(app);
 *     plugin.show(generateFromCapture(capture, { rng }).graph);
 *     plugin.edit({ do: 'lock', node: 'sofa-1', locked: true }, rng);
 *     plugin.regenerate({ rng: other });   // all but what is locked or stands for something real
 *     plugin.undo();
 *     plugin.show(mixedRoom.graph);        // follows a real room in the frame budget
 *     plugin.destroy();
 */
import { badInput, type Rng } from '@mixreel/core';
import { type AppBase, Entity, type Material, type MeshInstance, StandardMaterial } from 'playcanvas';
import { buildMesh, CATALOGUE } from '../catalogue/catalogue.ts';
import { type RegenerateOptions, regenerate } from '../generators/regenerate.ts';
import { accentWall } from '../gltf/accent-wall.ts';
import type { Room, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { MeshBuilder } from '../mesh/mesh-builder.ts';
import { shellPieces } from '../mesh/room-shell.ts';
import { styleNamed } from '../style/style.ts';
import { editByText, editScene, type SceneEdit } from '../text/edit-scene.ts';
import { SceneHistory } from '../text/scene-history.ts';
import { EngineMeshes } from './engine-meshes.ts';

/** Options of {@link ScenePlugin}. */
export interface ScenePluginOptions {
    /** Where the scene hangs; the app's root if absent. */
    readonly parent?: Entity;
    /** Draw the shell of real rooms too, as without passthrough; false if absent. */
    readonly realShell?: boolean;
    /** Light in lamps; true if absent. */
    readonly lights?: boolean;
}

/** See the file comment. */
export class ScenePlugin {
    readonly #app: AppBase;
    readonly #options: Required<Omit<ScenePluginOptions, 'parent'>>;
    readonly #meshes: EngineMeshes;
    readonly #root: Entity;
    readonly #occluder: StandardMaterial;
    readonly #catcher: StandardMaterial;
    /** Entity, source and mesh key of everything shown, by id. */
    readonly #shown = new Map<string, { readonly of: unknown; readonly entity: Entity; readonly key: string }>();
    #history: SceneHistory | null = null;
    #destroyed = false;

    constructor(app: AppBase, options: ScenePluginOptions = {}) {
        this.#app = app;
        this.#options = { realShell: options.realShell ?? false, lights: options.lights ?? true };
        this.#meshes = new EngineMeshes(app.graphicsDevice);
        this.#root = new Entity('mixreel scene', app);
        (options.parent ?? app.root).addChild(this.#root);
        this.#occluder = new StandardMaterial();
        this.#occluder.name = 'occluder';
        this.#occluder.redWrite = false;
        this.#occluder.greenWrite = false;
        this.#occluder.blueWrite = false;
        this.#occluder.alphaWrite = false;
        this.#occluder.update();
        this.#catcher = new StandardMaterial();
        this.#catcher.name = 'shadow catcher';
        this.#catcher.shadowCatcher = true;
        this.#catcher.blendType = 2;
        this.#catcher.depthWrite = false;
        this.#catcher.update();
    }

    /** What is shown; null before the first {@link show}. */
    get graph(): SceneGraph | null {
        return this.#history?.graph ?? null;
    }

    /** Under what everything hangs: move it to place the scene. */
    get root(): Entity {
        return this.#root;
    }

    /** Engine resources that are alive; all 0 after {@link destroy}. */
    get live(): { entities: number; meshes: number; materials: number; textures: number } {
        return { entities: this.#shown.size, ...this.#meshes.live };
    }

    /** The entity of a node, wall, floor, door or window. */
    entity(id: string): Entity | null {
        return this.#shown.get(id)?.entity ?? null;
    }

    /** Shows a graph; what is the same as before stays. It can be undone like an edit. */
    show(graph: SceneGraph): void {
        this.#check();
        if (this.#history) this.#history.push(graph);
        else this.#history = new SceneHistory(graph);
        this.#sync(graph);
    }

    /** Applies an edit; see `editScene`. */
    edit(edit: SceneEdit, rng: Rng): void {
        this.show(editScene(this.#current(), edit, { rng }));
    }

    /** Applies an edit in words; returns what was not understood or does not hold. */
    editByText(text: string, rng: Rng): ReturnType<typeof editByText> {
        const result = editByText(this.#current(), text, { rng });
        this.show(result.graph);
        return result;
    }

    /** Makes a room or all anew, but for what is locked or real. */
    regenerate(options: RegenerateOptions): void {
        this.show(regenerate(this.#current(), options).graph);
    }

    /** Goes back one change; throws `bad-input` if there is none. */
    undo(): void {
        this.#current();
        this.#sync(this.#history!.undo());
    }

    /** Takes an undo back; throws `bad-input` if there is none. */
    redo(): void {
        this.#current();
        this.#sync(this.#history!.redo());
    }

    /** Removes everything that the plugin made. */
    destroy(): void {
        if (this.#destroyed) return;
        this.#destroyed = true;
        this.#root.destroy();
        this.#shown.clear();
        this.#meshes.destroy();
        this.#occluder.destroy();
        this.#catcher.destroy();
    }

    #check(): void {
        if (this.#destroyed)
            throw badInput('the scene plugin is destroyed', 'a plugin that is alive', 'Make a new one');
    }

    #current(): SceneGraph {
        this.#check();
        const graph = this.graph;
        if (graph) return graph;
        throw badInput('no scene is shown', 'a scene', 'Call show() first');
    }

    #sync(graph: SceneGraph): void {
        const wanted = new Map<string, { of: unknown; make: () => { entity: Entity; key: string } }>();
        // A shell belongs to its room with its walls and openings: new objects mean a new shell.
        for (const room of graph.rooms) this.#wantShell(graph, room, wanted);
        for (const n of graph.nodes)
            wanted.set(n.id, { of: JSON.stringify([n, n.style ?? graph.style]), make: () => this.#makeNode(n, graph) });
        for (const [id, { of, entity }] of this.#shown) {
            if (wanted.get(id)?.of === of) continue;
            entity.destroy();
            this.#shown.delete(id);
        }
        for (const [id, { of, make }] of wanted) {
            if (this.#shown.has(id)) continue;
            const { entity, key } = make();
            this.#root.addChild(entity);
            this.#shown.set(id, { of, entity, key });
        }
        this.#meshes.keep(new Set([...this.#shown.values()].map((s) => s.key)));
    }

    #wantShell(
        graph: SceneGraph,
        room: Room,
        wanted: Map<string, { of: unknown; make: () => { entity: Entity; key: string } }>
    ): void {
        const walls = graph.walls.filter((w) => w.room === room.id);
        const openings = graph.openings.filter((o) => walls.some((w) => w.id === o.wall));
        const accent = accentWall(room, walls, graph);
        const of = JSON.stringify([room, walls, openings, accent, graph.style]);
        const real = room.real && !this.#options.realShell;
        for (const piece of shellPieces(room, walls, openings, accent)) {
            // Of a real room only the floor is there, and shows nothing but shadows.
            if (real && piece.class !== 'floor') continue;
            const key = `${piece.id} ${of}`;
            const make = (): { entity: Entity; key: string } => {
                const entity = new Entity(piece.id, this.#app);
                const look = { style: graph.style, variant: 0, colors: {} };
                this.#render(
                    entity,
                    this.#meshes.instances(key, () => piece.mesh, look),
                    real ? this.#catcher : null
                );
                return { entity, key };
            };
            wanted.set(piece.id, { of: key, make });
        }
    }

    #makeNode(n: SceneNode, graph: SceneGraph): { entity: Entity; key: string } {
        const entity = new Entity(n.id, this.#app);
        entity.setLocalPosition(n.pose.x, n.pose.y, n.pose.z);
        entity.setLocalEulerAngles(0, (n.pose.yaw * 180) / Math.PI, 0);
        const style = styleNamed(n.style ?? graph.style);
        const { dims, variant, params = {}, colors = {} } = n;
        const look = { style: style.name, variant, colors };
        if (n.real) {
            const key = JSON.stringify(['occluder', dims]);
            const box = (): MeshBuilder => {
                const mesh = new MeshBuilder();
                mesh.block('wall', 0, 0, 0, dims.width, dims.height, dims.depth, 0);
                return mesh;
            };
            // What stands in for a real thing is drawn in its place: only what nothing covers has to hide things.
            const covered = graph.nodes.some((v) => v.covers?.includes(n.id));
            if (!covered) this.#render(entity, this.#meshes.instances(key, box, look), this.#occluder);
            return { entity, key };
        }
        const key = JSON.stringify([n.class, dims, variant, style.name, params, colors]);
        const build = (): MeshBuilder =>
            buildMesh(n.class, { dims, variant, legs: style.legs, bevel: style.bevel, params });
        this.#render(entity, this.#meshes.instances(key, build, look), null);
        this.#light(n, entity, style.slots['glow']!.color[0]!);
        return { entity, key };
    }

    #render(entity: Entity, meshInstances: MeshInstance[], material: Material | null): void {
        if (material) for (const instance of meshInstances) instance.material = material;
        if (material === this.#occluder) for (const instance of meshInstances) instance.drawBucket = 255;
        entity.addComponent('render', { meshInstances, castShadows: material === null, receiveShadows: true });
    }

    #light(n: SceneNode, parent: Entity, color: string): void {
        const light = CATALOGUE.get(n.class)?.light;
        if (!light || !this.#options.lights || !this.#app.systems.light) return;
        const entity = new Entity(`${n.id}/light`, this.#app);
        entity.setLocalPosition(0, light.at === 0 ? -0.03 : n.dims.height * light.at, 0);
        parent.addChild(entity);
        entity.addComponent('light', {
            type: 'omni',
            range: 12,
            intensity: light.candela / CANDELA,
            castShadows: false
        });
        entity.light?.color.fromString(color);
    }
}

/** Candela that the engine's intensity of 1 stands for where physical units are off: a lamp lights its room, not more. */
const CANDELA = 60;
