/**
 * Builds the glTF document of a converted scene: meshes once however often they are placed, materials once for each pair of
 * BSDF and emission, pictures once for each file. Placed things hang below one root node, which mirrors the scene when the
 * source is left-handed.
 */
import {
    type Accessor,
    Document,
    type Material,
    MathUtils,
    type Mesh,
    type Node,
    type Scene,
    type Texture,
    TextureInfo
} from '@gltf-transform/core';
import {
    KHRLightsPunctual,
    KHRMaterialsClearcoat,
    KHRMaterialsDiffuseTransmission,
    KHRMaterialsEmissiveStrength,
    KHRMaterialsIOR,
    KHRMaterialsSpecular,
    KHRMaterialsTransmission,
    KHRMaterialsVolume,
    KHRTextureTransform
} from '@gltf-transform/extensions';
import { badInput } from '@mixreel/core';
import { applyBsdf, colorPicture, type MaterialExtensions, type SurfaceMaterial } from './bsdf.ts';
import { flatColor } from './checkers.ts';
import { IDENTITY, type Mat4, scaling, type Vec3 } from './mat4.ts';
import type { Pictures } from './pictures.ts';
import type { ReportBuilder } from './report.ts';
import { type TriangleMesh, transformMesh } from './triangle-mesh.ts';

