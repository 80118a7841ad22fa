/**
 * What a scene graph looks like in the engine: for every piece of a room's shell and every node, what it is made of and how its
 * entity is made. Real things become occluders (they hide what is behind them and show nothing), the real floor catches shadows.
 */
import { type AppBase, Entity, type Material, type MeshInstance, StandardMaterial } from 'playcanvas';
import { buildMesh, CATALOGUE } from '../catalogue/catalogue.ts';
import type { UserCatalogue } from '../catalogue/user-catalogue.ts';
import { accentWall } from '../gltf/accent-wall.ts';
import type { Room, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type ShellPiece, shellPieces } from '../mesh/room-shell.ts';
import { nodeStyle, roomStyle } from '../style/room-style.ts';
import { styleNamed } from '../style/style.ts';
import { EngineMeshes } from './engine-meshes.ts';
import { UserModels } from './user-models.ts';

/** What is to be shown under an id. */
export interface Wanted {
    /** Equal for what looks the same. */
    readonly of: string;
    /** Makes the entity; `key` names its meshes. */
    readonly make: () => { entity: Entity; key: string };
}

/** What is drawn of a scene. */
export interface EntityOptions {
    readonly realShell: boolean;
    readonly occludeShell: boolean;
    readonly lights: boolean;
    readonly catalogue: UserCatalogue | null;
}

/** See the file comment. */
export class SceneEntities {
    readonly #app: AppBase;
    readonly #options: EntityOptions;
    readonly #meshes: EngineMeshes;
    readonly #models: UserModels | null;
    readonly #occluder = new StandardMaterial();
    readonly #catcher = new StandardMaterial();
    /** Shells by room: a room that follows the real one has the same in every frame. */
    readonly #shells = new Map<string, { readonly of: string; readonly pieces: readonly ShellPiece[] }>();

    constructor(app: AppBase, options: EntityOptions) {
        this.#app = app;
        this.#options = options;
        this.#meshes = new EngineMeshes(app.graphicsDevice);
        this.#models = options.catalogue ? new UserModels(app.graphicsDevice, options.catalogue) : null;
        this.#occluder.name = 'occluder';
        this.#occluder.redWrite = false;
        this.#occluder.greenWrite = false;
        this.#occluder.blueWrite = false;
        this.#occluder.alphaWrite = false;
        this.#occluder.update();
        this.#catcher.name = 'shadow catcher';
        this.#catcher.shadowCatcher = true;
        this.#catcher.blendType = 2;
        this.#catcher.depthWrite = false;
        this.#catcher.update();
    }

    /** Meshes, materials and textures that are alive. */
    get live(): { meshes: number; materials: number; textures: number } {
        const live = this.#meshes.live;
        const models = this.#models?.live ?? { meshes: 0, materials: 0, textures: 0 };
        return {
            meshes: live.meshes + models.meshes,
            materials: live.materials + models.materials,
            textures: live.textures + models.textures
        };
    }

    /** Everything that a graph shows, by id. */
    of(graph: SceneGraph): Map<string, Wanted> {
        const wanted = new Map<string, Wanted>();
        // A shell belongs to its room with its walls and openings: new objects mean a new shell.
        for (const room of graph.rooms) this.#addShell(graph, room, wanted);
        // A real thing is drawn or not by whether something stands for it.
        const covered = new Set(graph.nodes.flatMap((n) => n.covers ?? []));
        for (const n of graph.nodes)
            wanted.set(n.id, {
                of: JSON.stringify([n, nodeStyle(graph, n), n.real && covered.has(n.id)]),
                make: () => this.#makeNode(n, graph, covered)
            });
        return wanted;
    }

    /** Gives back the meshes of keys that no longer appear. */
    keep(keys: ReadonlySet<string>): void {
        this.#meshes.keep(keys);
    }

    destroy(): void {
        this.#meshes.destroy();
        this.#models?.destroy();
        this.#occluder.destroy();
        this.#catcher.destroy();
    }

    #addShell(graph: SceneGraph, room: Room, wanted: Map<string, Wanted>): void {
        const walls = graph.walls.filter((w) => w.room === room.id);
        const openings = graph.openings.filter((o) => walls.some((w) => w.id === o.wall));
        const accent = accentWall(room, walls, graph);
        const of = JSON.stringify([room, walls, openings, accent, roomStyle(graph, room)]);
        const real = room.real && !this.#options.realShell;
        let shell = this.#shells.get(room.id);
        if (shell?.of !== of) {
            shell = { of, pieces: shellPieces(room, walls, openings, accent) };
            this.#shells.set(room.id, shell);
        }
        for (const piece of shell.pieces) {
            // Of a real room only the floor is there, and shows nothing but shadows; the rest hides what is behind it.
            if (real && piece.class !== 'floor' && (!this.#options.occludeShell || piece.class === 'window')) continue;
            const hidden = piece.class === 'floor' ? this.#catcher : this.#occluder;
            const key = `${piece.id} ${of}`;
            const make = (): { entity: Entity; key: string } => {
                const entity = new Entity(piece.id, this.#app);
                const look = { style: roomStyle(graph, room), variant: 0, colors: {} };
                this.#render(
                    entity,
                    this.#meshes.instances(key, () => piece.mesh, look),
                    real ? hidden : null
                );
                return { entity, key };
            };
            wanted.set(piece.id, { of: key, make });
        }
    }

    #makeNode(n: SceneNode, graph: SceneGraph, covered: ReadonlySet<string>): { entity: Entity; key: string } {
        const entity = new Entity(n.id, this.#app);
        entity.setLocalPosition(n.pose.x, n.pose.y, n.pose.z);
        entity.setLocalEulerAngles(0, (n.pose.yaw * 180) / Math.PI, 0);
        entity.tags.add(n.class, ...(n.behaviours ?? []));
        const style = styleNamed(nodeStyle(graph, n));
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
            if (!covered.has(n.id)) this.#render(entity, this.#meshes.instances(key, box, look), this.#occluder);
            return { entity, key };
        }
        const light = (): void => this.#light(n, entity, style.slots['glow']!.color[0]!);
        const model = this.#models?.instances(n);
        if (model) {
            // The scale is a child's, so that the light keeps its own.
            const body = new Entity(`${n.id}/model`, this.#app);
            body.setLocalScale(dims.width, dims.height, dims.depth);
            entity.addChild(body);
            this.#render(body, model, null);
            light();
            return { entity, key: 'model' };
        }
        const key = JSON.stringify([n.class, dims, variant, style.name, params, colors]);
        const build = (): MeshBuilder =>
            buildMesh(n.class, { dims, variant, legs: style.legs, bevel: style.bevel, params });
        this.#render(entity, this.#meshes.instances(key, build, look), null);
        light();
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
