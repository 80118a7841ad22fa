import { Document } from '@gltf-transform/core';
import { KHRLightsPunctual, KHRMaterialsEmissiveStrength, KHRMaterialsTransmission } from '@gltf-transform/extensions';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { IDENTITY } from '../../src/math/vector.ts';
import { cameraFrame } from '../../src/scene/camera.ts';
import { boxMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Material, SceneInit } from '../../src/scene/scene.ts';
import { sceneFromDocument } from '../../src/scene/scene-from-document.ts';
import { perspectiveView, viewProjection } from '../../src/scene/view.ts';
import { packScene } from '../../src/tracer/pack-scene.ts';

const box = boxMesh([0, 0, 0], [1, 1, 1]);
const GOOD: SceneInit = {
    meshes: [box],
    instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
    materials: [{ kind: 'diffuse', emission: [1, 1, 1] }]
};

function refusal(init: SceneInit): string {
    try {
        createScene(init);
    } catch (error) {
        expect(error).toBeInstanceOf(MixreelError);
        expect((error as MixreelError).code).toBe('bad-input');
        return (error as MixreelError).message;
    }
    throw new Error('it was accepted');
}

const SPOT = {
    kind: 'spot',
    position: [0, 1, 0],
    direction: [0, -1, 0],
    intensity: [1, 1, 1],
    innerConeRad: 0.1,
    outerConeRad: 0.5
} as const;

