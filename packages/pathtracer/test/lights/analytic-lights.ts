/** One point of a white floor under one light of each kind, and the irradiance that a formula gives it. */
import { IDENTITY } from '../../src/math/vector.ts';
import { quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Environment, Material, Mesh, PunctualLight, Scene } from '../../src/scene/scene.ts';
import { perspectiveView } from '../../src/scene/view.ts';
import { sphereMesh } from '../closed-meshes.ts';

/** A case. */
export interface AnalyticLight {
    readonly name: string;
    readonly scene: Scene;
    /** W/m^2. */
    readonly irradiance: number;
    /** Relative error of the case itself: a sphere of triangles is a little too small. */
    readonly bias: number;
    /** True if BSDF samples can find it. */
    readonly hittable: boolean;
}

/** Looks at the origin of the floor from so near, and so narrowly, that every pixel sees one point. */
export const POINT_VIEW = perspectiveView({ position: [0, 0.2, 0], target: [0, 0, 0], fovYRad: 1e-3, aspect: 1 });

const WHITE: Material = { kind: 'diffuse', baseColor: [1, 1, 1] };
const FLOOR = quadMesh([-0.1, 0, 0.1], [0.2, 0, 0], [0, 0, -0.2]);
const LAMP: Material = { kind: 'diffuse', baseColor: [0, 0, 0], emission: [3, 3, 3] };

function scene(lit: {
    mesh?: Mesh;
    lamp?: Material;
    scale?: number;
    lights?: PunctualLight[];
    environment?: Environment;
}) {
    const s = lit.scale ?? 1;
    const placed = [s, 0, 0, 0, 0, s, 0, 0, 0, 0, s, 0, 0, 0, 0, 1];
    return createScene({
        meshes: [FLOOR, ...(lit.mesh ? [lit.mesh] : [])],
        instances: [
            { mesh: 0, material: 0, transform: IDENTITY },
            ...(lit.mesh ? [{ mesh: 1, material: 1, transform: placed }] : [])
        ],
        materials: [WHITE, lit.lamp ?? LAMP],
        textures: [HALF_BLACK],
        ...(lit.lights ? { lights: lit.lights } : {}),
        ...(lit.environment ? { environment: lit.environment } : {})
    });
}

/** Black on the left, white on the right. */
const HALF_BLACK = {
    widthPx: 64,
    heightPx: 1,
    data: Uint8Array.from({ length: 256 }, (_, i) => (i % 4 === 3 || i >= 128 ? 255 : 0)),
    srgb: false
};

/** Form factor of a rectangle from 0 to a, 0 to b at height h over the point below its corner; Howell, configuration B-3. */
function cornerFactor(a: number, b: number, h: number): number {
    const [x, y] = [a / h, b / h];
    const [p, q] = [Math.sqrt(1 + x * x), Math.sqrt(1 + y * y)];
    return ((x / p) * Math.atan(y / p) + (y / q) * Math.atan(x / q)) / (2 * Math.PI);
}

function cone(angleRad: number, extra: object = {}): PunctualLight {
    const direction = [Math.sin(angleRad), -Math.cos(angleRad), 0] as const;
    const spot = { kind: 'spot', position: [0, 2, 0], direction, intensity: [8, 8, 8], ...extra } as const;
    return { ...spot, innerConeRad: 0.3, outerConeRad: 0.6 };
}

/** 32 x 16, dark but for one row-wise gradient and one bright texel. */
function sky(): Environment {
    const data = new Float32Array(32 * 16 * 3).fill(0.1);
    data.fill(60, 3 * (4 * 32 + 9), 3 * (4 * 32 + 9) + 3);
    return { widthPx: 32, heightPx: 16, data, rotationRad: 0.7 };
}

/** Integral of the bilinear lookup times the cosine, by 16 x 16 points a texel. */
function irradianceOf({ widthPx, heightPx, data }: Environment): number {
    const at = (x: number, y: number): number =>
        data[3 * (Math.min(heightPx - 1, Math.max(0, y)) * widthPx + ((x + widthPx) % widthPx))]!;
    const [w, h] = [widthPx * 16, heightPx * 16];
    let sum = 0;
    for (let j = 0; j < h / 2; j++) {
        const theta = ((j + 0.5) / h) * Math.PI;
        for (let i = 0; i < w; i++) {
            const [x, y] = [(i + 0.5) / 16 - 0.5, (j + 0.5) / 16 - 0.5];
            const [x0, y0] = [Math.floor(x), Math.floor(y)];
            const [fx, fy] = [x - x0, y - y0];
            const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx;
            const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx;
            sum += (top * (1 - fy) + bottom * fy) * Math.cos(theta) * Math.sin(theta);
        }
    }
    return sum * (Math.PI / h) * ((2 * Math.PI) / w);
}

const down = (mesh: Mesh): Mesh => ({ ...mesh, indices: mesh.indices.slice().reverse() });
const rectangle = quadMesh([-0.5, 1, 0.3], [1, 0, 0], [0, 0, -0.6]);
const rampAt = (angle: number): number => ((Math.cos(angle) - Math.cos(0.6)) / (Math.cos(0.3) - Math.cos(0.6))) ** 2;
/** A smoothstep of what is squared there. */
const smoothAt = (angle: number): number => rampAt(angle) * (3 - 2 * Math.sqrt(rampAt(angle)));
const whole = Math.PI * 3 * 4 * cornerFactor(0.5, 0.3, 1);

