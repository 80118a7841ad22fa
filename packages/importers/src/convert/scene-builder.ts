/**
 * Builds the glTF document of a converted scene: meshes once however often they are placed. Placed things hang below one root
 * node, which mirrors the scene when the source is left-handed. Its materials are those of `material-builder.ts`.
 */
import {
    type Accessor,
    Document,
    type Material,
    MathUtils,
    type Mesh,
    type Node,
    type Scene
} from '@gltf-transform/core';
import { KHRLightsPunctual } from '@gltf-transform/extensions';
import { badInput } from '@mixreel/core';
import { type GltfLimits, tooLarge } from '../checked-gltf.ts';
import { isStretched, type SurfaceMaterial, unstretched } from './bsdf.ts';
import { IDENTITY, type Mat4, scaling, type Vec3 } from './mat4.ts';
import { type Emission, MaterialBuilder } from './material-builder.ts';
import { renderable, renderableLight } from './material-range.ts';
import type { Pictures } from './pictures.ts';
import type { ReportBuilder } from './report.ts';
import { flipWinding, type TriangleMesh, transformMesh } from './triangle-mesh.ts';

/** A perspective view. */
export interface CameraInit {
    readonly name: string;
    /** Camera to world; looks along -z, y up (glTF). */
    readonly matrix: Mat4;
    readonly yfovRad: number;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly lensRadius?: number;
    readonly focusDistance?: number;
}

/** A light without area, shining along -z where it has a direction. */
export interface LightInit {
    readonly name: string;
    readonly type: 'point' | 'spot' | 'directional';
    /** Radiant intensity (W/sr), or irradiance for directional. */
    readonly color: Vec3;
    readonly matrix: Mat4;
    readonly innerConeRad?: number;
    readonly outerConeRad?: number;
}

interface Geometry {
    readonly position: Accessor;
    readonly normal?: Accessor;
    readonly uv?: Accessor;
    readonly indices: Accessor;
}

export class SceneBuilder {
    readonly document: Document = new Document();
    readonly scene: Scene;
    readonly root: Node;
    readonly #report: ReportBuilder;
    readonly #materials: MaterialBuilder;
    readonly #limits: GltfLimits;
    #triangles = 0;
    readonly #geometry = new Map<TriangleMesh, Geometry>();
    readonly #turnedMeshes = new Map<TriangleMesh, TriangleMesh>();
    readonly #meshes = new Map<Geometry, Map<Material, Mesh>>();

    constructor(report: ReportBuilder, pictures: Pictures, limits: GltfLimits) {
        this.#limits = limits;
        this.#report = report;
        this.#materials = new MaterialBuilder(this.document, report, pictures);
        this.document.createBuffer();
        this.root = this.document.createNode('world');
        this.scene = this.document.createScene('scene').addChild(this.root);
        this.document.getRoot().setDefaultScene(this.scene);
    }

    /** Mirrors everything that hangs below the root at z = 0: for left-handed sources. */
    mirror(): void {
        this.root.setMatrix([...scaling(1, 1, -1)] as never);
    }

    /** Places a mesh with a material. Meshes are told apart by identity, so share the objects. */
    async place(
        name: string,
        mesh: TriangleMesh,
        surface: SurfaceMaterial,
        emission: Emission | undefined,
        matrix: Mat4
    ): Promise<void> {
        if (!matrix.every(Number.isFinite)) {
            throw badInput(`the transform of "${name}" is not finite`, 'finite numbers', 'Correct the scene');
        }
        // A node is translation, rotation and scale; a shear can only go into the vertices.
        if (!isTrs(matrix)) {
            await this.place(name, transformMesh(mesh, matrix), surface, emission, IDENTITY);
            return;
        }
        const { surface: shown, turned } = renderable(this.#directed(surface, mesh), this.#report);
        const material = await this.#materials.material(shown, emission);
        const geometry = this.#geometryOf(turned ? this.#turned(mesh) : mesh);
        const byMaterial = this.#meshes.get(geometry) ?? new Map<Material, Mesh>();
        this.#meshes.set(geometry, byMaterial);
        let placed = byMaterial.get(material);
        if (!placed) {
            const primitive = this.document.createPrimitive().setMaterial(material).setIndices(geometry.indices);
            primitive.setAttribute('POSITION', geometry.position);
            if (geometry.normal) primitive.setAttribute('NORMAL', geometry.normal);
            if (geometry.uv) primitive.setAttribute('TEXCOORD_0', geometry.uv);
            placed = this.document.createMesh(name).addPrimitive(primitive);
            byMaterial.set(material, placed);
        }
        this.root.addChild(
            this.document
                .createNode(name)
                .setMesh(placed)
                .setMatrix([...matrix] as never)
        );
    }

    /** The mesh with its sides swapped, one object for each. */
    #turned(mesh: TriangleMesh): TriangleMesh {
        const known = this.#turnedMeshes.get(mesh) ?? flipWinding(mesh);
        this.#turnedMeshes.set(mesh, known);
        return known;
    }

