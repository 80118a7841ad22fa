/**
 * Floor, ceiling, direction and walls of a scanned room, from its points alone. Floor and ceiling are the two fullest levels
 * of the height histogram; the direction is that of the tightest box around the walls' points; wall cells are those with
 * points just under the ceiling, where furniture rarely reaches.
 */
import { badInput, exactCos, exactSin } from '@mixreel/core';
import { checkPoints, type ScanPoints } from './scan-points.ts';

/** Side of a plan cell, metres. */
export const CELL = 0.05;
/** Wall cells are looked for in this share of the room's height, and within so many cells of one nothing is furniture. */
const WALL_BAND: readonly [number, number] = [0.8, 0.95];
const WALL_CELLS = 2;
/** Higher things hang: lamps, shelves. */
export const REACH = 1.9;

/** See the file comment. The plan is turned by `yaw`: u runs along the walls. */
export interface ScanStructure {
    readonly floorY: number;
    readonly height: number;
    readonly yaw: number;
    readonly u0: number;
    readonly v0: number;
    readonly columns: number;
    readonly rows: number;
    /** Highest point under {@link REACH} of each cell above the floor, metres; 0 where only floor was seen. */
    readonly top: Float32Array;
    /** 1 for cells of walls. */
    readonly wall: Uint8Array;
}

/** Reads the structure of a scan. */
export function scanStructure(scan: ScanPoints): ScanStructure {
    const points = checkPoints(scan);
    const { floorY, ceilingY } = levels(points);
    const height = ceilingY - floorY;
    if (!(height >= 1.8 && height <= 20))
        throw badInput(
            `the scan is ${height.toFixed(2)} m high`,
            'floor and ceiling 1.8 to 20 m apart',
            'Check the unit and which axis is up'
        );
    const band = WALL_BAND.map((s) => floorY + s * height) as [number, number];
    const yaw = direction(points, band);
    const [s, c] = [exactSin(yaw), exactCos(yaw)];
    let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < points.length; i += 3) {
        const [u, v] = [points[i]! * c - points[i + 2]! * s, points[i]! * s + points[i + 2]! * c];
        [u0, u1, v0, v1] = [Math.min(u0, u), Math.max(u1, u), Math.min(v0, v), Math.max(v1, v)];
    }
    const [columns, rows] = [Math.ceil((u1 - u0) / CELL) + 1, Math.ceil((v1 - v0) / CELL) + 1];
    if (columns * rows > 16_000_000)
        throw badInput(
            `the scan covers ${(u1 - u0).toFixed(0)} x ${(v1 - v0).toFixed(0)} m`,
            'one room',
            'Cut it into rooms'
        );
    const top = new Float32Array(columns * rows);
    const walls = new Uint16Array(columns * rows);
    for (let i = 0; i < points.length; i += 3) {
        const [u, v] = [points[i]! * c - points[i + 2]! * s, points[i]! * s + points[i + 2]! * c];
        const cell = Math.floor((v - v0) / CELL) * columns + Math.floor((u - u0) / CELL);
        const y = points[i + 1]!;
        if (y - floorY < REACH && y - floorY > top[cell]!) top[cell] = y - floorY;
        if (y > band[0] && y < band[1]) walls[cell]!++;
    }
    return { floorY, height, yaw, u0, v0, columns, rows, top, wall: grown(walls, columns, rows) };
}

/** World plan point of plan coordinates in cells. */
export function toPlan(s: ScanStructure, column: number, row: number): readonly [number, number] {
    const [u, v] = [s.u0 + column * CELL, s.v0 + row * CELL];
    return [u * exactCos(s.yaw) + v * exactSin(s.yaw), -u * exactSin(s.yaw) + v * exactCos(s.yaw)];
}

/** The fullest 2 cm level of the lower and of the upper half. */
function levels(points: ScanPoints): { floorY: number; ceilingY: number } {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 1; i < points.length; i += 3) [low, high] = [Math.min(low, points[i]!), Math.max(high, points[i]!)];
    const bins = new Uint32Array(Math.ceil((high - low) / 0.02) + 1);
    for (let i = 1; i < points.length; i += 3) bins[Math.floor((points[i]! - low) / 0.02)]!++;
    const fullest = (from: number, to: number): number => {
        let best = from;
        for (let b = from; b < to; b++) if (bins[b]! > bins[best]!) best = b;
        return low + (best + 0.5) * 0.02;
    };
    // The lowest fifth holds the floor; tables are above it.
    return {
        floorY: fullest(0, Math.ceil(bins.length * 0.2)),
        ceilingY: fullest(Math.floor(bins.length * 0.7), bins.length)
    };
}

/** The turn for which the walls' points project onto the fewest cells of both axes: walls are straight and square. */
function direction(points: ScanPoints, band: readonly [number, number]): number {
    const picked: number[] = [];
    for (let i = 0; i < points.length; i += 3)
        if (points[i + 1]! > band[0] && points[i + 1]! < band[1]) picked.push(points[i]!, points[i + 2]!);
    const stride = 2 * Math.max(1, Math.floor(picked.length / 2 / 6000));
    let best = 0;
    let sharpest = -1;
    for (let degree = -45; degree < 45; degree += 0.5) {
        const [s, c] = [exactSin((degree * Math.PI) / 180), exactCos((degree * Math.PI) / 180)];
        const bins = new Map<number, number>();
        for (let i = 0; i < picked.length; i += stride) {
            const [x, z] = [picked[i]!, picked[i + 1]!];
            for (const key of [Math.round((x * c - z * s) / 0.04), 1_000_000 + Math.round((x * s + z * c) / 0.04)])
                bins.set(key, (bins.get(key) ?? 0) + 1);
        }
        let sum = 0;
        for (const n of bins.values()) sum += n * n;
        if (sum > sharpest) [sharpest, best] = [sum, (degree * Math.PI) / 180];
    }
    return best;
}

/** Cells within reach of one with at least two wall points. */
function grown(walls: Uint16Array, columns: number, rows: number): Uint8Array {
    const out = new Uint8Array(walls.length);
    for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
            if (walls[r * columns + c]! < 2) continue;
            for (let y = Math.max(0, r - WALL_CELLS); y <= Math.min(rows - 1, r + WALL_CELLS); y++)
                for (let x = Math.max(0, c - WALL_CELLS); x <= Math.min(columns - 1, c + WALL_CELLS); x++)
                    out[y * columns + x] = 1;
        }
    }
    return out;
}
