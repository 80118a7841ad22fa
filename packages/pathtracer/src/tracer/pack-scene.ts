/**
 * Scene to buffers: trees, triangles in leaf order, and one table of everything small, in the layouts that
 * `shaders/pathtracer/scene.wgsl` reads. No GPU here: the packed scene is plain memory and is what the traversal's oracle walks.
 */
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { albedoRows } from '../bsdf/albedo.ts';
import { NODE_WORDS } from '../bvh/wide-bvh.ts';
import { type EnvironmentTable, environmentTable } from '../lights/environment-table.ts';
import { buildLightTable, type LightSampler, type LightTable } from '../lights/light-table.ts';
import { LIGHT_NODE_WORDS } from '../lights/light-tree.ts';
import { NONE } from '../math/none.ts';
import { IDENTITY } from '../math/vector.ts';
import { requireTriangles } from '../scene/create-scene.ts';
import { cullsBacks } from '../scene/culling.ts';
import type { Scene } from '../scene/scene.ts';
import { type BuildPlace, buildGeometry } from './build-geometry.ts';
import { type GeometryJob, geometryJob, runGeometryJob } from './geometry-job.ts';
import { materialQueues, queuedAs } from './material-queues.ts';
import { type PackedGeometry, radiusOf, type TreeOptions } from './pack-geometry.ts';
import { packMaterials } from './pack-materials.ts';
import { type PackedTextures, packTextures } from './pack-textures.ts';
import { shadingRows } from './shading-attributes.ts';
import { INSTANCE_WORDS, writeInstance } from './top-tree.ts';

/** How to hold geometry; see `pack-geometry.ts`. `auto` flattens up to 4 million placed triangles of scenes that do not change. */
export type GeometryMode = 'auto' | 'flattened' | 'instanced';

/** Options of {@link packScene}. */
export interface PackOptions {
    readonly geometry: GeometryMode;
    /** The scene will change: `auto` keeps instances apart. */
    readonly dynamic: boolean;
    readonly buildIn: BuildPlace;
    readonly bvh: TreeOptions;
    /** What one buffer may hold on the device: `auto` keeps instances apart where flattened triangles would not fit. */
    readonly maxBufferBytes: number;
    /** What may be held of a buffer that is split; see `scene-buffers.ts`. Beyond both, a scene is refused. */
    readonly maxSplitBytes: number;
    readonly lightSampler: LightSampler;
}

export const PACK_DEFAULTS: PackOptions = Object.freeze({
    geometry: 'auto',
    dynamic: false,
    buildIn: 'auto',
    bvh: Object.freeze({}),
    maxBufferBytes: Infinity,
    maxSplitBytes: 0,
    lightSampler: 'auto'
});

/** Above this, `auto` keeps instances apart if any mesh is placed twice. */
const FLATTEN_LIMIT = 4_000_000;

/** Where each table starts, in rows of 16 bytes, and the other figures that kernels are told. */
export interface SceneLayout {
    readonly rootNode: number;
    readonly flattened: boolean;
    readonly instanceBase: number;
    readonly sourceBase: number;
    readonly materialBase: number;
    readonly textureBase: number;
    readonly lightBase: number;
    readonly lightCount: number;
    readonly lightTreeBase: number;
    readonly sunCount: number;
    readonly environmentWidth: number;
    readonly environmentHeight: number;
    readonly environmentPmf: number;
    readonly sceneRadius: number;
    readonly shadingRows: number;
}

/** The buffers of a scene. */
export interface PackedScene {
    readonly nodes: Uint32Array;
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    readonly tables: Uint32Array;
    readonly texels: Uint32Array;
    readonly environment: Float32Array;
    readonly layout: SceneLayout;
    readonly parts: SceneParts;
    readonly stats: SceneStats;
}

/** What the tables are made of: kept by whoever will change the scene. */
export interface SceneParts {
    readonly geometry: Pick<PackedGeometry, 'trees' | 'rootNode' | 'bounds' | 'sahCost' | 'shadingRows'>;
    readonly flattened: boolean;
    readonly lights: LightTable;
    readonly textures: Omit<PackedTextures, 'texels'>;
    readonly environment: Omit<EnvironmentTable, 'rows'>;
}

