/**
 * Our tracer and three-gpu-pathtracer 0.0.26 (three 0.185.1) on the same geometry, camera and light, at the same depth, in the
 * same run of the same Chromium on SwiftShader; each in a page of its own, one after the other, ours before and after the peers.
 *
 * Like for like: rough dielectric surfaces without textures (MeshStandardMaterial there, glTF here), one rectangle of light
 * (theirs a RectAreaLight: they do not sample emissive meshes), no environment, no clamping, no roulette within the depth. The
 * pictures are compared as they are shown and written to `out/bench/`; `picture-difference` says how far apart they are.
 * Not like for like: theirs stops at `bounces` segments of a path in WebGL, ours and their WebGPU at `maxBounces` scatterings.
 * Their first sample takes one to three minutes to compile on a CPU.
 *
 * `--only peers/cornell-plain/64` is one scene at one size; `--only peers/cornell-plain/64/every-material` the row of ours with the
 * whole material model compiled in beside the peers, without pictures, in under four minutes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveFolder } from '@mixreel/harness';
import { readPng } from '@mixreel/image';
import { boxMesh, quadMesh } from '@mixreel/pathtracer';
import { readReferenceScene } from './scenes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const DEPTH = 4;
const OURS = ['streaming-soa', 'streaming-aos', 'megakernel'];
/** Ours with the whole material model compiled in. */
const FULL = 'streaming-soa-every-material';
const PEERS = ['three-gpu-pathtracer-webgpu', 'three-gpu-pathtracer-webgl'];
/** A call that has not come back by then is given up: the first samples compile for minutes. */
const CALL_MS = 900_000;

const plain = ({ positions, normals, indices }, color) => ({
    positions: [...positions],
    indices: [...indices],
    ...(normals ? { normals: [...normals] } : {}),
    color
});

/** The Cornell box without its lamp, and the lamp. */
function cornell() {
    const white = [0.725, 0.71, 0.68];
    return {
        meshes: [
            plain(quadMesh([-0.5, 0, 0.5], [1, 0, 0], [0, 0, -1]), white),
            plain(quadMesh([-0.5, 1, -0.5], [1, 0, 0], [0, 0, 1]), white),
            plain(quadMesh([-0.5, 0, -0.5], [1, 0, 0], [0, 1, 0]), white),
            plain(quadMesh([-0.5, 0, 0.5], [0, 0, -1], [0, 1, 0]), [0.63, 0.065, 0.05]),
            plain(quadMesh([0.5, 0, -0.5], [0, 0, 1], [0, 1, 0]), [0.14, 0.45, 0.091]),
            plain(boxMesh([-0.165, 0.3, -0.145], [0.148, 0.3, 0.148], 0.3), white),
            plain(boxMesh([0.165, 0.15, 0.175], [0.148, 0.15, 0.148], -0.29), white)
        ],
        camera: { position: [0, 0.5, 1.94], target: [0, 0.5, 0], fovYRad: 0.69, aspect: 1 },
        light: { corner: [-0.12, 0.998, -0.1], a: [0.24, 0, 0], b: [0, 0, 0.19], radiance: [17, 12, 4] }
    };
}

/** The meshes of a real scene, grey, seen by its own camera and lit by a softbox behind it. */
function greyScene(scene) {
    const {
        rotation: [x, y, z, w],
        position,
        projection
    } = scene.view;
    const right = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)];
    const up = [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)];
    const back = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
    const at = (r, u, b) => position.map((p, k) => p + r * right[k] + u * up[k] + b * back[k]);
    const meshes = scene.instances
        .filter(({ material }) => !scene.materials[material].emission?.some((value) => value > 0))
        .map(({ mesh, transform: m }) => {
            const { positions, indices } = scene.meshes[mesh];
            const world = new Float32Array(positions.length);
            for (let i = 0; i < positions.length; i += 3) {
                for (let k = 0; k < 3; k++) {
                    world[i + k] =
                        m[k] * positions[i] + m[4 + k] * positions[i + 1] + m[8 + k] * positions[i + 2] + m[12 + k];
                }
            }
            return plain({ positions: world, indices }, [0.5, 0.5, 0.5]);
        });
    const half = 0.5;
    return {
        meshes,
        camera: { position, target: at(0, 0, -1), fovYRad: 2 * Math.atan(1 / projection[5]), aspect: 1 },
        light: {
            corner: at(half, -half, 0.05),
            a: right.map((value) => -2 * half * value),
            b: up.map((value) => 2 * half * value),
            radiance: [12, 12, 12]
        }
    };
}

