/**
 * What the engine's objects become. No app and no device: the engine's classes for materials, lights and cameras work without,
 * and a mesh is given by the few members that are read of it.
 */
import {
    type AppBase,
    BLEND_ADDITIVE,
    BLEND_NONE,
    BLEND_NORMAL,
    type CameraComponent,
    Color,
    CULLFACE_BACK,
    CULLFACE_FRONT,
    CULLFACE_NONE,
    DITHER_BAYER8,
    type Mesh as EngineMesh,
    LIGHTFALLOFF_INVERSESQUARED,
    LIGHTFALLOFF_LINEAR,
    LIGHTSHAPE_PUNCTUAL,
    type LightComponent,
    PRIMITIVE_LINES,
    PRIMITIVE_TRIANGLES,
    PRIMITIVE_TRISTRIP,
    PROJECTION_ORTHOGRAPHIC,
    PROJECTION_PERSPECTIVE,
    Quat,
    SEMANTIC_COLOR,
    StandardMaterial,
    TYPE_UINT8,
    Vec2,
    Vec3,
    Vec4
} from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { rectOfCamera, sameView, viewOfCamera } from '../../src/playcanvas/camera-view.ts';
import { EventLog } from '../../src/playcanvas/events.ts';
import { lightsOf } from '../../src/playcanvas/light-data.ts';
import { materialOf } from '../../src/playcanvas/material-data.ts';
import { meshOf } from '../../src/playcanvas/mesh-data.ts';
import { pictureSize } from '../../src/playcanvas/progressive-picture.ts';
import { TextureTable } from '../../src/playcanvas/texture-data.ts';
import { ignoredVertexColors, vertexColorUse } from '../../src/playcanvas/vertex-colors.ts';
import { orthographicProjection, perspectiveProjection } from '../../src/scene/view.ts';

async function translate(change: (material: StandardMaterial) => void): Promise<{
    material: Awaited<ReturnType<typeof materialOf>>;
    messages: string[];
}> {
    const material = new StandardMaterial();
    material.name = 'it';
    change(material);
    const log = new EventLog();
    return {
        material: await materialOf(material, new TextureTable(log), log),
        messages: log.list().map(({ message }) => message)
    };
}

