/**
 * Largest resident memory of a process that decodes a file of 1080p frames, intra and predicted, and shows one after the other: the texture codec alone, with learned texture, and concepts.
 * Each is a process of its own, which runs this file: the memory of one is not the other's, nor the encoder's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeMxr, FrameDecoder, readMxr } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { Frame } from '@mixreel/image';

const [widthPx, heightPx] = [1920, 1080];
/** What a decoder process may take. */
const MOST_MIB = 300;
const here = fileURLToPath(import.meta.url);

function movingFrame(time) {
    const color = Float32Array.from({ length: 3 * widthPx * heightPx }, (_, i) => {
        const x = (i % widthPx) + 5 * time;
        const y = Math.floor(i / widthPx) % heightPx;
        return 0.4 + 0.3 * Math.sin(x / 17) * Math.cos(y / 23) + 0.05 * Math.sin(x * 1.7 + y * 2.9);
    });
    return new Frame({ widthPx, heightPx, layers: { color }, timeNs: time * 33_333_333 });
}

/** In the child: decodes a file as a player does and prints what it took. */
function decode(path, mode) {
    const decoder = new FrameDecoder({
        generator: mode === 'learned-texture' ? learnedTexture() : null,
        concept: mode === 'concept' ? learnedConcept() : null
    });
    let whole = 0;
    for (const { units, timeNs } of readMxr(readFileSync(path)).frames) {
        if (decoder.decodeUnits(units, {}, timeNs).complete) whole++;
    }
    // Kibibytes on every system by Node.
    console.log(JSON.stringify({ whole, mib: process.resourceUsage().maxRSS / 1024 }));
}

export default async function memory({ quick, log, only }) {
    if (only && !'memory speed'.includes(only)) return [];
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-memory-'));
    try {
        const frames = [0, 1].map(movingFrame);
        const texture = join(folder, 'texture.mxr');
        const concepts = join(folder, 'concepts.mxr');
        writeFileSync(texture, encodeMxr(frames, { quality: 40 }));
        if (!quick) writeFileSync(concepts, encodeMxr(frames, { quality: 10, concept: learnedConcept() }));
        const runs = [['plain', texture], ['learned-texture', texture], ...(quick ? [] : [['concept', concepts]])];
        return runs.map(([mode, path]) => {
            const run = spawnSync(process.execPath, [here, path, mode], { encoding: 'utf8' });
            if (run.status !== 0) throw new Error(`the decoder of ${mode} failed: ${run.stderr}`);
            const { whole, mib } = JSON.parse(run.stdout);
            log(`${mode}: ${mib.toFixed(0)} MiB`);
            return {
                name: `decode/1080p/${mode}/peak-memory-mib`,
                value: mib,
                unit: 'MiB',
                better: 'lower',
                wanted: MOST_MIB,
                note: `${whole} whole frames, a process of its own`
            };
        });
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

if (process.argv[1] === here) decode(process.argv[2], process.argv[3]);