/** Figures of a packed scene. */
export interface SceneStats {
    /** Triangles in the buffers: placed ones if flattened, unique ones if instanced; with the copies of spatial splits. */
    readonly triangles: number;
    readonly placedTriangles: number;
    readonly nodes: number;
    readonly lights: number;
    /** Nodes of the light tree, 0 without one. */
    readonly lightNodes: number;
    readonly bvhBytes: number;
    readonly triangleBytes: number;
    readonly textureBytes: number;
    /** SAH cost of the tree, or of the largest mesh's. */
    readonly sahCost: number;
    /** Where the geometry was packed when it last was packed whole. */
    readonly builtIn: 'worker' | 'inline';
}

/** Packs a scene here and now. @throws `bad-input` without triangles, `limit-exceeded`, `aborted`. */
export function packScene(scene: Scene, options: Partial<PackOptions> = {}, progress?: Progress): PackedScene {
    const job = jobOf(scene, options);
    const built = { flattened: job.flattened, geometry: runGeometryJob(job, progress), builtIn: 'inline' } as const;
    return assemble(scene, built, options.lightSampler, progress);
}

/** Packs a scene, its geometry in a worker if that pays or is asked for. @throws as {@link packScene}, `environment`. */
export async function packSceneAside(
    scene: Scene,
    options: Partial<PackOptions> = {},
    progress?: Progress
): Promise<PackedScene> {
    const job = jobOf(scene, options);
    const built = await buildGeometry(job, options.buildIn ?? PACK_DEFAULTS.buildIn, progress);
    throwIfAborted(progress, 'packing the scene');
    return assemble(scene, { flattened: job.flattened, ...built }, options.lightSampler, progress);
}

function jobOf(scene: Scene, options: Partial<PackOptions>): GeometryJob {
    requireTriangles(scene);
    const settled = { ...PACK_DEFAULTS, ...options };
    return geometryJob(scene, shouldFlatten(scene, settled), settled.bvh);
}

/** Geometry that was built, and where. */
interface Built {
    readonly flattened: boolean;
    readonly geometry: PackedGeometry;
    readonly builtIn: SceneStats['builtIn'];
}

function assemble(
    scene: Scene,
    { flattened, geometry, builtIn }: Built,
    sampler: LightSampler = PACK_DEFAULTS.lightSampler,
    progress?: Progress
): PackedScene {
    const lights = buildLightTable(scene, { radius: radiusOf(geometry.bounds), sampler, progress });
    const { rows, ...environment } = environmentTable(scene.environment);
    const { texels, ...textures } = packTextures(scene.textures, scene.materials);
    const { nodes, triangles, shading, shadingRows, trees, rootNode, bounds, sahCost } = geometry;
    const kept = { trees, rootNode, bounds, sahCost, shadingRows };
    const parts = { geometry: kept, flattened, lights, textures, environment };
    return {
        nodes,
        triangles,
        shading,
        ...packTables(scene, parts),
        texels,
        environment: rows,
        parts,
        stats: {
            triangles: triangles.length / 12,
            placedTriangles: scene.triangleCount,
            nodes: nodes.length / NODE_WORDS,
            lights: lights.count,
            lightNodes: lightNodes(lights),
            bvhBytes: nodes.byteLength,
            triangleBytes: triangles.byteLength + shading.byteLength,
            textureBytes: texels.byteLength,
            sahCost,
            builtIn
        }
    };
}

/** Nodes of the light tree, 0 without one. */
export function lightNodes({ tree }: LightTable): number {
    return (tree?.nodes.length ?? 0) / LIGHT_NODE_WORDS;
}

