/**
 * The engine's lights in the tracer's units. Without physical units the engine's Lambert term is albedo * color * intensity
 * (no 1/pi), so a directional light of intensity I is an irradiance of pi I; local lights fall off as 16 / (d^2 + 1), which far
 * away is a radiant intensity of 16 pi I (nearer than a metre the engine is darker: a point light has no such rule). With
 * `scene.physicalUnits` luminance is taken as the engine defines it: lux, or lumens over the solid angle.
 */
import { type AppBase, Color, type LightComponent } from 'playcanvas';
import type { Vec3 } from '../math/vector.ts';
import type { PunctualLight } from '../scene/scene.ts';

type EngineScene = AppBase['scene'];

const scratch = new Color();

/** All enabled lights below the app's root. */
export function lightsOf(scene: EngineScene, lights: readonly LightComponent[]): PunctualLight[] {
    return lights
        .filter((light) => light.enabled && light.entity.enabled)
        .map((light) => lightOf(light, scene.physicalUnits));
}

function lightOf(light: LightComponent, physical: boolean): PunctualLight {
    const { entity, type } = light;
    const { x, y, z } = entity.getPosition();
    const position: Vec3 = [x, y, z];
    // The engine's lights shine along their local -y.
    const up = entity.up;
    const direction: Vec3 = [-up.x, -up.y, -up.z];
    const outerConeRad = (light.outerConeAngle * Math.PI) / 180;
    const innerConeRad = (light.innerConeAngle * Math.PI) / 180;
    if (type === 'directional')
        return { kind: 'directional', direction, irradiance: power(light, physical, 1, Math.PI) };
    if (type === 'spot') {
        const steradians = Math.PI * (2 - Math.cos(innerConeRad) - Math.cos(outerConeRad));
        const intensity = power(light, physical, steradians, 16 * Math.PI);
        return { kind: 'spot', position, direction, intensity, innerConeRad, outerConeRad };
    }
    return { kind: 'point', position, intensity: power(light, physical, 4 * Math.PI, 16 * Math.PI) };
}

/** The engine makes intensities below 1 linear together with the colour, larger ones after it. */
function power(light: LightComponent, physical: boolean, unitSize: number, factor: number): Vec3 {
    const intensity = physical ? light.luminance / unitSize : light.intensity;
    if (intensity >= 1) scratch.linear(light.color).mulScalar(intensity);
    else scratch.copy(light.color).mulScalar(intensity).linear();
    const scale = physical ? 1 : factor;
    return [scratch.r * scale, scratch.g * scale, scratch.b * scale];
}