describe('createScene', () => {
    it('accepts a good scene without an event', () => {
        expect(createScene(GOOD).events).toEqual([]);
        expect(createScene(GOOD).triangleCount).toBe(12);
    });

    it.each([
        [
            'a coordinate that is not a number',
            { meshes: [{ ...box, positions: new Float32Array(72).fill(Number.NaN) }] },
            /vertex 0 has the coordinate NaN/
        ],
        [
            'an infinite coordinate',
            { meshes: [{ ...box, positions: box.positions.map((x, i) => (i === 7 ? -Infinity : x)) }] },
            /vertex 2 has the coordinate -Infinity/
        ],
        [
            'texture coordinates that are not numbers',
            { meshes: [{ ...box, uvs: new Float32Array(48).fill(Number.NaN) }] },
            /NaN in its uvs at vertex 0/
        ],
        [
            'a texture without pixels',
            { textures: [{ widthPx: 0, heightPx: 4, data: new Uint8Array(0), srgb: true }] },
            /texture 0 is 0 x 4/
        ],
        [
            'a transform row by row',
            { instances: [{ mesh: 0, material: 0, transform: [1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }] },
            /transform ends its columns with 5, 0, 0, 1.*Transpose/
        ],
        [
            'a transform before it that is not a number',
            {
                instances: [
                    { mesh: 0, material: 0, transform: IDENTITY, previousTransform: IDENTITY.map(() => Number.NaN) }
                ]
            },
            /previousTransform holds NaN/
        ],
        [
            'an index out of range',
            { meshes: [{ ...box, indices: Uint32Array.of(0, 1, 99) }] },
            /index 99 at position 2/
        ],
        ['a broken triangle list', { meshes: [{ ...box, indices: Uint32Array.of(0, 1) }] }, /2 indices/],
        ['normals of another mesh', { meshes: [{ ...box, normals: new Float32Array(3) }] }, /3 normals floats/],
        [
            'a singular transform',
            { instances: [{ mesh: 0, material: 0, transform: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }] },
            /singular/
        ],
        [
            'an infinite transform',
            { instances: [{ mesh: 0, material: 0, transform: [...IDENTITY.slice(0, 12), Infinity, 0, 0, 1] }] },
            /Infinity/
        ],
        ['a mesh that is not there', { instances: [{ mesh: 1, material: 0, transform: IDENTITY }] }, /mesh is 1/],
        [
            'a material that is not there',
            { instances: [{ mesh: 0, material: 7, transform: IDENTITY }] },
            /material is 7/
        ],
        ['a kind that there is not', { materials: [{ roughness: 1 } as unknown as Material] }, /kind is undefined/],
        ['a roughness out of range', { materials: [{ kind: 'gltf' as const, roughness: 2 }] }, /roughness is 2/],
        [
            'an albedo above 1',
            { materials: [{ kind: 'gltf' as const, baseColor: [2, 0, 0] as const }] },
            /baseColor is 2/
        ],
        [
            'a texture that is not there',
            { materials: [{ kind: 'gltf' as const, textures: { normal: { texture: 0 } } }] },
            /texture is 0/
        ],
        [
            'a texture cut short',
            { textures: [{ widthPx: 4, heightPx: 4, data: new Uint8Array(10), srgb: true }] },
            /10 bytes/
        ],
        [
            'a negative environment',
            { environment: { widthPx: 1, heightPx: 1, data: Float32Array.of(1, -1, 0) } },
            /-1 at pixel 0/
        ],
        [
            'a light that is not a number',
            {
                lights: [
                    { kind: 'point' as const, position: [0, 0, Number.NaN] as const, intensity: [1, 1, 1] as const }
                ]
            },
            /light 0 \(point\) holds NaN/
        ],
        ['a light that takes light away', { lights: [{ ...SPOT, intensity: [1, -1, 0] }] }, /intensity 1, -1, 0/],
        ['a light without a direction', { lights: [{ ...SPOT, direction: [0, 0, 0] }] }, /length 0/],
        ['a cone in degrees', { lights: [{ ...SPOT, outerConeRad: 45 }] }, /outerConeRad 45.*radians/],
        ['a light that reaches nowhere', { lights: [{ ...SPOT, rangeM: 0 }] }, /range 0/],
        ['a light that falls off to nothing nowhere', { lights: [{ ...SPOT, falloff: 'linear' }] }, /no range/],
        ['a falloff of its own', { lights: [{ ...SPOT, falloff: 'cubic' as 'soft' }] }, /falloff "cubic"/],
        [
            'a sun as wide as the sky',
            { lights: [{ kind: 'directional', direction: [0, -1, 0], irradiance: [1, 1, 1], angularRadiusRad: 2 }] },
            /angularRadiusRad 2/
        ]
    ])('refuses %s, naming it', (_, change, message) => {
        expect(refusal({ ...GOOD, ...change } as SceneInit)).toMatch(message);
    });

    it('counts triangles without area and drops instances of empty meshes, saying so', () => {
        const empty = { positions: new Float32Array(0), indices: new Uint32Array(0) };
        const flat = { positions: new Float32Array(9), indices: Uint32Array.of(0, 1, 2) };
        const scene = createScene({
            ...GOOD,
            meshes: [box, empty, flat],
            instances: [0, 1, 2].map((mesh) => ({ mesh, material: 0, transform: IDENTITY }))
        });
        expect(scene.events.map(({ kind, count }) => [kind, count])).toEqual([
            ['empty-mesh', 1],
            ['degenerate-triangles', 1]
        ]);
        expect(scene.instances).toHaveLength(2);
    });

    it('takes a thing that has grown out of nothing: only its transform of now must be invertible', () => {
        const nothing = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1];
        const instance = { mesh: 0, material: 0, transform: IDENTITY, previousTransform: nothing };
        const scene = createScene({ ...GOOD, instances: [instance] });
        const { tables, layout } = packScene(scene);
        expect(layout.flattened).toBe(false);
        // Rows 7 to 9: object to world in the frame before.
        const before = new Float32Array(tables.buffer, (layout.instanceBase + 7) * 16, 12);
        expect([...before]).toEqual([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]);
    });

    it('says of lights without intensity that they give none', () => {
        const scene = createScene({ ...GOOD, lights: [{ ...SPOT, intensity: [0, 0, 0] }, SPOT] } as SceneInit);
        expect(scene.events.map((event) => event.message)).toContain('1 lights of intensity 0 give no light');
    });

    it('lights a scene that has no light, and says so', () => {
        const scene = createScene({ ...GOOD, materials: [{ kind: 'diffuse' }] });
        expect(scene.environment?.data).toEqual(Float32Array.of(1, 1, 1));
        expect(scene.events[0]?.message).toMatch(/no light/);
    });

    it('leaves a scene without triangles to the packer, which says what to add', () => {
        expect(() => packScene(createScene({ meshes: [], instances: [], materials: [] }))).toThrow(
            /0 triangles.*Add a mesh/
        );
    });
});