describe("the engine's materials", () => {
    it('become metallic-roughness again: colours linear, gloss turned into roughness', async () => {
        const { material, messages } = await translate((m) => {
            m.useMetalness = true;
            m.metalness = 0.25;
            m.gloss = 0.75;
            m.diffuse = new Color(0.5, 1, 0);
            m.emissive = new Color(0.5, 0, 0);
            m.emissiveIntensity = 8;
            m.cull = CULLFACE_NONE;
        });
        expect(material).toMatchObject({ metallic: 0.25, roughness: 0.25, doubleSided: true, alphaMode: 'opaque' });
        // The engine decodes colours with a power of 2.2.
        expect(material.baseColor![0]).toBeCloseTo(0.5 ** 2.2, 6);
        expect(material.baseColor!.slice(1)).toEqual([1, 0]);
        expect(material.emission![0]).toBeCloseTo(8 * 0.5 ** 2.2, 5);
        expect(messages).toEqual([]);
    });

    it('have no back where the engine leaves it out', async () => {
        expect((await translate((m) => void (m.cull = CULLFACE_BACK))).material).toMatchObject({ culled: true });
        for (const cull of [CULLFACE_NONE, CULLFACE_FRONT]) {
            expect((await translate((m) => void (m.cull = cull))).material).toMatchObject({ culled: false });
        }
    });

    it('keep roughness as it is where the gloss is inverted, as glTF materials have it', async () => {
        const { material } = await translate((m) => {
            m.glossInvert = true;
            m.gloss = 0.3;
        });
        expect(material.roughness).toBe(0.3);
    });

    it.each([
        [0, 0, 0],
        [0.04, 0.04, 0.04],
        [0.2, 0.2, 0.2],
        [1, 0.57, 0.09]
    ])('of the specular workflow reflect their colour at normal incidence: %f, %f, %f', async (...f0) => {
        for (const seenThrough of [
            {},
            { refraction: 0.5, refractionIndex: 1 / 1.33 },
            { refraction: 1, refractionIndex: 1 }
        ]) {
            const { material } = await translate((m) => {
                m.useMetalness = false;
                m.specular = new Color(...f0).gamma();
                Object.assign(m, seenThrough);
            });
            const ior = material.ior!;
            const reflected = material.specularColor!.map((factor) => factor * ((ior - 1) / (ior + 1)) ** 2);
            // Colors are kept gamma-encoded in double precision: the way there and back costs a few ulps.
            for (const [c, value] of reflected.entries()) expect(value).toBeCloseTo(f0[c]!, 6);
            expect(material.metallic).toBe(0);
        }
    });

    it('are cut out by an alpha test, blended by a blend mode, and refract where they transmit', async () => {
        const masked = await translate((m) => {
            m.alphaTest = 0.5;
        });
        expect(masked.material).toMatchObject({ alphaMode: 'mask', alphaCutoff: 0.5 });
        const blended = await translate((m) => {
            m.blendType = BLEND_NORMAL;
            m.opacity = 0.25;
        });
        expect(blended.material).toMatchObject({ alphaMode: 'blend', opacity: 0.25 });
        const glass = await translate((m) => {
            m.useMetalness = true;
            m.blendType = BLEND_NORMAL;
            m.refraction = 0.9;
            m.refractionIndex = 1 / 1.25;
        });
        expect(glass.material).toMatchObject({ alphaMode: 'opaque', transmission: 0.9, ior: 1.25, thin: true });
        const solid = await translate((m) => {
            m.blendType = BLEND_NONE;
        });
        expect(solid.material.alphaMode).toBe('opaque');
    });

    it('keep what glTF has as extensions', async () => {
        const { material, messages } = await translate((m) => {
            m.clearCoat = 0.2;
            m.clearCoatGloss = 0.9;
            m.useSheen = true;
            m.sheen = new Color(1, 0, 0.25).gamma();
            m.sheenGloss = 0.4;
            (m as unknown as { sheenGlossInvert: boolean }).sheenGlossInvert = true;
            (m as unknown as { useIridescence: boolean }).useIridescence = true;
            m.iridescence = 0.5;
            m.iridescenceRefractionIndex = 1.5;
            m.iridescenceThicknessMin = 50;
            m.iridescenceThicknessMax = 800;
            m.enableGGXSpecular = true;
            m.anisotropyIntensity = 0.75;
            m.anisotropyRotation = 90;
            m.refraction = 1;
            m.thickness = 0.5;
            m.attenuation = new Color(0.5, 1, 1).gamma();
            m.attenuationDistance = 2;
            m.dispersion = 0.4;
        });
        expect(messages).toEqual([]);
        expect(material).toMatchObject({
            clearcoat: 0.8,
            sheenRoughness: 0.4,
            iridescence: 0.5,
            iridescenceIor: 1.5,
            iridescenceThicknessNm: [50, 800],
            anisotropy: 0.75,
            transmission: 1,
            thin: false,
            dispersion: 0.4
        });
        expect(material.clearcoatRoughness).toBeCloseTo(0.1, 12);
        expect(material.anisotropyRotationRad).toBeCloseTo(Math.PI / 2, 12);
        expect(material.sheenColor![2]).toBeCloseTo(0.25, 6);
        expect(material.attenuation!.color[0]).toBeCloseTo(0.5, 6);
        expect(material.attenuation!.distanceM).toBe(2);
    });

    it('have no extension unless it is switched on, and no absorption without thickness', async () => {
        const { material } = await translate((m) => {
            m.refraction = 1;
            m.attenuationDistance = 2;
            m.iridescence = 1;
        });
        for (const key of [
            'clearcoat',
            'sheenColor',
            'iridescence',
            'anisotropy',
            'dispersion',
            'attenuation'
        ] as const) {
            expect(material[key], key).toBeUndefined();
        }
    });

    it('that are dithered or cover by their opacity are seen through as if they were blended', async () => {
        const { material } = await translate((m) => {
            m.opacityDither = DITHER_BAYER8;
            m.opacity = 0.5;
        });
        expect(material).toMatchObject({ alphaMode: 'blend', opacity: 0.5 });
        const covering = await translate((m) => {
            m.alphaToCoverage = true;
        });
        expect(covering.material.alphaMode).toBe('blend');
    });

    it.each<[string, (material: StandardMaterial) => void, RegExp]>([
        ['a blend mode', (m) => (m.blendType = BLEND_ADDITIVE), /a blend mode but normal/],
        ['sides', (m) => (m.cull = CULLFACE_FRONT), /its fronts left out/],
        ['some of the light', (m) => (m.useSkybox = false), /of the sky alone/],
        ['chunks', (m) => m.getShaderChunks('wgsl').set('endPS', ''), /shader chunks/],
        ['a detail map', (m) => (m.normalDetailMap = {} as never), /a detail map/],
        ['reflections', (m) => (m.sphereMap = {} as never), /reflections of its own/]
    ])('tell that %s of theirs is not what is shown', async (_, change, message) => {
        const { messages } = await translate(change);
        expect(messages).toHaveLength(1);
        expect(messages[0]).toMatch(message);
    });

    it('tell what of them is ignored', async () => {
        const { messages } = await translate((m) => {
            m.heightMap = {} as never;
            m.aoMap = {} as never;
        });
        expect(messages).toEqual([
            'material "it" has an occlusion map (its shadows are traced): ignored',
            'material "it" has a height map: ignored'
        ]);
    });
});

