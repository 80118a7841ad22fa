/**
 * Towns to glTF: a node for each building with its semantics, the ground of each tile, and what repeats. Repeats are written
 * by EXT_mesh_gpu_instancing (one node for all copies of an element in a tile) or as plain nodes that share a mesh, for
 * readers without the extension. The same tiles give the same bytes.
 */

import {
    type Accessor,
    type Buffer,
    Document,
    type Material,
    type Mesh,
    type Scene,
    WebIO
} from '@gltf-transform/core';
import { EXTMeshGPUInstancing, KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import type { NodeSemantics } from '@mixreel/core';
import { exactCos, exactSin } from '@mixreel/core';
import { linearColor } from '../gltf/material-library.ts';
import { CITY_MATERIALS, ELEMENT_NAMES, elementMesh } from './city-elements.ts';
import type { CityMesh } from './city-mesh.ts';
import type { CityBuilding } from './city-tile.ts';
import type { PlacedElement } from './derive-building.ts';

/** Anything with ground, buildings and elements: a {@link CityTile} or a mapped city. */
export interface CityPiece {
    readonly ground: CityMesh;
    readonly buildings: readonly CityBuilding[];
    readonly elements?: readonly PlacedElement[];
}

/** Options of {@link documentFromCity}. */
export interface CityDocumentOptions {
    /** `gpu`: EXT_mesh_gpu_instancing; `nodes`: one node a copy, for readers without it. `gpu` if absent. */
    readonly instancing?: 'gpu' | 'nodes';
}

const CLASSES = ['void', 'ground', 'building', ...ELEMENT_NAMES];

/** Builds the document. */
export function documentFromCity(pieces: readonly CityPiece[], options: CityDocumentOptions = {}): Document {
    return new CityDocument(options.instancing ?? 'gpu').build(pieces);
}

/** A binary glTF file: byte-identical for equal towns. */
export async function glbFromCity(
    pieces: readonly CityPiece[],
    options: CityDocumentOptions = {}
): Promise<Uint8Array> {
    const io = new WebIO().registerExtensions([EXTMeshGPUInstancing, KHRMaterialsEmissiveStrength]);
    return io.writeBinary(documentFromCity(pieces, options));
}

class CityDocument {
    readonly #document: Document = new Document();
    readonly #scene: Scene;
    readonly #buffer: Buffer;
    readonly #instancing: 'gpu' | 'nodes';
    readonly #materials = new Map<string, Material>();
    readonly #elements = new Map<string, Mesh>();

    constructor(instancing: 'gpu' | 'nodes') {
        this.#instancing = instancing;
        this.#document.getRoot().getAsset().generator = 'mixreel scenegen';
        this.#scene = this.#document.createScene('city');
        this.#document.getRoot().setDefaultScene(this.#scene);
        this.#scene.setExtras({ mixreel: { version: 1, classes: CLASSES } });
        this.#buffer = this.#document.createBuffer();
    }

    build(pieces: readonly CityPiece[]): Document {
        pieces.forEach((piece, k) => {
            this.#add(`ground-${k + 1}`, 'ground', piece.ground, 0);
            for (const b of piece.buildings) this.#add(b.id, 'building', b.mesh, b.variant);
            const placed = [...(piece.elements ?? []), ...piece.buildings.flatMap((b) => b.elements)];
            for (const name of ELEMENT_NAMES) {
                const copies = placed.filter((e) => e.element === name);
                if (copies.length > 0) this.#repeat(name, `${name}-${k + 1}`, copies);
            }
        });
        return this.#document;
    }

    #add(id: string, className: string, mesh: CityMesh, variant: number): void {
        const target = this.#document.createMesh(id);
        for (const part of mesh.parts.values()) {
            if (part.triangles === 0) continue;
            target.addPrimitive(
                this.#primitive(part.positions, part.normals, part.indices, this.#material(part.material, variant))
            );
        }
        if (target.listPrimitives().length > 0) this.#scene.addChild(this.#node(id, className).setMesh(target));
    }

    #repeat(name: string, id: string, copies: readonly PlacedElement[]): void {
        const mesh = this.#element(name);
        if (this.#instancing === 'nodes') {
            copies.forEach((e, k) => {
                const node = this.#node(`${id}.${k + 1}`, name)
                    .setMesh(mesh)
                    .setTranslation([e.x, e.y, e.z]);
                node.setRotation([0, exactSin(e.yaw / 2), 0, exactCos(e.yaw / 2)]).setScale([...e.scale]);
                this.#scene.addChild(node);
            });
            return;
        }
        const batch = this.#document
            .createExtension(EXTMeshGPUInstancing)
            .setRequired(true)
            .createInstancedMesh()
            .setAttribute(
                'TRANSLATION',
                this.#accessor('VEC3', Float32Array.from(copies.flatMap((e) => [e.x, e.y, e.z])))
            )
            .setAttribute(
                'ROTATION',
                this.#accessor(
                    'VEC4',
                    Float32Array.from(copies.flatMap((e) => [0, exactSin(e.yaw / 2), 0, exactCos(e.yaw / 2)]))
                )
            )
            .setAttribute('SCALE', this.#accessor('VEC3', Float32Array.from(copies.flatMap((e) => [...e.scale]))));
        this.#scene.addChild(this.#node(id, name).setMesh(mesh).setExtension('EXT_mesh_gpu_instancing', batch));
    }

    #element(name: string): Mesh {
        let mesh = this.#elements.get(name);
        if (!mesh) {
            mesh = this.#document.createMesh(name);
            for (const part of elementMesh(name).parts.values()) {
                const [p, n] = [new Float32Array(part.positions), new Float32Array(part.normals)];
                mesh.addPrimitive(
                    this.#primitive(p, n, new Uint32Array(part.indices), this.#material(part.material, 0))
                );
            }
            this.#elements.set(name, mesh);
        }
        return mesh;
    }

    #primitive(
        positions: Float32Array<ArrayBuffer>,
        normals: Float32Array<ArrayBuffer>,
        indices: Uint32Array<ArrayBuffer>,
        material: Material
    ): ReturnType<Document['createPrimitive']> {
        const narrow = positions.length / 3 < 65_535;
        return this.#document
            .createPrimitive()
            .setIndices(this.#accessor('SCALAR', narrow ? new Uint16Array(indices) : indices))
            .setAttribute('POSITION', this.#accessor('VEC3', positions))
            .setAttribute('NORMAL', this.#accessor('VEC3', normals))
            .setMaterial(material);
    }

    #accessor(
        type: 'SCALAR' | 'VEC3' | 'VEC4',
        data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>
    ): Accessor {
        return this.#document.createAccessor().setType(type).setArray(data).setBuffer(this.#buffer);
    }

    /** A material in the colour that a building's variant picks; slots pick apart from each other. */
    #material(slot: string, variant: number): Material {
        const spec = CITY_MATERIALS[slot]!;
        const color = spec.color[(variant >>> (slot.length % 5)) % spec.color.length]!;
        const key = `${slot} ${color}`;
        let material = this.#materials.get(key);
        if (!material) {
            const rgb = linearColor(color);
            material = this.#document
                .createMaterial(key)
                .setBaseColorFactor([...rgb, 1])
                .setRoughnessFactor(spec.roughness)
                .setMetallicFactor(spec.metallic ?? 0);
            if (spec.emissive !== undefined) {
                const strength = this.#document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
                material
                    .setEmissiveFactor(rgb)
                    .setExtension('KHR_materials_emissive_strength', strength.setEmissiveStrength(spec.emissive));
            }
            this.#materials.set(key, material);
        }
        return material;
    }

    #node(id: string, className: string): ReturnType<Document['createNode']> {
        const semantics: NodeSemantics = { id, class: className, semanticId: CLASSES.indexOf(className), real: false };
        return this.#document.createNode(id).setExtras({ mixreel: semantics });
    }
}
