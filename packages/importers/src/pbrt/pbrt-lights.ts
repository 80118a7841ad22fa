/** Lights of pbrt without a shape: points, spots and suns as KHR_lights_punctual, skies as the environment. */
import { constantEnvironment, pbrtMapping, turnEnvironment } from '../convert/environment.ts';
import type { ImportContext } from '../convert/import-context.ts';
import { lookAt, type Mat4, multiply, scaling, subtract, translation, type Vec3 } from '../convert/mat4.ts';
import type { ReportBuilder } from '../convert/report.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** The colour of a light times its scale. */
export function radianceOf(name: string, parameters: Parameters, report: ReportBuilder): Vec3 {
    const color = parameters.color(name, [1, 1, 1], report);
    const scale = parameters.get('scale');
    const factor: Vec3 =
        scale?.numbers.length === 1
            ? [scale.numbers[0]!, scale.numbers[0]!, scale.numbers[0]!]
            : parameters.color('scale', [1, 1, 1], report);
    if (parameters.get('power') || parameters.get('illuminance')) {
        report.unsupported('light given by its power', 'its colour');
    }
    return [color[0] * factor[0], color[1] * factor[1], color[2] * factor[2]];
}

/** Adds a light that is not a sky; what is not read goes to the report. */
export function addPbrtLight(context: ImportContext, type: string, parameters: Parameters, transform: Mat4): void {
    const { builder, report } = context;
    if (type !== 'point' && type !== 'distant' && type !== 'spot') {
        report.unsupported(`light "${type}"`);
        return;
    }
    const name = `${type} light`;
    const color = radianceOf(type === 'distant' ? 'L' : 'I', parameters, report);
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
    const outer = parameters.number('coneangle', 30);
    const inner = Math.max(0, outer - parameters.number('conedelta', parameters.number('conedeltaangle', 5)));
    const rad = (degrees: number) => (degrees * Math.PI) / 180;
    const cone = { innerConeRad: rad(inner), outerConeRad: Math.min(Math.PI / 2, rad(outer)) };
    builder.addLight({ name, type, color, matrix, ...cone });
}

/** Takes an infinite light as the environment; `toWorld` leads from the light's space to the world of the document. */
export async function addPbrtSky(context: ImportContext, parameters: Parameters, toWorld: Mat4): Promise<void> {
    const { files, report } = context;
    if (context.environment) {
        report.unsupported('second infinite light');
        return;
    }
    const scale = radianceOf('L', parameters, report);
    const name = parameters.text('mapname', parameters.text('filename', ''));
    if (name === '') {
        context.environment = constantEnvironment(scale);
        return;
    }
    const picture = await files.frame(name);
    if (picture.widthPx === picture.heightPx) {
        report.unsupported(`equal-area environment "${name}"`);
        return;
    }
    context.environment = turnEnvironment(picture, pbrtMapping, toWorld, scale);
}