describe('a view', () => {
    it('projects the point that it looks at to the middle of the picture', () => {
        const view = perspectiveView({ position: [1, 2, 3], target: [-2, 0.5, -4], fovYRad: 1, aspect: 1.5 });
        const m = viewProjection(view);
        const w = m[3]! * -2 + m[7]! * 0.5 + m[11]! * -4 + m[15]!;
        expect((m[0]! * -2 + m[4]! * 0.5 + m[8]! * -4 + m[12]!) / w).toBeCloseTo(0, 12);
        expect((m[1]! * -2 + m[5]! * 0.5 + m[9]! * -4 + m[13]!) / w).toBeCloseTo(0, 12);
        expect(w).toBeCloseTo(Math.hypot(3, 1.5, 7), 12);
    });

    it('may look straight down', () => {
        const view = perspectiveView({ position: [0, 5, 0], target: [0, 0, 0], fovYRad: 1, aspect: 1 });
        expect(cameraFrame(view).back[1]).toBeCloseTo(1, 12);
    });
});

function documentWith(change: (document: Document) => void = () => {}): Document {
    const document = new Document();
    const buffer = document.createBuffer();
    const position = document.createAccessor().setType('VEC3').setArray(box.positions).setBuffer(buffer);
    const indices = document
        .createAccessor()
        .setType('SCALAR')
        .setArray(Uint16Array.from(box.indices))
        .setBuffer(buffer);
    const material = document.createMaterial('paint').setBaseColorFactor([0.5, 0.25, 0.125, 1]).setMetallicFactor(0);
    const primitive = document
        .createPrimitive()
        .setAttribute('POSITION', position)
        .setIndices(indices)
        .setMaterial(material);
    const mesh = document.createMesh('box').addPrimitive(primitive);
    const child = document.createNode('child').setMesh(mesh).setTranslation([0, 2, 0]);
    const parent = document.createNode('parent').setTranslation([1, 0, 0]).addChild(child);
    parent.setExtras({ mixreel: { id: 'sofa-1', class: 'sofa', semanticId: 3, real: true } });
    document
        .createScene()
        .addChild(parent)
        .setExtras({ mixreel: { version: 1, classes: ['void', 'a', 'b', 'sofa'] } });
    change(document);
    return document;
}

