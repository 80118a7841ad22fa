/** The view of a glTF document: its first camera, else one that sees all of it. */
import type { View } from '@mixreel/image';
import { normalize, quaternionFromAxes, transformPoint, transformVector, type Vec3 } from '../math/vector.ts';
import type { DocumentReader } from './gltf-document-reader.ts';
import { orthographicProjection, perspectiveProjection, perspectiveView } from './view.ts';

type Seen = Pick<DocumentReader, 'camera' | 'instances' | 'meshes'>;

/** `aspect`: width over height; default the camera's own, else 16 / 9. Null if there is nothing to see. */
export function readView(reader: Seen, aspect: number | undefined): View | null {
    if (!reader.camera) return defaultView(reader, aspect ?? 16 / 9);
    const { node, world } = reader.camera;
    const camera = node.getCamera()!;
    const x = normalize(transformVector(world, [1, 0, 0]));
    const z = normalize(transformVector(world, [0, 0, 1]));
    const y = normalize(transformVector(world, [0, 1, 0]));
    const [near, far] = [camera.getZNear(), camera.getZFar() ?? 1000];
    const orthographic = camera.getType() === 'orthographic';
    // glTF's magnifications are half the width and half the height of what is seen.
    const wide = aspect ?? (orthographic ? camera.getXMag() / camera.getYMag() : camera.getAspectRatio()) ?? 16 / 9;
    return {
        eye: 'mono',
        position: transformPoint(world, [0, 0, 0]),
        rotation: quaternionFromAxes(x, y, z),
        projection: orthographic
            ? orthographicProjection(Math.abs(camera.getYMag() * wide), Math.abs(camera.getYMag()), near, far)
            : perspectiveProjection(camera.getYFov(), wide, near, far)
    };
}

/** All of the scene from the front, a little from above; null if it has no vertices. */
function defaultView(reader: Seen, aspect: number): View | null {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const instance of reader.instances) {
        const { positions } = reader.meshes[instance.mesh]!;
        for (let i = 0; i < positions.length; i += 3) {
            const p = transformPoint(instance.transform, [positions[i]!, positions[i + 1]!, positions[i + 2]!]);
            for (let k = 0; k < 3; k++) {
                low[k] = Math.min(low[k]!, p[k]!);
                high[k] = Math.max(high[k]!, p[k]!);
            }
        }
    }
    if (!low.every(Number.isFinite) || !high.every(Number.isFinite)) return null;
    const center: Vec3 = [(low[0]! + high[0]!) / 2, (low[1]! + high[1]!) / 2, (low[2]! + high[2]!) / 2];
    const radius = Math.max(1e-3, Math.hypot(high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!) / 2);
    const fovYRad = 0.7;
    const distance = radius / Math.sin(fovYRad / 2 / Math.max(1, 1 / aspect));
    const position: Vec3 = [center[0] + distance * 0.35, center[1] + distance * 0.3, center[2] + distance * 0.88];
    return perspectiveView({ position, target: center, fovYRad, aspect });
}
