/**
 * The Cornell box, made in code: five walls, two boxes and a light in the ceiling, 1 x 1 x 1 metres around the origin, 36
 * triangles. Geometry and reflectances follow the box measured at Cornell University (1998 data, reduced to RGB as in the
 * widespread version of it); its uses are tests, examples and benchmarks.
 */
import type { View } from '@mixreel/image';
import { IDENTITY, type Vec3 } from '../math/vector.ts';
import { createScene } from './create-scene.ts';
import type { Instance, Material, Mesh, Scene } from './scene.ts';
import { perspectiveView } from './view.ts';

/** A quad p, p + a, p + a + b, p + b; its front is where a x b points. */
export function quadMesh(p: Vec3, a: Vec3, b: Vec3): Mesh {
    const corners = [p, [0, 1, 2].map((k) => p[k]! + a[k]!), [0, 1, 2].map((k) => p[k]! + a[k]! + b[k]!)];
    corners.push([0, 1, 2].map((k) => p[k]! + b[k]!));
    return {
        positions: Float32Array.from(corners.flat() as number[]),
        uvs: Float32Array.of(0, 1, 1, 1, 1, 0, 0, 0),
        indices: Uint32Array.of(0, 1, 2, 0, 2, 3)
    };
}

/** An axis-aligned box of the given half sizes about the origin, turned about +y and moved; fronts outwards. */
export function boxMesh(center: Vec3, half: Vec3, turnRad = 0): Mesh {
    const c = Math.cos(turnRad);
    const s = Math.sin(turnRad);
    const positions: number[] = [];
    const indices: number[] = [];
    for (let axis = 0; axis < 3; axis++) {
        for (const side of [-1, 1]) {
            const first = positions.length / 3;
            for (const [u, v] of [
                [-1, -1],
                [1, -1],
                [1, 1],
                [-1, 1]
            ]) {
                const p = [0, 0, 0];
                p[axis] = side * half[axis]!;
                p[(axis + 1) % 3] = u! * half[(axis + 1) % 3]!;
                p[(axis + 2) % 3] = v! * half[(axis + 2) % 3]!;
                positions.push(c * p[0]! + s * p[2]! + center[0], p[1]! + center[1], c * p[2]! - s * p[0]! + center[2]);
            }
            const quad = side > 0 ? [0, 1, 2, 0, 2, 3] : [0, 2, 1, 0, 3, 2];
            indices.push(...quad.map((k) => first + k));
        }
    }
    return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** Materials that replace the boxes' white. */
export interface CornellBoxOptions {
    readonly tallBox?: Material;
    readonly shortBox?: Material;
}

/** See the file comment. The scene's view looks in through the open side. */
export function cornellBox(options: CornellBoxOptions = {}): Scene {
    const white: Material = { name: 'white', kind: 'diffuse', baseColor: [0.725, 0.71, 0.68] };
    const materials: Material[] = [
        white,
        { name: 'red', kind: 'diffuse', baseColor: [0.63, 0.065, 0.05] },
        { name: 'green', kind: 'diffuse', baseColor: [0.14, 0.45, 0.091] },
        { name: 'light', kind: 'diffuse', baseColor: [0.78, 0.78, 0.78], emission: [17, 12, 4] },
        options.tallBox ?? white,
        options.shortBox ?? white
    ];
    const parts: readonly [string, Mesh, number][] = [
        ['floor', quadMesh([-0.5, 0, 0.5], [1, 0, 0], [0, 0, -1]), 0],
        ['ceiling', quadMesh([-0.5, 1, -0.5], [1, 0, 0], [0, 0, 1]), 0],
        ['back wall', quadMesh([-0.5, 0, -0.5], [1, 0, 0], [0, 1, 0]), 0],
        ['left wall', quadMesh([-0.5, 0, 0.5], [0, 0, -1], [0, 1, 0]), 1],
        ['right wall', quadMesh([0.5, 0, -0.5], [0, 0, 1], [0, 1, 0]), 2],
        ['light', quadMesh([-0.12, 0.998, -0.1], [0.24, 0, 0], [0, 0, 0.19]), 3],
        ['tall box', boxMesh([-0.165, 0.3, -0.145], [0.148, 0.3, 0.148], 0.3), 4],
        ['short box', boxMesh([0.165, 0.15, 0.175], [0.148, 0.15, 0.148], -0.29), 5]
    ];
    const instances = parts.map(
        ([name, , material], mesh): Instance => ({
            name,
            mesh,
            material,
            transform: IDENTITY,
            semantics: { id: name, class: name, semanticId: mesh + 1, real: false }
        })
    );
    return createScene({
        meshes: parts.map(([, mesh]) => mesh),
        instances,
        materials,
        view: cornellView(1),
        semantics: { version: 1, classes: ['void', ...parts.map(([name]) => name)] }
    });
}

/** The usual view of {@link cornellBox}. */
export function cornellView(aspect: number): View {
    return perspectiveView({ position: [0, 0.5, 1.94], target: [0, 0.5, 0], fovYRad: 0.69, aspect });
}
