/**
 * The meshes that a mirror has read, with their numbers in the tracer's scene. A mesh of the engine is read once for all that share
 * it; one with a skin or morph targets has vertices of its own for each instance, and one whose vertices are coloured is there once
 * for each way in which materials take the colours.
 */
import type { Mesh as EngineMesh, MeshInstance } from 'playcanvas';
import type { DeformedMesh } from '../scene/change-scene.ts';
import type { Mesh } from '../scene/scene.ts';
import type { EventLog } from './events.ts';
import { areaLightMesh } from './light-data.ts';
import { boxVersion, meshOf } from './mesh-data.ts';
import { type Pose, RestMesh } from './pose.ts';
import type { DeviceSeat } from './read-texture.ts';
import { isMeshInstance, type Source } from './source.ts';
import { hasVertexColors, ignoredVertexColors, vertexColorUse } from './vertex-colors.ts';

/** What was read of a mesh. */
interface KnownMesh {
    /** Of the vertices when they were read. */
    readonly version: readonly unknown[];
    /** Null: it has no triangles that can be read. */
    readonly mesh: Mesh | null;
    readonly index: number;
    rest: RestMesh | null;
}

/** What reading adds to a change of the tracer's scene. */
export interface MeshDraft {
    readonly added: Mesh[];
    readonly deformed: DeformedMesh[];
    /** Skinned and morphed things whose vertices at rest changed. */
    readonly reposed: MeshInstance[];
}

/** See the file comment. */
export class MeshTable {
    readonly #seat: DeviceSeat;
    /** By the engine's mesh, the instance or the area light; then by how colours of vertices are taken. */
    readonly #known = new Map<EngineMesh | Source, Map<string, KnownMesh>>();
    #count = 0;

    constructor(seat: DeviceSeat) {
        this.#seat = seat;
    }

    /** Meshes that the tracer has by now. */
    get count(): number {
        return this.#count;
    }

    clear(): void {
        this.#known.clear();
        this.#count = 0;
    }

    /** Number of the mesh of a source, which is read if it is new or other than it was; null if it has no triangles. */
    read(source: Source, draft: MeshDraft, log: EventLog): number | null {
        const version = versionOf(source);
        const known = this.#find(source);
        if (known?.version.every((value, i) => value === version[i])) return known.mesh && known.index;
        const mesh = meshFrom(source, log);
        const has = mesh !== null && mesh.indices.length > 0;
        const sameTriangles = has && known?.mesh && haveSameTriangles(known.mesh, mesh);
        const index = sameTriangles ? known.index : this.#count;
        if (sameTriangles && deforms(source)) draft.reposed.push(source as MeshInstance);
        else if (sameTriangles) {
            const { positions, normals } = mesh;
            draft.deformed.push({ mesh: index, positions, ...(normals ? { normals } : {}) });
        } else if (has) {
            draft.added.push(mesh);
            this.#count++;
        }
        this.#remember(source, { version, mesh: has ? mesh : null, index, rest: null });
        return has ? index : null;
    }

    /** Poses what came, and what was read anew. */
    async pose(come: readonly { source: Source; mesh: number }[], draft: MeshDraft): Promise<void> {
        const first = this.#count - draft.added.length;
        for (const { source, mesh } of come) {
            const known = deforms(source) ? this.#find(source) : null;
            if (!known?.mesh || !isMeshInstance(source)) continue;
            const pose = await this.#pose(source, known);
            if (mesh >= first) draft.added[mesh - first] = { ...known.mesh, ...pose };
            else draft.deformed.push({ mesh, ...pose });
        }
        for (const source of draft.reposed) {
            const known = this.#find(source)!;
            draft.deformed.push({ mesh: known.index, ...(await this.#pose(source, known)) });
        }
    }

    /** The vertices of a skinned or morphed thing as it stands now; null before it was posed first. */
    poseNow(source: Source): Pose | null {
        return this.#find(source)?.rest?.pose(source as MeshInstance) ?? null;
    }

    async #pose(source: MeshInstance, known: KnownMesh): Promise<Pose> {
        known.rest ??= await RestMesh.create(source, known.mesh!, this.#seat.device);
        return known.rest.pose(source);
    }

    #find(source: Source): KnownMesh | undefined {
        return this.#known.get(keyOf(source))?.get(variantOf(source));
    }

    #remember(source: Source, known: KnownMesh): void {
        const key = keyOf(source);
        let variants = this.#known.get(key);
        if (!variants) this.#known.set(key, (variants = new Map()));
        variants.set(variantOf(source), known);
    }
}

function meshFrom(source: Source, log: EventLog): Mesh | null {
    if (!isMeshInstance(source)) return areaLightMesh(source.shape);
    const { node, material } = source;
    const mesh = meshOf(source.mesh!, node.name, vertexColorUse(material));
    if (!mesh) log.add('unsupported', `mesh "${node.name}" is not made of triangles: left out`);
    if ((source as { instancingData?: unknown }).instancingData) {
        log.add('unsupported', `mesh "${node.name}" is drawn many times by instancing: shown once`);
    }
    const ignored = hasVertexColors(source.mesh) ? ignoredVertexColors(material) : [];
    if (ignored.length > 0) {
        const what = `colours of vertices tint ${ignored.join(', ')} of material "${material!.name}": ignored`;
        log.add('unsupported', what);
    }
    return mesh;
}

function deforms(source: Source): boolean {
    return isMeshInstance(source) && Boolean(source.skinInstance || source.morphInstance);
}

function keyOf(source: Source): EngineMesh | Source {
    if (!isMeshInstance(source)) return source;
    return deforms(source) ? source : source.mesh!;
}

function variantOf(source: Source): string {
    if (!isMeshInstance(source) || !hasVertexColors(source.mesh)) return '';
    return vertexColorUse(source.material) ?? '';
}

function versionOf(source: Source): readonly unknown[] {
    if (!isMeshInstance(source)) return [source.shape];
    // A mesh that grows gets new buffers.
    return [source.mesh, boxVersion(source.mesh), source.mesh!.vertexBuffer];
}

function haveSameTriangles(a: Mesh, b: Mesh): boolean {
    const sameNormals = (a.normals === undefined) === (b.normals === undefined);
    const sameSize = a.positions.length === b.positions.length;
    return sameSize && sameNormals && same(a.indices, b.indices) && same(a.uvs, b.uvs) && same(a.colors, b.colors);
}

function same(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean {
    if (a?.length !== b?.length) return false;
    for (let i = 0; a && i < a.length; i++) if (a[i] !== b![i]) return false;
    return true;
}
