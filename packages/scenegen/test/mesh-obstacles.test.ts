import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { generateFromCapture, readCapture } from '../src/index.ts';
import { CAPTURES, captureJson, fixtureCapture } from './support/captures.ts';

/** A mesh entity of boxes [x0, y0, z0, x1, y1, z1], world axes. */
function meshEntity(
    boxes: readonly (readonly [number, number, number, number, number, number])[]
): Record<string, unknown> {
    const vertices: number[] = [];
    const indices: number[] = [];
    for (const [x0, y0, z0, x1, y1, z1] of boxes) {
        const base = vertices.length / 3;
        for (let i = 0; i < 8; i++) vertices.push(i & 1 ? x1 : x0, i & 2 ? y1 : y0, i & 4 ? z1 : z0);
        for (const [a, b, c, d] of [
            [0, 1, 3, 2],
            [4, 5, 7, 6],
            [0, 1, 5, 4],
            [2, 3, 7, 6],
            [0, 2, 6, 4],
            [1, 3, 7, 5]
        ]) {
            indices.push(base + a!, base + b!, base + c!, base + a!, base + c!, base + d!);
        }
    }
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    return {
        uuid: 'mesh',
        semanticLabel_META: 'GLOBAL_MESH',
        locatable_META: { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } },
        triangleMesh_META: {
            vertices: base64(new Uint8Array(new Float32Array(vertices).buffer)),
            indices: base64(new Uint8Array(new Uint32Array(indices).buffer))
        }
    };
}

function withMesh(...boxes: (readonly [number, number, number, number, number, number])[]): unknown {
    const json = fixtureCapture() as { spatialEntities: unknown[] };
    json.spatialEntities.push(meshEntity(boxes));
    return json;
}

describe('a scan', () => {
    it('shows an obstacle that no label names, to 6 cm, and the scene covers it', () => {
        const capture = readCapture(withMesh([4, 0, 0.6, 4.5, 0.85, 1.1]));
        const found = capture.objects.filter((o) => o.label === 'obstacle');
        expect(found).toHaveLength(1);
        // Cells are 5 cm: each side may gain one cell's worth.
        expect(Math.abs(found[0]!.x - 4.25)).toBeLessThan(0.06);
        expect(Math.abs(found[0]!.z - 0.85)).toBeLessThan(0.06);
        expect(found[0]!.width).toBeGreaterThanOrEqual(0.5);
        expect(found[0]!.width).toBeLessThanOrEqual(0.62);
        expect(found[0]!.height).toBeCloseTo(0.85, 2);
        const { graph, certificate } = generateFromCapture(capture, { rng: Rng.create(1) });
        expect(certificate).toMatchObject({ valid: true, realExposed: 0 });
        expect(graph.nodes.some((n) => n.covers?.some((c) => c.startsWith('real-obstacle')))).toBe(true);
    });

    it('adds nothing for walls, floor, ceiling, named furniture and what lies flat', () => {
        const capture = readCapture(
            withMesh(
                [-0.05, 0, 0, 0.05, 2.6, 4],
                [0, -0.02, 0, 5, 0.02, 4],
                [0, 2.58, 0, 5, 2.62, 4],
                [1.65, 0, 3.05, 3.55, 0.8, 3.95],
                [2, 0, 0.5, 3, 0.1, 1.5]
            )
        );
        expect(capture.objects.filter((o) => o.label === 'obstacle')).toEqual([]);
    });

    it('can be left out', () => {
        expect(
            readCapture(withMesh([4, 0, 0.6, 4.5, 0.85, 1.1]), { scan: false }).objects.some(
                (o) => o.label === 'obstacle'
            )
        ).toBe(false);
    });

    it.each(CAPTURES)(
        'of %s explains the real mesh: what is left uncovered at body height is under 3 %% of the floor',
        (name) => {
            const capture = readCapture(captureJson(name));
            const boxes = capture.objects.filter((o) => !o.onWall);
            const seen = new Set<string>();
            let bare = 0;
            for (const mesh of capture.meshes) {
                for (let i = 0; i < mesh.positions.length; i += 3) {
                    const [x, y, z] = [
                        mesh.positions[i]!,
                        mesh.positions[i + 1]! - capture.floorY,
                        mesh.positions[i + 2]!
                    ];
                    if (y < 0.2 || y > 1.8) continue;
                    const key = `${Math.floor(x / 0.1)},${Math.floor(z / 0.1)}`;
                    if (seen.has(key)) continue;
                    // 0.2 m: the scan's bulge at walls and boxes, and a cell of this test.
                    const inRoom = capture.polygon.every(([ax, az], k) => {
                        const [bx, bz] = capture.polygon[(k + 1) % capture.polygon.length]!;
                        const length = Math.hypot(bx - ax, bz - az);
                        const t = ((x - ax) * (bx - ax) + (z - az) * (bz - az)) / length;
                        const off = (-(x - ax) * (bz - az) + (z - az) * (bx - ax)) / length;
                        return t < -0.2 || t > length + 0.2 || off > 0.2 || off < -1;
                    });
                    const inBox = boxes.some((b) => {
                        const [s, c] = [Math.sin(b.yaw), Math.cos(b.yaw)];
                        const [dx, dz] = [x - b.x, z - b.z];
                        return (
                            Math.abs(dx * c - dz * s) < b.width / 2 + 0.2 &&
                            Math.abs(dx * s + dz * c) < b.depth / 2 + 0.2
                        );
                    });
                    if (!inRoom || inBox) continue;
                    seen.add(key);
                    bare++;
                }
            }
            const xs = capture.polygon.map((p) => p[0]);
            const zs = capture.polygon.map((p) => p[1]);
            const floor = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...zs) - Math.min(...zs));
            expect((bare * 0.01) / floor).toBeLessThan(0.03);
        }
    );
});