describe("the engine's lights", () => {
    const light = (parts: Partial<LightComponent> & { type: string }): LightComponent =>
        ({
            enabled: true,
            color: new Color(1, 1, 1),
            intensity: 1,
            luminance: 0,
            innerConeAngle: 0,
            outerConeAngle: 60,
            shape: LIGHTSHAPE_PUNCTUAL,
            falloffMode: LIGHTFALLOFF_INVERSESQUARED,
            range: 10,
            entity: { enabled: true, getPosition: () => new Vec3(1, 2, 3), up: new Vec3(0, 0, 1) },
            ...parts
        }) as unknown as LightComponent;
    const scene = (physicalUnits: boolean): Parameters<typeof lightsOf>[0] =>
        ({ physicalUnits, lighting: { areaLightsEnabled: false } }) as Parameters<typeof lightsOf>[0];

    it('that are directional give pi times their intensity, along their local -y', () => {
        const [found] = lightsOf(scene(false), [light({ type: 'directional', intensity: 2 })], new EventLog());
        const irradiance = 2 * Math.PI;
        expect(found).toEqual({
            kind: 'directional',
            direction: [-0, -0, -1],
            irradiance: [irradiance, irradiance, irradiance]
        });
    });

    it('that are local give 16 pi times their intensity, in candela their luminance over the solid angle', () => {
        const [omni] = lightsOf(scene(false), [light({ type: 'omni' })], new EventLog());
        expect(omni).toMatchObject({
            kind: 'point',
            position: [1, 2, 3],
            intensity: [16 * Math.PI, 16 * Math.PI, 16 * Math.PI]
        });
        const [lumens] = lightsOf(scene(true), [light({ type: 'omni', luminance: 4 * Math.PI * 50 })], new EventLog());
        expect((lumens as unknown as { intensity: number[] }).intensity[0]).toBeCloseTo(50, 9);
        const [spot] = lightsOf(scene(true), [light({ type: 'spot', luminance: 10 })], new EventLog());
        // Light.getLightUnitConversion of the engine for cones of 0 and 60 degrees: 2 pi (1 - 1 + (1 - 1/2) / 2).
        expect((spot as unknown as { intensity: number[] }).intensity[0]).toBeCloseTo(10 / (Math.PI / 2), 9);
        expect((spot as unknown as { outerConeRad: number }).outerConeRad).toBeCloseTo(Math.PI / 3, 12);
    });

    it.each([LIGHTFALLOFF_LINEAR, LIGHTFALLOFF_INVERSESQUARED])('fall off as in the engine: mode %i', (falloffMode) => {
        const log = new EventLog();
        const [omni] = lightsOf(scene(false), [light({ type: 'omni', falloffMode, range: 6, intensity: 2 })], log);
        const linear = falloffMode === LIGHTFALLOFF_LINEAR;
        // Lambert without 1 / pi; getFalloffInvSquared has a factor of 16.
        const intensity = 2 * Math.PI * (linear ? 1 : 16);
        expect(omni).toMatchObject({ falloff: linear ? 'linear' : 'soft', rangeM: 6 });
        expect((omni as unknown as { intensity: number[] }).intensity[0]).toBeCloseTo(intensity, 9);
        expect(log.list()).toEqual([]);
    });

    it('fall off by the square where units are physical, and say so if the app has it otherwise', () => {
        const log = new EventLog();
        const [omni] = lightsOf(scene(true), [light({ type: 'omni', falloffMode: LIGHTFALLOFF_LINEAR })], log);
        expect(omni).toMatchObject({ falloff: 'physical', rangeM: 10 });
        expect(log.list()).toHaveLength(1);
    });

    it('of no range are left out', () => {
        expect(lightsOf(scene(false), [light({ type: 'omni', range: 0 })], new EventLog())).toEqual([]);
    });

    it('of an intensity below 1 are dimmed before their colour is made linear, as the engine does', () => {
        const [dim] = lightsOf(scene(false), [light({ type: 'directional', intensity: 0.5 })], new EventLog());
        expect((dim as unknown as { irradiance: number[] }).irradiance[0]).toBeCloseTo(Math.PI * 0.5 ** 2.2, 6);
    });

    it('that are off are left out', () => {
        expect(lightsOf(scene(false), [light({ type: 'omni', enabled: false })], new EventLog())).toEqual([]);
    });
});

