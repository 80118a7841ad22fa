/**
 * Engine meshes and materials of a scene's parts, made when first used and shared by all that look alike. Colours come at
 * once; textures are decoded by the browser and follow some frames later (without a browser there are none).
 */
import {
    BLEND_NORMAL,
    type GraphicsDevice,
    Mesh,
    MeshInstance,
    PIXELFORMAT_SRGBA8,
    StandardMaterial,
    Texture
} from 'playcanvas';
import { colorOf } from '../gltf/material-library.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type StyleMaterial, styleNamed, type TextureName } from '../style/style.ts';
import { TEXTURE_METRES, texturePng } from '../style/textures.ts';

/** One drawable part. */
export interface EnginePart {
    readonly mesh: Mesh;
    readonly material: StandardMaterial;
}

/** See the file comment. */
export class EngineMeshes {
    readonly #device: GraphicsDevice;
    readonly #parts = new Map<string, EnginePart[]>();
    readonly #materials = new Map<string, StandardMaterial>();
    readonly #textures = new Map<TextureName, Texture>();
    #destroyed = false;

    constructor(device: GraphicsDevice) {
        this.#device = device;
    }

    /** Number of meshes, materials and textures that are alive. */
    get live(): { meshes: number; materials: number; textures: number } {
        const meshes = [...this.#parts.values()].reduce((sum, parts) => sum + parts.length, 0);
        return { meshes, materials: this.#materials.size, textures: this.#textures.size };
    }

    /** Instances of the parts under a key; `build` is called when the key is new. */
    instances(
        key: string,
        build: () => MeshBuilder,
        look: { readonly style: string; readonly variant: number; readonly colors: Readonly<Record<string, string>> }
    ): MeshInstance[] {
        let parts = this.#parts.get(key);
        if (!parts) {
            parts = this.#build(build(), look);
            this.#parts.set(key, parts);
        }
        return parts.map(({ mesh, material }) => new MeshInstance(mesh, material));
    }

    /** Gives back the meshes of keys that no longer appear. */
    keep(keys: ReadonlySet<string>): void {
        for (const [key, parts] of this.#parts) {
            if (keys.has(key)) continue;
            for (const { mesh } of parts) mesh.decRefCount();
            for (const { mesh } of parts) mesh.destroy();
            this.#parts.delete(key);
        }
    }

    destroy(): void {
        this.#destroyed = true;
        this.keep(new Set());
        for (const material of this.#materials.values()) material.destroy();
        for (const texture of this.#textures.values()) texture.destroy();
        this.#materials.clear();
        this.#textures.clear();
    }

    #build(builder: MeshBuilder, look: Parameters<EngineMeshes['instances']>[2]): EnginePart[] {
        const out: EnginePart[] = [];
        for (const part of builder.parts.values()) {
            if (part.indices.length === 0) continue;
            const spec = styleNamed(look.style).slots[part.material]!;
            const mesh = new Mesh(this.#device);
            mesh.setPositions(part.positions);
            mesh.setNormals(part.normals);
            if (spec.texture) {
                const scale = 1 / (TEXTURE_METRES[spec.texture] || 1);
                // The engine's v runs up, glTF's and ours down.
                mesh.setUvs(
                    0,
                    part.uvs.map((v, i) => (i % 2 === 0 ? v * scale : 1 - v * scale))
                );
            }
            mesh.setIndices(part.indices);
            mesh.update();
            // Held by the library until `keep`, whatever entities come and go.
            mesh.incRefCount();
            out.push({
                mesh,
                material: this.#material(look.style, part.material, spec, look.variant, look.colors[part.material])
            });
        }
        return out;
    }

    #material(
        style: string,
        slot: string,
        spec: StyleMaterial,
        variant: number,
        color: string | undefined
    ): StandardMaterial {
        const chosen = color ? colorOf(color) : spec.color[variant % spec.color.length]!;
        const key = `${style}/${slot}/${chosen}`;
        let material = this.#materials.get(key);
        if (material) return material;
        material = new StandardMaterial();
        material.name = key;
        material.useMetalness = true;
        material.metalness = spec.metallic ?? 0;
        material.gloss = 1 - spec.roughness;
        material.diffuse.fromString(chosen);
        if (spec.emissive !== undefined) {
            material.emissive.fromString(chosen);
            material.emissiveIntensity = spec.emissive;
        }
        if (spec.doubleSided) material.cull = 0;
        if (spec.transmission !== undefined) {
            // Blended, not refracted: no copy of the frame for each eye of a headset. Reflections stay.
            material.opacity = 1 - 0.85 * spec.transmission;
            material.blendType = BLEND_NORMAL;
            material.depthWrite = false;
        }
        if (spec.texture) this.#dress(material, spec.texture, spec.emissive !== undefined);
        material.update();
        this.#materials.set(key, material);
        return material;
    }

    /** Decodes a texture once and puts it on a material when it is there. */
    #dress(material: StandardMaterial, name: TextureName, glows: boolean): void {
        if (typeof createImageBitmap !== 'function') return;
        let texture = this.#textures.get(name);
        if (!texture) {
            const made = new Texture(this.#device, {
                name,
                width: 4,
                height: 4,
                format: PIXELFORMAT_SRGBA8,
                mipmaps: true
            });
            this.#textures.set(name, made);
            texture = made;
            const png = new Blob([texturePng(name) as Uint8Array<ArrayBuffer>], { type: 'image/png' });
            void createImageBitmap(png).then((bitmap) => {
                // The engine takes bitmaps as it takes image elements; its types do not say so.
                if (!this.#destroyed) made.setSource(bitmap as unknown as HTMLImageElement);
            });
        }
        if (glows) material.emissiveMap = texture;
        else material.diffuseMap = texture;
    }
}
