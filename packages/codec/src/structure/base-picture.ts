/**
 * The base picture: what structure and style alone look like. Every cell has its region's colour; between cell centres the colours are
 * interpolated, so the base is smooth and takes no edge of its own into the texture that is coded over it.
 */
import { PLANE_NEUTRAL, type TextureState } from '../texture/texture-state.ts';
import { colorOfStyle, type RegionStyle, type StructureMap } from './structure-map.ts';

/** Mean colour of every region as its style code. `means` as from `cellMeans`. */
export function meanColors(map: StructureMap, means: readonly Float32Array[]): [number, number, number][] {
    const sums = map.regions.map(() => [0, 0, 0, 0]);
    for (let i = 0; i < map.labels.length; i++) {
        const sum = sums[map.labels[i]!]!;
        for (let p = 0; p < 3; p++) sum[p]! += means[p]![i]!;
        sum[3]!++;
    }
    return sums.map(([y, co, cg, n]) => (n ? [y! / n, co! / n, cg! / n] : [128, 0, 0]));
}

/** Fills the state's base planes from a map and its styles (integers only). */
export function drawBase(s: TextureState, map: StructureMap, styles: readonly RegionStyle[]): void {
    const colors = styles.map(colorOfStyle);
    const { columns, rows, labels } = map;
    const upper = new Int32Array(columns);
    const lower = new Int32Array(columns);
    for (let p = 0; p < 3; p++) {
        const base = s.base[p]!;
        const cell = (x: number, y: number): number => colors[labels[y * columns + x]!]?.[p] ?? PLANE_NEUTRAL[p]!;
        for (let y = 0; y < s.rows; y++) {
            // Sample centres in 1/16 of a cell, relative to the centres of cells.
            const at = 2 * y - 7;
            const top = Math.max(0, Math.min(rows - 1, at >> 4));
            const bottom = Math.max(0, Math.min(rows - 1, (at >> 4) + 1));
            if ((at & 15) === 1 || y === 0) {
                for (let x = 0; x < columns; x++) {
                    upper[x] = cell(x, top);
                    lower[x] = cell(x, bottom);
                }
            }
            blendRow(base, y * s.stride, s.stride, upper, lower, at & 15, columns);
        }
    }
}

function blendRow(
    out: Int16Array,
    from: number,
    width: number,
    upper: Int32Array,
    lower: Int32Array,
    weightY: number,
    columns: number
): void {
    for (let x = 0; x < width; x++) {
        const at = 2 * x - 7;
        const weightX = at & 15;
        const left = Math.max(0, Math.min(columns - 1, at >> 4));
        const right = Math.max(0, Math.min(columns - 1, (at >> 4) + 1));
        const a = (16 - weightX) * upper[left]! + weightX * upper[right]!;
        const b = (16 - weightX) * lower[left]! + weightX * lower[right]!;
        out[from + x] = ((16 - weightY) * a + weightY * b + 128) >> 8;
    }
}
