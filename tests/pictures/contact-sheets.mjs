/**
 * Contact sheets of the scene generator, path-traced: every class of the catalogue, and twelve rooms.
 *
 *     node tests/pictures/contact-sheets.mjs catalogue|rooms [--tiles out/tiles] [--seconds 110]
 *
 * Tiles that are there already are kept, and after `--seconds` no new one is begun, so that a slow machine can go on later;
 * once all are there the sheet is written to `fixtures/pictures`. On two cores without a GPU the catalogue takes about
 * three minutes, the rooms about eight.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Rng } from '@mixreel/core';
import { createNodeDevice } from '@mixreel/gpu/node';
import { autoExposure, decodeFrame, writeFramePng, writePng } from '@mixreel/image';
import { decodeTexturesWith } from '@mixreel/importers';
import { Denoiser, PathTracer, perspectiveView, sceneFromDocument } from '@mixreel/pathtracer';
import { CATALOGUE, documentFromGraph, generateFromPlan, graphOfPlan, STYLE_NAMES } from '@mixreel/scenegen';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { tiles: { type: 'string', default: 'out/tiles' }, seconds: { type: 'string', default: '110' } }
});
const which = positionals[0];
const endMs = performance.now() + 1000 * Number(values.seconds);
mkdirSync(values.tiles, { recursive: true });

const tracerOf = async (device, document, more) => {
    const decodedTextures = await decodeTexturesWith(document, {}, {});
    return PathTracer.create(device, sceneFromDocument(document, { decodedTextures, ...more }), { maxBounces: 6 });
};

async function shoot(tracer, view, size, spp, file, exposure) {
    tracer.setView({ ...view, kind: 'projection' }, size);
    await tracer.render({ spp, seed: 1 });
    const frame = new Denoiser().next(await tracer.readFrame({ timeNs: 0 }));
    writeFileSync(file, writeFramePng(frame, { mapper: 'aces', exposure: exposure ?? autoExposure(frame) }));
}

/** Things stand this far from each other on one floor, metres: their shadows do not meet. */
const APART = 12;
const CATALOGUE_TILE = { widthPx: 112, heightPx: 98 };

/** All classes on one grey floor under a soft sky; styles take turns. */
async function catalogueTiles(device) {
    const names = [...CATALOGUE.keys()];
    const tiles = names.map((name) => join(values.tiles, `catalogue-${name}.png`));
    if (tiles.every(existsSync)) return tiles;
    const side = 11 * APART;
    const polygon = [
        [-APART, -APART],
        [side, -APART],
        [side, side],
        [-APART, side]
    ];
    const shell = graphOfPlan(
        { height: 10, rooms: [{ type: 'room', polygon }] },
        { rng: Rng.create(1), style: 'modern' }
    );
    const nodes = names.map((name, i) => {
        const { width, height, depth } = CATALOGUE.get(name);
        const dims = { width: width[1], height: height[1], depth: depth[1] };
        return {
            id: name,
            class: name,
            room: 'room-1',
            dims,
            pose: { x: APART * (i % 11), y: 0, z: APART * Math.floor(i / 11), yaw: 0 },
            support: { kind: 'floor', parent: 'floor-room-1' },
            variant: i % 5,
            locked: false,
            real: false,
            priority: 0.5,
            style: STYLE_NAMES[i % STYLE_NAMES.length],
            provenance: { generator: 'contact sheet', source: '' }
        };
    });
    const document = documentFromGraph({ ...shell, nodes: [...nodes, ...inTheMirror(nodes)] }, { shell: false });
    const floor = document.createMesh('floor').addPrimitive(quad(document, side));
    document.getRoot().listScenes()[0].addChild(document.createNode('ground').setMesh(floor));
    const tracer = await tracerOf(device, document, { environment: softSky() });
    for (const [i, node] of nodes.entries()) {
        if (existsSync(tiles[i]) || performance.now() > endMs) continue;
        const { dims, pose } = node;
        const radius = Math.hypot(dims.width, dims.height, dims.depth) / 2;
        const target = [pose.x, dims.height / 2, pose.z];
        // Boxes do not fill the sphere around them: nearer than it would ask, but for what is tall.
        const tall = dims.height > 1.3 * Math.max(dims.width, dims.depth);
        const far = ((tall ? 1.12 : 0.86) * radius) / Math.sin(0.2);
        const position = [target[0] + 0.45 * far, target[1] + 0.36 * far, target[2] + 0.82 * far];
        const aspect = CATALOGUE_TILE.widthPx / CATALOGUE_TILE.heightPx;
        const view = perspectiveView({ position, target, fovYRad: 0.4, aspect, near: far / 1000, far: far * 100 });
        await shoot(tracer, view, CATALOGUE_TILE, 8, tiles[i], 1);
    }
    tracer.destroy();
    return tiles;
}

/** A plant where the camera sees it in the mirror and not beside it. */
function inTheMirror(nodes) {
    const mirror = nodes.find((n) => n.class === 'mirror');
    const { width, height, depth } = CATALOGUE.get('plant');
    const pose = { ...mirror.pose, x: mirror.pose.x - 0.75, z: mirror.pose.z + 1.1 };
    const dims = { width: width[1], height: height[1], depth: depth[1] };
    return [{ ...mirror, id: 'in the mirror', class: 'plant', dims, pose, variant: 1 }];
}

