/** `mixreel run`: the main job. A real room through the whole chain, and a report of what came out at the far end. */
import { join } from 'node:path';
import { writeMxr } from '@mixreel/codec';
import { type Progress, Rng, subProgress } from '@mixreel/core';
import { provideBrowser, writeReport } from '@mixreel/harness';
import { type Frame, TONE_MAPPERS } from '@mixreel/image';
import { Denoiser } from '@mixreel/pathtracer';
import { documentFromGraph, generateFromCapture, glbFromGraph, readCapture } from '@mixreel/scenegen';
import { CELL_PRESET_NAMES, cellPreset, TRAFFIC_NAMES, trafficModel, xrmiOf } from '@mixreel/xrnet';
import { type Carried, carry } from '../chain/carry.ts';
import { judge } from '../chain/judge.ts';
import { displayed, exposureOf } from '../chain/picture-file.ts';
import { readRoom } from '../chain/room.ts';
import { runReport } from '../chain/run-report.ts';
import { sceneOf } from '../chain/scene-file.ts';
import { traceFrames } from '../chain/trace.ts';
import { headView, viewOf } from '../chain/views.ts';
import { type Command, type CommandContext, defineCommand } from '../command.ts';
import { writeAtomically } from '../files.ts';
import { choice, decimal, exposure, flag, integer, type OptionValues, seed, size, textOr } from '../option.ts';
import { sceneJson } from './generate.ts';

/** Share of the whole that each stage takes on two cores without a GPU, for the progress bar. */
const SHARES = { generating: 0.02, tracing: 0.85, sending: 0.95, judging: 1 };

const OPTIONS = {
    room: textOr('ROOM', 'living_room', 'name of a room that @iwer/sem ships, or a capture file (.json)'),
    seed: seed(),
    out: textOr('FOLDER', 'out', 'where everything is written', 'o'),
    frames: integer(2, 10_000, 8, 'frames of a short movement of the head'),
    spp: integer(1, 65_536, 1, 'samples a pixel; the noise is taken out after'),
    size: size({ widthPx: 288, heightPx: 162 }, 'each frame'),
    bounces: integer(1, 64, 3, 'scatterings that a path may have'),
    fps: decimal(1, 240, 30, 'frames a second'),
    quality: decimal(0, 100, 60, 'quality of the coding before the network asks for less'),
    network: choice(CELL_PRESET_NAMES, 'cell-edge', 'the cell and the radio'),
    users: integer(0, 1000, 4, 'other users of the cell'),
    loss: decimal(0, 1, 0.01, 'share of PDUs lost outside the radio'),
    traffic: choice(TRAFFIC_NAMES, 'vr-30', 'what each of them receives'),
    tonemap: choice(TONE_MAPPERS, 'aces', 'curve from light to screen'),
    raw: flag('keep the noise of the path tracer'),
    exposure: exposure(),
    provide: flag('first make sure that Chromium and the Vulkan loader are there, and get them if not')
};

export const run: Command = defineCommand({
    operands: '',
    operandCount: [0, 0],
    description:
        'Takes a captured room through the whole chain: a mixed-reality scene, path-traced frames, a bitstream, an emulated\n' +
        '5G cell with other users, decoding, and a judgement of what is seen. Writes scene.glb, scene.json, clip.mxr,\n' +
        'received.mxr, network.jsonl, report.html, report.json and junit.xml; the same seed gives the same bytes.',
    options: OPTIONS,
    examples: [
        ['mixreel run --room living_room --seed 7', 'the living room; ends with the path of out/report.html'],
        ['mixreel run --room office_small --network ample --users 0 --loss 0 -o out/ample', 'a cell that loses nothing']
    ],
    async run(_operands, options, context) {
        if (options.provide) await provide(context);
        const clock = new Stages(context);
        const rng = Rng.create(options.seed);
        const scene = await clock.stage('scene', () =>
            makeScene(options, rng, subProgress(context.progress, 0, SHARES.generating))
        );
        const { frames, device } = await clock.stage('path tracing', () =>
            makeFrames(scene.graph, options, rng, context)
        );
        const carried = await clock.stage('coding and network', () =>
            send(frames, options, rng, subProgress(context.progress, SHARES.tracing, SHARES.sending))
        );
        const bytes = await writeStreams(carried, options.out);
        const judged = await clock.stage('decoding and judging', () =>
            judge(
                frames,
                carried.encoded,
                carried.arrivals,
                subProgress(context.progress, SHARES.sending, SHARES.judging)
            )
        );
        const { widthPx, heightPx } = options.size;
        const arrivals = carried.arrivals.flat();
        const report = runReport({
            room: scene.name,
            certificate: scene.certificate,
            frames: judged,
            framesPerSecond: options.fps,
            xrmi: xrmiOf(arrivals, { pixels: widthPx * heightPx }, 'strong-interaction'),
            streamBytes: bytes,
            stageS: clock.seconds,
            provenance: { ...provenance(options), device }
        });
        const written = await writeReport(report, options.out);
        const { status, figures, cases } = report;
        return {
            text: written.html,
            json: { report: written.html, status, figures, cases, stageS: clock.seconds },
            exitCode: status === 'passed' ? 0 : 1
        };
    }
});

