/**
 * The environment as the kernels sample it: texels with their probability, and an alias table over them. A texel's probability
 * is its luminance, averaged with its neighbours' since the lookup is bilinear, times its solid angle.
 * 24 bytes a texel; a panorama of 8192 x 4096 is 805 MB on the device and takes 1.6 s of processor time to prepare (a device whose
 * bindings are smaller says so: `limit-exceeded`), one of 2048 x 1024 is 50 MB and 0.15 s.
 * Twin of the tables read by `shaders/pathtracer/environment.wgsl`.
 */
import type { Environment } from '../scene/scene.ts';
import { type AliasTable, buildAliasTable } from './alias-table.ts';

/** Rows of 4 floats: (r, g, b, probability) a texel, then (keep, alias) pairs of two texels each. */
export interface EnvironmentTable {
    readonly rows: Float32Array;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly alias: AliasTable;
}

/** Solid angle of one texel of a row, steradians. */
export function texelSolidAngle(row: number, widthPx: number, heightPx: number): number {
    const top = Math.cos((Math.PI * row) / heightPx);
    const bottom = Math.cos((Math.PI * (row + 1)) / heightPx);
    return ((top - bottom) * 2 * Math.PI) / widthPx;
}

/** Builds the table; null gives one that is never sampled. */
export function environmentTable(environment: Environment | null): EnvironmentTable {
    if (!environment) {
        return { rows: new Float32Array(8), widthPx: 0, heightPx: 0, alias: buildAliasTable([]) };
    }
    const { widthPx, heightPx, data } = environment;
    const count = widthPx * heightPx;
    const light = new Float32Array(count);
    for (let i = 0; i < count; i++) {
        light[i] = 0.2126 * data[i * 3]! + 0.7152 * data[i * 3 + 1]! + 0.0722 * data[i * 3 + 2]!;
    }
    const weights = new Float64Array(count);
    for (let y = 0; y < heightPx; y++) {
        const solidAngle = texelSolidAngle(y, widthPx, heightPx);
        const above = Math.max(0, y - 1) * widthPx;
        const below = Math.min(heightPx - 1, y + 1) * widthPx;
        for (let x = 0; x < widthPx; x++) {
            const left = (x + widthPx - 1) % widthPx;
            const right = (x + 1) % widthPx;
            let sum = 0;
            for (const row of [above, y * widthPx, below])
                sum += light[row + left]! + light[row + x]! + light[row + right]!;
            weights[y * widthPx + x] = (sum / 9) * solidAngle;
        }
    }
    const alias = buildAliasTable(weights);
    const rows = new Float32Array(4 * (count + Math.ceil(count / 2)));
    const words = new Uint32Array(rows.buffer);
    for (let i = 0; i < count; i++) {
        rows[i * 4] = data[i * 3]!;
        rows[i * 4 + 1] = data[i * 3 + 1]!;
        rows[i * 4 + 2] = data[i * 3 + 2]!;
        rows[i * 4 + 3] = alias.pmf[i]!;
        rows[count * 4 + i * 2] = alias.keep[i]!;
        words[count * 4 + i * 2 + 1] = alias.alias[i]!;
    }
    return { rows, widthPx, heightPx, alias };
}