async function buildPage(outDir) {
    const { build } = await import('vite');
    await build({
        root: join(here, 'peers'),
        base: './',
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        // One three, the one of this workspace, whichever package asks for it.
        resolve: { dedupe: ['three'] },
        build: { outDir, emptyOutDir: true, target: 'esnext', modulePreload: false, chunkSizeWarningLimit: 8192 }
    });
}

const keyOf = ({ tracer, mode, full }) => (full ? FULL : (mode ?? tracer));

/** Runs one tracer in a page of its own. A peer that fails is told and left out. */
async function runTracer(session, origin, setting, { leastMs, pictureSamples, log }) {
    const { tracer, scene, size, mode, full = false } = setting;
    const name = keyOf(setting);
    const guard = await session.newPage({ widthPx: 320, heightPx: 320, failOnPageError: false });
    const call = (what, argument) =>
        guard.watch(guard.page.evaluate((key, value) => window.bench[key](value), what, argument));
    try {
        await guard.watch(guard.page.goto(`${origin}/index.html`));
        await guard.watch(guard.page.waitForFunction(() => window.bench !== undefined));
        const firstMs = await call('prepare', {
            tracer,
            scene,
            widthPx: size,
            heightPx: size,
            bounces: DEPTH,
            full,
            ...(mode ? { mode } : {})
        });
        const { samples, ms, frames } = await call('measure', leastMs);
        const pathsPerSecond = (samples * size * size * 1000) / ms;
        log(
            `${scene} ${size} ${name}: ${Math.round(pathsPerSecond)} paths/s (${samples.toFixed(1)} samples, ${frames} frames), ` +
                `first sample after ${(firstMs / 1000).toFixed(1)} s`
        );
        const shown =
            pictureSamples > 0
                ? await call('picture', { samples: pictureSamples, mostMs: 2 * leastMs + 20_000 })
                : null;
        return { pathsPerSecond, firstMs, samples, shown };
    } finally {
        await guard.page.close();
    }
}

const BLOCKS = 8;
const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** Linear channel sums over blocks of a shown picture, but for the pixels of the mask. */
function blocksOf({ widthPx, heightPx, channels, data }, masked) {
    const out = new Float64Array(3 * BLOCKS * BLOCKS);
    for (let i = 0; i < widthPx * heightPx; i++) {
        if (masked[i]) continue;
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        const block = Math.floor((y * BLOCKS) / heightPx) * BLOCKS + Math.floor((x * BLOCKS) / widthPx);
        for (let c = 0; c < 3; c++) out[block * 3 + c] += linear(data[i * channels + c] / 255);
    }
    return out;
}

/** Their lamp cannot be seen, ours can: pixels that ours shows as full white are left out of both. */
function compare(ours, theirs) {
    const [mine, other] = [readPng(ours), readPng(theirs)];
    const { widthPx, heightPx, channels, data } = mine;
    const masked = Uint8Array.from({ length: widthPx * heightPx }, (_, i) =>
        [0, 1, 2].some((c) => data[i * channels + c] === 255) ? 1 : 0
    );
    const [a, b] = [blocksOf(mine, masked), blocksOf(other, masked)];
    let [difference, sumA, sumB] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) {
        difference += Math.abs(a[i] - b[i]);
        sumA += a[i];
        sumB += b[i];
    }
    return { difference: difference / sumA, energy: sumB / sumA };
}

