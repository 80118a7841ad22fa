/** Beds: single, double. The head is at -z, as the back of every class. */
import type { Dimensions } from '../graph/scene-graph.ts';
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import { type FurnitureClass, legs, type Shape, type Surface } from './furniture-class.ts';

function bed(b: MeshBuilder, s: Shape): void {
    const [x, z] = [s.w / 2, s.d / 2];
    const sleep = Math.min(s.params['seatHeight'] ?? 0.5, s.h * 0.9);
    const frame = s.pick('wood', 'wood2', 'fabric');
    const head = 0.07;
    legs(b, s, 'wood', 0, 0.13, 0.08, 0.026);
    b.box(frame, -x, 0, -z, x, s.h, -z + head, 0.025);
    b.box(frame, -x, 0.12, -z + head * 0.5, x, sleep - 0.2, z, 0.015);
    b.cushion('linen', -x + 0.03, sleep - 0.22, -z + head, x - 0.03, sleep - 0.01, z - 0.02, 0.12);
    // Duvet, folded back at the head.
    b.cushion('fabric2', -x + 0.008, sleep - 0.15, -z + s.d * 0.36, x - 0.008, sleep + 0.035, z - 0.004, 0.14);
    b.cushion('linen', -x + 0.006, sleep - 0.14, -z + s.d * 0.33, x - 0.006, sleep + 0.045, -z + s.d * 0.46, 0.18);
    const pillows = s.w > 1.15 ? 2 : 1;
    for (let i = 0; i < pillows; i++) {
        const cx = pillows === 1 ? 0 : (i - 0.5) * s.w * 0.48;
        const half = Math.min(0.34, s.w * 0.22 * (pillows === 1 ? 1.6 : 1));
        b.at({ x: cx, y: sleep - 0.02, z: -z + head + 0.25, pitch: -0.18 }, () =>
            b.cushion('linen', -half, 0, -0.2, half, Math.min(0.13, s.h - sleep), 0.2, 0.42)
        );
        const tall = Math.min(0.3, (s.h - sleep) * 0.9);
        if (s.random() < 0.6 && tall > 0.18)
            b.at({ x: cx, y: sleep + 0.02, z: -z + head + 0.4, pitch: -0.55 }, () =>
                b.cushion('cushion', -0.2, -0.02, -0.06, 0.2, tall, 0.06, 0.5)
            );
    }
    if (s.random() < 0.7)
        b.cushion('cushion2', -x - 0.0, sleep - 0.12, z - s.d * 0.24, x + 0.0, sleep + 0.05, z - s.d * 0.08, 0.14);
}

/** The duvet, from where it is folded back to the foot. */
function mattress(d: Dimensions, params: Readonly<Record<string, number>>): Surface[] {
    const sleep = Math.min(params['seatHeight'] ?? 0.5, d.height * 0.9);
    const z = d.depth / 2;
    const x = d.width / 2 - 0.1;
    return [{ name: 'mattress', y: sleep + 0.036, x0: -x, z0: -z + d.depth * 0.48, x1: x, z1: z - 0.1, clear: 0.6 }];
}

/** See the file comment. */
export const SLEEPING: readonly FurnitureClass[] = [
    {
        name: 'double_bed',
        width: [1.3, 1.6, 2.1],
        height: [0.75, 1.0, 1.3],
        depth: [1.95, 2.1, 2.3],
        support: 'floor',
        place: 'wall',
        front: 0.5,
        surfaces: mattress,
        build: bed
    },
    {
        name: 'single_bed',
        width: [0.8, 0.95, 1.2],
        height: [0.7, 0.9, 1.2],
        depth: [1.9, 2.05, 2.2],
        support: 'floor',
        place: 'wall',
        front: 0.4,
        surfaces: mattress,
        build: bed
    }
];