/** All cases. */
export const ANALYTIC_LIGHTS: readonly AnalyticLight[] = [
    { name: 'rectangle', scene: scene({ mesh: down(rectangle) }), irradiance: whole, bias: 0, hittable: true },
    {
        name: 'rectangle that faces away',
        scene: scene({ mesh: rectangle }),
        irradiance: 0,
        bias: 0,
        hittable: true
    },
    {
        name: 'rectangle that faces away and is two-sided',
        scene: scene({ mesh: rectangle, lamp: { ...LAMP, doubleSided: true } }),
        irradiance: whole,
        bias: 0,
        hittable: true
    },
    {
        // Scaled by 2 from the origin: the same form factor.
        name: 'scaled rectangle',
        scene: scene({ mesh: down(rectangle), scale: 2 }),
        irradiance: whole,
        bias: 0,
        hittable: true
    },
    {
        name: 'rectangle of which a texture blackens half',
        scene: scene({
            mesh: down(rectangle),
            lamp: { ...LAMP, textures: { emission: { texture: 0, wrapU: 'clamp' } } }
        }),
        // By symmetry; the edge between black and white is bilinear and antisymmetric.
        irradiance: whole / 2,
        bias: 1e-3,
        hittable: true
    },
    {
        name: 'sphere',
        scene: scene({ mesh: sphereMesh([0, 1.5, 0], 0.6, 4) }),
        irradiance: Math.PI * 3 * (0.6 / 1.5) ** 2,
        // Edges of 0.1 radii: chords are 0.13 % inside, twice that in area.
        bias: 5e-3,
        hittable: true
    },
    {
        name: 'point',
        scene: scene({ lights: [{ kind: 'point', position: [0, 2, 0], intensity: [8, 8, 8] }] }),
        irradiance: 2,
        bias: 0,
        hittable: false
    },
    {
        name: 'point that ends at its range',
        scene: scene({ lights: [{ kind: 'point', position: [0, 2, 0], intensity: [8, 8, 8], rangeM: 2.5 }] }),
        irradiance: 2 * (1 - (2 / 2.5) ** 4),
        bias: 0,
        hittable: false
    },
    ...(
        [
            // PlayCanvas' getFalloffInvSquared without its 16, and its getFalloffLinear.
            ['soft', 2.5, (8 / (2 ** 2 + 1)) * (1 - (2 / 2.5) ** 4) ** 2],
            ['linear', 2.5, 8 * (1 - 2 / 2.5)],
            ['soft', 1.9, 0],
            ['linear', 1.9, 0]
        ] as const
    ).map(([falloff, rangeM, irradiance]) => ({
        name: `point that falls off as an engine's do: ${falloff}, range ${rangeM}`,
        scene: scene({ lights: [{ kind: 'point', position: [0, 2, 0], intensity: [8, 8, 8], rangeM, falloff }] }),
        irradiance,
        bias: 0,
        hittable: false
    })),
    {
        name: "spot with an engine's edge, on it",
        scene: scene({ lights: [cone(0.45, { rangeM: 4, falloff: 'linear' })] }),
        irradiance: 8 * (1 - 2 / 4) * smoothAt(0.45),
        bias: 0,
        hittable: false
    },
    { name: 'spot, full', scene: scene({ lights: [cone(0.2)] }), irradiance: 2, bias: 0, hittable: false },
    {
        name: 'spot, on the ramp',
        scene: scene({ lights: [cone(0.45)] }),
        irradiance: 2 * rampAt(0.45),
        bias: 0,
        hittable: false
    },
    { name: 'spot, beside', scene: scene({ lights: [cone(0.7)] }), irradiance: 0, bias: 0, hittable: false },
    {
        name: 'spot that ends at its range',
        scene: scene({ lights: [cone(0.45, { rangeM: 2.5 })] }),
        irradiance: 2 * rampAt(0.45) * (1 - (2 / 2.5) ** 4),
        bias: 0,
        hittable: false
    },
    {
        name: 'spot that ends before',
        scene: scene({ lights: [cone(0.2, { rangeM: 1.9 })] }),
        irradiance: 0,
        bias: 0,
        hittable: false
    },
    {
        name: 'directional',
        scene: scene({ lights: [{ kind: 'directional', direction: [0.6, -0.8, 0], irradiance: [5, 5, 5] }] }),
        irradiance: 4,
        bias: 0,
        hittable: false
    },
    {
        name: 'sun of 0.2 radians',
        scene: scene({
            lights: [{ kind: 'directional', direction: [0.6, -0.8, 0], irradiance: [5, 5, 5], angularRadiusRad: 0.2 }]
        }),
        irradiance: 4,
        bias: 0,
        hittable: true
    },
    {
        name: 'environment of one colour',
        scene: scene({ environment: { widthPx: 1, heightPx: 1, data: Float32Array.of(2, 2, 2) } }),
        irradiance: 2 * Math.PI,
        bias: 0,
        hittable: true
    },
    {
        name: 'environment with a bright texel, turned',
        scene: scene({ environment: sky() }),
        irradiance: irradianceOf(sky()),
        bias: 1e-3,
        hittable: true
    }
];
