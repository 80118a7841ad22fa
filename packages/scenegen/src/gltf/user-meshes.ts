/** Meshes of a user's models in a document, each made when first used; equal pictures are stored once. */
import type { Accessor, Buffer, Document, Material, Mesh, Texture } from '@gltf-transform/core';
import type { ModelImage, ModelMaterial, UserModel } from '../catalogue/user-catalogue.ts';

/** See the file comment. */
export class UserMeshes {
    readonly #document: Document;
    readonly #buffer: Buffer;
    readonly #meshes = new Map<UserModel, Mesh>();
    readonly #materials = new Map<string, Material>();
    readonly #textures = new Map<string, Texture>();

    constructor(document: Document, buffer: Buffer) {
        this.#document = document;
        this.#buffer = buffer;
    }

    /** The mesh of a model: a box of one metre a side, to be scaled by its node. */
    mesh(model: UserModel): Mesh {
        let mesh = this.#meshes.get(model);
        if (!mesh) {
            mesh = this.#document.createMesh(model.file);
            for (const part of model.parts) {
                const narrow = part.positions.length / 3 < 65_535;
                const primitive = this.#document
                    .createPrimitive()
                    .setIndices(this.#accessor('SCALAR', narrow ? new Uint16Array(part.indices) : part.indices))
                    .setAttribute('POSITION', this.#accessor('VEC3', part.positions))
                    .setMaterial(this.#material(model, part.material));
                if (part.normals) primitive.setAttribute('NORMAL', this.#accessor('VEC3', part.normals));
                if (part.uvs && images(part.material).some(Boolean))
                    primitive.setAttribute('TEXCOORD_0', this.#accessor('VEC2', part.uvs));
                mesh.addPrimitive(primitive);
            }
            this.#meshes.set(model, mesh);
        }
        return mesh;
    }

    #accessor(
        type: 'SCALAR' | 'VEC2' | 'VEC3',
        data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>
    ): Accessor {
        return this.#document.createAccessor().setType(type).setArray(data).setBuffer(this.#buffer);
    }

    #material(model: UserModel, spec: ModelMaterial): Material {
        const key = `${model.file} ${spec.name}`;
        let material = this.#materials.get(key);
        if (!material) {
            const [color, normal, rough] = images(spec).map((image, i) => this.#texture(image, `${key} ${i}`));
            material = this.#document
                .createMaterial(key)
                .setBaseColorFactor([...spec.baseColor])
                .setMetallicFactor(spec.metallic)
                .setRoughnessFactor(spec.roughness)
                .setEmissiveFactor([...spec.emissive])
                .setAlphaMode(spec.alphaMode)
                .setDoubleSided(spec.doubleSided)
                .setBaseColorTexture(color ?? null)
                .setNormalTexture(normal ?? null)
                .setMetallicRoughnessTexture(rough ?? null);
            this.#materials.set(key, material);
        }
        return material;
    }

    #texture(image: ModelImage | null, name: string): Texture | null {
        if (!image) return null;
        const key = `${image.bytes.length} ${image.bytes.subarray(0, 64).join()} ${image.bytes.subarray(-64).join()}`;
        let texture = this.#textures.get(key);
        if (!texture) {
            texture = this.#document.createTexture(name).setImage(image.bytes).setMimeType(image.mimeType);
            this.#textures.set(key, texture);
        }
        return texture;
    }
}

const images = (m: ModelMaterial): (ModelImage | null)[] => [m.baseColorImage, m.normalImage, m.metallicRoughnessImage];
