/** The five Quest recordings of `@iwer/sem`, and a room made in code so that main paths do not depend on them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Names of the recordings. */
export const CAPTURES = ['living_room', 'meeting_room', 'music_room', 'office_large', 'office_small'] as const;

/** The parsed JSON of a recording. */
export function captureJson(name: (typeof CAPTURES)[number]): Record<string, unknown> {
    const main = require.resolve('@iwer/sem');
    const root = main.slice(0, main.lastIndexOf('@iwer/sem') + '@iwer/sem'.length);
    return JSON.parse(readFileSync(`${root}/captures/${name}.json`, 'utf8'));
}

type Json = Record<string, unknown>;
const S = Math.SQRT1_2;

/** A wall face from a to b with the room on its left, in the recordings' frame: x along it, z up, y out of the room. */
export function wallFace(a: readonly [number, number], b: readonly [number, number], height = 2.6): Json {
    return upright('WALL_FACE', a, b, 0, height);
}

/** A plane on the line a-b between two heights. */
export function upright(
    label: string,
    a: readonly [number, number],
    b: readonly [number, number],
    y0: number,
    y1: number
): Json {
    const [dx, dz] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dz);
    // Turn about y that takes +x to the wall's direction, after a quarter turn about x that takes local z up.
    const half = Math.atan2(-dz, dx) / 2;
    const [s, c] = [Math.sin(half), Math.cos(half)];
    return {
        uuid: `${label}-${a}-${b}-${y0}`,
        semanticLabel_META: label,
        locatable_META: {
            position: { x: (a[0] + b[0]) / 2, y: (y0 + y1) / 2, z: (a[1] + b[1]) / 2 },
            orientation: { x: -S * c, y: S * s, z: S * s, w: S * c }
        },
        bounded2D_META: { offset: { x: -length / 2, y: -(y1 - y0) / 2 }, extent: { width: length, height: y1 - y0 } }
    };
}

/** A box standing at (x, z), its front along [sin yaw, cos yaw]. */
export function box(
    label: string,
    x: number,
    y: number,
    z: number,
    yaw: number,
    size: readonly [number, number, number]
): Json {
    const [w, h, d] = size;
    const [s, c] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
    return {
        uuid: `${label}-${x}-${z}`,
        semanticLabel_META: label,
        locatable_META: { position: { x, y: y + h, z }, orientation: { x: -S * c, y: S * s, z: S * s, w: S * c } },
        bounded3D_META: { offset: { x: -w / 2, y: -d / 2, z: -h }, extent: { width: w, height: d, depth: h } }
    };
}

/** A 5 x 4 m living room: sofa, table, a lamp on the table, a door and a window. */
export function fixtureCapture(): Json {
    const corners = [
        [0, 0],
        [5, 0],
        [5, 4],
        [0, 4]
    ] as const;
    return {
        type: 'scene',
        version: 1,
        spatialEntities: [
            ...corners.map((a, i) => wallFace(a, corners[(i + 1) % 4]!)),
            upright('DOOR_FRAME', [0.4, 0], [1.3, 0], 0, 2.05),
            upright('WINDOW_FRAME', [5, 1], [5, 3], 0.9, 2.2),
            box('COUCH', 2.6, 0, 3.5, Math.PI, [1.9, 0.8, 0.9]),
            box('TABLE', 2.6, 0, 2.1, 0, [1.1, 0.42, 0.6]),
            box('STORAGE', 0.25, 0, 2.6, Math.PI / 2, [1.2, 1.9, 0.4]),
            box('LAMP', 2.3, 0.43, 2.1, 0, [0.25, 0.4, 0.25])
        ]
    };
}
