/**
 * Building the hierarchy of a million triangles, single-threaded, with three-mesh-bvh's SAH build of the same mesh beside it: a
 * noisy torus knot, made in code. Times are of the whole way from triangles to a tree; CPU time stands in the note, for machines
 * that do other work at the same time. Both trees' SAH costs are worked out by one function here: traversal step and
 * triangle cost 1 each, area relative to the root.
 */
import { performance } from 'node:perf_hooks';
import { buildBvh, packWideBvh } from '@mixreel/pathtracer';
import { noisyKnot } from './noisy-knot.mjs';

function boxesOf({ positions: p, indices }) {
    const boxes = new Float32Array(indices.length * 2);
    for (let i = 0; i < indices.length; i += 3) {
        const a = indices[i] * 3;
        const b = indices[i + 1] * 3;
        const c = indices[i + 2] * 3;
        for (let k = 0; k < 3; k++) {
            boxes[i * 2 + k] = Math.min(p[a + k], p[b + k], p[c + k]);
            boxes[i * 2 + 3 + k] = Math.max(p[a + k], p[b + k], p[c + k]);
        }
    }
    return boxes;
}

/** Best wall time of some runs, with the CPU time of that run; the last result. */
function time(runs, work) {
    let best = { seconds: Infinity, cpu: 0 };
    let result;
    for (let run = 0; run < runs; run++) {
        const cpu = process.cpuUsage();
        const start = performance.now();
        result = work();
        const seconds = (performance.now() - start) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        if (seconds < best.seconds) best = { seconds, cpu: (user + system) / 1e6 };
    }
    return { ...best, result };
}

/** SAH cost of a three-mesh-bvh tree, by its own walk over the nodes: traversal and triangle cost 1. */
function peerCost(bvh) {
    let cost = 0;
    let root = 0;
    bvh.traverse((depth, isLeaf, box, _offset, count) => {
        const [dx, dy, dz] = [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
        const area = dx * dy + dy * dz + dz * dx;
        if (depth === 0) root = area;
        cost += area * (isLeaf ? count : 1);
    });
    return cost / root;
}

export default async function bvh({ quick, log, only }) {
    if (only && !'bvh/1m'.includes(only) && !only.startsWith('bvh/')) return [];
    const mesh = noisyKnot();
    const runs = quick ? 2 : 3;
    const ours = time(runs, () => buildBvh(boxesOf(mesh)));
    const tree = ours.result;
    const packed = time(runs, () => packWideBvh(tree));
    const triangles = mesh.indices.length / 3;
    log(`bvh: ${triangles} triangles in ${ours.seconds.toFixed(2)} s, ${ours.cpu.toFixed(2)} s of CPU`);
    const note = `boxes and tree; ${ours.cpu.toFixed(2)} s of CPU, ${triangles} triangles`;
    const figures = [
        { name: 'bvh/1m/sah-cost', value: tree.sahCost, unit: 'x', better: 'lower', note: 'traversal and triangle 1' },
        {
            name: 'bvh/1m/pack-seconds',
            value: packed.seconds,
            unit: 's',
            better: 'lower',
            note: `to the wide nodes of the kernels; ${packed.cpu.toFixed(2)} s of CPU`
        },
        {
            name: 'bvh/1m/bytes-per-triangle',
            value: packed.result.nodes.byteLength / triangles,
            unit: 'B',
            better: 'lower',
            note: 'the wide tree alone; triangles take 96 more'
        }
    ];
    if (quick) {
        return [{ name: 'bvh/1m/build-seconds', value: ours.seconds, unit: 's', better: 'lower', note }, ...figures];
    }
    const { BufferAttribute, BufferGeometry } = await import('three');
    const { MeshBVH, SAH } = await import('three-mesh-bvh');
    const theirs = time(1, () => {
        const geometry = new BufferGeometry();
        geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
        geometry.setIndex(new BufferAttribute(mesh.indices.slice(), 1));
        return new MeshBVH(geometry, { strategy: SAH, maxDepth: 64, targetLeafSize: 4 });
    });
    const cost = peerCost(theirs.result);
    const peer = 'three-mesh-bvh 0.9.17 SAH';
    return [
        {
            name: 'bvh/1m/build-seconds',
            value: ours.seconds,
            unit: 's',
            better: 'lower',
            against: { name: peer, value: theirs.seconds },
            note
        },
        {
            name: 'bvh/1m/ahead-of/three-mesh-bvh-sah',
            value: theirs.cpu / ours.cpu,
            unit: 'x',
            better: 'higher',
            note: `CPU time, theirs ${theirs.cpu.toFixed(2)} s`
        },
        {
            name: 'bvh/1m/sah-cost-over-three-mesh-bvh',
            value: tree.sahCost / cost,
            unit: 'x',
            better: 'lower',
            note: `theirs ${cost.toFixed(2)}, at most 4 triangles a leaf in both`
        },
        ...figures
    ];
}
