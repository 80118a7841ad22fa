/** Lights of pbrt without a shape: points, spots and suns as KHR_lights_punctual, skies as the environment. */
import { constantEnvironment, pbrtMapping, turnEnvironment } from '../convert/environment.ts';
import type { ImportContext } from '../convert/import-context.ts';
import { lookAt, type Mat4, multiply, scaling, subtract, translation, type Vec3 } from '../convert/mat4.ts';
import type { Emission } from '../convert/material-builder.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { withLuminance } from '../convert/spectrum.ts';
import { areaOf, type TriangleMesh } from '../convert/triangle-mesh.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** What shapes below it emit. */
export interface AreaLight {
    readonly radiance: Vec3;
    readonly picture?: NonNullable<Emission['picture']>;
    readonly twoSided: boolean;
    /** pbrt v4: radiant power of each of a shape's triangles, which then sets the scale of the radiance. */
    readonly power: number | undefined;
}

/** What of the scene a light is read against. */
export interface LightScope {
    readonly report: ReportBuilder;
    /** 3 or 4: how spectra are scaled. */
    readonly version: 3 | 4;
}

/**
 * The colour of a light times its scale. pbrt v4 scales the spectra of lights (but not colours of three numbers) to a luminance of 1:
 * `SpectrumToPhotometric` in its lights.
 */
function radianceOf(name: string, parameters: Parameters, { report, version }: LightScope): Vec3 {
    const given = parameters.color(name, [1, 1, 1], report);
    const type = parameters.get(name)?.type;
    const spectral = version === 4 && (type === 'spectrum' || type === 'blackbody');
    const color = spectral ? withLuminance(given, 1) : given;
    const scale = parameters.get('scale');
    const factor: Vec3 =
        scale?.numbers.length === 1
            ? [scale.numbers[0]!, scale.numbers[0]!, scale.numbers[0]!]
            : parameters.color('scale', [1, 1, 1], report);
    return [color[0] * factor[0], color[1] * factor[1], color[2] * factor[2]];
}

/** A number above 0; what is not (pbrt's own defaults are -1) counts as not given. */
function positive(name: string, parameters: Parameters): number | undefined {
    const value = parameters.get(name)?.numbers[0];
    return value !== undefined && value > 0 ? value : undefined;
}

function scaled(color: Vec3, factor: number): Vec3 {
    return [color[0] * factor, color[1] * factor, color[2] * factor];
}

/** The directive AreaLightSource; undefined for one that is not read. */
export function readAreaLight(type: string, parameters: Parameters, scope: LightScope): AreaLight | undefined {
    const { report } = scope;
    if (type !== 'diffuse' && type !== 'area') {
        report.unsupported(`area light "${type}"`);
        parameters.readAll();
        return undefined;
    }
    const picture = parameters.text('filename', '');
    const power = positive('power', parameters);
    if (picture !== '' && power !== undefined) {
        report.unsupported('power of an area light with a picture', 'that of a white one');
    }
    return {
        // A picture stands in the place of L.
        radiance: radianceOf(picture === '' ? 'L' : '', parameters, scope),
        ...(picture === '' ? {} : { picture: { picture } }),
        twoSided: parameters.truth('twosided', false),
        power
    };
}

/** The radiance of an area light on a shape. */
export function shineOf(light: AreaLight, mesh: TriangleMesh, matrix: Mat4, report: ReportBuilder): Emission {
    const { power, ...emission } = light;
    const { radiance, twoSided } = emission;
    const area = power === undefined ? 0 : areaOf(mesh, matrix);
    if (power === undefined || !(area > 0)) return emission;
    // Each triangle is a light of that power of its own.
    const triangles = mesh.indices.length / 3;
    if (triangles > 1) report.approximate('power of an area light of triangles', 'their sum, spread evenly');
    const exitance = (power * triangles) / area;
    return { ...emission, radiance: scaled(radiance, exitance / (Math.PI * (twoSided ? 2 : 1))) };
}

