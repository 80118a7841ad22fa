/**
 * Mutated bitstreams (a million without --quick), and 20 % of units lost: of a moving synthetic picture against the whole stream, and of photographs (every
 * third Kodak picture, intra, three patterns each) against the source, where the line is 0.05 LPIPS-alex more than with all units.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
    decodeMxr,
    editMxr,
    encodeKeypointVideo,
    FrameDecoder,
    FrameEncoder,
    inspectMxr,
    moveRegions,
    readKeypoints,
    writeMxr
} from '@mixreel/codec';
import { learnedConcept } from '@mixreel/codec/learned';
import { MixreelError, Rng } from '@mixreel/core';
import { Frame, readFramePng } from '@mixreel/image';
import { openLpips, planarOf, shared } from './lpips.mjs';
import { psnrOf } from './peers.mjs';

const kodak = new URL('media/kodak/', shared);
const concept = learnedConcept();
/** What is sent of photographs: name, options. */
const SENT = [
    ['quality-12', { quality: 12 }],
    ['quality-12-parity-4', { quality: 12, parity: 4 }],
    ['quality-35', { quality: 35 }],
    ['quality-35-parity-8', { quality: 35, parity: 8 }],
    ['fixed-length', { fixedLength: true, quality: 50 }],
    ['concepts', { concept, quality: 0, unitBytes: 300 }],
    ['concepts-parity-4', { concept, quality: 0, unitBytes: 300, parity: 4 }]
];
const PATTERNS = 3;
/** What a mutated file of three small frames may take at most, and the process that reads a million of them. */
const SLOWEST_MS = 1000;
const PEAK_MIB = 1024;
const SIZE = { widthPx: 256, heightPx: 256 };

function movingFrame(time, { widthPx, heightPx } = SIZE) {
    const color = Float32Array.from({ length: 3 * widthPx * heightPx }, (_, i) => {
        const x = (i % widthPx) + 2 * time;
        const y = Math.floor(i / widthPx) % heightPx;
        const wall = 0.3 + 0.2 * Math.sin(x / 17) * Math.cos(y / 23) + 0.05 * Math.sin(x * 1.7 + y * 2.3);
        const box = (x - 150) ** 2 + (y - 120) ** 2 < 2500 ? 0.3 : 0;
        return wall + box * (1 - Math.floor(i / (widthPx * heightPx)) * 0.4);
    });
    return new Frame({ widthPx, heightPx, layers: { color }, timeNs: time * 33_333_333 });
}

/** The same with what a shared scene needs beside. */
function litFrame(time, size) {
    const moving = movingFrame(time, size);
    const { widthPx, heightPx, timeNs } = moving;
    const color = moving.layer('color');
    const pixels = widthPx * heightPx;
    const albedo = new Float32Array(3 * pixels).fill(0.5);
    const normal = Float32Array.from({ length: 3 * pixels }, (_, i) => (i < 2 * pixels ? 0 : 1));
    const depth = Float32Array.from({ length: pixels }, (_, i) => 2 + (i % widthPx) / 40);
    return new Frame({ widthPx, heightPx, layers: { color, albedo, normal, depth }, timeNs });
}

/** A keypoint video of two points that move. */
function pointFile(size) {
    const frames = Array.from({ length: 20 }, (_, time) => movingFrame(time, size));
    const tracks = frames.map((_, time) => [
        [time, 4],
        [30 - time, 20]
    ]);
    return encodeKeypointVideo(frames, tracks, { skeleton: [[0, 1]], unitFrames: 5 });
}

function fuzz(count) {
    const random = Rng.create(1).stream('mutations');
    // Every layer of its own: texture with text beside it and parity, grain, light, text alone, tokens, concepts.
    const modes = [
        { text: 'beside', parity: 2 },
        { grain: true },
        { sharedScene: true },
        { text: 'alone' },
        { fixedLength: true },
        { concept }
    ];
    const files = modes.map((mode) => {
        const encoder = new FrameEncoder({ quality: 30, unitBytes: 300, textBytes: 150, ...mode });
        const frames = [0, 1, 2].map((time) => ({
            timeNs: time,
            units: encoder.encode(litFrame(time, { widthPx: 32, heightPx: 24 })).units
        }));
        return writeMxr({ frames });
    });
    files.push(pointFile({ widthPx: 32, heightPx: 24 }));
    let unexpected = 0;
    let slowestMs = 0;
    for (let i = 0; i < count; i++) {
        const file = files[i % files.length];
        const mutant = file.slice(0, random.integer(4) ? file.length : random.integer(file.length));
        for (let k = random.integer(6) + 1; k > 0 && mutant.length > 0; k--)
            mutant[random.integer(mutant.length)] ^= 1 << random.integer(8);
        const start = performance.now();
        try {
            // 19 and 7 share no divisor: every file has its turn.
            if (i % 19 === 0) decodeMxr(mutant, { concept });
            else if (i % 19 === 1) editMxr(mutant, (units) => moveRegions(units, () => true, 1, 0));
            else if (i % 19 === 2) readKeypoints(mutant);
            else inspectMxr(mutant);
        } catch (error) {
            if (!(error instanceof MixreelError)) unexpected++;
        }
        slowestMs = Math.max(slowestMs, performance.now() - start);
    }
    return { unexpected, slowestMs };
}

