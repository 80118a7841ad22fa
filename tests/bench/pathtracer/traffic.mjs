/**
 * Bytes of path state and queues that the streaming kernels move: exact, from the rows that each kernel loads and stores for an
 * item and from the kernels' own counters. What the scene's buffers are read for (tree, triangles, tables, textures) is not in
 * it; nor are counters and indirect arguments, some hundred bytes a bounce.
 *
 * The table below repeats the kernels of `shaders/pathtracer`; `trafficIsKnown` counts the loads and stores in their
 * text: figures of kernels that have changed since are not printed.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROW = 16;
const SLOT = 4;

/**
 * Loads of rows, stores of rows and accesses of single words in each kernel's text, and the bytes that they come to. `b`:
 * counters of a bounce.
 */
const KERNELS = {
    // Queue, origin, direction, throughput, radiance: startPath in state.wgsl.
    path_init: { calls: [0, 0, 0], bytes: (b, bounce) => (bounce === 0 ? b.rays * (SLOT + 4 * ROW) : 0) },
    // Queue, origin, direction; a hit: its row, the instance and the queue; a miss: the queue.
    intersect: {
        calls: [2, 1, 1],
        bytes: (b) => b.rays * (SLOT + 2 * ROW) + b.hits * (ROW + 4 + SLOT) + b.misses * SLOT
    },
    // Queue, hit, instance, direction, throughput, ray cone; at bounce 0 the flags; a shadow ray: three rows and the queue. The radiance
    // of lamps that are hit, the two rows that scenes with a light tree load and what paths inside media store are left out.
    hit: {
        calls: [5, 6, 1],
        bytes: (b, bounce) => b.hits * (SLOT + 4 * ROW + 4 + (bounce === 0 ? ROW : 0)) + b.shadowRays * (3 * ROW + SLOT)
    },
    shadow_test: { calls: [2, 0, 0], bytes: (b) => b.shadowRays * (SLOT + 2 * ROW) + b.lit * SLOT },
    light_contribution: { calls: [2, 1, 0], bytes: (b) => b.lit * (SLOT + 3 * ROW) },
    // Queue, direction, throughput, hit, instance, ray cone; what goes on: three rows and the queue.
    bsdf_sample: {
        calls: [2, 4, 2],
        bytes: (b, _bounce, next) => (next ? b.hits * (SLOT + 4 * ROW + 4) + next.rays * (3 * ROW + SLOT) : 0)
    },
    miss: { calls: [3, 1, 0], bytes: (b) => b.misses * (SLOT + 4 * ROW) },
    // Radiance, flags: gathered in state.wgsl.
    develop: { calls: [0, 0, 0], bytes: (b, bounce) => (bounce === 0 ? b.rays * 2 * ROW : 0) }
};

/** False, and tells, if a kernel's text has other loads and stores than the table. */
export function trafficIsKnown(log) {
    for (const [name, { calls }] of Object.entries(KERNELS)) {
        const path = fileURLToPath(new URL(`../../../shaders/pathtracer/${name}.wgsl`, import.meta.url));
        const text = readFileSync(path, 'utf8');
        const found = ['loadRow(', 'storeRow(', 'paths['].map((call) => text.split(call).length - 1);
        if (found.join() === calls.join()) continue;
        log(
            `${name}.wgsl has ${found} loads, stores, words; traffic.mjs knows ${calls}: correct its bytes; left out until then`
        );
        return false;
    }
    return true;
}

/** Bytes moved for the counted paths, by kernel. */
export function trafficOf({ bounces }) {
    const bytes = {};
    for (const [name, kernel] of Object.entries(KERNELS)) {
        bytes[name] = bounces.reduce((sum, b, i) => sum + kernel.bytes(b, i, bounces[i + 1]), 0);
    }
    return bytes;
}