/** Everything small in one table: instances, sources, albedos, materials, textures, lights, the light tree. */
export function packTables(
    scene: Scene,
    { geometry, flattened, lights, textures, environment }: SceneParts
): { readonly tables: Uint32Array; readonly layout: SceneLayout } {
    const instanceRows = ((flattened ? 1 : scene.instances.length) * INSTANCE_WORDS) / 4;
    const sourceRows = scene.instances.length;
    const albedos = albedoRows();
    const albedoBase = instanceRows + sourceRows;
    const materialBase = albedoBase + albedos.length / 4;
    const queues = materialQueues(scene.materials);
    const materials = packMaterials(scene.materials, textures.indexOf, (material) =>
        queues.indexOf(queuedAs(material, queues))
    );
    const textureBase = materialBase + materials.length / 4;
    const textureRows = textures.headers.length / 4;
    const lightRows = lights.words.length / 4;
    const lightTreeBase = textureBase + textureRows + lightRows;
    const tables = new Uint32Array(Math.max(4, 4 * lightTreeBase + lightNodes(lights) * LIGHT_NODE_WORDS));
    const layout: SceneLayout = {
        rootNode: geometry.rootNode,
        flattened,
        instanceBase: 0,
        sourceBase: instanceRows,
        materialBase,
        textureBase,
        lightBase: textureBase + textureRows,
        lightCount: lights.choices,
        lightTreeBase: lights.tree ? lightTreeBase : NONE,
        sunCount: lights.suns,
        environmentWidth: environment.widthPx,
        environmentHeight: environment.heightPx,
        environmentPmf: lights.environmentPmf,
        sceneRadius: radiusOf(geometry.bounds),
        shadingRows: geometry.shadingRows
    };
    if (flattened) writeInstance(tables, 0, { transform: IDENTITY }, 0, 0, false);
    for (const [i, instance] of scene.instances.entries()) {
        if (!flattened) {
            const culled = cullsBacks(scene.materials[instance.material]!);
            writeInstance(tables, i, instance, geometry.trees.get(instance.mesh)!.nodeBase, i, culled);
        }
        const row = [instance.material, instance.semantics?.semanticId ?? 0, lights.firstOfInstance[i]!, i + 1];
        tables.set(row, 4 * (layout.sourceBase + i));
    }
    tables.set(albedos, 4 * albedoBase);
    tables.set(materials, 4 * materialBase);
    tables.set(textures.headers, 4 * layout.textureBase);
    tables.set(lights.words, 4 * layout.lightBase);
    if (lights.tree) tables.set(lights.tree.nodes, 4 * layout.lightTreeBase);
    return { tables, layout };
}

/** @throws `limit-exceeded` if the triangles do not fit: said before the minutes that building would take. */
function shouldFlatten(scene: Scene, { geometry, dynamic, ...limits }: PackOptions): boolean {
    const used = new Set(scene.instances.map((instance) => instance.mesh));
    let unique = 0;
    for (const mesh of used) unique += scene.meshes[mesh]!.indices.length / 3;
    // Of the larger of a triangle's two buffers: 48 bytes, or 96 with second texture coordinates or colours.
    const triangleBytes = 16 * shadingRows(scene);
    const mostBytes = Math.max(limits.maxBufferBytes, limits.maxSplitBytes);
    const most = Math.floor(mostBytes / triangleBytes);
    const unsplit = Math.floor(limits.maxBufferBytes / triangleBytes);
    const few = scene.triangleCount <= Math.min(FLATTEN_LIMIT, unsplit);
    const moves = dynamic || scene.instances.some((instance) => instance.previousTransform);
    const auto = !moves && (few || used.size === scene.instances.length);
    const flattened = geometry === 'auto' ? auto : geometry === 'flattened';
    const count = flattened ? scene.triangleCount : unique;
    if (count <= most) return flattened;
    throw new MixreelError('limit-exceeded', {
        what: `the scene has ${count} ${flattened ? 'placed' : 'unique'} triangles, ${count * triangleBytes} bytes in one buffer`,
        expected: `at most ${most} triangles, ${mostBytes} bytes, on this device`,
        mend:
            unique <= most
                ? `Set geometry: 'instanced': ${unique} of the triangles are unique`
                : 'Place repeated meshes as instances, simplify the scene, or use a device with larger limits'
    });
}
