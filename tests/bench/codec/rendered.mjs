/**
 * Rendered frames, plain and as a shared scene (the receiver has albedo, normals and depth): bytes, PSNR, LPIPS-alex, conventional codecs at three
 * times our bytes, and LPIPS against rate of every mode and codec (rate-table.mjs). Takes .exr frames with all layers from the folder that MIXREEL_BENCH_FRAMES names, as `mixreel render room.glb --size 512x512
 * --spp 64 --denoise -o frame.exr` writes them (rooms of seeds above 1,000,000, which nothing was trained on).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameDecoder, FrameEncoder, pictureFromFrame } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { readFrameExr, writePng } from '@mixreel/image';
import { openLpips } from './lpips.mjs';
import { modesOf } from './our-modes.mjs';
import { peersAt, psnrOf } from './peers.mjs';
import { RateTable } from './rate-table.mjs';

/** Bit a pixel of the table. */
const RATES = [0.003, 0.006, 0.015, 0.03, 0.05, 0.1, 0.2];
/** Bit a pixel and LPIPS-alex that are aimed at: pictures alone, and with the scene on both sides. */
const WANTED = { alone: { bpp: 0.015, lpips: 0.15 }, shared: { bpp: 0.003, lpips: 0.15 } };
const MODES = [
    ['mr-shared-scene', { sharedScene: true, pose: false, quality: 5 }],
    ['mr-shared-scene-fine', { sharedScene: true, pose: false, quality: 35 }],
    ['mr', { quality: 20, pose: false }],
    ['mr-learned-texture', { quality: 20, pose: false }, true],
    ['mr-learned-texture-coarse', { quality: 8, pose: false }, true],
    ['mr-learned-texture-coarsest', { quality: 0, pose: false }, true],
    ['mr-smallest', { quality: 20, structure: 'none', unitBytes: 65_000, pose: false }, true],
    ['mr-smallest-coarse', { quality: 10, structure: 'none', unitBytes: 65_000, pose: false }, true],
    ['mr-of-concepts', { quality: 0, pose: false, concept: learnedConcept() }]
];

function writePicture(path, { widthPx, heightPx, rgb }) {
    const size = widthPx * heightPx;
    const data = new Uint8Array(3 * size);
    for (let i = 0; i < size; i++) for (let c = 0; c < 3; c++) data[3 * i + c] = rgb[c * size + i];
    writeFileSync(path, writePng({ widthPx, heightPx, channels: 3, bitDepth: 8, data }));
}

/** Every mode and every codec at every rate: pictures alone, and those of which the receiver holds the scene. */
async function tables(names, folder, scratch, lpips, log) {
    const alone = new RateTable('mr', 'bit/px', RATES);
    const shared = new RateTable('mr-shared-scene', 'bit/px', RATES);
    const modes = modesOf({ generator: learnedTexture(), concept: learnedConcept() });
    const lit = [0, 5, 20, 35, 50, 65].map((quality) => ['shared-scene', { sharedScene: true, quality }, {}]);
    for (const name of names) {
        const frame = readFrameExr(readFileSync(join(folder, name)));
        const source = pictureFromFrame(frame).picture;
        const pixels = frame.widthPx * frame.heightPx;
        for (const [mode, options, decoder] of [...modes, ...lit]) {
            const encoded = new FrameEncoder({ ...options, pose: false, gopLength: 1 }).encode(frame);
            const { picture } = new FrameDecoder(decoder).decode(encoded.pduSets, { guide: frame });
            const table = options.sharedScene ? shared : alone;
            table.ours(mode, name, encoded.stats.bitsPerPixel, await lpips(source, picture));
        }
        const png = join(scratch, 'source.png');
        writePicture(png, source);
        for (const rate of RATES) {
            for (const peer of peersAt(png, (rate * pixels) / 8)) {
                const bpp = (8 * peer.bytes) / pixels;
                if (bpp > rate) continue;
                const distance = await lpips(source, peer.picture);
                for (const table of [alone, shared]) table.peer(peer.name, name, bpp, distance);
            }
        }
        log(`${name}: every mode`);
    }
    return [alone, shared].flatMap((table) => table.figures(log));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export default async function rendered({ quick, log, only }) {
    if (only && !'mr rendered'.includes(only)) return [];
    const folder = process.env.MIXREEL_BENCH_FRAMES;
    const names = folder ? readdirSync(folder).filter((name) => name.endsWith('.exr')) : [];
    if (names.length === 0) {
        log(
            'no rendered frames: name a folder of .exr frames in MIXREEL_BENCH_FRAMES (see tests/bench/codec/rendered.mjs)'
        );
        return [];
    }
    const lpips = await openLpips(log);
    const scratch = mkdtempSync(join(tmpdir(), 'mixreel-rendered-'));
    const figures = [];
    try {
        for (const [set, options, learned] of MODES) {
            const wanted = WANTED[options.sharedScene ? 'shared' : 'alone'];
            const generator = learned ? learnedTexture() : null;
            const rows = [];
            const peers = new Map();
            for (const name of names) {
                const frame = readFrameExr(readFileSync(join(folder, name)));
                const source = pictureFromFrame(frame).picture;
                const encoded = new FrameEncoder({ ...options, gopLength: 1 }).encode(frame);
                const { picture } = new FrameDecoder({ generator, concept: options.concept ?? null }).decode(
                    encoded.pduSets,
                    { guide: frame }
                );
                const judge = async (shown) => ({
                    psnr: psnrOf(source, shown),
                    lpips: lpips ? await lpips(source, shown) : Number.NaN
                });
                rows.push({ bpp: encoded.stats.bitsPerPixel, ...(await judge(picture)) });
                const png = join(scratch, 'source.png');
                writePicture(png, source);
                for (const coded of peersAt(png, 3 * encoded.bytes, ['av1'])) {
                    const bpp = (8 * coded.bytes) / (frame.widthPx * frame.heightPx);
                    peers.set(coded.name, [...(peers.get(coded.name) ?? []), { bpp, ...(await judge(coded.picture)) }]);
                }
            }
            figures.push({
                name: `${set}/bpp`,
                value: mean(rows.map((row) => row.bpp)),
                unit: 'bit/px',
                better: 'lower',
                wanted: wanted.bpp,
                note: `${rows.length} frames, bytes of units`
            });
            for (const [key, unit, better] of [
                ['psnr', 'dB', 'higher'],
                ['lpips', '1', 'lower']
            ]) {
                const value = mean(rows.map((row) => row[key]));
                if (Number.isNaN(value)) continue;
                figures.push({ name: `${set}/${key}`, value, unit, better, wanted: wanted[key] });
                for (const [codec, list] of peers) {
                    const against = { name: codec, value: mean(list.map((row) => row[key])) };
                    const note = `${codec} at ${mean(list.map((row) => row.bpp)).toFixed(4)} bpp`;
                    figures.push({
                        name: `${set}/${codec}/${key}-at-three-times-the-bytes`,
                        value,
                        unit,
                        better,
                        against,
                        note
                    });
                }
            }
        }
        if (lpips) figures.push(...(await tables(quick ? names.slice(0, 1) : names, folder, scratch, lpips, log)));
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
    return figures;
}