type RunOptions = OptionValues<typeof OPTIONS>;

async function provide(context: CommandContext): Promise<void> {
    const { browser, vulkan } = await provideBrowser({
        install: true,
        progress: context.progress,
        onStep: (step) => context.log(`${step.what}: ${step.outcome}, ${step.detail}`)
    });
    context.log(`Chromium: ${browser.executablePath} (${browser.source}); Vulkan loader: ${vulkan ?? 'missing'}`);
}

/** Generates the scene and writes it as glTF and as a graph. */
async function makeScene(
    options: RunOptions,
    rng: Rng,
    progress: Progress
): Promise<ReturnType<typeof generateFromCapture> & { name: string }> {
    const { name, json } = await readRoom(options.room);
    const made = generateFromCapture(readCapture(json), { rng: rng.child('scene'), seed: options.seed });
    progress.report?.(1, 2, 'generating');
    await writeAtomically(join(options.out, 'scene.glb'), await glbFromGraph(made.graph));
    await writeAtomically(join(options.out, 'scene.json'), sceneJson(made.graph, made.certificate));
    progress.report?.(2, 2, 'generating');
    return { ...made, name };
}

/** Path-traces a movement of the head; the frames are what a screen shows. */
async function makeFrames(
    graph: Parameters<typeof documentFromGraph>[0],
    options: RunOptions,
    rng: Rng,
    context: CommandContext
): Promise<{ frames: Frame[]; device: string }> {
    const { scene, notes } = await sceneOf(documentFromGraph(graph, { lights: 'emissive' }));
    for (const note of notes) context.log(note);
    const { view } = viewOf(scene, options.size.widthPx / options.size.heightPx);
    const shots = Array.from({ length: options.frames }, (_, i) => ({
        view: headView(view, i / options.fps),
        timeNs: Math.round((i * 1e9) / options.fps),
        seed: rng.stream('render', i).uint32()
    }));
    const device = await context.createDevice();
    try {
        const { frames } = await traceFrames(device, scene, {
            size: options.size,
            spp: options.spp,
            bounces: options.bounces,
            shots,
            progress: subProgress(context.progress, SHARES.generating, SHARES.tracing)
        });
        const { description, driver } = device.info;
        const denoiser = new Denoiser();
        const clean = options.raw ? frames : frames.map((frame) => denoiser.next(frame));
        // One exposure for the whole movement, so that it does not flicker.
        const factor = exposureOf(clean[0] as Frame, options.exposure);
        return {
            frames: clean.map((frame) => displayed(frame, options.tonemap, factor)),
            device: `${description}, ${driver}`
        };
    } finally {
        device.destroy();
    }
}

async function send(frames: readonly Frame[], options: RunOptions, rng: Rng, progress: Progress): Promise<Carried> {
    const durationNs = Math.max(1_000_000, Math.round((frames.length * 1e9) / options.fps));
    return carry(frames, {
        // States often enough that a short clip sees the network's advice.
        cell: cellPreset(options.network, {
            durationNs,
            statePeriodNs: 50_000_000,
            unitLossRate: options.loss
        }),
        otherUsers: options.users,
        otherTraffic: trafficModel(options.traffic),
        encoder: { quality: options.quality, framesPerSecond: options.fps },
        rng: rng.child('network'),
        progress
    });
}

/** The stream as sent, as received, and the network's log. Returns the bytes sent. */
async function writeStreams(carried: Carried, folder: string): Promise<number> {
    const sent = carried.encoded.map((frame) => ({ timeNs: frame.reconstruction.timeNs, units: frame.units }));
    const received = carried.arrivals.map((arrivals, i) => ({
        timeNs: sent[i]?.timeNs ?? 0,
        units: arrivals.flatMap((arrival) => (arrival.late ? [] : arrival.received.filter((unit) => unit !== null)))
    }));
    const clip = writeMxr({ metadata: { generator: 'mixreel' }, frames: sent });
    await writeAtomically(join(folder, 'clip.mxr'), clip);
    await writeAtomically(
        join(folder, 'received.mxr'),
        writeMxr({ metadata: { generator: 'mixreel' }, frames: received })
    );
    await writeAtomically(join(folder, 'network.jsonl'), carried.result.log);
    return clip.length;
}

/** What is needed to do it again. */
function provenance(options: RunOptions): Record<string, string> {
    const words = Object.entries(options).filter(([name]) => name !== 'provide' && name !== 'size');
    const { widthPx, heightPx } = options.size;
    const command = [...words, ['size', `${widthPx}x${heightPx}`]]
        .map(([name, value]) => `--${name} ${value}`)
        .join(' ');
    return { command: `mixreel run ${command}`, node: process.versions.node };
}

/** Times the stages and says when each is done. */
class Stages {
    readonly seconds: Record<string, number> = {};
    readonly #context: CommandContext;

    constructor(context: CommandContext) {
        this.#context = context;
    }

    async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
        const startNs = this.#context.clock.nowNs();
        const result = await work();
        const seconds = (this.#context.clock.nowNs() - startNs) / 1e9;
        this.seconds[name] = seconds;
        this.#context.log(`${name}: ${seconds.toFixed(1)} s`);
        return result;
    }
}