/** All tracers with their pictures, or only what the row of the whole material model needs, which takes under four minutes. */
async function compareAt(session, origin, { scene, size, fullOnly, log }) {
    const out = join(process.cwd(), 'out', 'bench');
    mkdirSync(out, { recursive: true });
    const place = `swiftshader/${scene}/${size}`;
    const options = { leastMs: 12_000, pictureSamples: fullOnly ? 0 : size <= 64 ? 64 : 8, log };
    const results = {};
    const peers = PEERS.map((tracer) => ({ tracer }));
    const full = { tracer: 'ours', mode: OURS[0], full: true };
    const settings = fullOnly
        ? [full, ...peers, full]
        : [{ tracer: 'ours', mode: OURS[0] }, ...peers, ...OURS.map((mode) => ({ tracer: 'ours', mode })), full];
    for (const setting of settings) {
        const key = keyOf(setting);
        const run = await runTracer(session, origin, { ...setting, scene, size }, options).catch((error) => {
            log(`${place}/${key} failed: ${error.message}`);
            return null;
        });
        if (!run) continue;
        const before = results[key];
        results[key] = before && before.pathsPerSecond > run.pathsPerSecond ? before : run;
        if (run.shown) writeFileSync(join(out, `${scene}-${size}-${key}.png`), pngOf(run.shown));
    }
    return figuresOf(place, results);
}

const pngOf = ({ png }) => Buffer.from(png.slice(png.indexOf(',') + 1), 'base64');

function figuresOf(place, results) {
    const figures = [];
    const best = results[OURS[0]];
    for (const [key, { pathsPerSecond, firstMs }] of Object.entries(results)) {
        const note = `in Chromium, first sample after ${(firstMs / 1000).toFixed(1)} s`;
        figures.push({
            name: `${place}/browser/${key}/paths-per-second`,
            value: pathsPerSecond,
            unit: '1/s',
            better: 'higher',
            note
        });
    }
    for (const peer of PEERS) {
        const theirs = results[peer];
        const full = results[FULL];
        if (theirs && full)
            figures.push({
                name: `${place}/every-material/ahead-of/${peer}`,
                value: full.pathsPerSecond / theirs.pathsPerSecond,
                unit: 'x',
                better: 'higher',
                note: `the full material model compiled in, ${Math.round(full.pathsPerSecond)} against ${Math.round(theirs.pathsPerSecond)} paths/s`
            });
        if (!theirs || !best) continue;
        const { difference, energy } = compare(pngOf(best.shown), pngOf(theirs.shown));
        figures.push(
            {
                name: `${place}/ahead-of/${peer}`,
                value: best.pathsPerSecond / theirs.pathsPerSecond,
                unit: 'x',
                better: 'higher',
                note: `${Math.round(best.pathsPerSecond)} against ${Math.round(theirs.pathsPerSecond)} paths/s`
            },
            {
                name: `${place}/picture-difference/${peer}`,
                value: difference,
                unit: 'x',
                better: 'lower',
                note: `8 x 8 blocks without the lamp; their energy over ours ${energy.toFixed(3)}, ${theirs.shown.samples.toFixed(0)} samples`
            }
        );
    }
    return figures;
}

export default async function peers({ quick, log, only }) {
    if (quick || (only && !'swiftshader/ahead-of/browser'.includes(only) && !only.startsWith('peers'))) return [];
    const wanted = (place) => !only?.startsWith('peers/') || place.startsWith(only) || only.startsWith(`${place}/`);
    const fullOnly = only?.endsWith('/every-material') ?? false;
    const scenes = { 'cornell-plain': cornell() };
    const read = wanted('peers/staircase2-grey') ? await readReferenceScene('staircase2', 64, log) : null;
    if (read) scenes['staircase2-grey'] = greyScene(read.scene);
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-peers-'));
    await buildPage(folder);
    const files = Object.fromEntries(
        Object.entries(scenes).map(([name, scene]) => [`/scenes/${name}.json`, Buffer.from(JSON.stringify(scene))])
    );
    const server = await serveFolder({ folder, files });
    const session = await launchBrowser({ origins: [server.origin], callTimeoutMs: CALL_MS });
    const figures = [];
    try {
        for (const [scene, size] of Object.keys(scenes).flatMap((name) => [
            [name, 64],
            [name, 256]
        ])) {
            // Their WebGPU tracer takes half a minute a frame at 256 x 256: the real scene is shown at 64 x 64.
            if (size > 64 && scene !== 'cornell-plain') continue;
            if (!wanted(`peers/${scene}/${size}`)) continue;
            figures.push(...(await compareAt(session, server.origin, { scene, size, fullOnly, log })));
        }
    } finally {
        await session.close();
        await server.close();
        rmSync(folder, { recursive: true, force: true });
    }
    return figures;
}
