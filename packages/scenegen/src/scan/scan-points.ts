/** A scan as points: sampled from a mesh or read from a point cloud. Metres, y up. */
import { badInput } from '@mixreel/core';
import { sampleMesh } from '../capture/sample-mesh.ts';
import { CAPTURE_LIMITS, type TriangleMesh } from '../capture/spatial-entity.ts';

/** x, y, z of each point. */
export type ScanPoints = Float32Array;

/** Distance between samples of a mesh, metres. */
const SPACING = 0.04;

/** Points on the triangles of a scan. */
export function pointsOfMesh(...meshes: readonly TriangleMesh[]): ScanPoints {
    const out: number[] = [];
    for (const mesh of meshes) sampleMesh(mesh, SPACING, (x, y, z) => void out.push(x, y, z));
    return Float32Array.from(out);
}

/** Checks points that come from outside. */
export function checkPoints(points: ScanPoints): ScanPoints {
    const count = points.length / 3;
    if (!Number.isInteger(count) || count < 100 || count > 8 * CAPTURE_LIMITS.vertices)
        throw badInput(`the scan has ${count} points`, `100 to ${8 * CAPTURE_LIMITS.vertices}`, 'Scan the room again');
    for (let i = 0; i < points.length; i++)
        if (!(Math.abs(points[i]!) < CAPTURE_LIMITS.metres))
            throw badInput(
                `coordinate ${i} of the scan is ${points[i]}`,
                'finite metres under 1000',
                'Remove broken points'
            );
    return points;
}
