/** Named media of pbrt, as far as they fill solids. */
import type { Vec3 } from '../convert/mat4.ts';
import { absorptionOf, type MediumInit } from '../convert/medium.ts';
import type { ReportBuilder } from '../convert/report.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** pbrt's defaults of a homogeneous medium. */
const ABSORPTION: Vec3 = [0.0011, 0.0024, 0.014];
const SCATTERING: Vec3 = [2.55, 3.21, 3.77];

export class PbrtMedia {
    readonly #report: ReportBuilder;
    readonly #media = new Map<string, MediumInit | null>();

    constructor(report: ReportBuilder) {
        this.#report = report;
    }

    /** The directive MakeNamedMedium. */
    add(name: string, parameters: Parameters): void {
        const type = parameters.text('type', '');
        const known = type === 'homogeneous' && !parameters.get('preset');
        if (!known) {
            this.#report.unsupported(`medium "${name}" (${parameters.text('preset', type)})`);
            parameters.readAll();
        }
        const scale = parameters.number('scale', 1);
        const color = (key: string, otherwise: Vec3) =>
            parameters.color(key, otherwise, this.#report).map((value) => value * scale) as unknown as Vec3;
        this.#media.set(
            name,
            known ? { name, absorption: color('sigma_a', ABSORPTION), scattering: color('sigma_s', SCATTERING) } : null
        );
    }

    /** What the shapes of an interface absorb inside; the empty name is nothing. */
    between(inside: string, outside: string): Vec3 | undefined {
        if (outside !== '' && outside !== inside) this.#report.unsupported(`participating medium "${outside}" outside`);
        if (inside === '') return undefined;
        const medium = this.#media.get(inside);
        if (medium === undefined) this.#report.unsupported(`participating medium "${inside}", which is not defined`);
        return medium ? absorptionOf(medium, this.#report) : undefined;
    }
}
