/**
 * Scenes as the packed GPU benchmark carries them: `<name>.glb`, and `<name>.exr` where light comes from all around. Written by
 * `npm run gpu:pack` with the importers, read on the GPU machine with what the bundle holds.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { Frame, readFrameExr, writeFrameExr } from '@mixreel/image';
import { decodeTextures } from '@mixreel/importers';
import { sceneFromDocument } from '@mixreel/pathtracer';

const io = () => new WebIO().registerExtensions(ALL_EXTENSIONS);

/** Pixels interleaved to planes, or back. */
function swapAxes(data, rows, columns) {
    const out = new Float32Array(data.length);
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
    return out;
}

/** Writes an imported scene. */
export async function writePackedScene(folder, name, { document, environment }) {
    writeFileSync(join(folder, `${name}.glb`), await io().writeBinary(document));
    if (!environment) return;
    const { widthPx, heightPx, data } = environment;
    const color = swapAxes(data, widthPx * heightPx, 3);
    writeFileSync(join(folder, `${name}.exr`), writeFrameExr(new Frame({ widthPx, heightPx, layers: { color } })));
}

/** Reads a scene that {@link writePackedScene} wrote; `aspect` is that of the picture. */
export async function readPackedScene(folder, name, aspect) {
    const document = await io().readBinary(new Uint8Array(readFileSync(join(folder, `${name}.glb`))));
    const path = join(folder, `${name}.exr`);
    let environment;
    if (existsSync(path)) {
        const { widthPx, heightPx, ...frame } = planes(readFrameExr(readFileSync(path)));
        environment = { widthPx, heightPx, data: swapAxes(frame.color, 3, widthPx * heightPx) };
    }
    const decodedTextures = decodeTextures(document);
    return sceneFromDocument(document, { decodedTextures, aspect, ...(environment ? { environment } : {}) });
}

function planes(frame) {
    return { widthPx: frame.widthPx, heightPx: frame.heightPx, color: frame.layer('color') };
}
