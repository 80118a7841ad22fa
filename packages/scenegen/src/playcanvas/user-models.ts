/**
 * A user's own models in the engine: meshes of one metre a side, scaled by the entity that shows them, and materials with the
 * model's pictures, which the browser decodes and which follow some frames later (without a browser there are none).
 */
import { exactPow } from '@mixreel/core';
import {
    ADDRESS_REPEAT,
    BLEND_NORMAL,
    calculateNormals,
    type GraphicsDevice,
    Mesh,
    MeshInstance,
    PIXELFORMAT_RGBA8,
    PIXELFORMAT_SRGBA8,
    StandardMaterial,
    Texture
} from 'playcanvas';
import type { ModelImage, ModelMaterial, ModelPart, UserCatalogue, UserModel } from '../catalogue/user-catalogue.ts';
import type { SceneNode } from '../graph/scene-graph.ts';
import type { EnginePart } from './engine-meshes.ts';

/** See the file comment. Everything made is kept until {@link destroy}: a catalogue's models come back. */
export class UserModels {
    readonly #device: GraphicsDevice;
    readonly #catalogue: UserCatalogue;
    readonly #parts = new Map<UserModel, EnginePart[]>();
    readonly #materials = new Map<ModelMaterial, StandardMaterial>();
    readonly #textures = new Map<ModelImage, Texture>();
    #destroyed = false;

    constructor(device: GraphicsDevice, catalogue: UserCatalogue) {
        this.#device = device;
        this.#catalogue = catalogue;
    }

    /** Number of meshes, materials and textures that are alive. */
    get live(): { meshes: number; materials: number; textures: number } {
        const meshes = [...this.#parts.values()].reduce((sum, parts) => sum + parts.length, 0);
        return { meshes, materials: this.#materials.size, textures: this.#textures.size };
    }

    /** Instances of the catalogue's model for a node; null if it has none of the class. */
    instances(n: SceneNode): MeshInstance[] | null {
        const model = this.#catalogue.modelFor(n);
        if (!model) return null;
        let parts = this.#parts.get(model);
        if (!parts) {
            parts = model.parts.map((part) => ({ mesh: this.#mesh(part), material: this.#material(part.material) }));
            this.#parts.set(model, parts);
        }
        return parts.map(({ mesh, material }) => new MeshInstance(mesh, material));
    }

    destroy(): void {
        this.#destroyed = true;
        for (const { mesh } of [...this.#parts.values()].flat()) {
            mesh.decRefCount();
            mesh.destroy();
        }
        for (const material of this.#materials.values()) material.destroy();
        for (const texture of this.#textures.values()) texture.destroy();
        this.#parts.clear();
        this.#materials.clear();
        this.#textures.clear();
    }

    #mesh(part: ModelPart): Mesh {
        const mesh = new Mesh(this.#device);
        mesh.setPositions(part.positions);
        mesh.setNormals(part.normals ?? calculateNormals([...part.positions], [...part.indices]));
        // The engine's v runs up, glTF's down.
        if (part.uvs)
            mesh.setUvs(
                0,
                part.uvs.map((v, i) => (i % 2 === 0 ? v : 1 - v))
            );
        mesh.setIndices(part.indices);
        mesh.update();
        mesh.incRefCount();
        return mesh;
    }

    #material(spec: ModelMaterial): StandardMaterial {
        let material = this.#materials.get(spec);
        if (material) return material;
        material = new StandardMaterial();
        material.name = spec.name;
        material.useMetalness = true;
        material.metalness = spec.metallic;
        material.gloss = 1 - spec.roughness;
        const [r, g, b, a] = spec.baseColor;
        // Factors are linear, the engine's colours are sRGB.
        material.diffuse.set(exactPow(r, 1 / 2.2), exactPow(g, 1 / 2.2), exactPow(b, 1 / 2.2));
        const [er, eg, eb] = spec.emissive;
        material.emissive.set(exactPow(er, 1 / 2.2), exactPow(eg, 1 / 2.2), exactPow(eb, 1 / 2.2));
        if (spec.alphaMode === 'MASK') material.alphaTest = 0.5;
        if (spec.alphaMode === 'BLEND') {
            material.opacity = a;
            material.blendType = BLEND_NORMAL;
        }
        if (spec.doubleSided) {
            material.cull = 0;
            material.twoSidedLighting = true;
        }
        material.diffuseMap = this.#texture(spec.baseColorImage, PIXELFORMAT_SRGBA8);
        if (spec.alphaMode !== 'OPAQUE' && material.diffuseMap) {
            material.opacityMap = material.diffuseMap;
            material.opacityMapChannel = 'a';
        }
        material.normalMap = this.#texture(spec.normalImage, PIXELFORMAT_RGBA8);
        const rough = this.#texture(spec.metallicRoughnessImage, PIXELFORMAT_RGBA8);
        if (rough) {
            material.metalnessMap = rough;
            material.metalnessMapChannel = 'b';
            material.glossMap = rough;
            material.glossMapChannel = 'g';
            material.glossInvert = true;
            material.gloss = spec.roughness;
        }
        material.update();
        this.#materials.set(spec, material);
        return material;
    }

    #texture(image: ModelImage | null, format: number): Texture | null {
        if (!image || typeof createImageBitmap !== 'function') return null;
        let texture = this.#textures.get(image);
        if (!texture) {
            const made = new Texture(this.#device, {
                width: 4,
                height: 4,
                format,
                mipmaps: true,
                addressU: ADDRESS_REPEAT,
                addressV: ADDRESS_REPEAT
            });
            this.#textures.set(image, made);
            texture = made;
            const blob = new Blob([image.bytes], { type: image.mimeType });
            // A picture that cannot be decoded leaves the colour.
            void createImageBitmap(blob).then(
                (bitmap) => {
                    // The engine takes bitmaps as it takes image elements; its types do not say so.
                    if (!this.#destroyed) made.setSource(bitmap as unknown as HTMLImageElement);
                },
                () => undefined
            );
        }
        return texture;
    }
}
