/**
 * fast-check generators of small scenes with everything the tracer renders, and of cameras, for the comparison of the kernels with
 * their twin. A scene has a material of every kind, whether anything shows it or not: so all need the same kernels, which take
 * seconds to compile.
 */
import fc from 'fast-check';
import { fromRotationTranslation, type Mat4, normalize, type Vec3 } from '../../src/math/vector.ts';
import type { CameraView } from '../../src/scene/camera.ts';
import { boxMesh, quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Material, Mesh, PunctualLight, Scene, Texture } from '../../src/scene/scene.ts';
import { orthographicProjection, perspectiveView } from '../../src/scene/view.ts';

/** Nothing smaller than a GPU's floats but 0: the twin would take such a share for one, the kernels for none. */
const between = (min: number, max: number): fc.Arbitrary<number> =>
    fc.double({ min, max, noNaN: true }).map((x) => (Math.abs(x) < 2 ** -126 ? 0 : x));
const vector = (min: number, max: number): fc.Arbitrary<Vec3> =>
    fc.tuple(between(min, max), between(min, max), between(min, max));
const unit: fc.Arbitrary<Vec3> = vector(-1, 1).map(([x, y, z]) => normalize([x, y + (y < 0 ? -0.1 : 0.1), z]));
const color = vector(0.1, 0.9);
/** Rough enough that float32 and double go the same way. */
const rough = between(0.35, 1);
const rgba = (texels: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength: texels * 4, maxLength: texels * 4 });

const wrap = fc.constantFrom('repeat' as const, 'clamp' as const, 'mirror' as const);
const reference = fc.record({
    texture: fc.constant(0),
    wrapU: wrap,
    wrapV: wrap,
    uvSet: fc.constantFrom(0 as const, 1 as const),
    transform: fc.record({
        offset: fc.tuple(between(-1, 1), between(-1, 1)),
        rotationRad: between(0, 6),
        scale: fc.tuple(between(0.5, 2), between(-2, -0.5))
    })
});

/** One of each kind. */
const materials: fc.Arbitrary<Material[]> = fc.tuple(
    fc.record({ kind: fc.constant('diffuse' as const), baseColor: color }),
    fc.record({
        kind: fc.constant('gltf' as const),
        baseColor: color,
        metallic: between(0, 1),
        roughness: rough,
        culled: fc.constant(true)
    }),
    fc.record({
        kind: fc.constant('gltf' as const),
        baseColor: color,
        roughness: rough,
        specular: between(0, 1),
        specularColor: vector(0, 2)
    }),
    fc.record({
        kind: fc.constant('conductor' as const),
        roughness: rough,
        eta: vector(0.1, 1.5),
        k: vector(2, 4),
        beckmann: fc.boolean()
    }),
    fc.record({
        kind: fc.constant('dielectric' as const),
        roughness: rough,
        ior: between(1.2, 1.8),
        thin: fc.boolean()
    }),
    fc.record({
        kind: fc.constant('plastic' as const),
        baseColor: color,
        roughness: rough,
        ior: between(1.2, 1.9),
        nonlinear: fc.boolean()
    }),
    fc.record({
        kind: fc.constant('gltf' as const),
        clearcoat: between(0, 1),
        clearcoatRoughness: rough,
        sheenColor: vector(0, 1),
        sheenRoughness: rough,
        anisotropy: between(0, 0.8),
        diffuseTransmission: between(0, 1),
        roughness: rough
    }),
    fc
        .record({
            kind: fc.constant('diffuse' as const),
            baseColor: color,
            emission: vector(0.5, 4),
            doubleSided: fc.boolean(),
            culled: fc.boolean()
        })
        .map((material) => ({ ...material, unlit: material.doubleSided })),
    fc.record({
        kind: fc.constant('diffuse' as const),
        baseColor: color,
        alphaMode: fc.constantFrom('mask' as const, 'blend' as const),
        opacity: between(0.2, 1),
        emission: fc.constantFrom<Vec3>([0, 0, 0], [3, 2, 1]),
        doubleSided: fc.boolean(),
        textures: fc.record({ baseColor: reference })
    }),
    fc.record({
        kind: fc.constant('diffuse' as const),
        alphaMode: fc.constant('blend' as const),
        opacity: between(0.1, 0.9),
        emission: fc.constantFrom<Vec3>([0, 0, 0], [1, 2, 3])
    })
);