    /** Facets stretch along texture coordinates; without any they cannot. */
    #directed(surface: SurfaceMaterial, mesh: TriangleMesh): SurfaceMaterial {
        if (mesh.uvs || !isStretched(surface.bsdf)) return surface;
        const what = `material "${surface.name}": anisotropic roughness on a mesh without texture coordinates`;
        this.#report.approximate(what, 'the geometric mean of both');
        return unstretched(surface);
    }

    /** Adds a camera outside the root, in the world of the document. */
    addCamera(init: CameraInit): void {
        const yfovRad = Math.min(Math.PI - 1e-3, Math.max(1e-3, init.yfovRad || 0));
        if (yfovRad !== init.yfovRad) {
            this.#report.approximate(`field of view of ${init.yfovRad} rad`, `${Number(yfovRad.toPrecision(4))} rad`);
        }
        const sides = [init.widthPx, init.heightPx];
        const valid = sides.every((side) => Number.isInteger(side) && side >= 1);
        if (!valid) this.#report.approximate(`film of ${sides.join(' x ')} pixels`, '768 x 576');
        const [widthPx, heightPx] = valid ? [init.widthPx, init.heightPx] : [768, 576];
        const camera = this.document
            .createCamera(init.name)
            .setType('perspective')
            .setYFov(yfovRad)
            .setAspectRatio(widthPx / heightPx)
            .setZNear(0.01)
            .setExtras({
                mixreel: {
                    film: { widthPx, heightPx },
                    ...(init.lensRadius ? { lensRadius: init.lensRadius, focusDistance: init.focusDistance } : {})
                }
            });
        this.scene.addChild(
            this.document
                .createNode(init.name)
                .setCamera(camera)
                .setMatrix([...init.matrix] as never)
        );
    }

    /** Adds a light; one that gives none, or shines nowhere, is told and left out. */
    addLight(init: LightInit): void {
        const color = renderableLight(init.color, `light "${init.name}"`, this.#report);
        const peak = Math.max(...color);
        const forward = Math.hypot(init.matrix[8]!, init.matrix[9]!, init.matrix[10]!);
        if (!(peak > 0) || !init.matrix.every(Number.isFinite) || !(forward > 0)) {
            const without = peak > 0 ? 'a place and a direction' : 'light';
            this.#report.unsupported(`light "${init.name}" without ${without}`);
            return;
        }
        const light = this.document
            .createExtension(KHRLightsPunctual)
            .createLight(init.name)
            .setType(init.type)
            .setIntensity(peak)
            .setColor(color.map((value) => value / peak) as never);
        if (init.type === 'spot') {
            // glTF's cones are at most half a turn wide, and the inner one lies in the outer.
            const outer = Math.min(Math.PI / 2, Math.max(1e-3, init.outerConeRad ?? Math.PI / 4));
            light.setInnerConeAngle(Math.min(outer, Math.max(0, init.innerConeRad ?? 0))).setOuterConeAngle(outer);
        }
        const node = this.document.createNode(init.name).setMatrix([...init.matrix] as never);
        this.root.addChild(node.setExtension('KHR_lights_punctual', light));
    }

    #geometryOf(mesh: TriangleMesh): Geometry {
        const known = this.#geometry.get(mesh);
        if (known) return known;
        // Not only in the end: a short scene can ask for more copies of a mesh than there is memory for.
        this.#triangles += mesh.indices.length / 3;
        const { maxTriangles } = this.#limits;
        if (this.#triangles > maxTriangles) {
            throw tooLarge(`it has over ${this.#triangles} triangles`, maxTriangles, 'triangles');
        }
        const buffer = this.document.getRoot().listBuffers()[0]!;
        const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', data: Float32Array | Uint32Array | Uint16Array) =>
            this.document
                .createAccessor()
                .setType(type)
                .setArray(data as never)
                .setBuffer(buffer);
        const small = mesh.positions.length / 3 <= 65535;
        const geometry: Geometry = {
            position: accessor('VEC3', mesh.positions),
            ...(mesh.normals ? { normal: accessor('VEC3', mesh.normals) } : {}),
            ...(mesh.uvs ? { uv: accessor('VEC2', mesh.uvs) } : {}),
            indices: accessor('SCALAR', small ? Uint16Array.from(mesh.indices) : mesh.indices)
        };
        this.#geometry.set(mesh, geometry);
        return geometry;
    }
}

/** True if the matrix comes back from translation, rotation and scale to single precision. */
function isTrs(matrix: Mat4): boolean {
    const [t, r, s] = [
        [0, 0, 0],
        [0, 0, 0, 1],
        [1, 1, 1]
    ] as [[number, number, number], [number, number, number, number], [number, number, number]];
    MathUtils.decompose([...matrix] as never, t, r, s);
    const back = MathUtils.compose(t, r, s, [...IDENTITY] as never);
    const size = Math.max(...matrix.slice(0, 12).map(Math.abs));
    return matrix.slice(0, 12).every((value, i) => Math.abs(value - back[i]!) <= 1e-5 * size);
}
