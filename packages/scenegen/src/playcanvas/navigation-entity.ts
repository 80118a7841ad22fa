/** A scene's navigation mesh in PlayCanvas: paths in the plugin's frame, and an entity that draws the mesh when enabled. */
import { type AppBase, BLEND_NORMAL, calculateNormals, Entity, Mesh, MeshInstance, StandardMaterial } from 'playcanvas';
import type { SceneGraph } from '../graph/scene-graph.ts';
import { type NavigationOptions, type Recast, SceneNavigation } from '../physics/navigation.ts';

/** See the file comment. */
export class NavigationEntity {
    readonly navigation: SceneNavigation;
    /** Draws the mesh; disabled until it is wanted. */
    readonly entity: Entity;
    readonly #mesh: Mesh;
    readonly #material: StandardMaterial;

    private constructor(app: AppBase, parent: Entity, navigation: SceneNavigation) {
        this.navigation = navigation;
        const { positions, indices } = navigation.triangles();
        this.#mesh = new Mesh(app.graphicsDevice);
        this.#mesh.setPositions(positions);
        this.#mesh.setNormals(calculateNormals([...positions], [...indices]));
        this.#mesh.setIndices(indices);
        this.#mesh.update();
        this.#material = new StandardMaterial();
        this.#material.name = 'navigation mesh';
        this.#material.diffuse.set(0.1, 0.5, 0.9);
        this.#material.opacity = 0.4;
        this.#material.blendType = BLEND_NORMAL;
        this.#material.depthWrite = false;
        this.#material.update();
        this.entity = new Entity('navigation mesh', app);
        this.entity.enabled = false;
        // A finger above the floor, where it is seen.
        this.entity.setLocalPosition(0, 0.01, 0);
        parent.addChild(this.entity);
        this.entity.addComponent('render', {
            meshInstances: [new MeshInstance(this.#mesh, this.#material)],
            castShadows: false,
            receiveShadows: false
        });
    }

    /** Builds mesh and entity. */
    static async build(
        app: AppBase,
        parent: Entity,
        graph: SceneGraph,
        recast: Recast,
        options: NavigationOptions
    ): Promise<NavigationEntity> {
        return new NavigationEntity(app, parent, await SceneNavigation.build(graph, recast, options));
    }

    destroy(): void {
        this.navigation.destroy();
        this.entity.destroy();
        this.#material.destroy();
    }
}
