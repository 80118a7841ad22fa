/** The border for lights that are no meshes: what is wrong is refused, what gives no light is told. */
import { badInput } from '@mixreel/core';
import { length, type Vec3 } from '../math/vector.ts';
import type { PunctualLight } from './scene.ts';

/** Throws `bad-input` that names the light, unless it can be sampled. */
export function checkLight(light: PunctualLight, index: number): void {
    const name = `light ${index} (${light.kind})`;
    for (const value of Object.values(light).flat()) {
        if (typeof value !== 'number' || Number.isFinite(value)) continue;
        throw badInput(`${name} holds ${value}`, 'finite numbers', 'Repair it or leave it out');
    }
    const power = powerOf(light);
    if (!power.every((x) => x >= 0)) {
        const what = `${name} has the ${light.kind === 'directional' ? 'irradiance' : 'intensity'} ${power.join(', ')}`;
        throw badInput(what, 'numbers of at least 0', 'Light cannot be taken away: leave the light out');
    }
    if (light.kind !== 'point' && Math.abs(length(light.direction) - 1) > 1e-3) {
        const what = `${name} has a direction of length ${length(light.direction)}`;
        throw badInput(what, 'a unit vector', 'Normalise it');
    }
    if (light.kind === 'directional') {
        inRange(name, 'angularRadiusRad', light.angularRadiusRad ?? 0, 0, 0.5);
        return;
    }
    if (light.rangeM !== undefined && !(light.rangeM > 0)) {
        throw badInput(`${name} has the range ${light.rangeM}`, 'metres, more than 0', 'Leave the range out');
    }
    const { falloff = 'physical' } = light;
    if (!['physical', 'soft', 'linear'].includes(falloff)) {
        throw badInput(`${name} has the falloff "${falloff}"`, 'physical, soft or linear', 'Name one of these');
    }
    if (falloff !== 'physical' && light.rangeM === undefined) {
        throw badInput(`${name} falls off as "${falloff}" and has no range`, 'rangeM in metres', 'Give it a range');
    }
    if (light.kind === 'spot') {
        inRange(name, 'innerConeRad', light.innerConeRad, 0, Math.PI);
        inRange(name, 'outerConeRad', light.outerConeRad, 0, Math.PI);
    }
}

/** True if it gives no light at all. */
export function isDark(light: PunctualLight): boolean {
    return powerOf(light).every((x) => x === 0);
}

function powerOf(light: PunctualLight): Vec3 {
    return light.kind === 'directional' ? light.irradiance : light.intensity;
}

function inRange(name: string, key: string, value: number, low: number, high: number): void {
    if (value >= low && value <= high) return;
    throw badInput(`${name} has the ${key} ${value}`, `${low} to ${high}`, 'Give the angle in radians');
}