/** Turned, stretched and, now and then, mirrored. */
const transform: fc.Arbitrary<Mat4> = fc
    .record({ axis: unit, angle: between(0, 6), scale: vector(0.5, 1.4), mirror: fc.boolean(), at: vector(-1, 1) })
    .map(({ axis, angle, scale, mirror, at }) => {
        const s = Math.sin(angle / 2);
        const m = fromRotationTranslation([axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)], at);
        return m.map((x, i) => (i < 12 ? x * scale[i >> 2]! * (mirror && i < 4 ? -1 : 1) : x));
    });

const wrapped = (count: number): fc.Arbitrary<Float32Array> =>
    fc.array(between(0, 2), { minLength: count, maxLength: count }).map((x) => Float32Array.from(x));

/** A box with normals, two sets of coordinates and colours, and a few triangles of any shape without normals. */
const meshes: fc.Arbitrary<Mesh[]> = fc
    .record({
        uvs: wrapped(48),
        uvs1: wrapped(48),
        tints: wrapped(96),
        corners: fc.array(vector(-0.6, 0.6), { minLength: 3, maxLength: 12 })
    })
    .map(({ uvs, uvs1, tints, corners }) => [
        { ...boxMesh([0, 0, 0], [0.3, 0.4, 0.35], 0.3), uvs, uvs1, colors: tints.map((x) => 0.5 + x / 4) },
        {
            positions: Float32Array.from(corners.flat()),
            indices: Uint32Array.from({ length: corners.length - (corners.length % 3) }, (_, i) => i)
        },
        quadMesh([-3, -1, 3], [6, 0, 0], [0, 0.3, -6])
    ]);

const light: fc.Arbitrary<PunctualLight> = fc.oneof(
    fc.record({ kind: fc.constant('point' as const), position: vector(-2, 2), intensity: color }),
    fc
        .record({
            position: vector(-2, 2),
            direction: unit,
            intensity: color,
            inner: between(0, 0.5),
            ramp: between(0.1, 1)
        })
        .map(({ inner, ramp, ...rest }) => ({
            kind: 'spot' as const,
            ...rest,
            innerConeRad: inner,
            outerConeRad: inner + ramp,
            rangeM: 5
        })),
    fc.record({
        kind: fc.constant('directional' as const),
        direction: unit,
        irradiance: color,
        angularRadiusRad: fc.constantFrom(0, 0.1)
    })
);

/** A scene. */
export const arbitraryScene: fc.Arbitrary<Scene> = fc
    .record({
        meshes,
        materials,
        placed: fc.array(fc.record({ mesh: fc.constantFrom(0, 0, 1), material: fc.nat(9), transform }), {
            minLength: 1,
            maxLength: 5
        }),
        lights: fc.array(light, { maxLength: 3 }),
        texels: rgba(20),
        sky: fc.array(between(0, 2), { minLength: 8 * 4 * 3, maxLength: 8 * 4 * 3 }),
        rotationRad: between(0, 6)
    })
    .map(({ placed, texels, sky, rotationRad, ...rest }) => {
        const picture: Texture = { widthPx: 5, heightPx: 4, data: texels, srgb: true };
        const floor = { mesh: 2, material: 0, transform: fromRotationTranslation([0, 0, 0, 1], [0, 0, 0]) };
        const environment = { widthPx: 8, heightPx: 4, data: Float32Array.from(sky), rotationRad };
        return createScene({ ...rest, instances: [floor, ...placed], textures: [picture], environment });
    });

/** A camera of any kind, looking at about the middle. */
export const arbitraryView: fc.Arbitrary<CameraView> = fc
    .record({
        position: fc.tuple(between(-1.5, 1.5), between(0.2, 1.5), between(2.5, 4)),
        target: vector(-0.3, 0.3),
        fovYRad: between(0.5, 1.2),
        kind: fc.constantFrom('pinhole', 'pinhole', 'lens', 'orthographic', 'equirectangular')
    })
    .map(({ kind, ...init }): CameraView => {
        const view = perspectiveView({ ...init, aspect: 1 });
        if (kind === 'lens') return { ...view, lens: { radiusM: 0.02, focusM: 3, blades: 6 } };
        if (kind === 'orthographic') return { ...view, projection: orthographicProjection(1.5, 1.5) };
        return kind === 'equirectangular' ? { ...view, kind } : view;
    });
