/**
 * Pictures by the thousand from a few minutes of path tracing: batches of 16 samples are rendered once (and kept in
 * `out/bench`), and a picture of 256 samples is 16 of them, merged exactly. Two pictures of a pair share no batch, so they
 * are as independent as two renders; a pair without a change is a random split of equals, whatever the batches hold.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '@mixreel/core';
import { hasRoom, renderBatch } from './mini-tracer.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'out', 'bench');
export const SIZE = 256;
export const BATCH_SPP = 16;
const VALUES = 3 * SIZE * SIZE;

/** Batches without the small sphere (null) or with it somewhere, rendered or read. */
export function batchPool(count, small, log) {
    const what = small ? `at-${small.x.toFixed(3)}-${small.y.toFixed(3)}` : 'none';
    const seedOf = (i) => (small ? Rng.create('mini').stream(what, i).integer(1_000_000) : 1_000_000 + i);
    return Array.from({ length: count }, (_, i) => {
        const path = join(folder, `mini-${SIZE}-${BATCH_SPP}-${what}-${i}.bin`);
        if (existsSync(path)) {
            const bytes = readFileSync(path);
            const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
            return { mean: floats.subarray(0, VALUES), m2: floats.subarray(VALUES) };
        }
        if (i % 8 === 0) log(`rendering batch ${i} of ${count} (${what})`);
        const batch = renderBatch({ size: SIZE, spp: BATCH_SPP, seed: seedOf(i), small });
        mkdirSync(folder, { recursive: true });
        const both = new Float32Array(2 * VALUES);
        both.set(batch.mean);
        both.set(batch.m2, VALUES);
        writeFileSync(`${path}.tmp`, both);
        renameSync(`${path}.tmp`, path);
        return batch;
    });
}

/** One picture: sums and sums of squares of its batches, in double precision. */
export function mergeBatches(batches) {
    const sum = new Float64Array(VALUES);
    const squares = new Float64Array(VALUES);
    for (const { mean, m2 } of batches) {
        for (let i = 0; i < VALUES; i++) {
            sum[i] += mean[i];
            squares[i] += m2[i] + BATCH_SPP * mean[i] * mean[i];
        }
    }
    const k = batches.length;
    const mean = new Float32Array(VALUES);
    const m2 = new Float32Array(VALUES);
    for (let i = 0; i < VALUES; i++) {
        const centre = sum[i] / k;
        mean[i] = centre;
        m2[i] = Math.max(0, squares[i] - BATCH_SPP * k * centre * centre);
    }
    return { widthPx: SIZE, heightPx: SIZE, channels: 3, count: k * BATCH_SPP, mean, m2 };
}

/** Places of the small sphere, the same each time. */
export function placesOf(count) {
    const rng = Rng.create('harness-bench').stream('places');
    const places = [];
    while (places.length < count) {
        const [x, y] = [1.7 * rng.float() - 0.85, 1.7 * rng.float() - 0.85];
        if (hasRoom(x, y)) places.push({ x, y });
    }
    return places;
}

/** Two disjoint choices of `each` out of `n`, by a named stream. */
export function disjointChoices(n, each, trial) {
    const order = Rng.create('harness-bench')
        .stream('pair', trial)
        .shuffle(Array.from({ length: n }, (_, i) => i));
    return [order.slice(0, each), order.slice(each, 2 * each)];
}
