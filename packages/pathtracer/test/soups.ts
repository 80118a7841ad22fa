/** Random triangles, and random instances of them, for the oracles of the traversal. */
import { Rng } from '@mixreel/core';
import { createScene } from '../src/scene/create-scene.ts';
import type { Instance, Mesh, Scene } from '../src/scene/scene.ts';

/** Triangles of every size and shape: tiny, long, flat in an axis, without area, stacked on one another. */
export function soup(seed: number, count: number): Mesh {
    const random = Rng.create(seed).stream('soup');
    const positions: number[] = [];
    const between = (a: number, b: number): number => a + (b - a) * random.float();
    for (let t = 0; t < count; t++) {
        const center = [between(-1, 1), between(-1, 1), between(-1, 1)];
        const size = 10 ** between(-4, 0);
        const kind = random.integer(6);
        const corners = [0, 1, 2].map(() => center.map((c) => c + between(-size, size)));
        if (kind === 0) for (const corner of corners) corner[random.integer(3)] = 0.25;
        if (kind === 1) corners[2] = [...corners[1]!];
        if (kind === 2) corners[2] = corners[0]!.map((x, k) => (x + corners[1]![k]!) / 2);
        if (kind === 3) for (const corner of corners) corner[1] = 0.5;
        positions.push(...corners.flat());
    }
    return {
        positions: Float32Array.from(positions),
        indices: Uint32Array.from({ length: count * 3 }, (_, i) => i)
    };
}

/** Meshes placed anew and anew: turned, scaled, mirrored; every other one is not there from behind. */
export function placed(seed: number, meshes: readonly Mesh[], instances: number): Scene {
    const random = Rng.create(seed).stream('instances');
    const list = Array.from({ length: instances }, (_, i): Instance => {
        const angle = random.float() * 6;
        const s = 0.3 + random.float();
        const mirror = random.integer(2) === 0 ? -1 : 1;
        const [c, n] = [Math.cos(angle) * s, Math.sin(angle) * s];
        const at = [0, 1, 2].map(() => random.float() * 2 - 1);
        const transform = [c * mirror, 0, -n * mirror, 0, 0, s, 0, 0, n, 0, c, 0, at[0]!, at[1]!, at[2]!, 1];
        return { mesh: i % meshes.length, material: (seed + i) % 2, transform };
    });
    return createScene({
        meshes,
        instances: list,
        materials: [{ kind: 'diffuse' }, { kind: 'diffuse', culled: true }]
    });
}
