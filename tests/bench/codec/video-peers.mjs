/** Conventional video codecs by ffmpeg where it is installed, from their coarsest setting on, the whole clip one group of pictures: kbit/s of bare streams and decoded pictures. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** x264 writes 600 bytes about itself. */
const WITHOUT_WORDS = ['-bsf:v', 'filter_units=remove_types=6'];
/** Name, format, settings from coarse to fine, arguments, bytes of the format's own for a file and a frame. */
const PEERS = [
    [
        'h264',
        'h264',
        [51, 47, 43, 39, 35, 31],
        (q) => ['-c:v', 'libx264', '-preset', 'veryslow', '-crf', `${q}`, '-g', '999', ...WITHOUT_WORDS],
        [0, 0]
    ],
    [
        'hevc',
        'hevc',
        [51, 48, 44, 40, 36, 32],
        (q) => [
            '-c:v',
            'libx265',
            '-preset',
            'slow',
            '-crf',
            `${q}`,
            '-x265-params',
            'log-level=none:info=0:keyint=999'
        ],
        [0, 0]
    ],
    [
        'av1',
        'ivf',
        [63, 60, 56, 51, 45, 38],
        (q) => ['-c:v', 'libaom-av1', '-crf', `${q}`, '-b:v', '0', '-cpu-used', '4', '-g', '999'],
        [32, 12]
    ]
];

function ffmpeg(args, input) {
    return spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { input, maxBuffer: 1 << 30 });
}

/** Green, blue, red: ffmpeg's order of planes. */
const GBR = [1, 2, 0];

/** `[{ name, kbps, pictures }]` of planar RGB pictures of one size. */
export function videoPeers(pictures, framesPerSecond) {
    const { widthPx, heightPx } = pictures[0];
    const size = widthPx * heightPx;
    const planes = pictures.flatMap(({ rgb }) => GBR.map((c) => rgb.subarray(c * size, (c + 1) * size)));
    const raw = Buffer.concat(planes);
    const format = ['-f', 'rawvideo', '-pix_fmt', 'gbrp'];
    const source = [...format, '-s', `${widthPx}x${heightPx}`, '-r', `${framesPerSecond}`, '-i', 'pipe:0'];
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-video-'));
    const results = [];
    try {
        for (const [name, ending, settings, args, [fileBytes, frameBytes]] of PEERS) {
            for (const setting of settings) {
                const coded = join(folder, `x.${ending}`);
                const made = ffmpeg([...source, '-pix_fmt', 'yuv420p', ...args(setting), coded], raw);
                if (made.status !== 0) continue;
                const shown = join(folder, 'x.raw');
                if (ffmpeg(['-i', coded, ...format, shown]).status !== 0) continue;
                const bytes = statSync(coded).size - fileBytes - frameBytes * pictures.length;
                const decoded = readFileSync(shown);
                const kbps = (bytes * 8 * framesPerSecond) / pictures.length / 1000;
                results.push({
                    name,
                    kbps,
                    pictures: pictures.map((_, i) => pictureOf(decoded, i, widthPx, heightPx))
                });
            }
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    return results;
}

function pictureOf(raw, frame, widthPx, heightPx) {
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    for (const [k, c] of GBR.entries()) {
        const from = (3 * frame + k) * size;
        rgb.set(raw.subarray(from, from + size), c * size);
    }
    return { widthPx, heightPx, rgb, alpha: null };
}
