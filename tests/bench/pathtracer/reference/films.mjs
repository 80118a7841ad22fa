/**
 * What the comparison with reference pictures needs of the tracer: films of one scene in batches, and which material each pixel
 * shows.
 *
 * A batch is a film of its own seed, from 1 on. Batches are independent whatever sequence the sampler draws within one, so that
 * their spread is the noise, and their number may grow later: with MIXREEL_REFERENCE_FILMS=<folder> they are kept there, and a run
 * that was broken off goes on where it was.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The film of a seed: planar RGB means, as many floats as the picture has. */
export async function renderBatch(tracer, scene, { widthPx, heightPx, spp, seed }) {
    tracer.setView(scene.view, { widthPx, heightPx });
    const { rejected } = await tracer.render({ spp, seed });
    const { sum, count } = await tracer.readMoments();
    if (rejected > 0) throw new Error(`${rejected} samples were rejected`);
    return sum.map((value, i) => value / count[i % count.length]);
}

/** Batches 1 to `batches`, those that are kept from their files. `makeTracer` is called if one has to be rendered. */
export async function batchesOf(name, scene, { size, spp, batches }, makeTracer, log) {
    const folder = process.env['MIXREEL_REFERENCE_FILMS'];
    const floats = 3 * size.widthPx * size.heightPx;
    const films = [];
    for (let seed = 1; seed <= batches; seed++) {
        const path = folder && join(folder, `${name}-${size.widthPx}x${size.heightPx}-${spp}-${seed}.f32`);
        if (path && existsSync(path)) {
            const bytes = readFileSync(path);
            films.push(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4 * floats)));
            continue;
        }
        log(`${name}: batch ${seed} of ${batches}, ${spp} samples`);
        const film = await renderBatch(await makeTracer(), scene, { ...size, spp, seed });
        films.push(film);
        if (!path) continue;
        mkdirSync(folder, { recursive: true });
        writeFileSync(`${path}.tmp`, new Uint8Array(film.buffer, film.byteOffset, film.byteLength));
        renameSync(`${path}.tmp`, path);
    }
    return films;
}

/**
 * Name of the material that each pixel shows, or null at silhouettes: where not all of the reference's pixels that it covers, and
 * those around them, show the same. By one ray through the centre of each of the reference's pixels (the `instance` layer).
 */
export async function materialsOfPixels(tracer, scene, reference, { widthPx, heightPx }) {
    const { widthPx: columns, heightPx: rows } = reference;
    tracer.setView(scene.view, { widthPx: columns, heightPx: rows });
    const shown = (await tracer.readFrame()).layer('instance');
    // Scenes may have several materials of one name: with another picture or another light, say.
    const nameOf = (id) => (id > 0 ? scene.materials[scene.instances[id - 1].material].name : 'the sky');
    const factor = columns / widthPx;
    return Array.from({ length: widthPx * heightPx }, (_, i) => {
        const [x0, y0] = [(i % widthPx) * factor, Math.floor(i / widthPx) * factor];
        const name = nameOf(shown[y0 * columns + x0]);
        for (let y = Math.max(0, y0 - 1); y < Math.min(rows, y0 + factor + 1); y++) {
            for (let x = Math.max(0, x0 - 1); x < Math.min(columns, x0 + factor + 1); x++) {
                if (nameOf(shown[y * columns + x]) !== name) return null;
            }
        }
        return name;
    });
}
