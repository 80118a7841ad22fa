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
 *     plugin.follow(mixedRoom.graph);      // what changed is made in `work(budgetMs)`, some in each frame
 *     plugin.addCollision();               // and `await plugin.addNavigation(recast)`
 *     plugin.destroy();
 */
import { badInput, type Clock, RealClock, type Rng } from '@mixreel/core';
import { type AppBase, Entity } from 'playcanvas';
import type { UserCatalogue } from '../catalogue/user-catalogue.ts';
import { type RegenerateOptions, regenerate } from '../generators/regenerate.ts';
import type { SceneGraph } from '../graph/scene-graph.ts';
import type { NavigationOptions, Recast } from '../physics/navigation.ts';
import { editByText } from '../text/edit-by-text.ts';
import { editScene, type SceneEdit } from '../text/edit-scene.ts';
import { SceneHistory } from '../text/scene-history.ts';
import { CollisionEntities } from './collision-entities.ts';
import { NavigationEntity } from './navigation-entity.ts';
import { SceneEntities, type Wanted } from './scene-entities.ts';

/** Options of {@link ScenePlugin}. */
export interface ScenePluginOptions {
    /** Where the scene hangs; the app's root if absent. */
    readonly parent?: Entity;
    /** Draw the shell of real rooms too, as without passthrough; false if absent. */
    readonly realShell?: boolean;
    /** Real walls, doors and ceilings hide what is behind them; false if absent. Ignored where they are drawn. */
    readonly occludeShell?: boolean;
    /** Light in lamps; true if absent. */
    readonly lights?: boolean;
    /** A user's own models, in place of the parametric ones of their classes. */
    readonly catalogue?: UserCatalogue;
    /** What time is measured with in {@link ScenePlugin.work}; the real clock if absent. */
    readonly clock?: Clock;
}

/** See the file comment. */
export class ScenePlugin {
    readonly #app: AppBase;
    readonly #clock: Clock;
    readonly #entities: SceneEntities;
    readonly #root: Entity;
    /** Entity, source and mesh key of everything shown, by id. */
    readonly #shown = new Map<string, { readonly of: string; readonly entity: Entity; readonly key: string }>();
    /** What is still to be made, see {@link follow}. */
    readonly #pending = new Map<string, Wanted>();
    #history: SceneHistory | null = null;
    #collision: CollisionEntities | null = null;
    #navigation: NavigationEntity | null = null;
    #destroyed = false;

    constructor(app: AppBase, options: ScenePluginOptions = {}) {
        this.#app = app;
        const { realShell = false, occludeShell = false, lights = true, catalogue = null } = options;
        this.#entities = new SceneEntities(app, { realShell, occludeShell, lights, catalogue });
        this.#clock = options.clock ?? new RealClock();
        this.#root = new Entity('mixreel scene', app);
        (options.parent ?? app.root).addChild(this.#root);
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
        return { entities: this.#shown.size, ...this.#entities.live };
    }

    /** Entities that {@link work} has still to make. */
    get pending(): number {
        return this.#pending.size;
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

    /**
     * Takes a graph that changed by itself, as the real room does: no step of the history. What is gone goes at once, what
     * is new is made by {@link work}.
     */
    follow(graph: SceneGraph): void {
        this.#check();
        if (this.#history) this.#history.replace(graph);
        else this.#history = new SceneHistory(graph);
        this.#plan(graph);
        this.#collision?.sync(graph);
    }

    /**
     * Makes what {@link follow} left to be made, at least one entity, until the budget is spent. Returns how many are left.
     *
     * @param budgetMs - Milliseconds of this frame.
     */
    work(budgetMs: number): number {
        this.#check();
        const endNs = this.#clock.nowNs() + budgetMs * 1e6;
        for (const [id, wanted] of this.#pending) {
            this.#pending.delete(id);
            this.#add(id, wanted);
            if (this.#clock.nowNs() >= endNs) break;
        }
        if (this.#pending.size === 0) this.#keepMeshes();
        return this.#pending.size;
    }

    /**
     * Static collision bodies for all that stands in the way, under `root`, kept up as the scene changes. Throws
     * `environment` if the app has no physics: its systems must be registered and Ammo loaded before.
     */
    addCollision(): CollisionEntities {
        this.#check();
        this.#collision ??= new CollisionEntities(this.#app, this.#root);
        if (this.graph) this.#collision.sync(this.graph);
        return this.#collision;
    }

    /**
     * A navigation mesh of the scene as it is, by recast; asked for again it is built anew. About 50 ms a room.
     *
     * @param recast - The modules of `recast-navigation`.
     */
    async addNavigation(recast: Recast, options: NavigationOptions = {}): Promise<NavigationEntity> {
        const graph = this.#current();
        const built = await NavigationEntity.build(this.#app, this.#root, graph, recast, options);
        this.#navigation?.destroy();
        this.#navigation = built;
        if (this.#destroyed) built.destroy();
        return built;
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
        this.#navigation?.destroy();
        this.#root.destroy();
        this.#shown.clear();
        this.#pending.clear();
        this.#entities.destroy();
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
        this.#plan(graph);
        for (const [id, wanted] of this.#pending) this.#add(id, wanted);
        this.#pending.clear();
        this.#keepMeshes();
        this.#collision?.sync(graph);
    }

    /** Removes what is no longer wanted, and notes what is to be made. */
    #plan(graph: SceneGraph): void {
        const wanted = this.#entities.of(graph);
        for (const [id, { of, entity }] of this.#shown) {
            if (wanted.get(id)?.of === of) continue;
            entity.destroy();
            this.#shown.delete(id);
        }
        this.#pending.clear();
        for (const [id, what] of wanted) if (!this.#shown.has(id)) this.#pending.set(id, what);
    }

    #add(id: string, { of, make }: Wanted): void {
        const { entity, key } = make();
        this.#root.addChild(entity);
        this.#shown.set(id, { of, entity, key });
    }

    #keepMeshes(): void {
        this.#entities.keep(new Set([...this.#shown.values()].map((s) => s.key)));
    }
}