describe("the engine's cameras", () => {
    const camera = (parts: Partial<CameraComponent>): CameraComponent =>
        ({
            projection: PROJECTION_PERSPECTIVE,
            fov: 45,
            horizontalFov: false,
            nearClip: 0.1,
            farClip: 100,
            projectionOffset: new Vec2(0, 0),
            entity: { name: 'eye', getPosition: () => new Vec3(1, 2, 3), getRotation: () => new Quat(0, 0, 0, 1) },
            ...parts
        }) as unknown as CameraComponent;

    it('give their place and their vertical field of view', () => {
        const view = viewOfCamera(camera({}), 1.5);
        expect(view.position).toEqual([1, 2, 3]);
        expect(view.projection).toEqual(perspectiveProjection(Math.PI / 4, 1.5, 0.1, 100));
    });

    it('with a horizontal field of view see as far to the sides at every aspect', () => {
        for (const aspect of [0.5, 1, 2]) {
            const { projection } = viewOfCamera(camera({ horizontalFov: true, fov: 90 }), aspect);
            expect(projection[0]).toBeCloseTo(1, 12);
        }
    });

    it('that render a part of the canvas are traced for it, and shown in it', () => {
        const app = { graphicsDevice: { width: 301, height: 200 } } as unknown as AppBase;
        const whole = camera({ rect: new Vec4(0, 0, 1, 1) });
        expect(rectOfCamera(whole, 301, 200)).toBeNull();
        expect(pictureSize(app, whole, 1)).toEqual({ widthPx: 301, heightPx: 200 });
        const right = camera({ rect: new Vec4(0.5, 0.25, 0.5, 0.5) });
        // As ForwardRenderer sets its viewport: rounded down, from the lower left corner.
        expect(rectOfCamera(right, 301, 200)).toEqual({ x: 150, y: 50, widthPx: 150, heightPx: 100 });
        expect(pictureSize(app, right, 1)).toEqual({ widthPx: 150, heightPx: 100 });
        expect(pictureSize(app, right, 0.5)).toEqual({ widthPx: 75, heightPx: 50 });
    });

    it('that are moved or turned do not see the same', () => {
        const view = viewOfCamera(camera({}), 1);
        expect(sameView(view, viewOfCamera(camera({}), 1))).toBe(true);
        expect(sameView(view, viewOfCamera(camera({ fov: 46 }), 1))).toBe(false);
        expect(sameView(view, { ...view, position: [1, 2, 3.0001] })).toBe(false);
    });

    it('that are orthographic see as many metres up as their height says', () => {
        const parts = { projection: PROJECTION_ORTHOGRAPHIC, orthoHeight: 4 };
        const { projection } = viewOfCamera(camera(parts), 1.5);
        expect(projection).toEqual(orthographicProjection(6, 4, 0.1, 100));
    });
});

