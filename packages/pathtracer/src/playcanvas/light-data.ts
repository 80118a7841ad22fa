/**
 * The engine's lights in the tracer's units. Without physical units the engine's Lambert term is albedo * color * intensity
 * (no 1/pi), so a directional light of intensity I is an irradiance of pi I; local lights fall off as the engine's do: linearly, its
 * default, or as 16 / (d^2 + 1), both to nothing at their range. With `scene.physicalUnits` luminance is taken as the engine defines
 * it, lux, or lumens over the solid angle, and falls off by the square of the distance, as light does.
 *
 * Area lights (`shape`, with `scene.lighting.areaLightsEnabled`) become glowing meshes: the engine's form factors (chunk `ltc`)
 * make color * intensity the radiance of a rectangle and a disc, of a sphere that times its radius. Their light is seen, which
 * the engine's is not.
 */
import {
    type AppBase,
    type CameraComponent,
    Color,
    LIGHTFALLOFF_LINEAR,
    LIGHTSHAPE_DISK,
    LIGHTSHAPE_PUNCTUAL,
    LIGHTSHAPE_SPHERE,
    type LightComponent
} from 'playcanvas';
import type { Vec3 } from '../math/vector.ts';
import type { LightFalloff, Material, Mesh, PunctualLight } from '../scene/scene.ts';
import type { EventLog } from './events.ts';

type EngineScene = AppBase['scene'];

const scratch = new Color();

/** Lights that shine in a layer of the camera's, in the order in which the engine keeps them. */
export function activeLights(app: AppBase, camera: CameraComponent): LightComponent[] {
    const found: LightComponent[] = [];
    // Not a search through the hierarchy: this is asked every frame.
    const store = (app.systems.light?.store ?? {}) as Record<string, { entity: { light?: LightComponent } }>;
    for (const guid in store) {
        const light = store[guid]!.entity.light;
        if (!light?.enabled || !light.entity.enabled) continue;
        if (light.layers.some((layer) => camera.layers.includes(layer))) found.push(light);
    }
    return found;
}

/** True for a light that has an extent. */
export function isAreaLight(scene: EngineScene, light: LightComponent): boolean {
    return light.shape !== LIGHTSHAPE_PUNCTUAL && light.type !== 'directional' && scene.lighting.areaLightsEnabled;
}

/** Everything that a light's picture depends on but its place: {@link LIGHT_SETTINGS} numbers. */
export function writeLightSettings(scene: EngineScene, light: LightComponent, out: Float64Array, o: number): void {
    const { color } = light;
    out[o] = light.type.charCodeAt(0);
    out[o + 1] = color.r;
    out[o + 2] = color.g;
    out[o + 3] = color.b;
    out[o + 4] = light.intensity;
    out[o + 5] = light.luminance;
    out[o + 6] = light.innerConeAngle;
    out[o + 7] = light.outerConeAngle;
    out[o + 8] = light.range;
    out[o + 9] = light.falloffMode;
    out[o + 10] = isAreaLight(scene, light) ? light.shape : LIGHTSHAPE_PUNCTUAL;
    out[o + 11] = scene.physicalUnits ? 1 : 0;
}
/** Numbers of {@link writeLightSettings}. */
export const LIGHT_SETTINGS = 12;

/** The lights without an area. */
export function lightsOf(scene: EngineScene, lights: readonly LightComponent[], log: EventLog): PunctualLight[] {
    return (
        lights
            .filter((light) => light.enabled && light.entity.enabled && !isAreaLight(scene, light))
            // Without a range there is nothing that it could light.
            .filter((light) => light.type === 'directional' || light.range > 0)
            .map((light) => lightOf(light, scene.physicalUnits, log))
    );
}

function lightOf(light: LightComponent, physical: boolean, log: EventLog): PunctualLight {
    const { entity, type } = light;
    const { x, y, z } = entity.getPosition();
    const position: Vec3 = [x, y, z];
    // The engine's lights shine along their local -y.
    const up = entity.up;
    const direction: Vec3 = [-up.x, -up.y, -up.z];
    const outerConeRad = (light.outerConeAngle * Math.PI) / 180;
    const innerConeRad = (light.innerConeAngle * Math.PI) / 180;
    if (type === 'directional') {
        if (light.affectSpecularity === false) {
            log.add('unsupported', `light "${entity.name}" makes no highlights in the engine: it does when traced`);
        }
        return { kind: 'directional', direction, irradiance: power(light, physical, 1, Math.PI) };
    }
    const local = { position, rangeM: light.range, falloff: falloffOf(light, physical) };
    const factor = local.falloff === 'soft' ? 16 * Math.PI : Math.PI;
    if (light.cookie) log.add('unsupported', `light "${entity.name}" has a cookie: ignored`);
    if (physical && light.falloffMode === LIGHTFALLOFF_LINEAR) {
        log.add('unsupported', `light "${entity.name}" falls off linearly in physical units: by the square`);
    }
    if (type === 'spot') {
        const intensity = power(light, physical, spotSteradians(light), factor);
        return { kind: 'spot', ...local, direction, intensity, innerConeRad, outerConeRad };
    }
    return { kind: 'point', ...local, intensity: power(light, physical, 4 * Math.PI, factor) };
}