function quad(document, side) {
    const buffer = document.getRoot().listBuffers()[0];
    const accessor = (type, data) => document.createAccessor().setType(type).setArray(data).setBuffer(buffer);
    const [a, b] = [-2 * APART, side + 2 * APART];
    const y = -0.001;
    const grey = document.createMaterial('ground').setBaseColorFactor([0.42, 0.43, 0.45, 1]).setMetallicFactor(0);
    return document
        .createPrimitive()
        .setAttribute('POSITION', accessor('VEC3', new Float32Array([a, y, a, a, y, b, b, y, b, b, y, a])))
        .setAttribute('NORMAL', accessor('VEC3', new Float32Array([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0])))
        .setIndices(accessor('SCALAR', new Uint16Array([0, 1, 2, 0, 2, 3])))
        .setMaterial(grey.setRoughnessFactor(0.9));
}

/** A white sky, brighter towards one side, so that forms have light and shade. */
function softSky() {
    const [widthPx, heightPx] = [64, 32];
    const data = new Float32Array(3 * widthPx * heightPx);
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const elevation = Math.PI * (0.5 - (y + 0.5) / heightPx);
            const azimuth = 2 * Math.PI * ((x + 0.5) / widthPx - 0.5);
            // The key light: a soft box, high on the left of the camera.
            const key = Math.exp(-(((azimuth - 2.4) / 0.45) ** 2) - ((elevation - 0.9) / 0.35) ** 2);
            const value = elevation < 0 ? 0.2 : 0.55 + 9 * key;
            data.set([value, value * 0.98, value * 0.95], 3 * (y * widthPx + x));
        }
    }
    return { widthPx, heightPx, data };
}

const ROOM_TILE = { widthPx: 400, heightPx: 300 };
const TYPES = [
    'living_room',
    'bedroom',
    'kitchen',
    'bathroom',
    'dining_room',
    'office',
    'meeting_room',
    'music_room',
    'hall',
    'living_room',
    'bedroom',
    'kitchen'
];

async function roomTiles(device) {
    const tiles = TYPES.map((type, i) => join(values.tiles, `room-${i}-${type}.png`));
    for (const [i, type] of TYPES.entries()) {
        if (existsSync(tiles[i]) || performance.now() > endMs) continue;
        const small = type === 'bathroom' || type === 'hall';
        const [w, d] = small ? [3.2, 2.8] : [5.2 - 0.1 * (i % 4), 4.2];
        const polygon = [
            [0, 0],
            [w, 0],
            [w, d],
            [0, d]
        ];
        const openings = [
            { type: 'door', wall: 0, offset: 0.7, width: 0.9 },
            { type: 'window', wall: 2, offset: w / 2, width: Math.min(1.8, w - 1) },
            ...(small ? [] : [{ type: 'window', wall: 1, offset: d / 2, width: 1.4 }])
        ];
        const style = STYLE_NAMES[i % STYLE_NAMES.length];
        const { graph } = generateFromPlan(
            { rooms: [{ type, polygon, openings }] },
            { rng: Rng.create(i), seed: i, style }
        );
        const { position, target, yfov } = graph.viewpoints[0];
        const tracer = await tracerOf(device, documentFromGraph(graph), {});
        const aspect = ROOM_TILE.widthPx / ROOM_TILE.heightPx;
        const view = perspectiveView({ position, target, fovYRad: yfov, aspect, near: 0.05, far: 100 });
        await shoot(tracer, view, ROOM_TILE, 5, tiles[i], null);
        tracer.destroy();
    }
    return tiles;
}

/** Tiles row by row on one picture, a line between them. */
function sheet(files, columns, { widthPx, heightPx }) {
    const [wide, high] = [columns * widthPx, Math.ceil(files.length / columns) * heightPx];
    const data = new Uint8Array(3 * wide * high).fill(60);
    files.forEach((file, i) => {
        const color = decodeFrame(readFileSync(file)).layer('color');
        const [x0, y0] = [(i % columns) * widthPx, Math.floor(i / columns) * heightPx];
        for (let y = 0; y < heightPx - 1; y++)
            for (let x = 0; x < widthPx - 1; x++)
                for (let c = 0; c < 3; c++) {
                    const value = color[(c * heightPx + y) * widthPx + x];
                    const coded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
                    data[3 * ((y0 + y) * wide + x0 + x) + c] = Math.round(255 * Math.min(1, Math.max(0, coded)));
                }
    });
    return writePng({ widthPx: wide, heightPx: high, channels: 3, bitDepth: 8, data }, { level: 9 });
}

const device = await createNodeDevice();
const [tiles, columns, size] =
    which === 'rooms' ? [await roomTiles(device), 4, ROOM_TILE] : [await catalogueTiles(device), 13, CATALOGUE_TILE];
device.destroy();
const missing = tiles.filter((tile) => !existsSync(tile)).length;
if (missing > 0) console.log(`${missing} tiles are still to be made: run this again`);
else {
    const out = new URL(`../../fixtures/pictures/${which}.png`, import.meta.url);
    writeFileSync(out, sheet(tiles, columns, size));
    console.log(`fixtures/pictures/${which}.png`);
}