describe("the engine's meshes", () => {
    const mesh = (
        type: number,
        indices: number[] | null,
        normals = [0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    ): EngineMesh => {
        const positions = [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0];
        const give = (data: number[]) => (target: number[]) => target.push(...data) && 4;
        return {
            primitive: [{ type, base: 0, count: indices?.length ?? 4, indexed: indices !== null }],
            getPositions: give(positions),
            getNormals: give(normals),
            getUvs: () => 0,
            getIndices: (target: number[]) => target.push(...(indices ?? []))
        } as unknown as EngineMesh;
    };

    it('keep their triangles, and their normals made unit', () => {
        const found = meshOf(mesh(PRIMITIVE_TRIANGLES, [0, 1, 2, 2, 1, 3]), 'quad')!;
        expect([...found.indices]).toEqual([0, 1, 2, 2, 1, 3]);
        expect([...found.normals!]).toEqual([0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
        expect(found.uvs).toBeUndefined();
    });

    it('made of strips become triangles that all face the same way', () => {
        expect([...meshOf(mesh(PRIMITIVE_TRISTRIP, null), 'strip')!.indices]).toEqual([0, 1, 2, 2, 1, 3]);
    });

    describe('have colours', () => {
        const colored = (dataType: number, stored: number[]): EngineMesh =>
            Object.assign(mesh(PRIMITIVE_TRIANGLES, [0, 1, 2]), {
                vertexBuffer: {
                    format: { elements: [{ name: SEMANTIC_COLOR, dataType, normalize: true, numComponents: 4 }] }
                },
                getColors: (target: number[]) => target.push(...stored) && 4
            });
        const bytes = [255, 0, 51, 102, 0, 0, 0, 0, 255, 255, 255, 255, 51, 51, 51, 51];

        it('as factors on base colour and opacity, if the material takes them', () => {
            const found = meshOf(colored(TYPE_UINT8, bytes), 'quad', 'rgb/a/linear')!;
            expect([...found.colors!.subarray(0, 4)]).toEqual([1, 0, 0.2, 0.4].map(Math.fround));
            expect(meshOf(colored(TYPE_UINT8, bytes), 'quad', null)!.colors).toBeUndefined();
        });

        it('that are decoded, or of one channel, as the material has it', () => {
            const found = meshOf(colored(TYPE_UINT8, bytes), 'quad', 'b//gamma')!;
            // Opacity is not the material's: 1.
            expect([...found.colors!.subarray(0, 4)]).toEqual([0.2 ** 2.2, 0.2 ** 2.2, 0.2 ** 2.2, 1].map(Math.fround));
        });

        it('as materials switch them on', () => {
            const material = new StandardMaterial();
            expect(vertexColorUse(material)).toBeNull();
            material.diffuseVertexColor = true;
            expect(vertexColorUse(material)).toBe('rgb//linear');
            material.opacityVertexColor = true;
            expect(vertexColorUse(material)).toBe('rgb/a/linear');
            expect(ignoredVertexColors(material)).toEqual([]);
            material.emissiveVertexColor = true;
            expect(ignoredVertexColors(material)).toEqual(['emissive']);
        });
    });

    it('made of lines are left out', () => {
        expect(meshOf(mesh(PRIMITIVE_LINES, [0, 1]), 'lines')).toBeNull();
    });
});
