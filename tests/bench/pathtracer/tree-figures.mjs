/**
 * What a scene's hierarchy costs: time to build it and its SAH cost. The time is that of `PathTracer.create` up to the last word of
 * the builder, on one thread: boxes of all triangles, the tree or trees, and both of them where spatial splits are tried. Packing
 * and uploads come after.
 */
import { performance } from 'node:perf_hooks';

/** Options and progress for `PathTracer.create`, and what they saw. */
export function watchBuild() {
    const start = performance.now();
    let ms = 0;
    return {
        options: { buildIn: 'inline' },
        progress: {
            report(_done, _total, label) {
                if (label === 'building the BVH') ms = performance.now() - start;
            }
        },
        seconds: () => ms / 1000
    };
}

/** Rows of a scene. */
export function treeFigures(place, seconds, { sahCost, triangles, bvhBytes, triangleBytes }) {
    const each = `${(bvhBytes / triangles).toFixed(1)} B of tree and ${(triangleBytes / triangles).toFixed(0)} B of data a triangle`;
    const lower = (name, value, unit, note) => ({ name: `${place}/${name}`, value, unit, better: 'lower', note });
    return [
        lower('bvh-build-seconds', seconds, 's', `${triangles} triangles, one thread`),
        lower('sah-cost', sahCost, 'x', `${triangles} triangles, ${each}`)
    ];
}