describe('sceneFromDocument', () => {
    it('reads meshes, transforms, materials and the semantics that a parent gives its children', () => {
        const scene = sceneFromDocument(documentWith());
        expect(scene.triangleCount).toBe(12);
        expect(scene.instances[0]?.transform.slice(12, 15)).toEqual([1, 2, 0]);
        expect(scene.instances[0]?.semantics).toEqual({ id: 'sofa-1', class: 'sofa', semanticId: 3, real: true });
        expect(scene.semantics?.classes).toContain('sofa');
        expect(scene.materials[0]).toMatchObject({
            kind: 'gltf',
            baseColor: [0.5, 0.25, 0.125],
            metallic: 0,
            roughness: 1
        });
    });

    it('reads lights, emission strength, transmission and the camera', () => {
        const scene = sceneFromDocument(
            documentWith((document) => {
                const light = document.createExtension(KHRLightsPunctual).createLight().setType('spot').setIntensity(7);
                const camera = document.createCamera().setType('perspective').setYFov(0.9).setAspectRatio(2);
                const node = document.createNode('lamp').setTranslation([0, 3, 0]).setCamera(camera);
                document.getRoot().listScenes()[0]!.addChild(node.setExtension('KHR_lights_punctual', light));
                const material = document.getRoot().listMaterials()[0]!.setEmissiveFactor([1, 0.5, 0]);
                const strength = document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
                material.setExtension('KHR_materials_emissive_strength', strength.setEmissiveStrength(4));
                const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
                material.setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(0.6));
            })
        );
        expect(scene.lights[0]).toMatchObject({ kind: 'spot', position: [0, 3, 0], intensity: [7, 7, 7] });
        expect(scene.materials[0]).toMatchObject({ emission: [4, 2, 0], transmission: 0.6, thin: true });
        expect(scene.view?.position).toEqual([0, 3, 0]);
        const { projection } = scene.view!;
        expect(projection[5]! / projection[0]!).toBeCloseTo(2, 12);
        expect(scene.environment).toBeNull();
    });

    it('leaves out a light that stands in for a glowing mesh, so that no power counts twice', () => {
        const withLight = (emissionProxy: boolean) =>
            sceneFromDocument(
                documentWith((document) => {
                    const light = document.createExtension(KHRLightsPunctual).createLight().setType('point');
                    const semantics = { id: 'lamp/light', class: 'light', semanticId: 1, real: false, emissionProxy };
                    const node = document.createNode('lamp').setExtension('KHR_lights_punctual', light);
                    document
                        .getRoot()
                        .listScenes()[0]!
                        .addChild(node.setExtras({ mixreel: semantics }));
                })
            ).lights.length;
        expect(withLight(true)).toBe(0);
        expect(withLight(false)).toBe(1);
    });

    it('says what it leaves out: points, missing textures, unknown semantics', () => {
        const scene = sceneFromDocument(
            documentWith((document) => {
                const [mesh] = document.getRoot().listMeshes();
                mesh!.addPrimitive(document.createPrimitive().setMode(0));
                document.getRoot().listMaterials()[0]!.setBaseColorTexture(document.createTexture('wood'));
            })
        );
        expect(scene.events.map((event) => event.kind)).toEqual(['missing-texture', 'skipped', 'default-environment']);
        const wrong = documentWith((document) => {
            document
                .getRoot()
                .listNodes()[0]!
                .setExtras({ mixreel: { semanticId: -1 } });
            document
                .getRoot()
                .listNodes()[1]!
                .setExtras({ mixreel: { semanticId: -1 } });
        });
        expect(() => sceneFromDocument(wrong)).toThrow(/semanticId -1/);
    });

    it('refuses a document without a scene or without vertex data', () => {
        expect(() => sceneFromDocument(new Document())).toThrow(/0 scenes/);
        const broken = documentWith((document) =>
            document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.setAttribute('POSITION', null)
        );
        expect(() => sceneFromDocument(broken)).toThrow(/without POSITION/);
    });

    it('turns strips and fans into triangles that face the same way', () => {
        for (const mode of [5, 6] as const) {
            const scene = sceneFromDocument(
                documentWith((document) => {
                    const strip = mode === 5 ? [0, 1, 2, 3] : [0, 1, 3, 2];
                    const array = Float32Array.from(strip.flatMap((i) => [i & 1, i >> 1, 0]));
                    const position = document.createAccessor().setType('VEC3').setArray(array);
                    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
                    primitive.setMode(mode).setIndices(null).setAttribute('POSITION', position);
                })
            );
            const { positions: p, indices } = scene.meshes[0]!;
            expect(indices).toHaveLength(6);
            for (let i = 0; i < 6; i += 3) {
                const [a, b, c] = [0, 1, 2].map((k) => indices[i + k]! * 3) as [number, number, number];
                const area = (p[b]! - p[a]!) * (p[c + 1]! - p[a + 1]!) - (p[b + 1]! - p[a + 1]!) * (p[c]! - p[a]!);
                expect(area).toBe(1);
            }
        }
    });
});
