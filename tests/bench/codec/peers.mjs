/** Conventional codecs at no more than so many bytes, by ffmpeg where it is installed: the finest quality that fits, by bisection. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planarOf } from './lpips.mjs';

/** Name, file ending, coarsest and finest setting, arguments. */
const PEERS = [
    ['jpeg', 'jpg', 31, 2, (q) => ['-c:v', 'mjpeg', '-huffman', 'optimal', '-q:v', `${q}`]],
    ['webp', 'webp', 0, 100, (q) => ['-c:v', 'libwebp', '-compression_level', '6', '-quality', `${q}`]],
    [
        'av1',
        'ivf',
        63,
        10,
        (q) => ['-c:v', 'libaom-av1', '-still-picture', '1', '-crf', `${q}`, '-b:v', '0', '-cpu-used', '4']
    ],
    // Without the encoder's own words in the stream.
    [
        'hevc',
        'hevc',
        51,
        10,
        (q) => ['-c:v', 'libx265', '-preset', 'slow', '-crf', `${q}`, '-x265-params', 'log-level=none:info=0']
    ]
];
/** Bytes of IVF's file and frame header, which are no part of an AV1 picture. */
const IVF_BYTES = 44;

function ffmpeg(args) {
    return spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' }).status === 0;
}

/** `[{ name, bytes, picture }]`; a codec whose coarsest setting does not fit is given at that, with what it takes. */
export function peersAt(pngPath, mostBytes, only = ['jpeg', 'webp', 'av1', 'hevc']) {
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-peers-'));
    const results = [];
    try {
        for (const [name, ending, coarse, fine, args] of PEERS.filter(([peer]) => only.includes(peer))) {
            const coded = join(folder, `x.${ending}`);
            const at = (q) =>
                ffmpeg(['-i', pngPath, ...args(q), coded])
                    ? statSync(coded).size - (ending === 'ivf' ? IVF_BYTES : 0)
                    : null;
            if (at(coarse) === null) continue;
            const direction = Math.sign(fine - coarse);
            let best = coarse;
            for (let low = 0, high = Math.abs(fine - coarse); low <= high; ) {
                const middle = (low + high) >> 1;
                if (at(coarse + direction * middle) <= mostBytes) {
                    best = coarse + direction * middle;
                    low = middle + 1;
                } else high = middle - 1;
            }
            const bytes = at(best);
            const decoded = join(folder, 'x.png');
            ffmpeg(['-i', coded, '-pix_fmt', 'rgb24', decoded]);
            results.push({ name, bytes, picture: planarOf(decoded) });
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    return results;
}

/** PSNR over R, G, B in dB. */
export function psnrOf(a, b) {
    let sum = 0;
    for (let i = 0; i < a.rgb.length; i++) sum += (a.rgb[i] - b.rgb[i]) ** 2;
    return 10 * Math.log10((65025 * a.rgb.length) / sum);
}