/** Adds a light that is not a sky; what is not read goes to the report. */
export function addPbrtLight(
    context: ImportContext,
    type: string,
    parameters: Parameters,
    transform: Mat4,
    version: 3 | 4
): void {
    const { builder, report } = context;
    if (type !== 'point' && type !== 'distant' && type !== 'spot') {
        report.unsupported(`light "${type}"`);
        parameters.readAll();
        return;
    }
    const name = `${type} light`;
    const color = intensityOf(type, parameters, { report, version });
    const from = parameters.vector('from', [0, 0, 0]);
    if (type === 'point') {
        builder.addLight({ name, type, color, matrix: multiply(transform, translation(...from)) });
        return;
    }
    const to = parameters.vector('to', [0, 0, 1]);
    const direction = subtract(to, from);
    const up: Vec3 = Math.abs(direction[1]) > 0.99 * Math.hypot(...direction) ? [1, 0, 0] : [0, 1, 0];
    // glTF lights shine along -z.
    const matrix = multiply(multiply(transform, lookAt(from, to, up)), scaling(-1, 1, -1));
    if (type === 'distant') {
        builder.addLight({ name, type: 'directional', color, matrix });
        return;
    }
    report.approximate('falloff of a spot light', 'glTF’s');
    builder.addLight({ name, type, color, matrix, ...coneOf(parameters) });
}

/** Radians. */
function coneOf(parameters: Parameters): { innerConeRad: number; outerConeRad: number } {
    const outer = parameters.number('coneangle', 30);
    const inner = Math.max(0, outer - parameters.number('conedelta', parameters.number('conedeltaangle', 5)));
    const rad = (degrees: number) => (degrees * Math.PI) / 180;
    return { innerConeRad: rad(inner), outerConeRad: Math.min(Math.PI / 2, rad(outer)) };
}

/**
 * Radiant intensity, or irradiance of a distant light. v4 may give the power, or the irradiance itself, of a light of luminance 1: they
 * multiply its colour and scale.
 */
function intensityOf(type: 'point' | 'distant' | 'spot', parameters: Parameters, scope: LightScope): Vec3 {
    const color = radianceOf(type === 'distant' ? 'L' : 'I', parameters, scope);
    const given = positive(type === 'distant' ? 'illuminance' : 'power', parameters);
    if (given === undefined) return color;
    if (type === 'distant') return scaled(color, given);
    if (type === 'point') return scaled(color, given / (4 * Math.PI));
    const { innerConeRad, outerConeRad } = coneOf(parameters);
    const [full, end] = [Math.cos(innerConeRad), Math.cos(outerConeRad)];
    return scaled(color, given / (2 * Math.PI * (1 - full + (full - end) / 2)));
}

/** Takes an infinite light as the environment; `toWorld` leads from the light's space to the world of the document. */
export async function addPbrtSky(
    context: ImportContext,
    parameters: Parameters,
    toWorld: Mat4,
    version: 3 | 4
): Promise<void> {
    const { files, report } = context;
    if (context.environment) {
        report.unsupported('second infinite light');
        parameters.readAll();
        return;
    }
    const color = radianceOf('L', parameters, { report, version });
    const illuminance = positive('illuminance', parameters);
    const name = parameters.text('mapname', parameters.text('filename', ''));
    if (name === '') {
        const even = illuminance === undefined ? color : scaled(color, illuminance / Math.PI);
        context.environment = constantEnvironment(even);
        return;
    }
    if (illuminance !== undefined) report.unsupported('illuminance of a picture of the sky', 'its own values');
    const picture = await files.frame(name);
    if (picture.widthPx === picture.heightPx) {
        report.unsupported(`equal-area environment "${name}"`);
        parameters.readAll();
        return;
    }
    context.environment = turnEnvironment(picture, pbrtMapping, toWorld, color);
}
