/**
 * The path tracer's table on a real GPU, bundled by `npm run gpu:pack` into one file that runs on a bare machine:
 *
 *     .gpu/run.sh bench.mjs [--quick] [--minutes N]
 *
 * Writes `gpu.json` (figures under the names of `npm run bench`, with machine, driver and commit) and a picture of each scene to
 * $OUT, default `out`. Rows that the time no longer allows are left out and named in `skipped`; what fails is named in
 * `failures`, and the rest goes on. `--quick` renders tiny pictures: it shows that everything works, not how fast.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createNodeDevice } from '@mixreel/gpu/node';
import { writeFramePng } from '@mixreel/image';
import { PathTracer } from '@mixreel/pathtracer';
import { noisyKnot } from '../noisy-knot.mjs';
import { readPackedScene } from './packed-scene.mjs';
import { refitFigures } from './refit.mjs';
import { depthCurve, sceneTable } from './scene-table.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.env.OUT ?? 'out');
const { values: options } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, minutes: { type: 'string', default: '7.5' } }
});
const { quick } = options;
const started = performance.now();
const deadline = started + Number(options.minutes) * 60_000;
const log = (text) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);

function driverOf() {
    const query = spawnSync('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'], {
        encoding: 'utf8'
    });
    return query.status === 0 ? query.stdout.trim() : null;
}

const packed = JSON.parse(readFileSync(join(folder, 'packed.json'), 'utf8'));
mkdirSync(out, { recursive: true });
const device = await createNodeDevice();
const result = {
    area: 'pathtracer',
    commit: packed.commit,
    machine: {
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        system: `${platform()} ${release()}`,
        node: process.version
    },
    device: { ...device.info, nvidia: driverOf() },
    startedAt: new Date(performance.timeOrigin).toISOString(),
    quick,
    figures: [],
    curve: [],
    kernels: {},
    skipped: [],
    failures: []
};
log(`${device.info.description} (${device.info.driver}), commit ${packed.commit}`);

/** Writes after every step: a machine that is taken away leaves what was measured. */
function save() {
    result.seconds = Math.round((performance.now() - started) / 1000);
    writeFileSync(join(out, 'gpu.json'), `${JSON.stringify(result, null, 2)}\n`);
}

async function step(name, work) {
    if (performance.now() > deadline) {
        result.skipped.push(name);
        return;
    }
    try {
        const made = await work();
        result.figures.push(...(made.figures ?? []));
        result.curve.push(...(made.curve ?? []));
        Object.assign(result.kernels, made.kernels ?? {});
        for (const { name: figure, value, unit } of made.figures ?? [])
            log(`${figure} ${value.toPrecision(4)} ${unit}`);
    } catch (error) {
        result.failures.push({ name, message: String(error?.message ?? error) });
        log(`${name} FAILED: ${error?.stack ?? error}`);
    }
    save();
}

async function picture(scene, name, size) {
    const tracer = await PathTracer.create(device, scene, { maxBounces: 8 });
    tracer.setView(scene.view, size);
    await tracer.render({ spp: quick ? 1 : 64 });
    writeFileSync(join(out, `${name}.png`), writeFramePng(await tracer.readFrame(), { mapper: 'aces2' }));
    tracer.destroy();
    return {};
}

const scenes = new Map();
for (const { name, widthPx, heightPx } of packed.scenes) {
    const size = quick ? { widthPx: 48, heightPx: Math.round((48 * heightPx) / widthPx) } : { widthPx, heightPx };
    await step(name, async () => {
        const scene = await readPackedScene(folder, name, size.widthPx / size.heightPx);
        scenes.set(name, { scene, size });
        log(`${name}: ${scene.triangleCount} triangles`);
        return sceneTable(device, name, scene, size, { quick, log, traffic: packed.traffic });
    });
    await step(`${name} picture`, () => picture(scenes.get(name).scene, name, size));
}
await step('refit', () => refitFigures(device, noisyKnot(quick ? 71 : undefined), { quick }));
await step('depth curve', () => {
    const [name] = ['living-room', 'staircase2', 'cornell-box'].filter((known) => scenes.has(known));
    const { scene, size } = scenes.get(name);
    return depthCurve(device, name, scene, size, { quick, log, deadline });
});
save();
log(`${result.figures.length} figures in ${join(out, 'gpu.json')}`);
device.destroy();
process.exit(result.failures.length > 0 ? 1 : 0);
