/**
 * Media inside of solids. glTF has absorption (KHR_materials_volume, Beer and Lambert), which is exact; scattering and media that are
 * not the same everywhere go to the report.
 */
import type { Vec3 } from './mat4.ts';
import type { ReportBuilder } from './report.ts';

/** Coefficients in 1 over the scene's unit of length. */
export interface MediumInit {
    readonly name: string;
    readonly absorption: Vec3;
    readonly scattering: Vec3;
}

/** What is left of a medium: what it absorbs; undefined if that is nothing. */
export function absorptionOf({ name, absorption, scattering }: MediumInit, report: ReportBuilder): Vec3 | undefined {
    if (scattering.some((value) => value > 0)) {
        report.approximate(`medium "${name}": scattering`, 'what it absorbs alone');
    }
    const absorbs = absorption.map((value) => Math.max(0, value)) as unknown as Vec3;
    return absorbs.some((value) => value > 0) ? absorbs : undefined;
}