async function loss(share, frames, measure, parity = 0) {
    const random = Rng.create(2).stream('loss');
    const encoder = new FrameEncoder({ quality: 50, gopLength: 15, unitBytes: 400, parity });
    const [whole, torn] = [new FrameDecoder(), new FrameDecoder()];
    let cost = 0;
    for (let time = 0; time < frames; time++) {
        const source = movingFrame(time);
        const { units } = encoder.encode(source);
        const clean = whole.decodeUnits(units).picture;
        const shown = torn.decodeUnits(units.filter(() => random.float() >= share)).picture;
        cost += await measure(clean, shown);
    }
    return cost / frames;
}

/** LPIPS to the source with 20 % of all units lost, less that with none. */
async function photographs(lpips, quick) {
    if (!existsSync(kodak)) return [];
    const names = readdirSync(kodak).filter((name) => name.endsWith('.png'));
    const used = names.filter((_, i) => i % 3 === 0).slice(0, quick ? 1 : names.length);
    const figures = [];
    for (const [sent, options] of SENT) {
        let [cost, bytes] = [0, 0];
        for (const name of used) {
            const path = fileURLToPath(new URL(name, kodak));
            const source = planarOf(path);
            const coded = new FrameEncoder({ ...options, gopLength: 1 }).encode(readFramePng(readFileSync(path)));
            const shown = (units) => lpips(source, new FrameDecoder({ concept }).decodeUnits(units).picture);
            const whole = await shown(coded.units);
            bytes += coded.bytes / used.length;
            for (let pattern = 0; pattern < PATTERNS; pattern++) {
                const random = Rng.create(pattern).stream(name);
                const torn = coded.units.filter(() => random.float() >= 0.2);
                cost += ((await shown(torn)) - whole) / used.length / PATTERNS;
            }
        }
        figures.push({
            name: `robustness/20pct-loss/${sent}/lpips-cost`,
            value: cost,
            unit: '1',
            better: 'lower',
            wanted: 0.05,
            note: `${Math.round(bytes)} bytes a picture, ${used.length} photographs`
        });
    }
    return figures;
}

function mutations(count, unexpected, slowestMs) {
    return [
        {
            name: 'robustness/fuzzed',
            value: count,
            unit: 'count',
            better: 'higher',
            note: 'one in 20 decoded to pictures, one in 20 edited'
        },
        { name: 'robustness/unexpected-failures', value: unexpected, unit: 'count', better: 'lower', wanted: 0 },
        {
            name: 'robustness/slowest-ms',
            value: slowestMs,
            unit: 'ms',
            better: 'lower',
            wanted: SLOWEST_MS,
            note: '32 x 24, three frames'
        },
        {
            name: 'robustness/peak-memory-mib',
            value: process.memoryUsage().rss / 2 ** 20,
            unit: 'MiB',
            better: 'lower',
            wanted: PEAK_MIB
        }
    ];
}

export default async function robustness({ quick, log, only }) {
    if (only && !'robustness mutations'.includes(only)) return [];
    const count = quick ? 10_000 : 1_000_000;
    const { unexpected, slowestMs } = fuzz(count);
    if (only === 'mutations') return mutations(count, unexpected, slowestMs);
    const frames = quick ? 10 : 60;
    const figures = [
        ...mutations(count, unexpected, slowestMs),
        {
            name: 'robustness/20pct-loss/psnr-to-whole',
            value: await loss(0.2, frames, async (a, b) => Math.min(60, psnrOf(a, b))),
            unit: 'dB',
            better: 'higher',
            note: 'no feedback, a frame in 15 intra'
        }
    ];
    const lpips = await openLpips(log);
    if (lpips)
        figures.push({
            name: 'robustness/20pct-loss/lpips-cost',
            value: await loss(0.2, frames, lpips),
            unit: '1',
            better: 'lower'
        });
    if (lpips) {
        figures.push({
            name: 'robustness/20pct-loss/parity-4/lpips-cost',
            value: await loss(0.2, frames, lpips, 4),
            unit: '1',
            better: 'lower'
        });
        figures.push(...(await photographs(lpips, quick)));
    }
    return figures;
}
