/** What a converted scene shows, in its own world, for comparing with what was asked for. */
import type { Document, Material } from '@gltf-transform/core';
import { transformPoint, type Vec3 } from '../src/convert/mat4.ts';

export interface PlacedTriangle {
    readonly corners: readonly [Vec3, Vec3, Vec3];
    /** By the winding and the sign of the transform, as glTF says. */
    readonly normal: Vec3;
    readonly material: Material;
}

export function placedTriangles(document: Document): PlacedTriangle[] {
    const out: PlacedTriangle[] = [];
    for (const node of document.getRoot().listNodes()) {
        const matrix = node.getWorldMatrix();
        for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
            const positions = primitive.getAttribute('POSITION')!;
            const indices = primitive.getIndices()!;
            for (let i = 0; i < indices.getCount(); i += 3) {
                const corners = [0, 1, 2].map((k) => {
                    const p = positions.getElement(indices.getScalar(i + k), []) as unknown as Vec3;
                    return transformPoint(matrix, p);
                }) as unknown as [Vec3, Vec3, Vec3];
                const [a, b, c] = corners;
                const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
                const v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
                const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
                const m = matrix;
                const det =
                    m[0] * (m[5] * m[10] - m[6] * m[9]) -
                    m[4] * (m[1] * m[10] - m[2] * m[9]) +
                    m[8] * (m[1] * m[6] - m[2] * m[5]);
                const scale = Math.sign(det) / (Math.hypot(...n) || 1);
                out.push({
                    corners,
                    normal: n.map((x) => x * scale) as unknown as Vec3,
                    material: primitive.getMaterial()!
                });
            }
        }
    }
    return out;
}

/** Where a point of the world lies on the screen: x right, y up, -1 to 1; undefined behind the camera. */
export function project(document: Document, point: Vec3): [number, number] | undefined {
    const node = document
        .getRoot()
        .listNodes()
        .find((n) => n.getCamera());
    const camera = node!.getCamera()!;
    const m = node!.getWorldMatrix();
    const d = [point[0] - m[12], point[1] - m[13], point[2] - m[14]];
    const local = [0, 4, 8].map((at) => m[at]! * d[0]! + m[at + 1]! * d[1]! + m[at + 2]! * d[2]!);
    if (local[2]! >= 0) return undefined;
    const tan = Math.tan(camera.getYFov() / 2);
    return [local[0]! / -local[2]! / tan / camera.getAspectRatio()!, local[1]! / -local[2]! / tan];
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