function falloffOf({ falloffMode }: LightComponent, physical: boolean): LightFalloff {
    if (physical) return 'physical';
    return falloffMode === LIGHTFALLOFF_LINEAR ? 'linear' : 'soft';
}

/** Solid angle that the engine spreads a spot's lumens over. */
function spotSteradians({ innerConeAngle, outerConeAngle }: LightComponent): number {
    const radians = Math.PI / 180;
    return Math.PI * (2 - Math.cos(innerConeAngle * radians) - Math.cos(outerConeAngle * radians));
}

/** The engine makes intensities below 1 linear together with the colour, larger ones after it. */
function power(light: LightComponent, physical: boolean, unitSize: number, factor: number): Vec3 {
    const intensity = physical ? light.luminance / unitSize : light.intensity;
    if (intensity >= 1) scratch.linear(light.color).mulScalar(intensity);
    else scratch.copy(light.color).mulScalar(intensity).linear();
    const scale = physical ? 1 : factor;
    return [scratch.r * scale, scratch.g * scale, scratch.b * scale];
}

/** The material of an area light's mesh. */
export function areaLightMaterial(scene: EngineScene, light: LightComponent): Material {
    const physical = scene.physicalUnits;
    const spot = light.type === 'spot';
    const emission = power(light, physical, spot ? spotSteradians(light) : 4 * Math.PI, 1);
    const radius = light.shape === LIGHTSHAPE_SPHERE ? areaLightTransform(light)[0]! : 1;
    return {
        kind: 'diffuse',
        name: light.entity.name,
        baseColor: [0, 0, 0],
        emission: [emission[0] / radius, emission[1] / radius, emission[2] / radius],
        doubleSided: !spot
    };
}

/** Column-major, from the space of {@link areaLightMesh}. */
export function areaLightTransform(light: LightComponent): readonly number[] {
    const { data } = light.entity.getWorldTransform();
    if (light.shape !== LIGHTSHAPE_SPHERE) return [...data];
    const radius = 0.5 * Math.max(Math.hypot(data[0]!, data[1]!, data[2]!), Math.hypot(data[8]!, data[9]!, data[10]!));
    return [radius, 0, 0, 0, 0, radius, 0, 0, 0, 0, radius, 0, data[12]!, data[13]!, data[14]!, 1];
}

/** A rectangle or a disc of diameter 1 that faces -y, or a sphere of radius 1. */
export function areaLightMesh(shape: number): Mesh {
    if (shape === LIGHTSHAPE_SPHERE) return sphere(16, 32);
    const corners = shape === LIGHTSHAPE_DISK ? 48 : 4;
    const positions = new Float32Array(corners * 3);
    const indices = new Uint32Array((corners - 2) * 3);
    for (let i = 0; i < corners; i++) {
        const angle = (2 * Math.PI * (i + 0.5)) / corners;
        const radius = shape === LIGHTSHAPE_DISK ? 0.5 : Math.SQRT1_2;
        positions.set([radius * Math.cos(angle), 0, radius * Math.sin(angle)], i * 3);
        if (i >= 2) indices.set([0, i - 1, i], (i - 2) * 3);
    }
    return { name: 'area light', positions, indices };
}

function sphere(rings: number, sectors: number): Mesh {
    const positions: number[] = [];
    const indices: number[] = [];
    for (let ring = 0; ring <= rings; ring++) {
        for (let sector = 0; sector <= sectors; sector++) {
            const [polar, azimuth] = [(Math.PI * ring) / rings, (2 * Math.PI * sector) / sectors];
            const around = Math.sin(polar);
            positions.push(around * Math.cos(azimuth), Math.cos(polar), around * Math.sin(azimuth));
            if (ring === rings || sector === sectors) continue;
            const [here, below] = [ring * (sectors + 1) + sector, (ring + 1) * (sectors + 1) + sector];
            if (ring > 0) indices.push(here, here + 1, below);
            if (ring < rings - 1) indices.push(here + 1, below + 1, below);
        }
    }
    const data = new Float32Array(positions);
    return { name: 'area light', positions: data, normals: data.slice(), indices: new Uint32Array(indices) };
}
