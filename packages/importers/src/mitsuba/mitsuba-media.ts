/** Media plugins of Mitsuba, as far as they fill a solid. */
import type { Vec3 } from '../convert/mat4.ts';
import { absorptionOf } from '../convert/medium.ts';
import { MitsubaObject } from './mitsuba-object.ts';
import { type MitsubaScope, nested } from './mitsuba-scope.ts';
import type { XmlNode } from './mitsuba-xml.ts';

/** What the inside of a shape absorbs, by its `interior`; other media of it go to the report. */
export function readInterior(shape: MitsubaObject, scope: MitsubaScope): Vec3 | undefined {
    const { report } = scope;
    let inside: Vec3 | undefined;
    const isInterior = (child: XmlNode) => child.attributes['name'] === 'interior';
    for (const node of nested(shape, ['medium'], scope, isInterior)) {
        const medium = new MitsubaObject(node);
        const name = medium.id || medium.type;
        if (medium.type === 'homogeneous') inside = absorption(medium, name, scope);
        else {
            report.unsupported(`medium "${name}" (${medium.type})`);
            medium.readAll();
        }
    }
    for (const node of nested(shape, ['medium'], scope, (child) => !isInterior(child))) {
        const { id, type } = node.attributes;
        report.unsupported(`medium "${id || type}" around a shape`);
    }
    return inside;
}

/** By absorption and scattering, or by extinction and albedo; Mitsuba 0.5's named ones are not in a table here. */
function absorption(medium: MitsubaObject, name: string, { report }: MitsubaScope): Vec3 | undefined {
    const scale = medium.number('scale', 1);
    const color = (key: string, otherwise: number): Vec3 =>
        medium.color(key, [otherwise, otherwise, otherwise], report).map((c) => c * scale) as unknown as Vec3;
    if (medium.has('sigmaa') || medium.has('sigmas')) {
        return absorptionOf({ name, absorption: color('sigmaa', 0), scattering: color('sigmas', 0) }, report);
    }
    if (!medium.has('sigmat')) {
        report.unsupported(`medium "${name}" without coefficients`);
        return undefined;
    }
    const albedo = medium.color('albedo', [0.75, 0.75, 0.75], report);
    const extinction = color('sigmat', 1);
    const part = (share: (a: number) => number) => extinction.map((t, i) => t * share(albedo[i]!)) as unknown as Vec3;
    return absorptionOf({ name, absorption: part((a) => 1 - a), scattering: part((a) => a) }, report);
}
