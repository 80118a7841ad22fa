/** What the packages make: a path-traced box, a furnished room, a decoded picture with the way it took over the network. */
import { readFileSync } from 'node:fs';
import { FrameDecoder, FrameEncoder } from '@mixreel/codec';
import { Rng, sha256 } from '@mixreel/core';
import { createNodeDevice } from '@mixreel/gpu/node';
import { defineScenario, type Scenario, timelineEntries } from '@mixreel/harness';
import { decodeFrame, Frame, type View } from '@mixreel/image';
import { cornellBox, cornellView, PathTracer, type Scene, sceneFromDocument } from '@mixreel/pathtracer';
import { documentFromGraph, generateFromText, glbFromGraph } from '@mixreel/scenegen';
import { cellPreset, simulateCell } from '@mixreel/xrnet';

/** Pictures of independent seeds, of which the verdict learns the noise. */
const SEEDS = 12;
const WIDTH = 48;

async function picturesOf(scene: Scene, view: View, heightPx: number, maxBounces: number): Promise<Frame[]> {
    const device = await createNodeDevice();
    try {
        const tracer = await PathTracer.create(device, scene, { maxBounces });
        tracer.setView(view, { widthPx: WIDTH, heightPx });
        const frames: Frame[] = [];
        for (let seed = 0; seed < SEEDS; seed++) {
            tracer.reset();
            await tracer.render({ spp: 2, seed });
            frames.push(await tracer.readFrame());
        }
        tracer.destroy();
        return frames;
    } finally {
        device.destroy();
    }
}

const cornell = defineScenario({
    name: 'pathtracer/cornell-box',
    tags: ['own'],
    device: 'node-dawn',
    async run({ capture }) {
        const frames = await picturesOf(cornellBox(), cornellView(1), WIDTH, 4);
        capture.stochastic('box', frames);
        capture.deterministic('normals', directions(frames[0] as Frame));
    }
});

const bedroom = defineScenario({
    name: 'scenegen/bedroom',
    tags: ['own'],
    device: 'node-dawn',
    async run({ capture, figure }) {
        const words = 'a bedroom with a double bed opposite the window, two lamps and a wardrobe';
        const { graph, certificate } = generateFromText(words, { rng: Rng.create(7) });
        capture.counters('certificate', {
            nodes: graph.nodes.length,
            pairs: certificate.pairs,
            violations: certificate.violations.length
        });
        // The same seed gives the same bytes on every machine; the file itself would be large to keep.
        capture.exact('digest of scene.glb', new Uint8Array(sha256(await glbFromGraph(graph)).buffer));
        const scene = await sceneFromDocument(await documentFromGraph(graph));
        const frames = await picturesOf(scene, scene.view as View, 36, 3);
        capture.stochastic('view', frames);
        figure({ label: 'Nodes', value: graph.nodes.length });
    }
});

const decoded = defineScenario({
    name: 'codec/over-the-network',
    tags: ['own'],
    run({ capture, section }) {
        const file = new URL('../../fixtures/pictures/living-room.png', import.meta.url);
        const frame = decodeFrame(readFileSync(file));
        const encoder = new FrameEncoder({ quality: 40 });
        const { units, pduSets } = encoder.encode(frame);
        capture.counters('bytes', { bytes: units.reduce((sum, unit) => sum + unit.length, 0), sets: pduSets.length });
        const config = cellPreset('cell-edge', { durationNs: 1e9, unitLossRate: 0.05 });
        const { arrivals } = simulateCell(config, [{ ue: 0, pduSets }], { rng: Rng.create(3) });
        const received = new FrameDecoder().decode(arrivals);
        capture.deterministic('received', received.frame);
        section({ kind: 'timeline', title: 'The frame on the network', entries: timelineEntries(arrivals, () => 0) });
    }
});

/** The layer of normals as colours. */
function directions(frame: Frame): Frame {
    const { widthPx, heightPx } = frame;
    return new Frame({ widthPx, heightPx, layers: { color: frame.layer('normal').map((value) => 0.5 + 0.5 * value) } });
}

export const ownPictures: Scenario[] = [cornell, bedroom, decoded];