/** Radiance that a surface emits, from its front or from both sides. */
export interface Emission {
    readonly radiance: Vec3;
    readonly twoSided: boolean;
}

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
    readonly #pictures: Pictures;
    readonly #geometry = new Map<TriangleMesh, Geometry>();
    readonly #meshes = new Map<Geometry, Map<Material, Mesh>>();
    readonly #materials = new Map<string, Material>();

    constructor(report: ReportBuilder, pictures: Pictures) {
        this.#report = report;
        this.#pictures = pictures;
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
        const material = await this.#material(surface, emission);
        const geometry = this.#geometryOf(mesh);
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

    /** Adds a camera outside the root, in the world of the document. */
    addCamera(init: CameraInit): void {
        const camera = this.document
            .createCamera(init.name)
            .setType('perspective')
            .setYFov(init.yfovRad)
            .setAspectRatio(init.widthPx / init.heightPx)
            .setZNear(0.01)
            .setExtras({
                mixreel: {
                    film: { widthPx: init.widthPx, heightPx: init.heightPx },
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

    addLight(init: LightInit): void {
        const peak = Math.max(...init.color);
        if (!(peak > 0)) return;
        const light = this.document
            .createExtension(KHRLightsPunctual)
            .createLight(init.name)
            .setType(init.type)
            .setIntensity(peak)
            .setColor(init.color.map((value) => value / peak) as never);
        if (init.type === 'spot') {
            light.setInnerConeAngle(init.innerConeRad ?? 0).setOuterConeAngle(init.outerConeRad ?? Math.PI / 4);
        }
        const node = this.document.createNode(init.name).setMatrix([...init.matrix] as never);
        this.root.addChild(node.setExtension('KHR_lights_punctual', light));
    }

    #geometryOf(mesh: TriangleMesh): Geometry {
        const known = this.#geometry.get(mesh);
        if (known) return known;
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

    async #material(surface: SurfaceMaterial, emission: Emission | undefined): Promise<Material> {
        const key = JSON.stringify([surface, emission]);
        const known = this.#materials.get(key);
        if (known) return known;
        const material = this.document.createMaterial(surface.name);
        this.#materials.set(key, material);
        applyBsdf(material, surface.bsdf, this.#extensions());
        // Offline renderers scatter on both sides of a surface; a light that shines from its front only says so to glTF by
        // being single-sided.
        material.setDoubleSided(emission ? emission.twoSided : true);
        if (emission) this.#emit(material, emission);
        await this.#paint(material, surface);
        return material;
    }

    #emit(material: Material, { radiance }: Emission): void {
        const peak = Math.max(...radiance);
        if (!(peak > 0)) return;
        material.setEmissiveFactor(radiance.map((value) => Math.max(0, value) / peak) as never);
        const extension = this.document.createExtension(KHRMaterialsEmissiveStrength);
        material.setExtension(
            'KHR_materials_emissive_strength',
            extension.createEmissiveStrength().setEmissiveStrength(peak)
        );
    }

    async #paint(material: Material, surface: SurfaceMaterial): Promise<void> {
        const input = colorPicture(surface.bsdf);
        const { opacity } = surface;
        const cutout = opacity && 'picture' in opacity ? opacity.picture : undefined;
        if (input?.picture !== undefined || cutout !== undefined) {
            const texture = await this.#texture(material, surface, cutout);
            if (texture) {
                material.setBaseColorTexture(texture);
                const info = material.getBaseColorTextureInfo()!;
                if (typeof input?.picture === 'object' && cutout === undefined) {
                    // Squares from near; from afar, where renderers filter, their mean.
                    info.setMagFilter(TextureInfo.MagFilter.NEAREST!);
                    info.setMinFilter(TextureInfo.MinFilter.NEAREST_MIPMAP_LINEAR!);
                }
                if (input?.uv) {
                    const transform = this.document.createExtension(KHRTextureTransform).createTransform();
                    transform.setScale([...input.uv.scale]).setOffset([...input.uv.offset]);
                    info.setExtension('KHR_texture_transform', transform);
                }
            }
        }
        if (cutout !== undefined) material.setAlphaMode('BLEND');
        else if (opacity && 'value' in opacity && opacity.value < 1) {
            const [r, g, b] = material.getBaseColorFactor();
            material.setAlphaMode('BLEND').setBaseColorFactor([r, g, b, Math.max(0, opacity.value)]);
        }
        if (
            surface.bsdf.kind !== 'diffuse' &&
            'distribution' in surface.bsdf &&
            surface.bsdf.distribution === 'beckmann'
        ) {
            this.#report.approximate(`material "${surface.name}": Beckmann distribution`, 'GGX with the same alpha');
        }
    }

    #texture(material: Material, surface: SurfaceMaterial, cutout: string | undefined): Promise<Texture | undefined> {
        const input = colorPicture(surface.bsdf);
        const picture = input?.picture;
        if (typeof picture !== 'object') return this.#pictures.texture(this.document, picture, cutout);
        if (cutout === undefined) return Promise.resolve(this.#pictures.checkers(this.document, picture));
        this.#report.approximate(`material "${surface.name}": checkerboard with a cut-out`, 'the mean of its colours');
        const [r, g, b] = flatColor(input!).map((value) => Math.min(1, value)) as unknown as Vec3;
        material.setBaseColorFactor([r, g, b, 1]);
        return this.#pictures.texture(this.document, undefined, cutout);
    }

    #extensions(): MaterialExtensions {
        const document = this.document;
        return {
            ior(material, ior) {
                const extension = document.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior);
                material.setExtension('KHR_materials_ior', extension);
            },
            specular(material, factor, color) {
                const extension = document.createExtension(KHRMaterialsSpecular).createSpecular();
                extension.setSpecularFactor(factor).setSpecularColorFactor([...color]);
                material.setExtension('KHR_materials_specular', extension);
            },
            transmission(material, factor) {
                const extension = document.createExtension(KHRMaterialsTransmission).createTransmission();
                material.setExtension('KHR_materials_transmission', extension.setTransmissionFactor(factor));
            },
            clearcoat(material, factor, roughness) {
                const extension = document.createExtension(KHRMaterialsClearcoat).createClearcoat();
                extension.setClearcoatFactor(factor).setClearcoatRoughnessFactor(roughness);
                material.setExtension('KHR_materials_clearcoat', extension);
            },
            diffuseTransmission(material, factor, color) {
                const extension = document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
                extension.setDiffuseTransmissionFactor(factor).setDiffuseTransmissionColorFactor([...color]);
                material.setExtension('KHR_materials_diffuse_transmission', extension);
            },
            volume(material) {
                const extension = document.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1);
                material.setExtension('KHR_materials_volume', extension);
            }
        };
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
